#include "client/view/slots.h"

#include <assert.h>
#include <stdlib.h>

#include "client/view/rows.h"
#include "common/model/domain.h"

#define CHECKIN_PARTS                                                              \
    "schedule, person, day, id, schedule_version, text, authored_at, received_at," \
    " clock_uncertain, edited_at, edits, ack_by, ack_at, ack_note,"                \
    " EXISTS (SELECT 1 FROM mu_base AS b WHERE b.entity = 26 AND b.key = checkin.key)"
#define BY_PLACE " ORDER BY day, schedule, person"
static const char SQL_ALL[] =
    "SELECT " CHECKIN_PARTS " FROM checkin WHERE day BETWEEN ?1 AND ?2" BY_PLACE;
static const char SQL_OF_PERSON[] =
    "SELECT " CHECKIN_PARTS " FROM checkin WHERE person = ?3 AND day BETWEEN ?1 AND ?2" BY_PLACE;

static_assert(MU_CHECKIN == 26, "the statements name it");

/* -- judging -------------------------------------------------------------------------- */

enum mu_slot_state mu_slot_judge(const struct mu_slot_times *times, bool written,
                                 int64_t authored_ms, bool excused, int64_t now_ms)
{
    if (excused) {
        return MU_SLOT_EXCUSED;
    }
    if (written) {
        return authored_ms <= times->due_ms     ? MU_SLOT_ON_TIME
               : authored_ms <= times->grace_ms ? MU_SLOT_IN_GRACE
                                                : MU_SLOT_LATE;
    }
    if (now_ms < times->open_ms) {
        return MU_SLOT_SCHEDULED;
    }
    if (now_ms <= times->due_ms) {
        return MU_SLOT_OPEN;
    }
    return now_ms <= times->grace_ms ? MU_SLOT_DUE : MU_SLOT_MISSED;
}

enum mu_slot_state mu_slot_state_for(const struct mu_slot *slot, struct mu_id viewer,
                                     bool viewer_leads)
{
    bool told = viewer_leads || mu_id_equal(slot->person->id, viewer);
    return slot->state == MU_SLOT_DUE && !told ? MU_SLOT_OPEN : slot->state;
}

const char *mu_slot_state_name(enum mu_slot_state state)
{
    static const char *const names[] = {"?",        "scheduled", "open",   "due",    "on_time",
                                        "in_grace", "late",      "missed", "excused"};
    return state >= MU_SLOT_SCHEDULED && state <= MU_SLOT_EXCUSED ? names[state] : names[0];
}

bool mu_slot_counts(const struct mu_slot *slot)
{
    return slot->expected && slot->state >= MU_SLOT_ON_TIME && slot->state != MU_SLOT_EXCUSED;
}

/* -- check-ins -------------------------------------------------------------------------- */

struct found {
    struct mu_checkin checkin;
    bool taken; /* by its slot */
};

static bool take_checkin(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct found *found = mu_list_add(&rows->list);
    if (found == NULL) {
        return false;
    }
    found->checkin = (struct mu_checkin){
        .schedule = mu_stmt_id(stmt, 0),
        .person = mu_stmt_id(stmt, 1),
        .day = mu_stmt_int(stmt, 2),
        .id = mu_stmt_id(stmt, 3),
        .version = mu_stmt_id(stmt, 4),
        .authored_ms = mu_stmt_int(stmt, 6),
        .received_ms = mu_stmt_int(stmt, 7),
        .uncertain = mu_stmt_int(stmt, 8) == 1,
        .edited_ms = mu_stmt_int(stmt, 9),
        .edits = mu_stmt_int(stmt, 10),
        .ack_by = mu_stmt_id(stmt, 11),
        .ack_ms = mu_stmt_int(stmt, 12),
        .pending = mu_stmt_int(stmt, 14) == 1,
    };
    return mu_rows_text(rows, stmt, 5, &found->checkin.text) &&
           mu_rows_text(rows, stmt, 13, &found->checkin.ack_note);
}

static void bind_days(const void *by, struct mu_stmt *stmt)
{
    const struct mu_slot_query *query = by;
    mu_stmt_bind_int(stmt, 1, query->from_day);
    mu_stmt_bind_int(stmt, 2, query->to_day);
    if (query->person != NULL) {
        mu_stmt_bind_id(stmt, 3, *query->person);
    }
}

static int compare_place(const struct mu_checkin *checkin, int64_t day, struct mu_id schedule,
                         struct mu_id person)
{
    if (checkin->day != day) {
        return checkin->day < day ? -1 : 1;
    }
    int order = mu_id_compare(checkin->schedule, schedule);
    return order != 0 ? order : mu_id_compare(checkin->person, person);
}

/* -- building ---------------------------------------------------------------------------- */

