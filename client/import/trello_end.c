#include <string.h>

#include "client/import/trello_inside.h"
#include "common/model/domain.h"

/* -- owners -------------------------------------------------------------------- */

/* The member added last who is still on the card; where the log does not say, the
 * last of the file's order, which is that of adding. */
static void choose_owner(struct trello_card *card)
{
    size_t owner = card->member_count - 1;
    for (size_t i = 0; i < card->member_count; i++) {
        if (card->added_ms[i] > card->added_ms[owner]) {
            owner = i;
        }
    }
    card->card.owner = card->members[owner];
    size_t left = card->member_count - 1 - owner;
    memmove(card->members + owner, card->members + owner + 1, left * sizeof *card->members);
    card->card.helpers = card->members;
    card->card.helper_count = card->member_count - 1;
}

static void end_cards(struct trello *t)
{
    for (size_t i = 0; i < t->cards.count; i++) {
        struct trello_card *card = trello_card_at(t, i);
        const struct trello_list *list = mu_vec_at(&t->lists, card->card.list);
        if (card->member_count > 0) {
            choose_owner(card);
        }
        card->card.hidden = !card->card.archived && list->list.closed;
        if (!card->card.due_complete) {
            card->card.ticked_ms = 0;
        }
    }
}

/* -- the board ------------------------------------------------------------------ */

static enum mu_status fill(struct trello *t, struct mu_source_board *board)
{
#define UNWRAP(vec, array, count)                                                                 \
    MU_TRY(mu_vec_fronts(&t->vec, t->arena, sizeof board->array[0], &board->array, &board->count) \
               ? MU_OK                                                                            \
               : trello_full(t))
    UNWRAP(lists, lists, list_count);
    UNWRAP(labels, labels, label_count);
    UNWRAP(people, people, person_count);
    UNWRAP(cards, cards, card_count);
    UNWRAP(checklists, checklists, checklist_count);
    UNWRAP(comments, comments, comment_count);
    UNWRAP(attachments, attachments, attachment_count);
    UNWRAP(fields, fields, field_count);
    UNWRAP(values, values, value_count);
    UNWRAP(deleted, deleted, deleted_count);
    UNWRAP(activities, activities, activity_count);
#undef UNWRAP
    return MU_OK;
}

static void name_board(const struct trello *t, struct mu_source_board *board)
{
    const struct trello_file *file =
        &t->files[t->newest_board < t->file_count ? t->newest_board : 0];
    board->system = mu_slice_str("trello");
    board->id = file->board_id;
    board->name = file->is_card ? t->board_name : file->name;
    board->desc = file->desc;
    board->url = file->url;
    board->closed = file->closed;
    board->created_ms = trello_id_time(file->board_id);
    board->changed_ms = file->changed_ms;
    if (board->name.len == 0) {
        board->name = mu_slice_str(file->is_card ? "Imported cards" : "Unnamed board");
    }
}

/* -- counts ---------------------------------------------------------------------- */

static void count_cards(const struct trello *t, size_t out[static MU_COUNT_KINDS])
{
    for (size_t i = 0; i < t->cards.count; i++) {
        const struct trello_card *card = trello_card_at(t, i);
        out[MU_COUNT_CARDS_ARCHIVED] += card->card.archived ? 1 : 0;
        out[MU_COUNT_CARDS_OWNERLESS] += card->member_count == 0 ? 1 : 0;
        out[MU_COUNT_CARDS_ONE_MEMBER] += card->member_count == 1 ? 1 : 0;
        out[MU_COUNT_CARDS_SHARED] += card->member_count > 1 ? 1 : 0;
        out[MU_COUNT_CARDS_DUE] += card->card.due.when != MU_WHEN_NONE ? 1 : 0;
        out[MU_COUNT_CARDS_COMPLETE] += card->card.due_complete ? 1 : 0;
        out[MU_COUNT_COMMENTS_CLAIMED] += card->claimed;
    }
}

static void count_out(const struct trello *t, const struct mu_source_board *board,
                      size_t out[static MU_COUNT_KINDS])
{
    out[MU_COUNT_LISTS] = board->list_count;
    for (size_t i = 0; i < board->list_count; i++) {
        out[MU_COUNT_LISTS_CLOSED] += board->lists[i].closed ? 1 : 0;
    }
    out[MU_COUNT_CARDS] = board->card_count;
    count_cards(t, out);
    out[MU_COUNT_LABELS] = board->label_count;
    for (size_t i = 0; i < board->label_count; i++) {
        out[MU_COUNT_LABELS_UNNAMED] += board->labels[i].unnamed ? 1 : 0;
    }
    out[MU_COUNT_CHECKLISTS] = board->checklist_count;
    for (size_t i = 0; i < board->checklist_count; i++) {
        out[MU_COUNT_ITEMS] += board->checklists[i].item_count;
        for (size_t k = 0; k < board->checklists[i].item_count; k++) {
            out[MU_COUNT_ITEMS_DONE] += board->checklists[i].items[k].done ? 1 : 0;
        }
    }
    for (size_t i = 0; i < board->person_count; i++) {
        out[board->people[i].on_board ? MU_COUNT_MEMBERS : MU_COUNT_GONE]++;
    }
    out[MU_COUNT_COMMENTS] = board->comment_count;
    out[MU_COUNT_ATTACHMENTS] = board->attachment_count;
    for (size_t i = 0; i < board->attachment_count; i++) {
        out[MU_COUNT_UPLOADS] += board->attachments[i].is_upload ? 1 : 0;
    }
    out[MU_COUNT_FIELDS] = board->field_count;
    out[MU_COUNT_VALUES] = board->value_count;
    out[MU_COUNT_ACTIONS] = board->activity_count + board->comment_count;
}

/* What is not counted entry by entry is in the file as it is in the board. */
static void count(struct trello *t, const struct mu_source_board *board)
{
    static const enum mu_count_kind same[] = {MU_COUNT_CARDS_ARCHIVED,   MU_COUNT_CARDS_OWNERLESS,
                                              MU_COUNT_CARDS_ONE_MEMBER, MU_COUNT_CARDS_SHARED,
                                              MU_COUNT_CARDS_DUE,        MU_COUNT_CARDS_COMPLETE,
                                              MU_COUNT_LABELS_UNNAMED,   MU_COUNT_GONE};
    size_t *in = t->report.in;
    size_t *out = t->report.out;
    count_out(t, board, out);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        in[same[i]] = out[same[i]];
    }
    in[MU_COUNT_COMMENTS_CLAIMED] = out[MU_COUNT_COMMENTS_CLAIMED];
    out[MU_COUNT_COMMENTS_CLAIMED] = 0;
    out[MU_COUNT_ACTIONS_GONE] = in[MU_COUNT_ACTIONS_GONE];
    out[MU_COUNT_ACTIONS_DELETED] = in[MU_COUNT_ACTIONS_DELETED];
}

enum mu_status trello_end(struct trello *t, struct mu_source_board *out)
{
    struct mu_source_board board = {0};
    MU_TRY(trello_end_log(t));
    trello_end_lists(t);
    MU_TRY(trello_end_labels(t));
    trello_sort_checklists(t);
    end_cards(t);
    MU_TRY(fill(t, &board));
    name_board(t, &board);
    count(t, &board);
    trello_report(t, &board);
    if (!mu_findings_end(&t->findings, &t->report)) {
        return trello_full(t);
    }
    board.report = t->report;
    MU_ASSERT(mu_source_check(&board));
    *out = board;
    return MU_OK;
}
