/* The demonstration: a team's day in five scenes, played by the real programs. */
#ifndef MUSTER_CLIENT_DEMO_STORY_H
#define MUSTER_CLIENT_DEMO_STORY_H

#include "client/demo/cast.h"

struct mu_story {
    struct mu_cast cast;
    const char *board; /* path of a Trello export */
    bool terminal;     /* somebody looks on, colours are welcome */
    long long began_ms;
    struct mu_actor *ana, *kofi, *mia;
    char ref[3][32];    /* three tasks of the board */
    char title[2][260]; /* what Kofi and Mia make of the first one's title */
    char added[64];     /* a task that Mia adds */
    int import_code;    /* with which the import ended */
    unsigned broken;    /* things that did not hold */
};

/* Play it in an empty folder.  What does not hold is said and counted in story->broken.
 * Errors: MU_E_IO a program did not do what it must; the rest is not played. */
MU_MUST_USE enum mu_status mu_story_play(struct mu_story *story, const char *programs,
                                         const char *folder, struct mu_error *err);
/* What to try while everything is up. */
void mu_story_invite(const struct mu_story *story);

#endif
