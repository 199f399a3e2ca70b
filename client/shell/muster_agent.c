/* muster-agent, the link between a person's replicas and their servers: its command line, as
 * client/home/agent_link.h describes it. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/home/settings.h"
#include "client/shell/agent.h"
#include "client/shell/enrol.h"
#include "client/shell/version.h"
#include "client/view/json.h"
#include "client/view/text.h"
#include "common/base/flags.h"
#include "common/seal/secret.h"

static const char USAGE[] =
    "usage: muster-agent run [--home DIR] [--workspace NAME] [--json]\n"
    "       muster-agent --once [--wait MS] [--home DIR] [--workspace NAME] [--json]\n"
    "       muster-agent --join [--device NAME] [--wait MS] [--home DIR] [--json]\n"
    "                    reads the invite from standard input\n"
    "       muster-agent --version | --help\n";

#define WAIT_DEFAULT_MS 10000
#define WAIT_LONGEST_MS 3600000
#define AGENT_MS        3000 /* for an agent that runs to answer */
#define ARGUMENTS_MAX   32

struct command_line {
    const char *home, *workspace, *device, *wait;
    bool once, join, run, json, version, help;
    int64_t wait_ms;
};

/* -- saying what is wrong ------------------------------------------------------------ */

static enum mu_agent_exit fail_as(const struct mu_error *err, enum mu_agent_exit code, bool as_json)
{
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, 8192);
    struct mu_slice text = mu_slice_str(err->text);
    enum mu_status status = MU_OK;
    if (as_json) {
        struct mu_json json;
        mu_json_start(&json, &line);
        mu_json_object(&json, NULL);
        mu_json_object(&json, "error");
        mu_json_str(&json, "code", mu_agent_exit_word(code));
        mu_json_text(&json, "message", text);
        mu_json_close(&json);
        mu_json_close(&json);
        status = mu_json_end(&json);
    } else {
        status = mu_buf_append_str(&line, "muster-agent: ");
        if (status == MU_OK) {
            status = mu_show(&line, text, MU_SHOW_ONE_LINE);
        }
    }
    if (status == MU_OK && mu_buf_append_byte(&line, '\n') == MU_OK) {
        (void)fwrite(line.data, 1, line.len, stderr);
    }
    return code;
}

static enum mu_agent_exit fail(const struct mu_error *err, const struct command_line *line)
{
    return fail_as(err, mu_agent_exit_code(err->status), line->json);
}

/* -- signals ------------------------------------------------------------------------- */

/* A signal handler may not know anything but where to write a byte. */
static int stop_pipe[2] = {-1, -1};

static void on_stop(int signal_number)
{
    (void)signal_number;
    int before = errno;
    ssize_t written = write(stop_pipe[1], "", 1);
    (void)written;
    errno = before;
}

static enum mu_status catch_signals(struct mu_error *err)
{
    if (pipe(stop_pipe) != 0 || fcntl(stop_pipe[0], F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(stop_pipe[1], F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(stop_pipe[1], F_SETFL, O_NONBLOCK) != 0) {
        return mu_fail(err, MU_E_IO, "the system gives no pipe");
    }
    struct sigaction stop = {.sa_handler = on_stop};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigemptyset(&stop.sa_mask);
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
    return MU_OK;
}

/* -- run, once ----------------------------------------------------------------------- */

static enum mu_agent_exit run_forever(const struct command_line *line, const struct mu_home *home,
                                      const char *zone)
{
    static struct mu_agent agent; /* as long-lived as the process */
    struct mu_error err;
    enum mu_status status = mu_agent_open(&agent, home, line->workspace, zone, &err);
    if (status == MU_E_BUSY) {
        return MU_EXIT_OK; /* the work is being done */
    }
    if (status == MU_OK) {
        status = mu_agent_serve(&agent, stop_pipe[0], &err);
        mu_agent_close(&agent);
    }
    return status == MU_OK ? MU_EXIT_OK : fail(&err, line);
}

static enum mu_status sync_once(const struct mu_home *home, const char *zone, const char *workspace,
                                int64_t wait_ms, struct mu_error *err)
{
    static struct mu_agent agent;
    MU_TRY(mu_agent_open(&agent, home, workspace, zone, err));
    enum mu_status status = mu_agent_once(&agent, wait_ms, stop_pipe[0], err);
    mu_agent_close(&agent);
    return status;
}

static enum mu_agent_exit run_once(const struct command_line *line, const struct mu_home *home,
                                   const char *zone)
{
    struct mu_error err;
    struct mu_workspace chosen;
    /* Without any workspace there is nothing to be level with: say so. */
    if (line->workspace == NULL) {
        struct mu_workspace *list = NULL;
        size_t count = 0;
        if (mu_home_workspaces(home, &list, &count, &err) != MU_OK) {
            return fail(&err, line);
        }
        free(list);
        if (count == 0 && mu_home_choose(home, NULL, &chosen, &err) != MU_OK) {
            return fail(&err, line);
        }
    }
    enum mu_status status = sync_once(home, zone, line->workspace, line->wait_ms, &err);
    if (status == MU_OK) {
        return MU_EXIT_OK;
    }
    if (status == MU_E_BUSY) {
        return fail_as(&err, (enum mu_agent_exit)MU_AGENT_EXIT_RUNNING, line->json);
    }
    return fail(&err, line);
}

/* -- join ---------------------------------------------------------------------------- */

static enum mu_status read_invite(struct mu_invite *out, struct mu_error *err)
{
    MU_SECRET_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_INVITE_PASTE_MAX);
    for (;;) {
        uint8_t bytes[512];
        ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return mu_fail(err, MU_E_IO, "cannot read the invite from standard input");
        }
        if (got == 0) {
            break;
        }
        enum mu_status status = mu_buf_append(&text, bytes, (size_t)got);
        mu_wipe(bytes, sizeof bytes);
        if (status != MU_OK) {
            return mu_fail(err, MU_E_INVALID, "this is no invite: it is far too long");
        }
    }
    return mu_invite_decode(mu_buf_view(&text), out, err);
}

