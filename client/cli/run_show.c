/* muster show: one task whole. */
#include "client/cli/commands.h"
#include "client/cli/log.h"
#include "client/view/detail.h"

static enum mu_status show_json(struct mu_session *session, const struct mu_task_detail *detail,
                                const struct mu_log *log, struct mu_error *err)
{
    struct mu_json json;
    mu_cli_json(session->cli, &json);
    mu_detail_json(&json, "task", detail, &session->names);
    mu_json_array(&json, "history");
    for (size_t i = 0; i < log->count; i++) {
        mu_entry_json(&json, NULL, &log->entries[i], &session->names);
    }
    mu_json_close(&json);
    mu_json_close(&json);
    return mu_cli_json_end(&json, err);
}

static enum mu_status show_text(struct mu_session *session, const struct mu_task_detail *detail,
                                const struct mu_log *log, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    size_t width = cli->width > 100 && cli->terminal ? 100 : cli->width;
    MU_TRY(mu_cli_put(mu_words_detail(&cli->out, detail, &session->names, &session->from, width),
                      err));
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
    MU_TRY(mu_need_task(session, &id, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_task_detail_read(session->db, &session->names, id, &cli->arena, &detail, err));
    MU_TRY(mu_log_of_task(session, id, MU_LOG_MOST, &log, err));
    return cli->json ? show_json(session, &detail, &log, err)
                     : show_text(session, &detail, &log, err);
}

enum mu_status mu_run_show(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_session_open(cli, &session, err));
    enum mu_status status = show(&session, err);
    mu_session_close(&session);
    return status;
}
