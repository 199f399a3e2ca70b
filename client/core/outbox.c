#include "client/core/outbox.h"

#include <string.h>

#include "client/core/list.h"
#include "common/base/utf8.h"
#include "common/db/migrate.h"
#include "common/seal/hash.h"
#include "common/seal/secret.h"
#include "common/wire/mutation.h"

extern const char mu_outbox_sql_1[];
extern const size_t mu_outbox_sql_1_len;

enum query {
    SELF,
    SELF_INSERT,
    ERA_INSERT,
    LINEAGE,
    STAMP,
    COUNT_OPEN,
    FORMER,
    ACCEPTED,
    ERA_MOVE,
    INSERT,
    INSERT_BODY,
    FIND,
    BODY,
    LIST,
    PENDING,
    JOURNAL,
    PRUNABLE_ENTRIES,
    ERA_ENTRIES,
    NEXT,
    SET,
    DROP_BODY,
    DROP,
    RESEND,
    RESEND_AFTER,
    NEWEST_SEQ,
    DISPLACED,
    SETTLE,
    PRUNE_BODY,
    PRUNE,
    ANY,
    COUNT_STATE,
    OLDEST,
    KEY,
    KEY_ADD,
    KEY_NEWEST,
    WAITING,
    RENUMBER,
    RENUMBER_BODY,
    QUERY_COUNT
};

#define ITEM_COLUMNS \
    "position, mutation, era, number, hash, intent, authored_ms, state, seq, code, reason"

/* A number that the server has not counted must still be pushed, or its numbers had a hole. */
#define PRUNABLE                                                           \
    " WHERE state = 5 AND seq <= ?1 AND (era < (SELECT max(era) FROM era)" \
    " OR number <= (SELECT acked_number FROM era ORDER BY era DESC LIMIT 1))"

