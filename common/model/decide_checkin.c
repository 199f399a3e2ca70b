/* Check-ins: what a person says for a slot, what a lead answers, and a lead's nudges.
 *
 * A slot has one id on every device, so that two devices of one person fill one check-in.  When
 * it was written is the earliest that any of them says; nobody but its person writes in it.
 * Whether that was in time is judged by who looks (client/view/slots.h). */
#include "common/model/decide_inside.h"
#include "common/model/rhythm.h"

static enum mu_status refuse_other(struct mu_case *c)
{
    return mu_case_refuse(c, MU_E_DENIED, "a check-in is written by its own person alone");
}

/* Rules know no zones: the day is one that it is, or was lately, somewhere. */
static enum mu_status check_day(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *version = NULL;
    int64_t day = mu_arg_int(op, MU_CHECKIN_DAY);
    int64_t today = mu_utc_day(c->facts->at_ms);
    MU_TRY(mu_case_need(c, MU_SCHEDULE_VERSION, mu_arg_id(op, MU_CHECKIN_VERSION), &version));
    if (!mu_id_equal(mu_now_id(version, MU_SCHEDULE_VERSION_SCHEDULE),
                     mu_arg_id(op, MU_CHECKIN_SCHEDULE))) {
        return mu_case_refuse(c, MU_E_INVALID, "the version is one of another schedule");
    }
    if (day > today + 1) {
        return mu_case_refuse(c, MU_E_INVALID, "that day has not come yet");
    }
    if (day < today - 1 - MU_CHECKIN_DAYS_LATE) {
        return mu_case_refuse(c, MU_E_INVALID, "that day is more than %d days ago: it is closed",
                              MU_CHECKIN_DAYS_LATE);
    }
    int64_t days = mu_now_int(version, MU_SCHEDULE_VERSION_DAYS);
    if (day < mu_now_int(version, MU_SCHEDULE_VERSION_FROM_DAY) ||
        (days >> mu_day_weekday(day) & 1) == 0) {
        return mu_case_refuse(c, MU_E_INVALID, "no check-in is asked for on that day");
    }
    struct mu_id id = mu_checkin_id(c->world->derive, mu_arg_id(op, MU_CHECKIN_SCHEDULE),
                                    mu_arg_id(op, MU_CHECKIN_PERSON), day);
    return mu_id_equal(id, op->row)
               ? MU_OK
               : mu_case_refuse(c, MU_E_INVALID, "the id of a check-in is not the one of its slot");
}

static enum mu_status put_written(struct mu_case *c, struct mu_known *checkin)
{
    MU_TRY(mu_case_put_int(c, checkin, MU_CHECKIN_AUTHORED_AT, c->facts->at_ms));
    return mu_case_put_int(c, checkin, MU_CHECKIN_UNCERTAIN, c->facts->clock_uncertain ? 1 : 0);
}

/* What was there before this intent has been edited by it: once, however many rows it touches. */
static enum mu_status mark_edited(struct mu_case *c, struct mu_known *checkin)
{
    if (checkin->before.count == 0) {
        return MU_OK;
    }
    MU_TRY(mu_case_put_int(c, checkin, MU_CHECKIN_EDITS,
                           mu_row_int(&checkin->before, MU_CHECKIN_EDITS) + 1));
    return mu_case_put_int(c, checkin, MU_CHECKIN_EDITED_AT, c->facts->at_ms);
}

/* Another device of the same person was first to arrive: the earlier writing counts. */
static enum mu_status say_again(struct mu_case *c, struct mu_known *checkin)
{
    bool had_text = mu_now_has(checkin, MU_CHECKIN_TEXT);
    struct mu_value before = mu_now_value(checkin, MU_CHECKIN_TEXT);
    MU_TRY(mu_case_merge_plain(c, checkin, MU_FIELD_BIT(MU_CHECKIN_VERSION)));
    if (c->facts->at_ms < mu_now_int(checkin, MU_CHECKIN_AUTHORED_AT)) {
        MU_TRY(put_written(c, checkin));
    }
    bool same = mu_value_equal(before, mu_now_value(checkin, MU_CHECKIN_TEXT));
    return same || !had_text ? MU_OK : mark_edited(c, checkin);
}

