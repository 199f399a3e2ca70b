/* The command line as scripts and people meet it: exit codes, JSON, limits, damaged files, and a
 * real terminal. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/pty.h"
#include "tests/harness/team.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char muster[] = MUSTER_PROGRAMS "/muster";

/* A team with one person, its server already gone: everything here works without. */
static struct mu_actor *alone(struct mu_cast *team)
{
    mu_team_begin(team);
    struct mu_actor *ana = mu_team_join(team, "ana");
    assert_int_equal(mu_team_stop_server(team, SIGTERM), 0);
    return ana;
}

/* Run, expect the code; what it said on stderr, or on stdout when it said nothing there. */
static void gives(struct mu_cast *team, struct mu_actor *actor, const char *const *words,
                  const char *input, int code, const char *says)
{
    struct mu_ran ran = mu_cast_run(team, actor, words, input);
    const char *said = ran.err[0] != '\0' ? ran.err : ran.out;
    if (ran.code != code || strstr(said, says) == NULL) {
        fail_msg("muster %s: exit %d, not %d, or without '%s':\n%s%s",
                 words[0] != NULL ? words[0] : "", ran.code, code, says, ran.out, ran.err);
    }
    mu_ran_free(&ran);
}

#define GIVES(code, says, ...) gives(&team, ana, MU_WORDS(__VA_ARGS__), NULL, code, says)

static void test_cli__exit_codes_and_words_are_a_contract(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);

    GIVES(0, "\xc2\xb7 @ana \xc2\xb7 due Fri ", "add", "Call Kowalczyk", "@ana", "due:fri");
    GIVES(0, "saved here, 2 changes waiting", "add", "Second");
    GIVES(1, "", "list", "nothing like it", "--exit-code");
    GIVES(0, "", "list", "nothing like it");
    GIVES(2, "no command 'lst'; did you mean 'muster list'?", "lst");
    GIVES(2, "did you mean '--title'?", "edit", "T-1", "--tilte", "x");
    GIVES(2, "which task (T-42)? usage: muster done T-42", "done");
    GIVES(2, "'x' is one word too many", "undo", "x");
    GIVES(2, "'03/04' may be", "add", "x", "due:03/04");
    GIVES(2, "a task needs a title", "add", "@ana");
    GIVES(3, "no task T-99 here", "show", "T-99");
    GIVES(3, "no person '@anna'; did you mean '@ana'?", "add", "x", "@anna");
    GIVES(3, "no column 'dooing'; did you mean 'Doing'?", "add", "x", "^dooing");
    GIVES(5, "without a lead", "member", "remove", "@ana");
    GIVES(6, "", "sync", "--wait", "200ms");
    GIVES(0, "", "--version");
    GIVES(0, "usage: muster add", "help", "add");
    GIVES(0, "usage: muster add", "add", "--help");
    struct mu_actor nobody = {.name = "nobody", .home = "nobody"};
    gives(&team, &nobody, MU_WORDS("list"), NULL, 4, "no workspace joined here");
    gives(&team, &nobody, MU_WORDS("join", "mst1torn"), NULL, 2, "");
    gives(&team, &nobody, MU_WORDS(NULL), NULL, 0, "muster join INVITE");
    mu_team_end(&team);
}

static void test_cli__errors_are_json_when_asked(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);
    json_error_t error;

    struct mu_ran ran = mu_cast_run(&team, ana, MU_WORDS("show", "T-99", "--json"), NULL);
    assert_int_equal(ran.code, 3);
    assert_string_equal(ran.out, "");
    json_t *told = json_loads(ran.err, 0, &error);
    assert_non_null(told);
    json_t *inner = json_object_get(told, "error");
    assert_string_equal(json_string_value(json_object_get(inner, "code")), "not_found");
    assert_string_equal(json_string_value(json_object_get(inner, "message")), "no task T-99 here");
    assert_true(json_is_null(json_object_get(inner, "hint")));
    json_decref(told);
    mu_ran_free(&ran);

    ran = mu_cast_run(&team, ana, MU_WORDS("--json", "frobnicate"), NULL);
    assert_int_equal(ran.code, 2);
    told = json_loads(ran.err, 0, &error);
    assert_non_null(told);
    json_decref(told);
    mu_ran_free(&ran);
    mu_team_end(&team);
}

