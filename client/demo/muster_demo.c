/* muster-demo [FILE]: the demonstration, from making its folder to removing it. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/demo/story.h"
#include "client/view/text.h"

#define OPEN_FOLDERS 16
#define PATTERN      "muster-demo-XXXXXX"

/* Embedded by the build. */
extern const unsigned char mu_orion[];
extern const unsigned char mu_orion_end[];

static volatile sig_atomic_t stopped;

static void on_stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

static void catch_signals(void)
{
    struct sigaction stop = {.sa_handler = on_stop};
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    (void)sigemptyset(&stop.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        (void)sigaction(signals[i], &stop, NULL);
    }
}

/* -- its folder ------------------------------------------------------------------------ */

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)where;
    return kind == FTW_DP ? rmdir(path) : unlink(path);
}

static void remove_folder(const char *folder)
{
    if (nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) != 0) {
        (void)fprintf(stderr, "muster demo: not all of %s could be removed\n", folder);
    }
}

static enum mu_status make_folder(char out_folder[static MU_CAST_PATH], struct mu_error *err)
{
    const char *where = getenv("TMPDIR"); /* NOLINT(concurrency-mt-unsafe): one thread */
    if (where == NULL || where[0] != '/' || strlen(where) > MU_CAST_PATH / 2) {
        where = "/tmp";
    }
    (void)snprintf(out_folder, MU_CAST_PATH, "%s/" PATTERN, where);
    if (mkdtemp(out_folder) == NULL) {
        return mu_fail(err, MU_E_IO, "cannot make a folder in %.100s: %s", where,
                       strerror(errno)); /* NOLINT(concurrency-mt-unsafe) */
    }
    return MU_OK;
}

/* The board that comes with the program. */
static enum mu_status write_board(const char *folder, char out_path[static MU_CAST_PATH],
                                  struct mu_error *err)
{
    (void)snprintf(out_path, MU_CAST_PATH, "%.200s/orion.json", folder);
    int fd = open(out_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    size_t len = (size_t)(mu_orion_end - mu_orion);
    bool ok = fd >= 0 && write(fd, mu_orion, len) == (ssize_t)len;
    if (fd >= 0) {
        (void)close(fd);
    }
    return ok ? MU_OK : mu_fail(err, MU_E_IO, "cannot write %.200s", out_path);
}

/* The folder that this program is in: the others stand beside it. */
static enum mu_status find_programs(char out_folder[static MU_CAST_PATH], struct mu_error *err)
{
    ssize_t len = readlink("/proc/self/exe", out_folder, MU_CAST_PATH - 1);
    if (len <= 0 || len >= MU_CAST_PATH - 1) {
        return mu_fail(err, MU_E_IO, "cannot tell where the programs are");
    }
    out_folder[len] = '\0';
    char *slash = strrchr(out_folder, '/');
    MU_ASSERT(slash != NULL);
    *slash = '\0';
    return MU_OK;
}

/* -- playing ----------------------------------------------------------------------------- */

static void print_failure(const struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf shown;
    mu_buf_init(&shown, 16384);
    if (mu_show(&shown, mu_slice_str(err->text), MU_SHOW_ONE_LINE) == MU_OK) {
        (void)fprintf(stderr, "muster demo: %.*s\n", (int)shown.len, (const char *)shown.data);
    }
}

static enum mu_status play(struct mu_story *story, const char *folder, struct mu_error *err)
{
    char programs[MU_CAST_PATH];
    char board[MU_CAST_PATH];
    MU_TRY(find_programs(programs, err));
    if (story->board == NULL) {
        MU_TRY(write_board(folder, board, err));
        story->board = board;
    }
    MU_TRY(mu_story_play(story, programs, folder, err));
    if (story->terminal && story->broken == 0) {
        mu_story_invite(story);
        while (stopped == 0) {
            (void)pause();
        }
    }
    return MU_OK;
}

int main(int argc, char **argv)
{
    static struct mu_story story;
    char folder[MU_CAST_PATH];
    struct mu_error err = {0};
    if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
        (void)fputs("usage: muster demo [FILE]   (FILE: a board exported from Trello)\n", stderr);
        return 2;
    }
    catch_signals();
    story.board = argc == 2 ? argv[1] : NULL;
    story.terminal = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
    if (make_folder(folder, &err) != MU_OK) {
        print_failure(&err);
        return 7;
    }
    enum mu_status status = play(&story, folder, &err);
    bool ended = stopped != 0;
    mu_cast_end(&story.cast);
    remove_folder(folder);
    if (status != MU_OK && !ended) {
        print_failure(&err);
        return story.import_code != 0 ? story.import_code : 1;
    }
    if (status == MU_OK && !ended) {
        (void)printf("\n%s\n", story.broken == 0 ? "Everything held." : "Not everything held.");
    }
    return story.broken == 0 && (status == MU_OK || ended) ? 0 : 1;
}
