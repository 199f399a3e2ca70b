/* Meeting the server: sync, the agent, and joining. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/cli/commands.h"
#include "client/cli/edit.h"
#include "client/cli/tokens.h"
#include "client/home/agent_link.h"
#include "client/view/text.h"
#include "common/seal/invite.h"
#include "common/seal/secret.h"

#define FRESH_MS        INT64_C(10000) /* two beacons */
#define WAIT_DEFAULT_MS 10000
#define WAIT_MAX_MS     INT64_C(86400000)
#define ANSWER_MS       3000
#define STOP_MS         10000
#define LOOK_MS         200 /* how often the replica is looked at while a running agent works */

/* -- with an agent that runs ------------------------------------------------- */

static bool is_level(const struct mu_client_status *status)
{
    return status->link == MU_LINK_LIVE && status->pending == 0 &&
           status->cursor.seq >= status->head;
}

static enum mu_status parked(struct mu_cli *cli, const struct mu_client_status *status,
                             struct mu_error *err)
{
    char shown[MU_SHORT_MAX];
    cli->exit_code = MU_EXIT_NOT_JOINED;
    return mu_fail(err, MU_E_DENIED, "the server does not let this device in: %s",
                   mu_show_short(mu_slice_str(status->parked_reason), shown));
}

/* The agent does the work; look until it is done.  A status from before the poke is told by
 * heard_ms: it must have heard the server since. */
static enum mu_status wait_until_level(struct mu_session *session, struct mu_agent_link *link,
                                       int64_t deadline_ms, struct mu_client_status *out,
                                       struct mu_error *err)
{
    int64_t since_ms = mu_moment_wall().ms;
    for (;;) {
        MU_TRY(mu_client_status(session->client, out, err));
        int64_t unused = 0;
        enum mu_link truth = mu_sync_link(out, mu_moment_wall(), &unused);
        if (truth == MU_LINK_PARKED) {
            return parked(session->cli, out, err);
        }
        if (truth == MU_LINK_LIVE && is_level(out) && out->heard_ms + FRESH_MS > since_ms) {
            return MU_OK;
        }
        int64_t left = deadline_ms - mu_moment_mono().ms;
        if (left <= 0) {
            return MU_OK;
        }
        char line[MU_AGENT_LINE_MAX];
        bool there = false;
        MU_TRY(mu_agent_line(link, left < LOOK_MS ? (int)left : LOOK_MS, line, &there, err));
    }
}

/* met: the server was reached. */
static enum mu_status say_synced(struct mu_session *session, const struct mu_client_status *status,
                                 bool met, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    bool level = met && status->pending == 0 && status->cursor.seq >= status->head;
    if (!level) {
        cli->exit_code = MU_EXIT_WAITING;
    }
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_bool(&json, "level", level);
        mu_json_int(&json, "cursor", (int64_t)status->cursor.seq);
        mu_json_int(&json, "head", (int64_t)status->head);
        mu_json_int(&json, "pending", (int64_t)status->pending);
        mu_json_int(&json, "refused", (int64_t)status->refused);
        mu_json_int(&json, "conflicts", (int64_t)status->conflicts);
        return mu_cli_json_end(&json, err);
    }
    if (level) {
        MU_TRY(
            mu_cli_say(cli, err, "Level with the server at change %" PRIu64, status->cursor.seq));
    } else {
        MU_TRY(mu_cli_put(mu_words_sync(&cli->out, status, &session->from), err));
    }
    if (level && status->refused > 0) {
        MU_TRY(mu_cli_say(cli, err, " \xc2\xb7 Needs you: "));
        MU_TRY(mu_cli_put(
            mu_words_count(&cli->out, status->refused, "change refused", "changes refused"), err));
    }
    return mu_cli_say(cli, err, "\n");
}

