/* Merging texts.  At stake: two people who edit one description on two trains, and find
 * both edits, or at least both texts, when they meet. */
#include "common/base/utf8.h"
#include "common/model/diff.h"
#include "common/model/text.h"
#include "tests/harness/cmocka.h"
#include "tests/harness/dice.h"

#define MAX 65536

static struct mu_text_merged merge(struct mu_arena *arena, const char *base, const char *theirs,
                                   const char *mine)
{
    struct mu_text_versions versions = {mu_slice_str(base), mu_slice_str(theirs),
                                        mu_slice_str(mine)};
    struct mu_text_merged merged = {0};
    assert_int_equal(mu_text_merge(&versions, MAX, arena, &merged), MU_OK);
    return merged;
}

static const struct sample {
    const char *about, *base, *theirs, *mine, *merged;
    bool overlap;
} samples[] = {
    {"nobody changed", "a\nb\n", "a\nb\n", "a\nb\n", "a\nb\n", false},
    {"only they", "a\nb\n", "a\nB\n", "a\nb\n", "a\nB\n", false},
    {"only I", "a\nb\n", "a\nb\n", "A\nb\n", "A\nb\n", false},
    {"both alike", "a\nb\n", "a\nc\n", "a\nc\n", "a\nc\n", false},
    {"different lines", "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n", false},
    {"lines side by side", "a\nb\n", "A\nb\n", "a\nB\n", "A\nB\n", false},
    {"different words of a line", "call Ana on Friday", "call Kofi on Friday", "call Ana on Monday",
     "call Kofi on Monday", false},
    {"one word", "call Ana", "call Kofi", "call Mia", "call Kofi", true},
    {"one word, and more of mine elsewhere", "one\ntwo\nthree\n", "one\n2\nthree\n",
     "one\nzwei\nthree\nfour\n", "one\n2\nthree\nfour\n", true},
    {"both add at the end", "a\n", "a\ntheirs\n", "a\nmine\n", "a\ntheirs\n", true},
    {"added at both ends", "m\n", "a\nm\n", "m\nz\n", "a\nm\nz\n", false},
    {"they delete what I leave", "a\nb\nc\nd\n", "a\nc\nd\n", "a\nb\nc\nD\n", "a\nc\nD\n", false},
    {"they delete what I edit", "a\nb\nc\n", "a\nc\n", "a\nB\nc\n", "a\nc\n", true},
    {"both from nothing", "", "theirs", "mine", "theirs", true},
    {"I clear what they edit", "a\n", "b\n", "", "b\n", true},
    {"no newline at the end", "a\nb", "A\nb", "a\nb\nc", "A\nb\nc", false},
    {"signs without spaces", "\xE7\x94\xB2\xE4\xB9\x99\xE4\xB8\x99",
     "\xE4\xB8\x81\xE4\xB9\x99\xE4\xB8\x99", "\xE7\x94\xB2\xE4\xB9\x99\xE6\x88\x8A",
     "\xE4\xB8\x81\xE4\xB9\x99\xE6\x88\x8A", false},
    {"a word with umlauts is one word", "sch\xC3\xB6n", "sch\xC3\xB6ner", "Sch\xC3\xB6n",
     "sch\xC3\xB6ner", true},
};

static void test_text__merges_by_line_then_by_word(void **state)
{
    (void)state;
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, 1 << 20);

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct sample *sample = &samples[i];
        struct mu_text_merged merged = merge(&arena, sample->base, sample->theirs, sample->mine);
        if (!mu_slice_equal(merged.text, mu_slice_str(sample->merged)) ||
            merged.overlap != sample->overlap) {
            fail_msg("%s: '%.*s'%s", sample->about, (int)merged.text.len,
                     (const char *)merged.text.data, merged.overlap ? ", overlap" : "");
        }
    }
}

static void test_text__what_grows_past_the_limit_is_theirs(void **state)
{
    (void)state;
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, 1 << 20);
    struct mu_text_versions versions = {mu_slice_str("m\n"), mu_slice_str("aaaa\nm\n"),
                                        mu_slice_str("m\nzzzz\n")};

    struct mu_text_merged fits = {0};
    struct mu_text_merged too_long = {0};
    assert_int_equal(mu_text_merge(&versions, 12, &arena, &fits), MU_OK);
    assert_int_equal(mu_text_merge(&versions, 11, &arena, &too_long), MU_OK);

    assert_true(mu_slice_equal(fits.text, mu_slice_str("aaaa\nm\nzzzz\n")));
    assert_false(fits.overlap);
    assert_true(mu_slice_equal(too_long.text, versions.theirs));
    assert_true(too_long.overlap);
}

