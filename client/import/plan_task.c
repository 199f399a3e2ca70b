#include <stdlib.h>
#include <string.h>

#include "client/import/plan_inside.h"

#define MINUTE_MS 60000
#define DAY_MS    86400000

/* -- dues ----------------------------------------------------------------------- */

static int64_t floor_to(int64_t ms, int64_t unit)
{
    return ms / unit - (ms % unit < 0 ? 1 : 0);
}

/* In zone, unless its clocks were set back over that time and it would be read as
 * another; false when it is outside of the years a due can name. */
static bool due_of_instant(const struct mu_plan_options *options, int64_t minutes,
                           struct mu_due *out)
{
    bool named = options->zone != NULL && options->zone_name != NULL &&
                 options->zone_name[0] != '\0' && strlen(options->zone_name) <= MU_DUE_ZONE_MAX;
    const struct mu_zone *zone = named ? options->zone : mu_zone_utc();
    const char *name = named ? options->zone_name : "UTC";
    struct mu_wall wall = {minutes * MINUTE_MS};
    struct mu_local local = mu_zone_local(zone, wall);
    struct mu_due due = {.date = local.date, .has_time = true, .minute = local.second / 60};
    bool valid = mu_date_valid(due.date);
    if (valid && mu_zone_instant(zone, due.date, due.minute).ms != wall.ms) {
        local = mu_zone_local(mu_zone_utc(), wall);
        due.date = local.date;
        due.minute = local.second / 60;
        name = "UTC";
        valid = mu_date_valid(due.date);
    }
    if (!valid) {
        return false;
    }
    memcpy(due.zone, name, strlen(name) + 1);
    *out = due;
    return true;
}

enum mu_status plan_due(struct plan *p, struct mu_source_time time, struct mu_value *out_value)
{
    struct mu_due due = {0};
    bool has = false;
    switch (time.when) {
    case MU_WHEN_NONE:
        break;
    case MU_WHEN_DATE:
        due.date = mu_date_from_days(floor_to(time.at_ms, DAY_MS));
        has = mu_date_valid(due.date);
        break;
    case MU_WHEN_INSTANT:
        has = due_of_instant(p->options, floor_to(time.at_ms, MINUTE_MS), &due);
        break;
    }
    if (!has) {
        *out_value = mu_null();
        return MU_OK;
    }
    char text[MU_DUE_TEXT_MAX + 1];
    mu_due_format(&due, text);
    return plan_keep(p, text, strlen(text), out_value);
}

enum mu_status plan_due_field(struct plan_draft *draft, uint32_t field, struct mu_source_time time,
                              bool *out_news)
{
    struct mu_value value;
    uint8_t basis[9] = {(uint8_t)time.when};
    for (size_t i = 0; i < 8; i++) {
        basis[1 + i] = (uint8_t)((uint64_t)time.at_ms >> (8 * i));
    }
    MU_TRY(plan_due(draft->plan, time, &value));
    *out_news = plan_draft_basis(draft, field, mu_slice_of(basis, sizeof basis), value);
    return MU_OK;
}

/* -- state ------------------------------------------------------------------------ */

/* Finished work needs no owner any more; all else without one waits for triage. */
static int64_t state_of(int64_t column_kind, bool ticked, bool owned)
{
    if (ticked || column_kind == MU_KIND_DONE) {
        return MU_STATE_DONE;
    }
    if (!owned) {
        return MU_STATE_OPEN;
    }
    return column_kind == MU_KIND_DOING    ? MU_STATE_DOING
           : column_kind == MU_KIND_REVIEW ? MU_STATE_REVIEW
                                           : MU_STATE_ASSIGNED;
}

static bool owned(const struct plan_draft *draft)
{
    return plan_draft_stands(draft, MU_TASK_OWNER).kind != MU_NULL;
}

static int64_t done_at(const struct mu_source_card *card, int64_t column_kind)
{
    if (card->due_complete && card->ticked_ms != 0) {
        return card->ticked_ms;
    }
    return column_kind == MU_KIND_DONE ? card->entered_ms : 0;
}

/* The same card may be shown by several boards at its source.  Here it has one place: where it
 * came in first, as long as the source has it there, too. */
