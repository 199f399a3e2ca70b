/* A workspace opened for one command: for reading the replica alone, or with the client's core. */
#ifndef MUSTER_CLIENT_CLI_SESSION_H
#define MUSTER_CLIENT_CLI_SESSION_H

#include "client/cli/cli.h"
#include "client/core/client.h"
#include "client/home/store.h"
#include "client/view/tasks.h"
#include "client/view/words.h"

struct mu_session {
    struct mu_cli *cli;
    struct mu_workspace workspace;
    struct mu_names names;
    struct mu_viewpoint from;
    struct mu_db *db; /* the replica's, of either kind */

    bool writing;
    struct mu_db reader; /* when not writing */
    struct mu_store store;
    struct mu_client *client;
    struct mu_moment moment;
    struct mu_id self; /* the person; zero while the replica does not know it, or when reading
                        * and nobody has asked yet (mu_session_need_self()) */
};

/* The workspace that is meant.  Sets exit code 4 and a hint when none is joined. */
MU_MUST_USE enum mu_status mu_session_choose(struct mu_cli *cli, struct mu_workspace *out,
                                             struct mu_error *err);
/* The replica alone: what 'list' needs.  In one read transaction.  An empty one is an error. */
MU_MUST_USE enum mu_status mu_session_read(struct mu_cli *cli, struct mu_session *out,
                                           struct mu_error *err);
/* Everything, for edits and for questions to the core. */
MU_MUST_USE enum mu_status mu_session_open(struct mu_cli *cli, struct mu_session *out,
                                           struct mu_error *err);
/* Accepts a zeroed session. */
void mu_session_close(struct mu_session *session);
/* A new turn: now is now. */
MU_MUST_USE enum mu_status mu_session_now(struct mu_session *session, struct mu_error *err);
/* Read the names again after an edit. */
MU_MUST_USE enum mu_status mu_session_names(struct mu_session *session, struct mu_error *err);
/* MU_E_NOT_FOUND when the board has not come yet. */
MU_MUST_USE enum mu_status mu_session_need_self(struct mu_session *session, struct mu_error *err);
/* The board meant by --board or the setting, or NULL when neither says one. */
MU_MUST_USE enum mu_status mu_session_board(struct mu_session *session,
                                            const struct mu_board_name **out, struct mu_error *err);
/* "@me", "@ana" or "ana". */
MU_MUST_USE enum mu_status mu_session_person(struct mu_session *session, const char *word,
                                             const struct mu_person_name **out,
                                             struct mu_error *err);

/* Open, act, close: what most commands do.  The person is known when act runs. */
MU_MUST_USE enum mu_status mu_with_session(struct mu_cli *cli,
                                           enum mu_status (*act)(struct mu_session *session,
                                                                 struct mu_error *err),
                                           struct mu_error *err);
/* The same for a command that reads the replica alone. */
MU_MUST_USE enum mu_status mu_with_reader(struct mu_cli *cli,
                                          enum mu_status (*act)(struct mu_session *session,
                                                                struct mu_error *err),
                                          struct mu_error *err);

#endif
