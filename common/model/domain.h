/* The domain, described once as data: every entity, its fields, their types and
 * their merge rules.
 *
 * Tables, the effect codec, the digest, export and 'muster schema' follow from
 * these lists.  A new field is one line here; a new entity one block and one
 * line in MU_ENTITY_MAP.  Numbers are on the wire and in the log: never change
 * or reuse one. */
#ifndef MUSTER_COMMON_MODEL_DOMAIN_H
#define MUSTER_COMMON_MODEL_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a field holds; decides its SQL column and its check. */
enum mu_type {
    MU_TYPE_INT,   /* signed 64 bits */
    MU_TYPE_BOOL,  /* 0 or 1 */
    MU_TYPE_ENUM,  /* 1 .. limit */
    MU_TYPE_WALL,  /* an instant: milliseconds since 1970 UTC */
    MU_TYPE_TEXT,  /* checked UTF-8 without NUL, at most limit bytes */
    MU_TYPE_DUE,   /* canonical civil due, common/model/due.h */
    MU_TYPE_RANK,  /* order key, common/model/rank.h */
    MU_TYPE_ID,    /* 16 bytes: a row of the entity in limit (0: of any) */
    MU_TYPE_BYTES, /* at most limit bytes */
};

/* What happens when two people set one field (docs/protocol.md, section 6). */
enum mu_merge {
    MU_MERGE_SCALAR,   /* later by clamped time wins, the loser gets a conflict row */
    MU_MERGE_TEXT,     /* three ways by line and word; overlap keeps the server's */
    MU_MERGE_STATUS,   /* moves by intents that say what they expect; illegal: an event */
    MU_MERGE_PLACE,    /* order key made by the server from the neighbours named */
    MU_MERGE_ADD_WINS, /* a flag whose removal cancels only an addition it has seen */
    MU_MERGE_TRASH,    /* a flag that is set only by who had seen every field */
    MU_MERGE_FIXED,    /* set once, when the row is made */
    MU_MERGE_SERVER,   /* given by the server alone */
    MU_MERGE_GROWS,    /* parts are put behind what is there; none is ever lost */
};

#define MU_TITLE_MAX         16384
#define MU_TEXT_MAX          65536
#define MU_NAME_MAX          1024
#define MU_REF_MAX           512
#define MU_PRINT_MAX         512
#define MU_SEALED_BYTES_MAX  65536 /* all copies of one sealed text */
#define MU_SEALED_COPY_COUNT 64

/* F(ENTITY, FIELD, number, column name, type, limit, merge) */
#define MU_TEAM_FIELDS(F)                                        \
    F(TEAM, NAME, 1, "name", TEXT, MU_NAME_MAX, SCALAR)          \
    F(TEAM, ZONE, 2, "zone", TEXT, 64, SCALAR)                   \
    F(TEAM, DAY_END, 3, "day_end", INT, 0, SCALAR) /* minutes */ \
    F(TEAM, AUTO_ACCEPT, 4, "auto_accept_self", BOOL, 0, SCALAR) \
    F(TEAM, CREATED_AT, 5, "created_at", WALL, 0, SERVER)

#define MU_PERSON_FIELDS(F)                               \
    F(PERSON, HANDLE, 1, "handle", TEXT, 64, FIXED)       \
    F(PERSON, NAME, 2, "name", TEXT, MU_NAME_MAX, SCALAR) \
    F(PERSON, ZONE, 3, "zone", TEXT, 64, SCALAR)          \
    F(PERSON, ROLE, 4, "role", ENUM, 4, SCALAR)           \
    F(PERSON, STATE, 5, "state", ENUM, 3, SCALAR)         \
    F(PERSON, SOURCE, 6, "source", TEXT, MU_REF_MAX, FIXED)

