#include "client/cli/log.h"

#include <stdlib.h>

#include "client/core/list.h"
#include "common/wire/mutation.h"

/* Changes with their effects pass through an arena of their own, one at a time. */
#define CHANGE_ARENA_MAX ((size_t)64 << 20)

struct gatherer {
    struct mu_session *session;
    struct mu_history history;
    struct mu_arena scratch;
    struct mu_list entries;
    struct mu_error *err;
};

static enum mu_status no_memory(struct mu_error *err)
{
    return mu_fail(err, MU_E_NOMEM, "read the log: out of memory");
}

static enum mu_status begin(struct gatherer *gatherer, struct mu_session *session,
                            struct mu_error *err)
{
    gatherer->session = session;
    gatherer->err = err;
    mu_arena_init(&gatherer->scratch, CHANGE_ARENA_MAX);
    mu_list_init(&gatherer->entries, &session->cli->arena, sizeof(struct mu_history_entry));
    return mu_history_open(&gatherer->history, session->db, &session->names, &session->from,
                           &session->cli->arena, err);
}

static void end(struct gatherer *gatherer)
{
    mu_history_close(&gatherer->history);
    mu_arena_deinit(&gatherer->scratch);
}

/* *out_kept false when this replica does not hold the change. */
static enum mu_status add_change(struct gatherer *gatherer, uint64_t seq, bool *out_kept)
{
    struct mu_change change;
    mu_arena_clear(&gatherer->scratch);
    MU_TRY(mu_client_change(gatherer->session->client, seq, &gatherer->scratch, &change, out_kept,
                            gatherer->err));
    if (!*out_kept || change.verdict == MU_REPEATED) { /* what it repeats is told where it stands */
        return MU_OK;
    }
    struct mu_history_entry *entry = mu_list_add(&gatherer->entries);
    return entry != NULL ? mu_history_change(&gatherer->history, &change, entry, gatherer->err)
                         : no_memory(gatherer->err);
}

/* Whether the entry of the outbox is about the task; an unreadable one is about none. */
static enum mu_status is_about(struct gatherer *gatherer, const struct mu_outbox_entry *entry,
                               struct mu_id task, bool *out_about)
{
    struct mu_mutation mutation;
    struct mu_error ignored;
    mu_arena_clear(&gatherer->scratch);
    *out_about = mu_id_is_zero(task);
    if (*out_about ||
        mu_mutation_decode(entry->bytes, &gatherer->scratch, &mutation, &ignored) != MU_OK) {
        return MU_OK;
    }
    return mu_history_touches(&gatherer->history, &mutation.intent, task, out_about, gatherer->err);
}

/* task zero: every one. */
static enum mu_status add_waiting(struct gatherer *gatherer, struct mu_id task)
{
    struct mu_outbox_entry *waiting = NULL;
    size_t count = 0;
    struct mu_session *session = gatherer->session;
    MU_TRY(
        mu_client_outbox(session->client, &session->cli->arena, &waiting, &count, gatherer->err));
    for (size_t i = 0; i < count; i++) {
        bool about = false;
        MU_TRY(is_about(gatherer, &waiting[i], task, &about));
        if (!about) {
            continue;
        }
        struct mu_history_entry *entry = mu_list_add(&gatherer->entries);
        if (entry == NULL) {
            return no_memory(gatherer->err);
        }
        MU_TRY(mu_history_waiting(&gatherer->history, &waiting[i], session->self, entry,
                                  gatherer->err));
    }
    return MU_OK;
}

/* -- of a task --------------------------------------------------------------- */

static int by_seq(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return left < right ? -1 : (left > right ? 1 : 0);
}

