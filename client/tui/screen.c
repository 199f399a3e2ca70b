#include "client/tui/screen.h"

#include <stdio.h>
#include <string.h>

#include "client/view/text.h"
#include "common/seal/hash.h"

#define FRAME_ROOMY ((size_t)16 << 20) /* bytes that moving about may add up to */

/* -- measures ----------------------------------------------------------------------------- */

size_t mu_screen_visible(const struct mu_screen *screen)
{
    int fit = (mu_term_columns() + MU_LANE_GAP) / (MU_LANE_MIN + MU_LANE_GAP);
    size_t visible = fit < 1 ? 1 : (size_t)fit;
    return visible > screen->lane_count ? screen->lane_count : visible;
}

int mu_screen_lane_width(const struct mu_screen *screen)
{
    int visible = (int)mu_screen_visible(screen);
    return visible == 0 ? mu_term_columns()
                        : (mu_term_columns() + MU_LANE_GAP) / visible - MU_LANE_GAP;
}

int mu_screen_card_rows(const struct mu_screen *screen)
{
    return mu_screen_lane_width(screen) < 32 ? 4 : 3;
}

size_t mu_screen_fit(const struct mu_screen *screen)
{
    int rows = mu_term_rows() - MU_HEAD_ROWS - MU_FOOT_ROWS;
    int fit = (rows + 1) / mu_screen_card_rows(screen);
    return fit < 1 ? 1 : (size_t)fit;
}

/* -- the frame ----------------------------------------------------------------------------- */

struct mu_card_query mu_screen_query(const struct mu_screen *screen)
{
    return (struct mu_card_query){.names = &screen->desk.names,
                                  .from = &screen->desk.from,
                                  .filter = &screen->filter,
                                  .blockers = screen->blockers,
                                  .blocker_count = screen->blocker_count};
}

static enum mu_status read_lanes(struct mu_screen *screen, struct mu_error *err)
{
    struct mu_card_query query = mu_screen_query(screen);
    const struct mu_board_name *board = mu_names_board(&screen->desk.names, screen->board);
    if (board == NULL) {
        MU_TRY(mu_desk_board(&screen->desk, &board, err));
        screen->board = board->id;
    }
    return mu_cards_lanes(&screen->desk.cards, &query, board, screen->lanes, &screen->lane_count,
                          err);
}

/* Where the card in focus is now; it may have gone.  remote: others pushed it, so the column
 * scrolls by as much and the eye need not move. */
static enum mu_status follow_focus(struct mu_screen *screen, bool remote, struct mu_error *err)
{
    struct mu_card_query query = mu_screen_query(screen);
    struct mu_id column;
    int64_t index = 0;
    bool found = false;
    if (mu_id_is_zero(screen->face.focus)) {
        return MU_OK;
    }
    MU_TRY(mu_cards_find(&screen->desk.cards, &query, screen->face.focus, &column, &index, &found,
                         err));
    for (size_t i = 0; found && i < screen->lane_count; i++) {
        if (mu_id_equal(screen->lanes[i].column->id, column)) {
            screen->tops[i] += remote && i == screen->lane ? index - screen->index : 0;
            screen->lane = i;
            screen->index = index;
        }
    }
    return MU_OK;
}

static void clamp(struct mu_screen *screen)
{
    size_t visible = mu_screen_visible(screen);
    if (screen->lane_count == 0) {
        screen->lane = screen->first_lane = 0;
        screen->index = 0;
        return;
    }
    if (screen->lane >= screen->lane_count) {
        screen->lane = screen->lane_count - 1;
    }
    if (screen->lane < screen->first_lane) {
        screen->first_lane = screen->lane;
    }
    if (screen->lane >= screen->first_lane + visible) {
        screen->first_lane = screen->lane - visible + 1;
    }
    if (screen->first_lane + visible > screen->lane_count) {
        screen->first_lane = screen->lane_count - visible;
    }
    int64_t count = screen->lanes[screen->lane].count;
    screen->index = screen->index >= count ? count - 1 : screen->index;
    screen->index = screen->index < 0 ? 0 : screen->index;
    int64_t fit = (int64_t)mu_screen_fit(screen);
    int64_t *top = &screen->tops[screen->lane];
    *top = screen->index < *top ? screen->index : *top;
    *top = screen->index >= *top + fit ? screen->index - fit + 1 : *top;
    for (size_t i = 0; i < screen->lane_count; i++) {
        int64_t last = screen->lanes[i].count - fit;
        screen->tops[i] = screen->tops[i] > last ? last : screen->tops[i];
        screen->tops[i] = screen->tops[i] < 0 ? 0 : screen->tops[i];
    }
}

static enum mu_status read_windows(struct mu_screen *screen, struct mu_error *err)
{
    struct mu_card_query query = mu_screen_query(screen);
    size_t visible = mu_screen_visible(screen);
    memset(screen->cards, 0, sizeof screen->cards);
    memset(screen->card_count, 0, sizeof screen->card_count);
    for (size_t i = 0; i < visible; i++) {
        size_t lane = screen->first_lane + i;
        MU_TRY(mu_cards_window(&screen->desk.cards, &query, screen->lanes[lane].column->id,
                               screen->tops[lane], mu_screen_fit(screen), &screen->desk.frame,
                               &screen->cards[lane], &screen->card_count[lane], err));
    }
    return MU_OK;
}

const struct mu_card *mu_screen_card_at(const struct mu_screen *screen, size_t lane, int64_t index)
{
    int64_t at = lane < screen->lane_count ? index - screen->tops[lane] : -1;
    return at >= 0 && at < (int64_t)screen->card_count[lane] ? &screen->cards[lane][at] : NULL;
}

