/* A screen as lines that are only ever added: what it says, what is said to it, and what others do
 * meanwhile.  For client/tui alone. */
#ifndef MUSTER_CLIENT_TUI_TALK_H
#define MUSTER_CLIENT_TUI_TALK_H

#include <stdio.h>

#include "client/tui/desk.h"

#define MU_TALK_LINE_MAX 4096

struct mu_talk {
    struct mu_desk *desks; /* borrowed */
    size_t count;
    uint64_t seq;       /* of the first desk: what was told of its log */
    struct mu_buf text; /* what is about to be told */
    int in;
    FILE *out;
};

void mu_talk_init(struct mu_talk *talk, struct mu_desk *desks, size_t count, int in, FILE *out);
void mu_talk_deinit(struct mu_talk *talk);
/* Say what has been gathered. */
MU_MUST_USE enum mu_status mu_talk_tell(struct mu_talk *talk, struct mu_error *err);
/* The next line that is said to us; tells what others do until then.  *out_end at the end. */
MU_MUST_USE enum mu_status mu_talk_line(struct mu_talk *talk, char line[static MU_TALK_LINE_MAX],
                                        bool *out_end, struct mu_error *err);

#endif
