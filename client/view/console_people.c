/* The people of a console: the load of each, leads first, then who needs somebody most. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/view/console_inside.h"
#include "client/view/task_words.h"
#include "client/view/text.h"

#define WEEK_MS (INT64_C(7) * 24 * 60 * 60 * 1000)

static const char SQL_LOAD[] = "SELECT owner, state, due, done_at, column_id FROM task"
                               " WHERE owner IS NOT NULL AND archived IS NOT 1"
                               " AND deleted IS NOT 1";

struct person {
    const struct mu_person_name *name;
    int rank; /* who is asked, if a lead, then other leads, then the team */
    int need; /* by check-ins */
    int64_t open, doing, unanswered, late, done;
};

static int by_id(const void *key, const void *element)
{
    const struct mu_id *id = key;
    const struct person *person = element;
    return mu_id_compare(*id, person->name->id);
}

/* By rank, then who has not checked in, then the most late, then the most unanswered, then by
 * handle. */
static int by_need(const void *left, const void *right)
{
    const struct person *a = left;
    const struct person *b = right;
    int64_t needs[][2] = {
        {a->rank, b->rank},
        {b->need, a->need},
        {b->late, a->late},
        {b->unanswered, a->unanswered},
    };
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        if (needs[i][0] != needs[i][1]) {
            return needs[i][0] < needs[i][1] ? -1 : 1;
        }
    }
    return mu_slice_compare(a->name->handle, b->name->handle);
}

static void count_task(struct mu_stmt *stmt, const struct mu_viewpoint *from, struct person *person)
{
    struct mu_task_line line = {.state = (int)mu_stmt_int(stmt, 1), .due = mu_stmt_text(stmt, 2)};
    if (line.state < MU_STATE_DONE) {
        person->open++;
        person->doing += line.state == MU_STATE_DOING || line.state == MU_STATE_REVIEW;
        person->unanswered += line.state == MU_STATE_ASSIGNED;
        person->late += mu_task_is_late(&line, from);
    } else if (line.state == MU_STATE_DONE) {
        person->done += mu_stmt_int(stmt, 3) > from->now.ms - WEEK_MS;
    }
}

static enum mu_status count_tasks(struct mu_console_draft *draft, struct person *people,
                                  size_t count, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    enum mu_status status = MU_OK;
    bool row = true;
    MU_TRY(mu_stmt_prepare(&stmt, draft->query->db, SQL_LOAD, err));
    while ((status = mu_stmt_step(&stmt, &row, err)) == MU_OK && row) {
        struct mu_id owner = mu_stmt_id(&stmt, 0);
        struct person *person = bsearch(&owner, people, count, sizeof *people, by_id);
        if (person != NULL && mu_draft_in_use(draft, mu_stmt_id(&stmt, 4))) {
            count_task(&stmt, draft->query->from, person);
        }
    }
    mu_stmt_finalize(&stmt);
    return status;
}

/* "14:20 there", where clocks differ. */
static enum mu_status put_clock(struct mu_console_draft *draft, const struct mu_person_name *person)
{
    const struct mu_viewpoint *from = draft->query->from;
    char name[MU_ZONE_MAX + 1];
    char text[32];
    if (person->zone.len == 0 || person->zone.len > MU_ZONE_MAX || from->zone_of == NULL) {
        return MU_OK;
    }
    for (size_t i = 0; i <= person->zone.len; i++) {
        name[i] = i < person->zone.len ? (char)person->zone.data[i] : '\0';
    }
    const struct mu_zone *zone = from->zone_of(from->state, name);
    if (zone == NULL) {
        return MU_OK;
    }
    struct mu_local there = mu_zone_local(zone, from->now);
    if (there.offset_s == mu_zone_local(from->zone, from->now).offset_s) {
        return MU_OK;
    }
    (void)snprintf(text, sizeof text, "%02" PRId32 ":%02" PRId32 " there", there.second / 3600,
                   there.second / 60 % 60);
    return mu_draft_phrase(draft, MU_MARK_QUIET, mu_slice_str(text));
}

static enum mu_status put_person(struct mu_console_draft *draft, struct mu_console_section *section,
                                 const struct person *person, struct mu_error *err)
{
    struct mu_console_row row = {
        .kind = MU_CONSOLE_PERSON, .id = person->name->id, .person = person->name->id};
    if (person->name->role == MU_ROLE_LEAD) {
        MU_TRY(mu_draft_phrase(draft, MU_MARK_STRONG, mu_slice_str("lead")));
    }
    MU_TRY(mu_draft_slots(draft, person->name->id, &row.checkin));
    MU_TRY(mu_draft_kept(draft, person->name->id));
    MU_TRY(mu_draft_count(draft, MU_MARK_BAD, person->late, "late"));
    MU_TRY(mu_draft_count(draft, MU_MARK_WARN, person->unanswered, "unanswered"));
    MU_TRY(mu_draft_count(draft, MU_MARK_PLAIN, person->doing, "under way"));
    if (person->open == 0) {
        MU_TRY(mu_draft_phrase(draft, MU_MARK_QUIET, mu_slice_str("nothing open")));
    } else {
        MU_TRY(mu_draft_count(draft, MU_MARK_PLAIN, person->open, "open"));
    }
    MU_TRY(mu_draft_count(draft, MU_MARK_GOOD, person->done, "done in 7 d"));
    if (draft->leads && draft->kudos_count > 0 && !mu_draft_was_thanked(draft, person->name->id)) {
        MU_TRY(mu_draft_phrase(draft, MU_MARK_QUIET, mu_slice_str("no kudos in 4 weeks")));
    }
    MU_TRY(put_clock(draft, person->name));
    return mu_draft_row(draft, section, &row, mu_draft_handle(draft, person->name->id), err);
}

enum mu_status mu_console_people(struct mu_console_draft *draft, struct mu_error *err)
{
    const struct mu_console_query *query = draft->query;
    const struct mu_names *names = query->names;
    struct person *people = mu_arena_array(draft->arena, names->person_count + 1, sizeof *people);
    struct mu_console_section *section =
        mu_draft_section(draft, "People", NULL, names->person_count);
    size_t count = 0;
    if (people == NULL || section == NULL) {
        return MU_E_NOMEM;
    }
    for (size_t i = 0; i < names->person_count; i++) {
        const struct mu_person_name *name = &names->people[i];
        bool meant = mu_id_is_zero(query->person) || mu_id_equal(query->person, name->id);
        if (name->state == MU_PERSON_ACTIVE && name->role >= MU_ROLE_MEMBER && meant) {
            bool lead = name->role == MU_ROLE_LEAD;
            bool self = mu_id_equal(query->self, name->id);
            people[count++] = (struct person){.name = name,
                                              .rank = lead ? (self ? 0 : 1) : 2,
                                              .need = mu_draft_slot_need(draft, name->id)};
        }
    }
    MU_TRY(count_tasks(draft, people, count, err));
    qsort(people, count, sizeof *people, by_need);
    for (size_t i = 0; i < count; i++) {
        MU_TRY(put_person(draft, section, &people[i], err));
    }
    return MU_OK;
}
