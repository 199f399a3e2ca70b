/* What an import found, in numbers and in sentences: shown before anything is
 * written (--dry-run) and again afterwards.
 *
 * The readers fill it; client/import/plan.c adds what it guessed.  Texts may quote titles and names
 * from the file as they are: whoever prints them neutralises control characters. */
#ifndef MUSTER_CLIENT_IMPORT_REPORT_H
#define MUSTER_CLIENT_IMPORT_REPORT_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/slice.h"

/* X(NAME, "key in JSON", "words", indented below the line above) */
#define MU_COUNT_MAP(X)                                                              \
    X(LISTS, "lists", "lists", 0)                                                    \
    X(LISTS_CLOSED, "lists_closed", "closed", 1)                                     \
    X(CARDS, "cards", "cards", 0)                                                    \
    X(CARDS_ARCHIVED, "cards_archived", "archived", 1)                               \
    X(CARDS_OWNERLESS, "cards_without_member", "without a member", 1)                \
    X(CARDS_ONE_MEMBER, "cards_with_one_member", "with one member", 1)               \
    X(CARDS_SHARED, "cards_with_several_members", "with several members", 1)         \
    X(CARDS_DUE, "cards_due", "with a due date", 1)                                  \
    X(CARDS_COMPLETE, "cards_complete", "ticked complete", 1)                        \
    X(CARDS_INNER, "cards_under_another", "under another one", 1)                    \
    X(LABELS, "labels", "labels", 0)                                                 \
    X(LABELS_UNNAMED, "labels_unnamed", "without a name", 1)                         \
    X(CHECKLISTS, "checklists", "checklists", 0)                                     \
    X(ITEMS, "items", "checklist items", 0)                                          \
    X(ITEMS_DONE, "items_done", "done", 1)                                           \
    X(MEMBERS, "members", "members", 0)                                              \
    X(GONE, "people_gone", "people no longer on the board", 0)                       \
    X(COMMENTS, "comments", "comments", 0)                                           \
    X(COMMENTS_CLAIMED, "comments_claimed", "by the cards' own count", 1)            \
    X(ATTACHMENTS, "attachments", "attachments", 0)                                  \
    X(UPLOADS, "uploads", "uploaded files", 1)                                       \
    X(FIELDS, "custom_fields", "custom fields", 0)                                   \
    X(VALUES, "custom_values", "custom field values", 0)                             \
    X(ACTIONS, "actions", "log entries", 0)                                          \
    X(ACTIONS_GONE, "actions_by_gone_people", "by people no longer on the board", 1) \
    X(ACTIONS_DELETED, "actions_on_deleted_cards", "on cards that are not in the file", 1)

enum mu_count_kind {
#define X(name, key, words, indent) MU_COUNT_##name,
    MU_COUNT_MAP(X)
#undef X
        MU_COUNT_KINDS
};

