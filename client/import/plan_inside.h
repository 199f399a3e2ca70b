/* What the parts of the plan share; private to client/import.
 *
 *   plan.c          the steps in order
 *   plan_ops.c      operations into intents of bounded size
 *   plan_draft.c    one row: what to write of it
 *   plan_print.c    what the source said last, as bytes of a row
 *   plan_place.c    order keys that move as little as possible
 *   plan_people.c   who is who
 *   plan_board.c    board, columns, labels, custom fields
 *   plan_task.c     cards
 *   plan_inner.c    what stands in a card
 *   plan_log.c      comments and activities
 *   plan_text.c     the plan in words */
#ifndef MUSTER_CLIENT_IMPORT_PLAN_INSIDE_H
#define MUSTER_CLIENT_IMPORT_PLAN_INSIDE_H

#include "client/import/findings.h"
#include "client/import/id_map.h"
#include "client/import/plan.h"
#include "client/import/vec.h"
#include "common/model/due.h"
#include "common/model/rank.h"
#include "common/wire/message.h"

/* Estimated bytes of a mutation: a change holds the mutation and its effects and has to
 * fit into a message with both. */
#define PLAN_BYTES_MAX ((size_t)256 * 1024)
#define PLAN_OPS_MAX   1024
#define PLAN_ARGS_MAX  24
#define PLAN_ROW_MAX   ((size_t)4 * 1024 * 1024) /* memory for one row that there is */

/* Hashes of the values that the source gave last, by field; the order key given last;
 * and which rows hang on this one (labels, helpers and values of a task). */
#define PRINT_FIELDS_MAX 16
#define PRINT_TAGS_MAX   64

struct plan_print {
    size_t field_count;
    struct {
        uint8_t field;
        uint8_t hash[8];
    } fields[PRINT_FIELDS_MAX];
    struct mu_rank rank; /* len 0: none */
    size_t tag_count;
    uint32_t tags[PRINT_TAGS_MAX]; /* front of the ids of those rows */
};

struct plan {
    const struct mu_source_board *board;
    const struct mu_world *world;
    const struct mu_plan_options *options;
    struct mu_arena *arena;
    struct mu_arena scratch; /* rows of the world, cleared row by row */
    struct mu_error *err;
    struct mu_findings findings;
    struct mu_plan_count counts[MU_PLAN_KINDS];

    struct mu_vec intents;
    size_t bytes; /* estimated, of the last intent */

    struct mu_id board_id;
    bool all_is_new;         /* then nothing of it can be there, and no row is looked up */
    struct mu_id *board_row; /* board_id where it outlives the plan, for values */
    struct mu_id *people;
    struct mu_id *columns;
    int64_t *column_kinds;
    struct mu_id *labels;
    struct mu_id *fields;
    struct mu_id *tasks;
};

/* A row as it is to be, compared with the one that there is. */
struct plan_draft {
    struct plan *plan;
    uint32_t entity;
    struct mu_id id;
    bool exists;
    struct mu_row row; /* in plan->scratch */
    bool has_old;
    struct plan_print old; /* what was imported last */
    struct plan_print now;
    struct mu_arg args[PLAN_ARGS_MAX];
    size_t arg_count;
    struct mu_slice title; /* of the row, for findings */
    unsigned silent;       /* MU_SILENT_*, of a task that is there */
};

/* -- plan_ops.c */
MU_MUST_USE enum mu_status plan_full(struct plan *p);
/* Appends an operation; args are copied, their values borrowed. */
MU_MUST_USE enum mu_status plan_op(struct plan *p, uint32_t entity, struct mu_id id,
                                   const struct mu_arg *args, size_t arg_count);
/* A copy in the plan's arena, for values made here. */
MU_MUST_USE enum mu_status plan_keep(struct plan *p, const void *bytes, size_t len,
                                     struct mu_value *out_value);
MU_MUST_USE enum mu_status plan_id(struct plan *p, struct mu_id id, struct mu_value *out_value);
/* The id of a row of the source: kind is "card", "list" and so on. */
struct mu_id plan_row_id(const struct plan *p, const char *kind, struct mu_slice id);
/* "trello:BOARD:card:ID" */
MU_MUST_USE enum mu_status plan_source(struct plan *p, const char *kind, struct mu_slice id,
                                       struct mu_value *out_value);

/* -- plan_draft.c */
/* Looks the row up unless the board is new. */
MU_MUST_USE enum mu_status plan_draft_begin(struct plan *p, struct plan_draft *draft,
                                            uint32_t entity, struct mu_id id, uint32_t print_field);
