#include "client/cli/tokens.h"

#include <inttypes.h>
#include <string.h>

#include "client/view/text.h"
#include "common/model/when.h"

/* What stands behind front, or false. */
static bool behind(struct mu_slice text, const char *front, struct mu_slice *out_rest)
{
    size_t len = strlen(front);
    if (text.len <= len || memcmp(text.data, front, len) != 0) {
        return false;
    }
    *out_rest = mu_slice_of(text.data + len, text.len - len);
    return true;
}

static bool has_blank(struct mu_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == ' ' || text.data[i] == '\t' || text.data[i] == '\n') {
            return true;
        }
    }
    return false;
}

/* Signs with their kinds; longer ones before those they begin with. */
static const struct {
    const char *sign;
    enum mu_token_kind kind;
    enum mu_due_compare compare;
    bool may_hold_blanks; /* due:"next fri" */
} signs[] = {
    {"@", MU_TOKEN_PERSON, MU_DUE_ANY, false},       {"#", MU_TOKEN_LABEL, MU_DUE_ANY, false},
    {"^", MU_TOKEN_COLUMN, MU_DUE_ANY, false},       {"due:", MU_TOKEN_DUE, MU_DUE_AT, true},
    {"due<=", MU_TOKEN_DUE, MU_DUE_UNTIL, true},     {"due<", MU_TOKEN_DUE, MU_DUE_BEFORE, true},
    {"due>=", MU_TOKEN_DUE, MU_DUE_FROM, true},      {"due>", MU_TOKEN_DUE, MU_DUE_AFTER, true},
    {"due=", MU_TOKEN_DUE, MU_DUE_AT, true},         {"start:", MU_TOKEN_START, MU_DUE_ANY, true},
    {"state:", MU_TOKEN_STATE, MU_DUE_ANY, false},   {"goal:", MU_TOKEN_GOAL, MU_DUE_ANY, false},
    {"parent:", MU_TOKEN_PARENT, MU_DUE_ANY, false},
};

struct mu_token mu_token_of(const struct mu_arg_word *word)
{
    struct mu_slice text = mu_slice_str(word->text);
    for (size_t i = 0; !word->literal && i < sizeof signs / sizeof *signs; i++) {
        struct mu_slice rest;
        if (behind(text, signs[i].sign, &rest) && (signs[i].may_hold_blanks || !has_blank(rest))) {
            return (struct mu_token){
                .kind = signs[i].kind, .value = rest, .compare = signs[i].compare};
        }
    }
    return (struct mu_token){.kind = MU_TOKEN_TEXT, .value = text};
}

enum mu_status mu_token_date(struct mu_session *session, struct mu_slice text,
                             struct mu_due *out_due, bool *out_none, struct mu_error *err)
{
    const struct mu_when_context context = {
        .now = mu_zone_local(session->from.zone, session->from.now),
        .day_end_minute = session->from.day_end_minute};
    enum mu_when_kind kind = MU_WHEN_DUE;
    MU_TRY(mu_when_parse(text, &context, &kind, out_due, err));
    *out_none = kind == MU_WHEN_NO_DATE;
    if (!*out_none && out_due->zone[0] != '\0') {
        const struct mu_zone *zone = NULL;
        MU_TRY(mu_zone_load(out_due->zone, &session->cli->arena, &zone, err));
    }
    return MU_OK;
}

enum mu_status mu_token_state(struct mu_slice text, int *out_state, struct mu_error *err)
{
    for (int state = MU_STATE_OPEN; state <= MU_STATE_DROPPED; state++) {
        if (mu_same_word(text, mu_slice_str(mu_state_name(state)))) {
            *out_state = state;
            return MU_OK;
        }
    }
    char shown[MU_SHORT_MAX];
    return mu_fail(err, MU_E_NOT_FOUND,
                   "no state '%s': open, assigned, accepted, doing, review, done, dropped",
                   mu_show_short(text, shown));
}

/* Digits at the front of text; false for none or too many. */
static bool leading_number(const char *text, int64_t *out_number, size_t *out_len)
{
    int64_t number = 0;
    size_t len = 0;
    while (text[len] >= '0' && text[len] <= '9' && len < 16) {
        number = number * 10 + (text[len] - '0');
        len++;
    }
    *out_number = number;
    *out_len = len;
    return len > 0 && len < 16;
}

enum mu_status mu_token_span(const char *text, int64_t *out_ms, struct mu_error *err)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"ms", 1},      {"s", 1000},     {"m", 60000},
                 {"h", 3600000}, {"d", 86400000}, {"w", INT64_C(7) * 86400000}};
    int64_t number = 0;
    size_t len = 0;
    bool is_number = leading_number(text, &number, &len);
    for (size_t i = 0; is_number && number < 1000000 && i < sizeof units / sizeof *units; i++) {
        if (strcmp(text + len, units[i].name) == 0) {
            *out_ms = number * units[i].ms;
            return MU_OK;
        }
    }
    char shown[MU_SHORT_MAX];
    return mu_fail(err, MU_E_USAGE, "'%s' is no length of time: write 30s, 15m, 12h or 7d",
                   mu_show_short(mu_slice_str(text), shown));
}

enum mu_status mu_token_number(const char *text, const char *what, int64_t low, int64_t high,
                               int64_t *out_number, struct mu_error *err)
{
    int64_t number = 0;
    size_t len = 0;
    if (!leading_number(text, &number, &len) || text[len] != '\0' || number < low ||
        number > high) {
        char shown[MU_SHORT_MAX];
        return mu_fail(err, MU_E_USAGE, "%s is a number from %" PRId64 " to %" PRId64 ", not '%s'",
                       what, low, high, mu_show_short(mu_slice_str(text), shown));
    }
    *out_number = number;
    return MU_OK;
}
