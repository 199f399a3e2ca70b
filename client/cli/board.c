#include "client/cli/board.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/view/text.h"
#include "common/db/stmt.h"
#include "common/seal/hash.h"

static const char SQL_COUNTS[] = "SELECT column_id, count(*) FROM task GROUP BY column_id";
/* Among the tasks that wait for a number: they are edited rows, and no index but that of edited
 * rows has them.  Ids of rows made on a device rise with time, and those of an import say nothing.
 */
static const char SQL_OWN_WAITING[] =
    "SELECT task.board FROM mu_base CROSS JOIN task ON task.key = mu_base.key"
    " WHERE mu_base.entity = ?2 AND task.no IS NULL AND created_by = ?1 AND source IS NULL"
    " AND deleted IS NOT 1 ORDER BY task.id DESC LIMIT 1";
/* Among the newest of all others: who has made none of them works nowhere in particular. */
static const char SQL_OWN_NEWEST[] =
    "SELECT board FROM (SELECT * FROM task WHERE no IS NOT NULL ORDER BY no DESC LIMIT 1000)"
    " WHERE created_by = ?1 AND source IS NULL AND deleted IS NOT 1 AND ?2 = ?2"
    " ORDER BY no DESC LIMIT 1";
static const char SQL_LOAD[] = "SELECT count(*) FROM task WHERE column_id = ?1 AND state < 6"
                               " AND archived IS NOT 1 AND deleted IS NOT 1";

/* -- boards ------------------------------------------------------------------ */

static enum mu_status add_counts(struct mu_session *session, struct mu_stmt *stmt, int64_t *counts,
                                 struct mu_error *err)
{
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(stmt, &row, err));
        if (!row) {
            return MU_OK;
        }
        const struct mu_column_name *column = mu_names_column(&session->names, mu_stmt_id(stmt, 0));
        if (column != NULL && column->board != SIZE_MAX) {
            counts[column->board] += mu_stmt_int(stmt, 1);
        }
    }
}

/* The board with the most tasks among those that are not archived. */
static enum mu_status fullest(struct mu_session *session, const struct mu_board_name **out,
                              struct mu_error *err)
{
    const struct mu_names *names = &session->names;
    int64_t *counts = mu_arena_array(&session->cli->arena, names->board_count + 1, sizeof *counts);
    if (counts == NULL) {
        return mu_fail(err, MU_E_NOMEM, "find the board: out of memory");
    }
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, session->db, SQL_COUNTS, err));
    enum mu_status status = add_counts(session, &stmt, counts, err);
    mu_stmt_finalize(&stmt);
    MU_TRY(status);
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < names->board_count; i++) {
        if (!names->boards[i].archived && (best == SIZE_MAX || counts[i] > counts[best])) {
            best = i;
        }
    }
    MU_ASSERT(best != SIZE_MAX);
    *out = &names->boards[best];
    return MU_OK;
}

static enum mu_status own_board(struct mu_session *session, const char *sql,
                                const struct mu_board_name **out, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, session->db, sql, err));
    mu_stmt_bind_id(&stmt, 1, session->self);
    mu_stmt_bind_int(&stmt, 2, MU_TASK);
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    const struct mu_board_name *board =
        status == MU_OK && row ? mu_names_board(&session->names, mu_stmt_id(&stmt, 0)) : NULL;
    mu_stmt_finalize(&stmt);
    *out = board != NULL && !board->archived ? board : NULL;
    return status;
}

/* The board on which this person last made a task; NULL: none of late, or it is archived by now.
 * As quick on a board of a million tasks as on one of ten. */
static enum mu_status newest_own(struct mu_session *session, const struct mu_board_name **out,
                                 struct mu_error *err)
{
    MU_TRY(own_board(session, SQL_OWN_WAITING, out, err));
    return *out != NULL ? MU_OK : own_board(session, SQL_OWN_NEWEST, out, err);
}

enum mu_status mu_default_board(struct mu_session *session, const struct mu_board_name **out,
                                struct mu_error *err)
{
    const struct mu_names *names = &session->names;
    MU_TRY(mu_session_board(session, out, err));
    if (*out != NULL) {
        return MU_OK;
    }
    size_t live = 0;
    for (size_t i = 0; i < names->board_count; i++) {
        if (!names->boards[i].archived) {
            *out = &names->boards[i];
            live++;
        }
    }
    if (live == 0) {
        return mu_fail(err, MU_E_NOT_FOUND, "there is no board here yet");
    }
    if (live == 1) {
        return MU_OK;
    }
    MU_TRY(newest_own(session, out, err));
    return *out != NULL ? MU_OK : fullest(session, out, err);
}

/* -- columns ----------------------------------------------------------------- */

