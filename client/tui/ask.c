/* Questions: a line of text, one of several, and pages to read.  The board goes on beneath. */
#include <stdio.h>
#include <string.h>

#include "client/tui/face.h"
#include "client/view/names.h"
#include "client/view/text.h"
#include "common/base/utf8.h"

#define TEXT_MAX ((size_t)64 * 1024)

/* -- a line -------------------------------------------------------------------------------- */

static size_t point_before(struct mu_slice text, size_t at)
{
    while (at > 0 && (text.data[--at] & 0xc0u) == 0x80) {
    }
    return at;
}

static size_t point_after(struct mu_slice text, size_t at)
{
    while (at < text.len && (text.data[++at] & 0xc0u) == 0x80 && at < text.len) {
    }
    return at < text.len ? at : text.len;
}

/* Replace from..to by bytes. */
static void splice(struct mu_buf *text, size_t from, size_t to, const void *bytes, size_t len)
{
    MU_BUF_AUTO struct mu_buf whole;
    mu_buf_init(&whole, text->max);
    if (mu_buf_append(&whole, text->data, from) == MU_OK &&
        mu_buf_append(&whole, bytes, len) == MU_OK &&
        mu_buf_append(&whole, text->data + to, text->len - to) == MU_OK) {
        struct mu_buf old = *text;
        *text = whole;
        whole = old;
    }
}

static void edit_line(struct mu_buf *text, size_t *at, uint32_t key)
{
    uint8_t bytes[4];
    struct mu_slice view = mu_buf_view(text);
    size_t from = *at;
    size_t len = 0;
    switch (key) {
    case MU_KEY_LEFT:
        *at = point_before(view, *at);
        return;
    case MU_KEY_RIGHT:
        *at = point_after(view, *at);
        return;
    case MU_KEY_HOME:
    case 1: /* Ctrl-a */
        *at = 0;
        return;
    case MU_KEY_END:
    case 5: /* Ctrl-e */
        *at = view.len;
        return;
    case MU_KEY_BACKSPACE:
        *at = point_before(view, *at);
        splice(text, *at, from, "", 0);
        return;
    case MU_KEY_DELETE:
        splice(text, from, point_after(view, from), "", 0);
        return;
    case 21: /* Ctrl-u */
        *at = 0;
        splice(text, 0, from, "", 0);
        return;
    case 23: /* Ctrl-w */
        while (*at > 0 && view.data[*at - 1] == ' ') {
            (*at)--;
        }
        while (*at > 0 && view.data[*at - 1] != ' ') {
            (*at)--;
        }
        splice(text, *at, from, "", 0);
        return;
    default:
        if (key >= ' ' && key < MU_KEY_ENTER && (key < 0xd800 || key > 0xdfff)) {
            len = mu_utf8_put(key, bytes);
            size_t before = text->len;
            splice(text, from, from, bytes, len);
            *at += text->len - before;
        }
    }
}

static void draw_line(struct mu_face *face, const char *what, const struct mu_buf *text, size_t at,
                      mu_ask_echo *echo)
{
    int y = mu_term_rows() - 1;
    MU_BUF_AUTO struct mu_buf front;
    MU_BUF_AUTO struct mu_buf back;
    MU_BUF_AUTO struct mu_buf said;
    mu_buf_init(&front, 8 * TEXT_MAX);
    mu_buf_init(&back, 8 * TEXT_MAX);
    mu_buf_init(&said, 8 * TEXT_MAX);
    bool ok =
        mu_show(&front, mu_slice_of(text->data, at), MU_SHOW_ONE_LINE) == MU_OK &&
        mu_show(&back, mu_slice_of(text->data + at, text->len - at), MU_SHOW_ONE_LINE) == MU_OK;
    if (!ok) {
        return;
    }
    if (echo != NULL) {
        echo(face, mu_buf_view(text), &said);
    }
    mu_term_field(y - 1, 0, mu_term_columns(), mu_buf_view(&said), MU_STYLE_DIM, false);
    int x = (int)mu_show_width(mu_slice_str(what)) + 3;
    int room = mu_term_columns() - x - 1;
    struct mu_slice shown = mu_buf_view(&front);
    /* A long line is seen at its end. */
    while (room > 4 && (int)mu_show_width(shown) > room) {
        size_t skip = mu_show_cut(shown, (size_t)room / 2).len;
        if (skip == 0) {
            break;
        }
        shown = mu_slice_of(shown.data + skip, shown.len - skip);
    }
    int cursor = x + (int)mu_show_width(shown);
    mu_term_field(y, 0, mu_term_columns(), mu_slice_str(""), MU_STYLE_PLAIN, false);
    mu_term_field(y, 1, x - 2, mu_slice_str(what), MU_STYLE_BOLD, false);
    mu_term_field(y, x, mu_term_columns() - x, shown, MU_STYLE_PLAIN, false);
    mu_term_field(y, cursor, mu_term_columns() - cursor, mu_buf_view(&back), MU_STYLE_PLAIN, false);
    mu_term_show(y, cursor < mu_term_columns() ? cursor : mu_term_columns() - 1);
}

