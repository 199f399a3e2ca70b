/* A whole team on one machine: a musterd, people with a home each, their agents; the real
 * programs, real sockets, real files.  The demonstration plays with it, and the tests do. */
#ifndef MUSTER_CLIENT_DEMO_CAST_H
#define MUSTER_CLIENT_DEMO_CAST_H

#include <jansson.h>
#include <stdint.h>

#include "client/demo/program.h"
#include "common/base/error.h"

#define MU_CAST_PEOPLE 8
#define MU_CAST_PATH   320

struct mu_actor {
    char name[32];
    char home[MU_CAST_PATH];
    struct mu_program agent;
};

struct mu_cast {
    char programs[MU_CAST_PATH]; /* the folder with musterd, muster and muster-agent */
    char folder[MU_CAST_PATH];   /* everything is in it */
    char data[MU_CAST_PATH];     /* the server's */
    char invite[700];            /* the lead's */
    char endpoint[256];
    int patience_ms; /* for anything that one waits for */
    struct mu_program server;
    struct mu_actor people[MU_CAST_PEOPLE]; /* the first is the lead */
    size_t count;
};

/* Errors everywhere: MU_E_IO a program did not do what it must; the message repeats what it said.
 */

/* Found a team led by "Ana Ruiz <ana>".  folder exists and is empty.  No command of the cast
 * starts an agent by itself (MUSTER_NO_AGENT is set for this process). */
MU_MUST_USE enum mu_status mu_cast_found(struct mu_cast *cast, const char *programs,
                                         const char *folder, int patience_ms, struct mu_error *err);
/* The same, its invites naming another address than the one where it listens (NULL: that). */
MU_MUST_USE enum mu_status mu_cast_found_behind(struct mu_cast *cast, const char *programs,
                                                const char *folder, const char *public_endpoint,
                                                int patience_ms, struct mu_error *err);
/* The same, with whatever is not NULL. */
struct mu_cast_founding {
    const char *public_endpoint; /* where it listens */
    const char *team, *lead;     /* "Orion", "Ana Ruiz <ana>" */
    const char *zone;            /* the team's; that of this machine */
};
MU_MUST_USE enum mu_status mu_cast_found_as(struct mu_cast *cast, const char *programs,
                                            const char *folder,
                                            const struct mu_cast_founding *founding,
                                            int patience_ms, struct mu_error *err);
MU_MUST_USE enum mu_status mu_cast_serve(struct mu_cast *cast, struct mu_error *err);
/* Somebody joins with a home of that name; the first one is the lead. */
MU_MUST_USE enum mu_status mu_cast_join(struct mu_cast *cast, const char *name,
                                        const char *full_name, struct mu_actor **out_actor,
                                        struct mu_error *err);
MU_MUST_USE enum mu_status mu_cast_agent(struct mu_cast *cast, struct mu_actor *actor,
                                         struct mu_error *err);
/* Everybody stops; what does not end well within patience is killed. */
void mu_cast_end(struct mu_cast *cast);

/* muster WORDS in somebody's home; words end in NULL. */
struct mu_ran mu_cast_run(const struct mu_cast *cast, const struct mu_actor *actor,
                          const char *const *words, const char *input);
#define MU_WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
/* The same, and it must end with 0. */
MU_MUST_USE enum mu_status mu_cast_do(const struct mu_cast *cast, const struct mu_actor *actor,
                                      const char *const *words, struct mu_error *err);
/* Print the command as somebody would type it. */
void mu_cast_type(const struct mu_actor *actor, const char *const *words);
/* The same on our own terminal, the command in front as somebody would type it. */
MU_MUST_USE enum mu_status mu_cast_show(const struct mu_cast *cast, const struct mu_actor *actor,
                                        const char *const *words, struct mu_error *err);
/* What it says with --json; the caller's to json_decref(). */
MU_MUST_USE enum mu_status mu_cast_ask(const struct mu_cast *cast, const struct mu_actor *actor,
                                       const char *const *words, json_t **out_told,
                                       struct mu_error *err);
/* `musterd status --json`. */
MU_MUST_USE enum mu_status mu_cast_server(const struct mu_cast *cast, json_t **out_told,
                                          struct mu_error *err);
/* Wait until everyone whose agent runs stands where the server stands: same change, same digest,
 * nothing waiting. */
MU_MUST_USE enum mu_status mu_cast_level(const struct mu_cast *cast, int64_t *out_head,
                                         struct mu_error *err);

#endif
