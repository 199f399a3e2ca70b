/* Every command of muster: name, words, what it is for, options, function. */
#include "client/cli/commands.h"

#include <stddef.h>

#include "client/cli/help.h"

#define END                 \
    {                       \
        NULL, 0, NULL, NULL \
    }

static const struct mu_option add_options[] = {
    {"desc", 0, "TEXT", "description; - reads it from standard input, file:PATH from a file"},
    {"due", 0, "WHEN", "as due:WHEN"},
    {"start", 0, "WHEN", "as start:WHEN"},
    {"no-date", 0, NULL, "it needs no due date"},
    {"owner", 0, "@WHO", "as @who"},
    {"label", 0, "NAME", "as #name; may be given several times"},
    {"column", 0, "NAME", "as ^name"},
    {"goal", 0, "G-2", "as goal:G-2: what it serves"},
    {"parent", 0, "T-3", "as parent:T-3: what it is a part of"},
    {"check", 0, "ITEM", "a checklist item; may be given several times"},
    {"after", 0, "T-7", "below that task"},
    {"first", 0, NULL, "on top of the column"},
    {"skills", 0, "LIST", "what it asks for, with commas between: a hint for who"},
    END,
};
static const struct mu_option list_options[] = {
    {"all", 'a', NULL, "what is done, dropped and archived, too; every line of it"},
    {"limit", 'n', "N", "at most N lines; 0: all of them"},
    {"column", 0, "NAME", "as ^name"},
    {"label", 0, "NAME", "as #name; may be given several times"},
    {"trash", 0, NULL, "what was deleted"},
    {"unowned", 0, NULL, "what nobody has, and who would be good at it"},
    {"blocked", 0, NULL, "what something stops"},
    {"exit-code", 0, NULL, "exit 1 when nothing matched"},
    END,
};
static const struct mu_option log_options[] = {
    {"follow", 'f', NULL, "go on with what comes"},
    {"limit", 'n', "N", "at most N entries (50); 0: all that are kept here"},
    END,
};
static const struct mu_option edit_options[] = {
    {"title", 0, "TEXT", "a new title"},
    {"desc", 0, "TEXT", "a new description; - reads it from standard input, file:PATH from a file"},
    {"due", 0, "WHEN", "fri, tomorrow 15:00, 2026-11-27, none"},
    {"start", 0, "WHEN", "when to begin"},
    {"no-date", 0, NULL, "it needs no due date"},
    {"label", 0, "NAME", "put a label on; may be given several times"},
    {"unlabel", 0, "NAME", "take a label off"},
    {"helper", 0, "@WHO", "ask somebody to help"},
    {"no-helper", 0, "@WHO", "release a helper"},
    {"goal", 0, "G-2", "what it serves; none"},
    {"parent", 0, "T-3", "what it is a part of; none"},
    {"skills", 0, "LIST", "what it asks for, with commas between: a hint for who"},
    {"archive", 0, NULL, "out of sight"},
    {"unarchive", 0, NULL, "and back"},
    END,
};
static const struct mu_option move_options[] = {
    {"after", 0, "T-7", "below that task"},
    {"before", 0, "T-7", "above that task"},
    {"first", 0, NULL, "on top"},
    {"last", 0, NULL, "at the end"},
    END,
};
static const struct mu_option reason_options[] = {
    {"reason", 0, "TEXT", "why; - reads it from standard input"},
    END,
};
static const struct mu_option delete_options[] = {
    {"restore", 0, NULL, "take it out of the trash"},
    END,
};
static const struct mu_option check_options[] = {
    {"off", 0, NULL, "untick it"},
    {"remove", 0, NULL, "remove it"},
    {"add", 0, "TEXT", "a new item"},
    {"list", 0, "NAME", "of which checklist (the last); a new name makes one"},
    END,
};
#define GOAL_OPTIONS                                                                      \
    {"desc", 0, "TEXT", "what will be so; - reads it from standard input"},               \
        {"why", 0, "TEXT", "why it matters"}, {"owner", 0, "@WHO", "who answers for it"}, \
        {"reviewer", 0, "@WHO", "who looks at it with the owner"},                        \
        {"start", 0, "WHEN", "its first day"}, {"end", 0, "WHEN", "its last day"},        \
        {"cadence", 0, "HOW", "looked at weekly, biweekly or monthly"},                   \
    {                                                                                     \
        "parent", 0, "G-1", "the goal that it serves; none"                               \
    }
