#include "client/view/team_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/reader.h"
#include "common/db/stmt.h"

#define MOST 1000

/* -- who is in it ---------------------------------------------------------------------- */

bool mu_team_report_may_see(const struct mu_names *names, struct mu_id viewer, struct mu_id person)
{
    const struct mu_person_name *self = mu_names_person(names, viewer);
    const struct mu_person_name *other = mu_names_person(names, person);
    return mu_id_equal(viewer, person) || (self != NULL && self->role == MU_ROLE_LEAD) ||
           (other != NULL && other->role == MU_ROLE_LEAD);
}

/* Observers are in no figure; who left is in none of a present team's. */
static bool is_counted(const struct mu_person_name *person)
{
    return person->role >= MU_ROLE_MEMBER && person->state == MU_PERSON_ACTIVE;
}

static int leads_first(const void *left, const void *right)
{
    const struct mu_person_name *const *a = left;
    const struct mu_person_name *const *b = right;
    bool a_leads = (*a)->role == MU_ROLE_LEAD;
    bool b_leads = (*b)->role == MU_ROLE_LEAD;
    return a_leads != b_leads ? (a_leads ? -1 : 1) : mu_slice_compare((*a)->handle, (*b)->handle);
}

static enum mu_status choose(const struct mu_names *names, struct mu_id viewer,
                             struct mu_arena *arena, const struct mu_person_name ***out,
                             size_t *out_count, struct mu_error *err)
{
    const struct mu_person_name **list =
        mu_arena_array(arena, names->person_count + 1, sizeof(struct mu_person_name *));
    size_t count = 0;
    if (list == NULL) {
        return mu_fail(err, MU_E_NOMEM, "make a report: out of memory");
    }
    for (size_t i = 0; i < names->person_count; i++) {
        const struct mu_person_name *person = &names->people[i];
        if (is_counted(person) && mu_team_report_may_see(names, viewer, person->id)) {
            list[count++] = person;
        }
    }
    qsort(list, count, sizeof *list, leads_first);
    *out = list;
    *out_count = count;
    return MU_OK;
}

static enum mu_status count_people(const struct mu_books *books, const struct mu_names *names,
                                   struct mu_id viewer, const struct mu_metric_input *input,
                                   struct mu_team_report *out, struct mu_error *err)
{
    const struct mu_person_name **people = NULL;
    const struct mu_person_name *self = mu_names_person(names, viewer);
    bool leads = self != NULL && self->role == MU_ROLE_LEAD;
    MU_TRY(choose(names, viewer, books->arena, &people, &out->person_count, err));
    out->people = mu_arena_array(books->arena, out->person_count + 1, sizeof *out->people);
    out->unthanked = mu_arena_array(books->arena, out->person_count + 1, sizeof *out->unthanked);
    if (out->people == NULL || out->unthanked == NULL) {
        return mu_fail(err, MU_E_NOMEM, "make a report: out of memory");
    }
    for (size_t i = 0; i < out->person_count; i++) {
        MU_TRY(mu_metrics_count(input, people[i]->id, books->arena, &out->people[i], err));
        if (leads && out->people[i].figures[MU_METRIC_KUDOS].k == 0) {
            out->unthanked[out->unthanked_count++] = people[i]->id;
        }
    }
    const struct mu_id team = {{0}};
    return mu_metrics_count(input, team, books->arena, &out->team, err);
}

/* Kudos that are shown, though given after the window (in the meeting about it), count as well. */
static void leave_out_thanked(struct mu_team_report *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->unthanked_count; i++) {
        bool thanked = false;
        for (size_t j = 0; j < out->kudos_count && !thanked; j++) {
            const struct mu_kudos_line *line = &out->kudos[j];
            for (size_t k = 0; k < line->to_count && !thanked; k++) {
                thanked = mu_id_equal(line->to[k], out->unthanked[i]);
            }
        }
        if (!thanked) {
            out->unthanked[kept++] = out->unthanked[i];
        }
    }
    out->unthanked_count = kept;
}

static enum mu_status count_done(struct mu_db *db, const struct mu_metric_input *input,
                                 int64_t *out_count, struct mu_error *err)
{
    static const char sql[] =
        "SELECT count(*) FROM task WHERE done_at >= ?1 AND done_at < ?2 AND done_at IS NOT NULL"
        " AND state = 6 AND owner IS NOT NULL AND coalesce(deleted, 0) = 0";
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, db, sql, err));
    mu_stmt_bind_int(&stmt, 1, input->from_ms);
    mu_stmt_bind_int(&stmt, 2, input->to_ms);
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    *out_count = status == MU_OK && row ? mu_stmt_int(&stmt, 0) : 0;
    mu_stmt_finalize(&stmt);
    return status;
}

