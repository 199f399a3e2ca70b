/* What an import would write: a foreign board against the rows that there are,
 * as a list of `import` intents (docs/intents.md).
 *
 *   read bytes -> mu_trello_read() or mu_csv_board() -> mu_plan_make()
 *              -> author each intent, in order
 *
 * Nothing is written here; --dry-run shows the plan and stops.  Every row's id is
 * derived from (system, board id, kind, entity id), and each row keeps a print of
 * what the source said last: a second import makes only what is new and changes
 * only fields whose value changed in the source, so that edits made in Muster
 * stand, and nothing is doubled.  An import adds and updates; a row that the
 * source no longer has is left alone, but labels, helpers and custom values that
 * it took off a card are taken off.  An import that broke off is finished by
 * planning again. */
#ifndef MUSTER_CLIENT_IMPORT_PLAN_H
#define MUSTER_CLIENT_IMPORT_PLAN_H

#include "client/import/source.h"
#include "common/model/decide.h"
#include "common/model/zone.h"

/* X(NAME, "key in JSON", "words"), parents before children. */
#define MU_PLAN_MAP(X)                               \
    X(PEOPLE, "people", "people")                    \
    X(BOARDS, "boards", "boards")                    \
    X(COLUMNS, "columns", "columns")                 \
    X(LABELS, "labels", "labels")                    \
    X(FIELDS, "custom_fields", "custom fields")      \
    X(TASKS, "tasks", "tasks")                       \
    X(TASK_LABELS, "task_labels", "labels on tasks") \
    X(HELPERS, "helpers", "helpers")                 \
    X(CHECKLISTS, "checklists", "checklists")        \
    X(ITEMS, "items", "checklist items")             \
    X(VALUES, "custom_values", "custom values")      \
    X(ATTACHMENTS, "attachments", "attachments")     \
    X(COMMENTS, "comments", "comments")              \
    X(ACTIVITIES, "activities", "log entries")

enum mu_plan_kind {
#define X(name, key, words) MU_PLAN_##name,
    MU_PLAN_MAP(X)
#undef X
        MU_PLAN_KINDS
};

struct mu_plan_count {
    size_t created, updated, unchanged;
};

/* A task that is on the board and came in by an import. */
struct mu_plan_kept {
    struct mu_id id;
    struct mu_slice title;
};

struct mu_plan_options {
    /* Where instants of the source become local dues: the team's zone and its IANA
     * name.  Without one of them UTC.  The instant is kept to the minute in either case. */
    const struct mu_zone *zone;
    const char *zone_name;
    /* Those that are on the board now: what the source no longer has of them is reported.  None
     * when nobody looked. */
    const struct mu_plan_kept *kept;
    size_t kept_count;
};

struct mu_plan {
    struct mu_id board;        /* the BOARD row, whether it exists yet or not */
    struct mu_intent *intents; /* to be authored in this order, each small enough */
    size_t intent_count;       /* 0: everything is as in the source already */
    struct mu_plan_count counts[MU_PLAN_KINDS];
    struct mu_import_report report; /* the reader's, and what the plan guessed */
};

/* world may ask a replica (mu_replica_world()) or any other; only row(),
 * person_of_handle() and derive() are used.  board must be as mu_source_check() has it
 * (asserted).  Everything in out lives in arena or borrows from board.  out is
 * written only on success.
 * Errors: those of the world; MU_E_LIMIT when the arena is full. */
MU_MUST_USE enum mu_status mu_plan_make(const struct mu_source_board *board,
                                        const struct mu_world *world,
                                        const struct mu_plan_options *options,
                                        struct mu_arena *arena, struct mu_plan *out,
                                        struct mu_error *err);

/* The BOARD row that an import of board makes or meets. */
struct mu_id mu_plan_board_id(const struct mu_source_board *board, const struct mu_world *world);
/* Rows that the intents create or update. */
size_t mu_plan_change_count(const struct mu_plan *plan);
const char *mu_plan_key(enum mu_plan_kind kind);
/* The report (mu_report_text()), then a table of what is created, updated and left
 * as it is.  Texts of the source stand in it as they are: whoever prints it
 * neutralises control characters.  Errors: as mu_buf_append(). */
MU_MUST_USE enum mu_status mu_plan_text(const struct mu_plan *plan, size_t detail_max,
                                        struct mu_buf *out);
/* {"report":{…},"rows":{"tasks":{"created":1,"updated":0,"unchanged":0},…}}.
 * Errors: as mu_buf_append(). */
MU_MUST_USE enum mu_status mu_plan_json(const struct mu_plan *plan, struct mu_buf *out);

#endif
