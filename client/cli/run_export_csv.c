/* muster export csv: tasks as a table for spreadsheets, safe against formulas. */
#include <stdio.h>
#include <string.h>

#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/view/csv_text.h"
#include "client/view/tasks.h"
#include "common/db/stmt.h"

#define FLUSH_AT   ((size_t)64 * 1024)
#define FIELDS_MAX 1000 /* custom fields, a column each */

/* Of the board :board, or of all when that is NULL; as on the boards. */
static const char SQL_TASKS[] =
    "SELECT t.id, t.no, t.title, t.state, b.name, c.name, o.handle, t.due, t.start, "
    "t.description, p.no, p.id, t.created_at, m.handle, t.done_at, t.archived, t.source_url "
    "FROM task t LEFT JOIN board b ON b.id = t.board LEFT JOIN board_column c ON c.id = "
    "t.column_id "
    "LEFT JOIN person o ON o.id = t.owner LEFT JOIN person m ON m.id = t.created_by "
    "LEFT JOIN task p ON p.id = t.parent "
    "WHERE coalesce(t.deleted, 0) = 0 AND (?1 IS NULL OR t.board = ?1) "
    "ORDER BY b.name, t.board, c.rank, t.column_id, t.rank, t.id";
static const char SQL_HELPERS[] =
    "SELECT p.handle FROM task_helper h JOIN person p ON p.id = h.person "
    "WHERE h.task = ?1 AND h.is_on = 1 ORDER BY p.handle";
static const char SQL_LABELS[] = "SELECT coalesce(nullif(l.name, ''), l.colour) FROM task_label x "
                                 "JOIN label l ON l.id = x.label "
                                 "WHERE x.task = ?1 AND x.is_on = 1 ORDER BY 1, l.id";
static const char SQL_FIELDS[] = "SELECT f.id, f.name FROM custom_field f "
                                 "WHERE ?1 IS NULL OR f.board = ?1 ORDER BY f.name, f.id";
static const char SQL_VALUES[] =
    "SELECT custom_field, value FROM custom_value WHERE task = ?1 ORDER BY custom_field";

enum {
    ID,
    NO,
    TITLE,
    STATE,
    BOARD,
    COLUMN,
    OWNER,
    DUE,
    START,
    DESC,
    PARENT_NO,
    PARENT_ID,
    CREATED,
    CREATOR,
    DONE_AT,
    ARCHIVED,
    URL
};

struct table {
    struct mu_session *session;
    const struct mu_board_name *board; /* NULL: all */
    struct mu_stmt tasks, helpers, labels, values;
    struct mu_id *fields;
    size_t field_count;
    struct mu_slice *row_values; /* of the task at hand, by field */
    struct mu_arena kept;        /* fields */
    struct mu_arena scratch;     /* of the task at hand */
    bool first;                  /* the next cell is the first of its line */
};

/* -- cells -------------------------------------------------------------------------- */

static enum mu_status put(struct table *table, struct mu_slice text, struct mu_error *err)
{
    struct mu_cli *cli = table->session->cli;
    MU_TRY(mu_cli_put(mu_csv_put_cell(&cli->out, text, table->first), err));
    table->first = false;
    return MU_OK;
}

static enum mu_status put_str(struct table *table, const char *text, struct mu_error *err)
{
    return put(table, mu_slice_str(text), err);
}

static enum mu_status end_line(struct table *table, struct mu_error *err)
{
    struct mu_cli *cli = table->session->cli;
    table->first = true;
    MU_TRY(mu_cli_put(mu_csv_put_end(&cli->out), err));
    return cli->out.len >= FLUSH_AT ? mu_cli_flush(cli, err) : MU_OK;
}

