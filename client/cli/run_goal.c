/* Goals: add, list, show, edit, start, pause, close, confidence. */
#include <string.h>

#include "client/cli/books.h"
#include "client/cli/commands.h"
#include "client/cli/tokens.h"
#include "client/view/goals.h"
#include "client/view/task_words.h"
#include "client/view/text.h"

#define LINE_MAX ((size_t)64 * 1024)

static void put_json(struct mu_json *json, const char *name, const void *row,
                     const struct mu_names *names)
{
    mu_goal_json(json, name, row, names);
    mu_json_close(json);
}

static enum mu_status get_goal(struct mu_session *session, struct mu_cli_books *books,
                               struct mu_id id, struct mu_goal *out, struct mu_error *err)
{
    bool found = false;
    MU_TRY(mu_cli_books(session, NULL, books, err));
    MU_TRY(mu_goal_get(&books->books, id, out, &found, err));
    return found ? MU_OK : mu_fail(err, MU_E_NOT_FOUND, "no such goal here");
}

/* Its line, and what the lint misses, one line each; it never blocks. */
static enum mu_status finish(struct mu_session *session, struct mu_id id, struct mu_error *err)
{
    struct mu_cli_books books;
    struct mu_goal goal;
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, LINE_MAX);
    MU_TRY(get_goal(session, &books, id, &goal, err));
    MU_TRY(mu_cli_put(mu_words_goal(&line, &goal, &session->names), err));
    MU_TRY(mu_finish_row(session, mu_buf_view(&line), "goal", put_json, &goal, err));
    return session->cli->json || goal.state > MU_GOAL_PAUSED
               ? MU_OK
               : mu_cli_put(mu_words_smart(&session->cli->out, &goal), err);
}

static enum mu_status need_goal(struct mu_session *session, struct mu_id *out_id,
                                struct mu_error *err)
{
    const char *ref = NULL;
    MU_TRY(mu_cli_need(session->cli, "which goal (G-2)", &ref, err));
    return mu_goal_resolve(session->db, mu_slice_str(ref), out_id, err);
}

/* -- options that add and edit share --------------------------------------------------------- */

static enum mu_status put_texts(struct mu_edit *edit, struct mu_error *err)
{
    static const struct {
        const char *option;
        uint32_t field;
        size_t max;
    } texts[] = {{"desc", MU_GOAL_DESC, MU_TEXT_MAX},
                 {"why", MU_GOAL_WHY, MU_TEXT_MAX},
                 {"note", MU_GOAL_HEALTH_NOTE, MU_TEXT_MAX}};
    struct mu_cli *cli = edit->session->cli;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *given = mu_args_value(&cli->args, texts[i].option);
        struct mu_slice text = {0};
        if (given != NULL) {
            MU_TRY(mu_cli_text(cli, given, texts[i].option, texts[i].max, &text, err));
            mu_edit_text(edit, texts[i].field, text);
        }
    }
    return MU_OK;
}

static enum mu_status put_people(struct mu_edit *edit, struct mu_error *err)
{
    static const struct {
        const char *option;
        uint32_t field;
    } people[] = {{"owner", MU_GOAL_OWNER}, {"reviewer", MU_GOAL_REVIEWER}};
    struct mu_session *session = edit->session;
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        const char *given = mu_args_value(&session->cli->args, people[i].option);
        const struct mu_person_name *person = NULL;
        if (given != NULL) {
            MU_TRY(mu_session_person(session, given, &person, err));
            mu_edit_id(edit, people[i].field, person->id);
        }
    }
    return MU_OK;
}

static enum mu_status put_days(struct mu_edit *edit, struct mu_error *err)
{
    static const struct {
        const char *option;
        uint32_t field;
    } days[] = {{"start", MU_GOAL_START_DAY}, {"end", MU_GOAL_END_DAY}};
    struct mu_session *session = edit->session;
    int64_t said[2] = {0, 0};
    for (size_t i = 0; i < 2; i++) {
        const char *given = mu_args_value(&session->cli->args, days[i].option);
        struct mu_due due;
        bool none = false;
        if (given == NULL) {
            continue;
        }
        MU_TRY(mu_token_date(session, mu_slice_str(given), &due, &none, err));
        if (none) {
            mu_edit_null(edit, days[i].field);
        } else {
            said[i] = mu_date_to_days(due.date);
            mu_edit_int(edit, days[i].field, said[i]);
        }
    }
    return said[0] > 0 && said[1] > 0 && said[1] < said[0]
               ? mu_fail(err, MU_E_USAGE, "the goal ends before it begins")
               : MU_OK;
}

