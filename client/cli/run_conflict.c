/* What was set aside: conflicts, conflict show|restore|accept. */
#include <string.h>

#include "client/cli/commands.h"
#include "client/cli/edit.h"
#include "client/view/conflicts.h"
#include "client/view/task_words.h"

#define MOST 1000

/* The task that a conflict is about, or NULL. */
static enum mu_status task_of(struct mu_session *session, const struct mu_conflict_line *conflict,
                              struct mu_task_line *line, const struct mu_task_line **out,
                              struct mu_error *err)
{
    bool found = false;
    *out = NULL;
    if (mu_id_is_zero(conflict->task)) {
        return MU_OK;
    }
    MU_TRY(mu_task_line_get(session->db, &session->names, conflict->task, &session->cli->arena,
                            line, &found, err));
    *out = found ? line : NULL;
    return MU_OK;
}

static enum mu_status list_conflicts(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_conflict_line *lines = NULL;
    size_t count = 0;
    struct mu_json json;
    MU_TRY(mu_conflicts(session->db, mu_args_flag(&cli->args, "all"), MOST, &cli->arena, &lines,
                        &count, err));
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "conflicts");
    }
    for (size_t i = 0; i < count; i++) {
        struct mu_task_line line;
        const struct mu_task_line *task = NULL;
        MU_TRY(task_of(session, &lines[i], &line, &task, err));
        if (cli->json) {
            mu_conflict_json(&json, NULL, &lines[i], task, &session->names);
        } else if (!cli->terminal) {
            MU_TRY(mu_cli_put(
                mu_words_conflict_tabs(&cli->out, &lines[i], task, &session->names, &session->from),
                err));
        } else {
            MU_TRY(mu_cli_put(
                mu_words_conflict(&cli->out, &lines[i], task, &session->names, &session->from),
                err));
            MU_TRY(mu_cli_say(cli, err, "\n"));
        }
    }
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    if (count == 0 && cli->terminal) {
        return mu_cli_say(cli, err, "No conflicts: nothing was set aside.\n");
    }
    if (count > 0 && cli->terminal) {
        return mu_cli_say(cli, err, "\n%smuster conflict show|restore|accept ~...%s\n",
                          mu_paint(cli, MU_DIM), mu_unpaint(cli));
    }
    return MU_OK;
}

enum mu_status mu_run_conflicts(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_session_read(cli, &session, err));
    enum mu_status status = list_conflicts(&session, err);
    mu_session_close(&session);
    return status;
}

static enum mu_status need_conflict(struct mu_session *session, struct mu_conflict_line *out,
                                    struct mu_error *err)
{
    const char *ref = NULL;
    MU_TRY(mu_cli_need(session->cli, "which conflict (~k3f9)", &ref, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    return mu_conflict_resolve(session->db, mu_slice_str(ref), &session->cli->arena, out, err);
}

static enum mu_status show_conflict(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_conflict_line conflict;
    struct mu_task_line line;
    const struct mu_task_line *task = NULL;
    MU_TRY(need_conflict(session, &conflict, err));
    MU_TRY(task_of(session, &conflict, &line, &task, err));
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_conflict_json(&json, "conflict", &conflict, task, &session->names);
        return mu_cli_json_end(&json, err);
    }
    size_t width = cli->width > 100 && cli->terminal ? 100 : cli->width;
    MU_TRY(mu_cli_put(
        mu_words_conflict(&cli->out, &conflict, task, &session->names, &session->from), err));
    MU_TRY(mu_cli_say(cli, err, "\n"));
    MU_TRY(mu_cli_put(
        mu_words_conflict_whole(&cli->out, &conflict, &session->names, &session->from, width),
        err));
    if (conflict.state == MU_CONFLICT_OPEN && cli->terminal) {
        MU_TRY(mu_cli_say(cli, err,
                          "\n  muster conflict restore %s   to have what was set aside\n"
                          "  muster conflict accept %s    to leave it as it stands\n",
                          conflict.ref, conflict.ref));
    }
    return MU_OK;
}

enum mu_status mu_run_conflict_show(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_session_read(cli, &session, err));
    enum mu_status status = show_conflict(&session, err);
    mu_session_close(&session);
    return status;
}

/* restore and accept */
static enum mu_status settle(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_conflict_line conflict;
    struct mu_edit edit;
    bool restore = strcmp(cli->command->name, "conflict restore") == 0;
    MU_TRY(mu_session_need_self(session, err));
    MU_TRY(need_conflict(session, &conflict, err));
    mu_edit_begin(&edit, session, restore ? MU_INTENT_CONFLICT_RESTORE : MU_INTENT_CONFLICT_ACCEPT);
    mu_edit_op(&edit, MU_CONFLICT, conflict.id);
    MU_TRY(mu_edit_author(&edit, err));
    mu_edit_poke(session);
    if (!mu_id_is_zero(conflict.task)) {
        return mu_echo_task(session, conflict.task,
                            restore ? "brought back what was set aside" : "left as it stands", err);
    }
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 128);
    MU_TRY(mu_cli_put(
        mu_buf_printf(&text, "%s \xc2\xb7 %s", conflict.ref, restore ? "brought back" : "accepted"),
        err));
    return mu_echo_line(session, mu_buf_view(&text), err);
}

enum mu_status mu_run_conflict_settle(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_session_open(cli, &session, err));
    enum mu_status status = settle(&session, err);
    mu_session_close(&session);
    return status;
}
