#include "client/core/keyring.h"

#include "client/core/inside.h"
#include "client/core/output.h"
#include "common/seal/secret.h"
#include "common/seal/wrap.h"

enum mu_status mu_keyring_get(struct mu_client *client, uint32_t epoch,
                              const struct mu_epoch_key **out_key, bool *out_found,
                              struct mu_error *err)
{
    *out_found = epoch != 0 && client->key_epoch == epoch;
    if (!*out_found) {
        client->key_epoch = 0;
        MU_TRY(mu_outbox_key(&client->outbox, epoch, &client->key, out_found, err));
        client->key_epoch = *out_found ? epoch : 0;
    }
    *out_key = &client->key;
    return MU_OK;
}

static enum mu_status take_one(struct mu_client *client, const struct mu_wrapped_key *wrapped,
                               struct mu_error *err)
{
    uint32_t epoch = 0;
    struct mu_epoch_key key;
    struct mu_error why = {0};
    const struct mu_epoch_key *held = NULL;
    bool found = false;
    MU_TRY(mu_keyring_get(client, wrapped->epoch, &held, &found, err));
    if (found) {
        return MU_OK;
    }
    enum mu_status status = mu_epoch_unwrap(wrapped->bytes, &client->keys, client->file->server_box,
                                            client->workspace, &epoch, &key, &why);
    if (status != MU_OK || epoch != wrapped->epoch || epoch == 0) {
        return mu_output_log(client, err, "key.unreadable epoch=%u", (unsigned)wrapped->epoch);
    }
    status = mu_outbox_key_add(&client->outbox, epoch, &key, err);
    mu_wipe(&key, sizeof key);
    return status;
}

enum mu_status mu_keyring_take(struct mu_client *client, const struct mu_wrapped_key *keys,
                               size_t count, struct mu_error *err)
{
    for (size_t i = 0; i < count; i++) {
        MU_TRY(take_one(client, &keys[i], err));
    }
    return MU_OK;
}

enum mu_status mu_keyring_ask(struct mu_client *client, struct mu_error *err)
{
    if (client->session.keys_asked) {
        return MU_OK;
    }
    const struct mu_message ask = {.kind = MU_MSG_KEYS};
    MU_TRY(mu_output_send(client, &ask, err));
    client->session.keys_asked = true;
    client->session.keys_ms = client->turn->mono.ms;
    return MU_OK;
}
