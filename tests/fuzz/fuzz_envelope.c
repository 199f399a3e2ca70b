/* Sealed bytes: what nobody sealed does not open, what was sealed opens to the same, and
 * not after any byte of it changed. */
#include "common/seal/envelope.h"
#include "tests/fuzz/fuzz.h"

static const struct mu_epoch_key key = {{7, 7, 7}};

/* bytes are in the clear and become an envelope first. */
static void seal_and_open(struct mu_slice bytes)
{
    struct mu_envelope_head head = {.version = MU_ENVELOPE_VERSION, .kind = MU_ENVELOPE_CHANGE};
    head.seq = bytes.len;
    head.epoch = bytes.len > 0 ? bytes.data[0] : 0;
    uint8_t nonce[MU_NONCE_LEN] = {3};
    MU_BUF_AUTO struct mu_buf sealed;
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&sealed, bytes.len + MU_ENVELOPE_OVERHEAD);
    mu_buf_init(&plain, bytes.len);
    struct mu_error err = {0};
    MU_ASSERT(mu_envelope_seal(&head, &key, nonce, bytes, &sealed, &err) == MU_OK);
    MU_ASSERT(sealed.len == bytes.len + MU_ENVELOPE_OVERHEAD);
    MU_ASSERT(mu_envelope_open(mu_buf_view(&sealed), &key, &plain, &err) == MU_OK);
    MU_ASSERT(mu_slice_equal(mu_buf_view(&plain), bytes));

    size_t at = bytes.len > 1 ? (bytes.data[0] * (size_t)256 + bytes.data[1]) % sealed.len : 0;
    sealed.data[at] ^= 1;
    mu_buf_clear(&plain);
    fuzz_check_error(mu_envelope_open(mu_buf_view(&sealed), &key, &plain, &err), &err);
    MU_ASSERT(plain.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_slice input = mu_slice_of(data, size);
    if (fuzz_choose(&input) % 2 == 1) {
        seal_and_open(input);
        return 0;
    }
    struct mu_envelope_head head;
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&plain, size);
    struct mu_error err = {0};
    enum mu_status status = mu_envelope_head_read(input, &head, &err);
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
    }
    fuzz_check_error(mu_envelope_open(input, &key, &plain, &err), &err);
    MU_ASSERT(plain.len == 0);
    return 0;
}
