/* Intents: what people may ask for, by name, and how a request is carried.
 *
 * An intent is a number, a version and operations on rows.  Who may ask and what
 * it comes to is decided in common/model/decide.h. */
#ifndef MUSTER_COMMON_MODEL_INTENT_H
#define MUSTER_COMMON_MODEL_INTENT_H

#include "common/model/row.h"

/* N(NAME, number, "spoken name", entity of its operations or 0, least role, flags) */
#define MU_INTENT_MAP(N)                                                                           \
    N(TEAM_FOUND, 1, "team.found", 0, MU_ROLE_SYSTEM, MU_INTENT_CREATES | MU_INTENT_BULK)          \
    N(TEAM_EDIT, 2, "team.edit", MU_TEAM, MU_ROLE_LEAD, 0)                                         \
    N(INVITE_CREATE, 3, "invite.create", 0, MU_ROLE_LEAD, MU_INTENT_CREATES)                       \
    N(INVITE_WITHDRAW, 4, "invite.withdraw", MU_INVITE, MU_ROLE_LEAD, 0)                           \
    N(DEVICE_ENROL, 5, "device.enrol", MU_DEVICE, MU_ROLE_NONE, MU_INTENT_CREATES)                 \
    N(DEVICE_REVOKE, 6, "device.revoke", MU_DEVICE, MU_ROLE_GUEST, 0)                              \
    N(PERSON_EDIT, 7, "person.edit", MU_PERSON, MU_ROLE_GUEST, 0)                                  \
    N(PERSON_ROLE, 8, "person.role", MU_PERSON, MU_ROLE_LEAD, 0)                                   \
    N(PERSON_REMOVE, 9, "person.remove", MU_PERSON, MU_ROLE_LEAD, 0)                               \
    N(TASK_ADD, 10, "task.add", 0, MU_ROLE_MEMBER, MU_INTENT_CREATES)                              \
    N(TASK_EDIT, 11, "task.edit", MU_TASK, MU_ROLE_MEMBER, 0)                                      \
    N(TASK_MOVE, 12, "task.move", MU_TASK, MU_ROLE_MEMBER, 0)                                      \
    N(TASK_ASSIGN, 13, "task.assign", MU_TASK, MU_ROLE_MEMBER, 0)                                  \
    N(TASK_ACCEPT, 14, "task.accept", MU_TASK, MU_ROLE_MEMBER, 0)                                  \
    N(TASK_DECLINE, 15, "task.decline", MU_TASK, MU_ROLE_MEMBER, 0)                                \
    N(TASK_START, 16, "task.start", MU_TASK, MU_ROLE_MEMBER, 0)                                    \
    N(TASK_REVIEW, 17, "task.review", MU_TASK, MU_ROLE_MEMBER, 0)                                  \
    N(TASK_DONE, 18, "task.done", MU_TASK, MU_ROLE_MEMBER, 0)                                      \
    N(TASK_REOPEN, 19, "task.reopen", MU_TASK, MU_ROLE_MEMBER, 0)                                  \
    N(TASK_DROP, 20, "task.drop", MU_TASK, MU_ROLE_MEMBER, 0)                                      \
    N(TASK_DELETE, 21, "task.delete", MU_TASK, MU_ROLE_MEMBER, 0)                                  \
    N(TASK_LABEL, 22, "task.label", 0, MU_ROLE_MEMBER, MU_INTENT_CREATES)                          \
    N(TASK_HELP, 23, "task.help", MU_TASK_HELPER, MU_ROLE_MEMBER, MU_INTENT_CREATES)               \
    N(COMMENT_ADD, 30, "comment.add", MU_COMMENT, MU_ROLE_GUEST, MU_INTENT_CREATES)                \
    N(CHECKLIST_ADD, 31, "checklist.add", 0, MU_ROLE_MEMBER, MU_INTENT_CREATES)                    \
    N(ITEM_EDIT, 32, "item.edit", MU_ITEM, MU_ROLE_MEMBER, 0)                                      \
    N(BOARD_EDIT, 40, "board.edit", MU_BOARD, MU_ROLE_MEMBER, MU_INTENT_CREATES)                   \
    N(COLUMN_EDIT, 41, "column.edit", MU_COLUMN, MU_ROLE_MEMBER, MU_INTENT_CREATES)                \
    N(LABEL_EDIT, 42, "label.edit", MU_LABEL, MU_ROLE_MEMBER, MU_INTENT_CREATES)                   \
    N(CONFLICT_RESTORE, 50, "conflict.restore", MU_CONFLICT, MU_ROLE_MEMBER, 0)                    \
    N(CONFLICT_ACCEPT, 51, "conflict.accept", MU_CONFLICT, MU_ROLE_MEMBER, 0)                      \
    N(IMPORT, 60, "import", 0, MU_ROLE_MEMBER, MU_INTENT_CREATES | MU_INTENT_BULK)                 \
    N(UNDO, 61, "undo", 0, MU_ROLE_MEMBER, MU_INTENT_BULK)                                         \
    N(SEALED_SEND, 70, "sealed.send", MU_SEALED, MU_ROLE_GUEST, MU_INTENT_CREATES)                 \
    N(SEALED_COPY, 71, "sealed.copy", MU_SEALED, MU_ROLE_GUEST, 0)                                 \
    N(ZONE_MOVE, 80, "zone.move", MU_ZONE_SINCE, MU_ROLE_GUEST, MU_INTENT_CREATES)                 \
    N(ABSENCE_ADD, 81, "absence.add", MU_ABSENCE, MU_ROLE_MEMBER, MU_INTENT_CREATES)               \
    N(ABSENCE_WITHDRAW, 82, "absence.withdraw", MU_ABSENCE, MU_ROLE_MEMBER, 0)                     \
    N(HOLIDAY_EDIT, 83, "holiday.edit", MU_HOLIDAY, MU_ROLE_LEAD, MU_INTENT_CREATES)               \
    N(SCHEDULE_ADD, 84, "schedule.add", 0, MU_ROLE_LEAD, MU_INTENT_CREATES)                        \
    N(SCHEDULE_CHANGE, 85, "schedule.change", 0, MU_ROLE_LEAD, MU_INTENT_CREATES)                  \
    N(CHECKIN_SEND, 86, "checkin.send", 0, MU_ROLE_MEMBER, MU_INTENT_CREATES)                      \
    N(CHECKIN_ACK, 87, "checkin.ack", MU_CHECKIN, MU_ROLE_LEAD, 0)                                 \
    N(NUDGE_SEND, 88, "nudge.send", MU_NUDGE, MU_ROLE_LEAD, MU_INTENT_CREATES)                     \
    N(GOAL_ADD, 100, "goal.add", 0, MU_ROLE_MEMBER, MU_INTENT_CREATES)                             \
    N(GOAL_EDIT, 101, "goal.edit", MU_GOAL, MU_ROLE_MEMBER, 0)                                     \
    N(GOAL_STATE, 102, "goal.state", MU_GOAL, MU_ROLE_MEMBER, 0)                                   \
    N(TARGET_ADD, 103, "target.add", MU_TARGET, MU_ROLE_MEMBER, MU_INTENT_CREATES)                 \
    N(TARGET_EDIT, 104, "target.edit", MU_TARGET, MU_ROLE_MEMBER, 0)                               \
    N(READING_ADD, 105, "reading.add", MU_READING, MU_ROLE_MEMBER, MU_INTENT_CREATES)              \
    N(QUOTA_SET, 106, "quota.set", MU_QUOTA, MU_ROLE_MEMBER, MU_INTENT_CREATES)                    \
    N(QUOTA_ACCEPT, 107, "quota.accept", 0, MU_ROLE_MEMBER, MU_INTENT_CREATES)                     \
    N(COMMITMENT_ADD, 110, "commitment.add", MU_COMMITMENT, MU_ROLE_MEMBER, MU_INTENT_CREATES)     \
    N(COMMITMENT_SETTLE, 111, "commitment.settle", MU_COMMITMENT, MU_ROLE_MEMBER, 0)               \
    N(COMMITMENT_RENEGOTIATE, 112, "commitment.renegotiate", MU_COMMITMENT, MU_ROLE_MEMBER,        \
      MU_INTENT_CREATES)                                                                           \
    N(COMMITMENT_CARRY, 113, "commitment.carry", MU_COMMITMENT, MU_ROLE_MEMBER, MU_INTENT_CREATES) \
    N(BLOCKER_RAISE, 115, "blocker.raise", MU_BLOCKER, MU_ROLE_MEMBER, MU_INTENT_CREATES)          \
    N(BLOCKER_EDIT, 116, "blocker.edit", MU_BLOCKER, MU_ROLE_MEMBER, 0)                            \
    N(BLOCKER_STATE, 117, "blocker.state", MU_BLOCKER, MU_ROLE_MEMBER, 0)                          \
    N(WIN_POST, 130, "win.post", MU_WIN, MU_ROLE_MEMBER, MU_INTENT_CREATES)                        \
    N(KUDOS_GIVE, 131, "kudos.give", 0, MU_ROLE_MEMBER, MU_INTENT_CREATES)                         \
    N(KUDOS_REACT, 132, "kudos.react", MU_REACTION, MU_ROLE_GUEST, MU_INTENT_CREATES)              \
    N(FEEDBACK_SEND, 133, "feedback.send", 0, MU_ROLE_MEMBER, MU_INTENT_CREATES)                   \
    N(FEEDBACK_READ, 134, "feedback.read", MU_FEEDBACK, MU_ROLE_GUEST, 0)                          \
    N(FEEDBACK_REPLY, 135, "feedback.reply", 0, MU_ROLE_GUEST, MU_INTENT_CREATES)                  \
    N(FEEDBACK_TAKE, 136, "feedback.take", MU_FEEDBACK, MU_ROLE_GUEST, 0)                          \
    N(SERIES_ADD, 137, "series.add", MU_SERIES, MU_ROLE_MEMBER, MU_INTENT_CREATES)                 \
    N(SERIES_EDIT, 138, "series.edit", MU_SERIES, MU_ROLE_MEMBER, 0)                               \
    N(SERIES_OCCUR, 139, "series.occur", MU_TASK, MU_ROLE_MEMBER, MU_INTENT_CREATES)

