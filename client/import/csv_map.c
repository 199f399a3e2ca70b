#include "client/import/csv_map.h"

#include <string.h>

#include "client/import/csv_date.h"
#include "client/import/oneline.h"
#include "client/import/vec.h"
#include "common/base/utf8.h"

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
    mu_oneline_put(&line, "; field=COLUMN makes a custom field");
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

/* Up to the next comma or line end that is not in quotes; takes it off the front of *rest.  A line
 * that begins with '#' is a remark. */
static struct mu_slice take_entry(struct mu_slice *rest)
{
    size_t len = 0;
    bool quoted = false;
    struct mu_slice front = mu_csv_trim(*rest);
    bool remark = front.len > 0 && front.data[0] == '#';
    while (len < rest->len && ((rest->data[len] != ',' && rest->data[len] != '\n') || quoted ||
                               (remark && rest->data[len] != '\n'))) {
        quoted = !remark && rest->data[len] == '"' ? !quoted : quoted;
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

/* The map while it is read. */
struct draft {
    const struct mu_csv_table *table;
    struct mu_arena *arena;
    struct mu_csv_map map;
    struct mu_vec custom; /* struct mu_csv_custom */
    bool all_others;      /* "field=*" */
};

static enum mu_status full(struct mu_error *err)
{
    return mu_fail(err, MU_E_LIMIT, "the mapping is too large");
}

static enum mu_status find_column(struct draft *draft, struct mu_slice name, uint32_t *out_column,
                                  struct mu_error *err)
{
    return name.len > 1 && name.data[0] == '#'
               ? column_by_place(draft->table, name, out_column, err)
               : column_by_name(draft->table, name, draft->arena, out_column, err);
}

static enum mu_status add_custom(struct draft *draft, uint32_t column, struct mu_slice name,
                                 struct mu_error *err)
{
    struct mu_csv_custom *custom = mu_vec_push(&draft->custom, draft->arena);
    if (custom == NULL) {
        return full(err);
    }
    struct mu_slice header = mu_csv_trim(draft->table->header.cells[column]);
    *custom = (struct mu_csv_custom){column, name.len > 0 ? name : header};
    return MU_OK;
}

/* "field" or "field:Name". */
static bool is_custom(struct mu_slice word, struct mu_slice *out_name)
{
    static const char front[] = "field";
    size_t len = sizeof front - 1;
    if (word.len < len || memcmp(word.data, front, len) != 0 ||
        (word.len > len && word.data[len] != ':')) {
        return false;
    }
    *out_name = word.len > len ? unquote((struct mu_slice){word.data + len + 1, word.len - len - 1})
                               : (struct mu_slice){0};
    return true;
}

static enum mu_status read_entry(struct mu_slice entry, struct draft *draft, struct mu_error *err)
{
    const uint8_t *equals = entry.len == 0 ? NULL : memchr(entry.data, '=', entry.len);
    if (equals == NULL) {
        return mu_fail(err, MU_E_USAGE,
                       "a mapping is written field=column, such as title=Name,owner=Assignee");
    }
    size_t front = (size_t)(equals - entry.data);
    struct mu_slice word = mu_csv_trim((struct mu_slice){entry.data, front});
    struct mu_slice name = unquote((struct mu_slice){equals + 1, entry.len - front - 1});
    struct mu_slice custom;
    uint32_t column = 0;
    for (size_t i = 0; i < MU_CSV_FIELDS; i++) {
        if (!mu_slice_equal(word, mu_slice_str(words[i]))) {
            continue;
        }
        if (draft->map.column[i] != MU_SOURCE_NONE) {
            return mu_fail(err, MU_E_USAGE, "the field '%s' is mapped twice", words[i]);
        }
        return find_column(draft, name, &draft->map.column[i], err);
    }
    if (!is_custom(word, &custom)) {
        return no_field(word, err);
    }
    if (mu_slice_equal(name, mu_slice_str("*"))) {
        draft->all_others = true;
        return MU_OK;
    }
    MU_TRY(find_column(draft, name, &column, err));
    return add_custom(draft, column, custom, err);
}

static bool is_mapped(const struct draft *draft, uint32_t column)
{
    bool mapped = false;
    for (size_t i = 0; i < MU_CSV_FIELDS; i++) {
        mapped = mapped || draft->map.column[i] == column;
    }
    for (size_t i = 0; i < draft->custom.count; i++) {
        const struct mu_csv_custom *custom = mu_vec_at(&draft->custom, i);
        mapped = mapped || custom->column == column;
    }
    return mapped || mu_csv_trim(draft->table->header.cells[column]).len == 0;
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
    struct draft draft = {.table = table, .arena = arena, .map = empty_map()};
    mu_vec_init(&draft.custom, sizeof(struct mu_csv_custom));
    if (!mu_utf8_valid(text)) {
        return mu_fail(err, MU_E_USAGE, "the mapping is not UTF-8");
    }
    while (text.len > 0) {
        struct mu_slice entry = mu_csv_trim(take_entry(&text));
        if (entry.len > 0 && entry.data[0] != '#') {
            MU_TRY(read_entry(entry, &draft, err));
        }
    }
    if (draft.map.column[MU_CSV_TITLE] == MU_SOURCE_NONE) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_put(&line, "the mapping says no title=COLUMN; the columns are ");
        for (size_t i = 0; i < table->header.cell_count; i++) {
            mu_oneline_put(&line, i == 0 ? "" : ", ");
            mu_oneline_text(&line, mu_csv_trim(table->header.cells[i]));
        }
        return usage(err, &line);
    }
    for (uint32_t i = 0; draft.all_others && i < table->header.cell_count; i++) {
        if (!is_mapped(&draft, i)) {
            MU_TRY(add_custom(&draft, i, (struct mu_slice){0}, err));
        }
    }
    draft.map.custom = (const struct mu_csv_custom *)(const void *)draft.custom.items;
    draft.map.custom_count = draft.custom.count;
    *out = draft.map;
    return MU_OK;
}
