#include "tests/harness/pane.h"

#include "tests/harness/cmocka.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/demo/program.h"

#define PATIENCE_MS 60000 /* sanitised programs on a busy machine */
#define LOOK_NS     20000000

/* The socket lies in the test's own folder, so that no terminal of a person is met. */
#define TMUX "tmux", "-u", "-S", socket_path, "-f", "/dev/null"

/* A new one for each: a terminal that ends takes its socket with it, in its own time. */
static char socket_path[32];
static unsigned started;

static void must(const char *const *words)
{
    struct mu_ran ran = mu_program_run(words, NULL, PATIENCE_MS);
    if (ran.code != 0) {
        fail_msg("tmux %s: exit %d: %s%s", words[6], ran.code, ran.out, ran.err);
    }
    mu_ran_free(&ran);
}

void mu_pane_start(const char *command, int columns, int rows)
{
    char wide[16];
    char high[16];
    (void)snprintf(socket_path, sizeof socket_path, "./pane-%u.sock", ++started);
    (void)snprintf(wide, sizeof wide, "%d", columns);
    (void)snprintf(high, sizeof high, "%d", rows);
    must((const char *const[]){TMUX, "new-session", "-d", "-x", wide, "-y", high, command, NULL});
}

void mu_pane_stop(void)
{
    if (socket_path[0] == '\0') {
        return;
    }
    struct mu_ran ran =
        mu_program_run((const char *const[]){TMUX, "kill-server", NULL}, NULL, PATIENCE_MS);
    mu_ran_free(&ran);
}

void mu_pane_resize(int columns, int rows)
{
    char wide[16];
    char high[16];
    (void)snprintf(wide, sizeof wide, "%d", columns);
    (void)snprintf(high, sizeof high, "%d", rows);
    must((const char *const[]){TMUX, "resize-window", "-x", wide, "-y", high, NULL});
}

void mu_pane_keys(const char *const *keys)
{
    const char *words[MU_PROGRAM_ARGS] = {TMUX, "send-keys"};
    size_t count = 7;
    for (; *keys != NULL; keys++) {
        assert_in_range(count, 7, MU_PROGRAM_ARGS - 2);
        words[count++] = *keys;
    }
    words[count] = NULL;
    must(words);
}

void mu_pane_type(const char *text)
{
    must((const char *const[]){TMUX, "send-keys", "-l", text, NULL});
}

static void read_pane(const char *how, char out_text[static MU_PANE_TEXT_MAX])
{
    struct mu_ran ran =
        mu_program_run((const char *const[]){TMUX, "capture-pane", how, NULL}, NULL, PATIENCE_MS);
    assert_int_equal(ran.code, 0);
    (void)snprintf(out_text, MU_PANE_TEXT_MAX, "%s", ran.out);
    mu_ran_free(&ran);
}

void mu_pane_read(char out_text[static MU_PANE_TEXT_MAX])
{
    read_pane("-p", out_text);
}

void mu_pane_read_raw(char out_text[static MU_PANE_TEXT_MAX])
{
    read_pane("-pe", out_text);
}

static void wait_for(const char *text, bool there)
{
    static char pane[MU_PANE_TEXT_MAX];
    long long end = mu_now_ms() + PATIENCE_MS;
    do {
        mu_pane_read(pane);
        if ((strstr(pane, text) != NULL) == there) {
            return;
        }
        (void)nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
    } while (mu_now_ms() < end);
    fail_msg("'%s' %s on the pane:\n%s", text, there ? "is not" : "is still", pane);
}

void mu_pane_shows(const char *text)
{
    wait_for(text, true);
}

void mu_pane_loses(const char *text)
{
    wait_for(text, false);
}
