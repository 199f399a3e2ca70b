#include "client/core/show.h"

#include "client/core/effects.h"
#include "client/core/held.h"
#include "client/core/inside.h"
#include "client/core/touch.h"

#define META_STAMP "stamp"

enum mu_status mu_show_prediction(struct mu_client *client, uint64_t position,
                                  const struct mu_prediction *prediction, struct mu_arena *arena,
                                  struct mu_error *err)
{
    const struct mu_decision *decision = &prediction->decision;
    MU_BUF_AUTO struct mu_buf effects;
    mu_buf_init(&effects, MU_DB_VALUE_MAX);
    MU_TRY(mu_effects_encode(decision->effects, decision->effect_count, &effects, err));
    for (size_t i = 0; i < decision->effect_count; i++) {
        MU_TRY(mu_replica_overlay(client->replica, arena, &decision->effects[i], err));
    }
    return mu_touch_put(&client->local, position, mu_buf_view(&effects), &prediction->touches, err);
}

enum mu_status mu_show_entry(struct mu_client *client, uint64_t position, struct mu_error *err)
{
    mu_arena_clear(&client->scratch);
    struct mu_arena *arena = &client->scratch;
    struct mu_pushed body = {0};
    struct mu_mutation mutation;
    struct mu_prediction prediction;
    MU_TRY(mu_outbox_body(&client->outbox, arena, position, &body, err));
    MU_TRY(mu_predict_read(body.bytes, arena, &mutation, err));
    MU_TRY(mu_predict(client, &mutation, arena, &prediction, err));
    return mu_show_prediction(client, position, &prediction, arena, err);
}

static enum mu_status settle_all(struct mu_client *client, struct mu_arena *arena,
                                 struct mu_error *err)
{
    struct mu_row_refs dirty = {0};
    MU_TRY(mu_replica_dirty(client->replica, arena, &dirty, err));
    for (size_t i = 0; i < dirty.count; i++) {
        mu_arena_clear(&client->scratch);
        MU_TRY(mu_replica_settle(client->replica, &client->scratch, dirty.items[i], err));
    }
    return mu_touch_clear(&client->local, err);
}

enum mu_status mu_show_replay(struct mu_client *client, struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, MU_CLIENT_ARENA_MAX);
    uint64_t *positions = NULL;
    size_t count = 0;
    MU_TRY(settle_all(client, &arena, err));
    MU_TRY(mu_held_beyond(client, &arena, &positions, &count, err));
    for (size_t i = 0; i < count; i++) {
        MU_TRY(mu_show_entry(client, positions[i], err));
    }
    return MU_OK;
}

/* What is shown against what should be; both ascending. */
struct difference {
    uint64_t *shown;
    size_t shown_count;
    uint64_t *pending;
    size_t pending_count;
    size_t common;  /* pending ones that are shown */
    bool only_tail; /* what is not shown comes after all that is */
};

static enum mu_status compare(struct mu_client *client, struct mu_arena *arena,
                              struct difference *out, struct mu_error *err)
{
    struct difference difference = {.only_tail = true};
    MU_TRY(mu_touch_shown(&client->local, arena, &difference.shown, &difference.shown_count, err));
    MU_TRY(mu_held_beyond(client, arena, &difference.pending, &difference.pending_count, err));
    size_t at = 0;
    for (size_t i = 0; i < difference.pending_count; i++) {
        while (at < difference.shown_count && difference.shown[at] < difference.pending[i]) {
            at++;
        }
        bool shown = at < difference.shown_count && difference.shown[at] == difference.pending[i];
        if (shown && difference.common < i) {
            difference.only_tail = false;
        }
        difference.common += shown;
    }
    *out = difference;
    return MU_OK;
}

enum mu_status mu_show_differs(struct mu_client *client, bool *out_differs, struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, MU_CLIENT_ARENA_MAX);
    struct mu_outbox_self self = {0};
    struct mu_slice stamp = {0};
    struct mu_id shown = {0};
    bool found = false;
    bool known = false;
    MU_TRY(mu_outbox_self(&client->outbox, &self, &known, err));
    MU_TRY(mu_replica_meta(client->replica, META_STAMP, &arena, &stamp, &found, err));
    *out_differs =
        !known || !found || !mu_id_from_slice(stamp, &shown) || !mu_id_equal(shown, self.stamp);
    return MU_OK;
}

static enum mu_status set_meta_stamp(struct mu_client *client, struct mu_id stamp,
                                     struct mu_error *err)
{
    return mu_replica_meta_set(client->replica, META_STAMP, mu_id_view(&stamp), err);
}

enum mu_status mu_show_notice(struct mu_client *client, bool *out_changed, struct mu_error *err)
{
    bool differs = false;
    *out_changed = false;
    MU_TRY(mu_show_differs(client, &differs, err));
    if (!differs || client->sabotage.no_outbox_replay) {
        return MU_OK;
    }
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, MU_CLIENT_ARENA_MAX);
    struct difference difference;
    MU_TRY(compare(client, &arena, &difference, err));
    if (difference.common == difference.shown_count && difference.only_tail) {
        for (size_t i = difference.common; i < difference.pending_count; i++) {
            MU_TRY(mu_show_entry(client, difference.pending[i], err));
        }
    } else {
        MU_TRY(mu_show_replay(client, err));
    }
    struct mu_outbox_self self = {0};
    bool found = false;
    MU_TRY(mu_outbox_self(&client->outbox, &self, &found, err));
    MU_ASSERT(found);
    *out_changed = true;
    return set_meta_stamp(client, self.stamp, err);
}

enum mu_status mu_show_stamp(struct mu_client *client, struct mu_id stamp, struct mu_error *err)
{
    MU_TRY(mu_outbox_stamp(&client->outbox, stamp, err));
    return set_meta_stamp(client, stamp, err);
}
