/* Stand-ups by real programs in several zones, with a clock that the test holds.  At stake: a
 * check-in that is written in time and comes late is on time, all of it is saved or nothing, and
 * bad input harms nothing. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/model/due.h"

struct three {
    struct mu_cast team;
    struct mu_actor *ana, *kofi, *mia; /* Lisbon, Nairobi, Denver */
};

/* All programs stand at this moment of UTC. */
static void set_clock_at(int32_t month, int32_t day, int32_t hour, int32_t minute, int32_t second)
{
    struct timespec now;
    int64_t days = mu_date_to_days((struct mu_date){2026, month, day});
    int64_t wanted_s = days * 86400 + hour * 3600 + minute * 60 + second;
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
    int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    FILE *file = fopen("clock", "w");
    assert_non_null(file);
    assert_true(fprintf(file, "%lld\n", (long long)(wanted_s * 1000 - now_ms)) > 0);
    assert_int_equal(fclose(file), 0);
}

static void set_clock(int32_t month, int32_t day, int32_t hour, int32_t minute)
{
    set_clock_at(month, day, hour, minute, 0);
}

static void run(struct three *t, struct mu_actor *actor, const char *const *words)
{
    mu_team_do(&t->team, actor, words);
}

static void sync_all(struct three *t)
{
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < t->team.count; i++) {
            run(t, &t->team.people[i], MU_WORDS("sync"));
        }
    }
}

static void gives(struct three *t, struct mu_actor *actor, int code, const char *says,
                  const char *const *words)
{
    struct mu_ran ran = mu_cast_run(&t->team, actor, words, NULL);
    if (ran.code != code || (strstr(ran.out, says) == NULL && strstr(ran.err, says) == NULL)) {
        fail_msg("muster %s: exit %d, not %d, or without '%s':\n%s%s", words[0], ran.code, code,
                 says, ran.out, ran.err);
    }
    mu_ran_free(&ran);
}

/* Monday 7 December 2026, ten o'clock: a team in three zones with a stand-up and two tasks. */
static void begin(struct three *t)
{
    char folder[512];
    assert_non_null(getcwd(folder, sizeof folder - 8));
    (void)strncat(folder, "/clock", 8);
    assert_int_equal(setenv("MUSTER_CLOCK", folder, 1), 0);
    assert_int_equal(setenv("TZ", "UTC", 1), 0);
    set_clock(12, 7, 10, 0);
    mu_team_begin(&t->team);
    t->ana = mu_team_join(&t->team, "ana");
    t->kofi = mu_team_join(&t->team, "kofi");
    t->mia = mu_team_join(&t->team, "mia");
    run(t, t->ana, MU_WORDS("member", "zone", "Europe/Lisbon"));
    run(t, t->kofi, MU_WORDS("member", "zone", "Africa/Nairobi"));
    run(t, t->mia, MU_WORDS("member", "zone", "America/Denver"));
    run(t, t->ana, MU_WORDS("add", "parser", "@kofi"));
    run(t, t->ana, MU_WORDS("add", "lexer", "@kofi"));
    run(t, t->ana, MU_WORDS("add", "parser tests", "@kofi"));
    run(t, t->ana,
        MU_WORDS("schedule", "add", "standup", "--days", "mon-fri", "--open", "09:00", "--due",
                 "09:30", "--grace", "15m"));
    sync_all(t);
}

static void end(struct three *t)
{
    mu_team_end(&t->team);
    assert_int_equal(unsetenv("MUSTER_CLOCK"), 0);
}

static json_t *slot_in(json_t *told, const char *person)
{
    size_t at = 0;
    json_t *slot = NULL;
    json_array_foreach(json_object_get(told, "slots"), at, slot)
    {
        if (strcmp(json_string_value(json_object_get(slot, "person")), person) == 0) {
            return slot;
        }
    }
    return NULL;
}

