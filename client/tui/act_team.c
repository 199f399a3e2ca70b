/* What people do for each other: roadblocks, promises, praise, a word to who is missing. */
#include "client/tui/act.h"

#include "client/core/sealed.h"
#include "client/tui/deed.h"
#include "client/view/promises.h"
#include "common/db/stmt.h"
#include "common/model/rhythm.h"
#include "common/seal/hash.h"

static const char SQL_NUDGED[] = "SELECT 1 FROM nudge WHERE id = ?1";

/* What promises and roadblocks are judged from.  Must not move. */
struct records {
    struct mu_calendar calendar;
    struct mu_books books;
};

static enum mu_status open_records(struct mu_desk *desk, struct records *out, struct mu_error *err)
{
    MU_TRY(mu_calendar_load(desk->db, &desk->from, NULL, &desk->frame, &out->calendar, err));
    out->books = (struct mu_books){.db = desk->db,
                                   .calendar = &out->calendar,
                                   .now_ms = desk->from.now.ms,
                                   .arena = &desk->frame};
    return MU_OK;
}

/* -- roadblocks ------------------------------------------------------------------------------ */

enum mu_status mu_act_block(struct mu_desk *desk, struct mu_id task, struct mu_slice reason,
                            struct mu_id needs, struct mu_error *err)
{
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_BLOCKER_RAISE);
    mu_deed_op(&deed, MU_BLOCKER, mu_deed_new_id(desk));
    mu_deed_put(&deed, MU_BLOCKER_REASON, mu_bytes(reason));
    mu_deed_put_id(&deed, MU_BLOCKER_TASK, task);
    if (!mu_id_is_zero(needs)) {
        mu_deed_put_id(&deed, MU_BLOCKER_NEEDS_PERSON, needs);
    }
    return mu_deed_author(&deed, err);
}

enum mu_status mu_act_blocker(struct mu_desk *desk, struct mu_id blocker, int state,
                              struct mu_slice how, struct mu_error *err)
{
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_BLOCKER_STATE);
    mu_deed_op(&deed, MU_BLOCKER, blocker);
    mu_deed_put(&deed, MU_BLOCKER_STATE, mu_int(state));
    if (how.len > 0) {
        mu_deed_put(&deed, MU_BLOCKER_HOW, mu_bytes(how));
    }
    return mu_deed_author(&deed, err);
}

enum mu_status mu_act_blockers(struct mu_desk *desk, struct mu_id task, struct mu_blocker **out,
                               size_t *out_count, struct mu_error *err)
{
    const struct mu_blocker_filter filter = {.open = true, .task = task};
    struct records records;
    MU_TRY(open_records(desk, &records, err));
    return mu_blockers_load(&records.books, &filter, out, out_count, err);
}

/* -- goals ------------------------------------------------------------------------------------ */

enum mu_status mu_act_goals(struct mu_desk *desk, struct mu_goal **out, size_t *out_count,
                            struct mu_error *err)
{
    const struct mu_goal_filter filter = {.all = false};
    struct records records;
    MU_TRY(open_records(desk, &records, err));
    return mu_goals_load(&records.books, &filter, out, out_count, err);
}

/* -- promises -------------------------------------------------------------------------------- */

enum mu_status mu_act_promise(struct mu_desk *desk, struct mu_id task, bool week,
                              struct mu_buf *echo, struct mu_error *err)
{
    struct records records;
    struct mu_world world = mu_replica_world(mu_client_replica(desk->client));
    MU_TRY(open_records(desk, &records, err));
    const struct mu_calendar_person *self = mu_books_person(&records.books, desk->self);
    struct mu_period period = mu_period_of(week ? MU_PERIOD_WEEK : MU_PERIOD_DAY,
                                           mu_person_day(self, records.books.now_ms));
    struct mu_promise_times times = mu_promise_times(&records.calendar, self, period);
    if (times.due_ms <= records.books.now_ms) {
        times.due_ms = times.grace_ms; /* after hours: what is left of the period */
    }
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_COMMITMENT_ADD);
    mu_deed_op(&deed, MU_COMMITMENT, mu_commitment_id(&world, desk->self, task, period));
    mu_deed_put_id(&deed, MU_COMMITMENT_TASK, task);
    mu_deed_put(&deed, MU_COMMITMENT_PERIOD_KIND, mu_int(period.kind));
    mu_deed_put(&deed, MU_COMMITMENT_PERIOD, mu_int(period.day));
    mu_deed_put(&deed, MU_COMMITMENT_HORIZON_AT, mu_int(times.horizon_ms));
    mu_deed_put(&deed, MU_COMMITMENT_DUE_AT, mu_int(times.due_ms));
    mu_deed_put(&deed, MU_COMMITMENT_GRACE_UNTIL, mu_int(times.grace_ms));
    mu_deed_put(&deed, MU_COMMITMENT_VIA, mu_int(MU_VIA_BOARD));
    MU_TRY(mu_deed_author(&deed, err));
    MU_TRY(mu_buf_append_str(echo, "promised for "));
    MU_TRY(mu_words_period(echo, period, &desk->from));
    MU_TRY(mu_buf_append_str(echo, ", by "));
    MU_TRY(mu_words_until(echo, times.due_ms, &desk->from));
    return mu_buf_append_str(echo, ", saved here");
}