static void has_keys(json_t *object, const char *const *keys)
{
    assert_int_equal(json_integer_value(json_object_get(object, "schema")), 1);
    for (; *keys != NULL; keys++) {
        if (json_object_get(object, *keys) == NULL) {
            fail_msg("no '%s'", *keys);
        }
    }
}

static void test_cli__json_has_the_fields_that_were_promised(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);
    mu_team_do(&team, ana,
               MU_WORDS("add", "Call", "@ana", "#sales", "due:2027-01-04", "--check", "x"));

    json_t *told = mu_team_ask(&team, ana, MU_WORDS("status"));
    has_keys(told, MU_WORDS("workspace", "member", "device", "role", "link", "offline_since",
                            "incarnation", "cursor", "head", "pending", "oldest_pending_s",
                            "conflicts", "refused", "digest", "server_time"));
    assert_string_equal(json_string_value(json_object_get(told, "link")), "offline");
    assert_int_equal(json_integer_value(json_object_get(told, "pending")), 1);
    json_decref(told);

    told = mu_team_ask(&team, ana, MU_WORDS("list"));
    json_t *task = json_array_get(json_object_get(told, "tasks"), 0);
    assert_non_null(task);
    static const char *const keys[] = {"ref",     "id",      "title",       "state",  "column",
                                       "owner",   "helpers", "due",         "labels", "goal",
                                       "blocked", "pending", "updated_seq", NULL};
    for (size_t i = 0; keys[i] != NULL; i++) {
        assert_non_null(json_object_get(task, keys[i]));
    }
    assert_string_equal(json_string_value(json_object_get(task, "due")), "2027-01-04");
    assert_true(json_is_true(json_object_get(task, "pending")));
    json_decref(told);

    static const char *const commands[] = {"log",  "conflicts", "config",  "schema", "doctor",
                                           "keys", "verify",    "refused", NULL};
    for (size_t i = 0; commands[i] != NULL; i++) {
        json_decref(mu_team_ask(&team, ana, MU_WORDS(commands[i])));
    }
    json_decref(mu_team_ask(&team, ana, MU_WORDS("member", "list")));
    json_decref(mu_team_ask(&team, ana, MU_WORDS("device", "list")));
    json_decref(mu_team_ask(&team, ana, MU_WORDS("column", "list")));
    json_decref(mu_team_ask(&team, ana, MU_WORDS("label", "list")));
    told = mu_team_ask(&team, ana, MU_WORDS("export", "json"));
    assert_int_equal(json_array_size(json_object_get(json_object_get(told, "rows"), "task")), 1);
    json_decref(told);
    mu_team_end(&team);
}

/* -- texts ------------------------------------------------------------------- */

/* count times piece, for the caller to free(). */
static char *many(const char *piece, size_t count)
{
    size_t len = strlen(piece);
    char *text = malloc(len * count + 1);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++) {
        memcpy(text + i * len, piece, len);
    }
    text[len * count] = '\0';
    return text;
}

static void test_cli__texts_end_at_64_kib_and_say_so(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);
    char *whole = many("x", 65536);
    char *more = many("x", 65537);

    gives(&team, ana, MU_WORDS("add", "-"), whole, 0, "saved here");
    gives(&team, ana, MU_WORDS("add", "-"), more, 2, "limit of 65536 bytes");
    gives(&team, ana, MU_WORDS("add", "one", "--desc", "-"), whole, 0, "saved here");
    gives(&team, ana, MU_WORDS("add", "two", "--desc", "-"), more, 2,
          "larger than the limit of 65536 bytes");
    gives(&team, ana, MU_WORDS("add", "three", "--desc", "-"), "no \xff utf-8", 2,
          "the description is not UTF-8 text");
    gives(&team, ana, MU_WORDS("add", "four", "--desc", "file:nowhere"), NULL, 3, "nowhere");
    json_t *told = mu_team_ask(&team, ana, MU_WORDS("list"));
    assert_int_equal(json_array_size(json_object_get(told, "tasks")), 2);
    json_t *first = json_array_get(json_object_get(told, "tasks"), 0);
    assert_int_equal(json_string_length(json_object_get(first, "title")), 65536);
    json_decref(told);
    free(whole);
    free(more);
    mu_team_end(&team);
}

