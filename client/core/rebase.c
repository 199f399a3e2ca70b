#include "client/core/rebase.h"

#include <string.h>

#include "client/core/effects.h"
#include "client/core/inside.h"
#include "client/core/predict.h"
#include "client/core/show.h"
#include "client/core/touch.h"

struct mu_gone {
    uint64_t position;
    bool as_predicted;
};

/* -- gathering ------------------------------------------------------------- */

enum mu_status mu_rebase_begin(struct mu_rebase *rebase, struct mu_client *client,
                               struct mu_arena *arena, struct mu_error *err)
{
    *rebase = (struct mu_rebase){.client = client, .arena = arena};
    mu_keyset_init(&rebase->changed, arena);
    mu_keyset_init(&rebase->stale, arena);
    mu_list_init(&rebase->gone, arena, sizeof(struct mu_gone));
    mu_keyset_init(&rebase->queued, arena);
    mu_list_init(&rebase->heap, arena, sizeof(uint64_t));
    mu_keyset_init(&rebase->lifted, arena);
    mu_keyset_init(&rebase->cleared, arena);
    mu_keyset_init(&rebase->told, arena);
    bool any = false;
    MU_TRY(mu_touch_any(&client->local, &any, err));
    rebase->idle = !any;
    return MU_OK;
}

enum mu_status mu_rebase_changed(struct mu_rebase *rebase, struct mu_touch_key key,
                                 struct mu_error *err)
{
    if (rebase->idle) {
        return MU_OK;
    }
    return mu_keyset_add(&rebase->changed, key, false, NULL, err);
}

enum mu_status mu_rebase_stale(struct mu_rebase *rebase, struct mu_row_ref ref,
                               struct mu_error *err)
{
    return mu_keyset_add(&rebase->stale, mu_touch_row(ref.entity, ref.id), false, NULL, err);
}

enum mu_status mu_rebase_gone(struct mu_rebase *rebase, uint64_t position, bool as_predicted,
                              struct mu_error *err)
{
    struct mu_gone *gone = mu_list_add(&rebase->gone);
    if (gone == NULL) {
        return mu_fail(err, MU_E_NOMEM, "rebase");
    }
    *gone = (struct mu_gone){.position = position, .as_predicted = as_predicted};
    return MU_OK;
}

void mu_rebase_all(struct mu_rebase *rebase)
{
    rebase->everything = true;
}

bool mu_rebase_wanted(const struct mu_rebase *rebase)
{
    return rebase->everything || rebase->gone.count > 0 || rebase->changed.count > 0 ||
           rebase->stale.count > 0;
}

/* -- the queue: a binary heap of positions, each in it once ------------------ */

static void sift_up(uint64_t *heap, size_t at)
{
    while (at > 0 && heap[(at - 1) / 2] > heap[at]) {
        uint64_t swap = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = swap;
        at = (at - 1) / 2;
    }
}

static void sift_down(uint64_t *heap, size_t count)
{
    size_t at = 0;
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < count; child++) {
            least = heap[child] < heap[least] ? child : least;
        }
        if (least == at) {
            return;
        }
        uint64_t swap = heap[at];
        heap[at] = heap[least];
        heap[least] = swap;
        at = least;
    }
}

/* Positions up to the one under way are final. */
static enum mu_status queue(struct mu_rebase *rebase, uint64_t position, bool predict,
                            struct mu_error *err)
{
    MU_ASSERT(position > rebase->now);
    bool fresh = false;
    MU_TRY(mu_keyset_add(&rebase->queued, mu_touch_position(position), predict, &fresh, err));
    if (!fresh) {
        return MU_OK;
    }
    uint64_t *place = mu_list_add(&rebase->heap);
    if (place == NULL) {
        return mu_fail(err, MU_E_NOMEM, "rebase");
    }
    *place = position;
    sift_up(rebase->heap.items, rebase->heap.count - 1);
    return MU_OK;
}

static bool take(struct mu_rebase *rebase, uint64_t *out_position)
{
    if (rebase->heap.count == 0) {
        return false;
    }
    uint64_t *heap = rebase->heap.items;
    *out_position = heap[0];
    heap[0] = heap[--rebase->heap.count];
    sift_down(heap, rebase->heap.count);
    return true;
}

/* -- rows ------------------------------------------------------------------- */

static struct mu_row_ref row_of(struct mu_touch_key key)
{
    return (struct mu_row_ref){.entity = key.entity, .id = key.id};
}

