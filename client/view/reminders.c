#include "client/view/reminders.h"

#include <stdlib.h>

#include "client/view/blockers.h"
#include "client/view/promises.h"
#include "client/view/rows.h"
#include "client/view/slot_words.h"
#include "client/view/text.h"
#include "common/model/domain.h"
#include "common/model/rhythm.h"
#include "common/seal/hash.h"

#define MINUTE_MS        INT64_C(60000)
#define REMINDER_DEFAULT 15
#define TEXT_MAX         2048
#define ESCALATE_DAYS    45 /* 30 working days at the most, and their weekends */

static const char SQL_NUDGES[] = "SELECT id, from_person, text, at FROM nudge"
                                 " WHERE to_person = ?1 AND at > ?2 ORDER BY at, id";

struct teller {
    struct mu_db *db;
    const struct mu_calendar *calendar;
    const struct mu_schedules *schedules;
    const struct mu_names *names;
    const struct mu_notice_query *query;
    const struct mu_calendar_person *self;
    struct mu_arena *arena;
    struct mu_list notices;
    struct mu_error *err;
};

const char *mu_notice_kind_name(enum mu_notice_kind kind)
{
    static const char *const names[] = {"?", "checkin", "nudge", "escalation", "digest"};
    return kind >= MU_NOTICE_CHECKIN && kind <= MU_NOTICE_DIGEST ? names[kind] : names[0];
}

/* When it may be said: at once, or when the quiet hours end. */
static int64_t after_quiet(const struct teller *teller, int64_t at_ms)
{
    int64_t until_ms = 0;
    return mu_person_is_quiet(teller->self, at_ms, &until_ms) ? until_ms : at_ms;
}

static bool is_due(const struct teller *teller, int64_t at_ms)
{
    return at_ms > teller->query->since_ms && at_ms <= teller->query->now_ms;
}

static enum mu_status add(struct teller *teller, enum mu_notice_kind kind, int64_t at_ms,
                          struct mu_id about, const struct mu_buf *text)
{
    struct mu_notice *notice = mu_list_add(&teller->notices);
    if (notice == NULL || !mu_arena_copy(teller->arena, mu_buf_view(text), &notice->text)) {
        return mu_fail(teller->err, MU_E_NOMEM, "reminders: out of memory");
    }
    notice->kind = kind;
    notice->at_ms = at_ms;
    notice->about = about;
    return MU_OK;
}

static struct mu_id slot_id(const struct mu_slot *slot)
{
    return mu_checkin_id(mu_id_derive, slot->schedule->id, slot->person->id, slot->day);
}

static enum mu_status put_minute(struct mu_buf *out, const struct mu_calendar_person *person,
                                 int64_t at_ms)
{
    return mu_words_minute(out, mu_person_local(person, at_ms).second / 60);
}

/* -- own slots ---------------------------------------------------------------------- */

/* The last of the slot's reminders that is due and was not said; 0: none. */
static int64_t last_reminder(const struct teller *teller, const struct mu_slot *slot)
{
    int32_t minutes[MU_REMINDERS_MAX] = {REMINDER_DEFAULT};
    size_t count = 1;
    struct mu_error ignored;
    int64_t last = 0;
    if (slot->version->reminders.len > 0 &&
        mu_reminders_parse(slot->version->reminders, minutes, &count, &ignored) != MU_OK) {
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        int64_t at = after_quiet(teller, slot->times.due_ms - minutes[i] * MINUTE_MS);
        last = is_due(teller, at) && at > last ? at : last;
    }
    return last;
}

static enum mu_status tell_slot(struct teller *teller, const struct mu_slot *slot)
{
    bool waits = slot->expected && (slot->state == MU_SLOT_OPEN || slot->state == MU_SLOT_DUE ||
                                    slot->state == MU_SLOT_SCHEDULED);
    int64_t at = waits ? last_reminder(teller, slot) : 0;
    if (at == 0) {
        return MU_OK;
    }
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, TEXT_MAX);
    bool over = slot->state == MU_SLOT_DUE;
    MU_TRY(mu_show(&text, slot->schedule->name, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_str(&text, over ? " was due at " : ": due at "));
    MU_TRY(put_minute(&text, slot->person, slot->times.due_ms));
    if (over) {
        MU_TRY(mu_buf_append_str(&text, ", grace until "));
        MU_TRY(put_minute(&text, slot->person, slot->times.grace_ms));
    }
    MU_TRY(mu_buf_append_str(&text, " \xc2\xb7 muster checkin"));
    return add(teller, MU_NOTICE_CHECKIN, at, slot_id(slot), &text);
}

static enum mu_status tell_own_slots(struct teller *teller)
{
    int64_t today = mu_person_day(teller->self, teller->query->now_ms);
    const struct mu_slot_query query = {.person = &teller->query->self,
                                        .from_day = today - 1,
                                        .to_day = today + 7, /* reminders lead by a week at most */
                                        .now_ms = teller->query->now_ms};
    struct mu_slots slots;
    MU_TRY(mu_slots_load(teller->db, teller->calendar, teller->schedules, &query, teller->arena,
                         &slots, teller->err));
    for (size_t i = 0; i < slots.count; i++) {
        MU_TRY(tell_slot(teller, &slots.list[i]));
    }
    return MU_OK;
}

