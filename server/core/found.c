/* Founding: the first change of a workspace, signed by the server itself. */
#include "common/seal/hash.h"
#include "common/seal/invite.h"
#include "common/seal/secret.h"
#include "common/seal/sign.h"
#include "server/core/open.h"

#define DAY_END 1020 /* 17:00 */

static const struct {
    const char *name;
    enum mu_column_kind kind;
} columns[] = {
    {"Backlog", MU_KIND_BACKLOG}, {"To do", MU_KIND_TODO}, {"Doing", MU_KIND_DOING},
    {"Review", MU_KIND_REVIEW},   {"Done", MU_KIND_DONE},
};

/* An operation under way; once an argument did not fit, it stays failed. */
struct draft {
    struct mu_intent *intent;
    struct mu_arena *arena;
    struct mu_op *op;
    bool full;
};

static void op(struct draft *draft, uint32_t entity, struct mu_id row)
{
    draft->op = mu_intent_op(draft->intent, draft->arena, entity, row);
    draft->full |= draft->op == NULL;
}

static void arg(struct draft *draft, uint32_t field, struct mu_value value)
{
    draft->full = draft->full || !mu_op_arg(draft->op, draft->arena, field, value);
}

static void text(struct draft *draft, uint32_t field, const char *value)
{
    arg(draft, field, mu_bytes(mu_slice_str(value)));
}

static void id(struct draft *draft, uint32_t field, struct mu_id value)
{
    arg(draft, field, mu_id_value(&value)); /* copied by the operation */
}

static void draft_team(struct draft *draft, const struct mu_founding *founding,
                       struct mu_server *server)
{
    op(draft, MU_TEAM, server->head.workspace);
    text(draft, MU_TEAM_NAME, founding->team);
    text(draft, MU_TEAM_ZONE, founding->zone);
    arg(draft, MU_TEAM_DAY_END, mu_int(DAY_END));
    arg(draft, MU_TEAM_AUTO_ACCEPT, mu_int(0));
    arg(draft, MU_TEAM_CREATED_AT, mu_int(server->now_ms));
}

static void draft_board(struct draft *draft, const struct mu_founding *founding,
                        struct mu_server *server)
{
    struct mu_entropy *entropy = server->turn->entropy;
    struct mu_id board = mu_entropy_id(entropy, server->now_ms);
    op(draft, MU_BOARD, board);
    text(draft, MU_BOARD_NAME, founding->team);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        op(draft, MU_COLUMN, mu_entropy_id(entropy, server->now_ms));
        id(draft, MU_COLUMN_BOARD, board);
        text(draft, MU_COLUMN_NAME, columns[i].name);
        arg(draft, MU_COLUMN_KIND, mu_int(columns[i].kind));
        id(draft, MU_ARG_BEFORE, (struct mu_id){{0}}); /* last */
    }
}

static void draft_lead(struct draft *draft, const struct mu_founding *founding)
{
    const struct mu_slice handle = mu_slice_str(founding->lead_handle);
    struct mu_id person = mu_id_derive("person", &handle, 1);
    struct mu_device_keys keys;
    mu_invite_keys(founding->invite_secret, &keys);
    op(draft, MU_PERSON, person);
    text(draft, MU_PERSON_HANDLE, founding->lead_handle);
    text(draft, MU_PERSON_NAME, founding->lead_name);
    arg(draft, MU_PERSON_ROLE, mu_int(MU_ROLE_LEAD));
    arg(draft, MU_PERSON_STATE, mu_int(MU_PERSON_INACTIVE));
    op(draft, MU_INVITE, mu_invite_id(keys.public.curve));
    id(draft, MU_INVITE_PERSON, person);
    arg(draft, MU_INVITE_SIGN_KEY, mu_bytes(mu_slice_of(keys.public.sign, MU_SIGN_PK_LEN)));
    arg(draft, MU_INVITE_CURVE_KEY, mu_bytes(mu_slice_of(keys.public.curve, MU_CURVE_PK_LEN)));
    arg(draft, MU_INVITE_EXPIRES_AT, mu_int(founding->invite_expires_ms));
    arg(draft, MU_INVITE_STATE, mu_int(MU_INVITE_OPEN));
    mu_device_keys_deinit(&keys);
}

