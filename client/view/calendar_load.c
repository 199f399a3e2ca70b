/* The calendar from the rows of a replica. */
#include <string.h>

#include "client/view/calendar.h"
#include "client/view/rows.h"
#include "common/model/domain.h"
#include "common/model/rhythm.h"

#define PERSON_PARTS "id, handle, role, state, zone, workdays, day_start, quiet_from, quiet_to"

static const char SQL_TEAM[] = "SELECT zone, day_end FROM team ORDER BY key LIMIT 1";
static const char SQL_PEOPLE[] = "SELECT " PERSON_PARTS " FROM person ORDER BY id";
static const char SQL_PERSON[] = "SELECT " PERSON_PARTS " FROM person WHERE key = ?2 AND id = ?1";
static const char SQL_JOINED[] =
    "SELECT person, min(enrolled_at) FROM device WHERE enrolled_at IS NOT NULL GROUP BY person";
static const char SQL_ZONES[] =
    "SELECT person, from_at, zone FROM zone_since ORDER BY person, from_at, id";
static const char SQL_ZONES_OF[] =
    "SELECT person, from_at, zone FROM zone_since WHERE person = ?1 ORDER BY from_at, id";
#define ABSENCE_PARTS "id, person, from_day, to_day, kind, declared_at, declared_by, note"
static const char SQL_ABSENCES[] = "SELECT " ABSENCE_PARTS " FROM absence"
                                   " WHERE withdrawn IS NOT 1 ORDER BY person, from_day, id";
static const char SQL_ABSENCES_OF[] =
    "SELECT " ABSENCE_PARTS " FROM absence"
    " WHERE person = ?1 AND withdrawn IS NOT 1 ORDER BY from_day, id";
static const char SQL_HOLIDAYS[] =
    "SELECT calendar, day, name FROM holiday WHERE deleted IS NOT 1 ORDER BY day, calendar";

#define DAY_END_DEFAULT 1020 /* 17:00 */

/* A zone's file is read once, however many people live there. */
struct known_zone {
    struct mu_slice name;
    const struct mu_zone *zone;
};

struct loader {
    struct mu_rows rows;
    const struct mu_viewpoint *from;
    struct mu_calendar *calendar;
    struct mu_list zones; /* struct known_zone */
    struct mu_slice team_zone;
};

static const struct mu_zone *zone_named(struct loader *loader, struct mu_slice name)
{
    const struct known_zone *known = loader->zones.items;
    for (size_t i = 0; i < loader->zones.count; i++) {
        if (mu_slice_equal(known[i].name, name)) {
            return known[i].zone;
        }
    }
    char text[MU_DUE_ZONE_MAX + 1] = "";
    const struct mu_zone *zone = NULL;
    if (name.len > 0 && name.len <= MU_DUE_ZONE_MAX && loader->from->zone_of != NULL) {
        memcpy(text, name.data, name.len);
        zone = loader->from->zone_of(loader->from->state, text);
    }
    struct known_zone *made = mu_list_add(&loader->zones);
    if (made != NULL) {
        *made = (struct known_zone){name, zone != NULL ? zone : mu_zone_utc()};
    }
    return zone != NULL ? zone : mu_zone_utc();
}

static void bind_person(const void *by, struct mu_stmt *stmt)
{
    const struct mu_id *person = by;
    mu_stmt_bind_id(stmt, 1, *person);
}

static void bind_person_key(const void *by, struct mu_stmt *stmt)
{
    const struct mu_id *person = by;
    mu_stmt_bind_id(stmt, 1, *person);
    mu_stmt_bind_int(stmt, 2, mu_id_key(*person));
}

/* -- people ------------------------------------------------------------------------- */

static int32_t minute_or(struct mu_stmt *stmt, int column, int32_t otherwise)
{
    int64_t minute = mu_stmt_int(stmt, column);
    bool good = !mu_stmt_is_null(stmt, column) && minute >= 0 && minute < MU_DAY_MINUTES;
    return good ? (int32_t)minute : otherwise;
}

