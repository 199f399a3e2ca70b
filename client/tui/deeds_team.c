/* What is done to the task in focus for others' sake: roadblocks, a promise, praise. */
#include <stdio.h>

#include "client/tui/face.h"
#include "client/view/text.h"

#define ECHO_ROOM ((size_t)65536)

/* The task in focus, or zero: said so. */
static struct mu_id subject(struct mu_face *face)
{
    if (!mu_face_may(face)) {
        return (struct mu_id){{0}};
    }
    if (mu_id_is_zero(face->focus)) {
        mu_face_say(face, "there is no card here");
    }
    return face->focus;
}

static void finish(struct mu_face *face, struct mu_id task, enum mu_status status,
                   const struct mu_error *err, const char *said)
{
    if (status == MU_OK) {
        face->focus = mu_id_is_zero(task) ? face->focus : task;
        mu_face_say(face, said);
    } else {
        mu_face_fail(face, err);
    }
    face->refresh(face, false);
}

/* -- roadblocks ------------------------------------------------------------------------------ */

static void raise_one(struct mu_face *face, struct mu_id task)
{
    struct mu_error err;
    struct mu_pick pick = {.title = "whom does it wait for?"};
    struct mu_id ids[MU_PICK_MAX] = {{{0}}};
    MU_BUF_AUTO struct mu_buf reason;
    mu_buf_init(&reason, MU_TEXT_MAX);
    if (!mu_ask_line(face, "what stops it:", &reason, NULL) || reason.len == 0) {
        return;
    }
    mu_pick_add(&pick, "", mu_slice_str("nobody in particular"));
    mu_pick_people(face, &pick, ids);
    if (mu_ask_pick(face, &pick)) {
        finish(face, task,
               mu_act_block(face->desk, task, mu_buf_view(&reason), ids[pick.chosen], &err), &err,
               "blocked, saved here; b again clears it");
    }
}

void mu_deed_clear(struct mu_face *face, struct mu_id blocker)
{
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf how;
    mu_buf_init(&how, MU_TEXT_MAX);
    if (mu_face_may(face) && mu_ask_line(face, "what cleared it:", &how, NULL)) {
        finish(face, face->focus,
               mu_act_blocker(face->desk, blocker, MU_BLOCKER_CLEARED, mu_buf_view(&how), &err),
               &err, "cleared, saved here");
    }
}

void mu_deed_acknowledge(struct mu_face *face, struct mu_id blocker)
{
    struct mu_error err;
    if (mu_face_may(face)) {
        finish(face, face->focus,
               mu_act_blocker(face->desk, blocker, MU_BLOCKER_ACKNOWLEDGED, mu_slice_str(""), &err),
               &err, "acknowledged, saved here");
    }
}

void mu_deed_block(struct mu_face *face)
{
    struct mu_error err;
    struct mu_blocker *blockers = NULL;
    size_t count = 0;
    struct mu_id task = subject(face);
    if (mu_id_is_zero(task)) {
        return;
    }
    if (mu_act_blockers(face->desk, task, &blockers, &count, &err) != MU_OK) {
        mu_face_fail(face, &err);
    } else if (count > 0) {
        mu_deed_clear(face, blockers[0].id);
    } else {
        raise_one(face, task);
    }
}

/* -- promises -------------------------------------------------------------------------------- */

void mu_deed_promise(struct mu_face *face)
{
    struct mu_error err;
    struct mu_pick pick = {.title = "promise it by when?"};
    struct mu_id task = subject(face);
    char said[MU_LINE_MAX] = "";
    MU_BUF_AUTO struct mu_buf echo;
    mu_buf_init(&echo, MU_LINE_MAX - 1);
    if (mu_id_is_zero(task)) {
        return;
    }
    mu_pick_add(&pick, "", mu_slice_str("today"));
    mu_pick_add(&pick, "", mu_slice_str("this week"));
    if (mu_ask_pick(face, &pick)) {
        enum mu_status status = mu_act_promise(face->desk, task, pick.chosen == 1, &echo, &err);
        (void)snprintf(said, sizeof said, "%.*s", (int)echo.len, (const char *)echo.data);
        finish(face, task, status, &err, said);
    }
}

