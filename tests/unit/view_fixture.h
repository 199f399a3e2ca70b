/* A small board that the tests of client/view look at: two people, two boards, seven tasks. */
#ifndef MUSTER_TESTS_UNIT_VIEW_FIXTURE_H
#define MUSTER_TESTS_UNIT_VIEW_FIXTURE_H

#include "tests/unit/replica_fixture.h"

#include "client/view/names.h"

enum {
    TEAM_ORION = 1,
    ANA = 10,
    KOFI = 11,
    BOARD_WORK = 20,
    BOARD_OLD = 21, /* archived */
    COLUMN_TODO = 30,
    COLUMN_DOING = 31,
    COLUMN_DONE = 32,
    COLUMN_OLD = 33,
    LABEL_SALES = 40,
    LABEL_RED = 41, /* without a name */
    TASK_CALL = 50, /* T-1, Ana's, in To do, due 2026-11-27 */
    TASK_TEST,      /* not numbered, nobody's, in To do before T-1 */
    TASK_PARSER,    /* T-2, Kofi's, in Doing, labels sales and red, Ana helps */
    TASK_SHIP,      /* T-3, done */
    TASK_ARCHIVED,  /* T-4, archived, in To do */
    TASK_TRASHED,   /* T-5, deleted */
    TASK_OLD,       /* T-6, on the archived board */
};

/* At seq 1; the transaction stays open. */
void view_board(struct board *board, struct mu_names *names);

#endif
