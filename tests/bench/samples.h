/* Measured values of one kind, and what people want to know of them. */
#ifndef MUSTER_TESTS_BENCH_SAMPLES_H
#define MUSTER_TESTS_BENCH_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

struct mu_samples {
    double *values;
    size_t count, room;
};

void mu_samples_free(struct mu_samples *samples);
void mu_samples_add(struct mu_samples *samples, double value);
/* The value below which `percent` of them lie; 0 when there are none.  Sorts. */
double mu_samples_percentile(struct mu_samples *samples, double percent);
/* Microseconds of a monotonic clock. */
double mu_now_us(void);

#endif