static const char *const sql[QUERY_COUNT] = {
    [SELF] = "SELECT s.open_counter, s.stamp, e.era, e.replica, e.last_number, e.last_hash,"
             " e.acked_number, e.acked_hash, s.lineage FROM self s, era e"
             " ORDER BY e.era DESC LIMIT 1",
    [SELF_INSERT] = "INSERT INTO self (k, open_counter, stamp, lineage)"
                    " VALUES (1, 0, :stamp, zeroblob(16))",
    [ERA_INSERT] = "INSERT INTO era (replica, last_hash, acked_hash)"
                   " VALUES (?1, zeroblob(32), zeroblob(32))",
    [LINEAGE] = "UPDATE self SET lineage = ?1",
    [STAMP] = "UPDATE self SET stamp = ?1",
    [COUNT_OPEN] = "UPDATE self SET open_counter = open_counter + 1 RETURNING open_counter",
    [FORMER] = "SELECT replica, last_number, last_hash FROM era"
               " WHERE era < (SELECT max(era) FROM era) ORDER BY era DESC LIMIT ?1",
    [ACCEPTED] = "UPDATE era SET acked_number = ?1, acked_hash = ?2"
                 " WHERE era = (SELECT max(era) FROM era) AND acked_number < ?1"
                 " AND ?1 <= last_number",
    [ERA_MOVE] = "UPDATE era SET last_number = ?1, last_hash = ?2"
                 " WHERE era = (SELECT max(era) FROM era)",
    [INSERT] = "INSERT INTO entry (mutation, era, number, hash, intent, authored_ms, state)"
               " VALUES (?1, (SELECT max(era) FROM era), ?2, ?3, ?4, ?5, 1) RETURNING position",
    [INSERT_BODY] = "INSERT INTO body (position, bytes, signature) VALUES (?1, ?2, ?3)",
    [FIND] = "SELECT " ITEM_COLUMNS " FROM entry WHERE mutation = ?1",
    [BODY] = "SELECT bytes, signature FROM body WHERE position = ?1",
    [LIST] = "SELECT " ITEM_COLUMNS " FROM entry WHERE state < 5 ORDER BY position",
    [PENDING] = "SELECT position, mutation FROM entry WHERE state < 4 OR (state = 5 AND seq > ?1)"
                " ORDER BY position",
    [JOURNAL] = "SELECT position, mutation FROM entry WHERE state = 5 AND seq <= ?1",
    [PRUNABLE_ENTRIES] = "SELECT position, mutation FROM entry" PRUNABLE,
    [ERA_ENTRIES] = "SELECT " ITEM_COLUMNS " FROM entry WHERE era = (SELECT max(era) FROM era)"
                    " ORDER BY number",
    [NEXT] = "SELECT " ITEM_COLUMNS " FROM entry WHERE era = (SELECT max(era) FROM era)"
             " AND state = 1 UNION ALL SELECT " ITEM_COLUMNS " FROM entry"
             " WHERE era = (SELECT max(era) FROM era) AND state = 5 AND number > ?1"
             " ORDER BY 4 LIMIT ?2",
    [SET] = "UPDATE entry SET state = ?2, seq = ?3, code = ?4, reason = ?5 WHERE position = ?1",
    [DROP_BODY] = "DELETE FROM body WHERE position = ?1",
    [DROP] = "DELETE FROM entry WHERE position = ?1",
    [RESEND] = "UPDATE entry SET state = 1, seq = 0, code = 0, reason = ''"
               " WHERE state IN (3, 5) AND seq > ?1",
    [RESEND_AFTER] = "UPDATE entry SET state = 1, seq = 0, code = 0, reason = ''"
                     " WHERE state IN (3, 5) AND number > ?1"
                     " AND era = (SELECT max(era) FROM era)",
    [NEWEST_SEQ] = "SELECT coalesce(max(seq), 0) FROM entry WHERE state IN (3, 5)"
                   " AND (era < (SELECT max(era) FROM era) OR number > ?1)",
    [DISPLACED] = "SELECT 1 FROM entry WHERE state IN (3, 5) AND seq = ?1 AND mutation <> ?2",
    [SETTLE] = "UPDATE entry SET state = CASE code WHEN 0 THEN 5 ELSE 4 END"
               " WHERE state = 3 AND seq <= ?1",
    [PRUNE_BODY] = "DELETE FROM body WHERE position IN (SELECT position FROM entry" PRUNABLE ")",
    [PRUNE] = "DELETE FROM entry" PRUNABLE,
    [ANY] = "SELECT 1 FROM entry LIMIT 1",
    [COUNT_STATE] = "SELECT count(*) FROM entry WHERE state BETWEEN ?1 AND ?2",
    [OLDEST] = "SELECT coalesce(min(authored_ms), 0) FROM entry WHERE state < 4",
    [KEY] = "SELECT key FROM epoch_key WHERE epoch = ?1",
    [KEY_ADD] = "INSERT OR IGNORE INTO epoch_key (epoch, key) VALUES (?1, ?2)",
    [KEY_NEWEST] = "SELECT coalesce(max(epoch), 0) FROM epoch_key",
    [WAITING] = "SELECT position FROM entry WHERE state IN (1, 2) ORDER BY position",
    [RENUMBER] = "UPDATE entry SET era = (SELECT max(era) FROM era), number = ?2, hash = ?3,"
                 " state = 1, seq = 0 WHERE position = ?1",
    [RENUMBER_BODY] = "UPDATE body SET bytes = ?2, signature = ?3 WHERE position = ?1",
};

enum mu_status mu_outbox_open(struct mu_outbox *outbox, struct mu_db *db, struct mu_error *err)
{
    const struct mu_migration steps[] = {
        {.to_version = 1, .sql = mu_outbox_sql_1, .len = mu_outbox_sql_1_len}};
    *outbox = (struct mu_outbox){.db = db};
    MU_TRY(mu_db_migrate(db, steps, sizeof steps / sizeof steps[0], err));
    mu_queries_init(&outbox->queries, db, sql, QUERY_COUNT);
    return MU_OK;
}

