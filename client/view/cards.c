#include "client/view/cards.h"

#include "client/view/task_words.h"
#include "client/view/text.h"

#define PARTS "key, id, no, title, state, owner, due, no_date, archived, deleted, column_id, goal"
enum part { KEY, ID, NO, TITLE, STATE, OWNER, DUE, NO_DATE, ARCHIVED, DELETED, COLUMN, GOAL };

/* What stands on a board: everything but the trash, the archive and what was dropped. */
#define SHOWN " AND archived IS NOT 1 AND deleted IS NOT 1 AND state IS NOT 7"

static const char SQL_WINDOW[] =
    "SELECT " PARTS " FROM task WHERE column_id = ?1" SHOWN " ORDER BY rank, id LIMIT ?2 OFFSET ?3";
static const char SQL_WALK[] =
    "SELECT " PARTS " FROM task WHERE column_id = ?1" SHOWN " ORDER BY rank, id";
static const char SQL_COUNT[] = "SELECT count(*) FROM task WHERE column_id = ?1" SHOWN;
static const char SQL_OPEN[] = "SELECT count(*) FROM task WHERE column_id = ?1 AND state < 6"
                               " AND archived IS NOT 1 AND deleted IS NOT 1";
static const char SQL_PLACE[] = "SELECT id, column_id FROM task WHERE key = ?1" SHOWN;
static const char SQL_BEFORE[] = "SELECT count(*) FROM task WHERE column_id = ?1" SHOWN
                                 " AND (rank, id) < (SELECT rank, id FROM task WHERE key = ?2)";
static const char SQL_LABELS[] =
    "SELECT label FROM task_label WHERE task = ?1 AND is_on = 1 ORDER BY label";
static const char SQL_HELPERS[] =
    "SELECT person FROM task_helper WHERE task = ?1 AND is_on = 1 ORDER BY person";
static const char SQL_PENDING[] = "SELECT 1 FROM mu_base WHERE entity = ?1 AND key = ?2";
static const char SQL_ITEMS[] = "SELECT count(*), total(done IS 1) FROM item WHERE task = ?1"
                                " AND deleted IS NOT 1";
static const char SQL_COMMENTS[] = "SELECT count(*) FROM comment WHERE task = ?1";
static const char SQL_CONFLICT[] = "SELECT 1 FROM conflict WHERE state = 1 AND row_id = ?1 LIMIT 1";

bool mu_card_filter_on(const struct mu_card_filter *filter)
{
    return filter->by_owner || filter->by_label || filter->by_goal ||
           filter->due != MU_CARD_DUE_ANY || filter->word_count > 0;
}

enum mu_status mu_cards_open(struct mu_cards *cards, struct mu_db *db, struct mu_error *err)
{
    *cards = (struct mu_cards){.db = db};
    const struct {
        struct mu_stmt *stmt;
        const char *sql;
    } all[] = {
        {&cards->window, SQL_WINDOW},     {&cards->walk, SQL_WALK},
        {&cards->count, SQL_COUNT},       {&cards->open, SQL_OPEN},
        {&cards->place, SQL_PLACE},       {&cards->before, SQL_BEFORE},
        {&cards->labels, SQL_LABELS},     {&cards->helpers, SQL_HELPERS},
        {&cards->pending, SQL_PENDING},   {&cards->items, SQL_ITEMS},
        {&cards->comments, SQL_COMMENTS}, {&cards->conflict, SQL_CONFLICT},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        enum mu_status status = mu_stmt_prepare(all[i].stmt, db, all[i].sql, err);
        if (status != MU_OK) {
            mu_cards_close(cards);
            return status;
        }
    }
    return MU_OK;
}

void mu_cards_close(struct mu_cards *cards)
{
    struct mu_stmt *all[] = {&cards->window,  &cards->walk,   &cards->count,    &cards->open,
                             &cards->place,   &cards->before, &cards->labels,   &cards->helpers,
                             &cards->pending, &cards->items,  &cards->comments, &cards->conflict};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        mu_stmt_finalize(all[i]);
    }
}

/* -- one row ------------------------------------------------------------------------------ */

static void read_line(struct mu_stmt *stmt, const struct mu_names *names, struct mu_task_line *out)
{
    *out = (struct mu_task_line){.key = mu_stmt_int(stmt, KEY),
                                 .id = mu_stmt_id(stmt, ID),
                                 .no = mu_stmt_int(stmt, NO),
                                 .title = mu_stmt_text(stmt, TITLE),
                                 .state = (int)mu_stmt_int(stmt, STATE),
                                 .column = mu_names_column(names, mu_stmt_id(stmt, COLUMN)),
                                 .owner = mu_stmt_id(stmt, OWNER),
                                 .due = mu_stmt_text(stmt, DUE),
                                 .no_date = mu_stmt_int(stmt, NO_DATE) == 1,
                                 .archived = mu_stmt_int(stmt, ARCHIVED) == 1,
                                 .deleted = mu_stmt_int(stmt, DELETED) == 1};
    mu_task_ref(out->id, out->no, out->ref);
}

