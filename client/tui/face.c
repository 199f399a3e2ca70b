#include "client/tui/face.h"

#include <stdio.h>
#include <string.h>

#include "client/view/text.h"
#include "client/view/words.h"

#define STALE_MS    500
#define READ_GAP_MS 15
#define DOT         " \xc2\xb7 "

/* -- the message --------------------------------------------------------------------------- */

void mu_face_say(struct mu_face *face, const char *text)
{
    (void)snprintf(face->message, sizeof face->message, "%s", text);
    face->message_bad = false;
}

/* A path in front is cut to its file: one line has to say what happened, too. */
static const char *without_folder(const char *text)
{
    const char *end = text[0] == '\'' && text[1] == '/' ? strchr(text + 1, '\'') : NULL;
    const char *at = end;
    while (at != NULL && *at != '/') {
        at--;
    }
    return at != NULL ? at + 1 : text;
}

void mu_face_fail(struct mu_face *face, const struct mu_error *err)
{
    const char *text = without_folder(err->text);
    (void)snprintf(face->message, sizeof face->message, "%s%s", text == err->text ? "" : "'", text);
    face->message_bad = true;
}

bool mu_face_may(struct mu_face *face)
{
    if (face->readonly) {
        mu_face_say(face, "only for reading (--readonly): nothing is changed from here");
    }
    return !face->readonly && mu_face_open(face);
}

bool mu_face_open(struct mu_face *face)
{
    if (!face->desk->open) {
        mu_face_say(face, "the files of this workspace cannot be opened yet");
    }
    return face->desk->open;
}

/* -- bars ---------------------------------------------------------------------------------- */

void mu_face_bar(int y, struct mu_slice left, const char *right)
{
    int columns = mu_term_columns();
    int width = (int)mu_show_width(mu_slice_str(right));
    mu_term_field(y, 0, columns, left, MU_STYLE_BAR, false);
    if (width > 0 && (int)mu_show_width(left) + width + 1 < columns) {
        mu_term_field(y, columns - width, width, mu_slice_str(right), MU_STYLE_BAR, false);
    }
}

void mu_face_foot(const struct mu_face *face, const char *hint)
{
    const struct mu_desk *desk = face->desk;
    int y = mu_term_rows() - 1;
    int width = (int)mu_show_width(mu_slice_str(hint));
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 65536);
    bool ok = mu_buf_append_byte(&text, ' ') == MU_OK &&
              mu_words_sync(&text, &desk->status, &desk->from) == MU_OK;
    mu_term_field(y, 0, mu_term_columns(), ok ? mu_buf_view(&text) : mu_slice_str(""), MU_STYLE_BAR,
                  false);
    /* The truth comes first; of the keys, the last ones stay. */
    int room = mu_term_columns() - (int)mu_show_width(mu_buf_view(&text)) - 2;
    const char *next = hint;
    while (width > room && (next = strstr(hint, "  ")) != NULL) {
        hint = next + 2;
        width = (int)mu_show_width(mu_slice_str(hint));
    }
    if (width <= room) {
        mu_term_field(y, mu_term_columns() - width - 1, width, mu_slice_str(hint), MU_STYLE_BAR,
                      false);
    }
    mu_term_field(y - 1, 1, mu_term_columns() - 2, mu_slice_str(face->message),
                  face->message_bad ? MU_STYLE_LATE : MU_STYLE_DIM, false);
}

/* -- waiting ------------------------------------------------------------------------------- */

/* Others may change a hundred things a second: reading them takes a third of the time at most, so
 * that keys are always answered. */
static void catch_up(struct mu_face *face)
{
    int64_t before = mu_moment_mono().ms;
    if (before < face->next_read_ms) {
        face->behind = true;
        return;
    }
    face->refresh(face, true);
    int64_t after = mu_moment_mono().ms;
    face->behind = false;
    face->next_read_ms = after + 2 * (after - before) + READ_GAP_MS;
}

static int patience(const struct mu_face *face, const struct mu_desk *desks, size_t count,
                    int64_t wake_ms)
{
    int64_t now = mu_moment_mono().ms;
    int64_t wait = face->stale ? STALE_MS : INT32_MAX;
    for (size_t i = 0; i < count; i++) {
        int64_t desk_ms = mu_desk_patience_ms(&desks[i]);
        wait = desk_ms < wait ? desk_ms : wait;
    }
    int64_t until[] = {wake_ms, face->behind ? face->next_read_ms : 0};
    for (size_t i = 0; i < 2; i++) {
        if (until[i] > 0 && until[i] - now < wait) {
            wait = until[i] > now ? until[i] - now : 0;
        }
    }
    return (int)wait + 1;
}

struct mu_event mu_face_wait(struct mu_face *face, struct mu_desk *desks, size_t count,
                             int64_t wake_ms)
{
    int sockets[MU_TERM_OTHERS_MAX];
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        sockets[i] = desks[i].link.socket;
    }
    struct mu_event event = mu_term_wait(sockets, count, patience(face, desks, count, wake_ms));
    if (event.kind == MU_EVENT_END) {
        face->ended = true;
        return event;
    }
    for (size_t i = 0; i < count; i++) {
        bool changed = false;
        mu_desk_listen(&desks[i], &changed);
        mu_desk_now(&desks[i]);
        any = any || changed;
    }
    if (any || face->behind) {
        catch_up(face);
    }
    if (event.kind == MU_EVENT_RESIZE || face->stale) {
        face->refresh(face, false);
    }
    return event;
}

/* -- the table of keys --------------------------------------------------------------------- */

void mu_face_keys(struct mu_face *face, const char *title, const char *below)
{
    const struct mu_bindings *bindings = &face->bindings;
    int top = 0;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 65536);
    enum mu_status status = mu_buf_printf(&text, "  %s\n\n", title);
    for (size_t i = 0; i < bindings->row_count && status == MU_OK; i++) {
        status = mu_buf_printf(&text, "  %-16s %-12s %s\n", bindings->keys[i],
                               bindings->rows[i].name, bindings->rows[i].about);
    }
    if (status != MU_OK || mu_buf_append_str(&text, below) != MU_OK) {
        return;
    }
    while (!face->ended &&
           mu_ask_read(face, mu_buf_view(&text), "any key goes back", &top) == MU_KEY_NONE) {
    }
}

size_t mu_face_palette(struct mu_face *face)
{
    const struct mu_bindings *bindings = &face->bindings;
    struct mu_pick pick = {.title = "what shall be done?"};
    for (size_t i = 0; i < bindings->row_count; i++) {
        char line[MU_PICK_NAME_MAX];
        (void)snprintf(line, sizeof line, "%-11s %s", bindings->rows[i].name,
                       bindings->rows[i].about);
        mu_pick_add(&pick, "", mu_slice_str(line));
    }
    return mu_ask_pick(face, &pick) ? pick.chosen : bindings->row_count;
}
