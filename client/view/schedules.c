#include "client/view/schedules.h"

#include "client/view/names.h"
#include "client/view/rows.h"
#include "client/view/text.h"
#include "common/model/rhythm.h"

static const char SQL_SCHEDULES[] = "SELECT id, name, kind, state FROM schedule ORDER BY name, id";
static const char SQL_VERSIONS[] =
    "SELECT schedule, id, from_day, days, open_minute, due_minute, grace_minutes, zone_mode,"
    " reminders, escalate_after, escalate_to, created_at, created_by FROM schedule_version"
    " ORDER BY schedule, from_day, created_at, id";
static const char SQL_QUESTIONS[] =
    "SELECT id, position, text, kind, required, every_n, choices FROM question"
    " WHERE schedule_version = ?1 ORDER BY position, id";

/* -- loading ---------------------------------------------------------------------- */

struct loose_version {
    struct mu_id schedule;
    struct mu_schedule_version version;
};

static bool take_schedule(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_schedule *schedule = mu_list_add(&rows->list);
    if (schedule == NULL) {
        return false;
    }
    schedule->id = mu_stmt_id(stmt, 0);
    schedule->kind = (int)mu_stmt_int(stmt, 2);
    schedule->state = (int)mu_stmt_int(stmt, 3);
    return mu_rows_text(rows, stmt, 1, &schedule->name);
}

static int32_t minutes(struct mu_stmt *stmt, int column)
{
    int64_t value = mu_stmt_int(stmt, column);
    return value < 0 ? 0 : value > 2 * MU_DAY_MINUTES ? 2 * MU_DAY_MINUTES : (int32_t)value;
}

static bool take_version(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct loose_version *loose = mu_list_add(&rows->list);
    if (loose == NULL) {
        return false;
    }
    loose->schedule = mu_stmt_id(stmt, 0);
    loose->version = (struct mu_schedule_version){
        .id = mu_stmt_id(stmt, 1),
        .from_day = mu_stmt_int(stmt, 2),
        .days = (unsigned)(mu_stmt_int(stmt, 3) & 0x7f),
        .open_minute = minutes(stmt, 4),
        .due_minute = minutes(stmt, 5),
        .grace_minutes = minutes(stmt, 6),
        .zone_mode = (int)mu_stmt_int(stmt, 7),
        .escalate_after = mu_stmt_int(stmt, 9),
        .escalate_to = mu_stmt_id(stmt, 10),
        .created_ms = mu_stmt_int(stmt, 11),
        .created_by = mu_stmt_id(stmt, 12),
    };
    return mu_rows_text(rows, stmt, 8, &loose->version.reminders);
}

static bool take_question(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_question *question = mu_list_add(&rows->list);
    if (question == NULL) {
        return false;
    }
    question->id = mu_stmt_id(stmt, 0);
    question->position = mu_stmt_int(stmt, 1);
    question->kind = (int)mu_stmt_int(stmt, 3);
    question->required = mu_stmt_int(stmt, 4) == 1;
    question->every = mu_stmt_int(stmt, 5) > 0 ? mu_stmt_int(stmt, 5) : 1;
    return mu_rows_text(rows, stmt, 2, &question->text) &&
           mu_rows_text(rows, stmt, 6, &question->choices);
}

static bool give_versions(struct mu_schedule *schedule, struct mu_arena *arena,
                          const struct loose_version *loose, size_t count)
{
    size_t own = 0;
    struct mu_schedule_version *versions = NULL;
    for (size_t i = 0; i < count; i++) {
        own += mu_id_equal(loose[i].schedule, schedule->id) ? 1 : 0;
    }
    versions = mu_arena_array(arena, own + 1, sizeof *versions);
    if (versions == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (mu_id_equal(loose[i].schedule, schedule->id)) {
            versions[schedule->version_count++] = loose[i].version;
        }
    }
    schedule->versions = versions;
    return true;
}

enum mu_status mu_schedules_load(struct mu_db *db, struct mu_arena *arena, struct mu_schedules *out,
                                 struct mu_error *err)
{
    struct mu_rows rows = {.db = db, .arena = arena};
    MU_TRY(mu_rows_read(&rows, SQL_SCHEDULES, sizeof(struct mu_schedule), NULL, NULL, take_schedule,
                        err));
    *out = (struct mu_schedules){.list = rows.list.items, .count = rows.list.count};
    MU_TRY(mu_rows_read(&rows, SQL_VERSIONS, sizeof(struct loose_version), NULL, NULL, take_version,
                        err));
    for (size_t i = 0; i < out->count; i++) {
        if (!give_versions(&out->list[i], arena, rows.list.items, rows.list.count)) {
            return mu_fail(err, MU_E_NOMEM, "read schedules: out of memory");
        }
    }
    return MU_OK;
}

