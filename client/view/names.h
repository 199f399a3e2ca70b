/* The people, labels, boards and columns of a workspace in memory: few rows, asked for by
 * every line of every screen. */
#ifndef MUSTER_CLIENT_VIEW_NAMES_H
#define MUSTER_CLIENT_VIEW_NAMES_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/id.h"
#include "common/db/db.h"
#include "common/model/domain.h"

#define MU_NAMES_MAX 100000 /* rows of one kind */

struct mu_person_name {
    struct mu_id id;
    struct mu_slice handle;
    struct mu_slice name;
    struct mu_slice zone;
    int role;  /* enum mu_role, 0: none */
    int state; /* enum mu_person_state */
};

struct mu_label_name {
    struct mu_id id;
    struct mu_slice name; /* may be empty: then the colour names it */
    struct mu_slice colour;
};

struct mu_board_name {
    struct mu_id id;
    struct mu_slice name;
    bool archived;
};

struct mu_column_name {
    struct mu_id id;
    struct mu_slice name;
    int kind;
    int64_t wip_limit; /* 0: none */
    bool archived;
    size_t board; /* index into boards, or SIZE_MAX when the board is not known */
};

/* Everything lives in the arena given. */
struct mu_names {
    struct mu_slice team;
    struct mu_slice team_zone;
    int32_t day_end_minute;        /* 1020 when the team does not say */
    struct mu_person_name *people; /* by id */
    size_t person_count;
    struct mu_label_name *labels; /* by id */
    size_t label_count;
    struct mu_board_name *boards; /* by name, then id */
    size_t board_count;
    struct mu_column_name *columns; /* as on the boards: by board, then place */
    size_t column_count;
};

/* Errors: those of the store, MU_E_NOMEM, MU_E_LIMIT. */
MU_MUST_USE enum mu_status mu_names_load(struct mu_db *db, struct mu_arena *arena,
                                         struct mu_names *out, struct mu_error *err);

/* NULL when there is none. */
const struct mu_person_name *mu_names_person(const struct mu_names *names, struct mu_id id);
const struct mu_label_name *mu_names_label(const struct mu_names *names, struct mu_id id);
const struct mu_column_name *mu_names_column(const struct mu_names *names, struct mu_id id);
const struct mu_board_name *mu_names_board(const struct mu_names *names, struct mu_id id);

/* A person in the output of a command: the handle, or null (a field of an object) or "?" (a column
 * of a table) when nobody has this id. */
struct mu_json;
void mu_person_json(struct mu_json *json, const char *name, struct mu_id id,
                    const struct mu_names *names);
MU_MUST_USE enum mu_status mu_person_tab(struct mu_buf *out, struct mu_id id,
                                         const struct mu_names *names);

/* By what people write.  MU_E_NOT_FOUND suggests the nearest, MU_E_USAGE when several fit. */
MU_MUST_USE enum mu_status mu_names_find_person(const struct mu_names *names,
                                                struct mu_slice handle,
                                                const struct mu_person_name **out,
                                                struct mu_error *err);
/* Labels, boards and columns: case, blanks, '-' and '_' do not count, so that "#good-first-task" is
 * "Good first task" where no other is named more alike. */
MU_MUST_USE enum mu_status mu_names_find_label(const struct mu_names *names, struct mu_slice name,
                                               const struct mu_label_name **out,
                                               struct mu_error *err);
MU_MUST_USE enum mu_status mu_names_find_board(const struct mu_names *names, struct mu_slice name,
                                               const struct mu_board_name **out,
                                               struct mu_error *err);
/* A column by name, else by kind ("doing"), of board (NULL: any). */
MU_MUST_USE enum mu_status mu_names_find_column(const struct mu_names *names,
                                                const struct mu_board_name *board,
                                                struct mu_slice name,
                                                const struct mu_column_name **out,
                                                struct mu_error *err);

/* Mark every column of that name, else of that kind, on any board that is not archived (or on
 * board).  MU_E_NOT_FOUND suggests the nearest. */
MU_MUST_USE enum mu_status mu_names_mark_columns(const struct mu_names *names,
                                                 const struct mu_board_name *board,
                                                 struct mu_slice name, bool *out_marks,
                                                 struct mu_error *err);

/* "@ana", neutralised; "@?" for the unknown and "nobody" for the zero id. */
MU_MUST_USE enum mu_status mu_words_person(struct mu_buf *out, const struct mu_names *names,
                                           struct mu_id id);
/* What a label is called: its name, or its colour. */
struct mu_slice mu_label_words(const struct mu_label_name *label);

/* Whether two texts are equal but for case (Unicode folding). */
bool mu_same_word(struct mu_slice a, struct mu_slice b);
/* And but for blanks, '-' and '_'. */
bool mu_same_name(struct mu_slice a, struct mu_slice b);
/* Whether text begins with word, case aside. */
bool mu_starts_with_word(struct mu_slice text, struct mu_slice word);
/* Number of single edits between two words, at most limit + 1; for "did you mean". */
size_t mu_word_distance(struct mu_slice a, struct mu_slice b, size_t limit);

#endif
