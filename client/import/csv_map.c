#include "client/import/csv_map.h"

#include <string.h>

#include "client/import/csv_date.h"
#include "client/import/oneline.h"

static const char *const words[MU_CSV_FIELDS] = {
#define X(name, word) word,
    MU_CSV_FIELD_MAP(X)
#undef X
};

/* -- errors that name what there is ------------------------------------------------------- */

/* "…: title, owner" cut to what an error holds. */
static enum mu_status usage(struct mu_error *err, struct mu_oneline *line)
{
    struct mu_slice text = mu_oneline_view(line);
    return mu_fail(err, MU_E_USAGE, "%.*s", (int)text.len, (const char *)text.data);
}

static enum mu_status no_field(struct mu_slice word, struct mu_error *err)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_put(&line, "no field ");
    mu_oneline_quote(&line, word);
    mu_oneline_put(&line, " to map a column to; there are ");
    for (size_t i = 0; i < MU_CSV_FIELDS; i++) {
        mu_oneline_put(&line, i == 0 ? "" : ", ");
        mu_oneline_put(&line, words[i]);
    }
    return usage(err, &line);
}

static enum mu_status no_column(const struct mu_csv_table *table, struct mu_slice name,
                                struct mu_error *err)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_put(&line, "no column ");
    mu_oneline_quote(&line, name);
    mu_oneline_put(&line, " in the table; there are ");
    for (size_t i = 0; i < table->header.cell_count; i++) {
        mu_oneline_put(&line, i == 0 ? "" : ", ");
        mu_oneline_text(&line, mu_csv_trim(table->header.cells[i]));
    }
    return usage(err, &line);
}

/* -- columns --------------------------------------------------------------------------------- */

/* "#3" */
static enum mu_status column_by_place(const struct mu_csv_table *table, struct mu_slice name,
                                      uint32_t *out_column, struct mu_error *err)
{
    uint32_t place = 0;
    for (size_t i = 1; i < name.len && place <= MU_CSV_COLUMN_MAX; i++) {
        if (name.data[i] < '0' || name.data[i] > '9') {
            return no_column(table, name, err);
        }
        place = place * 10 + (uint32_t)(name.data[i] - '0');
    }
    if (place == 0 || place > table->header.cell_count) {
        return no_column(table, name, err);
    }
    *out_column = place - 1;
    return MU_OK;
}

/* As it is written in the header, or else as it reads without case and marks. */
static enum mu_status column_by_name(const struct mu_csv_table *table, struct mu_slice name,
                                     struct mu_arena *arena, uint32_t *out_column,
                                     struct mu_error *err)
{
    struct mu_slice plain;
    if (!mu_csv_normalise(arena, name, &plain)) {
        return mu_fail(err, MU_E_LIMIT, "the mapping is too large");
    }
    uint32_t found = MU_SOURCE_NONE;
    size_t count = 0;
    for (uint32_t i = 0; i < table->header.cell_count; i++) {
        if (mu_slice_equal(mu_csv_trim(table->header.cells[i]), mu_csv_trim(name))) {
            *out_column = i;
            return MU_OK;
        }
        if (mu_slice_equal(table->names[i], plain)) {
            found = count == 0 ? i : found;
            count++;
        }
    }
    if (count == 0) {
        return no_column(table, name, err);
    }
    if (count > 1) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_quote(&line, name);
        mu_oneline_put(&line, " names several columns; name the one you mean by its place, as #");
        mu_oneline_number(&line, (size_t)found + 1);
        return usage(err, &line);
    }
    *out_column = found;
    return MU_OK;
}

/* -- the mapping as text ----------------------------------------------------------------------- */

/* Up to the next comma that is not in quotes; takes it off the front of *rest. */
static struct mu_slice take_entry(struct mu_slice *rest)
{
    size_t len = 0;
    bool quoted = false;
    while (len < rest->len && (quoted || rest->data[len] != ',')) {
        quoted = rest->data[len] == '"' ? !quoted : quoted;
        len++;
    }
    struct mu_slice entry = {rest->data, len};
    size_t step = len < rest->len ? len + 1 : len;
    *rest = (struct mu_slice){rest->data + step, rest->len - step};
    return entry;
}

static struct mu_slice unquote(struct mu_slice name)
{
    name = mu_csv_trim(name);
    if (name.len >= 2 && name.data[0] == '"' && name.data[name.len - 1] == '"') {
        return (struct mu_slice){name.data + 1, name.len - 2};
    }
    return name;
}

