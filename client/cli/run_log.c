/* muster log: what happened, of one task or of everything, once or as it comes (-f). */
#include <time.h>

#include "client/cli/commands.h"
#include "client/cli/log.h"
#include "client/cli/tokens.h"
#include "client/home/agent_link.h"

#define MOST_DEFAULT 50
#define MOST_MAX     1000000
/* Without an agent nothing comes from elsewhere, but other commands may write here. */
#define LOOK_MS 1000

static enum mu_status say_entry(struct mu_session *session, const struct mu_history_entry *entry,
                                struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_entry_json(&json, "entry", entry, &session->names);
        return mu_cli_json_end(&json, err);
    }
    return mu_cli_put(cli->terminal
                          ? mu_words_entry(&cli->out, entry, &session->names, &session->from)
                          : mu_entry_tabs(&cli->out, entry, &session->names),
                      err);
}

static enum mu_status say_log(struct mu_session *session, const struct mu_log *log,
                              struct mu_error *err)
{
    for (size_t i = 0; i < log->count; i++) {
        MU_TRY(say_entry(session, &log->entries[i], err));
    }
    return mu_cli_flush(session->cli, err);
}

/* One object with all entries; a stream of objects with -f. */
static enum mu_status say_json(struct mu_session *session, const struct mu_log *log,
                               struct mu_error *err)
{
    struct mu_json json;
    mu_cli_json(session->cli, &json);
    mu_json_array(&json, "entries");
    for (size_t i = 0; i < log->count; i++) {
        mu_entry_json(&json, NULL, &log->entries[i], &session->names);
    }
    mu_json_close(&json);
    mu_json_bool(&json, "more", log->more);
    return mu_cli_json_end(&json, err);
}

/* -- following --------------------------------------------------------------- */

static enum mu_status cursor_of(struct mu_session *session, uint64_t *out_seq, struct mu_error *err)
{
    struct mu_cursor cursor;
    MU_TRY(mu_replica_cursor(mu_client_replica(session->client), &cursor, err));
    *out_seq = cursor.seq;
    return MU_OK;
}

/* Until something may have changed. */
static void wait_for_news(struct mu_agent_link *link)
{
    char line[MU_AGENT_LINE_MAX];
    bool there = false;
    struct mu_error ignored;
    if (link->socket >= 0 && mu_agent_line(link, LOOK_MS, line, &there, &ignored) != MU_OK) {
        mu_agent_disconnect(link);
    }
    if (link->socket < 0) {
        (void)nanosleep(&(struct timespec){.tv_sec = LOOK_MS / 1000}, NULL);
    }
}

/* What came after from.  Names and sentences live in an arena of their own, for as long as it
 * takes to print them: following goes on for days. */
static enum mu_status say_news(struct mu_session *session, uint64_t from, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_arena kept = cli->arena;
    struct mu_log log = {.count = 0};
    mu_arena_init(&cli->arena, kept.max);
    enum mu_status status = mu_session_names(session, err);
    status = status == MU_OK ? mu_log_of_all(session, from, MOST_MAX, false, &log, err) : status;
    status = status == MU_OK ? say_log(session, &log, err) : status;
    mu_arena_deinit(&cli->arena);
    cli->arena = kept;
    return status;
}

static enum mu_status follow(struct mu_session *session, uint64_t from, struct mu_error *err)
{
    struct mu_agent_link link = {.socket = -1};
    struct mu_error ignored;
    char answer[MU_AGENT_LINE_MAX];
    if (mu_agent_connect(&session->cli->home, LOOK_MS, &link, &ignored) == MU_OK &&
        mu_agent_ask(&link, "watch", LOOK_MS, answer, &ignored) != MU_OK) {
        mu_agent_disconnect(&link);
    }
    enum mu_status status = MU_OK;
    /* Ends with the reader of the output, or with Ctrl-C. */
    while (status == MU_OK) {
        uint64_t seq = from;
        wait_for_news(&link);
        status = cursor_of(session, &seq, err);
        if (status == MU_OK && seq > from) {
            status = say_news(session, from, err);
            from = seq;
        }
    }
    mu_agent_disconnect(&link);
    return status;
}

/* -- the command ------------------------------------------------------------- */

static enum mu_status log_task(struct mu_session *session, size_t most, struct mu_error *err)
{
    struct mu_id task;
    struct mu_log log;
    MU_TRY(mu_need_task(session, &task, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    MU_TRY(mu_log_of_task(session, task, most, &log, err));
    MU_TRY(session->cli->json ? say_json(session, &log, err) : say_log(session, &log, err));
    if (log.more) {
        mu_cli_note(session->cli,
                    "older entries are not kept on this device, or left out: --limit");
    }
    return MU_OK;
}

static enum mu_status log_all(struct mu_session *session, size_t most, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_log log;
    uint64_t seq = 0;
    bool following = mu_args_flag(&cli->args, "follow");
    MU_TRY(cursor_of(session, &seq, err));
    MU_TRY(mu_log_of_all(session, 0, most, !following, &log, err));
    MU_TRY(cli->json && !following ? say_json(session, &log, err) : say_log(session, &log, err));
    return following ? follow(session, seq, err) : MU_OK;
}

enum mu_status mu_run_log(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    int64_t most = MOST_DEFAULT;
    const char *limit = mu_args_value(&cli->args, "limit");
    bool of_task = cli->args.word_count > 0;
    if (limit != NULL) {
        MU_TRY(mu_token_number(limit, "--limit", 0, MOST_MAX, &most, err));
        most = most == 0 ? MOST_MAX : most;
    }
    if (of_task && mu_args_flag(&cli->args, "follow")) {
        return mu_fail(err, MU_E_USAGE, "-f follows everything: muster log -f");
    }
    MU_TRY(mu_session_open(cli, &session, err));
    enum mu_status status =
        of_task ? log_task(&session, (size_t)most, err) : log_all(&session, (size_t)most, err);
    mu_session_close(&session);
    return status;
}