enum mu_status mu_rule_checkin_send(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *checkin = NULL;
    MU_TRY(mu_case_look(c, MU_CHECKIN, op->row, &checkin));
    bool known = mu_known_exists(checkin);
    struct mu_id person =
        known ? mu_now_id(checkin, MU_CHECKIN_PERSON) : mu_arg_id(op, MU_CHECKIN_PERSON);
    if (!mu_case_is(c, person)) {
        return refuse_other(c);
    }
    if (known) {
        return say_again(c, checkin);
    }
    MU_TRY(check_day(c, op));
    MU_TRY(mu_case_merge_plain(c, checkin, 0));
    MU_TRY(put_written(c, checkin));
    return mu_case_put_int(c, checkin, MU_CHECKIN_RECEIVED_AT, c->facts->received_ms);
}

/* The check-in that a row of this intent hangs on; its author's own. */
static enum mu_status own_checkin(struct mu_case *c, struct mu_id id, struct mu_known **out)
{
    MU_TRY(mu_case_need(c, MU_CHECKIN, id, out));
    return mu_case_is(c, mu_now_id(*out, MU_CHECKIN_PERSON)) ? MU_OK : refuse_other(c);
}

static enum mu_status check_answer(struct mu_case *c, const struct mu_op *op,
                                   const struct mu_known *question)
{
    struct mu_error error = {0};
    if (!mu_arg_has(op, MU_ANSWER_VALUE) || mu_arg_value(op, MU_ANSWER_VALUE).bytes.len == 0) {
        return mu_now_int(question, MU_QUESTION_REQUIRED) == 1
                   ? mu_case_refuse(c, MU_E_INVALID, "this question asks for an answer")
                   : MU_OK;
    }
    return mu_answer_check(mu_now_int(question, MU_QUESTION_KIND),
                           mu_now_text(question, MU_QUESTION_CHOICES),
                           mu_arg_value(op, MU_ANSWER_VALUE).bytes, &error) == MU_OK
               ? MU_OK
               : mu_case_refuse(c, MU_E_INVALID, "%s", error.text);
}

enum mu_status mu_rule_answer(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *answer = NULL;
    struct mu_known *checkin = NULL;
    struct mu_known *question = NULL;
    MU_TRY(mu_case_look(c, MU_ANSWER, op->row, &answer));
    bool known = mu_known_exists(answer);
    MU_TRY(own_checkin(
        c, known ? mu_now_id(answer, MU_ANSWER_CHECKIN) : mu_arg_id(op, MU_ANSWER_CHECKIN),
        &checkin));
    MU_TRY(mu_case_need(c, MU_QUESTION,
                        known ? mu_now_id(answer, MU_ANSWER_QUESTION)
                              : mu_arg_id(op, MU_ANSWER_QUESTION),
                        &question));
    struct mu_id id = mu_answer_id(c->world->derive, checkin->id, question->id);
    if (!mu_id_equal(id, op->row)) {
        return mu_case_refuse(c, MU_E_INVALID,
                              "the id of an answer is not the one of its question");
    }
    struct mu_known *version = NULL;
    MU_TRY(
        mu_case_need(c, MU_SCHEDULE_VERSION, mu_now_id(question, MU_QUESTION_VERSION), &version));
    if (!mu_id_equal(mu_now_id(version, MU_SCHEDULE_VERSION_SCHEDULE),
                     mu_now_id(checkin, MU_CHECKIN_SCHEDULE))) {
        return mu_case_refuse(c, MU_E_INVALID, "the question is one of another schedule");
    }
    MU_TRY(check_answer(c, op, question));
    struct mu_value before = mu_now_value(answer, MU_ANSWER_VALUE);
    MU_TRY(mu_case_merge_plain(c, answer, 0));
    bool changed = known && !mu_value_equal(before, mu_now_value(answer, MU_ANSWER_VALUE));
    return changed ? mark_edited(c, checkin) : MU_OK;
}

