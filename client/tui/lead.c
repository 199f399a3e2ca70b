/* The lead's console: the table of its keys, and what each does. */
#include "client/tui/lead.h"

#include <stdlib.h>
#include <string.h>

#include "client/view/text.h"

#define CHANGES_MOST 40
#define PAGE_MAX     ((size_t)8 << 20)

enum row {
    UP,
    DOWN,
    PAGE_UP,
    PAGE_DOWN,
    FIRST,
    LAST,
    NEXT,
    OPEN,
    CHANGES,
    ACK,
    CLEAR,
    NUDGE,
    KUDOS,
    FEEDBACK,
    COMMENT,
    ASSIGN,
    DUE,
    DONE,
    RESTORE,
    ACCEPT,
    UNDO,
    BACK,
    PALETTE,
    KEYS,
    QUIT,
    ROWS
};

static const struct mu_key_row rows[] = {
    [UP] = {"up", "k Up", "row above"},
    [DOWN] = {"down", "j Down", "row below"},
    [PAGE_UP] = {"page-up", "PgUp C-b", "a page up"},
    [PAGE_DOWN] = {"page-down", "PgDn C-f", "a page down"},
    [FIRST] = {"first", "Home g", "first row"},
    [LAST] = {"last", "End G", "last row"},
    [NEXT] = {"next", "Tab", "next section"},
    [OPEN] = {"open", "Enter l Right", "what stands behind it: a person, a card"},
    [CHANGES] = {"changes", "v", "the last changes of this person"},
    [ACK] = {"ack", "Space", "acknowledge a roadblock, or a check-in"},
    [CLEAR] = {"clear", "r", "answer a roadblock: what cleared it"},
    [NUDGE] = {"nudge", "n", "a word to this person"},
    [KUDOS] = {"kudos", "+", "thank this person"},
    [FEEDBACK] = {"feedback", "F", "sealed feedback to this person: about the task, or the week"},
    [COMMENT] = {"comment", "c", "say something on this task"},
    [ASSIGN] = {"assign", "a", "give this task to somebody"},
    [DUE] = {"due", "d", "due date of this task"},
    [DONE] = {"done", "x", "this task is done, or open again"},
    [RESTORE] = {"restore", "R", "have the value that a conflict set aside"},
    [ACCEPT] = {"accept", "A", "leave a conflict as it stands"},
    [UNDO] = {"undo", "z u", "take back your last edit"},
    [BACK] = {"back", "Esc h Left", "back to the team"},
    [PALETTE] = {"palette", ": C-k", "find a command by name"},
    [KEYS] = {"keys", "?", "this page"},
    [QUIT] = {"quit", "q", "back, or leave the console"},
};
const struct mu_key_table mu_lead_keys = {rows, ROWS};

/* -- drilling down ------------------------------------------------------------------------- */

static void show_person(struct mu_lead *lead, struct mu_id person)
{
    lead->alone = true;
    lead->alone_desk = lead->desk;
    lead->person = person;
    lead->at = 0;
    lead->top = 0;
    mu_lead_refresh(lead, false);
}

static void back(struct mu_lead *lead)
{
    if (lead->alone) {
        lead->alone = false;
        lead->kind = MU_CONSOLE_PERSON;
        lead->id = lead->person;
        mu_lead_refresh(lead, false);
    } else {
        lead->face.message[0] = '\0';
    }
}

/* What stands behind a person's numbers: what was changed, by whom, when. */
static void show_changes(struct mu_lead *lead)
{
    const struct mu_console_row *row = mu_lead_row(lead);
    struct mu_id person = lead->alone ? lead->person : (row != NULL ? row->person : lead->person);
    struct mu_error err;
    int top = 0;
    MU_BUF_AUTO struct mu_buf page;
    mu_buf_init(&page, PAGE_MAX);
    if (row == NULL || mu_id_is_zero(person) || !mu_face_open(&lead->face)) {
        return;
    }
    enum mu_status status = mu_buf_append_str(&page, "Last changes of ");
    status = status == MU_OK ? mu_words_person(&page, &lead->face.desk->names, person) : status;
    status = status == MU_OK ? mu_buf_append_str(&page, "\n\n") : status;
    if (status != MU_OK ||
        mu_desk_changes(lead->face.desk, person, CHANGES_MOST, &page, &err) != MU_OK) {
        mu_face_fail(&lead->face, &err);
        return;
    }
    while (!lead->face.ended &&
           mu_ask_read(&lead->face, mu_buf_view(&page), "any key goes back", &top) == MU_KEY_NONE) {
    }
}