/* -- nudges ----------------------------------------------------------------------------- */

struct nudge {
    struct mu_id id, from;
    struct mu_slice text;
    int64_t at_ms;
};

static bool take_nudge(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct nudge *nudge = mu_list_add(&rows->list);
    if (nudge == NULL) {
        return false;
    }
    nudge->id = mu_stmt_id(stmt, 0);
    nudge->from = mu_stmt_id(stmt, 1);
    nudge->at_ms = mu_stmt_int(stmt, 3);
    return mu_rows_text(rows, stmt, 2, &nudge->text);
}

static void bind_nudges(const void *by, struct mu_stmt *stmt)
{
    const struct mu_notice_query *query = by;
    mu_stmt_bind_id(stmt, 1, query->self);
    mu_stmt_bind_int(stmt, 2, query->now_ms - MU_NUDGE_FRESH_MS);
}

static bool was_given(const struct mu_notice_query *query, struct mu_id nudge)
{
    for (size_t i = 0; i < query->given_count; i++) {
        if (mu_id_equal(query->given[i], nudge)) {
            return true;
        }
    }
    return false;
}

/* A nudge is told when this device comes to know of it, however long it was on its way. */
static enum mu_status tell_nudges(struct teller *teller)
{
    struct mu_rows rows = {.db = teller->db, .arena = teller->arena};
    int64_t until_ms = 0;
    MU_TRY(mu_rows_read(&rows, SQL_NUDGES, sizeof(struct nudge), bind_nudges, teller->query,
                        take_nudge, teller->err));
    if (mu_person_is_quiet(teller->self, teller->query->now_ms, &until_ms)) {
        return MU_OK;
    }
    const struct nudge *nudges = rows.list.items;
    for (size_t i = 0; i < rows.list.count; i++) {
        if (was_given(teller->query, nudges[i].id)) {
            continue;
        }
        MU_BUF_AUTO struct mu_buf text;
        mu_buf_init(&text, TEXT_MAX);
        MU_TRY(mu_words_person(&text, teller->names, nudges[i].from));
        MU_TRY(mu_buf_append_str(&text, nudges[i].text.len > 0 ? ": " : " asks how it goes"));
        MU_TRY(mu_show(&text, mu_show_cut(nudges[i].text, 300), MU_SHOW_ONE_LINE));
        MU_TRY(add(teller, MU_NOTICE_NUDGE, nudges[i].at_ms, nudges[i].id, &text));
    }
    return MU_OK;
}

/* -- escalation ---------------------------------------------------------------------------- */

static bool is_told(const struct teller *teller, const struct mu_slot *slot)
{
    const struct mu_schedule_version *version = slot->version;
    return slot->state == MU_SLOT_MISSED && slot->expected && version->escalate_after > 0 &&
           !mu_id_equal(slot->person->id, teller->query->self) &&
           (mu_id_is_zero(version->escalate_to)
                ? teller->self->role == MU_ROLE_LEAD
                : mu_id_equal(version->escalate_to, teller->query->self));
}

static enum mu_status tell_miss(struct teller *teller, const struct mu_slot *slot)
{
    int64_t day = mu_calendar_workday_after(teller->calendar, teller->self, slot->day,
                                            slot->version->escalate_after);
    int64_t at =
        after_quiet(teller, mu_person_instant(teller->self, day, teller->self->day_start_minute));
    if (!is_due(teller, at)) {
        return MU_OK;
    }
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, TEXT_MAX);
    MU_TRY(mu_words_person(&text, teller->names, slot->person->id));
    MU_TRY(mu_buf_append_str(&text, " missed "));
    MU_TRY(mu_show(&text, slot->schedule->name, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_str(&text, " on "));
    MU_TRY(mu_words_day(&text, slot->day, day));
    return add(teller, MU_NOTICE_ESCALATION, at, slot_id(slot), &text);
}

static bool any_escalates(const struct teller *teller)
{
    for (size_t i = 0; i < teller->schedules->count; i++) {
        const struct mu_schedule *schedule = &teller->schedules->list[i];
        for (size_t j = 0; j < schedule->version_count; j++) {
            const struct mu_schedule_version *version = &schedule->versions[j];
            if (version->escalate_after > 0 &&
                (teller->self->role == MU_ROLE_LEAD ||
                 mu_id_equal(version->escalate_to, teller->query->self))) {
                return true;
            }
        }
    }
    return false;
}

