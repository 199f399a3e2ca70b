/* What a run prints, and in which colours. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/cli.h"

static enum mu_status cannot_write(struct mu_error *err, int why)
{
    return mu_fail(err, why == ENOSPC ? MU_E_FULL : MU_E_IO, "cannot write the output: %s",
                   why == ENOSPC ? "disk full" : "it was closed or refused");
}

enum mu_status mu_cli_flush(struct mu_cli *cli, struct mu_error *err)
{
    size_t done = 0;
    while (done < cli->out.len) {
        ssize_t put = write(STDOUT_FILENO, cli->out.data + done, cli->out.len - done);
        if (put < 0 && errno != EINTR) {
            return cannot_write(err, errno);
        }
        done += put > 0 ? (size_t)put : 0;
    }
    mu_buf_clear(&cli->out);
    return MU_OK;
}

enum mu_status mu_cli_put(enum mu_status appended, struct mu_error *err)
{
    if (appended == MU_OK) {
        return MU_OK;
    }
    return appended == MU_E_LIMIT ? mu_fail(err, MU_E_LIMIT, "the output is too large")
                                  : mu_fail(err, appended, "out of memory for the output");
}

enum mu_status mu_cli_say(struct mu_cli *cli, struct mu_error *err, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    MU_ASSERT(len >= 0 && (size_t)len < sizeof text);
    return mu_cli_put(mu_buf_append(&cli->out, text, (size_t)len), err);
}

void mu_cli_note(const struct mu_cli *cli, const char *fmt, ...)
{
    if (cli->json) {
        return;
    }
    char text[512];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    (void)fprintf(stderr, "note: %s\n", text);
}

static const char *sequence(enum mu_paint paint)
{
    switch (paint) {
    case MU_BOLD:
        return "\033[1m";
    case MU_DIM:
        return "\033[2m";
    case MU_RED:
        return "\033[31m";
    case MU_GREEN:
        return "\033[32m";
    case MU_YELLOW:
        return "\033[33m";
    case MU_CYAN:
        return "\033[36m";
    case MU_PLAIN:
        break;
    }
    return "";
}

const char *mu_paint(const struct mu_cli *cli, enum mu_paint paint)
{
    return cli->colour ? sequence(paint) : "";
}

const char *mu_unpaint(const struct mu_cli *cli)
{
    return cli->colour ? "\033[0m" : "";
}

void mu_cli_json(struct mu_cli *cli, struct mu_json *out_json)
{
    mu_json_start(out_json, &cli->out);
    mu_json_object(out_json, NULL);
    mu_json_int(out_json, "schema", 1);
}

enum mu_status mu_cli_json_end(struct mu_json *json, struct mu_error *err)
{
    mu_json_close(json);
    mu_json_line(json);
    return mu_cli_put(mu_json_end(json), err);
}

/* -- failure ----------------------------------------------------------------- */

int mu_exit_code(enum mu_status status)
{
    switch (status) {
    case MU_OK:
        return MU_EXIT_DONE;
    case MU_E_USAGE:
    case MU_E_INVALID:
    case MU_E_LIMIT:
        return MU_EXIT_USAGE;
    case MU_E_NOT_FOUND:
        return MU_EXIT_NOT_FOUND;
    case MU_E_DENIED:
    case MU_E_CONFLICT:
    case MU_E_EXISTS:
        return MU_EXIT_REFUSED;
    case MU_E_OFFLINE:
        return MU_EXIT_WAITING;
    case MU_E_BUSY:
    case MU_E_FULL:
    case MU_E_IO:
    case MU_E_CORRUPT:
    case MU_E_CRYPTO:
    case MU_E_VERSION:
    case MU_E_NOMEM:
        return MU_EXIT_STORE;
    case MU_E_PROTOCOL:
    case MU_E_INTERNAL:
        return MU_EXIT_BUG;
    }
    return MU_EXIT_BUG;
}

const char *mu_error_code(enum mu_status status)
{
    switch (status) {
    case MU_OK:
        return "ok";
    case MU_E_NOMEM:
        return "no_memory";
    case MU_E_INVALID:
        return "invalid";
    case MU_E_NOT_FOUND:
        return "not_found";
    case MU_E_EXISTS:
        return "exists";
    case MU_E_CONFLICT:
        return "conflict";
    case MU_E_DENIED:
        return "denied";
    case MU_E_LIMIT:
        return "limit";
    case MU_E_BUSY:
        return "busy";
    case MU_E_OFFLINE:
        return "offline";
    case MU_E_PROTOCOL:
        return "protocol";
    case MU_E_VERSION:
        return "version";
    case MU_E_CRYPTO:
        return "crypto";
    case MU_E_CORRUPT:
        return "corrupt";
    case MU_E_FULL:
        return "full";
    case MU_E_IO:
        return "io";
    case MU_E_INTERNAL:
        return "internal";
    case MU_E_USAGE:
        return "usage";
    }
    return "internal";
}

static const char *code_of(const struct mu_cli *cli, enum mu_status status)
{
    return cli->exit_code == MU_EXIT_NOT_JOINED ? "not_joined" : mu_error_code(status);
}

static void report_json(const struct mu_cli *cli, const struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 16384);
    struct mu_json json;
    mu_json_start(&json, &text);
    mu_json_object(&json, NULL);
    mu_json_object(&json, "error");
    mu_json_str(&json, "code", code_of(cli, err->status));
    mu_json_str(&json, "message", err->text);
    if (cli->hint != NULL) {
        mu_json_str(&json, "hint", cli->hint);
    } else {
        mu_json_null(&json, "hint");
    }
    mu_json_close(&json);
    mu_json_close(&json);
    mu_json_line(&json);
    if (mu_json_end(&json) == MU_OK) {
        (void)fwrite(text.data, 1, text.len, stderr);
    }
}

void mu_cli_report(const struct mu_cli *cli, const struct mu_error *err)
{
    if (cli->json) {
        report_json(cli, err);
        return;
    }
    (void)fprintf(stderr, "%smuster:%s %s\n", cli->colour_err ? sequence(MU_RED) : "",
                  cli->colour_err ? "\033[0m" : "", err->text);
    if (cli->hint != NULL) {
        (void)fprintf(stderr, "  %s\n", cli->hint);
    }
}
