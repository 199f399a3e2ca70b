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

#define MU_PERSON_FIELDS(F)                                                  \
    F(PERSON, HANDLE, 1, "handle", TEXT, 64, FIXED)                          \
    F(PERSON, NAME, 2, "name", TEXT, MU_NAME_MAX, SCALAR)                    \
    F(PERSON, ZONE, 3, "zone", TEXT, 64, SCALAR)                             \
    F(PERSON, ROLE, 4, "role", ENUM, 4, SCALAR)                              \
    F(PERSON, STATE, 5, "state", ENUM, 3, SCALAR)                            \
    F(PERSON, SOURCE, 6, "source", TEXT, MU_REF_MAX, FIXED)                  \
    F(PERSON, WORKDAYS, 7, "workdays", INT, 0, SCALAR)   /* bit 0: Monday */ \
    F(PERSON, DAY_START, 8, "day_start", INT, 0, SCALAR) /* minutes */       \
    F(PERSON, QUIET_FROM, 9, "quiet_from", INT, 0, SCALAR)                   \
    F(PERSON, QUIET_TO, 10, "quiet_to", INT, 0, SCALAR)                      \
    F(PERSON, SKILLS, 11, "skills", TEXT, MU_NAME_MAX, SCALAR)

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
    F(TASK, DONE_AT, 20, "done_at", WALL, 0, SERVER)                       \
    F(TASK, GOAL, 21, "goal", ID, 30, SCALAR)                              \
    F(TASK, PARENT, 22, "parent", ID, 7, SCALAR)                           \
    F(TASK, SIZE, 23, "size", INT, 0, SCALAR)                              \
    F(TASK, SKILLS, 24, "skills", TEXT, MU_NAME_MAX, SCALAR)               \
    F(TASK, SERIES, 25, "series", ID, 45, FIXED)                           \
    F(TASK, OCCURRENCE, 26, "occurrence", INT, 0, FIXED) /* nominal day */ \
    F(TASK, ACCEPTED_AT, 27, "accepted_at", WALL, 0, SERVER)               \
    F(TASK, FIRST_DUE, 28, "first_due", DUE, 0, SERVER)                    \
    F(TASK, DUE_MOVES, 29, "due_moves", INT, 0, SERVER) /* after acceptance */

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

/* -- the team's calendar and its check-ins ------------------------------------
 *
 * A civil day is counted from 1970-01-01, a minute from midnight; both are local to a person or
 * the team.  What is judged (on time, kept, late, missed) is no field: client/view counts it
 * from these rows. */

/* Zones a person has moved to: from an instant on. */
#define MU_ZONE_SINCE_FIELDS(F)                       \
    F(ZONE_SINCE, PERSON, 1, "person", ID, 2, FIXED)  \
    F(ZONE_SINCE, FROM, 2, "from_at", WALL, 0, FIXED) \
    F(ZONE_SINCE, ZONE, 3, "zone", TEXT, 64, FIXED)

#define MU_ABSENCE_FIELDS(F)                                           \
    F(ABSENCE, PERSON, 1, "person", ID, 2, FIXED)                      \
    F(ABSENCE, FROM_DAY, 2, "from_day", INT, 0, SCALAR)                \
    F(ABSENCE, TO_DAY, 3, "to_day", INT, 0, SCALAR) /* the last one */ \
    F(ABSENCE, KIND, 4, "kind", ENUM, 3, SCALAR)                       \
    F(ABSENCE, NOTE, 5, "note", ID, 19, FIXED)                         \
    F(ABSENCE, WITHDRAWN, 6, "withdrawn", BOOL, 0, SCALAR)             \
    F(ABSENCE, DECLARED_AT, 7, "declared_at", WALL, 0, SERVER)         \
    F(ABSENCE, DECLARED_BY, 8, "declared_by", ID, 2, SERVER)

#define MU_HOLIDAY_FIELDS(F)                               \
    F(HOLIDAY, CALENDAR, 1, "calendar", TEXT, 64, FIXED)   \
    F(HOLIDAY, DAY, 2, "day", INT, 0, FIXED)               \
    F(HOLIDAY, NAME, 3, "name", TEXT, MU_NAME_MAX, SCALAR) \
    F(HOLIDAY, DELETED, 4, "deleted", BOOL, 0, SCALAR)