enum mu_status mu_team_report_load(const struct mu_books *books, const struct mu_names *names,
                                   const struct mu_viewpoint *from, struct mu_id viewer,
                                   const struct mu_metric_window *window,
                                   struct mu_team_report *out, struct mu_error *err)
{
    struct mu_metric_input input;
    const struct mu_blocker_filter blocked = {.open = true};
    const struct mu_goal_filter goals = {.all = false};
    memset(out, 0, sizeof *out);
    MU_TRY(mu_metrics_load(books, from, window, &input, err));
    out->from_day = input.from_day;
    out->to_day = input.to_day;
    MU_TRY(count_people(books, names, viewer, &input, out, err));
    MU_TRY(count_done(books->db, &input, &out->tasks_done, err));
    const struct mu_kudos_filter kudos = {.since_ms = input.from_ms, .self = viewer, .most = MOST};
    MU_TRY(mu_wins_posted(books->db, input.from_ms, MOST, books->arena, &out->wins, &out->win_count,
                          err));
    MU_TRY(mu_wins_count_runs(books, out->wins, out->win_count, err));
    MU_TRY(mu_kudos_read(books->db, &kudos, books->arena, &out->kudos, &out->kudos_count, err));
    leave_out_thanked(out);
    MU_TRY(mu_goals_load(books, &goals, &out->goals, &out->goal_count, err));
    return mu_blockers_load(books, &blocked, &out->blockers, &out->blocker_count, err);
}

/* -- what a row is made of ----------------------------------------------------------------- */

enum mu_status mu_counted_changes(struct mu_db *db, const struct mu_counted *counted,
                                  uint64_t *out_seqs, size_t most, size_t *out_count,
                                  struct mu_error *err)
{
    char sql[80];
    struct mu_stmt stmt = {0};
    bool row = false;
    *out_count = 0;
    (void)snprintf(sql, sizeof sql, "SELECT seqs FROM %s WHERE key = ?1",
                   mu_entity_find(counted->entity)->name);
    MU_TRY(mu_stmt_prepare(&stmt, db, sql, err));
    mu_stmt_bind_int(&stmt, 1, mu_id_key(counted->id));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row) {
        /* common/replica keeps per distinct seq, ascending, a varint seq and one of fields. */
        struct mu_reader reader = mu_reader_of(mu_stmt_blob(&stmt, 0));
        while (!mu_reader_at_end(&reader) && mu_reader_ok(&reader) && *out_count < most) {
            uint64_t seq = mu_reader_varint(&reader);
            (void)mu_reader_varint(&reader);
            if (mu_reader_ok(&reader) && seq > 0) {
                out_seqs[(*out_count)++] = seq;
            }
        }
    }
    mu_stmt_finalize(&stmt);
    return status;
}

/* -- JSON -------------------------------------------------------------------------------------- */

static void put_day(struct mu_json *json, const char *name, int64_t day)
{
    char text[32];
    struct mu_date date = mu_date_from_days(day);
    (void)snprintf(text, sizeof text, "%04d-%02d-%02d", (int)date.year, (int)date.month,
                   (int)date.day);
    mu_json_str(json, name, text);
}

void mu_team_report_json(struct mu_json *json, const struct mu_team_report *report,
                         const struct mu_names *names)
{
    put_day(json, "from", report->from_day);
    put_day(json, "to", report->to_day);
    mu_json_array(json, "people");
    for (size_t i = 0; i < report->person_count; i++) {
        mu_metrics_json(json, NULL, &report->people[i], names);
    }
    mu_json_close(json);
    mu_metrics_json(json, "team", &report->team, names);
    mu_json_int(json, "tasks_done", report->tasks_done);
    mu_json_array(json, "wins");
    for (size_t i = 0; i < report->win_count; i++) {
        mu_win_json(json, NULL, &report->wins[i], names);
    }
    mu_json_close(json);
    mu_json_array(json, "kudos");
    for (size_t i = 0; i < report->kudos_count; i++) {
        mu_kudos_json(json, NULL, &report->kudos[i], names);
    }
    mu_json_close(json);
    mu_json_array(json, "goals");
    for (size_t i = 0; i < report->goal_count; i++) {
        mu_goal_json(json, NULL, &report->goals[i], names);
        mu_json_close(json); /* left open for who adds to it */
    }
    mu_json_close(json);
    mu_json_array(json, "blockers");
    for (size_t i = 0; i < report->blocker_count; i++) {
        mu_blocker_json(json, NULL, &report->blockers[i], names);
    }
    mu_json_close(json);
    mu_json_array(json, "unthanked");
    for (size_t i = 0; i < report->unthanked_count; i++) {
        const struct mu_person_name *person = mu_names_person(names, report->unthanked[i]);
        mu_json_text(json, NULL, person != NULL ? person->handle : mu_slice_str("?"));
    }
    mu_json_close(json);
}
