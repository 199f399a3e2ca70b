#include "client/view/feedback.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/core/list.h"
#include "client/view/kudos.h"
#include "client/view/text.h"
#include "client/view/value_words.h"

#define COLUMNS                                                                              \
    "SELECT id, from_person, to_person, task, goal, week, visibility, sealed, reply_sealed," \
    " commitment, did_well, improve, next_step, reply, sent_at, read_at, answered_at FROM "  \
    "feedback"
static const char SQL_INBOX[] =
    COLUMNS " WHERE to_person = ?1 ORDER BY sent_at DESC, id DESC LIMIT ?2";
static const char SQL_OUTBOX[] =
    COLUMNS " WHERE from_person = ?1 ORDER BY sent_at DESC, id DESC LIMIT ?2";
static const char SQL_TEAM[] =
    COLUMNS " WHERE visibility = 2 AND ?1 IS NOT NULL ORDER BY sent_at DESC, id DESC LIMIT ?2";
static const char SQL_ONE[] = COLUMNS " WHERE key = ?1";

/* -- reading -------------------------------------------------------------------- */

static bool read_line(struct mu_stmt *stmt, struct mu_arena *arena, struct mu_feedback_line *line)
{
    line->id = mu_stmt_id(stmt, 0);
    mu_id_handle(line->id, line->ref);
    line->from = mu_stmt_id(stmt, 1);
    line->to = mu_stmt_id(stmt, 2);
    if (!mu_stmt_is_null(stmt, 3)) {
        line->about = (struct mu_subject){.entity = MU_TASK, .id = mu_stmt_id(stmt, 3)};
    } else if (!mu_stmt_is_null(stmt, 4)) {
        line->about = (struct mu_subject){.entity = MU_GOAL, .id = mu_stmt_id(stmt, 4)};
    }
    line->week = mu_stmt_int(stmt, 5);
    line->open = mu_stmt_int(stmt, 6) == MU_VISIBLE_TEAM;
    line->sealed = mu_stmt_id(stmt, 7);
    line->reply_sealed = mu_stmt_id(stmt, 8);
    line->commitment = mu_stmt_id(stmt, 9);
    line->sent_ms = mu_stmt_int(stmt, 14);
    line->read_ms = mu_stmt_int(stmt, 15);
    line->answered_ms = mu_stmt_int(stmt, 16);
    return mu_arena_copy(arena, mu_stmt_text(stmt, 10), &line->words.did_well) &&
           mu_arena_copy(arena, mu_stmt_text(stmt, 11), &line->words.improve) &&
           mu_arena_copy(arena, mu_stmt_text(stmt, 12), &line->words.next_step) &&
           mu_arena_copy(arena, mu_stmt_text(stmt, 13), &line->reply);
}

static enum mu_status read_lines(struct mu_stmt *stmt, struct mu_arena *arena,
                                 struct mu_list *lines, struct mu_error *err)
{
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(stmt, &row, err));
        if (!row) {
            return MU_OK;
        }
        struct mu_feedback_line *line = mu_list_add(lines);
        if (line == NULL || !read_line(stmt, arena, line)) {
            return mu_fail(err, MU_E_NOMEM, "read feedback: out of memory");
        }
    }
}

/* Runs stmt, which is bound, and takes it down. */
static enum mu_status take_all(struct mu_db *db, struct mu_stmt *stmt, struct mu_arena *arena,
                               struct mu_list *lines, struct mu_error *err)
{
    mu_list_init(lines, arena, sizeof(struct mu_feedback_line));
    enum mu_status status = read_lines(stmt, arena, lines, err);
    mu_stmt_finalize(stmt);
    MU_TRY(status);
    struct mu_feedback_line *items = lines->items;
    for (size_t i = 0; i < lines->count; i++) {
        MU_TRY(mu_subject_read(db, items[i].about.entity, items[i].about.id, arena, &items[i].about,
                               err));
    }
    return MU_OK;
}

