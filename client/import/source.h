/* A foreign board as plain checked data: what every reader of client/import
 * makes and client/import/plan.c turns into mutations.
 *
 * Everything lives in the arena that the reader was given; nothing here is
 * freed one by one.  Texts are UTF-8 without NUL, cut at the limits of
 * common/model/domain.h (cuts are reported), but otherwise as in the file.
 * Indexes point into the arrays of the same board; MU_SOURCE_NONE is "none". */
#ifndef MUSTER_CLIENT_IMPORT_SOURCE_H
#define MUSTER_CLIENT_IMPORT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/import/report.h"
#include "common/base/slice.h"

#define MU_SOURCE_NONE       UINT32_MAX
#define MU_SOURCE_ID_MAX     128 /* bytes of a foreign id or handle */
#define MU_SOURCE_COLOUR_MAX 32
#define MU_SOURCE_URL_MAX    2048
#define MU_SOURCE_DEPTH_MAX  64 /* cards under cards */

enum mu_source_when {
    MU_WHEN_NONE,
    MU_WHEN_INSTANT, /* at_ms is that instant */
    MU_WHEN_DATE     /* a civil date; at_ms is its midnight as if in UTC */
};

struct mu_source_time {
    enum mu_source_when when;
    int64_t at_ms; /* since 1970 UTC; 0 for MU_WHEN_NONE */
};

/* In board order (position, then id). */
struct mu_source_list {
    struct mu_slice id;
    struct mu_slice name;
    bool closed;
    int64_t wip_limit; /* 0: none */
};

struct mu_source_label {
    struct mu_slice id;
    struct mu_slice name;   /* what to show: never empty; the colour in words when unnamed */
    struct mu_slice colour; /* the foreign name ("sky", "green_dark"), or empty */
    bool unnamed;
};

struct mu_source_person {
    struct mu_slice id;
    struct mu_slice handle; /* may be empty */
    struct mu_slice name;   /* may be empty */
    bool on_board;          /* false: gone, known from the log or a card only */
};

/* What a source may say nothing of: a table has the columns that it has.  A card that is here
 * already keeps what it has there. */
#define MU_SILENT_DESC    1u
#define MU_SILENT_PEOPLE  2u /* owner */
#define MU_SILENT_HELPERS 4u
#define MU_SILENT_LABELS  8u
#define MU_SILENT_DUE     16u
#define MU_SILENT_START   32u
#define MU_SILENT_URL     64u
#define MU_SILENT_DONE    128u
#define MU_SILENT_LISTS   256u

/* Sorted by list, position and id: `order` counts from 0 within its list. */
struct mu_source_card {
    struct mu_slice id;
    struct mu_slice title; /* never empty */
    struct mu_slice desc;
    uint32_t list;
    uint32_t order;
    bool archived;
    bool hidden; /* not archived, but its list is closed */
    bool is_template;
    bool due_complete; /* ticked as complete; may be set without a due */
    struct mu_source_time due;
    struct mu_source_time start;
    uint32_t owner;          /* person or MU_SOURCE_NONE */
    const uint32_t *helpers; /* none of them the owner; there may be some without an owner */
    size_t helper_count;
    const uint32_t *labels;
    size_t label_count;
    struct mu_slice url;        /* may be empty */
    struct mu_slice short_link; /* may be empty */
    int64_t id_short;           /* 0: none; not unique */
    uint32_t creator;           /* person or MU_SOURCE_NONE */
    uint32_t parent;            /* card that this one is a part of, or MU_SOURCE_NONE; no circles */
    const struct mu_slice *homes; /* ids of other boards that show this card as well */
    size_t home_count;
    unsigned silent;    /* MU_SILENT_* */
    int64_t created_ms; /* 0: unknown */
    int64_t changed_ms; /* 0: unknown */
    int64_t ticked_ms;  /* ticked complete, as the log has it; 0: not, or unknown */
    int64_t entered_ms; /* came into its list, as the log has it; 0: unknown */
};

struct mu_source_item {
    struct mu_slice id;
    struct mu_slice name;
    bool done;
    struct mu_source_time due;
    uint32_t person;
};