static void assert_slot(struct three *t, struct mu_actor *viewer, const char *person,
                        const char *state)
{
    json_t *told = mu_team_ask(&t->team, viewer, MU_WORDS("checkin", "list"));
    json_t *slot = slot_in(told, person);
    assert_non_null(slot);
    assert_string_equal(json_string_value(json_object_get(slot, "state")), state);
    json_decref(told);
}

static void test_rhythm__kofi_checks_in_on_a_train_and_is_on_time(void **state)
{
    (void)state;
    struct three t;
    begin(&t);
    run(&t, t.kofi, MU_WORDS("promise", "T-1"));
    run(&t, t.kofi, MU_WORDS("promise", "T-2"));
    sync_all(&t);

    /* Tuesday, nine in Nairobi.  He has no network. */
    set_clock(12, 8, 6, 12);
    assert_slot(&t, t.ana, "kofi", "open");
    assert_slot(&t, t.ana, "ana", "scheduled");
    json_t *said = mu_team_ask(&t.team, t.kofi,
                               MU_WORDS("checkin", "parser is through", "--done", "T-1",
                                        "--promise", "T-3", "--blocked", "which Unicode version",
                                        "--needs", "@ana", "--kind", "decision"));
    json_t *slot = json_object_get(said, "slot");
    assert_string_equal(json_string_value(json_object_get(slot, "state")), "on_time");
    assert_true(json_is_true(json_object_get(slot, "pending")));
    assert_int_equal(json_array_size(json_object_get(said, "done")), 1);
    assert_int_equal(json_array_size(json_object_get(said, "promised")), 1);
    assert_int_equal(json_array_size(json_object_get(said, "blocked")), 1);
    json_decref(said);
    run(&t, t.kofi, MU_WORDS("edit", "T-3", "--desc", "all of them"));
    run(&t, t.kofi, MU_WORDS("edit", "T-3", "--due", "2026-12-09"));
    json_t *status = mu_team_ask(&t.team, t.kofi, MU_WORDS("status"));
    assert_int_equal(json_integer_value(json_object_get(status, "pending")), 6);
    json_decref(status);

    /* Overdue is for him and the lead; at the end of grace everybody sees that it is missed. */
    set_clock(12, 8, 6, 40);
    assert_slot(&t, t.ana, "kofi", "due");
    assert_slot(&t, t.mia, "kofi", "open");
    set_clock(12, 8, 6, 46);
    assert_slot(&t, t.mia, "kofi", "missed");
    gives(&t, t.mia, 0, "kofi\tstandup\t2026-12-08\tmissed", MU_WORDS("checkin", "missing"));

    /* 11:40 in Nairobi he is back; programs take their seconds, before and after. */
    set_clock_at(12, 8, 8, 40, 20);
    sync_all(&t);
    assert_slot(&t, t.mia, "kofi", "on_time");
    gives(&t, t.ana, 0, "on time (arrived 08:40) \xc2\xb7 written 06:12, received 08:40",
          MU_WORDS("checkin", "list", "@kofi"));
    gives(&t, t.ana, 0, "2 h 28 min", MU_WORDS("blockers"));
    json_t *tasks = mu_team_ask(&t.team, t.mia, MU_WORDS("list", "--all"));
    json_t *task = mu_team_task(tasks, "parser");
    assert_string_equal(json_string_value(json_object_get(task, "state")), "done");
    json_decref(tasks);
    gives(&t, t.kofi, 0, "T-2 'lexer' \xc2\xb7 yesterday \xc2\xb7 missed",
          MU_WORDS("promises", "--days", "3"));

    /* Ana has read it. */
    gives(&t, t.mia, 5, "lead", MU_WORDS("checkin", "ack", "@kofi", "fine"));
    run(&t, t.ana, MU_WORDS("checkin", "ack", "@kofi", "thank you"));
    sync_all(&t);
    json_t *list = mu_team_ask(&t.team, t.kofi, MU_WORDS("checkin", "list", "@me"));
    slot = slot_in(list, "kofi");
    assert_string_equal(json_string_value(json_object_get(slot, "ack_by")), "ana");
    assert_string_equal(json_string_value(json_object_get(slot, "ack_note")), "thank you");
    json_decref(list);
    gives(&t, t.mia, 0, "checked in for 2026-12-08: 'parser is through'", MU_WORDS("log"));
    gives(&t, t.mia, 0, "acknowledged a check-in: 'thank you'", MU_WORDS("log"));
    mu_team_verify(&t.team);
    end(&t);
}

