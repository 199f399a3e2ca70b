/* A small world in memory for tests of the rules, and a stage on which people say things.
 *
 * Every intent said is decided, its effects are checked against what must always hold, and
 * applied as the next change. */
#ifndef MUSTER_TESTS_UNIT_MODEL_WORLD_H
#define MUSTER_TESTS_UNIT_MODEL_WORLD_H

#include "common/model/decide.h"

enum stage_who { ANA, KOFI, MIA, GUS, WHO_COUNT }; /* lead, member, member, guest */
enum stage_column { BACKLOG, TODO, DOING, REVIEW, DONE, COLUMN_COUNT };

#define NOON INT64_C(1700000000000) /* when the stage opens; each change is a second later */

struct stage {
    struct mu_arena arena; /* rows, intents, decisions: all of it until the end */
    struct mu_row *rows;
    size_t row_count, row_room;
    struct mu_writer *writers; /* by seq - 1 */
    uint64_t seq, writer_room;
    struct mu_intent intent; /* being built */
    struct mu_op *op;
    uint64_t next_id;

    struct mu_id team, board;
    struct mu_id people[WHO_COUNT], devices[WHO_COUNT], replicas[WHO_COUNT];
    struct mu_id columns[COLUMN_COUNT];

    /* How the next intent is said; say() sets them back. */
    uint64_t base_seq; /* UINT64_MAX: everything is seen */
    int64_t at_ms;     /* 0: now */
    bool predict;
    size_t questions; /* asked of the world by the last intent */
};

/* Team, board with a column of each kind, four people with a device each. */
void stage_open(struct stage *stage);
void stage_close(struct stage *stage);
/* The same around a test: its state is the stage. */
int stage_setup(void **state);
int stage_teardown(void **state);
#define STAGED(test) cmocka_unit_test_setup_teardown(test, stage_setup, stage_teardown)
struct mu_world stage_world(struct stage *stage);
struct mu_id stage_id(struct stage *stage); /* a new one */
struct mu_id stage_pair(struct stage *stage, uint32_t entity, struct mu_id a, struct mu_id b);

/* Build an intent. */
void begin(struct stage *stage, uint32_t intent);
void op(struct stage *stage, uint32_t entity, struct mu_id row);
void with(struct stage *stage, uint32_t field, struct mu_value value);
void with_int(struct stage *stage, uint32_t field, int64_t number);
void with_text(struct stage *stage, uint32_t field, const char *text);
void with_id(struct stage *stage, uint32_t field, struct mu_id id);
void with_null(struct stage *stage, uint32_t field);
/* The last argument, with the value that it began with (or takes back). */
void from_text(struct stage *stage, const char *base);
void from(struct stage *stage, struct mu_value base);

/* Say it: what was decided.  An error of the rules fails the test. */
struct mu_decision say(struct stage *stage, enum stage_who who);
struct mu_decision say_as(struct stage *stage, struct mu_facts facts);
struct mu_facts stage_facts(struct stage *stage, enum stage_who who);

/* Say it and demand how it ends; the seq of the change. */
uint64_t agreed(struct stage *stage, enum stage_who who);   /* APPLIED */
uint64_t disputed(struct stage *stage, enum stage_who who); /* APPLIED_CONFLICT */
void refused(struct stage *stage, enum stage_who who, enum mu_status code);

/* Rows as they stand; NULL when there is none. */
const struct mu_row *stage_row(const struct stage *stage, uint32_t entity, struct mu_id id);
int64_t got_int(const struct stage *stage, uint32_t entity, struct mu_id id, uint32_t field);
struct mu_id got_id(const struct stage *stage, uint32_t entity, struct mu_id id, uint32_t field);
bool got_has(const struct stage *stage, uint32_t entity, struct mu_id id, uint32_t field);
void assert_text(const struct stage *stage, uint32_t entity, struct mu_id id, uint32_t field,
                 const char *text);
void assert_id(struct mu_id id, struct mu_id expected);
/* The only conflict row about the field, NULL when there is none. */
const struct mu_row *stage_conflict(const struct stage *stage, struct mu_id row, uint32_t field);
size_t stage_conflicts(const struct stage *stage);
/* The value that a conflict kept or lost. */
struct mu_value conflict_value(const struct mu_row *conflict, uint32_t field);

/* Set a cell behind the back of the rules, as of change 1. */
void stage_set(struct stage *stage, uint32_t entity, struct mu_id id, uint32_t field,
               struct mu_value value);
/* The cell was written by a change that the log no longer has. */
void stage_forget(struct stage *stage, uint32_t entity, struct mu_id id, uint32_t field);
/* A task of ana's making in a column, open and without owner. */
struct mu_id stage_task(struct stage *stage, enum stage_column column, const char *title);
/* The tasks of a column in order, titles joined by spaces. */
void assert_order(struct stage *stage, enum stage_column column, const char *titles);

#endif
