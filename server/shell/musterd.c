/* musterd, the server of a team: what its command line says, and nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/flags.h"
#include "common/seal/secret.h"
#include "server/shell/backup.h"
#include "server/shell/exit.h"
#include "server/shell/found.h"
#include "server/shell/inspect.h"
#include "server/shell/report.h"
#include "server/shell/service.h"

static const char USAGE[] =
    "usage: musterd init --data DIR --team NAME --lead \"Ana Ruiz <ana>\" [--zone Europe/Lisbon]\n"
    "                    [--listen tcp://127.0.0.1:7420] [--public tcp://HOST:PORT] [--json]\n"
    "       musterd serve --data DIR [--listen tcp://127.0.0.1:7420]\n"
    "       musterd status --data DIR [--json]\n"
    "       musterd check --data DIR [--json]\n"
    "       musterd recovery-key --data DIR [--renew]\n"
    "       musterd backup --data DIR FILE [--json]\n"
    "       musterd restore FILE --data DIR [--key FILE]\n"
    "       musterd --version | --help\n";

#define ARGUMENTS_MAX 64

struct command_line {
    const char *data, *team, *lead, *zone, *listen, *public_endpoint, *key, *file;
    bool json, renew, version, help;
};

/* Arguments may hold anything; what goes to a terminal may not. */
static void print_error(const struct mu_error *err, bool json)
{
    char shown[MU_ERROR_TEXT_MAX];
    size_t len = 0;
    for (; err->text[len] != '\0'; len++) {
        unsigned char c = (unsigned char)err->text[len];
        shown[len] = (char)(c < 0x20 || c == 0x7f ? '?' : c);
    }
    shown[len] = '\0';
    if (!json) {
        (void)fprintf(stderr, "musterd: %s\n", shown);
        return;
    }
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, 4096);
    if (mu_buf_append_str(&line, "{\"error\":{\"code\":") == MU_OK &&
        mu_json_string(&line, mu_exit_word(mu_exit_code(err->status))) == MU_OK &&
        mu_buf_append_str(&line, ",\"message\":") == MU_OK &&
        mu_json_string(&line, shown) == MU_OK &&
        mu_buf_append_str(&line, ",\"hint\":null}}\n") == MU_OK) {
        (void)fwrite(line.data, 1, line.len, stderr);
    }
}

static enum mu_exit fail(const struct mu_error *err, bool json)
{
    print_error(err, json);
    return mu_exit_code(err->status);
}

static enum mu_exit write_out(const struct mu_buf *text)
{
    if (fwrite(text->data, 1, text->len, stdout) != text->len || fflush(stdout) != 0) {
        return MU_EXIT_STORE;
    }
    return MU_EXIT_OK;
}

/* -- init -------------------------------------------------------------------------- */

static enum mu_status describe_found(const struct command_line *line, const struct mu_found *found,
                                     struct mu_buf *out)
{
    MU_SECRET_BUF_AUTO struct mu_buf invite;
    mu_buf_init(&invite, found->invite.len + 1);
    MU_TRY(mu_buf_append(&invite, found->invite.data, found->invite.len));
    MU_TRY(mu_buf_append_byte(&invite, '\0'));
    const char *text = (const char *)invite.data;
    if (line->json) {
        MU_TRY(mu_buf_append_str(out, "{\"schema\":1,\"endpoint\":"));
        MU_TRY(mu_json_string(out, found->endpoint));
        MU_TRY(mu_buf_append_str(out, ",\"invite\":"));
        MU_TRY(mu_json_string(out, text));
        return mu_buf_append_str(out, "}\n");
    }
    return mu_buf_printf(
        out,
        "Founded. Members reach the server at %s once it runs:\n"
        "  musterd serve --data %s\n"
        "Your own invite, good for 7 days and one device; give it to: muster join\n"
        "%s\n",
        found->endpoint, line->data, text);
}