/* -- a real terminal --------------------------------------------------------- */

static struct mu_pty_ran on_terminal(const struct mu_actor *actor, const char *const *words,
                                     const char *const *environment)
{
    const char *argv[24] = {muster, "--home", actor->home};
    size_t count = 3;
    for (; *words != NULL; words++) {
        argv[count++] = *words;
    }
    argv[count] = NULL;
    struct mu_pty_ran ran = mu_pty_run(argv, environment, 80, MU_TEAM_PATIENCE_MS);
    if (ran.code != 0) {
        fail_msg("exit %d: %s", ran.code, ran.out);
    }
    return ran;
}

static bool has_sequence(const char *text)
{
    return strchr(text, '\033') != NULL;
}

static void test_cli__colour_follows_the_terminal_and_its_owner(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);
    mu_team_do(&team, ana, MU_WORDS("add", "Call", "due:2020-01-01"));
    static const struct {
        const char *const environment[4];
        const char *option;
        bool colour;
    } cases[] = {
        {{"TERM=xterm", "NO_COLOR=", NULL}, NULL, true},
        {{"TERM=xterm", "NO_COLOR=1", NULL}, NULL, false},
        {{"TERM=dumb", "NO_COLOR=", NULL}, NULL, false},
        {{"TERM=", "NO_COLOR=", NULL}, NULL, false},
        {{"TERM=xterm", "NO_COLOR=", NULL}, "--color=never", false},
        {{"TERM=dumb", "NO_COLOR=1", NULL}, "--color=always", true},
        {{"TERM=xterm", "NO_COLOR=", "MUSTER_COLOR=never", NULL}, NULL, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mu_pty_ran ran =
            on_terminal(ana, MU_WORDS("list", cases[i].option), cases[i].environment);
        if (has_sequence(ran.out) != cases[i].colour) {
            fail_msg("case %zu: %s", i, ran.out);
        }
        mu_pty_free(&ran);
    }
    struct mu_ran piped = mu_cast_run(&team, ana, MU_WORDS("list"), NULL);
    assert_false(has_sequence(piped.out));
    assert_int_equal(piped.out[0], '~');
    mu_ran_free(&piped);
    piped = mu_cast_run(&team, ana, MU_WORDS("list", "--color=always", "--pretty"), NULL);
    assert_true(has_sequence(piped.out));
    mu_ran_free(&piped);
    mu_team_end(&team);
}

/* Whatever a colleague writes, the only sequences on the screen are ours, and lines keep to the
 * screen's width. */