struct builder {
    const struct mu_calendar *calendar;
    const struct mu_schedules *schedules;
    const struct mu_slot_query *query;
    struct found *found; /* by day, schedule, person */
    size_t found_count;
    struct mu_list slots;
};

static struct found *find_checkin(const struct builder *builder, const struct mu_slot *slot)
{
    size_t low = 0;
    size_t high = builder->found_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_place(&builder->found[middle].checkin, slot->day, slot->schedule->id,
                                  slot->person->id);
        if (order == 0) {
            return &builder->found[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static int64_t silent_since(const struct builder *builder, const struct mu_slot *slot)
{
    const struct mu_slot_query *query = builder->query;
    for (size_t i = 0; i < query->silence_count; i++) {
        if (mu_id_equal(query->silences[i].person, slot->person->id)) {
            int64_t since = query->silences[i].since_ms;
            return since <= slot->times.due_ms ? since : 0;
        }
    }
    return 0;
}

/* What came is judged by the version that its author knew: what he was asked, he answered. */
static void take(struct mu_slot *slot, const struct builder *builder, struct found *found)
{
    const struct mu_schedule_version *version =
        mu_schedule_version(slot->schedule, found->checkin.version);
    found->taken = true;
    slot->checkin = &found->checkin;
    if (version != NULL && version != slot->version) {
        slot->version = version;
        slot->times = mu_version_times(version, builder->calendar, slot->person, slot->day);
    }
    slot->arrived_late = !found->checkin.pending &&
                         found->checkin.authored_ms <= slot->times.grace_ms &&
                         found->checkin.received_ms > slot->times.grace_ms;
}

static void judge(struct mu_slot *slot, const struct builder *builder)
{
    bool excused = slot->off.kind == MU_DAY_HOLIDAY || slot->off.kind == MU_DAY_ABSENT;
    slot->state = mu_slot_judge(&slot->times, slot->checkin != NULL,
                                slot->checkin != NULL ? slot->checkin->authored_ms : 0,
                                excused && slot->expected, builder->query->now_ms);
    if (slot->state == MU_SLOT_EXCUSED && slot->off.absence != NULL) {
        slot->declared_late = slot->off.absence->declared_ms > slot->times.due_ms;
    }
    if (slot->state == MU_SLOT_DUE || slot->state == MU_SLOT_MISSED) {
        slot->silent_since_ms = silent_since(builder, slot);
    }
}

static bool is_asked(const struct mu_calendar_person *person)
{
    return person->state == MU_PERSON_ACTIVE && person->role >= MU_ROLE_MEMBER;
}

static bool add_slot(struct builder *builder, const struct mu_slot *slot)
{
    struct mu_slot *place = mu_list_add(&builder->slots);
    if (place != NULL) {
        *place = *slot;
    }
    return place != NULL;
}

/* The slot of one person and schedule on one day, if there is one. */
static bool build_day(struct builder *builder, const struct mu_schedule *schedule,
                      const struct mu_calendar_person *person, int64_t day, bool yesterday)
{
    struct mu_slot slot = {.schedule = schedule, .person = person, .day = day, .expected = true};
    slot.off = mu_calendar_day(builder->calendar, person, day);
    if (slot.off.kind == MU_DAY_OFF) {
        return true;
    }
    slot.version = mu_schedule_asks(schedule, builder->calendar, person, day, &slot.times);
    if (slot.version == NULL || person->joined_ms > slot.times.open_ms) {
        return true;
    }
    if (yesterday && builder->query->now_ms > slot.times.grace_ms) {
        return true;
    }
    struct found *found = find_checkin(builder, &slot);
    if (found != NULL) {
        take(&slot, builder, found);
    }
    judge(&slot, builder);
    return add_slot(builder, &slot);
}

static bool build_person(struct builder *builder, const struct mu_schedule *schedule,
                         const struct mu_calendar_person *person)
{
    const struct mu_slot_query *query = builder->query;
    if (query->current) {
        int64_t today = mu_person_day(person, query->now_ms);
        return build_day(builder, schedule, person, today - 1, true) &&
               build_day(builder, schedule, person, today, false);
    }
    for (int64_t day = query->from_day; day <= query->to_day; day++) {
        if (!build_day(builder, schedule, person, day, false)) {
            return false;
        }
    }
    return true;
}

/* Nobody asked: an edited calendar, a day off.  It is shown all the same. */
static bool build_extra(struct builder *builder, struct found *found)
{
    const struct mu_schedule *schedule =
        mu_schedules_find(builder->schedules, found->checkin.schedule);
    const struct mu_calendar_person *person =
        mu_calendar_find(builder->calendar, found->checkin.person);
    const struct mu_slot_query *query = builder->query;
    if (found->taken || schedule == NULL || person == NULL ||
        (query->schedule != NULL && !mu_id_equal(schedule->id, *query->schedule)) ||
        (query->current && found->checkin.day != mu_person_day(person, query->now_ms))) {
        return true;
    }
    struct mu_slot slot = {.schedule = schedule,
                           .version = mu_schedule_version(schedule, found->checkin.version),
                           .person = person,
                           .day = found->checkin.day};
    if (slot.version == NULL) {
        return true;
    }
    slot.off = mu_calendar_day(builder->calendar, person, slot.day);
    slot.times = mu_version_times(slot.version, builder->calendar, person, slot.day);
    take(&slot, builder, found);
    judge(&slot, builder);
    return add_slot(builder, &slot);
}

static bool build(struct builder *builder)
{
    const struct mu_slot_query *query = builder->query;
    for (size_t i = 0; i < builder->schedules->count; i++) {
        const struct mu_schedule *schedule = &builder->schedules->list[i];
        if (query->schedule != NULL && !mu_id_equal(schedule->id, *query->schedule)) {
            continue;
        }
        for (size_t j = 0; j < builder->calendar->person_count; j++) {
            const struct mu_calendar_person *person = &builder->calendar->people[j];
            bool wanted = query->person == NULL || mu_id_equal(person->id, *query->person);
            if (wanted && is_asked(person) && !build_person(builder, schedule, person)) {
                return false;
            }
        }
    }
    for (size_t i = 0; i < builder->found_count; i++) {
        if (!build_extra(builder, &builder->found[i])) {
            return false;
        }
    }
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct mu_slot *left = a;
    const struct mu_slot *right = b;
    if (left->day != right->day) {
        return left->day < right->day ? -1 : 1;
    }
    if (left->schedule != right->schedule) {
        return left->schedule < right->schedule ? -1 : 1;
    }
    int order = mu_slice_compare(left->person->handle, right->person->handle);
    return order != 0 ? order : mu_id_compare(left->person->id, right->person->id);
}

/* Wherever somebody is, his today is one of three. */
static struct mu_slot_query widened(const struct mu_slot_query *query)
{
    struct mu_slot_query wide = *query;
    if (query->current) {
        int64_t today = query->now_ms / INT64_C(86400000);
        wide.from_day = today - 2;
        wide.to_day = today + 1;
    }
    return wide;
}

enum mu_status mu_slots_load(struct mu_db *db, const struct mu_calendar *calendar,
                             const struct mu_schedules *schedules,
                             const struct mu_slot_query *query, struct mu_arena *arena,
                             struct mu_slots *out, struct mu_error *err)
{
    struct mu_rows rows = {.db = db, .arena = arena};
    struct mu_slot_query wide = widened(query);
    MU_TRY(mu_rows_read(&rows, query->person != NULL ? SQL_OF_PERSON : SQL_ALL,
                        sizeof(struct found), bind_days, &wide, take_checkin, err));
    struct builder builder = {.calendar = calendar,
                              .schedules = schedules,
                              .query = query,
                              .found = rows.list.items,
                              .found_count = rows.list.count};
    mu_list_init(&builder.slots, arena, sizeof(struct mu_slot));
    if (!build(&builder)) {
        return mu_fail(err, MU_E_NOMEM, "read check-ins: out of memory");
    }
    if (builder.slots.count > 1) {
        qsort(builder.slots.items, builder.slots.count, sizeof(struct mu_slot), by_place);
    }
    *out = (struct mu_slots){.list = builder.slots.items, .count = builder.slots.count};
    return MU_OK;
}

/* -- counting ---------------------------------------------------------------------------- */

void mu_slots_count(const struct mu_slots *slots, struct mu_id person, struct mu_slot_counts *out)
{
    bool streak = true;
    *out = (struct mu_slot_counts){0};
    for (size_t i = slots->count; i > 0; i--) {
        const struct mu_slot *slot = &slots->list[i - 1];
        if (!mu_id_equal(slot->person->id, person)) {
            continue;
        }
        if (slot->state == MU_SLOT_EXCUSED) {
            out->excused++;
            out->excused_late += slot->declared_late ? 1 : 0;
        }
        if (!mu_slot_counts(slot)) {
            continue;
        }
        out->counted++;
        out->on_time += slot->state == MU_SLOT_ON_TIME ? 1 : 0;
        out->in_grace += slot->state == MU_SLOT_IN_GRACE ? 1 : 0;
        out->late += slot->state == MU_SLOT_LATE ? 1 : 0;
        out->missed += slot->state == MU_SLOT_MISSED ? 1 : 0;
        streak = streak && (slot->state == MU_SLOT_ON_TIME || slot->state == MU_SLOT_IN_GRACE);
        out->streak += streak ? 1 : 0;
    }
}
