/* Text of others on its way to a terminal: nothing that a terminal could act on is left. */
#include "client/view/text.h"
#include "common/base/utf8.h"
#include "tests/fuzz/fuzz.h"

static void check_shown(struct mu_slice shown, bool lines)
{
    while (shown.len > 0) {
        uint32_t point = 0;
        size_t len = mu_utf8_next(shown, &point);
        MU_ASSERT(len > 0);
        MU_ASSERT((point >= 0x20 && point != 0x7f && (point < 0x80 || point > 0x9f)) ||
                  (lines && point == '\n'));
        MU_ASSERT(point != 0x202e && point != 0x2066 && point != 0x200b);
        shown.data += len;
        shown.len -= len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_slice input = mu_slice_of(data, size);
    uint8_t choice = fuzz_choose(&input);
    bool lines = choice % 2 == 1;
    size_t width = choice / 2;
    MU_BUF_AUTO struct mu_buf shown;
    MU_BUF_AUTO struct mu_buf fitted;
    mu_buf_init(&shown, size * 16 + 64);
    mu_buf_init(&fitted, size * 64 + 4096);
    MU_ASSERT(mu_show(&shown, input, lines ? MU_SHOW_LINES : MU_SHOW_ONE_LINE) == MU_OK);
    check_shown(mu_buf_view(&shown), lines);
    if (!lines) {
        MU_ASSERT(mu_show_fit(&fitted, mu_buf_view(&shown), width, true) == MU_OK);
        check_shown(mu_buf_view(&fitted), false);
        MU_ASSERT(mu_show_width(mu_buf_view(&fitted)) <= width);
        MU_ASSERT(mu_show_cut(mu_buf_view(&shown), width).len <= shown.len);
    }
    return 0;
}
