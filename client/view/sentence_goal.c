/* Sentences about goals, promises and blockers. */
#include "client/view/teller.h"

/* What a row is called: a goal's title, a target's name, a blocker's reason; "" when unknown. */
static struct mu_slice name_of(struct mu_teller *teller, uint32_t entity, struct mu_id id,
                               struct mu_id *out_task)
{
    struct mu_slice name = {0};
    if (teller->status == MU_OK) {
        mu_tell_ask(teller,
                    mu_part_read(teller->history, entity, id, out_task, &name, teller->err));
    }
    return name;
}

static void tell_named(struct mu_teller *teller, const char *words, uint32_t entity,
                       struct mu_id id)
{
    struct mu_id task = {{0}};
    struct mu_slice name = name_of(teller, entity, id, &task);
    mu_tell(teller, words);
    if (name.len > 0) {
        mu_tell(teller, " ");
        mu_tell_quote(teller, name);
    }
}

static void tell_goal_state(struct mu_teller *teller, const struct mu_op *op)
{
    static const char *const words[] = {
        "changed the goal",        "changed the goal",      "set going the goal", "paused the goal",
        "said achieved: the goal", "said missed: the goal", "dropped the goal"};
    int64_t state = mu_op_int(op, MU_GOAL_STATE);
    size_t at = state >= MU_GOAL_DRAFT && state <= MU_GOAL_DROPPED ? (size_t)state : 0;
    tell_named(teller, words[at], MU_GOAL, op->row);
    if (mu_op_text(op, MU_GOAL_REASON).len > 0) {
        mu_tell(teller, ": ");
        mu_tell_quote(teller, mu_op_text(op, MU_GOAL_REASON));
    }
}

static void tell_reading(struct mu_teller *teller, const struct mu_op *op)
{
    if (mu_id_is_zero(mu_op_id(op, MU_READING_TARGET))) {
        tell_named(teller, "told the confidence in the goal", MU_GOAL,
                   mu_op_id(op, MU_READING_GOAL));
    } else {
        bool corrects = !mu_id_is_zero(mu_op_id(op, MU_READING_CORRECTS));
        tell_named(teller, corrects ? "corrected a reading of" : "recorded a reading of", MU_TARGET,
                   mu_op_id(op, MU_READING_TARGET));
    }
    if (mu_op_text(op, MU_READING_NOTE).len > 0) {
        mu_tell(teller, ": ");
        mu_tell_quote(teller, mu_op_text(op, MU_READING_NOTE));
    }
}

static bool tell_goal(struct mu_teller *teller, const struct mu_intent *intent,
                      const struct mu_op *op)
{
    switch (intent->number) {
    case MU_INTENT_GOAL_ADD:
        mu_tell(teller, "set the goal ");
        mu_tell_quote(teller, mu_op_text(mu_op_first(intent, MU_GOAL), MU_GOAL_TITLE));
        return true;
    case MU_INTENT_GOAL_EDIT:
        tell_named(teller, "changed the goal", MU_GOAL, op->row);
        mu_tell(teller, ": ");
        mu_tell_fields(teller, op);
        return true;
    case MU_INTENT_GOAL_STATE:
        tell_goal_state(teller, op);
        return true;
    case MU_INTENT_TARGET_ADD:
        mu_tell(teller, "added the target ");
        mu_tell_quote(teller, mu_op_text(op, MU_TARGET_NAME));
        return true;
    case MU_INTENT_TARGET_EDIT:
        tell_named(teller, "changed the target", MU_TARGET, op->row);
        return true;
    case MU_INTENT_READING_ADD:
        tell_reading(teller, op);
        return true;
    case MU_INTENT_QUOTA_SET:
        mu_tell(teller, "set a quota of ");
        mu_tell_person(teller, mu_op_id(op, MU_QUOTA_PERSON));
        return true;
    case MU_INTENT_QUOTA_ACCEPT:
        mu_tell(teller, "accepted a quota");
        return true;
    default:
        return false;
    }
}

/* -- promises ------------------------------------------------------------------------------ */

