/* What a console tells of copies: values set aside, and how each device stands. */
#include "client/view/conflicts.h"
#include "client/view/console_inside.h"
#include "client/view/text.h"

static const char SQL_DEVICES[] = "SELECT device.id, person, device.name, enrolled_at"
                                  " FROM device JOIN person ON person.id = device.person"
                                  " WHERE device.state = 1"
                                  " ORDER BY handle, enrolled_at, device.key";

static enum mu_status put_conflict(struct mu_console_draft *draft,
                                   struct mu_console_section *section,
                                   const struct mu_conflict_line *conflict, struct mu_error *err)
{
    const struct mu_console_query *query = draft->query;
    const struct mu_console_row row = {.kind = MU_CONSOLE_CONFLICT,
                                       .id = conflict->id,
                                       .person = conflict->lost_by,
                                       .task = conflict->task};
    struct mu_task_line task;
    bool found = false;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)1 << 18);
    if (!mu_id_is_zero(conflict->task)) {
        MU_TRY(mu_task_line_get(query->db, query->names, conflict->task, draft->arena, &task,
                                &found, err));
    }
    MU_TRY(mu_words_conflict(&text, conflict, found ? &task : NULL, query->names, query->from));
    /* Its reference stands in front of the row already. */
    size_t front = 0;
    while (front < text.len && text.data[front] != ' ') {
        front++;
    }
    front += front < text.len;
    MU_TRY(mu_draft_phrase(draft, MU_MARK_PLAIN, mu_slice_of(text.data + front, text.len - front)));
    return mu_draft_row(draft, section, &row, mu_slice_str(conflict->ref), err);
}

enum mu_status mu_console_conflicts(struct mu_console_draft *draft, struct mu_error *err)
{
    struct mu_conflict_line *lines = NULL;
    size_t count = 0;
    struct mu_console_section *section =
        mu_draft_section(draft, "Conflicts", NULL, draft->query->most);
    if (section == NULL) {
        return MU_E_NOMEM;
    }
    MU_TRY(mu_conflicts(draft->query->db, false, draft->query->most, draft->arena, &lines, &count,
                        err));
    for (size_t i = 0; i < count; i++) {
        MU_TRY(put_conflict(draft, section, &lines[i], err));
    }
    int64_t all = (int64_t)draft->query->status->conflicts;
    section->total = all > section->total ? all : section->total;
    return MU_OK;
}

static enum mu_status put_device(struct mu_console_draft *draft, struct mu_console_section *section,
                                 struct mu_stmt *stmt, struct mu_error *err)
{
    const struct mu_console_query *query = draft->query;
    const struct mu_console_row row = {
        .kind = MU_CONSOLE_DEVICE, .id = mu_stmt_id(stmt, 0), .person = mu_stmt_id(stmt, 1)};
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 65536);
    MU_TRY(mu_show(&text, mu_stmt_text(stmt, 2), MU_SHOW_ONE_LINE));
    MU_TRY(mu_draft_phrase(draft, MU_MARK_PLAIN, mu_buf_view(&text)));
    mu_buf_clear(&text);
    if (mu_id_equal(row.id, query->device)) {
        enum mu_link link = query->status->link;
        bool needs = query->status->refused > 0 || link == MU_LINK_PARKED;
        MU_TRY(mu_words_sync(&text, query->status, query->from));
        MU_TRY(mu_draft_phrase(draft,
                               needs                     ? MU_MARK_BAD
                               : link == MU_LINK_OFFLINE ? MU_MARK_WARN
                                                         : MU_MARK_GOOD,
                               mu_buf_view(&text)));
        MU_TRY(mu_draft_phrase(draft, MU_MARK_QUIET, mu_slice_str("this device")));
    } else if (mu_stmt_int(stmt, 3) > 0) {
        MU_TRY(mu_buf_append_str(&text, "joined "));
        MU_TRY(mu_words_when(&text, mu_stmt_int(stmt, 3), query->from));
        MU_TRY(mu_draft_phrase(draft, MU_MARK_QUIET, mu_buf_view(&text)));
    }
    return mu_draft_row(draft, section, &row, mu_draft_handle(draft, row.person), err);
}

enum mu_status mu_console_devices(struct mu_console_draft *draft, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    enum mu_status status = MU_OK;
    bool row = true;
    struct mu_console_section *section =
        mu_draft_section(draft, "Devices", NULL, draft->query->most);
    if (section == NULL) {
        return MU_E_NOMEM;
    }
    MU_TRY(mu_stmt_prepare(&stmt, draft->query->db, SQL_DEVICES, err));
    while (status == MU_OK && (status = mu_stmt_step(&stmt, &row, err)) == MU_OK && row) {
        bool meant = mu_id_is_zero(draft->query->person) ||
                     mu_id_equal(draft->query->person, mu_stmt_id(&stmt, 1));
        if (meant && section->row_count == draft->query->most) {
            section->total++;
        } else if (meant) {
            status = put_device(draft, section, &stmt, err);
        }
    }
    mu_stmt_finalize(&stmt);
    return status;
}
