/* Pasted text as an invite, and the bytes inside one with a checksum that fits. */
#include "common/seal/bech32m.h"
#include "common/seal/invite.h"
#include "tests/fuzz/fuzz.h"

static void decode(struct mu_slice line)
{
    MU_INVITE_AUTO struct mu_invite invite = {0};
    MU_INVITE_AUTO struct mu_invite again = {0};
    struct mu_error err = {0};
    enum mu_status status = mu_invite_decode(line, &invite, &err);
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
        return;
    }
    MU_BUF_AUTO struct mu_buf written;
    mu_buf_init(&written, MU_INVITE_LINE_MAX);
    MU_ASSERT(mu_invite_encode(&invite, &written, &err) == MU_OK);
    MU_ASSERT(mu_invite_decode(mu_buf_view(&written), &again, &err) == MU_OK);
    MU_ASSERT(mu_id_equal(invite.workspace, again.workspace));
    MU_ASSERT(strcmp(invite.endpoint, again.endpoint) == 0);
    MU_ASSERT(invite.expires_ms == again.expires_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_slice input = mu_slice_of(data, size);
    if (fuzz_choose(&input) % 2 == 0) {
        decode(input);
        return 0;
    }
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, 4096);
    if (mu_bech32m_write(MU_INVITE_PREFIX, input, &line) == MU_OK) {
        decode(mu_buf_view(&line));
    }
    return 0;
}
