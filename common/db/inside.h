/* Between the files of common/db: failures as SQLite's codes. */
#ifndef MUSTER_COMMON_DB_INSIDE_H
#define MUSTER_COMMON_DB_INSIDE_H

#include "common/db/db.h"

/* mu_db_fail() for a code that the caller holds. */
enum mu_status mu_db_fail_rc(struct mu_db *db, int rc, const char *what, struct mu_error *err);
/* Does this failure leave what the disk holds unknown? */
bool mu_db_breaks(int rc, bool committing);

#endif