void mu_outbox_close(struct mu_outbox *outbox)
{
    mu_queries_deinit(&outbox->queries);
    *outbox = (struct mu_outbox){0};
}

static enum mu_status query(struct mu_outbox *outbox, enum query which, struct mu_stmt **out_stmt,
                            struct mu_error *err)
{
    return mu_queries_get(&outbox->queries, which, out_stmt, err);
}

/* SQLite's integers have a sign; what does not fit is as good as the end. */
static void bind_number(struct mu_stmt *stmt, int index, uint64_t value)
{
    mu_stmt_bind_int(stmt, index, value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

static uint64_t number_at(struct mu_stmt *stmt, int column)
{
    int64_t value = mu_stmt_int(stmt, column);
    return value < 0 ? 0 : (uint64_t)value;
}

static struct mu_hash hash_at(struct mu_stmt *stmt, int column)
{
    struct mu_hash hash = {0};
    (void)mu_hash_from_slice(mu_stmt_blob(stmt, column), &hash);
    return hash;
}

/* -- the replica id -------------------------------------------------------- */

enum mu_status mu_outbox_self(struct mu_outbox *outbox, struct mu_outbox_self *out, bool *out_found,
                              struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    MU_TRY(query(outbox, SELF, &stmt, err));
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    if (status == MU_OK && row) {
        *out = (struct mu_outbox_self){.open_counter = number_at(stmt, 0),
                                       .stamp = mu_stmt_id(stmt, 1),
                                       .era = mu_stmt_int(stmt, 2),
                                       .replica = mu_stmt_id(stmt, 3),
                                       .last_number = number_at(stmt, 4),
                                       .last_hash = hash_at(stmt, 5),
                                       .acked_number = number_at(stmt, 6),
                                       .acked_hash = hash_at(stmt, 7),
                                       .lineage = mu_stmt_id(stmt, 8)};
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_found = row;
    }
    return status;
}

enum mu_status mu_outbox_found(struct mu_outbox *outbox, struct mu_id replica, struct mu_id stamp,
                               struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, SELF_INSERT, &stmt, err));
    mu_stmt_bind_id(stmt, 1, stamp);
    MU_TRY(mu_stmt_run(stmt, err));
    return mu_outbox_mint(outbox, replica, err);
}

enum mu_status mu_outbox_mint(struct mu_outbox *outbox, struct mu_id replica, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, ERA_INSERT, &stmt, err));
    mu_stmt_bind_id(stmt, 1, replica);
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_outbox_stamp(struct mu_outbox *outbox, struct mu_id stamp, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, STAMP, &stmt, err));
    mu_stmt_bind_id(stmt, 1, stamp);
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_outbox_lineage(struct mu_outbox *outbox, struct mu_id incarnation,
                                 struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, LINEAGE, &stmt, err));
    mu_stmt_bind_id(stmt, 1, incarnation);
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_outbox_count_open(struct mu_outbox *outbox, uint64_t *out_counter,
                                    struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    MU_TRY(query(outbox, COUNT_OPEN, &stmt, err));
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    uint64_t counter = row ? number_at(stmt, 0) : 0;
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_counter = counter;
    }
    return status;
}

enum mu_status mu_outbox_former(struct mu_outbox *outbox, struct mu_arena *arena,
                                struct mu_former **out_former, size_t *out_count,
                                struct mu_error *err)
{
    struct mu_former *former = mu_arena_array(arena, MU_FORMER_MAX, sizeof *former);
    if (former == NULL) {
        return mu_fail(err, MU_E_NOMEM, "former replicas");
    }
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, FORMER, &stmt, err));
    mu_stmt_bind_int(stmt, 1, MU_FORMER_MAX);
    size_t count = 0;
    bool row = true;
    enum mu_status status = MU_OK;
    while ((status = mu_stmt_step(stmt, &row, err)) == MU_OK && row && count < MU_FORMER_MAX) {
        former[count++] = (struct mu_former){.replica = mu_stmt_id(stmt, 0),
                                             .last_number = number_at(stmt, 1),
                                             .last_hash = hash_at(stmt, 2)};
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_former = former;
        *out_count = count;
    }
    return status;
}