/* What is promised or raised comes by an intent of its own, behind this one. */
enum mu_status mu_rule_checkin_item(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *item = NULL;
    struct mu_known *checkin = NULL;
    MU_TRY(mu_case_look(c, MU_CHECKIN_ITEM, op->row, &item));
    bool known = mu_known_exists(item);
    MU_TRY(own_checkin(c,
                       known ? mu_now_id(item, MU_CHECKIN_ITEM_CHECKIN)
                             : mu_arg_id(op, MU_CHECKIN_ITEM_CHECKIN),
                       &checkin));
    if (known) {
        return mu_case_merge_plain(c, item, 0);
    }
    int64_t kind = mu_arg_int(op, MU_CHECKIN_ITEM_KIND);
    struct mu_id row = mu_arg_id(op, MU_CHECKIN_ITEM_ROW);
    struct mu_id id = mu_checkin_item_id(c->world->derive, checkin->id, kind, row);
    if (!mu_id_equal(id, op->row)) {
        return mu_case_refuse(c, MU_E_INVALID,
                              "the id of a check-in's item is not the one of what it names");
    }
    if (kind == MU_CHECKIN_DONE) {
        struct mu_known *task = NULL;
        MU_TRY(mu_case_need(c, MU_TASK, row, &task));
    }
    return mu_case_merge_plain(c, item, 0);
}

/* The first lead to acknowledge is the one who did. */
enum mu_status mu_rule_checkin_ack(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *checkin = NULL;
    MU_TRY(mu_case_need(c, MU_CHECKIN, op->row, &checkin));
    if (mu_case_is(c, mu_now_id(checkin, MU_CHECKIN_PERSON))) {
        return mu_case_refuse(c, MU_E_DENIED, "a check-in is acknowledged by another person");
    }
    MU_TRY(mu_case_merge_plain(c, checkin, 0));
    if (mu_now_has(checkin, MU_CHECKIN_ACK_BY)) {
        return MU_OK;
    }
    MU_TRY(mu_case_put_id(c, checkin, MU_CHECKIN_ACK_BY, c->facts->person));
    return mu_case_put_int(c, checkin, MU_CHECKIN_ACK_AT, c->facts->at_ms);
}

/* -- nudges -------------------------------------------------------------------------- */

/* Which nudge of its day this is, by its id; false when it is none that is left. */
static bool find_turn(const struct mu_case *c, struct mu_id row, struct mu_id to, int64_t *out_day,
                      int64_t *out_nth)
{
    int64_t today = mu_utc_day(c->facts->at_ms);
    for (int64_t day = today - 1; day <= today + 1; day++) {
        for (int64_t nth = 0; nth < MU_NUDGES_A_DAY; nth++) {
            if (mu_id_equal(mu_nudge_id(c->world->derive, c->facts->person, to, day, nth), row)) {
                *out_day = day;
                *out_nth = nth;
                return true;
            }
        }
    }
    return false;
}

enum mu_status mu_rule_nudge_send(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *nudge = NULL;
    struct mu_id to = mu_arg_id(op, MU_NUDGE_TO);
    struct mu_id about = mu_arg_id(op, MU_NUDGE_ABOUT);
    int64_t day = 0;
    int64_t nth = 0;
    MU_TRY(mu_case_look(c, MU_NUDGE, op->row, &nudge));
    if (mu_case_is(c, to)) {
        return mu_case_refuse(c, MU_E_INVALID, "nobody nudges himself");
    }
    if (!find_turn(c, op->row, to, &day, &nth)) {
        return mu_case_refuse(c, MU_E_LIMIT, "a lead nudges a person at most %d times a day",
                              MU_NUDGES_A_DAY);
    }
    for (int64_t i = 0; i < nth; i++) {
        struct mu_known *earlier = NULL;
        struct mu_id id = mu_nudge_id(c->world->derive, c->facts->person, to, day, i);
        MU_TRY(mu_case_need(c, MU_NUDGE, id, &earlier));
        if (mu_id_equal(mu_now_id(earlier, MU_NUDGE_ABOUT), about)) {
            return mu_case_refuse(c, MU_E_LIMIT, "you have nudged about this today");
        }
    }
    MU_TRY(mu_case_merge_plain(c, nudge, 0));
    MU_TRY(mu_case_put_id(c, nudge, MU_NUDGE_FROM, c->facts->person));
    return mu_case_put_int(c, nudge, MU_NUDGE_AT, c->facts->at_ms);
}