static enum mu_status read_ids(struct mu_stmt *stmt, struct mu_id task,
                               struct mu_id out_ids[static MU_TASK_PEOPLE_SHOWN], size_t *out_count,
                               struct mu_error *err)
{
    enum mu_status status = MU_OK;
    bool row = true;
    *out_count = 0;
    mu_stmt_bind_id(stmt, 1, task);
    while (*out_count < MU_TASK_PEOPLE_SHOWN) {
        status = mu_stmt_step(stmt, &row, err);
        if (status != MU_OK || !row) {
            break;
        }
        out_ids[(*out_count)++] = mu_stmt_id(stmt, 0);
    }
    mu_stmt_reset(stmt);
    return status;
}

/* The numbers of one row, bound already. */
static enum mu_status read_numbers(struct mu_stmt *stmt, int64_t *out_a, int64_t *out_b,
                                   struct mu_error *err)
{
    bool row = false;
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    if (status == MU_OK) {
        *out_a = row ? mu_stmt_int(stmt, 0) : 0;
        if (out_b != NULL) {
            *out_b = row ? mu_stmt_int(stmt, 1) : 0;
        }
    }
    mu_stmt_reset(stmt);
    return status;
}

static enum mu_status read_hanging(struct mu_cards *cards, struct mu_card *card,
                                   struct mu_error *err)
{
    struct mu_task_line *line = &card->line;
    int64_t found = 0;
    MU_TRY(read_ids(&cards->labels, line->id, line->labels, &line->label_count, err));
    MU_TRY(read_ids(&cards->helpers, line->id, line->helpers, &line->helper_count, err));
    mu_stmt_bind_int(&cards->pending, 1, MU_TASK);
    mu_stmt_bind_int(&cards->pending, 2, line->key);
    MU_TRY(read_numbers(&cards->pending, &found, NULL, err));
    line->pending = found == 1;
    mu_stmt_bind_id(&cards->conflict, 1, line->id);
    MU_TRY(read_numbers(&cards->conflict, &found, NULL, err));
    card->conflict = found == 1;
    mu_stmt_bind_id(&cards->items, 1, line->id);
    MU_TRY(read_numbers(&cards->items, &card->item_count, &card->done_count, err));
    mu_stmt_bind_id(&cards->comments, 1, line->id);
    return read_numbers(&cards->comments, &card->comment_count, NULL, err);
}

/* -- the filter --------------------------------------------------------------------------- */

static int64_t days_ahead(const struct mu_due *due, const struct mu_viewpoint *from)
{
    struct mu_local now = mu_zone_local(from->zone, from->now);
    return mu_date_to_days(due->date) - mu_date_to_days(now.date);
}

static bool due_fits(enum mu_card_due wanted, const struct mu_task_line *line,
                     const struct mu_viewpoint *from)
{
    struct mu_due due;
    struct mu_error ignored;
    if (wanted == MU_CARD_DUE_ANY) {
        return true;
    }
    bool none = line->due.len == 0 || mu_due_parse(line->due, &due, &ignored) != MU_OK;
    if (wanted == MU_CARD_DUE_NONE || none) {
        return none && wanted == MU_CARD_DUE_NONE;
    }
    return wanted == MU_CARD_DUE_LATE ? mu_task_is_late(line, from) : days_ahead(&due, from) < 7;
}

static bool holds(struct mu_slice text, struct mu_slice word)
{
    for (size_t at = 0; at < text.len; at++) {
        if (mu_starts_with_word(mu_slice_of(text.data + at, text.len - at), word)) {
            return true;
        }
    }
    return word.len == 0;
}

static enum mu_status fits(struct mu_cards *cards, const struct mu_card_query *query,
                           const struct mu_task_line *line, bool *out_fits, struct mu_error *err)
{
    const struct mu_card_filter *filter = query->filter;
    *out_fits = false;
    if ((filter->by_owner && !mu_id_equal(filter->owner, line->owner)) ||
        !due_fits(filter->due, line, query->from)) {
        return MU_OK;
    }
    for (size_t i = 0; i < filter->word_count; i++) {
        if (!holds(line->title, filter->words[i]) &&
            !mu_same_word(mu_slice_str(line->ref), filter->words[i])) {
            return MU_OK;
        }
    }
    *out_fits = !filter->by_label;
    if (filter->by_label) {
        struct mu_id labels[MU_TASK_PEOPLE_SHOWN];
        size_t count = 0;
        MU_TRY(read_ids(&cards->labels, line->id, labels, &count, err));
        for (size_t i = 0; i < count && !*out_fits; i++) {
            *out_fits = mu_id_equal(labels[i], filter->label);
        }
    }
    return MU_OK;
}