enum mu_status mu_outbox_accepted(struct mu_outbox *outbox, uint64_t number, struct mu_hash hash,
                                  struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, ACCEPTED, &stmt, err));
    bind_number(stmt, 1, number);
    mu_stmt_bind_blob(stmt, 2, mu_hash_view(&hash));
    return mu_stmt_run(stmt, err);
}

/* -- entries --------------------------------------------------------------- */

static enum mu_status move_era(struct mu_outbox *outbox, uint64_t number,
                               const struct mu_hash *hash, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, ERA_MOVE, &stmt, err));
    bind_number(stmt, 1, number);
    mu_stmt_bind_blob(stmt, 2, mu_hash_view(hash));
    return mu_stmt_run(stmt, err);
}

static enum mu_status insert_entry(struct mu_outbox *outbox, const struct mu_mutation *mutation,
                                   const struct mu_hash *hash, int64_t *out_position,
                                   struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    MU_TRY(query(outbox, INSERT, &stmt, err));
    mu_stmt_bind_id(stmt, 1, mutation->id);
    bind_number(stmt, 2, mutation->number);
    mu_stmt_bind_blob(stmt, 3, mu_hash_view(hash));
    mu_stmt_bind_int(stmt, 4, mutation->intent.number);
    mu_stmt_bind_int(stmt, 5, mutation->authored_ms);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    int64_t position = row ? mu_stmt_int(stmt, 0) : 0;
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_position = position;
    }
    return status;
}

enum mu_status mu_outbox_append(struct mu_outbox *outbox, const struct mu_mutation *mutation,
                                struct mu_slice bytes, const uint8_t signature[static MU_SIGN_LEN],
                                uint64_t *out_position, struct mu_error *err)
{
    struct mu_outbox_self self = {0};
    bool found = false;
    MU_TRY(mu_outbox_self(outbox, &self, &found, err));
    MU_ASSERT(found && mutation->number == self.last_number + 1);
    MU_ASSERT(mu_id_equal(mutation->replica, self.replica));
    MU_ASSERT(mu_hash_equal(mutation->previous, self.last_hash));

    struct mu_hash hash;
    mu_hash_of(bytes, &hash);
    int64_t position = 0;
    MU_TRY(insert_entry(outbox, mutation, &hash, &position, err));
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, INSERT_BODY, &stmt, err));
    mu_stmt_bind_int(stmt, 1, position);
    mu_stmt_bind_blob(stmt, 2, bytes);
    mu_stmt_bind_blob(stmt, 3, mu_slice_of(signature, MU_SIGN_LEN));
    MU_TRY(mu_stmt_run(stmt, err));
    MU_TRY(move_era(outbox, mutation->number, &hash, err));
    *out_position = (uint64_t)position;
    return MU_OK;
}

static struct mu_outbox_item item_of(struct mu_stmt *stmt)
{
    return (struct mu_outbox_item){.position = number_at(stmt, 0),
                                   .mutation = mu_stmt_id(stmt, 1),
                                   .era = mu_stmt_int(stmt, 2),
                                   .number = number_at(stmt, 3),
                                   .hash = hash_at(stmt, 4),
                                   .intent = (uint32_t)mu_stmt_int(stmt, 5),
                                   .authored_ms = mu_stmt_int(stmt, 6),
                                   .state = (int)mu_stmt_int(stmt, 7),
                                   .seq = number_at(stmt, 8),
                                   .code = (uint32_t)mu_stmt_int(stmt, 9)};
}

