/* A workspace with its lead Ana on one device, and Kofi, a member, on another: where most
 * tests of the server begin. */
#ifndef MUSTER_TESTS_UNIT_SERVER_SCENE_H
#define MUSTER_TESTS_UNIT_SERVER_SCENE_H

#include "tests/harness/cmocka.h"

#include "tests/harness/player.h"

struct scene {
    struct mu_stage stage;
    struct mu_player ana;  /* lead */
    struct mu_player kofi; /* member */
};

/* Both enrolled, neither connected as a device. */
static inline void scene_open(struct scene *scene)
{
    uint8_t secret[16];
    mu_stage_open(&scene->stage);
    mu_player_open(&scene->ana, &scene->stage, 1);
    mu_player_open(&scene->kofi, &scene->stage, 2);
    mu_player_enrol(&scene->ana, scene->stage.secret);
    assert_true(scene->ana.enrolled);
    mu_player_live(&scene->ana);
    mu_player_invite(&scene->ana, "kofi", MU_ROLE_MEMBER, 9, secret);
    mu_player_enrol(&scene->kofi, secret);
    assert_true(scene->kofi.enrolled);
}

static inline void scene_close(struct scene *scene)
{
    mu_player_close(&scene->kofi);
    mu_player_close(&scene->ana);
    mu_stage_close(&scene->stage);
}

/* The same with both live and level. */
static inline void scene_live(struct scene *scene)
{
    scene_open(scene);
    mu_player_live(&scene->kofi);
    mu_stage_run(&scene->stage, 0);
    mu_player_read(&scene->ana);
    assert_int_equal(scene->ana.cursor.seq, mu_stage_head(&scene->stage).seq);
}

static inline void assert_level(struct scene *scene, struct mu_player *player)
{
    struct mu_log_head head = mu_stage_head(&scene->stage);
    struct mu_hash mine = mu_player_root(player);
    struct mu_hash theirs = mu_stage_root(&scene->stage);
    assert_int_equal(player->cursor.seq, head.seq);
    assert_true(mu_hash_equal(player->cursor.chain, head.chain));
    assert_true(mu_hash_equal(mine, theirs));
}

/* HELLO changed by hand: verdict of its WELCOME, or 0 when another answer came. */
static inline int say_hello(struct mu_player *player, const struct mu_msg_hello *hello)
{
    struct mu_message message = {.kind = MU_MSG_HELLO};
    message.hello = *hello;
    mu_player_send(player, &message);
    mu_stage_turn(player->stage);
    mu_player_read(player);
    return player->welcomed ? (int)player->welcome.verdict : 0;
}

#endif
