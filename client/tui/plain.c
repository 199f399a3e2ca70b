/* The board for a screen reader, a pipe, or a terminal that cannot place a cursor: lines that are
 * only ever added, and cards by number. */
#include <stdlib.h>
#include <string.h>

#include "client/tui/act.h"
#include "client/tui/talk.h"
#include "client/tui/tui.h"
#include "client/view/detail.h"
#include "client/view/text.h"

#define LANE_MOST 100 /* cards told of one column */
#define CARDS_MAX 2000
#define WIDTH     78

struct teller {
    struct mu_talk talk; /* its desk is ours */
    struct mu_desk desk;
    struct mu_id board;
    struct mu_id numbered[CARDS_MAX]; /* by the numbers last told */
    size_t count;
    char words[MU_TALK_LINE_MAX];
    struct mu_card_filter filter;
};

/* -- the board ------------------------------------------------------------------------------ */

static enum mu_status word_lane(struct teller *teller, const struct mu_card_query *query,
                                const struct mu_lane *lane, struct mu_error *err)
{
    struct mu_card *cards = NULL;
    size_t count = 0;
    struct mu_buf *text = &teller->talk.text;
    MU_TRY(mu_buf_append_byte(text, '\n'));
    MU_TRY(mu_words_lane(text, lane));
    MU_TRY(mu_buf_append_byte(text, '\n'));
    MU_TRY(mu_cards_window(&teller->desk.cards, query, lane->column->id, 0, LANE_MOST,
                           &teller->desk.frame, &cards, &count, err));
    for (size_t i = 0; i < count && teller->count < CARDS_MAX; i++) {
        teller->numbered[teller->count++] = cards[i].line.id;
        MU_TRY(mu_buf_printf(text, "%zu. ", teller->count));
        MU_TRY(mu_words_card(text, &cards[i]));
        MU_TRY(mu_buf_append_byte(text, '\n'));
    }
    int64_t left = lane->count - (int64_t)count;
    return left > 0 ? mu_buf_printf(text, "and %lld more; /words narrows them\n", (long long)left)
                    : MU_OK;
}

