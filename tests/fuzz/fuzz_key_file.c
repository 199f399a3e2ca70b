/* The key file as it lies on a disk, and with its length and checksum made to fit. */
#include "common/seal/be.h"
#include "common/seal/keys.h"
#include "tests/fuzz/fuzz.h"

#include <sodium.h>

#define LEN_AT    9 /* behind the mark and the version */
#define CHECK_LEN 16

static void decode(struct mu_slice bytes)
{
    MU_KEY_FILE_AUTO struct mu_key_file file = {0};
    struct mu_error err = {0};
    enum mu_status status = mu_keys_decode(bytes, &file, &err);
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
        return;
    }
    MU_BUF_AUTO struct mu_buf written;
    mu_buf_init(&written, MU_KEY_FILE_LEN_MAX);
    MU_ASSERT(mu_keys_encode(&file, &written, &err) == MU_OK);
    MU_ASSERT(mu_slice_equal(mu_buf_view(&written), bytes)); /* one file has one form */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_slice input = mu_slice_of(data, size);
    uint8_t choice = fuzz_choose(&input);
    if (choice % 2 == 0 || input.len < LEN_AT + 4 + CHECK_LEN || input.len > MU_KEY_FILE_LEN_MAX) {
        decode(input);
        return 0;
    }
    uint8_t bytes[MU_KEY_FILE_LEN_MAX];
    memcpy(bytes, input.data, input.len);
    size_t body = input.len - CHECK_LEN;
    mu_be_put(bytes + LEN_AT, input.len, 4);
    MU_ASSERT(crypto_generichash(bytes + body, CHECK_LEN, bytes, body, NULL, 0) == 0);
    decode(mu_slice_of(bytes, input.len));
    return 0;
}
