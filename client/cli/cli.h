/* One run of muster: what was asked, where its answer goes, and how it ends.
 *
 *   main -> mu_cli_main() -> parse -> the command's function -> output -> exit code
 *
 * A command fills cli->out and returns MU_OK, or fails with one message.  It never prints by
 * itself; what goes to a terminal was neutralised where its words were made (client/view). */
#ifndef MUSTER_CLIENT_CLI_CLI_H
#define MUSTER_CLIENT_CLI_CLI_H

#include "client/cli/args.h"
#include "client/home/home.h"
#include "client/home/moment.h"
#include "client/home/settings.h"
#include "client/view/json.h"
#include "common/base/arena.h"
#include "common/base/buf.h"

/* The contract with scripts. */
enum mu_exit {
    MU_EXIT_DONE = 0,
    MU_EXIT_NO = 1,
    MU_EXIT_USAGE = 2,
    MU_EXIT_NOT_FOUND = 3,
    MU_EXIT_NOT_JOINED = 4,
    MU_EXIT_REFUSED = 5,
    MU_EXIT_WAITING = 6,
    MU_EXIT_STORE = 7,
    MU_EXIT_BUG = 70
};

struct mu_cli;

struct mu_command {
    const char *name;                /* "list", or two words: "conflict show" */
    const char *arguments;           /* for the usage line */
    const char *about;               /* one line */
    const char *more;                /* lines for its help, or NULL */
    const struct mu_option *options; /* NULL: none of its own; ends with a name NULL */
    enum mu_status (*run)(struct mu_cli *cli, struct mu_error *err);
    const char *heading; /* of the group that it begins in the list, or NULL */
    bool hidden;         /* from the list of commands */
};

/* A command that muster-screens does itself; an array of them ends with a name NULL. */
struct mu_screen {
    const char *name;
    enum mu_status (*run)(struct mu_cli *cli, struct mu_error *err);
};

struct mu_cli {
    char **given;                    /* argv as it came */
    const struct mu_screen *screens; /* NULL in muster, which links none */
    const struct mu_command *command;
    struct mu_parsed args;
    size_t word; /* the next word to be taken */

    struct mu_home home;
    struct mu_settings settings;
    struct mu_home_zone zone;
    struct mu_arena arena; /* lives as long as the run */

    struct mu_buf out;
    bool json;
    bool terminal;   /* stdout is one */
    bool colour;     /* paint stdout */
    bool colour_err; /* and stderr */
    bool accessible; /* no animation */
    size_t width;    /* columns of the terminal; of a pipe a number large enough */

    const char *hint; /* beside an error: what to do; static text, or NULL */
    int exit_code;    /* overrules the status's, when not 0 */
};

/* Everything but the process.  argv as of main(), left as it is. */
int mu_cli_main(int argc, char **argv, const struct mu_screen *screens);

/* All commands; *out_count of them. */
const struct mu_command *mu_commands(size_t *out_count);
/* Options that every command takes. */
const struct mu_option *mu_common_options(void);

/* -- words ------------------------------------------------------------------- */

/* The next word, or NULL at the end. */
const struct mu_arg_word *mu_cli_word(struct mu_cli *cli);
/* The next word's text; MU_E_USAGE says what is missing ("which task") when there is none. */
MU_MUST_USE enum mu_status mu_cli_need(struct mu_cli *cli, const char *what, const char **out_text,
                                       struct mu_error *err);
/* MU_E_USAGE when words are left. */
MU_MUST_USE enum mu_status mu_cli_no_more(struct mu_cli *cli, struct mu_error *err);

/* -- output ------------------------------------------------------------------ */

/* Write out what cli->out holds so far and empty it. */
MU_MUST_USE enum mu_status mu_cli_flush(struct mu_cli *cli, struct mu_error *err);
/* Append to cli->out; a full buffer becomes a message. */
MU_MUST_USE enum mu_status mu_cli_say(struct mu_cli *cli, struct mu_error *err, const char *fmt,
                                      ...) MU_PRINTF(3, 4);
/* Turn a failed append into a message. */
MU_MUST_USE enum mu_status mu_cli_put(enum mu_status appended, struct mu_error *err);
/* One line on stderr that is no error: "note: …"; nothing with --json. */
void mu_cli_note(const struct mu_cli *cli, const char *fmt, ...) MU_PRINTF(2, 3);

enum mu_paint { MU_PLAIN, MU_BOLD, MU_DIM, MU_RED, MU_GREEN, MU_YELLOW, MU_CYAN };
/* The control sequence that begins (ends) a paint on stdout, "" without colour. */
const char *mu_paint(const struct mu_cli *cli, enum mu_paint paint);
const char *mu_unpaint(const struct mu_cli *cli);

/* Begin the object of --json in cli->out: {"schema":1, left open. */
void mu_cli_json(struct mu_cli *cli, struct mu_json *out_json);
/* Close it, with a newline. */
MU_MUST_USE enum mu_status mu_cli_json_end(struct mu_json *json, struct mu_error *err);

/* -- failure ----------------------------------------------------------------- */

/* The exit code of a status, unless a command knows better. */
int mu_exit_code(enum mu_status status);
/* The word for a status in {"error":{"code":…}}. */
const char *mu_error_code(enum mu_status status);
/* One line on stderr, or with json one object. */
void mu_cli_report(const struct mu_cli *cli, const struct mu_error *err);

/* -- input ------------------------------------------------------------------- */

/* Text of a person, as it was given: checked.  Errors: MU_E_LIMIT larger than max (says the
 * limit), MU_E_INVALID not UTF-8. */
MU_MUST_USE enum mu_status mu_cli_word_text(const char *given, const char *what, size_t max,
                                            struct mu_slice *out_text, struct mu_error *err);
/* The same, but from stdin for "-", and from a file for "file:PATH".  Memory from the arena.  One
 * line end at its end is dropped when it was read.  MU_E_NOT_FOUND no such file. */
MU_MUST_USE enum mu_status mu_cli_text(struct mu_cli *cli, const char *given, const char *what,
                                       size_t max, struct mu_slice *out_text, struct mu_error *err);
/* A whole file's bytes, at most max, in memory that the caller releases with mu_buf_deinit().
 * "-" is stdin. */
MU_MUST_USE enum mu_status mu_cli_file(const char *path, size_t max, struct mu_buf *out,
                                       struct mu_error *err);

#endif