static enum mu_status find_home(struct plan_draft *draft, const struct mu_source_card *card,
                                bool *out_elsewhere)
{
    struct plan *p = draft->plan;
    struct mu_row row = {0};
    bool found = false;
    struct mu_id board = {{0}};
    *out_elsewhere = false;
    if (!draft->exists || p->board->scope.len == 0) {
        return MU_OK;
    }
    (void)mu_id_from_slice(mu_row_text(&draft->row, MU_TASK_BOARD), &board);
    if (mu_id_equal(board, p->board_id)) {
        return MU_OK;
    }
    MU_TRY(p->world->row(p->world->state, &p->scratch, MU_BOARD, board, &row, &found, p->err));
    struct mu_slice name = mu_row_text(&row, MU_BOARD_NAME);
    bool foreign = mu_row_text(&row, MU_BOARD_SOURCE).len > 0;
    *out_elsewhere = foreign && mu_slice_equal(name, p->board->name);
    for (size_t i = 0; i < card->home_count && !*out_elsewhere; i++) {
        struct mu_source_board home = {.system = p->board->system, .id = card->homes[i]};
        *out_elsewhere = mu_id_equal(mu_plan_board_id(&home, p->world), board) ||
                         (foreign && mu_slice_equal(name, card->homes[i]));
    }
    if (*out_elsewhere) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_quote(&line, card->title);
        mu_oneline_put(&line, " on ");
        mu_oneline_quote(&line, name);
        mu_findings_detail(&p->findings, MU_FINDING_OTHER_BOARD, &line);
    }
    return MU_OK;
}

/* Whether this source said last that the card is in that list. */
static bool said_list(const struct plan_draft *draft, const struct mu_source_list *list)
{
    uint8_t hash[8];
    const uint8_t *old = draft->has_old ? plan_print_find(&draft->old, MU_TASK_COLUMN) : NULL;
    plan_print_hash(MU_TASK_COLUMN, list->id, hash);
    return old != NULL && memcmp(old, hash, sizeof hash) == 0;
}

/* What the source says of the state; true when it is news. */
static bool state_basis(struct plan_draft *draft, const struct mu_source_card *card, int64_t state)
{
    const struct mu_source_list *list = &draft->plan->board->lists[card->list];
    uint8_t basis[MU_SOURCE_ID_MAX + 2];
    basis[0] = card->due_complete ? 1 : 0;
    basis[1] = card->owner == MU_SOURCE_NONE ? 0 : 1;
    memcpy(basis + 2, list->id.data, list->id.len);
    return plan_draft_basis(draft, MU_TASK_STATE, mu_slice_of(basis, list->id.len + 2),
                            mu_int(state));
}

/* A card that stays where it is: only that it was finished comes over. */
static void settle_elsewhere(struct plan_draft *draft, const struct mu_source_card *card)
{
    plan_draft_keep(draft, MU_TASK_COLUMN);
    draft->now.rank = draft->old.rank;
    if ((draft->silent & MU_SILENT_DONE) != 0) {
        plan_draft_keep(draft, MU_TASK_STATE);
        return;
    }
    int64_t state = card->due_complete ? MU_STATE_DONE : mu_row_int(&draft->row, MU_TASK_STATE);
    if (state_basis(draft, card, state) && card->due_complete && card->ticked_ms != 0) {
        plan_draft_set(draft, MU_TASK_DONE_AT, mu_int(card->ticked_ms));
    }
}

static void settle_state(struct plan_draft *draft, const struct mu_source_card *card, bool moved)
{
    int64_t kind = draft->plan->column_kinds[card->list];
    bool was_dropped = mu_row_int(&draft->row, MU_TASK_STATE) == MU_STATE_DROPPED;
    int64_t state = state_of(kind, card->due_complete, owned(draft));
    bool news = state_basis(draft, card, state);
    if (news && moved) {
        plan_draft_say(draft, MU_TASK_STATE, mu_int(state));
    }
    if (news && was_dropped) {
        plan_draft_set(draft, MU_TASK_ARCHIVED, mu_int(card->archived || card->hidden ? 1 : 0));
        plan_draft_set(draft, MU_TASK_REASON, mu_null());
    }
    if (news && state == MU_STATE_DONE && done_at(card, kind) != 0) {
        plan_draft_set(draft, MU_TASK_DONE_AT, mu_int(done_at(card, kind)));
    }
}

