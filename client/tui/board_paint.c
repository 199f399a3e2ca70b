/* The board, painted. */
#include <stdio.h>
#include <string.h>

#include "client/tui/screen.h"
#include "client/view/text.h"
#include "client/view/words.h"

#define DOT " \xc2\xb7 "

static int lane_x(const struct mu_screen *screen, size_t lane)
{
    return (int)(lane - screen->first_lane) * (mu_screen_lane_width(screen) + MU_LANE_GAP);
}

/* -- the bars ------------------------------------------------------------------------------ */

static enum mu_status word_filter(const struct mu_screen *screen, struct mu_buf *out)
{
    const struct mu_card_filter *filter = &screen->filter;
    static const char *const dues[] = {"", "late", "due this week", "without a date"};
    if (filter->by_owner) {
        MU_TRY(mu_buf_append_str(out, DOT));
        MU_TRY(mu_id_equal(filter->owner, screen->desk.self)
                   ? mu_buf_append_str(out, "only mine")
                   : mu_words_person(out, &screen->desk.names, filter->owner));
    }
    const struct mu_label_name *label =
        filter->by_label ? mu_names_label(&screen->desk.names, filter->label) : NULL;
    if (label != NULL) {
        MU_TRY(mu_buf_append_str(out, DOT "#"));
        MU_TRY(mu_show(out, mu_label_words(label), MU_SHOW_ONE_LINE));
    }
    if (filter->by_goal) {
        MU_TRY(mu_buf_append_str(out, DOT));
        MU_TRY(mu_show(out, mu_slice_str(screen->goal_name), MU_SHOW_ONE_LINE));
    }
    if (filter->due != MU_CARD_DUE_ANY) {
        MU_TRY(mu_buf_append_str(out, DOT));
        MU_TRY(mu_buf_append_str(out, dues[filter->due]));
    }
    if (filter->word_count > 0) {
        MU_TRY(mu_buf_append_str(out, DOT "\""));
        for (size_t i = 0; i < filter->word_count; i++) {
            MU_TRY(mu_buf_append_str(out, i > 0 ? " " : ""));
            MU_TRY(mu_show(out, filter->words[i], MU_SHOW_ONE_LINE));
        }
        MU_TRY(mu_buf_append_byte(out, '"'));
    }
    return MU_OK;
}

static void draw_top(const struct mu_screen *screen)
{
    const struct mu_board_name *board = mu_names_board(&screen->desk.names, screen->board);
    int64_t cards = 0;
    char right[96];
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 65536);
    bool ok = mu_buf_append_byte(&text, ' ') == MU_OK &&
              mu_show(&text, screen->desk.names.team, MU_SHOW_ONE_LINE) == MU_OK &&
              mu_buf_append_str(&text, DOT) == MU_OK &&
              (board == NULL || mu_show(&text, board->name, MU_SHOW_ONE_LINE) == MU_OK) &&
              word_filter(screen, &text) == MU_OK;
    for (size_t i = 0; i < screen->lane_count; i++) {
        cards += screen->lanes[i].count;
    }
    size_t hidden = screen->lane_count - mu_screen_visible(screen);
    (void)snprintf(right, sizeof right, "%lld card%s%s ", (long long)cards, cards == 1 ? "" : "s",
                   hidden > 0 ? DOT "more columns \xe2\x86\x94" : "");
    mu_face_bar(0, ok ? mu_buf_view(&text) : mu_slice_str(""), right);
}

/* -- cards --------------------------------------------------------------------------------- */

/* A line under way, from left to right. */
struct pen {
    int y, x, end;
    int start; /* where a further line begins */
    int rows;  /* further lines that may be taken */
    bool inverse;
    bool begun;
};

static void put(struct pen *pen, struct mu_slice text, enum mu_style style)
{
    int gap = pen->begun ? 1 : 0;
    int width = (int)mu_show_width(text);
    if (text.len > 0 && pen->begun && pen->rows > 0 && pen->x + gap + width > pen->end) {
        pen->y++;
        pen->rows--;
        pen->x = pen->start;
        gap = 0;
    }
    if (text.len == 0 || pen->x + gap >= pen->end) {
        return;
    }
    width = width > pen->end - pen->x - gap ? pen->end - pen->x - gap : width;
    mu_term_field(pen->y, pen->x + gap, width, text, style, pen->inverse);
    pen->x += gap + width;
    pen->begun = true;
}

