/* What holds somebody up: block, unblock, blockers, blocker ack, take, edit, withdraw. */
#include <string.h>

#include "client/cli/books.h"
#include "client/cli/commands.h"
#include "client/cli/tokens.h"
#include "client/view/blockers.h"
#include "client/view/handles.h"
#include "client/view/text.h"

#define DAYS_MAX 3660
#define DAY_MS   INT64_C(86400000)
#define LINE_MAX ((size_t)16 * 1024)

static void put_json(struct mu_json *json, const char *name, const void *row,
                     const struct mu_names *names)
{
    mu_blocker_json(json, name, row, names);
}

static enum mu_status finish(struct mu_session *session, const struct mu_cli_books *books,
                             struct mu_id id, struct mu_error *err)
{
    struct mu_blocker blocker;
    bool found = false;
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, LINE_MAX);
    MU_TRY(mu_blocker_get(&books->books, id, &blocker, &found, err));
    if (!found) {
        return mu_fail(err, MU_E_INTERNAL, "the edit is saved, but its blocker cannot be read");
    }
    MU_TRY(mu_cli_put(mu_buf_printf(&line, "%s ", blocker.ref), err));
    MU_TRY(mu_cli_put(mu_words_blocker(&line, &blocker, &session->names), err));
    return mu_finish_row(session, mu_buf_view(&line), "blocker", put_json, &blocker, err);
}

/* -- block --------------------------------------------------------------------------------------
 */

static enum mu_status read_kind(struct mu_cli *cli, int64_t *out_kind, struct mu_error *err)
{
    const char *kind = mu_args_value(&cli->args, "kind");
    *out_kind = kind != NULL ? mu_blocker_kind_parse(mu_slice_str(kind)) : 0;
    if (kind != NULL && *out_kind == 0) {
        char shown[MU_SHORT_MAX];
        return mu_fail(err, MU_E_USAGE,
                       "'%s' is no kind: person, decision, dependency, external or tool",
                       mu_show_short(mu_slice_str(kind), shown));
    }
    return MU_OK;
}

/* "@ana" or "T-7". */
static enum mu_status read_needs(struct mu_session *session, struct mu_id *out_person,
                                 struct mu_id *out_task, struct mu_error *err)
{
    const char *needs = mu_args_value(&session->cli->args, "needs");
    const struct mu_person_name *person = NULL;
    if (needs == NULL) {
        return MU_OK;
    }
    if (needs[0] != '@') {
        struct mu_error why;
        if (mu_task_resolve(session->db, mu_slice_str(needs), out_task, &why) == MU_OK) {
            return MU_OK;
        }
        if (why.status != MU_E_USAGE) {
            return mu_fail(err, why.status, "%s", why.text);
        }
    }
    MU_TRY(mu_session_person(session, needs, &person, err));
    *out_person = person->id;
    return MU_OK;
}

static enum mu_status block(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_cli_books books;
    struct mu_edit edit;
    struct mu_blocker_wish wish = {.kind = 0};
    MU_TRY(mu_need_task(session, &wish.task, err));
    MU_TRY(mu_cli_rest(cli, "reason", "reason", MU_TEXT_MAX, &wish.reason, err));
    if (wish.reason.len == 0) {
        return mu_fail(err, MU_E_USAGE,
                       "why is it blocked? muster block T-42 \"which version\" --needs @ana");
    }
    MU_TRY(read_kind(cli, &wish.kind, err));
    MU_TRY(read_needs(session, &wish.needs_person, &wish.needs_task, err));
    mu_edit_begin(&edit, session, MU_INTENT_BLOCKER_RAISE);
    struct mu_id id = mu_edit_blocker(&edit, &wish);
    MU_TRY(mu_edit_author(&edit, err));
    MU_TRY(mu_cli_books(session, NULL, &books, err));
    return finish(session, &books, id, err);
}

enum mu_status mu_run_block(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, block, err);
}

/* -- which one is meant
 * ---------------------------------------------------------------------------- */

