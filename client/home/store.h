/* The two databases of a workspace, opened with the settings each of them needs. */
#ifndef MUSTER_CLIENT_HOME_STORE_H
#define MUSTER_CLIENT_HOME_STORE_H

#include "client/home/home.h"
#include "common/base/time.h"
#include "common/db/db.h"

#define MU_REPLICA_APPLICATION 0x6d757263u /* "murc" */
#define MU_OUTBOX_APPLICATION  0x6d756f62u /* "muob" */
#define MU_STORE_BUSY_MS       5000

/* Must not move while open. */
struct mu_store {
    struct mu_db replica;
    struct mu_db outbox;
    struct mu_key_file keys; /* secret */
};

/* Open both files for writing, made where missing, and read the keys.
 * Errors: as mu_workspace_keys() and mu_db_open().  On failure everything is closed. */
MU_MUST_USE enum mu_status mu_store_open(const struct mu_workspace *workspace, struct mu_store *out,
                                         struct mu_error *err);
/* Accepts a zeroed store.  Whoever uses the databases must be gone. */
void mu_store_close(struct mu_store *store);

/* The replica alone, for reading: what 'list' and 'show' need, and cheap.
 * MU_E_NOT_FOUND when there is none yet. */
MU_MUST_USE enum mu_status mu_store_open_reader(const struct mu_workspace *workspace,
                                                struct mu_db *out, struct mu_error *err);
/* Rename the replica and what belongs to it, so that the next opening makes a new one, to be
 * fetched from the server; the outbox stays.  Nobody should have it open. */
MU_MUST_USE enum mu_status mu_store_set_aside(const struct mu_workspace *workspace,
                                              struct mu_wall now, struct mu_error *err);
/* MU_E_CORRUPT when the replica's file is damaged, or is no replica at all. */
MU_MUST_USE enum mu_status mu_store_check_replica(const struct mu_workspace *workspace,
                                                  struct mu_error *err);
/* Which start of this machine it is: after another one, a replica may be a little older than its
 * outbox (its commits are in order, not on the disk).  False when the system does not say. */
#define MU_BOOT_LEN 36
bool mu_store_boot(char out_boot[static MU_BOOT_LEN + 1]);
/* Paths of the files. */
MU_MUST_USE enum mu_status mu_store_replica_path(const struct mu_workspace *workspace,
                                                 char out_path[static MU_PATH_MAX],
                                                 struct mu_error *err);
MU_MUST_USE enum mu_status mu_store_outbox_path(const struct mu_workspace *workspace,
                                                char out_path[static MU_PATH_MAX],
                                                struct mu_error *err);

#endif
