/* Who is who: a person of the source is the one in Muster who has the same handle, or
 * the one who was made of it before.  Who has no handle gets one from the name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "client/import/plan_inside.h"
#include "common/base/utf8.h"
#include "common/model/handle.h"

#define HANDLE_MAX 40 /* leaves room for "-2" within the domain's 64 */
#define TRIES_MAX  1000

struct handle {
    char text[HANDLE_MAX + 8];
    size_t len;
    bool made_up;
};

static void put(struct handle *handle, char byte)
{
    bool mark = byte == '-' || byte == '_' || byte == '.';
    if (handle->len == HANDLE_MAX || (mark && handle->len == 0) ||
        (byte == '-' && handle->text[handle->len - 1] == '-')) {
        return;
    }
    handle->text[handle->len++] = byte;
}

/* Letters without accents in lower case, digits and what else may stand in it; anything
 * between them is one '-'. */
static void put_folded(struct handle *handle, struct mu_slice text, const char *also)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t len = utf8proc_map(text.data, (utf8proc_ssize_t)text.len, &folded,
                                        UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
                                            UTF8PROC_IGNORE | UTF8PROC_STRIPMARK);
    for (utf8proc_ssize_t i = 0; i < len; i++) {
        uint8_t byte = folded[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                     (byte != '\0' && strchr(also, (int)byte) != NULL);
        put(handle, (char)(plain ? byte : '-'));
    }
    free(folded);
    while (handle->len > 0 &&
           (handle->text[handle->len - 1] == '-' || handle->text[handle->len - 1] == '.')) {
        handle->len--;
    }
}

static struct handle handle_of(const struct plan *p, const struct mu_source_person *person)
{
    struct handle handle = {0};
    put_folded(&handle, person->handle, "_.");
    if (handle.len == 0) {
        handle.made_up = true;
        put_folded(&handle, person->name, "");
    }
    if (handle.len == 0) { /* nothing of the Latin alphabet in it */
        char hex[9];
        struct mu_id id = plan_row_id(p, "member", person->id);
        mu_hex(mu_slice_of(id.bytes, 4), hex);
        handle.len = (size_t)snprintf(handle.text, sizeof handle.text, "person-%s", hex);
    }
    return handle;
}

/* The n-th handle to try: "ana", "ana-2", ... */
static struct mu_slice nth(const struct handle *handle, int n, char room[static HANDLE_MAX + 8])
{
    memcpy(room, handle->text, handle->len);
    size_t len = handle->len;
    if (n > 1) {
        len += (size_t)snprintf(room + len, 8, "-%d", n);
    }
    return mu_slice_of(room, len);
}

struct candidate {
    struct mu_slice handle;
    struct mu_id id;
    bool exists;
    bool ours;      /* made of this person by an import */
    bool same_name; /* in Muster under the same name */
    bool taken;     /* by another person of this board */
};

static enum mu_status look(struct plan *p, const struct mu_source_person *person,
                           struct mu_slice source, const struct mu_id_map *taken,
                           struct candidate *candidate)
{
    struct mu_row row = {0};
    struct mu_slice parts[] = {candidate->handle};
    candidate->id = p->world->derive("person", parts, 1);
    MU_TRY(p->world->person_of_handle(p->world->state, candidate->handle, &candidate->id,
                                      &candidate->exists, p->err));
    if (candidate->exists) {
        mu_arena_clear(&p->scratch);
        MU_TRY(p->world->row(p->world->state, &p->scratch, MU_PERSON, candidate->id, &row,
                             &candidate->exists, p->err));
    }
    if (candidate->exists) {
        candidate->ours = mu_slice_equal(mu_row_text(&row, MU_PERSON_SOURCE), source);
        candidate->same_name =
            person->name.len > 0 && mu_slice_equal(mu_row_text(&row, MU_PERSON_NAME), person->name);
    }
    candidate->taken = mu_handle_is_reserved(candidate->handle) ||
                       mu_id_map_find(taken, mu_id_view(&candidate->id)) != MU_ID_MAP_NONE;
    return MU_OK;
}

/* A handle that is free, or whose person is the one meant. */
static enum mu_status choose(struct plan *p, size_t index, const struct handle *handle,
                             struct mu_slice source, const struct mu_id_map *taken,
                             char room[static HANDLE_MAX + 8], struct candidate *out)
{
    const struct mu_source_person *person = &p->board->people[index];
    bool found = false;
    struct candidate chosen = {0};
    int chosen_n = 0;
    for (int n = 1; n <= TRIES_MAX; n++) {
        struct candidate candidate = {.handle = nth(handle, n, room)};
        MU_TRY(look(p, person, source, taken, &candidate));
        bool meant = candidate.exists && ((n == 1 && !handle->made_up) || candidate.same_name);
        if (candidate.ours || (!found && !candidate.taken && (meant || !candidate.exists))) {
            chosen = candidate;
            chosen_n = n;
            found = true;
        }
        if (candidate.ours || (!candidate.exists && !candidate.taken)) {
            break;
        }
    }
    if (!found) {
        return mu_fail(p->err, MU_E_LIMIT, "too many people with one handle");
    }
    chosen.handle = nth(handle, chosen_n, room);
    *out = chosen;
    return MU_OK;
}

/* Handles that people like to take, made of first and last name. */
static const struct {
    bool initial; /* of the first name, instead of all of it */
    bool last;
    const char *between;
} habits[] = {{false, false, ""},
              {false, true, "."},
              {false, true, "_"},
              {false, true, ""},
              {true, true, ""}};