/* The open one on a task; several must be told apart by their handles. */
static enum mu_status of_task(const struct mu_cli_books *books, struct mu_id task, const char *ref,
                              bool open, struct mu_id *out_id, struct mu_error *err)
{
    const struct mu_blocker_filter filter = {.open = open, .task = task};
    struct mu_blocker *blockers = NULL;
    size_t count = 0;
    MU_TRY(mu_blockers_load(&books->books, &filter, &blockers, &count, err));
    if (count == 0) {
        return mu_fail(err, MU_E_NOT_FOUND, "%s is not blocked", ref);
    }
    if (count > 1 && open) {
        return mu_fail(err, MU_E_USAGE, "%s has %zu blockers: say which, such as %s", ref, count,
                       blockers[0].ref);
    }
    *out_id = blockers[count - 1].id;
    return MU_OK;
}

static enum mu_status need_blocker(struct mu_session *session, const struct mu_cli_books *books,
                                   bool open, struct mu_id *out_id, struct mu_error *err)
{
    const char *ref = NULL;
    struct mu_id task;
    struct mu_error ignored;
    MU_TRY(mu_cli_need(session->cli, "which blocker (T-42, or ~k3f9)", &ref, err));
    struct mu_slice text = mu_slice_str(ref);
    if (mu_handle_looks(text)) {
        enum mu_status status =
            mu_handle_resolve(session->db, MU_BLOCKER, "blocker", text, out_id, err);
        bool is_task = status == MU_E_NOT_FOUND &&
                       mu_task_resolve(session->db, text, &task, &ignored) == MU_OK;
        return is_task ? of_task(books, task, ref, open, out_id, err) : status;
    }
    MU_TRY(mu_task_resolve(session->db, text, &task, err));
    return of_task(books, task, ref, open, out_id, err);
}

/* -- what becomes of it
 * ----------------------------------------------------------------------------- */

static const struct step {
    const char *command;
    int64_t state;
    uint32_t words; /* the field that words after it are for */
} steps[] = {
    {"unblock", MU_BLOCKER_CLEARED, MU_BLOCKER_HOW},
    {"blocker ack", MU_BLOCKER_ACKNOWLEDGED, MU_BLOCKER_NEXT_ACTION},
    {"blocker take", MU_BLOCKER_IN_HAND, MU_BLOCKER_NEXT_ACTION},
    {"blocker withdraw", MU_BLOCKER_WITHDRAWN, MU_BLOCKER_HOW},
    {"blocker again", MU_BLOCKER_RAISED, MU_BLOCKER_NEXT_ACTION},
};

static const struct step *step_of(const char *command)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (strcmp(steps[i].command, command) == 0) {
            return &steps[i];
        }
    }
    MU_ASSERT(!"a step of a blocker");
    return NULL;
}

static enum mu_status step(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const struct step *step = step_of(cli->command->name);
    struct mu_cli_books books;
    struct mu_edit edit;
    struct mu_id id;
    struct mu_slice words = {0};
    MU_TRY(mu_cli_books(session, NULL, &books, err));
    MU_TRY(need_blocker(session, &books, step->state != MU_BLOCKER_RAISED, &id, err));
    MU_TRY(mu_cli_rest(cli, NULL, "text", MU_TITLE_MAX, &words, err));
    mu_edit_begin(&edit, session, MU_INTENT_BLOCKER_STATE);
    mu_edit_op(&edit, MU_BLOCKER, id);
    mu_edit_int(&edit, MU_BLOCKER_STATE, step->state);
    if (words.len > 0) {
        mu_edit_text(&edit, step->words, words);
    }
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, &books, id, err);
}

enum mu_status mu_run_blocker_step(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, step, err);
}

