#include "client/view/words.h"

#include <inttypes.h>
#include <string.h>

#include "client/view/text.h"

#define DOT       " \xc2\xb7 "
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* -- numbers ----------------------------------------------------------------- */

enum mu_status mu_words_number(struct mu_buf *out, uint64_t number)
{
    char digits[32];
    size_t at = sizeof digits;
    unsigned count = 0;
    do {
        if (count > 0 && count % 3 == 0) {
            digits[--at] = ',';
        }
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
        count++;
    } while (number > 0);
    return mu_buf_append(out, digits + at, sizeof digits - at);
}

enum mu_status mu_words_count(struct mu_buf *out, uint64_t number, const char *one,
                              const char *many)
{
    MU_TRY(mu_words_number(out, number));
    return mu_buf_printf(out, " %s", number == 1 ? one : many);
}

enum mu_status mu_words_span(struct mu_buf *out, int64_t ms)
{
    static const struct {
        int64_t from_ms; /* from here on this unit is the largest that says something */
        int64_t unit_ms;
        const char *name;
    } units[] = {
        {35 * DAY_MS, 7 * DAY_MS, "wk"}, {DAY_MS, DAY_MS, "d"}, {HOUR_MS, HOUR_MS, "h"},
        {MINUTE_MS, MINUTE_MS, "min"},   {0, 1000, "s"},
    };
    int64_t span = ms < 0 ? 0 : ms;
    size_t i = 0;
    while (span < units[i].from_ms) {
        i++;
    }
    return mu_buf_printf(out, "%" PRId64 " %s", span / units[i].unit_ms, units[i].name);
}

/* -- dates ------------------------------------------------------------------- */

static enum mu_status put_day(struct mu_buf *out, struct mu_date date, int32_t this_year)
{
    MU_TRY(mu_buf_printf(out, "%s %" PRId32 " %s", weekdays[mu_date_weekday(date) - 1], date.day,
                         months[date.month - 1]));
    return date.year == this_year ? MU_OK : mu_buf_printf(out, " %" PRId32, date.year);
}

static enum mu_status put_clock(struct mu_buf *out, int32_t minute)
{
    return mu_buf_printf(out, "%02" PRId32 ":%02" PRId32, minute / 60, minute % 60);
}

enum mu_status mu_words_when(struct mu_buf *out, int64_t wall_ms, const struct mu_viewpoint *from)
{
    struct mu_local now = mu_zone_local(from->zone, from->now);
    struct mu_local then = mu_zone_local(from->zone, (struct mu_wall){wall_ms});
    int64_t days = mu_date_to_days(now.date) - mu_date_to_days(then.date);
    if (days == 0) {
        return put_clock(out, then.second / 60);
    }
    if (days > 0 && days <= 6) {
        MU_TRY(mu_buf_printf(out, "%s ", weekdays[mu_date_weekday(then.date) - 1]));
        return put_clock(out, then.second / 60);
    }
    MU_TRY(mu_buf_printf(out, "%" PRId32 " %s", then.date.day, months[then.date.month - 1]));
    if (then.date.year != now.date.year) {
        return mu_buf_printf(out, " %" PRId32, then.date.year);
    }
    MU_TRY(mu_buf_append_byte(out, ' '));
    return put_clock(out, then.second / 60);
}

enum mu_status mu_words_until(struct mu_buf *out, int64_t wall_ms, const struct mu_viewpoint *from)
{
    struct mu_local now = mu_zone_local(from->zone, from->now);
    struct mu_local then = mu_zone_local(from->zone, (struct mu_wall){wall_ms});
    int64_t ends = mu_date_to_days(then.date) - 1; /* at midnight: the day that it ends */
    int64_t days = ends - mu_date_to_days(now.date);
    if (then.second != 0) {
        return mu_words_when(out, wall_ms, from);
    }
    if (days >= -1 && days <= 1) {
        return mu_buf_append_str(out, days == 0  ? "end of today"
                                      : days < 0 ? "end of yesterday"
                                                 : "end of tomorrow");
    }
    MU_TRY(mu_buf_append_str(out, "end of "));
    return put_day(out, mu_date_from_days(ends), now.date.year);
}

enum mu_status mu_words_instant(struct mu_buf *out, int64_t wall_ms,
                                const struct mu_viewpoint *from)
{
    struct mu_local then = mu_zone_local(from->zone, (struct mu_wall){wall_ms});
    MU_TRY(put_day(out, then.date, INT32_MIN));
    MU_TRY(mu_buf_append_byte(out, ' '));
    return put_clock(out, then.second / 60);
}