static enum mu_status sync_by_agent(struct mu_session *session, struct mu_agent_link *link,
                                    int64_t wait_ms, struct mu_error *err)
{
    char request[MU_AGENT_LINE_MAX];
    char answer[MU_AGENT_LINE_MAX];
    struct mu_client_status status;
    int64_t deadline_ms = mu_moment_mono().ms + wait_ms;
    (void)snprintf(request, sizeof request, "watch %s", session->workspace.name);
    MU_TRY(mu_agent_ask(link, request, ANSWER_MS, answer, err));
    (void)snprintf(request, sizeof request, "poke %s", session->workspace.name);
    MU_TRY(mu_agent_send(link, request, ANSWER_MS, err));
    MU_TRY(wait_until_level(session, link, deadline_ms, &status, err));
    session->from.now = mu_moment_wall();
    int64_t unused = 0;
    bool met = mu_sync_link(&status, session->from.now, &unused) == MU_LINK_LIVE;
    return say_synced(session, &status, met, err);
}

/* -- without one ------------------------------------------------------------- */

static enum mu_status sync_once(struct mu_cli *cli, const char *workspace, int64_t wait_ms,
                                int *out_exit, struct mu_error *err)
{
    char wait[32];
    (void)snprintf(wait, sizeof wait, "%" PRId64, wait_ms);
    const char *arguments[] = {
        "--once", "--wait", wait, "--workspace", workspace, cli->json ? "--json" : NULL, NULL};
    MU_TRY(mu_cli_flush(cli, err));
    return mu_agent_run(&cli->home, arguments, mu_slice_str(""), NULL, out_exit, err);
}

static enum mu_status wait_option(struct mu_cli *cli, int64_t *out_ms, struct mu_error *err)
{
    const char *wait = mu_args_value(&cli->args, "wait");
    *out_ms = WAIT_DEFAULT_MS;
    if (wait != NULL) {
        MU_TRY(mu_token_span(wait, out_ms, err));
        *out_ms = *out_ms > WAIT_MAX_MS ? WAIT_MAX_MS : *out_ms;
    }
    return MU_OK;
}

static enum mu_status try_agent(struct mu_cli *cli, int64_t wait_ms, bool *out_done,
                                struct mu_error *err)
{
    struct mu_agent_link link;
    struct mu_session session;
    struct mu_error ignored;
    *out_done = false;
    if (mu_agent_connect(&cli->home, ANSWER_MS, &link, &ignored) != MU_OK) {
        return MU_OK;
    }
    enum mu_status status = mu_session_open(cli, &session, err);
    if (status == MU_OK) {
        status = sync_by_agent(&session, &link, wait_ms, err);
        mu_session_close(&session);
    }
    mu_agent_disconnect(&link);
    *out_done = true;
    return status;
}

/* The status after a round that another program made. */
static enum mu_status report_round(struct mu_cli *cli, int exit_code, struct mu_error *err)
{
    struct mu_session session;
    struct mu_client_status status;
    if (exit_code != MU_EXIT_DONE && exit_code != MU_EXIT_WAITING) {
        cli->exit_code = exit_code; /* it has said why on stderr */
        return MU_OK;
    }
    MU_TRY(mu_session_open(cli, &session, err));
    enum mu_status outcome = mu_client_status(session.client, &status, err);
    outcome =
        outcome == MU_OK ? say_synced(&session, &status, exit_code == MU_EXIT_DONE, err) : outcome;
    mu_session_close(&session);
    if (outcome == MU_OK && exit_code == MU_EXIT_WAITING) {
        cli->exit_code = MU_EXIT_WAITING;
    }
    return outcome;
}

enum mu_status mu_run_sync(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_workspace workspace;
    int64_t wait_ms = 0;
    bool done = false;
    int exit_code = 0;
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(wait_option(cli, &wait_ms, err));
    MU_TRY(mu_session_choose(cli, &workspace, err));
    MU_TRY(try_agent(cli, wait_ms, &done, err));
    if (done) {
        return MU_OK;
    }
    MU_TRY(sync_once(cli, workspace.name, wait_ms, &exit_code, err));
    if (exit_code == MU_AGENT_EXIT_RUNNING) { /* one has started in between */
        MU_TRY(try_agent(cli, wait_ms, &done, err));
        return done ? MU_OK : mu_fail(err, MU_E_BUSY, "muster-agent is starting: try again");
    }
    return report_round(cli, exit_code, err);
}

/* -- agent
 * ------------------------------------------------------------------------------------------ */

