/* A server that went back in time: found out, and given a lineage of its own. */
#include "server/core/inside.h"

static enum mu_status cut_sessions(struct mu_server *server, const struct mu_session *except,
                                   struct mu_error *err)
{
    for (size_t i = 0; i < server->sessions.count; i++) {
        struct mu_session *session = server->sessions.items[i];
        if (session != except && session->state != MU_SESSION_CLOSED) {
            MU_TRY(mu_out_bye(server, session, MU_E_CONFLICT,
                              "the server was restored: say hello again", err));
        }
    }
    return MU_OK;
}

enum mu_status mu_lineage_mint(struct mu_server *server, const struct mu_session *except,
                               struct mu_error *err)
{
    if (server->sabotage.no_incarnation) {
        return MU_OK;
    }
    struct mu_log_head head = server->head;
    char from[MU_ID_TEXT_LEN + 1];
    char to[MU_ID_TEXT_LEN + 1];
    bool first = mu_id_is_zero(head.parent_incarnation);
    head.parent_incarnation = head.incarnation;
    head.incarnation = mu_entropy_id(server->turn->entropy, server->now_ms);
    head.fork_seq = head.seq;
    if (first || head.fork_floor > head.seq) {
        head.fork_floor = head.seq;
    }
    head.horizon = head.seq; /* sealed under the parent's name */
    MU_TRY(mu_log_ancestor_add(server->log, head.parent_incarnation, head.fork_seq, err));
    MU_TRY(mu_log_head_set(server->log, &head, err));
    MU_TRY(mu_server_head_read(server, err));
    MU_TRY(mu_sealer_renew(server, err));
    mu_recent_clear(&server->recent);
    mu_id_text(head.parent_incarnation, from);
    mu_id_text(head.incarnation, to);
    MU_TRY(mu_out_log(server, err, "lineage.new incarnation=%s parent=%s fork=%llu", to, from,
                      (unsigned long long)head.fork_seq));
    return cut_sessions(server, except, err);
}

enum mu_status mu_lineage_leave(struct mu_server *server, struct mu_id incarnation,
                                const struct mu_session *except, struct mu_error *err)
{
    /* A later lineage than the one that the database has: what it shares with us is unknown. */
    if (!mu_id_equal(incarnation, server->head.incarnation)) {
        MU_TRY(mu_log_ancestor_add(server->log, incarnation, 0, err));
    }
    return mu_lineage_mint(server, except, err);
}

enum mu_status mu_lineage_behind(struct mu_server *server, const struct mu_server_known *known,
                                 bool *out_behind, struct mu_error *err)
{
    struct mu_hash chain;
    uint64_t fork_seq = 0;
    bool found = false;
    if (!mu_id_equal(known->incarnation, server->head.incarnation)) {
        /* Another lineage than ours, and not one we come from: a later one. */
        MU_TRY(mu_log_ancestor(server->log, known->incarnation, &fork_seq, &found, err));
        *out_behind = !found;
        return MU_OK;
    }
    if (known->seq > server->head.seq) {
        *out_behind = true;
        return MU_OK;
    }
    MU_TRY(mu_log_chain(server->log, known->seq, &chain, NULL, &found, err));
    *out_behind = found && !mu_hash_equal(chain, known->chain);
    return MU_OK;
}

/* What still stands of a history that is not a front of ours. */
static enum mu_status find_fork(struct mu_server *server, const struct mu_lineage_claim *claim,
                                uint64_t *out_fork_seq, struct mu_error *err)
{
    bool found = false;
    uint64_t fork_seq = 0;
    MU_TRY(mu_log_ancestor(server->log, claim->incarnation, &fork_seq, &found, err));
    *out_fork_seq = found && claim->cursor >= fork_seq ? fork_seq : 0;
    return MU_OK;
}

enum mu_status mu_lineage_judge(struct mu_server *server, const struct mu_lineage_claim *claim,
                                struct mu_lineage_verdict *out, struct mu_error *err)
{
    bool ours = mu_id_equal(claim->incarnation, server->head.incarnation);
    struct mu_hash chain;
    bool found = false;
    MU_TRY(mu_log_chain(server->log, claim->cursor, &chain, NULL, &found, err));
    bool shared = found && mu_hash_equal(chain, claim->chain);
    /* Too old to be compared: what it missed comes as a transfer anyway. */
    bool gone = !found && claim->cursor < server->head.horizon;
    *out = (struct mu_lineage_verdict){.same = ours && (shared || gone)};
    if (out->same) {
        return MU_OK;
    }
    if (shared) {
        out->fork_seq = claim->cursor;
        out->fork_chain = chain;
        return MU_OK;
    }
    MU_TRY(find_fork(server, claim, &out->fork_seq, err));
    MU_TRY(mu_log_chain(server->log, out->fork_seq, &out->fork_chain, NULL, &found, err));
    if (!found) {
        out->fork_seq = 0;
        out->fork_chain = (struct mu_hash){{0}};
    }
    return MU_OK;
}
