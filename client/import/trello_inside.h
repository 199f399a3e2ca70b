/* What the parts of the Trello reader share; private to client/import.
 *
 *   trello.c          the steps in order
 *   trello_file.c     a file's root: what it is, where its arrays are
 *   trello_json.c     one entry through jansson, its fields as checked values
 *   trello_people.c   members, and those who are gone
 *   trello_lists.c, trello_labels.c
 *   trello_fields.c   custom fields and their values
 *   trello_cards.c    cards
 *   trello_attachments.c
 *   trello_pick.c     which file a card is taken from
 *   trello_checklists.c
 *   trello_actions.c  the log: comments, activities, what it tells of the cards
 *   trello_sentence.c one line of English for a log entry
 *   trello_end.c      owners, counts, the board
 *   trello_report.c   findings in words */
#ifndef MUSTER_CLIENT_IMPORT_TRELLO_INSIDE_H
#define MUSTER_CLIENT_IMPORT_TRELLO_INSIDE_H

#include <jansson.h>

#include "client/import/findings.h"
#include "client/import/id_map.h"
#include "client/import/source.h"
#include "client/import/trello.h"
#include "client/import/vec.h"

/* Where Trello's export stops to list the log. */
#define TRELLO_ACTIONS_CUT 1000

/* X(NAME, "key") */
#define TRELLO_ARRAY_MAP(X)     \
    X(LISTS, "lists")           \
    X(LABELS, "labels")         \
    X(MEMBERS, "members")       \
    X(CARDS, "cards")           \
    X(CHECKLISTS, "checklists") \
    X(FIELDS, "customFields")   \
    X(ACTIONS, "actions")

enum trello_array {
#define X(name, key) TRELLO_##name,
    TRELLO_ARRAY_MAP(X)
#undef X
        TRELLO_ARRAYS
};

struct trello_file {
    struct mu_slice text;
    size_t number;                         /* among the files given, from 1 */
    const char *shown;                     /* what errors call it; may be NULL */
    bool is_card;                          /* one card at the root */
    struct mu_slice arrays[TRELLO_ARRAYS]; /* empty when the file has none */
    struct mu_slice label_names;           /* object, or empty */
    struct mu_slice board_id;
    struct mu_slice name, desc, url;
    bool closed;
    int64_t changed_ms;
    size_t action_count;
    int64_t oldest_ms, newest_ms; /* of its log */
};

struct trello_list {
    struct mu_source_list list;
    double pos;
    bool unknown; /* not among the lists of any file */
};

/* mark: place in reading order + 1 of the card that named it last, so that one card
 * takes each but once. */
struct trello_label {
    struct mu_source_label label;
    struct mu_slice given; /* its name in the file, may be empty */
    size_t mark;
};
struct trello_person {
    struct mu_source_person person;
    size_t mark;
};
struct trello_field {
    struct mu_source_field field;
    size_t mark;
};

/* A card while it is read; `card` is what becomes of it. */
struct trello_card {
    struct mu_source_card card;
    double pos;
    size_t raw;        /* its place in reading order */
    uint32_t file;     /* index of the file it is taken from */
    uint32_t *members; /* people, in the order of the file, none twice */
    int64_t *added_ms; /* when each was added last; INT64_MIN: the log does not say */
    size_t member_count;
    size_t claimed; /* comments by its own count */
    size_t comments;
};

/* card is the place in reading order until trello_cards_sort(), then the final index. */
struct trello_checklist {
    struct mu_source_checklist checklist;
    double pos;
};
struct trello_attachment {
    struct mu_source_attachment attachment;
    double pos;
};

/* Which file holds the newest state of a card. */
struct trello_pick {
    struct mu_slice id;
    uint32_t file;
    int64_t changed_ms;
    bool in_newest; /* the newest file of the board has it */
    bool deleted;   /* the log says it was deleted or moved away */
};

struct trello {
    struct mu_arena *arena;
    struct mu_error *err;
    struct mu_findings findings;
    struct mu_import_report report;

    struct trello_file *files; /* newest first */
    size_t file_count;
    size_t newest_board;        /* file_count when all are single cards */
    uint32_t file;              /* index of the one being read */
    size_t entries_from;        /* length of the vector at hand when this file's entries began */
    struct mu_slice board_name; /* as the log has it: for single cards */

    struct mu_vec lists, labels, people, fields, cards, checklists, attachments, values;
    struct mu_vec comments, activities, deleted, picks;
    struct mu_id_map list_ids, label_ids, person_ids, field_ids, card_ids, checklist_ids;
    struct mu_id_map action_ids, deleted_ids, pick_ids, item_ids, attachment_ids;
};

/* -- trello_file.c */
/* Checks files[i].text and finds what is in it. */
MU_MUST_USE enum mu_status trello_file_open(struct trello *t, struct trello_file *file);

/* -- trello_json.c */
/* The arena is full. */
MU_MUST_USE enum mu_status trello_full(struct trello *t);
/* One value; the caller decrefs it. */
MU_MUST_USE enum mu_status trello_load(struct trello *t, const struct trello_file *file,
                                       struct mu_slice value, json_t **out_json);
typedef enum mu_status (*trello_entry)(struct trello *t, const json_t *entry);
/* Gives every object of an array of a file to entry.  t->file is set. */
MU_MUST_USE enum mu_status trello_each(struct trello *t, uint32_t file, struct mu_slice array,
                                       trello_entry entry);