#define MU_SCHEDULE_FIELDS(F)                                 \
    F(SCHEDULE, NAME, 1, "name", TEXT, MU_NAME_MAX, SCALAR)   \
    F(SCHEDULE, KIND, 2, "kind", ENUM, 3, FIXED)              \
    F(SCHEDULE, STATE, 3, "state", ENUM, 3, SCALAR)           \
    F(SCHEDULE, CREATED_AT, 4, "created_at", WALL, 0, SERVER) \
    F(SCHEDULE, CREATED_BY, 5, "created_by", ID, 2, SERVER)

#define MU_SCHEDULE_VERSION_FIELDS(F)                                                      \
    F(SCHEDULE_VERSION, SCHEDULE, 1, "schedule", ID, 23, FIXED)                            \
    F(SCHEDULE_VERSION, FROM_DAY, 2, "from_day", INT, 0, FIXED)                            \
    F(SCHEDULE_VERSION, DAYS, 3, "days", INT, 0, FIXED) /* bit 0: Monday */                \
    F(SCHEDULE_VERSION, OPEN, 4, "open_minute", INT, 0, FIXED)                             \
    F(SCHEDULE_VERSION, DUE, 5, "due_minute", INT, 0, FIXED)                               \
    F(SCHEDULE_VERSION, GRACE, 6, "grace_minutes", INT, 0, FIXED)                          \
    F(SCHEDULE_VERSION, ZONE_MODE, 7, "zone_mode", ENUM, 2, FIXED)                         \
    F(SCHEDULE_VERSION, REMINDERS, 8, "reminders", TEXT, 256,                              \
      FIXED) /* minutes before due, comma between */                                       \
    F(SCHEDULE_VERSION, ESCALATE_AFTER, 9, "escalate_after", INT, 0, FIXED) /* workdays */ \
    F(SCHEDULE_VERSION, ESCALATE_TO, 10, "escalate_to", ID, 2, FIXED)                      \
    F(SCHEDULE_VERSION, CREATED_AT, 11, "created_at", WALL, 0, SERVER)                     \
    F(SCHEDULE_VERSION, CREATED_BY, 12, "created_by", ID, 2, SERVER)

#define MU_QUESTION_FIELDS(F)                                  \
    F(QUESTION, VERSION, 1, "schedule_version", ID, 24, FIXED) \
    F(QUESTION, POSITION, 2, "position", INT, 0, FIXED)        \
    F(QUESTION, TEXT, 3, "text", TEXT, MU_NAME_MAX, FIXED)     \
    F(QUESTION, KIND, 4, "kind", ENUM, 7, FIXED)               \
    F(QUESTION, REQUIRED, 5, "required", BOOL, 0, FIXED)       \
    F(QUESTION, EVERY, 6, "every_n", INT, 0, FIXED)            \
    F(QUESTION, CHOICES, 7, "choices", TEXT, MU_TITLE_MAX,     \
      FIXED) /* a line each; of a scale: lowest and highest */

/* What came for a slot; its id is the slot's: schedule, person and local day. */
#define MU_CHECKIN_FIELDS(F)                                     \
    F(CHECKIN, SCHEDULE, 1, "schedule", ID, 23, FIXED)           \
    F(CHECKIN, PERSON, 2, "person", ID, 2, FIXED)                \
    F(CHECKIN, DAY, 3, "day", INT, 0, FIXED)                     \
    F(CHECKIN, VERSION, 4, "schedule_version", ID, 24, FIXED)    \
    F(CHECKIN, TEXT, 5, "text", TEXT, MU_TEXT_MAX, SCALAR)       \
    F(CHECKIN, AUTHORED_AT, 6, "authored_at", WALL, 0, SERVER)   \
    F(CHECKIN, RECEIVED_AT, 7, "received_at", WALL, 0, SERVER)   \
    F(CHECKIN, UNCERTAIN, 8, "clock_uncertain", BOOL, 0, SERVER) \
    F(CHECKIN, EDITED_AT, 9, "edited_at", WALL, 0, SERVER)       \
    F(CHECKIN, EDITS, 10, "edits", INT, 0, SERVER)               \
    F(CHECKIN, ACK_BY, 11, "ack_by", ID, 2, SERVER)              \
    F(CHECKIN, ACK_AT, 12, "ack_at", WALL, 0, SERVER)            \
    F(CHECKIN, ACK_NOTE, 13, "ack_note", TEXT, MU_TEXT_MAX, SCALAR)

#define MU_ANSWER_FIELDS(F)                           \
    F(ANSWER, CHECKIN, 1, "checkin", ID, 26, FIXED)   \
    F(ANSWER, QUESTION, 2, "question", ID, 25, FIXED) \
    F(ANSWER, VALUE, 3, "value", TEXT, MU_TEXT_MAX, SCALAR)

