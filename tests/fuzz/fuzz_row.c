/* Rows in canonical bytes: what is read is written as it was, byte for byte. */
#include "common/model/row.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MU_ARENA_AUTO struct mu_arena arena;
    MU_BUF_AUTO struct mu_buf written;
    mu_arena_init(&arena, size * 64 + 4096);
    mu_buf_init(&written, size);
    struct mu_reader reader = mu_reader_of(mu_slice_of(data, size));
    while (!mu_reader_at_end(&reader)) {
        const uint8_t *start = reader.at;
        struct mu_row row;
        enum mu_status status = mu_row_decode(&reader, &arena, &row);
        MU_ASSERT(status == MU_OK || status == MU_E_CORRUPT);
        if (status != MU_OK) {
            break;
        }
        mu_buf_clear(&written);
        MU_ASSERT(mu_row_encode(&row, &written) == MU_OK);
        MU_ASSERT(
            mu_slice_equal(mu_buf_view(&written), mu_slice_of(start, (size_t)(reader.at - start))));
        for (size_t i = 0; i < row.count; i++) {
            struct mu_error err = {0};
            enum mu_status value =
                mu_value_check(row.entity, row.cells[i].field, row.cells[i].value, &err);
            if (value != MU_OK) {
                fuzz_check_error(value, &err);
            }
        }
    }
    return 0;
}
