#include <inttypes.h>

#include "client/view/metrics.h"

static enum mu_status put_span(struct mu_buf *out, int64_t ms)
{
    int64_t minutes = ms / 60000;
    if (minutes < 60) {
        return mu_buf_printf(out, "%" PRId64 " min", minutes);
    }
    if (minutes < INT64_C(48) * 60) {
        return mu_buf_printf(out, "%" PRId64 " h %" PRId64 " min", minutes / 60, minutes % 60);
    }
    return mu_buf_printf(out, "%" PRId64 " d %" PRId64 " h", minutes / 1440, minutes / 60 % 24);
}

static bool is_span(enum mu_metric metric)
{
    return metric != MU_METRIC_CARRIED;
}

enum mu_status mu_words_figure(struct mu_buf *out, enum mu_metric metric,
                               const struct mu_figure *figure)
{
    enum mu_metric_kind kind = mu_metric_info(metric)->kind;
    if (!mu_figure_shown(metric, figure)) {
        return mu_buf_append_str(out, kind == MU_METRIC_RATIO || figure->n == 0 ? "none yet"
                                                                                : "too few");
    }
    switch (kind) {
    case MU_METRIC_RATE:
        return mu_buf_printf(out, "%" PRId64 " of %" PRId64 " (%" PRId64 "%%)", figure->k,
                             figure->n, figure->k * 100 / figure->n);
    case MU_METRIC_RATIO:
        MU_TRY(mu_words_number(out, (uint64_t)(figure->k > 0 ? figure->k : 0)));
        MU_TRY(mu_buf_append_str(out, metric == MU_METRIC_QUOTA ? " of " : " on "));
        return mu_words_number(out, (uint64_t)figure->n);
    case MU_METRIC_COUNT:
        return mu_buf_printf(out, "%" PRId64, figure->k);
    case MU_METRIC_MEDIAN:
        MU_TRY(put_span(out, figure->k));
        return mu_buf_printf(out, " (median of %" PRId64 ")", figure->n);
    case MU_METRIC_MOST:
        if (figure->n == 0) {
            return mu_buf_append_str(out, "none");
        }
        return is_span(metric) ? put_span(out, figure->k)
                               : mu_buf_printf(out, "%" PRId64 " times", figure->k);
    }
    return MU_OK;
}

void mu_metrics_json(struct mu_json *json, const char *name, const struct mu_metrics *metrics,
                     const struct mu_names *names)
{
    const struct mu_person_name *person = mu_names_person(names, metrics->person);
    mu_json_object(json, name);
    if (person != NULL) {
        mu_json_text(json, "person", person->handle);
        mu_json_bool(json, "lead", person->role == MU_ROLE_LEAD);
    } else {
        mu_json_null(json, "person");
        mu_json_bool(json, "lead", false);
    }
    mu_json_object(json, "figures");
    for (int i = 0; i < MU_METRICS; i++) {
        const struct mu_figure *figure = &metrics->figures[i];
        mu_json_object(json, mu_metric_info((enum mu_metric)i)->key);
        bool shown = mu_figure_shown((enum mu_metric)i, figure);
        if (shown) {
            mu_json_int(json, "k", figure->k);
        } else {
            mu_json_null(json, "k");
        }
        mu_json_int(json, "n", figure->n);
        mu_json_bool(json, "shown", shown);
        mu_json_close(json);
    }
    mu_json_close(json);
    mu_json_close(json);
}
