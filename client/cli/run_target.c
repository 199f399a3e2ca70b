/* Targets and what is measured of them: target add, edit, remove; record; quota set, accept, list.
 */
#include <string.h>

#include "client/cli/books.h"
#include "client/cli/commands.h"
#include "client/cli/tokens.h"
#include "client/view/goals.h"
#include "client/view/handles.h"
#include "client/view/measure.h"
#include "client/view/quotas.h"
#include "client/view/readings.h"
#include "client/view/text.h"

#define LINE_MAX  ((size_t)64 * 1024)
#define OPS_FIT   60 /* of MU_OPS_MAX, in pairs */
#define WEEKS_MAX 520

/* A target with the rest of its goal. */
struct aim {
    struct mu_cli_books books;
    struct mu_goal goal;
    struct mu_target target;
};

static enum mu_status goal_of(struct mu_session *session, struct mu_id target, struct mu_id *out,
                              struct mu_error *err)
{
    static const char sql[] = "SELECT goal FROM target WHERE key = ?1";
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, session->db, sql, err));
    mu_stmt_bind_int(&stmt, 1, mu_id_key(target));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    *out = status == MU_OK && row ? mu_stmt_id(&stmt, 0) : (struct mu_id){{0}};
    mu_stmt_finalize(&stmt);
    return status;
}

static enum mu_status get_aim(struct mu_session *session, struct mu_id id, struct aim *out,
                              struct mu_error *err)
{
    struct mu_id goal;
    bool found = false;
    MU_TRY(mu_cli_books(session, NULL, &out->books, err));
    MU_TRY(goal_of(session, id, &goal, err));
    MU_TRY(mu_goal_get(&out->books.books, goal, &out->goal, &found, err));
    for (size_t i = 0; found && i < out->goal.target_count; i++) {
        if (mu_id_equal(out->goal.targets[i].id, id)) {
            out->target = out->goal.targets[i];
            return MU_OK;
        }
    }
    return mu_fail(err, MU_E_NOT_FOUND, "no such target here");
}

static enum mu_status need_aim(struct mu_session *session, struct aim *out, struct mu_error *err)
{
    const char *ref = NULL;
    struct mu_id id;
    MU_TRY(mu_cli_need(session->cli, "which target (its name, or ~k3f9)", &ref, err));
    MU_TRY(mu_target_resolve(session->db, mu_slice_str(ref), &id, err));
    return get_aim(session, id, out, err);
}

static void put_json(struct mu_json *json, const char *name, const void *row,
                     const struct mu_names *names)
{
    (void)names;
    mu_target_json(json, name, row);
}

static enum mu_status finish(struct mu_session *session, struct mu_id id, struct mu_error *err)
{
    struct aim aim;
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, LINE_MAX);
    MU_TRY(get_aim(session, id, &aim, err));
    MU_TRY(mu_cli_put(mu_buf_printf(&line, "%s %s ", aim.target.ref, aim.goal.ref), err));
    MU_TRY(mu_cli_put(mu_words_target(&line, &aim.target), err));
    return mu_finish_row(session, mu_buf_view(&line), "target", put_json, &aim.target, err);
}

/* -- target add, edit, remove -------------------------------------------------------------------
 */

static enum mu_status put_choice(struct mu_edit *edit, const char *option, uint32_t field,
                                 int64_t (*parse)(struct mu_slice word), const char *choices,
                                 struct mu_error *err)
{
    const char *given = mu_args_value(&edit->session->cli->args, option);
    if (given == NULL) {
        return MU_OK;
    }
    int64_t number = parse(mu_slice_str(given));
    if (number == 0) {
        return mu_fail(err, MU_E_USAGE, "--%s is %s", option, choices);
    }
    mu_edit_int(edit, field, number);
    return MU_OK;
}

