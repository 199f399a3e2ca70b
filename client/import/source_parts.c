/* What several readers do with a board that they have made. */
#include "client/import/source.h"

static void count_cards(const struct mu_source_board *board, size_t out[static MU_COUNT_KINDS])
{
    out[MU_COUNT_CARDS] = board->card_count;
    for (size_t i = 0; i < board->card_count; i++) {
        const struct mu_source_card *card = &board->cards[i];
        size_t members = card->helper_count + (card->owner == MU_SOURCE_NONE ? 0 : 1);
        out[members == 0   ? MU_COUNT_CARDS_OWNERLESS
            : members == 1 ? MU_COUNT_CARDS_ONE_MEMBER
                           : MU_COUNT_CARDS_SHARED]++;
        out[MU_COUNT_CARDS_ARCHIVED] += card->archived ? 1 : 0;
        out[MU_COUNT_CARDS_DUE] += card->due.when != MU_WHEN_NONE ? 1 : 0;
        out[MU_COUNT_CARDS_COMPLETE] += card->due_complete ? 1 : 0;
        out[MU_COUNT_CARDS_INNER] += card->parent != MU_SOURCE_NONE ? 1 : 0;
    }
}

void mu_source_count(const struct mu_source_board *board, size_t out[static MU_COUNT_KINDS])
{
    for (size_t i = 0; i < MU_COUNT_KINDS; i++) {
        out[i] = 0;
    }
    count_cards(board, out);
    out[MU_COUNT_LISTS] = board->list_count;
    out[MU_COUNT_LABELS] = board->label_count;
    out[MU_COUNT_MEMBERS] = board->person_count;
    out[MU_COUNT_CHECKLISTS] = board->checklist_count;
    out[MU_COUNT_COMMENTS] = board->comment_count;
    out[MU_COUNT_ATTACHMENTS] = board->attachment_count;
    out[MU_COUNT_FIELDS] = board->field_count;
    out[MU_COUNT_VALUES] = board->value_count;
    out[MU_COUNT_ACTIONS] = board->activity_count;
    for (size_t i = 0; i < board->checklist_count; i++) {
        out[MU_COUNT_ITEMS] += board->checklists[i].item_count;
    }
}

bool mu_source_climbs(const struct mu_source_card *cards, size_t index)
{
    uint32_t at = cards[index].parent;
    for (size_t steps = 1; at != MU_SOURCE_NONE; steps++) {
        if (steps > MU_SOURCE_DEPTH_MAX) {
            return false;
        }
        at = cards[at].parent;
    }
    return true;
}

void mu_source_cut_circles(struct mu_source_card *cards, size_t count,
                           void (*cut)(void *state, const struct mu_source_card *card), void *state)
{
    for (size_t i = 0; i < count; i++) {
        if (!mu_source_climbs(cards, i)) {
            cut(state, &cards[i]);
            cards[i].parent = MU_SOURCE_NONE;
        }
    }
}