static enum mu_exit run_init(const struct command_line *line)
{
    struct mu_error err;
    if (line->team == NULL || line->lead == NULL) {
        (void)mu_fail(&err, MU_E_USAGE, "init needs --team NAME and --lead \"Ana Ruiz <ana>\"");
        return fail(&err, line->json);
    }
    struct mu_found_args args = {.data = line->data,
                                 .team = line->team,
                                 .lead = line->lead,
                                 .zone = line->zone,
                                 .listen = line->listen,
                                 .public_endpoint = line->public_endpoint};
    struct mu_found found;
    if (mu_found(&args, &found, &err) != MU_OK) {
        return fail(&err, line->json);
    }
    MU_SECRET_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 16384);
    enum mu_status status = describe_found(line, &found, &text);
    mu_wipe_buf(&found.invite);
    if (status != MU_OK) {
        (void)mu_fail(&err, status, "out of memory");
        return fail(&err, line->json);
    }
    return write_out(&text);
}

/* -- serve ------------------------------------------------------------------------- */

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

static enum mu_exit run_serve(const struct command_line *line)
{
    /* Large, one, and as long-lived as the process. */
    static struct mu_service service;
    struct mu_error err;
    if (catch_signals(&err) != MU_OK ||
        mu_service_open(&service, line->data, line->listen, &err) != MU_OK) {
        return fail(&err, line->json);
    }
    enum mu_exit code = MU_EXIT_STORE;
    if (printf("ready %s\n", service.gate.endpoint) > 0 && fflush(stdout) == 0) {
        code = mu_service_run(&service, stop_pipe[0]);
    }
    mu_service_close(&service);
    return code;
}

/* -- status, check ----------------------------------------------------------------- */

static enum mu_exit run_status(const struct command_line *line)
{
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 16384);
    if (mu_inspect_status(line->data, line->json, &text, &err) != MU_OK) {
        return fail(&err, line->json);
    }
    return write_out(&text);
}

static enum mu_exit run_check(const struct command_line *line)
{
    struct mu_error err;
    struct mu_checked checked;
    if (mu_inspect_check(line->data, &checked, &err) != MU_OK) {
        return fail(&err, line->json);
    }
    char digest[2 * MU_HASH_LEN + 1];
    mu_hex(mu_hash_view(&checked.digest_root), digest);
    int put = 0;
    if (line->json) {
        put = printf("{\"schema\":1,\"ok\":true,\"head\":%" PRIu64 ",\"checked\":%" PRIu64
                     ",\"digest\":\"%s\"}\n",
                     checked.head, checked.changes, digest);
    } else {
        put = printf("sound: %" PRIu64 " changes, chain and digest recomputed (%.16s)\n",
                     checked.changes, digest);
    }
    return put > 0 && fflush(stdout) == 0 ? MU_EXIT_OK : MU_EXIT_STORE;
}

/* -- recovery-key, backup, restore --------------------------------------------------- */

static enum mu_exit run_recovery_key(const struct command_line *line)
{
    struct mu_error err;
    MU_SECRET_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 4096);
    enum mu_status status =
        line->json
            ? mu_fail(&err, MU_E_USAGE, "recovery-key speaks to people: leave out --json")
            : mu_buf_append_str(&text, "Backups of this server can be read with this key alone. It "
                                       "is kept nowhere:\nwrite it down and keep it away from this "
                                       "machine.\n");
    if (status == MU_OK) {
        status = mu_recovery_key(line->data, line->renew, &text, &err);
    }
    if (status == MU_OK) {
        status = mu_buf_append_byte(&text, '\n');
    }
    return status == MU_OK ? write_out(&text) : fail(&err, line->json);
}

static enum mu_exit run_backup(const struct command_line *line)
{
    struct mu_error err;
    struct mu_backed_up done;
    if (mu_backup_make(line->data, line->file, &done, &err) != MU_OK) {
        return fail(&err, line->json);
    }
    int put = line->json ? printf("{\"schema\":1,\"seq\":%" PRIu64 ",\"bytes\":%" PRIu64 "}\n",
                                  done.seq, done.bytes)
                         : printf("backed up: everything up to change %" PRIu64 ", %" PRIu64
                                  " bytes, written and read back\n",
                                  done.seq, done.bytes);
    return put > 0 && fflush(stdout) == 0 ? MU_EXIT_OK : MU_EXIT_STORE;
}

