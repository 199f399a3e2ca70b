/* What muster says of itself. */
#ifndef MUSTER_CLIENT_CLI_HELP_H
#define MUSTER_CLIENT_CLI_HELP_H

#include "client/cli/cli.h"

MU_MUST_USE enum mu_status mu_say_version(struct mu_cli *cli, struct mu_error *err);
/* Of one command; of all when its name is empty. */
MU_MUST_USE enum mu_status mu_say_help(struct mu_cli *cli, const struct mu_command *command,
                                       struct mu_error *err);
/* The command that is nearest to what was written, or NULL. */
const char *mu_nearest_command(const char *written);

MU_MUST_USE enum mu_status mu_run_help(struct mu_cli *cli, struct mu_error *err);

#endif
