/* Ids and chain are derived alike by every device that ever ran: not one bit may move. */
#include "tests/unit/seal_fixture.h"

#include "common/seal/hash.h"
#include "common/seal/secret.h"

static void test_hash__has_its_golden_bytes_whole_and_in_pieces(void **state)
{
    (void)state;
    struct mu_hash key;
    count_up(0, key.bytes, sizeof key.bytes);
    struct mu_hash whole;
    struct mu_hash keyed;
    struct mu_hash pieces;
    struct mu_hasher hasher;

    mu_hash_of(mu_slice_str("abc"), &whole);
    mu_hash_keyed(&key, mu_slice_str("abc"), &keyed);
    mu_hasher_init(&hasher, NULL);
    mu_hasher_add(&hasher, mu_slice_str("a"));
    mu_hasher_add(&hasher, (struct mu_slice){0});
    mu_hasher_add(&hasher, mu_slice_str("bc"));
    mu_hasher_end(&hasher, &pieces);

    assert_hex(mu_hash_view(&whole), GOLDEN_HASH_ABC);
    assert_hex(mu_hash_view(&keyed), GOLDEN_HASH_KEYED);
    assert_true(mu_hash_equal(whole, pieces));

    mu_hasher_init(&hasher, &key);
    mu_hasher_add(&hasher, mu_slice_str("abc"));
    mu_hasher_end(&hasher, &pieces);
    assert_true(mu_hash_equal(keyed, pieces));
}

static void test_id_derive__has_its_golden_bytes_and_the_shape_of_a_uuid_v8(void **state)
{
    (void)state;
    struct mu_id schedule = id_from(1);
    const struct mu_slice parts[] = {mu_id_view(&schedule), mu_slice_str("2026-10-05")};

    struct mu_id id = mu_id_derive("checkin", parts, 2);

    assert_hex(mu_id_view(&id), GOLDEN_DERIVED);
    assert_int_equal(id.bytes[6] >> 4, 8);
    assert_int_equal(id.bytes[8] >> 6, 2);
}

static void test_id_derive__keeps_labels_and_the_borders_of_parts_apart(void **state)
{
    (void)state;
    const struct mu_slice ab_c[] = {mu_slice_str("ab"), mu_slice_str("c")};
    const struct mu_slice a_bc[] = {mu_slice_str("a"), mu_slice_str("bc")};
    const struct mu_slice abc[] = {mu_slice_str("abc"), mu_slice_str("")};
    struct mu_id ids[] = {
        mu_id_derive("x", ab_c, 2), mu_id_derive("x", a_bc, 2), mu_id_derive("x", abc, 2),
        mu_id_derive("x", abc, 1),  mu_id_derive("y", ab_c, 2), mu_id_derive("xab", ab_c + 1, 1),
        mu_id_derive("x", NULL, 0), mu_id_derive("", ab_c, 2),
    };

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_false(mu_id_equal(ids[i], ids[k]));
        }
    }
    assert_true(mu_id_equal(ids[0], mu_id_derive("x", ab_c, 2)));
}

static void test_chain__has_its_golden_bytes_and_hangs_on_each_input(void **state)
{
    (void)state;
    struct mu_hash zero = {0};
    struct mu_hash first;
    struct mu_hash second;
    mu_hash_of(mu_slice_str("first"), &first);
    mu_hash_of(mu_slice_str("second"), &second);

    struct mu_hash one = mu_chain_next(zero, 1, first);
    struct mu_hash two = mu_chain_next(one, 2, second);

    assert_hex(mu_hash_view(&one), GOLDEN_CHAIN_1);
    assert_hex(mu_hash_view(&two), GOLDEN_CHAIN_2);
    assert_false(mu_hash_equal(two, mu_chain_next(zero, 2, second)));
    assert_false(mu_hash_equal(two, mu_chain_next(one, 3, second)));
    assert_false(mu_hash_equal(two, mu_chain_next(one, 2, first)));
}

static void test_secret__wiping_and_comparing(void **state)
{
    (void)state;
    uint8_t a[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    uint8_t b[8] = {1, 2, 3, 4, 5, 6, 7, 9};
    static const uint8_t zeros[8] = {0};

    assert_false(mu_secret_equal(a, b, 8));
    assert_true(mu_secret_equal(a, b, 7));
    assert_true(mu_secret_equal(NULL, NULL, 0));
    mu_wipe(a, sizeof a);
    mu_wipe(NULL, 0);
    assert_memory_equal(a, zeros, sizeof a);

    struct mu_buf buf;
    mu_buf_init(&buf, 16);
    assert_int_equal(mu_buf_append(&buf, b, sizeof b), MU_OK);
    mu_wipe_buf(&buf);
    assert_null(buf.data);
    assert_int_equal(buf.cap, 0);
}

static int start(void **state)
{
    (void)state;
    return mu_seal_start() == MU_OK && mu_seal_start() == MU_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash__has_its_golden_bytes_whole_and_in_pieces),
        cmocka_unit_test(test_id_derive__has_its_golden_bytes_and_the_shape_of_a_uuid_v8),
        cmocka_unit_test(test_id_derive__keeps_labels_and_the_borders_of_parts_apart),
        cmocka_unit_test(test_chain__has_its_golden_bytes_and_hangs_on_each_input),
        cmocka_unit_test(test_secret__wiping_and_comparing),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
