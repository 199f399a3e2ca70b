/* Epochs: periods in which one key seals all changes, and that key on its way to devices. */
#include <string.h>

#include "common/seal/secret.h"
#include "common/seal/wrap.h"
#include "server/core/inside.h"

#define WEEK_MS     (INT64_C(7) * 24 * 3600 * 1000)
#define EPOCH_COUNT ((uint64_t)1 << 20) /* changes under one key */
/* Histories that begin from one copy, each unknown to the other, must not have two keys under one
 * number: devices keep them all.  So the next number is drawn, among enough for a century. */
#define EPOCH_SPREAD ((uint64_t)1 << 20)
#define KEYS_COST   50                  /* each key is wrapped for the device */

enum mu_status mu_sealer_load(struct mu_server *server, struct mu_error *err)
{
    struct mu_log_epoch epoch;
    bool found = false;
    MU_ASSERT(server->head.epoch > 0);
    MU_TRY(mu_log_epoch_next(server->log, server->head.epoch - 1, &epoch, &found, err));
    if (!found || epoch.epoch != server->head.epoch) {
        return mu_fail(err, MU_E_CORRUPT, "the key of epoch %u is missing", server->head.epoch);
    }
    server->sealer.epoch = epoch.epoch;
    server->sealer.created_ms = epoch.created_ms;
    server->sealer.first_seq = epoch.first_seq;
    memcpy(server->sealer.key.bytes, epoch.key, sizeof epoch.key);
    mu_wipe(&epoch, sizeof epoch);
    return MU_OK;
}

void mu_sealer_wipe(struct mu_server *server)
{
    mu_wipe(&server->sealer, sizeof server->sealer);
}

enum mu_status mu_sealer_renew(struct mu_server *server, struct mu_error *err)
{
    uint32_t epoch = server->head.epoch;
    uint32_t step = 1 + (uint32_t)mu_entropy_below(server->turn->entropy, EPOCH_SPREAD);
    step = epoch == 0 ? 1 : step;
    if (epoch > UINT32_MAX - step) {
        return mu_fail(err, MU_E_LIMIT, "no epoch comes after %u", epoch);
    }
    struct mu_epoch_key key;
    mu_entropy_draw(server->turn->entropy, key.bytes, sizeof key.bytes);
    enum mu_status status =
        mu_log_epoch_add(server->log, epoch + step, key.bytes, server->now_ms, err);
    if (status == MU_OK) {
        server->sealer = (struct mu_sealer){.epoch = epoch + step,
                                            .key = key,
                                            .created_ms = server->now_ms,
                                            .first_seq = server->head.seq + 1};
    }
    mu_wipe(&key, sizeof key);
    MU_TRY(status);
    MU_TRY(mu_server_head_read(server, err));
    return mu_out_log(server, err, "epoch.new epoch=%u seq=%llu", server->sealer.epoch,
                      (unsigned long long)server->sealer.first_seq);
}

enum mu_status mu_sealer_check(struct mu_server *server, struct mu_error *err)
{
    const struct mu_sealer *sealer = &server->sealer;
    if (server->now_ms - sealer->created_ms >= WEEK_MS ||
        server->head.seq + 1 - sealer->first_seq >= EPOCH_COUNT) {
        return mu_sealer_renew(server, err);
    }
    return MU_OK;
}

static enum mu_status wrap_one(struct mu_server *server, const struct mu_session *session,
                               const struct mu_log_epoch *epoch, struct mu_wrapped_key *out,
                               struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf wrapped;
    struct mu_epoch_key key;
    uint8_t nonce[MU_NONCE_LEN];
    mu_buf_init(&wrapped, MU_WRAPPED_LEN);
    memcpy(key.bytes, epoch->key, sizeof key.bytes);
    mu_entropy_draw(server->turn->entropy, nonce, sizeof nonce);
    enum mu_status status = mu_epoch_wrap(&key, epoch->epoch, server->head.workspace,
                                          session->box_key, server->keys, nonce, &wrapped);
    mu_wipe(&key, sizeof key);
    if (status != MU_OK) {
        return mu_fail(err, status, "wrap the key of epoch %u", epoch->epoch);
    }
    out->epoch = epoch->epoch;
    if (!mu_arena_copy(&server->turn_memory, mu_buf_view(&wrapped), &out->bytes)) {
        return mu_fail(err, MU_E_NOMEM, "no memory for epoch keys");
    }
    return MU_OK;
}

enum mu_status mu_sealer_wrap(struct mu_server *server, const struct mu_session *session,
                              uint32_t after, size_t most, struct mu_wrapped_key **out_keys,
                              size_t *out_count, struct mu_error *err)
{
    struct mu_wrapped_key *keys = NULL;
    size_t count = 0;
    size_t room = 0;
    while (count < most) {
        struct mu_log_epoch epoch;
        bool found = false;
        MU_TRY(mu_log_epoch_next(server->log, after, &epoch, &found, err));
        if (!found) {
            break;
        }
        if (count == room) {
            room = room == 0 ? 4 : room * 2;
            struct mu_wrapped_key *more = mu_arena_array(&server->turn_memory, room, sizeof *more);
            if (more == NULL) {
                return mu_fail(err, MU_E_NOMEM, "no memory for epoch keys");
            }
            if (count > 0) {
                memcpy(more, keys, count * sizeof *more);
            }
            keys = more;
        }
        enum mu_status status = wrap_one(server, session, &epoch, &keys[count], err);
        after = epoch.epoch;
        mu_wipe(&epoch, sizeof epoch);
        MU_TRY(status);
        count++;
    }
    *out_keys = keys;
    *out_count = count;
    return MU_OK;
}

enum mu_status mu_sealer_tell(struct mu_server *server, struct mu_session *session,
                              struct mu_error *err)
{
    while (session->epoch_known < server->sealer.epoch) {
        struct mu_message message = {.kind = MU_MSG_KEYS};
        MU_TRY(mu_sealer_wrap(server, session, session->epoch_known, MU_EPOCH_KEYS_MAX,
                              &message.keys.keys, &message.keys.key_count, err));
        MU_ASSERT(message.keys.key_count > 0);
        session->epoch_known = message.keys.keys[message.keys.key_count - 1].epoch;
        MU_TRY(mu_out_message(server, session, &message, err));
    }
    return MU_OK;
}

enum mu_status mu_serve_keys(struct mu_server *server, struct mu_session *session,
                             struct mu_error *err)
{
    struct mu_rate_limit limit = {server->limits.mutations_per_s, server->limits.mutations_burst};
    if (mu_rate_take(&server->rates, session->device, KEYS_COST, limit, server->turn->mono.ms) >
        0) {
        return mu_out_bye(server, session, MU_E_BUSY, "too many requests, try later", err);
    }
    session->epoch_known = 0;
    return mu_sealer_tell(server, session, err);
}
