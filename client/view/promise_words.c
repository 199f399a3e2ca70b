/* Promises in words and in JSON. */
#include "client/view/promises.h"
#include "client/view/text.h"
#include "client/view/value_words.h"

#define DOT         " \xc2\xb7 "
#define TITLE_WIDTH 48

const char *mu_promise_state_name(enum mu_promise_state state)
{
    static const char *const names[] = {"?",      "open",         "kept",    "late",
                                        "missed", "renegotiated", "excused", "released"};
    return names[state >= MU_PROMISE_OPEN && state <= MU_PROMISE_RELEASED ? state : 0];
}

enum mu_status mu_words_period(struct mu_buf *out, struct mu_period period,
                               const struct mu_viewpoint *from)
{
    int64_t today = mu_date_to_days(mu_zone_local(from->zone, from->now).date);
    struct mu_due due = {.date = mu_date_from_days(period.day)};
    if (period.kind == MU_PERIOD_WEEK) {
        int64_t week = mu_period_of(MU_PERIOD_WEEK, today).day;
        if (period.day == week || period.day == week + 7) {
            return mu_buf_append_str(out, period.day == week ? "this week" : "next week");
        }
        if (period.day == week - 7) {
            return mu_buf_append_str(out, "last week");
        }
        MU_TRY(mu_buf_append_str(out, "week of "));
    } else if (period.kind == MU_PERIOD_MONTH) {
        MU_TRY(mu_buf_append_str(out, "month of "));
    } else if (period.day >= today - 1 && period.day <= today + 1) {
        return mu_buf_append_str(out, period.day == today  ? "today"
                                      : period.day < today ? "yesterday"
                                                           : "tomorrow");
    }
    return mu_words_due(out, &due, MU_DUE_PLAIN, from);
}

static enum mu_status put_state(struct mu_buf *out, const struct mu_promise *promise,
                                const struct mu_viewpoint *from)
{
    const struct mu_promise_facts *facts = &promise->facts;
    MU_TRY(mu_buf_append_str(out, DOT));
    switch (promise->state) {
    case MU_PROMISE_OPEN:
        MU_TRY(mu_buf_append_str(out, promise->overdue ? "overdue, was due " : "due "));
        return mu_words_until(out, facts->due_ms, from);
    case MU_PROMISE_KEPT:
    case MU_PROMISE_LATE:
        MU_TRY(mu_buf_printf(out, "%s, done ", mu_promise_state_name(promise->state)));
        return mu_words_when(out, facts->done_ms, from);
    case MU_PROMISE_EXCUSED:
        MU_TRY(mu_buf_append_str(out, "excused"));
        if (facts->stored != MU_COMMITMENT_EXCUSED) {
            return mu_buf_append_str(out, promise->by_absence ? ": away" : ": blocked by another");
        }
        return MU_OK;
    case MU_PROMISE_MISSED:
        return mu_buf_append_str(out, facts->stored == MU_COMMITMENT_RENEGOTIATED
                                          ? "missed: moved after its horizon"
                                          : "missed");
    case MU_PROMISE_RENEGOTIATED:
    case MU_PROMISE_RELEASED:
        break;
    }
    return mu_buf_append_str(out, mu_promise_state_name(promise->state));
}

enum mu_status mu_words_promise(struct mu_buf *out, const struct mu_promise *promise,
                                const struct mu_viewpoint *from)
{
    if (promise->task_ref[0] != '\0') {
        MU_TRY(mu_buf_printf(out, "%s ", promise->task_ref));
    }
    MU_TRY(mu_words_quote(
        out, mu_id_is_zero(promise->quota) ? promise->title : mu_slice_str("quota"), TITLE_WIDTH));
    MU_TRY(mu_buf_append_str(out, DOT));
    MU_TRY(mu_words_period(out, promise->period, from));
    MU_TRY(put_state(out, promise, from));
    if (promise->reason.len > 0) {
        MU_TRY(mu_buf_append_str(out, ": "));
        MU_TRY(mu_words_quote(out, promise->reason, TITLE_WIDTH));
    }
    if (promise->carried > 0) {
        MU_TRY(mu_buf_append_str(out, DOT "carried "));
        MU_TRY(mu_words_count(out, promise->carried, "time", "times"));
    }
    return promise->pending ? mu_buf_append_str(out, DOT "waiting") : MU_OK;
}

static void row_json(struct mu_json *json, const char *name, struct mu_id id)
{
    char handle[MU_HANDLE_LEN + 1];
    if (mu_id_is_zero(id)) {
        mu_json_null(json, name);
    } else {
        mu_id_handle(id, handle);
        mu_json_str(json, name, handle);
    }
}

void mu_promise_json(struct mu_json *json, const char *name, const struct mu_promise *promise,
                     const struct mu_names *names)
{
    const struct mu_promise_facts *facts = &promise->facts;
    mu_json_object(json, name);
    mu_json_str(json, "ref", promise->ref);
    mu_json_id(json, "id", promise->id);
    mu_person_json(json, "person", promise->person, names);
    if (promise->task_ref[0] != '\0') {
        mu_json_str(json, "task", promise->task_ref);
    } else {
        mu_json_null(json, "task");
    }
    mu_json_text(json, "title", promise->title);
    mu_json_str(json, "period_kind", promise->period.kind == MU_PERIOD_WEEK ? "week" : "day");
    mu_json_int(json, "period", promise->period.day);
    mu_json_day(json, "period_from", promise->period.day);
    mu_json_str(json, "state", mu_promise_state_name(promise->state));
    mu_json_bool(json, "overdue", promise->overdue);
    mu_json_instant(json, "promised_at", promise->promised_ms);
    mu_json_instant(json, "horizon_at", facts->horizon_ms);
    mu_json_instant(json, "due_at", facts->due_ms);
    mu_json_instant(json, "grace_until", facts->grace_ms);
    mu_json_instant(json, "done_at", facts->done_ms);
    mu_json_int(json, "carried", promise->carried);
    row_json(json, "supersedes", promise->supersedes);
    row_json(json, "successor", promise->successor);
    mu_json_text(json, "reason", promise->reason);
    mu_json_bool(json, "pending", promise->pending);
    mu_json_close(json);
}