static enum mu_status put_cadence(struct mu_edit *edit, struct mu_error *err)
{
    const char *given = mu_args_value(&edit->session->cli->args, "cadence");
    if (given == NULL) {
        return MU_OK;
    }
    int64_t cadence = mu_cadence_parse(mu_slice_str(given));
    if (cadence == 0) {
        return mu_fail(err, MU_E_USAGE, "a cadence is weekly, biweekly or monthly");
    }
    mu_edit_int(edit, MU_GOAL_CADENCE, cadence);
    return MU_OK;
}

static enum mu_status put_parent(struct mu_edit *edit, struct mu_error *err)
{
    const char *given = mu_args_value(&edit->session->cli->args, "parent");
    struct mu_id parent;
    if (given == NULL) {
        return MU_OK;
    }
    if (strcmp(given, "none") == 0) {
        mu_edit_null(edit, MU_GOAL_PARENT);
        return MU_OK;
    }
    MU_TRY(mu_goal_resolve(edit->session->db, mu_slice_str(given), &parent, err));
    mu_edit_id(edit, MU_GOAL_PARENT, parent);
    return MU_OK;
}

static enum mu_status put_options(struct mu_edit *edit, struct mu_error *err)
{
    MU_TRY(put_texts(edit, err));
    MU_TRY(put_people(edit, err));
    MU_TRY(put_days(edit, err));
    MU_TRY(put_cadence(edit, err));
    return put_parent(edit, err);
}

/* -- goal add, goal edit --------------------------------------------------------------------------
 */

static enum mu_status add(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_edit edit;
    struct mu_slice title = {0};
    int64_t confidence = 0;
    const char *sure = mu_args_value(&cli->args, "confidence");
    struct mu_id id = mu_edit_new_id(session);
    mu_edit_begin(&edit, session, MU_INTENT_GOAL_ADD);
    mu_edit_op(&edit, MU_GOAL, id);
    MU_TRY(put_options(&edit, err));
    if (sure != NULL) {
        MU_TRY(mu_token_number(sure, "--confidence", 0, 10, &confidence, err));
        mu_edit_int(&edit, MU_GOAL_CONFIDENCE, confidence);
    }
    bool draft = mu_args_flag(&cli->args, "draft");
    mu_edit_int(&edit, MU_GOAL_STATE, draft ? MU_GOAL_DRAFT : MU_GOAL_ACTIVE);
    MU_TRY(mu_cli_rest(cli, NULL, "title", MU_TITLE_MAX, &title, err));
    if (title.len == 0) {
        return mu_fail(err, MU_E_USAGE,
                       "a goal needs a title: muster goal add \"Ship 2.0 by 31 "
                       "May\"");
    }
    mu_edit_text(&edit, MU_GOAL_TITLE, title);
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, id, err);
}

enum mu_status mu_run_goal_add(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, add, err);
}

static enum mu_status edit_goal(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_edit edit;
    struct mu_id id;
    struct mu_slice title = {0};
    const char *health = mu_args_value(&cli->args, "health");
    const char *given = mu_args_value(&cli->args, "title");
    MU_TRY(need_goal(session, &id, err));
    MU_TRY(mu_cli_no_more(cli, err));
    mu_edit_begin(&edit, session, MU_INTENT_GOAL_EDIT);
    mu_edit_op(&edit, MU_GOAL, id);
    if (given != NULL) {
        MU_TRY(mu_cli_text(cli, given, "title", MU_TITLE_MAX, &title, err));
        mu_edit_text(&edit, MU_GOAL_TITLE, title);
    }
    MU_TRY(put_options(&edit, err));
    if (health != NULL && strcmp(health, "none") == 0) {
        mu_edit_null(&edit, MU_GOAL_HEALTH);
    } else if (health != NULL) {
        int64_t said = mu_health_parse(mu_slice_str(health));
        if (said == 0) {
            return mu_fail(err, MU_E_USAGE, "a health is on-track, at-risk, off-track or none");
        }
        mu_edit_int(&edit, MU_GOAL_HEALTH, said);
    }
    if (!edit.failed && edit.intent.ops[0].arg_count == 0) {
        return mu_fail(err, MU_E_USAGE, "what changes? see: muster help goal edit");
    }
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, id, err);
}