/* Look at the replica that the running agent fills, whenever it says that something changed. */
static enum mu_status follow_load(struct mu_client *client, struct mu_agent_link *link,
                                  int64_t end_ms, struct mu_error *err)
{
    for (;;) {
        struct mu_client_status now;
        char line[MU_AGENT_LINE_MAX];
        bool there = false;
        MU_TRY(mu_client_status(client, &now, err));
        if (now.link == MU_LINK_LIVE && now.cursor.seq > 0 && now.cursor.seq >= now.head) {
            return MU_OK;
        }
        int64_t left = end_ms - mu_moment_mono().ms;
        if (left <= 0) {
            return mu_fail(err, MU_E_OFFLINE, "the board is still on its way");
        }
        MU_TRY(mu_agent_line(link, (int)left, line, &there, err));
    }
}

static enum mu_status watch_load(const struct command_line *line, const struct mu_home_zone *place,
                                 const struct mu_workspace *workspace, struct mu_agent_link *link,
                                 struct mu_error *err)
{
    int64_t end_ms = mu_moment_mono().ms + line->wait_ms;
    char request[MU_AGENT_LINE_MAX];
    char answer[MU_AGENT_LINE_MAX];
    static struct mu_store store; /* must not move */
    struct mu_client *client = NULL;
    struct mu_moment moment;
    (void)snprintf(request, sizeof request, "poke %s", workspace->name);
    MU_TRY(mu_agent_ask(link, request, AGENT_MS, answer, err));
    (void)snprintf(request, sizeof request, "watch %s", workspace->name);
    MU_TRY(mu_agent_ask(link, request, AGENT_MS, answer, err));
    MU_TRY(mu_moment_now(&moment, place, err));
    enum mu_status status = mu_store_open(workspace, &store, err);
    if (status == MU_OK) {
        status =
            mu_client_open(&store.replica, &store.outbox, &store.keys, &moment.turn, &client, err);
    }
    if (status == MU_OK) {
        status = follow_load(client, link, end_ms, err);
    }
    mu_client_close(client);
    mu_store_close(&store);
    mu_moment_deinit(&moment);
    return status;
}

/* Whoever serves this home brings the first load: a running agent, or we. */
static void load_first(const struct command_line *line, const struct mu_home *home,
                       const char *zone, const struct mu_home_zone *place,
                       const struct mu_workspace *workspace)
{
    struct mu_error err;
    struct mu_agent_link link;
    enum mu_status status = sync_once(home, zone, workspace->name, line->wait_ms, &err);
    if (status == MU_E_BUSY) {
        status = mu_agent_connect(home, AGENT_MS, &link, &err);
        if (status == MU_OK) {
            status = watch_load(line, place, workspace, &link, &err);
            mu_agent_disconnect(&link);
        }
    }
    if (status != MU_OK) {
        (void)fail_as(&err, MU_EXIT_OK, line->json); /* joined all the same */
    }
}