static void test_rhythm__a_checkin_is_saved_as_a_whole_or_not_at_all(void **state)
{
    (void)state;
    struct three t;
    begin(&t);
    set_clock(12, 8, 16, 5);

    /* T-1 is Kofi's: Mia cannot promise it, and nothing else of hers is kept. */
    gives(&t, t.mia, 5, "", MU_WORDS("checkin", "mine", "--promise", "T-1", "--blocked", "x"));
    assert_slot(&t, t.mia, "mia", "open");
    json_t *status = mu_team_ask(&t.team, t.mia, MU_WORDS("status"));
    assert_int_equal(json_integer_value(json_object_get(status, "pending")), 0);
    json_decref(status);
    gives(&t, t.mia, 3, "T-99", MU_WORDS("checkin", "mine", "--done", "T-99"));
    gives(&t, t.mia, 2, "nothing is said yet", MU_WORDS("checkin"));
    gives(&t, t.mia, 2, "--kind is", MU_WORDS("checkin", "x", "--blocked", "y", "--kind", "bad"));
    assert_slot(&t, t.mia, "mia", "open");
    /* A form from a pipe. */
    struct mu_ran ran = mu_cast_run(&t.team, t.mia, MU_WORDS("checkin", "-"),
                                    "# left out\ndone nothing so far\npromise: write the guide\n"
                                    "blocked: no text yet @ana\n");
    assert_int_equal(ran.code, 0);
    assert_non_null(strstr(ran.out, "on time"));
    assert_non_null(strstr(ran.out, "promised write the guide"));
    assert_non_null(strstr(ran.out, "blocked 'no text yet'"));
    mu_ran_free(&ran);
    gives(&t, t.mia, 0, "edited", MU_WORDS("checkin", "something else"));
    end(&t);
}

