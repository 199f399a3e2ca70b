/* One card, whole: facts, description, checklists, comments, conflicts, and what happened. */
#include <string.h>

#include "client/markdown/markdown.h"
#include "client/tui/face.h"
#include "client/view/detail.h"
#include "client/view/text.h"

#define PAGE_MAX     ((size_t)8 << 20)
#define HISTORY_MOST 30

static enum mu_status write_page(struct mu_face *face, struct mu_id task, struct mu_buf *page,
                                 struct mu_error *err)
{
    struct mu_desk *desk = face->desk;
    struct mu_task_detail detail;
    int width = mu_term_columns() > 100 ? 100 : mu_term_columns();
    width = width < 20 ? 20 : width;
    MU_TRY(mu_task_detail_read(desk->db, &desk->names, task, &desk->frame, &detail, err));
    enum mu_status status =
        mu_words_detail_set(page, &detail, &desk->names, &desk->from, (size_t)width, mu_markdown);
    status = status == MU_OK ? mu_buf_append_str(page, "\nhistory\n") : status;
    if (status != MU_OK) {
        return mu_fail(err, status, "this task is too long to show");
    }
    size_t start = page->len;
    MU_BUF_AUTO struct mu_buf history;
    mu_buf_init(&history, PAGE_MAX);
    MU_TRY(mu_desk_history(desk, task, HISTORY_MOST, &history, err));
    struct mu_slice rest = mu_buf_view(&history);
    while (rest.len > 0) {
        const uint8_t *end = memchr(rest.data, '\n', rest.len);
        size_t len = end != NULL ? (size_t)(end - rest.data) + 1 : rest.len;
        status = mu_show_wrap(page, mu_slice_of(rest.data, len), 2, (size_t)width);
        if (status != MU_OK) {
            return mu_fail(err, status, "this task's history is too long to show");
        }
        rest = mu_slice_of(rest.data + len, rest.len - len);
    }
    return page->len > start ? MU_OK : mu_buf_append_str(page, "  nothing that is kept here\n");
}

/* Keys that mean the same as on the board, and two of its own. */
static void act(struct mu_face *face, uint32_t key)
{
    static const char *const leading[] = {"edit",    "text",    "assign",  "take",    "due",
                                          "label",   "done",    "move",    "check",   "undo",
                                          "comment", "keys",    "restore", "accept",  "archive",
                                          "answer",  "palette", "block",   "promise", "kudos"};
    const struct mu_bindings *bindings = &face->bindings;
    size_t row = mu_bindings_find(bindings, key);
    for (size_t i = 0; row < bindings->row_count && i < sizeof leading / sizeof *leading; i++) {
        if (strcmp(bindings->rows[row].name, leading[i]) == 0) {
            face->act(face, row);
            return;
        }
    }
}

void mu_detail_run(struct mu_face *face)
{
    struct mu_id task = face->focus;
    int top = 0;
    while (!face->ended && !mu_id_is_zero(task) && mu_face_open(face)) {
        struct mu_error err;
        MU_BUF_AUTO struct mu_buf page;
        mu_buf_init(&page, PAGE_MAX);
        if (write_page(face, task, &page, &err) != MU_OK) {
            mu_face_fail(face, &err);
            return;
        }
        uint32_t key = mu_ask_read(face, mu_buf_view(&page),
                                   "c comment  t tick  e edit  R restore  q back", &top);
        size_t row = mu_bindings_find(&face->bindings, key);
        bool quits =
            row < face->bindings.row_count && strcmp(face->bindings.rows[row].name, "quit") == 0;
        if (key == MU_KEY_ESC || key == MU_KEY_LEFT || quits) {
            return;
        }
        /* Deeds are done to what has the focus; somebody may have moved it out of sight. */
        if (key != MU_KEY_NONE && mu_id_equal(face->focus, task)) {
            act(face, key);
            if (mu_id_is_zero(face->focus) || !mu_id_equal(face->focus, task)) {
                return;
            }
        }
    }
}