static enum mu_status tell_misses(struct teller *teller)
{
    int64_t today = mu_person_day(teller->self, teller->query->now_ms);
    const struct mu_slot_query query = {
        .from_day = today - ESCALATE_DAYS, .to_day = today, .now_ms = teller->query->now_ms};
    struct mu_slots slots;
    if (!any_escalates(teller)) {
        return MU_OK;
    }
    MU_TRY(mu_slots_load(teller->db, teller->calendar, teller->schedules, &query, teller->arena,
                         &slots, teller->err));
    for (size_t i = 0; i < slots.count; i++) {
        MU_TRY(is_told(teller, &slots.list[i]) ? tell_miss(teller, &slots.list[i]) : MU_OK);
    }
    return MU_OK;
}

/* -- the digest ------------------------------------------------------------------------------ */

static enum mu_status put_part(struct mu_buf *text, size_t count, const char *one, const char *many)
{
    if (count == 0) {
        return MU_OK;
    }
    MU_TRY(mu_buf_append_str(text, text->len > 0 ? " \xc2\xb7 " : "Today: "));
    return mu_words_count(text, count, one, many);
}

static enum mu_status count_promises(struct teller *teller, int64_t today, size_t *out_open)
{
    const struct mu_books books = {.db = teller->db,
                                   .calendar = teller->calendar,
                                   .now_ms = teller->query->now_ms,
                                   .arena = teller->arena};
    const struct mu_promise_filter filter = {
        .person = teller->query->self, .from_day = mu_week_monday(today), .to_day = today};
    struct mu_promise *promises = NULL;
    size_t count = 0;
    MU_TRY(mu_promises_load(&books, &filter, &promises, &count, teller->err));
    *out_open = 0;
    for (size_t i = 0; i < count; i++) {
        *out_open += promises[i].state == MU_PROMISE_OPEN ? 1 : 0;
    }
    return MU_OK;
}

static enum mu_status count_blockers(struct teller *teller, size_t *out_open)
{
    const struct mu_books books = {.db = teller->db,
                                   .calendar = teller->calendar,
                                   .now_ms = teller->query->now_ms,
                                   .arena = teller->arena};
    const struct mu_blocker_filter filter = {.open = true, .needs = teller->query->self};
    struct mu_blocker *blockers = NULL;
    return mu_blockers_load(&books, &filter, &blockers, out_open, teller->err);
}

static enum mu_status tell_digest(struct teller *teller)
{
    int64_t today = mu_person_day(teller->self, teller->query->now_ms);
    int64_t at =
        after_quiet(teller, mu_person_instant(teller->self, today, teller->self->day_start_minute));
    if (!is_due(teller, at) ||
        mu_calendar_day(teller->calendar, teller->self, today).kind != MU_DAY_WORK) {
        return MU_OK;
    }
    const struct mu_slot_query query = {.person = &teller->query->self,
                                        .from_day = today,
                                        .to_day = today,
                                        .now_ms = teller->query->now_ms};
    struct mu_slots slots;
    size_t waiting = 0;
    size_t promises = 0;
    size_t blockers = 0;
    MU_TRY(mu_slots_load(teller->db, teller->calendar, teller->schedules, &query, teller->arena,
                         &slots, teller->err));
    for (size_t i = 0; i < slots.count; i++) {
        waiting += slots.list[i].expected && slots.list[i].checkin == NULL ? 1 : 0;
    }
    MU_TRY(count_promises(teller, today, &promises));
    MU_TRY(count_blockers(teller, &blockers));
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, TEXT_MAX);
    MU_TRY(put_part(&text, waiting, "check-in", "check-ins"));
    MU_TRY(put_part(&text, promises, "promise", "promises"));
    MU_TRY(put_part(&text, blockers, "blocker waits for you", "blockers wait for you"));
    return text.len > 0 ? add(teller, MU_NOTICE_DIGEST, at, (struct mu_id){{0}}, &text) : MU_OK;
}

/* -- the whole --------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const struct mu_notice *left = a;
    const struct mu_notice *right = b;
    if (left->at_ms != right->at_ms) {
        return left->at_ms < right->at_ms ? -1 : 1;
    }
    return (int)left->kind - (int)right->kind;
}

enum mu_status mu_notices_load(struct mu_db *db, const struct mu_calendar *calendar,
                               const struct mu_schedules *schedules, const struct mu_names *names,
                               const struct mu_notice_query *query, struct mu_arena *arena,
                               struct mu_notice **out, size_t *out_count, struct mu_error *err)
{
    struct teller teller = {.db = db,
                            .calendar = calendar,
                            .schedules = schedules,
                            .names = names,
                            .query = query,
                            .self = mu_calendar_find(calendar, query->self),
                            .arena = arena,
                            .err = err};
    mu_list_init(&teller.notices, arena, sizeof(struct mu_notice));
    if (teller.self != NULL && teller.self->state == MU_PERSON_ACTIVE) {
        MU_TRY(tell_own_slots(&teller));
        MU_TRY(tell_nudges(&teller));
        MU_TRY(tell_misses(&teller));
        MU_TRY(tell_digest(&teller));
    }
    if (teller.notices.count > 1) {
        qsort(teller.notices.items, teller.notices.count, sizeof(struct mu_notice), by_time);
    }
    *out = teller.notices.items;
    *out_count = teller.notices.count;
    return MU_OK;
}
