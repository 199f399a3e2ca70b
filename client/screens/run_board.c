/* muster board. */
#include "client/screens/screens.h"

#include "client/cli/session.h"
#include "client/tui/tui.h"

enum mu_status mu_screen_board(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_workspace workspace;
    MU_TRY(mu_cli_no_more(cli, err));
    if (cli->json) {
        return mu_fail(err, MU_E_USAGE, "a board is no JSON; muster list --json has what it shows");
    }
    MU_TRY(mu_session_choose(cli, &workspace, err));
    const struct mu_tui_options options = {
        .home = &cli->home,
        .zone = &cli->zone,
        .workspace = &workspace,
        .board = cli->settings.values[MU_SETTING_BOARD],
        .keys = cli->settings.values[MU_SETTING_KEYS],
        .folder = workspace.folder,
        .no_agent = mu_settings_on(&cli->settings, MU_SETTING_NO_AGENT),
        .colour = cli->colour,
        .readonly = mu_args_flag(&cli->args, "readonly"),
    };
    if (mu_args_flag(&cli->args, "plain") || cli->accessible) {
        return mu_tui_plain(&options, stdin, stdout, err);
    }
    enum mu_status status = mu_tui_board(&options, err);
    if (status == MU_E_USAGE) {
        cli->hint = "in lines, for any terminal or a pipe: muster board --plain";
    } else if (status != MU_OK) {
        cli->exit_code = status == MU_E_NOT_FOUND ? MU_EXIT_WAITING : MU_EXIT_STORE;
    }
    return status;
}
