/* Sentences about wins, kudos, feedback and tasks that come again. */
#include "client/view/teller.h"

static void tell_win(struct mu_teller *teller, const struct mu_op *op)
{
    mu_tell(teller, "posted a win of ");
    mu_tell_person(teller, mu_op_id(op, MU_WIN_PERSON));
    if (mu_op_int(op, MU_WIN_KIND) == MU_WIN_TASK) {
        mu_tell(teller, ": ");
        mu_tell_task(teller, mu_op_id(op, MU_WIN_ABOUT));
    }
    if (mu_op_text(op, MU_WIN_TEXT).len > 0) {
        mu_tell(teller, ": ");
        mu_tell_quote(teller, mu_op_text(op, MU_WIN_TEXT));
    }
}

static void tell_kudos(struct mu_teller *teller, const struct mu_intent *intent)
{
    const struct mu_op *kudos = mu_op_first(intent, MU_KUDOS);
    size_t told = 0;
    mu_tell(teller, "gave kudos to ");
    for (size_t i = 0; i < intent->op_count; i++) {
        if (intent->ops[i].entity == MU_KUDOS_TO) {
            mu_tell(teller, told++ > 0 ? ", " : "");
            mu_tell_person(teller, mu_op_id(&intent->ops[i], MU_KUDOS_TO_PERSON));
        }
    }
    mu_tell(teller, ": ");
    mu_tell_quote(teller, mu_op_text(kudos, MU_KUDOS_TEXT));
    if (!mu_id_is_zero(mu_op_id(kudos, MU_KUDOS_TASK))) {
        mu_tell(teller, ", for ");
        mu_tell_task(teller, mu_op_id(kudos, MU_KUDOS_TASK));
    }
}

static void tell_feedback(struct mu_teller *teller, const struct mu_intent *intent)
{
    const struct mu_op *op = mu_op_first(intent, MU_FEEDBACK);
    bool open = mu_op_int(op, MU_FEEDBACK_VISIBILITY) == MU_VISIBLE_TEAM;
    mu_tell(teller, open ? "wrote feedback to " : "wrote sealed feedback to ");
    mu_tell_person(teller, mu_op_id(op, MU_FEEDBACK_TO));
    if (!mu_id_is_zero(mu_op_id(op, MU_FEEDBACK_TASK))) {
        mu_tell(teller, " about ");
        mu_tell_task(teller, mu_op_id(op, MU_FEEDBACK_TASK));
    }
}

static void tell_occurrence(struct mu_teller *teller, const struct mu_op *op)
{
    mu_tell(teller, "added, as it comes again, ");
    mu_tell_task(teller, op->row);
}

static void tell_series(struct mu_teller *teller, const struct mu_op *op)
{
    char handle[MU_HANDLE_LEN + 1];
    if (mu_op_int(op, MU_SERIES_ENDED) == 1) {
        mu_id_handle(op->row, handle);
        mu_tell(teller, "ended the series ");
        mu_tell(teller, handle);
        return;
    }
    mu_tell(teller, "changed a series: ");
    mu_tell_fields(teller, op);
}

bool mu_tell_about_praise(struct mu_teller *teller, const struct mu_intent *intent,
                          const struct mu_op *op)
{
    switch (intent->number) {
    case MU_INTENT_WIN_POST:
        tell_win(teller, op);
        return true;
    case MU_INTENT_KUDOS_GIVE:
        tell_kudos(teller, intent);
        return true;
    case MU_INTENT_KUDOS_REACT:
        mu_tell(teller, mu_op_find(op, MU_REACTION_ON) != NULL && mu_op_int(op, MU_REACTION_ON) == 0
                            ? "took a mark from kudos: "
                            : "marked kudos: ");
        mu_tell_quote(teller, mu_op_text(op, MU_REACTION_MARK));
        return true;
    case MU_INTENT_FEEDBACK_SEND:
        tell_feedback(teller, intent);
        return true;
    case MU_INTENT_FEEDBACK_READ:
        mu_tell(teller, "read feedback");
        return true;
    case MU_INTENT_FEEDBACK_REPLY:
        mu_tell(teller, "answered feedback");
        return true;
    case MU_INTENT_FEEDBACK_TAKE:
        mu_tell(teller, "made a promise of a next step");
        return true;
    case MU_INTENT_SERIES_ADD:
        mu_tell(teller, "began the series ");
        mu_tell_quote(teller, mu_op_text(op, MU_SERIES_TITLE));
        return true;
    case MU_INTENT_SERIES_EDIT:
        tell_series(teller, op);
        return true;
    case MU_INTENT_SERIES_OCCUR:
        tell_occurrence(teller, op);
        return true;
    default:
        return false;
    }
}