/* 2026-05-31T17:00:00Z, empty for none. */
static enum mu_status put_instant(struct table *table, int column, struct mu_error *err)
{
    char text[32] = "";
    if (!mu_stmt_is_null(&table->tasks, column)) {
        struct mu_wall wall = {mu_stmt_int(&table->tasks, column)};
        struct mu_local local = mu_zone_local(mu_zone_utc(), wall);
        (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)local.date.year,
                       (int)local.date.month, (int)local.date.day, (int)(local.second / 3600),
                       (int)(local.second / 60 % 60), (int)(local.second % 60));
    }
    return put_str(table, text, err);
}

static enum mu_status put_ref(struct table *table, int64_t no, struct mu_id id,
                              struct mu_error *err)
{
    char ref[MU_TASK_REF_MAX] = "";
    if (no > 0) {
        (void)snprintf(ref, sizeof ref, "T-%lld", (long long)no);
    } else if (!mu_id_is_zero(id)) {
        mu_id_handle(id, ref);
    }
    return put_str(table, ref, err);
}

/* What a statement tells of the task, with "; " between. */
static enum mu_status put_several(struct table *table, struct mu_stmt *stmt, struct mu_id task,
                                  struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    bool row = false;
    mu_buf_init(&text, (size_t)1 << 20);
    mu_stmt_bind_id(stmt, 1, task);
    for (;;) {
        MU_TRY(mu_stmt_step(stmt, &row, err));
        if (!row) {
            break;
        }
        struct mu_slice name = mu_stmt_text(stmt, 0);
        MU_TRY(mu_cli_put(text.len > 0 ? mu_buf_append_str(&text, "; ") : MU_OK, err));
        MU_TRY(mu_cli_put(mu_buf_append(&text, name.data, name.len), err));
    }
    mu_stmt_reset(stmt);
    return put(table, mu_buf_view(&text), err);
}

/* -- custom fields --------------------------------------------------------------------- */

static void bind_board(const struct table *table, struct mu_stmt *stmt)
{
    if (table->board != NULL) {
        mu_stmt_bind_id(stmt, 1, table->board->id);
    }
}

static enum mu_status nomem(struct mu_error *err)
{
    return mu_fail(err, MU_E_NOMEM, "out of memory while writing the table");
}

/* Their names are the last cells of the first line. */
static enum mu_status put_fields(struct table *table, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    table->fields = mu_arena_array(&table->kept, FIELDS_MAX, sizeof *table->fields);
    table->row_values = mu_arena_array(&table->kept, FIELDS_MAX, sizeof *table->row_values);
    if (table->fields == NULL || table->row_values == NULL) {
        return nomem(err);
    }
    MU_TRY(mu_stmt_prepare(&stmt, table->session->db, SQL_FIELDS, err));
    bind_board(table, &stmt);
    enum mu_status status = MU_OK;
    while (status == MU_OK && table->field_count < FIELDS_MAX &&
           (status = mu_stmt_step(&stmt, &row, err)) == MU_OK && row) {
        table->fields[table->field_count++] = mu_stmt_id(&stmt, 0);
        status = put(table, mu_stmt_text(&stmt, 1), err);
    }
    mu_stmt_finalize(&stmt);
    return status;
}

static enum mu_status put_values(struct table *table, struct mu_id task, struct mu_error *err)
{
    bool row = false;
    memset(table->row_values, 0, FIELDS_MAX * sizeof *table->row_values);
    mu_arena_clear(&table->scratch);
    mu_stmt_bind_id(&table->values, 1, task);
    for (;;) {
        MU_TRY(mu_stmt_step(&table->values, &row, err));
        if (!row) {
            break;
        }
        struct mu_id field = mu_stmt_id(&table->values, 0);
        for (size_t i = 0; i < table->field_count; i++) {
            if (mu_id_equal(table->fields[i], field) &&
                !mu_arena_copy(&table->scratch, mu_stmt_text(&table->values, 1),
                               &table->row_values[i])) {
                return nomem(err);
            }
        }
    }
    mu_stmt_reset(&table->values);
    for (size_t i = 0; i < table->field_count; i++) {
        MU_TRY(put(table, table->row_values[i], err));
    }
    return MU_OK;
}

