/* What a console tells of a person's check-ins and promises, as they are judged. */
#include <inttypes.h>
#include <stdio.h>

#include "client/view/console_inside.h"
#include "client/view/text.h"

#define DAY_MS     (INT64_C(24) * 60 * 60 * 1000)
#define WEEKS_DAYS 28 /* promises that are counted, by the day their period begins */
#define SLOTS_DAYS 14

/* -- times --------------------------------------------------------------------------------------
 */

static enum mu_status put_there(struct mu_buf *out, const struct mu_viewpoint *from,
                                const struct mu_calendar_person *person, int64_t at_ms)
{
    struct mu_local there = mu_person_local(person, at_ms);
    if (there.offset_s == mu_zone_local(from->zone, (struct mu_wall){at_ms}).offset_s) {
        return MU_OK;
    }
    return mu_buf_printf(out, " (%02" PRId32 ":%02" PRId32 " there)", there.second / 3600,
                         there.second / 60 % 60);
}

/* "until 09:30 (11:30 there)", after what. */
static enum mu_status put_at(struct mu_buf *out, const struct mu_console_draft *draft,
                             const struct mu_slot *slot, const char *what, int64_t at_ms)
{
    MU_TRY(mu_buf_append_str(out, what));
    MU_TRY(mu_words_when(out, at_ms, draft->query->from));
    return put_there(out, draft->query->from, slot->person, at_ms);
}

/* -- a slot -------------------------------------------------------------------------------------
 */

static enum mu_status put_written(struct mu_buf *out, const struct mu_console_draft *draft,
                                  const struct mu_slot *slot)
{
    const struct mu_checkin *checkin = slot->checkin;
    if (slot->arrived_late) {
        MU_TRY(put_at(out, draft, slot, "written ", checkin->authored_ms));
        MU_TRY(mu_buf_append_str(out, ", received "));
        MU_TRY(mu_words_when(out, checkin->received_ms, draft->query->from));
    } else {
        MU_TRY(put_at(out, draft, slot, "in ", checkin->authored_ms));
    }
    MU_TRY(mu_buf_append_str(out, slot->state == MU_SLOT_IN_GRACE ? ", within grace" : ""));
    MU_TRY(mu_buf_append_str(out, slot->state == MU_SLOT_LATE ? ", late" : ""));
    MU_TRY(mu_buf_append_str(out, checkin->uncertain ? ", clock uncertain" : ""));
    return mu_buf_append_str(out, !mu_id_is_zero(checkin->ack_by) ? ", acknowledged" : "");
}

static enum mu_status put_excuse(struct mu_buf *out, const struct mu_slot *slot)
{
    static const char *const kinds[] = {"", "on leave", "sick", "away"};
    MU_TRY(mu_buf_append_str(out, "excused"));
    if (slot->off.kind == MU_DAY_HOLIDAY && slot->off.holiday != NULL) {
        return mu_buf_append_str(out, ": holiday");
    }
    int kind = slot->off.absence != NULL ? slot->off.absence->kind : 0;
    if (kind >= 1 && kind <= MU_ABSENCE_OTHER) {
        MU_TRY(mu_buf_printf(out, ": %s", kinds[kind]));
    }
    return mu_buf_append_str(out, slot->declared_late ? ", declared late" : "");
}

static enum mu_status put_missing(struct mu_buf *out, const struct mu_console_draft *draft,
                                  const struct mu_slot *slot, const char *what)
{
    MU_TRY(mu_buf_append_str(out, what));
    if (slot->silent_since_ms > 0) {
        MU_TRY(mu_buf_append_str(out, ", no word: offline since "));
        return mu_words_when(out, slot->silent_since_ms, draft->query->from);
    }
    return MU_OK;
}

/* A slot in words and how much it needs somebody, as the viewer may know it. */
static enum mu_status put_slot(struct mu_buf *out, const struct mu_console_draft *draft,
                               const struct mu_slot *slot, enum mu_text_mark *out_mark)
{
    *out_mark = MU_MARK_PLAIN;
    switch (mu_slot_state_for(slot, draft->query->self, draft->leads)) {
    case MU_SLOT_SCHEDULED:
        *out_mark = MU_MARK_QUIET;
        return put_at(out, draft, slot, "opens ", slot->times.open_ms);
    case MU_SLOT_OPEN:
        return put_at(out, draft, slot, "open until ", slot->times.due_ms);
    case MU_SLOT_DUE:
        *out_mark = MU_MARK_WARN;
        MU_TRY(put_missing(out, draft, slot, "in grace"));
        return put_at(out, draft, slot, " until ", slot->times.grace_ms);
    case MU_SLOT_ON_TIME:
    case MU_SLOT_IN_GRACE:
        *out_mark = MU_MARK_GOOD;
        return put_written(out, draft, slot);
    case MU_SLOT_LATE:
        *out_mark = MU_MARK_WARN;
        return put_written(out, draft, slot);
    case MU_SLOT_MISSED:
        *out_mark = MU_MARK_BAD;
        return put_missing(out, draft, slot, "missed");
    case MU_SLOT_EXCUSED:
        *out_mark = MU_MARK_QUIET;
        return put_excuse(out, slot);
    }
    return MU_OK;
}