static void test_cli__foreign_text_never_drives_a_terminal(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);
    static const char nasty[] = "evil \033[2J\033]0;own\007 \xc2\x9b"
                                "1m \xe2\x80\xae rtl "
                                "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9 end\r\n\tx";
    const char *const plain[] = {"TERM=xterm", "NO_COLOR=1", NULL};
    gives(&team, ana, MU_WORDS("add", "-", "#-x", "--check", nasty), nasty, 0, "saved here");
    json_t *told = mu_team_ask(&team, ana, MU_WORDS("list"));
    char ref[32];
    (void)snprintf(ref, sizeof ref, "%s",
                   json_string_value(
                       json_object_get(json_array_get(json_object_get(told, "tasks"), 0), "ref")));
    json_decref(told);
    gives(&team, ana, MU_WORDS("comment", ref, "-"), nasty, 0, "commented");
    gives(&team, ana, MU_WORDS("edit", ref, "--desc", "-", "--label", nasty), nasty, 0, "saved");

    const char *const *screens[] = {
        MU_WORDS("list"),           MU_WORDS("show", ref),          MU_WORDS("log"),
        MU_WORDS("log", ref),       MU_WORDS("label", "list"),      MU_WORDS("check", ref),
        MU_WORDS("list", "--json"), MU_WORDS("show", ref, "--json")};
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
        struct mu_pty_ran ran = on_terminal(ana, screens[i], plain);
        for (const char *at = ran.out; *at != '\0'; at++) {
            unsigned char byte = (unsigned char)*at;
            if ((byte < 0x20 && byte != '\r' && byte != '\n') || byte == 0x7f ||
                (byte == '\r' && at[1] != '\n')) {
                fail_msg("screen %zu has byte %02x: %s", i, byte, ran.out);
            }
        }
        /* NOLINTNEXTLINE(misc-misleading-bidirectional): what must not come through */
        assert_null(strstr(ran.out, "\xe2\x80\xae"));
        assert_null(strstr(ran.out, "\xc2\x9b"));
        mu_pty_free(&ran);
    }
    mu_team_end(&team);
}

static void test_cli__help_and_overview_are_no_walls(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);
    const char *const plain[] = {"TERM=xterm", "NO_COLOR=1", NULL};

    struct mu_pty_ran ran = on_terminal(ana, MU_WORDS(NULL), plain);
    size_t lines = 0;
    for (const char *at = ran.out; *at != '\0'; at++) {
        lines += *at == '\n' ? 1 : 0;
    }
    assert_int_equal(lines, 5); /* who, the link, three commands */
    assert_non_null(strstr(ran.out, "Offline since"));
    mu_pty_free(&ran);
    mu_team_end(&team);
}

/* -- files
 * ------------------------------------------------------------------------------------------ */

static void path_of(const struct mu_actor *actor, const char *name, char out_path[512])
{
    (void)snprintf(out_path, 512, "%s/data/orion/%s", actor->home, name);
}

static void overwrite(const char *path, long offset, const char *bytes)
{
    int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, bytes, strlen(bytes), offset), strlen(bytes));
    assert_int_equal(close(file), 0);
}

static void test_cli__a_damaged_replica_is_told_and_rebuilt(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    char path[512];
    mu_team_do(&team, ana, MU_WORDS("add", "Synced"));
    mu_team_do(&team, ana, MU_WORDS("sync"));
    mu_team_do(&team, ana, MU_WORDS("add", "Waiting"));
    path_of(ana, "replica.db", path);
    overwrite(path, 0, "This is no database any more.");

    GIVES(7, "replica.db", "list");
    GIVES(7, "replica.db", "add", "x");
    GIVES(7, "muster doctor --rebuild", "doctor", "--pretty");
    GIVES(0, "outbox is untouched", "doctor", "--rebuild");
    mu_team_do(&team, ana, MU_WORDS("sync"));

    json_t *told = mu_team_ask(&team, ana, MU_WORDS("list"));
    assert_int_equal(mu_team_task_count(told, "Synced"), 1);
    assert_int_equal(mu_team_task_count(told, "Waiting"), 1);
    json_decref(told);
    GIVES(0, "", "doctor");
    mu_team_end(&team);
}

static void copy_file(const char *from, const char *to)
{
    char piece[65536];
    int source = open(from, O_RDONLY);
    int copy = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(source >= 0 && copy >= 0);
    ssize_t got = 0;
    while ((got = read(source, piece, sizeof piece)) > 0) {
        assert_int_equal(write(copy, piece, (size_t)got), got);
    }
    assert_int_equal(close(source) | close(copy), 0);
}

/* The replica's commits are in order, not on the disk: after a power cut it may be a little older
 * than the outbox.  What was said to be saved must be shown all the same, by 'list' alone, too. */
