/* muster show: one task whole. */
#include "client/cli/books.h"
#include "client/cli/commands.h"
#include "client/cli/log.h"
#include "client/view/blockers.h"
#include "client/view/detail.h"
#include "client/view/goals.h"
#include "client/view/promises.h"
#include "client/view/task_words.h"

/* What is promised of a task, what stops it, and its parts. */
struct around {
    struct mu_promise *promises;
    size_t promise_count;
    struct mu_blocker *blockers;
    size_t blocker_count;
    struct mu_branch *parts;
    size_t part_count;
};

static enum mu_status look_around(struct mu_session *session, struct mu_id task, struct around *out,
                                  struct mu_error *err)
{
    struct mu_cli_books books;
    const struct mu_promise_filter promises = {.task = task};
    const struct mu_blocker_filter blockers = {.task = task};
    MU_TRY(mu_cli_books(session, NULL, &books, err));
    MU_TRY(mu_promises_load(&books.books, &promises, &out->promises, &out->promise_count, err));
    MU_TRY(mu_session_need_self(session, err));
    mu_promises_keep_private(out->promises, out->promise_count, &session->names, session->self);
    MU_TRY(mu_blockers_load(&books.books, &blockers, &out->blockers, &out->blocker_count, err));
    return mu_task_tree(&books.books, &session->names, task, &out->parts, &out->part_count, err);
}

static void around_json(struct mu_json *json, const struct mu_session *session,
                        const struct around *around)
{
    mu_json_array(json, "promises");
    for (size_t i = 0; i < around->promise_count; i++) {
        mu_promise_json(json, NULL, &around->promises[i], &session->names);
    }
    mu_json_close(json);
    mu_json_array(json, "blockers");
    for (size_t i = 0; i < around->blocker_count; i++) {
        mu_blocker_json(json, NULL, &around->blockers[i], &session->names);
    }
    mu_json_close(json);
    mu_json_array(json, "parts");
    for (size_t i = 0; i < around->part_count; i++) {
        mu_task_json(json, NULL, &around->parts[i].line, &session->names);
    }
    mu_json_close(json);
}

static enum mu_status say_around(struct mu_session *session, const struct around *around,
                                 struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    MU_TRY(mu_cli_say(cli, err, "%s", around->blocker_count > 0 ? "\nblockers\n" : ""));
    for (size_t i = 0; i < around->blocker_count; i++) {
        MU_TRY(mu_cli_say(cli, err, "  %s  ", around->blockers[i].ref));
        MU_TRY(mu_cli_put(mu_words_blocker(&cli->out, &around->blockers[i], &session->names), err));
        MU_TRY(mu_cli_say(cli, err, "\n"));
    }
    MU_TRY(mu_cli_say(cli, err, "%s", around->promise_count > 0 ? "\npromises\n" : ""));
    for (size_t i = 0; i < around->promise_count; i++) {
        MU_TRY(mu_cli_say(cli, err, "  %s  ", around->promises[i].ref));
        MU_TRY(mu_cli_put(mu_words_person(&cli->out, &session->names, around->promises[i].person),
                          err));
        MU_TRY(mu_cli_say(cli, err, "  "));
        MU_TRY(mu_cli_put(mu_words_promise(&cli->out, &around->promises[i], &session->from), err));
        MU_TRY(mu_cli_say(cli, err, "\n"));
    }
    MU_TRY(mu_cli_say(cli, err, "%s", around->part_count > 0 ? "\nparts\n" : ""));
    for (size_t i = 0; i < around->part_count; i++) {
        MU_TRY(mu_cli_say(cli, err, "%*s", (int)(2 + 2 * around->parts[i].depth), ""));
        MU_TRY(mu_cli_put(
            mu_words_task_echo(&cli->out, &around->parts[i].line, &session->names, &session->from),
            err));
        MU_TRY(mu_cli_say(cli, err, "\n"));
    }
    return MU_OK;
}

static enum mu_status show_json(struct mu_session *session, const struct mu_task_detail *detail,
                                const struct mu_log *log, const struct around *around,
                                struct mu_error *err)
{
    struct mu_json json;
    mu_cli_json(session->cli, &json);
    mu_detail_json(&json, "task", detail, &session->names);
    around_json(&json, session, around);
    mu_json_array(&json, "history");
    for (size_t i = 0; i < log->count; i++) {
        mu_entry_json(&json, NULL, &log->entries[i], &session->names);
    }
    mu_json_close(&json);
    mu_json_close(&json);
    return mu_cli_json_end(&json, err);
}

static enum mu_status show_text(struct mu_session *session, const struct mu_task_detail *detail,
                                const struct mu_log *log, const struct around *around,
                                struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    size_t width = cli->width > 100 && cli->terminal ? 100 : cli->width;
    MU_TRY(mu_cli_put(mu_words_detail(&cli->out, detail, &session->names, &session->from, width),
                      err));
    MU_TRY(say_around(session, around, err));
    if (log->count > 0) {
        MU_TRY(mu_cli_say(cli, err, "\nhistory\n"));
    }
    for (size_t i = 0; i < log->count; i++) {
        MU_TRY(mu_cli_say(cli, err, "  "));
        MU_TRY(mu_cli_put(
            mu_words_entry(&cli->out, &log->entries[i], &session->names, &session->from), err));
    }
    return MU_OK;
}

static enum mu_status show(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_id id;
    struct mu_task_detail detail;
    struct mu_log log = {.count = 0};
    struct around around = {.promise_count = 0};
    MU_TRY(mu_need_task(session, &id, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_task_detail_read(session->db, &session->names, id, &cli->arena, &detail, err));
    MU_TRY(mu_log_of_task(session, id, MU_LOG_MOST, &log, err));
    MU_TRY(look_around(session, id, &around, err));
    return cli->json ? show_json(session, &detail, &log, &around, err)
                     : show_text(session, &detail, &log, &around, err);
}

enum mu_status mu_run_show(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_session_open(cli, &session, err));
    enum mu_status status = show(&session, err);
    mu_session_close(&session);
    return status;
}
