/* A data folder holds the server's key: it must be this server's alone, be used by one process,
 * and never be made over something else. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/seal/secret.h"
#include "server/shell/datadir.h"
#include "server/shell/headfile.h"

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(close(fd), 0);
}

static mode_t mode_of(const char *path)
{
    struct stat info;
    assert_int_equal(lstat(path, &info), 0);
    return info.st_mode & 07777;
}

/* A folder that looks like a server's. */
static void make_complete(const char *path)
{
    struct mu_datadir dir;
    struct mu_device_keys keys;
    struct mu_error err;
    assert_int_equal(mu_datadir_make(path, &dir, &err), MU_OK);
    assert_int_equal(mu_datadir_keys(&dir, true, &keys, &err), MU_OK);
    assert_int_equal(mu_datadir_write(&dir, "muster.db", mu_slice_str("x"), &err), MU_OK);
    assert_int_equal(mu_datadir_write(&dir, "musterd.conf", mu_slice_str(""), &err), MU_OK);
    mu_device_keys_deinit(&keys);
    mu_datadir_close(&dir);
}

static void test_shell_datadir__is_private_whatever_the_mask(void **state)
{
    (void)state;
    (void)umask(0);

    make_complete("d");

    assert_int_equal(mode_of("d"), 0700);
    assert_int_equal(mode_of("d/key"), 0600);
    assert_int_equal(mode_of("d/musterd.conf"), 0600);
}

static void test_shell_datadir__keys_stay_the_same(void **state)
{
    (void)state;
    make_complete("d");
    struct mu_datadir dir;
    struct mu_device_keys first;
    struct mu_device_keys second;
    struct mu_error err;

    assert_int_equal(mu_datadir_open("d", &dir, &err), MU_OK);
    assert_int_equal(mu_datadir_keys(&dir, true, &first, &err), MU_OK);
    assert_int_equal(mu_datadir_keys(&dir, false, &second, &err), MU_OK);

    assert_memory_equal(first.public.curve, second.public.curve, 32);
    mu_datadir_close(&dir);
}

static void test_shell_datadir__refuses_a_folder_with_other_things(void **state)
{
    (void)state;
    struct mu_datadir dir;
    struct mu_error err;
    assert_int_equal(mkdir("d", 0700), 0);
    write_file("d/thesis.txt", "x", 0600);

    assert_int_equal(mu_datadir_make("d", &dir, &err), MU_E_EXISTS);
    assert_non_null(strstr(err.text, "is not empty"));
    assert_int_equal(mu_datadir_make("d/thesis.txt", &dir, &err), MU_E_NOT_FOUND);
    assert_int_equal(mu_datadir_make("none/d", &dir, &err), MU_E_NOT_FOUND);
    assert_int_equal(mu_datadir_open("d", &dir, &err), MU_E_NOT_FOUND);
    assert_non_null(strstr(err.text, "musterd init"));
    assert_int_equal(mu_datadir_open("nowhere", &dir, &err), MU_E_NOT_FOUND);
}

static void test_shell_datadir__refuses_what_others_can_touch(void **state)
{
    (void)state;
    struct mu_datadir dir;
    struct mu_device_keys keys;
    struct mu_error err;
    make_complete("d");

    assert_int_equal(chmod("d", 0770), 0);
    assert_int_equal(mu_datadir_open("d", &dir, &err), MU_E_DENIED);
    assert_int_equal(chmod("d", 0700), 0);
    assert_int_equal(chmod("d/key", 0640), 0);
    assert_int_equal(mu_datadir_open("d", &dir, &err), MU_OK);
    assert_int_equal(mu_datadir_keys(&dir, false, &keys, &err), MU_E_DENIED);
    assert_non_null(strstr(err.text, "chmod 600"));
    mu_datadir_close(&dir);
}

static void test_shell_datadir__follows_no_link(void **state)
{
    (void)state;
    struct mu_datadir dir;
    struct mu_device_keys keys;
    struct mu_headfile head;
    struct mu_error err;
    make_complete("d");
    write_file("elsewhere", "precious", 0600);
    assert_int_equal(rename("d/key", "key"), 0);
    assert_int_equal(symlink("../elsewhere", "d/key"), 0);
    assert_int_equal(symlink("../elsewhere", "d/lock"), 0);
    assert_int_equal(symlink("../elsewhere", "d/head"), 0);
    assert_int_equal(symlink("../elsewhere", "d/x"), 0);

    assert_int_equal(mu_datadir_open("d", &dir, &err), MU_OK);
    assert_int_not_equal(mu_datadir_keys(&dir, false, &keys, &err), MU_OK);
    assert_int_not_equal(mu_datadir_lock(&dir, &err), MU_OK);
    assert_int_not_equal(mu_headfile_open(&dir, &head, &err), MU_OK);
    assert_int_equal(mu_datadir_write(&dir, "x", mu_slice_str("mine"), &err), MU_E_EXISTS);
    mu_datadir_close(&dir);

    char text[16] = "";
    int fd = open("elsewhere", O_RDONLY);
    assert_int_equal(read(fd, text, sizeof text - 1), 8);
    assert_string_equal(text, "precious");
    (void)close(fd);
}

