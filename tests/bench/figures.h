/* The figures: each measures one thing beside its floor and adds rows to the table. */
#ifndef MUSTER_TESTS_BENCH_FIGURES_H
#define MUSTER_TESTS_BENCH_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

#define MU_FIGURES_MAX 64

struct mu_figure {
    const char *key;  /* in JSON */
    const char *what; /* for people */
    const char *unit;
    double value;
    double floor;  /* what this machine allows, 0: none was measured */
    double goal;   /* of value / floor, or of value where there is no floor; 0: none */
    bool at_least; /* the goal is a least, else a most */
};

struct mu_figures {
    struct mu_figure rows[MU_FIGURES_MAX];
    size_t count;
};

void mu_figure_add(struct mu_figures *figures, const struct mu_figure *figure);

/* Where programs may write: a folder on a real disk. */
struct mu_bench {
    const char *where;
    bool quick;
    struct mu_figures figures;
};

void mu_bench_propagation(struct mu_bench *bench);
/* Commands and the first load at `tasks` tasks. */
void mu_bench_board(struct mu_bench *bench, size_t tasks);
void mu_bench_idle(struct mu_bench *bench);

#endif