enum mu_status mu_outbox_find(struct mu_outbox *outbox, struct mu_id mutation,
                              struct mu_outbox_item *out_item, bool *out_found,
                              struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    MU_TRY(query(outbox, FIND, &stmt, err));
    mu_stmt_bind_id(stmt, 1, mutation);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    if (status == MU_OK) {
        if (row) {
            *out_item = item_of(stmt);
        }
        *out_found = row;
    }
    mu_stmt_reset(stmt);
    return status;
}

enum mu_status mu_outbox_body(struct mu_outbox *outbox, struct mu_arena *arena, uint64_t position,
                              struct mu_pushed *out_body, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    MU_TRY(query(outbox, BODY, &stmt, err));
    bind_number(stmt, 1, position);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    struct mu_pushed body = {0};
    if (status == MU_OK && !row) {
        status = mu_fail(err, MU_E_CORRUPT, "outbox entry %llu has no bytes",
                         (unsigned long long)position);
    }
    if (status == MU_OK && (!mu_arena_copy(arena, mu_stmt_blob(stmt, 0), &body.bytes) ||
                            !mu_arena_copy(arena, mu_stmt_blob(stmt, 1), &body.signature))) {
        status = mu_fail(err, MU_E_NOMEM, "outbox entry");
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_body = body;
    }
    return status;
}

/* The rows of a bound statement. */
static enum mu_status collect(struct mu_stmt *stmt, struct mu_arena *arena,
                              struct mu_outbox_item **out_items, size_t *out_count,
                              struct mu_error *err)
{
    struct mu_list list;
    mu_list_init(&list, arena, sizeof(struct mu_outbox_item));
    bool row = true;
    enum mu_status status = MU_OK;
    while ((status = mu_stmt_step(stmt, &row, err)) == MU_OK && row) {
        struct mu_outbox_item *item = mu_list_add(&list);
        if (item == NULL || !mu_arena_copy(arena, mu_stmt_text(stmt, 10), &item->reason)) {
            status = mu_fail(err, MU_E_NOMEM, "outbox");
            break;
        }
        struct mu_slice reason = item->reason;
        *item = item_of(stmt);
        item->reason = reason;
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_items = list.items;
        *out_count = list.count;
    }
    return status;
}

enum mu_status mu_outbox_list(struct mu_outbox *outbox, struct mu_arena *arena,
                              struct mu_outbox_item **out_items, size_t *out_count,
                              struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, LIST, &stmt, err));
    return collect(stmt, arena, out_items, out_count, err);
}

enum mu_status mu_outbox_era(struct mu_outbox *outbox, struct mu_arena *arena,
                             struct mu_outbox_item **out_items, size_t *out_count,
                             struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, ERA_ENTRIES, &stmt, err));
    return collect(stmt, arena, out_items, out_count, err);
}

enum mu_status mu_outbox_next(struct mu_outbox *outbox, struct mu_arena *arena,
                              uint64_t server_number, size_t most,
                              struct mu_outbox_item **out_items, size_t *out_count,
                              struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, NEXT, &stmt, err));
    bind_number(stmt, 1, server_number);
    bind_number(stmt, 2, most);
    return collect(stmt, arena, out_items, out_count, err);
}

static enum mu_status positions(struct mu_stmt *stmt, struct mu_arena *arena,
                                uint64_t **out_positions, size_t *out_count, struct mu_error *err)
{
    struct mu_list list;
    mu_list_init(&list, arena, sizeof(uint64_t));
    bool row = true;
    enum mu_status status = MU_OK;
    while ((status = mu_stmt_step(stmt, &row, err)) == MU_OK && row) {
        uint64_t *position = mu_list_add(&list);
        if (position == NULL) {
            status = mu_fail(err, MU_E_NOMEM, "outbox");
            break;
        }
        *position = number_at(stmt, 0);
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_positions = list.items;
        *out_count = list.count;
    }
    return status;
}