enum mu_intent_number {
#define N(name, number, spoken, entity, role, flags) MU_INTENT_##name = (number),
    MU_INTENT_MAP(N)
#undef N
};

#define MU_INTENT_CREATES 1u /* may make rows that do not exist */
#define MU_INTENT_BULK    2u /* may carry more than MU_OPS_MAX operations */

#define MU_OPS_MAX      64
#define MU_OPS_BULK_MAX 4096
#define MU_ARGS_MAX     64
#define MU_ROLE_NONE    0 /* no person yet: an enrolling device */
#define MU_ROLE_SYSTEM  5 /* the server itself, at the founding */

/* Arguments that are not fields of the row. */
#define MU_ARG_AFTER  1001u /* id: place after this row; zero id: first */
#define MU_ARG_BEFORE 1002u /* id: place before this row; zero id: last */
#define MU_ARG_EXPECT 1003u /* int: the state its author saw */

struct mu_arg {
    uint32_t field; /* of the operation's entity, or MU_ARG_* */
    struct mu_value value;
    bool has_base;
    struct mu_value base; /* for merged texts: what the author edited */
};

struct mu_op {
    uint32_t entity;
    struct mu_id row;
    struct mu_arg *args;
    size_t arg_count; /* <= MU_ARGS_MAX */
};

