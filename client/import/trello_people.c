#include "client/import/trello_inside.h"
#include "common/model/domain.h"

static enum mu_status add_person(struct trello *t, struct mu_slice id, bool on_board,
                                 struct mu_source_person **out_person)
{
    struct mu_slice copy;
    struct trello_person *added = mu_vec_push(&t->people, t->arena);
    if (added == NULL || !mu_arena_copy(t->arena, id, &copy) ||
        !mu_id_map_set(&t->person_ids, copy, (uint32_t)(t->people.count - 1))) {
        return trello_full(t);
    }
    added->person.id = copy;
    added->person.on_board = on_board;
    *out_person = &added->person;
    return MU_OK;
}

/* What member tells and person lacks. */
static enum mu_status fill_in(struct trello *t, const json_t *member,
                              struct mu_source_person *person)
{
    struct mu_slice handle = trello_id(member, "username");
    if (person->handle.len == 0 && handle.len > 0) {
        MU_TRY(trello_copy(t, handle, MU_SOURCE_ID_MAX, &person->handle));
    }
    if (person->name.len == 0) {
        MU_TRY(trello_text(t, member, "fullName", MU_NAME_MAX, &person->name));
    }
    if (person->name.len == 0) {
        MU_TRY(trello_text(t, member, "initials", MU_NAME_MAX, &person->name));
    }
    return MU_OK;
}

enum mu_status trello_read_member(struct trello *t, const json_t *entry)
{
    /* Who is a member in older files alone has left since. */
    bool on_board = t->newest_board == t->file_count || t->file == t->newest_board;
    struct mu_slice id = trello_id(entry, "id");
    bool is_new = id.len > 0 && mu_id_map_find(&t->person_ids, id) == MU_ID_MAP_NONE;
    if (on_board) {
        trello_meet(t, &t->person_ids, id, MU_COUNT_MEMBERS, &is_new);
    }
    if (!is_new) {
        return MU_OK;
    }
    struct mu_source_person *person;
    MU_TRY(add_person(t, id, on_board, &person));
    return fill_in(t, entry, person);
}

enum mu_status trello_person(struct trello *t, struct mu_slice id, uint32_t *out_person)
{
    *out_person = MU_SOURCE_NONE;
    if (id.len == 0) {
        return MU_OK;
    }
    uint32_t known = mu_id_map_find(&t->person_ids, id);
    if (known == MU_ID_MAP_NONE) {
        struct mu_source_person *person;
        MU_TRY(add_person(t, id, false, &person));
        known = (uint32_t)(t->people.count - 1);
    }
    *out_person = known;
    return MU_OK;
}

enum mu_status trello_learn_person(struct trello *t, const json_t *member)
{
    uint32_t known = mu_id_map_find(&t->person_ids, trello_id(member, "id"));
    if (known == MU_ID_MAP_NONE) {
        return MU_OK;
    }
    struct trello_person *person = mu_vec_at(&t->people, known);
    return person->person.on_board ? MU_OK : fill_in(t, member, &person->person);
}
