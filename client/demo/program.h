/* The real programs as children: started, spoken to, waited for, ended.
 *
 * Waiting is always for an event with a deadline; a child dies with the test that made it. */
#ifndef MUSTER_CLIENT_DEMO_PROGRAM_H
#define MUSTER_CLIENT_DEMO_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MU_PROGRAM_ARGS 48

/* Run to the end. */
struct mu_ran {
    int code;  /* exit code; 128 + signal; -1 when it did not end in time and was killed */
    char *out; /* what it wrote, NUL-terminated; never NULL */
    char *err;
};
/* argv ends in NULL; input may be NULL. */
struct mu_ran mu_program_run(const char *const *argv, const char *input, int timeout_ms);
void mu_ran_free(struct mu_ran *ran);
/* The same with our own standard output and error, and no input.  Returns as mu_ran.code. */
int mu_program_show(const char *const *argv, int timeout_ms);

/* One that goes on.  Its standard error is appended to log. */
struct mu_program {
    pid_t pid; /* 0: not running */
    int out;   /* its standard output */
    char line[1024];
    size_t len;
};
bool mu_program_start(struct mu_program *program, const char *const *argv, const char *log);
/* The next line it writes, without its end; false when it did not come in time. */
bool mu_program_line(struct mu_program *program, int timeout_ms, char *out_line, size_t room);
/* Send the signal (0: none) and wait.  Returns as mu_ran.code. */
int mu_program_stop(struct mu_program *program, int signal_number, int timeout_ms);

/* Milliseconds of a clock that only goes forward. */
long long mu_now_ms(void);

#endif