static enum mu_status put_target(struct mu_edit *edit, int precision, struct mu_error *err)
{
    static const struct {
        const char *option;
        uint32_t field;
    } values[] = {{"from", MU_TARGET_BASELINE}, {"to", MU_TARGET_AIM}};
    struct mu_cli *cli = edit->session->cli;
    for (size_t i = 0; i < 2; i++) {
        const char *given = mu_args_value(&cli->args, values[i].option);
        int64_t value = 0;
        if (given != NULL) {
            MU_TRY(mu_measure_parse(mu_slice_str(given), precision, &value, err));
            mu_edit_int(edit, values[i].field, value);
        }
    }
    const char *unit = mu_args_value(&cli->args, "unit");
    struct mu_slice text = {0};
    if (unit != NULL) {
        MU_TRY(mu_cli_word_text(unit, "unit", 64, &text, err));
        mu_edit_text(edit, MU_TARGET_UNIT, text);
    }
    MU_TRY(put_choice(edit, "direction", MU_TARGET_DIRECTION, mu_direction_parse,
                      "up, down, reach, stay-below or yes-no", err));
    return put_choice(edit, "source", MU_TARGET_SOURCE, mu_source_parse, "manual, quotas or tasks",
                      err);
}

/* As many decimals as --decimals says, or as are written. */
static enum mu_status read_precision(struct mu_cli *cli, int64_t *out, struct mu_error *err)
{
    const char *decimals = mu_args_value(&cli->args, "decimals");
    const char *from = mu_args_value(&cli->args, "from");
    const char *to = mu_args_value(&cli->args, "to");
    *out = 0;
    if (decimals != NULL) {
        return mu_token_number(decimals, "--decimals", 0, MU_PRECISION_MAX, out, err);
    }
    int of_from = from != NULL ? mu_measure_decimals(mu_slice_str(from)) : 0;
    int of_to = to != NULL ? mu_measure_decimals(mu_slice_str(to)) : 0;
    *out = of_from > of_to ? of_from : of_to;
    return MU_OK;
}

static enum mu_status add(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_edit edit;
    struct mu_id goal;
    struct mu_slice name = {0};
    const char *ref = NULL;
    int64_t precision = 0;
    MU_TRY(mu_cli_need(cli, "of which goal (G-2)", &ref, err));
    MU_TRY(mu_goal_resolve(session->db, mu_slice_str(ref), &goal, err));
    MU_TRY(mu_cli_rest(cli, NULL, "name", MU_NAME_MAX, &name, err));
    if (name.len == 0) {
        return mu_fail(err, MU_E_USAGE,
                       "a target needs a name: muster target add G-2 sales --to 360000 --unit EUR");
    }
    MU_TRY(read_precision(cli, &precision, err));
    struct mu_id id = mu_edit_new_id(session);
    mu_edit_begin(&edit, session, MU_INTENT_TARGET_ADD);
    mu_edit_op(&edit, MU_TARGET, id);
    mu_edit_id(&edit, MU_TARGET_GOAL, goal);
    mu_edit_text(&edit, MU_TARGET_NAME, name);
    mu_edit_int(&edit, MU_TARGET_PRECISION, precision);
    if (mu_args_value(&cli->args, "from") == NULL) {
        mu_edit_int(&edit, MU_TARGET_BASELINE, 0);
    }
    MU_TRY(put_target(&edit, (int)precision, err));
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, id, err);
}

enum mu_status mu_run_target_add(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, add, err);
}

static enum mu_status edit_target(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_edit edit;
    struct aim aim;
    struct mu_slice name = {0};
    const char *given = mu_args_value(&cli->args, "name");
    bool removes = strcmp(cli->command->name, "target remove") == 0;
    MU_TRY(need_aim(session, &aim, err));
    MU_TRY(mu_cli_no_more(cli, err));
    mu_edit_begin(&edit, session, MU_INTENT_TARGET_EDIT);
    mu_edit_op(&edit, MU_TARGET, aim.target.id);
    if (removes) {
        mu_edit_int(&edit, MU_TARGET_DELETED, 1);
        MU_TRY(mu_edit_author(&edit, err));
        mu_edit_poke(session);
        return mu_echo_line(session, mu_slice_str("removed the target"), err);
    }
    if (given != NULL) {
        MU_TRY(mu_cli_word_text(given, "name", MU_NAME_MAX, &name, err));
        mu_edit_text(&edit, MU_TARGET_NAME, name);
    }
    MU_TRY(put_target(&edit, aim.target.precision, err));
    if (!edit.failed && edit.intent.ops[0].arg_count == 0) {
        return mu_fail(err, MU_E_USAGE, "what changes? see: muster help target edit");
    }
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, aim.target.id, err);
}

