/* The client's side of the agent's socket, against an agent that says what the test wants:
 * absent, slow, rude, of another version, behind a long path. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/home/agent_link.h"

static struct mu_home home_in(const char *folder)
{
    struct mu_home home;
    struct mu_error err;
    assert_int_equal(mu_home_find(folder, &home, &err), MU_OK);
    assert_int_equal(mu_folder_make(home.runtime, &err), MU_OK);
    assert_int_equal(mu_folder_make(home.state, &err), MU_OK);
    return home;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address;
    int folder = -1;
    struct mu_error err;
    assert_int_equal(mu_socket_address(path, &address, &folder, &err), MU_OK);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 4), 0);
    if (folder >= 0) {
        (void)close(folder);
    }
    return listener;
}

/* A child that accepts one client, says text, and then either reads a line into heard and
 * answers, or just waits for the client to go. */
static pid_t agent_that_says(int listener, const char *greeting, const char *answer)
{
    pid_t child = fork();
    if (child != 0) {
        return child;
    }
    char heard[256];
    int client = accept(listener, NULL, NULL);
    bool ok = client >= 0 && write(client, greeting, strlen(greeting)) > 0;
    ssize_t got = read(client, heard, sizeof heard);
    if (ok && got > 0 && answer != NULL) {
        ok = write(client, answer, strlen(answer)) > 0;
    }
    while (read(client, heard, sizeof heard) > 0) {
    }
    _exit(ok ? 0 : 1);
}

static void ended_well(pid_t child)
{
    int state = 0;
    assert_int_equal(waitpid(child, &state, 0), child);
    assert_true(WIFEXITED(state));
    assert_int_equal(WEXITSTATUS(state), 0);
}

static void talk_in(const char *folder)
{
    struct mu_home home = home_in(folder);
    struct mu_error err;
    char path[MU_PATH_MAX];
    char answer[MU_AGENT_LINE_MAX];
    struct mu_agent_link link;
    assert_int_equal(mu_agent_socket_path(&home, path, &err), MU_OK);
    int listener = listen_at(path);
    pid_t agent = agent_that_says(listener, "muster-agent 1 77 0.1.0\n",
                                  "ok served=1 live=1\nchanged orion\n");
    (void)close(listener);

    assert_int_equal(mu_agent_connect(&home, 5000, &link, &err), MU_OK);
    assert_int_equal(link.pid, 77);
    assert_string_equal(link.version, "0.1.0");
    assert_int_equal(mu_agent_ask(&link, "status", 5000, answer, &err), MU_OK);
    assert_string_equal(answer, "served=1 live=1");
    bool line = false;
    assert_int_equal(mu_agent_line(&link, 5000, answer, &line, &err), MU_OK);
    assert_true(line);
    assert_string_equal(answer, "changed orion");
    assert_int_equal(mu_agent_line(&link, 0, answer, &line, &err), MU_OK);
    assert_false(line);
    mu_agent_disconnect(&link);
    ended_well(agent);
}

static void test_agent__answers_requests_and_tells_of_changes(void **state)
{
    (void)state;
    talk_in("home");
}

static void test_agent__is_reached_behind_a_path_that_no_socket_address_holds(void **state)
{
    (void)state;
    char folder[301];
    memset(folder, 'x', 200);
    folder[100] = '/';
    memcpy(folder + 200, "/home", 6);
    talk_in(folder);
}

static void test_agent__absent_is_offline(void **state)
{
    (void)state;
    struct mu_home home = home_in("home");
    struct mu_error err;
    struct mu_agent_link link;
    char path[MU_PATH_MAX];
    assert_int_equal(mu_agent_connect(&home, 0, &link, &err), MU_E_OFFLINE);
    assert_false(mu_agent_poke(&home, "orion", true));

    /* A socket that a killed agent left behind. */
    assert_int_equal(mu_agent_socket_path(&home, path, &err), MU_OK);
    (void)close(listen_at(path));
    assert_int_equal(mu_agent_connect(&home, 0, &link, &err), MU_E_OFFLINE);
}

static void test_agent__that_listens_elsewhere_is_found_by_its_lock(void **state)
{
    struct mu_home home = home_in("home");
    struct mu_error err;
    char lock[MU_PATH_MAX];
    char text[MU_PATH_MAX + 16];
    char path[MU_PATH_MAX];
    assert_int_equal(mu_path_join(*state, "other.sock", path, &err), MU_OK);
    assert_int_equal(mu_agent_lock_path(&home, lock, &err), MU_OK);
    (void)snprintf(text, sizeof text, "77\n%s\n", path);
    assert_int_equal(mu_file_write(lock, mu_slice_str(text), &err), MU_OK);
    int listener = listen_at(path);
    pid_t agent = agent_that_says(listener, "muster-agent 1 77 0.1.0\n", NULL);
    (void)close(listener);
    struct mu_agent_link link;

    assert_int_equal(mu_agent_connect(&home, 5000, &link, &err), MU_OK);

    mu_agent_disconnect(&link);
    ended_well(agent);
}