static enum mu_status edit_blocker(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_cli_books books;
    struct mu_edit edit;
    struct mu_id id;
    struct mu_id person = {{0}};
    struct mu_id task = {{0}};
    struct mu_slice text = {0};
    int64_t kind = 0;
    const char *reason = mu_args_value(&cli->args, "reason");
    const char *next = mu_args_value(&cli->args, "next");
    MU_TRY(mu_cli_books(session, NULL, &books, err));
    MU_TRY(need_blocker(session, &books, true, &id, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(read_kind(cli, &kind, err));
    MU_TRY(read_needs(session, &person, &task, err));
    bool needs = mu_args_value(&cli->args, "needs") != NULL;
    if (reason == NULL && next == NULL && kind == 0 && !needs) {
        return mu_fail(err, MU_E_USAGE, "what changes? --reason, --needs, --kind or --next");
    }
    mu_edit_begin(&edit, session, MU_INTENT_BLOCKER_EDIT);
    mu_edit_op(&edit, MU_BLOCKER, id);
    if (reason != NULL) {
        MU_TRY(mu_cli_text(cli, reason, "reason", MU_TEXT_MAX, &text, err));
        mu_edit_text(&edit, MU_BLOCKER_REASON, text);
    }
    if (next != NULL) {
        MU_TRY(mu_cli_text(cli, next, "next action", MU_TITLE_MAX, &text, err));
        mu_edit_text(&edit, MU_BLOCKER_NEXT_ACTION, text);
    }
    if (kind != 0) {
        mu_edit_int(&edit, MU_BLOCKER_KIND, kind);
    }
    if (needs && !mu_id_is_zero(person)) {
        mu_edit_id(&edit, MU_BLOCKER_NEEDS_PERSON, person);
        mu_edit_null(&edit, MU_BLOCKER_NEEDS_TASK);
    } else if (needs) {
        mu_edit_id(&edit, MU_BLOCKER_NEEDS_TASK, task);
        mu_edit_null(&edit, MU_BLOCKER_NEEDS_PERSON);
    }
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, &books, id, err);
}

enum mu_status mu_run_blocker_edit(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, edit_blocker, err);
}

/* -- blockers
 * ------------------------------------------------------------------------------------------ */

static enum mu_status read_filter(struct mu_session *session, struct mu_blocker_filter *filter,
                                  struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *days = mu_args_value(&cli->args, "days");
    int64_t back = 28;
    *filter = (struct mu_blocker_filter){.open = !mu_args_flag(&cli->args, "all") && days == NULL};
    if (days != NULL) {
        MU_TRY(mu_token_number(days, "--days", 1, DAYS_MAX, &back, err));
    }
    filter->since_ms = session->from.now.ms - back * DAY_MS;
    const struct mu_arg_word *word = NULL;
    while ((word = mu_cli_word(cli)) != NULL) {
        if (mu_token_of(word).kind == MU_TOKEN_PERSON) {
            const struct mu_person_name *person = NULL;
            MU_TRY(mu_session_person(session, word->text, &person, err));
            filter->needs = person->id;
        } else {
            MU_TRY(mu_task_resolve(session->db, mu_slice_str(word->text), &filter->task, err));
        }
    }
    return MU_OK;
}

static enum mu_status list(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_cli_books books;
    struct mu_blocker_filter filter;
    struct mu_blocker *blockers = NULL;
    size_t count = 0;
    MU_TRY(read_filter(session, &filter, err));
    MU_TRY(mu_cli_books(session, NULL, &books, err));
    MU_TRY(mu_blockers_load(&books.books, &filter, &blockers, &count, err));
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_array(&json, "blockers");
        for (size_t i = 0; i < count; i++) {
            mu_blocker_json(&json, NULL, &blockers[i], &session->names);
        }
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    for (size_t i = 0; i < count; i++) {
        MU_TRY(mu_cli_say(cli, err, "%s%s%s  ", mu_paint(cli, MU_CYAN), blockers[i].ref,
                          mu_unpaint(cli)));
        MU_TRY(mu_cli_put(mu_words_blocker(&cli->out, &blockers[i], &session->names), err));
        MU_TRY(mu_cli_say(cli, err, "\n"));
    }
    if (count == 0) {
        mu_cli_note(cli, "nothing is blocked");
    }
    return MU_OK;
}

enum mu_status mu_run_blockers(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_session_read(cli, &session, err));
    enum mu_status status = list(&session, err);
    mu_session_close(&session);
    return status;
}