#define MU_DEVICE_FIELDS(F)                                                       \
    F(DEVICE, PERSON, 1, "person", ID, 2, FIXED)                                  \
    F(DEVICE, NAME, 2, "name", TEXT, MU_NAME_MAX, SCALAR)                         \
    F(DEVICE, SIGN_KEY, 3, "sign_key", BYTES, 32, FIXED)                          \
    F(DEVICE, BOX_KEY, 4, "box_key", BYTES, 32, FIXED)                            \
    F(DEVICE, CURVE_KEY, 5, "curve_key", BYTES, 32, FIXED)                        \
    F(DEVICE, STATE, 6, "state", ENUM, 2, SCALAR)                                 \
    F(DEVICE, INVITE, 7, "invite", ID, 4, FIXED)                                  \
    F(DEVICE, PROOF, 8, "proof", BYTES, 64, FIXED) /* signed by the invite key */ \
    F(DEVICE, ENROLLED_AT, 9, "enrolled_at", WALL, 0, SERVER)

#define MU_INVITE_FIELDS(F)                                \
    F(INVITE, PERSON, 1, "person", ID, 2, FIXED)           \
    F(INVITE, SIGN_KEY, 2, "sign_key", BYTES, 32, FIXED)   \
    F(INVITE, CURVE_KEY, 3, "curve_key", BYTES, 32, FIXED) \
    F(INVITE, EXPIRES_AT, 4, "expires_at", WALL, 0, FIXED) \
    F(INVITE, STATE, 5, "state", ENUM, 3, SCALAR)          \
    F(INVITE, CREATED_BY, 6, "created_by", ID, 2, SERVER)

#define MU_BOARD_FIELDS(F)                                    \
    F(BOARD, NAME, 1, "name", TEXT, MU_NAME_MAX, SCALAR)      \
    F(BOARD, DESC, 2, "description", TEXT, MU_TEXT_MAX, TEXT) \
    F(BOARD, ARCHIVED, 3, "archived", BOOL, 0, SCALAR)        \
    F(BOARD, SOURCE, 4, "source", TEXT, MU_REF_MAX, FIXED)    \
    F(BOARD, SOURCE_PRINT, 5, "source_print", BYTES, MU_PRINT_MAX, SCALAR)

#define MU_COLUMN_FIELDS(F)                                 \
    F(COLUMN, BOARD, 1, "board", ID, 5, FIXED)              \
    F(COLUMN, NAME, 2, "name", TEXT, MU_NAME_MAX, SCALAR)   \
    F(COLUMN, KIND, 3, "kind", ENUM, 5, SCALAR)             \
    F(COLUMN, RANK, 4, "rank", RANK, 0, PLACE)              \
    F(COLUMN, WIP_LIMIT, 5, "wip_limit", INT, 0, SCALAR)    \
    F(COLUMN, ARCHIVED, 6, "archived", BOOL, 0, SCALAR)     \
    F(COLUMN, SOURCE, 7, "source", TEXT, MU_REF_MAX, FIXED) \
    F(COLUMN, SOURCE_PRINT, 8, "source_print", BYTES, MU_PRINT_MAX, SCALAR)

#define MU_TASK_FIELDS(F)                                                  \
    F(TASK, NO, 1, "no", INT, 0, SERVER)                                   \
    F(TASK, BOARD, 2, "board", ID, 5, SCALAR)                              \
    F(TASK, COLUMN, 3, "column_id", ID, 6, SCALAR)                         \
    F(TASK, RANK, 4, "rank", RANK, 0, PLACE)                               \
    F(TASK, TITLE, 5, "title", TEXT, MU_TEXT_MAX, SCALAR)                  \
    F(TASK, DESC, 6, "description", TEXT, MU_TEXT_MAX, TEXT)               \
    F(TASK, OWNER, 7, "owner", ID, 2, SCALAR)                              \
    F(TASK, STATE, 8, "state", ENUM, 7, STATUS)                            \
    F(TASK, DUE, 9, "due", DUE, 0, SCALAR)                                 \
    F(TASK, START, 10, "start", DUE, 0, SCALAR)                            \
    F(TASK, NO_DATE, 11, "no_date", BOOL, 0, SCALAR)                       \
    F(TASK, ARCHIVED, 12, "archived", BOOL, 0, SCALAR)                     \
    F(TASK, DELETED, 13, "deleted", BOOL, 0, TRASH)                        \
    F(TASK, REASON, 14, "reason", TEXT, MU_TEXT_MAX, SCALAR)               \
    F(TASK, SOURCE, 15, "source", TEXT, MU_REF_MAX, FIXED)                 \
    F(TASK, SOURCE_URL, 16, "source_url", TEXT, 2048, SCALAR)              \
    F(TASK, SOURCE_PRINT, 17, "source_print", BYTES, MU_PRINT_MAX, SCALAR) \
    F(TASK, CREATED_AT, 18, "created_at", WALL, 0, SERVER)                 \
    F(TASK, CREATED_BY, 19, "created_by", ID, 2, SERVER)                   \
    F(TASK, DONE_AT, 20, "done_at", WALL, 0, SERVER)

