#include "server/shell/sink.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "server/shell/clock.h"

#define LINE_MAX_LEN 1024
#define PEER_BURST   200
#define PEER_A_SEC   10

static const char *level_name(enum mu_level level)
{
    switch (level) {
    case MU_LEVEL_ERROR:
        return "error";
    case MU_LEVEL_WARNING:
        return "warning";
    case MU_LEVEL_INFO:
        return "info";
    }
    return "info";
}

/* systemd names device and inode of the stream it gave us; somebody may have redirected it. */
static bool is_journal(void)
{
    const char *told = getenv("JOURNAL_STREAM"); /* NOLINT(concurrency-mt-unsafe): at the start */
    struct stat here;
    if (told == NULL || fstat(STDERR_FILENO, &here) != 0) {
        return false;
    }
    char want[64];
    (void)snprintf(want, sizeof want, "%llu:%llu", (unsigned long long)here.st_dev,
                   (unsigned long long)here.st_ino);
    return strcmp(told, want) == 0;
}

void mu_sink_init(struct mu_sink *sink)
{
    *sink = (struct mu_sink){
        .journal = is_journal(), .tokens = PEER_BURST, .refilled = mu_clock_mono()};
}

static size_t write_head(const struct mu_sink *sink, enum mu_level level, char *line, size_t room)
{
    if (sink->journal) {
        return (size_t)snprintf(line, room, "<%d>level=%s event=", (int)level, level_name(level));
    }
    struct mu_wall now = mu_clock_wall();
    time_t seconds = (time_t)(now.ms / 1000);
    struct tm parts = {0};
    (void)gmtime_r(&seconds, &parts);
    char stamp[32];
    (void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &parts);
    return (size_t)snprintf(line, room, "ts=%s.%03dZ level=%s event=", stamp, (int)(now.ms % 1000),
                            level_name(level));
}

/* One write() a line, so that lines of two processes on one stream stay whole. */
static void put(const struct mu_sink *sink, enum mu_level level, struct mu_slice text)
{
    char line[LINE_MAX_LEN];
    size_t len = write_head(sink, level, line, sizeof line);
    size_t room = sizeof line - len - 1;
    size_t take = text.len < room ? text.len : room;
    for (size_t i = 0; i < take; i++) {
        uint8_t c = text.data[i];
        line[len++] = (char)(c < 0x20 || c >= 0x7f ? '?' : c);
    }
    line[len++] = '\n';
    /* A log that cannot be written has nowhere to say so. */
    ssize_t written = write(STDERR_FILENO, line, len);
    (void)written;
}

void mu_sink_log(struct mu_sink *sink, enum mu_level level, const char *event, const char *fmt, ...)
{
    char text[LINE_MAX_LEN];
    int head = snprintf(text, sizeof text, "%s ", event);
    va_list args;
    va_start(args, fmt);
    int tail = vsnprintf(text + head, sizeof text - (size_t)head, fmt, args);
    va_end(args);
    size_t len = (size_t)head + (size_t)(tail > 0 ? tail : 0);
    if (len >= sizeof text) {
        len = sizeof text - 1;
    }
    if (tail <= 0) {
        len--; /* the blank */
    }
    put(sink, level, mu_slice_of(text, len));
}

void mu_sink_fail(struct mu_sink *sink, const char *event, const struct mu_error *err)
{
    char shown[MU_ERROR_TEXT_MAX];
    size_t len = strlen(err->text);
    for (size_t i = 0; i <= len; i++) {
        shown[i] = err->text[i];
        if (shown[i] == '"') {
            shown[i] = '\'';
        }
    }
    mu_sink_log(sink, MU_LEVEL_ERROR, event, "status=%d error=\"%s\"", (int)err->status, shown);
}

static void refill(struct mu_sink *sink)
{
    struct mu_mono now = mu_clock_mono();
    int64_t earned = (now.ms - sink->refilled.ms) * PEER_A_SEC / 1000;
    if (earned > 0) {
        int64_t sum = sink->tokens + earned;
        sink->tokens = sum < PEER_BURST ? (int)sum : PEER_BURST;
        sink->refilled = now;
    }
}

void mu_sink_peer(struct mu_sink *sink, enum mu_level level, struct mu_slice event_and_fields)
{
    refill(sink);
    if (sink->tokens <= 0) {
        sink->held_back++;
        return;
    }
    sink->tokens--;
    if (sink->held_back > 0) {
        uint64_t count = sink->held_back;
        sink->held_back = 0;
        mu_sink_log(sink, MU_LEVEL_WARNING, "held_back", "lines=%llu", (unsigned long long)count);
    }
    put(sink, level, event_and_fields);
}