static void test_agent__of_another_version_is_refused(void **state)
{
    (void)state;
    struct mu_home home = home_in("home");
    struct mu_error err;
    char path[MU_PATH_MAX];
    assert_int_equal(mu_agent_socket_path(&home, path, &err), MU_OK);
    int listener = listen_at(path);
    pid_t agent = agent_that_says(listener, "muster-agent 2 77 9.0.0\n", NULL);
    (void)close(listener);
    struct mu_agent_link link;

    assert_int_equal(mu_agent_connect(&home, 5000, &link, &err), MU_E_VERSION);

    ended_well(agent);
}

static void test_agent__that_says_nothing_does_not_hold_us_up(void **state)
{
    (void)state;
    struct mu_home home = home_in("home");
    struct mu_error err;
    char path[MU_PATH_MAX];
    assert_int_equal(mu_agent_socket_path(&home, path, &err), MU_OK);
    int listener = listen_at(path); /* connects, never greets */
    struct mu_agent_link link;

    assert_int_equal(mu_agent_connect(&home, 20, &link, &err), MU_E_BUSY);
    assert_true(mu_agent_poke(&home, "orion", true));

    (void)close(listener);
}

static void test_agent__refusals_are_shown_without_controls(void **state)
{
    (void)state;
    struct mu_home home = home_in("home");
    struct mu_error err;
    char path[MU_PATH_MAX];
    char answer[MU_AGENT_LINE_MAX];
    assert_int_equal(mu_agent_socket_path(&home, path, &err), MU_OK);
    int listener = listen_at(path);
    pid_t agent =
        agent_that_says(listener, "muster-agent 1 77 0.1.0\n", "error what is \033[2J that\n");
    (void)close(listener);
    struct mu_agent_link link;
    assert_int_equal(mu_agent_connect(&home, 5000, &link, &err), MU_OK);

    assert_int_equal(mu_agent_ask(&link, "dance", 5000, answer, &err), MU_E_INVALID);

    assert_string_equal(err.text, "muster-agent: what is ?[2J that");
    mu_agent_disconnect(&link);
    ended_well(agent);
}

static void test_agent__stop_without_one_is_done_at_once(void **state)
{
    (void)state;
    struct mu_home home = home_in("home");
    struct mu_error err;
    bool was_running = true;
    char lock[MU_PATH_MAX];
    assert_int_equal(mu_agent_lock_path(&home, lock, &err), MU_OK);
    /* A killed agent's lock file holds nobody up. */
    assert_int_equal(mu_file_write(lock, mu_slice_str("77\n/nowhere\n"), &err), MU_OK);

    assert_int_equal(mu_agent_stop(&home, 100, &was_running, &err), MU_OK);
    assert_false(was_running);

    int held = open(lock, O_RDONLY);
    assert_int_equal(flock(held, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(mu_agent_stop(&home, 100, &was_running, &err), MU_E_BUSY);
    (void)close(held);
}

/* Programs in PATH are found when there is none beside the test. */
static void test_agent__runs_with_its_arguments_and_input(void **state)
{
    static const char script[] = "#!/bin/sh\necho \"$@\"\ncat\nexit 6\n";
    static const char *const arguments[] = {"--join", NULL};
    struct mu_home home = home_in("home");
    struct mu_error err;
    char program[MU_PATH_MAX];
    char wanted[2 * MU_PATH_MAX];
    char *path_before = getenv("PATH");
    assert_non_null(path_before);
    char path[2 * MU_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s:%s", (char *)*state, path_before);
    assert_int_equal(mu_path_join(*state, "muster-agent", program, &err), MU_OK);
    assert_int_equal(mu_file_write(program, mu_slice_str(script), &err), MU_OK);
    assert_int_equal(chmod(program, 0700), 0);
    assert_int_equal(setenv("PATH", path, 1), 0);
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 4096);
    int exit_code = 0;

    assert_int_equal(
        mu_agent_run(&home, arguments, mu_slice_str("mst1invite\n"), &text, &exit_code, &err),
        MU_OK);

    (void)snprintf(wanted, sizeof wanted, "--join --home %s\nmst1invite\n", home.folder);
    assert_int_equal(exit_code, 6);
    assert_true(mu_slice_equal(mu_buf_view(&text), mu_slice_str(wanted)));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_agent__answers_requests_and_tells_of_changes),
        IN_FOLDER(test_agent__is_reached_behind_a_path_that_no_socket_address_holds),
        IN_FOLDER(test_agent__absent_is_offline),
        IN_FOLDER(test_agent__that_listens_elsewhere_is_found_by_its_lock),
        IN_FOLDER(test_agent__of_another_version_is_refused),
        IN_FOLDER(test_agent__that_says_nothing_does_not_hold_us_up),
        IN_FOLDER(test_agent__refusals_are_shown_without_controls),
        IN_FOLDER(test_agent__stop_without_one_is_done_at_once),
        IN_FOLDER(test_agent__runs_with_its_arguments_and_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