enum mu_status mu_run_goal_edit(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, edit_goal, err);
}

/* -- goal start, pause, close, confidence
 * ------------------------------------------------------------ */

static enum mu_status read_state(struct mu_session *session, int64_t *out_state,
                                 struct mu_error *err)
{
    const char *name = session->cli->command->name;
    const char *word = NULL;
    if (strcmp(name, "goal close") != 0) {
        *out_state = strcmp(name, "goal pause") == 0 ? MU_GOAL_PAUSED : MU_GOAL_ACTIVE;
        return MU_OK;
    }
    MU_TRY(mu_cli_need(session->cli, "as what (achieved, missed or dropped)", &word, err));
    *out_state = mu_goal_state_parse(mu_slice_str(word));
    return *out_state >= MU_GOAL_ACHIEVED
               ? MU_OK
               : mu_fail(err, MU_E_USAGE, "a goal is closed as achieved, missed or dropped");
}

static enum mu_status change_state(struct mu_session *session, struct mu_error *err)
{
    struct mu_edit edit;
    struct mu_id id;
    struct mu_slice reason = {0};
    int64_t state = 0;
    MU_TRY(need_goal(session, &id, err));
    MU_TRY(read_state(session, &state, err));
    MU_TRY(mu_cli_rest(session->cli, "reason", "reason", MU_TEXT_MAX, &reason, err));
    mu_edit_begin(&edit, session, MU_INTENT_GOAL_STATE);
    mu_edit_op(&edit, MU_GOAL, id);
    mu_edit_int(&edit, MU_GOAL_STATE, state);
    if (reason.len > 0) {
        mu_edit_text(&edit, MU_GOAL_REASON, reason);
    }
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, id, err);
}

enum mu_status mu_run_goal_state(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, change_state, err);
}

static enum mu_status say_confidence(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli_books books;
    struct mu_edit edit;
    struct mu_id id;
    struct mu_slice note = {0};
    const char *word = NULL;
    int64_t number = 0;
    MU_TRY(need_goal(session, &id, err));
    MU_TRY(mu_cli_need(session->cli, "how sure (0 to 10)", &word, err));
    MU_TRY(mu_token_number(word, "how sure you are", 0, 10, &number, err));
    MU_TRY(mu_cli_rest(session->cli, NULL, "note", MU_TITLE_MAX, &note, err));
    MU_TRY(mu_cli_books(session, &session->self, &books, err));
    mu_edit_begin(&edit, session, MU_INTENT_READING_ADD);
    mu_edit_op(&edit, MU_READING, mu_edit_new_id(session));
    mu_edit_id(&edit, MU_READING_GOAL, id);
    mu_edit_int(&edit, MU_READING_CONFIDENCE, number);
    mu_edit_int(&edit, MU_READING_DAY,
                mu_person_day(mu_books_person(&books.books, session->self), books.books.now_ms));
    if (note.len > 0) {
        mu_edit_text(&edit, MU_READING_NOTE, note);
    }
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, id, err);
}

enum mu_status mu_run_goal_confidence(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, say_confidence, err);
}

/* -- goal list, goal show
 * ------------------------------------------------------------------------------- */

static enum mu_status list(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_cli_books books;
    struct mu_goal_filter filter = {.all = mu_args_flag(&cli->args, "all")};
    struct mu_goal *goals = NULL;
    size_t count = 0;
    const struct mu_arg_word *word = mu_cli_word(cli);
    if (word != NULL) {
        const struct mu_person_name *owner = NULL;
        MU_TRY(mu_session_person(session, word->text, &owner, err));
        filter.owner = owner->id;
    }
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_cli_books(session, NULL, &books, err));
    MU_TRY(mu_goals_load(&books.books, &filter, &goals, &count, err));
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_array(&json, "goals");
        for (size_t i = 0; i < count; i++) {
            put_json(&json, NULL, &goals[i], &session->names);
        }
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    for (size_t i = 0; i < count; i++) {
        MU_TRY(mu_cli_put(mu_words_goal(&cli->out, &goals[i], &session->names), err));
        MU_TRY(mu_cli_say(cli, err, "\n"));
        for (size_t j = 0; j < goals[i].target_count && cli->terminal; j++) {
            MU_TRY(mu_cli_say(cli, err, "    "));
            MU_TRY(mu_cli_put(mu_words_target(&cli->out, &goals[i].targets[j]), err));
            MU_TRY(mu_cli_say(cli, err, "\n"));
        }
    }
    if (count == 0) {
        mu_cli_note(cli, "no goals yet; set one: muster goal add \"Ship 2.0 by 31 May\"");
    }
    return MU_OK;
}

