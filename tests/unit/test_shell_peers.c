/* A message delivered to the wrong connection would be somebody else's board: whatever comes and
 * goes, a number, a routing id and a descriptor must name the same peer. */
#include "tests/harness/cmocka.h"

#include <stdlib.h>

#include "server/shell/peers.h"

static struct mu_peer *add(struct mu_peers *peers, uint32_t routing, uint8_t key_byte)
{
    uint8_t key[32];
    struct mu_peer *peer = NULL;
    memset(key, key_byte, sizeof key);
    assert_int_equal(mu_peers_add(peers, routing, key, &peer), MU_OK);
    return peer;
}

static void test_shell_peers__are_found_by_all_their_names(void **state)
{
    (void)state;
    struct mu_peers peers;
    mu_peers_init(&peers);
    assert_null(mu_peers_by_routing(&peers, 1));
    assert_null(mu_peers_by_fd(&peers, 5));
    assert_null(mu_peers_by_conn(&peers, (struct mu_conn){.number = 3}));

    struct mu_peer *peer = add(&peers, 77, 1);
    assert_int_equal(mu_peers_set_fd(&peers, peer, 5), MU_OK);

    assert_ptr_equal(mu_peers_by_routing(&peers, 77), peer);
    assert_ptr_equal(mu_peers_by_fd(&peers, 5), peer);
    assert_ptr_equal(mu_peers_by_conn(&peers, peer->conn), peer);
    assert_null(mu_peers_by_fd(&peers, 6));
    assert_null(mu_peers_by_routing(&peers, 78));
    mu_peers_deinit(&peers);
}

static void test_shell_peers__numbers_are_never_used_again(void **state)
{
    (void)state;
    struct mu_peers peers;
    struct mu_conn first;
    struct mu_conn told;
    mu_peers_init(&peers);
    first = add(&peers, 1, 1)->conn;
    mu_peers_gone(&peers, mu_peers_by_conn(&peers, first));
    assert_true(mu_peers_take_gone(&peers, &told));
    assert_int_equal(told.number, first.number);

    struct mu_peer *second = add(&peers, 1, 1);

    assert_int_not_equal(second->conn.number, first.number);
    assert_null(mu_peers_by_conn(&peers, first));
    mu_peers_deinit(&peers);
}

static void test_shell_peers__who_is_gone_is_told_once_and_found_by_number_till_then(void **state)
{
    (void)state;
    struct mu_peers peers;
    struct mu_conn told;
    mu_peers_init(&peers);
    struct mu_peer *peer = add(&peers, 1, 1);
    assert_int_equal(mu_peers_set_fd(&peers, peer, 9), MU_OK);
    struct mu_conn conn = peer->conn;

    mu_peers_gone(&peers, peer);
    mu_peers_gone(&peers, peer);

    assert_null(mu_peers_by_routing(&peers, 1));
    assert_null(mu_peers_by_fd(&peers, 9));
    assert_true(mu_peers_by_conn(&peers, conn)->gone);
    assert_true(mu_peers_take_gone(&peers, &told));
    assert_int_equal(told.number, conn.number);
    assert_false(mu_peers_take_gone(&peers, &told));
    assert_null(mu_peers_by_conn(&peers, conn));
    mu_peers_deinit(&peers);
}

static void test_shell_peers__a_reused_descriptor_means_that_its_owner_left(void **state)
{
    (void)state;
    struct mu_peers peers;
    struct mu_conn told;
    mu_peers_init(&peers);
    struct mu_conn before = add(&peers, 1, 1)->conn;
    assert_int_equal(mu_peers_set_fd(&peers, mu_peers_by_conn(&peers, before), 9), MU_OK);
    struct mu_conn after = add(&peers, 2, 2)->conn;

    assert_int_equal(mu_peers_set_fd(&peers, mu_peers_by_conn(&peers, after), 9), MU_OK);

    assert_int_equal(mu_peers_by_fd(&peers, 9)->conn.number, after.number);
    assert_true(mu_peers_take_gone(&peers, &told));
    assert_int_equal(told.number, before.number);
    mu_peers_deinit(&peers);
}

/* Against a plain list, through thousands of comings and goings with routing ids that collide. */
static void test_shell_peers__agree_with_a_plain_list(void **state)
{
    (void)state;
    enum { ROUTES = 300, STEPS = 60000 };
    struct mu_conn model[ROUTES] = {{0}};
    struct mu_peers peers;
    unsigned random = 12345;
    mu_peers_init(&peers);

    for (int step = 0; step < STEPS; step++) {
        random = random * 1103515245U + 12345U;
        uint32_t which = (random >> 8) % ROUTES;
        uint32_t routing = which * 65536; /* their low bits are alike */
        if (model[which].number == 0) {
            model[which] = add(&peers, routing, (uint8_t)which)->conn;
        } else if (random >> 31 != 0) {
            struct mu_conn told;
            mu_peers_gone(&peers, mu_peers_by_routing(&peers, routing));
            assert_true(mu_peers_take_gone(&peers, &told));
            assert_int_equal(told.number, model[which].number);
            model[which].number = 0;
        }
        uint32_t look = (random >> 16) % ROUTES;
        struct mu_peer *found = mu_peers_by_routing(&peers, look * 65536);
        if (model[look].number == 0) {
            assert_null(found);
        } else {
            assert_non_null(found);
            assert_int_equal(found->conn.number, model[look].number);
            assert_int_equal(found->curve_key[0], (uint8_t)look);
        }
    }
    mu_peers_deinit(&peers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shell_peers__are_found_by_all_their_names),
        cmocka_unit_test(test_shell_peers__numbers_are_never_used_again),
        cmocka_unit_test(test_shell_peers__who_is_gone_is_told_once_and_found_by_number_till_then),
        cmocka_unit_test(test_shell_peers__a_reused_descriptor_means_that_its_owner_left),
        cmocka_unit_test(test_shell_peers__agree_with_a_plain_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
