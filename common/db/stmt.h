/* Prepared statements: bind, step, read, with every failure carried into mu_error.
 *
 * Bind errors are remembered and reported by the next step, so that callers bind without
 * checks.  Columns count from 0, parameters from 1. */
#ifndef MUSTER_COMMON_DB_STMT_H
#define MUSTER_COMMON_DB_STMT_H

#include "common/base/id.h"
#include "common/base/slice.h"
#include "common/db/db.h"

enum mu_stmt_type { /* of a column's value in the present row */
                    MU_STMT_NULL,
                    MU_STMT_INT,
                    MU_STMT_REAL,
                    MU_STMT_TEXT,
                    MU_STMT_BLOB,
};

/* Zeroed = not prepared. */
struct mu_stmt {
    struct sqlite3_stmt *handle;
    struct mu_db *db; /* borrowed; outlives the statement */
    const char *what; /* the SQL, borrowed; shown when the statement itself is at fault */
    int bind_rc;      /* first failed bind since the last reset, or 0 */
};

/* Prepare one statement; sql must live as long as the statement (a static const char[]).
 * Errors: MU_E_INTERNAL bad SQL, MU_E_CORRUPT, MU_E_BUSY, MU_E_NOMEM, MU_E_IO. */
MU_MUST_USE enum mu_status mu_stmt_prepare(struct mu_stmt *stmt, struct mu_db *db, const char *sql,
                                           struct mu_error *err);
/* Accepts a zeroed statement and leaves one. */
void mu_stmt_finalize(struct mu_stmt *stmt);

/* Blobs and text are borrowed until the statement is reset (or run); an empty slice is an empty
 * value, never NULL.  Ids are copied. */
void mu_stmt_bind_int(struct mu_stmt *stmt, int index, int64_t value);
void mu_stmt_bind_blob(struct mu_stmt *stmt, int index, struct mu_slice bytes);
void mu_stmt_bind_text(struct mu_stmt *stmt, int index, struct mu_slice text);
void mu_stmt_bind_id(struct mu_stmt *stmt, int index, struct mu_id id);
void mu_stmt_bind_null(struct mu_stmt *stmt, int index);

/* Next row.  *out_row is false at the end.  Outside a transaction a statement that writes commits
 * at its end: step it there (or run it), or a failed commit is seen by the next call only.  After
 * the end, or a failure, reset the statement before its next use.  MU_E_CONFLICT for a broken
 * constraint. */
MU_MUST_USE enum mu_status mu_stmt_step(struct mu_stmt *stmt, bool *out_row, struct mu_error *err);
/* Ready to bind and step again; parameters are NULL again. */
void mu_stmt_reset(struct mu_stmt *stmt);
/* Step to the end, leaving rows unread, and reset, whatever the outcome. */
MU_MUST_USE enum mu_status mu_stmt_run(struct mu_stmt *stmt, struct mu_error *err);

/* Values of the present row; slices are borrowed until the next step, reset or finalize.
 * A NULL column reads as 0 or as the empty slice. */
int64_t mu_stmt_int(struct mu_stmt *stmt, int column);
struct mu_slice mu_stmt_blob(struct mu_stmt *stmt, int column);
struct mu_slice mu_stmt_text(struct mu_stmt *stmt, int column);
bool mu_stmt_is_null(struct mu_stmt *stmt, int column);
enum mu_stmt_type mu_stmt_type(struct mu_stmt *stmt, int column);
/* The zero id when the value is not 16 bytes. */
struct mu_id mu_stmt_id(struct mu_stmt *stmt, int column);

#endif
