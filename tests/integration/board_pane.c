#include "tests/integration/board_pane.h"

#include "tests/harness/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PID_FILE "screen.pid"

void mu_board_gather(struct mu_cast *team, struct mu_actor **out_ana, struct mu_actor **out_kofi)
{
    mu_team_begin(team);
    *out_ana = mu_team_join(team, "ana");
    *out_kofi = mu_team_join(team, "kofi");
}

void mu_board_add(struct mu_cast *team, const struct mu_actor *actor, const char *title,
                  const char *column)
{
    mu_team_do(team, actor, MU_WORDS("add", column, "--", title));
}

void mu_board_open(const struct mu_actor *actor, const char *surroundings, const char *words,
                   int columns, int rows)
{
    char command[2048];
    (void)remove(PID_FILE);
    (void)snprintf(command, sizeof command,
                   "sh -c 'echo $$ >" PID_FILE
                   "; exec env %s MUSTER_NO_AGENT=1 %s/muster --home %s "
                   "%s'; echo \"EXIT $?\"; stty -a; cat",
                   surroundings, MUSTER_PROGRAMS, actor->home, words);
    mu_pane_start(command, columns, rows);
}

long mu_board_pid(void)
{
    char line[32] = "";
    FILE *file = fopen(PID_FILE, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    (void)fclose(file);
    long pid = strtol(line, NULL, 10);
    assert_true(pid > 1);
    return pid;
}

void mu_board_left_well(void)
{
    static char pane[MU_PANE_TEXT_MAX];
    mu_pane_shows("EXIT 0");
    mu_pane_shows("tostop");
    mu_pane_read(pane);
    assert_null(strstr(pane, "-echo "));
    assert_null(strstr(pane, "-icanon"));
}

int mu_board_line_of(const char *text)
{
    static char pane[MU_PANE_TEXT_MAX];
    int line = 0;
    mu_pane_read(pane);
    const char *at = strstr(pane, text);
    assert_non_null(at);
    for (const char *byte = pane; byte < at; byte++) {
        line += *byte == '\n';
    }
    return line;
}