/* -- praise ---------------------------------------------------------------------------------- */

void mu_deed_kudos_to(struct mu_face *face, struct mu_id to, struct mu_id task)
{
    struct mu_error err;
    char what[MU_PICK_NAME_MAX + 16];
    struct mu_pick pick = {.title = ""};
    const struct mu_person_name *person = mu_names_person(&face->desk->names, to);
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_TITLE_MAX);
    if (!mu_face_may(face) || person == NULL) {
        return;
    }
    mu_pick_add(&pick, "@", person->handle);
    (void)snprintf(what, sizeof what, "kudos to %s:", pick.names[0]);
    if (mu_ask_line(face, what, &text, NULL) && text.len > 0) {
        finish(face, task, mu_act_kudos(face->desk, to, task, mu_buf_view(&text), &err), &err,
               "kudos given, saved here; everybody sees them");
    }
}

void mu_deed_kudos(struct mu_face *face)
{
    struct mu_error err;
    struct mu_task_line line;
    struct mu_desk *desk = face->desk;
    bool found = false;
    struct mu_id task = subject(face);
    if (mu_id_is_zero(task)) {
        return;
    }
    if (mu_task_line_get(desk->db, &desk->names, task, &desk->frame, &line, &found, &err) !=
        MU_OK) {
        mu_face_fail(face, &err);
        return;
    }
    struct mu_pick pick = {.title = "kudos to whom?"};
    struct mu_id ids[MU_PICK_MAX] = {{{0}}};
    mu_pick_people(face, &pick, ids);
    for (size_t i = 0; found && i < pick.count; i++) {
        pick.chosen = mu_id_equal(ids[i], line.owner) ? i : pick.chosen;
    }
    if (pick.count > 0 && mu_ask_pick(face, &pick)) {
        mu_deed_kudos_to(face, ids[pick.chosen], task);
    }
}

/* -- feedback -------------------------------------------------------------------------------- */

/* What went well first; nothing to improve without a next step. */
void mu_deed_feedback_to(struct mu_face *face, struct mu_id to, struct mu_id task)
{
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf well;
    MU_BUF_AUTO struct mu_buf improve;
    MU_BUF_AUTO struct mu_buf next;
    mu_buf_init(&well, MU_TITLE_MAX);
    mu_buf_init(&improve, MU_TITLE_MAX);
    mu_buf_init(&next, MU_TITLE_MAX);
    if (!mu_face_may(face) || !mu_ask_line(face, "sealed; did well:", &well, NULL) ||
        well.len == 0 || !mu_ask_line(face, "to improve (may be empty):", &improve, NULL)) {
        return;
    }
    while (improve.len > 0 && next.len == 0) {
        if (!mu_ask_line(face, "and the next step:", &next, NULL)) {
            return;
        }
    }
    const struct mu_feedback_words words = {.did_well = mu_buf_view(&well),
                                            .improve = mu_buf_view(&improve),
                                            .next_step = mu_buf_view(&next)};
    finish(face, task, mu_act_feedback(face->desk, to, task, &words, &err), &err,
           "feedback sealed and saved here; the two of you alone read it");
}

/* -- a word ---------------------------------------------------------------------------------- */

void mu_deed_nudge(struct mu_face *face, struct mu_id to, struct mu_id about)
{
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_TITLE_MAX);
    if (mu_face_may(face) && mu_ask_line(face, "a word to them:", &text, NULL)) {
        finish(face, about, mu_act_nudge(face->desk, to, about, mu_buf_view(&text), &err), &err,
               "nudged, saved here");
    }
}

void mu_deed_ack_checkin(struct mu_face *face, struct mu_id checkin)
{
    struct mu_error err;
    if (mu_face_may(face)) {
        finish(face, face->focus, mu_act_ack_checkin(face->desk, checkin, &err), &err,
               "check-in acknowledged, saved here");
    }
}
