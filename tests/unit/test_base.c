/* Buffers keep their ceiling, readers their end, ids their bits: everything above trusts these. */
#include "tests/harness/cmocka.h"

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/id.h"
#include "common/base/reader.h"
#include "common/base/utf8.h"

static void test_buf__refuses_to_pass_its_ceiling_and_keeps_its_content(void **state)
{
    (void)state;
    MU_BUF_AUTO struct mu_buf buf;
    mu_buf_init(&buf, 4);

    assert_int_equal(mu_buf_append(&buf, "abcd", 4), MU_OK);
    assert_int_equal(mu_buf_append(&buf, "e", 1), MU_E_LIMIT);

    assert_int_equal(buf.len, 4);
    assert_memory_equal(buf.data, "abcd", 4);
}

static void test_reader__reads_back_what_the_writers_wrote(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 1, -1, 63, 64, -65, 300, INT64_MAX, INT64_MIN};
    MU_BUF_AUTO struct mu_buf buf;
    mu_buf_init(&buf, 1024);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_int_equal(mu_buf_append_svarint(&buf, values[i]), MU_OK);
        assert_int_equal(mu_buf_append_varint(&buf, (uint64_t)values[i]), MU_OK);
    }
    assert_int_equal(mu_buf_append_block(&buf, mu_slice_str("tail")), MU_OK);

    struct mu_reader reader = mu_reader_of(mu_buf_view(&buf));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_true(mu_reader_svarint(&reader) == values[i]);
        assert_true(mu_reader_varint(&reader) == (uint64_t)values[i]);
    }
    assert_true(mu_slice_equal(mu_reader_block(&reader, 4), mu_slice_str("tail")));
    assert_true(mu_reader_at_end(&reader));
}

static void test_reader__refuses_padded_overlong_and_cut_varints(void **state)
{
    (void)state;
    static const uint8_t padded[] = {0x80, 0x00};
    static const uint8_t huge[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
    static const uint8_t cut[] = {0xff};
    static const struct mu_slice bad[] = {{padded, 2}, {huge, 10}, {cut, 1}, {NULL, 0}};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mu_reader reader = mu_reader_of(bad[i]);
        assert_true(mu_reader_varint(&reader) == 0);
        assert_false(mu_reader_ok(&reader));
    }
}

static void test_arena__stops_at_its_ceiling_and_is_usable_after_clear(void **state)
{
    (void)state;
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, 40000);

    assert_non_null(mu_arena_alloc(&arena, 30000));
    assert_null(mu_arena_alloc(&arena, 20000));
    assert_null(mu_arena_array(&arena, SIZE_MAX / 2, 3));
    mu_arena_clear(&arena);

    assert_non_null(mu_arena_alloc(&arena, 20000));
}

static void test_id__text_and_key_round_trip(void **state)
{
    (void)state;
    static const uint8_t entropy[MU_ENTROPY_LEN] = {1, 2, 255, 4, 5, 6, 7, 8, 9, 10};
    struct mu_id id = mu_id_make(0x0123456789ab, entropy);
    char text[MU_ID_TEXT_LEN + 1];
    mu_id_text(id, text);

    struct mu_id back;
    assert_string_equal(text, "01234567-89ab-7102-bf04-05060708090a");
    assert_true(mu_id_parse(mu_slice_str(text), &back));
    assert_true(mu_id_equal(id, back));
    assert_int_equal(mu_id_bucket(id), mu_id_key(id) >> 54);
    assert_false(mu_id_parse(mu_slice_str("01234567-89ab-7102-bf04-05060708090"), &back));
}

static void test_utf8__accepts_shortest_forms_only(void **state)
{
    (void)state;
    assert_true(mu_utf8_valid(mu_slice_str("Gr\xc3\xbc\xc3\x9f \xe6\x9d\xb1 \xf0\x9f\x9a\x80")));
    assert_false(mu_utf8_valid(mu_slice_of("a\0b", 3)));
    assert_false(mu_utf8_valid(mu_slice_str("\xc0\xaf")));
    assert_false(mu_utf8_valid(mu_slice_str("\xed\xa0\x80")));
    assert_false(mu_utf8_valid(mu_slice_str("\xf4\x90\x80\x80")));
    assert_false(mu_utf8_valid(mu_slice_str("\xe6\x9d")));
    assert_int_equal(mu_utf8_cut(mu_slice_str("\xe6\x9d\xb1"), 2).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buf__refuses_to_pass_its_ceiling_and_keeps_its_content),
        cmocka_unit_test(test_reader__reads_back_what_the_writers_wrote),
        cmocka_unit_test(test_reader__refuses_padded_overlong_and_cut_varints),
        cmocka_unit_test(test_arena__stops_at_its_ceiling_and_is_usable_after_clear),
        cmocka_unit_test(test_id__text_and_key_round_trip),
        cmocka_unit_test(test_utf8__accepts_shortest_forms_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