/* Set when the row is made, never again. */
void plan_draft_fixed(struct plan_draft *draft, uint32_t field, struct mu_value value);
/* Set when the row is made, and when the source changed it since. */
void plan_draft_field(struct plan_draft *draft, uint32_t field, struct mu_value value);
/* The same where what the source said is not the value itself.  True when it is news. */
bool plan_draft_basis(struct plan_draft *draft, uint32_t field, struct mu_slice basis,
                      struct mu_value value);
/* What the source said last is still true: it says nothing of the field now. */
void plan_draft_keep(struct plan_draft *draft, uint32_t field);
/* The value that will stand: the draft's, or the row's. */
struct mu_value plan_draft_stands(const struct plan_draft *draft, uint32_t field);
/* Unless the row has it already. */
void plan_draft_set(struct plan_draft *draft, uint32_t field, struct mu_value value);
/* Even so: where the rules would make something else of silence. */
void plan_draft_say(struct plan_draft *draft, uint32_t field, struct mu_value value);
/* Into an operation, if there is anything to write, and counted. */
MU_MUST_USE enum mu_status plan_draft_end(struct plan_draft *draft, enum mu_plan_kind kind,
                                          uint32_t print_field);

/* -- plan_print.c */
/* False for bytes that are no print of this version: they count as none. */
bool plan_print_read(struct mu_slice bytes, struct plan_print *out);
size_t plan_print_write(const struct plan_print *print, uint8_t out_bytes[static MU_PRINT_MAX]);
void plan_print_hash(uint32_t field, struct mu_slice basis, uint8_t out_hash[static 8]);
void plan_print_hash_value(uint32_t field, struct mu_value value, uint8_t out_hash[static 8]);
/* NULL when there is none of field. */
const uint8_t *plan_print_find(const struct plan_print *print, uint32_t field);
void plan_print_add(struct plan_print *print, uint32_t field, const uint8_t hash[static 8]);
uint32_t plan_print_tag(struct mu_id id);
bool plan_print_has_tag(const struct plan_print *print, uint32_t tag);

/* -- plan_place.c */
/* One of several rows in the order of the source. */
struct plan_place {
    bool has_old;
    struct mu_rank old;  /* given last */
    struct mu_rank rank; /* to be had now */
    bool moved;          /* rank is new */
};
/* Keeps as many old keys as possible.  Fails when the arena is full. */
MU_MUST_USE enum mu_status plan_place_all(struct plan *p, struct plan_place *places, size_t count);
/* The key that a row was given last, if its field `parent` still says the same. */
MU_MUST_USE enum mu_status plan_place_old(struct plan *p, uint32_t entity, struct mu_id id,
                                          uint32_t print_field, uint32_t parent_field,
                                          struct mu_slice parent_basis, struct plan_place *out);
/* Puts the key into a draft whose row stands (or will stand) under its parent. */
MU_MUST_USE enum mu_status plan_place_draft(struct plan_draft *draft, uint32_t rank_field,
                                            const struct plan_place *place, bool here);

/* -- plan_people.c */
MU_MUST_USE enum mu_status plan_people(struct plan *p);

/* -- plan_board.c */
MU_MUST_USE enum mu_status plan_board_row(struct plan *p);
MU_MUST_USE enum mu_status plan_columns(struct plan *p);
MU_MUST_USE enum mu_status plan_labels(struct plan *p);
MU_MUST_USE enum mu_status plan_fields(struct plan *p);

/* -- plan_task.c */
MU_MUST_USE enum mu_status plan_tasks(struct plan *p);
/* A time of the source as a due; NULL value when there is none. */
MU_MUST_USE enum mu_status plan_due(struct plan *p, struct mu_source_time time,
                                    struct mu_value *out_value);
/* Into a field of a draft; what the source said is the time, whatever zone it is told in.
 * *out_news as plan_draft_basis(). */
MU_MUST_USE enum mu_status plan_due_field(struct plan_draft *draft, uint32_t field,
                                          struct mu_source_time time, bool *out_news);

/* Tasks that an import brought before and this one does not have. */
MU_MUST_USE enum mu_status plan_no_longer(struct plan *p);

/* -- plan_inner.c */
/* The labels, helpers and values of a card, as tags for the print of its task. */
void plan_inner_tags(struct plan_draft *task, size_t card);
/* Those rows themselves, then checklists and attachments; task has been ended. */
MU_MUST_USE enum mu_status plan_inner(const struct plan_draft *task, size_t card);

/* -- plan_log.c */
MU_MUST_USE enum mu_status plan_comments(struct plan *p);
MU_MUST_USE enum mu_status plan_activities(struct plan *p);

#endif