bool mu_ask_line(struct mu_face *face, const char *what, struct mu_buf *text, mu_ask_echo *echo)
{
    size_t at = text->len;
    while (!face->ended) {
        face->draw(face);
        draw_line(face, what, text, at, echo);
        struct mu_event event = face->wait(face);
        if (event.kind != MU_EVENT_KEY) {
            continue;
        }
        if (event.key == MU_KEY_ENTER || event.key == MU_KEY_ESC) {
            return event.key == MU_KEY_ENTER;
        }
        edit_line(text, &at, event.key);
    }
    return false;
}

/* -- one of several ------------------------------------------------------------------------ */

void mu_pick_add(struct mu_pick *pick, const char *sign, struct mu_slice name)
{
    MU_BUF_AUTO struct mu_buf shown;
    mu_buf_init(&shown, (size_t)1 << 19);
    if (pick->count == MU_PICK_MAX || mu_buf_append_str(&shown, sign) != MU_OK ||
        mu_show(&shown, name, MU_SHOW_ONE_LINE) != MU_OK) {
        return;
    }
    struct mu_slice cut = mu_utf8_cut(mu_buf_view(&shown), MU_PICK_NAME_MAX - 1);
    memcpy(pick->names[pick->count], cut.data, cut.len);
    pick->names[pick->count++][cut.len] = '\0';
}

static bool holds(struct mu_slice text, struct mu_slice word)
{
    for (size_t at = 0; at < text.len; at++) {
        if (mu_starts_with_word(mu_slice_of(text.data + at, text.len - at), word)) {
            return true;
        }
    }
    return word.len == 0;
}

/* The items that what was typed leaves; returns how many. */
static size_t narrow(const struct mu_pick *pick, size_t out_items[static MU_PICK_MAX + 1])
{
    size_t count = 0;
    for (size_t i = 0; i < pick->count; i++) {
        if (holds(mu_slice_str(pick->names[i]), mu_slice_str(pick->typed))) {
            out_items[count++] = i;
        }
    }
    if (pick->makes && pick->typed[0] != '\0') {
        out_items[count++] = pick->count;
    }
    return count;
}

static void draw_pick(struct mu_face *face, const struct mu_pick *pick, const size_t *items,
                      size_t count, size_t at)
{
    int width = mu_term_columns() < 56 ? mu_term_columns() - 4 : 52;
    int rows = mu_term_rows() - 8;
    int fit = rows < 1 ? 1 : ((int)count < rows ? (int)count : rows);
    int x = (mu_term_columns() - width) / 2;
    int y = 3;
    size_t first = at >= (size_t)fit ? at - (size_t)fit + 1 : 0;
    char line[MU_PICK_NAME_MAX + 32];
    face->draw(face);
    for (int i = 0; i < fit + 4; i++) {
        mu_term_field(y + i, x, width, mu_slice_str(""), MU_STYLE_PLAIN, false);
    }
    (void)snprintf(line, sizeof line, " %s", pick->title);
    mu_term_field(y, x, width, mu_slice_str(line), MU_STYLE_BAR, false);
    for (int i = 0; i < fit && first + (size_t)i < count; i++) {
        size_t item = items[first + (size_t)i];
        if (item == pick->count) {
            (void)snprintf(line, sizeof line, "   new: %s", pick->typed);
        } else {
            (void)snprintf(line, sizeof line, " %s %s",
                           first + (size_t)i == at ? "\xe2\x96\xb8" : " ", pick->names[item]);
        }
        mu_term_field(y + 1 + i, x, width, mu_slice_str(line), MU_STYLE_PLAIN,
                      first + (size_t)i == at);
    }
    if (count == 0) {
        mu_term_field(y + 1, x, width, mu_slice_str("   nothing that fits"), MU_STYLE_DIM, false);
        fit = 1;
    }
    (void)snprintf(line, sizeof line, " %s%s", pick->typed[0] != '\0' ? "> " : "",
                   pick->typed[0] != '\0' ? pick->typed
                                          : "type to narrow, Enter takes, Esc leaves");
    mu_term_field(y + 1 + fit, x, width, mu_slice_str(line), MU_STYLE_DIM, false);
    mu_term_rule(y + 2 + fit, x, width, MU_STYLE_DIM);
    mu_term_show(-1, 0);
}

