/* A real server and real people's homes in one folder, for measuring. */
#ifndef MUSTER_TESTS_BENCH_TEAM_H
#define MUSTER_TESTS_BENCH_TEAM_H

#include "tests/bench/programs.h"

struct mu_bench_team {
    char folder[256];
    char server_data[300];
    char endpoint[64];
    pid_t server;
};

/* Found a team in a new folder below `where` and serve it.  Its lead's home is "lead". */
void mu_team_begin(struct mu_bench_team *team, const char *where);
/* Stop the server and remove the folder. */
void mu_team_end(struct mu_bench_team *team);
/* Stop the server and start it again. */
void mu_team_restart(struct mu_bench_team *team);
#define MU_BENCH_WORKSPACE "bench" /* the folder of the team in a home */
/* The path of a person's home. */
void mu_team_home(const struct mu_bench_team *team, const char *who, char *out, size_t size);
/* Invite and join one more person, level afterwards; no agent is left running.  The cost is that
 * of the joining itself: enrolment and first load. */
struct mu_program_cost mu_team_join(const struct mu_bench_team *team, const char *who);
/* `muster --home WHO ...words` to its end; words end with NULL. */
struct mu_program_cost mu_team_muster(const struct mu_bench_team *team, const char *who,
                                      const char *const *words, const char *input, char *out,
                                      size_t size);
/* One round with the server. */
struct mu_program_cost mu_team_sync(const struct mu_bench_team *team, const char *who);
unsigned mu_team_port(const struct mu_bench_team *team);
pid_t mu_team_agent(const struct mu_bench_team *team, const char *who);
/* A board of `tasks` tasks, brought by the lead as a table, and known to the server. */
void mu_team_fill(const struct mu_bench_team *team, size_t tasks);

#endif
