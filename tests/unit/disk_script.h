/* The script that the disk's tests run: rows 1 .. n, each in a transaction of its own. */
#ifndef MUSTER_TESTS_UNIT_DISK_SCRIPT_H
#define MUSTER_TESTS_UNIT_DISK_SCRIPT_H

#include "common/db/db.h"

#define SCRIPT_FILE "/a/x.db"
#define SCRIPT_ROWS 40

enum durability { FULL, NORMAL, OFF };

/* The script's database with its one table. */
MU_MUST_USE enum mu_status script_open(struct mu_db *db, const char *vfs,
                                       enum durability durability, struct mu_error *err);
/* Row k in a transaction of its own; its size and bytes follow from k. */
MU_MUST_USE enum mu_status script_insert(struct mu_db *db, int64_t k, struct mu_error *err);
/* Rows in the database, or -1 when they are not 1 .. n or cannot be read. */
int64_t script_count(struct mu_db *db);
/* Open and insert rows up to SCRIPT_ROWS until something fails, then close.  *acked becomes the
 * last row whose commit succeeded.  MU_OK or the failure. */
MU_MUST_USE enum mu_status script_run(const char *vfs, enum durability durability, int64_t *acked,
                                      struct mu_error *err);

#endif
