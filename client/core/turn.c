#include "client/core/inside.h"

#include "client/core/link.h"
#include "client/core/output.h"
#include "client/core/show.h"

static void begin_turn(struct mu_client *client, const struct mu_client_turn *turn)
{
    mu_arena_clear(&client->output_arena);
    mu_arena_clear(&client->turn_arena);
    mu_list_init(&client->outputs, &client->output_arena, sizeof(struct mu_client_output));
    client->turn = turn;
    client->pending_changed = false;
    client->view_changed = false;
}

/* The first turn of a process takes over what the last one that held the link wrote: that
 * session is over. */
static enum mu_status load_record(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    if (session->loaded) {
        return MU_OK;
    }
    MU_TRY(mu_record_read(client->replica, &session->record, err));
    struct mu_link_record *record = &session->record;
    if (record->link == MU_LINK_LIVE || record->link == MU_LINK_CATCHING_UP) {
        record->link = MU_LINK_OFFLINE;
        record->offline_since_ms = record->heard_ms;
        session->dirty = true;
    }
    session->loaded = true;
    return MU_OK;
}

static enum mu_status finish(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    if (mu_rebase_wanted(&client->rebase)) {
        MU_TRY(mu_rebase_run(&client->rebase, err));
        client->view_changed = true;
    }
    if (client->pending_changed) {
        struct mu_id stamp = mu_entropy_id(client->turn->entropy, client->turn->wall.ms);
        MU_TRY(mu_show_stamp(client, stamp, err));
    }
    if (session->dirty) {
        MU_TRY(mu_record_write(client->replica, &session->record, err));
        session->dirty = false;
    }
    return client->view_changed ? mu_output_add(client, MU_CLIENT_VIEW_CHANGED, err) : MU_OK;
}

static enum mu_status work(struct mu_client *client, const struct mu_client_input *inputs,
                           size_t count, struct mu_error *err)
{
    bool changed = false;
    MU_TRY(load_record(client, err));
    MU_TRY(mu_show_notice(client, &changed, err));
    client->view_changed = changed;
    MU_TRY(mu_rebase_begin(&client->rebase, client, &client->turn_arena, err));
    for (size_t i = 0; i < count; i++) {
        mu_arena_clear(&client->arena);
        MU_TRY(mu_link_input(client, &inputs[i], err));
    }
    mu_arena_clear(&client->arena);
    MU_TRY(mu_link_due(client, err));
    return finish(client, err);
}

enum mu_status mu_client_run(struct mu_client *client, const struct mu_client_turn *turn,
                             const struct mu_client_input *inputs, size_t count,
                             struct mu_client_outputs *out, struct mu_error *err)
{
    MU_TRY(mu_client_begin(client, err));
    begin_turn(client, turn);
    bool stands = false;
    enum mu_status status = work(client, inputs, count, err);
    if (status == MU_OK) {
        status = mu_client_commit(client, &stands, err);
    } else {
        mu_client_rollback(client);
    }
    if (status == MU_OK) {
        status = mu_link_committed(client, err);
    }
    if (status == MU_OK) {
        *out = (struct mu_client_outputs){.items = client->outputs.items,
                                          .count = client->outputs.count,
                                          .wake_at_ms = mu_link_wake_at(client)};
    } else if (status == MU_E_BUSY) {
        status = mu_fail(err, MU_E_INTERNAL, "a turn met a lock that it holds");
    }
    client->turn = NULL;
    return status;
}