static const struct mu_option goal_add_options[] = {
    GOAL_OPTIONS,
    {"confidence", 0, "N", "how sure its owner is, 0 to 10"},
    {"draft", 0, NULL, "not under way yet"},
    END,
};
static const struct mu_option goal_edit_options[] = {
    GOAL_OPTIONS,
    {"title", 0, "TEXT", "a new title"},
    {"health", 0, "HOW", "as its owner sees it: on-track, at-risk, off-track or none"},
    {"note", 0, "TEXT", "why the owner sees it so"},
    END,
};
static const struct mu_option goal_list_options[] = {
    {"all", 'a', NULL, "those that are over, too"},
    END,
};
#define TARGET_OPTIONS                                                                         \
    {"from", 0, "VALUE", "where it begins (0)"}, {"to", 0, "VALUE", "where it should arrive"}, \
        {"unit", 0, "UNIT", "such as EUR, %, h"},                                              \
        {"direction", 0, "HOW", "up (the default), down, reach, stay-below or yes-no"},        \
    {                                                                                          \
        "source", 0, "WHAT", "manual (the default), quotas or tasks"                           \
    }
static const struct mu_option target_add_options[] = {
    TARGET_OPTIONS,
    {"decimals", 0, "N", "of its values (as many as are written)"},
    END,
};
static const struct mu_option target_edit_options[] = {
    TARGET_OPTIONS,
    {"name", 0, "NAME", "a new name"},
    END,
};
static const struct mu_option record_options[] = {
    {"note", 0, "TEXT", "what it was"},
    {"day", 0, "WHEN", "of a day before today"},
    {"correct", 0, "~k3f9", "in place of that reading of yours, or of your last one"},
    END,
};
static const struct mu_option quota_set_options[] = {
    {"week", 0, "WHEN", "this-week (the default), last-week, next-week, or the week of a date"},
    {"month", 0, "WHEN", "the month of a date, instead of a week"},
    {"times", 0, "N", "the same for so many weeks (months) on"},
    END,
};
static const struct mu_option quota_list_options[] = {
    {"week", 0, "WHEN", "this-week (the default), next-week, or the week of a date"},
    {"month", 0, "WHEN", "the month of a date, instead of a week"},
    {"all", 'a', NULL, "of all times"},
    END,
};
static const struct mu_option promise_options[] = {
    {"for", 0, "WHEN", "today (the default), tomorrow, this-week, next-week or a date"},
    END,
};
static const struct mu_option promises_options[] = {
    {"days", 0, "N", "of the last N days (7), and all that are to come"},
    END,
};
static const struct mu_option block_options[] = {
    {"needs", 0, "@WHO", "who can help, or T-7: the task that it waits for"},
    {"kind", 0, "KIND", "person, decision, dependency, external or tool"},
    {"reason", 0, "TEXT", "as the words; - reads it from standard input"},
    END,
};
static const struct mu_option blocker_edit_options[] = {
    {"needs", 0, "@WHO", "who can help, or T-7: the task that it waits for"},
    {"kind", 0, "KIND", "person, decision, dependency, external or tool"},
    {"reason", 0, "TEXT", "of your own: what it is"},
    {"next", 0, "TEXT", "what happens next"},
    END,
};
static const struct mu_option blockers_options[] = {
    {"all", 'a', NULL, "those that are over, too, of the last 28 days"},
    {"days", 0, "N", "those that are over, too, of the last N days"},
    END,
};
static const struct mu_option checkin_options[] = {
    {"schedule", 0, "NAME", "which check-in, when several are asked for"},
    {"day", 0, "DAY", "for another day than today: yesterday"},
    {"done", 0, "T-1", "that got done: it is done on the board, too; may be given several times"},
    {"promise", 0, "T-2", "that you will do today: a task, or words; several times"},
    {"blocked", 0, "TEXT", "what holds you up; several times"},
    {"needs", 0, "@WHO", "whom that waits for, or which task; one for each --blocked"},
    {"kind", 0, "KIND", "person, decision, dependency, external or tool"},
    {"on", 0, "T-2", "which task that holds up (the first that is promised)"},
    {"answer", 0, "N=TEXT", "an answer to question N; several times"},
    {"edit", 'e', NULL, "in your editor"},
    END,
};
static const struct mu_option checkins_options[] = {
    {"schedule", 0, "NAME", "of one schedule"},
    {"day", 0, "DAY", "of a day, or of days: 2026-11-23..2026-11-27"},
    {"days", 0, "N", "of the last N days"},
    {"exit-code", 0, NULL, "exit 1 when there is none"},
    END,
};
static const struct mu_option ack_options[] = {
    {"schedule", 0, "NAME", "of one schedule"}, {"day", 0, "DAY", "of another day"},
    {"days", 0, "N", "of the last N days"},     {"all", 'a', NULL, "everybody's that waits"},
    {"note", 0, "TEXT", "a word back"},         END,
};
static const struct mu_option nudge_options[] = {
    {"about", 0, "T-42", "about that task (else what is missing today)"},
    {"schedule", 0, "NAME", "about that check-in"},
    {"day", 0, "DAY", "of another day"},
    END,
};
#define SCHEDULE_OPTIONS                                                                       \
    {"days", 0, "DAYS", "mon,wed or mon-fri or daily"}, {"open", 0, "09:00", "when it opens"}, \
        {"due", 0, "09:30", "until when it is on time"},                                       \
        {"grace", 0, "15m", "how long after that it is in grace (15m)"},                       \
        {"zone", 0, "ZONE", "member (everybody's own time, the default) or team"},             \
        {"question", 0, "TEXT", "a question; several times; see below"},                       \
        {"remind", 0, "60,15", "minutes before it is due at which devices remind"},            \
        {"escalate", 0, "N", "tell the leads on the Nth working day after a miss"},            \
        {"to", 0, "@WHO", "tell that person instead"},                                         \
    {                                                                                          \
        "from", 0, "DAY", "from which day on"                                                  \
    }