/* -- dues -------------------------------------------------------------------- */

/* The zone that the due is meant in, or the viewer's when nobody knows it. */
static const struct mu_zone *zone_of(const struct mu_due *due, const struct mu_viewpoint *from)
{
    const struct mu_zone *zone = NULL;
    if (due->zone[0] != '\0' && strcmp(due->zone, from->zone_name) != 0 && from->zone_of != NULL) {
        zone = from->zone_of(from->state, due->zone);
    }
    return zone != NULL ? zone : from->zone;
}

/* Whether the viewer's clock shows something else at that moment than the due says. */
static bool is_elsewhere(const struct mu_zone *zone, struct mu_wall at,
                         const struct mu_viewpoint *from)
{
    return zone != from->zone &&
           mu_zone_local(zone, at).offset_s != mu_zone_local(from->zone, at).offset_s;
}

bool mu_due_is_over(const struct mu_due *due, const struct mu_viewpoint *from)
{
    return mu_due_instant(due, zone_of(due, from), from->day_end_minute).ms < from->now.ms;
}

/* How far away: whole days by the calendar, else the clock. */
static enum mu_status put_distance(struct mu_buf *out, struct mu_wall at,
                                   const struct mu_viewpoint *from)
{
    struct mu_local now = mu_zone_local(from->zone, from->now);
    struct mu_local then = mu_zone_local(from->zone, at);
    int64_t days = mu_date_to_days(then.date) - mu_date_to_days(now.date);
    int64_t ms = at.ms - from->now.ms;
    bool late = ms < 0;
    if (days != 0) {
        MU_TRY(mu_words_span(out, (days < 0 ? -days : days) * DAY_MS));
    } else if (ms > -MINUTE_MS && ms < MINUTE_MS) {
        MU_TRY(mu_buf_append_str(out, "now"));
        return MU_OK;
    } else {
        MU_TRY(mu_words_span(out, late ? -ms : ms));
    }
    return late ? mu_buf_append_str(out, " late") : MU_OK;
}

static enum mu_status put_here(struct mu_buf *out, const struct mu_due *due, struct mu_wall at,
                               const struct mu_viewpoint *from)
{
    struct mu_local here = mu_zone_local(from->zone, at);
    if (mu_date_to_days(here.date) != mu_date_to_days(due->date)) {
        MU_TRY(put_day(out, here.date, here.date.year));
        MU_TRY(mu_buf_append_byte(out, ' '));
    }
    MU_TRY(put_clock(out, here.second / 60));
    return mu_buf_append_str(out, " here, ");
}

static bool shows_time(const struct mu_due *due, enum mu_due_form form, struct mu_date today)
{
    switch (form) {
    case MU_DUE_PLAIN:
        return due->has_time;
    case MU_DUE_SHORT:
        return due->has_time && mu_date_to_days(due->date) == mu_date_to_days(today);
    case MU_DUE_EXACT:
        break;
    }
    return true;
}

enum mu_status mu_words_due(struct mu_buf *out, const struct mu_due *due, enum mu_due_form form,
                            const struct mu_viewpoint *from)
{
    const struct mu_zone *zone = zone_of(due, from);
    struct mu_wall at = mu_due_instant(due, zone, from->day_end_minute);
    struct mu_date today = mu_zone_local(from->zone, from->now).date;
    /* A zone that this system does not know is told, though its clock is not. */
    bool elsewhere = is_elsewhere(zone, at, from) || (due->zone[0] != '\0' && zone == from->zone &&
                                                      strcmp(due->zone, from->zone_name) != 0);
    MU_TRY(put_day(out, due->date, today.year));
    if (shows_time(due, form, today)) {
        MU_TRY(mu_buf_append_byte(out, ' '));
        MU_TRY(put_clock(out, due->has_time ? due->minute : from->day_end_minute));
    }
    if (elsewhere && form != MU_DUE_SHORT) {
        MU_TRY(mu_buf_printf(out, " %s", due->zone));
    }
    if (form == MU_DUE_PLAIN) {
        return MU_OK;
    }
    MU_TRY(mu_buf_append_str(out, " ("));
    if (elsewhere && form == MU_DUE_EXACT && zone != from->zone) {
        MU_TRY(put_here(out, due, at, from));
    }
    MU_TRY(put_distance(out, at, from));
    return mu_buf_append_byte(out, ')');
}

