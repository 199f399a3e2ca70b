#include "common/seal/wrap.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "common/base/check.h"
#include "common/seal/be.h"
#include "common/seal/secret.h"

#define LABEL     "mu-epoch"
#define LABEL_LEN 8
#define PLAIN_LEN (LABEL_LEN + MU_ID_LEN + 4 + MU_EPOCH_KEY_LEN)

static_assert(MU_WRAPPED_LEN == 1 + MU_NONCE_LEN + PLAIN_LEN + crypto_box_MACBYTES, "layout");
static_assert(MU_NONCE_LEN == crypto_box_NONCEBYTES, "nonce");

enum mu_status mu_epoch_wrap(const struct mu_epoch_key *key, uint32_t epoch, struct mu_id workspace,
                             const uint8_t device_box_pk[static MU_BOX_PK_LEN],
                             const struct mu_device_keys *server,
                             const uint8_t nonce[static MU_NONCE_LEN], struct mu_buf *out)
{
    uint8_t plain[PLAIN_LEN];
    memcpy(plain, LABEL, LABEL_LEN);
    memcpy(plain + 8, workspace.bytes, MU_ID_LEN);
    mu_be_put(plain + 24, epoch, 4);
    memcpy(plain + 28, key->bytes, MU_EPOCH_KEY_LEN);

    uint8_t wrapped[MU_WRAPPED_LEN];
    wrapped[0] = MU_WRAP_VERSION;
    memcpy(wrapped + 1, nonce, MU_NONCE_LEN);
    int rc = crypto_box_easy(wrapped + 1 + MU_NONCE_LEN, plain, sizeof plain, nonce, device_box_pk,
                             server->box_secret);
    mu_wipe(plain, sizeof plain);
    return rc != 0 ? MU_E_CRYPTO : mu_buf_append(out, wrapped, sizeof wrapped);
}

enum mu_status mu_epoch_unwrap(struct mu_slice wrapped, const struct mu_device_keys *device,
                               const uint8_t server_box_pk[static MU_BOX_PK_LEN],
                               struct mu_id workspace, uint32_t *out_epoch,
                               struct mu_epoch_key *out, struct mu_error *err)
{
    if (wrapped.len > 0 && wrapped.data[0] != MU_WRAP_VERSION) {
        return mu_fail(err, MU_E_VERSION, "wrapped key has version %u, this Muster reads %u",
                       (unsigned)wrapped.data[0], (unsigned)MU_WRAP_VERSION);
    }
    if (wrapped.len != MU_WRAPPED_LEN) {
        return mu_fail(err, MU_E_CORRUPT, "wrapped key has %zu bytes, not %u", wrapped.len,
                       (unsigned)MU_WRAPPED_LEN);
    }
    const uint8_t *nonce = wrapped.data + 1;
    uint8_t plain[PLAIN_LEN];
    if (crypto_box_open_easy(plain, nonce + MU_NONCE_LEN, wrapped.len - 1 - MU_NONCE_LEN, nonce,
                             server_box_pk, device->box_secret) != 0) {
        return mu_fail(
            err, MU_E_CRYPTO,
            "wrapped key does not open: changed, or not from this server to this device");
    }
    bool label_fits = memcmp(plain, LABEL, LABEL_LEN) == 0;
    bool workspace_fits = memcmp(plain + 8, workspace.bytes, MU_ID_LEN) == 0;
    if (label_fits && workspace_fits) {
        *out_epoch = (uint32_t)mu_be_get(plain + 24, 4);
        memcpy(out->bytes, plain + 28, MU_EPOCH_KEY_LEN);
    }
    mu_wipe(plain, sizeof plain);
    if (!label_fits || !workspace_fits) {
        return mu_fail(err, MU_E_CRYPTO, "wrapped key belongs to another %s",
                       label_fits ? "workspace" : "purpose");
    }
    return MU_OK;
}
