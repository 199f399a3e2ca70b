/* A due in canonical text has that form alone: what parses is written as it was. */
#include "common/model/due.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_due due;
    struct mu_error err = {0};
    enum mu_status status = mu_due_parse(mu_slice_of(data, size), &due, &err);
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
        return 0;
    }
    char text[MU_DUE_TEXT_MAX + 1];
    mu_due_format(&due, text);
    MU_ASSERT(mu_slice_equal(mu_slice_str(text), mu_slice_of(data, size)));
    return 0;
}