/* -- lines ------------------------------------------------------------------------------ */

static enum mu_status put_task(struct table *table, struct mu_error *err)
{
    static const int texts[] = {BOARD, COLUMN, OWNER};
    static const int more[] = {DUE, START};
    struct mu_stmt *task = &table->tasks;
    struct mu_id id = mu_stmt_id(task, ID);
    MU_TRY(put_ref(table, mu_stmt_int(task, NO), id, err));
    MU_TRY(put(table, mu_stmt_text(task, TITLE), err));
    MU_TRY(put_str(table, mu_state_name(mu_stmt_int(task, STATE)), err));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        MU_TRY(put(table, mu_stmt_text(task, texts[i]), err));
    }
    MU_TRY(put_several(table, &table->helpers, id, err));
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        MU_TRY(put(table, mu_stmt_text(task, more[i]), err));
    }
    MU_TRY(put_several(table, &table->labels, id, err));
    MU_TRY(put(table, mu_stmt_text(task, DESC), err));
    MU_TRY(put_ref(table, mu_stmt_int(task, PARENT_NO), mu_stmt_id(task, PARENT_ID), err));
    MU_TRY(put_instant(table, CREATED, err));
    MU_TRY(put(table, mu_stmt_text(task, CREATOR), err));
    MU_TRY(put_instant(table, DONE_AT, err));
    MU_TRY(put_str(table, mu_stmt_int(task, ARCHIVED) != 0 ? "yes" : "", err));
    MU_TRY(put(table, mu_stmt_text(task, URL), err));
    MU_TRY(put_values(table, id, err));
    return end_line(table, err);
}

static enum mu_status put_header(struct table *table, struct mu_error *err)
{
    static const char *const names[] = {"Ref",         "Title",   "State",   "Board",      "Column",
                                        "Owner",       "Helpers", "Due",     "Start",      "Labels",
                                        "Description", "Parent",  "Created", "Created by", "Done",
                                        "Archived",    "Source"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        MU_TRY(put_str(table, names[i], err));
    }
    MU_TRY(put_fields(table, err));
    return end_line(table, err);
}

static enum mu_status write_table(struct table *table, struct mu_error *err)
{
    struct mu_db *db = table->session->db;
    bool row = false;
    MU_TRY(mu_session_board(table->session, &table->board, err));
    MU_TRY(mu_stmt_prepare(&table->tasks, db, SQL_TASKS, err));
    MU_TRY(mu_stmt_prepare(&table->helpers, db, SQL_HELPERS, err));
    MU_TRY(mu_stmt_prepare(&table->labels, db, SQL_LABELS, err));
    MU_TRY(mu_stmt_prepare(&table->values, db, SQL_VALUES, err));
    MU_TRY(put_header(table, err));
    bind_board(table, &table->tasks);
    for (;;) {
        MU_TRY(mu_stmt_step(&table->tasks, &row, err));
        if (!row) {
            return MU_OK;
        }
        MU_TRY(put_task(table, err));
    }
}

enum mu_status mu_run_export_csv(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_cli_no_more(cli, err));
    if (cli->json) {
        return mu_fail(err, MU_E_USAGE, "a table is no JSON: leave --json, or take 'export json'");
    }
    MU_TRY(mu_session_read(cli, &session, err));
    struct table table = {.session = &session, .first = true};
    mu_arena_init(&table.kept, (size_t)1 << 20);
    mu_arena_init(&table.scratch, (size_t)64 << 20);
    enum mu_status status = write_table(&table, err);
    struct mu_stmt *stmts[] = {&table.tasks, &table.helpers, &table.labels, &table.values};
    for (size_t i = 0; i < sizeof stmts / sizeof stmts[0]; i++) {
        mu_stmt_finalize(stmts[i]);
    }
    mu_arena_deinit(&table.scratch);
    mu_arena_deinit(&table.kept);
    mu_session_close(&session);
    return status;
}