static void test_shell_datadir__serves_one_process(void **state)
{
    (void)state;
    struct mu_datadir mine;
    struct mu_error err;
    make_complete("d");
    assert_int_equal(mu_datadir_open("d", &mine, &err), MU_OK);
    assert_int_equal(mu_datadir_lock(&mine, &err), MU_OK);

    struct mu_datadir other;
    assert_int_equal(mu_datadir_open("d", &other, &err), MU_OK);
    assert_int_equal(mu_datadir_lock(&other, &err), MU_E_BUSY);
    char pid[32];
    (void)snprintf(pid, sizeof pid, "(process %ld)", (long)getpid());
    assert_non_null(strstr(err.text, pid));

    mu_datadir_close(&mine);
    assert_int_equal(mu_datadir_lock(&other, &err), MU_OK);
    mu_datadir_close(&other);
}

static void test_shell_datadir__a_dead_holder_is_none(void **state)
{
    (void)state;
    make_complete("d");
    pid_t child = fork();
    if (child == 0) {
        struct mu_datadir dir;
        struct mu_error err;
        bool ok = mu_datadir_open("d", &dir, &err) == MU_OK && mu_datadir_lock(&dir, &err) == MU_OK;
        _exit(ok ? 0 : 1); /* without letting go */
    }
    int code = 0;
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    struct mu_datadir dir;
    struct mu_error err;

    assert_int_equal(mu_datadir_open("d", &dir, &err), MU_OK);
    assert_int_equal(mu_datadir_lock(&dir, &err), MU_OK);

    mu_datadir_close(&dir);
}

static void test_shell_datadir__keys_are_never_made_beside_a_database(void **state)
{
    (void)state;
    struct mu_datadir dir;
    struct mu_device_keys keys;
    struct mu_error err;
    make_complete("d");
    assert_int_equal(unlink("d/key"), 0);

    assert_int_equal(mu_datadir_make("d", &dir, &err), MU_OK);
    assert_int_equal(mu_datadir_keys(&dir, true, &keys, &err), MU_E_EXISTS);

    assert_int_equal(access("d/key", F_OK), -1);
    mu_datadir_close(&dir);
}

static struct mu_server_known known_at(uint64_t seq)
{
    struct mu_server_known known = {.seq = seq};
    memset(known.incarnation.bytes, 7, sizeof known.incarnation.bytes);
    memset(known.chain.bytes, (int)seq, sizeof known.chain.bytes);
    return known;
}

static void test_shell_datadir__head_file_remembers_and_forgives_a_torn_one(void **state)
{
    (void)state;
    struct mu_datadir dir;
    struct mu_headfile file;
    struct mu_error err;
    make_complete("d");
    assert_int_equal(mu_datadir_open("d", &dir, &err), MU_OK);
    assert_int_equal(mu_headfile_open(&dir, &file, &err), MU_OK);
    assert_false(file.has_known);

    for (uint64_t seq = 1; seq <= 3; seq++) {
        struct mu_server_known known = known_at(seq);
        assert_int_equal(mu_headfile_put(&file, &known, &err), MU_OK);
    }
    mu_headfile_close(&file);
    assert_int_equal(mu_headfile_open(&dir, &file, &err), MU_OK);
    assert_true(file.has_known);
    assert_int_equal(file.known.seq, 3);
    mu_headfile_close(&file);
    assert_int_equal(truncate("d/head", 40), 0);
    assert_int_equal(mu_headfile_open(&dir, &file, &err), MU_OK);

    assert_false(file.has_known);
    mu_headfile_close(&file);
    mu_datadir_close(&dir);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_shell_datadir__is_private_whatever_the_mask),
        IN_FOLDER(test_shell_datadir__keys_stay_the_same),
        IN_FOLDER(test_shell_datadir__refuses_a_folder_with_other_things),
        IN_FOLDER(test_shell_datadir__refuses_what_others_can_touch),
        IN_FOLDER(test_shell_datadir__follows_no_link),
        IN_FOLDER(test_shell_datadir__serves_one_process),
        IN_FOLDER(test_shell_datadir__a_dead_holder_is_none),
        IN_FOLDER(test_shell_datadir__keys_are_never_made_beside_a_database),
        IN_FOLDER(test_shell_datadir__head_file_remembers_and_forgives_a_torn_one),
    };
    return mu_seal_start() == MU_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