static enum mu_status draft_mutation(struct mu_server *server, const struct mu_founding *founding,
                                     struct mu_mutation *out, struct mu_error *err)
{
    struct mu_arena *arena = &server->input_memory;
    *out = (struct mu_mutation){
        .id = mu_entropy_id(server->turn->entropy, server->now_ms),
        .replica = mu_entropy_id(server->turn->entropy, server->now_ms),
        .number = 1,
        .authored_ms = server->now_ms,
        .intent = {.number = MU_INTENT_TEAM_FOUND, .version = 1},
    };
    struct draft draft = {.intent = &out->intent, .arena = arena};
    draft_team(&draft, founding, server);
    draft_board(&draft, founding, server);
    draft_lead(&draft, founding);
    return draft.full ? mu_fail(err, MU_E_NOMEM, "no memory to found the workspace") : MU_OK;
}

static enum mu_status found_change(struct mu_server *server, const struct mu_founding *founding,
                                   struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf bytes;
    struct mu_mutation drafted;
    struct mu_mutation mutation;
    struct mu_sequenced done;
    uint8_t signature[MU_SIGN_LEN];
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    MU_TRY(draft_mutation(server, founding, &drafted, err));
    enum mu_status status = mu_mutation_encode(&drafted, &server->input_memory, &bytes);
    if (status != MU_OK) {
        return mu_fail(err, status, "found the workspace: %s", mu_status_text(status));
    }
    /* Read back, so that names and texts pass the checks that everybody's do. */
    MU_TRY(mu_mutation_decode(mu_buf_view(&bytes), &server->input_memory, &mutation, err));
    mu_sign(server->keys, MU_SIGN_MUTATION, mu_buf_view(&bytes), signature);
    struct mu_candidate candidate = {.mutation = &mutation,
                                     .bytes = mu_buf_view(&bytes),
                                     .signature = mu_slice_of(signature, sizeof signature)};
    mu_hash_of(candidate.bytes, &candidate.hash);
    struct mu_author author = {.role = MU_ROLE_SYSTEM};
    MU_TRY(mu_sequence(server, &author, &candidate, false, &done, err));
    if (done.verdict == MU_REJECTED) {
        return mu_fail(err, done.code, "%s", done.reason);
    }
    return MU_OK;
}

static enum mu_status found(struct mu_server *server, const struct mu_founding *founding,
                            struct mu_error *err)
{
    struct mu_entropy *entropy = server->turn->entropy;
    struct mu_log_head head = {0};
    bool there = false;
    MU_TRY(mu_log_head(server->log, &head, &there, err));
    if (there) {
        return mu_fail(err, MU_E_EXISTS, "'%s' holds a workspace already", server->db->name);
    }
    head.workspace = mu_entropy_id(entropy, server->now_ms);
    head.incarnation = mu_entropy_id(entropy, server->now_ms);
    MU_TRY(mu_log_head_set(server->log, &head, err));
    MU_TRY(
        mu_replica_meta_set(server->replica, MU_META_WORKSPACE, mu_id_view(&head.workspace), err));
    MU_TRY(mu_server_head_read(server, err));
    MU_TRY(mu_sealer_renew(server, err));
    MU_TRY(found_change(server, founding, err));
    return mu_server_stand(server, err);
}

enum mu_status mu_server_found(struct mu_db *db, const struct mu_device_keys *keys,
                               const struct mu_founding *founding, const struct mu_turn *turn,
                               struct mu_id *out_workspace, struct mu_error *err)
{
    struct mu_server *server = NULL;
    MU_TRY(mu_server_make(db, keys, &server, err));
    enum mu_status status = mu_server_begin(server, turn, err);
    if (status == MU_OK) {
        status = found(server, founding, err);
    }
    if (status == MU_OK) {
        status = mu_server_end(server, err);
    }
    if (status == MU_OK) {
        *out_workspace = server->head.workspace;
    } else {
        mu_db_rollback(db);
    }
    mu_server_close(server);
    return status;
}
