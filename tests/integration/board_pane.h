/* A team whose first member has her screen on a terminal that the test sees. */
#ifndef MUSTER_TESTS_INTEGRATION_BOARD_PANE_H
#define MUSTER_TESTS_INTEGRATION_BOARD_PANE_H

#include "tests/harness/pane.h"
#include "tests/harness/team.h"

#define KEYS(...) mu_pane_keys((const char *const[]){__VA_ARGS__, NULL})

/* Found it; only ana (whose screen it is) and kofi. */
void mu_board_gather(struct mu_cast *team, struct mu_actor **out_ana, struct mu_actor **out_kofi);
void mu_board_add(struct mu_cast *team, const struct mu_actor *actor, const char *title,
                  const char *column);
/* `muster WORDS` of an actor, how it ended, and the terminal's modes.  surroundings: of env(1). */
void mu_board_open(const struct mu_actor *actor, const char *surroundings, const char *words,
                   int columns, int rows);
/* The process of the last one. */
long mu_board_pid(void);
/* Left well: with code 0, and a terminal that echoes and reads lines. */
void mu_board_left_well(void);
/* The line of the pane that a text is on. */
int mu_board_line_of(const char *text);

#endif