/* What an agent said of itself, "served=2 live=1 offline=1 since=MS": the number behind name. */
static int64_t fact(const char *facts, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = facts; at != NULL && *at != '\0'; at = strchr(at, ' ')) {
        at += *at == ' ' ? 1 : 0;
        if (strncmp(at, name, len) == 0 && at[len] == '=') {
            return strtoll(at + len + 1, NULL, 10);
        }
    }
    return 0;
}

static enum mu_status agent_json(struct mu_cli *cli, bool running, long pid, const char *facts,
                                 struct mu_error *err)
{
    static const char *const names[] = {"served", "live", "offline"};
    struct mu_json json;
    mu_cli_json(cli, &json);
    mu_json_bool(&json, "running", running);
    if (running) {
        mu_json_int(&json, "pid", pid);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            mu_json_int(&json, names[i], fact(facts, names[i]));
        }
        mu_json_instant(&json, "since", fact(facts, "since"));
    }
    return mu_cli_json_end(&json, err);
}

static enum mu_status say_agent(struct mu_cli *cli, bool running, long pid, const char *facts,
                                struct mu_error *err)
{
    if (cli->json) {
        return agent_json(cli, running, pid, facts, err);
    }
    if (!running) {
        return mu_cli_say(cli, err, "muster-agent is not running\n");
    }
    MU_TRY(mu_cli_say(cli, err, "muster-agent runs as process %ld", pid));
    if (facts[0] == '\0') {
        return mu_cli_say(cli, err, "\n");
    }
    struct mu_viewpoint from = {
        .now = mu_moment_wall(), .zone = cli->zone.zone, .zone_name = cli->zone.name};
    int64_t live = fact(facts, "live");
    int64_t served = fact(facts, "served");
    MU_TRY(mu_cli_say(cli, err, " since "));
    MU_TRY(mu_cli_put(mu_words_when(&cli->out, fact(facts, "since"), &from), err));
    MU_TRY(mu_cli_say(cli, err, ", for "));
    MU_TRY(mu_cli_put(
        mu_words_count(&cli->out, served > 0 ? (uint64_t)served : 0, "workspace", "workspaces"),
        err));
    return mu_cli_say(cli, err, ", %" PRId64 " live\n", live);
}

enum mu_status mu_run_agent_status(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_agent_link link;
    char answer[MU_AGENT_LINE_MAX];
    char shown[MU_SHOWN_MAX];
    MU_TRY(mu_cli_no_more(cli, err));
    enum mu_status status = mu_agent_connect(&cli->home, ANSWER_MS, &link, err);
    if (status == MU_E_OFFLINE) {
        cli->exit_code = mu_args_flag(&cli->args, "exit-code") ? MU_EXIT_NO : 0;
        return say_agent(cli, false, 0, "", err);
    }
    MU_TRY(status);
    status = mu_agent_ask(&link, "status", ANSWER_MS, answer, err);
    mu_agent_disconnect(&link);
    MU_TRY(status);
    return say_agent(cli, true, link.pid, mu_path_show(answer, shown), err);
}

/* Started, it needs a moment until it listens. */
enum mu_status mu_run_agent_start(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_agent_link link;
    struct mu_error why;
    MU_TRY(mu_cli_no_more(cli, err));
    int64_t deadline_ms = mu_moment_mono().ms + ANSWER_MS;
    enum mu_status status = mu_agent_connect(&cli->home, ANSWER_MS, &link, &why);
    if (status == MU_E_OFFLINE) {
        MU_TRY(mu_agent_start(&cli->home, err));
    }
    while (status == MU_E_OFFLINE && mu_moment_mono().ms < deadline_ms) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        status = mu_agent_connect(&cli->home, ANSWER_MS, &link, &why);
    }
    if (status != MU_OK) {
        *err = why;
        return status == MU_E_OFFLINE
                   ? mu_fail(err, MU_E_BUSY, "muster-agent was started, but does not answer")
                   : status;
    }
    mu_agent_disconnect(&link);
    return say_agent(cli, true, link.pid, "", err);
}

enum mu_status mu_run_agent_stop(struct mu_cli *cli, struct mu_error *err)
{
    bool was_running = false;
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_agent_stop(&cli->home, STOP_MS, &was_running, err));
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_bool(&json, "stopped", was_running);
        return mu_cli_json_end(&json, err);
    }
    return mu_cli_say(
        cli, err, was_running ? "muster-agent has stopped\n" : "muster-agent was not running\n");
}