/* Put on the stored effects of position: those on one row, or on all lifted rows. */
static enum mu_status apply_stored(struct mu_rebase *rebase, uint64_t position,
                                   const struct mu_touch_key *only, struct mu_error *err)
{
    struct mu_client *client = rebase->client;
    struct mu_arena *arena = &client->work[MU_WORK_STORED];
    mu_arena_clear(arena);
    struct mu_slice bytes = {0};
    struct mu_row *effects = NULL;
    size_t count = 0;
    bool found = false;
    MU_TRY(mu_touch_effects(&client->local, arena, position, &bytes, &found, err));
    MU_TRY(mu_effects_decode(bytes, arena, &effects, &count, err));
    for (size_t i = 0; i < count; i++) {
        struct mu_touch_key key = mu_touch_row(effects[i].entity, effects[i].id);
        bool wanted = only == NULL ? mu_keyset_has(&rebase->lifted, key)
                                   : mu_id_equal(only->id, key.id) && only->entity == key.entity;
        if (wanted) {
            MU_TRY(mu_replica_overlay(client->replica, arena, &effects[i], err));
        }
    }
    return MU_OK;
}

/* Let the row show what it is as of the position under way. */
static enum mu_status lift(struct mu_rebase *rebase, struct mu_touch_key key, struct mu_error *err)
{
    struct mu_client *client = rebase->client;
    bool fresh = false;
    MU_TRY(mu_keyset_add(&rebase->lifted, key, false, &fresh, err));
    if (!fresh) {
        return MU_OK;
    }
    struct mu_arena *arena = &client->work[MU_WORK_LIFT];
    mu_arena_clear(arena);
    struct mu_toucher *touchers = NULL;
    size_t count = 0;
    MU_TRY(
        mu_touch_by(&client->local, arena, key, (struct mu_touch_span){0}, &touchers, &count, err));
    MU_TRY(mu_replica_rewind(client->replica, arena, row_of(key), err));
    for (size_t i = 0; i < count; i++) {
        if (!touchers[i].wrote || touchers[i].position == rebase->now) {
            continue;
        }
        if (touchers[i].position < rebase->now) {
            MU_TRY(apply_stored(rebase, touchers[i].position, &key, err));
        } else {
            MU_TRY(queue(rebase, touchers[i].position, false, err));
        }
    }
    return MU_OK;
}

/* -- keys ------------------------------------------------------------------- */

/* Whether a written row may bear on the answer that key stands for. */
static bool bears_on(struct mu_touch_key row, struct mu_touch_key key)
{
    switch (key.kind) {
    case MU_TOUCH_ROW:
        return row.entity == key.entity && mu_id_equal(row.id, key.id);
    case MU_TOUCH_PLACE:
        return row.entity == key.entity;
    case MU_TOUCH_KIND:
        return row.entity == MU_COLUMN;
    case MU_TOUCH_PEOPLE:
        return row.entity == MU_PERSON || row.entity == MU_DEVICE;
    case MU_TOUCH_POSITION:
        break;
    }
    return false;
}

/* Who touched key after the position under way. */
static enum mu_status later(struct mu_rebase *rebase, struct mu_touch_key key,
                            struct mu_arena **out_arena, struct mu_toucher **out_touchers,
                            size_t *out_count, struct mu_error *err)
{
    struct mu_client *client = rebase->client;
    *out_arena = &client->work[MU_WORK_KEY];
    mu_arena_clear(*out_arena);
    return mu_touch_by(&client->local, *out_arena, key,
                       (struct mu_touch_span){.after = rebase->now}, out_touchers, out_count, err);
}

