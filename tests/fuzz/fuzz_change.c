/* Bytes of a change: what decodes means the same after encoding and decoding again. */
#include "common/wire/message.h"
#include "common/wire/mutation.h"
#include "tests/fuzz/fuzz.h"
#include "tests/harness/wire_text.h"

#define ARENA_MAX ((size_t)64 * 1024 * 1024) /* enough for whatever fits into a message */
#define TEXT_MAX  ((size_t)64 * 1024 * 1024)

static enum mu_status read(struct mu_slice bytes, struct mu_arena *arena, struct mu_buf *out_text,
                           struct mu_buf *out_again, struct mu_error *err)
{
    struct mu_change change;
    MU_TRY(mu_change_decode(bytes, arena, &change, err));
    mu_wire_text_change(&change, out_text);
    MU_ASSERT(mu_change_encode(&change, arena, out_again) == MU_OK);
    return MU_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MU_ARENA_AUTO struct mu_arena arena;
    MU_BUF_AUTO struct mu_buf text;
    MU_BUF_AUTO struct mu_buf again;
    MU_BUF_AUTO struct mu_buf text_again;
    MU_BUF_AUTO struct mu_buf third;
    mu_arena_init(&arena, ARENA_MAX);
    mu_buf_init(&text, TEXT_MAX);
    mu_buf_init(&again, MU_MESSAGE_MAX);
    mu_buf_init(&text_again, TEXT_MAX);
    mu_buf_init(&third, MU_MESSAGE_MAX);
    struct mu_error err = {0};

    enum mu_status status = read(mu_slice_of(data, size), &arena, &text, &again, &err);
    if (status != MU_OK) {
        MU_ASSERT(status != MU_E_NOMEM); /* its bounds keep it small */
        fuzz_check_error(status, &err);
        return 0;
    }
    MU_ASSERT(read(mu_buf_view(&again), &arena, &text_again, &third, &err) == MU_OK);
    MU_ASSERT(mu_slice_equal(mu_buf_view(&text), mu_buf_view(&text_again)));
    MU_ASSERT(mu_slice_equal(mu_buf_view(&again), mu_buf_view(&third)));
    return 0;
}
