#include "client/import/report.h"

#include "client/import/oneline.h"

struct count_row {
    const char *key;
    const char *words;
    int indent;
};

static const struct count_row count_rows[MU_COUNT_KINDS] = {
#define X(name, key, words, indent) {key, words, indent},
    MU_COUNT_MAP(X)
#undef X
};

static const char *const finding_keys[MU_FINDING_KINDS] = {
#define X(name, key) key,
    MU_FINDING_MAP(X)
#undef X
};

const struct mu_finding *mu_report_find(const struct mu_import_report *report,
                                        enum mu_finding_kind kind)
{
    for (size_t i = 0; i < report->finding_count; i++) {
        if (report->findings[i].kind == kind) {
            return &report->findings[i];
        }
    }
    return NULL;
}

const char *mu_count_key(enum mu_count_kind kind)
{
    return count_rows[kind].key;
}

const char *mu_finding_key(enum mu_finding_kind kind)
{
    return finding_keys[kind];
}

static enum mu_status append_slice(struct mu_buf *out, struct mu_slice text)
{
    return mu_buf_append(out, text.data, text.len);
}

/* A number right-aligned in width columns. */
static enum mu_status append_number(struct mu_buf *out, size_t number, size_t width)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_number(&line, number);
    for (size_t i = line.len; i < width; i++) {
        MU_TRY(mu_buf_append_byte(out, ' '));
    }
    return append_slice(out, mu_oneline_view(&line));
}

static enum mu_status append_count(const struct mu_import_report *report, size_t kind,
                                   struct mu_buf *out)
{
    int indent = count_rows[kind].indent * 2;
    MU_TRY(mu_buf_printf(out, "%*s%-*s", indent, "", 36 - indent, count_rows[kind].words));
    MU_TRY(append_number(out, report->in[kind], 12));
    if (kind != MU_COUNT_COMMENTS_CLAIMED) { /* a claim is not imported */
        MU_TRY(append_number(out, report->out[kind], 12));
    }
    return mu_buf_append_byte(out, '\n');
}

static enum mu_status append_counts(const struct mu_import_report *report, struct mu_buf *out)
{
    MU_TRY(mu_buf_printf(out, "%-36s%12s%12s\n", "", "in the file", "imported"));
    for (size_t i = 0; i < MU_COUNT_KINDS; i++) {
        bool any = report->in[i] > 0 || report->out[i] > 0;
        MU_TRY(any ? append_count(report, i, out) : MU_OK);
    }
    return MU_OK;
}

static enum mu_status append_finding(const struct mu_finding *finding, size_t detail_max,
                                     struct mu_buf *out)
{
    MU_TRY(append_slice(out, finding->text));
    MU_TRY(mu_buf_append_byte(out, '\n'));
    size_t shown = 0;
    for (; shown < finding->detail_count && shown < detail_max; shown++) {
        MU_TRY(mu_buf_append_str(out, "  "));
        MU_TRY(append_slice(out, finding->details[shown]));
        MU_TRY(mu_buf_append_byte(out, '\n'));
    }
    if (shown > 0 && shown < finding->detail_total) {
        MU_TRY(mu_buf_append_str(out, "  and "));
        MU_TRY(append_number(out, finding->detail_total - shown, 0));
        MU_TRY(mu_buf_append_str(out, " more\n"));
    }
    return MU_OK;
}

enum mu_status mu_report_text(const struct mu_import_report *report, size_t detail_max,
                              struct mu_buf *out)
{
    MU_TRY(append_counts(report, out));
    for (size_t i = 0; i < report->finding_count; i++) {
        MU_TRY(append_finding(&report->findings[i], detail_max, out));
    }
    return MU_OK;
}

static enum mu_status append_json_byte(struct mu_buf *out, uint8_t byte)
{
    bool plain = byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f;
    return plain ? mu_buf_append_byte(out, byte) : mu_buf_printf(out, "\\u%04x", (unsigned)byte);
}

static enum mu_status append_json_text(struct mu_buf *out, struct mu_slice text)
{
    MU_TRY(mu_buf_append_byte(out, '"'));
    for (size_t i = 0; i < text.len; i++) {
        MU_TRY(append_json_byte(out, text.data[i]));
    }
    return mu_buf_append_byte(out, '"');
}

static enum mu_status append_json_counts(struct mu_buf *out, const char *key,
                                         const size_t counts[static MU_COUNT_KINDS])
{
    MU_TRY(mu_buf_printf(out, "\"%s\":{", key));
    for (size_t i = 0; i < MU_COUNT_KINDS; i++) {
        MU_TRY(mu_buf_printf(out, "%s\"%s\":%zu", i == 0 ? "" : ",", count_rows[i].key, counts[i]));
    }
    return mu_buf_append_byte(out, '}');
}

static enum mu_status append_json_finding(struct mu_buf *out, const struct mu_finding *finding)
{
    MU_TRY(mu_buf_printf(out, "{\"kind\":\"%s\",\"count\":%zu,\"text\":",
                         finding_keys[finding->kind], finding->count));
    MU_TRY(append_json_text(out, finding->text));
    MU_TRY(mu_buf_append_str(out, ",\"details\":["));
    for (size_t i = 0; i < finding->detail_count; i++) {
        MU_TRY(mu_buf_append_str(out, i == 0 ? "" : ","));
        MU_TRY(append_json_text(out, finding->details[i]));
    }
    return mu_buf_append_str(out, "]}");
}

enum mu_status mu_report_json(const struct mu_import_report *report, struct mu_buf *out)
{
    MU_TRY(mu_buf_append_byte(out, '{'));
    MU_TRY(append_json_counts(out, "in", report->in));
    MU_TRY(mu_buf_append_byte(out, ','));
    MU_TRY(append_json_counts(out, "out", report->out));
    MU_TRY(mu_buf_append_str(out, ",\"findings\":["));
    for (size_t i = 0; i < report->finding_count; i++) {
        MU_TRY(mu_buf_append_str(out, i == 0 ? "" : ","));
        MU_TRY(append_json_finding(out, &report->findings[i]));
    }
    return mu_buf_append_str(out, "]}");
}
