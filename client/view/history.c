#include "client/view/history.h"

#include <assert.h>
#include <inttypes.h>

#include "client/core/list.h"
#include "client/view/sentence.h"
#include "client/view/text.h"
#include "common/wire/mutation.h"

#define SENTENCE_MAX 8192
#define HANDLE_WIDTH 10
#define WHEN_WIDTH   12

static const char SQL_TASK[] = "SELECT no, title FROM task WHERE key = ?1";
/* The task and the name of a part, by kind. */
static const char SQL_PART[] =
    "SELECT task, name FROM item WHERE key = ?1 AND ?2 = 12"
    " UNION ALL SELECT task, name FROM checklist WHERE key = ?1 AND ?2 = 11"
    " UNION ALL SELECT task, name FROM attachment WHERE key = ?1 AND ?2 = 14"
    " UNION ALL SELECT task, '' FROM task_label WHERE key = ?1 AND ?2 = 9"
    " UNION ALL SELECT task, '' FROM task_helper WHERE key = ?1 AND ?2 = 10"
    " UNION ALL SELECT task, '' FROM comment WHERE key = ?1 AND ?2 = 13"
    " UNION ALL SELECT task, '' FROM custom_value WHERE key = ?1 AND ?2 = 16"
    " UNION ALL SELECT task, '' FROM activity WHERE key = ?1 AND ?2 = 17"
    " UNION ALL SELECT NULL, title FROM goal WHERE key = ?1 AND ?2 = 30"
    " UNION ALL SELECT NULL, name FROM target WHERE key = ?1 AND ?2 = 31"
    " UNION ALL SELECT task, text FROM commitment WHERE key = ?1 AND ?2 = 34"
    " UNION ALL SELECT task, reason FROM blocker WHERE key = ?1 AND ?2 = 35"
    " UNION ALL SELECT NULL, name FROM schedule WHERE key = ?1 AND ?2 = 23";
static const char SQL_IMPORTED[] = "SELECT at, person, text FROM activity WHERE task = ?1"
                                   " ORDER BY at, id LIMIT ?2";

static_assert(MU_TASK_LABEL == 9 && MU_TASK_HELPER == 10 && MU_CHECKLIST == 11 && MU_ITEM == 12 &&
                  MU_COMMENT == 13 && MU_ATTACHMENT == 14 && MU_CUSTOM_VALUE == 16 &&
                  MU_ACTIVITY == 17 && MU_GOAL == 30 && MU_TARGET == 31 && MU_COMMITMENT == 34 &&
                  MU_BLOCKER == 35 && MU_SCHEDULE == 23,
              "SQL_PART names entities by number");

enum mu_status mu_history_open(struct mu_history *history, struct mu_db *db,
                               const struct mu_names *names, const struct mu_viewpoint *from,
                               struct mu_arena *arena, struct mu_error *err)
{
    *history = (struct mu_history){.db = db, .names = names, .from = from, .arena = arena};
    MU_TRY(mu_stmt_prepare(&history->task, db, SQL_TASK, err));
    enum mu_status status = mu_stmt_prepare(&history->part, db, SQL_PART, err);
    if (status != MU_OK) {
        mu_history_close(history);
    }
    return status;
}

void mu_history_close(struct mu_history *history)
{
    mu_stmt_finalize(&history->task);
    mu_stmt_finalize(&history->part);
}

static enum mu_status no_memory(struct mu_error *err)
{
    return mu_fail(err, MU_E_NOMEM, "read history: out of memory");
}

/* -- sentences --------------------------------------------------------------- */

static enum mu_status tell(struct mu_history *history, const struct mu_intent *intent,
                           struct mu_slice *out_sentence, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, SENTENCE_MAX);
    enum mu_status status = mu_sentence(history, intent, &text, err);
    /* A sentence too long for its buffer is told as far as it goes. */
    if (status != MU_OK && status != MU_E_LIMIT) {
        return status;
    }
    return mu_arena_copy(history->arena, mu_buf_view(&text), out_sentence) ? MU_OK : no_memory(err);
}

/* bytes: a mutation as signed.  An unreadable one is told as such. */
static enum mu_status tell_bytes(struct mu_history *history, struct mu_slice bytes,
                                 struct mu_slice *out_sentence, struct mu_error *err)
{
    struct mu_mutation mutation;
    struct mu_error why;
    if (mu_mutation_decode(bytes, history->arena, &mutation, &why) != MU_OK) {
        *out_sentence = mu_slice_str("did something that this version cannot read");
        return MU_OK;
    }
    return tell(history, &mutation.intent, out_sentence, err);
}

