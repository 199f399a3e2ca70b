#include "client/view/slot_words.h"

#include <stdio.h>

#include "common/model/domain.h"
#include "common/model/rhythm.h"

#define DOT " \xc2\xb7 "
/* Less between writing and receipt is not worth saying. */
#define LAG_MS (2 * INT64_C(60000))

static const char *const weekday_names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const absence_names[] = {"leave", "sick", "other"};
static const char *const schedule_names[] = {"standup", "weekly", "custom"};
static const char *const state_names[] = {"active", "paused", "ended"};
static const char *const ask_names[] = {"text",  "number",      "choice",  "scale",
                                        "tasks", "commitments", "blockers"};
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* -- names ------------------------------------------------------------------------- */

static const char *name_of(const char *const *names, size_t count, int64_t number)
{
    return number >= 1 && (uint64_t)number <= count ? names[number - 1] : "?";
}

static int64_t number_of(const char *const *names, size_t count, struct mu_slice word)
{
    for (size_t i = 0; i < count; i++) {
        if (mu_same_word(word, mu_slice_str(names[i]))) {
            return (int64_t)i + 1;
        }
    }
    return 0;
}

const char *mu_absence_kind_name(int64_t kind)
{
    return name_of(absence_names, COUNT(absence_names), kind);
}

int64_t mu_absence_kind_parse(struct mu_slice word)
{
    return number_of(absence_names, COUNT(absence_names), word);
}

const char *mu_schedule_kind_name(int64_t kind)
{
    return name_of(schedule_names, COUNT(schedule_names), kind);
}

int64_t mu_schedule_kind_parse(struct mu_slice word)
{
    return number_of(schedule_names, COUNT(schedule_names), word);
}

const char *mu_schedule_state_name(int64_t state)
{
    return name_of(state_names, COUNT(state_names), state);
}

const char *mu_ask_kind_name(int64_t kind)
{
    return name_of(ask_names, COUNT(ask_names), kind);
}

int64_t mu_ask_kind_parse(struct mu_slice word)
{
    return number_of(ask_names, COUNT(ask_names), word);
}

/* -- days and hours -------------------------------------------------------------------- */

enum mu_status mu_words_day(struct mu_buf *out, int64_t day, int64_t today)
{
    struct mu_date date = mu_date_from_days(day);
    MU_TRY(mu_buf_printf(out, "%s %d %s", weekday_names[mu_day_weekday(day)], (int)date.day,
                         month_names[date.month - 1]));
    return date.year == mu_date_from_days(today).year ? MU_OK
                                                      : mu_buf_printf(out, " %d", (int)date.year);
}

void mu_day_text(int64_t day, char out_text[static MU_DAY_TEXT_MAX])
{
    struct mu_date date = mu_date_from_days(day < 0 ? 0 : day > MU_DAY_MAX ? MU_DAY_MAX : day);
    (void)snprintf(out_text, MU_DAY_TEXT_MAX, "%04d-%02d-%02d", (int)date.year, (int)date.month,
                   (int)date.day);
}

enum mu_status mu_words_minute(struct mu_buf *out, int32_t minute)
{
    return mu_buf_printf(out, "%02d:%02d%s", (int)(minute / 60 % 24), (int)(minute % 60),
                         minute >= MU_DAY_MINUTES ? " (+1)" : "");
}

/* Three days and more in a row as "Mon-Fri". */
enum mu_status mu_words_weekdays(struct mu_buf *out, unsigned days)
{
    if ((days & 0x7f) == 0x7f) {
        return mu_buf_append_str(out, "every day");
    }
    if ((days & 0x7f) == 0) {
        return mu_buf_append_str(out, "no day");
    }
    const char *between = "";
    for (int day = 0; day < 7; day++) {
        int last = day;
        if ((days >> day & 1u) == 0) {
            continue;
        }
        while (last < 6 && (days >> (last + 1) & 1u) != 0) {
            last++;
        }
        bool run = last - day >= 2;
        MU_TRY(mu_buf_printf(out, "%s%s", between, weekday_names[day]));
        if (run) {
            MU_TRY(mu_buf_printf(out, "-%s", weekday_names[last]));
            day = last;
        }
        between = ", ";
    }
    return MU_OK;
}

