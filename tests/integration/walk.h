/* A walk through a week of a team: real programs, one clock that the test holds, everybody in a
 * zone of their own.  Each command runs on a terminal, as somebody would type it; what it said is
 * kept, and the guide that shows the week is compared with it. */
#ifndef MUSTER_TESTS_INTEGRATION_WALK_H
#define MUSTER_TESTS_INTEGRATION_WALK_H

#include "tests/harness/team.h"

#define MU_WALK_SCREENS 600

struct mu_walk_screen {
    char *command; /* "kofi$ muster checkin" */
    char *said;
};

struct mu_walk {
    struct mu_cast team;
    char clock[400];
    char zones[MU_CAST_PEOPLE][64]; /* of the devices, in the order of team.people */
    struct mu_walk_screen screens[MU_WALK_SCREENS];
    size_t screen_count;
};

/* A server in the present folder; when is "2030-03-18 09:00", in UTC. */
void mu_walk_begin(struct mu_walk *walk, const char *when, const struct mu_cast_founding *founding);
/* Everything stopped, all replicas verified. */
void mu_walk_end(struct mu_walk *walk);
/* It is that minute of UTC, and some seconds, for every program from now on. */
void mu_walk_at(struct mu_walk *walk, const char *when);
void mu_walk_at_second(struct mu_walk *walk, const char *when, int second);
/* Somebody whose device and working hours are in that zone; the first leads. */
struct mu_actor *mu_walk_join(struct mu_walk *walk, const char *name, const char *zone);
/* Everybody has what everybody wrote. */
void mu_walk_meet(struct mu_walk *walk);
const char *mu_walk_zone(const struct mu_walk *walk, const struct mu_actor *actor);

/* muster WORDS on a terminal: must end with 0 and say each of says (NULL: nothing asked). */
void mu_walk_says(struct mu_walk *walk, const struct mu_actor *actor, const char *const *says,
                  const char *const *words);
/* The same, one text. */
void mu_walk_say(struct mu_walk *walk, const struct mu_actor *actor, const char *says,
                 const char *const *words);
/* It must not say that. */
void mu_walk_hides(struct mu_walk *walk, const struct mu_actor *actor, const char *hidden,
                   const char *const *words);
void mu_walk_do(struct mu_walk *walk, const struct mu_actor *actor, const char *const *words);
/* The first handle ("~k3f9") on the line of the screen of those words that holds a text. */
void mu_walk_handle(struct mu_walk *walk, const struct mu_actor *actor, const char *on_line,
                    const char *const *words, char out_handle[static 16]);
/* What a pane shows, kept as the screen of a command. */
void mu_walk_keep(struct mu_walk *walk, const struct mu_actor *actor, const char *command,
                  const char *shown);

/* Each command with its output in the blocks of a guide ("kofi$ muster checkin", then what it
 * says) was among the screens, word for word; handles may differ, and a line "…" stands for any
 * number of lines.  With MUSTER_WALK_KEEP all screens are written into that file, for whoever
 * writes the guide. */
void mu_walk_guide(struct mu_walk *walk, const char *path);

#endif