/* A task done, a promise made, a blocker raised in a check-in. */
#define MU_CHECKIN_ITEM_FIELDS(F)                         \
    F(CHECKIN_ITEM, CHECKIN, 1, "checkin", ID, 26, FIXED) \
    F(CHECKIN_ITEM, KIND, 2, "kind", ENUM, 3, FIXED)      \
    F(CHECKIN_ITEM, ROW, 3, "row_id", ID, 0, FIXED)

#define MU_NUDGE_FIELDS(F)                               \
    F(NUDGE, FROM, 1, "from_person", ID, 2, SERVER)      \
    F(NUDGE, TO, 2, "to_person", ID, 2, FIXED)           \
    F(NUDGE, ABOUT, 3, "about", ID, 0, FIXED)            \
    F(NUDGE, TEXT, 4, "text", TEXT, MU_TITLE_MAX, FIXED) \
    F(NUDGE, AT, 5, "at", WALL, 0, SERVER)

/* -- goals, promises, roadblocks ------------------------------------------------ */

#define MU_GOAL_FIELDS(F)                                                            \
    F(GOAL, NO, 1, "no", INT, 0, SERVER)                                             \
    F(GOAL, PARENT, 2, "parent", ID, 30, SCALAR)                                     \
    F(GOAL, TITLE, 3, "title", TEXT, MU_TITLE_MAX, SCALAR)                           \
    F(GOAL, DESC, 4, "description", TEXT, MU_TEXT_MAX, TEXT)                         \
    F(GOAL, WHY, 5, "why", TEXT, MU_TEXT_MAX, SCALAR)                                \
    F(GOAL, OWNER, 6, "owner", ID, 2, SCALAR)                                        \
    F(GOAL, REVIEWER, 7, "reviewer", ID, 2, SCALAR)                                  \
    F(GOAL, START_DAY, 8, "start_day", INT, 0, SCALAR)                               \
    F(GOAL, END_DAY, 9, "end_day", INT, 0, SCALAR) /* the last one */                \
    F(GOAL, CADENCE, 10, "cadence", ENUM, 3, SCALAR)                                 \
    F(GOAL, STATE, 11, "state", ENUM, 6, SCALAR)                                     \
    F(GOAL, REASON, 12, "reason", TEXT, MU_TEXT_MAX, SCALAR)                         \
    F(GOAL, CONFIDENCE, 13, "confidence", INT, 0, SCALAR) /* 0 to 10 */              \
    F(GOAL, HEALTH, 14, "health", ENUM, 3, SCALAR)        /* as its owner sees it */ \
    F(GOAL, HEALTH_NOTE, 15, "health_note", TEXT, MU_TEXT_MAX, SCALAR)               \
    F(GOAL, CREATED_AT, 16, "created_at", WALL, 0, SERVER)                           \
    F(GOAL, CREATED_BY, 17, "created_by", ID, 2, SERVER)

#define MU_TARGET_FIELDS(F)                               \
    F(TARGET, GOAL, 1, "goal", ID, 30, FIXED)             \
    F(TARGET, NAME, 2, "name", TEXT, MU_NAME_MAX, SCALAR) \
    F(TARGET, UNIT, 3, "unit", TEXT, 64, SCALAR)          \
    F(TARGET, DIRECTION, 4, "direction", ENUM, 5, SCALAR) \
    F(TARGET, PRECISION, 5, "precision", INT, 0,          \
      FIXED) /* decimals: values are in units of 10^-n */ \
    F(TARGET, BASELINE, 6, "baseline", INT, 0, SCALAR)    \
    F(TARGET, AIM, 7, "aim", INT, 0, SCALAR)              \
    F(TARGET, SOURCE, 8, "source", ENUM, 3, SCALAR)       \
    F(TARGET, DELETED, 9, "deleted", BOOL, 0, SCALAR)

/* What was measured, or how sure the owner is; never changed, but corrected by another. */
#define MU_READING_FIELDS(F)                                    \
    F(READING, TARGET, 1, "target", ID, 31, FIXED)              \
    F(READING, GOAL, 2, "goal", ID, 30, FIXED)                  \
    F(READING, VALUE, 3, "value", INT, 0, FIXED)                \
    F(READING, CONFIDENCE, 4, "confidence", INT, 0, FIXED)      \
    F(READING, DAY, 5, "day", INT, 0, FIXED) /* its author's */ \
    F(READING, NOTE, 6, "note", TEXT, MU_TITLE_MAX, FIXED)      \
    F(READING, CORRECTS, 7, "corrects", ID, 32, FIXED)          \
    F(READING, AT, 8, "at", WALL, 0, SERVER)                    \
    F(READING, BY, 9, "by_person", ID, 2, SERVER)