static void test_rhythm__questions_are_answered_by_option_or_in_an_editor(void **state)
{
    (void)state;
    struct three t;
    begin(&t);
    run(&t, t.ana,
        MU_WORDS("schedule", "edit", "standup", "--question", "number required: How many calls?",
                 "--question", "scale 1-5: How sure are you?", "--question", "What helped?"));
    sync_all(&t);
    set_clock(12, 8, 6, 5);

    gives(&t, t.kofi, 2, "question 1 'How many calls?' asks for an answer",
          MU_WORDS("checkin", "well"));
    gives(&t, t.kofi, 2, "a number like 1850", MU_WORDS("checkin", "well", "--answer", "1=12,5"));
    gives(&t, t.kofi, 2, "a number like 1850", MU_WORDS("checkin", "well", "--answer", "1=1e400"));
    gives(&t, t.kofi, 2, "from 1 to 5",
          MU_WORDS("checkin", "well", "--answer", "1=12", "--answer", "2=6"));
    gives(&t, t.kofi, 2, "there is no question 4", MU_WORDS("checkin", "--answer", "4=x"));
    run(&t, t.kofi, MU_WORDS("checkin", "well", "--answer", "1=12", "--answer", "2=4"));
    /* The editor finds a form with the questions in it, and writes in it. */
    char path[512];
    FILE *file = fopen("editor", "w");
    assert_non_null(file);
    assert_true(fputs("#!/bin/sh\ngrep -q 'How many calls' \"$1\" || exit 1\n"
                      "printf '1: 7\\n3: coffee\\nin the editor\\n' >> \"$1\"\n",
                      file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod("editor", 0755), 0);
    assert_non_null(getcwd(path, sizeof path - 8));
    (void)strncat(path, "/editor", 8);
    assert_int_equal(setenv("VISUAL", path, 1), 0);
    set_clock(12, 8, 16, 10);
    run(&t, t.mia, MU_WORDS("checkin", "--edit"));
    assert_int_equal(setenv("VISUAL", "false", 1), 0);
    gives(&t, t.mia, 7, "the editor failed", MU_WORDS("checkin", "--edit"));
    json_t *told = mu_team_ask(&t.team, t.mia, MU_WORDS("checkin", "list", "@me"));
    json_t *slot = slot_in(told, "mia");
    assert_string_equal(json_string_value(json_object_get(slot, "text")), "in the editor");
    assert_string_equal(json_string_value(json_object_get(slot, "state")), "on_time");
    json_decref(told);
    end(&t);
}

static void test_rhythm__observers_read_and_are_asked_nothing(void **state)
{
    (void)state;
    struct three t;
    begin(&t);
    run(&t, t.ana, MU_WORDS("member", "role", "@mia", "observer"));
    sync_all(&t);
    set_clock(12, 8, 16, 10);

    gives(&t, t.mia, 3, "no check-in is asked of you today", MU_WORDS("checkin", "me too"));
    gives(&t, t.mia, 5, "asks for the role member", MU_WORDS("absence", "today"));
    gives(&t, t.mia, 5, "asks for the role lead",
          MU_WORDS("holiday", "add", "2026-12-24", "Christmas Eve"));
    assert_slot(&t, t.mia, "kofi", "missed");
    json_t *told = mu_team_ask(&t.team, t.mia, MU_WORDS("checkin", "list"));
    assert_null(slot_in(told, "mia"));
    json_t *first = json_array_get(json_object_get(told, "slots"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "person")), "ana"); /* who leads */
    json_decref(told);
    end(&t);
}

/* Kofi's telephone: one more device of his. */
static struct mu_actor *phone_of_kofi(struct three *t)
{
    struct mu_actor *phone = &t->team.people[t->team.count++];
    (void)snprintf(phone->name, sizeof phone->name, "phone");
    assert_in_range(snprintf(phone->home, sizeof phone->home, "%.300s/phone", t->team.folder), 1,
                    sizeof phone->home - 1);
    struct mu_ran ran = mu_cast_run(&t->team, t->ana, MU_WORDS("invite", "kofi"), NULL);
    assert_int_equal(ran.code, 0);
    run(t, t->ana, MU_WORDS("sync"));
    ran.out[strcspn(ran.out, "\n")] = '\0';
    run(t, phone, MU_WORDS("join", ran.out));
    mu_ran_free(&ran);
    return phone;
}

static void test_rhythm__two_devices_of_one_person_make_one_checkin(void **state)
{
    (void)state;
    struct three t;
    begin(&t);
    struct mu_actor *phone = phone_of_kofi(&t);
    sync_all(&t);

    set_clock(12, 8, 6, 12);
    run(&t, t.kofi, MU_WORDS("checkin", "parser tests today"));
    set_clock(12, 8, 6, 50); /* the telephone does not know, and comes through first */
    run(&t, phone, MU_WORDS("checkin", "tests"));
    run(&t, phone, MU_WORDS("sync"));
    assert_slot(&t, phone, "kofi", "late");
    set_clock(12, 8, 8, 40);
    sync_all(&t);

    for (size_t i = 0; i < t.team.count; i++) {
        json_t *told =
            mu_team_ask(&t.team, &t.team.people[i], MU_WORDS("checkin", "list", "@kofi"));
        assert_int_equal(json_array_size(json_object_get(told, "slots")), 1);
        json_t *slot = slot_in(told, "kofi");
        assert_string_equal(json_string_value(json_object_get(slot, "state")), "on_time");
        assert_string_equal(json_string_value(json_object_get(slot, "text")), "tests");
        json_decref(told);
    }
    /* What the laptop said is on record. */
    gives(&t, t.kofi, 0, "parser tests today", MU_WORDS("conflicts"));
    mu_team_verify(&t.team);
    end(&t);
}

