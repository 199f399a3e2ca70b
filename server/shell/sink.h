/* Where the server's log goes: standard error, one line an event, logfmt.
 *
 *   ts=2026-01-05T09:00:00.000Z level=info event=listening endpoint=tcp://127.0.0.1:7420
 *
 * Under systemd the time is left out and "<N>" in front tells the priority.  What peers
 * can cause is limited, so that nobody fills a disk with it. */
#ifndef MUSTER_SERVER_SHELL_SINK_H
#define MUSTER_SERVER_SHELL_SINK_H

#include <stdbool.h>

#include "common/base/error.h"
#include "common/base/slice.h"
#include "common/base/time.h"

/* Numbers are those of syslog. */
enum mu_level { MU_LEVEL_ERROR = 3, MU_LEVEL_WARNING = 4, MU_LEVEL_INFO = 6 };

struct mu_sink {
    bool journal; /* standard error is systemd's journal */
    int tokens;   /* lines that peers may still cause now */
    struct mu_mono refilled;
    uint64_t held_back; /* lines not written since the last one that was */
};

void mu_sink_init(struct mu_sink *sink);

/* One line; fmt gives the fields, "key=value key=value", or "" for none. */
void mu_sink_log(struct mu_sink *sink, enum mu_level level, const char *event, const char *fmt, ...)
    MU_PRINTF(4, 5);
/* The same for what happened with a failure: adds error="...". */
void mu_sink_fail(struct mu_sink *sink, const char *event, const struct mu_error *err);
/* A line that a peer caused: dropped and counted when there were too many of late. */
void mu_sink_peer(struct mu_sink *sink, enum mu_level level, struct mu_slice event_and_fields);

#endif