struct mu_intent {
    uint32_t number;
    uint32_t version; /* 1 */
    struct mu_op *ops;
    size_t op_count;
    size_t op_room; /* ops allocated */
};

struct mu_intent_rule {
    uint32_t number;
    const char *name;
    uint32_t entity; /* every operation's, or 0: several */
    int role;        /* least role of the author */
    unsigned flags;
};

/* NULL when this version does not know the number. */
const struct mu_intent_rule *mu_intent_find(uint32_t number);

/* Append an operation; NULL when the arena is full.  The pointer is good until the
 * next mu_intent_op() on the same intent. */
struct mu_op *mu_intent_op(struct mu_intent *intent, struct mu_arena *arena, uint32_t entity,
                           struct mu_id row);
/* Append an argument; value's bytes are copied.  False when the arena or the operation is full. */
MU_MUST_USE bool mu_op_arg(struct mu_op *op, struct mu_arena *arena, uint32_t field,
                           struct mu_value value);
/* The same with the text its author edited. */
MU_MUST_USE bool mu_op_arg_based(struct mu_op *op, struct mu_arena *arena, uint32_t field,
                                 struct mu_value value, struct mu_value base);
/* NULL when op has no such argument. */
const struct mu_arg *mu_op_find(const struct mu_op *op, uint32_t field);

/* A mutation: an intent with who, when and from which state it was meant.  What
 * is signed and kept is its wire form, byte for byte (common/wire/mutation.h). */
#define MU_ZONE_MAX 64

struct mu_mutation {
    struct mu_id id;           /* UUIDv7, survives re-stamping */
    struct mu_id replica;      /* the author's replica */
    uint64_t number;           /* dense per replica from 1 */
    struct mu_hash previous;   /* hash of this replica's previous mutation, zero at 1 */
    uint64_t base_seq;         /* the author's cursor */
    struct mu_hash seen_chain; /* chain at base_seq */
    int64_t authored_ms;       /* the author's wall clock */
    int64_t clock_offset_ms;   /* server minus author's clock at last contact */
    uint32_t offset_age_s;     /* how long ago that was */
    bool clock_doubt;          /* reboot or clock step while offline */
    char zone[MU_ZONE_MAX + 1];
    int32_t utc_offset_min;
    struct mu_intent intent;
};

#endif
