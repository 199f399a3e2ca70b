/* Where a person's things are: the folders, the workspaces joined, and making a new one.
 *
 *                 XDG                              --home DIR or MUSTER_HOME=DIR
 *     config      ~/.config/muster/config          DIR/config
 *     data        ~/.local/share/muster            DIR/data
 *     state       ~/.local/state/muster            DIR/state
 *     runtime     $XDG_RUNTIME_DIR/muster          DIR/run
 *
 *     data/NAME/key         the device's secrets (common/seal/keys.h), 0600
 *     data/NAME/outbox.db   what only this device knows; commits are on the disk
 *     data/NAME/replica.db  what the server knows too; can be thrown away and fetched again
 *     state/agent.lock      held by the one agent of this home
 *     runtime/agent.sock    how to talk to it (agent_link.h)
 *
 * Without XDG_RUNTIME_DIR the runtime folder is state/run. */
#ifndef MUSTER_CLIENT_HOME_HOME_H
#define MUSTER_CLIENT_HOME_HOME_H

#include <stdint.h>

#include "client/home/file.h"
#include "common/base/id.h"
#include "common/seal/keys.h"

#define MU_WORKSPACE_NAME_MAX 48 /* bytes of the folder's name: a-z 0-9 and '-' */
#define MU_WORKSPACES_MAX     256

struct mu_home {
    char config[MU_PATH_MAX]; /* the file */
    char data[MU_PATH_MAX];
    char state[MU_PATH_MAX];
    char runtime[MU_PATH_MAX];
    char folder[MU_PATH_MAX]; /* of --home or MUSTER_HOME, absolute; "" with XDG */
};

/* folder: of --home, or NULL for MUSTER_HOME, else XDG.  Makes nothing.
 * Errors: MU_E_USAGE an empty or too long folder, MU_E_IO no home folder to be found. */
MU_MUST_USE enum mu_status mu_home_find(const char *folder, struct mu_home *out,
                                        struct mu_error *err);

/* -- workspaces -------------------------------------------------------------- */

struct mu_workspace {
    char name[MU_WORKSPACE_NAME_MAX + 1];
    char folder[MU_PATH_MAX];
};

/* Those with a key, by name.  *out_list is malloc'd, the caller's to free(); NULL when none.
 * A data folder that is not there holds none.  MU_E_DENIED another user's. */
MU_MUST_USE enum mu_status mu_home_workspaces(const struct mu_home *home,
                                              struct mu_workspace **out_list, size_t *out_count,
                                              struct mu_error *err);
/* The one named, or the only one when name is NULL or "".
 * Errors: MU_E_NOT_FOUND not joined (says how to), or no such name (says which there are);
 * MU_E_USAGE several and none named. */
MU_MUST_USE enum mu_status mu_home_choose(const struct mu_home *home, const char *name,
                                          struct mu_workspace *out, struct mu_error *err);
/* Read its key file.  The caller wipes it (MU_KEY_FILE_AUTO).
 * Errors: as mu_file_read() and mu_keys_decode(), MU_E_NOT_FOUND. */
MU_MUST_USE enum mu_status mu_workspace_keys(const struct mu_workspace *workspace,
                                             struct mu_key_file *out, struct mu_error *err);
/* Replace the key file, durable when it returns: a new endpoint or handle. */
MU_MUST_USE enum mu_status mu_workspace_keys_write(const struct mu_workspace *workspace,
                                                   const struct mu_key_file *keys,
                                                   struct mu_error *err);

/* -- joining ----------------------------------------------------------------- */

/* The keys of a new device must be on the disk before the server hears of them, or an enrolment
 * whose answer is lost would leave a device that nobody can be any more.  So: begin, enrol,
 * finish.  A second begin with the same invite after a crash gives the same device and keys
 * again, so that the enrolment can simply be repeated. */
struct mu_joining {
    char folder[MU_PATH_MAX]; /* data/.join-HEX, HEX from the invite's secret */
    struct mu_key_file keys;  /* secret; wiped by mu_joining_deinit() */
};

/* fresh: seed, device, workspace, endpoint and server_curve for a new device, handle and the
 * server's other keys empty; ignored but for its workspace when this invite was begun before.
 * invite_secret: MU_INVITE_SECRET_LEN bytes.
 * Errors: MU_E_EXISTS the workspace is joined already (names it), those of files. */
MU_MUST_USE enum mu_status mu_joining_begin(const struct mu_home *home,
                                            const uint8_t *invite_secret,
                                            const struct mu_key_file *fresh, struct mu_joining *out,
                                            struct mu_error *err);
/* The server has accepted: joining->keys now holds its keys and the handle.  Writes them and
 * gives the folder its name, made from the team's (with a number when that is taken). */
MU_MUST_USE enum mu_status mu_joining_finish(const struct mu_home *home, struct mu_joining *joining,
                                             struct mu_slice team, struct mu_workspace *out,
                                             struct mu_error *err);
/* The server has refused for good: forget the keys. */
void mu_joining_abandon(struct mu_joining *joining);
void mu_joining_deinit(struct mu_joining *joining);

/* A folder's name from a team's: "Orion & Söhne" gives "orion-shne".  Never empty. */
void mu_workspace_slug(struct mu_slice team, char out_name[static MU_WORKSPACE_NAME_MAX + 1]);

#endif