static enum mu_status keep_reason(struct mu_history *history, struct mu_slice reason,
                                  struct mu_slice *out_reason, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)16 * MU_REASON_MAX);
    return mu_show(&text, reason, MU_SHOW_ONE_LINE) == MU_OK &&
                   mu_arena_copy(history->arena, mu_buf_view(&text), out_reason)
               ? MU_OK
               : no_memory(err);
}

enum mu_status mu_history_change(struct mu_history *history, const struct mu_change *change,
                                 struct mu_history_entry *out, struct mu_error *err)
{
    struct mu_history_entry entry = {.seq = change->seq,
                                     .at_ms = change->at_ms,
                                     .received_ms = change->received_ms,
                                     .person = change->person,
                                     .intent = change->intent,
                                     .refused = change->verdict == MU_REJECTED,
                                     .aside = change->verdict == MU_APPLIED_CONFLICT};
    MU_TRY(tell_bytes(history, change->mutation, &entry.sentence, err));
    MU_TRY(keep_reason(history, change->reason, &entry.reason, err));
    *out = entry;
    return MU_OK;
}

enum mu_status mu_history_waiting(struct mu_history *history, const struct mu_outbox_entry *entry,
                                  struct mu_id person, struct mu_history_entry *out,
                                  struct mu_error *err)
{
    struct mu_history_entry told = {.at_ms = entry->authored_ms,
                                    .person = person,
                                    .intent = entry->intent,
                                    .waiting = entry->state != MU_REFUSED,
                                    .refused = entry->state == MU_REFUSED};
    MU_TRY(tell_bytes(history, entry->bytes, &told.sentence, err));
    MU_TRY(keep_reason(history, entry->reason, &told.reason, err));
    *out = told;
    return MU_OK;
}

enum mu_status mu_history_touches(struct mu_history *history, const struct mu_intent *intent,
                                  struct mu_id task, bool *out_touches, struct mu_error *err)
{
    bool touches = false;
    for (size_t i = 0; i < intent->op_count && !touches; i++) {
        struct mu_id of;
        MU_TRY(mu_task_of_op(history, &intent->ops[i], &of, err));
        touches = mu_id_equal(of, task);
    }
    *out_touches = touches;
    return MU_OK;
}

/* -- from elsewhere ---------------------------------------------------------- */

static enum mu_status read_imported(struct mu_history *history, struct mu_stmt *stmt,
                                    struct mu_list *entries, struct mu_error *err)
{
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(stmt, &row, err));
        if (!row) {
            return MU_OK;
        }
        struct mu_history_entry *entry = mu_list_add(entries);
        MU_BUF_AUTO struct mu_buf text;
        mu_buf_init(&text, (size_t)4 * MU_TEXT_MAX);
        if (entry == NULL || mu_show(&text, mu_stmt_text(stmt, 2), MU_SHOW_ONE_LINE) != MU_OK ||
            !mu_arena_copy(history->arena, mu_buf_view(&text), &entry->sentence)) {
            return no_memory(err);
        }
        entry->at_ms = mu_stmt_int(stmt, 0);
        entry->person = mu_stmt_id(stmt, 1);
    }
}

enum mu_status mu_history_imported(struct mu_history *history, struct mu_id task, size_t most,
                                   struct mu_history_entry **out_entries, size_t *out_count,
                                   struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    struct mu_list entries;
    mu_list_init(&entries, history->arena, sizeof **out_entries);
    MU_TRY(mu_stmt_prepare(&stmt, history->db, SQL_IMPORTED, err));
    mu_stmt_bind_id(&stmt, 1, task);
    mu_stmt_bind_int(&stmt, 2, most > INT32_MAX ? INT32_MAX : (int64_t)most);
    enum mu_status status = read_imported(history, &stmt, &entries, err);
    mu_stmt_finalize(&stmt);
    if (status == MU_OK) {
        *out_entries = entries.items;
        *out_count = entries.count;
    }
    return status;
}

/* -- lines ------------------------------------------------------------------- */

static const char *state_of(const struct mu_history_entry *entry)
{
    if (entry->waiting) {
        return "waiting";
    }
    if (entry->refused) {
        return "refused";
    }
    return entry->aside ? "conflict" : "";
}

static enum mu_status put_who(struct mu_buf *out, const struct mu_history_entry *entry,
                              const struct mu_names *names)
{
    bool server = mu_id_is_zero(entry->person) && entry->seq > 0;
    if (server) {
        return mu_buf_append_str(out, "(server)");
    }
    return mu_id_is_zero(entry->person) ? mu_buf_append_str(out, "@?")
                                        : mu_words_person(out, names, entry->person);
}

