/* A sealed text is sent once and only ever gains copies: nothing that anybody asks takes one
 * away, and who has no part in it adds none. */
#include <string.h>

#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

struct copy {
    uint8_t bytes[64];
    size_t len;
};

/* version, key of one repeated byte, length, that many bytes */
static struct copy copy_for(uint8_t key, uint8_t len)
{
    struct copy copy = {.bytes = {1}, .len = 37 + (size_t)len};
    memset(copy.bytes + 1, key, 32);
    copy.bytes[36] = len;
    memset(copy.bytes + 37, key ^ 0x55, len);
    return copy;
}

static void with_copies(struct stage *s, const struct copy *copies, size_t count)
{
    uint8_t bytes[512];
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        assert_in_range(len + copies[i].len, 1, sizeof bytes);
        memcpy(bytes + len, copies[i].bytes, copies[i].len);
        len += copies[i].len;
    }
    with(s, MU_SEALED_BYTES, mu_bytes(mu_slice_of(bytes, len)));
}

static void ask_send(struct stage *s, struct mu_id row, const struct copy *copies, size_t count)
{
    begin(s, MU_INTENT_SEALED_SEND);
    op(s, MU_SEALED, row);
    with_id(s, MU_SEALED_TO, s->people[KOFI]);
    with_copies(s, copies, count);
}

static struct mu_id sent(struct stage *s, const struct copy *copies, size_t count)
{
    struct mu_id row = stage_id(s);
    ask_send(s, row, copies, count);
    agreed(s, MIA);
    return row;
}

static void ask_copy(struct stage *s, struct mu_id row, const struct copy *copies, size_t count)
{
    begin(s, MU_INTENT_SEALED_COPY);
    op(s, MU_SEALED, row);
    with_copies(s, copies, count);
}

static void assert_copies(struct stage *s, struct mu_id row, const struct copy *copies,
                          size_t count)
{
    struct mu_slice bytes = mu_row_text(stage_row(s, MU_SEALED, row), MU_SEALED_BYTES);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        assert_in_range(copies[i].len, 1, bytes.len - at);
        assert_memory_equal(bytes.data + at, copies[i].bytes, copies[i].len);
        at += copies[i].len;
    }
    assert_int_equal(at, bytes.len);
}

static void test_sealed__who_wrote_it_is_the_author(void **state)
{
    struct stage *s = *state;
    struct copy copies[2] = {copy_for(1, 3), copy_for(2, 4)};

    struct mu_id row = sent(s, copies, 2);

    assert_id(got_id(s, MU_SEALED, row, MU_SEALED_FROM), s->people[MIA]);
    assert_id(got_id(s, MU_SEALED, row, MU_SEALED_FROM_DEVICE), s->devices[MIA]);
    assert_id(got_id(s, MU_SEALED, row, MU_SEALED_TO), s->people[KOFI]);
    assert_true(got_int(s, MU_SEALED, row, MU_SEALED_CREATED_AT) > 0);
    assert_copies(s, row, copies, 2);
}

static void test_sealed__is_refused_when_it_is_no_run_of_copies(void **state)
{
    struct stage *s = *state;
    struct copy copies[2] = {copy_for(1, 3), copy_for(1, 4)};

    ask_send(s, stage_id(s), copies, 2); /* one key twice */
    refused(s, MIA, MU_E_INVALID);
    copies[1] = copy_for(2, 4);
    copies[1].len--; /* cut off */
    ask_send(s, stage_id(s), copies, 2);
    refused(s, MIA, MU_E_INVALID);
    copies[1] = copy_for(2, 4);
    copies[1].bytes[33] = 0xff; /* longer than everything */
    ask_send(s, stage_id(s), copies, 2);
    refused(s, MIA, MU_E_INVALID);
    copies[1] = copy_for(2, 4);
    copies[1].bytes[0] = 0;
    ask_send(s, stage_id(s), copies, 2);
    refused(s, MIA, MU_E_INVALID);
    begin(s, MU_INTENT_SEALED_SEND); /* nothing at all */
    op(s, MU_SEALED, stage_id(s));
    with_id(s, MU_SEALED_TO, s->people[KOFI]);
    refused(s, MIA, MU_E_INVALID);
    ask_send(s, stage_id(s), copies, 1); /* in another's name */
    with_id(s, MU_SEALED_FROM, s->people[ANA]);
    refused(s, MIA, MU_E_DENIED);
}

static void test_sealed__is_sent_once(void **state)
{
    struct stage *s = *state;
    struct copy copies[2] = {copy_for(1, 3), copy_for(2, 4)};
    struct mu_id row = sent(s, copies, 2);

    ask_send(s, row, copies, 1);
    refused(s, MIA, MU_E_EXISTS);

    assert_copies(s, row, copies, 2);
}

static void test_sealed__copies_are_put_behind_whatever_was_seen(void **state)
{
    struct stage *s = *state;
    struct copy copies[4] = {copy_for(1, 3), copy_for(2, 4), copy_for(3, 5), copy_for(4, 6)};
    struct mu_id row = sent(s, copies, 2);
    uint64_t seen = s->seq;

    ask_copy(s, row, &copies[2], 1);
    agreed(s, KOFI);
    ask_copy(s, row, &copies[3], 1);
    s->base_seq = seen; /* did not see the third */
    agreed(s, MIA);

    assert_copies(s, row, copies, 4);
}

static void test_sealed__a_copy_that_is_there_stays_as_it_is(void **state)
{
    struct stage *s = *state;
    struct copy copies[3] = {copy_for(1, 3), copy_for(2, 4), copy_for(3, 5)};
    struct copy others[2] = {copy_for(2, 9), copy_for(3, 5)};
    struct mu_id row = sent(s, copies, 2);

    ask_copy(s, row, others, 2);
    agreed(s, KOFI);
    ask_copy(s, row, others, 2);
    assert_int_equal(say(s, MIA).effect_count, 0);

    assert_copies(s, row, copies, 3);
}

static void test_sealed__others_add_nothing(void **state)
{
    struct stage *s = *state;
    struct copy copies[2] = {copy_for(1, 3), copy_for(2, 4)};
    struct mu_id row = sent(s, copies, 1);

    ask_copy(s, row, &copies[1], 1);
    refused(s, ANA, MU_E_DENIED);
    copies[1].len--;
    ask_copy(s, row, &copies[1], 1);
    refused(s, KOFI, MU_E_INVALID);
    copies[1].len++;
    ask_copy(s, stage_id(s), &copies[1], 1);
    refused(s, KOFI, MU_E_NOT_FOUND);

    assert_copies(s, row, copies, 1);
}

static void test_sealed__has_room_for_so_many_and_no_more(void **state)
{
    struct stage *s = *state;
    struct copy copy = copy_for(0, 1);
    struct mu_id row = sent(s, &copy, 1);

    for (uint8_t key = 1; key < MU_SEALED_COPY_COUNT; key++) {
        copy = copy_for(key, 1);
        ask_copy(s, row, &copy, 1);
        agreed(s, KOFI);
    }
    copy = copy_for(MU_SEALED_COPY_COUNT, 1);
    ask_copy(s, row, &copy, 1);
    refused(s, KOFI, MU_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_sealed__who_wrote_it_is_the_author),
        STAGED(test_sealed__is_refused_when_it_is_no_run_of_copies),
        STAGED(test_sealed__is_sent_once),
        STAGED(test_sealed__copies_are_put_behind_whatever_was_seen),
        STAGED(test_sealed__a_copy_that_is_there_stays_as_it_is),
        STAGED(test_sealed__others_add_nothing),
        STAGED(test_sealed__has_room_for_so_many_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