enum mu_status mu_run_goal_list(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_reader(cli, list, err);
}

static enum mu_status say_text(struct mu_cli *cli, const char *title, struct mu_slice text,
                               struct mu_error *err)
{
    if (text.len == 0) {
        return MU_OK;
    }
    MU_TRY(mu_cli_say(cli, err, "%s", title));
    MU_TRY(mu_cli_put(mu_show(&cli->out, text, MU_SHOW_LINES), err));
    return mu_cli_say(cli, err, "\n");
}

static enum mu_status say_branches(struct mu_session *session, const struct mu_branch *branches,
                                   size_t count, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    for (size_t i = 0; i < count; i++) {
        const struct mu_task_line *line = &branches[i].line;
        MU_TRY(mu_cli_say(cli, err, "%*s", (int)(2 + 2 * branches[i].depth), ""));
        MU_TRY(mu_cli_say(cli, err, "%s ", line->state == MU_STATE_DONE ? "[x]" : "[ ]"));
        MU_TRY(
            mu_cli_put(mu_words_task_echo(&cli->out, line, &session->names, &session->from), err));
        MU_TRY(mu_cli_say(cli, err, "\n"));
    }
    return MU_OK;
}

static enum mu_status say_goal(struct mu_session *session, const struct mu_goal *goal,
                               const struct mu_branch *branches, size_t count, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    MU_TRY(mu_cli_put(mu_words_goal(&cli->out, goal, &session->names), err));
    MU_TRY(mu_cli_say(cli, err, "\n"));
    MU_TRY(say_text(cli, "", goal->desc, err));
    MU_TRY(say_text(cli, "why: ", goal->why, err));
    MU_TRY(say_text(cli, "its owner says: ", goal->health_note, err));
    MU_TRY(say_text(cli, "reason: ", goal->reason, err));
    MU_TRY(mu_cli_put(mu_words_smart(&cli->out, goal), err));
    for (size_t i = 0; i < goal->target_count; i++) {
        MU_TRY(mu_cli_say(cli, err, "%s  ", goal->targets[i].ref));
        MU_TRY(mu_cli_put(mu_words_target(&cli->out, &goal->targets[i]), err));
        MU_TRY(mu_cli_say(cli, err, "\n"));
    }
    if (goal->tasks > 0) {
        MU_TRY(mu_cli_say(cli, err,
                          "%lld of %lld tasks done; of %lld under way %lld have an owner, %lld a "
                          "date\n",
                          (long long)goal->tasks_done, (long long)goal->tasks,
                          (long long)goal->tasks_active, (long long)goal->tasks_owned,
                          (long long)goal->tasks_dated));
    }
    return say_branches(session, branches, count, err);
}

static void say_json(struct mu_json *json, const struct mu_session *session,
                     const struct mu_goal *goal, const struct mu_branch *branches, size_t count)
{
    put_json(json, "goal", goal, &session->names);
    mu_json_array(json, "breakdown");
    for (size_t i = 0; i < count; i++) {
        mu_json_object(json, NULL);
        mu_json_int(json, "depth", branches[i].depth);
        mu_task_json_fields(json, &branches[i].line, &session->names);
        mu_json_close(json);
    }
    mu_json_close(json);
}

static enum mu_status show(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_cli_books books;
    struct mu_goal goal;
    struct mu_branch *branches = NULL;
    size_t count = 0;
    struct mu_id id;
    MU_TRY(need_goal(session, &id, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(get_goal(session, &books, id, &goal, err));
    MU_TRY(mu_goal_tree(&books.books, &session->names, id, &branches, &count, err));
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        say_json(&json, session, &goal, branches, count);
        return mu_cli_json_end(&json, err);
    }
    return say_goal(session, &goal, branches, count, err);
}

enum mu_status mu_run_goal_show(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_reader(cli, show, err);
}
