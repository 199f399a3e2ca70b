/* The screens that people keep open all day, each a call that returns when it is left. */
#ifndef MUSTER_CLIENT_TUI_TUI_H
#define MUSTER_CLIENT_TUI_TUI_H

#include <stdio.h>

#include "client/tui/desk.h"

/* The live board on this terminal.  The terminal is given back whatever happens.
 * Errors: MU_E_USAGE a terminal that cannot do it, or keys that mean two things; those of the
 * store; MU_E_NOT_FOUND no board yet. */
MU_MUST_USE enum mu_status mu_tui_board(const struct mu_tui_options *options, struct mu_error *err);
/* The same as lines that are only ever added: the board once, then answers to lines from in,
 * and what others do as it comes.  Returns at the end of in, or of out. */
MU_MUST_USE enum mu_status mu_tui_plain(const struct mu_tui_options *options, FILE *in, FILE *out,
                                        struct mu_error *err);

/* The lead's console of one team or several (options of each, the same but for the workspace), on
 * this terminal, or in lines. */
#define MU_LEAD_DESKS_MAX 8
MU_MUST_USE enum mu_status mu_tui_lead(const struct mu_tui_options *options, size_t count,
                                       struct mu_error *err);
MU_MUST_USE enum mu_status mu_tui_lead_plain(const struct mu_tui_options *options, size_t count,
                                             FILE *in, FILE *out, struct mu_error *err);

#endif
