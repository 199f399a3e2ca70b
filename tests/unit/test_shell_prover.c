/* An answer given to the wrong proof would let a forgery into the log: whoever checks it, each
 * proof has its own answer, and all are answered when the call returns. */
#include "tests/harness/cmocka.h"

#include "common/seal/secret.h"
#include "common/seal/sign.h"
#include "common/wire/mutation.h"
#include "server/shell/prover.h"

#define MANY   130
#define ROUNDS 20

struct proofs {
    struct mu_device_keys keys;
    uint8_t bytes[MANY][8];
    uint8_t signatures[MANY][MU_SIGN_LEN];
    struct mu_server_proof items[MANY];
};

/* Every third is signed for something else. */
static bool is_forged(size_t i)
{
    return i % 3 == 1;
}

static void make(struct proofs *proofs)
{
    static const uint8_t seed[MU_SEED_LEN] = {7};
    assert_int_equal(mu_seal_start(), MU_OK);
    mu_device_keys_make(seed, &proofs->keys);
    for (size_t i = 0; i < MANY; i++) {
        memset(proofs->bytes[i], (int)i, sizeof proofs->bytes[i]);
        struct mu_slice bytes = mu_slice_of(proofs->bytes[i], sizeof proofs->bytes[i]);
        mu_sign(&proofs->keys, MU_SIGN_MUTATION, bytes, proofs->signatures[i]);
        if (is_forged(i)) {
            proofs->bytes[i][0] ^= 0x80;
        }
        proofs->items[i] =
            (struct mu_server_proof){.sign_key = proofs->keys.public.sign,
                                     .bytes = bytes,
                                     .signature = mu_slice_of(proofs->signatures[i], MU_SIGN_LEN)};
    }
}

static void assert_answered(struct proofs *proofs, struct mu_prover *prover, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        proofs->items[i].good = is_forged(i);
    }
    mu_prover_prove(prover, proofs->items, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(proofs->items[i].good, !is_forged(i));
    }
}

static void test_prover__gives_each_proof_its_own_answer(void **state)
{
    (void)state;
    static struct proofs proofs;
    struct mu_prover prover;
    make(&proofs);
    mu_prover_start(&prover);

    for (size_t round = 0; round < ROUNDS; round++) {
        assert_answered(&proofs, &prover, 1 + round * 7 % MANY);
    }
    assert_answered(&proofs, &prover, MANY);
    assert_answered(&proofs, &prover, 0);

    mu_prover_stop(&prover);
    mu_device_keys_deinit(&proofs.keys);
}

static void test_prover__needs_no_helpers(void **state)
{
    (void)state;
    static struct proofs proofs;
    struct mu_prover prover;
    make(&proofs);
    mu_prover_start(&prover);
    struct mu_prover alone = prover;
    mu_prover_stop(&prover);
    alone.thread_count = 0;
    assert_int_equal(pthread_mutex_init(&alone.mutex, NULL), 0);
    assert_int_equal(pthread_cond_init(&alone.wake, NULL), 0);
    assert_int_equal(pthread_cond_init(&alone.done, NULL), 0);

    assert_answered(&proofs, &alone, MANY);

    mu_prover_stop(&alone);
    mu_device_keys_deinit(&proofs.keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prover__gives_each_proof_its_own_answer),
        cmocka_unit_test(test_prover__needs_no_helpers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