/* Where somebody is until he moves: his zone, else the team's. */
static bool first_zone(struct loader *loader, struct mu_slice name,
                       struct mu_calendar_person *person)
{
    struct mu_zone_stretch *first = mu_arena_alloc(loader->rows.arena, sizeof *first);
    if (first == NULL) {
        return false;
    }
    name = name.len > 0 ? name : loader->team_zone;
    *first = (struct mu_zone_stretch){INT64_MIN, name, zone_named(loader, name)};
    person->zones = first;
    person->zone_count = 1;
    return true;
}

static bool take_team(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct loader *loader = rows->state;
    loader->calendar->day_end_minute = minute_or(stmt, 1, DAY_END_DEFAULT);
    return mu_rows_text(rows, stmt, 0, &loader->team_zone);
}

static bool take_person(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_slice zone = {0};
    struct mu_calendar_person *person = mu_list_add(&rows->list);
    if (person == NULL) {
        return false;
    }
    int64_t workdays = mu_stmt_int(stmt, 5) & 0x7f;
    *person = (struct mu_calendar_person){
        .id = mu_stmt_id(stmt, 0),
        .role = (int)mu_stmt_int(stmt, 2),
        .state = (int)mu_stmt_int(stmt, 3),
        .workdays = workdays != 0 ? (unsigned)workdays : MU_WORKDAYS_MON_FRI,
        .day_start_minute = minute_or(stmt, 6, MU_DAY_START_DEFAULT),
        .quiet_from = minute_or(stmt, 7, -1),
        .quiet_to = minute_or(stmt, 8, -1),
        .joined_ms = INT64_MAX,
    };
    return mu_rows_text(rows, stmt, 1, &person->handle) && mu_rows_text(rows, stmt, 4, &zone) &&
           first_zone(rows->state, zone, person);
}

static struct mu_calendar_person *known_person(struct loader *loader, struct mu_id id)
{
    const struct mu_calendar_person *found = mu_calendar_find(loader->calendar, id);
    return found == NULL ? NULL : &loader->calendar->people[found - loader->calendar->people];
}

static bool take_joined(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_calendar_person *person = known_person(rows->state, mu_stmt_id(stmt, 0));
    if (person != NULL) {
        person->joined_ms = mu_stmt_int(stmt, 1);
    }
    return true;
}

/* -- moves -------------------------------------------------------------------------- */

struct move {
    struct mu_id person;
    struct mu_zone_stretch stretch;
};

static bool take_move(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct move *move = mu_list_add(&rows->list);
    if (move == NULL) {
        return false;
    }
    move->person = mu_stmt_id(stmt, 0);
    move->stretch.from_ms = mu_stmt_int(stmt, 1);
    return mu_rows_text(rows, stmt, 2, &move->stretch.name);
}

static bool give_moves(struct loader *loader, const struct move *moves, size_t count)
{
    struct mu_calendar_person *person = known_person(loader, moves[0].person);
    struct mu_zone_stretch *zones = mu_arena_array(loader->rows.arena, count + 1, sizeof *zones);
    if (zones == NULL) {
        return false;
    }
    if (person == NULL) {
        return true;
    }
    zones[0] = person->zones[0];
    for (size_t i = 0; i < count; i++) {
        zones[i + 1] = moves[i].stretch;
        zones[i + 1].zone = zone_named(loader, moves[i].stretch.name);
    }
    person->zones = zones;
    person->zone_count = count + 1;
    return true;
}

/* -- absences ------------------------------------------------------------------------ */

static bool take_absence(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_absence *absence = mu_list_add(&rows->list);
    if (absence == NULL) {
        return false;
    }
    *absence = (struct mu_absence){.id = mu_stmt_id(stmt, 0),
                                   .person = mu_stmt_id(stmt, 1),
                                   .from_day = mu_stmt_int(stmt, 2),
                                   .to_day = mu_stmt_int(stmt, 3),
                                   .kind = (int)mu_stmt_int(stmt, 4),
                                   .declared_ms = mu_stmt_int(stmt, 5),
                                   .declared_by = mu_stmt_id(stmt, 6),
                                   .note = mu_stmt_id(stmt, 7)};
    return true;
}

static bool take_holiday(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_holiday *holiday = mu_list_add(&rows->list);
    if (holiday == NULL) {
        return false;
    }
    holiday->day = mu_stmt_int(stmt, 1);
    return mu_rows_text(rows, stmt, 0, &holiday->calendar) &&
           mu_rows_text(rows, stmt, 2, &holiday->name);
}

