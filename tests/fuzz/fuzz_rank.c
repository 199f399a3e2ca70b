/* Order keys: between any two there is a third, or the maker is asked to rebalance. */
#include "common/model/rank.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_slice input = mu_slice_of(data, size);
    struct mu_slice below = fuzz_part(&input);
    struct mu_slice above = fuzz_part(&input);
    struct mu_rank rank;
    enum mu_status status = mu_rank_between(below, above, &rank);
    if (status != MU_OK) {
        MU_ASSERT(status == MU_E_LIMIT);
        return 0;
    }
    struct mu_slice key = mu_rank_view(&rank);
    MU_ASSERT(mu_rank_valid(key));
    MU_ASSERT(below.len == 0 || (mu_rank_valid(below) && mu_slice_compare(below, key) < 0));
    MU_ASSERT(above.len == 0 || (mu_rank_valid(above) && mu_slice_compare(key, above) < 0));
    return 0;
}
