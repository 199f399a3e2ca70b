/* What goes over the wire, read by a third party: as what mutations are pushed, what may be sent
 * for the credit there is, and what is sealed with which nonce. */
#include <stdlib.h>
#include <string.h>

#include "common/wire/mutation.h"
#include "tests/sim/inside.h"

static bool read_message(struct mu_sim *sim, struct mu_slice bytes, struct mu_message *out)
{
    struct mu_error err = {0};
    mu_arena_clear(&sim->scratch);
    return mu_message_decode(bytes, &sim->scratch, out, &err) == MU_OK;
}

/* -- mutations --------------------------------------------------------------- */

static void note_pushed(struct mu_sim *sim, const struct mu_mutation *mutation)
{
    struct mu_history *history = &sim->history;
    uint64_t key = mu_map_key(mu_map_key(0, mutation->replica.bytes, MU_ID_LEN), &mutation->number,
                              sizeof mutation->number);
    uint64_t *place = mu_map_at(&history->pushed_by_number, key);
    for (size_t at = *place; at != 0; at = history->pushed[at - 1].before) {
        struct mu_pushed_as *known = &history->pushed[at - 1];
        if (mu_id_equal(known->mutation, mutation->id)) {
            return;
        }
    }
    if (history->pushed_count == history->pushed_room) {
        history->pushed_room = history->pushed_room == 0 ? 64 : history->pushed_room * 2;
        history->pushed = realloc(history->pushed, history->pushed_room * sizeof *history->pushed);
        MU_ASSERT(history->pushed != NULL);
    }
    history->pushed[history->pushed_count++] =
        (struct mu_pushed_as){.replica = mutation->replica,
                              .number = mutation->number,
                              .mutation = mutation->id,
                              .base_seq = mutation->base_seq,
                              .seen_chain = mutation->seen_chain,
                              .before = (size_t)*place};
    *place = history->pushed_count;
}

/* Into the trace, by the numbers that saved edits have there. */
static void note_mutation(struct mu_sim *sim, const char *what, uint64_t conn, struct mu_id id,
                          uint64_t number, int kind)
{
    const struct mu_saved *saved = mu_sim_saved_find(sim, id);
    if (saved != NULL) {
        mu_sim_note(sim, "conn %llu: %s of number %zu as %llu, kind %d", (unsigned long long)conn,
                    what, (size_t)(saved - sim->saved), (unsigned long long)number, kind);
    }
}

void mu_sim_watch_up(struct mu_sim *sim, unsigned device, struct mu_slice bytes)
{
    struct mu_message message;
    if (!read_message(sim, bytes, &message) || message.kind != MU_MSG_PUSH) {
        return;
    }
    for (size_t i = 0; i < message.push.count; i++) {
        struct mu_mutation mutation;
        struct mu_error err = {0};
        if (mu_mutation_decode(message.push.items[i].bytes, &sim->scratch, &mutation, &err) ==
            MU_OK) {
            note_pushed(sim, &mutation);
            note_mutation(sim, "push", sim->devices[device].conn, mutation.id, mutation.number, 0);
        }
    }
}

/* -- credit: nothing leaves that was not asked for (I14) ----------------------- */

void mu_sim_watch_in(struct mu_sim *sim, const struct mu_server_input *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mu_message message;
        if (inputs[i].kind != MU_SERVER_MESSAGE || inputs[i].conn.number > sim->conn_count ||
            !read_message(sim, inputs[i].bytes, &message)) {
            continue;
        }
        struct mu_conn_state *conn = &sim->conns[inputs[i].conn.number - 1];
        if (message.kind == MU_MSG_HELLO) {
            conn->credit = 0;
        } else if (message.kind == MU_MSG_CREDIT) {
            int64_t most = (int64_t)MU_CREDIT_MAX;
            uint64_t more = message.credit.bytes;
            conn->credit = more > MU_CREDIT_MAX || conn->credit > most - (int64_t)more
                               ? most
                               : conn->credit + (int64_t)more;
        }
    }
}

void mu_sim_watch_out(struct mu_sim *sim, const struct mu_server_outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++) {
        const struct mu_server_output *output = &outputs->items[i];
        struct mu_message message;
        if (output->kind != MU_SERVER_SEND || output->conn.number > sim->conn_count) {
            continue;
        }
        if (!read_message(sim, output->bytes, &message)) {
            mu_sim_fail(sim, "the server sends what is no message");
            return;
        }
        for (size_t j = 0; message.kind == MU_MSG_PUSHACK && j < message.pushack.count; j++) {
            const struct mu_ack *ack = &message.pushack.items[j];
            note_mutation(sim, "ack", output->conn.number, ack->mutation, ack->number,
                          (int)ack->kind);
        }
        if (message.kind == MU_MSG_XFER_CHUNK) {
            mu_sim_check_nonce(sim, message.xfer_chunk.sealed);
        }
        if (message.kind == MU_MSG_XFER_CHUNK || message.kind == MU_MSG_CHANGES) {
            struct mu_conn_state *conn = &sim->conns[output->conn.number - 1];
            if (conn->credit <= 0) {
                mu_sim_fail(sim, "the server sends %s without credit",
                            mu_message_name(message.kind));
            }
            conn->credit -= (int64_t)output->bytes.len;
        }
    }
}