enum mu_status mu_words_due_text(struct mu_buf *out, struct mu_slice due, enum mu_due_form form,
                                 const struct mu_viewpoint *from)
{
    struct mu_due parsed;
    struct mu_error ignored;
    if (mu_due_parse(due, &parsed, &ignored) != MU_OK) {
        return mu_show(out, due, MU_SHOW_ONE_LINE);
    }
    return mu_words_due(out, &parsed, form, from);
}

/* -- the sync truth ---------------------------------------------------------- */

const char *mu_link_name(enum mu_link link)
{
    switch (link) {
    case MU_LINK_OFFLINE:
        return "offline";
    case MU_LINK_CATCHING_UP:
        return "catching_up";
    case MU_LINK_LIVE:
        return "live";
    case MU_LINK_PARKED:
        return "parked";
    }
    return "offline";
}

enum mu_link mu_sync_link(const struct mu_client_status *status, struct mu_wall now,
                          int64_t *out_offline_since_ms)
{
    bool tended = status->link == MU_LINK_LIVE || status->link == MU_LINK_CATCHING_UP;
    if (tended && now.ms - status->heard_ms > MU_HEARD_STALE_MS) {
        *out_offline_since_ms = status->heard_ms;
        return MU_LINK_OFFLINE;
    }
    *out_offline_since_ms = tended ? 0 : status->offline_since_ms;
    return status->link;
}

static enum mu_status put_catching_up(struct mu_buf *out, const struct mu_client_status *status)
{
    bool loading = status->xfer_total > 0;
    uint64_t done = loading ? status->xfer_done : status->cursor.seq;
    uint64_t total = loading ? status->xfer_total : status->head;
    MU_TRY(mu_buf_append_str(out, "Catching up "));
    MU_TRY(mu_words_number(out, done < total ? done : total));
    MU_TRY(mu_buf_append_byte(out, '/'));
    return mu_words_number(out, total);
}

static enum mu_status put_link(struct mu_buf *out, const struct mu_client_status *status,
                               const struct mu_viewpoint *from)
{
    int64_t since_ms = 0;
    switch (mu_sync_link(status, from->now, &since_ms)) {
    case MU_LINK_LIVE:
        return mu_buf_append_str(out, "Live");
    case MU_LINK_CATCHING_UP:
        return put_catching_up(out, status);
    case MU_LINK_PARKED:
        return mu_buf_append_str(out, "Stopped");
    case MU_LINK_OFFLINE:
        break;
    }
    if (since_ms == 0) {
        return mu_buf_append_str(out, "Offline, not connected yet");
    }
    MU_TRY(mu_buf_append_str(out, "Offline since "));
    return mu_words_when(out, since_ms, from);
}

/* What only the person can settle, in front of everything else. */
static enum mu_status put_needs(struct mu_buf *out, const struct mu_client_status *status)
{
    bool parked = status->link == MU_LINK_PARKED;
    if (!parked && status->refused == 0) {
        return MU_OK;
    }
    MU_TRY(mu_buf_append_str(out, "Needs you: "));
    if (parked) {
        MU_TRY(mu_show(out,
                       mu_slice_str(status->parked_reason[0] != '\0' ? status->parked_reason
                                                                     : "the server said no"),
                       MU_SHOW_ONE_LINE));
    }
    if (status->refused > 0) {
        MU_TRY(mu_buf_append_str(out, parked ? ", " : ""));
        MU_TRY(mu_words_count(out, status->refused, "change refused", "changes refused"));
    }
    return mu_buf_append_str(out, DOT);
}

enum mu_status mu_words_sync(struct mu_buf *out, const struct mu_client_status *status,
                             const struct mu_viewpoint *from)
{
    MU_TRY(put_needs(out, status));
    MU_TRY(put_link(out, status, from));
    if (status->pending > 0) {
        MU_TRY(mu_buf_append_str(out, DOT));
        MU_TRY(mu_words_count(out, status->pending, "change waiting", "changes waiting"));
    }
    if (status->conflicts > 0) {
        MU_TRY(mu_buf_append_str(out, DOT));
        MU_TRY(mu_words_count(out, status->conflicts, "conflict", "conflicts"));
    }
    if (status->degraded) {
        MU_TRY(mu_buf_append_str(out, DOT "this copy differs from the server's: muster doctor"));
    }
    return MU_OK;
}
