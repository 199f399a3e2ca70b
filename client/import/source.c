#include "client/import/source.h"

#include "common/base/utf8.h"
#include "common/model/domain.h"

static bool text_ok(struct mu_slice text, size_t max)
{
    return text.len <= max && mu_utf8_valid(text);
}

static bool id_ok(struct mu_slice id)
{
    return id.len > 0 && text_ok(id, MU_SOURCE_ID_MAX);
}

static bool index_ok(uint32_t index, size_t count)
{
    return index == MU_SOURCE_NONE || index < count;
}

static bool time_ok(struct mu_source_time time)
{
    return time.when != MU_WHEN_NONE || time.at_ms == 0;
}

static bool indexes_ok(const uint32_t *indexes, size_t count, size_t limit)
{
    for (size_t i = 0; i < count; i++) {
        if (indexes[i] >= limit) {
            return false;
        }
    }
    return true;
}

static bool names_ok(const struct mu_source_board *board)
{
    for (size_t i = 0; i < board->list_count; i++) {
        const struct mu_source_list *list = &board->lists[i];
        if (!id_ok(list->id) || !text_ok(list->name, MU_NAME_MAX) || list->wip_limit < 0) {
            return false;
        }
    }
    for (size_t i = 0; i < board->label_count; i++) {
        const struct mu_source_label *label = &board->labels[i];
        if (!id_ok(label->id) || label->name.len == 0 || !text_ok(label->name, MU_NAME_MAX) ||
            !text_ok(label->colour, MU_SOURCE_COLOUR_MAX)) {
            return false;
        }
    }
    for (size_t i = 0; i < board->person_count; i++) {
        const struct mu_source_person *person = &board->people[i];
        if (!id_ok(person->id) || !text_ok(person->handle, MU_SOURCE_ID_MAX) ||
            !text_ok(person->name, MU_NAME_MAX)) {
            return false;
        }
    }
    return true;
}

static bool card_ok(const struct mu_source_board *board, const struct mu_source_card *card)
{
    if (!id_ok(card->id) || card->title.len == 0 || !text_ok(card->title, MU_TEXT_MAX) ||
        !text_ok(card->desc, MU_TEXT_MAX) || card->list >= board->list_count ||
        !index_ok(card->owner, board->person_count) ||
        !index_ok(card->creator, board->person_count) || !time_ok(card->due) ||
        !time_ok(card->start) || !text_ok(card->url, MU_SOURCE_URL_MAX) ||
        !text_ok(card->short_link, MU_SOURCE_ID_MAX)) {
        return false;
    }
    for (size_t i = 0; i < card->helper_count; i++) {
        if (card->helpers[i] == card->owner) {
            return false;
        }
    }
    for (size_t i = 0; i < card->home_count; i++) {
        if (!id_ok(card->homes[i])) {
            return false;
        }
    }
    return card->hidden == (!card->archived && board->lists[card->list].closed) &&
           index_ok(card->parent, board->card_count) &&
           indexes_ok(card->helpers, card->helper_count, board->person_count) &&
           indexes_ok(card->labels, card->label_count, board->label_count);
}

static bool cards_ok(const struct mu_source_board *board)
{
    for (size_t i = 0; i < board->card_count; i++) {
        const struct mu_source_card *card = &board->cards[i];
        const struct mu_source_card *before = i == 0 ? NULL : &board->cards[i - 1];
        bool first = before == NULL || before->list != card->list;
        if (!card_ok(board, card) || card->order != (first ? 0 : before->order + 1) ||
            (before != NULL && before->list > card->list)) {
            return false;
        }
    }
    return true;
}

static bool checklists_ok(const struct mu_source_board *board)
{
    for (size_t i = 0; i < board->checklist_count; i++) {
        const struct mu_source_checklist *list = &board->checklists[i];
        if (!id_ok(list->id) || list->card >= board->card_count ||
            (i > 0 && board->checklists[i - 1].card > list->card) ||
            !text_ok(list->name, MU_TITLE_MAX)) {
            return false;
        }
        for (size_t k = 0; k < list->item_count; k++) {
            const struct mu_source_item *item = &list->items[k];
            if (!id_ok(item->id) || !text_ok(item->name, MU_TITLE_MAX) || !time_ok(item->due) ||
                !index_ok(item->person, board->person_count)) {
                return false;
            }
        }
    }
    return true;
}

static bool log_ok(const struct mu_source_board *board)
{
    for (size_t i = 0; i < board->comment_count; i++) {
        const struct mu_source_comment *comment = &board->comments[i];
        if (!id_ok(comment->id) || comment->card >= board->card_count ||
            !index_ok(comment->person, board->person_count) ||
            !text_ok(comment->text, MU_TEXT_MAX) ||
            (i > 0 && board->comments[i - 1].at_ms > comment->at_ms)) {
            return false;
        }
    }
    for (size_t i = 0; i < board->deleted_count; i++) {
        if (!id_ok(board->deleted[i].id) || !text_ok(board->deleted[i].name, MU_TEXT_MAX)) {
            return false;
        }
    }
    for (size_t i = 0; i < board->activity_count; i++) {
        const struct mu_source_activity *act = &board->activities[i];
        if (!id_ok(act->id) || !index_ok(act->card, board->card_count) ||
            !index_ok(act->deleted, board->deleted_count) ||
            (act->card != MU_SOURCE_NONE && act->deleted != MU_SOURCE_NONE) ||
            !index_ok(act->person, board->person_count) || !text_ok(act->kind, 64) ||
            act->text.len == 0 || !text_ok(act->text, MU_TEXT_MAX) ||
            !text_ok(act->old_value, MU_TEXT_MAX) || !text_ok(act->new_value, MU_TEXT_MAX) ||
            (i > 0 && board->activities[i - 1].at_ms > act->at_ms)) {
            return false;
        }
    }
    return true;
}

static bool extras_ok(const struct mu_source_board *board)
{
    for (size_t i = 0; i < board->attachment_count; i++) {
        const struct mu_source_attachment *attachment = &board->attachments[i];
        if (!id_ok(attachment->id) || attachment->card >= board->card_count ||
            attachment->bytes < 0 || !text_ok(attachment->name, MU_TITLE_MAX) ||
            !text_ok(attachment->url, MU_TITLE_MAX)) {
            return false;
        }
    }
    for (size_t i = 0; i < board->field_count; i++) {
        if (!id_ok(board->fields[i].id) || !text_ok(board->fields[i].name, MU_NAME_MAX) ||
            !text_ok(board->fields[i].kind, MU_SOURCE_COLOUR_MAX)) {
            return false;
        }
    }
    for (size_t i = 0; i < board->value_count; i++) {
        if (board->values[i].card >= board->card_count ||
            board->values[i].field >= board->field_count ||
            !text_ok(board->values[i].text, MU_TEXT_MAX)) {
            return false;
        }
    }
    return true;
}

static bool parents_ok(const struct mu_source_board *board)
{
    for (size_t i = 0; i < board->card_count; i++) {
        if (!mu_source_climbs(board->cards, i)) {
            return false;
        }
    }
    return true;
}

bool mu_source_check(const struct mu_source_board *board)
{
    return id_ok(board->id) && board->name.len > 0 && text_ok(board->name, MU_NAME_MAX) &&
           text_ok(board->desc, MU_TEXT_MAX) && text_ok(board->url, MU_SOURCE_URL_MAX) &&
           names_ok(board) && cards_ok(board) && checklists_ok(board) && log_ok(board) &&
           extras_ok(board) && parents_ok(board);
}