static void open_row(struct mu_lead *lead)
{
    const struct mu_console_row *row = mu_lead_row(lead);
    if (row == NULL) {
        return;
    }
    if (!mu_id_is_zero(row->task)) {
        mu_detail_run(&lead->face);
    } else if (row->kind == MU_CONSOLE_GOAL) {
        mu_lead_goal(lead, row->id);
    } else if (!mu_id_is_zero(row->person) && !lead->alone) {
        show_person(lead, row->person);
    } else if (!mu_id_is_zero(row->person)) {
        show_changes(lead);
    }
}

/* -- deeds --------------------------------------------------------------------------------- */

static void settle(struct mu_lead *lead, bool restore)
{
    const struct mu_console_row *row = mu_lead_row(lead);
    struct mu_error err;
    if (row == NULL || row->kind != MU_CONSOLE_CONFLICT) {
        mu_deed_settle(&lead->face, restore);
        return;
    }
    if (!mu_face_may(&lead->face)) {
        return;
    }
    if (mu_act_settle(lead->face.desk, row->id, restore, &err) == MU_OK) {
        mu_face_say(&lead->face, restore ? "restored what was set aside" : "left as it stands");
    } else {
        mu_face_fail(&lead->face, &err);
    }
    mu_lead_refresh(lead, false);
}

/* What is done to the row itself. */
static void act_row(struct mu_lead *lead, enum row deed)
{
    const struct mu_console_row *row = mu_lead_row(lead);
    struct mu_face *face = &lead->face;
    bool blocker = row != NULL && row->kind == MU_CONSOLE_BLOCKER;
    if (row == NULL || mu_id_is_zero(row->person)) {
        mu_face_say(face, "there is nobody on this row");
    } else if (deed == NUDGE) {
        mu_deed_nudge(face, row->person, row->task);
    } else if (deed == KUDOS) {
        mu_deed_kudos_to(face, row->person, row->task);
    } else if (deed == FEEDBACK) {
        mu_deed_feedback_to(face, row->person, row->task);
    } else if (deed == ACK && blocker) {
        mu_deed_acknowledge(face, row->id);
    } else if (deed == ACK && !mu_id_is_zero(row->checkin)) {
        mu_deed_ack_checkin(face, row->checkin);
    } else if (deed == CLEAR && blocker) {
        mu_deed_clear(face, row->id);
    } else {
        mu_face_say(face, deed == ACK ? "nothing to acknowledge on this row"
                                      : "this row is no roadblock");
    }
}

static void show_keys(struct mu_face *face)
{
    mu_face_keys(face, "Keys of the console",
                 "\n  Leads stand first: what is asked of others they show of themselves.\n"
                 "  Keys can be changed: muster config set keys \"done=D\"\n");
}

static void show_palette(struct mu_face *face)
{
    size_t row = mu_face_palette(face);
    if (row < ROWS && row != PALETTE) {
        face->act(face, row);
    }
}

/* -- the eye ------------------------------------------------------------------------------- */

static void next_section(struct mu_lead *lead)
{
    size_t at = lead->at;
    while (at < lead->line_count && lead->lines[at].kind == MU_LEAD_ROW) {
        at++;
    }
    mu_lead_go(lead, at < lead->line_count ? (int64_t)at : 0, 1);
}

static bool act_eye(struct mu_lead *lead, enum row row)
{
    int64_t at = (int64_t)lead->at;
    int64_t page = (int64_t)mu_lead_fit();
    switch ((int)row) {
    case UP:
        mu_lead_go(lead, at - 1, -1);
        return true;
    case DOWN:
        mu_lead_go(lead, at + 1, 1);
        return true;
    case PAGE_UP:
        mu_lead_go(lead, at - page, -1);
        return true;
    case PAGE_DOWN:
        mu_lead_go(lead, at + page, 1);
        return true;
    case FIRST:
        mu_lead_go(lead, 0, 1);
        lead->top = 0;
        return true;
    case LAST:
        mu_lead_go(lead, MU_LEAD_LINES_MAX, -1);
        return true;
    case NEXT:
        next_section(lead);
        return true;
    default:
        return false;
    }
}