enum mu_status mu_words_version(struct mu_buf *out, const struct mu_schedule_version *version)
{
    MU_TRY(mu_words_weekdays(out, version->days));
    MU_TRY(mu_buf_append_byte(out, ' '));
    MU_TRY(mu_words_minute(out, version->open_minute));
    MU_TRY(mu_buf_append_byte(out, '-'));
    MU_TRY(mu_words_minute(out, version->due_minute));
    if (version->grace_minutes > 0) {
        MU_TRY(mu_buf_printf(out, ", %d min grace", (int)version->grace_minutes));
    }
    return mu_buf_append_str(out, version->zone_mode == MU_ZONE_OF_TEAM ? ", the team's time"
                                                                        : ", each member's time");
}

/* -- slots ------------------------------------------------------------------------------- */

/* A time of the slot where its person is: "09:30". */
static enum mu_status put_local(struct mu_buf *out, const struct mu_slot *slot, int64_t at_ms)
{
    struct mu_local local = mu_person_local(slot->person, at_ms);
    return mu_words_minute(out, local.second / 60);
}

static enum mu_status put_written(struct mu_buf *out, const struct mu_slot *slot,
                                  const struct mu_viewpoint *from)
{
    const struct mu_checkin *checkin = slot->checkin;
    bool lagged = !checkin->pending && checkin->received_ms - checkin->authored_ms > LAG_MS;
    MU_TRY(mu_buf_append_str(out, lagged ? DOT "written " : DOT));
    MU_TRY(mu_words_when(out, checkin->authored_ms, from));
    if (lagged) {
        MU_TRY(mu_buf_append_str(out, ", received "));
        MU_TRY(mu_words_when(out, checkin->received_ms, from));
    }
    if (checkin->pending) {
        MU_TRY(mu_buf_append_str(out, DOT "waiting"));
    }
    if (checkin->uncertain) {
        MU_TRY(mu_buf_append_str(out, DOT "clock uncertain"));
    }
    return checkin->edits > 0 ? mu_buf_append_str(out, DOT "edited") : MU_OK;
}

static enum mu_status put_excuse(struct mu_buf *out, const struct mu_slot *slot)
{
    static const char *const words[] = {"on leave", "sick", "away"};
    if (slot->off.holiday != NULL) {
        return mu_buf_append_str(out, DOT "holiday");
    }
    int64_t kind = slot->off.absence != NULL ? slot->off.absence->kind : MU_ABSENCE_OTHER;
    MU_TRY(mu_buf_printf(out, DOT "%s", name_of(words, COUNT(words), kind)));
    return slot->declared_late ? mu_buf_append_str(out, ", declared late") : MU_OK;
}

static enum mu_status put_silence(struct mu_buf *out, const struct mu_slot *slot,
                                  const struct mu_viewpoint *from)
{
    if (slot->silent_since_ms == 0) {
        return MU_OK;
    }
    MU_TRY(mu_buf_append_str(out, DOT "no word, device offline since "));
    return mu_words_when(out, slot->silent_since_ms, from);
}

