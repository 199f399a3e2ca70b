#include "client/shell/reminding.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/home/file.h"
#include "client/home/moment.h"
#include "client/shell/journal.h"
#include "client/view/reminders.h"

#define ARENA_MAX     ((size_t)64 << 20)
#define FILE_MAX      8192
#define FILE_NAME     "reminded"
#define LOOK_BACK_MS  (INT64_C(24) * 3600000) /* of an agent that did not run */
#define KEEP_EVERY_MS (INT64_C(3600000))
#define TEXT_MAX      1024

/* -- what was said --------------------------------------------------------------------- */

static enum mu_status path_of(const struct mu_workspace *workspace,
                              char out_path[static MU_PATH_MAX], struct mu_error *err)
{
    return mu_path_join(workspace->folder, FILE_NAME, out_path, err);
}

static void read_line(struct mu_reminding *reminding, const char *line)
{
    long long since = 0;
    struct mu_id id;
    if (sscanf(line, "since %lld", &since) == 1) {
        reminding->since_ms = since;
    } else if (strncmp(line, "nudge ", 6) == 0 && reminding->nudge_count < MU_REMINDING_NUDGES &&
               mu_id_parse(mu_slice_str(line + 6), &id)) {
        reminding->nudges[reminding->nudge_count++] = id;
    }
}

/* A new device has nothing to be told of before it came. */
static enum mu_status load(struct mu_reminding *reminding, const struct mu_workspace *workspace,
                           int64_t now_ms, struct mu_error *err)
{
    char path[MU_PATH_MAX];
    bool found = false;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, FILE_MAX);
    MU_TRY(path_of(workspace, path, err));
    MU_TRY(mu_file_read(path, MU_FILE_OURS, &text, &found, err));
    *reminding = (struct mu_reminding){.loaded = true, .since_ms = now_ms};
    char line[80];
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\n') {
            line[len] = '\0';
            read_line(reminding, line);
            len = 0;
        } else if (len + 1 < sizeof line) {
            line[len++] = (char)text.data[i];
        }
    }
    reminding->kept_ms = found ? reminding->since_ms : 0;
    return MU_OK;
}

static enum mu_status keep(struct mu_reminding *reminding, const struct mu_workspace *workspace,
                           struct mu_error *err)
{
    char path[MU_PATH_MAX];
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, FILE_MAX);
    enum mu_status status = mu_buf_printf(&text, "since %" PRId64 "\n", reminding->since_ms);
    for (size_t i = 0; i < reminding->nudge_count && status == MU_OK; i++) {
        char id[MU_ID_TEXT_LEN + 1];
        mu_id_text(reminding->nudges[i], id);
        status = mu_buf_printf(&text, "nudge %s\n", id);
    }
    if (status != MU_OK) {
        return mu_fail(err, status, "reminders: out of memory");
    }
    MU_TRY(path_of(workspace, path, err));
    MU_TRY(mu_file_write(path, mu_buf_view(&text), err));
    reminding->kept_ms = reminding->since_ms;
    return MU_OK;
}

static void remember_nudge(struct mu_reminding *reminding, struct mu_id nudge)
{
    if (reminding->nudge_count == MU_REMINDING_NUDGES) {
        memmove(reminding->nudges, reminding->nudges + 1,
                (MU_REMINDING_NUDGES - 1) * sizeof reminding->nudges[0]);
        reminding->nudge_count--;
    }
    reminding->nudges[reminding->nudge_count++] = nudge;
}

/* -- saying it ------------------------------------------------------------------------------ */

/* "" when nothing on this machine shows notices. */
static const char *notifier(void)
{
    const char *chosen = getenv("MUSTER_NOTIFY");
    if (chosen != NULL) {
        return chosen;
    }
    bool desktop = getenv("DISPLAY") != NULL || getenv("WAYLAND_DISPLAY") != NULL;
    return desktop ? "notify-send" : "";
}

/* The desktop may read the text as markup: nobody writes links into another's notices. */
static void unmarked(struct mu_slice text, char out[static TEXT_MAX])
{
    size_t used = 0;
    for (size_t i = 0; i < text.len && used + 8 < TEXT_MAX; i++) {
        uint8_t c = text.data[i];
        const char *name = c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : NULL;
        if (name != NULL) {
            memcpy(out + used, name, strlen(name));
            used += strlen(name);
        } else {
            out[used++] = (char)c;
        }
    }
    out[used] = '\0';
}

