/* Feedback: sent once, read and answered by the one it is for, and by nobody else.
 *
 * Of sealed feedback the rules see who wrote to whom and when; its words stand in a sealed text
 * of the same two people.  Of open feedback they see what the form asks: what went well comes
 * first, and nothing is to improve without a next step. */
#include "common/model/decide_inside.h"

#define MONDAY 4 /* 1970-01-05 */

static enum mu_status check_about(struct mu_case *c, const struct mu_op *op)
{
    int64_t week = mu_arg_int(op, MU_FEEDBACK_WEEK);
    int count = (mu_arg_has(op, MU_FEEDBACK_TASK) ? 1 : 0) +
                (mu_arg_has(op, MU_FEEDBACK_GOAL) ? 1 : 0) +
                (mu_arg_has(op, MU_FEEDBACK_WEEK) ? 1 : 0);
    if (count != 1) {
        return mu_case_refuse(c, MU_E_INVALID, "feedback is about one task, one goal or one week");
    }
    return mu_arg_has(op, MU_FEEDBACK_WEEK) && ((week - MONDAY) % 7 + 7) % 7 != 0
               ? mu_case_refuse(c, MU_E_INVALID, "a week is named by its Monday")
               : MU_OK;
}

/* The sealed text is the author's own, and for the one who is meant. */
static enum mu_status check_sealed(struct mu_case *c, struct mu_id id, struct mu_id to)
{
    struct mu_known *sealed = NULL;
    MU_TRY(mu_case_need(c, MU_SEALED, id, &sealed));
    return mu_case_is(c, mu_now_id(sealed, MU_SEALED_FROM)) &&
                   mu_id_equal(mu_now_id(sealed, MU_SEALED_TO), to)
               ? MU_OK
               : mu_case_refuse(c, MU_E_DENIED,
                                "the sealed text is not from you to the one it is for");
}

static enum mu_status check_words(struct mu_case *c, const struct mu_op *op)
{
    bool improve = mu_arg_has(op, MU_FEEDBACK_IMPROVE);
    bool next = mu_arg_has(op, MU_FEEDBACK_NEXT_STEP);
    bool well = mu_arg_has(op, MU_FEEDBACK_DID_WELL);
    bool sealed = mu_arg_has(op, MU_FEEDBACK_SEALED);
    if (mu_arg_int(op, MU_FEEDBACK_VISIBILITY) == MU_VISIBLE_SEALED) {
        if (!sealed || well || improve || next) {
            return mu_case_refuse(c, MU_E_INVALID,
                                  "the words of sealed feedback stand in its sealed text alone");
        }
        return check_sealed(c, mu_arg_id(op, MU_FEEDBACK_SEALED), mu_arg_id(op, MU_FEEDBACK_TO));
    }
    if (sealed) {
        return mu_case_refuse(c, MU_E_INVALID, "feedback is sealed or open, not both");
    }
    if (!well || mu_arg_value(op, MU_FEEDBACK_DID_WELL).bytes.len == 0) {
        return mu_case_refuse(c, MU_E_INVALID, "feedback says first what went well");
    }
    return improve && mu_arg_value(op, MU_FEEDBACK_NEXT_STEP).bytes.len == 0
               ? mu_case_refuse(c, MU_E_INVALID, "what to improve needs a next step")
               : MU_OK;
}

enum mu_status mu_rule_feedback_send(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *feedback = NULL;
    MU_TRY(mu_case_look(c, MU_FEEDBACK, op->row, &feedback));
    if (mu_case_is(c, mu_arg_id(op, MU_FEEDBACK_TO))) {
        return mu_case_refuse(c, MU_E_INVALID, "feedback is for somebody else");
    }
    MU_TRY(check_about(c, op));
    MU_TRY(check_words(c, op));
    MU_TRY(mu_case_merge_plain(c, feedback, 0));
    MU_TRY(mu_case_put_id(c, feedback, MU_FEEDBACK_FROM, c->facts->person));
    return mu_case_put_int(c, feedback, MU_FEEDBACK_SENT_AT, c->facts->at_ms);
}

/* -- by the one it is for ---------------------------------------------------------- */

static enum mu_status need_own(struct mu_case *c, const struct mu_op *op, struct mu_known **out)
{
    MU_TRY(mu_case_need(c, MU_FEEDBACK, op->row, out));
    return mu_case_is(c, mu_now_id(*out, MU_FEEDBACK_TO))
               ? MU_OK
               : mu_case_refuse(c, MU_E_DENIED,
                                "feedback is read, answered and taken up by the one it is for");
}

static enum mu_status put_once(struct mu_case *c, struct mu_known *row, uint32_t field)
{
    return mu_now_has(row, field) ? MU_OK : mu_case_put_int(c, row, field, c->facts->at_ms);
}

enum mu_status mu_rule_feedback_read(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *feedback = NULL;
    MU_TRY(need_own(c, op, &feedback));
    MU_TRY(mu_case_merge_plain(c, feedback, 0));
    return put_once(c, feedback, MU_FEEDBACK_READ_AT);
}

enum mu_status mu_rule_feedback_reply(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *feedback = NULL;
    MU_TRY(need_own(c, op, &feedback));
    bool sealed = mu_now_int(feedback, MU_FEEDBACK_VISIBILITY) == MU_VISIBLE_SEALED;
    bool has_sealed = mu_arg_has(op, MU_FEEDBACK_REPLY_SEALED);
    bool has_text = mu_arg_value(op, MU_FEEDBACK_REPLY).bytes.len > 0;
    if (sealed != has_sealed || sealed == has_text) {
        return mu_case_refuse(c, MU_E_INVALID,
                              sealed ? "sealed feedback is answered by a sealed text"
                                     : "open feedback is answered in the open");
    }
    if (sealed) {
        MU_TRY(check_sealed(c, mu_arg_id(op, MU_FEEDBACK_REPLY_SEALED),
                            mu_now_id(feedback, MU_FEEDBACK_FROM)));
    }
    MU_TRY(mu_case_merge_plain(c, feedback, 0));
    MU_TRY(put_once(c, feedback, MU_FEEDBACK_READ_AT));
    return put_once(c, feedback, MU_FEEDBACK_ANSWERED_AT);
}

/* The next step has become a promise of one's own. */
enum mu_status mu_rule_feedback_take(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *feedback = NULL;
    struct mu_known *commitment = NULL;
    MU_TRY(need_own(c, op, &feedback));
    struct mu_id id = mu_arg_id(op, MU_FEEDBACK_COMMITMENT);
    if (mu_id_is_zero(id)) {
        return mu_case_refuse(c, MU_E_INVALID, "which promise it became is not said");
    }
    MU_TRY(mu_case_need(c, MU_COMMITMENT, id, &commitment));
    if (!mu_case_is(c, mu_now_id(commitment, MU_COMMITMENT_PERSON))) {
        return mu_case_refuse(c, MU_E_DENIED, "a next step becomes a promise of one's own");
    }
    if (mu_now_has(feedback, MU_FEEDBACK_COMMITMENT) &&
        !mu_id_equal(mu_now_id(feedback, MU_FEEDBACK_COMMITMENT), id)) {
        return mu_case_refuse(c, MU_E_EXISTS, "this next step is a promise already");
    }
    MU_TRY(mu_case_merge_plain(c, feedback, 0));
    return put_once(c, feedback, MU_FEEDBACK_READ_AT);
}