static void act(struct mu_face *face, size_t row)
{
    static void (*const deeds[ROWS])(struct mu_face *) = {
        [COMMENT] = mu_deed_comment, [ASSIGN] = mu_deed_assign, [DUE] = mu_deed_due,
        [DONE] = mu_deed_done,       [UNDO] = mu_deed_undo,     [PALETTE] = show_palette,
        [KEYS] = show_keys,
    };
    struct mu_lead *lead = (struct mu_lead *)face;
    if (row >= ROWS || act_eye(lead, (enum row)row)) {
        return;
    }
    if (deeds[row] != NULL) {
        deeds[row](face);
    } else if (row == OPEN) {
        open_row(lead);
    } else if (row == ACK || row == CLEAR || row == NUDGE || row == KUDOS || row == FEEDBACK) {
        act_row(lead, (enum row)row);
    } else if (row == CHANGES) {
        show_changes(lead);
    } else if (row == RESTORE || row == ACCEPT) {
        settle(lead, row == RESTORE);
    } else if (row == BACK || (row == QUIT && lead->alone)) {
        back(lead);
    } else if (row == QUIT) {
        face->ended = true;
    }
}

/* -- the loop ------------------------------------------------------------------------------ */

static void handle(struct mu_lead *lead, const struct mu_event *event)
{
    size_t line = 0;
    switch (event->kind) {
    case MU_EVENT_KEY:
        if (event->key != MU_KEY_NONE) {
            act(&lead->face, mu_bindings_find(&lead->face.bindings, event->key));
        }
        return;
    case MU_EVENT_PRESS:
        if (mu_lead_hit(lead, event->y, &line) && lead->lines[line].row != NULL) {
            bool again = line == lead->at;
            mu_lead_go(lead, (int64_t)line, 1);
            if (again) {
                open_row(lead);
            }
        }
        return;
    case MU_EVENT_WHEEL:
        mu_lead_go(lead, (int64_t)lead->at + event->turn, event->turn);
        return;
    case MU_EVENT_RELEASE:
    case MU_EVENT_RESIZE:
    case MU_EVENT_WAKE:
    case MU_EVENT_END:
        return;
    }
}

static void draw(struct mu_face *face)
{
    mu_lead_draw((struct mu_lead *)face);
}

static void refresh(struct mu_face *face, bool remote)
{
    mu_lead_refresh((struct mu_lead *)face, remote);
}

static struct mu_event wait_on(struct mu_face *face)
{
    struct mu_lead *lead = (struct mu_lead *)face;
    return mu_face_wait(face, lead->desks, lead->desk_count, 0);
}

static enum mu_status run(struct mu_lead *lead, const struct mu_tui_options *options, size_t count,
                          struct mu_error *err)
{
    struct mu_face *face = &lead->face;
    *face = (struct mu_face){.desk = &lead->desks[0],
                             .readonly = options->readonly,
                             .draw = draw,
                             .refresh = refresh,
                             .wait = wait_on,
                             .act = act};
    MU_TRY(mu_bindings_make(mu_lead_keys, mu_board_keys, options->keys, &face->bindings, err));
    enum mu_status status = MU_OK;
    for (; lead->desk_count < count && status == MU_OK; lead->desk_count++) {
        status = mu_desk_open(&lead->desks[lead->desk_count], &options[lead->desk_count], err);
    }
    status = status == MU_OK ? mu_term_start(options->colour, err) : status;
    status = status == MU_OK ? mu_lead_read(lead, err) : status;
    lead->news_seq = lead->desks[0].status.cursor.seq;
    while (status == MU_OK && !face->ended) {
        mu_lead_draw(lead);
        mu_term_show(-1, 0);
        struct mu_event event = wait_on(face);
        handle(lead, &event);
    }
    mu_term_stop();
    for (size_t i = 0; i < lead->desk_count; i++) {
        mu_desk_close(&lead->desks[i]);
    }
    return status;
}

enum mu_status mu_tui_lead(const struct mu_tui_options *options, size_t count, struct mu_error *err)
{
    MU_ASSERT(count > 0 && count <= MU_LEAD_DESKS_MAX);
    struct mu_lead *lead = calloc(1, sizeof *lead);
    if (lead == NULL) {
        return mu_fail(err, MU_E_NOMEM, "open the console: out of memory");
    }
    enum mu_status status = run(lead, options, count, err);
    free(lead);
    return status;
}