enum mu_status mu_default_column(struct mu_session *session, const struct mu_board_name *board,
                                 const struct mu_column_name **out, struct mu_error *err)
{
    static const int wanted[] = {MU_KIND_TODO, MU_KIND_BACKLOG, 0};
    const struct mu_names *names = &session->names;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        for (size_t j = 0; j < names->column_count; j++) {
            const struct mu_column_name *column = &names->columns[j];
            if (!column->archived && column->board != SIZE_MAX &&
                &names->boards[column->board] == board &&
                (wanted[i] == 0 || column->kind == wanted[i])) {
                *out = column;
                return MU_OK;
            }
        }
    }
    char shown[MU_SHORT_MAX];
    return mu_fail(err, MU_E_NOT_FOUND, "board '%s' has no columns",
                   mu_show_short(board->name, shown));
}

enum mu_status mu_find_column(struct mu_session *session, const struct mu_board_name *board,
                              struct mu_slice name, const struct mu_column_name **out,
                              struct mu_error *err)
{
    struct mu_error elsewhere;
    enum mu_status status = mu_names_find_column(&session->names, board, name, out, err);
    if (status == MU_E_NOT_FOUND && board != NULL) {
        enum mu_status other = mu_names_find_column(&session->names, NULL, name, out, &elsewhere);
        status = other == MU_OK ? MU_OK : status;
    }
    return status;
}

enum mu_status mu_column_load(struct mu_session *session, struct mu_id column, int64_t *out_count,
                              struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, session->db, SQL_LOAD, err));
    mu_stmt_bind_id(&stmt, 1, column);
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    *out_count = status == MU_OK && row ? mu_stmt_int(&stmt, 0) : 0;
    mu_stmt_finalize(&stmt);
    return status;
}

enum mu_status mu_column_remark(struct mu_session *session, struct mu_id column_id,
                                struct mu_buf *out, struct mu_error *err)
{
    const struct mu_column_name *column = mu_names_column(&session->names, column_id);
    int64_t count = 0;
    if (column == NULL || column->wip_limit <= 0) {
        return MU_OK;
    }
    MU_TRY(mu_column_load(session, column_id, &count, err));
    if (count <= column->wip_limit) {
        return MU_OK;
    }
    char shown[MU_SHORT_MAX];
    return mu_cli_put(mu_buf_printf(out, "%s holds %" PRId64 ", its limit is %" PRId64,
                                    mu_show_short(column->name, shown), count, column->wip_limit),
                      err);
}

/* -- labels and helpers ------------------------------------------------------ */

enum mu_status mu_edit_label(struct mu_edit *edit, struct mu_slice name, struct mu_id *out_label,
                             bool *out_new, struct mu_error *err)
{
    const struct mu_label_name *label = NULL;
    struct mu_error ignored;
    *out_new = false;
    if (mu_names_find_label(&edit->session->names, name, &label, &ignored) == MU_OK) {
        *out_label = label->id;
        return MU_OK;
    }
    if (name.len > MU_NAME_MAX) {
        return mu_fail(err, MU_E_LIMIT, "a label's name is larger than the limit of %d bytes",
                       MU_NAME_MAX);
    }
    *out_label = mu_id_derive("label", &name, 1);
    *out_new = true;
    mu_edit_op(edit, MU_LABEL, *out_label);
    mu_edit_text(edit, MU_LABEL_NAME, name);
    return MU_OK;
}

static struct mu_id pair_id(struct mu_session *session, uint32_t entity, struct mu_id a,
                            struct mu_id b)
{
    struct mu_world world = mu_replica_world(mu_client_replica(session->client));
    return mu_pair_id(&world, entity, a, b);
}

void mu_edit_task_label(struct mu_edit *edit, struct mu_id task, struct mu_id label, bool on)
{
    mu_edit_op(edit, MU_TASK_LABEL, pair_id(edit->session, MU_TASK_LABEL, task, label));
    mu_edit_id(edit, MU_TASK_LABEL_TASK, task);
    mu_edit_id(edit, MU_TASK_LABEL_LABEL, label);
    mu_edit_int(edit, MU_TASK_LABEL_ON, on ? 1 : 0);
}

void mu_edit_task_helper(struct mu_edit *edit, struct mu_id task, struct mu_id person, bool on)
{
    mu_edit_op(edit, MU_TASK_HELPER, pair_id(edit->session, MU_TASK_HELPER, task, person));
    mu_edit_id(edit, MU_TASK_HELPER_TASK, task);
    mu_edit_id(edit, MU_TASK_HELPER_PERSON, person);
    mu_edit_int(edit, MU_TASK_HELPER_ON, on ? 1 : 0);
}