static void test_rhythm__a_schedule_changes_pauses_and_goes_on(void **state)
{
    (void)state;
    struct three t;
    begin(&t);

    gives(&t, t.kofi, 5, "asks for the role lead",
          MU_WORDS("schedule", "edit", "standup", "--due", "10:00"));
    run(&t, t.ana,
        MU_WORDS("schedule", "edit", "standup", "--due", "10:00", "--from", "2026-12-09"));
    run(&t, t.ana, MU_WORDS("schedule", "pause", "standup", "--from", "2026-12-10"));
    run(&t, t.ana, MU_WORDS("schedule", "resume", "standup", "--from", "2026-12-11"));
    set_clock(12, 11, 20, 0);
    json_t *told = mu_team_ask(
        &t.team, t.ana, MU_WORDS("checkin", "list", "@ana", "--day", "2026-12-08..2026-12-11"));
    json_t *slots = json_object_get(told, "slots");
    assert_int_equal(json_array_size(slots), 3); /* not on the 10th */
    static const char *const due[] = {"2026-12-08T09:30:00Z", "2026-12-09T10:00:00Z",
                                      "2026-12-11T10:00:00Z"};
    for (size_t i = 0; i < 3; i++) {
        json_t *slot = json_array_get(slots, i);
        assert_string_equal(json_string_value(json_object_get(slot, "due")), due[i]);
    }
    json_decref(told);
    end(&t);
}

static void test_rhythm__who_is_away_is_excused_also_when_it_is_said_late(void **state)
{
    (void)state;
    struct three t;
    begin(&t);
    run(&t, t.kofi, MU_WORDS("absence", "@me", "2026-12-08..2026-12-09"));
    run(&t, t.ana, MU_WORDS("holiday", "add", "2026-12-08", "Feast", "--zone", "America/Denver"));
    sync_all(&t);
    set_clock(12, 8, 20, 0);

    assert_slot(&t, t.ana, "kofi", "excused");
    assert_slot(&t, t.ana, "mia", "excused");
    assert_slot(&t, t.ana, "ana", "missed");
    gives(&t, t.mia, 5, "by that person or a lead",
          MU_WORDS("absence", "@ana", "2026-12-08", "--kind", "sick"));
    run(&t, t.ana, MU_WORDS("absence", "2026-12-08", "--kind", "sick"));
    gives(&t, t.ana, 0, "excused \xc2\xb7 sick, declared late",
          MU_WORDS("checkin", "list", "@ana"));
    json_t *told = mu_team_ask(&t.team, t.ana, MU_WORDS("absence", "list", "@kofi"));
    assert_int_equal(json_array_size(json_object_get(told, "absences")), 1);
    json_decref(told);
    end(&t);
}

