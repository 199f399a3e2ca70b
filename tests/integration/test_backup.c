/* A server that is put back in time: what it forgot comes back from the laptops, once, and a
 * backup that is not whole or not ours puts nothing back. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char musterd[] = MUSTER_PROGRAMS "/musterd";

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
}

/* A recovery key for the server's folder; its secret line goes to the file. */
static void make_recovery_key(const struct mu_cast *team, const char *path)
{
    struct mu_ran ran = mu_program_run(MU_WORDS(musterd, "recovery-key", "--data", team->data),
                                       NULL, MU_TEAM_PATIENCE_MS);
    assert_int_equal(ran.code, 0);
    const char *line = strstr(ran.out, "mrk1");
    assert_non_null(line);
    write_file(path, line);
    mu_ran_free(&ran);
}

static void back_up(const struct mu_cast *team, const char *file)
{
    mu_team_says(MU_WORDS(musterd, "backup", "--data", team->data, file), 0, "read back");
}

static int64_t number_of(const struct mu_cast *team, const char *name)
{
    json_t *told = mu_team_server(team);
    int64_t number = json_integer_value(json_object_get(told, name));
    json_decref(told);
    return number;
}

static void incarnation_of(const struct mu_cast *team, char *out_text, size_t room)
{
    json_t *told = mu_team_server(team);
    (void)snprintf(out_text, room, "%s", json_string_value(json_object_get(told, "incarnation")));
    json_decref(told);
}

/* Ana and Kofi, live, with one task each that a backup covers. */
static void begin(struct mu_cast *team, struct mu_actor **out_ana, struct mu_actor **out_kofi)
{
    mu_team_begin(team);
    *out_ana = mu_team_join(team, "ana");
    *out_kofi = mu_team_join(team, "kofi");
    mu_team_start_agent(team, *out_ana);
    mu_team_start_agent(team, *out_kofi);
    mu_team_do(team, *out_ana, MU_WORDS("add", "Hers before"));
    mu_team_do(team, *out_kofi, MU_WORDS("add", "His before"));
    mu_team_level(team);
}

/* What the copy will not know. */
static void go_on(struct mu_cast *team, struct mu_actor *ana, struct mu_actor *kofi)
{
    mu_team_do(team, ana, MU_WORDS("add", "Hers after"));
    mu_team_do(team, kofi, MU_WORDS("add", "His after"));
    mu_team_do(team, kofi, MU_WORDS("edit", "T-1", "--title", "Hers before, by him"));
    mu_team_level(team);
}

static const char *const all_titles[] = {"Hers before, by him", "His before", "Hers after",
                                         "His after", NULL};

static void test_backup__a_restored_server_gets_back_what_it_forgot(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = NULL;
    struct mu_actor *kofi = NULL;
    char before[64];
    char after[64];
    begin(&team, &ana, &kofi);
    make_recovery_key(&team, "recovery.txt");
    incarnation_of(&team, before, sizeof before);

    back_up(&team, "monday.backup");
    int64_t covered = number_of(&team, "safe_seq");
    go_on(&team, ana, kofi);
    int64_t head = number_of(&team, "head");
    assert_int_equal(mu_team_stop_server(&team, SIGKILL), 128 + SIGKILL);
    mu_team_do(&team, kofi, MU_WORDS("add", "While it was gone"));
    assert_int_equal(rename("server", "lost"), 0);
    mu_team_says(
        MU_WORDS(musterd, "restore", "monday.backup", "--data", team.data, "--key", "recovery.txt"),
        0, "as a new lineage");
    mu_team_serve(&team);
    mu_team_level(&team);

    incarnation_of(&team, after, sizeof after);
    assert_true(covered > 0 && covered < head);
    assert_string_not_equal(before, after);
    mu_team_all_have(&team, all_titles);
    mu_team_all_have(&team, MU_WORDS("While it was gone"));
    mu_team_verify(&team);
    mu_team_end(&team);
}

/* The files of a stopped server's store as they are now, or put back as they were. */
static void copy_store(const char *from, const char *to)
{
    char path[2][64];
    (void)snprintf(path[0], sizeof path[0], "%s/muster.db", from);
    (void)snprintf(path[1], sizeof path[1], "%s/muster.db", to);
    mu_team_says(MU_WORDS("cp", path[0], path[1]), 0, NULL);
}

static void file_copied_back(bool keep_head_file)
{
    struct mu_cast team;
    struct mu_actor *ana = NULL;
    struct mu_actor *kofi = NULL;
    char before[64];
    char after[64];
    begin(&team, &ana, &kofi);
    incarnation_of(&team, before, sizeof before);
    assert_int_equal(mkdir("copy", 0700), 0);
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    copy_store("server", "copy");
    mu_team_serve(&team);
    mu_team_level(&team);

    go_on(&team, ana, kofi);
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    copy_store("copy", "server");
    if (!keep_head_file) { /* then only the laptops know better */
        assert_int_equal(unlink("server/head"), 0);
    }
    mu_team_serve(&team);
    mu_team_level(&team);

    incarnation_of(&team, after, sizeof after);
    if (keep_head_file) {
        assert_string_not_equal(before, after);
    }
    mu_team_all_have(&team, all_titles);
    mu_team_verify(&team);
    mu_team_end(&team);
}

