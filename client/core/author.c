#include "client/core/inside.h"

#include <string.h>

#include "client/core/predict.h"
#include "client/core/record.h"
#include "client/core/show.h"
#include "client/core/undo.h"
#include "common/wire/mutation.h"

/* An edit on its way into the outbox. */
struct draft {
    struct mu_mutation mutation;
    struct mu_prediction prediction;
    uint64_t position;
};

static enum mu_status zone_of(const struct mu_client_turn *turn, struct mu_mutation *out,
                              struct mu_error *err)
{
    size_t len = turn->zone == NULL ? 0 : strlen(turn->zone);
    if (len > MU_ZONE_MAX) {
        return mu_fail(err, MU_E_INVALID, "the name of the time zone is too long");
    }
    if (len > 0) {
        memcpy(out->zone, turn->zone, len);
    }
    return MU_OK;
}

/* Who, when, from which state and as which number. */
static enum mu_status fill_in(struct mu_client *client, const struct mu_client_turn *turn,
                              const struct mu_intent *intent, struct mu_mutation *out,
                              struct mu_error *err)
{
    struct mu_outbox_self self = {0};
    struct mu_cursor cursor;
    struct mu_link_record record;
    bool found = false;
    MU_TRY(mu_outbox_self(&client->outbox, &self, &found, err));
    MU_ASSERT(found);
    MU_TRY(mu_replica_cursor(client->replica, &cursor, err));
    MU_TRY(mu_record_read(client->replica, &record, err));
    struct mu_clock clock = mu_record_clock(&record, turn->wall, turn->mono);
    *out = (struct mu_mutation){.id = mu_entropy_id(turn->entropy, turn->wall.ms),
                                .replica = self.replica,
                                .number = self.last_number + 1,
                                .previous = self.last_hash,
                                .base_seq = cursor.seq,
                                .seen_chain = cursor.chain,
                                .authored_ms = turn->wall.ms,
                                .clock_offset_ms = clock.offset_ms,
                                .offset_age_s = clock.offset_age_s,
                                .clock_doubt = clock.doubt,
                                .utc_offset_min = turn->utc_offset_min,
                                .intent = *intent};
    return zone_of(turn, out, err);
}

/* Encode, sign and append.  What could not be read again would be refused by the server
 * after it was called saved, so it is read here first. */
static enum mu_status put(struct mu_client *client, struct draft *draft, struct mu_arena *arena,
                          struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    enum mu_status status = mu_mutation_encode(&draft->mutation, arena, &bytes);
    if (status == MU_E_LIMIT) {
        return mu_fail(err, status, "the edit is larger than %zu KiB or %d operations",
                       MU_MUTATION_BYTES_MAX / 1024, MU_OPS_BULK_MAX);
    }
    if (status != MU_OK) {
        return mu_fail(err, status, "edit: %s", mu_status_text(status));
    }
    struct mu_mutation again;
    MU_TRY(mu_mutation_decode(mu_buf_view(&bytes), arena, &again, err));
    uint8_t signature[MU_SIGN_LEN];
    mu_sign(&client->keys, MU_SIGN_MUTATION, mu_buf_view(&bytes), signature);
    return mu_outbox_append(&client->outbox, &draft->mutation, mu_buf_view(&bytes), signature,
                            &draft->position, err);
}

/* All of it but the commits. */
static enum mu_status write(struct mu_client *client, const struct mu_client_turn *turn,
                            const struct mu_intent *intent, struct mu_arena *arena,
                            struct draft *draft, struct mu_error *err)
{
    bool changed = false;
    MU_TRY(mu_show_notice(client, &changed, err));
    MU_TRY(fill_in(client, turn, intent, &draft->mutation, err));
    MU_TRY(mu_predict(client, &draft->mutation, arena, &draft->prediction, err));
    const struct mu_decision *decision = &draft->prediction.decision;
    if (decision->verdict == MU_REJECTED) {
        enum mu_status code = decision->code == MU_OK ? MU_E_DENIED : decision->code;
        return mu_fail(err, code, "%s", decision->reason);
    }
    mu_arena_clear(&client->scratch);
    MU_TRY(put(client, draft, &client->scratch, err));
    MU_TRY(
        mu_undo_record(client, &draft->mutation, draft->position, decision, &client->scratch, err));
    MU_TRY(mu_show_prediction(client, draft->position, &draft->prediction, &client->scratch, err));
    return mu_show_stamp(client, mu_entropy_id(turn->entropy, turn->wall.ms), err);
}

enum mu_status mu_client_author_all(struct mu_client *client, const struct mu_client_turn *turn,
                                    const struct mu_intent *intents, size_t count,
                                    struct mu_arena *arena, struct mu_authored *out,
                                    struct mu_error *err)
{
    struct draft *drafts = mu_arena_array(arena, count + 1, sizeof *drafts);
    if (drafts == NULL) {
        return mu_fail(err, MU_E_NOMEM, "edit");
    }
    bool saved = false;
    MU_TRY(mu_client_begin(client, err));
    for (size_t i = 0; i < count; i++) {
        drafts[i] = (struct draft){0};
        enum mu_status status = write(client, turn, &intents[i], arena, &drafts[i], err);
        if (status != MU_OK) {
            mu_client_rollback(client);
            return status;
        }
    }
    /* Saved is what the outbox has: when only the rows failed, they are shown later. */
    struct mu_error failure = {0};
    enum mu_status status = mu_client_commit(client, &saved, &failure);
    if (!saved) {
        return mu_fail(err, status, "%s", failure.text);
    }
    for (size_t i = 0; i < count; i++) {
        out[i] = (struct mu_authored){.mutation = drafts[i].mutation.id,
                                      .position = drafts[i].position,
                                      .decision = drafts[i].prediction.decision};
    }
    return MU_OK;
}

enum mu_status mu_client_author(struct mu_client *client, const struct mu_client_turn *turn,
                                const struct mu_intent *intent, struct mu_arena *arena,
                                struct mu_authored *out, struct mu_error *err)
{
    return mu_client_author_all(client, turn, intent, 1, arena, out, err);
}
