#include <string.h>

#include "client/import/trello_inside.h"
#include "common/model/domain.h"

/* An entry of the log, as far as all uses of it have in common. */
struct entry {
    const json_t *action;
    const json_t *data;
    const json_t *in_card; /* data.card, may be NULL */
    struct mu_slice id;    /* in the arena */
    struct mu_slice type;
    int64_t at_ms;
    uint32_t person;
    uint32_t card;    /* MU_SOURCE_NONE: of the board, or of a card not in the file */
    uint32_t deleted; /* MU_SOURCE_NONE: not on such a card */
};

static bool is_type(const struct entry *entry, const char *name)
{
    return mu_slice_equal(entry->type, mu_slice_str(name));
}

/* -- what the log tells of cards, people and lists -------------------------- */

static struct mu_slice member_id(const struct entry *entry)
{
    struct mu_slice id = trello_id(entry->data, "idMember");
    return id.len > 0 ? id : trello_id(json_object_get(entry->action, "member"), "id");
}

static void learn_member(struct trello *t, const struct entry *entry, struct trello_card *card)
{
    struct mu_slice id = member_id(entry);
    uint32_t person = id.len == 0 ? MU_ID_MAP_NONE : mu_id_map_find(&t->person_ids, id);
    for (size_t i = 0; i < card->member_count && person != MU_ID_MAP_NONE; i++) {
        if (card->members[i] == person && entry->at_ms > card->added_ms[i]) {
            card->added_ms[i] = entry->at_ms;
        }
    }
}

/* The list that the card came into, empty when the entry is about something else. */
static struct mu_slice list_entered(const struct entry *entry, bool created)
{
    const char *key = created ? "list" : "listAfter";
    return trello_id(json_object_get(entry->data, key), "id");
}

static void learn_card(struct trello *t, const struct entry *entry)
{
    static const char *const births[] = {"createCard", "copyCard", "convertToCardFromCheckItem",
                                         "emailCard"};
    if (entry->card == MU_SOURCE_NONE) {
        return;
    }
    struct trello_card *card = trello_card_at(t, entry->card);
    bool created = false;
    for (size_t i = 0; i < sizeof births / sizeof births[0]; i++) {
        created = created || is_type(entry, births[i]);
    }
    if (created && card->card.creator == MU_SOURCE_NONE) {
        card->card.creator = entry->person;
    }
    if (is_type(entry, "addMemberToCard")) {
        learn_member(t, entry, card);
    }
    const struct trello_list *list = mu_vec_at(&t->lists, card->card.list);
    struct mu_slice entered = list_entered(entry, created);
    if (entered.len > 0 && mu_slice_equal(entered, list->list.id) &&
        entry->at_ms > card->card.entered_ms) {
        card->card.entered_ms = entry->at_ms;
    }
    const json_t *old = json_object_get(entry->data, "old");
    if (json_is_false(json_object_get(old, "dueComplete")) && entry->at_ms > card->card.ticked_ms) {
        card->card.ticked_ms = entry->at_ms;
    }
}

static void learn_lists(struct trello *t, const struct entry *entry)
{
    static const char *const keys[] = {"list", "listAfter", "listBefore"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const json_t *list = json_object_get(entry->data, keys[i]);
        if (list != NULL) {
            trello_learn_list(t, trello_id(list, "id"), trello_view(list, "name"));
        }
    }
}

/* -- cards that are not in the file ----------------------------------------- */

static enum mu_status find_deleted(struct trello *t, struct mu_slice id, uint32_t *out_deleted)
{
    uint32_t known = mu_id_map_find(&t->deleted_ids, id);
    if (known == MU_ID_MAP_NONE) {
        struct mu_slice copy;
        struct mu_source_deleted *deleted = mu_vec_push(&t->deleted, t->arena);
        known = (uint32_t)(t->deleted.count - 1);
        if (deleted == NULL || !mu_arena_copy(t->arena, id, &copy) ||
            !mu_id_map_set(&t->deleted_ids, copy, known)) {
            return trello_full(t);
        }
        deleted->id = copy;
    }
    *out_deleted = known;
    return MU_OK;
}