static enum mu_status put_padded(struct mu_buf *out, const struct mu_buf *text, size_t width)
{
    size_t used = mu_show_width(mu_buf_view(text));
    MU_TRY(mu_buf_append(out, text->data, text->len));
    for (; used < width; used++) {
        MU_TRY(mu_buf_append_byte(out, ' '));
    }
    return mu_buf_append_str(out, "  ");
}

enum mu_status mu_words_entry(struct mu_buf *out, const struct mu_history_entry *entry,
                              const struct mu_names *names, const struct mu_viewpoint *from)
{
    MU_BUF_AUTO struct mu_buf part;
    mu_buf_init(&part, 1024);
    MU_TRY(mu_words_when(&part, entry->at_ms, from));
    MU_TRY(put_padded(out, &part, WHEN_WIDTH));
    mu_buf_clear(&part);
    MU_TRY(put_who(&part, entry, names));
    MU_TRY(put_padded(out, &part, HANDLE_WIDTH));
    MU_TRY(mu_buf_append(out, entry->sentence.data, entry->sentence.len));
    if (entry->refused) {
        MU_TRY(mu_buf_append_str(out, " (refused"));
        MU_TRY(mu_buf_append_str(out, entry->reason.len > 0 ? ": " : ""));
        MU_TRY(mu_buf_append(out, entry->reason.data, entry->reason.len));
        MU_TRY(mu_buf_append_byte(out, ')'));
    } else if (entry->waiting) {
        MU_TRY(mu_buf_append_str(out, " (waiting)"));
    } else if (entry->aside) {
        MU_TRY(mu_buf_append_str(out, " (a value was set aside: muster conflicts)"));
    }
    return mu_buf_append_byte(out, '\n');
}

static const char *intent_name(uint32_t number)
{
    const struct mu_intent_rule *rule = mu_intent_find(number);
    return rule != NULL ? rule->name : (number == 0 ? "" : "?");
}

enum mu_status mu_entry_tabs(struct mu_buf *out, const struct mu_history_entry *entry,
                             const struct mu_names *names)
{
    const struct mu_person_name *person = mu_names_person(names, entry->person);
    if (entry->seq > 0) {
        MU_TRY(mu_buf_printf(out, "%" PRIu64, entry->seq));
    }
    MU_BUF_AUTO struct mu_buf instant;
    mu_buf_init(&instant, 64);
    struct mu_json json;
    mu_json_start(&json, &instant);
    mu_json_instant(&json, NULL, entry->at_ms);
    MU_TRY(mu_json_end(&json));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    if (instant.len > 2 && instant.data[0] == '"') { /* without its quotes */
        MU_TRY(mu_buf_append(out, instant.data + 1, instant.len - 2));
    }
    MU_TRY(mu_buf_append_byte(out, '\t'));
    if (person != NULL) {
        MU_TRY(mu_show(out, person->handle, MU_SHOW_ONE_LINE));
    }
    MU_TRY(mu_buf_printf(out, "\t%s\t%s\t", intent_name(entry->intent), state_of(entry)));
    MU_TRY(mu_buf_append(out, entry->sentence.data, entry->sentence.len));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    MU_TRY(mu_buf_append(out, entry->reason.data, entry->reason.len));
    return mu_buf_append_byte(out, '\n');
}

void mu_entry_json(struct mu_json *json, const char *name, const struct mu_history_entry *entry,
                   const struct mu_names *names)
{
    const struct mu_person_name *person = mu_names_person(names, entry->person);
    mu_json_object(json, name);
    if (entry->seq > 0) {
        mu_json_int(json, "seq", (int64_t)entry->seq);
    } else {
        mu_json_null(json, "seq");
    }
    mu_json_instant(json, "at", entry->at_ms);
    mu_json_instant(json, "received", entry->received_ms);
    if (person != NULL) {
        mu_json_text(json, "person", person->handle);
    } else {
        mu_json_null(json, "person");
    }
    mu_json_str(json, "intent", intent_name(entry->intent));
    mu_json_bool(json, "waiting", entry->waiting);
    mu_json_bool(json, "refused", entry->refused);
    mu_json_bool(json, "conflict", entry->aside);
    mu_json_text(json, "text", entry->sentence);
    if (entry->reason.len > 0) {
        mu_json_text(json, "reason", entry->reason);
    }
    mu_json_close(json);
}
