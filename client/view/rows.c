#include "client/view/rows.h"

static enum mu_status step_all(struct mu_rows *rows, struct mu_stmt *stmt,
                               bool (*take)(struct mu_rows *rows, struct mu_stmt *stmt),
                               struct mu_error *err)
{
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(stmt, &row, err));
        if (!row) {
            return MU_OK;
        }
        if (rows->list.count >= MU_ROWS_MAX) {
            return mu_fail(err, MU_E_LIMIT, "more than %d rows at a time", MU_ROWS_MAX);
        }
        if (!take(rows, stmt)) {
            return mu_fail(err, MU_E_NOMEM, "read rows: out of memory");
        }
    }
}

enum mu_status mu_rows_read(struct mu_rows *rows, const char *sql, size_t size,
                            void (*bind)(const void *by, struct mu_stmt *stmt), const void *by,
                            bool (*take)(struct mu_rows *rows, struct mu_stmt *stmt),
                            struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    mu_list_init(&rows->list, rows->arena, size);
    MU_TRY(mu_stmt_prepare(&stmt, rows->db, sql, err));
    if (bind != NULL) {
        bind(by, &stmt);
    }
    enum mu_status status = step_all(rows, &stmt, take, err);
    mu_stmt_finalize(&stmt);
    return status;
}

bool mu_rows_text(struct mu_rows *rows, struct mu_stmt *stmt, int column, struct mu_slice *out)
{
    return mu_arena_copy(rows->arena, mu_stmt_text(stmt, column), out);
}