/* The next row of walk that fits. */
static enum mu_status walk_on(struct mu_cards *cards, const struct mu_card_query *query,
                              struct mu_task_line *out, bool *out_found, struct mu_error *err)
{
    bool good = false;
    for (;;) {
        MU_TRY(mu_stmt_step(&cards->walk, out_found, err));
        if (!*out_found) {
            return MU_OK;
        }
        read_line(&cards->walk, query->names, out);
        if (query->filter->by_goal &&
            !mu_id_equal(query->filter->goal, mu_stmt_id(&cards->walk, GOAL))) {
            continue;
        }
        MU_TRY(fits(cards, query, out, &good, err));
        if (good) {
            return MU_OK;
        }
    }
}

/* -- columns ------------------------------------------------------------------------------ */

static enum mu_status count_walking(struct mu_cards *cards, const struct mu_card_query *query,
                                    struct mu_id column, int64_t *out_count, struct mu_error *err)
{
    struct mu_task_line line;
    bool found = true;
    enum mu_status status = MU_OK;
    *out_count = 0;
    mu_stmt_bind_id(&cards->walk, 1, column);
    while ((status = walk_on(cards, query, &line, &found, err)) == MU_OK && found) {
        (*out_count)++;
    }
    mu_stmt_reset(&cards->walk);
    return status;
}

static enum mu_status count_lane(struct mu_cards *cards, const struct mu_card_query *query,
                                 struct mu_lane *lane, struct mu_error *err)
{
    if (lane->column->wip_limit > 0) {
        mu_stmt_bind_id(&cards->open, 1, lane->column->id);
        MU_TRY(read_numbers(&cards->open, &lane->open, NULL, err));
    }
    if (mu_card_filter_on(query->filter)) {
        return count_walking(cards, query, lane->column->id, &lane->count, err);
    }
    mu_stmt_bind_id(&cards->count, 1, lane->column->id);
    return read_numbers(&cards->count, &lane->count, NULL, err);
}

enum mu_status mu_cards_lanes(struct mu_cards *cards, const struct mu_card_query *query,
                              const struct mu_board_name *board,
                              struct mu_lane out_lanes[static MU_LANES_MAX], size_t *out_count,
                              struct mu_error *err)
{
    const struct mu_names *names = query->names;
    size_t count = 0;
    for (size_t i = 0; i < names->column_count && count < MU_LANES_MAX; i++) {
        const struct mu_column_name *column = &names->columns[i];
        if (!column->archived && column->board != SIZE_MAX &&
            &names->boards[column->board] == board) {
            out_lanes[count] = (struct mu_lane){.column = column};
            MU_TRY(count_lane(cards, query, &out_lanes[count], err));
            count++;
        }
    }
    *out_count = count;
    return MU_OK;
}

/* -- cards -------------------------------------------------------------------------------- */

static enum mu_status keep(struct mu_arena *arena, struct mu_buf *text, struct mu_slice *out)
{
    bool ok = mu_arena_copy(arena, mu_buf_view(text), out);
    mu_buf_clear(text);
    return ok ? MU_OK : MU_E_NOMEM;
}

/* The oldest, or NULL. */
static const struct mu_blocker *blocker_of(const struct mu_card_query *query, struct mu_id task)
{
    for (size_t i = 0; i < query->blocker_count; i++) {
        if (mu_id_equal(query->blockers[i].task, task)) {
            return &query->blockers[i];
        }
    }
    return NULL;
}

static enum mu_status word_card(struct mu_card *card, const struct mu_card_query *query,
                                struct mu_arena *arena, struct mu_buf *text)
{
    MU_TRY(mu_show(text, card->line.title, MU_SHOW_ONE_LINE));
    MU_TRY(keep(arena, text, &card->title));
    MU_TRY(mu_words_task_people(text, &card->line, query->names));
    MU_TRY(keep(arena, text, &card->people));
    MU_TRY(mu_words_task_labels(text, &card->line, query->names));
    MU_TRY(keep(arena, text, &card->labels));
    MU_TRY(mu_words_card_due(text, &card->line, query->from, &card->due_mark));
    MU_TRY(keep(arena, text, &card->due));
    const struct mu_blocker *blocker = blocker_of(query, card->line.id);
    if (blocker != NULL && !card->closed) {
        MU_TRY(mu_buf_append_str(text, "blocked "));
        MU_TRY(mu_words_work(text, blocker->age_ms, blocker->day_ms));
        MU_TRY(keep(arena, text, &card->blocked));
    }
    bool ok = mu_arena_copy(arena, card->line.title, &card->line.title) &&
              mu_arena_copy(arena, card->line.due, &card->line.due);
    return ok ? MU_OK : MU_E_NOMEM;
}