enum mu_status mu_run_target_edit(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, edit_target, err);
}

/* -- record ---------------------------------------------------------------------------------------
 */

/* The reading to correct: by its handle, or one's own last. */
static enum mu_status find_corrected(struct mu_session *session, const struct aim *aim,
                                     const char *which, struct mu_reading *out,
                                     struct mu_error *err)
{
    struct mu_reading *readings = NULL;
    size_t count = 0;
    struct mu_id id = {{0}};
    bool last = strcmp(which, "last") == 0;
    if (!last) {
        MU_TRY(
            mu_handle_resolve(session->db, MU_READING, "reading", mu_slice_str(which), &id, err));
    }
    MU_TRY(mu_readings_of_target(&aim->books.books, aim->target.id, &readings, &count, err));
    const struct mu_reading *found = NULL;
    for (size_t i = 0; i < count; i++) {
        bool own = mu_id_equal(readings[i].by, session->self) && !readings[i].corrected;
        bool meant = last ? own && (found == NULL || readings[i].at_ms >= found->at_ms)
                          : mu_id_equal(readings[i].id, id);
        found = meant ? &readings[i] : found;
    }
    if (found == NULL) {
        return mu_fail(err, MU_E_NOT_FOUND, "there is no such reading of yours");
    }
    *out = *found;
    return MU_OK;
}

static enum mu_status reading_day(struct mu_session *session, const struct aim *aim,
                                  int64_t *out_day, struct mu_error *err)
{
    const struct mu_calendar_person *self = mu_books_person(&aim->books.books, session->self);
    const char *given = mu_args_value(&session->cli->args, "day");
    struct mu_due due;
    bool none = false;
    *out_day = mu_person_day(self, aim->books.books.now_ms);
    if (given == NULL) {
        return MU_OK;
    }
    MU_TRY(mu_token_date(session, mu_slice_str(given), &due, &none, err));
    int64_t day = none ? *out_day : mu_date_to_days(due.date);
    if (day > *out_day) {
        return mu_fail(err, MU_E_USAGE, "a reading is of today or a day before, not '%s'", given);
    }
    *out_day = day;
    return MU_OK;
}

static enum mu_status record(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_edit edit;
    struct aim aim;
    struct mu_reading old = {.day = 0};
    struct mu_slice note = {0};
    const char *word = NULL;
    const char *corrects = mu_args_value(&cli->args, "correct");
    int64_t value = 0;
    int64_t day = 0;
    MU_TRY(need_aim(session, &aim, err));
    MU_TRY(mu_cli_need(cli, "what value", &word, err));
    MU_TRY(mu_measure_parse(mu_slice_str(word), aim.target.precision, &value, err));
    MU_TRY(mu_cli_rest(cli, "note", "note", MU_TITLE_MAX, &note, err));
    if (aim.target.source == MU_TARGET_TASKS) {
        return mu_fail(err, MU_E_USAGE,
                       "this target counts tasks that are done: nothing is "
                       "recorded for it");
    }
    MU_TRY(reading_day(session, &aim, &day, err));
    if (corrects != NULL) {
        MU_TRY(find_corrected(session, &aim, corrects, &old, err));
        day = mu_args_value(&cli->args, "day") != NULL ? day : old.day;
    }
    mu_edit_begin(&edit, session, MU_INTENT_READING_ADD);
    mu_edit_op(&edit, MU_READING, mu_edit_new_id(session));
    mu_edit_id(&edit, MU_READING_TARGET, aim.target.id);
    mu_edit_int(&edit, MU_READING_VALUE, value);
    mu_edit_int(&edit, MU_READING_DAY, day);
    if (note.len > 0) {
        mu_edit_text(&edit, MU_READING_NOTE, note);
    }
    if (corrects != NULL) {
        mu_edit_id(&edit, MU_READING_CORRECTS, old.id);
    }
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, aim.target.id, err);
}

enum mu_status mu_run_record(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, record, err);
}

/* -- quota set
 * -------------------------------------------------------------------------------------- */

