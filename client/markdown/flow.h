/* Words set into lines, within blocks that put something in front of each line.
 * For client/markdown alone.  A failure stays: everything after it is nothing. */
#ifndef MUSTER_CLIENT_MARKDOWN_FLOW_H
#define MUSTER_CLIENT_MARKDOWN_FLOW_H

#include "client/view/mark.h"
#include "common/base/buf.h"

#define MU_FLOW_DEPTH_MAX 12 /* deeper blocks stand where the last one does */
#define MU_FLOW_SIGN_MAX  16

struct mu_flow_block {
    char sign[MU_FLOW_SIGN_MAX]; /* in front of its first line: "- ", "12. ", "> " */
    size_t width;                /* of sign */
    bool repeats;                /* in front of every line; else blanks are */
    bool used;
};

struct mu_flow {
    struct mu_buf *out;
    size_t indent, width;
    struct mu_flow_block blocks[MU_FLOW_DEPTH_MAX];
    size_t depth;           /* may be more than there is room for */
    bool in_line;           /* something stands in the line */
    bool gap;               /* a blank is due before the next word */
    bool apart;             /* an empty line is due before the next one */
    size_t at, end;         /* columns used, and those there are */
    enum mu_text_mark mark; /* as set in the line */
    enum mu_status status;
};

void mu_flow_push(struct mu_flow *flow, const char *sign, bool repeats);
void mu_flow_pop(struct mu_flow *flow);
/* Text of others on one line: its words, wrapped. */
void mu_flow_text(struct mu_flow *flow, struct mu_slice text, enum mu_text_mark mark);
/* The same, its blanks kept, cut where it is too long: code. */
void mu_flow_verbatim(struct mu_flow *flow, struct mu_slice line, enum mu_text_mark mark);
void mu_flow_end_line(struct mu_flow *flow);

#endif
