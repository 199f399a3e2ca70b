/* Order keys.  At stake: a board whose rows keep their places for years of dragging,
 * and a server that makes no key which another replica would refuse. */
#include "common/model/rank.h"
#include "tests/harness/cmocka.h"
#include "tests/harness/dice.h"

static struct mu_rank between(struct mu_slice below, struct mu_slice above)
{
    struct mu_rank rank = {0};
    assert_int_equal(mu_rank_between(below, above, &rank), MU_OK);
    struct mu_slice key = mu_rank_view(&rank);
    assert_true(mu_rank_valid(key));
    assert_true(below.len == 0 || mu_slice_compare(below, key) < 0);
    assert_true(above.len == 0 || mu_slice_compare(key, above) < 0);
    return rank;
}

static struct mu_slice text(const char *key)
{
    return mu_slice_str(key);
}

static void test_rank__ten_thousand_appends_stay_short(void **state)
{
    (void)state;
    struct mu_rank last = between(text(""), text(""));

    for (int i = 0; i < 10000; i++) {
        last = between(mu_rank_view(&last), text(""));
    }

    assert_in_range(last.len, 2, 4);
}

static void test_rank__ten_thousand_prepends_stay_short(void **state)
{
    (void)state;
    struct mu_rank first = between(text(""), text(""));

    for (int i = 0; i < 10000; i++) {
        first = between(text(""), mu_rank_view(&first));
    }

    assert_in_range(first.len, 2, 4);
}

static void test_rank__a_thousand_inserts_at_one_place_stay_short(void **state)
{
    (void)state;
    struct mu_rank low = between(text(""), text(""));
    struct mu_rank high = between(mu_rank_view(&low), text(""));

    struct mu_rank falling = high;
    struct mu_rank rising = low;
    for (int i = 0; i < 1000; i++) {
        falling = between(mu_rank_view(&low), mu_rank_view(&falling));
        rising = between(mu_rank_view(&rising), mu_rank_view(&high));
    }

    assert_in_range(falling.len, 2, 32);
    assert_in_range(rising.len, 2, 32);
}

/* The worst order: always between the two newest. */
static void test_rank__a_closing_gap_costs_a_byte_in_five(void **state)
{
    (void)state;
    struct mu_rank low = between(text(""), text(""));
    struct mu_rank high = between(mu_rank_view(&low), text(""));

    for (int i = 0; i < 300; i++) {
        struct mu_rank rank = between(mu_rank_view(&low), mu_rank_view(&high));
        *(i % 2 == 0 ? &low : &high) = rank;
    }

    assert_in_range(low.len, 2, MU_RANK_REBALANCE);
    assert_in_range(high.len, 2, MU_RANK_REBALANCE);
}

static void test_rank__no_room_is_told_and_changes_nothing(void **state)
{
    (void)state;
    struct mu_rank low = between(text(""), text(""));
    struct mu_rank high = between(mu_rank_view(&low), text(""));
    enum mu_status status = MU_OK;

    struct mu_rank rank = {0};
    struct mu_rank before = {0};
    for (int i = 0; i < 3000 && status == MU_OK; i++) {
        before = rank;
        status = mu_rank_between(mu_rank_view(&low), mu_rank_view(&high), &rank);
        *(i % 2 == 0 ? &low : &high) = rank;
    }

    assert_int_equal(status, MU_E_LIMIT);
    assert_memory_equal(&before, &rank, sizeof rank);
    assert_int_equal(mu_rank_between(text("a1"), text("a1"), &rank), MU_E_LIMIT);
    assert_int_equal(mu_rank_between(text("a2"), text("a1"), &rank), MU_E_LIMIT);
    assert_int_equal(mu_rank_between(text("nonsense!"), text(""), &rank), MU_E_LIMIT);
    assert_memory_equal(&before, &rank, sizeof rank);
}