enum mu_status mu_feedback_list(struct mu_db *db, enum mu_feedback_box box, struct mu_id self,
                                size_t most, struct mu_arena *arena,
                                struct mu_feedback_line **out_lines, size_t *out_count,
                                struct mu_error *err)
{
    struct mu_list lines;
    struct mu_stmt stmt = {0};
    const char *sql = box == MU_FEEDBACK_INBOX    ? SQL_INBOX
                      : box == MU_FEEDBACK_OUTBOX ? SQL_OUTBOX
                                                  : SQL_TEAM;
    MU_TRY(mu_stmt_prepare(&stmt, db, sql, err));
    mu_stmt_bind_id(&stmt, 1, self);
    mu_stmt_bind_int(&stmt, 2, most > INT32_MAX ? INT32_MAX : (int64_t)most);
    MU_TRY(take_all(db, &stmt, arena, &lines, err));
    *out_lines = lines.items;
    *out_count = lines.count;
    return MU_OK;
}

enum mu_status mu_feedback_get(struct mu_db *db, struct mu_id id, struct mu_arena *arena,
                               struct mu_feedback_line *out, bool *out_found, struct mu_error *err)
{
    struct mu_list lines;
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_ONE, err));
    mu_stmt_bind_int(&stmt, 1, mu_id_key(id));
    MU_TRY(take_all(db, &stmt, arena, &lines, err));
    *out_found = lines.count == 1;
    if (*out_found) {
        *out = *(struct mu_feedback_line *)lines.items;
    }
    return MU_OK;
}

const char *mu_feedback_state(const struct mu_feedback_line *line)
{
    return line->answered_ms != 0 ? "answered" : line->read_ms != 0 ? "read" : "new";
}

/* -- the sealed text -------------------------------------------------------------- */

/* "feedback 1 LEN LEN LEN\n", then the three texts. */
#define HEAD_FORMAT "feedback 1 %zu %zu %zu\n"
#define HEAD_MAX    96

enum mu_status mu_feedback_words_write(const struct mu_feedback_words *words, struct mu_buf *out,
                                       struct mu_error *err)
{
    enum mu_status status = mu_buf_printf(out, HEAD_FORMAT, words->did_well.len, words->improve.len,
                                          words->next_step.len);
    const struct mu_slice texts[] = {words->did_well, words->improve, words->next_step};
    for (size_t i = 0; i < 3 && status == MU_OK; i++) {
        status = mu_buf_append(out, texts[i].data, texts[i].len);
    }
    return status == MU_OK ? MU_OK : mu_fail(err, status, "the feedback is too long to be sealed");
}

static bool take_word(struct mu_slice *rest, const char *word)
{
    size_t len = strlen(word);
    if (rest->len < len || memcmp(rest->data, word, len) != 0) {
        return false;
    }
    *rest = mu_slice_of(rest->data + len, rest->len - len);
    return true;
}

static bool take_length(struct mu_slice *rest, size_t *out_len)
{
    size_t len = 0;
    size_t used = 0;
    while (used < rest->len && used < 6 && rest->data[used] >= '0' && rest->data[used] <= '9') {
        len = len * 10 + (size_t)(rest->data[used] - '0');
        used++;
    }
    *rest = mu_slice_of(rest->data + used, rest->len - used);
    *out_len = len;
    return used > 0;
}

static bool take_text(struct mu_slice *rest, size_t len, struct mu_slice *out)
{
    if (len > rest->len) {
        return false;
    }
    *out = mu_slice_of(rest->data, len);
    *rest = mu_slice_of(rest->data + len, rest->len - len);
    return true;
}

enum mu_status mu_feedback_words_read(struct mu_slice text, struct mu_feedback_words *out,
                                      struct mu_error *err)
{
    struct mu_feedback_words words = {0};
    struct mu_slice rest = text;
    size_t lens[3] = {0};
    bool good = take_word(&rest, "feedback 1 ") && take_length(&rest, &lens[0]) &&
                take_word(&rest, " ") && take_length(&rest, &lens[1]) && take_word(&rest, " ") &&
                take_length(&rest, &lens[2]) && take_word(&rest, "\n") &&
                take_text(&rest, lens[0], &words.did_well) &&
                take_text(&rest, lens[1], &words.improve) &&
                take_text(&rest, lens[2], &words.next_step) && rest.len == 0;
    if (!good) {
        return mu_fail(err, MU_E_INVALID, "the sealed text is no feedback that this version knows");
    }
    *out = words;
    return MU_OK;
}