static enum mu_status place(struct trello *t, struct entry *entry)
{
    struct mu_slice id = trello_id(entry->in_card, "id");
    entry->card = MU_SOURCE_NONE;
    entry->deleted = MU_SOURCE_NONE;
    if (id.len == 0) {
        return MU_OK;
    }
    entry->card = mu_id_map_find(&t->card_ids, id);
    if (entry->card != MU_ID_MAP_NONE) {
        return MU_OK;
    }
    MU_TRY(find_deleted(t, id, &entry->deleted));
    struct mu_source_deleted *deleted = mu_vec_at(&t->deleted, entry->deleted);
    if (deleted->name.len == 0) {
        MU_TRY(trello_text(t, entry->in_card, "name", MU_TEXT_MAX, &deleted->name));
    }
    if (deleted->id_short == 0) {
        deleted->id_short = trello_count(entry->in_card, "idShort", INT32_MAX);
    }
    return MU_OK;
}

/* -- the entries themselves -------------------------------------------------- */

static bool is_comment(const struct entry *entry)
{
    return entry->card != MU_SOURCE_NONE &&
           (is_type(entry, "commentCard") || is_type(entry, "copyCommentCard")) &&
           trello_view(entry->data, "text").len > 0;
}

static enum mu_status add_comment(struct trello *t, const struct entry *entry)
{
    struct mu_source_comment *comment = mu_vec_push(&t->comments, t->arena);
    if (comment == NULL) {
        return trello_full(t);
    }
    comment->id = entry->id;
    comment->card = entry->card;
    comment->person = entry->person;
    comment->at_ms = entry->at_ms;
    comment->edited_ms = trello_instant(t, entry->data, "dateLastEdited");
    trello_card_at(t, entry->card)->comments++;
    return trello_text(t, entry->data, "text", MU_TEXT_MAX, &comment->text);
}

static enum mu_status put_line(struct trello *t, const struct mu_oneline *line,
                               struct mu_slice *out_text)
{
    return mu_oneline_take(line, t->arena, out_text) ? MU_OK : trello_full(t);
}

static enum mu_status add_activity(struct trello *t, const struct entry *entry)
{
    struct mu_source_activity *activity = mu_vec_push(&t->activities, t->arena);
    if (activity == NULL) {
        return trello_full(t);
    }
    activity->id = entry->id;
    activity->card = entry->card;
    activity->deleted = entry->deleted;
    activity->person = entry->person;
    activity->at_ms = entry->at_ms;
    struct mu_oneline kind;
    mu_oneline_clear(&kind);
    mu_oneline_text(&kind,
                    mu_slice_of(entry->type.data, entry->type.len < 64 ? entry->type.len : 0));
    MU_TRY(put_line(t, &kind, &activity->kind));
    struct trello_sentence sentence;
    trello_sentence(t, entry->action, &sentence);
    MU_TRY(put_line(t, &sentence.line, &activity->text));
    MU_TRY(trello_copy(t, sentence.old_value, MU_TEXT_MAX, &activity->old_value));
    return trello_copy(t, sentence.new_value, MU_TEXT_MAX, &activity->new_value);
}