/* -- of a person's row ---------------------------------------------------------------------------
 */

int mu_draft_slot_need(const struct mu_console_draft *draft, struct mu_id person)
{
    int need = 0;
    for (size_t i = 0; i < draft->slots.count; i++) {
        const struct mu_slot *slot = &draft->slots.list[i];
        if (mu_id_equal(slot->person->id, person)) {
            enum mu_slot_state state = mu_slot_state_for(slot, draft->query->self, draft->leads);
            int this_one = state == MU_SLOT_MISSED ? 3
                           : state == MU_SLOT_DUE  ? 2
                           : state == MU_SLOT_OPEN ? 1
                                                   : 0;
            need = this_one > need ? this_one : need;
        }
    }
    return need;
}

enum mu_status mu_draft_slots(struct mu_console_draft *draft, struct mu_id person,
                              struct mu_id *out_checkin)
{
    for (size_t i = 0; i < draft->slots.count; i++) {
        const struct mu_slot *slot = &draft->slots.list[i];
        enum mu_text_mark mark = MU_MARK_PLAIN;
        MU_BUF_AUTO struct mu_buf text;
        mu_buf_init(&text, 65536);
        if (!mu_id_equal(slot->person->id, person)) {
            continue;
        }
        if (draft->schedules.count > 1) {
            MU_TRY(mu_show(&text, slot->schedule->name, MU_SHOW_ONE_LINE));
            MU_TRY(mu_buf_append_byte(&text, ' '));
        }
        MU_TRY(put_slot(&text, draft, slot, &mark));
        MU_TRY(mu_draft_phrase(draft, mark, mu_buf_view(&text)));
        if (slot->checkin != NULL && mu_id_is_zero(slot->checkin->ack_by)) {
            *out_checkin = slot->checkin->id;
        }
    }
    return MU_OK;
}

enum mu_status mu_draft_kept(struct mu_console_draft *draft, struct mu_id person)
{
    size_t counts[MU_PROMISE_STATES] = {0};
    int64_t overdue = 0;
    char text[64];
    for (size_t i = 0; i < draft->promise_count; i++) {
        const struct mu_promise *promise = &draft->promises[i];
        if (mu_id_equal(promise->person, person)) {
            counts[promise->state]++;
            overdue +=
                promise->overdue && (draft->leads || mu_id_equal(person, draft->query->self));
        }
    }
    size_t judged = mu_promises_judged(counts);
    if (judged > 0) {
        bool all = counts[MU_PROMISE_KEPT] == judged;
        (void)snprintf(text, sizeof text, "kept %zu of %zu", counts[MU_PROMISE_KEPT], judged);
        MU_TRY(mu_draft_phrase(draft, all ? MU_MARK_GOOD : MU_MARK_PLAIN, mu_slice_str(text)));
    }
    MU_TRY(mu_draft_count(draft, MU_MARK_PLAIN, (int64_t)counts[MU_PROMISE_OPEN], "promised"));
    return mu_draft_count(draft, MU_MARK_WARN, overdue, "overdue");
}

/* -- of one person -------------------------------------------------------------------------------
 */

static enum mu_text_mark promise_mark(enum mu_promise_state state)
{
    switch (state) {
    case MU_PROMISE_KEPT:
        return MU_MARK_GOOD;
    case MU_PROMISE_MISSED:
        return MU_MARK_BAD;
    case MU_PROMISE_LATE:
        return MU_MARK_WARN;
    case MU_PROMISE_OPEN:
        return MU_MARK_PLAIN;
    case MU_PROMISE_RENEGOTIATED:
    case MU_PROMISE_EXCUSED:
    case MU_PROMISE_RELEASED:
        break;
    }
    return MU_MARK_QUIET;
}

static enum mu_status person_promises(struct mu_console_draft *draft, struct mu_error *err)
{
    struct mu_console_section *section =
        mu_draft_section(draft, "Promises in 4 weeks", NULL, draft->query->most);
    if (section == NULL) {
        return MU_E_NOMEM;
    }
    for (size_t i = draft->promise_count; i > 0; i--) {
        struct mu_promise promise = draft->promises[i - 1];
        const struct mu_console_row row = {.kind = MU_CONSOLE_PROMISE,
                                           .id = promise.id,
                                           .person = promise.person,
                                           .task = promise.task};
        MU_BUF_AUTO struct mu_buf text;
        mu_buf_init(&text, (size_t)1 << 18);
        promise.overdue =
            promise.overdue && (draft->leads || mu_id_equal(promise.person, draft->query->self));
        if (!mu_id_equal(promise.person, draft->query->person)) {
            continue;
        }
        if (section->row_count == draft->query->most) {
            section->total++;
            continue;
        }
        MU_TRY(mu_words_promise(&text, &promise, draft->query->from));
        MU_TRY(mu_draft_phrase(draft, promise_mark(promise.state), mu_buf_view(&text)));
        MU_TRY(mu_draft_row(draft, section, &row, mu_slice_str(promise.ref), err));
    }
    return MU_OK;
}