static const struct mu_option schedule_add_options[] = {
    SCHEDULE_OPTIONS,
    {"kind", 0, "KIND", "standup, weekly or custom"},
    END,
};
static const struct mu_option schedule_edit_options[] = {
    SCHEDULE_OPTIONS,
    END,
};
static const struct mu_option schedule_from_options[] = {
    {"from", 0, "DAY", "from which day on"},
    END,
};
static const struct mu_option all_options[] = {
    {"all", 'a', NULL, "those that are over, too"},
    END,
};
static const struct mu_option absence_options[] = {
    {"kind", 0, "KIND", "leave (the default), sick or other"},
    END,
};
static const struct mu_option holiday_options[] = {
    {"zone", 0, "ZONE", "of the people who work in that time zone alone"},
    END,
};
static const struct mu_option zone_options[] = {
    {"from", 0, "DAY", "from the beginning of that day on (now)"},
    END,
};
static const struct mu_option hours_options[] = {
    {"days", 0, "DAYS", "working days: mon-thu"},
    {"start", 0, "09:00", "when the working day begins"},
    {"quiet", 0, "20:00-07:00", "no reminders then; none"},
    END,
};
static const struct mu_option conflicts_options[] = {
    {"all", 'a', NULL, "settled ones, too"},
    END,
};
static const struct mu_option join_options[] = {
    {"device", 0, "NAME", "what to call this device (its host name)"},
    {"wait", 0, "TIME", "how long to wait for the board (10s)"},
    END,
};
static const struct mu_option invite_options[] = {
    {"name", 0, "NAME", "the person's full name"},
    {"role", 0, "ROLE", "lead, member (the default), observer or guest"},
    {"expires", 0, "TIME", "how long the invite is good (7d)"},
    END,
};
static const struct mu_option member_options[] = {
    {"all", 'a', NULL, "those who left, too"},
    END,
};
static const struct mu_option column_list_options[] = {
    {"all", 'a', NULL, "archived ones, too"},
    END,
};
static const struct mu_option column_options[] = {
    {"name", 0, "NAME", "a new name"},
    {"kind", 0, "KIND", "backlog, todo, doing, review or done"},
    {"wip", 0, "N", "how many open tasks it should hold at most; none: no limit"},
    {"after", 0, "COLUMN", "to the right of that column"},
    {"first", 0, NULL, "leftmost"},
    {"archive", 0, NULL, "out of sight"},
    {"unarchive", 0, NULL, "and back"},
    END,
};
static const struct mu_option label_options[] = {
    {"name", 0, "NAME", "a new name"},
    {"colour", 0, "COLOUR", "a new colour"},
    END,
};
static const struct mu_option trello_options[] = {
    {"dry-run", 0, NULL, "say what would come of it, and write nothing"},
    END,
};
static const struct mu_option asana_options[] = {
    {"name", 0, "NAME", "the board's name (the project's, else the file's)"},
    {"dry-run", 0, NULL, "say what would come of it, and write nothing"},
    END,
};
static const struct mu_option export_options[] = {
    {"digest", 0, NULL, "the digest of the content alone: the same after an import elsewhere"},
    END,
};
static const struct mu_option ics_options[] = {
    {"all", 'a', NULL, "what is done, dropped and archived, too"},
    END,
};
static const struct mu_option csv_options[] = {
    {"map", 0, "MAP", "which column is what: title=Name,owner=Assignee,due=\"Due Date\""},
    {"name", 0, "NAME", "the board's name, by which a second import finds it again (the file's)"},
    {"dry-run", 0, NULL, "say what would come of it, and write nothing"},
    END,
};
static const struct mu_option sync_options[] = {
    {"wait", 0, "TIME", "how long to wait for the server (10s)"},
    END,
};
static const struct mu_option dismiss_options[] = {
    {"all", 'a', NULL, "all of them"},
    END,
};
static const struct mu_option agent_status_options[] = {
    {"exit-code", 0, NULL, "exit 1 when it does not run"},
    END,
};
static const struct mu_option screen_options[] = {
    {"plain", 0, NULL, "lines that are only ever added: for a screen reader, or a pipe"},
    {"readonly", 0, NULL, "nothing is changed from here: for a screen on a wall"},
    END,
};
static const struct mu_option kudos_options[] = {
    {"for", 0, "T-9", "what it is about: a task, G-2, or the handle of a blocker or check-in"},
    {"tag", 0, "VALUE", "the value that was lived, such as courage"},
    END,
};
static const struct mu_option react_options[] = {
    {"off", 0, NULL, "take it away again"},
    END,
};
static const struct mu_option days_options[] = {
    {"days", 0, "N", "of the last N days (28)"},
    END,
};
static const struct mu_option series_add_options[] = {
    {"every", 0, "RULE",
     "day, weekday, mon,thu, \"2 weeks on fri\", \"month on last fri\", \"3 days\""},
    {"due", 0, "TIME", "when on that day, such as 15:00; else by the end of the working day"},
    {"start", 0, "WHEN", "the first day (today)"},
    {"after-done", 0, NULL, "counted from the day that the last one was done"},
    END,
};
static const struct mu_option series_list_options[] = {
    {"all", 'a', NULL, "ended ones, too"},
    END,
};
static const struct mu_option stats_options[] = {
    {"days", 0, "N", "of the last N days (28)"},
    {"explain", 0, NULL, "what each figure was counted from, with the changes of the log"},
    END,
};
static const struct mu_option report_options[] = {
    {"days", 0, "N", "of the last N days (28)"},
    {"markdown", 0, NULL, "as Markdown"},
    {"html", 0, NULL, "as a page, with charts and without scripts"},
    END,
};
static const struct mu_option review_options[] = {
    {"days", 0, "N", "of the last N days (7)"},
    {"week", 0, "WHEN", "of a week: this, last, or a day of it"},
    END,
};
static const struct mu_option feedback_options[] = {
    {"about", 0, "T-3", "a task, G-1, week, last-week, or a day of the week meant"},
    {"did-well", 0, "TEXT", "what went well; - reads from standard input"},
    {"improve", 0, "TEXT", "what would be better another time; asks for --next"},
    {"next", 0, "TEXT", "a next step, small enough to be done"},
    {"open", 0, NULL, "open to the team; else sealed for the one it is for"},
    END,
};
static const struct mu_option feedback_read_options[] = {
    {"promise", 0, "WHEN", "make its next step a promise of yours: today, this-week, a date"},
    END,
};
static const struct mu_option feedback_list_options[] = {
    {"team", 0, NULL, "what is open to the team, too"},
    END,
};
static const struct mu_option doctor_options[] = {
    {"rebuild", 0, NULL, "set the replica aside and fetch it anew; the outbox is kept"},
    END,
};

