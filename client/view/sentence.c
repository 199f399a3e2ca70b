#include "client/view/sentence.h"

#include <inttypes.h>

#include "client/view/teller.h"
#include "client/view/value_words.h"

static void edit_named(struct mu_teller *teller, const struct mu_op *op, const char *kind,
                       uint32_t name_field, struct mu_slice name_now)
{
    struct mu_slice name = mu_op_text(op, name_field);
    mu_tell(teller, kind);
    mu_tell_quote(teller, name_now.len > 0 ? name_now : name);
    mu_tell(teller, ": ");
    mu_tell_fields(teller, op);
}

static void edit_board_part(struct mu_teller *teller, const struct mu_op *op)
{
    const struct mu_names *names = teller->history->names;
    const struct mu_column_name *column = mu_names_column(names, op->row);
    const struct mu_board_name *board = mu_names_board(names, op->row);
    const struct mu_label_name *label = mu_names_label(names, op->row);
    struct mu_slice none = mu_slice_str("");
    if (op->entity == MU_COLUMN) {
        edit_named(teller, op, "column ", MU_COLUMN_NAME, column != NULL ? column->name : none);
    } else if (op->entity == MU_BOARD) {
        edit_named(teller, op, "board ", MU_BOARD_NAME, board != NULL ? board->name : none);
    } else {
        edit_named(teller, op, "label ", MU_LABEL_NAME, label != NULL ? label->name : none);
    }
}

static void invite(struct mu_teller *teller, const struct mu_intent *intent)
{
    const struct mu_op *person = mu_op_first(intent, MU_PERSON);
    const struct mu_op *op = mu_op_first(intent, MU_INVITE);
    struct mu_id id = person != NULL ? person->row
                      : op != NULL   ? mu_op_id(op, MU_INVITE_PERSON)
                                     : (struct mu_id){{0}};
    mu_tell(teller, "invited ");
    mu_tell_person(teller, id);
    if (person != NULL && mu_op_int(person, MU_PERSON_ROLE) > 0) {
        mu_tell(teller, " as ");
        mu_tell(teller, mu_role_name(mu_op_int(person, MU_PERSON_ROLE)));
    }
}

static void edit_person(struct mu_teller *teller, const struct mu_op *op)
{
    mu_tell_person(teller, op->row);
    mu_tell(teller, ": ");
    mu_tell_fields(teller, op);
}

static void take_back(struct mu_teller *teller, const struct mu_intent *intent)
{
    mu_tell(teller, "took back an edit");
    if (intent->op_count == 0) {
        return;
    }
    struct mu_id task = {{0}};
    if (teller->status == MU_OK) {
        mu_tell_ask(teller, mu_task_of_op(teller->history, &intent->ops[0], &task, teller->err));
    }
    if (!mu_id_is_zero(task)) {
        mu_tell(teller, " of ");
        mu_tell_task(teller, task);
    }
}

static void import_rows(struct mu_teller *teller, const struct mu_intent *intent)
{
    size_t tasks = mu_op_count(intent, MU_TASK);
    mu_tell(teller, "imported ");
    mu_tell_count(teller, intent->op_count, "row", "rows");
    if (tasks > 0) {
        mu_tell(teller, ", among them ");
        mu_tell_count(teller, tasks, "task", "tasks");
    }
}

static void tell_unknown(struct mu_teller *teller, const struct mu_intent *intent)
{
    if (teller->status == MU_OK) {
        teller->status = mu_buf_printf(
            teller->out, "did something that this version does not know (intent %" PRIu32 ")",
            intent->number);
    }
}

/* -- all of them ------------------------------------------------------------- */

static bool tell_people(struct mu_teller *teller, const struct mu_intent *intent,
                        const struct mu_op *op)
{
    switch (intent->number) {
    case MU_INTENT_TEAM_FOUND:
        mu_tell(teller, "founded the team ");
        mu_tell_quote(teller, mu_op_text(mu_op_first(intent, MU_TEAM), MU_TEAM_NAME));
        return true;
    case MU_INTENT_TEAM_EDIT:
        mu_tell(teller, "the team: ");
        mu_tell_fields(teller, op);
        return true;
    case MU_INTENT_INVITE_CREATE:
        invite(teller, intent);
        return true;
    case MU_INTENT_INVITE_WITHDRAW:
        mu_tell(teller, "withdrew an invite");
        return true;
    case MU_INTENT_DEVICE_ENROL:
        mu_tell(teller, "joined with device ");
        mu_tell_quote(teller, mu_op_text(op, MU_DEVICE_NAME));
        return true;
    case MU_INTENT_DEVICE_REVOKE:
        mu_tell(teller, "revoked a device");
        return true;
    case MU_INTENT_PERSON_EDIT:
    case MU_INTENT_PERSON_ROLE:
        edit_person(teller, op);
        return true;
    case MU_INTENT_PERSON_REMOVE:
        mu_tell(teller, "removed ");
        mu_tell_person(teller, op->row);
        mu_tell(teller, " from the team");
        return true;
    default:
        return false;
    }
}

static void tell_other(struct mu_teller *teller, const struct mu_intent *intent,
                       const struct mu_op *op)
{
    switch (intent->number) {
    case MU_INTENT_BOARD_EDIT:
    case MU_INTENT_COLUMN_EDIT:
    case MU_INTENT_LABEL_EDIT:
        edit_board_part(teller, op);
        return;
    case MU_INTENT_SEALED_SEND:
        mu_tell(teller, "wrote a sealed text");
        return;
    case MU_INTENT_SEALED_COPY:
        mu_tell(teller, "passed sealed texts on to another device");
        return;
    case MU_INTENT_CONFLICT_RESTORE:
        mu_tell(teller, "brought back what conflict ");
        break;
    case MU_INTENT_CONFLICT_ACCEPT:
        mu_tell(teller, "accepted what stands in conflict ");
        break;
    default:
        tell_unknown(teller, intent);
        return;
    }
    char handle[MU_HANDLE_LEN + 1];
    mu_id_handle(op->row, handle);
    mu_tell(teller, handle);
    mu_tell(teller, intent->number == MU_INTENT_CONFLICT_RESTORE ? " had set aside" : "");
}

enum mu_status mu_sentence(struct mu_history *history, const struct mu_intent *intent,
                           struct mu_buf *out, struct mu_error *err)
{
    struct mu_teller teller = {.history = history, .out = out, .err = err};
    const struct mu_op nothing = {.entity = 0};
    const struct mu_op *op = intent->op_count > 0 ? &intent->ops[0] : &nothing;
    if (intent->number == MU_INTENT_IMPORT) {
        import_rows(&teller, intent);
    } else if (intent->number == MU_INTENT_UNDO) {
        take_back(&teller, intent);
    } else if (!tell_people(&teller, intent, op) && !mu_tell_about_task(&teller, intent, op) &&
               !mu_tell_about_goals(&teller, intent, op) &&
               !mu_tell_about_praise(&teller, intent, op) &&
               !mu_tell_about_rhythm(&teller, intent, op)) {
        tell_other(&teller, intent, op);
    }
    if (teller.status != MU_OK && !teller.explained) {
        return mu_fail(err, teller.status, "a sentence of the log: %s",
                       mu_status_text(teller.status));
    }
    return teller.status;
}