static void test_backup__a_database_copied_back_is_found_out_by_its_head_file(void **state)
{
    (void)state;
    file_copied_back(true);
}

static void test_backup__a_database_copied_back_without_a_trace_is_healed_too(void **state)
{
    (void)state;
    file_copied_back(false);
}

static void flip(const char *path, off_t at)
{
    uint8_t byte = 0;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 0x10;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    assert_int_equal(close(fd), 0);
}

static off_t size_of(const char *path)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return info.st_size;
}

#define RESTORE(file, key) MU_WORDS(musterd, "restore", file, "--data", "new", "--key", key)

static void test_backup__a_damaged_backup_puts_nothing_back(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    make_recovery_key(&team, "recovery.txt");
    back_up(&team, "whole");
    off_t size = size_of("whole");
    const off_t flips[] = {0, 8, 20, 60, 130, 145, 149, 200, size / 2, size - 1};
    const off_t cuts[] = {0, 7, 100, 145, 147, 150, size / 2, size - 1};

    for (size_t i = 0; i < sizeof flips / sizeof flips[0]; i++) {
        mu_team_says(MU_WORDS("cp", "whole", "flipped"), 0, NULL);
        flip("flipped", flips[i]);
        struct mu_ran ran =
            mu_program_run(RESTORE("flipped", "recovery.txt"), NULL, MU_TEAM_PATIENCE_MS);
        assert_true(ran.code == 2 || ran.code == 5 || ran.code == 7);
        assert_non_null(strstr(ran.err, "backup"));
        assert_int_equal(access("new", F_OK), -1);
        mu_ran_free(&ran);
    }
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        mu_team_says(MU_WORDS("cp", "whole", "cut"), 0, NULL);
        assert_int_equal(truncate("cut", cuts[i]), 0);
        mu_team_says(RESTORE("cut", "recovery.txt"), cuts[i] == 0 ? 2 : 7,
                     cuts[i] == 0 ? "no backup" : "cut short");
        assert_int_equal(access("new", F_OK), -1);
    }
    mu_team_says(MU_WORDS("sh", "-c", "cat whole whole > twice"), 0, NULL);
    mu_team_says(RESTORE("twice", "recovery.txt"), 7, "behind the backup's end");
    assert_int_equal(access("new", F_OK), -1);
    mu_team_end(&team);
}

static void test_backup__what_cannot_be_is_refused_in_words(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    mu_team_says(MU_WORDS(musterd, "backup", "--data", team.data, "x"), 3, "recovery-key");
    make_recovery_key(&team, "recovery.txt");
    mu_team_says(MU_WORDS(musterd, "recovery-key", "--data", team.data), 5, "--renew");
    back_up(&team, "first");
    mu_team_says(MU_WORDS(musterd, "backup", "--data", team.data, "first"), 5, "exists");
    mu_team_says(MU_WORDS(musterd, "backup", "--data", team.data), 2, "needs a FILE");
    mu_team_says(MU_WORDS(musterd, "backup", "--data", team.data, "no/where"), 3, "no such");
    write_file("torn.txt", "mrk1qqqq");
    write_file("note.txt", "a shopping list");

    mu_team_says(RESTORE("first", "torn.txt"), 2, "incomplete or has a wrong character");
    mu_team_says(RESTORE("first", "missing.txt"), 3, "no such file");
    mu_team_says(RESTORE("note.txt", "recovery.txt"), 2, "no backup of Muster");
    mu_team_says(RESTORE("missing", "recovery.txt"), 3, "no such file");
    mu_team_says(
        MU_WORDS(musterd, "restore", "first", "--data", team.data, "--key", "recovery.txt"), 5,
        "is not empty");
    struct mu_ran renewed =
        mu_program_run(MU_WORDS(musterd, "recovery-key", "--renew", "--data", team.data), NULL,
                       MU_TEAM_PATIENCE_MS);
    write_file("second.txt", strstr(renewed.out, "mrk1"));
    mu_ran_free(&renewed);
    back_up(&team, "second");
    mu_team_says(RESTORE("second", "recovery.txt"), 5, "another recovery key");
    mu_team_says(RESTORE("first", "second.txt"), 5, "another recovery key");
    mu_team_says(RESTORE("first", "recovery.txt"), 0, "restored");
    mu_team_says(MU_WORDS(musterd, "check", "--data", "new"), 0, "sound");
    mu_team_end(&team);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_backup__a_restored_server_gets_back_what_it_forgot),
        IN_FOLDER(test_backup__a_database_copied_back_is_found_out_by_its_head_file),
        IN_FOLDER(test_backup__a_database_copied_back_without_a_trace_is_healed_too),
        IN_FOLDER(test_backup__a_damaged_backup_puts_nothing_back),
        IN_FOLDER(test_backup__what_cannot_be_is_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