static void test_cli__after_a_power_cut_what_was_saved_is_shown(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);
    char path[512];
    sqlite3 *db = NULL;
    path_of(ana, "replica.db", path);
    mu_team_do(&team, ana, MU_WORDS("add", "Before"));
    copy_file(path, "older");
    mu_team_do(&team, ana, MU_WORDS("add", "After"));

    copy_file("older", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE mu_meta SET value = x'00' WHERE name = 'home.boot'",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_changes(db), 1);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);

    json_t *told = mu_team_ask(&team, ana, MU_WORDS("list"));
    assert_int_equal(mu_team_task_count(told, "Before"), 1);
    assert_int_equal(mu_team_task_count(told, "After"), 1);
    json_decref(told);
    mu_team_end(&team);
}

static void test_cli__a_key_that_others_may_read_is_refused(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);
    char path[512];
    path_of(ana, "key", path);
    assert_int_equal(chmod(path, 0644), 0);

    GIVES(7, "chmod 600", "add", "x");
    GIVES(7, "make it private", "doctor", "--pretty");
    assert_int_equal(chmod(path, 0600), 0);
    GIVES(0, "saved here", "add", "x");
    mu_team_end(&team);
}

/* Make the replica look as a version wrote it that did not know the last entity yet. */
static void make_older(const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    uint8_t schema[4096];
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT value FROM mu_meta WHERE name = 'schema'", -1, &stmt, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int len = sqlite3_column_bytes(stmt, 0);
    assert_in_range(len, 40, sizeof schema);
    memcpy(schema, sqlite3_column_blob(stmt, 0), (size_t)len);
    sqlite3_finalize(stmt);
    memset(schema + 1, 0, 32); /* the fingerprint; then a number and a count for each entity */
    assert_int_equal(sqlite3_prepare_v2(db, "UPDATE mu_meta SET value = ?1 WHERE name = 'schema'",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_bind_blob(stmt, 1, schema, len - 2, SQLITE_STATIC), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
    sqlite3_finalize(stmt);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_cli__reads_a_board_of_an_older_version(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);
    char path[512];
    path_of(ana, "replica.db", path);
    mu_team_do(&team, ana, MU_WORDS("add", "From before"));

    make_older(path);

    GIVES(0, "From before", "list");
    mu_team_end(&team);
}

static void test_cli__output_that_cannot_be_written_is_no_success(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);
    char command[1024];
    (void)snprintf(command, sizeof command, "'%s' --home '%s' export json >/dev/full", muster,
                   ana->home);

    struct mu_ran ran =
        mu_program_run(MU_WORDS("/bin/sh", "-c", command), NULL, MU_TEAM_PATIENCE_MS);

    assert_int_equal(ran.code, 7);
    assert_non_null(strstr(ran.err, "cannot write the output: disk full"));
    mu_ran_free(&ran);
    mu_team_end(&team);
}

static void test_cli__two_at_once_lose_nothing(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);
    pid_t children[4];

    for (size_t i = 0; i < 4; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            for (int j = 0; j < 5; j++) {
                struct mu_ran ran = mu_cast_run(&team, ana, MU_WORDS("add", "Same title"), NULL);
                if (ran.code != 0) {
                    _exit(1);
                }
                mu_ran_free(&ran);
            }
            _exit(0);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        int code = 0;
        assert_int_equal(waitpid(children[i], &code, 0), children[i]);
        assert_int_equal(code, 0);
    }

    json_t *told = mu_team_ask(&team, ana, MU_WORDS("list"));
    assert_int_equal(mu_team_task_count(told, "Same title"), 20);
    json_decref(told);
    told = mu_team_ask(&team, ana, MU_WORDS("status"));
    assert_int_equal(json_integer_value(json_object_get(told, "pending")), 20);
    json_decref(told);
    mu_team_end(&team);
}

/* -- a day's verbs
 * ------------------------------------------------------------------------------------ */