static enum mu_status read_period(struct mu_session *session, const struct aim *aim,
                                  struct mu_period *out, int64_t *out_count, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *month = mu_args_value(&cli->args, "month");
    const char *week = mu_args_value(&cli->args, "week");
    const char *given = month != NULL ? month : week;
    const char *many = mu_args_value(&cli->args, "times");
    const struct mu_calendar_person *self = mu_books_person(&aim->books.books, session->self);
    int64_t day = mu_person_day(self, aim->books.books.now_ms);
    bool is_period = false;
    *out = mu_period_of(month != NULL ? MU_PERIOD_MONTH : MU_PERIOD_WEEK, day);
    *out_count = 1;
    if (given != NULL) {
        struct mu_due due;
        bool none = false;
        /* A week that is over may be asked for: for promises alone it must be one to come. */
        struct mu_error ignored;
        bool last = strcmp(given, "last-week") == 0 || strcmp(given, "last") == 0;
        if (last) {
            out->day -= 7;
        } else if (mu_cli_period(session, &aim->books, given, out, &is_period, &ignored) != MU_OK ||
                   !is_period) {
            MU_TRY(mu_token_date(session, mu_slice_str(given), &due, &none, err));
            out->day = none ? day : mu_date_to_days(due.date);
        }
        *out = mu_period_of(month != NULL ? MU_PERIOD_MONTH : MU_PERIOD_WEEK, out->day);
    }
    return many != NULL ? mu_token_number(many, "--times", 1, WEEKS_MAX, out_count, err) : MU_OK;
}

struct setting {
    struct mu_session *session;
    struct mu_edit edit;
    struct aim *aim;
    int64_t amount;
};

static enum mu_status set_one(struct setting *setting, struct mu_id person, struct mu_period period,
                              struct mu_error *err)
{
    struct mu_session *session = setting->session;
    struct mu_edit *edit = &setting->edit;
    struct mu_world world = mu_replica_world(mu_client_replica(session->client));
    if (edit->intent.op_count == OPS_FIT) {
        MU_TRY(mu_edit_author(edit, err));
        mu_edit_begin(edit, session, MU_INTENT_QUOTA_SET);
    }
    mu_edit_op(edit, MU_QUOTA, mu_quota_id(&world, setting->aim->target.id, person, period));
    mu_edit_id(edit, MU_QUOTA_TARGET, setting->aim->target.id);
    mu_edit_id(edit, MU_QUOTA_PERSON, person);
    mu_edit_int(edit, MU_QUOTA_PERIOD_KIND, period.kind);
    mu_edit_int(edit, MU_QUOTA_PERIOD, period.day);
    mu_edit_int(edit, MU_QUOTA_AMOUNT, setting->amount);
    return MU_OK;
}

static enum mu_status set(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct aim aim;
    struct setting setting = {.session = session, .aim = &aim};
    struct mu_id people[64];
    size_t person_count = 0;
    struct mu_period period;
    int64_t times = 1;
    const char *amount = NULL;
    const struct mu_arg_word *word = NULL;
    MU_TRY(need_aim(session, &aim, err));
    while ((word = mu_cli_word(cli)) != NULL) {
        const struct mu_person_name *person = NULL;
        if (mu_token_of(word).kind != MU_TOKEN_PERSON) {
            if (amount != NULL) {
                return mu_fail(err, MU_E_USAGE, "one amount: '%s' is one more", word->text);
            }
            amount = word->text;
            continue;
        }
        MU_TRY(mu_session_person(session, word->text, &person, err));
        if (person_count == sizeof people / sizeof people[0]) {
            return mu_fail(err, MU_E_LIMIT, "at most 64 people at a time");
        }
        people[person_count++] = person->id;
    }
    if (person_count == 0 || amount == NULL) {
        return mu_fail(err, MU_E_USAGE,
                       "for whom, and how much? muster quota set sales @rita 4600");
    }
    MU_TRY(mu_measure_parse(mu_slice_str(amount), aim.target.precision, &setting.amount, err));
    if (setting.amount < 0) {
        return mu_fail(err, MU_E_USAGE, "a quota is not below nothing: '%s'", amount);
    }
    MU_TRY(read_period(session, &aim, &period, &times, err));
    mu_edit_begin(&setting.edit, session, MU_INTENT_QUOTA_SET);
    for (int64_t i = 0; i < times; i++) {
        for (size_t j = 0; j < person_count; j++) {
            MU_TRY(set_one(&setting, people[j], period, err));
        }
        period.day = mu_period_end(period);
    }
    MU_TRY(mu_edit_author(&setting.edit, err));
    MU_TRY(finish(session, aim.target.id, err));
    MU_TRY(get_aim(session, aim.target.id, &aim, err));
    return cli->json || aim.goal.uncovered == 0
               ? MU_OK
               : mu_cli_put(mu_words_smart(&cli->out, &aim.goal), err);
}

