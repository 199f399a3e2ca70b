/* Run one query and take its rows into a list in an arena. */
#ifndef MUSTER_CLIENT_VIEW_ROWS_H
#define MUSTER_CLIENT_VIEW_ROWS_H

#include "client/core/list.h"
#include "common/db/stmt.h"

struct mu_rows {
    struct mu_db *db;
    struct mu_arena *arena;
    void *state; /* of the caller's take */
    struct mu_list list;
};

/* Where its values go: bind, or NULL; false from take: out of memory.  At most MU_ROWS_MAX. */
#define MU_ROWS_MAX 2000000
MU_MUST_USE enum mu_status mu_rows_read(struct mu_rows *rows, const char *sql, size_t size,
                                        void (*bind)(const void *by, struct mu_stmt *stmt),
                                        const void *by,
                                        bool (*take)(struct mu_rows *rows, struct mu_stmt *stmt),
                                        struct mu_error *err);
/* A column's text in the arena. */
bool mu_rows_text(struct mu_rows *rows, struct mu_stmt *stmt, int column, struct mu_slice *out);

#endif