/* X(NAME, "key in JSON") */
#define MU_FINDING_MAP(X)                           \
    X(COMMENTS_MISSING, "comments_missing")         \
    X(ACTIONS_CUT, "actions_cut")                   \
    X(OPEN_IN_CLOSED, "open_cards_in_closed_lists") \
    X(SHARED_CARDS, "cards_with_several_members")   \
    X(OWNERLESS_CARDS, "cards_without_member")      \
    X(PEOPLE_GONE, "people_gone")                   \
    X(DELETED_CARDS, "actions_on_deleted_cards")    \
    X(UNNAMED_LABELS, "unnamed_labels")             \
    X(UPLOADS, "uploads_not_in_file")               \
    X(SAME_SHORT_ID, "duplicate_short_ids")         \
    X(SAME_ID, "duplicate_ids")                     \
    X(UNKNOWN_LIST, "cards_in_unknown_lists")       \
    X(UNKNOWN_LABEL, "unknown_labels")              \
    X(UNKNOWN_CARD, "checklists_of_unknown_cards")  \
    X(UNKNOWN_OPTION, "unknown_options")            \
    X(UNKNOWN_FIELD, "values_of_unknown_fields")    \
    X(NO_ID, "entries_without_id")                  \
    X(NO_TITLE, "cards_without_title")              \
    X(TEMPLATES, "template_cards")                  \
    X(TEXT_CUT, "texts_cut")                        \
    X(BAD_DATE, "dates_not_understood")             \
    X(MERGED, "files_merged")                       \
    X(ONLY_OLDER, "cards_only_in_older_files")      \
    X(CARD_FILE, "card_export")                     \
    X(ROWS_SKIPPED, "rows_skipped")                 \
    X(ROWS_RAGGED, "rows_with_extra_cells")         \
    X(TORN, "file_cut_off")                         \
    X(PREAMBLE, "rows_before_the_header")           \
    X(COLUMNS_UNUSED, "columns_not_used")           \
    X(KEY_DAMAGED, "row_ids_damaged")               \
    X(SAME_KEY, "row_ids_repeated")                 \
    X(SECTION_ROWS, "rows_of_sections")             \
    X(NOT_TASKS, "entries_that_are_no_tasks")       \
    X(PAGE, "page_of_several")                      \
    X(MULTI_HOMED, "cards_on_several_boards")       \
    X(PARENT_AMBIGUOUS, "parents_ambiguous")        \
    X(PARENT_UNKNOWN, "parents_not_in_the_file")    \
    X(PARENT_CIRCLE, "parents_in_a_circle")         \
    X(INNER_MISSING, "subtasks_not_in_the_file")    \
    X(KINDS_GUESSED, "column_kinds_guessed")        \
    X(PEOPLE_KNOWN, "people_already_there")         \
    X(HANDLES_MADE, "handles_made")                 \
    X(EDITS_REPLACED, "edits_replaced")             \
    X(OTHER_BOARD, "cards_on_another_board")        \
    X(NO_LONGER, "cards_no_longer_in_the_file")

enum mu_finding_kind {
#define X(name, key) MU_FINDING_##name,
    MU_FINDING_MAP(X)
#undef X
        MU_FINDING_KINDS
};

#define MU_FINDING_DETAIL_MAX 200 /* details kept; the count is always exact */

struct mu_finding {
    enum mu_finding_kind kind;
    size_t count;             /* > 0 */
    struct mu_slice text;     /* one line, no trailing stop */
    struct mu_slice *details; /* one line each: which card, who was chosen */
    size_t detail_count;      /* <= detail_total and <= MU_FINDING_DETAIL_MAX */
    size_t detail_total;      /* <= count; those not kept included */
};

struct mu_import_report {
    size_t in[MU_COUNT_KINDS];   /* in the file, or in the files after merging */
    size_t out[MU_COUNT_KINDS];  /* in the board that was made of it */
    struct mu_finding *findings; /* at most one of each kind, ascending by kind */
    size_t finding_count;
};

/* The finding of that kind, or NULL. */
const struct mu_finding *mu_report_find(const struct mu_import_report *report,
                                        enum mu_finding_kind kind);
const char *mu_count_key(enum mu_count_kind kind);
const char *mu_finding_key(enum mu_finding_kind kind);

/* A table of the counts (kinds that are zero on both sides left out), then one
 * line per finding, below it at most detail_max of its details.  Every line ends
 * in a newline.  Errors: as mu_buf_append(). */
MU_MUST_USE enum mu_status mu_report_text(const struct mu_import_report *report, size_t detail_max,
                                          struct mu_buf *out);
/* {"in":{…},"out":{…},"findings":[{"kind","count","text","details":[…]}]}: the
 * value alone, for the caller to place.  Errors: as mu_buf_append(). */
MU_MUST_USE enum mu_status mu_report_json(const struct mu_import_report *report,
                                          struct mu_buf *out);

#endif
