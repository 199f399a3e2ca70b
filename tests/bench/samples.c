#include "tests/bench/samples.h"

#include <stdlib.h>
#include <time.h>

#include "common/base/check.h"

void mu_samples_free(struct mu_samples *samples)
{
    free(samples->values);
    *samples = (struct mu_samples){0};
}

void mu_samples_add(struct mu_samples *samples, double value)
{
    if (samples->count == samples->room) {
        samples->room = samples->room == 0 ? 256 : samples->room * 2;
        samples->values = realloc(samples->values, samples->room * sizeof *samples->values);
        MU_ASSERT(samples->values != NULL);
    }
    samples->values[samples->count++] = value;
}

static int compare(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;
    return *a < *b ? -1 : *a > *b ? 1 : 0;
}

double mu_samples_percentile(struct mu_samples *samples, double percent)
{
    if (samples->count == 0) {
        return 0;
    }
    qsort(samples->values, samples->count, sizeof *samples->values, compare);
    size_t at = (size_t)((double)samples->count * percent / 100.0);
    return samples->values[at < samples->count ? at : samples->count - 1];
}

double mu_now_us(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
        abort();
    }
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}
