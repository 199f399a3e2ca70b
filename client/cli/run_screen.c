/* Commands that take over the terminal.  They live in a program of their own, muster-screens, which
 * takes over this process with the same words: loading curses would cost every other command. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/commands.h"
#include "client/home/agent_link.h"

enum mu_status mu_run_screen(struct mu_cli *cli, struct mu_error *err)
{
    char program[MU_PATH_MAX];
    for (const struct mu_screen *screen = cli->screens; screen != NULL && screen->name != NULL;
         screen++) {
        if (strcmp(screen->name, cli->command->name) == 0) {
            return screen->run(cli, err);
        }
    }
    if (cli->screens != NULL) {
        return mu_fail(err, MU_E_INTERNAL, "muster-screens has no '%s'", cli->command->name);
    }
    MU_TRY(mu_program_find("muster-screens", program, err));
    (void)execv(program, cli->given);
    return mu_fail_errno(err, errno, "start", program);
}