/* Whether the program took it.  It is started twice removed, so that nobody waits for a slow
 * desktop; that it exists is told by a pipe that closes when it begins. */
static bool call(const char *program, const char *title, const char *text)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        if (fork() == 0) {
            char failed = 1;
            (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
            (void)execlp(program, program, title, text, (char *)NULL);
            (void)!write(ends[1], &failed, 1);
        }
        _exit(0);
    }
    (void)close(ends[1]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
    char failed = 0;
    ssize_t got = 0;
    do {
        got = read(ends[0], &failed, 1);
    } while (got < 0 && errno == EINTR);
    (void)close(ends[0]);
    return child > 0 && got == 0;
}

static void say(const struct mu_workspace *workspace, const struct mu_notice *notice)
{
    char title[MU_WORKSPACE_NAME_MAX + 16];
    char text[TEXT_MAX];
    const char *program = notifier();
    (void)snprintf(title, sizeof title, "Muster: %s", workspace->name);
    unmarked(notice->text, text);
    if (program[0] != '\0' && call(program, title, text)) {
        return;
    }
    (void)snprintf(text, sizeof text, "reminder %s: %.*s", mu_notice_kind_name(notice->kind),
                   (int)(notice->text.len < 800 ? notice->text.len : 800),
                   (const char *)notice->text.data);
    mu_journal_note(workspace->name, mu_slice_str(text));
}

/* -- a round ----------------------------------------------------------------------------------- */

static enum mu_status find(struct mu_db *db, const struct mu_viewpoint *from,
                           const struct mu_names *names, const struct mu_notice_query *query,
                           struct mu_arena *arena, struct mu_notice **out, size_t *out_count,
                           struct mu_error *err)
{
    struct mu_calendar calendar;
    struct mu_schedules schedules;
    MU_TRY(mu_schedules_load(db, arena, &schedules, err));
    MU_TRY(mu_calendar_load(db, from, NULL, arena, &calendar, err));
    return mu_notices_load(db, &calendar, &schedules, names, query, arena, out, out_count, err);
}

enum mu_status mu_reminding_run(struct mu_reminding *reminding, struct mu_client *client,
                                const struct mu_workspace *workspace,
                                const struct mu_client_turn *turn, struct mu_id device,
                                const struct mu_zone *zone, struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, ARENA_MAX);
    struct mu_db *db = mu_replica_db(mu_client_replica(client));
    struct mu_row row = {0};
    struct mu_names names;
    struct mu_notice *notices = NULL;
    size_t count = 0;
    bool found = false;
    int64_t now_ms = turn->wall.ms;
    MU_TRY(reminding->loaded ? MU_OK : load(reminding, workspace, now_ms, err));
    MU_TRY(mu_replica_row(mu_client_replica(client), &arena, MU_DEVICE, device, &row, &found, err));
    if (!found) {
        return MU_OK;
    }
    MU_TRY(mu_names_load(db, &arena, &names, err));
    int64_t oldest = now_ms - LOOK_BACK_MS;
    const struct mu_viewpoint from = {.now = turn->wall,
                                      .zone = zone,
                                      .zone_name = turn->zone,
                                      .day_end_minute = names.day_end_minute,
                                      .zone_of = mu_zone_of,
                                      .state = &arena};
    const struct mu_notice_query query = {
        .self = mu_row_id(&row, MU_DEVICE_PERSON),
        .since_ms = reminding->since_ms > oldest ? reminding->since_ms : oldest,
        .now_ms = now_ms,
        .given = reminding->nudges,
        .given_count = reminding->nudge_count};
    MU_TRY(find(db, &from, &names, &query, &arena, &notices, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (notices[i].kind == MU_NOTICE_NUDGE) {
            remember_nudge(reminding, notices[i].about);
        }
    }
    /* A clock that was set back says nothing twice. */
    reminding->since_ms = now_ms > reminding->since_ms ? now_ms : reminding->since_ms;
    if (count > 0 || now_ms - reminding->kept_ms > KEEP_EVERY_MS) {
        MU_TRY(keep(reminding, workspace, err));
    }
    for (size_t i = 0; i < count; i++) {
        say(workspace, &notices[i]);
    }
    return MU_OK;
}