/* -- praise, and a word ---------------------------------------------------------------------- */

enum mu_status mu_act_kudos(struct mu_desk *desk, struct mu_id to, struct mu_id task,
                            struct mu_slice text, struct mu_error *err)
{
    struct mu_world world = mu_replica_world(mu_client_replica(desk->client));
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_KUDOS_GIVE);
    struct mu_id kudos = mu_deed_new_id(desk);
    mu_deed_op(&deed, MU_KUDOS, kudos);
    mu_deed_put(&deed, MU_KUDOS_TEXT, mu_bytes(text));
    if (!mu_id_is_zero(task)) {
        mu_deed_put_id(&deed, MU_KUDOS_TASK, task);
    }
    mu_deed_op(&deed, MU_KUDOS_TO, mu_pair_id(&world, MU_KUDOS_TO, kudos, to));
    mu_deed_put_id(&deed, MU_KUDOS_TO_KUDOS, kudos);
    mu_deed_put_id(&deed, MU_KUDOS_TO_PERSON, to);
    return mu_deed_author(&deed, err);
}

enum mu_status mu_act_feedback(struct mu_desk *desk, struct mu_id to, struct mu_id task,
                               const struct mu_feedback_words *words, struct mu_error *err)
{
    struct mu_id sealed = {{0}};
    MU_BUF_AUTO struct mu_buf text;
    MU_BUF_AUTO struct mu_buf copies;
    mu_buf_init(&text, MU_SEALED_BYTES_MAX);
    mu_buf_init(&copies, MU_SEALED_BYTES_MAX);
    MU_TRY(mu_feedback_words_write(words, &text, err));
    mu_moment_deinit(&desk->moment);
    MU_TRY(mu_moment_now(&desk->moment, desk->options->zone, err));
    MU_TRY(mu_client_sealed_make(desk->client, &desk->moment.turn, to, mu_buf_view(&text), &copies,
                                 &sealed, err));
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_FEEDBACK_SEND);
    mu_deed_op(&deed, MU_SEALED, sealed);
    mu_deed_put_id(&deed, MU_SEALED_TO, to);
    mu_deed_put(&deed, MU_SEALED_BYTES, mu_bytes(mu_buf_view(&copies)));
    mu_deed_op(&deed, MU_FEEDBACK, mu_deed_new_id(desk));
    mu_deed_put_id(&deed, MU_FEEDBACK_TO, to);
    mu_deed_put(&deed, MU_FEEDBACK_VISIBILITY, mu_int(MU_VISIBLE_SEALED));
    mu_deed_put_id(&deed, MU_FEEDBACK_SEALED, sealed);
    if (mu_id_is_zero(task)) {
        const struct mu_local here = mu_zone_local(desk->from.zone, desk->from.now);
        mu_deed_put(&deed, MU_FEEDBACK_WEEK, mu_int(mu_week_monday(mu_date_to_days(here.date))));
    } else {
        mu_deed_put_id(&deed, MU_FEEDBACK_TASK, task);
    }
    return mu_deed_author(&deed, err);
}

enum mu_status mu_act_ack_checkin(struct mu_desk *desk, struct mu_id checkin, struct mu_error *err)
{
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_CHECKIN_ACK);
    mu_deed_op(&deed, MU_CHECKIN, checkin);
    return mu_deed_author(&deed, err);
}

/* The id of the next nudge of this day; of one too many that of the last. */
static enum mu_status next_nudge(struct mu_desk *desk, struct mu_id to, struct mu_id *out,
                                 struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    enum mu_status status = MU_OK;
    bool row = true;
    MU_TRY(mu_stmt_prepare(&stmt, desk->db, SQL_NUDGED, err));
    for (int64_t nth = 0; nth < MU_NUDGES_A_DAY && row && status == MU_OK; nth++) {
        *out = mu_nudge_id(mu_id_derive, desk->self, to, mu_utc_day(desk->from.now.ms), nth);
        mu_stmt_bind_id(&stmt, 1, *out);
        status = mu_stmt_step(&stmt, &row, err);
        mu_stmt_reset(&stmt);
    }
    mu_stmt_finalize(&stmt);
    if (status == MU_OK && row) {
        return mu_fail(err, MU_E_LIMIT, "three nudges a day are enough; talk to each other");
    }
    return status;
}

enum mu_status mu_act_nudge(struct mu_desk *desk, struct mu_id to, struct mu_id about,
                            struct mu_slice text, struct mu_error *err)
{
    struct mu_id id = {{0}};
    MU_TRY(next_nudge(desk, to, &id, err));
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_NUDGE_SEND);
    mu_deed_op(&deed, MU_NUDGE, id);
    mu_deed_put_id(&deed, MU_NUDGE_TO, to);
    if (!mu_id_is_zero(about)) {
        mu_deed_put_id(&deed, MU_NUDGE_ABOUT, about);
    }
    if (text.len > 0) {
        mu_deed_put(&deed, MU_NUDGE_TEXT, mu_bytes(text));
    }
    return mu_deed_author(&deed, err);
}