#define MU_QUOTA_FIELDS(F)                                           \
    F(QUOTA, TARGET, 1, "target", ID, 31, FIXED)                     \
    F(QUOTA, PERSON, 2, "person", ID, 2, FIXED)                      \
    F(QUOTA, PERIOD_KIND, 3, "period_kind", ENUM, 3, FIXED)          \
    F(QUOTA, PERIOD, 4, "period", INT, 0, FIXED) /* its first day */ \
    F(QUOTA, AMOUNT, 5, "amount", INT, 0, SCALAR)                    \
    F(QUOTA, SET_BY, 6, "set_by", ID, 2, SERVER)                     \
    F(QUOTA, ACCEPTED_AT, 7, "accepted_at", WALL, 0, SERVER)         \
    F(QUOTA, ACCEPTED, 8, "accepted_amount", INT, 0, SERVER)

/* Instants are given by the author's device, who knows its zone. */
#define MU_COMMITMENT_FIELDS(F)                                           \
    F(COMMITMENT, PERSON, 1, "person", ID, 2, FIXED)                      \
    F(COMMITMENT, TASK, 2, "task", ID, 7, FIXED)                          \
    F(COMMITMENT, TEXT, 3, "text", TEXT, MU_TITLE_MAX, FIXED)             \
    F(COMMITMENT, PERIOD_KIND, 4, "period_kind", ENUM, 2, FIXED)          \
    F(COMMITMENT, PERIOD, 5, "period", INT, 0, FIXED) /* its first day */ \
    F(COMMITMENT, DUE_AT, 6, "due_at", WALL, 0, FIXED)                    \
    F(COMMITMENT, HORIZON_AT, 7, "horizon_at", WALL, 0, FIXED)            \
    F(COMMITMENT, GRACE_UNTIL, 8, "grace_until", WALL, 0, FIXED)          \
    F(COMMITMENT, VIA, 9, "via", ENUM, 3, FIXED)                          \
    F(COMMITMENT, CHECKIN, 10, "checkin", ID, 26, FIXED)                  \
    F(COMMITMENT, QUOTA, 11, "quota", ID, 33, FIXED)                      \
    F(COMMITMENT, SUPERSEDES, 12, "supersedes", ID, 34, FIXED)            \
    F(COMMITMENT, STATE, 13, "state", ENUM, 5, SCALAR)                    \
    F(COMMITMENT, REASON, 14, "reason", TEXT, MU_TEXT_MAX, SCALAR)        \
    F(COMMITMENT, PROMISED_AT, 15, "promised_at", WALL, 0, SERVER)        \
    F(COMMITMENT, SETTLED_AT, 16, "settled_at", WALL, 0, SERVER)          \
    F(COMMITMENT, SETTLED_BY, 17, "settled_by", ID, 2, SERVER)

#define MU_BLOCKER_FIELDS(F)                                                   \
    F(BLOCKER, TASK, 1, "task", ID, 7, FIXED)                                  \
    F(BLOCKER, COMMITMENT, 2, "commitment", ID, 34, FIXED)                     \
    F(BLOCKER, GOAL, 3, "goal", ID, 30, FIXED)                                 \
    F(BLOCKER, REASON, 4, "reason", TEXT, MU_TEXT_MAX, SCALAR)                 \
    F(BLOCKER, KIND, 5, "kind", ENUM, 5, SCALAR)                               \
    F(BLOCKER, NEEDS_PERSON, 6, "needs_person", ID, 2, SCALAR)                 \
    F(BLOCKER, NEEDS_TASK, 7, "needs_task", ID, 7, SCALAR)                     \
    F(BLOCKER, STATE, 8, "state", ENUM, 5, SCALAR)                             \
    F(BLOCKER, NEXT_ACTION, 9, "next_action", TEXT, MU_TITLE_MAX, SCALAR)      \
    F(BLOCKER, HOW, 10, "how", TEXT, MU_TEXT_MAX, SCALAR) /* it was cleared */ \
    F(BLOCKER, CHECKIN, 11, "checkin", ID, 26, FIXED)                          \
    F(BLOCKER, RAISED_BY, 12, "raised_by", ID, 2, SERVER)                      \
    F(BLOCKER, RAISED_AT, 13, "raised_at", WALL, 0, SERVER)                    \
    F(BLOCKER, ACKED_BY, 14, "acked_by", ID, 2, SERVER)                        \
    F(BLOCKER, ACKED_AT, 15, "acked_at", WALL, 0, SERVER)                      \
    F(BLOCKER, CLEARED_BY, 16, "cleared_by", ID, 2, SERVER)                    \
    F(BLOCKER, CLEARED_AT, 17, "cleared_at", WALL, 0, SERVER)

