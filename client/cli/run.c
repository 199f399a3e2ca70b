/* From the words of a command line to a command that runs, and to its exit code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client/cli/cli.h"
#include "client/cli/help.h"
#include "client/cli/tokens.h"
#include "client/view/names.h"
#include "client/view/text.h"
#include "common/seal/secret.h"

#define ARENA_MAX     ((size_t)4 << 30) /* an import of the largest file the readers take */
#define OUT_MAX       ((size_t)1 << 30)
#define WIDTH_PIPED   1000
#define WIDTH_DEFAULT 80
#define WIDTH_MIN     40

static const struct mu_option common_options[] = {
    {"home", 0, "DIR", "keep everything in one folder (also MUSTER_HOME)"},
    {"workspace", 'w', "NAME", "which workspace, when several are joined"},
    {"board", 'b', "NAME", "which board, when the team has several"},
    {"json", 0, NULL, "one JSON object instead of text; errors as JSON, too"},
    {"color", 0, "WHEN", "always, never or auto"},
    {"pretty", 0, NULL, "laid out as on a terminal, in a pipe, too (COLUMNS says how wide)"},
    {"help", 'h', NULL, "about this command"},
    {"version", 0, NULL, "the version of this program"},
    {NULL, 0, NULL, NULL},
};

const struct mu_option *mu_common_options(void)
{
    return common_options;
}

/* -- words ------------------------------------------------------------------- */

const struct mu_arg_word *mu_cli_word(struct mu_cli *cli)
{
    return cli->word < cli->args.word_count ? &cli->args.words[cli->word++] : NULL;
}

enum mu_status mu_cli_need(struct mu_cli *cli, const char *what, const char **out_text,
                           struct mu_error *err)
{
    const struct mu_arg_word *word = mu_cli_word(cli);
    if (word == NULL) {
        return mu_fail(err, MU_E_USAGE, "%s? usage: muster %s %s", what, cli->command->name,
                       cli->command->arguments);
    }
    *out_text = word->text;
    return MU_OK;
}

enum mu_status mu_cli_no_more(struct mu_cli *cli, struct mu_error *err)
{
    const struct mu_arg_word *word = mu_cli_word(cli);
    if (word == NULL) {
        return MU_OK;
    }
    char shown[MU_SHORT_MAX];
    return mu_fail(err, MU_E_USAGE, "'%s' is one word too many; usage: muster %s %s",
                   mu_show_short(mu_slice_str(word->text), shown), cli->command->name,
                   cli->command->arguments);
}

/* -- which command ----------------------------------------------------------- */

/* The places of the first two words that belong to no option of all commands; a command's own
 * options come behind its name. */
static size_t find_words(char *const *words, size_t count, size_t out_places[static 2])
{
    size_t found = 0;
    for (size_t i = 0; i < count && found < 2; i++) {
        const char *word = words[i];
        if (strcmp(word, "--") == 0) {
            break;
        }
        if (word[0] != '-' || word[1] == '\0') {
            out_places[found++] = i;
            continue;
        }
        for (const struct mu_option *option = common_options; option->name != NULL; option++) {
            bool is_long = word[1] == '-' && strcmp(word + 2, option->name) == 0;
            bool is_letter = option->letter != 0 && word[1] == option->letter && word[2] == '\0';
            if ((is_long || is_letter) && option->value != NULL) {
                i++;
                break;
            }
        }
    }
    return found;
}

static const struct mu_command *command_named(const char *name)
{
    size_t count = 0;
    const struct mu_command *commands = mu_commands(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

/* "member" begins "member list". */
static bool is_group(const char *word)
{
    size_t count = 0;
    size_t len = strlen(word);
    const struct mu_command *commands = mu_commands(&count);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(commands[i].name, word, len) == 0 && commands[i].name[len] == ' ') {
            return true;
        }
    }
    return false;
}

static enum mu_status unknown_command(const char *first, const char *second, struct mu_error *err)
{
    char whole[256];
    char shown[MU_SHORT_MAX];
    (void)snprintf(whole, sizeof whole, "%.100s%s%.100s", first, second != NULL ? " " : "",
                   second != NULL ? second : "");
    mu_show_short(mu_slice_str(whole), shown);
    const char *near = mu_nearest_command(whole);
    return near != NULL
               ? mu_fail(err, MU_E_USAGE, "no command '%s'; did you mean 'muster %s'?", shown, near)
               : mu_fail(err, MU_E_USAGE, "no command '%s'; muster help lists them", shown);
}

/* Sets cli->command, and takes its name out of words.  *count changes. */
static enum mu_status find_command(struct mu_cli *cli, char **words, size_t *count,
                                   struct mu_error *err)
{
    size_t places[2] = {0, 0};
    size_t found = find_words(words, *count, places);
    if (found == 0) {
        cli->command = command_named("");
        MU_ASSERT(cli->command != NULL);
        return MU_OK;
    }
    const char *first = words[places[0]];
    const char *second = found == 2 ? words[places[1]] : NULL;
    char both[64];
    size_t taken = 2;
    cli->command = NULL;
    if (second != NULL) {
        int len = snprintf(both, sizeof both, "%s %s", first, second);
        cli->command = len > 0 && (size_t)len < sizeof both ? command_named(both) : NULL;
    }
    if (cli->command == NULL) {
        cli->command = first[0] != '\0' ? command_named(first) : NULL;
        taken = 1;
    }
    if (cli->command == NULL) {
        return unknown_command(first, is_group(first) ? second : NULL, err);
    }
    for (size_t i = taken; i > 0; i--) {
        size_t place = places[i - 1];
        memmove(&words[place], &words[place + 1], (*count - place - 1) * sizeof *words);
        (*count)--;
    }
    return MU_OK;
}

