#include "tests/bench/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

void mu_figure_add(struct mu_figures *figures, const struct mu_figure *figure)
{
    struct mu_measured *row = NULL;
    for (size_t i = 0; i < figures->count && row == NULL; i++) {
        row = strcmp(figures->rows[i].is.key, figure->key) == 0 ? &figures->rows[i] : NULL;
    }
    if (row == NULL && figures->count < MU_FIGURES_MAX) {
        row = &figures->rows[figures->count++];
        row->is = *figure;
    }
    if (row == NULL || row->count == MU_RUNS_MAX) {
        (void)fprintf(stderr, "muster-bench: there is no room for '%s'\n", figure->key);
        exit(1);
    }
    row->values[row->count] = figure->value;
    row->floors[row->count] = figure->floor;
    row->count++;
    (void)fprintf(stderr, "%-46s %14.2f %s\n", figure->what, figure->value, figure->unit);
}

/* -- of all runs --------------------------------------------------------------- */

struct summary {
    double low, middle, high;
};

static int compare(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;
    return *a < *b ? -1 : *a > *b ? 1 : 0;
}

static struct summary summary_of(const double *values, size_t count)
{
    double sorted[MU_RUNS_MAX];
    memcpy(sorted, values, count * sizeof *values);
    qsort(sorted, count, sizeof *sorted, compare);
    return (struct summary){sorted[0], sorted[count / 2], sorted[count - 1]};
}

/* Each run against its own floor: a machine that is slow for a while is slow for both. */
static struct summary ratio_of(const struct mu_measured *row)
{
    double ratios[MU_RUNS_MAX] = {0};
    for (size_t i = 0; i < row->count; i++) {
        ratios[i] = row->floors[i] > 0 ? row->values[i] / row->floors[i] : 0;
    }
    return summary_of(ratios, row->count);
}

static bool has_floor(const struct mu_measured *row)
{
    return row->floors[0] > 0;
}

static const char *verdict(const struct mu_measured *row)
{
    if (row->is.goal <= 0) {
        return "";
    }
    double judged = has_floor(row) && !row->is.absolute
                        ? ratio_of(row).middle
                        : summary_of(row->values, row->count).middle;
    bool met = row->is.at_least ? judged >= row->is.goal : judged <= row->is.goal;
    return met ? "met" : "MISSED";
}

/* -- for people ---------------------------------------------------------------- */

/* Four digits are all that a shared machine can promise. */
static const char *number(double value, char out[static 24])
{
    int decimals = value < 10 ? 2 : value < 1000 ? 1 : 0;
    (void)snprintf(out, 24, "%.*f", decimals, value);
    return out;
}

/* The cells of a row, as they are shown. */
struct cells {
    char value[24], range[56], floor[24], ratio[24], goal[32];
};

static void fill_cells(const struct mu_measured *row, struct cells *cells)
{
    struct summary value = summary_of(row->values, row->count);
    char low[24];
    char high[24];
    *cells = (struct cells){.value = ""};
    (void)number(value.middle, cells->value);
    if (row->count > 1) {
        (void)snprintf(cells->range, sizeof cells->range, "%s - %s", number(value.low, low),
                       number(value.high, high));
    }
    if (has_floor(row)) {
        (void)number(summary_of(row->floors, row->count).middle, cells->floor);
        (void)number(ratio_of(row).middle, cells->ratio);
    }
    if (row->is.goal > 0) {
        (void)snprintf(cells->goal, sizeof cells->goal, "%s %g%s",
                       row->is.at_least ? ">=" : "<=", row->is.goal,
                       has_floor(row) && !row->is.absolute ? "x" : "");
    }
}

void mu_figures_table(const struct mu_figures *figures)
{
    (void)printf("%-46s %10s %21s %10s %6s %8s  %s\n", "", "Muster", "min - max", "floor", "ratio",
                 "goal", "unit");
    for (size_t i = 0; i < figures->count; i++) {
        const struct mu_measured *row = &figures->rows[i];
        struct cells cells;
        fill_cells(row, &cells);
        (void)printf("%-46s %10s %21s %10s %6s %8s  %s  %s\n", row->is.what, cells.value,
                     cells.range, cells.floor, cells.ratio, cells.goal, row->is.unit, verdict(row));
    }
}

/* -- for programs -------------------------------------------------------------- */

static void print_summary(FILE *out, const char *name, struct summary of)
{
    (void)fprintf(out, "\"%s\":{\"median\":%.3f,\"min\":%.3f,\"max\":%.3f},", name, of.middle,
                  of.low, of.high);
}

static void print_machine(FILE *out, const struct mu_figures *figures)
{
    struct utsname system = {0};
    struct tm parts = {0};
    time_t now = time(NULL);
    char day[16] = "";
    (void)uname(&system);
    if (gmtime_r(&now, &parts) != NULL) {
        (void)strftime(day, sizeof day, "%Y-%m-%d", &parts);
    }
    (void)fprintf(out,
                  "{\"schema\":2,\"day\":\"%s\",\"machine\":{\"system\":\"%s %s\","
                  "\"processors\":%ld,\"load\":\"%.1f\"},\"figures\":[\n",
                  day, system.sysname, system.machine, sysconf(_SC_NPROCESSORS_ONLN),
                  figures->load);
}

void mu_figures_json(const struct mu_figures *figures, FILE *out)
{
    print_machine(out, figures);
    for (size_t i = 0; i < figures->count; i++) {
        const struct mu_measured *row = &figures->rows[i];
        struct cells cells;
        fill_cells(row, &cells);
        (void)fprintf(out, "{\"key\":\"%s\",\"what\":\"%s\",\"unit\":\"%s\",\"runs\":%zu,",
                      row->is.key, row->is.what, row->is.unit, row->count);
        print_summary(out, "value", summary_of(row->values, row->count));
        if (has_floor(row)) {
            print_summary(out, "floor", summary_of(row->floors, row->count));
            print_summary(out, "ratio", ratio_of(row));
        }
        if (row->is.goal > 0) {
            (void)fprintf(out, "\"goal\":%g,\"goal_of\":\"%s\",\"goal_is\":\"%s\",", row->is.goal,
                          has_floor(row) && !row->is.absolute ? "ratio" : "value",
                          row->is.at_least ? "least" : "most");
        }
        (void)fprintf(out,
                      "\"shown\":{\"value\":\"%s\",\"range\":\"%s\",\"floor\":\"%s\","
                      "\"ratio\":\"%s\",\"goal\":\"%s\"},\"verdict\":\"%s\"}%s\n",
                      cells.value, cells.range, cells.floor, cells.ratio, cells.goal, verdict(row),
                      i + 1 < figures->count ? "," : "");
    }
    (void)fprintf(out, "]}\n");
}