/* -- words --------------------------------------------------------------------------- */

static enum mu_status put_day(struct mu_buf *out, int64_t day)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct mu_date date = mu_date_from_days(day);
    return mu_buf_printf(out, "%d %s %d", (int)date.day, months[date.month - 1], (int)date.year);
}

enum mu_status mu_words_feedback_about(struct mu_buf *out, const struct mu_feedback_line *line)
{
    if (line->about.entity != 0) {
        return mu_words_subject(out, &line->about);
    }
    MU_TRY(mu_buf_append_str(out, "the week of "));
    return put_day(out, line->week);
}

enum mu_status mu_words_feedback(struct mu_buf *out, const struct mu_feedback_line *line,
                                 const struct mu_names *names, const struct mu_viewpoint *from)
{
    MU_TRY(mu_buf_printf(out, "%s  ", line->ref));
    MU_TRY(mu_words_person(out, names, line->from));
    MU_TRY(mu_buf_append_str(out, " to "));
    MU_TRY(mu_words_person(out, names, line->to));
    MU_TRY(mu_buf_append_str(out, " about "));
    MU_TRY(mu_words_feedback_about(out, line));
    MU_TRY(mu_buf_printf(out, " \xc2\xb7 %s \xc2\xb7 %s \xc2\xb7 ", line->open ? "open" : "sealed",
                         mu_feedback_state(line)));
    return mu_words_when(out, line->sent_ms, from);
}

enum mu_status mu_feedback_tabs(struct mu_buf *out, const struct mu_feedback_line *line,
                                const struct mu_names *names)
{
    MU_TRY(mu_buf_printf(out, "%s\t", line->ref));
    MU_TRY(mu_words_utc(out, line->sent_ms));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    MU_TRY(mu_person_tab(out, line->from, names));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    MU_TRY(mu_person_tab(out, line->to, names));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    if (line->about.entity != 0) {
        MU_TRY(mu_buf_append_str(out, line->about.ref));
    } else {
        struct mu_date monday = mu_date_from_days(line->week);
        MU_TRY(mu_buf_printf(out, "%04d-%02d-%02d", (int)monday.year, (int)monday.month,
                             (int)monday.day));
    }
    return mu_buf_printf(out, "\t%s\t%s\n", line->open ? "team" : "sealed",
                         mu_feedback_state(line));
}

static void put_text(struct mu_json *json, const char *name, const struct mu_slice *text)
{
    if (text != NULL && text->len > 0) {
        mu_json_text(json, name, *text);
    } else {
        mu_json_null(json, name);
    }
}

void mu_feedback_json(struct mu_json *json, const char *name, const struct mu_feedback_line *line,
                      const struct mu_feedback_words *words, const struct mu_slice *reply,
                      const struct mu_names *names)
{
    char week[32] = "";
    if (line->about.entity == 0) {
        struct mu_date monday = mu_date_from_days(line->week);
        (void)snprintf(week, sizeof week, "%04d-%02d-%02d", (int)monday.year, (int)monday.month,
                       (int)monday.day);
    }
    mu_json_object(json, name);
    mu_json_str(json, "ref", line->ref);
    mu_json_id(json, "id", line->id);
    mu_person_json(json, "from", line->from, names);
    mu_person_json(json, "to", line->to, names);
    mu_subject_json(json, "about", &line->about);
    struct mu_slice monday = mu_slice_str(week);
    put_text(json, "week", &monday);
    mu_json_str(json, "visibility", line->open ? "team" : "sealed");
    mu_json_str(json, "state", mu_feedback_state(line));
    put_text(json, "did_well", words != NULL ? &words->did_well : NULL);
    put_text(json, "improve", words != NULL ? &words->improve : NULL);
    put_text(json, "next_step", words != NULL ? &words->next_step : NULL);
    put_text(json, "reply", reply);
    mu_json_id(json, "commitment", line->commitment);
    mu_json_instant(json, "sent", line->sent_ms);
    mu_json_instant(json, "read", line->read_ms);
    mu_json_instant(json, "answered", line->answered_ms);
    mu_json_close(json);
}
