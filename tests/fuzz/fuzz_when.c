/* A date as people write it: what is understood is a due like any other. */
#include "common/model/when.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct mu_when_context context = {
        .now = {.date = {2026, 11, 24}, .second = 13 * 3600},
        .day_end_minute = 1020,
    };
    struct mu_error err = {0};
    enum mu_when_kind kind = MU_WHEN_NO_DATE;
    struct mu_due due = {0};
    enum mu_status status = mu_when_parse(mu_slice_of(data, size), &context, &kind, &due, &err);
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
        return 0;
    }
    if (kind == MU_WHEN_DUE) {
        char text[MU_DUE_TEXT_MAX + 1];
        mu_due_format(&due, text);
        MU_ASSERT(mu_due_parse(mu_slice_str(text), &due, &err) == MU_OK);
    }
    return 0;
}
