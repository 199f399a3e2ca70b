#include "client/import/plan.h"

static const struct {
    const char *key;
    const char *words;
} rows[MU_PLAN_KINDS] = {
#define X(name, key, words) {key, words},
    MU_PLAN_MAP(X)
#undef X
};

size_t mu_plan_change_count(const struct mu_plan *plan)
{
    size_t count = 0;
    for (size_t i = 0; i < MU_PLAN_KINDS; i++) {
        count += plan->counts[i].created + plan->counts[i].updated;
    }
    return count;
}

const char *mu_plan_key(enum mu_plan_kind kind)
{
    return rows[kind].key;
}

static enum mu_status append_row(const struct mu_plan *plan, size_t kind, struct mu_buf *out)
{
    const struct mu_plan_count *count = &plan->counts[kind];
    if (count->created + count->updated + count->unchanged == 0) {
        return MU_OK;
    }
    return mu_buf_printf(out, "%-24s%12zu%12zu%12zu\n", rows[kind].words, count->created,
                         count->updated, count->unchanged);
}

enum mu_status mu_plan_text(const struct mu_plan *plan, size_t detail_max, struct mu_buf *out)
{
    MU_TRY(mu_report_text(&plan->report, detail_max, out));
    MU_TRY(mu_buf_printf(out, "%-24s%12s%12s%12s\n", "", "new", "changed", "as it was"));
    for (size_t i = 0; i < MU_PLAN_KINDS; i++) {
        MU_TRY(append_row(plan, i, out));
    }
    return MU_OK;
}

enum mu_status mu_plan_json(const struct mu_plan *plan, struct mu_buf *out)
{
    MU_TRY(mu_buf_append_str(out, "{\"report\":"));
    MU_TRY(mu_report_json(&plan->report, out));
    MU_TRY(mu_buf_append_str(out, ",\"rows\":{"));
    for (size_t i = 0; i < MU_PLAN_KINDS; i++) {
        const struct mu_plan_count *count = &plan->counts[i];
        MU_TRY(mu_buf_printf(out, "%s\"%s\":{\"created\":%zu,\"updated\":%zu,\"unchanged\":%zu}",
                             i == 0 ? "" : ",", rows[i].key, count->created, count->updated,
                             count->unchanged));
    }
    return mu_buf_append_str(out, "}}");
}