/* -- recognition ------------------------------------------------------------------ */

#define MU_WIN_FIELDS(F)                                                                 \
    F(WIN, PERSON, 1, "person", ID, 2, FIXED)                                            \
    F(WIN, KIND, 2, "kind", ENUM, 6, FIXED)                                              \
    F(WIN, ABOUT, 3, "about", ID, 0, FIXED)                                              \
    F(WIN, LEVEL, 4, "level", INT, 0, FIXED) /* percent of a goal, length of a streak */ \
    F(WIN, TEXT, 5, "text", TEXT, MU_TITLE_MAX, SCALAR)                                  \
    F(WIN, POSTED_BY, 6, "posted_by", ID, 2, SERVER)                                     \
    F(WIN, POSTED_AT, 7, "posted_at", WALL, 0, SERVER)

#define MU_KUDOS_FIELDS(F)                               \
    F(KUDOS, FROM, 1, "from_person", ID, 2, SERVER)      \
    F(KUDOS, TEXT, 2, "text", TEXT, MU_TITLE_MAX, FIXED) \
    F(KUDOS, TAG, 3, "tag", TEXT, 64, FIXED)             \
    F(KUDOS, TASK, 4, "task", ID, 7, FIXED)              \
    F(KUDOS, GOAL, 5, "goal", ID, 30, FIXED)             \
    F(KUDOS, CHECKIN, 6, "checkin", ID, 26, FIXED)       \
    F(KUDOS, BLOCKER, 7, "blocker", ID, 35, FIXED)       \
    F(KUDOS, AT, 8, "at", WALL, 0, SERVER)

#define MU_KUDOS_TO_FIELDS(F)                     \
    F(KUDOS_TO, KUDOS, 1, "kudos", ID, 41, FIXED) \
    F(KUDOS_TO, PERSON, 2, "person", ID, 2, FIXED)

#define MU_REACTION_FIELDS(F)                      \
    F(REACTION, KUDOS, 1, "kudos", ID, 41, FIXED)  \
    F(REACTION, PERSON, 2, "person", ID, 2, FIXED) \
    F(REACTION, MARK, 3, "mark", TEXT, 64, FIXED)  \
    F(REACTION, ON, 4, "is_on", BOOL, 0, ADD_WINS)

/* Sealed: the three texts stand in the sealed row alone. */
#define MU_FEEDBACK_FIELDS(F)                                         \
    F(FEEDBACK, FROM, 1, "from_person", ID, 2, SERVER)                \
    F(FEEDBACK, TO, 2, "to_person", ID, 2, FIXED)                     \
    F(FEEDBACK, TASK, 3, "task", ID, 7, FIXED)                        \
    F(FEEDBACK, GOAL, 4, "goal", ID, 30, FIXED)                       \
    F(FEEDBACK, WEEK, 5, "week", INT, 0, FIXED) /* its Monday */      \
    F(FEEDBACK, VISIBILITY, 6, "visibility", ENUM, 2, FIXED)          \
    F(FEEDBACK, SEALED, 7, "sealed", ID, 19, FIXED)                   \
    F(FEEDBACK, DID_WELL, 8, "did_well", TEXT, MU_TEXT_MAX, FIXED)    \
    F(FEEDBACK, IMPROVE, 9, "improve", TEXT, MU_TEXT_MAX, FIXED)      \
    F(FEEDBACK, NEXT_STEP, 10, "next_step", TEXT, MU_TEXT_MAX, FIXED) \
    F(FEEDBACK, REPLY, 11, "reply", TEXT, MU_TEXT_MAX, SCALAR)        \
    F(FEEDBACK, REPLY_SEALED, 12, "reply_sealed", ID, 19, SCALAR)     \
    F(FEEDBACK, COMMITMENT, 13, "commitment", ID, 34, SCALAR)         \
    F(FEEDBACK, SENT_AT, 14, "sent_at", WALL, 0, SERVER)              \
    F(FEEDBACK, READ_AT, 15, "read_at", WALL, 0, SERVER)              \
    F(FEEDBACK, ANSWERED_AT, 16, "answered_at", WALL, 0, SERVER)

