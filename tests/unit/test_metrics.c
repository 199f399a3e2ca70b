/* Figures from judged things.  At stake: what is in a denominator and what is not, and that
 * docs/metrics.md says what the code counts. */
#include <stdio.h>
#include <stdlib.h>

#include "client/view/metrics.h"
#include "tests/harness/cmocka.h"

#define NOW INT64_C(1790000000000)

static struct mu_id person_of(uint8_t number)
{
    return (struct mu_id){{number, 1}};
}

static struct mu_metrics counted(const struct mu_metric_input *input, struct mu_id person,
                                 struct mu_arena *arena)
{
    struct mu_metrics metrics;
    struct mu_error err = {0};
    assert_int_equal(mu_metrics_count(input, person, arena, &metrics, &err), MU_OK);
    return metrics;
}

static struct mu_metric_input window(void)
{
    return (struct mu_metric_input){
        .from_day = 100, .to_day = 127, .from_ms = NOW - 1000000, .to_ms = NOW + 1, .now_ms = NOW};
}

static void is(const struct mu_metrics *metrics, enum mu_metric metric, int64_t k, int64_t n)
{
    const struct mu_figure *figure = &metrics->figures[metric];
    if (figure->k != k || figure->n != n) {
        fail_msg("%s: %lld of %lld", mu_metric_info(metric)->key, (long long)figure->k,
                 (long long)figure->n);
    }
}

static void test_promises__excused_and_renegotiated_are_in_no_denominator(void **state)
{
    (void)state;
    struct mu_arena arena;
    struct mu_promise promises[9] = {0};
    const enum mu_promise_state states[] = {
        MU_PROMISE_KEPT,         MU_PROMISE_KEPT,    MU_PROMISE_LATE,
        MU_PROMISE_MISSED,       MU_PROMISE_EXCUSED, MU_PROMISE_RELEASED,
        MU_PROMISE_RENEGOTIATED, MU_PROMISE_OPEN,    MU_PROMISE_KEPT};
    struct mu_metric_input input = window();
    mu_arena_init(&arena, (size_t)1 << 20);
    for (size_t i = 0; i < 9; i++) {
        promises[i].state = states[i];
        promises[i].person = person_of(1);
        promises[i].period.day = i == 8 ? 99 : 110; /* the last one was before */
    }
    promises[7].carried = 3;
    input.promises = promises;
    input.promise_count = 9;

    struct mu_metrics mine = counted(&input, person_of(1), &arena);
    struct mu_metrics other = counted(&input, person_of(2), &arena);

    is(&mine, MU_METRIC_KEPT, 2, 4);
    is(&mine, MU_METRIC_LATE, 1, 4);
    is(&mine, MU_METRIC_RENEGOTIATED, 1, 8);
    is(&mine, MU_METRIC_EXCUSED, 1, 1);
    is(&mine, MU_METRIC_CARRIED, 3, 1);
    is(&other, MU_METRIC_KEPT, 0, 0);
    assert_int_equal(mine.figures[MU_METRIC_KEPT].counted_count, 4);
    mu_arena_deinit(&arena);
}

static void test_figures__of_fewer_than_three_are_not_shown(void **state)
{
    (void)state;
    struct mu_figure two = {.k = 1, .n = 2};
    struct mu_figure three = {.k = 2, .n = 3};
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 100);

    assert_false(mu_figure_shown(MU_METRIC_KEPT, &two));
    assert_true(mu_figure_shown(MU_METRIC_KEPT, &three));
    assert_int_equal(mu_words_figure(&out, MU_METRIC_KEPT, &two), MU_OK);
    assert_int_equal(mu_words_figure(&out, MU_METRIC_KEPT, &three), MU_OK);
    assert_int_equal(out.len, strlen("too few2 of 3 (66%)"));
    assert_memory_equal(out.data, "too few2 of 3 (66%)", out.len);
}

static void test_kudos__to_several_people_are_given_once(void **state)
{
    (void)state;
    struct mu_arena arena;
    struct mu_metric_input input = window();
    const struct mu_metric_kudos kudos[] = {{{{9}}, person_of(1), person_of(2), NOW - 5},
                                            {{{9}}, person_of(1), person_of(3), NOW - 5}};
    mu_arena_init(&arena, (size_t)1 << 20);
    input.kudos = kudos;
    input.kudos_count = 2;

    struct mu_metrics giver = counted(&input, person_of(1), &arena);
    struct mu_metrics team = counted(&input, (struct mu_id){{0}}, &arena);

    is(&giver, MU_METRIC_KUDOS_GIVEN, 1, 1);
    is(&giver, MU_METRIC_KUDOS, 0, 0);
    is(&team, MU_METRIC_KUDOS, 2, 2);
    mu_arena_deinit(&arena);
}

/* A row of the table for every figure, in the words of the code. */
static void test_docs__say_what_is_counted(void **state)
{
    static const char *const kinds[] = {"?", "rate", "ratio", "count", "median", "most"};
    static char text[65536];
    (void)state;
    FILE *file = fopen(MUSTER_METRICS_DOC, "rb");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    assert_int_equal(fclose(file), 0);
    assert_in_range(len, 1, sizeof text - 2);
    text[len] = '\0';
    for (int i = 0; i < MU_METRICS; i++) {
        char row[512];
        const struct mu_metric_info *info = mu_metric_info((enum mu_metric)i);
        (void)snprintf(row, sizeof row, "\n| `%s` | %s | %s | %s | ", info->key, info->label,
                       kinds[info->kind], info->formula);
        if (strstr(text, row) == NULL) {
            fail_msg("docs/metrics.md lacks:%s", row);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_promises__excused_and_renegotiated_are_in_no_denominator),
        cmocka_unit_test(test_figures__of_fewer_than_three_are_not_shown),
        cmocka_unit_test(test_kudos__to_several_people_are_given_once),
        cmocka_unit_test(test_docs__say_what_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
