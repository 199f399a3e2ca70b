/* Tasks of a console: late ones, those nobody answered for, and a person's own. */
#include "client/view/cards.h"
#include "client/view/console_inside.h"
#include "client/view/task_words.h"
#include "client/view/text.h"

#define PARTS "id, no, title, state, owner, due, column_id"
#define OPEN  " AND archived IS NOT 1 AND deleted IS NOT 1"

static const char SQL_DUE[] =
    "SELECT " PARTS " FROM task WHERE due IS NOT NULL AND state < 6" OPEN " ORDER BY due, key";
static const char SQL_NOBODY[] =
    "SELECT " PARTS " FROM task WHERE owner IS NULL AND state < 6" OPEN " ORDER BY no, key";
static const char SQL_OF[] = "SELECT " PARTS " FROM task WHERE owner = ?1 AND state < 6" OPEN
                             " ORDER BY due IS NULL, due, key";
static const char SQL_DONE[] = "SELECT " PARTS " FROM task WHERE owner = ?1 AND state = 6" OPEN
                               " AND done_at > ?2 ORDER BY done_at DESC, key";

static void read_task(struct mu_stmt *stmt, struct mu_task_line *out)
{
    *out = (struct mu_task_line){.id = mu_stmt_id(stmt, 0),
                                 .no = mu_stmt_int(stmt, 1),
                                 .title = mu_stmt_text(stmt, 2),
                                 .state = (int)mu_stmt_int(stmt, 3),
                                 .owner = mu_stmt_id(stmt, 4),
                                 .due = mu_stmt_text(stmt, 5)};
    mu_task_ref(out->id, out->no, out->ref);
}

static enum mu_text_mark mark_of(enum mu_due_mark mark)
{
    return mark == MU_DUE_LATE                           ? MU_MARK_BAD
           : mark == MU_DUE_TODAY || mark == MU_DUE_SOON ? MU_MARK_WARN
                                                         : MU_MARK_PLAIN;
}

static enum mu_status put_task(struct mu_console_draft *draft, struct mu_console_section *section,
                               const struct mu_task_line *line, struct mu_error *err)
{
    const struct mu_console_row row = {
        .kind = MU_CONSOLE_TASK, .id = line->id, .person = line->owner, .task = line->id};
    enum mu_due_mark mark = MU_DUE_UNMARKED;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)1 << 18);
    if (section->row_count == draft->query->most) {
        section->total++;
        return MU_OK;
    }
    MU_TRY(mu_words_card_due(&text, line, draft->query->from, &mark));
    if (text.len > 0) {
        MU_TRY(mu_draft_phrase(draft, mark_of(mark), mu_buf_view(&text)));
    }
    if (mu_id_is_zero(draft->query->person) && !mu_id_is_zero(line->owner)) {
        MU_TRY(mu_draft_phrase(draft, MU_MARK_PLAIN, mu_draft_handle(draft, line->owner)));
    }
    if (line->state != MU_STATE_OPEN) {
        MU_TRY(mu_draft_phrase(
            draft, line->state == MU_STATE_ASSIGNED ? MU_MARK_WARN : MU_MARK_QUIET,
            mu_slice_str(line->state == MU_STATE_ASSIGNED ? "unanswered"
                                                          : mu_state_name(line->state))));
    }
    mu_buf_clear(&text);
    MU_TRY(mu_show(&text, line->title, MU_SHOW_ONE_LINE));
    MU_TRY(mu_draft_phrase(draft, MU_MARK_PLAIN, mu_buf_view(&text)));
    return mu_draft_row(draft, section, &row, mu_slice_str(line->ref), err);
}

/* Every row of a statement that is bound; late: only those whose due has run out. */
static enum mu_status put_all(struct mu_console_draft *draft, struct mu_console_section *section,
                              struct mu_stmt *stmt, bool late, struct mu_error *err)
{
    enum mu_status status = MU_OK;
    bool row = true;
    while (status == MU_OK && (status = mu_stmt_step(stmt, &row, err)) == MU_OK && row) {
        struct mu_task_line line;
        read_task(stmt, &line);
        bool meant = !late || mu_task_is_late(&line, draft->query->from);
        if (meant && mu_draft_in_use(draft, mu_stmt_id(stmt, 6))) {
            status = put_task(draft, section, &line, err);
        }
    }
    mu_stmt_finalize(stmt);
    return status;
}

static enum mu_status put_section(struct mu_console_draft *draft, const char *title,
                                  const char *none, const char *sql, struct mu_error *err)
{
    const int64_t week_ms = INT64_C(7) * 24 * 60 * 60 * 1000;
    struct mu_stmt stmt = {0};
    struct mu_console_section *section = mu_draft_section(draft, title, none, draft->query->most);
    if (section == NULL) {
        return MU_E_NOMEM;
    }
    MU_TRY(mu_stmt_prepare(&stmt, draft->query->db, sql, err));
    if (sql == SQL_OF || sql == SQL_DONE) {
        mu_stmt_bind_id(&stmt, 1, draft->query->person);
    }
    if (sql == SQL_DONE) {
        mu_stmt_bind_int(&stmt, 2, draft->query->from->now.ms - week_ms);
    }
    return put_all(draft, section, &stmt, sql == SQL_DUE, err);
}

enum mu_status mu_console_tasks(struct mu_console_draft *draft, struct mu_error *err)
{
    if (mu_id_is_zero(draft->query->person)) {
        MU_TRY(put_section(draft, "Late", "nothing is late", SQL_DUE, err));
        return put_section(draft, "Nobody's", NULL, SQL_NOBODY, err);
    }
    MU_TRY(put_section(draft, "Open", "nothing open", SQL_OF, err));
    return put_section(draft, "Done in 7 days", NULL, SQL_DONE, err);
}