/* -- the whole ------------------------------------------------------------------------ */

static enum mu_status load_people(struct loader *loader, const struct mu_id *person,
                                  struct mu_error *err)
{
    struct mu_calendar *calendar = loader->calendar;
    struct mu_rows *rows = &loader->rows;
    MU_TRY(mu_rows_read(rows, SQL_TEAM, 1, NULL, NULL, take_team, err));
    MU_TRY(mu_rows_read(rows, person == NULL ? SQL_PEOPLE : SQL_PERSON,
                        sizeof(struct mu_calendar_person), person == NULL ? NULL : bind_person_key,
                        person, take_person, err));
    calendar->people = rows->list.items;
    calendar->person_count = rows->list.count;
    calendar->team = (struct mu_calendar_person){.role = MU_ROLE_LEAD,
                                                 .state = MU_PERSON_ACTIVE,
                                                 .workdays = MU_WORKDAYS_MON_FRI,
                                                 .day_start_minute = MU_DAY_START_DEFAULT,
                                                 .quiet_from = -1,
                                                 .quiet_to = -1,
                                                 .joined_ms = INT64_MAX};
    if (!first_zone(loader, loader->team_zone, &calendar->team)) {
        return mu_fail(err, MU_E_NOMEM, "read the calendar: out of memory");
    }
    return mu_rows_read(rows, SQL_JOINED, 1, NULL, NULL, take_joined, err);
}

static enum mu_status load_moves(struct loader *loader, const struct mu_id *person,
                                 struct mu_error *err)
{
    struct mu_rows *rows = &loader->rows;
    MU_TRY(mu_rows_read(rows, person == NULL ? SQL_ZONES : SQL_ZONES_OF, sizeof(struct move),
                        person == NULL ? NULL : bind_person, person, take_move, err));
    const struct move *moves = rows->list.items;
    size_t count = rows->list.count;
    for (size_t i = 0, next = 0; i < count; i = next) {
        while (next < count && mu_id_equal(moves[next].person, moves[i].person)) {
            next++;
        }
        if (!give_moves(loader, moves + i, next - i)) {
            return mu_fail(err, MU_E_NOMEM, "read the calendar: out of memory");
        }
    }
    return MU_OK;
}

static enum mu_status load_absences(struct loader *loader, const struct mu_id *person,
                                    struct mu_error *err)
{
    struct mu_rows *rows = &loader->rows;
    MU_TRY(mu_rows_read(rows, person == NULL ? SQL_ABSENCES : SQL_ABSENCES_OF,
                        sizeof(struct mu_absence), person == NULL ? NULL : bind_person, person,
                        take_absence, err));
    const struct mu_absence *absences = rows->list.items;
    size_t count = rows->list.count;
    for (size_t i = 0, next = 0; i < count; i = next) {
        while (next < count && mu_id_equal(absences[next].person, absences[i].person)) {
            next++;
        }
        struct mu_calendar_person *whose = known_person(loader, absences[i].person);
        if (whose != NULL) {
            whose->absences = absences + i;
            whose->absence_count = next - i;
        }
    }
    return MU_OK;
}

enum mu_status mu_calendar_load(struct mu_db *db, const struct mu_viewpoint *from,
                                const struct mu_id *person, struct mu_arena *arena,
                                struct mu_calendar *out, struct mu_error *err)
{
    *out = (struct mu_calendar){.day_end_minute = DAY_END_DEFAULT};
    struct loader loader = {.rows = {.db = db, .arena = arena}, .from = from, .calendar = out};
    loader.rows.state = &loader;
    mu_list_init(&loader.zones, arena, sizeof(struct known_zone));
    MU_TRY(load_people(&loader, person, err));
    MU_TRY(load_moves(&loader, person, err));
    MU_TRY(load_absences(&loader, person, err));
    MU_TRY(mu_rows_read(&loader.rows, SQL_HOLIDAYS, sizeof(struct mu_holiday), NULL, NULL,
                        take_holiday, err));
    out->holidays = loader.rows.list.items;
    out->holiday_count = loader.rows.list.count;
    return MU_OK;
}
