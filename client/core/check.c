#include "client/core/inside.h"

#include <string.h>

#include "client/core/show.h"
#include "client/core/touch.h"
#include "common/seal/hash.h"
#include "common/wire/mutation.h"

static enum mu_status differs(struct mu_error *err, const char *what)
{
    return mu_fail(err, MU_E_CORRUPT, "%s", what);
}

/* -- the outbox ---------------------------------------------------------------- */

static enum mu_status check_entry(const struct mu_outbox_item *item, const struct mu_pushed *body,
                                  const struct mu_outbox_self *self, struct mu_client *client,
                                  struct mu_mutation *out, struct mu_error *err)
{
    struct mu_hash hash;
    mu_hash_of(body->bytes, &hash);
    MU_TRY(mu_mutation_decode(body->bytes, &client->scratch, out, err));
    if (!mu_hash_equal(hash, item->hash) || out->number != item->number ||
        !mu_id_equal(out->id, item->mutation) || !mu_id_equal(out->replica, self->replica)) {
        return mu_fail(err, MU_E_CORRUPT, "outbox entry %llu does not hold its own bytes",
                       (unsigned long long)item->position);
    }
    if (body->signature.len != MU_SIGN_LEN ||
        !mu_sign_verify(client->keys.public.sign, MU_SIGN_MUTATION, body->bytes,
                        body->signature.data)) {
        return mu_fail(err, MU_E_CORRUPT, "outbox entry %llu is not signed",
                       (unsigned long long)item->position);
    }
    return MU_OK;
}

/* Everything that the server is not known to have is there, dense and chained. */
static enum mu_status check_outbox(struct mu_client *client, struct mu_arena *arena,
                                   struct mu_error *err)
{
    struct mu_outbox_self self = {0};
    struct mu_outbox_item *items = NULL;
    size_t count = 0;
    bool found = false;
    MU_TRY(mu_outbox_self(&client->outbox, &self, &found, err));
    MU_TRY(mu_outbox_era(&client->outbox, arena, &items, &count, err));
    uint64_t number = self.acked_number;
    struct mu_hash last = self.acked_hash;
    for (size_t i = 0; i < count; i++) {
        if (items[i].number <= self.acked_number) {
            continue;
        }
        struct mu_pushed body = {0};
        struct mu_mutation mutation;
        mu_arena_clear(&client->scratch);
        MU_TRY(mu_outbox_body(&client->outbox, &client->scratch, items[i].position, &body, err));
        MU_TRY(check_entry(&items[i], &body, &self, client, &mutation, err));
        if (mutation.number != number + 1 || !mu_hash_equal(mutation.previous, last)) {
            return mu_fail(err, MU_E_CORRUPT, "number %llu does not follow %llu in the outbox",
                           (unsigned long long)mutation.number, (unsigned long long)number);
        }
        number = mutation.number;
        last = items[i].hash;
    }
    if (number != self.last_number || !mu_hash_equal(last, self.last_hash)) {
        return mu_fail(err, MU_E_CORRUPT, "the outbox ends at number %llu instead of %llu",
                       (unsigned long long)number, (unsigned long long)self.last_number);
    }
    return MU_OK;
}

/* -- what is visible ------------------------------------------------------------ */

/* All that pending mutations have to do with, in bytes: dirty rows as they are visible, then
 * positions with their predictions and what they touched. */
static enum mu_status describe_rows(struct mu_client *client, struct mu_arena *arena,
                                    struct mu_buf *out, struct mu_error *err)
{
    struct mu_row_refs dirty = {0};
    MU_TRY(mu_replica_dirty(client->replica, arena, &dirty, err));
    for (size_t i = 0; i < dirty.count; i++) {
        struct mu_row row = {.entity = dirty.items[i].entity, .id = dirty.items[i].id};
        bool found = false;
        MU_TRY(mu_replica_row(client->replica, arena, row.entity, row.id, &row, &found, err));
        if (mu_row_encode(&row, out) != MU_OK) {
            return mu_fail(err, MU_E_NOMEM, "visible rows");
        }
    }
    return MU_OK;
}