#define MU_LABEL_FIELDS(F)                                 \
    F(LABEL, NAME, 1, "name", TEXT, MU_NAME_MAX, SCALAR)   \
    F(LABEL, COLOUR, 2, "colour", TEXT, 32, SCALAR)        \
    F(LABEL, SOURCE, 3, "source", TEXT, MU_REF_MAX, FIXED) \
    F(LABEL, SOURCE_PRINT, 4, "source_print", BYTES, MU_PRINT_MAX, SCALAR)

#define MU_TASK_LABEL_FIELDS(F)                    \
    F(TASK_LABEL, TASK, 1, "task", ID, 7, FIXED)   \
    F(TASK_LABEL, LABEL, 2, "label", ID, 8, FIXED) \
    F(TASK_LABEL, ON, 3, "is_on", BOOL, 0, ADD_WINS)

#define MU_TASK_HELPER_FIELDS(F)                      \
    F(TASK_HELPER, TASK, 1, "task", ID, 7, FIXED)     \
    F(TASK_HELPER, PERSON, 2, "person", ID, 2, FIXED) \
    F(TASK_HELPER, ON, 3, "is_on", BOOL, 0, ADD_WINS)

#define MU_CHECKLIST_FIELDS(F)                                 \
    F(CHECKLIST, TASK, 1, "task", ID, 7, FIXED)                \
    F(CHECKLIST, NAME, 2, "name", TEXT, MU_TITLE_MAX, SCALAR)  \
    F(CHECKLIST, RANK, 3, "rank", RANK, 0, PLACE)              \
    F(CHECKLIST, DELETED, 4, "deleted", BOOL, 0, TRASH)        \
    F(CHECKLIST, SOURCE, 5, "source", TEXT, MU_REF_MAX, FIXED) \
    F(CHECKLIST, SOURCE_PRINT, 6, "source_print", BYTES, MU_PRINT_MAX, SCALAR)

#define MU_ITEM_FIELDS(F)                                 \
    F(ITEM, CHECKLIST, 1, "checklist", ID, 11, FIXED)     \
    F(ITEM, TASK, 2, "task", ID, 7, FIXED)                \
    F(ITEM, NAME, 3, "name", TEXT, MU_TITLE_MAX, SCALAR)  \
    F(ITEM, DONE, 4, "done", BOOL, 0, SCALAR)             \
    F(ITEM, RANK, 5, "rank", RANK, 0, PLACE)              \
    F(ITEM, DUE, 6, "due", DUE, 0, SCALAR)                \
    F(ITEM, PERSON, 7, "person", ID, 2, SCALAR)           \
    F(ITEM, DELETED, 8, "deleted", BOOL, 0, TRASH)        \
    F(ITEM, SOURCE, 9, "source", TEXT, MU_REF_MAX, FIXED) \
    F(ITEM, SOURCE_PRINT, 10, "source_print", BYTES, MU_PRINT_MAX, SCALAR)