/* A task that comes again; occurrences have derived ids. */
#define MU_SERIES_FIELDS(F)                                    \
    F(SERIES, RULE, 1, "rule", TEXT, 512, SCALAR)              \
    F(SERIES, BASIS, 2, "basis", ENUM, 2, SCALAR)              \
    F(SERIES, START_DAY, 3, "start_day", INT, 0, SCALAR)       \
    F(SERIES, DUE, 4, "due_minute", INT, 0, SCALAR)            \
    F(SERIES, ZONE, 5, "zone", TEXT, 64, SCALAR)               \
    F(SERIES, COLUMN, 6, "column_id", ID, 6, SCALAR)           \
    F(SERIES, TITLE, 7, "title", TEXT, MU_TITLE_MAX, SCALAR)   \
    F(SERIES, DESC, 8, "description", TEXT, MU_TEXT_MAX, TEXT) \
    F(SERIES, OWNER, 9, "owner", ID, 2, SCALAR)                \
    F(SERIES, GOAL, 10, "goal", ID, 30, SCALAR)                \
    F(SERIES, ENDED, 11, "ended", BOOL, 0, SCALAR)             \
    F(SERIES, CREATED_AT, 12, "created_at", WALL, 0, SERVER)   \
    F(SERIES, CREATED_BY, 13, "created_by", ID, 2, SERVER)

