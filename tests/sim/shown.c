/* What a person saw saved stays on the screen until something later takes its place (I12). */
#include <string.h>

#include "common/wire/mutation.h"
#include "tests/sim/inside.h"

/* A device as it is looked at. */
struct view {
    struct mu_sim *sim;
    unsigned device;
    struct mu_client *client;
    struct mu_cursor cursor;
    const struct mu_outbox_entry *entries;
    size_t count;
};

static const struct mu_outbox_entry *entry_of(const struct view *view, const struct mu_saved *saved)
{
    for (size_t i = 0; i < view->count; i++) {
        if (mu_id_equal(view->entries[i].mutation, saved->mutation)) {
            return &view->entries[i];
        }
    }
    return NULL;
}

static bool same_value(const struct mu_saved *a, const struct mu_saved *b)
{
    return a->field == b->field && mu_id_equal(a->task, b->task);
}

/* May other have been shown over saved, of the same value?  Not when it was there before. */
static bool may_cover(const struct mu_saved *other, const struct mu_saved *saved)
{
    return other->seq == 0 || saved->seq == 0 || other->seq >= saved->seq;
}

/* Whether the rows are those of the history that the seqs of saved edits belong to. */
static bool is_present(const struct view *view)
{
    return mu_id_equal(view->cursor.incarnation, view->sim->history.incarnation) &&
           mu_sim_still_stands(view->sim, &view->cursor);
}

/* Something that writes the value without telling what: a conflict settled, an edit undone. */
static bool wild_since(const struct mu_sim *sim, const struct mu_saved *saved)
{
    for (size_t i = 0; i < sim->saved_count; i++) {
        const struct mu_saved *other = &sim->saved[i];
        if (other->wild && mu_id_equal(other->task, saved->task) && may_cover(other, saved)) {
            return true;
        }
    }
    return false;
}

static struct mu_saved *writer_of(const struct mu_sim *sim, struct mu_slice text)
{
    const uint64_t *place = mu_map_get(&sim->history.by_text, mu_map_key(0, text.data, text.len));
    return place == NULL ? NULL : &sim->saved[*place - 1];
}

/* The device's newest edit of this value that was not refused; it is at or before `from`. */
static bool is_newest(const struct view *view, const struct mu_saved *saved, size_t from)
{
    for (size_t i = from + 1; i < view->sim->saved_count; i++) {
        const struct mu_saved *later = &view->sim->saved[i];
        if ((later->holders >> view->device & 1) != 0 && same_value(later, saved)) {
            const struct mu_outbox_entry *entry = entry_of(view, later);
            bool refused = entry != NULL ? entry->state == MU_REFUSED
                                         : later->seq != 0 && later->verdict == MU_REJECTED;
            if (!refused) {
                return false;
            }
        }
    }
    return true;
}

/* A task that comes again has its id from its series, whose edit is about no task. */
static bool hangs_on(const struct mu_saved *saved, const struct mu_saved *other)
{
    bool derived = saved->task.bytes[6] >> 4 == 8;
    return mu_id_equal(other->task, saved->task) || (derived && other->device == saved->device);
}

/* Was what it stands on refused?  Then there is no row to show it on. */
static bool refused_before(const struct mu_sim *sim, const struct mu_saved *saved)
{
    for (const struct mu_saved *other = sim->saved; other < saved; other++) {
        if ((other->poisoned || other->rejected || other->squatted) && hangs_on(saved, other)) {
            return true;
        }
    }
    return false;
}

/* Whether the task comes again, and what made it anew waits too.  When its series has been ended
 * meanwhile by another, the rules foresee a refusal, and there is no row until it is answered. */
static bool waits_for_occurrence(const struct view *view, const struct mu_saved *saved)
{
    struct mu_mutation mutation;
    struct mu_error err = {0};
    for (size_t i = 0; i < view->count; i++) {
        const struct mu_outbox_entry *entry = &view->entries[i];
        if (entry->intent == MU_INTENT_SERIES_OCCUR && entry->state != MU_REFUSED &&
            mu_mutation_decode(entry->bytes, &view->sim->scratch, &mutation, &err) == MU_OK &&
            mutation.intent.op_count > 0 && mu_id_equal(mutation.intent.ops[0].row, saved->task)) {
            return true;
        }
    }
    return false;
}

/* The row without what waits.  False when it is not there; on a disk that fails nothing is known.
 */
