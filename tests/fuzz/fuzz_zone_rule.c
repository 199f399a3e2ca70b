/* The rule in a zone file's footer: what parses has a change before and after any moment, or
 * none, and they lie where they say. */
#include "common/model/zone_rule.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_zone_rule rule;
    if (!mu_zone_rule_parse(mu_slice_of(data, size), &rule)) {
        return 0;
    }
    static const int64_t moments[] = {-62135596800, -1, 0, 1764000000, 1780000000, 253402300799};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        struct mu_zone_change last = mu_zone_rule_last(&rule, moments[i]);
        struct mu_zone_change next;
        MU_ASSERT(last.at_s <= moments[i]);
        MU_ASSERT(last.offset_s == rule.standard_s || last.offset_s == rule.summer_s);
        if (mu_zone_rule_next(&rule, moments[i], &next)) {
            MU_ASSERT(rule.has_summer && next.at_s > moments[i]);
        }
    }
    return 0;
}
