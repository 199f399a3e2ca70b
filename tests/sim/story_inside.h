/* Between story.c, which reads, and story_acts.c, which does. */
#ifndef MUSTER_TESTS_SIM_STORY_INSIDE_H
#define MUSTER_TESTS_SIM_STORY_INSIDE_H

#include "tests/sim/inside.h"

#define MU_STORY_WORDS_MAX  16
#define MU_STORY_WORD_MAX   64
#define MU_STORY_TASKS_MAX  64
#define MU_STORY_COPIES_MAX 8
#define MU_STORY_SERVER     MU_SIM_DEVICES_MAX /* as a machine */

struct mu_story_task {
    char title[MU_STORY_WORD_MAX]; /* that it was added with */
    struct mu_id id;
};

struct mu_story {
    struct mu_sim *sim;
    char names[MU_SIM_DEVICES_MAX][MU_STORY_WORD_MAX];
    struct mu_story_task tasks[MU_STORY_TASKS_MAX];
    size_t task_count;
    char copies[MU_STORY_COPIES_MAX][MU_STORY_WORD_MAX]; /* of the server's disk, by name */
    struct mu_id lineage;                                /* as last asked for */
};

/* What stood in the places of an act's pattern. */
struct mu_story_args {
    unsigned machine;     /* %n, %m */
    unsigned other;       /* %o */
    const char *texts[3]; /* %t, in order */
    size_t text_count;
    const char *word; /* %w */
    int64_t number;   /* %k */
};

/* A sentence: words are matched as they are, but for %n and %o members of the team, %m a member or
 * `server`, %t a text in quotes, %w any word, %k a number. */
struct mu_story_act {
    const char *pattern;
    void (*act)(struct mu_story *story, const struct mu_story_args *args);
};
/* Each ends with a NULL pattern. */
extern const struct mu_story_act mu_story_edits[];
extern const struct mu_story_act mu_story_acts[];
extern const struct mu_story_act mu_story_expectations[];

/* The task that was added under this title; fails the story when there was none. */
bool mu_story_task(struct mu_story *story, const char *title, struct mu_id *out);
/* The first row of a statement with one text, over the rows that a device shows; true when there is
 * one.  The caller finalizes *out. */
bool mu_story_ask(struct mu_story *story, unsigned device, const char *sql, struct mu_slice text,
                  struct mu_stmt *out);

/* Let ms pass. */
void mu_story_wait(struct mu_story *story, int64_t ms);
/* Until they (a bit each) are level, or fail. */
void mu_story_level(struct mu_story *story, uint32_t devices);
/* Everything works again. */
void mu_story_mend(struct mu_story *story);

#endif
