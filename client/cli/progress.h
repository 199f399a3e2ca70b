/* How far long work has come, on stderr: one line that is written over on a terminal, nothing
 * elsewhere, plain lines at every quarter with MUSTER_ACCESSIBLE=1. */
#ifndef MUSTER_CLIENT_CLI_PROGRESS_H
#define MUSTER_CLIENT_CLI_PROGRESS_H

#include "client/cli/cli.h"

struct mu_progress {
    const char *what;
    size_t total;
    bool animated;
    bool plain;
    int64_t shown_ms; /* when the line was written last */
    unsigned quarter;
};

void mu_progress_begin(struct mu_progress *progress, const struct mu_cli *cli, const char *what,
                       size_t total);
void mu_progress_show(struct mu_progress *progress, size_t done);
/* Takes the line away. */
void mu_progress_end(struct mu_progress *progress);

#endif