static enum mu_agent_exit join(const struct command_line *line, const struct mu_home *home,
                               const char *zone)
{
    struct mu_error err;
    MU_INVITE_AUTO struct mu_invite invite = {.version = 0};
    enum mu_status status = read_invite(&invite, &err);
    if (status != MU_OK) {
        return fail_as(&err, status == MU_E_IO ? MU_EXIT_STORE : MU_EXIT_USAGE, line->json);
    }
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, (size_t)256 << 10);
    struct mu_home_zone place;
    mu_home_zone_find(zone, &arena, &place);
    struct mu_enrol_args args = {.home = home,
                                 .context = zmq_ctx_new(),
                                 .device = line->device,
                                 .zone = &place,
                                 .wait_ms = line->wait_ms,
                                 .stop_fd = stop_pipe[0]};
    struct mu_workspace workspace;
    status = args.context == NULL ? mu_fail(&err, MU_E_NOMEM, "out of memory")
                                  : mu_enrol(&args, &invite, &workspace, &err);
    if (args.context != NULL) {
        (void)zmq_ctx_term(args.context);
    }
    if (status != MU_OK) {
        return fail(&err, line);
    }
    if (printf("%s\n", workspace.name) < 0 || fflush(stdout) != 0) {
        return MU_EXIT_STORE;
    }
    load_first(line, home, zone, &place, &workspace);
    return MU_EXIT_OK;
}

/* -- main ---------------------------------------------------------------------------- */

static enum mu_status parse_wait(struct command_line *line, struct mu_error *err)
{
    line->wait_ms = WAIT_DEFAULT_MS;
    if (line->wait == NULL) {
        return MU_OK;
    }
    int64_t number = 0;
    size_t digits = strspn(line->wait, "0123456789");
    if (digits == 0 || digits > 7 || line->wait[digits] != '\0') {
        return mu_fail(err, MU_E_USAGE, "--wait takes milliseconds, up to %d", WAIT_LONGEST_MS);
    }
    for (size_t i = 0; i < digits; i++) {
        number = number * 10 + (line->wait[i] - '0');
    }
    line->wait_ms = number < WAIT_LONGEST_MS ? number : WAIT_LONGEST_MS;
    return MU_OK;
}

static enum mu_status parse(int argc, char **argv, struct command_line *line, struct mu_error *err)
{
    const struct mu_flag options[] = {
        {"home", &line->home, NULL},     {"workspace", &line->workspace, NULL},
        {"device", &line->device, NULL}, {"wait", &line->wait, NULL},
        {"once", NULL, &line->once},     {"join", NULL, &line->join},
        {"json", NULL, &line->json},     {"version", NULL, &line->version},
        {"help", NULL, &line->help}};
    const char *args[ARGUMENTS_MAX];
    if (argc < 1 || argc > ARGUMENTS_MAX) {
        return mu_fail(err, MU_E_USAGE, "too many arguments; see: muster-agent --help");
    }
    for (int i = 1; i < argc; i++) {
        args[i - 1] = argv[i];
    }
    size_t rest = 0;
    MU_TRY(mu_flags_parse(options, sizeof options / sizeof options[0], args, (size_t)argc - 1,
                          &rest, err));
    line->run = rest == 1 && strcmp(args[0], "run") == 0;
    int modes = line->run + line->once + line->join + line->version + line->help;
    if (modes != 1 || rest > (line->run ? 1U : 0U)) {
        return mu_fail(err, MU_E_USAGE, "say one of run, --once, --join; see: muster-agent --help");
    }
    return parse_wait(line, err);
}

static enum mu_agent_exit run_command(const struct command_line *line)
{
    struct mu_error err;
    struct mu_home home;
    struct mu_settings settings;
    if (mu_seal_start() != MU_OK) {
        (void)mu_fail(&err, MU_E_INTERNAL, "libsodium cannot work on this machine");
        return fail(&err, line);
    }
    if (catch_signals(&err) != MU_OK || mu_home_find(line->home, &home, &err) != MU_OK ||
        mu_settings_load(&home, &settings, &err) != MU_OK) {
        return fail(&err, line);
    }
    const char *zone = settings.values[MU_SETTING_ZONE];
    if (line->join) {
        return join(line, &home, zone);
    }
    return line->once ? run_once(line, &home, zone) : run_forever(line, &home, zone);
}

/* Large blocks go back to the system when they are freed: a burst must not stay resident. */
static void keep_memory_small(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, 128 << 10);
    (void)mallopt(M_TRIM_THRESHOLD, 256 << 10);
    (void)mallopt(M_ARENA_MAX, 2);
#endif
}

int main(int argc, char **argv)
{
    struct command_line line = {0};
    struct mu_error err;
    struct rlimit no_core = {0};
    /* Keys must not reach a core file, nor any file be open to others. */
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)umask(S_IRWXG | S_IRWXO);
    keep_memory_small();
    if (parse(argc, argv, &line, &err) != MU_OK) {
        return (int)fail(&err, &line);
    }
    if (line.help) {
        return fputs(USAGE, stdout) >= 0 ? 0 : (int)MU_EXIT_STORE;
    }
    if (line.version) {
        return printf("muster-agent %s\n", mu_agent_version()) > 0 ? 0 : (int)MU_EXIT_STORE;
    }
    return (int)run_command(&line);
}
