#include "client/core/links.h"

#include <string.h>

#include "client/core/changes.h"
#include "client/core/inside.h"
#include "client/core/output.h"
#include "client/core/vouch.h"
#include "common/base/reader.h"
#include "common/seal/hash.h"
#include "common/wire/mutation.h"

#define META_LINKS "links"
/* An answer that is empty, or does not come, is asked for again after this. */
#define AGAIN_MS 60000

/* -- what is owed ------------------------------------------------------------------ */

struct owed {
    uint64_t goal_seq;
    struct mu_hash goal; /* the chain there */
    uint64_t next_seq;
    struct mu_hash chain; /* before next_seq, as the server tells it */
};

static enum mu_status write_owed(struct mu_client *client, const struct owed *owed,
                                 struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, 128);
    bool fits = mu_buf_append_varint(&bytes, owed->goal_seq) == MU_OK &&
                mu_buf_append(&bytes, owed->goal.bytes, MU_HASH_LEN) == MU_OK &&
                mu_buf_append_varint(&bytes, owed->next_seq) == MU_OK &&
                mu_buf_append(&bytes, owed->chain.bytes, MU_HASH_LEN) == MU_OK;
    return fits ? mu_replica_meta_set(client->replica, META_LINKS, mu_buf_view(&bytes), err)
                : mu_fail(err, MU_E_NOMEM, "links");
}

static enum mu_status read_owed(struct mu_client *client, struct owed *out, bool *out_owed,
                                struct mu_error *err)
{
    struct mu_slice bytes = {0};
    bool found = false;
    *out_owed = false;
    MU_TRY(mu_replica_meta(client->replica, META_LINKS, &client->turn_arena, &bytes, &found, err));
    struct mu_reader reader = mu_reader_of(bytes);
    struct owed owed = {.goal_seq = mu_reader_varint(&reader)};
    (void)mu_hash_from_slice(mu_reader_bytes(&reader, MU_HASH_LEN), &owed.goal);
    owed.next_seq = mu_reader_varint(&reader);
    (void)mu_hash_from_slice(mu_reader_bytes(&reader, MU_HASH_LEN), &owed.chain);
    if (found && mu_reader_ok(&reader) && owed.goal_seq > 0) {
        *out = owed;
        *out_owed = true;
    }
    return MU_OK;
}

static enum mu_status drop_waiting(struct mu_client *client, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_VOUCHER_CLEAR, &stmt, err));
    return mu_stmt_run(stmt, err);
}

/* Zeros when it is not known. */
static enum mu_status chain_at(struct mu_client *client, uint64_t seq, struct mu_hash *out,
                               struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    *out = (struct mu_hash){0};
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_COPY_GET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)seq);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    if (status == MU_OK && row) {
        (void)mu_hash_from_slice(mu_stmt_blob(stmt, 0), out);
    }
    mu_stmt_reset(stmt);
    return status;
}

enum mu_status mu_links_owe(struct mu_client *client, uint64_t shared_seq, struct mu_error *err)
{
    struct owed before;
    struct mu_cursor cursor;
    struct mu_hash chain = {0};
    bool owed = false;
    MU_TRY(read_owed(client, &before, &owed, err));
    MU_TRY(mu_replica_cursor(client->replica, &cursor, err));
    if (!owed && shared_seq > 0) {
        MU_TRY(chain_at(client, shared_seq, &chain, err));
    }
    bool known = !mu_hash_equal(chain, (struct mu_hash){0});
    const struct owed now = {.goal_seq = cursor.seq,
                             .goal = cursor.chain,
                             .next_seq = known ? shared_seq + 1 : 1,
                             .chain = chain};
    client->session.links_ms = 0;
    MU_TRY(drop_waiting(client, err));
    return write_owed(client, &now, err);
}

enum mu_status mu_links_due(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    struct owed owed;
    bool any = false;
    int64_t now = client->turn->mono.ms;
    if (session->record.link != MU_LINK_LIVE || client->sabotage.no_links ||
        (session->links_ms != 0 && now - session->links_ms < AGAIN_MS)) {
        return MU_OK;
    }
    session->links_ms = now == 0 ? 1 : now;
    MU_TRY(read_owed(client, &owed, &any, err));
    if (!any) {
        return MU_OK;
    }
    const struct mu_message message = {.kind = MU_MSG_LINKS_REQ,
                                       .links_req = {.first = owed.next_seq}};
    return mu_output_send(client, &message, err);
}

/* -- a page -------------------------------------------------------------------------- */

/* The chain before each change that the page tells of; *out_right false when it is damaged. */
static enum mu_status stage(struct mu_client *client, const struct mu_msg_links *links,
                            bool *out_right, struct mu_error *err)
{
    uint64_t last = links->first - 1;
    *out_right = true;
    for (size_t i = 0; i < links->sealed_count && *out_right; i++) {
        struct mu_envelope_head head;
        struct mu_error why = {0};
        struct mu_hash hash;
        mu_hash_of(links->sealed[i], &hash);
        *out_right =
            mu_envelope_head_read(links->sealed[i], &head, &why) == MU_OK && head.seq > last &&
            head.seq - links->first < links->count &&
            memcmp(hash.bytes, links->hashes.data + (head.seq - links->first) * MU_HASH_LEN,
                   MU_HASH_LEN) == 0;
        if (!*out_right) {
            return MU_OK;
        }
        struct mu_stmt *stmt = NULL;
        MU_TRY(mu_queries_get(&client->local, MU_LOCAL_VOUCHER_PUT, &stmt, err));
        mu_stmt_bind_int(stmt, 1, (int64_t)head.seq);
        mu_stmt_bind_blob(stmt, 2, links->sealed[i]);
        MU_TRY(mu_stmt_run(stmt, err));
        last = head.seq;
    }
    return MU_OK;
}