/* Wait until the notices that kofi's desktop was given hold words. */
static void wait_for_notice(const char *words)
{
    for (int i = 0; i < 600; i++) {
        char text[8192] = "";
        FILE *file = fopen("notices", "r");
        if (file != NULL) {
            size_t len = fread(text, 1, sizeof text - 1, file);
            text[len] = '\0';
            assert_int_equal(fclose(file), 0);
        }
        if (strstr(text, words) != NULL) {
            return;
        }
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    fail_msg("nobody was told '%s'", words);
}

static void write_notifier(void)
{
    char path[512];
    FILE *file = fopen("notify", "w");
    assert_non_null(file);
    assert_non_null(getcwd(path, sizeof path - 16));
    assert_true(fprintf(file, "#!/bin/sh\necho \"$1|$2\" >> '%s/notices'\n", path) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod("notify", 0755), 0);
    (void)strncat(path, "/notify", 8);
    assert_int_equal(setenv("MUSTER_NOTIFY", path, 1), 0);
}

static void test_rhythm__the_agent_reminds_and_a_lead_nudges_but_not_without_end(void **state)
{
    (void)state;
    struct three t;
    begin(&t);
    write_notifier();
    set_clock(12, 8, 6, 14);
    mu_team_start_agent(&t.team, t.kofi);
    mu_team_level(&t.team);
    set_clock(12, 8, 6, 16);

    wait_for_notice("Muster: orion|standup: due at 09:30");
    gives(&t, t.mia, 5, "asks for the role lead", MU_WORDS("nudge", "@kofi", "now"));
    run(&t, t.ana, MU_WORDS("nudge", "@kofi", "the <b>stand-up</b> waits"));
    run(&t, t.ana, MU_WORDS("sync"));
    set_clock(12, 8, 6, 18);
    wait_for_notice("@ana: the &lt;b&gt;stand-up&lt;/b&gt; waits");
    gives(&t, t.ana, 5, "you have nudged about this today", MU_WORDS("nudge", "@kofi", "again"));
    run(&t, t.ana, MU_WORDS("nudge", "@kofi", "one", "--about", "T-1"));
    run(&t, t.ana, MU_WORDS("nudge", "@kofi", "two", "--about", "T-2"));
    gives(&t, t.ana, 5, "3 times today", MU_WORDS("nudge", "@kofi", "x", "--about", "T-3"));
    end(&t);
    assert_int_equal(unsetenv("MUSTER_NOTIFY"), 0);
}

static void test_rhythm__bad_input_is_one_clear_line(void **state)
{
    (void)state;
    struct three t;
    begin(&t);

    gives(&t, t.ana, 3, "no time zone 'Europe/Atlantis'",
          MU_WORDS("member", "zone", "Europe/Atlantis"));
    gives(&t, t.ana, 2, "ends before it begins", MU_WORDS("absence", "2026-12-24..2026-12-20"));
    gives(&t, t.ana, 2, "on which days?",
          MU_WORDS("schedule", "add", "x", "--open", "09:00", "--due", "09:30"));
    gives(&t, t.ana, 2, "are no days",
          MU_WORDS("schedule", "add", "x", "--days", "", "--open", "09:00", "--due", "09:30"));
    gives(
        &t, t.ana, 2, "are no days",
        MU_WORDS("schedule", "add", "x", "--days", "someday", "--open", "09:00", "--due", "9:30"));
    gives(&t, t.ana, 2, "time like 09:30",
          MU_WORDS("schedule", "add", "x", "--days", "mon", "--open", "25:00", "--due", "09:30"));
    gives(&t, t.ana, 2, "--start is a time like 09:30",
          MU_WORDS("member", "hours", "--start", "soon"));
    set_clock(12, 20, 6, 0);
    gives(&t, t.kofi, 2, "closed", MU_WORDS("checkin", "late", "--day", "2026-12-08"));
    gives(&t, t.kofi, 3, "no check-in is asked", MU_WORDS("checkin", "sunday"));
    end(&t);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_rhythm__kofi_checks_in_on_a_train_and_is_on_time),
        IN_FOLDER(test_rhythm__a_checkin_is_saved_as_a_whole_or_not_at_all),
        IN_FOLDER(test_rhythm__questions_are_answered_by_option_or_in_an_editor),
        IN_FOLDER(test_rhythm__observers_read_and_are_asked_nothing),
        IN_FOLDER(test_rhythm__two_devices_of_one_person_make_one_checkin),
        IN_FOLDER(test_rhythm__a_schedule_changes_pauses_and_goes_on),
        IN_FOLDER(test_rhythm__who_is_away_is_excused_also_when_it_is_said_late),
        IN_FOLDER(test_rhythm__the_agent_reminds_and_a_lead_nudges_but_not_without_end),
        IN_FOLDER(test_rhythm__bad_input_is_one_clear_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