static struct mu_slice habitual(const struct handle *name, size_t habit,
                                char room[static HANDLE_MAX + 8])
{
    const char *dash = memchr(name->text, '-', name->len);
    size_t first = dash == NULL ? name->len : (size_t)(dash - name->text);
    const char *last = dash;
    for (size_t i = first; i < name->len; i++) {
        last = name->text[i] == '-' ? name->text + i : last;
    }
    size_t len = habits[habit].initial && first > 0 ? 1 : first;
    memcpy(room, name->text, len);
    if (habits[habit].last && last != NULL) {
        size_t last_len = name->len - (size_t)(last + 1 - name->text);
        memcpy(room + len, habits[habit].between, strlen(habits[habit].between));
        len += strlen(habits[habit].between);
        memcpy(room + len, last + 1, last_len);
        len += last_len;
    }
    return mu_slice_of(room, len);
}

/* Somebody in Muster who is called the same, though the handle is another one. */
static enum mu_status find_by_name(struct plan *p, const struct mu_source_person *person,
                                   const struct mu_id_map *taken, struct candidate *chosen)
{
    struct handle name = {0};
    put_folded(&name, person->name, "");
    for (size_t i = 0; i < sizeof habits / sizeof habits[0] && name.len > 0; i++) {
        char room[HANDLE_MAX + 8];
        struct candidate candidate = {.handle = habitual(&name, i, room)};
        MU_TRY(look(p, person, (struct mu_slice){0}, taken, &candidate));
        if (candidate.exists && candidate.same_name && !candidate.taken) {
            *chosen = candidate;
            return mu_arena_copy(p->arena, chosen->handle, &chosen->handle) ? MU_OK : plan_full(p);
        }
    }
    return MU_OK;
}

static void report(struct plan *p, const struct mu_source_person *person,
                   const struct handle *handle, const struct candidate *chosen)
{
    struct mu_oneline line;
    if (chosen->ours ||
        (!chosen->exists && !handle->made_up && mu_slice_equal(chosen->handle, person->handle))) {
        return;
    }
    mu_oneline_clear(&line);
    mu_oneline_quote(&line, person->name.len > 0 ? person->name : person->handle);
    mu_oneline_put(&line, chosen->exists ? " is @" : " is called @");
    mu_oneline_text(&line, chosen->handle);
    mu_findings_detail(&p->findings,
                       chosen->exists ? MU_FINDING_PEOPLE_KNOWN : MU_FINDING_HANDLES_MADE, &line);
}

/* People are those of a system, not of a board. */
static enum mu_status source_of(struct plan *p, const struct mu_source_person *person,
                                struct mu_value *out_value)
{
    uint8_t text[2 * MU_SOURCE_ID_MAX + 16];
    size_t len = 0;
    static const char middle[] = ":member:";
    memcpy(text, p->board->system.data, p->board->system.len);
    len += p->board->system.len;
    memcpy(text + len, middle, sizeof middle - 1);
    len += sizeof middle - 1;
    memcpy(text + len, person->id.data, person->id.len);
    return plan_keep(p, text, len + person->id.len, out_value);
}

static enum mu_status make(struct plan *p, const struct mu_source_person *person,
                           const struct candidate *chosen, struct mu_value source)
{
    struct mu_arg args[5];
    struct mu_value handle;
    MU_TRY(plan_keep(p, chosen->handle.data, chosen->handle.len, &handle));
    size_t count = 0;
    args[count++] = (struct mu_arg){.field = MU_PERSON_HANDLE, .value = handle};
    args[count++] = (struct mu_arg){
        .field = MU_PERSON_NAME, .value = person->name.len > 0 ? mu_bytes(person->name) : handle};
    args[count++] = (struct mu_arg){.field = MU_PERSON_ROLE, .value = mu_int(MU_ROLE_MEMBER)};
    args[count++] = (struct mu_arg){.field = MU_PERSON_STATE, .value = mu_int(MU_PERSON_INACTIVE)};
    args[count++] = (struct mu_arg){.field = MU_PERSON_SOURCE, .value = source};
    return plan_op(p, MU_PERSON, chosen->id, args, count);
}

static enum mu_status settle(struct plan *p, size_t index, struct mu_id_map *taken)
{
    const struct mu_source_person *person = &p->board->people[index];
    char room[HANDLE_MAX + 8];
    struct candidate chosen;
    struct mu_value source;
    struct handle handle = handle_of(p, person);
    MU_TRY(source_of(p, person, &source));
    MU_TRY(choose(p, index, &handle, source.bytes, taken, room, &chosen));
    if (!chosen.exists) {
        MU_TRY(find_by_name(p, person, taken, &chosen));
    }
    report(p, person, &handle, &chosen);
    p->counts[MU_PLAN_PEOPLE].created += chosen.exists ? 0 : 1;
    p->counts[MU_PLAN_PEOPLE].unchanged += chosen.exists ? 1 : 0;
    p->people[index] = chosen.id;
    if (!mu_id_map_set(taken, mu_id_view(&p->people[index]), (uint32_t)index)) {
        return plan_full(p);
    }
    return chosen.exists ? MU_OK : make(p, person, &chosen, source);
}

enum mu_status plan_people(struct plan *p)
{
    p->people = mu_arena_array(p->arena, p->board->person_count, sizeof *p->people);
    if (p->people == NULL && p->board->person_count > 0) {
        return plan_full(p);
    }
    struct mu_id_map taken; /* by people of this board */
    mu_id_map_init(&taken, p->arena);
    for (size_t i = 0; i < p->board->person_count; i++) {
        MU_TRY(settle(p, i, &taken));
    }
    return MU_OK;
}