enum mu_status mu_run_quota_set(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, set, err);
}

/* -- quota accept
 * --------------------------------------------------------------------------------------- */

static enum mu_status accept_one(struct mu_edit *edit, struct mu_session *session,
                                 const struct mu_cli_books *books, const struct mu_quota *quota,
                                 struct mu_error *err)
{
    if (edit->intent.op_count >= OPS_FIT) {
        MU_TRY(mu_edit_author(edit, err));
        mu_edit_begin(edit, session, MU_INTENT_QUOTA_ACCEPT);
    }
    mu_edit_op(edit, MU_QUOTA, quota->id);
    mu_edit_int(edit, MU_QUOTA_AMOUNT, quota->amount);
    if (quota->period.kind == MU_PERIOD_MONTH) {
        return MU_OK;
    }
    const struct mu_promise_wish wish = {
        .quota = quota->id, .period = quota->period, .via = MU_VIA_BOARD};
    (void)mu_edit_promise(edit, books, &wish);
    return MU_OK;
}

static enum mu_status accept(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_cli_books books;
    struct mu_edit edit;
    struct mu_quota *quotas = NULL;
    size_t count = 0;
    size_t accepted = 0;
    struct mu_quota_filter filter = {.person = session->self, .to_day = INT32_MAX};
    MU_TRY(mu_cli_books(session, NULL, &books, err));
    int64_t today = mu_person_day(mu_books_person(&books.books, session->self), books.books.now_ms);
    filter.from_day = today - 31;
    if (cli->word < cli->args.word_count) {
        struct aim aim;
        MU_TRY(need_aim(session, &aim, err));
        filter.target = aim.target.id;
    }
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_quotas_load(&books.books, &filter, &quotas, &count, err));
    mu_edit_begin(&edit, session, MU_INTENT_QUOTA_ACCEPT);
    for (size_t i = 0; i < count; i++) {
        bool over = mu_period_end(quotas[i].period) <= today;
        if (!over && !quotas[i].accepted && quotas[i].period.day <= today + 390) {
            MU_TRY(accept_one(&edit, session, &books, &quotas[i], err));
            accepted++;
        }
    }
    if (accepted == 0) {
        return mu_fail(err, MU_E_NOT_FOUND, "there is no quota of yours to accept");
    }
    MU_TRY(mu_edit_author(&edit, err));
    mu_edit_poke(session);
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, 200);
    MU_TRY(mu_cli_put(mu_buf_append_str(&line, "accepted "), err));
    MU_TRY(mu_cli_put(mu_words_count(&line, accepted, "quota", "quotas"), err));
    return mu_echo_line(session, mu_buf_view(&line), err);
}

enum mu_status mu_run_quota_accept(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, accept, err);
}

/* -- quota list
 * ------------------------------------------------------------------------------------------- */

/* Leads first, then by name and time: never by what was brought. */
static bool comes_before(const struct mu_names *names, const struct mu_quota *a,
                         const struct mu_quota *b)
{
    const struct mu_person_name *one = mu_names_person(names, a->person);
    const struct mu_person_name *two = mu_names_person(names, b->person);
    if (one == NULL || two == NULL || one == two) {
        return a->period.day < b->period.day;
    }
    if ((one->role == MU_ROLE_LEAD) != (two->role == MU_ROLE_LEAD)) {
        return one->role == MU_ROLE_LEAD;
    }
    return mu_slice_compare(one->handle, two->handle) < 0;
}

static void sort(const struct mu_names *names, struct mu_quota *quotas, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct mu_quota quota = quotas[i];
        size_t at = i;
        for (; at > 0 && comes_before(names, &quota, &quotas[at - 1]); at--) {
            quotas[at] = quotas[at - 1];
        }
        quotas[at] = quota;
    }
}