static enum mu_style due_style(enum mu_due_mark mark)
{
    switch (mark) {
    case MU_DUE_LATE:
        return MU_STYLE_LATE;
    case MU_DUE_TODAY:
        return MU_STYLE_TODAY;
    case MU_DUE_SOON:
        return MU_STYLE_SOON;
    case MU_DUE_LATER:
    case MU_DUE_UNMARKED:
        break;
    }
    return MU_STYLE_PLAIN;
}

static void draw_facts(const struct mu_card *card, struct pen pen)
{
    char items[64];
    char talk[64];
    (void)snprintf(items, sizeof items, "%lld/%lld", (long long)card->done_count,
                   (long long)card->item_count);
    (void)snprintf(talk, sizeof talk, "%lld comment%s", (long long)card->comment_count,
                   card->comment_count == 1 ? "" : "s");
    if (card->conflict) {
        put(&pen, mu_slice_str("\xe2\x89\xa0 conflict"), MU_STYLE_LATE);
    }
    if (card->blocked.len > 0) {
        put(&pen, mu_slice_str("\xe2\x96\xa0"), MU_STYLE_LATE);
        put(&pen, card->blocked, MU_STYLE_LATE);
    }
    put(&pen, card->due, due_style(card->due_mark));
    put(&pen, card->people, MU_STYLE_PERSON);
    if (card->item_count > 0) {
        put(&pen, mu_slice_str(items),
            card->done_count == card->item_count ? MU_STYLE_GOOD : MU_STYLE_PLAIN);
    }
    if (card->line.pending) {
        bool room = pen.end - pen.x > 10;
        put(&pen, mu_slice_str(room ? "\xe2\x86\x91 waiting" : "\xe2\x86\x91"), MU_STYLE_DIM);
    }
    put(&pen, card->labels, MU_STYLE_LABEL);
    if (card->comment_count > 0 && pen.end - pen.x > 12) {
        put(&pen, mu_slice_str(talk), MU_STYLE_DIM);
    }
}

static bool flashes(const struct mu_screen *screen, struct mu_id task)
{
    int64_t now = mu_moment_mono().ms;
    for (size_t i = 0; i < screen->seen_count; i++) {
        if (mu_id_equal(screen->seen[i].task, task)) {
            return screen->seen[i].flash_until_ms > now;
        }
    }
    return false;
}

/* The title over one or two lines; returns how many. */
static int draw_title(const struct mu_card *card, struct pen pen, int lines)
{
    int width = pen.end - pen.x;
    struct pen first = pen;
    enum mu_style style = card->closed ? MU_STYLE_DIM : MU_STYLE_PLAIN;
    put(&first, mu_slice_str(card->line.ref), MU_STYLE_DIM);
    MU_BUF_AUTO struct mu_buf wrapped;
    mu_buf_init(&wrapped, (size_t)1 << 20);
    int room = first.end - first.x - 1;
    if (lines < 2 || room < 6 || (int)mu_show_width(card->title) <= room) {
        put(&first, card->title, style);
        return 1;
    }
    /* Broken at a blank within the first line, where there is one. */
    struct mu_slice front = mu_show_cut(card->title, (size_t)room);
    size_t at = front.len;
    while (at > 0 && card->title.data[at] != ' ') {
        at--;
    }
    at = at > 0 ? at : front.len;
    put(&first, mu_slice_of(card->title.data, at), style);
    at += card->title.data[at] == ' ' ? 1 : 0;
    mu_term_field(pen.y + 1, pen.x, width, mu_slice_of(card->title.data + at, card->title.len - at),
                  style, pen.inverse);
    return 2;
}