/* -- surroundings ------------------------------------------------------------ */

static bool wants_json(char *const *words, size_t count)
{
    for (size_t i = 0; i < count && strcmp(words[i], "--") != 0; i++) {
        if (strcmp(words[i], "--json") == 0) {
            return true;
        }
    }
    return false;
}

static size_t terminal_width(void)
{
    struct winsize size = {0};
    int64_t columns = WIDTH_DEFAULT;
    const char *said = getenv("COLUMNS");
    struct mu_error ignored;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        columns = size.ws_col;
    } else if (said == NULL ||
               mu_token_number(said, "COLUMNS", 1, WIDTH_PIPED, &columns, &ignored) != MU_OK) {
        columns = WIDTH_DEFAULT;
    }
    return columns < WIDTH_MIN ? WIDTH_MIN : (size_t)columns;
}

static bool wants_colour(const struct mu_cli *cli, int output)
{
    const char *choice = cli->settings.values[MU_SETTING_COLOR];
    const char *none = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    if (strcmp(choice, "always") == 0) {
        return true;
    }
    return strcmp(choice, "never") != 0 && (none == NULL || none[0] == '\0') && terminal != NULL &&
           terminal[0] != '\0' && strcmp(terminal, "dumb") != 0 && isatty(output) == 1;
}

static enum mu_status apply_flags(struct mu_cli *cli, struct mu_error *err)
{
    static const enum mu_setting flags[] = {MU_SETTING_WORKSPACE, MU_SETTING_BOARD,
                                            MU_SETTING_COLOR};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        const char *value = mu_args_value(&cli->args, mu_setting_key(flags[i]));
        if (value != NULL) {
            MU_TRY(mu_settings_flag(&cli->settings, flags[i], value, err));
        }
    }
    return MU_OK;
}

static enum mu_status look_around(struct mu_cli *cli, struct mu_error *err)
{
    MU_TRY(mu_home_find(mu_args_value(&cli->args, "home"), &cli->home, err));
    enum mu_status status = mu_settings_load(&cli->home, &cli->settings, err);
    if (status != MU_OK) {
        cli->exit_code = MU_EXIT_USAGE;
        return status;
    }
    MU_TRY(apply_flags(cli, err));
    const char *accessible = cli->settings.values[MU_SETTING_ACCESSIBLE];
    cli->terminal = isatty(STDOUT_FILENO) == 1 || mu_args_flag(&cli->args, "pretty");
    cli->width = cli->terminal ? terminal_width() : WIDTH_PIPED;
    cli->colour = wants_colour(cli, STDOUT_FILENO);
    cli->colour_err = wants_colour(cli, STDERR_FILENO);
    cli->accessible =
        accessible[0] != '\0' && mu_settings_on(&cli->settings, MU_SETTING_ACCESSIBLE);
    mu_home_zone_find(cli->settings.values[MU_SETTING_ZONE], &cli->arena, &cli->zone);
    if (cli->zone.doubt[0] != '\0') {
        char shown[MU_SHORT_MAX];
        mu_cli_note(cli, "no time zone '%s' on this system; times are in %s",
                    mu_show_short(mu_slice_str(cli->zone.doubt), shown),
                    cli->zone.name[0] != '\0' ? cli->zone.name : "UTC");
    }
    return MU_OK;
}

/* -- the run ----------------------------------------------------------------- */

static enum mu_status run(struct mu_cli *cli, char **words, size_t count, struct mu_error *err)
{
    MU_TRY(find_command(cli, words, &count, err));
    MU_TRY(mu_args_parse(words, count, cli->command->options, common_options, &cli->args, err));
    if (mu_args_flag(&cli->args, "version")) {
        return mu_say_version(cli, err);
    }
    if (mu_args_flag(&cli->args, "help")) {
        return mu_say_help(cli, cli->command, err);
    }
    MU_TRY(look_around(cli, err));
    if (mu_seal_start() != MU_OK) {
        return mu_fail(err, MU_E_CRYPTO, "libsodium cannot work on this system");
    }
    return cli->command->run(cli, err);
}

int mu_cli_main(int argc, char **argv, const struct mu_screen *screens)
{
    struct mu_cli cli = {.given = argv, .screens = screens};
    struct mu_error err = {.status = MU_OK};
    size_t count = argc > 1 ? (size_t)argc - 1 : 0;
    mu_arena_init(&cli.arena, ARENA_MAX);
    mu_buf_init(&cli.out, OUT_MAX);
    cli.json = wants_json(argv + 1, count);

    char **words = mu_arena_array(&cli.arena, count + 1, sizeof *words);
    enum mu_status status = MU_E_NOMEM;
    if (words == NULL) {
        status = mu_fail(&err, MU_E_NOMEM, "read the command line: out of memory");
    } else {
        memcpy(words, argv + 1, count * sizeof *words);
        status = run(&cli, words, count, &err);
    }
    int code = cli.exit_code != 0 ? cli.exit_code : mu_exit_code(status);
    struct mu_error late;
    if (mu_cli_flush(&cli, &late) != MU_OK && status == MU_OK) {
        status = late.status;
        err = late;
        code = MU_EXIT_STORE;
    }
    if (status != MU_OK) {
        mu_cli_report(&cli, &err);
    }
    mu_buf_deinit(&cli.out);
    mu_arena_deinit(&cli.arena);
    return code;
}