/* -- join
 * --------------------------------------------------------------------------------------------- */

/* A torn or mistyped paste is told here, before a device is made. */
static enum mu_status check_invite(struct mu_cli *cli, struct mu_slice line, struct mu_error *err)
{
    MU_INVITE_AUTO struct mu_invite invite = {.version = 0};
    enum mu_status status = mu_invite_decode(line, &invite, err);
    if (status != MU_OK) {
        cli->exit_code = MU_EXIT_USAGE;
        cli->hint = "paste the whole line that begins with mst1, or use: muster join file:PATH";
        return status;
    }
    if (invite.expires_ms > 0 && invite.expires_ms < mu_moment_wall().ms) {
        cli->exit_code = MU_EXIT_REFUSED;
        cli->hint = "ask for a new one: muster invite";
        return mu_fail(err, MU_E_DENIED, "this invite has run out");
    }
    return MU_OK;
}

static enum mu_status say_joined(struct mu_cli *cli, const char *name, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_settings_flag(&cli->settings, MU_SETTING_WORKSPACE, name, err));
    MU_TRY(mu_session_open(cli, &session, err));
    struct mu_slice team = session.names.team;
    enum mu_status status = MU_OK;
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_str(&json, "workspace", name);
        mu_json_text(&json, "team", team);
        mu_json_str(&json, "member", session.store.keys.handle);
        mu_json_id(&json, "device", session.store.keys.device);
        status = mu_cli_json_end(&json, err);
    } else {
        status = mu_cli_say(cli, err, "Joined ");
        status = status == MU_OK
                     ? mu_cli_put(mu_show(&cli->out, team.len > 0 ? team : mu_slice_str(name),
                                          MU_SHOW_ONE_LINE),
                                  err)
                     : status;
        status = status == MU_OK ? mu_cli_say(cli, err, " as @%.64s \xc2\xb7 next: muster list\n",
                                              session.store.keys.handle)
                                 : status;
    }
    mu_edit_poke(&session);
    mu_session_close(&session);
    return status;
}

static enum mu_status join(struct mu_cli *cli, struct mu_slice line, struct mu_error *err)
{
    const char *device = mu_args_value(&cli->args, "device");
    int64_t wait_ms = 0;
    char wait[32];
    MU_TRY(check_invite(cli, line, err));
    MU_TRY(wait_option(cli, &wait_ms, err));
    (void)snprintf(wait, sizeof wait, "%" PRId64, wait_ms);
    const char *arguments[8] = {"--join", "--wait", wait};
    size_t count = 3;
    if (device != NULL) {
        arguments[count++] = "--device";
        arguments[count++] = device;
    }
    arguments[count] = cli->json ? "--json" : NULL;

    MU_BUF_AUTO struct mu_buf name;
    int exit_code = 0;
    mu_buf_init(&name, 4096);
    MU_TRY(mu_agent_run(&cli->home, arguments, line, &name, &exit_code, err));
    if (exit_code != MU_EXIT_DONE) {
        cli->exit_code = exit_code;
        return MU_OK; /* the agent has said why */
    }
    size_t len = 0;
    while (len < name.len && name.data[len] > ' ') {
        len++;
    }
    MU_TRY(mu_cli_put(mu_buf_append_byte(&name, 0), err));
    name.data[len] = '\0';
    return say_joined(cli, (const char *)name.data, err);
}

enum mu_status mu_run_join(struct mu_cli *cli, struct mu_error *err)
{
    const char *given = NULL;
    MU_SECRET_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, MU_INVITE_PASTE_MAX);
    MU_TRY(mu_cli_need(cli, "which invite (mst1...)", &given, err));
    MU_TRY(mu_cli_no_more(cli, err));
    if (strcmp(given, "-") == 0 || strncmp(given, "file:", 5) == 0) {
        MU_TRY(mu_cli_file(given[0] == '-' ? given : given + 5, MU_INVITE_PASTE_MAX, &line, err));
    } else {
        enum mu_status status = mu_buf_append_str(&line, given);
        if (status != MU_OK) {
            return mu_fail(err, MU_E_LIMIT, "that is no invite: it is too long");
        }
    }
    return join(cli, mu_buf_view(&line), err);
}
