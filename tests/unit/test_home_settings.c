/* A choice is taken from the nearest place that states it, and somebody else's folder may not
 * make choices that matter. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/home/moment.h"
#include "client/home/settings.h"

static void put_file(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    assert_int_equal(close(file), 0);
}

static struct mu_home home_here(void)
{
    struct mu_home home;
    struct mu_error err;
    assert_int_equal(mu_home_find("home", &home, &err), MU_OK);
    return home;
}

static int enter(void **state)
{
    for (int i = 0; i < MU_SETTING_COUNT; i++) {
        if (unsetenv(mu_setting_variable((enum mu_setting)i)) != 0) {
            return -1;
        }
    }
    return mu_folder_enter(state) == 0 ? mkdir("home", 0700) : -1;
}

static void test_settings__the_nearest_place_wins(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_settings settings;
    struct mu_home home = home_here();
    put_file("home/config", "# mine\nworkspace = a\n board=x \ncolor = never\n");
    put_file(".muster", "workspace = b\nboard = y\n");
    assert_int_equal(setenv("MUSTER_BOARD", "z", 1), 0);
    assert_int_equal(mkdir("deep", 0700) | mkdir("deep/er", 0700) | chdir("deep/er"), 0);

    assert_int_equal(mu_settings_load(&home, &settings, &err), MU_OK);

    assert_string_equal(settings.values[MU_SETTING_COLOR], "never");
    assert_int_equal(settings.origins[MU_SETTING_COLOR], MU_FROM_USER);
    assert_string_equal(settings.values[MU_SETTING_WORKSPACE], "b");
    assert_int_equal(settings.origins[MU_SETTING_WORKSPACE], MU_FROM_FOLDER);
    assert_string_equal(settings.values[MU_SETTING_BOARD], "z");
    assert_int_equal(settings.origins[MU_SETTING_BOARD], MU_FROM_ENVIRONMENT);
    assert_int_equal(mu_settings_flag(&settings, MU_SETTING_BOARD, "w", &err), MU_OK);
    assert_string_equal(settings.values[MU_SETTING_BOARD], "w");
    assert_int_equal(unsetenv("MUSTER_BOARD"), 0);
}

static void test_settings__a_folder_may_name_team_and_board_only(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_settings settings = {.values = {""}};

    assert_int_equal(mu_settings_parse(mu_slice_str("no_agent = 1\n"), ".muster", MU_FROM_FOLDER,
                                       &settings, &err),
                     MU_E_DENIED);
    assert_string_equal(err.text, ".muster: line 1: 'no_agent' may stand in your own config only");
}

static void test_settings__bad_lines_are_named(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_settings settings = {.values = {""}};

    assert_int_equal(
        mu_settings_parse(mu_slice_str("\n# x\nwhat\n"), "f", MU_FROM_USER, &settings, &err),
        MU_E_INVALID);
    assert_string_equal(err.text, "f: line 3 is not 'key = value'");
    assert_int_equal(
        mu_settings_parse(mu_slice_str("color = red"), "f", MU_FROM_USER, &settings, &err),
        MU_E_INVALID);
    assert_string_equal(err.text, "f: line 1: color is one of always, never, auto");
    assert_int_equal(
        mu_settings_parse(mu_slice_str("board = a\033b"), "f", MU_FROM_USER, &settings, &err),
        MU_E_INVALID);
    assert_int_equal(
        mu_settings_parse(mu_slice_str("from_the_future = 1"), "f", MU_FROM_USER, &settings, &err),
        MU_OK);
}

static void test_settings__writing_keeps_comments_and_unknown_lines(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_home home = home_here();
    put_file("home/config", "# mine\nboard = x\nfuture = 1\nboard = y");

    assert_int_equal(mu_settings_write(&home, MU_SETTING_BOARD, "new one", &err), MU_OK);
    assert_int_equal(mu_settings_write(&home, MU_SETTING_ZONE, "Asia/Tokyo", &err), MU_OK);
    assert_int_equal(mu_settings_write(&home, MU_SETTING_COLOR, "pink", &err), MU_E_USAGE);

    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 1000);
    bool found = false;
    assert_int_equal(mu_file_read("home/config", MU_FILE_PRIVATE, &text, &found, &err), MU_OK);
    assert_true(
        mu_slice_equal(mu_buf_view(&text),
                       mu_slice_str("# mine\nboard = new one\nfuture = 1\nzone = Asia/Tokyo\n")));
    assert_int_equal(mu_settings_write(&home, MU_SETTING_BOARD, NULL, &err), MU_OK);
    mu_buf_clear(&text);
    assert_int_equal(mu_file_read("home/config", MU_FILE_PRIVATE, &text, &found, &err), MU_OK);
    assert_true(mu_slice_equal(mu_buf_view(&text),
                               mu_slice_str("# mine\nfuture = 1\nzone = Asia/Tokyo\n")));
}

static void test_zone__a_name_is_found_or_doubted(void **state)
{
    (void)state;
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, 1 << 20);
    struct mu_home_zone place;
    struct mu_error err;
    const struct mu_zone *zone = NULL;
    const struct mu_wall july = {1782864000000}; /* 2026-07-01T00:00Z */

    mu_home_zone_find("Europe/Lisbon", &arena, &place);
    assert_string_equal(place.name, "Europe/Lisbon");
    assert_int_equal(mu_zone_local(place.zone, july).offset_s, 3600);

    assert_int_equal(setenv("TZ", ":Asia/Kathmandu", 1), 0);
    mu_home_zone_find("", &arena, &place);
    assert_string_equal(place.name, "Asia/Kathmandu");
    assert_int_equal(mu_zone_local(place.zone, july).offset_s, 20700);

    assert_int_equal(setenv("TZ", "Europe/Berln", 1), 0);
    mu_home_zone_find(NULL, &arena, &place);
    assert_string_equal(place.name, "");
    assert_string_equal(place.doubt, "Europe/Berln");
    assert_int_equal(mu_zone_local(place.zone, july).offset_s, 0);
    assert_int_equal(unsetenv("TZ"), 0);

    assert_int_equal(mu_zone_load("../../../etc/passwd", &arena, &zone, &err), MU_E_INVALID);
    assert_int_equal(mu_zone_load("/etc/passwd", &arena, &zone, &err), MU_E_INVALID);
    assert_int_equal(mu_zone_load("zone.tab", &arena, &zone, &err), MU_E_INVALID);
    assert_int_equal(mu_zone_load("Europe", &arena, &zone, &err), MU_E_NOT_FOUND);
    assert_int_equal(mu_zone_load("Etc/UTC", &arena, &zone, &err), MU_OK);
}

static void test_moment__draws_fresh_randomness(void **state)
{
    (void)state;
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, 1 << 20);
    struct mu_home_zone place;
    mu_home_zone_find("Asia/Kathmandu", &arena, &place);
    struct mu_moment one;
    struct mu_moment two;
    struct mu_error err;

    assert_int_equal(mu_moment_now(&one, &place, &err), MU_OK);
    assert_int_equal(mu_moment_now(&two, &place, &err), MU_OK);

    assert_false(mu_hash_equal(one.entropy.seed, two.entropy.seed));
    assert_int_equal(one.turn.utc_offset_min, 345);
    assert_string_equal(one.turn.zone, "Asia/Kathmandu");
    assert_ptr_equal(one.turn.entropy, &one.entropy);
    mu_moment_deinit(&one);
    mu_moment_deinit(&two);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_settings__the_nearest_place_wins),
        cmocka_unit_test(test_settings__a_folder_may_name_team_and_board_only),
        cmocka_unit_test(test_settings__bad_lines_are_named),
        IN_FOLDER(test_settings__writing_keeps_comments_and_unknown_lines),
        cmocka_unit_test(test_zone__a_name_is_found_or_doubted),
        cmocka_unit_test(test_moment__draws_fresh_randomness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