/* E(ENTITY, number, table name, field list) */
#define MU_ENTITY_MAP(E)                                                    \
    E(TEAM, 1, "team", MU_TEAM_FIELDS)                                      \
    E(PERSON, 2, "person", MU_PERSON_FIELDS)                                \
    E(DEVICE, 3, "device", MU_DEVICE_FIELDS)                                \
    E(INVITE, 4, "invite", MU_INVITE_FIELDS)                                \
    E(BOARD, 5, "board", MU_BOARD_FIELDS)                                   \
    E(COLUMN, 6, "board_column", MU_COLUMN_FIELDS)                          \
    E(TASK, 7, "task", MU_TASK_FIELDS)                                      \
    E(LABEL, 8, "label", MU_LABEL_FIELDS)                                   \
    E(TASK_LABEL, 9, "task_label", MU_TASK_LABEL_FIELDS)                    \
    E(TASK_HELPER, 10, "task_helper", MU_TASK_HELPER_FIELDS)                \
    E(CHECKLIST, 11, "checklist", MU_CHECKLIST_FIELDS)                      \
    E(ITEM, 12, "item", MU_ITEM_FIELDS)                                     \
    E(COMMENT, 13, "comment", MU_COMMENT_FIELDS)                            \
    E(ATTACHMENT, 14, "attachment", MU_ATTACHMENT_FIELDS)                   \
    E(CUSTOM_FIELD, 15, "custom_field", MU_CUSTOM_FIELD_FIELDS)             \
    E(CUSTOM_VALUE, 16, "custom_value", MU_CUSTOM_VALUE_FIELDS)             \
    E(ACTIVITY, 17, "activity", MU_ACTIVITY_FIELDS)                         \
    E(CONFLICT, 18, "conflict", MU_CONFLICT_FIELDS)                         \
    E(SEALED, 19, "sealed", MU_SEALED_FIELDS)                               \
    E(ZONE_SINCE, 20, "zone_since", MU_ZONE_SINCE_FIELDS)                   \
    E(ABSENCE, 21, "absence", MU_ABSENCE_FIELDS)                            \
    E(HOLIDAY, 22, "holiday", MU_HOLIDAY_FIELDS)                            \
    E(SCHEDULE, 23, "schedule", MU_SCHEDULE_FIELDS)                         \
    E(SCHEDULE_VERSION, 24, "schedule_version", MU_SCHEDULE_VERSION_FIELDS) \
    E(QUESTION, 25, "question", MU_QUESTION_FIELDS)                         \
    E(CHECKIN, 26, "checkin", MU_CHECKIN_FIELDS)                            \
    E(ANSWER, 27, "answer", MU_ANSWER_FIELDS)                               \
    E(CHECKIN_ITEM, 28, "checkin_item", MU_CHECKIN_ITEM_FIELDS)             \
    E(NUDGE, 29, "nudge", MU_NUDGE_FIELDS)                                  \
    E(GOAL, 30, "goal", MU_GOAL_FIELDS)                                     \
    E(TARGET, 31, "target", MU_TARGET_FIELDS)                               \
    E(READING, 32, "reading", MU_READING_FIELDS)                            \
    E(QUOTA, 33, "quota", MU_QUOTA_FIELDS)                                  \
    E(COMMITMENT, 34, "commitment", MU_COMMITMENT_FIELDS)                   \
    E(BLOCKER, 35, "blocker", MU_BLOCKER_FIELDS)                            \
    E(WIN, 40, "win", MU_WIN_FIELDS)                                        \
    E(KUDOS, 41, "kudos", MU_KUDOS_FIELDS)                                  \
    E(KUDOS_TO, 42, "kudos_to", MU_KUDOS_TO_FIELDS)                         \
    E(REACTION, 43, "reaction", MU_REACTION_FIELDS)                         \
    E(FEEDBACK, 44, "feedback", MU_FEEDBACK_FIELDS)                         \
    E(SERIES, 45, "series", MU_SERIES_FIELDS)

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
#define MU_INDEX_MAP(I)                                                       \
    I(TASK, "task_no", "no", "no IS NOT NULL")                                \
    I(TASK, "task_place", "column_id, rank, id", "")                          \
    I(TASK, "task_owner", "owner, column_id, rank, id", "owner IS NOT NULL")  \
    I(PERSON, "person_handle", "handle", "")                                  \
    I(DEVICE, "device_curve", "curve_key", "")                                \
    I(INVITE, "invite_curve", "curve_key", "")                                \
    I(COLUMN, "column_board", "board, rank", "")                              \
    I(TASK_LABEL, "task_label_task", "task, is_on, label", "")                \
    I(TASK_HELPER, "task_helper_task", "task, is_on, person", "")             \
    I(CHECKLIST, "checklist_task", "task", "")                                \
    I(ITEM, "item_task", "task", "")                                          \
    I(ITEM, "item_place", "checklist, rank", "")                              \
    I(COMMENT, "comment_task", "task, at", "")                                \
    I(ATTACHMENT, "attachment_task", "task", "")                              \
    I(CUSTOM_VALUE, "custom_value_task", "task", "")                          \
    I(ACTIVITY, "activity_task", "task, at", "")                              \
    I(CONFLICT, "conflict_open", "state", "state = 1")                        \
    I(SEALED, "sealed_to", "to_person, created_at", "")                       \
    I(SEALED, "sealed_from", "from_person, created_at", "")                   \
    I(TASK, "task_goal", "goal", "goal IS NOT NULL")                          \
    I(TASK, "task_parent", "parent", "parent IS NOT NULL")                    \
    I(TASK, "task_series", "series, occurrence", "series IS NOT NULL")        \
    I(TASK, "task_done", "done_at", "done_at IS NOT NULL")                    \
    I(WIN, "win_posted", "posted_at", "")                                     \
    I(ZONE_SINCE, "zone_since_person", "person, from_at", "")                 \
    I(ABSENCE, "absence_person", "person, from_day", "")                      \
    I(HOLIDAY, "holiday_day", "day", "")                                      \
    I(SCHEDULE_VERSION, "schedule_version_of", "schedule, from_day", "")      \
    I(QUESTION, "question_of", "schedule_version, position", "")              \
    I(CHECKIN, "checkin_day", "day, schedule", "")                            \
    I(CHECKIN, "checkin_person", "person, day", "")                           \
    I(ANSWER, "answer_checkin", "checkin", "")                                \
    I(CHECKIN_ITEM, "checkin_item_checkin", "checkin", "")                    \
    I(NUDGE, "nudge_to", "to_person, at", "")                                 \
    I(GOAL, "goal_no", "no", "no IS NOT NULL")                                \
    I(TARGET, "target_goal", "goal", "")                                      \
    I(READING, "reading_target", "target, at", "")                            \
    I(READING, "reading_goal", "goal, at", "goal IS NOT NULL")                \
    I(QUOTA, "quota_target", "target, period", "")                            \
    I(QUOTA, "quota_person", "person, period", "")                            \
    I(COMMITMENT, "commitment_person", "person, period", "")                  \
    I(COMMITMENT, "commitment_task", "task", "task IS NOT NULL")              \
    I(COMMITMENT, "commitment_chain", "supersedes", "supersedes IS NOT NULL") \
    I(BLOCKER, "blocker_task", "task", "task IS NOT NULL")                    \
    I(BLOCKER, "blocker_open", "state, raised_at", "state <= 3")              \
    I(BLOCKER, "blocker_waits", "needs_task", "needs_task IS NOT NULL")       \
    I(BLOCKER, "blocker_raised", "raised_by, raised_at", "")                  \
    I(WIN, "win_person", "person, posted_at", "")                             \
    I(KUDOS, "kudos_at", "at", "")                                            \
    I(KUDOS_TO, "kudos_to_person", "person", "")                              \
    I(KUDOS_TO, "kudos_to_kudos", "kudos", "")                                \
    I(REACTION, "reaction_kudos", "kudos", "")                                \
    I(FEEDBACK, "feedback_to", "to_person, sent_at", "")                      \
    I(FEEDBACK, "feedback_from", "from_person, sent_at", "")                  \
    I(FEEDBACK, "feedback_task", "task", "task IS NOT NULL")

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
/* Numbers of ENUM fields; a name for each in domain.c. */
enum mu_absence_kind { MU_ABSENCE_LEAVE = 1, MU_ABSENCE_SICK, MU_ABSENCE_OTHER };
enum mu_schedule_kind { MU_SCHEDULE_STANDUP = 1, MU_SCHEDULE_WEEKLY, MU_SCHEDULE_CUSTOM };
enum mu_schedule_state { MU_SCHEDULE_ACTIVE = 1, MU_SCHEDULE_PAUSED, MU_SCHEDULE_ENDED };
enum mu_zone_mode { MU_ZONE_OF_MEMBER = 1, MU_ZONE_OF_TEAM };
enum mu_ask_kind {
    MU_ASK_TEXT = 1,
    MU_ASK_NUMBER,
    MU_ASK_CHOICE,
    MU_ASK_SCALE,
    MU_ASK_TASKS,
    MU_ASK_COMMITMENTS,
    MU_ASK_BLOCKERS,
};
enum mu_checkin_item_kind { MU_CHECKIN_DONE = 1, MU_CHECKIN_PROMISED, MU_CHECKIN_BLOCKED };
enum mu_cadence { MU_CADENCE_WEEKLY = 1, MU_CADENCE_BIWEEKLY, MU_CADENCE_MONTHLY };
enum mu_goal_state {
    MU_GOAL_DRAFT = 1,
    MU_GOAL_ACTIVE,
    MU_GOAL_PAUSED,
    MU_GOAL_ACHIEVED,
    MU_GOAL_MISSED,
    MU_GOAL_DROPPED
};
enum mu_goal_health { MU_HEALTH_ON_TRACK = 1, MU_HEALTH_AT_RISK, MU_HEALTH_OFF_TRACK };
enum mu_direction {
    MU_DIRECTION_UP = 1,
    MU_DIRECTION_DOWN,
    MU_DIRECTION_REACH,
    MU_DIRECTION_STAY_BELOW,
    MU_DIRECTION_YES_NO
};
enum mu_target_source { MU_TARGET_MANUAL = 1, MU_TARGET_QUOTAS, MU_TARGET_TASKS };
enum mu_period_kind { MU_PERIOD_DAY = 1, MU_PERIOD_WEEK, MU_PERIOD_MONTH };
enum mu_commitment_via { MU_VIA_CHECKIN = 1, MU_VIA_BOARD, MU_VIA_REVIEW };
/* Kept, late and missed are judged, not stored. */
enum mu_commitment_state {
    MU_COMMITMENT_OPEN = 1,
    MU_COMMITMENT_DONE, /* said so; of one without a task */
    MU_COMMITMENT_RENEGOTIATED,
    MU_COMMITMENT_EXCUSED,
    MU_COMMITMENT_RELEASED
};
enum mu_blocker_kind {
    MU_BLOCKER_PERSON = 1,
    MU_BLOCKER_DECISION,
    MU_BLOCKER_DEPENDENCY,
    MU_BLOCKER_EXTERNAL,
    MU_BLOCKER_TOOL
};
enum mu_blocker_state {
    MU_BLOCKER_RAISED = 1,
    MU_BLOCKER_ACKNOWLEDGED,
    MU_BLOCKER_IN_HAND,
    MU_BLOCKER_CLEARED,
    MU_BLOCKER_WITHDRAWN
};
enum mu_win_kind {
    MU_WIN_TASK = 1,
    MU_WIN_GOAL,
    MU_WIN_QUOTA,
    MU_WIN_STREAK,
    MU_WIN_UNBLOCKED,
    MU_WIN_OTHER
};
/* What a win of a kind is about; 0: nothing that is a row. */
uint32_t mu_win_entity(int64_t win_kind);
enum mu_visibility { MU_VISIBLE_SEALED = 1, MU_VISIBLE_TEAM };
enum mu_series_basis { MU_SERIES_FROM_DUE = 1, MU_SERIES_FROM_COMPLETION };
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