/* An id for the row of a slot, which has none until something came for it. */
static struct mu_id day_id(const struct mu_slot *slot)
{
    struct mu_id id = slot->schedule->id;
    for (size_t i = 0; i < 8; i++) {
        id.bytes[i] ^= (uint8_t)((uint64_t)slot->day >> (8 * i));
    }
    return id;
}

static enum mu_status person_slots(struct mu_console_draft *draft, struct mu_error *err)
{
    const struct mu_calendar_person *self = mu_books_person(&draft->books, draft->query->person);
    int64_t today = mu_person_day(self, draft->books.now_ms);
    const struct mu_slot_query query = {.person = &draft->query->person,
                                        .from_day = today - SLOTS_DAYS + 1,
                                        .to_day = today,
                                        .now_ms = draft->books.now_ms};
    struct mu_slots slots;
    struct mu_console_section *section =
        mu_draft_section(draft, "Check-ins in 2 weeks", NULL, draft->query->most);
    if (section == NULL) {
        return MU_E_NOMEM;
    }
    MU_TRY(mu_slots_load(draft->query->db, &draft->calendar, &draft->schedules, &query,
                         draft->arena, &slots, err));
    for (size_t i = slots.count; i > 0 && section->row_count < draft->query->most; i--) {
        const struct mu_slot *slot = &slots.list[i - 1];
        struct mu_console_row row = {
            .kind = MU_CONSOLE_CHECKIN, .person = draft->query->person, .id = day_id(slot)};
        enum mu_text_mark mark = MU_MARK_PLAIN;
        MU_BUF_AUTO struct mu_buf text;
        MU_BUF_AUTO struct mu_buf name;
        mu_buf_init(&text, (size_t)1 << 18);
        mu_buf_init(&name, 256);
        const struct mu_due day = {.date = mu_date_from_days(slot->day)};
        MU_TRY(mu_words_due(&name, &day, MU_DUE_PLAIN, draft->query->from));
        MU_TRY(put_slot(&text, draft, slot, &mark));
        MU_TRY(mu_draft_phrase(draft, mark, mu_buf_view(&text)));
        MU_TRY(mu_draft_phrase(draft, MU_MARK_QUIET, slot->schedule->name));
        if (slot->checkin != NULL) {
            row.checkin = slot->checkin->id;
            mu_buf_clear(&text);
            MU_TRY(mu_show(&text, slot->checkin->text, MU_SHOW_ONE_LINE));
            if (text.len > 0) {
                MU_TRY(mu_draft_phrase(draft, MU_MARK_PLAIN, mu_buf_view(&text)));
            }
        }
        MU_TRY(mu_draft_row(draft, section, &row, mu_buf_view(&name), err));
    }
    return MU_OK;
}

enum mu_status mu_console_rhythm(struct mu_console_draft *draft, struct mu_error *err)
{
    if (mu_id_is_zero(draft->query->person)) {
        return MU_OK;
    }
    MU_TRY(person_slots(draft, err));
    return person_promises(draft, err);
}

/* -- reading -------------------------------------------------------------------------------------
 */

enum mu_status mu_draft_books(struct mu_console_draft *draft, struct mu_error *err)
{
    const struct mu_console_query *query = draft->query;
    const struct mu_person_name *self = mu_names_person(query->names, query->self);
    const struct mu_slot_query now = {.current = true, .now_ms = query->from->now.ms};
    int64_t today = query->from->now.ms / DAY_MS;
    const struct mu_promise_filter filter = {
        .person = query->person, .from_day = today - WEEKS_DAYS, .to_day = today + WEEKS_DAYS};
    draft->leads = self != NULL && self->role == MU_ROLE_LEAD;
    MU_TRY(mu_calendar_load(query->db, query->from, NULL, draft->arena, &draft->calendar, err));
    draft->books = (struct mu_books){.db = query->db,
                                     .calendar = &draft->calendar,
                                     .now_ms = query->from->now.ms,
                                     .arena = draft->arena};
    MU_TRY(mu_schedules_load(query->db, draft->arena, &draft->schedules, err));
    MU_TRY(mu_slots_load(query->db, &draft->calendar, &draft->schedules, &now, draft->arena,
                         &draft->slots, err));
    return mu_promises_load(&draft->books, &filter, &draft->promises, &draft->promise_count, err);
}
