/* What goes into the wire comes out of it: every kind of message, mutations and
 * changes, with contents thrown by dice.  Bytes are the same each time they are
 * made, and damaged bytes are an error, never a crash. */
#include "tests/harness/cmocka.h"

#include <stdlib.h>

#include "common/wire/peek.h"
#include "tests/harness/dice.h"
#include "tests/harness/wire_codec.h"
#include "tests/harness/wire_make.h"

#define ARENA_MAX ((size_t)32 * 1024 * 1024)
#define ROUNDS    40

#define CODEC_COUNT ((size_t)21)

struct trial {
    struct mu_arena arena;
    struct mu_buf bytes;
    struct mu_buf text;
    struct mu_buf again;
    struct mu_error err;
};

static void trial_init(struct trial *trial)
{
    mu_arena_init(&trial->arena, ARENA_MAX);
    mu_buf_init(&trial->bytes, MU_MESSAGE_MAX);
    mu_buf_init(&trial->text, ARENA_MAX);
    mu_buf_init(&trial->again, ARENA_MAX);
    assert_null(mu_wire_codec_at(CODEC_COUNT));
}

static void trial_deinit(struct trial *trial)
{
    mu_arena_deinit(&trial->arena);
    mu_buf_deinit(&trial->bytes);
    mu_buf_deinit(&trial->text);
    mu_buf_deinit(&trial->again);
}

static void trial_make(struct trial *trial, const struct mu_wire_codec *codec, uint64_t seed)
{
    struct mu_dice dice = {.state = seed};
    mu_arena_clear(&trial->arena);
    mu_buf_clear(&trial->bytes);
    mu_buf_clear(&trial->text);
    mu_wire_codec_make(codec, &dice, &trial->arena, &trial->bytes, &trial->text);
}

/* A copy of exactly len bytes on the heap, so that the sanitizer sees a step past the end. */
static uint8_t *exact(struct mu_slice bytes, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    if (len > 0) {
        memcpy(copy, bytes.data, len);
    }
    return copy;
}

static void assert_texts_equal(const struct trial *trial, const char *name)
{
    if (!mu_slice_equal(mu_buf_view(&trial->text), mu_buf_view(&trial->again))) {
        fail_msg("%s came back different:\n%.*s\nwas:\n%.*s", name, (int)trial->again.len,
                 (const char *)trial->again.data, (int)trial->text.len,
                 (const char *)trial->text.data);
    }
}

static void test_wire__what_was_written_is_read(void **state)
{
    (void)state;
    struct trial trial;
    trial_init(&trial);

    for (uint64_t seed = 0; seed < CODEC_COUNT * ROUNDS; seed++) {
        const struct mu_wire_codec *codec = mu_wire_codec_at(seed % CODEC_COUNT);
        trial_make(&trial, codec, seed);
        mu_buf_clear(&trial.again);
        enum mu_status status = mu_wire_codec_read(codec, mu_buf_view(&trial.bytes), &trial.arena,
                                                   &trial.again, NULL, &trial.err);
        if (status != MU_OK) {
            fail_msg("%s: %s", mu_wire_codec_name(codec), trial.err.text);
        }
        assert_texts_equal(&trial, mu_wire_codec_name(codec));
    }

    trial_deinit(&trial);
}

static void test_wire__the_same_record_gives_the_same_bytes(void **state)
{
    (void)state;
    struct trial first;
    struct trial second;
    trial_init(&first);
    trial_init(&second);

    for (uint64_t seed = 0; seed < CODEC_COUNT * 4; seed++) {
        trial_make(&first, mu_wire_codec_at(seed % CODEC_COUNT), seed);
        trial_make(&second, mu_wire_codec_at(seed % CODEC_COUNT), seed);
        assert_true(mu_slice_equal(mu_buf_view(&first.bytes), mu_buf_view(&second.bytes)));
    }

    trial_deinit(&first);
    trial_deinit(&second);
}

static void test_wire__a_record_cut_at_any_byte_never_crashes(void **state)
{
    (void)state;
    struct trial trial;
    trial_init(&trial);

    for (uint64_t i = 0; i < CODEC_COUNT; i++) {
        const struct mu_wire_codec *codec = mu_wire_codec_at(i);
        trial_make(&trial, codec, i);
        size_t whole = trial.bytes.len;
        for (size_t len = 0; len < whole; len++) {
            mu_arena_clear(&trial.arena);
            mu_buf_clear(&trial.again);
            trial.err = (struct mu_error){0};
            uint8_t *cut = exact(mu_buf_view(&trial.bytes), len);
            enum mu_status status = mu_wire_codec_read(codec, mu_slice_of(cut, len), &trial.arena,
                                                       &trial.again, NULL, &trial.err);
            if (status != MU_OK) {
                assert_int_equal(status, trial.err.status);
                assert_int_not_equal(status, MU_E_NOMEM);
                assert_true(strlen(trial.err.text) > 0);
            }
            free(cut);
        }
    }

    trial_deinit(&trial);
}

