/* What an editor may do to the file that it is given, and that nothing of it stays. */
#include "tests/harness/cmocka.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "client/home/editor.h"
#include "tests/harness/folder.h"

static enum mu_status edit(const char *editor, struct mu_buf *out, struct mu_error *err)
{
    mu_buf_init(out, 64);
    assert_int_equal(setenv("VISUAL", editor, 1), 0);
    return mu_editor_edit(".", "text", mu_slice_str("one\n"), out, err);
}

static size_t files_here(void)
{
    size_t count = 0;
    DIR *here = opendir(".");
    assert_non_null(here);
    for (struct dirent *entry = readdir(here); entry != NULL; entry = readdir(here)) {
        count += entry->d_name[0] != '.';
    }
    assert_int_equal(closedir(here), 0);
    return count;
}

static void test_editor__gives_what_it_left(void **state)
{
    (void)state;
    MU_BUF_AUTO struct mu_buf text;
    MU_BUF_AUTO struct mu_buf same;
    struct mu_error err = {0};
    assert_int_equal(edit("sed -i s/one/two/", &text, &err), MU_OK);
    assert_true(mu_slice_equal(mu_buf_view(&text), mu_slice_str("two\n")));
    assert_int_equal(edit("true", &same, &err), MU_OK);
    assert_true(mu_slice_equal(mu_buf_view(&same), mu_slice_str("one\n")));
    assert_int_equal(files_here(), 0);
}

static void test_editor__that_fails_or_takes_the_file_away_has_said_nothing(void **state)
{
    (void)state;
    static const char *const editors[] = {"false", "rm", "no-such-editor-anywhere"};
    for (size_t i = 0; i < sizeof editors / sizeof editors[0]; i++) {
        MU_BUF_AUTO struct mu_buf text;
        struct mu_error err = {0};
        assert_int_equal(edit(editors[i], &text, &err), MU_E_IO);
        assert_non_null(strstr(err.text, "nothing was saved"));
        assert_int_equal(text.len, 0);
    }
    assert_int_equal(files_here(), 0);
}

static void test_editor__may_not_leave_more_than_fits(void **state)
{
    (void)state;
    MU_BUF_AUTO struct mu_buf text;
    struct mu_error err = {0};
    assert_int_equal(edit("cp /bin/sh", &text, &err), MU_E_LIMIT);
    assert_int_equal(files_here(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_editor__gives_what_it_left, mu_folder_enter,
                                        mu_folder_leave),
        cmocka_unit_test_setup_teardown(
            test_editor__that_fails_or_takes_the_file_away_has_said_nothing, mu_folder_enter,
            mu_folder_leave),
        cmocka_unit_test_setup_teardown(test_editor__may_not_leave_more_than_fits, mu_folder_enter,
                                        mu_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
