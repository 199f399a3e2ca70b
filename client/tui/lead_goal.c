/* A goal of the console, whole: why, its targets, what is missing, and the tasks that lead there.
 */
#include "client/tui/lead.h"
#include "client/view/goals.h"
#include "client/view/task_words.h"
#include "client/view/text.h"

#define PAGE_MAX ((size_t)8 << 20)

static enum mu_status put_line(struct mu_buf *page, const char *name, struct mu_slice text)
{
    if (text.len == 0) {
        return MU_OK;
    }
    MU_TRY(mu_buf_printf(page, "  %-10s ", name));
    MU_TRY(mu_show(page, text, MU_SHOW_ONE_LINE));
    return mu_buf_append_byte(page, '\n');
}

static enum mu_status put_tree(struct mu_buf *page, const struct mu_branch *branches, size_t count,
                               const struct mu_names *names, const struct mu_viewpoint *from)
{
    MU_TRY(mu_buf_append_str(page, count > 0 ? "\ntasks\n" : ""));
    for (size_t i = 0; i < count; i++) {
        for (unsigned depth = 0; depth <= branches[i].depth; depth++) {
            MU_TRY(mu_buf_append_str(page, "  "));
        }
        MU_TRY(mu_buf_printf(page, "%s ", mu_state_name(branches[i].line.state)));
        MU_TRY(mu_words_task_echo(page, &branches[i].line, names, from));
        MU_TRY(mu_buf_append_byte(page, '\n'));
    }
    return MU_OK;
}

static enum mu_status put_goal(struct mu_buf *page, const struct mu_goal *goal,
                               const struct mu_names *names)
{
    MU_TRY(mu_words_goal(page, goal, names));
    MU_TRY(mu_buf_append_str(page, "\n\n"));
    MU_TRY(put_line(page, "why", goal->why));
    MU_TRY(put_line(page, "reason", goal->reason));
    MU_TRY(put_line(page, "its owner", goal->health_note));
    for (size_t i = 0; i < goal->target_count; i++) {
        MU_TRY(mu_buf_append_str(page, i == 0 ? "  targets    " : "             "));
        MU_TRY(mu_words_target(page, &goal->targets[i]));
        MU_TRY(mu_buf_append_byte(page, '\n'));
    }
    if (goal->smart != MU_SMART_ALL) {
        MU_TRY(mu_buf_append_str(page, "\nmissing\n"));
        MU_BUF_AUTO struct mu_buf lines;
        mu_buf_init(&lines, 65536);
        MU_TRY(mu_words_smart(&lines, goal));
        MU_TRY(mu_show_wrap(page, mu_buf_view(&lines), 2, 100));
    }
    return MU_OK;
}

static enum mu_status write_page(struct mu_desk *desk, struct mu_id id, struct mu_buf *page,
                                 struct mu_error *err)
{
    struct mu_calendar calendar;
    struct mu_goal goal;
    struct mu_branch *branches = NULL;
    size_t count = 0;
    bool found = false;
    MU_TRY(mu_calendar_load(desk->db, &desk->from, NULL, &desk->frame, &calendar, err));
    const struct mu_books books = {
        .db = desk->db, .calendar = &calendar, .now_ms = desk->from.now.ms, .arena = &desk->frame};
    MU_TRY(mu_goal_get(&books, id, &goal, &found, err));
    if (!found) {
        return mu_fail(err, MU_E_NOT_FOUND, "that goal is gone");
    }
    MU_TRY(mu_goal_tree(&books, &desk->names, id, &branches, &count, err));
    enum mu_status status = put_goal(page, &goal, &desk->names);
    status = status == MU_OK ? put_tree(page, branches, count, &desk->names, &desk->from) : status;
    return status == MU_OK ? MU_OK : mu_fail(err, status, "this goal is too long to show");
}

void mu_lead_goal(struct mu_lead *lead, struct mu_id id)
{
    struct mu_face *face = &lead->face;
    uint32_t key = MU_KEY_NONE;
    int top = 0;
    while (!face->ended && key == MU_KEY_NONE && mu_face_open(face)) {
        struct mu_error err;
        MU_BUF_AUTO struct mu_buf page;
        mu_buf_init(&page, PAGE_MAX);
        if (write_page(face->desk, id, &page, &err) != MU_OK) {
            mu_face_fail(face, &err);
            return;
        }
        key = mu_ask_read(face, mu_buf_view(&page), "any key goes back", &top);
    }
}