static enum mu_exit run_restore(const struct command_line *line)
{
    struct mu_error err;
    struct mu_restored done;
    const char *key = line->key != NULL ? line->key : "-";
    if (mu_restore(line->file, line->data, key, &done, &err) != MU_OK) {
        return fail(&err, line->json);
    }
    int put = line->json
                  ? printf("{\"schema\":1,\"seq\":%" PRIu64 "}\n", done.seq)
                  : printf("restored: everything up to change %" PRIu64
                           ", as a new lineage of the same server\n"
                           "Members send what it does not know yet when they meet it at %s:\n"
                           "  musterd serve --data %s\n",
                           done.seq, done.listen, line->data);
    return put > 0 && fflush(stdout) == 0 ? MU_EXIT_OK : MU_EXIT_STORE;
}

/* -- main -------------------------------------------------------------------------- */

struct command {
    const char *name;
    enum mu_exit (*run)(const struct command_line *line);
    bool takes_file;
};

static const struct command commands[] = {{"init", run_init, false},
                                          {"serve", run_serve, false},
                                          {"status", run_status, false},
                                          {"check", run_check, false},
                                          {"backup", run_backup, true},
                                          {"restore", run_restore, true},
                                          {"recovery-key", run_recovery_key, false}};
#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static enum mu_status find_command(const char *name, const struct command **out_command,
                                   struct mu_error *err)
{
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i].name;
        if (strcmp(name, commands[i].name) == 0) {
            *out_command = &commands[i];
            return MU_OK;
        }
    }
    const char *meant = mu_flags_nearest(name, names, COMMAND_COUNT);
    if (meant != NULL) {
        return mu_fail(err, MU_E_USAGE, "there is no command '%.40s'; did you mean '%s'?", name,
                       meant);
    }
    return mu_fail(err, MU_E_USAGE, "there is no command '%.40s'; see: musterd --help", name);
}

static enum mu_status parse(int argc, char **argv, struct command_line *line,
                            const struct command **out_command, struct mu_error *err)
{
    const struct mu_flag options[] = {
        {"data", &line->data, NULL},     {"team", &line->team, NULL},
        {"lead", &line->lead, NULL},     {"zone", &line->zone, NULL},
        {"listen", &line->listen, NULL}, {"public", &line->public_endpoint, NULL},
        {"key", &line->key, NULL},       {"renew", NULL, &line->renew},
        {"json", NULL, &line->json},     {"version", NULL, &line->version},
        {"help", NULL, &line->help}};
    const char *args[ARGUMENTS_MAX];
    if (argc < 1 || argc > ARGUMENTS_MAX) {
        return mu_fail(err, MU_E_USAGE, "too many arguments; see: musterd --help");
    }
    for (int i = 1; i < argc; i++) {
        args[i - 1] = argv[i];
    }
    size_t rest = 0;
    MU_TRY(mu_flags_parse(options, sizeof options / sizeof options[0], args, (size_t)argc - 1,
                          &rest, err));
    if (line->help || line->version) {
        return MU_OK;
    }
    if (rest == 0) {
        return mu_fail(err, MU_E_USAGE, "say what to do; see: musterd --help");
    }
    MU_TRY(find_command(args[0], out_command, err));
    size_t words = (*out_command)->takes_file ? 2 : 1;
    if (rest > words) {
        return mu_fail(err, MU_E_USAGE, "'%.40s' is one word too many", args[words]);
    }
    if (rest < words) {
        return mu_fail(err, MU_E_USAGE, "%s needs a FILE", (*out_command)->name);
    }
    line->file = words == 2 ? args[1] : NULL;
    if (line->data == NULL) {
        return mu_fail(err, MU_E_USAGE, "%s needs --data DIR", (*out_command)->name);
    }
    return MU_OK;
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
    const struct command *command = NULL;
    struct mu_error err;
    struct rlimit no_core = {0};
    /* Keys must not reach a core file, nor any file be open to others. */
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)umask(S_IRWXG | S_IRWXO);
    keep_memory_small();
    if (parse(argc, argv, &line, &command, &err) != MU_OK) {
        return (int)fail(&err, line.json);
    }
    if (line.help) {
        return fputs(USAGE, stdout) >= 0 ? 0 : (int)MU_EXIT_STORE;
    }
    if (line.version) {
        return puts("musterd " MUSTER_VERSION) >= 0 ? 0 : (int)MU_EXIT_STORE;
    }
    if (mu_seal_start() != MU_OK) {
        (void)mu_fail(&err, MU_E_CRYPTO, "libsodium cannot work on this machine");
        return (int)fail(&err, line.json);
    }
    MU_ASSERT(command != NULL);
    return (int)command->run(&line);
}
