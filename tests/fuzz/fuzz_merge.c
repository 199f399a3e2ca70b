/* Three versions of a text: valid UTF-8 in, valid UTF-8 out, and what only one side changed
 * comes through. */
#include "common/base/utf8.h"
#include "common/model/text.h"
#include "tests/fuzz/fuzz.h"

#define TEXT_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_slice input = mu_slice_of(data, size);
    struct mu_text_versions versions;
    versions.base = fuzz_part(&input);
    versions.theirs = fuzz_part(&input);
    versions.mine = fuzz_part(&input);
    if (!mu_utf8_valid(versions.base) || !mu_utf8_valid(versions.theirs) ||
        !mu_utf8_valid(versions.mine)) {
        return 0;
    }
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, (size_t)64 * 1024 * 1024);
    struct mu_text_merged merged;
    MU_ASSERT(mu_text_merge(&versions, TEXT_MAX, &arena, &merged) == MU_OK);
    MU_ASSERT(mu_utf8_valid(merged.text));
    MU_ASSERT(merged.text.len <= TEXT_MAX || mu_slice_equal(merged.text, versions.theirs));
    if (versions.theirs.len <= TEXT_MAX && versions.mine.len <= TEXT_MAX) {
        if (mu_slice_equal(versions.base, versions.mine)) {
            MU_ASSERT(mu_slice_equal(merged.text, versions.theirs) && !merged.overlap);
        } else if (mu_slice_equal(versions.base, versions.theirs)) {
            MU_ASSERT(mu_slice_equal(merged.text, versions.mine) && !merged.overlap);
        }
    }
    return 0;
}