static enum mu_status word_board(struct teller *teller, struct mu_error *err)
{
    struct mu_desk *desk = &teller->desk;
    struct mu_lane lanes[MU_LANES_MAX];
    size_t count = 0;
    const struct mu_board_name *board = NULL;
    struct mu_card_query query = {
        .names = &desk->names, .from = &desk->from, .filter = &teller->filter};
    struct mu_blocker *blockers = NULL;
    MU_TRY(mu_desk_read(desk, err));
    MU_TRY(mu_act_blockers(desk, (struct mu_id){{0}}, &blockers, &query.blocker_count, err));
    query.blockers = blockers;
    MU_TRY(mu_desk_board(desk, &board, err));
    teller->board = board->id;
    teller->talk.seq = desk->status.cursor.seq;
    teller->count = 0;
    MU_TRY(mu_show(&teller->talk.text, board->name, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_str(&teller->talk.text, ". "));
    MU_TRY(mu_words_sync(&teller->talk.text, &desk->status, &desk->from));
    MU_TRY(mu_buf_append_str(&teller->talk.text, ".\n"));
    MU_TRY(mu_cards_lanes(&desk->cards, &query, board, lanes, &count, err));
    for (size_t i = 0; i < count; i++) {
        MU_TRY(word_lane(teller, &query, &lanes[i], err));
    }
    return MU_OK;
}

static enum mu_status word_help(struct teller *teller)
{
    return mu_buf_append_str(&teller->talk.text,
                             "Type a number to hear a card whole, or:\n"
                             "  b            the board again\n"
                             "  n TITLE      a new card in the first column for work to do\n"
                             "  m 3 COLUMN   move card 3\n"
                             "  a 3 @who     give it to somebody, or to nobody\n"
                             "  d 3 fri      due date; none takes it away\n"
                             "  c 3 TEXT     comment\n"
                             "  x 3          done, or open again\n"
                             "  e 3 TITLE    a new title\n"
                             "  s 3 REASON   what stops it; s 3 alone: it is cleared\n"
                             "  p 3          promise it for today\n"
                             "  + 3 TEXT     thank its owner for it\n"
                             "  /words       only cards that hold these words; / alone: all\n"
                             "  o            only mine, and back\n"
                             "  z            take back your last edit\n"
                             "  q            quit\n");
}

/* -- one line ------------------------------------------------------------------------------- */

/* "m 3 doing": the card that 3 means, and the rest. */
static enum mu_status card_of(struct teller *teller, const char **words, struct mu_task_line *out,
                              struct mu_error *err)
{
    char *end = NULL;
    bool found = false;
    unsigned long number = strtoul(*words, &end, 10);
    if (end == *words || number == 0 || number > teller->count) {
        return mu_fail(err, MU_E_USAGE, "which card? a number from 1 to %zu", teller->count);
    }
    *words = end + strspn(end, " ");
    MU_TRY(mu_task_line_get(teller->desk.db, &teller->desk.names, teller->numbered[number - 1],
                            &teller->desk.frame, out, &found, err));
    return found ? MU_OK : mu_fail(err, MU_E_NOT_FOUND, "that card is gone; b tells the board");
}

static enum mu_status show_card(struct teller *teller, const char *words, struct mu_error *err)
{
    struct mu_task_line line;
    struct mu_task_detail detail;
    struct mu_desk *desk = &teller->desk;
    MU_TRY(card_of(teller, &words, &line, err));
    MU_TRY(mu_task_detail_read(desk->db, &desk->names, line.id, &desk->frame, &detail, err));
    MU_TRY(mu_words_detail(&teller->talk.text, &detail, &desk->names, &desk->from, WIDTH));
    return mu_desk_history(desk, line.id, 10, &teller->talk.text, err);
}

static enum mu_status add_card(struct teller *teller, const char *words, struct mu_error *err)
{
    const struct mu_names *names = &teller->desk.names;
    const struct mu_column_name *best = NULL;
    struct mu_id task;
    for (size_t i = 0; i < names->column_count; i++) {
        const struct mu_column_name *column = &names->columns[i];
        bool here = !column->archived && column->board != SIZE_MAX &&
                    mu_id_equal(names->boards[column->board].id, teller->board);
        bool better = best == NULL || (best->kind != MU_KIND_TODO && column->kind == MU_KIND_TODO);
        best = here && better ? column : best;
    }
    if (best == NULL || *words == '\0') {
        return mu_fail(err, MU_E_USAGE, "%s",
                       best == NULL ? "there are no columns here" : "which title? n TITLE");
    }
    return mu_act_add(&teller->desk, best->id, mu_slice_str(words), &task, err);
}

static enum mu_status assign_card(struct teller *teller, const struct mu_task_line *line,
                                  const char *words, struct mu_error *err)
{
    const struct mu_person_name *person = NULL;
    struct mu_id owner = {{0}};
    const char *handle = words[0] == '@' ? words + 1 : words;
    if (strcmp(handle, "me") == 0) {
        owner = teller->desk.self;
    } else if (strcmp(handle, "nobody") != 0) {
        MU_TRY(mu_names_find_person(&teller->desk.names, mu_slice_str(handle), &person, err));
        owner = person->id;
    }
    return mu_act_assign(&teller->desk, line->id, owner, err);
}

static enum mu_status stop_card(struct mu_desk *desk, struct mu_id task, struct mu_slice reason,
                                struct mu_error *err)
{
    struct mu_blocker *blockers = NULL;
    size_t count = 0;
    if (reason.len > 0) {
        return mu_act_block(desk, task, reason, (struct mu_id){{0}}, err);
    }
    MU_TRY(mu_act_blockers(desk, task, &blockers, &count, err));
    return count > 0
               ? mu_act_blocker(desk, blockers[0].id, MU_BLOCKER_CLEARED, mu_slice_str(""), err)
               : mu_fail(err, MU_E_USAGE, "nothing stops that card; what does? s 3 REASON");
}

static enum mu_status act_on_card(struct teller *teller, char verb, const char *words,
                                  struct mu_error *err)
{
    struct mu_task_line line;
    struct mu_desk *desk = &teller->desk;
    const struct mu_column_name *column = NULL;
    MU_TRY(card_of(teller, &words, &line, err));
    if (*words == '\0' && strchr("xsp", verb) == NULL) {
        return mu_fail(err, MU_E_USAGE, "what? ? tells how");
    }
    switch (verb) {
    case 'm':
        MU_TRY(mu_names_find_column(&desk->names, mu_names_board(&desk->names, teller->board),
                                    mu_slice_str(words), &column, err));
        return mu_act_move(desk, &line, &(struct mu_act_place){.column = column->id}, err);
    case 'a':
        return assign_card(teller, &line, words, err);
    case 'd':
        MU_TRY(mu_act_due(desk, line.id, mu_slice_str(words), &teller->talk.text, err));
        return mu_buf_append_byte(&teller->talk.text, '\n');
    case 'c':
        return mu_act_comment(desk, line.id, mu_slice_str(words), err);
    case 'e':
        return mu_act_title(desk, line.id, mu_slice_str(words), err);
    case 's':
        return stop_card(desk, line.id, mu_slice_str(words), err);
    case 'p':
        MU_TRY(mu_act_promise(desk, line.id, false, &teller->talk.text, err));
        return mu_buf_append_byte(&teller->talk.text, '\n');
    case '+':
        return mu_act_kudos(desk, line.owner, line.id, mu_slice_str(words), err);
    default:
        return mu_act_status(
            desk, &line, line.state == MU_STATE_DONE ? MU_INTENT_TASK_REOPEN : MU_INTENT_TASK_DONE,
            err);
    }
}

static enum mu_status filter_by(struct teller *teller, const char *words, struct mu_error *err)
{
    teller->filter.word_count = 0;
    memcpy(teller->words, words, strlen(words) + 1);
    const char *at = teller->words + strspn(teller->words, " ");
    while (*at != '\0' && teller->filter.word_count < MU_TASK_WORDS_MAX) {
        size_t len = strcspn(at, " ");
        teller->filter.words[teller->filter.word_count++] = mu_slice_of(at, len);
        at += len + strspn(at + len, " ");
    }
    return word_board(teller, err);
}

static enum mu_status saved(struct teller *teller, enum mu_status status, struct mu_error *err)
{
    MU_TRY(status);
    MU_TRY(mu_desk_read(&teller->desk, err));
    MU_TRY(mu_buf_append_str(&teller->talk.text, "Saved here. "));
    MU_TRY(mu_words_sync(&teller->talk.text, &teller->desk.status, &teller->desk.from));
    return mu_buf_append_str(&teller->talk.text, ".\n");
}

/* *out_quit when that was said. */
static enum mu_status obey(struct teller *teller, const char *line, bool *out_quit,
                           struct mu_error *err)
{
    const char *words = line + 1 + (line[0] != '\0' ? strspn(line + 1, " ") : 0);
    char verb = line[0];
    *out_quit = verb == 'q';
    if (verb >= '0' && verb <= '9') {
        return show_card(teller, line, err);
    }
    if (verb == '/') {
        return filter_by(teller, words, err);
    }
    if (verb == 'o') {
        teller->filter.by_owner = !teller->filter.by_owner;
        teller->filter.owner = teller->desk.self;
        return word_board(teller, err);
    }
    if (verb == 'n') {
        return saved(teller, add_card(teller, words, err), err);
    }
    if (verb == 'z') {
        MU_TRY(mu_act_undo(&teller->desk, &teller->talk.text, err));
        return saved(teller, mu_buf_append_str(&teller->talk.text, ". "), err);
    }
    if (verb != '\0' && strchr("madcexsp+", verb) != NULL) {
        return saved(teller, act_on_card(teller, verb, words, err), err);
    }
    return verb == '\0' || verb == 'b' ? word_board(teller, err)
                                       : (*out_quit ? MU_OK : word_help(teller));
}

/* -- the talk ------------------------------------------------------------------------------- */

static enum mu_status talk(struct teller *teller, struct mu_error *err)
{
    char line[MU_TALK_LINE_MAX];
    bool end = false;
    MU_TRY(word_board(teller, err));
    MU_TRY(mu_buf_append_str(&teller->talk.text,
                             "\nA number tells a card whole; ? tells what else.\n"));
    MU_TRY(mu_talk_tell(&teller->talk, err));
    while (!end) {
        struct mu_error said;
        MU_TRY(mu_talk_line(&teller->talk, line, &end, err));
        if (end) {
            break;
        }
        mu_desk_now(&teller->desk);
        enum mu_status status = obey(teller, line, &end, &said);
        if (status == MU_E_NOMEM || status == MU_E_LIMIT) {
            mu_buf_clear(&teller->talk.text);
        }
        if (status != MU_OK) {
            MU_TRY(mu_buf_printf(&teller->talk.text, "That did not work: %s\n", said.text));
        }
        MU_TRY(mu_talk_tell(&teller->talk, err));
    }
    return MU_OK;
}

enum mu_status mu_tui_plain(const struct mu_tui_options *options, FILE *in, FILE *out,
                            struct mu_error *err)
{
    struct teller *teller = calloc(1, sizeof *teller);
    if (teller == NULL) {
        return mu_fail(err, MU_E_NOMEM, "open the board: out of memory");
    }
    mu_talk_init(&teller->talk, &teller->desk, 1, fileno(in), out);
    enum mu_status status = mu_desk_open(&teller->desk, options, err);
    if (status == MU_OK) {
        err->text[0] = '\0';
        status = talk(teller, err);
        if (status != MU_OK && err->text[0] == '\0') {
            status = mu_fail(err, status, "tell the board: out of memory");
        }
        mu_desk_close(&teller->desk);
    }
    mu_talk_deinit(&teller->talk);
    free(teller);
    return status;
}