static void test_cli__a_days_verbs_without_a_server(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);
    char ref[32];
    mu_team_do(&team, ana, MU_WORDS("add", "Ship it", "@me", "#urgent", "due:2027-03-01 15:00"));
    json_t *told = mu_team_ask(&team, ana, MU_WORDS("list"));
    (void)snprintf(ref, sizeof ref, "%s",
                   json_string_value(json_object_get(mu_team_task(told, "Ship it"), "ref")));
    json_decref(told);

    GIVES(0, "due Mon 1 Mar 2027 15:00", "edit", ref, "--title", "Ship it now");
    GIVES(0, "\xc2\xb7 Doing \xc2\xb7", "start", ref);
    GIVES(0, "Review", "move", ref, "review");
    GIVES(0, "Done", "done", ref);
    GIVES(5, "cannot be accepted", "accept", ref);
    GIVES(0, "Doing", "reopen", ref);
    GIVES(0, "commented", "comment", ref, "nearly");
    GIVES(0, "checked 0 of 1", "check", ref, "--add", "tag it");
    GIVES(0, "checked 1 of 1", "check", ref, "tag it");
    GIVES(0, "#later", "edit", ref, "--label", "later");
    GIVES(0, "took back", "undo");
    GIVES(0, "in the trash", "delete", ref);
    GIVES(0, "Ship it now", "list", "--trash");
    GIVES(0, "Doing", "delete", ref, "--restore");
    GIVES(0, "archived \xc2\xb7 dropped", "drop", ref, "not now");
    GIVES(0, "not now", "show", ref);
    GIVES(0, "doing \xc2\xb7 holds 0 of 1", "column", "edit", "doing", "--wip", "1", "--name",
          "Doing");
    GIVES(6, "offline", "sync", "--wait", "100ms", "--json");
    mu_team_end(&team);
}

static void test_cli__settings_are_written_and_win_by_nearness(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = alone(&team);

    GIVES(0, "zone = Asia/Kathmandu", "config", "set", "zone", "Asia/Kathmandu");
    GIVES(0, "Asia/Kathmandu", "config", "zone");
    GIVES(2, "one of always, never, auto", "config", "set", "color", "pink");
    GIVES(2, "no setting 'colour'", "config", "colour");
    GIVES(0, "zone is not set any more", "config", "unset", "zone");
    mu_team_end(&team);
}

/* A command is up in a millisecond because it leaves the network to the agent. */
static void test_cli__links_no_network_library(void **state)
{
    (void)state;
    struct mu_ran ran = mu_program_run(
        MU_WORDS("/bin/sh", "-c", "ldd '" MUSTER_PROGRAMS "/muster'"), NULL, MU_TEAM_PATIENCE_MS);

    assert_int_equal(ran.code, 0);
    assert_non_null(strstr(ran.out, "libsqlite3"));
    assert_null(strstr(ran.out, "libzmq"));
    mu_ran_free(&ran);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_cli__exit_codes_and_words_are_a_contract),
        IN_FOLDER(test_cli__errors_are_json_when_asked),
        IN_FOLDER(test_cli__json_has_the_fields_that_were_promised),
        IN_FOLDER(test_cli__texts_end_at_64_kib_and_say_so),
        IN_FOLDER(test_cli__colour_follows_the_terminal_and_its_owner),
        IN_FOLDER(test_cli__foreign_text_never_drives_a_terminal),
        IN_FOLDER(test_cli__help_and_overview_are_no_walls),
        IN_FOLDER(test_cli__a_damaged_replica_is_told_and_rebuilt),
        IN_FOLDER(test_cli__after_a_power_cut_what_was_saved_is_shown),
        IN_FOLDER(test_cli__a_key_that_others_may_read_is_refused),
        IN_FOLDER(test_cli__reads_a_board_of_an_older_version),
        IN_FOLDER(test_cli__output_that_cannot_be_written_is_no_success),
        IN_FOLDER(test_cli__two_at_once_lose_nothing),
        IN_FOLDER(test_cli__a_days_verbs_without_a_server),
        IN_FOLDER(test_cli__settings_are_written_and_win_by_nearness),
        cmocka_unit_test(test_cli__links_no_network_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