/* Column, state and what hangs on it move together, as they do in Muster. */
static enum mu_status place_in_board(struct plan_draft *draft, const struct mu_source_card *card,
                                     const struct plan_place *place)
{
    struct plan *p = draft->plan;
    const struct mu_source_list *list = &p->board->lists[card->list];
    struct mu_value board;
    struct mu_value column;
    bool elsewhere;
    MU_TRY(find_home(draft, card, &elsewhere));
    if (elsewhere || ((draft->silent & MU_SILENT_LISTS) != 0 && !said_list(draft, list))) {
        settle_elsewhere(draft, card);
        return MU_OK;
    }
    MU_TRY(plan_id(p, p->board_id, &board));
    MU_TRY(plan_id(p, p->columns[card->list], &column));
    bool moved = plan_draft_basis(draft, MU_TASK_COLUMN, list->id, column);
    if (moved) {
        plan_draft_set(draft, MU_TASK_BOARD, board);
    }
    bool here = mu_value_equal(plan_draft_stands(draft, MU_TASK_COLUMN), column);
    MU_TRY(plan_place_draft(draft, MU_TASK_RANK, place, here));
    /* Who does not say whether it is done has not reopened it. */
    if ((draft->silent & MU_SILENT_DONE) != 0 && !moved) {
        plan_draft_keep(draft, MU_TASK_STATE);
    } else {
        settle_state(draft, card, moved);
    }
    return MU_OK;
}

/* Work that has begun has a date, or says that it has none. */
static void settle_no_date(struct plan_draft *draft)
{
    struct mu_value state = plan_draft_stands(draft, MU_TASK_STATE);
    bool begun =
        state.kind == MU_INT && state.number >= MU_STATE_DOING && state.number <= MU_STATE_DONE;
    bool dated = plan_draft_stands(draft, MU_TASK_DUE).kind != MU_NULL;
    bool flag = plan_draft_stands(draft, MU_TASK_NO_DATE).number != 0;
    if (dated && flag) {
        plan_draft_set(draft, MU_TASK_NO_DATE, mu_int(0));
    } else if (!dated && begun && !flag) {
        plan_draft_set(draft, MU_TASK_NO_DATE, mu_int(1));
    }
}

/* -- the task ---------------------------------------------------------------------- */

static enum mu_status born(struct plan_draft *draft, const struct mu_source_card *card)
{
    struct plan *p = draft->plan;
    struct mu_value source;
    MU_TRY(plan_source(p, "card", card->id, &source));
    plan_draft_fixed(draft, MU_TASK_SOURCE, source);
    if (card->created_ms != 0) {
        plan_draft_fixed(draft, MU_TASK_CREATED_AT, mu_int(card->created_ms));
    }
    if (card->creator != MU_SOURCE_NONE) {
        plan_draft_fixed(draft, MU_TASK_CREATED_BY, mu_id_value(&p->people[card->creator]));
    }
    return MU_OK;
}

/* A field that the source may say nothing of. */
static void say(struct plan_draft *draft, unsigned silent, uint32_t field, struct mu_value value)
{
    if ((draft->silent & silent) != 0) {
        plan_draft_keep(draft, field);
    } else {
        plan_draft_field(draft, field, value);
    }
}

static enum mu_status say_due(struct plan_draft *draft, unsigned silent, uint32_t field,
                              struct mu_source_time time)
{
    bool news;
    if ((draft->silent & silent) != 0) {
        plan_draft_keep(draft, field);
        return MU_OK;
    }
    return plan_due_field(draft, field, time, &news);
}

/* Sources that know no such thing leave what was said here alone. */
static void put_parent(struct plan_draft *draft, const struct mu_source_card *card)
{
    if (card->parent != MU_SOURCE_NONE) {
        plan_draft_field(draft, MU_TASK_PARENT, mu_id_value(&draft->plan->tasks[card->parent]));
    } else if (draft->has_old && plan_print_find(&draft->old, MU_TASK_PARENT) != NULL) {
        plan_draft_field(draft, MU_TASK_PARENT, mu_null());
    }
}

static enum mu_status task(struct plan *p, size_t index, const struct plan_place *place)
{
    const struct mu_source_card *card = &p->board->cards[index];
    struct plan_draft draft;
    MU_TRY(plan_draft_begin(p, &draft, MU_TASK, p->tasks[index], MU_TASK_SOURCE_PRINT));
    draft.title = card->title;
    draft.silent = draft.exists ? card->silent : 0;
    MU_TRY(born(&draft, card));
    plan_draft_field(&draft, MU_TASK_TITLE, mu_bytes(card->title));
    say(&draft, MU_SILENT_DESC, MU_TASK_DESC, mu_bytes(card->desc));
    say(&draft, MU_SILENT_PEOPLE, MU_TASK_OWNER,
        card->owner == MU_SOURCE_NONE ? mu_null() : mu_id_value(&p->people[card->owner]));
    MU_TRY(say_due(&draft, MU_SILENT_DUE, MU_TASK_DUE, card->due));
    MU_TRY(say_due(&draft, MU_SILENT_START, MU_TASK_START, card->start));
    plan_draft_field(&draft, MU_TASK_ARCHIVED, mu_int(card->archived || card->hidden ? 1 : 0));
    say(&draft, MU_SILENT_URL, MU_TASK_SOURCE_URL, mu_bytes(card->url));
    put_parent(&draft, card);
    MU_TRY(place_in_board(&draft, card, place));
    if (draft.arg_count > 0) {
        settle_no_date(&draft);
    }
    plan_inner_tags(&draft, index);
    MU_TRY(plan_draft_end(&draft, MU_PLAN_TASKS, MU_TASK_SOURCE_PRINT));
    return plan_inner(&draft, index);
}

