#include "client/cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#define EVERY_MS 100
#define FIRST_MS 300 /* what is done sooner needs no progress */

void mu_progress_begin(struct mu_progress *progress, const struct mu_cli *cli, const char *what,
                       size_t total)
{
    bool terminal = isatty(STDERR_FILENO) == 1 && !cli->json;
    *progress = (struct mu_progress){.what = what,
                                     .total = total,
                                     .animated = terminal && !cli->accessible,
                                     .plain = terminal && cli->accessible,
                                     .shown_ms = mu_moment_mono().ms + FIRST_MS - EVERY_MS};
}

void mu_progress_show(struct mu_progress *progress, size_t done)
{
    if (progress->total == 0) {
        return;
    }
    unsigned quarter = (unsigned)(done * 4 / progress->total);
    if (progress->plain && quarter > progress->quarter) {
        progress->quarter = quarter;
        (void)fprintf(stderr, "%s: %zu of %zu\n", progress->what, done, progress->total);
    }
    int64_t now_ms = progress->animated ? mu_moment_mono().ms : 0;
    if (progress->animated && now_ms - progress->shown_ms >= EVERY_MS) {
        progress->shown_ms = now_ms;
        progress->quarter = 1;
        (void)fprintf(stderr, "\r%s: %zu of %zu", progress->what, done, progress->total);
        (void)fflush(stderr);
    }
}

void mu_progress_end(struct mu_progress *progress)
{
    if (progress->animated && progress->quarter > 0) {
        (void)fprintf(stderr, "\r%*s\r", 70, "");
        (void)fflush(stderr);
    }
}
