#include "tests/bench/figures.h"
void mu_bench_absence(struct mu_bench *bench)
{
    (void)bench;
}
