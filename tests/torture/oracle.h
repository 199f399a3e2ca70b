/* What was said to be saved, by whom: kept in memory that the writers share with their parent, so
 * that nothing a writer has seen is lost with it. */
#ifndef MUSTER_TESTS_TORTURE_ORACLE_H
#define MUSTER_TESTS_TORTURE_ORACLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define WRITERS        3
#define WRITER_TASKS   40000
#define WRITER_COMMENT 40000
#define REF_ROOM       40

/* How far one knows of a thing that was asked for. */
enum outcome { UNASKED, MAYBE, SAVED }; /* MAYBE: killed, or failed by the disk, on the way */

struct task_memory {
    uint8_t added;           /* enum outcome */
    char ref[REF_ROOM];      /* its id: a short one may fit two of so many */
    uint32_t saved_revision; /* of the title, the last one said saved; 0: as added */
    uint32_t asked_revision; /* the last one asked for: revisions between may have come through */
};

struct writer_memory {
    uint32_t task_count;
    uint32_t comment_count;
    struct task_memory tasks[WRITER_TASKS];
    uint8_t comments[WRITER_COMMENT]; /* enum outcome */
    uint32_t comment_task[WRITER_COMMENT];
    uint64_t said_saved;
    uint64_t killed;     /* commands */
    uint64_t refused;    /* commands that failed and said so */
    char complaint[256]; /* what must not happen, happened; empty: nothing */
};

struct oracle {
    atomic_bool stop;
    struct writer_memory writers[WRITERS];
};

/* Shared with children; NULL: no memory. */
struct oracle *oracle_make(void);

/* The names under which things are found again. */
void task_title(unsigned writer, uint32_t task, uint32_t revision, char out_text[static 64]);
void comment_text(unsigned writer, uint32_t comment, char out_text[static 64]);

#endif