static void test_text__a_full_arena_is_told(void **state)
{
    (void)state;
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, 4);
    struct mu_text_versions versions = {mu_slice_str("m\n"), mu_slice_str("a\nm\n"),
                                        mu_slice_str("m\nz\n")};
    struct mu_text_merged merged = {.overlap = true};

    assert_int_equal(mu_text_merge(&versions, MAX, &arena, &merged), MU_E_NOMEM);

    assert_true(merged.overlap && merged.text.data == NULL);
}

static size_t fill(uint8_t *out, size_t len, struct mu_dice *dice, const char *letters)
{
    size_t count = strlen(letters);
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)letters[mu_dice_below(dice, count)];
    }
    return len;
}

/* Texts that have nothing in common, of pieces as small as can be: the work stays bounded
 * (the test's own time limit is the assertion), and what comes out is theirs. */
static void test_text__the_worst_texts_end_in_good_time(void **state)
{
    (void)state;
    static uint8_t base[MAX];
    static uint8_t theirs[MAX];
    static uint8_t mine[MAX];
    struct mu_dice dice = {.state = 3};
    static const char *const alphabets[] = {"\n", "a\n", "ab\n", "a.", ".,;:-", "abcdefgh \n"};

    for (size_t i = 0; i < sizeof alphabets / sizeof alphabets[0]; i++) {
        MU_ARENA_AUTO struct mu_arena arena;
        mu_arena_init(&arena, 1 << 20);
        struct mu_text_versions versions = {
            mu_slice_of(base, fill(base, MAX, &dice, alphabets[i])),
            mu_slice_of(theirs, fill(theirs, MAX - 1, &dice, alphabets[i])),
            mu_slice_of(mine, fill(mine, MAX - 2, &dice, alphabets[i])),
        };
        struct mu_text_merged merged = {0};
        assert_int_equal(mu_text_merge(&versions, MAX, &arena, &merged), MU_OK);
        assert_true(merged.text.len <= MAX);
    }
}

/* -- against an oracle: lines, each changed by at most one side ------------------ */

#define LINES 40

static char *put_line(char *at, char *end, int number, const char *mark)
{
    int len = snprintf(at, (size_t)(end - at), "line %d %s\n", number, mark);
    assert_true(len > 0 && len < end - at);
    return at + len;
}

static void test_text__disjoint_edits_always_merge(void **state)
{
    (void)state;
    struct mu_dice dice = {.state = 11};
    for (int round = 0; round < 500; round++) {
        char texts[4][LINES * 64]; /* base, theirs, mine, what must come of it */
        char *at[4];
        for (int i = 0; i < 4; i++) {
            at[i] = texts[i];
        }
        for (int line = 0; line < LINES; line++) {
            uint64_t who = mu_dice_below(&dice, 4);  /* 1 theirs, 2 mine */
            uint64_t what = mu_dice_below(&dice, 3); /* change, delete, add behind */
            for (unsigned i = 0; i < 4; i++) {
                char *end = texts[i] + sizeof texts[i];
                bool edited = (who == 1 && (i == 1 || i == 3)) || (who == 2 && i >= 2);
                if (!edited || what == 2) {
                    at[i] = put_line(at[i], end, line, "as it was");
                }
                if (edited && what != 1) {
                    at[i] = put_line(at[i], end, line, what == 0 ? "edited" : "added");
                }
            }
            /* A line that all keep, so that no two edits touch. */
            for (unsigned i = 0; i < 4; i++) {
                at[i] = put_line(at[i], texts[i] + sizeof texts[i], line, "between");
            }
        }
        MU_ARENA_AUTO struct mu_arena arena;
        mu_arena_init(&arena, 1 << 20);

        struct mu_text_merged merged = merge(&arena, texts[0], texts[1], texts[2]);

        assert_false(merged.overlap);
        assert_true(mu_slice_equal(merged.text, mu_slice_str(texts[3])));
    }
}

