/* A fixed list of statements on one database, each prepared when it is first asked for.
 *
 * Opening a client stays cheap for programs that only read. */
#ifndef MUSTER_CLIENT_CORE_QUERY_H
#define MUSTER_CLIENT_CORE_QUERY_H

#include "common/db/stmt.h"

#define MU_QUERIES_MAX 48

struct mu_queries {
    struct mu_db *db;       /* borrowed */
    const char *const *sql; /* borrowed, count texts; must outlive this */
    size_t count;           /* <= MU_QUERIES_MAX */
    struct mu_stmt stmts[MU_QUERIES_MAX];
};

/* Must not move while in use. */
void mu_queries_init(struct mu_queries *queries, struct mu_db *db, const char *const *sql,
                     size_t count);
void mu_queries_deinit(struct mu_queries *queries);
/* Statement number which, reset and without bindings.  Borrowed. */
MU_MUST_USE enum mu_status mu_queries_get(struct mu_queries *queries, size_t which,
                                          struct mu_stmt **out_stmt, struct mu_error *err);

#endif
