/* Brings a database's schema up to what this program knows: forward only, a transaction each.
 *
 * The schema number is SQLite's user_version; what the steps contain is the caller's. */
#ifndef MUSTER_COMMON_DB_MIGRATE_H
#define MUSTER_COMMON_DB_MIGRATE_H

#include <stddef.h>

#include "common/db/db.h"

struct mu_migration {
    uint32_t to_version; /* from the step before it (0 = a new file); ascending in the list */
    const char *sql;     /* any number of statements, without BEGIN and COMMIT */
    size_t len;
};

/* Run the steps that the file has not had.  Safe when several processes do it at once.
 * Errors: MU_E_VERSION the schema is newer than the last step (nothing is touched), or is older
 * and the database is open for reading only; MU_E_CORRUPT a number that no program wrote; what
 * the steps themselves fail with.  On failure the file stands at the last step that succeeded. */
MU_MUST_USE enum mu_status mu_db_migrate(struct mu_db *db, const struct mu_migration *list,
                                         size_t count, struct mu_error *err);
/* The file's schema number now. */
MU_MUST_USE enum mu_status mu_db_schema_version(struct mu_db *db, uint32_t *out_version,
                                                struct mu_error *err);

#endif