static void tell_promised(struct mu_teller *teller, const char *words, const struct mu_op *op)
{
    mu_tell(teller, words);
    struct mu_id task = mu_op_id(op, MU_COMMITMENT_TASK);
    if (!mu_id_is_zero(task)) {
        mu_tell_task(teller, task);
    } else if (mu_op_text(op, MU_COMMITMENT_TEXT).len > 0) {
        mu_tell_quote(teller, mu_op_text(op, MU_COMMITMENT_TEXT));
    } else {
        mu_tell(teller, "a quota");
    }
    if (mu_op_text(op, MU_COMMITMENT_REASON).len > 0) {
        mu_tell(teller, ": ");
        mu_tell_quote(teller, mu_op_text(op, MU_COMMITMENT_REASON));
    }
}

static void tell_settled(struct mu_teller *teller, const struct mu_op *op)
{
    static const char *const words[] = {
        "", "said that this is open again: ", "did as promised: ",
        "", "excused the promise of ",        "released the promise of "};
    int64_t state = mu_op_int(op, MU_COMMITMENT_STATE);
    struct mu_id task = {{0}};
    struct mu_slice text = name_of(teller, MU_COMMITMENT, op->row, &task);
    mu_tell(teller, state >= 1 && state <= MU_COMMITMENT_RELEASED ? words[state] : "");
    if (!mu_id_is_zero(task)) {
        mu_tell_task(teller, task);
    } else {
        mu_tell_quote(teller, text);
    }
    if (mu_op_text(op, MU_COMMITMENT_REASON).len > 0) {
        mu_tell(teller, ": ");
        mu_tell_quote(teller, mu_op_text(op, MU_COMMITMENT_REASON));
    }
}

/* -- blockers ------------------------------------------------------------------------------ */

static void tell_raised(struct mu_teller *teller, const struct mu_op *op)
{
    mu_tell(teller, "raised a blocker ");
    mu_tell_quote(teller, mu_op_text(op, MU_BLOCKER_REASON));
    if (!mu_id_is_zero(mu_op_id(op, MU_BLOCKER_TASK))) {
        mu_tell(teller, " on ");
        mu_tell_task(teller, mu_op_id(op, MU_BLOCKER_TASK));
    }
    if (!mu_id_is_zero(mu_op_id(op, MU_BLOCKER_NEEDS_PERSON))) {
        mu_tell(teller, ", needs ");
        mu_tell_person(teller, mu_op_id(op, MU_BLOCKER_NEEDS_PERSON));
    }
    if (!mu_id_is_zero(mu_op_id(op, MU_BLOCKER_NEEDS_TASK))) {
        mu_tell(teller, ", needs ");
        mu_tell_task(teller, mu_op_id(op, MU_BLOCKER_NEEDS_TASK));
    }
}

static void tell_blocker_state(struct mu_teller *teller, const struct mu_op *op)
{
    static const char *const words[] = {"changed the blocker",      "raised again the blocker",
                                        "acknowledged the blocker", "took in hand the blocker",
                                        "cleared the blocker",      "withdrew the blocker"};
    int64_t state = mu_op_int(op, MU_BLOCKER_STATE);
    tell_named(teller, words[state >= 1 && state <= MU_BLOCKER_WITHDRAWN ? state : 0], MU_BLOCKER,
               op->row);
    struct mu_slice more = mu_op_text(op, MU_BLOCKER_HOW);
    more = more.len > 0 ? more : mu_op_text(op, MU_BLOCKER_NEXT_ACTION);
    if (more.len > 0) {
        mu_tell(teller, ": ");
        mu_tell_quote(teller, more);
    }
}

bool mu_tell_about_goals(struct mu_teller *teller, const struct mu_intent *intent,
                         const struct mu_op *op)
{
    switch (intent->number) {
    case MU_INTENT_COMMITMENT_ADD:
        tell_promised(teller, "promised ", op);
        return true;
    case MU_INTENT_COMMITMENT_RENEGOTIATE:
        tell_promised(teller, "renegotiated the promise of ", op);
        return true;
    case MU_INTENT_COMMITMENT_CARRY:
        tell_promised(teller, "carried forward ", op);
        return true;
    case MU_INTENT_COMMITMENT_SETTLE:
        tell_settled(teller, op);
        return true;
    case MU_INTENT_BLOCKER_RAISE:
        tell_raised(teller, op);
        return true;
    case MU_INTENT_BLOCKER_EDIT:
        tell_named(teller, "changed the blocker", MU_BLOCKER, op->row);
        mu_tell(teller, ": ");
        mu_tell_fields(teller, op);
        return true;
    case MU_INTENT_BLOCKER_STATE:
        tell_blocker_state(teller, op);
        return true;
    default:
        return tell_goal(teller, intent, op);
    }
}