#define MU_COMMENT_FIELDS(F)                              \
    F(COMMENT, TASK, 1, "task", ID, 7, FIXED)             \
    F(COMMENT, AUTHOR, 2, "author", ID, 2, FIXED)         \
    F(COMMENT, AT, 3, "at", WALL, 0, FIXED)               \
    F(COMMENT, TEXT, 4, "text", TEXT, MU_TEXT_MAX, FIXED) \
    F(COMMENT, REPLACES, 5, "replaces", ID, 13, FIXED)    \
    F(COMMENT, SOURCE, 6, "source", TEXT, MU_REF_MAX, FIXED)

#define MU_ATTACHMENT_FIELDS(F)                                 \
    F(ATTACHMENT, TASK, 1, "task", ID, 7, FIXED)                \
    F(ATTACHMENT, NAME, 2, "name", TEXT, MU_TITLE_MAX, SCALAR)  \
    F(ATTACHMENT, URL, 3, "url", TEXT, MU_TITLE_MAX, SCALAR)    \
    F(ATTACHMENT, SIZE, 4, "size", INT, 0, SCALAR)              \
    F(ATTACHMENT, AT, 5, "at", WALL, 0, SCALAR)                 \
    F(ATTACHMENT, SOURCE, 6, "source", TEXT, MU_REF_MAX, FIXED) \
    F(ATTACHMENT, SOURCE_PRINT, 7, "source_print", BYTES, MU_PRINT_MAX, SCALAR)

#define MU_CUSTOM_FIELD_FIELDS(F)                                 \
    F(CUSTOM_FIELD, BOARD, 1, "board", ID, 5, FIXED)              \
    F(CUSTOM_FIELD, NAME, 2, "name", TEXT, MU_NAME_MAX, SCALAR)   \
    F(CUSTOM_FIELD, KIND, 3, "kind", TEXT, 32, SCALAR)            \
    F(CUSTOM_FIELD, SOURCE, 4, "source", TEXT, MU_REF_MAX, FIXED) \
    F(CUSTOM_FIELD, SOURCE_PRINT, 5, "source_print", BYTES, MU_PRINT_MAX, SCALAR)

#define MU_CUSTOM_VALUE_FIELDS(F)                                   \
    F(CUSTOM_VALUE, TASK, 1, "task", ID, 7, FIXED)                  \
    F(CUSTOM_VALUE, CUSTOM_FIELD, 2, "custom_field", ID, 15, FIXED) \
    F(CUSTOM_VALUE, VALUE, 3, "value", TEXT, MU_TEXT_MAX, SCALAR)   \
    F(CUSTOM_VALUE, SOURCE_PRINT, 4, "source_print", BYTES, MU_PRINT_MAX, SCALAR)

#define MU_ACTIVITY_FIELDS(F)                                 \
    F(ACTIVITY, TASK, 1, "task", ID, 7, FIXED)                \
    F(ACTIVITY, AT, 2, "at", WALL, 0, FIXED)                  \
    F(ACTIVITY, PERSON, 3, "person", ID, 2, FIXED)            \
    F(ACTIVITY, KIND, 4, "kind", TEXT, 64, FIXED)             \
    F(ACTIVITY, TEXT, 5, "text", TEXT, MU_TEXT_MAX, FIXED)    \
    F(ACTIVITY, SOURCE, 6, "source", TEXT, MU_REF_MAX, FIXED) \
    F(ACTIVITY, BOARD, 7, "board", ID, 5, FIXED)

#define MU_CONFLICT_FIELDS(F)                            \
    F(CONFLICT, ENTITY, 1, "entity", INT, 0, SERVER)     \
    F(CONFLICT, ROW, 2, "row_id", ID, 0, SERVER)         \
    F(CONFLICT, FIELD, 3, "field", INT, 0, SERVER)       \
    F(CONFLICT, KIND, 4, "kind", ENUM, 4, SERVER)        \
    F(CONFLICT, KEPT, 5, "kept", BYTES, 70000, SERVER)   \
    F(CONFLICT, KEPT_BY, 6, "kept_by", ID, 2, SERVER)    \
    F(CONFLICT, KEPT_AT, 7, "kept_at", WALL, 0, SERVER)  \
    F(CONFLICT, LOST, 8, "lost", BYTES, 70000, SERVER)   \
    F(CONFLICT, LOST_BY, 9, "lost_by", ID, 2, SERVER)    \
    F(CONFLICT, LOST_AT, 10, "lost_at", WALL, 0, SERVER) \
    F(CONFLICT, MUTATION, 11, "mutation", ID, 0, SERVER) \
    F(CONFLICT, STATE, 12, "state", ENUM, 3, SCALAR)     \
    F(CONFLICT, SETTLED_BY, 13, "settled_by", ID, 2, SERVER)