/* Sorted by card, position and id. */
struct mu_source_checklist {
    struct mu_slice id;
    uint32_t card;
    struct mu_slice name;
    const struct mu_source_item *items; /* in order */
    size_t item_count;
};

/* Oldest first. */
struct mu_source_comment {
    struct mu_slice id;
    uint32_t card;
    uint32_t person; /* MU_SOURCE_NONE: not said */
    int64_t at_ms;
    int64_t edited_ms; /* 0: never */
    struct mu_slice text;
};

/* A link, or an uploaded file whose bytes the export does not hold. */
struct mu_source_attachment {
    struct mu_slice id;
    uint32_t card;
    struct mu_slice name;
    struct mu_slice url;
    int64_t bytes; /* 0: unknown */
    bool is_upload;
    int64_t at_ms; /* 0: unknown */
};

struct mu_source_option {
    struct mu_slice id;
    struct mu_slice text;
};

struct mu_source_field {
    struct mu_slice id;
    struct mu_slice name;
    struct mu_slice kind; /* "text", "number", "date", "checkbox", "list" */
    const struct mu_source_option *options;
    size_t option_count;
};

struct mu_source_value {
    uint32_t card;
    uint32_t field;
    struct mu_slice text; /* for a list field the option's text */
};

/* A card that the log speaks of and the file does not hold. */
struct mu_source_deleted {
    struct mu_slice id;
    struct mu_slice name; /* the last one the log knows; may be empty */
    int64_t id_short;     /* 0: unknown */
};

/* Oldest first.  Every log entry is either a comment or an activity. */
struct mu_source_activity {
    struct mu_slice id;
    struct mu_slice kind; /* the foreign type, such as "updateCard" */
    uint32_t card;        /* MU_SOURCE_NONE: of the board, or of a deleted card */
    uint32_t deleted;     /* index into deleted, or MU_SOURCE_NONE */
    uint32_t person;
    int64_t at_ms;
    struct mu_slice text; /* one line of English, such as: moved from 'To do' to 'Doing' */
    struct mu_slice old_value;
    struct mu_slice new_value;
};

struct mu_source_board {
    struct mu_slice system; /* "trello", "asana", "csv" */
    struct mu_slice id;
    /* Where cards and all that hangs on them are known by id: empty, that is this board, or a
     * name for something larger.  There a card may have come in with another board. */
    struct mu_slice scope;
    struct mu_slice name; /* never empty */
    struct mu_slice desc;
    struct mu_slice url;
    bool closed;
    int64_t created_ms;
    int64_t changed_ms;

    struct mu_source_list *lists;
    size_t list_count;
    struct mu_source_label *labels;
    size_t label_count;
    struct mu_source_person *people;
    size_t person_count;
    struct mu_source_card *cards;
    size_t card_count;
    struct mu_source_checklist *checklists;
    size_t checklist_count;
    struct mu_source_comment *comments;
    size_t comment_count;
    struct mu_source_attachment *attachments;
    size_t attachment_count;
    struct mu_source_field *fields;
    size_t field_count;
    struct mu_source_value *values;
    size_t value_count;
    struct mu_source_deleted *deleted;
    size_t deleted_count;
    struct mu_source_activity *activities;
    size_t activity_count;

    struct mu_import_report report;
};

/* How many of everything the board has, as an import counts it. */
void mu_source_count(const struct mu_source_board *board, size_t out[static MU_COUNT_KINDS]);
/* Whether the parents of a card end, after at most MU_SOURCE_DEPTH_MAX steps. */
bool mu_source_climbs(const struct mu_source_card *cards, size_t index);
/* Takes the parent from every card whose parents do not end, such as one that stands under
 * itself, and calls cut with it before. */
void mu_source_cut_circles(struct mu_source_card *cards, size_t count,
                           void (*cut)(void *state, const struct mu_source_card *card),
                           void *state);
/* Every index in range, every text valid, every order as promised: for tests and asserts. */
bool mu_source_check(const struct mu_source_board *board);

#endif