static void test_rank__the_ends_of_the_integers_go_on_in_fractions(void **state)
{
    (void)state;
    const char lowest[] = "A00000000000000000000000000"; /* 26 zeros */
    const char highest[] = "zzzzzzzzzzzzzzzzzzzzzzzzzzz";
    assert_false(mu_rank_valid(text(lowest)));
    assert_true(mu_rank_valid(text(highest)));

    struct mu_rank down = between(text(""), text("A00000000000000000000000001"));
    for (int i = 0; i < 200; i++) {
        down = between(text(""), mu_rank_view(&down));
    }
    struct mu_rank up = between(text(highest), text(""));
    for (int i = 0; i < 200; i++) {
        up = between(mu_rank_view(&up), text(""));
    }

    assert_in_range(down.len, 28, MU_RANK_MAX);
    assert_in_range(up.len, 28, MU_RANK_MAX);
}

static void test_rank__steps_cross_every_head(void **state)
{
    (void)state;
    static const struct {
        const char *below;
        const char *after; /* the key after it */
    } steps[] = {
        {"az", "b00"},   {"Zz", "a0"},
        {"Yzz", "Z0"},   {"bzz", "c000"},
        {"a0V", "a1"},   {"Z0", "Z1"},
        {"Xzzz", "Y00"}, {"yzzzzzzzzzzzzzzzzzzzzzzzzz", "z00000000000000000000000000"},
    };

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct mu_rank next = between(text(steps[i].below), text(""));
        assert_true(mu_slice_equal(mu_rank_view(&next), text(steps[i].after)));
    }
    struct mu_rank back = between(text(""), text("a0"));
    assert_true(mu_slice_equal(mu_rank_view(&back), text("Zz")));
    back = between(text(""), text("Z0"));
    assert_true(mu_slice_equal(mu_rank_view(&back), text("Yzz")));
    back = between(text(""), text("b00"));
    assert_true(mu_slice_equal(mu_rank_view(&back), text("az")));
}

static void test_rank__invalid_keys_are_known(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",     "a",    "0",  "00",   "a-", "a0 ", "b0",
                                        "a000", "a0V0", "~0", "a0\n", "Y0", "{0",  "@0"};
    uint8_t longest[MU_RANK_MAX + 1];
    memset(longest, 'V', sizeof longest);
    longest[0] = 'a';

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(mu_rank_valid(text(wrong[i])));
    }
    assert_true(mu_rank_valid(mu_slice_of(longest, MU_RANK_MAX)));
    assert_false(mu_rank_valid(mu_slice_of(longest, MU_RANK_MAX + 1)));
    assert_false(mu_rank_valid(mu_slice_of("a0\0V", 4)));
}

#define ROWS 2000

/* The oracle is an array in which a new row is put where chance says. */
static void test_rank__random_inserts_sort_as_they_were_put(void **state)
{
    (void)state;
    static struct mu_rank rows[ROWS];
    struct mu_dice dice = {.state = 7};

    for (size_t count = 0; count < ROWS; count++) {
        size_t at = (size_t)mu_dice_below(&dice, count + 1);
        struct mu_slice below = at == 0 ? text("") : mu_rank_view(&rows[at - 1]);
        struct mu_slice above = at == count ? text("") : mu_rank_view(&rows[at]);
        struct mu_rank rank = between(below, above);
        memmove(rows + at + 1, rows + at, (count - at) * sizeof rows[0]);
        rows[at] = rank;
    }

    for (size_t i = 1; i < ROWS; i++) {
        assert_true(mu_slice_compare(mu_rank_view(&rows[i - 1]), mu_rank_view(&rows[i])) < 0);
        assert_in_range(rows[i].len, 2, 16);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rank__ten_thousand_appends_stay_short),
        cmocka_unit_test(test_rank__ten_thousand_prepends_stay_short),
        cmocka_unit_test(test_rank__a_thousand_inserts_at_one_place_stay_short),
        cmocka_unit_test(test_rank__a_closing_gap_costs_a_byte_in_five),
        cmocka_unit_test(test_rank__no_room_is_told_and_changes_nothing),
        cmocka_unit_test(test_rank__the_ends_of_the_integers_go_on_in_fractions),
        cmocka_unit_test(test_rank__steps_cross_every_head),
        cmocka_unit_test(test_rank__invalid_keys_are_known),
        cmocka_unit_test(test_rank__random_inserts_sort_as_they_were_put),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