/* Text that the server cannot read: a run of copies, common/seal/sealed.h. */
#define MU_SEALED_FIELDS(F)                                 \
    F(SEALED, FROM, 1, "from_person", ID, 2, SERVER)        \
    F(SEALED, FROM_DEVICE, 2, "from_device", ID, 3, SERVER) \
    F(SEALED, TO, 3, "to_person", ID, 2, FIXED)             \
    F(SEALED, CREATED_AT, 4, "created_at", WALL, 0, SERVER) \
    F(SEALED, BYTES, 5, "bytes", BYTES, MU_SEALED_BYTES_MAX, GROWS)

/* E(ENTITY, number, table name, field list) */
#define MU_ENTITY_MAP(E)                                        \
    E(TEAM, 1, "team", MU_TEAM_FIELDS)                          \
    E(PERSON, 2, "person", MU_PERSON_FIELDS)                    \
    E(DEVICE, 3, "device", MU_DEVICE_FIELDS)                    \
    E(INVITE, 4, "invite", MU_INVITE_FIELDS)                    \
    E(BOARD, 5, "board", MU_BOARD_FIELDS)                       \
    E(COLUMN, 6, "board_column", MU_COLUMN_FIELDS)              \
    E(TASK, 7, "task", MU_TASK_FIELDS)                          \
    E(LABEL, 8, "label", MU_LABEL_FIELDS)                       \
    E(TASK_LABEL, 9, "task_label", MU_TASK_LABEL_FIELDS)        \
    E(TASK_HELPER, 10, "task_helper", MU_TASK_HELPER_FIELDS)    \
    E(CHECKLIST, 11, "checklist", MU_CHECKLIST_FIELDS)          \
    E(ITEM, 12, "item", MU_ITEM_FIELDS)                         \
    E(COMMENT, 13, "comment", MU_COMMENT_FIELDS)                \
    E(ATTACHMENT, 14, "attachment", MU_ATTACHMENT_FIELDS)       \
    E(CUSTOM_FIELD, 15, "custom_field", MU_CUSTOM_FIELD_FIELDS) \
    E(CUSTOM_VALUE, 16, "custom_value", MU_CUSTOM_VALUE_FIELDS) \
    E(ACTIVITY, 17, "activity", MU_ACTIVITY_FIELDS)             \
    E(CONFLICT, 18, "conflict", MU_CONFLICT_FIELDS)             \
    E(SEALED, 19, "sealed", MU_SEALED_FIELDS)

enum mu_entity_number {
#define E(entity, number, name, fields) MU_##entity = (number),
    MU_ENTITY_MAP(E)
#undef E
};

#define F(entity, field, number, name, type, limit, merge) MU_##entity##_##field = (number),
#define E(entity, number, name, fields)                    enum mu_field_of_##entity{fields(F)};
MU_ENTITY_MAP(E)
#undef E
#undef F