static enum mu_status open_entry(struct trello *t, const json_t *action, struct mu_slice id,
                                 struct entry *out)
{
    struct entry entry = {.action = action, .data = json_object_get(action, "data")};
    const json_t *creator = json_object_get(action, "memberCreator");
    struct mu_slice person = trello_id(action, "idMemberCreator");
    if (!mu_arena_copy(t->arena, id, &entry.id) ||
        !mu_id_map_set(&t->action_ids, entry.id, (uint32_t)t->action_ids.count)) {
        return trello_full(t);
    }
    entry.in_card = json_object_get(entry.data, "card");
    entry.type = trello_view(action, "type");
    entry.at_ms = trello_instant(t, action, "date");
    if (entry.at_ms == 0) {
        entry.at_ms = trello_id_time(id);
    }
    MU_TRY(trello_person(t, person.len > 0 ? person : trello_id(creator, "id"), &entry.person));
    MU_TRY(trello_learn_person(t, creator));
    MU_TRY(trello_learn_person(t, json_object_get(action, "member")));
    MU_TRY(place(t, &entry));
    if (t->board_name.len == 0) {
        MU_TRY(trello_text(t, json_object_get(entry.data, "board"), "name", MU_NAME_MAX,
                           &t->board_name));
    }
    *out = entry;
    return MU_OK;
}

static void count_entry(struct trello *t, const struct entry *entry)
{
    const struct trello_person *person =
        entry->person == MU_SOURCE_NONE ? NULL : mu_vec_at(&t->people, entry->person);
    t->report.in[MU_COUNT_ACTIONS_GONE] += person != NULL && !person->person.on_board ? 1 : 0;
    t->report.in[MU_COUNT_ACTIONS_DELETED] += entry->deleted != MU_SOURCE_NONE ? 1 : 0;
    t->report.in[MU_COUNT_COMMENTS] +=
        is_type(entry, "commentCard") || is_type(entry, "copyCommentCard") ? 1 : 0;
}

enum mu_status trello_read_action(struct trello *t, const json_t *action)
{
    struct mu_slice id = trello_id(action, "id");
    bool is_new;
    trello_meet(t, &t->action_ids, id, MU_COUNT_ACTIONS, &is_new);
    if (!is_new) {
        return MU_OK;
    }
    struct entry entry;
    MU_TRY(open_entry(t, action, id, &entry));
    learn_lists(t, &entry);
    learn_card(t, &entry);
    count_entry(t, &entry);
    return is_comment(&entry) ? add_comment(t, &entry) : add_activity(t, &entry);
}

/* -- in order, oldest first -------------------------------------------------- */

static int order(int64_t at_a, struct mu_slice id_a, int64_t at_b, struct mu_slice id_b)
{
    if (at_a != at_b) {
        return at_a < at_b ? -1 : 1;
    }
    return mu_slice_compare(id_a, id_b);
}

static int compare_comments(const void *a, const void *b)
{
    const struct mu_source_comment *one = a;
    const struct mu_source_comment *other = b;
    return order(one->at_ms, one->id, other->at_ms, other->id);
}

static int compare_activities(const void *a, const void *b)
{
    const struct mu_source_activity *one = a;
    const struct mu_source_activity *other = b;
    return order(one->at_ms, one->id, other->at_ms, other->id);
}

/* "card 'Old title': " in front of what is told of a card that is not in the file. */
static enum mu_status name_card(struct trello *t, struct mu_source_activity *activity)
{
    if (activity->deleted == MU_SOURCE_NONE) {
        return MU_OK;
    }
    const struct mu_source_deleted *card = mu_vec_at(&t->deleted, activity->deleted);
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_put(&line, "card ");
    if (card->name.len > 0) {
        mu_oneline_quote(&line, card->name);
    } else if (card->id_short > 0) {
        mu_oneline_put(&line, "no. ");
        mu_oneline_number(&line, (size_t)card->id_short);
    } else {
        mu_oneline_text(&line, card->id);
    }
    mu_oneline_put(&line, ": ");
    mu_oneline_whole(&line, activity->text);
    return put_line(t, &line, &activity->text);
}

enum mu_status trello_end_log(struct trello *t)
{
    mu_vec_sort(&t->comments, compare_comments);
    mu_vec_sort(&t->activities, compare_activities);
    for (size_t i = 0; i < t->activities.count; i++) {
        MU_TRY(name_card(t, mu_vec_at(&t->activities, i)));
    }
    return MU_OK;
}