static enum mu_status put_state(struct mu_buf *out, const struct mu_slot *slot,
                                enum mu_slot_state state, const struct mu_viewpoint *from)
{
    switch (state) {
    case MU_SLOT_SCHEDULED:
        MU_TRY(mu_buf_append_str(out, "opens "));
        return put_local(out, slot, slot->times.open_ms);
    case MU_SLOT_OPEN:
        MU_TRY(mu_buf_append_str(out, "open until "));
        return put_local(out, slot, slot->times.due_ms);
    case MU_SLOT_DUE:
        MU_TRY(mu_buf_append_str(out, "due since "));
        MU_TRY(put_local(out, slot, slot->times.due_ms));
        MU_TRY(mu_buf_append_str(out, ", grace until "));
        MU_TRY(put_local(out, slot, slot->times.grace_ms));
        return put_silence(out, slot, from);
    case MU_SLOT_ON_TIME:
        return mu_buf_append_str(out, "on time");
    case MU_SLOT_IN_GRACE:
        return mu_buf_append_str(out, "in grace");
    case MU_SLOT_LATE:
        return mu_buf_append_str(out, "late");
    case MU_SLOT_MISSED:
        MU_TRY(mu_buf_append_str(out, "missed"));
        return put_silence(out, slot, from);
    case MU_SLOT_EXCUSED:
        MU_TRY(mu_buf_append_str(out, "excused"));
        return put_excuse(out, slot);
    }
    return mu_buf_append_str(out, "?");
}

enum mu_status mu_words_slot(struct mu_buf *out, const struct mu_slot *slot, struct mu_id viewer,
                             bool viewer_leads, const struct mu_viewpoint *from)
{
    MU_TRY(put_state(out, slot, mu_slot_state_for(slot, viewer, viewer_leads), from));
    if (slot->checkin == NULL) {
        return MU_OK;
    }
    if (slot->arrived_late) {
        MU_TRY(mu_buf_append_str(out, " (arrived "));
        MU_TRY(mu_words_when(out, slot->checkin->received_ms, from));
        MU_TRY(mu_buf_append_str(out, ")"));
    }
    return put_written(out, slot, from);
}

static void checkin_json(struct mu_json *json, const struct mu_slot *slot,
                         const struct mu_names *names)
{
    const struct mu_checkin *checkin = slot->checkin;
    const struct mu_person_name *ack = mu_names_person(names, checkin->ack_by);
    mu_json_id(json, "checkin", checkin->id);
    mu_json_text(json, "text", checkin->text);
    mu_json_instant(json, "written", checkin->authored_ms);
    mu_json_instant(json, "received", checkin->pending ? 0 : checkin->received_ms);
    mu_json_bool(json, "pending", checkin->pending);
    mu_json_bool(json, "arrived_late", slot->arrived_late);
    mu_json_bool(json, "clock_uncertain", checkin->uncertain);
    mu_json_int(json, "edits", checkin->edits);
    if (ack != NULL) {
        mu_json_text(json, "ack_by", ack->handle);
        mu_json_instant(json, "ack_at", checkin->ack_ms);
        mu_json_text(json, "ack_note", checkin->ack_note);
    } else {
        mu_json_null(json, "ack_by");
    }
}

void mu_slot_json(struct mu_json *json, const char *name, const struct mu_slot *slot,
                  struct mu_id viewer, bool viewer_leads, const struct mu_names *names)
{
    char day[MU_DAY_TEXT_MAX];
    enum mu_slot_state state = mu_slot_state_for(slot, viewer, viewer_leads);
    mu_day_text(slot->day, day);
    mu_json_object(json, name);
    mu_json_text(json, "schedule", slot->schedule->name);
    mu_json_text(json, "person", slot->person->handle);
    mu_json_str(json, "day", day);
    mu_json_str(json, "state", mu_slot_state_name(state));
    mu_json_bool(json, "expected", slot->expected);
    mu_json_instant(json, "opens", slot->times.open_ms);
    mu_json_instant(json, "due", slot->times.due_ms);
    mu_json_instant(json, "grace_until", slot->times.grace_ms);
    if (state == MU_SLOT_EXCUSED) {
        mu_json_str(json, "excuse",
                    slot->off.absence != NULL ? mu_absence_kind_name(slot->off.absence->kind)
                                              : "holiday");
        mu_json_bool(json, "declared_late", slot->declared_late);
    }
    mu_json_instant(json, "offline_since", state == slot->state ? slot->silent_since_ms : 0);
    if (slot->checkin != NULL) {
        checkin_json(json, slot, names);
    }
    mu_json_close(json);
}