static enum mu_status say_quota(struct mu_session *session, const struct aim *aim,
                                const struct mu_quota *quota, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_due first = {.date = mu_date_from_days(quota->period.day)};
    const struct mu_target *target = &aim->target;
    MU_TRY(mu_cli_put(mu_words_person(&cli->out, &session->names, quota->person), err));
    MU_TRY(mu_cli_say(cli, err, "  %s",
                      quota->period.kind == MU_PERIOD_WEEK    ? "week of "
                      : quota->period.kind == MU_PERIOD_MONTH ? "month of "
                                                              : ""));
    MU_TRY(mu_cli_put(mu_words_due(&cli->out, &first, MU_DUE_PLAIN, &session->from), err));
    MU_TRY(mu_cli_say(cli, err, "  "));
    MU_TRY(mu_cli_put(mu_words_measure(&cli->out, quota->brought, target->precision, target->unit),
                      err));
    MU_TRY(mu_cli_say(cli, err, " of "));
    MU_TRY(mu_cli_put(mu_words_measure(&cli->out, quota->amount, target->precision, target->unit),
                      err));
    const char *state = quota->excused ? " \xc2\xb7 excused" : (quota->met ? " \xc2\xb7 met" : "");
    return mu_cli_say(cli, err, "%s%s\n", state, quota->accepted ? "" : " \xc2\xb7 not accepted");
}

static enum mu_status say_sum(struct mu_session *session, const struct aim *aim,
                              const struct mu_quota_sum *sum, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    MU_TRY(mu_cli_say(cli, err, "team  "));
    MU_TRY(mu_cli_put(mu_words_quota_sum(&cli->out, sum, &aim->target), err));
    return mu_cli_say(cli, err, "\n");
}

static enum mu_status list_json(struct mu_session *session, const struct mu_quota *quotas,
                                size_t count, const struct mu_quota_sum *sum, struct mu_error *err)
{
    struct mu_json json;
    mu_cli_json(session->cli, &json);
    mu_json_array(&json, "quotas");
    for (size_t i = 0; i < count; i++) {
        mu_quota_json(&json, NULL, &quotas[i], &session->names);
    }
    mu_json_close(&json);
    mu_json_object(&json, "team");
    mu_json_int(&json, "brought", sum->brought);
    mu_json_int(&json, "expected", sum->expected);
    mu_json_int(&json, "excused", sum->excused);
    mu_json_int(&json, "people", (int64_t)sum->people);
    mu_json_int(&json, "met", (int64_t)sum->met);
    mu_json_int(&json, "excused_people", (int64_t)sum->excused_people);
    mu_json_close(&json);
    return mu_cli_json_end(&json, err);
}

static enum mu_status list(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct aim aim;
    struct mu_period period;
    int64_t times = 1;
    struct mu_quota *quotas = NULL;
    size_t count = 0;
    MU_TRY(need_aim(session, &aim, err));
    MU_TRY(mu_session_need_self(session, err));
    MU_TRY(read_period(session, &aim, &period, &times, err));
    struct mu_quota_filter filter = {
        .target = aim.target.id, .from_day = period.day, .to_day = period.day};
    if (mu_args_flag(&cli->args, "all")) {
        filter.from_day = 0;
        filter.to_day = INT32_MAX;
    }
    const struct mu_arg_word *word = mu_cli_word(cli);
    if (word != NULL) {
        const struct mu_person_name *person = NULL;
        MU_TRY(mu_session_person(session, word->text, &person, err));
        filter.person = person->id;
    }
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_quotas_load(&aim.books.books, &filter, &quotas, &count, err));
    sort(&session->names, quotas, count);
    struct mu_quota_sum sum = mu_quotas_sum(quotas, count);
    if (cli->json) {
        return list_json(session, quotas, count, &sum, err);
    }
    for (size_t i = 0; i < count; i++) {
        MU_TRY(say_quota(session, &aim, &quotas[i], err));
    }
    if (count == 0) {
        mu_cli_note(cli, "no quotas for that time; --all shows every one");
        return MU_OK;
    }
    return say_sum(session, &aim, &sum, err);
}

enum mu_status mu_run_quota_list(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_session_read(cli, &session, err));
    enum mu_status status = list(&session, err);
    mu_session_close(&session);
    return status;
}