static enum mu_status describe_position(struct mu_client *client, uint64_t position,
                                        struct mu_arena *arena, struct mu_buf *out,
                                        struct mu_error *err)
{
    struct mu_slice effects = {0};
    struct mu_touch *touches = NULL;
    size_t count = 0;
    bool found = false;
    MU_TRY(mu_touch_effects(&client->local, arena, position, &effects, &found, err));
    MU_TRY(mu_touch_of(&client->local, arena, position, &touches, &count, err));
    bool fits = mu_buf_append_varint(out, position) == MU_OK &&
                mu_buf_append_block(out, effects) == MU_OK &&
                mu_buf_append_varint(out, count) == MU_OK;
    for (size_t i = 0; i < count && fits; i++) {
        fits = mu_buf_append_varint(out, (uint64_t)touches[i].key.kind) == MU_OK &&
               mu_buf_append_varint(out, touches[i].key.entity) == MU_OK &&
               mu_buf_append(out, touches[i].key.id.bytes, MU_ID_LEN) == MU_OK &&
               mu_buf_append_byte(out, touches[i].wrote) == MU_OK;
    }
    return fits ? MU_OK : mu_fail(err, MU_E_NOMEM, "pending edits");
}

struct description {
    struct mu_buf rows;
    struct mu_buf predictions;
};

static void description_deinit(struct description *description)
{
    mu_buf_deinit(&description->rows);
    mu_buf_deinit(&description->predictions);
}

static enum mu_status describe(struct mu_client *client, struct mu_arena *arena,
                               struct description *out, struct mu_error *err)
{
    uint64_t *shown = NULL;
    size_t count = 0;
    mu_buf_init(&out->rows, MU_CLIENT_ARENA_MAX);
    mu_buf_init(&out->predictions, MU_CLIENT_ARENA_MAX);
    MU_TRY(describe_rows(client, arena, &out->rows, err));
    MU_TRY(mu_touch_shown(&client->local, arena, &shown, &count, err));
    for (size_t i = 0; i < count; i++) {
        MU_TRY(describe_position(client, shown[i], arena, &out->predictions, err));
    }
    return MU_OK;
}

static enum mu_status check_replay(struct mu_client *client, struct mu_arena *arena,
                                   struct mu_error *err)
{
    struct description before = {0};
    struct description after = {0};
    enum mu_status status = describe(client, arena, &before, err);
    if (status == MU_OK) {
        status = mu_show_replay(client, err);
    }
    if (status == MU_OK) {
        status = describe(client, arena, &after, err);
    }
    if (status == MU_OK && !mu_slice_equal(mu_buf_view(&before.rows), mu_buf_view(&after.rows))) {
        status = differs(err, "visible rows are not the confirmed ones with the outbox replayed");
    }
    if (status == MU_OK &&
        !mu_slice_equal(mu_buf_view(&before.predictions), mu_buf_view(&after.predictions))) {
        status = differs(err, "stored predictions are not those that a replay makes");
    }
    description_deinit(&before);
    description_deinit(&after);
    return status;
}

/* -- confirmed ------------------------------------------------------------------- */

static enum mu_status check_digest(struct mu_client *client, struct mu_error *err)
{
    struct mu_digest stored;
    struct mu_digest computed;
    MU_TRY(mu_replica_digest(client->replica, &stored, err));
    MU_TRY(mu_replica_recompute(client->replica, &computed, err));
    return memcmp(&stored, &computed, sizeof stored) == 0
               ? MU_OK
               : differs(err, "the digest is not that of the rows");
}

static enum mu_status check(struct mu_client *client, struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, MU_CLIENT_ARENA_MAX);
    bool stale = false;
    MU_TRY(mu_show_differs(client, &stale, err));
    if (stale) {
        return differs(err, "the visible rows do not show what the outbox holds");
    }
    MU_TRY(check_outbox(client, &arena, err));
    MU_TRY(check_digest(client, err));
    return check_replay(client, &arena, err);
}

enum mu_status mu_client_check(struct mu_client *client, struct mu_error *err)
{
    MU_TRY(mu_client_begin(client, err));
    enum mu_status status = check(client, err);
    mu_client_rollback(client);
    return status;
}
