/* A program on a terminal of its own: what people see, byte for byte. */
#ifndef MUSTER_TESTS_HARNESS_PTY_H
#define MUSTER_TESTS_HARNESS_PTY_H

#include <stddef.h>

struct mu_pty_ran {
    int code;  /* exit code; 128 + signal; -1 when it did not end in time and was killed */
    char *out; /* everything that came to the terminal, NUL-terminated */
};

/* argv and environment ("NAME=value", or "NAME=" to take it out) end in NULL. */
struct mu_pty_ran mu_pty_run(const char *const *argv, const char *const *environment,
                             unsigned short columns, int timeout_ms);
void mu_pty_free(struct mu_pty_ran *ran);

#endif