static void type_pick(struct mu_pick *pick, uint32_t key)
{
    size_t len = strlen(pick->typed);
    uint8_t bytes[4];
    if (key == MU_KEY_BACKSPACE) {
        pick->typed[point_before(mu_slice_str(pick->typed), len)] = '\0';
    } else if (key >= ' ' && key != 127 && (key < 0x80 || key >= 0xa0) && key < MU_KEY_ENTER &&
               len + 5 < sizeof pick->typed) {
        size_t more = mu_utf8_put(key, bytes);
        memcpy(pick->typed + len, bytes, more);
        pick->typed[len + more] = '\0';
    }
}

bool mu_ask_pick(struct mu_face *face, struct mu_pick *pick)
{
    size_t items[MU_PICK_MAX + 1];
    size_t at = pick->chosen;
    while (!face->ended) {
        size_t count = narrow(pick, items);
        at = at >= count ? (count == 0 ? 0 : count - 1) : at;
        draw_pick(face, pick, items, count, at);
        struct mu_event event = face->wait(face);
        if (event.kind != MU_EVENT_KEY) {
            continue;
        }
        if (event.key == MU_KEY_ESC || (event.key == MU_KEY_ENTER && count == 0)) {
            return false;
        }
        if (event.key == MU_KEY_ENTER) {
            pick->chosen = items[at];
            return true;
        }
        if (event.key == MU_KEY_UP) {
            at -= at > 0 ? 1 : 0;
        } else if (event.key == MU_KEY_DOWN || event.key == MU_KEY_TAB) {
            at++;
        } else {
            type_pick(pick, event.key);
        }
    }
    return false;
}

/* -- pages --------------------------------------------------------------------------------- */

/* Line number n of text, without its end; false behind the last. */
static bool line_of(struct mu_slice text, int number, struct mu_slice *out)
{
    size_t at = 0;
    for (int i = 0; at < text.len; i++) {
        const uint8_t *end = memchr(text.data + at, '\n', text.len - at);
        size_t len = end != NULL ? (size_t)(end - text.data) - at : text.len - at;
        if (i == number) {
            *out = mu_slice_of(text.data + at, len);
            return true;
        }
        at += len + 1;
    }
    return false;
}

static int count_lines(struct mu_slice text)
{
    int count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += text.data[i] == '\n';
    }
    return count;
}

/* How far a key scrolls, 0 when it is for somebody else. */
static int scrolls(uint32_t key, int page, int lines)
{
    switch (key) {
    case MU_KEY_UP:
    case 'k':
        return -1;
    case MU_KEY_DOWN:
    case 'j':
        return 1;
    case MU_KEY_PAGE_UP:
        return -page;
    case MU_KEY_PAGE_DOWN:
        return page;
    case MU_KEY_HOME:
        return -lines - 1;
    case MU_KEY_END:
        return lines + 1;
    default:
        return 0;
    }
}

static void draw_page(struct mu_face *face, struct mu_slice lines, const char *hint, int top)
{
    struct mu_slice line;
    mu_term_erase();
    for (int y = 0; y < mu_term_rows() - MU_FOOT_ROWS; y++) {
        if (line_of(lines, top + y, &line)) {
            bool head = line.len > 0 && (top + y == 0 || line.data[0] != ' ');
            mu_term_marked(y, 0, mu_term_columns(), line, head ? MU_STYLE_BOLD : MU_STYLE_PLAIN,
                           false);
        }
    }
    mu_face_foot(face, hint);
    mu_term_show(-1, 0);
}

uint32_t mu_ask_read(struct mu_face *face, struct mu_slice lines, const char *hint, int *top)
{
    int count = count_lines(lines);
    int page = mu_term_rows() - MU_FOOT_ROWS;
    int last = count > page ? count - page : 0;
    *top = *top > last ? last : (*top < 0 ? 0 : *top);
    draw_page(face, lines, hint, *top);
    struct mu_event event = face->wait(face);
    if (event.kind == MU_EVENT_WHEEL) {
        *top += 3 * event.turn;
    }
    if (event.kind != MU_EVENT_KEY) {
        return face->ended ? MU_KEY_ESC : MU_KEY_NONE;
    }
    int by = scrolls(event.key, page - 1, count);
    *top += by;
    return by != 0 ? MU_KEY_NONE : event.key;
}
