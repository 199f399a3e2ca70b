/* The small files of a home hold keys and choices: never through a link, never another
 * user's, all or nothing. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/home/file.h"

static void put_file(const char *path, const char *text, mode_t mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    assert_int_equal(close(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static enum mu_status read_file(const char *path, enum mu_file_trust trust, bool *out_found,
                                struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, 64);
    return mu_file_read(path, trust, &bytes, out_found, err);
}

static void here(const char *name, char out_path[static MU_PATH_MAX])
{
    char folder[MU_PATH_MAX];
    struct mu_error err;
    assert_non_null(getcwd(folder, sizeof folder));
    assert_int_equal(mu_path_join(folder, name, out_path, &err), MU_OK);
}

static void test_file__is_written_whole_and_private(void **state)
{
    (void)state;
    struct mu_error err;
    char path[MU_PATH_MAX];
    here("key", path);
    bool found = false;
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, 64);

    assert_int_equal(mu_file_write(path, mu_slice_str("old"), &err), MU_OK);
    assert_int_equal(mu_file_write(path, mu_slice_str("new"), &err), MU_OK);
    assert_int_equal(mu_file_read(path, MU_FILE_PRIVATE, &bytes, &found, &err), MU_OK);

    assert_true(found);
    assert_true(mu_slice_equal(mu_buf_view(&bytes), mu_slice_str("new")));
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_not_equal(access("key.new", F_OK), 0);
}

static void test_file__what_a_crash_left_behind_does_not_stop_the_next_write(void **state)
{
    (void)state;
    struct mu_error err;
    char path[MU_PATH_MAX];
    here("key", path);
    put_file("key.new", "half", 0600);

    assert_int_equal(mu_file_write(path, mu_slice_str("whole"), &err), MU_OK);

    assert_int_not_equal(access("key.new", F_OK), 0);
}

static void test_file__a_missing_one_is_no_error(void **state)
{
    (void)state;
    struct mu_error err;
    bool found = true;

    assert_int_equal(read_file("nothing", MU_FILE_PRIVATE, &found, &err), MU_OK);

    assert_false(found);
}

static void test_file__links_fifos_and_folders_are_refused(void **state)
{
    (void)state;
    struct mu_error err;
    bool found = false;
    put_file("real", "x", 0600);
    assert_int_equal(symlink("real", "link"), 0);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(mkdir("folder", 0700), 0);

    assert_int_equal(read_file("link", MU_FILE_OURS, &found, &err), MU_E_INVALID);
    assert_string_equal(err.text, "open 'link': it is a symbolic link");
    assert_int_equal(read_file("fifo", MU_FILE_ANY, &found, &err), MU_E_INVALID);
    assert_int_equal(read_file("folder", MU_FILE_ANY, &found, &err), MU_E_INVALID);
    assert_int_equal(read_file("link", MU_FILE_ANY, &found, &err), MU_OK);
}

static void test_file__a_secret_that_others_may_read_is_refused(void **state)
{
    (void)state;
    struct mu_error err;
    bool found = false;
    put_file("key", "x", 0640);

    assert_int_equal(read_file("key", MU_FILE_PRIVATE, &found, &err), MU_E_DENIED);
    assert_string_equal(err.text, "others have a right to 'key': run chmod 600 on it");
    assert_int_equal(read_file("key", MU_FILE_OURS, &found, &err), MU_OK);
}

static void test_file__another_users_is_refused(void **state)
{
    (void)state;
    struct mu_error err;
    bool found = false;
    put_file("key", "x", 0600);
    if (geteuid() != 0) {
        /* Only root can give a file away; root's own files serve everybody else. */
        assert_int_equal(read_file("/etc/passwd", MU_FILE_OURS, &found, &err), MU_E_DENIED);
        return;
    }
    assert_int_equal(chown("key", 12345, 12345), 0);

    assert_int_equal(read_file("key", MU_FILE_PRIVATE, &found, &err), MU_E_DENIED);
    assert_non_null(strstr(err.text, "another user"));
}

static void test_file__a_large_one_is_refused_and_leaves_the_buffer_as_it_was(void **state)
{
    (void)state;
    struct mu_error err;
    bool found = false;
    put_file("big", "0123456789", 0600);
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, 9);

    assert_int_equal(mu_file_read("big", MU_FILE_OURS, &bytes, &found, &err), MU_E_LIMIT);

    assert_int_equal(bytes.len, 0);
}

static void test_folder__is_made_with_its_parents_and_made_private(void **state)
{
    (void)state;
    struct mu_error err;
    struct stat info;
    char path[MU_PATH_MAX];
    here("a/b/c", path);

    assert_int_equal(mu_folder_make(path, &err), MU_OK);
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(mu_folder_make(path, &err), MU_OK);

    assert_int_equal(stat("a/b/c", &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
}

static void test_folder__a_link_or_a_file_in_its_place_is_refused(void **state)
{
    (void)state;
    struct mu_error err;
    put_file("file", "", 0600);
    assert_int_equal(mkdir("real", 0700), 0);
    assert_int_equal(symlink("real", "link"), 0);

    assert_int_equal(mu_folder_make("link", &err), MU_E_INVALID);
    assert_int_equal(mu_folder_make("file", &err), MU_E_INVALID);
    assert_int_equal(mu_folder_make("file/below", &err), MU_E_INVALID);
}

static void test_path__shows_its_tail_without_controls(void **state)
{
    (void)state;
    char shown[MU_SHOWN_MAX];
    char path[MU_PATH_MAX];
    memset(path, 'x', sizeof path);
    memcpy(path + 1000, "/a\033[31m\nb", sizeof "/a\033[31m\nb");

    mu_path_show(path, shown);

    assert_int_equal(strlen(shown), MU_SHOWN_MAX - 1);
    assert_non_null(strstr(shown, "/a?[31m?b"));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_file__is_written_whole_and_private),
        IN_FOLDER(test_file__what_a_crash_left_behind_does_not_stop_the_next_write),
        IN_FOLDER(test_file__a_missing_one_is_no_error),
        IN_FOLDER(test_file__links_fifos_and_folders_are_refused),
        IN_FOLDER(test_file__a_secret_that_others_may_read_is_refused),
        IN_FOLDER(test_file__another_users_is_refused),
        IN_FOLDER(test_file__a_large_one_is_refused_and_leaves_the_buffer_as_it_was),
        IN_FOLDER(test_folder__is_made_with_its_parents_and_made_private),
        IN_FOLDER(test_folder__a_link_or_a_file_in_its_place_is_refused),
        cmocka_unit_test(test_path__shows_its_tail_without_controls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
