#include "tests/harness/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MAX  48
#define OUTPUT_MAX (1 << 20)

static long long now_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* execv() and putenv() want words they could change. */
static char *word_of(const char *text)
{
    return strdup(text);
}

/* In the child: the terminal becomes its own, with the size asked for. */
static void become(const char *name, const char *const *argv, const char *const *environment,
                   unsigned short columns)
{
    char *words[WORDS_MAX] = {NULL};
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    int terminal = setsid() < 0 ? -1 : open(name, O_RDWR);
    if (terminal < 0 || ioctl(terminal, TIOCSWINSZ, &size) != 0 || dup2(terminal, 0) < 0 ||
        dup2(terminal, 1) < 0 || dup2(terminal, 2) < 0) {
        _exit(126);
    }
    for (; *environment != NULL; environment++) {
        const char *equals = strchr(*environment, '=');
        bool unset = equals != NULL && equals[1] == '\0';
        char *word = word_of(*environment);
        if (word == NULL) {
            _exit(126);
        }
        if (unset) {
            word[equals - *environment] = '\0';
            (void)unsetenv(word);
        } else {
            (void)putenv(word);
        }
    }
    for (size_t i = 0; argv[i] != NULL && i + 1 < WORDS_MAX; i++) {
        words[i] = word_of(argv[i]);
    }
    if (words[0] != NULL) {
        (void)execv(words[0], words);
    }
    _exit(127);
}

/* Until the terminal is closed by its last user, or time runs out (false). */
static bool collect(int terminal, char *out, long long deadline_ms)
{
    size_t len = 0;
    for (;;) {
        struct pollfd one = {.fd = terminal, .events = POLLIN};
        long long left = deadline_ms - now_ms();
        if (left <= 0 || poll(&one, 1, (int)left) == 0) {
            out[len] = '\0';
            return false;
        }
        ssize_t got = read(terminal, out + len, OUTPUT_MAX - len);
        if (got > 0) {
            len += (size_t)got;
        } else if (got == 0 || errno != EINTR) { /* EIO: nobody has it open any more */
            out[len] = '\0';
            return true;
        }
    }
}

struct mu_pty_ran mu_pty_run(const char *const *argv, const char *const *environment,
                             unsigned short columns, int timeout_ms)
{
    struct mu_pty_ran ran = {.code = -1, .out = calloc(1, OUTPUT_MAX + 1)};
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (ran.out == NULL || terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) {
        abort();
    }
    const char *name = ptsname(terminal);
    pid_t child = fork();
    if (child == 0) {
        become(name, argv, environment, columns);
    }
    bool ended = collect(terminal, ran.out, now_ms() + timeout_ms);
    int state = 0;
    if (!ended) {
        (void)kill(child, SIGKILL);
    }
    if (waitpid(child, &state, 0) == child && ended) {
        ran.code = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    }
    (void)close(terminal);
    return ran;
}

void mu_pty_free(struct mu_pty_ran *ran)
{
    free(ran->out);
    ran->out = NULL;
}
