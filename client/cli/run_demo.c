/* The demonstration: a program of its own, which takes over this process. */
#include <errno.h>
#include <unistd.h>

#include "client/cli/commands.h"
#include "client/home/agent_link.h"

/* execv() does not change what it is given, but does not say so. */
static char *word_of(const char *text)
{
    union {
        const char *given;
        char *wanted;
    } word = {.given = text};
    return word.wanted;
}

enum mu_status mu_run_demo(struct mu_cli *cli, struct mu_error *err)
{
    char program[MU_PATH_MAX];
    const struct mu_arg_word *file = mu_cli_word(cli);
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_program_find("muster-demo", program, err));
    char *words[] = {program, file != NULL ? word_of(file->text) : NULL, NULL};
    (void)execv(program, words);
    return mu_fail_errno(err, errno, "start", program);
}
