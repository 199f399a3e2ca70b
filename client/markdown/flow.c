#include "client/markdown/flow.h"

#include <string.h>

#include "client/view/text.h"

#define SHOWN_MAX ((size_t)1 << 20)
#define ROOM_MIN  8 /* columns that text gets, however deep it stands */

static void put(struct mu_flow *flow, const void *bytes, size_t len)
{
    if (flow->status == MU_OK) {
        flow->status = mu_buf_append(flow->out, bytes, len);
    }
}

static void put_blanks(struct mu_flow *flow, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put(flow, " ", 1);
    }
}

static void begin_line(struct mu_flow *flow)
{
    if (flow->in_line) {
        return;
    }
    if (flow->apart) {
        put(flow, "\n", 1);
    }
    put_blanks(flow, flow->indent);
    flow->apart = false;
    flow->in_line = true;
    flow->gap = false;
    flow->at = flow->indent;
    flow->mark = MU_MARK_PLAIN;
    size_t depth = flow->depth < MU_FLOW_DEPTH_MAX ? flow->depth : MU_FLOW_DEPTH_MAX;
    for (size_t i = 0; i < depth; i++) {
        struct mu_flow_block *block = &flow->blocks[i];
        if (block->repeats || !block->used) {
            put(flow, block->sign, strlen(block->sign));
        } else {
            put_blanks(flow, block->width);
        }
        block->used = true;
        flow->at += block->width;
    }
    flow->end = flow->width > flow->at + ROOM_MIN ? flow->width : flow->at + ROOM_MIN;
}

void mu_flow_end_line(struct mu_flow *flow)
{
    if (flow->in_line) {
        put(flow, "\n", 1);
        flow->in_line = false;
    }
}

void mu_flow_push(struct mu_flow *flow, const char *sign, bool repeats)
{
    if (flow->depth < MU_FLOW_DEPTH_MAX) {
        struct mu_flow_block *block = &flow->blocks[flow->depth];
        *block = (struct mu_flow_block){.repeats = repeats};
        strncat(block->sign, sign, sizeof block->sign - 1);
        block->width = strlen(block->sign);
    }
    flow->depth++;
}

void mu_flow_pop(struct mu_flow *flow)
{
    MU_ASSERT(flow->depth > 0);
    /* A list item without a text is seen all the same. */
    if (flow->depth <= MU_FLOW_DEPTH_MAX && !flow->blocks[flow->depth - 1].used) {
        begin_line(flow);
        mu_flow_end_line(flow);
    }
    flow->depth--;
}

static void set_mark(struct mu_flow *flow, enum mu_text_mark mark)
{
    if (flow->mark != mark) {
        char byte = (char)mark;
        put(flow, &byte, 1);
        flow->mark = mark;
    }
}

static size_t room(const struct mu_flow *flow)
{
    return flow->end > flow->at ? flow->end - flow->at : 0;
}

/* A piece without blanks, or with blanks that stay, as far as it fits into a line, then the rest in
 * further ones. */
static void put_piece(struct mu_flow *flow, struct mu_slice piece, enum mu_text_mark mark)
{
    while (piece.len > 0 && flow->status == MU_OK) {
        begin_line(flow);
        struct mu_slice front = mu_show_cut(piece, room(flow));
        front = front.len > 0 ? front : piece;
        set_mark(flow, mark);
        put(flow, front.data, front.len);
        flow->at += mu_show_width(front);
        piece = mu_slice_of(piece.data + front.len, piece.len - front.len);
        if (piece.len > 0) {
            mu_flow_end_line(flow);
        }
    }
}

static void put_word(struct mu_flow *flow, struct mu_slice word, enum mu_text_mark mark)
{
    size_t width = mu_show_width(word) + (flow->gap ? 1 : 0);
    bool begun = flow->in_line;
    begin_line(flow);
    if (begun && width > room(flow)) {
        mu_flow_end_line(flow);
        begin_line(flow);
    } else if (flow->gap) {
        set_mark(flow, mark == flow->mark ? mark : MU_MARK_PLAIN);
        put(flow, " ", 1);
        flow->at++;
    }
    flow->gap = false;
    put_piece(flow, word, mark);
}

void mu_flow_text(struct mu_flow *flow, struct mu_slice text, enum mu_text_mark mark)
{
    MU_BUF_AUTO struct mu_buf shown;
    mu_buf_init(&shown, SHOWN_MAX);
    flow->status = flow->status == MU_OK ? mu_show(&shown, text, MU_SHOW_ONE_LINE) : flow->status;
    if (flow->status != MU_OK) {
        return;
    }
    struct mu_slice rest = mu_buf_view(&shown);
    while (rest.len > 0) {
        const uint8_t *end = memchr(rest.data, ' ', rest.len);
        size_t len = end != NULL ? (size_t)(end - rest.data) : rest.len;
        if (len > 0) {
            put_word(flow, mu_slice_of(rest.data, len), mark);
        }
        flow->gap = flow->in_line && (flow->gap || end != NULL);
        size_t step = len + (end != NULL ? 1 : 0);
        rest = mu_slice_of(rest.data + step, rest.len - step);
    }
}

void mu_flow_verbatim(struct mu_flow *flow, struct mu_slice line, enum mu_text_mark mark)
{
    MU_BUF_AUTO struct mu_buf shown;
    mu_buf_init(&shown, SHOWN_MAX);
    flow->status = flow->status == MU_OK ? mu_show(&shown, line, MU_SHOW_LINES) : flow->status;
    if (flow->status != MU_OK) {
        return;
    }
    begin_line(flow);
    put_piece(flow, mu_buf_view(&shown), mark);
    mu_flow_end_line(flow);
}