static enum mu_status read_entry(struct mu_slice entry, const struct mu_csv_table *table,
                                 struct mu_arena *arena, struct mu_csv_map *map,
                                 struct mu_error *err)
{
    const uint8_t *equals = entry.len == 0 ? NULL : memchr(entry.data, '=', entry.len);
    if (equals == NULL) {
        return mu_fail(err, MU_E_USAGE,
                       "a mapping is written field=column, such as title=Name,owner=Assignee");
    }
    size_t front = (size_t)(equals - entry.data);
    struct mu_slice word = mu_csv_trim((struct mu_slice){entry.data, front});
    struct mu_slice name = unquote((struct mu_slice){equals + 1, entry.len - front - 1});
    for (size_t i = 0; i < MU_CSV_FIELDS; i++) {
        if (!mu_slice_equal(word, mu_slice_str(words[i]))) {
            continue;
        }
        if (map->column[i] != MU_SOURCE_NONE) {
            return mu_fail(err, MU_E_USAGE, "the field '%s' is mapped twice", words[i]);
        }
        return name.len > 1 && name.data[0] == '#'
                   ? column_by_place(table, name, &map->column[i], err)
                   : column_by_name(table, name, arena, &map->column[i], err);
    }
    return no_field(word, err);
}

static struct mu_csv_map empty_map(void)
{
    struct mu_csv_map map;
    for (size_t i = 0; i < MU_CSV_FIELDS; i++) {
        map.column[i] = MU_SOURCE_NONE;
    }
    return map;
}

enum mu_status mu_csv_map_parse(struct mu_slice text, const struct mu_csv_table *table,
                                struct mu_arena *arena, struct mu_csv_map *out,
                                struct mu_error *err)
{
    struct mu_csv_map map = empty_map();
    while (text.len > 0) {
        MU_TRY(read_entry(take_entry(&text), table, arena, &map, err));
    }
    if (map.column[MU_CSV_TITLE] == MU_SOURCE_NONE) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_put(&line, "the mapping says no title=COLUMN; the columns are ");
        for (size_t i = 0; i < table->header.cell_count; i++) {
            mu_oneline_put(&line, i == 0 ? "" : ", ");
            mu_oneline_text(&line, mu_csv_trim(table->header.cells[i]));
        }
        return usage(err, &line);
    }
    *out = map;
    return MU_OK;
}

/* -- Asana's names --------------------------------------------------------------------------------
 */

/* Names as normalised, the better ones first. */
static const struct {
    enum mu_csv_field field;
    const char *name;
} asana[] = {
    {MU_CSV_TITLE, "name"},          {MU_CSV_TITLE, "task name"},
    {MU_CSV_TITLE, "task"},          {MU_CSV_OWNER, "assignee"},
    {MU_CSV_OWNER, "assignee name"}, {MU_CSV_DUE, "due at"},
    {MU_CSV_DUE, "due date"},        {MU_CSV_DUE, "due on"},
    {MU_CSV_DUE, "duedate"},         {MU_CSV_COLUMN, "section/column"},
    {MU_CSV_COLUMN, "section"},      {MU_CSV_COLUMN, "sections"},
    {MU_CSV_COLUMN, "column"},       {MU_CSV_LABELS, "tags"},
    {MU_CSV_DESC, "notes"},          {MU_CSV_DESC, "description"},
    {MU_CSV_ID, "task id"},          {MU_CSV_ID, "gid"},
    {MU_CSV_START, "start date"},    {MU_CSV_START, "start on"},
    {MU_CSV_DONE, "completed at"},   {MU_CSV_DONE, "completed"},
    {MU_CSV_CREATED, "created at"},
};

enum mu_status mu_csv_map_asana(const struct mu_csv_table *table, struct mu_csv_map *out,
                                struct mu_error *err)
{
    struct mu_csv_map map = empty_map();
    for (size_t i = 0; i < sizeof asana / sizeof asana[0]; i++) {
        uint32_t *column = &map.column[asana[i].field];
        for (uint32_t k = 0; k < table->header.cell_count && *column == MU_SOURCE_NONE; k++) {
            *column =
                mu_slice_equal(table->names[k], mu_slice_str(asana[i].name)) ? k : MU_SOURCE_NONE;
        }
    }
    if (map.column[MU_CSV_TITLE] == MU_SOURCE_NONE) {
        return mu_fail(err, MU_E_INVALID,
                       "line %zu: no column 'Name': not a table as Asana exports it",
                       table->header.line);
    }
    *out = map;
    return MU_OK;
}
