/* The figures: each measures one thing beside its floor, as often as there are runs. */
#ifndef MUSTER_TESTS_BENCH_FIGURES_H
#define MUSTER_TESTS_BENCH_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define MU_FIGURES_MAX 96
#define MU_RUNS_MAX    9

/* What a figure is, and one measurement of it. */
struct mu_figure {
    const char *key;  /* in JSON; static */
    const char *what; /* for people */
    const char *unit;
    double value;
    double floor;  /* what this machine allows, 0: none was measured */
    double goal;   /* of value / floor, or of value where there is no floor; 0: none */
    bool at_least; /* the goal is a least, else a most */
    bool absolute; /* the goal is of the value, although there is a floor */
};

/* A figure with the values of all runs. */
struct mu_measured {
    struct mu_figure is; /* without value and floor */
    double values[MU_RUNS_MAX];
    double floors[MU_RUNS_MAX];
    size_t count;
};

struct mu_figures {
    struct mu_measured rows[MU_FIGURES_MAX];
    size_t count;
    double load; /* of the machine, before */
};

/* One more run of the figure of that key. */
void mu_figure_add(struct mu_figures *figures, const struct mu_figure *figure);
void mu_figures_table(const struct mu_figures *figures);
/* One object: {"schema":2,"day":…,"machine":…,"figures":[…]}. */
void mu_figures_json(const struct mu_figures *figures, FILE *out);

/* Where programs may write: a folder on a real disk. */
struct mu_bench {
    const char *where;
    bool quick;
    size_t runs;
    struct mu_figures figures;
};

/* Each is one run of its figures, but for the board, whose filling takes long: all runs. */
void mu_bench_propagation(struct mu_bench *bench);
/* Commands, the first load, and what a task takes on disk and wire. */
void mu_bench_board(struct mu_bench *bench);
/* Durable mutations of 1, 8 and 64 clients. */
void mu_bench_durable(struct mu_bench *bench);
/* One change to 10, 200 and 1,000 clients; all of them coming back after a restart. */
void mu_bench_fanout(struct mu_bench *bench);
/* 10,000 missed changes, and 5,000 edits made offline. */
void mu_bench_absence(struct mu_bench *bench);
void mu_bench_idle(struct mu_bench *bench);

#endif
