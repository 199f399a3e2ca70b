#include "client/cli/help.h"

#include <stdio.h>
#include <string.h>

#include "client/view/names.h"
#include "client/view/text.h"

enum mu_status mu_say_version(struct mu_cli *cli, struct mu_error *err)
{
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_str(&json, "version", MUSTER_VERSION);
        return mu_cli_json_end(&json, err);
    }
    return mu_cli_say(cli, err, "muster %s\n", MUSTER_VERSION);
}

const char *mu_nearest_command(const char *written)
{
    size_t count = 0;
    const struct mu_command *commands = mu_commands(&count);
    const char *found = NULL;
    size_t best = strlen(written) < 4 ? 2 : 3;
    for (size_t i = 0; i < count; i++) {
        struct mu_slice name = mu_slice_str(commands[i].name);
        if (commands[i].hidden || name.len == 0) {
            continue;
        }
        bool front = strlen(written) >= 2 && mu_starts_with_word(name, mu_slice_str(written));
        size_t distance = front ? 1 : mu_word_distance(mu_slice_str(written), name, 3);
        if (distance < best) {
            best = distance;
            found = commands[i].name;
        }
    }
    return found;
}

static enum mu_status say_options(struct mu_cli *cli, const struct mu_option *options,
                                  struct mu_error *err)
{
    for (const struct mu_option *option = options; option != NULL && option->name != NULL;
         option++) {
        char left[64];
        char letter[8] = "   ";
        if (option->letter != 0) {
            (void)snprintf(letter, sizeof letter, "-%c,", option->letter);
        }
        (void)snprintf(left, sizeof left, "%s --%s%s%s", letter, option->name,
                       option->value != NULL ? " " : "",
                       option->value != NULL ? option->value : "");
        MU_TRY(mu_cli_say(cli, err, " %-26s %s\n", left, option->about));
    }
    return MU_OK;
}

static enum mu_status say_all(struct mu_cli *cli, struct mu_error *err)
{
    size_t count = 0;
    const struct mu_command *commands = mu_commands(&count);
    MU_TRY(mu_cli_say(cli, err,
                      "muster: a team's work, on every laptop, online or not\n\n"
                      "usage: muster COMMAND [WORDS] [OPTIONS]\n"));
    for (size_t i = 0; i < count; i++) {
        const struct mu_command *command = &commands[i];
        if (command->hidden || command->name[0] == '\0') {
            continue;
        }
        if (command->heading != NULL) {
            MU_TRY(mu_cli_say(cli, err, "\n%s%s%s\n", mu_paint(cli, MU_BOLD), command->heading,
                              mu_unpaint(cli)));
        }
        MU_TRY(mu_cli_say(cli, err, "  %-18s %s\n", command->name, command->about));
    }
    MU_TRY(mu_cli_say(cli, err, "\nfor every command\n"));
    MU_TRY(say_options(cli, mu_common_options(), err));
    return mu_cli_say(cli, err, "\nmuster help COMMAND says more.\n");
}

enum mu_status mu_say_help(struct mu_cli *cli, const struct mu_command *command,
                           struct mu_error *err)
{
    if (command->name[0] == '\0') {
        return say_all(cli, err);
    }
    MU_TRY(mu_cli_say(cli, err, "muster %s: %s\n\nusage: muster %s %s\n", command->name,
                      command->about, command->name, command->arguments));
    if (command->more != NULL) {
        MU_TRY(mu_cli_put(mu_buf_append_byte(&cli->out, '\n'), err));
        MU_TRY(mu_cli_put(mu_buf_append_str(&cli->out, command->more), err));
    }
    if (command->options != NULL) {
        MU_TRY(mu_cli_say(cli, err, "\n"));
        MU_TRY(say_options(cli, command->options, err));
    }
    return mu_cli_say(cli, err, "\nfor every command: --json --home --workspace --board --color\n");
}

/* Every command whose name begins with word. */
static enum mu_status say_group(struct mu_cli *cli, const char *word, bool *out_any,
                                struct mu_error *err)
{
    size_t count = 0;
    size_t len = strlen(word);
    const struct mu_command *commands = mu_commands(&count);
    *out_any = false;
    for (size_t i = 0; i < count; i++) {
        const char *name = commands[i].name;
        if (strncmp(name, word, len) == 0 && name[len] == ' ') {
            MU_TRY(mu_cli_say(cli, err, "  muster %s %s\n      %s\n", name, commands[i].arguments,
                              commands[i].about));
            *out_any = true;
        }
    }
    return MU_OK;
}

enum mu_status mu_run_help(struct mu_cli *cli, struct mu_error *err)
{
    const struct mu_arg_word *first = mu_cli_word(cli);
    const struct mu_arg_word *second = mu_cli_word(cli);
    MU_TRY(mu_cli_no_more(cli, err));
    if (first == NULL) {
        return say_all(cli, err);
    }
    char name[64];
    (void)snprintf(name, sizeof name, "%.30s%s%.30s", first->text, second != NULL ? " " : "",
                   second != NULL ? second->text : "");
    size_t count = 0;
    const struct mu_command *commands = mu_commands(&count);
    for (size_t i = 0; i < count; i++) {
        if (name[0] != '\0' && strcmp(commands[i].name, name) == 0) {
            return mu_say_help(cli, &commands[i], err);
        }
    }
    bool any = false;
    MU_TRY(say_group(cli, name, &any, err));
    if (any) {
        return MU_OK;
    }
    char shown[MU_SHORT_MAX];
    const char *near = mu_nearest_command(name);
    mu_show_short(mu_slice_str(name), shown);
    return near != NULL
               ? mu_fail(err, MU_E_USAGE, "no command '%s'; did you mean '%s'?", shown, near)
               : mu_fail(err, MU_E_USAGE, "no command '%s'; muster help lists them", shown);
}