const struct mu_card *mu_screen_card(const struct mu_screen *screen)
{
    return mu_screen_card_at(screen, screen->lane, screen->index);
}

/* -- what changed -------------------------------------------------------------------------- */

static struct mu_hash print_of(const struct mu_card *card)
{
    MU_BUF_AUTO struct mu_buf text;
    struct mu_hash print = {{0}};
    mu_buf_init(&text, (size_t)1 << 20);
    /* Its clock may tick, its words may wait: neither is news. */
    struct mu_card calm = *card;
    calm.line.pending = false;
    calm.due = calm.line.due;
    calm.due_mark = MU_DUE_UNMARKED;
    if (mu_words_card(&text, &calm) == MU_OK && card->line.column != NULL) {
        struct mu_slice parts[] = {mu_buf_view(&text), mu_id_view(&card->line.column->id)};
        struct mu_id id = mu_id_derive("print", parts, 2);
        memcpy(print.bytes, id.bytes, sizeof id.bytes);
    }
    return print;
}

static void note_card(struct mu_screen *screen, const struct mu_card *card,
                      const struct mu_seen *before, size_t before_count, bool remote)
{
    struct mu_seen seen = {.task = card->line.id, .print = print_of(card)};
    const struct mu_seen *old = NULL;
    for (size_t i = 0; i < before_count && old == NULL; i++) {
        old = mu_id_equal(before[i].task, seen.task) ? &before[i] : NULL;
    }
    seen.flash_until_ms = old != NULL ? old->flash_until_ms : 0;
    if (remote && before_count > 0 && (old == NULL || !mu_hash_equal(old->print, seen.print))) {
        seen.flash_until_ms = mu_moment_mono().ms + MU_FLASH_MS;
    }
    if (screen->seen_count < MU_SEEN_MAX) {
        screen->seen[screen->seen_count++] = seen;
    }
}

static void note_changes(struct mu_screen *screen, bool remote)
{
    size_t count = screen->seen_count;
    struct mu_seen *before = mu_arena_array(&screen->desk.frame, count + 1, sizeof *before);
    if (before == NULL) {
        return;
    }
    memcpy(before, screen->seen, count * sizeof *before);
    screen->seen_count = 0;
    for (size_t i = 0; i < screen->lane_count; i++) {
        for (size_t j = 0; j < screen->card_count[i]; j++) {
            note_card(screen, &screen->cards[i][j], before, count, remote);
        }
    }
}

static enum mu_status tell_news(struct mu_screen *screen, struct mu_error *err)
{
    struct mu_slice news = {0};
    bool any = false;
    if (screen->news_seq > 0) {
        MU_TRY(mu_desk_news(&screen->desk, screen->news_seq, &news, &any, err));
    }
    screen->news_seq = screen->desk.status.cursor.seq;
    if (any) {
        (void)snprintf(screen->face.message, sizeof screen->face.message, "%.*s",
                       news.len < MU_LINE_MAX ? (int)news.len : MU_LINE_MAX - 1,
                       (const char *)news.data);
        screen->face.message_bad = false;
    }
    return MU_OK;
}

enum mu_status mu_screen_read(struct mu_screen *screen, bool remote, struct mu_error *err)
{
    screen->lane_count = 0;
    screen->blocker_count = 0;
    MU_TRY(mu_desk_read(&screen->desk, err));
    MU_TRY(mu_act_blockers(&screen->desk, (struct mu_id){{0}}, &screen->blockers,
                           &screen->blocker_count, err));
    MU_TRY(read_lanes(screen, err));
    MU_TRY(follow_focus(screen, remote, err));
    clamp(screen);
    MU_TRY(read_windows(screen, err));
    const struct mu_card *card = mu_screen_card(screen);
    screen->face.focus = card != NULL ? card->line.id : (struct mu_id){{0}};
    note_changes(screen, remote);
    return remote ? tell_news(screen, err) : MU_OK;
}

/* Only the windows: nothing has changed but where the eye is.  The frame grows until it is read
 * anew. */
static enum mu_status look_elsewhere(struct mu_screen *screen, struct mu_error *err)
{
    clamp(screen);
    MU_TRY(read_windows(screen, err));
    const struct mu_card *card = mu_screen_card(screen);
    screen->face.focus = card != NULL ? card->line.id : (struct mu_id){{0}};
    note_changes(screen, false);
    return MU_OK;
}

void mu_screen_refresh(struct mu_screen *screen, bool remote)
{
    struct mu_error err;
    screen->face.stale = mu_screen_read(screen, remote, &err) != MU_OK;
    if (screen->face.stale) {
        memset(screen->card_count, 0, sizeof screen->card_count);
        mu_face_fail(&screen->face, &err);
    }
}

void mu_screen_go(struct mu_screen *screen, size_t lane, int64_t index)
{
    screen->lane = lane;
    screen->index = index;
    screen->face.focus = (struct mu_id){{0}};
    struct mu_error err;
    bool roomy = screen->desk.frame.used < FRAME_ROOMY;
    if (screen->lane_count == 0 || !roomy || look_elsewhere(screen, &err) != MU_OK) {
        mu_screen_refresh(screen, false);
    }
}

/* -- waiting ------------------------------------------------------------------------------- */

struct mu_event mu_screen_wait(struct mu_screen *screen)
{
    int64_t now = mu_moment_mono().ms;
    int64_t wake_ms = 0;
    for (size_t i = 0; i < screen->seen_count; i++) {
        int64_t until = screen->seen[i].flash_until_ms;
        if (until > now && (wake_ms == 0 || until < wake_ms)) {
            wake_ms = until;
        }
    }
    return mu_face_wait(&screen->face, &screen->desk, 1, wake_ms);
}
