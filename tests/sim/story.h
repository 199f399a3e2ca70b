/* Stories: what happens to a team, line by line, and what must come of it.
 *
 *     team ana kofi
 *     ana adds "parser"
 *     everyone is level
 *     cut kofi
 *     kofi renames "parser" to "parser, by kofi"
 *     ana renames "parser" to "parser, by ana"
 *     mend kofi
 *     expect conflict on "parser"
 *
 * A story runs in calm weather but for what it says.  At its end all is mended, everyone must
 * become level, and every promise of end.c is checked.  The tables at the ends of
 * story_edits.c, story_acts.c and story_expect.c list what can be said.  Tasks are called by the
 * title they were added with. */
#ifndef MUSTER_TESTS_SIM_STORY_H
#define MUSTER_TESTS_SIM_STORY_H

#include "tests/sim/sim.h"

/* out->why begins with file and line of what failed. */
void mu_story_run(const char *path, const struct mu_sim_options *options,
                  struct mu_sim_result *out);

#endif