/* I(ENTITY, index name, columns, condition or ""): what the queries need beyond the key. */
#define MU_INDEX_MAP(I)                                                      \
    I(TASK, "task_no", "no", "no IS NOT NULL")                               \
    I(TASK, "task_place", "column_id, rank, id", "")                         \
    I(TASK, "task_owner", "owner, column_id, rank, id", "owner IS NOT NULL") \
    I(PERSON, "person_handle", "handle", "")                                 \
    I(DEVICE, "device_curve", "curve_key", "")                               \
    I(INVITE, "invite_curve", "curve_key", "")                               \
    I(COLUMN, "column_board", "board, rank", "")                             \
    I(TASK_LABEL, "task_label_task", "task, is_on, label", "")               \
    I(TASK_HELPER, "task_helper_task", "task, is_on, person", "")            \
    I(CHECKLIST, "checklist_task", "task", "")                               \
    I(ITEM, "item_task", "task", "")                                         \
    I(ITEM, "item_place", "checklist, rank", "")                             \
    I(COMMENT, "comment_task", "task, at", "")                               \
    I(ATTACHMENT, "attachment_task", "task", "")                             \
    I(CUSTOM_VALUE, "custom_value_task", "task", "")                         \
    I(ACTIVITY, "activity_task", "task, at", "")                             \
    I(CONFLICT, "conflict_open", "state", "state = 1")                       \
    I(SEALED, "sealed_to", "to_person, created_at", "")                      \
    I(SEALED, "sealed_from", "from_person, created_at", "")

enum mu_role { MU_ROLE_GUEST = 1, MU_ROLE_OBSERVER, MU_ROLE_MEMBER, MU_ROLE_LEAD };
enum mu_person_state { MU_PERSON_ACTIVE = 1, MU_PERSON_INACTIVE, MU_PERSON_REMOVED };
enum mu_device_state { MU_DEVICE_ACTIVE = 1, MU_DEVICE_REVOKED };
enum mu_invite_state { MU_INVITE_OPEN = 1, MU_INVITE_USED, MU_INVITE_WITHDRAWN };
enum mu_column_kind {
    MU_KIND_BACKLOG = 1,
    MU_KIND_TODO,
    MU_KIND_DOING,
    MU_KIND_REVIEW,
    MU_KIND_DONE
};
enum mu_task_state {
    MU_STATE_OPEN = 1,
    MU_STATE_ASSIGNED,
    MU_STATE_ACCEPTED,
    MU_STATE_DOING,
    MU_STATE_REVIEW,
    MU_STATE_DONE,
    MU_STATE_DROPPED
};
enum mu_conflict_kind {
    MU_CONFLICT_VALUE = 1, /* a scalar was overwritten; lost holds the other value */
    MU_CONFLICT_TEXT,      /* overlapping edits of a text; lost holds the whole other text */
    MU_CONFLICT_DELETE,    /* a deletion that had not seen every field; the row stayed */
    MU_CONFLICT_STATUS     /* a status move that was no longer legal */
};
enum mu_conflict_state { MU_CONFLICT_OPEN = 1, MU_CONFLICT_RESTORED, MU_CONFLICT_ACCEPTED };

struct mu_field {
    uint32_t number;
    const char *name;
    enum mu_type type;
    uint32_t limit; /* see enum mu_type */
    enum mu_merge merge;
};

struct mu_entity {
    uint32_t number;
    const char *name;
    const struct mu_field *fields; /* numbers 1 .. field_count, in order */
    size_t field_count;            /* <= MU_FIELD_COUNT_MAX */
};

struct mu_index {
    uint32_t entity;
    const char *name;
    const char *columns;
    const char *condition; /* SQL, or "" */
};

#define MU_FIELD_COUNT_MAX 64

/* All entities, ascending by number. */
const struct mu_entity *mu_entities(size_t *out_count);
const struct mu_index *mu_indexes(size_t *out_count);
/* NULL when this version does not know the number (name). */
const struct mu_entity *mu_entity_find(uint32_t number);
const struct mu_entity *mu_entity_named(const char *name);
const struct mu_field *mu_field_find(uint32_t entity, uint32_t field);

/* Words for people and JSON, "?" when out of range. */
const char *mu_type_name(enum mu_type type);
const char *mu_merge_name(enum mu_merge merge);
const char *mu_role_name(int64_t role);
const char *mu_state_name(int64_t task_state);
const char *mu_kind_name(int64_t column_kind);
/* 0 when the word is not one of them. */
int64_t mu_role_parse(const char *word);
int64_t mu_kind_parse(const char *word);

#endif