static void bind_version(const void *by, struct mu_stmt *stmt)
{
    const struct mu_id *version = by;
    mu_stmt_bind_id(stmt, 1, *version);
}

enum mu_status mu_questions_load(struct mu_db *db, struct mu_id version, struct mu_arena *arena,
                                 struct mu_question **out, size_t *out_count, struct mu_error *err)
{
    struct mu_rows rows = {.db = db, .arena = arena};
    MU_TRY(mu_rows_read(&rows, SQL_QUESTIONS, sizeof(struct mu_question), bind_version, &version,
                        take_question, err));
    *out = rows.list.items;
    *out_count = rows.list.count;
    return MU_OK;
}

/* -- finding ------------------------------------------------------------------------ */

const struct mu_schedule *mu_schedules_find(const struct mu_schedules *schedules, struct mu_id id)
{
    for (size_t i = 0; i < schedules->count; i++) {
        if (mu_id_equal(schedules->list[i].id, id)) {
            return &schedules->list[i];
        }
    }
    return NULL;
}

static enum mu_status not_one(const struct mu_schedules *schedules, struct mu_slice name,
                              size_t fits, struct mu_error *err)
{
    char text[MU_SHORT_MAX];
    (void)mu_show_short(name, text);
    if (fits > 1) {
        return mu_fail(err, MU_E_USAGE, "several schedules are called '%s'", text);
    }
    return schedules->count == 0 ? mu_fail(err, MU_E_NOT_FOUND, "there is no schedule yet")
                                 : mu_fail(err, MU_E_NOT_FOUND, "no schedule is called '%s'", text);
}

enum mu_status mu_schedules_named(const struct mu_schedules *schedules, struct mu_slice name,
                                  const struct mu_schedule **out, struct mu_error *err)
{
    size_t fits = 0;
    for (int ended = 0; ended < 2 && fits == 0; ended++) { /* one that lives comes first */
        for (size_t i = 0; i < schedules->count; i++) {
            const struct mu_schedule *schedule = &schedules->list[i];
            if ((schedule->state == MU_SCHEDULE_ENDED) == (ended == 1) &&
                mu_same_name(schedule->name, name)) {
                *out = schedule;
                fits++;
            }
        }
    }
    return fits == 1 ? MU_OK : not_one(schedules, name, fits, err);
}

const struct mu_schedule_version *mu_schedule_version(const struct mu_schedule *schedule,
                                                      struct mu_id version)
{
    for (size_t i = 0; i < schedule->version_count; i++) {
        if (mu_id_equal(schedule->versions[i].id, version)) {
            return &schedule->versions[i];
        }
    }
    return NULL;
}

/* -- which one asks --------------------------------------------------------------------- */

struct mu_slot_times mu_version_times(const struct mu_schedule_version *version,
                                      const struct mu_calendar *calendar,
                                      const struct mu_calendar_person *person, int64_t day)
{
    const struct mu_calendar_person *whose =
        version->zone_mode == MU_ZONE_OF_TEAM ? &calendar->team : person;
    struct mu_slot_times times = {
        .open_ms = mu_person_instant(whose, day, version->open_minute),
        .due_ms = mu_person_instant(whose, day, version->due_minute),
    };
    /* Grace is a span of time, whatever clocks do meanwhile. */
    times.grace_ms = times.due_ms + (int64_t)version->grace_minutes * 60000;
    return times;
}

const struct mu_schedule_version *mu_schedule_asks(const struct mu_schedule *schedule,
                                                   const struct mu_calendar *calendar,
                                                   const struct mu_calendar_person *person,
                                                   int64_t day, struct mu_slot_times *out_times)
{
    for (size_t i = schedule->version_count; i > 0; i--) {
        const struct mu_schedule_version *version = &schedule->versions[i - 1];
        if (version->from_day > day) {
            continue;
        }
        struct mu_slot_times times = mu_version_times(version, calendar, person, day);
        if (version->created_ms > (i == 1 ? times.due_ms : times.open_ms)) {
            continue;
        }
        *out_times = times;
        return (version->days >> mu_day_weekday(day) & 1u) != 0 ? version : NULL;
    }
    return NULL;
}

/* Days of the mask in [from, to). */
static int64_t days_between(unsigned mask, int64_t from, int64_t to)
{
    int64_t weeks = (to - from) / 7;
    int64_t count = 0;
    for (int bit = 0; bit < 7; bit++) {
        count += (mask >> bit & 1u) != 0 ? weeks : 0;
    }
    for (int64_t day = from + weeks * 7; day < to; day++) {
        count += (mask >> mu_day_weekday(day) & 1u) != 0 ? 1 : 0;
    }
    return count;
}

bool mu_question_is_asked(const struct mu_question *question,
                          const struct mu_schedule_version *version, int64_t day)
{
    return day >= version->from_day &&
           days_between(version->days, version->from_day, day) % question->every == 0;
}