static enum mu_status refs_up_to(struct mu_outbox *outbox, enum query which, uint64_t value,
                                 struct mu_arena *arena, struct mu_outbox_entry_ref **out_refs,
                                 size_t *out_count, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    struct mu_list list;
    bool row = true;
    enum mu_status status = MU_OK;
    MU_TRY(query(outbox, which, &stmt, err));
    bind_number(stmt, 1, value);
    mu_list_init(&list, arena, sizeof(struct mu_outbox_entry_ref));
    while ((status = mu_stmt_step(stmt, &row, err)) == MU_OK && row) {
        struct mu_outbox_entry_ref *ref = mu_list_add(&list);
        if (ref == NULL) {
            status = mu_fail(err, MU_E_NOMEM, "outbox");
            break;
        }
        *ref = (struct mu_outbox_entry_ref){.position = number_at(stmt, 0),
                                            .mutation = mu_stmt_id(stmt, 1)};
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_refs = list.items;
        *out_count = list.count;
    }
    return status;
}

enum mu_status mu_outbox_pending(struct mu_outbox *outbox, struct mu_arena *arena, uint64_t cursor,
                                 struct mu_outbox_entry_ref **out_refs, size_t *out_count,
                                 struct mu_error *err)
{
    return refs_up_to(outbox, PENDING, cursor, arena, out_refs, out_count, err);
}

enum mu_status mu_outbox_journal(struct mu_outbox *outbox, struct mu_arena *arena, uint64_t seq,
                                 struct mu_outbox_entry_ref **out_refs, size_t *out_count,
                                 struct mu_error *err)
{
    return refs_up_to(outbox, JOURNAL, seq, arena, out_refs, out_count, err);
}

enum mu_status mu_outbox_prunable(struct mu_outbox *outbox, struct mu_arena *arena, uint64_t seq,
                                  struct mu_outbox_entry_ref **out_refs, size_t *out_count,
                                  struct mu_error *err)
{
    return refs_up_to(outbox, PRUNABLE_ENTRIES, seq, arena, out_refs, out_count, err);
}

enum mu_status mu_outbox_set(struct mu_outbox *outbox, const struct mu_outbox_mark *mark,
                             struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, SET, &stmt, err));
    bind_number(stmt, 1, mark->position);
    mu_stmt_bind_int(stmt, 2, mark->state);
    bind_number(stmt, 3, mark->seq);
    mu_stmt_bind_int(stmt, 4, mark->code);
    mu_stmt_bind_text(stmt, 5, mu_utf8_cut(mark->reason, MU_REASON_MAX));
    return mu_stmt_run(stmt, err);
}

static enum mu_status run_with(struct mu_outbox *outbox, enum query which, uint64_t value,
                               struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, which, &stmt, err));
    bind_number(stmt, 1, value);
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_outbox_drop(struct mu_outbox *outbox, uint64_t position, struct mu_error *err)
{
    MU_TRY(run_with(outbox, DROP_BODY, position, err));
    return run_with(outbox, DROP, position, err);
}

enum mu_status mu_outbox_resend(struct mu_outbox *outbox, uint64_t fork_seq, struct mu_error *err)
{
    return run_with(outbox, RESEND, fork_seq, err);
}

enum mu_status mu_outbox_resend_after(struct mu_outbox *outbox, uint64_t number,
                                      struct mu_error *err)
{
    return run_with(outbox, RESEND_AFTER, number, err);
}

enum mu_status mu_outbox_settle(struct mu_outbox *outbox, uint64_t seq, struct mu_error *err)
{
    return run_with(outbox, SETTLE, seq, err);
}

enum mu_status mu_outbox_prune(struct mu_outbox *outbox, uint64_t seq, struct mu_error *err)
{
    MU_TRY(run_with(outbox, PRUNE_BODY, seq, err));
    return run_with(outbox, PRUNE, seq, err);
}

