/* What a run reads: words of people from the command line, standard input or a file. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/cli.h"
#include "client/view/text.h"
#include "common/base/utf8.h"

#define READ_SIZE ((size_t)64 * 1024)

/* Everything that file holds, up to max bytes. */
static enum mu_status read_all(int file, const char *shown, size_t max, struct mu_buf *out,
                               struct mu_error *err)
{
    uint8_t piece[READ_SIZE];
    for (;;) {
        ssize_t got = read(file, piece, sizeof piece);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return mu_fail_errno(err, errno, "read", shown);
        }
        if (got == 0) {
            return MU_OK;
        }
        enum mu_status status = mu_buf_append(out, piece, (size_t)got);
        if (status == MU_E_LIMIT) {
            return mu_fail(err, MU_E_LIMIT, "'%s' is larger than the limit of %zu bytes", shown,
                           max);
        }
        if (status != MU_OK) {
            return mu_fail(err, status, "read '%s': out of memory", shown);
        }
    }
}

enum mu_status mu_cli_file(const char *path, size_t max, struct mu_buf *out, struct mu_error *err)
{
    char shown[MU_SHOWN_MAX];
    mu_buf_init(out, max);
    if (strcmp(path, "-") == 0) {
        enum mu_status status = read_all(STDIN_FILENO, "standard input", max, out, err);
        if (status != MU_OK) {
            mu_buf_deinit(out);
        }
        return status;
    }
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0) {
        return mu_fail_errno(err, errno, "open", path);
    }
    enum mu_status status = read_all(file, mu_path_show(path, shown), max, out, err);
    (void)close(file);
    if (status != MU_OK) {
        mu_buf_deinit(out);
    }
    return status;
}

static struct mu_slice without_line_end(struct mu_slice text)
{
    if (text.len > 0 && text.data[text.len - 1] == '\n') {
        text.len--;
    }
    if (text.len > 0 && text.data[text.len - 1] == '\r') {
        text.len--;
    }
    return text;
}

static enum mu_status check_text(struct mu_slice text, const char *what, size_t max,
                                 struct mu_error *err)
{
    if (text.len > max) {
        return mu_fail(err, MU_E_LIMIT, "the %s is larger than the limit of %zu bytes", what, max);
    }
    return mu_utf8_valid(text) ? MU_OK
                               : mu_fail(err, MU_E_INVALID, "the %s is not UTF-8 text", what);
}

enum mu_status mu_cli_word_text(const char *given, const char *what, size_t max,
                                struct mu_slice *out_text, struct mu_error *err)
{
    *out_text = mu_slice_str(given);
    return check_text(*out_text, what, max, err);
}

enum mu_status mu_cli_text(struct mu_cli *cli, const char *given, const char *what, size_t max,
                           struct mu_slice *out_text, struct mu_error *err)
{
    bool file = strncmp(given, "file:", 5) == 0;
    if (!file && strcmp(given, "-") != 0) {
        return mu_cli_word_text(given, what, max, out_text, err);
    }
    MU_BUF_AUTO struct mu_buf bytes;
    /* Two more: its line end. */
    MU_TRY(mu_cli_file(file ? given + 5 : given, max + 2, &bytes, err));
    struct mu_slice text = without_line_end(mu_buf_view(&bytes));
    MU_TRY(check_text(text, what, max, err));
    return mu_arena_copy(&cli->arena, text, out_text)
               ? MU_OK
               : mu_fail(err, MU_E_NOMEM, "out of memory for the %s", what);
}
