/* Tables of Asana: its own CSV export in the variants of ten years, the layout of its import, and
 * what scripts make of its API.  Columns that are none of Asana's own are custom fields. */
#include <string.h>

#include "client/import/csv_inside.h"
#include "common/base/utf8.h"
#include "common/model/domain.h"

/* -- columns ------------------------------------------------------------------------ */

/* Names as normalised, the better ones first. */
static const struct {
    enum mu_csv_field field;
    const char *name;
} known[] = {
    {MU_CSV_TITLE, "name"},
    {MU_CSV_TITLE, "task name"},
    {MU_CSV_TITLE, "task"},
    {MU_CSV_OWNER, "assignee"},
    {MU_CSV_OWNER, "assignee name"},
    {MU_CSV_EMAIL, "assignee email"},
    {MU_CSV_DUE, "due at"},
    {MU_CSV_DUE, "due date"},
    {MU_CSV_DUE, "due on"},
    {MU_CSV_DUE, "duedate"},
    {MU_CSV_COLUMN, "section/column"},
    {MU_CSV_COLUMN, "section"},
    {MU_CSV_COLUMN, "sections"},
    {MU_CSV_COLUMN, "section name"},
    {MU_CSV_COLUMN, "column"},
    {MU_CSV_LABELS, "tags"},
    {MU_CSV_DESC, "notes"},
    {MU_CSV_DESC, "description"},
    {MU_CSV_ID, "task id"},
    {MU_CSV_ID, "gid"},
    {MU_CSV_ID, "task gid"},
    {MU_CSV_START, "start date"},
    {MU_CSV_START, "start on"},
    {MU_CSV_START, "start at"},
    {MU_CSV_DONE, "completed at"},
    {MU_CSV_DONE, "completed"},
    {MU_CSV_CREATED, "created at"},
    {MU_CSV_CHANGED, "last modified"},
    {MU_CSV_CHANGED, "modified at"},
    {MU_CSV_HELPERS, "followers"},
    {MU_CSV_HELPERS, "collaborators"},
    {MU_CSV_PARENT, "parent gid"},
    {MU_CSV_PARENT, "parent task"},
    {MU_CSV_PARENT, "parent"},
    {MU_CSV_URL, "permalink url"},
    {MU_CSV_URL, "permalink"},
    {MU_CSV_TYPE, "resource subtype"},
    {MU_CSV_TYPE, "type"},
    {MU_CSV_PROJECTS, "projects"},
    {MU_CSV_PROJECTS, "project"},
};

/* Asana's own as well, and nothing that a task here would show. */
static const char *const dull[] = {"completed", "workspace gid", "workspace name", "workspace",
                                   "resource type"};

/* A field of somebody's own may be called Type as well. */
static bool is_type_column(const struct mu_csv_table *table, uint32_t column)
{
    static const char *const types[] = {"",         "task",    "default_task", "milestone",
                                        "approval", "section", "subtask"};
    for (size_t i = 0; i < table->row_count; i++) {
        const struct mu_csv_row *row = &table->rows[i];
        bool fits = column >= row->cell_count;
        for (size_t k = 0; !fits && k < sizeof types / sizeof types[0]; k++) {
            fits = csv_same_word(mu_csv_trim(row->cells[column]), types[k]);
        }
        if (!fits) {
            return false;
        }
    }
    return true;
}

static bool is_taken(const struct mu_csv_map *map, const struct mu_csv_table *table,
                     uint32_t column)
{
    for (size_t i = 0; i < sizeof dull / sizeof dull[0]; i++) {
        if (mu_slice_equal(table->names[column], mu_slice_str(dull[i]))) {
            return true;
        }
    }
    return csv_among(map->column, MU_CSV_FIELDS, column) ||
           mu_csv_trim(table->header.cells[column]).len == 0;
}

enum mu_status mu_csv_map_asana(const struct mu_csv_table *table, struct mu_arena *arena,
                                struct mu_csv_map *out, struct mu_error *err)
{
    struct mu_csv_map map = {.asana = true};
    for (size_t i = 0; i < MU_CSV_FIELDS; i++) {
        map.column[i] = MU_SOURCE_NONE;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint32_t *column = &map.column[known[i].field];
        for (uint32_t k = 0; k < table->header.cell_count && *column == MU_SOURCE_NONE; k++) {
            bool fits = mu_slice_equal(table->names[k], mu_slice_str(known[i].name)) &&
                        (known[i].field != MU_CSV_TYPE || is_type_column(table, k));
            *column = fits ? k : MU_SOURCE_NONE;
        }
    }
    if (map.column[MU_CSV_TITLE] == MU_SOURCE_NONE) {
        return mu_fail(err, MU_E_INVALID,
                       "line %zu: no column 'Name': not a table as Asana exports it",
                       table->header.line);
    }
    struct mu_csv_custom *custom = mu_arena_array(arena, table->header.cell_count, sizeof *custom);
    if (custom == NULL) {
        return mu_fail(err, MU_E_LIMIT, "the table is too large for the memory it may take");
    }
    for (uint32_t i = 0; i < table->header.cell_count; i++) {
        if (!is_taken(&map, table, i)) {
            custom[map.custom_count++] =
                (struct mu_csv_custom){i, mu_csv_trim(table->header.cells[i])};
        }
    }
    map.custom = custom;
    *out = map;
    return MU_OK;
}

/* -- headings and sections ---------------------------------------------------------------- */