static enum mu_status fill_card(struct mu_cards *cards, const struct mu_card_query *query,
                                struct mu_card *card, struct mu_arena *arena, struct mu_error *err)
{
    card->closed = card->line.state >= MU_STATE_DONE;
    MU_TRY(read_hanging(cards, card, err));
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)1 << 20);
    enum mu_status status = word_card(card, query, arena, &text);
    return status == MU_OK ? MU_OK : mu_fail(err, status, "read the board: out of memory");
}

static enum mu_status read_window(struct mu_cards *cards, const struct mu_card_query *query,
                                  int64_t first, size_t most, struct mu_arena *arena,
                                  struct mu_card *list, size_t *out_count, struct mu_error *err)
{
    bool walking = mu_card_filter_on(query->filter);
    size_t count = 0;
    int64_t skip = walking ? first : 0;
    while (count < most) {
        struct mu_card *card = &list[count];
        bool found = false;
        if (walking) {
            MU_TRY(walk_on(cards, query, &card->line, &found, err));
        } else {
            MU_TRY(mu_stmt_step(&cards->window, &found, err));
            if (found) {
                read_line(&cards->window, query->names, &card->line);
            }
        }
        if (!found) {
            break;
        }
        if (skip > 0) {
            skip--;
            continue;
        }
        MU_TRY(fill_card(cards, query, card, arena, err));
        count++;
    }
    *out_count = count;
    return MU_OK;
}

enum mu_status mu_cards_window(struct mu_cards *cards, const struct mu_card_query *query,
                               struct mu_id column, int64_t first, size_t most,
                               struct mu_arena *arena, struct mu_card **out_cards,
                               size_t *out_count, struct mu_error *err)
{
    struct mu_card *list = mu_arena_array(arena, most + 1, sizeof *list);
    if (list == NULL) {
        return mu_fail(err, MU_E_NOMEM, "read the board: out of memory");
    }
    mu_stmt_bind_id(&cards->walk, 1, column);
    mu_stmt_bind_id(&cards->window, 1, column);
    mu_stmt_bind_int(&cards->window, 2, (int64_t)most);
    mu_stmt_bind_int(&cards->window, 3, first);
    enum mu_status status = read_window(cards, query, first, most, arena, list, out_count, err);
    mu_stmt_reset(&cards->walk);
    mu_stmt_reset(&cards->window);
    *out_cards = list;
    return status;
}

static enum mu_status find_walking(struct mu_cards *cards, const struct mu_card_query *query,
                                   struct mu_id task, struct mu_id column, int64_t *out_index,
                                   bool *out_found, struct mu_error *err)
{
    struct mu_task_line line;
    enum mu_status status = MU_OK;
    bool more = true;
    *out_index = 0;
    *out_found = false;
    mu_stmt_bind_id(&cards->walk, 1, column);
    while (!*out_found) {
        status = walk_on(cards, query, &line, &more, err);
        if (status != MU_OK || !more) {
            break;
        }
        *out_found = mu_id_equal(line.id, task);
        *out_index += *out_found ? 0 : 1;
    }
    mu_stmt_reset(&cards->walk);
    return status;
}

enum mu_status mu_cards_find(struct mu_cards *cards, const struct mu_card_query *query,
                             struct mu_id task, struct mu_id *out_column, int64_t *out_index,
                             bool *out_found, struct mu_error *err)
{
    *out_found = false;
    mu_stmt_bind_int(&cards->place, 1, mu_id_key(task));
    enum mu_status status = mu_stmt_step(&cards->place, out_found, err);
    if (status == MU_OK && *out_found) {
        *out_found = mu_id_equal(mu_stmt_id(&cards->place, 0), task);
        *out_column = mu_stmt_id(&cards->place, 1);
    }
    mu_stmt_reset(&cards->place);
    if (status != MU_OK || !*out_found) {
        return status;
    }
    if (mu_card_filter_on(query->filter)) {
        return find_walking(cards, query, task, *out_column, out_index, out_found, err);
    }
    mu_stmt_bind_id(&cards->before, 1, *out_column);
    mu_stmt_bind_int(&cards->before, 2, mu_id_key(task));
    return read_numbers(&cards->before, out_index, NULL, err);
}