static enum mu_status one_int(struct mu_stmt *stmt, int64_t *out_value, struct mu_error *err)
{
    bool row = false;
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    int64_t value = row ? mu_stmt_int(stmt, 0) : 0;
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_value = value;
    }
    return status;
}

enum mu_status mu_outbox_newest_seq(struct mu_outbox *outbox, uint64_t counted, uint64_t *out_seq,
                                    struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    int64_t seq = 0;
    MU_TRY(query(outbox, NEWEST_SEQ, &stmt, err));
    bind_number(stmt, 1, counted);
    MU_TRY(one_int(stmt, &seq, err));
    *out_seq = (uint64_t)seq;
    return MU_OK;
}

enum mu_status mu_outbox_displaced(struct mu_outbox *outbox, uint64_t seq, struct mu_id mutation,
                                   bool *out_displaced, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    int64_t found = 0;
    MU_TRY(query(outbox, DISPLACED, &stmt, err));
    bind_number(stmt, 1, seq);
    mu_stmt_bind_id(stmt, 2, mutation);
    MU_TRY(one_int(stmt, &found, err));
    *out_displaced = found != 0;
    return MU_OK;
}

static enum mu_status count_states(struct mu_outbox *outbox, int first, int last,
                                   uint64_t *out_count, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    int64_t count = 0;
    MU_TRY(query(outbox, COUNT_STATE, &stmt, err));
    mu_stmt_bind_int(stmt, 1, first);
    mu_stmt_bind_int(stmt, 2, last);
    MU_TRY(one_int(stmt, &count, err));
    *out_count = (uint64_t)count;
    return MU_OK;
}

enum mu_status mu_outbox_counts(struct mu_outbox *outbox, struct mu_outbox_counts *out,
                                struct mu_error *err)
{
    struct mu_outbox_counts counts = {0};
    struct mu_stmt *stmt = NULL;
    MU_TRY(count_states(outbox, MU_QUEUED, MU_ACKED, &counts.pending, err));
    MU_TRY(count_states(outbox, MU_REFUSED, MU_REFUSED, &counts.refused, err));
    MU_TRY(query(outbox, OLDEST, &stmt, err));
    MU_TRY(one_int(stmt, &counts.oldest_ms, err));
    *out = counts;
    return MU_OK;
}

enum mu_status mu_outbox_empty(struct mu_outbox *outbox, bool *out_empty, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    MU_TRY(query(outbox, ANY, &stmt, err));
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_empty = !row;
    }
    return status;
}

/* -- epoch keys ------------------------------------------------------------ */

enum mu_status mu_outbox_key(struct mu_outbox *outbox, uint32_t epoch, struct mu_epoch_key *out_key,
                             bool *out_found, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    MU_TRY(query(outbox, KEY, &stmt, err));
    mu_stmt_bind_int(stmt, 1, epoch);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    struct mu_slice bytes = row ? mu_stmt_blob(stmt, 0) : (struct mu_slice){0};
    if (status == MU_OK && row && bytes.len != sizeof out_key->bytes) {
        status = mu_fail(err, MU_E_CORRUPT, "key of epoch %u", (unsigned)epoch);
    }
    if (status == MU_OK) {
        if (row) {
            memcpy(out_key->bytes, bytes.data, sizeof out_key->bytes);
        }
        *out_found = row;
    }
    mu_stmt_reset(stmt);
    return status;
}

enum mu_status mu_outbox_key_add(struct mu_outbox *outbox, uint32_t epoch,
                                 const struct mu_epoch_key *key, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, KEY_ADD, &stmt, err));
    mu_stmt_bind_int(stmt, 1, epoch);
    mu_stmt_bind_blob(stmt, 2, mu_slice_of(key->bytes, sizeof key->bytes));
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_outbox_key_newest(struct mu_outbox *outbox, uint32_t *out_epoch,
                                    struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    int64_t epoch = 0;
    MU_TRY(query(outbox, KEY_NEWEST, &stmt, err));
    MU_TRY(one_int(stmt, &epoch, err));
    *out_epoch = (uint32_t)epoch;
    return MU_OK;
}