/* The changes that touched the row, and those that touched its parts. */
static enum mu_status touching(struct gatherer *gatherer, struct mu_id task, size_t most,
                               uint64_t **out_seqs, size_t *out_count)
{
    static const char SQL_PARTS[] = "SELECT id FROM comment WHERE task = ?1"
                                    " UNION ALL SELECT id FROM item WHERE task = ?1"
                                    " UNION ALL SELECT id FROM checklist WHERE task = ?1"
                                    " UNION ALL SELECT id FROM task_label WHERE task = ?1"
                                    " UNION ALL SELECT id FROM task_helper WHERE task = ?1"
                                    " UNION ALL SELECT id FROM attachment WHERE task = ?1"
                                    " UNION ALL SELECT id FROM commitment WHERE task = ?1"
                                    " UNION ALL SELECT id FROM blocker WHERE task = ?1"
                                    " UNION ALL SELECT ?1";
    struct mu_session *session = gatherer->session;
    struct mu_replica *replica = mu_client_replica(session->client);
    struct mu_list all;
    struct mu_stmt stmt = {0};
    bool row = true;
    mu_list_init(&all, &session->cli->arena, sizeof(uint64_t));
    MU_TRY(mu_stmt_prepare(&stmt, session->db, SQL_PARTS, gatherer->err));
    mu_stmt_bind_id(&stmt, 1, task);
    enum mu_status status = MU_OK;
    while (status == MU_OK) {
        uint64_t *seqs = NULL;
        size_t count = 0;
        status = mu_stmt_step(&stmt, &row, gatherer->err);
        if (status != MU_OK || !row) {
            break;
        }
        status = mu_replica_touched(replica, &session->cli->arena, mu_stmt_id(&stmt, 0), 0, most,
                                    &seqs, &count, gatherer->err);
        for (size_t i = 0; status == MU_OK && i < count; i++) {
            uint64_t *one = mu_list_add(&all);
            status = one != NULL ? MU_OK : no_memory(gatherer->err);
            if (one != NULL) {
                *one = seqs[i];
            }
        }
    }
    mu_stmt_finalize(&stmt);
    *out_seqs = all.items;
    *out_count = all.count;
    return status;
}

static enum mu_status gather_task(struct gatherer *gatherer, struct mu_id task, size_t most,
                                  bool *out_more)
{
    uint64_t *seqs = NULL;
    size_t count = 0;
    struct mu_history_entry *imported = NULL;
    size_t imported_count = 0;
    MU_TRY(mu_history_imported(&gatherer->history, task, most, &imported, &imported_count,
                               gatherer->err));
    for (size_t i = 0; i < imported_count; i++) {
        struct mu_history_entry *entry = mu_list_add(&gatherer->entries);
        if (entry == NULL) {
            return no_memory(gatherer->err);
        }
        *entry = imported[i];
    }
    MU_TRY(touching(gatherer, task, most, &seqs, &count));
    if (count > 1) {
        qsort(seqs, count, sizeof *seqs, by_seq);
    }
    size_t skip = count > most ? count - most : 0;
    for (size_t i = skip; i < count; i++) {
        bool kept = i > skip && seqs[i] == seqs[i - 1];
        if (!kept) {
            MU_TRY(add_change(gatherer, seqs[i], &kept));
        }
        *out_more = *out_more || !kept;
    }
    *out_more = *out_more || skip > 0;
    return add_waiting(gatherer, task);
}

enum mu_status mu_log_of_task(struct mu_session *session, struct mu_id task, size_t most,
                              struct mu_log *out, struct mu_error *err)
{
    struct gatherer gatherer;
    struct mu_log log = {.count = 0};
    MU_TRY(begin(&gatherer, session, err));
    enum mu_status status = gather_task(&gatherer, task, most, &log.more);
    end(&gatherer);
    MU_TRY(status);
    log.entries = gatherer.entries.items;
    log.count = gatherer.entries.count;
    *out = log;
    return MU_OK;
}

/* -- of everything ----------------------------------------------------------- */

static enum mu_status gather_all(struct gatherer *gatherer, uint64_t after, size_t most,
                                 bool waiting, bool *out_more)
{
    struct mu_cursor cursor;
    struct mu_replica *replica = mu_client_replica(gatherer->session->client);
    MU_TRY(mu_replica_cursor(replica, &cursor, gatherer->err));
    uint64_t first = after + 1;
    if (cursor.seq >= first && cursor.seq - first + 1 > most) {
        first = cursor.seq - most + 1;
        *out_more = true;
    }
    for (uint64_t seq = first; seq <= cursor.seq && seq > after; seq++) {
        bool kept = false;
        MU_TRY(add_change(gatherer, seq, &kept));
        *out_more = *out_more || !kept;
    }
    return waiting ? add_waiting(gatherer, (struct mu_id){{0}}) : MU_OK;
}

enum mu_status mu_log_of_all(struct mu_session *session, uint64_t after, size_t most, bool waiting,
                             struct mu_log *out, struct mu_error *err)
{
    struct gatherer gatherer;
    struct mu_log log = {.count = 0};
    MU_TRY(begin(&gatherer, session, err));
    enum mu_status status = gather_all(&gatherer, after, most, waiting, &log.more);
    end(&gatherer);
    MU_TRY(status);
    log.entries = gatherer.entries.items;
    log.count = gatherer.entries.count;
    *out = log;
    return MU_OK;
}
