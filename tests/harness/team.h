/* The cast of the demonstration (client/demo/cast.h) for tests: what does not go as it must fails
 * the test, with what was said. */
#ifndef MUSTER_TESTS_HARNESS_TEAM_H
#define MUSTER_TESTS_HARNESS_TEAM_H

#include "client/demo/cast.h"

#define MU_TEAM_PATIENCE_MS 30000 /* sanitised programs on a busy machine */

/* Found a server in the present folder and start it. */
void mu_team_begin(struct mu_cast *team);
void mu_team_begin_as(struct mu_cast *team, const struct mu_cast_founding *founding);
/* Everything stopped; what still runs must end well. */
void mu_team_end(struct mu_cast *team);
void mu_team_serve(struct mu_cast *team);
/* End the server by a signal; returns its code. */
int mu_team_stop_server(struct mu_cast *team, int signal_number);

/* A home of that name joins by an invite that ana makes (the first: ana herself). */
struct mu_actor *mu_team_join(struct mu_cast *team, const char *name);
void mu_team_start_agent(struct mu_cast *team, struct mu_actor *actor);
int mu_team_stop_agent(struct mu_actor *actor, int signal_number);

/* muster WORDS, which must end with 0. */
void mu_team_do(struct mu_cast *team, const struct mu_actor *actor, const char *const *words);
/* What it says with --json; the caller's to json_decref(). */
json_t *mu_team_ask(struct mu_cast *team, const struct mu_actor *actor, const char *const *words);
json_t *mu_team_server(const struct mu_cast *team);
/* Wait until everyone whose agent runs is level with the server. */
void mu_team_level(struct mu_cast *team);

/* Run a program to its end; it must end with code, and say words (NULL: anything). */
void mu_team_says(const char *const *argv, int code, const char *words);
/* The same folder again: the home of somebody on a second machine, or a server's put aside.
 * Nothing may run in it. */
void mu_team_copy(const char *from, const char *to);
/* The home of actor copied to a second machine; the copy is one more of the cast. */
struct mu_actor *mu_team_clone(struct mu_cast *team, const struct mu_actor *actor,
                               const char *name);
/* Everybody has a task of that title, once, and the same tasks as the others. */
void mu_team_all_have(struct mu_cast *team, const char *const *titles);
/* Every replica's signatures and chain hold, and so does the server's store. */
void mu_team_verify(struct mu_cast *team);

/* A task by its title; NULL when there is none; several fail. */
json_t *mu_team_task(json_t *tasks, const char *title);
size_t mu_team_task_count(json_t *tasks, const char *title);

#endif