/* -- a new replica id ------------------------------------------------------ */

struct renumbered {
    uint64_t number;
    struct mu_hash hash;
};

/* What cannot be read cannot be numbered anew: it stays behind under its old number, refused. */
static enum mu_status give_up(struct mu_outbox *outbox, uint64_t position, const char *why,
                              struct mu_error *err)
{
    const struct mu_outbox_mark mark = {.position = position,
                                        .state = MU_REFUSED,
                                        .code = MU_E_PROTOCOL,
                                        .reason = mu_slice_str(why)};
    return mu_outbox_set(outbox, &mark, err);
}

static enum mu_status write_again(struct mu_outbox *outbox, uint64_t position,
                                  const struct mu_restamp *restamp, struct renumbered *last,
                                  struct mu_arena *scratch, struct mu_error *err)
{
    struct mu_pushed body = {0};
    struct mu_mutation mutation;
    struct mu_error why = {0};
    MU_TRY(mu_outbox_body(outbox, scratch, position, &body, err));
    enum mu_status read = mu_mutation_decode(body.bytes, scratch, &mutation, &why);
    if (read != MU_OK) {
        return read == MU_E_NOMEM ? mu_fail(err, read, "%s", why.text)
                                  : give_up(outbox, position, why.text, err);
    }
    mutation.replica = restamp->replica;
    mutation.number = last->number + 1;
    mutation.previous = last->hash;
    if (mutation.base_seq > restamp->base_max) {
        mutation.base_seq = restamp->base_max;
        mutation.seen_chain = restamp->base_chain;
    }

    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    enum mu_status status = mu_mutation_encode(&mutation, scratch, &bytes);
    if (status != MU_OK) {
        return mu_fail(err, status, "stamping outbox entry %llu", (unsigned long long)position);
    }
    uint8_t signature[MU_SIGN_LEN];
    mu_sign(restamp->keys, MU_SIGN_MUTATION, mu_buf_view(&bytes), signature);
    struct renumbered next = {.number = mutation.number};
    mu_hash_of(mu_buf_view(&bytes), &next.hash);

    struct mu_stmt *stmt = NULL;
    MU_TRY(query(outbox, RENUMBER_BODY, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)position);
    mu_stmt_bind_blob(stmt, 2, mu_buf_view(&bytes));
    mu_stmt_bind_blob(stmt, 3, mu_slice_of(signature, sizeof signature));
    MU_TRY(mu_stmt_run(stmt, err));
    MU_TRY(query(outbox, RENUMBER, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)position);
    bind_number(stmt, 2, next.number);
    mu_stmt_bind_blob(stmt, 3, mu_hash_view(&next.hash));
    MU_TRY(mu_stmt_run(stmt, err));
    *last = next;
    return MU_OK;
}

enum mu_status mu_outbox_restamp(struct mu_outbox *outbox, const struct mu_restamp *restamp,
                                 struct mu_arena *scratch, struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena list;
    mu_arena_init(&list, (size_t)64 << 20);
    struct mu_stmt *stmt = NULL;
    uint64_t *waiting = NULL;
    size_t count = 0;
    MU_TRY(query(outbox, WAITING, &stmt, err));
    MU_TRY(positions(stmt, &list, &waiting, &count, err));

    MU_TRY(mu_outbox_mint(outbox, restamp->replica, err));
    struct renumbered last = {0};
    for (size_t i = 0; i < count; i++) {
        mu_arena_clear(scratch);
        MU_TRY(write_again(outbox, waiting[i], restamp, &last, scratch, err));
    }
    mu_arena_clear(scratch);
    MU_TRY(move_era(outbox, last.number, &last.hash, err));
    return mu_outbox_stamp(outbox, restamp->stamp, err);
}
