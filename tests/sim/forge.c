/* A server that shows one device another version of a change: sealed with the right key, in the
 * right place, and not the bytes that the log holds. */
#include <stdlib.h>

#include "common/seal/envelope.h"
#include "tests/sim/inside.h"

bool mu_sim_epoch_key(struct mu_sim *sim, uint32_t epoch, struct mu_epoch_key *out)
{
    struct mu_stmt stmt = {0};
    struct mu_error err = {0};
    bool row = false;
    if (mu_stmt_prepare(&stmt, &sim->server.db, "SELECT key FROM log_epoch WHERE epoch = ?1",
                        &err) != MU_OK) {
        return false;
    }
    mu_stmt_bind_int(&stmt, 1, epoch);
    bool found = mu_stmt_step(&stmt, &row, &err) == MU_OK && row;
    struct mu_slice key = found ? mu_stmt_blob(&stmt, 0) : (struct mu_slice){0};
    found = found && key.len == sizeof out->bytes;
    for (size_t i = 0; i < key.len && found; i++) {
        out->bytes[i] = key.data[i];
    }
    mu_stmt_finalize(&stmt);
    return found;
}

/* The same plaintext under another nonce. */
static bool seal_again(struct mu_sim *sim, struct mu_slice *sealed)
{
    struct mu_envelope_head head;
    struct mu_epoch_key key;
    struct mu_entropy entropy;
    struct mu_error err = {0};
    uint8_t nonce[MU_NONCE_LEN];
    MU_BUF_AUTO struct mu_buf plain;
    MU_BUF_AUTO struct mu_buf again;
    mu_buf_init(&plain, MU_MESSAGE_MAX);
    mu_buf_init(&again, MU_MESSAGE_MAX);
    mu_sim_draw_entropy(sim, &entropy);
    mu_entropy_draw(&entropy, nonce, sizeof nonce);
    return mu_envelope_head_read(*sealed, &head, &err) == MU_OK &&
           mu_sim_epoch_key(sim, head.epoch, &key) &&
           mu_envelope_open(*sealed, &key, &plain, &err) == MU_OK &&
           mu_envelope_seal(&head, &key, nonce, mu_buf_view(&plain), &again, &err) == MU_OK &&
           mu_arena_copy(&sim->arena, mu_buf_view(&again), sealed);
}

struct mu_slice mu_sim_forge(struct mu_sim *sim, unsigned device, struct mu_slice bytes)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_message message;
    struct mu_error err = {0};
    struct mu_slice forged = {0};
    MU_BUF_AUTO struct mu_buf again;
    mu_buf_init(&again, MU_MESSAGE_MAX);
    if (!self->forge_next || mu_message_decode(bytes, &sim->arena, &message, &err) != MU_OK ||
        message.kind != MU_MSG_CHANGES ||
        !seal_again(sim, &message.changes.sealed[message.changes.count - 1]) ||
        mu_message_encode(&message, &sim->arena, &again) != MU_OK ||
        !mu_arena_copy(&sim->arena, mu_buf_view(&again), &forged)) {
        return bytes;
    }
    mu_sim_note(sim, "device %u is shown another history", device);
    self->forge_next = false;
    self->misled = true;
    return forged;
}