/* A merge that leaves nothing out is the same whoever is called theirs. */
static void test_text__clean_merges_do_not_depend_on_the_side(void **state)
{
    (void)state;
    struct mu_dice dice = {.state = 5};
    size_t clean = 0;
    for (int round = 0; round < 3000; round++) {
        char texts[3][64] = {{0}};
        size_t len = fill((uint8_t *)texts[0], 24, &dice, "ab \n.");
        for (int i = 1; i < 3; i++) {
            memcpy(texts[i], texts[0], len);
            for (uint64_t edits = mu_dice_below(&dice, 3); edits > 0; edits--) {
                texts[i][mu_dice_below(&dice, len)] = "xy \n-"[mu_dice_below(&dice, 5)];
            }
        }
        MU_ARENA_AUTO struct mu_arena arena;
        mu_arena_init(&arena, 1 << 20);

        struct mu_text_merged one = merge(&arena, texts[0], texts[1], texts[2]);
        struct mu_text_merged other = merge(&arena, texts[0], texts[2], texts[1]);

        assert_int_equal(one.overlap, other.overlap);
        if (!one.overlap) {
            clean++;
            assert_true(mu_slice_equal(one.text, other.text));
        }
    }
    assert_true(clean > 500);
}

/* -- the search beneath ------------------------------------------------------------ */

#define SHORT 14

/* The length of the longest common subsequence, by the book. */
static size_t longest_common(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len)
{
    size_t best[SHORT + 1][SHORT + 1] = {{0}};
    for (size_t i = 1; i <= a_len; i++) {
        for (size_t j = 1; j <= b_len; j++) {
            size_t skip = best[i - 1][j] > best[i][j - 1] ? best[i - 1][j] : best[i][j - 1];
            size_t take = best[i - 1][j - 1] + 1;
            best[i][j] = a[i - 1] == b[j - 1] && take > skip ? take : skip;
        }
    }
    return best[a_len][b_len];
}

static void test_diff__finds_as_much_in_common_as_there_is(void **state)
{
    (void)state;
    static int32_t work[MU_DIFF_WORK];
    struct mu_dice dice = {.state = 23};

    for (int round = 0; round < 20000; round++) {
        uint32_t a[SHORT];
        uint32_t b[SHORT];
        int32_t match[SHORT];
        struct mu_diff_side sides[2] = {{a, (size_t)mu_dice_below(&dice, SHORT + 1)},
                                        {b, (size_t)mu_dice_below(&dice, SHORT + 1)}};
        uint64_t letters = 1 + mu_dice_below(&dice, 4);
        for (size_t i = 0; i < SHORT; i++) {
            a[i] = (uint32_t)mu_dice_below(&dice, letters);
            b[i] = (uint32_t)mu_dice_below(&dice, letters);
        }
        mu_diff_match(sides[0], sides[1], work, match);
        size_t common = 0;
        int32_t last = MU_DIFF_NONE;
        for (size_t i = 0; i < sides[0].count; i++) {
            if (match[i] != MU_DIFF_NONE) {
                assert_true(match[i] > last && (size_t)match[i] < sides[1].count);
                assert_int_equal(a[i], b[match[i]]);
                last = match[i];
                common++;
            }
        }
        assert_int_equal(common, longest_common(a, sides[0].count, b, sides[1].count));
    }
}

static void test_diff__what_differs_too_much_differs_wholly(void **state)
{
    (void)state;
    static int32_t work[MU_DIFF_WORK];
    static uint32_t a[MU_DIFF_MOST];
    static uint32_t b[MU_DIFF_MOST];
    static int32_t match[MU_DIFF_MOST];
    for (int past = 0; past < 2; past++) { /* as many steps as there may be; two more */
        size_t apart = MU_DIFF_MOST / 2 + (size_t)past;
        size_t count = apart + 3; /* with the front, the back and one between */
        for (size_t i = 0; i < count; i++) {
            a[i] = 1000 + (uint32_t)i;
            b[i] = 2000 + (uint32_t)i;
        }
        a[0] = b[0] = 1;
        a[count / 2] = b[count / 2] = 2;
        a[count - 1] = b[count - 1] = 3;

        mu_diff_match((struct mu_diff_side){a, count}, (struct mu_diff_side){b, count}, work,
                      match);

        assert_int_equal(match[0], 0);
        assert_int_equal(match[count - 1], (int32_t)count - 1);
        assert_int_equal(match[count / 2], past == 0 ? (int32_t)count / 2 : MU_DIFF_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text__merges_by_line_then_by_word),
        cmocka_unit_test(test_text__what_grows_past_the_limit_is_theirs),
        cmocka_unit_test(test_text__a_full_arena_is_told),
        cmocka_unit_test(test_text__the_worst_texts_end_in_good_time),
        cmocka_unit_test(test_text__disjoint_edits_always_merge),
        cmocka_unit_test(test_diff__finds_as_much_in_common_as_there_is),
        cmocka_unit_test(test_diff__what_differs_too_much_differs_wholly),
        cmocka_unit_test(test_text__clean_merges_do_not_depend_on_the_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
