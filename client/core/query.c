#include "client/core/query.h"

void mu_queries_init(struct mu_queries *queries, struct mu_db *db, const char *const *sql,
                     size_t count)
{
    MU_ASSERT(count <= MU_QUERIES_MAX);
    *queries = (struct mu_queries){.db = db, .sql = sql, .count = count};
}

void mu_queries_deinit(struct mu_queries *queries)
{
    for (size_t i = 0; i < queries->count; i++) {
        mu_stmt_finalize(&queries->stmts[i]);
    }
    *queries = (struct mu_queries){0};
}

enum mu_status mu_queries_get(struct mu_queries *queries, size_t which, struct mu_stmt **out_stmt,
                              struct mu_error *err)
{
    MU_ASSERT(which < queries->count);
    struct mu_stmt *stmt = &queries->stmts[which];
    if (stmt->handle == NULL) {
        MU_TRY(mu_stmt_prepare(stmt, queries->db, queries->sql[which], err));
    }
    mu_stmt_reset(stmt);
    *out_stmt = stmt;
    return MU_OK;
}