#define MORE_WHEN                                                                            \
    "A date: today, tomorrow, fri, next fri, in 3 wd, 31 may, 2026-11-27, eow, eom, +2w;\n"  \
    "with a time: fri 15:00, tomorrow noon, 17:00 Europe/Berlin.  A day without a time is\n" \
    "over at the end of the working day.  fri is the coming Friday, next fri the one after.\n"

static const struct mu_command commands[] = {
    {"", "", "state, and what is likely to come next", NULL, NULL, mu_run_overview, NULL, true},

    {"add", "TITLE [@who] [#label] [^column] [due:WHEN] [goal:G-2] [parent:T-3]", "a new task",
     "Words are the title; those with a sign say more: @ana is the owner (further ones help),\n"
     "#sales a label, ^doing the column.  A word in quotes with others is text, and so is\n"
     "everything after --.\n\n" MORE_WHEN,
     add_options, mu_run_add, "the board", false},
    {"list", "[@who] [#label] [^column] [due<WHEN] [state:STATE] [goal:G-2] [WORDS]",
     "open tasks, as on the board",
     "Words are looked for in titles.  @me, @nobody; \"due<fri\" in quotes, the shell would take\n"
     "the < for itself; due:none for those without.  In a pipe: tab-separated, whole values:\n"
     "ref, title, state, column, owner, helpers, due, labels, and \"blocked\" or \"waiting\".\n",
     list_options, mu_run_list, NULL, false},
    {"board", "", "the live board on this terminal",
     "Arrows or hjkl choose a card, Enter opens it, n makes one, < and > move it; ? tells all "
     "keys.\n"
     "A change by somebody else is seen as soon as it comes; what you do offline waits here.\n",
     screen_options, mu_run_screen, NULL, false},
    {"lead", "", "the lead's console on this terminal",
     "Who and what needs somebody, the lead's own row first: Enter opens what stands behind a row, "
     "? tells all keys.\n"
     "With several --workspace, several teams on one screen.\n",
     screen_options, mu_run_screen, NULL, false},
    {"show", "T-42", "one task with everything", NULL, NULL, mu_run_show, NULL, false},
    {"log", "[T-42]", "what happened", NULL, log_options, mu_run_log, NULL, false},
    {"undo", "", "take back your last edit", NULL, NULL, mu_run_undo, NULL, false},
    {"edit", "T-42 [OPTIONS]", "change a task", MORE_WHEN, edit_options, mu_run_edit, NULL, false},
    {"move", "T-42 [COLUMN]", "to another column or place", NULL, move_options, mu_run_move, NULL,
     false},
    {"assign", "T-42 @who", "give it to somebody, or to nobody", NULL, NULL, mu_run_assign, NULL,
     false},
    {"accept", "T-42", "take on what was given to you", NULL, NULL, mu_run_verb, NULL, false},
    {"decline", "T-42 [REASON]", "hand it back", NULL, reason_options, mu_run_verb, NULL, false},
    {"start", "T-42", "begin", NULL, NULL, mu_run_verb, NULL, false},
    {"review", "[T-42]", "ask for a review; without a task: the week's meeting",
     "The meeting is made of the data: wins first, then promises kept and missed, blockers, "
     "goals,\n"
     "and what is promised next.\n",
     review_options, mu_run_review, NULL, false},
    {"done", "T-42", "finished", NULL, NULL, mu_run_verb, NULL, false},
    {"reopen", "T-42", "not finished after all", NULL, NULL, mu_run_verb, NULL, false},
    {"drop", "T-42 [REASON]", "it will not be done", NULL, reason_options, mu_run_verb, NULL,
     false},
    {"delete", "T-42", "into the trash, or out of it", NULL, delete_options, mu_run_delete, NULL,
     false},
    {"comment", "T-42 TEXT", "say something; - reads from standard input", NULL, NULL,
     mu_run_comment, NULL, false},
    {"check", "T-42 [ITEM]", "tick a checklist item, by number or name",
     "Without an item, lists them.\n", check_options, mu_run_check, NULL, false},

    {"checkin", "[TEXT | -]", "fill your slot: what is done, promised, in the way",
     "All of it is saved together, online or not, and judged by when you wrote it.  Without "
     "words,\n"
     "on a terminal, it asks; - reads a form from standard input, --edit opens it in your editor.\n"
     "Lines of a form: done: T-1, promise: T-2, blocked: which version @ana, 2: 17 (an answer).\n",
     checkin_options, mu_run_checkin, "check-ins", false},
    {"checkin list", "[@who]", "who said what, and who is still to", NULL, checkins_options,
     mu_run_checkin_list, NULL, false},
    {"checkin missing", "[@who]", "slots that nobody has filled", NULL, checkins_options,
     mu_run_checkin_missing, NULL, false},
    {"checkin ack", "@who [NOTE]", "tell somebody that you have read it (leads)", NULL, ack_options,
     mu_run_checkin_ack, NULL, false},
    {"nudge", "@who [TEXT]", "remind somebody (leads), three times a day at most", NULL,
     nudge_options, mu_run_nudge, NULL, false},
    {"schedule add", "NAME --days DAYS --open 09:00 --due 09:30", "when people check in (leads)",
     "A question is text, or KIND: TEXT with text, number, choice yes|no, scale 1-5, tasks,\n"
     "commitments or blockers; then perhaps required, and every 5: \"scale 1-5 every 5: how "
     "sure?\".\n\"number from sales: this week?\" begins with what was recorded of that target.\n",
     schedule_add_options, mu_run_schedule_add, NULL, false},
    {"schedule list", "", "schedules, with changes to come", NULL, all_options,
     mu_run_schedule_list, NULL, false},
    {"schedule edit", "NAME [OPTIONS]", "change one from tomorrow on; what was stays",
     "Questions that are given replace all of before.\n", schedule_edit_options,
     mu_run_schedule_edit, NULL, false},
    {"schedule pause", "NAME", "ask nothing from tomorrow on", NULL, schedule_from_options,
     mu_run_schedule_pause, NULL, false},
    {"schedule resume", "NAME", "ask again", NULL, schedule_edit_options, mu_run_schedule_resume,
     NULL, false},
    {"schedule end", "NAME", "never ask again", NULL, schedule_from_options, mu_run_schedule_end,
     NULL, false},
    {"absence", "[@who] 2026-12-24..2027-01-02", "somebody is away: nothing is expected then",
     "Also afterwards: it is marked as declared late.\n", absence_options, mu_run_absence, NULL,
     false},
    {"absence list", "[@who]", "who is away when", NULL, all_options, mu_run_absence_list, NULL,
     false},
    {"absence withdraw", "~k3f9", "there after all", NULL, NULL, mu_run_absence_withdraw, NULL,
     false},
    {"holiday add", "DAY NAME", "nobody works then (leads)", NULL, holiday_options,
     mu_run_holiday_add, NULL, false},
    {"holiday list", "", "holidays to come", NULL, all_options, mu_run_holiday_list, NULL, false},
    {"holiday remove", "DAY", "a working day after all", NULL, holiday_options,
     mu_run_holiday_remove, NULL, false},
    {"member zone", "[@who] ZONE", "the time zone somebody works in, from now on",
     "What was before keeps the zone that it had.\n", zone_options, mu_run_member_zone, NULL,
     false},
    {"member hours", "[@who]", "working days, their beginning, quiet hours", NULL, hours_options,
     mu_run_member_hours, NULL, false},

    {"series add", "TITLE --every RULE [@who] [^column]", "a task that comes again",
     "Its tasks are made on every device when their day comes, online or not, and are one.\n",
     series_add_options, mu_run_series_add, "what comes again", false},
    {"series list", "", "what comes again, and when next", NULL, series_list_options,
     mu_run_series_list, NULL, false},
    {"series end", "~k3f9", "no more of it; what was made stays", NULL, NULL, mu_run_series_end,
     NULL, false},

    {"kudos", "@who... TEXT", "thank somebody, for all to see",
     "Several people at once: muster kudos @rita @sam \"the shared deal\" --for T-9\n",
     kudos_options, mu_run_kudos, "praise and feedback", false},
    {"kudos list", "[@who]", "who was thanked for what", NULL, days_options, mu_run_kudos_list,
     NULL, false},
    {"kudos react", "~k3f9 MARK", "put a mark on kudos, such as +1", NULL, react_options,
     mu_run_kudos_react, NULL, false},
    {"wins", "", "what was won, and what could be posted", NULL, days_options, mu_run_wins, NULL,
     false},
    {"wins post", "~k3f9 [TEXT]", "post a win that is proposed, or one in words: @sam TEXT", NULL,
     NULL, mu_run_wins_post, NULL, false},
    {"feedback", "@who --about T-3", "tell one person what went well, and a next step",
     "Sealed: only the two of you can read it, not the server and no lead.  Without --did-well,\n"
     "on a terminal, it asks.\n",
     feedback_options, mu_run_feedback, NULL, false},
    {"feedback list", "", "what you were told, and what you told", NULL, feedback_list_options,
     mu_run_feedback_list, NULL, false},
    {"feedback read", "~k3f9", "open it, or take up its next step", NULL, feedback_read_options,
     mu_run_feedback_read, NULL, false},
    {"feedback reply", "~k3f9 TEXT", "answer it", NULL, NULL, mu_run_feedback_reply, NULL, false},

    {"goal add", "TITLE", "what shall be reached",
     "What is missing of specific, measurable, achievable, relevant and timed is said in a line\n"
     "each, and never in the way.\n",
     goal_add_options, mu_run_goal_add, "goals", false},
    {"goal list", "[@who]", "goals and how they go", NULL, goal_list_options, mu_run_goal_list,
     NULL, false},
    {"goal show", "G-2", "one goal, broken down into its tasks", NULL, NULL, mu_run_goal_show, NULL,
     false},
    {"goal edit", "G-2", "change a goal", NULL, goal_edit_options, mu_run_goal_edit, NULL, false},
    {"goal start", "G-2", "it is under way, or again", NULL, NULL, mu_run_goal_state, NULL, false},
    {"goal pause", "G-2 [REASON]", "it rests", NULL, reason_options, mu_run_goal_state, NULL,
     false},
    {"goal close", "G-2 achieved|missed|dropped [REASON]", "it is over", NULL, reason_options,
     mu_run_goal_state, NULL, false},
    {"goal confidence", "G-2 N [NOTE]", "how sure its owner is, 0 to 10", NULL, NULL,
     mu_run_goal_confidence, NULL, false},
    {"target add", "G-2 NAME", "what tells that the goal is reached",
     "muster target add G-2 sales --to 360000 --unit EUR --source quotas\n", target_add_options,
     mu_run_target_add, NULL, false},
    {"target edit", "TARGET", "change a target", NULL, target_edit_options, mu_run_target_edit,
     NULL, false},
    {"target remove", "TARGET", "it tells nothing any more", NULL, NULL, mu_run_target_edit, NULL,
     false},
    {"record", "TARGET VALUE [NOTE]", "what was measured, or brought",
     "A reading stays; --correct last puts another in place of your last one.\n", record_options,
     mu_run_record, NULL, false},
    {"quota set", "TARGET @who... AMOUNT", "what each shall bring in a week, or a month", NULL,
     quota_set_options, mu_run_quota_set, NULL, false},
    {"quota accept", "[TARGET]", "accept your quotas: that is a promise", NULL, NULL,
     mu_run_quota_accept, NULL, false},
    {"quota list", "TARGET [@who]", "quotas, and what was brought", NULL, quota_list_options,
     mu_run_quota_list, NULL, false},

    {"promise", "T-42 [today|tomorrow|this-week|next-week]", "what you will do, and by when",
     "A task of yours, or words: muster promise \"call three accounts\" this-week.  Whether it is\n"
     "kept is judged from the board: done by the end of its last working day, or late until its\n"
     "period is over.\n",
     promise_options, mu_run_promise, "promises and what is in their way", false},
    {"promises", "[@who]", "promises, and what became of them", NULL, promises_options,
     mu_run_promises, NULL, false},
    {"promise done", "~k3f9", "you did what you promised in words", NULL, reason_options,
     mu_run_promise_settle, NULL, false},
    {"renegotiate", "T-42 WHEN REASON", "move a promise, before the day on which it is due",
     "After that day has begun it is recorded, and the old promise counts as missed.\n",
     reason_options, mu_run_renegotiate, NULL, false},
    {"carry", "T-42 [WHEN]", "promise again what was not done", NULL, reason_options, mu_run_carry,
     NULL, false},
    {"excuse", "T-42 @who REASON", "it could not be kept (leads)", NULL, reason_options,
     mu_run_promise_settle, NULL, false},
    {"release", "T-42 @who REASON", "it need not be kept (leads)", NULL, reason_options,
     mu_run_promise_settle, NULL, false},
    {"block", "T-42 REASON", "say what stops you, and whom you need", NULL, block_options,
     mu_run_block, NULL, false},
    {"unblock", "T-42 [HOW]", "the way is free again", NULL, NULL, mu_run_blocker_step, NULL,
     false},
    {"blockers", "[@who] [T-42]", "what stops people, oldest first; @who: whom it needs", NULL,
     blockers_options, mu_run_blockers, NULL, false},
    {"blocker ack", "~k3f9 [NEXT]", "you have seen it, and what happens next", NULL, NULL,
     mu_run_blocker_step, NULL, false},
    {"blocker take", "~k3f9 [NEXT]", "it is in hand", NULL, NULL, mu_run_blocker_step, NULL, false},
    {"blocker edit", "~k3f9", "whom it needs, its kind, what happens next", NULL,
     blocker_edit_options, mu_run_blocker_edit, NULL, false},
    {"blocker withdraw", "~k3f9", "it was none", NULL, NULL, mu_run_blocker_step, NULL, false},
    {"blocker again", "~k3f9", "it is not over after all", NULL, NULL, mu_run_blocker_step, NULL,
     false},

    {"report", "", "everybody's figures, the leads' first",
     "Members see the leads, themselves and the team; leads see everybody.  Nobody is ranked.\n",
     report_options, mu_run_report, "how it goes", false},
    {"stats", "[@who | team] [FIGURE]", "what can be seen about you",
     "Each figure as k of n, and not at all under three.  --explain shows what was counted, and\n"
     "by which changes: muster log has them.\n",
     stats_options, mu_run_stats, NULL, false},

    {"conflicts", "", "values that were set aside", NULL, conflicts_options, mu_run_conflicts,
     "when two changed one thing", false},
    {"conflict show", "~k3f9", "both values, whole", NULL, NULL, mu_run_conflict_show, NULL, false},
    {"conflict restore", "~k3f9", "have what was set aside", NULL, NULL, mu_run_conflict_settle,
     NULL, false},
    {"conflict accept", "~k3f9", "leave it as it stands", NULL, NULL, mu_run_conflict_settle, NULL,
     false},

    {"join", "INVITE", "a team, with the line that a lead gave you",
     "INVITE is the line that begins with mst1; - reads it from standard input, file:PATH from\n"
     "a file.\n",
     join_options, mu_run_join, "people", false},
    {"invite", "HANDLE", "let somebody in (leads)", NULL, invite_options, mu_run_invite, NULL,
     false},
    {"member list", "", "who is in the team", NULL, member_options, mu_run_member_list, NULL,
     false},
    {"member role", "@who ROLE", "make somebody lead, member, observer or guest", NULL, NULL,
     mu_run_member_role, NULL, false},
    {"member skills", "@who [LIST]", "what somebody is good at, with commas between; none: nothing",
     NULL, NULL, mu_run_member_skills, NULL, false},
    {"member remove", "@who", "somebody leaves the team", NULL, NULL, mu_run_member_remove, NULL,
     false},
    {"device list", "[@who]", "devices that may write", NULL, NULL, mu_run_device_list, NULL,
     false},
    {"device revoke", "~k3f9", "lock a device out", NULL, NULL, mu_run_device_revoke, NULL, false},

    {"column list", "", "columns, with their limits", NULL, column_list_options, mu_run_column_list,
     "the shape of boards", false},
    {"column add", "NAME", "a new column", NULL, column_options, mu_run_column_add, NULL, false},
    {"column edit", "COLUMN", "name, kind, limit, place", NULL, column_options, mu_run_column_edit,
     NULL, false},
    {"label list", "", "labels", NULL, NULL, mu_run_label_list, NULL, false},
    {"label edit", "LABEL", "name and colour", NULL, label_options, mu_run_label_edit, NULL, false},

    {"import trello", "FILE...", "boards exported from Trello",
     "Several exports of one board are merged.  A second import updates, and doubles nothing.\n",
     trello_options, mu_run_import_trello, "in and out", false},
    {"import asana", "FILE", "projects and tasks exported from Asana: JSON or CSV",
     "A task of several projects comes in once.  A second import updates, and doubles nothing.\n",
     asana_options, mu_run_import_asana, NULL, false},
    {"import csv", "FILE --map MAP", "tables",
     "MAP: title=COLUMN, and any of owner, helpers, due, start, column, labels, desc, id, parent,\n"
     "done, created, changed, url, email, type; field=COLUMN for a custom field, field=* for all "
     "others.\n"
     "A column is named as in the first line, or by its place: #3.  file:PATH reads it from a "
     "file.\n",
     csv_options, mu_run_import_csv, NULL, false},
    {"import muster", "FILE", "what 'muster export json' wrote elsewhere",
     "Rows keep their ids; what is here already stays as it is.  Into a new workspace it is best\n"
     "done by its lead before the others join.\n",
     trello_options, mu_run_import_muster, NULL, false},
    {"export json", "", "everything, without loss", NULL, export_options, mu_run_export_json, NULL,
     false},
    {"export csv", "", "tasks as a table, safe against formulas",
     "For spreadsheets: UTF-8, a column for each custom field.  --board NAME: of that board.\n",
     NULL, mu_run_export_csv, NULL, false},
    {"export ics", "[@who]", "due dates as a calendar",
     "Of everybody, or of one with the check-ins to come: muster export ics @me > mine.ics\n",
     ics_options, mu_run_export_ics, NULL, false},

    {"status", "", "the link to the server, and what waits", NULL, NULL, mu_run_status, "this copy",
     false},
    {"sync", "", "meet the server now", NULL, sync_options, mu_run_sync, NULL, false},
    {"refused", "", "what the server refused, and why", NULL, NULL, mu_run_refused, NULL, false},
    {"refused dismiss", "NUMBER", "forget a refused change", NULL, dismiss_options, mu_run_dismiss,
     NULL, false},
    {"verify", "", "every signature, and the chain", NULL, NULL, mu_run_verify, NULL, false},
    {"doctor", "", "is everything in order, and what to do if not", NULL, doctor_options,
     mu_run_doctor, NULL, false},
    {"agent start", "", "the link to the server, in the background", NULL, NULL, mu_run_agent_start,
     NULL, false},
    {"agent stop", "", "end it", NULL, NULL, mu_run_agent_stop, NULL, false},
    {"agent status", "", "does it run", NULL, agent_status_options, mu_run_agent_status, NULL,
     false},
    {"keys", "", "this device's fingerprint", NULL, NULL, mu_run_keys, NULL, false},

    {"config", "[KEY]", "what is set, and where", NULL, NULL, mu_run_config, "this program", false},
    {"config set", "KEY VALUE", "set it in your file", NULL, NULL, mu_run_config_set, NULL, false},
    {"config unset", "KEY", "take it out again", NULL, NULL, mu_run_config_unset, NULL, false},
    {"demo", "[FILE]", "a team on this machine, with a board exported from Trello",
     "Starts a server and three people's agents in a folder of their own, shows them working\n"
     "apart and together, and removes everything at the end.\n",
     NULL, mu_run_demo, NULL, false},
    {"schema list", "", "fields of the domain and of every --json", NULL, NULL, mu_run_schema_list,
     NULL, false},
    {"schema", "", "the same", NULL, NULL, mu_run_schema_list, NULL, true},
    {"help", "[COMMAND]", "this, or about one command", NULL, NULL, mu_run_help, NULL, false},
};

const struct mu_command *mu_commands(size_t *out_count)
{
    *out_count = sizeof commands / sizeof *commands;
    return commands;
}
