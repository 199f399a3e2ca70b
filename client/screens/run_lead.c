/* muster lead. */
#include "client/screens/screens.h"

#include "client/cli/session.h"
#include "client/tui/tui.h"

/* The workspaces meant: every one that was named, or the one that any command means. */
static enum mu_status choose(struct mu_cli *cli,
                             struct mu_workspace out_list[static MU_LEAD_DESKS_MAX],
                             size_t *out_count, struct mu_error *err)
{
    const char *name = NULL;
    *out_count = 0;
    while ((name = mu_args_nth(&cli->args, "workspace", *out_count)) != NULL) {
        if (*out_count == MU_LEAD_DESKS_MAX) {
            return mu_fail(err, MU_E_USAGE, "at most %d workspaces at a time", MU_LEAD_DESKS_MAX);
        }
        enum mu_status status = mu_home_choose(&cli->home, name, &out_list[*out_count], err);
        if (status != MU_OK) {
            cli->exit_code = status == MU_E_NOT_FOUND ? MU_EXIT_NOT_JOINED : 0;
            return status;
        }
        (*out_count)++;
    }
    if (*out_count == 0) {
        MU_TRY(mu_session_choose(cli, &out_list[0], err));
        *out_count = 1;
    }
    return MU_OK;
}

enum mu_status mu_screen_lead(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_workspace list[MU_LEAD_DESKS_MAX];
    struct mu_tui_options options[MU_LEAD_DESKS_MAX];
    size_t count = 0;
    MU_TRY(mu_cli_no_more(cli, err));
    if (cli->json) {
        return mu_fail(err, MU_E_USAGE,
                       "a console is no JSON; muster list --json and muster status "
                       "--json have what it shows");
    }
    MU_TRY(choose(cli, list, &count, err));
    for (size_t i = 0; i < count; i++) {
        options[i] = (struct mu_tui_options){
            .home = &cli->home,
            .zone = &cli->zone,
            .workspace = &list[i],
            .board = "",
            .keys = cli->settings.values[MU_SETTING_KEYS],
            .folder = list[i].folder,
            .no_agent = mu_settings_on(&cli->settings, MU_SETTING_NO_AGENT),
            .colour = cli->colour,
            .readonly = mu_args_flag(&cli->args, "readonly"),
        };
    }
    if (mu_args_flag(&cli->args, "plain") || cli->accessible) {
        return mu_tui_lead_plain(options, count, stdin, stdout, err);
    }
    enum mu_status status = mu_tui_lead(options, count, err);
    if (status == MU_E_USAGE) {
        cli->hint = "in lines, for any terminal or a pipe: muster lead --plain";
    } else if (status != MU_OK) {
        cli->exit_code = MU_EXIT_STORE;
    }
    return status;
}