/* "Next week:" with nothing else to it, where no column tells sections. */
bool csv_is_heading(struct csv_maker *m, const struct mu_csv_row *row)
{
    static const enum mu_csv_field others[] = {MU_CSV_OWNER,  MU_CSV_DUE,  MU_CSV_START,
                                               MU_CSV_LABELS, MU_CSV_DESC, MU_CSV_PARENT,
                                               MU_CSV_COLUMN};
    struct mu_slice title = csv_cell(m, row, MU_CSV_TITLE);
    bool heading = csv_same_word(csv_cell(m, row, MU_CSV_TYPE), "section");
    if (!heading) {
        heading = title.len > 1 && title.data[title.len - 1] == ':';
        for (size_t i = 0; heading && i < sizeof others / sizeof others[0]; i++) {
            heading = csv_cell(m, row, others[i]).len == 0;
        }
    }
    if (heading && title.len > 0) {
        m->has_heading = true;
        title.len -= title.data[title.len - 1] == ':' ? 1 : 0;
        m->heading = mu_csv_trim(title);
    }
    return heading;
}

enum mu_status csv_asana_list(struct csv_maker *m, const struct mu_csv_row *row, uint32_t *out_list)
{
    struct mu_slice section = csv_cell(m, row, MU_CSV_COLUMN);
    if (section.len == 0 && csv_cell(m, row, MU_CSV_PARENT).len > 0) {
        *out_list = MU_SOURCE_NONE;
        return MU_OK;
    }
    if (section.len == 0 && m->has_heading) {
        section = m->heading;
    }
    return csv_list_of(m, section, out_list);
}

enum mu_status csv_end_lists(struct csv_maker *m)
{
    for (size_t i = 0; i < m->cards.count; i++) {
        struct csv_entry *entry = mu_vec_at(&m->cards, i);
        const struct csv_entry *up = entry;
        while (up->card.list == MU_SOURCE_NONE && up->card.parent != MU_SOURCE_NONE) {
            up = mu_vec_at(&m->cards, up->card.parent);
        }
        if (up->card.list == MU_SOURCE_NONE) {
            MU_TRY(csv_list_of(m, (struct mu_slice){0}, &entry->card.list));
        } else {
            entry->card.list = up->card.list;
        }
    }
    return MU_OK;
}

/* -- projects ---------------------------------------------------------------------------- */

static enum mu_status project_of(struct csv_maker *m, struct mu_slice name, uint32_t *out_project)
{
    *out_project = mu_id_map_find(&m->project_ids, name);
    if (*out_project != MU_ID_MAP_NONE) {
        return MU_OK;
    }
    struct csv_project *project = mu_vec_push(&m->projects, m->arena);
    *out_project = (uint32_t)(m->projects.count - 1);
    if (project == NULL || !mu_id_map_set(&m->project_ids, name, *out_project)) {
        return csv_full(m);
    }
    project->name = name;
    return MU_OK;
}

#define PROJECTS_MAX 64 /* of one row */

enum mu_status csv_read_projects(struct csv_maker *m, const struct mu_csv_row *row,
                                 struct mu_source_card *card)
{
    struct mu_slice rest = csv_cell(m, row, MU_CSV_PROJECTS);
    uint32_t projects[PROJECTS_MAX];
    size_t count = 0;
    bool root = csv_cell(m, row, MU_CSV_PARENT).len == 0;
    m->root_count += root ? 1 : 0;
    while (rest.len > 0 && count < PROJECTS_MAX) {
        struct mu_slice name = mu_utf8_cut(csv_take_piece(&rest, ","), MU_SOURCE_ID_MAX);
        uint32_t project;
        if (name.len == 0) {
            continue;
        }
        MU_TRY(project_of(m, name, &project));
        if (!csv_among(projects, count, project)) {
            projects[count++] = project;
            struct csv_project *named = mu_vec_at(&m->projects, project);
            named->rows += root ? 1 : 0;
        }
    }
    if (count > 1) {
        csv_cell_detail(m, MU_FINDING_MULTI_HOMED, row, MU_CSV_PROJECTS,
                        csv_cell(m, row, MU_CSV_PROJECTS));
    }
    struct mu_slice *homes = mu_arena_array(m->arena, count, sizeof *homes);
    if (homes == NULL && count > 0) {
        return csv_full(m);
    }
    for (size_t i = 0; i < count; i++) {
        homes[i] = ((const struct csv_project *)mu_vec_at(&m->projects, projects[i]))->name;
    }
    card->homes = homes;
    card->home_count = count;
    return MU_OK;
}

/* The project that every row is in, or an empty slice. */
static struct mu_slice common_project(const struct csv_maker *m)
{
    for (size_t i = 0; i < m->projects.count; i++) {
        const struct csv_project *project = mu_vec_at(&m->projects, i);
        if (project->rows == m->root_count && m->root_count > 0) {
            return project->name;
        }
    }
    return (struct mu_slice){0};
}

enum mu_status csv_asana_name(struct csv_maker *m, const struct mu_csv_origin *origin,
                              struct mu_source_board *board)
{
    struct mu_slice project = origin->given ? (struct mu_slice){0} : common_project(m);
    struct mu_slice name = project.len > 0 ? project : origin->name;
    board->system = mu_slice_str("asana");
    board->scope = mu_slice_str("*");
    board->name = csv_fit(m, name, MU_NAME_MAX);
    if (board->name.len == 0) {
        board->name = mu_slice_str("Imported from Asana");
    }
    return csv_text_id(m, project.len > 0 ? "asana project" : "asana file",
                       project.len > 0 ? project : origin->identity, &board->id);
}
