/* Which cards the board shows. */
#include <stdio.h>
#include <string.h>

#include "client/tui/screen.h"
#include "client/view/goals.h"
#include "client/view/text.h"
#include "common/base/utf8.h"

static void set_words(struct mu_screen *screen, struct mu_slice text)
{
    screen->filter.word_count = 0;
    struct mu_slice cut = mu_utf8_cut(text, sizeof screen->words - 1);
    memcpy(screen->words, cut.data != NULL ? cut.data : (const uint8_t *)"", cut.len);
    screen->words[cut.len] = '\0';
    const char *at = screen->words + strspn(screen->words, " ");
    while (*at != '\0' && screen->filter.word_count < MU_TASK_WORDS_MAX) {
        size_t len = strcspn(at, " ");
        screen->filter.words[screen->filter.word_count++] = mu_slice_of(at, len);
        at += len + strspn(at + len, " ");
    }
}

static void search_live(struct mu_face *face, struct mu_slice text, struct mu_buf *echo)
{
    struct mu_screen *screen = (struct mu_screen *)face;
    int64_t count = 0;
    if (!mu_slice_equal(text, mu_slice_str(screen->words))) {
        set_words(screen, text);
        mu_screen_refresh(screen, false);
        face->draw(face);
    }
    for (size_t i = 0; i < screen->lane_count; i++) {
        count += screen->lanes[i].count;
    }
    if (mu_buf_printf(echo, " %lld fit; Enter keeps, Esc shows all again", (long long)count) !=
        MU_OK) {
        mu_buf_clear(echo);
    }
}

void mu_filter_search(struct mu_screen *screen)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_LINE_MAX);
    if (mu_buf_append_str(&text, screen->words) != MU_OK ||
        !mu_ask_line(&screen->face, "search:", &text, search_live)) {
        set_words(screen, mu_slice_str(""));
    }
    mu_screen_refresh(screen, false);
}

void mu_filter_mine(struct mu_screen *screen)
{
    bool on = screen->filter.by_owner && mu_id_equal(screen->filter.owner, screen->desk.self);
    screen->filter.by_owner = !on;
    screen->filter.owner = screen->desk.self;
    mu_screen_refresh(screen, false);
}

void mu_filter_choose(struct mu_screen *screen)
{
    enum { ALL, MINE, NOBODY, LATE, WEEK, NO_DATE, FIXED };
    static const char *const fixed[FIXED] = {"everything", "mine",          "nobody's",
                                             "late",       "due this week", "without a date"};
    struct mu_pick pick = {.title = "show only"};
    struct mu_id ids[MU_PICK_MAX] = {{{0}}};
    for (size_t i = 0; i < FIXED; i++) {
        mu_pick_add(&pick, "", mu_slice_str(fixed[i]));
    }
    mu_pick_people(&screen->face, &pick, ids);
    size_t people_end = pick.count;
    mu_pick_labels(&screen->face, NULL, &pick, ids);
    if (!mu_ask_pick(&screen->face, &pick)) {
        return;
    }
    struct mu_card_filter *filter = &screen->filter;
    if (pick.chosen == ALL) {
        *filter = (struct mu_card_filter){.due = MU_CARD_DUE_ANY};
        screen->words[0] = '\0';
    } else if (pick.chosen == LATE || pick.chosen == WEEK || pick.chosen == NO_DATE) {
        filter->due = (enum mu_card_due)(MU_CARD_DUE_LATE + (int)(pick.chosen - LATE));
    } else if (pick.chosen < people_end) {
        filter->by_owner = true;
        filter->owner = pick.chosen == MINE ? screen->desk.self : ids[pick.chosen];
    } else {
        filter->by_label = true;
        filter->label = ids[pick.chosen];
    }
    mu_screen_refresh(screen, false);
}

static void choose_goal(struct mu_screen *screen, const struct mu_goal *goal)
{
    struct mu_card_filter *filter = &screen->filter;
    char shown[MU_SHORT_MAX];
    filter->by_goal = true;
    filter->goal = goal != NULL ? goal->id : (struct mu_id){{0}};
    (void)snprintf(screen->goal_name, sizeof screen->goal_name, "%s %s",
                   goal != NULL ? goal->ref : "without",
                   goal != NULL ? mu_show_short(goal->title, shown) : "a goal");
}

void mu_filter_goal(struct mu_screen *screen)
{
    struct mu_card_filter *filter = &screen->filter;
    struct mu_goal *goals = NULL;
    struct mu_error err;
    size_t count = 0;
    size_t next = 0;
    if (!mu_face_open(&screen->face)) {
        return;
    }
    if (mu_act_goals(&screen->desk, &goals, &count, &err) != MU_OK) {
        mu_face_fail(&screen->face, &err);
        return;
    }
    while (filter->by_goal && next < count && !mu_id_equal(goals[next].id, filter->goal)) {
        next++;
    }
    next += filter->by_goal ? 1 : 0;
    if (count == 0 && !filter->by_goal) {
        mu_face_say(&screen->face, "there are no goals here; muster goal add makes one");
        return;
    }
    if (filter->by_goal && mu_id_is_zero(filter->goal)) {
        filter->by_goal = false;
    } else {
        choose_goal(screen, next < count ? &goals[next] : NULL);
    }
    mu_screen_refresh(screen, false);
}

void mu_filter_clear(struct mu_screen *screen)
{
    screen->filter = (struct mu_card_filter){.due = MU_CARD_DUE_ANY};
    screen->words[0] = '\0';
    screen->face.message[0] = '\0';
    mu_screen_refresh(screen, false);
}