static void test_wire__a_record_with_a_bit_flipped_never_crashes(void **state)
{
    (void)state;
    struct trial trial;
    trial_init(&trial);

    for (uint64_t i = 0; i < CODEC_COUNT; i++) {
        const struct mu_wire_codec *codec = mu_wire_codec_at(i);
        trial_make(&trial, codec, i + CODEC_COUNT);
        size_t len = trial.bytes.len;
        size_t step = len > 2000 ? 7 : 1; /* bits; all of them where it is cheap */
        uint8_t *copy = exact(mu_buf_view(&trial.bytes), len);
        for (size_t bit = 0; bit < len * 8; bit += step) {
            mu_arena_clear(&trial.arena);
            mu_buf_clear(&trial.again);
            copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
            enum mu_status status = mu_wire_codec_read(codec, mu_slice_of(copy, len), &trial.arena,
                                                       &trial.again, NULL, &trial.err);
            assert_int_not_equal(status, MU_E_NOMEM);
            copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        free(copy);
    }

    trial_deinit(&trial);
}

/* With an arena of every size from none to enough, decoding says so or succeeds. */
static void test_wire__decoding_without_memory_says_so(void **state)
{
    (void)state;
    struct trial trial;
    trial_init(&trial);

    for (uint64_t i = 0; i < CODEC_COUNT; i++) {
        const struct mu_wire_codec *codec = mu_wire_codec_at(i);
        trial_make(&trial, codec, i);
        enum mu_status status = MU_E_NOMEM;
        for (size_t max = 0; status != MU_OK; max += 16) {
            MU_ARENA_AUTO struct mu_arena arena;
            mu_arena_init(&arena, max);
            mu_buf_clear(&trial.again);
            trial.err = (struct mu_error){0};
            status = mu_wire_codec_read(codec, mu_buf_view(&trial.bytes), &arena, &trial.again,
                                        NULL, &trial.err);
            if (status != MU_OK) {
                assert_int_equal(status, MU_E_NOMEM);
                assert_int_equal(trial.err.status, MU_E_NOMEM);
                assert_int_equal(trial.again.len, 0);
            }
        }
        assert_texts_equal(&trial, mu_wire_codec_name(codec));
    }

    trial_deinit(&trial);
}

/* The same for encoding: into every ceiling of the buffer, from every size of arena. */
static void test_wire__encoding_without_room_leaves_the_buffer_as_it_was(void **state)
{
    (void)state;
    MU_ARENA_AUTO struct mu_arena records;
    mu_arena_init(&records, ARENA_MAX);
    MU_BUF_AUTO struct mu_buf whole;
    mu_buf_init(&whole, MU_MESSAGE_MAX);

    for (int kind = MU_MSG_HELLO; kind <= MU_MSG_LINKS; kind++) {
        struct mu_dice dice = {.state = (uint64_t)kind};
        struct mu_message message =
            mu_wire_make_message((enum mu_message_kind)kind, &dice, &records);
        mu_buf_clear(&whole);
        assert_int_equal(mu_message_encode(&message, &records, &whole), MU_OK);
        size_t needed = whole.len;
        for (size_t max = 0; max < needed + 2; max += 1 + max / 16) {
            MU_BUF_AUTO struct mu_buf out;
            mu_buf_init(&out, max + 2);
            assert_int_equal(mu_buf_append_str(&out, "ab"), MU_OK);
            enum mu_status status = mu_message_encode(&message, &records, &out);
            assert_int_equal(status, max < needed ? MU_E_LIMIT : MU_OK);
            assert_int_equal(out.len, max < needed ? 2 : needed + 2);
            assert_memory_equal(out.data, "ab", 2);
        }
        enum mu_status status = MU_E_NOMEM;
        for (size_t max = 0; status != MU_OK; max += 16) {
            MU_ARENA_AUTO struct mu_arena arena;
            mu_arena_init(&arena, max);
            mu_buf_clear(&whole);
            status = mu_message_encode(&message, &arena, &whole);
            assert_true(status == MU_OK || (status == MU_E_NOMEM && whole.len == 0));
        }
    }
}

static void test_wire__a_kind_is_told_by_the_first_byte(void **state)
{
    (void)state;
    struct mu_ack ack = {.kind = MU_ACK_APPLIED, .number = 1, .seq = 1};
    const struct mu_message messages[] = {
        {.kind = MU_MSG_PUSHACK, .pushack = {.items = &ack, .count = 1}},
        {.kind = MU_MSG_CREDIT, .credit = {.bytes = 1}},
        {.kind = MU_MSG_PING},
        {.kind = MU_MSG_ERROR, .error = {.code = 1}},
    };
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        MU_ARENA_AUTO struct mu_arena arena;
        MU_BUF_AUTO struct mu_buf bytes;
        mu_arena_init(&arena, ARENA_MAX);
        mu_buf_init(&bytes, MU_MESSAGE_MAX);
        assert_int_equal(mu_message_encode(&messages[i], &arena, &bytes), MU_OK);
        for (int kind = MU_MSG_HELLO; kind <= MU_MSG_PING; kind++) {
            assert_int_equal(mu_message_begins(mu_buf_view(&bytes), (enum mu_message_kind)kind),
                             kind == (int)messages[i].kind);
        }
    }
    assert_false(mu_message_begins((struct mu_slice){0}, MU_MSG_PUSHACK));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire__what_was_written_is_read),
        cmocka_unit_test(test_wire__the_same_record_gives_the_same_bytes),
        cmocka_unit_test(test_wire__a_record_cut_at_any_byte_never_crashes),
        cmocka_unit_test(test_wire__a_record_with_a_bit_flipped_never_crashes),
        cmocka_unit_test(test_wire__decoding_without_memory_says_so),
        cmocka_unit_test(test_wire__a_kind_is_told_by_the_first_byte),
        cmocka_unit_test(test_wire__encoding_without_room_leaves_the_buffer_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