/* Numbers are given in the order of operations: the oldest card gets the lowest. */
struct birth {
    int64_t created_ms;
    size_t index;
};

static int compare_births(const void *a, const void *b)
{
    const struct birth *one = a;
    const struct birth *other = b;
    if (one->created_ms != other->created_ms) {
        return one->created_ms < other->created_ms ? -1 : 1;
    }
    return (one->index > other->index) - (one->index < other->index);
}

static enum mu_status place_cards(struct plan *p, struct plan_place *places)
{
    const struct mu_source_board *board = p->board;
    for (size_t i = 0; i < board->card_count; i++) {
        p->tasks[i] = plan_row_id(p, "card", board->cards[i].id);
        MU_TRY(plan_place_old(p, MU_TASK, p->tasks[i], MU_TASK_SOURCE_PRINT, MU_TASK_COLUMN,
                              board->lists[board->cards[i].list].id, &places[i]));
    }
    for (size_t begin = 0; begin < board->card_count;) {
        size_t end = begin + 1;
        while (end < board->card_count && board->cards[end].list == board->cards[begin].list) {
            end++;
        }
        MU_TRY(plan_place_all(p, places + begin, end - begin));
        begin = end;
    }
    return MU_OK;
}

/* The card after those that it stands under: a row that another names must be there. */
static enum mu_status family(struct plan *p, uint32_t index, const struct plan_place *places,
                             bool *done)
{
    uint32_t line[MU_SOURCE_DEPTH_MAX + 1];
    size_t count = 0;
    for (uint32_t at = index; at != MU_SOURCE_NONE && !done[at]; at = p->board->cards[at].parent) {
        line[count++] = at;
    }
    for (; count > 0; count--) {
        done[line[count - 1]] = true;
        MU_TRY(task(p, line[count - 1], &places[line[count - 1]]));
    }
    return MU_OK;
}

enum mu_status plan_tasks(struct plan *p)
{
    size_t count = p->board->card_count;
    struct plan_place *places = mu_arena_array(p->arena, count, sizeof *places);
    struct birth *births = mu_arena_array(p->arena, count, sizeof *births);
    bool *done = mu_arena_array(p->arena, count, sizeof *done);
    p->tasks = mu_arena_array(p->arena, count, sizeof *p->tasks);
    if (count == 0) {
        return MU_OK;
    }
    if (places == NULL || births == NULL || done == NULL || p->tasks == NULL) {
        return plan_full(p);
    }
    MU_TRY(place_cards(p, places));
    for (size_t i = 0; i < count; i++) {
        births[i] = (struct birth){p->board->cards[i].created_ms, i};
    }
    qsort(births, count, sizeof *births, compare_births);
    for (size_t i = 0; i < count; i++) {
        MU_TRY(family(p, (uint32_t)births[i].index, places, done));
    }
    return MU_OK;
}

enum mu_status plan_no_longer(struct plan *p)
{
    struct mu_id_map here;
    mu_id_map_init(&here, p->arena);
    if (p->options->kept_count == 0) {
        return MU_OK;
    }
    for (size_t i = 0; i < p->board->card_count; i++) {
        if (!mu_id_map_set(&here, mu_id_view(&p->tasks[i]), 0)) {
            return plan_full(p);
        }
    }
    for (size_t i = 0; i < p->options->kept_count; i++) {
        const struct mu_plan_kept *kept = &p->options->kept[i];
        struct mu_oneline line;
        if (mu_id_map_find(&here, mu_id_view(&kept->id)) == MU_ID_MAP_NONE) {
            mu_oneline_clear(&line);
            mu_oneline_quote(&line, kept->title);
            mu_findings_detail(&p->findings, MU_FINDING_NO_LONGER, &line);
        }
    }
    return MU_OK;
}