static enum mu_status lift_writes(struct mu_rebase *rebase, uint64_t position,
                                  struct mu_touch_key key, struct mu_arena *arena,
                                  struct mu_error *err)
{
    struct mu_touch *touches = NULL;
    size_t count = 0;
    MU_TRY(mu_touch_of(&rebase->client->local, arena, position, &touches, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (touches[i].wrote && touches[i].key.kind == MU_TOUCH_ROW &&
            bears_on(touches[i].key, key)) {
            MU_TRY(lift(rebase, touches[i].key, err));
        }
    }
    return MU_OK;
}

/* Take what later positions wrote out of the answer to key.  *out_fresh: something may have
 * been in the way. */
static enum mu_status clear(struct mu_rebase *rebase, struct mu_touch_key key, bool *out_fresh,
                            struct mu_error *err)
{
    bool fresh = false;
    MU_TRY(mu_keyset_add(&rebase->cleared, key, false, &fresh, err));
    if (!fresh) {
        return MU_OK;
    }
    struct mu_toucher *touchers = NULL;
    size_t count = 0;
    struct mu_arena *arena = NULL;
    MU_TRY(later(rebase, key, &arena, &touchers, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (touchers[i].wrote) {
            MU_TRY(lift_writes(rebase, touchers[i].position, key, arena, err));
            *out_fresh = true;
        }
    }
    return MU_OK;
}

/* The answer to key is another now: who comes later and touched it is predicted again. */
static enum mu_status tell(struct mu_rebase *rebase, struct mu_touch_key key, struct mu_error *err)
{
    bool fresh = false;
    MU_TRY(mu_keyset_add(&rebase->told, key, false, &fresh, err));
    if (!fresh) {
        return MU_OK;
    }
    struct mu_toucher *touchers = NULL;
    size_t count = 0;
    struct mu_arena *arena = NULL;
    MU_TRY(later(rebase, key, &arena, &touchers, &count, err));
    for (size_t i = 0; i < count; i++) {
        MU_TRY(queue(rebase, touchers[i].position, true, err));
    }
    return MU_OK;
}

/* -- one prediction ---------------------------------------------------------- */

struct before {
    struct mu_touch *touches;
    size_t count;
    struct mu_slice effects;
};

static enum mu_status read_before(struct mu_rebase *rebase, uint64_t position,
                                  struct mu_arena *arena, struct before *out, struct mu_error *err)
{
    struct mu_queries *local = &rebase->client->local;
    bool found = false;
    MU_TRY(mu_touch_of(local, arena, position, &out->touches, &out->count, err));
    return mu_touch_effects(local, arena, position, &out->effects, &found, err);
}

/* Predict with everything later out of the way.  What was touched before tells most of it;
 * when the prediction asks something new, that is cleared too and it is asked again. */
static enum mu_status predict_in_place(struct mu_rebase *rebase, const struct before *before,
                                       const struct mu_mutation *mutation, struct mu_arena *arena,
                                       struct mu_prediction *out, struct mu_error *err)
{
    bool again = false;
    for (size_t i = 0; i < before->count; i++) {
        MU_TRY(clear(rebase, before->touches[i].key, &again, err));
        if (before->touches[i].wrote && before->touches[i].key.kind == MU_TOUCH_ROW) {
            MU_TRY(lift(rebase, before->touches[i].key, err));
        }
    }
    do {
        again = false;
        MU_TRY(mu_predict(rebase->client, mutation, arena, out, err));
        for (size_t i = 0; i < out->touches.count; i++) {
            MU_TRY(clear(rebase, out->touches.items[i].key, &again, err));
        }
    } while (again);
    return MU_OK;
}

static bool same_touches(const struct before *before, const struct mu_keyset *now)
{
    if (before->count != now->count) {
        return false;
    }
    for (size_t i = 0; i < before->count; i++) {
        const struct mu_touch *touch = mu_keyset_find(now, before->touches[i].key);
        if (touch == NULL || touch->wrote != before->touches[i].wrote) {
            return false;
        }
    }
    return true;
}

static enum mu_status tell_writes(struct mu_rebase *rebase, const struct mu_touch *touches,
                                  size_t count, struct mu_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (touches[i].wrote) {
            MU_TRY(tell(rebase, touches[i].key, err));
        }
    }
    return MU_OK;
}

static enum mu_status keep(struct mu_rebase *rebase, uint64_t position, const struct before *before,
                           const struct mu_prediction *prediction, struct mu_arena *arena,
                           struct mu_error *err)
{
    const struct mu_decision *decision = &prediction->decision;
    struct mu_client *client = rebase->client;
    MU_BUF_AUTO struct mu_buf effects;
    mu_buf_init(&effects, MU_DB_VALUE_MAX);
    MU_TRY(mu_effects_encode(decision->effects, decision->effect_count, &effects, err));
    bool same = mu_slice_equal(mu_buf_view(&effects), before->effects);
    if (same && same_touches(before, &prediction->touches)) {
        for (size_t i = 0; i < decision->effect_count; i++) {
            MU_TRY(mu_replica_overlay(client->replica, arena, &decision->effects[i], err));
        }
        return MU_OK;
    }
    MU_TRY(mu_touch_drop(&client->local, position, err));
    MU_TRY(mu_show_prediction(client, position, prediction, arena, err));
    if (same) {
        return MU_OK;
    }
    MU_TRY(tell_writes(rebase, before->touches, before->count, err));
    return tell_writes(rebase, prediction->touches.items, prediction->touches.count, err);
}

static enum mu_status predict(struct mu_rebase *rebase, uint64_t position, struct mu_error *err)
{
    struct mu_client *client = rebase->client;
    struct mu_arena *arena = &client->scratch;
    mu_arena_clear(arena);
    struct before before = {0};
    struct mu_pushed body = {0};
    struct mu_mutation mutation;
    struct mu_prediction prediction;
    MU_TRY(read_before(rebase, position, arena, &before, err));
    MU_TRY(mu_outbox_body(&client->outbox, arena, position, &body, err));
    MU_TRY(mu_predict_read(body.bytes, arena, &mutation, err));
    MU_TRY(predict_in_place(rebase, &before, &mutation, arena, &prediction, err));
    return keep(rebase, position, &before, &prediction, arena, err);
}

/* -- the whole --------------------------------------------------------------- */

/* What the gone ones touched, while the table still knows. */
struct farewell {
    struct mu_touch *touches;
    size_t count;
};

static enum mu_status part(struct mu_rebase *rebase, const struct mu_gone *gone,
                           const struct farewell *farewell, struct mu_error *err)
{
    for (size_t i = 0; i < farewell->count; i++) {
        const struct mu_touch *touch = &farewell->touches[i];
        if (!touch->wrote) {
            continue;
        }
        if (touch->key.kind == MU_TOUCH_ROW) {
            MU_TRY(mu_keyset_add(&rebase->stale, touch->key, false, NULL, err));
        }
        if (!gone->as_predicted) {
            MU_TRY(mu_keyset_add(&rebase->changed, touch->key, false, NULL, err));
            continue;
        }
        /* Those before it see it now beneath them, where it was after them. */
        struct mu_toucher *touchers = NULL;
        size_t count = 0;
        MU_TRY(mu_touch_by(&rebase->client->local, rebase->arena, touch->key,
                           (struct mu_touch_span){.before = gone->position}, &touchers, &count,
                           err));
        for (size_t j = 0; j < count; j++) {
            MU_TRY(queue(rebase, touchers[j].position, true, err));
        }
    }
    return MU_OK;
}

static enum mu_status say_farewell(struct mu_rebase *rebase, struct mu_error *err)
{
    struct mu_queries *local = &rebase->client->local;
    const struct mu_gone *gone = rebase->gone.items;
    size_t count = rebase->gone.count;
    struct farewell *farewells = mu_arena_array(rebase->arena, count, sizeof *farewells);
    if (farewells == NULL && count > 0) {
        return mu_fail(err, MU_E_NOMEM, "rebase");
    }
    for (size_t i = 0; i < count; i++) {
        MU_TRY(mu_touch_of(local, rebase->arena, gone[i].position, &farewells[i].touches,
                           &farewells[i].count, err));
    }
    for (size_t i = 0; i < count; i++) {
        MU_TRY(mu_touch_drop(local, gone[i].position, err));
    }
    for (size_t i = 0; i < count; i++) {
        MU_TRY(part(rebase, &gone[i], &farewells[i], err));
    }
    return MU_OK;
}

/* A row that no pending mutation writes any more is a plain row again: most of those that come
 * back are.  The others are rebuilt. */
static enum mu_status settle_or_lift(struct mu_rebase *rebase, struct mu_touch_key key,
                                     struct mu_error *err)
{
    struct mu_client *client = rebase->client;
    bool written = false;
    MU_TRY(mu_touch_written(&client->local, key, &written, err));
    if (written) {
        return lift(rebase, key, err);
    }
    mu_arena_clear(&client->scratch);
    return mu_replica_settle(client->replica, &client->scratch, row_of(key), err);
}

/* Among the rebuilt, those that a new prediction has left alone. */
static enum mu_status settle_lifted(struct mu_rebase *rebase, struct mu_error *err)
{
    struct mu_client *client = rebase->client;
    for (size_t i = 0; i < rebase->lifted.count; i++) {
        struct mu_touch_key key = rebase->lifted.items[i].key;
        bool written = false;
        MU_TRY(mu_touch_written(&client->local, key, &written, err));
        if (!written) {
            mu_arena_clear(&client->scratch);
            MU_TRY(mu_replica_settle(client->replica, &client->scratch, row_of(key), err));
        }
    }
    return MU_OK;
}

static enum mu_status work(struct mu_rebase *rebase, struct mu_error *err)
{
    for (size_t i = 0; i < rebase->changed.count; i++) {
        MU_TRY(tell(rebase, rebase->changed.items[i].key, err));
    }
    for (size_t i = 0; i < rebase->stale.count; i++) {
        MU_TRY(settle_or_lift(rebase, rebase->stale.items[i].key, err));
    }
    uint64_t position = 0;
    while (take(rebase, &position)) {
        rebase->now = position;
        const struct mu_touch *queued =
            mu_keyset_find(&rebase->queued, mu_touch_position(position));
        if (queued->wrote) {
            MU_TRY(predict(rebase, position, err));
        } else {
            MU_TRY(apply_stored(rebase, position, NULL, err));
        }
    }
    return settle_lifted(rebase, err);
}

enum mu_status mu_rebase_run(struct mu_rebase *rebase, struct mu_error *err)
{
    if (rebase->everything) {
        return mu_show_replay(rebase->client, err);
    }
    if (rebase->idle) {
        return MU_OK;
    }
    MU_TRY(say_farewell(rebase, err));
    return work(rebase, err);
}
