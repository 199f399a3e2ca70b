/* Runs the real programs for a bench: errors end it with what the program said. */
#ifndef MUSTER_TESTS_BENCH_PROGRAMS_H
#define MUSTER_TESTS_BENCH_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MU_BENCH_WORDS_MAX 40
#define MU_BENCH_LOG       "build/muster-bench.log" /* what the programs say on standard error */

/* Run to the end with `input` on standard input; its output goes into out (cut, terminated).
 * Returns the exit code. */
int mu_program_run(const char *const *words, const char *input, char *out, size_t out_size);
/* What a program took, with all it waited for. */
struct mu_program_cost {
    double wall_us, cpu_us;
    long peak_kib; /* of the largest of them */
};
/* The same as mu_program_must(), with its cost. */
void mu_program_measure(const char *const *words, const char *input, char *out, size_t out_size,
                        struct mu_program_cost *out_cost);
/* The same, and the bench ends when it fails. */
void mu_program_must(const char *const *words, const char *input, char *out, size_t out_size);
/* Start it and wait for a line that begins with `line` (NULL: do not wait); the whole line goes
 * into out. */
pid_t mu_program_start(const char *const *words, const char *line, char *out, size_t out_size);
/* SIGTERM, and wait. */
void mu_program_stop(pid_t pid);
/* Microseconds of processor time of all its threads so far, from /proc. */
double mu_program_cpu_us(pid_t pid);
/* Resident memory in KiB, from /proc. */
long mu_program_resident_kib(pid_t pid);
/* The most it ever had. */
long mu_program_peak_kib(pid_t pid);

#endif