/* The text of a member, borrowed from object; empty when it is no text. */
struct mu_slice trello_view(const json_t *object, const char *key);
/* A foreign id; empty when there is none of 1 .. MU_SOURCE_ID_MAX bytes. */
struct mu_slice trello_id(const json_t *object, const char *key);
/* A copy, cut at max bytes (and reported). */
MU_MUST_USE enum mu_status trello_text(struct trello *t, const json_t *object, const char *key,
                                       size_t max, struct mu_slice *out_text);
MU_MUST_USE enum mu_status trello_copy(struct trello *t, struct mu_slice text, size_t max,
                                       struct mu_slice *out_text);
bool trello_true(const json_t *object, const char *key);
/* A whole number from 0 up to max; 0 when it is anything else. */
int64_t trello_count(const json_t *object, const char *key, int64_t max);
/* Infinity when there is none, so that it sorts last. */
double trello_pos(const json_t *object);
/* MU_WHEN_NONE when absent; what is not understood is reported. */
struct mu_source_time trello_time(struct trello *t, const json_t *object, const char *key);
int64_t trello_instant(struct trello *t, const json_t *object, const char *key);
/* The time in the front of a Trello id, 0 when it is not one. */
int64_t trello_id_time(struct mu_slice id);
/* Two places in order: position, then id. */
int trello_order(double pos_a, struct mu_slice id_a, double pos_b, struct mu_slice id_b);

/* -- trello_people.c */
MU_MUST_USE enum mu_status trello_read_member(struct trello *t, const json_t *entry);
/* The person of an id, made as one who is gone when nobody is known by it. */
MU_MUST_USE enum mu_status trello_person(struct trello *t, struct mu_slice id,
                                         uint32_t *out_person);
/* Fills in what is not yet known of somebody who is gone; member may be NULL. */
MU_MUST_USE enum mu_status trello_learn_person(struct trello *t, const json_t *member);

/* -- trello_lists.c */
/* Counts an entry of a named kind; *out_new tells whether it is to be taken.  What an
 * older file repeats is passed over, what one file repeats is reported. */
void trello_meet(struct trello *t, const struct mu_id_map *ids, struct mu_slice id,
                 enum mu_count_kind kind, bool *out_new);
MU_MUST_USE enum mu_status trello_read_list(struct trello *t, const json_t *entry);
MU_MUST_USE enum mu_status trello_sort_lists(struct trello *t);
/* The list of an id, made as an unknown one when there is none. */
MU_MUST_USE enum mu_status trello_list_of(struct trello *t, struct mu_slice id, uint32_t *out_list);
/* The name of an unknown list, when it has none yet. */
void trello_learn_list(struct trello *t, struct mu_slice id, struct mu_slice name);
/* Names for those whose name was never told. */
void trello_end_lists(struct trello *t);

/* -- trello_labels.c */
MU_MUST_USE enum mu_status trello_read_label(struct trello *t, const json_t *entry);
/* A label as it stands inside a card, with or without an id. */
MU_MUST_USE enum mu_status trello_inner_label(struct trello *t, const json_t *entry,
                                              uint32_t *out_label);
/* Names that a file without labels gives to colours. */
MU_MUST_USE enum mu_status trello_read_label_names(struct trello *t, struct trello_file *file);
MU_MUST_USE enum mu_status trello_end_labels(struct trello *t);

/* -- trello_fields.c */
MU_MUST_USE enum mu_status trello_read_field(struct trello *t, const json_t *entry);
/* The values in a card, which is given by its place in reading order. */
MU_MUST_USE enum mu_status trello_read_values(struct trello *t, const json_t *card, uint32_t raw);
/* From places in reading order to final indexes. */
void trello_place_values(struct trello *t, const uint32_t *places);

/* -- trello_pick.c */
/* Several files: which one each card is taken from. */
MU_MUST_USE enum mu_status trello_pick_cards(struct trello *t);
/* Whether the card of id is to be taken from t->file. */
bool trello_picked(const struct trello *t, struct mu_slice id);

/* -- trello_cards.c */
MU_MUST_USE enum mu_status trello_read_card(struct trello *t, const json_t *entry);
MU_MUST_USE enum mu_status trello_sort_cards(struct trello *t);

/* -- trello_attachments.c */
MU_MUST_USE enum mu_status trello_read_attachments(struct trello *t, const json_t *card,
                                                   uint32_t raw);
void trello_place_attachments(struct trello *t, const uint32_t *places);

/* -- trello_checklists.c */
MU_MUST_USE enum mu_status trello_read_checklist(struct trello *t, const json_t *entry);
/* Those inside a card, which is given by its place in reading order. */
MU_MUST_USE enum mu_status trello_read_inner_checklists(struct trello *t, const json_t *card,
                                                        uint32_t raw);
void trello_place_checklists(struct trello *t, const uint32_t *places);
void trello_sort_checklists(struct trello *t);

/* -- trello_actions.c */
MU_MUST_USE enum mu_status trello_read_action(struct trello *t, const json_t *entry);
/* In order, with the names of cards that are gone. */
MU_MUST_USE enum mu_status trello_end_log(struct trello *t);

/* -- trello_sentence.c */
struct trello_sentence {
    struct mu_oneline line;
    struct mu_slice old_value, new_value; /* borrowed from the action, or empty */
    char old_text[64], new_text[64];      /* where a value had to be put into words */
};
/* What an action did, in words. */
void trello_sentence(const struct trello *t, const json_t *action, struct trello_sentence *out);

/* -- trello_end.c */
MU_MUST_USE enum mu_status trello_end(struct trello *t, struct mu_source_board *out);

/* -- trello_report.c */
void trello_report(struct trello *t, const struct mu_source_board *board);

static inline struct trello_card *trello_card_at(const struct trello *t, size_t index)
{
    return mu_vec_at(&t->cards, index);
}

#endif