static bool confirmed(const struct view *view, const struct mu_saved *saved, struct mu_row *out)
{
    struct mu_error err = {0};
    bool found = false;
    return mu_replica_confirmed(mu_client_replica(view->client), &view->sim->scratch, MU_TASK,
                                saved->task, out, &found, &err) == MU_OK &&
           found;
}

static bool is_confirmed(const struct view *view, const struct mu_saved *saved)
{
    struct mu_row row = {0};
    return confirmed(view, saved, &row);
}

/* The rows hold it and something later in its place, and yet it is what is shown: the device sends
 * it again and has put it on top once more. */
static bool came_up_again(const struct view *view, const struct mu_saved *saved,
                          const struct mu_saved **out_later)
{
    struct mu_row row = {0};
    if (saved->seq == 0 || saved->seq > view->cursor.seq || !is_present(view) ||
        !confirmed(view, saved, &row)) {
        return false;
    }
    const struct mu_saved *stands = writer_of(view->sim, mu_row_text(&row, saved->field));
    *out_later = stands;
    return stands != NULL && same_value(stands, saved) && stands->seq > saved->seq;
}

/* Whether the rows have it already, as the server decided: beside or beneath another's.  The device
 * may send it again all the same, when it can't know. */
static bool lost_already(const struct view *view, const struct mu_saved *saved)
{
    return saved->seq != 0 && saved->seq <= view->cursor.seq && saved->verdict != MU_APPLIED &&
           is_present(view);
}

static void check_one(const struct view *view, const struct mu_saved *saved)
{
    struct mu_sim *sim = view->sim;
    const struct mu_outbox_entry *entry = entry_of(view, saved);
    bool waits = entry != NULL && entry->state != MU_REFUSED;
    bool came_back = entry == NULL && saved->seq != 0 && saved->seq <= view->cursor.seq &&
                     saved->verdict == MU_APPLIED &&
                     mu_id_equal(view->cursor.incarnation, sim->history.incarnation);
    struct mu_row row = {0};
    struct mu_error err = {0};
    bool found = false;
    if ((!waits && !came_back) || lost_already(view, saved) || wild_since(sim, saved) ||
        mu_replica_row(mu_client_replica(view->client), &sim->scratch, MU_TASK, saved->task, &row,
                       &found, &err) != MU_OK) {
        return;
    }
    struct mu_slice shown = mu_row_text(&row, saved->field);
    const struct mu_saved *later = NULL;
    if (mu_slice_equal(shown, mu_slice_str(saved->text))) {
        if (came_up_again(view, saved, &later)) {
            mu_sim_fail(sim, "device %u shows '%s' again where '%s' stands", view->device,
                        saved->text, later->text);
        }
        return;
    }
    /* A power cut, or a server that went back, may have taken the row or what came before. */
    bool behind = saved->base.seq > view->cursor.seq || !mu_sim_still_stands(sim, &saved->base) ||
                  !mu_id_equal(saved->base.incarnation, view->cursor.incarnation);
    if (waits && (behind || refused_before(sim, saved) || waits_for_occurrence(view, saved)) &&
        !is_confirmed(view, saved)) {
        return; /* one that comes again may have been made anew after it */
    }
    const struct mu_saved *other = writer_of(sim, shown);
    bool others_came =
        !waits || saved->applied; /* what is sent again had been overwritten before */
    if (!others_came || other == NULL || !same_value(other, saved) ||
        (is_present(view) && !may_cover(other, saved))) {
        mu_sim_fail(sim, "device %u shows '%.*s' where '%s' was saved", view->device,
                    (int)shown.len, (const char *)shown.data, saved->text);
    }
}

void mu_sim_check_shown(struct mu_sim *sim, unsigned device)
{
    struct view view = {.sim = sim, .device = device, .client = sim->devices[device].client};
    struct mu_outbox_entry *entries = NULL;
    struct mu_error err = {0};
    mu_arena_clear(&sim->scratch);
    if (mu_replica_cursor(mu_client_replica(view.client), &view.cursor, &err) != MU_OK ||
        mu_client_outbox(view.client, &sim->scratch, &entries, &view.count, &err) != MU_OK) {
        return;
    }
    view.entries = entries;
    for (size_t i = sim->saved_count; i-- > 0 && !mu_sim_failed(sim);) {
        const struct mu_saved *saved = &sim->saved[i];
        if (saved->text[0] != '\0' && (saved->holders >> device & 1) != 0 &&
            is_newest(&view, saved, i)) {
            check_one(&view, saved);
        }
    }
}