static void follow(struct owed *owed, const struct mu_msg_links *links)
{
    for (size_t i = 0; i < links->count && owed->next_seq <= owed->goal_seq; i++) {
        struct mu_hash hash;
        memcpy(hash.bytes, links->hashes.data + i * MU_HASH_LEN, MU_HASH_LEN);
        owed->chain = mu_chain_next(owed->chain, owed->next_seq, hash);
        owed->next_seq++;
    }
}

/* -- the end --------------------------------------------------------------------------- */

/* The next change that waits after seq, opened; *out_found false after the last. */
static enum mu_status next_waiting(struct mu_client *client, uint64_t after,
                                   struct mu_sealed_change *out, bool *out_found,
                                   struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_VOUCHER_NEXT, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)after);
    enum mu_status status = mu_stmt_step(stmt, out_found, err);
    *out = (struct mu_sealed_change){0};
    if (status == MU_OK && *out_found) {
        out->seq = (uint64_t)mu_stmt_int(stmt, 0);
        if (!mu_arena_copy(&client->scratch, mu_stmt_blob(stmt, 1), &out->bytes)) {
            status = mu_fail(err, MU_E_NOMEM, "links");
        }
    }
    mu_stmt_reset(stmt);
    return status;
}

static enum mu_status note_waiting(struct mu_client *client, uint64_t goal_seq, bool *out_right,
                                   struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&plain, MU_MESSAGE_MAX);
    uint64_t seq = 0;
    for (;;) {
        struct mu_sealed_change sealed;
        struct mu_change change;
        struct mu_mutation mutation;
        bool found = false;
        bool fault = false;
        mu_arena_clear(&client->scratch);
        MU_TRY(next_waiting(client, seq, &sealed, &found, err));
        if (!found || sealed.seq > goal_seq) {
            return MU_OK;
        }
        enum mu_status status =
            mu_change_open(client, &sealed, &client->scratch, &plain, &change, &fault, err);
        if (status == MU_OK) {
            status = mu_mutation_decode(change.mutation, &client->scratch, &mutation, err);
            fault = status != MU_OK && status != MU_E_NOMEM;
        }
        if (fault) {
            *out_right = false;
            return MU_OK;
        }
        MU_TRY(status);
        MU_TRY(mu_vouch_note(client, &change, &mutation, err));
        seq = sealed.seq;
    }
}

/* What came by the stream meanwhile may hang on what was not known then. */
static enum mu_status note_since(struct mu_client *client, uint64_t goal_seq, struct mu_error *err)
{
    struct mu_cursor cursor;
    MU_TRY(mu_replica_cursor(client->replica, &cursor, err));
    for (uint64_t seq = goal_seq + 1; seq <= cursor.seq; seq++) {
        struct mu_change change;
        struct mu_mutation mutation;
        bool found = false;
        mu_arena_clear(&client->scratch);
        MU_TRY(mu_client_change(client, seq, &client->scratch, &change, &found, err));
        if (found) {
            MU_TRY(mu_mutation_decode(change.mutation, &client->scratch, &mutation, err));
            MU_TRY(mu_vouch_note(client, &change, &mutation, err));
        }
    }
    return MU_OK;
}

static enum mu_status begin_anew(struct mu_client *client, struct owed *owed, const char *why,
                                 struct mu_error *err)
{
    owed->next_seq = 1;
    owed->chain = (struct mu_hash){0};
    client->session.links_ms = INT64_MAX / 2; /* not in this session */
    MU_TRY(drop_waiting(client, err));
    MU_TRY(write_owed(client, owed, err));
    return mu_output_log(client, err, "links.refused why=%s", why);
}

static enum mu_status finish(struct mu_client *client, struct owed *owed, struct mu_error *err)
{
    bool right = true;
    if (!mu_hash_equal(owed->chain, owed->goal) && !client->sabotage.no_links_check) {
        return begin_anew(client, owed, "other_history", err);
    }
    MU_TRY(note_waiting(client, owed->goal_seq, &right, err));
    if (!right) {
        return begin_anew(client, owed, "unreadable", err);
    }
    MU_TRY(note_since(client, owed->goal_seq, err));
    MU_TRY(drop_waiting(client, err));
    MU_TRY(mu_replica_meta_set(client->replica, META_LINKS, (struct mu_slice){0}, err));
    client->sealed_due = true;
    return mu_output_log(client, err, "links.done seq=%llu", (unsigned long long)owed->goal_seq);
}

enum mu_status mu_links_take(struct mu_client *client, const struct mu_msg_links *links,
                             struct mu_error *err)
{
    struct owed owed;
    bool any = false;
    bool right = false;
    MU_TRY(read_owed(client, &owed, &any, err));
    if (!any || client->session.state != MU_SESSION_OPEN || links->first != owed.next_seq ||
        links->count == 0) {
        return MU_OK;
    }
    MU_TRY(stage(client, links, &right, err));
    if (!right) {
        return begin_anew(client, &owed, "damaged", err);
    }
    follow(&owed, links);
    if (owed.next_seq > owed.goal_seq) {
        return finish(client, &owed, err);
    }
    client->session.links_ms = 0;
    return write_owed(client, &owed, err);
}
