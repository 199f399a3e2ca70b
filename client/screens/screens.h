/* What muster-screens does for the commands that take over the terminal.  `muster` links none of it
 * and becomes that program when it meets one of them, so that all others start without curses. */
#ifndef MUSTER_CLIENT_SCREENS_SCREENS_H
#define MUSTER_CLIENT_SCREENS_SCREENS_H

#include "client/cli/cli.h"

MU_MUST_USE enum mu_status mu_screen_board(struct mu_cli *cli, struct mu_error *err);
MU_MUST_USE enum mu_status mu_screen_lead(struct mu_cli *cli, struct mu_error *err);

#endif