static void draw_card(const struct mu_screen *screen, size_t lane, int64_t index,
                      const struct mu_card *card, int y, int bottom)
{
    int x = lane_x(screen, lane);
    int width = mu_screen_lane_width(screen);
    int height = mu_screen_card_rows(screen);
    bool focus = lane == screen->lane && index == screen->index;
    struct pen pen = {.y = y, .x = x + 1, .end = x + width, .inverse = false};
    const char *gutter = focus ? "\xe2\x96\x8c" : (flashes(screen, card->line.id) ? "*" : " ");
    enum mu_style mark = focus ? MU_STYLE_FOCUS : MU_STYLE_TODAY;
    bool changed = flashes(screen, card->line.id);
    for (int i = 0; i < height - 1 && y + i < bottom; i++) {
        mu_term_field(y + i, x, 1, mu_slice_str(i == 0 || focus ? gutter : " "), mark, false);
    }
    if (focus) {
        pen.inverse = true;
        mu_term_field(y, x + 1, width - 1, mu_slice_str(""), MU_STYLE_PLAIN, true);
    }
    if (focus && changed) {
        mu_term_field(y, x, 1, mu_slice_str("*"), MU_STYLE_TODAY, false);
    }
    int lines = draw_title(card, pen, y + 2 < bottom ? height - 2 : 1);
    pen.y += lines;
    pen.inverse = false;
    pen.start = pen.x;
    pen.rows = height - 2 - lines;
    pen.rows = pen.rows > bottom - pen.y - 1 ? bottom - pen.y - 1 : pen.rows;
    if (pen.y < bottom) {
        draw_facts(card, pen);
    }
}

static void draw_lane(const struct mu_screen *screen, size_t lane)
{
    int x = lane_x(screen, lane);
    int width = mu_screen_lane_width(screen);
    int bottom = mu_term_rows() - MU_FOOT_ROWS;
    const struct mu_lane *about = &screen->lanes[lane];
    bool over = about->column->wip_limit > 0 && about->open > about->column->wip_limit;
    enum mu_style style = lane == screen->lane ? MU_STYLE_FOCUS : MU_STYLE_HEAD;
    MU_BUF_AUTO struct mu_buf head;
    mu_buf_init(&head, 65536);
    if (mu_words_lane(&head, about) == MU_OK) {
        mu_term_field(1, x + 1, width - 1, mu_buf_view(&head), over ? MU_STYLE_LATE : style, false);
    }
    mu_term_rule(2, x, width, lane == screen->lane ? MU_STYLE_FOCUS : MU_STYLE_DIM);
    for (size_t i = 0; i < screen->card_count[lane]; i++) {
        int y = MU_HEAD_ROWS + (int)i * mu_screen_card_rows(screen);
        if (y < bottom) {
            draw_card(screen, lane, screen->tops[lane] + (int64_t)i, &screen->cards[lane][i], y,
                      bottom);
        }
    }
    int64_t below = about->count - screen->tops[lane] - (int64_t)screen->card_count[lane];
    char more[64];
    if (below > 0 || screen->tops[lane] > 0) {
        (void)snprintf(more, sizeof more, "%s%s", screen->tops[lane] > 0 ? "\xe2\x86\x91" : "",
                       below > 0 ? "\xe2\x86\x93" : "");
        mu_term_field(1, x + width - 2, 2, mu_slice_str(more), MU_STYLE_DIM, false);
    }
    if (about->count == 0) {
        mu_term_field(
            MU_HEAD_ROWS, x + 1, width - 1,
            mu_slice_str(mu_card_filter_on(&screen->filter) ? "nothing that fits" : "empty"),
            MU_STYLE_DIM, false);
    }
}

void mu_board_draw(struct mu_screen *screen)
{
    mu_term_erase();
    draw_top(screen);
    for (size_t i = 0; i < mu_screen_visible(screen); i++) {
        draw_lane(screen, screen->first_lane + i);
    }
    mu_face_foot(&screen->face, "n new  Enter open  / search  ? keys  q quit");
}

bool mu_board_hit(const struct mu_screen *screen, int y, int x, size_t *out_lane,
                  int64_t *out_index)
{
    int span = mu_screen_lane_width(screen) + MU_LANE_GAP;
    size_t lane = screen->first_lane + (size_t)(x / span);
    if (x < 0 || y < 1 || y >= mu_term_rows() - MU_FOOT_ROWS || lane >= screen->lane_count ||
        lane >= screen->first_lane + mu_screen_visible(screen)) {
        return false;
    }
    *out_lane = lane;
    *out_index = y < MU_HEAD_ROWS
                     ? screen->tops[lane]
                     : screen->tops[lane] + (y - MU_HEAD_ROWS) / mu_screen_card_rows(screen);
    return true;
}
