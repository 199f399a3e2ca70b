#include "common/replica/replica.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/replica/inside.h"

#define ROW_MAX    ((size_t)8 << 20) /* canonical bytes of a row; SQLite's own limit is the same */
#define ARENA_MAX  ((size_t)64 << 20)
#define META_MAX   4096
#define CURSOR_LEN (MU_ID_LEN + 8 + MU_HASH_LEN)

/* Neighbours in the order (rank, id): ?1 parent, ?2 rank, ?3 id. */
#define SQL_AFTER(table, parent)                                     \
    "SELECT key FROM " table " WHERE " parent " = ?1 AND rank >= ?2" \
    " AND (rank > ?2 OR id > ?3) ORDER BY rank, id LIMIT 1"
#define SQL_BEFORE(table, parent)                                    \
    "SELECT key FROM " table " WHERE " parent " = ?1 AND rank <= ?2" \
    " AND (rank < ?2 OR id < ?3) ORDER BY rank DESC, id DESC LIMIT 1"

static_assert(MU_ROLE_LEAD == 4 && MU_PERSON_ACTIVE == 1 && MU_DEVICE_ACTIVE == 1, "as in SQL");

static const char *const sql[MU_QUERY_COUNT] = {
    [MU_QUERY_META_GET] = "SELECT value FROM mu_meta WHERE name = ?1",
    [MU_QUERY_META_SET] = "INSERT INTO mu_meta (name, value) VALUES (?1, ?2)"
                          " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    [MU_QUERY_RAW_GET] = "SELECT row FROM mu_raw WHERE entity = ?1 AND key = ?2",
    [MU_QUERY_RAW_PUT] = "INSERT INTO mu_raw (entity, key, row) VALUES (?1, ?2, ?3)"
                         " ON CONFLICT (entity, key) DO UPDATE SET row = excluded.row",
    [MU_QUERY_RAW_DELETE] = "DELETE FROM mu_raw WHERE entity = ?1 AND key = ?2",
    [MU_QUERY_RAW_RANGE] = "SELECT key, row FROM mu_raw"
                           " WHERE entity = ?1 AND key >= ?2 AND key < ?3 ORDER BY key",
    [MU_QUERY_BASE_GET] = "SELECT id, row FROM mu_base WHERE entity = ?1 AND key = ?2",
    [MU_QUERY_BASE_ANY] = "SELECT 1 FROM mu_base LIMIT 1",
    [MU_QUERY_BASE_PUT] = "INSERT INTO mu_base (entity, key, id, row) VALUES (?1, ?2, ?3, ?4)"
                          " ON CONFLICT (entity, key) DO UPDATE SET row = excluded.row",
    [MU_QUERY_BASE_DELETE] = "DELETE FROM mu_base WHERE entity = ?1 AND key = ?2",
    [MU_QUERY_BASE_RANGE] = "SELECT key, row FROM mu_base"
                            " WHERE entity = ?1 AND key >= ?2 AND key < ?3 ORDER BY key",
    [MU_QUERY_BASE_ALL] = "SELECT entity, id FROM mu_base ORDER BY entity, key",
    [MU_QUERY_NEXT_ENTITY] = "SELECT min(e) FROM"
                             " (SELECT min(entity) AS e FROM mu_raw WHERE entity > ?1"
                             " UNION ALL SELECT min(entity) FROM mu_base WHERE entity > ?1)",
    [MU_QUERY_SUM_GET] = "SELECT sum FROM mu_digest WHERE bucket = ?1",
    [MU_QUERY_SUM_SET] = "INSERT INTO mu_digest (bucket, sum) VALUES (?1, ?2)"
                         " ON CONFLICT (bucket) DO UPDATE SET sum = excluded.sum",
    [MU_QUERY_SUMS] = "SELECT bucket, sum FROM mu_digest ORDER BY bucket",
    [MU_QUERY_NOTE_GET] = "SELECT n.mutation, a.replica, a.person, a.device, n.intent, n.verdict,"
                          " n.at_ms, n.received_ms FROM mu_note n JOIN mu_author a ON a.key ="
                          " n.author WHERE n.seq = ?1",
    [MU_QUERY_NOTE_PUT] =
        "INSERT INTO mu_note (seq, mutation, author, intent, verdict, at_ms, received_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (seq) DO UPDATE SET"
        " mutation = excluded.mutation, author = excluded.author, intent = excluded.intent,"
        " verdict = excluded.verdict, at_ms = excluded.at_ms, received_ms = excluded.received_ms",
    [MU_QUERY_NOTE_DROP] = "DELETE FROM mu_note WHERE seq > ?1",
    [MU_QUERY_AUTHOR_GET] = "SELECT key FROM mu_author WHERE replica = ?1 AND person = ?2"
                            " AND device = ?3",
    [MU_QUERY_AUTHOR_PUT] = "INSERT INTO mu_author (replica, person, device) VALUES (?1, ?2, ?3)"
                            " RETURNING key",
    [MU_QUERY_TOUCHED_GET] = "SELECT touched FROM mu_note WHERE seq = ?1",
    [MU_QUERY_TOUCHED_PUT] = "INSERT INTO mu_note (seq, touched) VALUES (?1, ?2)"
                             " ON CONFLICT (seq) DO UPDATE SET touched = excluded.touched",
    [MU_QUERY_TASK_NUMBER] = "SELECT no FROM task WHERE no IS NOT NULL ORDER BY no DESC LIMIT 1",
    [MU_QUERY_GOAL_NUMBER] = "SELECT no FROM goal WHERE no IS NOT NULL ORDER BY no DESC LIMIT 1",
    [MU_QUERY_BLOCKER_BOUND] = "SELECT key FROM blocker WHERE needs_task = ?1 AND id > ?2"
                               " AND state <= 3 ORDER BY id LIMIT 1",
    [MU_QUERY_COMMITMENT_BOUND] = "SELECT key FROM commitment WHERE task = ?1 AND id > ?2"
                                  " AND state = 1 ORDER BY id LIMIT 1",
    [MU_QUERY_COLUMN_OF_KIND] = "SELECT key FROM board_column WHERE board = ?1 AND kind = ?2"
                                " AND coalesce(archived, 0) = 0 ORDER BY rank, id LIMIT 1",
    [MU_QUERY_PERSON_OF_HANDLE] = "SELECT id FROM person WHERE handle = ?1 ORDER BY id LIMIT 1",
    [MU_QUERY_OTHER_LEAD] =
        "SELECT 1 FROM person WHERE role = 4 AND state = 1 AND id <> ?1 LIMIT 1",
    [MU_QUERY_OTHER_DEVICE] = "SELECT 1 FROM device WHERE person = ?1 AND state = 1 AND id <> ?2"
                              " LIMIT 1",
    [MU_QUERY_TASK_AFTER] = SQL_AFTER("task", "column_id"),
    [MU_QUERY_TASK_BEFORE] = SQL_BEFORE("task", "column_id"),
    [MU_QUERY_COLUMN_AFTER] = SQL_AFTER("board_column", "board"),
    [MU_QUERY_COLUMN_BEFORE] = SQL_BEFORE("board_column", "board"),
    [MU_QUERY_CHECKLIST_AFTER] = SQL_AFTER("checklist", "task"),
    [MU_QUERY_CHECKLIST_BEFORE] = SQL_BEFORE("checklist", "task"),
    [MU_QUERY_ITEM_AFTER] = SQL_AFTER("item", "checklist"),
    [MU_QUERY_ITEM_BEFORE] = SQL_BEFORE("item", "checklist"),
};

enum mu_status mu_replica_query(struct mu_replica *replica, enum mu_replica_query which,
                                struct mu_stmt **out_stmt, struct mu_error *err)
{
    struct mu_stmt *stmt = &replica->stmts[which];
    if (stmt->handle == NULL) {
        MU_TRY(mu_stmt_prepare(stmt, replica->db, sql[which], err));
    }
    *out_stmt = stmt;
    return MU_OK;
}

/* -- opening ----------------------------------------------------------------- */

static void init(struct mu_replica *replica)
{
    mu_arena_init(&replica->scratch, ARENA_MAX);
    mu_buf_init(&replica->bytes, ROW_MAX);
    mu_buf_init(&replica->seqs, ROW_MAX);
    mu_buf_init(&replica->raw, ROW_MAX);
    mu_buf_init(&replica->touched, ROW_MAX);
    for (size_t i = 0; i < replica->about.entity_count; i++) {
        mu_table_init(&replica->tables[i], &replica->about, i);
    }
}

enum mu_status mu_replica_open_as(struct mu_db *db, const struct mu_description *about,
                                  struct mu_replica **out_replica, struct mu_error *err)
{
    struct mu_replica *replica = calloc(1, sizeof *replica);
    if (replica == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for the board");
    }
    replica->db = db;
    replica->about = *about;
    replica->tables = calloc(about->entity_count, sizeof *replica->tables);
    if (replica->tables == NULL) {
        free(replica);
        return mu_fail(err, MU_E_NOMEM, "no memory for the board");
    }
    init(replica);
    enum mu_status status = mu_schema_prepare(replica, err);
    if (status != MU_OK) {
        mu_replica_close(replica);
        return status;
    }
    *out_replica = replica;
    return MU_OK;
}

enum mu_status mu_replica_open(struct mu_db *db, struct mu_replica **out_replica,
                               struct mu_error *err)
{
    struct mu_description about = {0};
    about.entities = mu_entities(&about.entity_count);
    about.indexes = mu_indexes(&about.index_count);
    return mu_replica_open_as(db, &about, out_replica, err);
}

void mu_replica_close(struct mu_replica *replica)
{
    if (replica == NULL) {
        return;
    }
    for (size_t i = 0; i < MU_QUERY_COUNT; i++) {
        mu_stmt_finalize(&replica->stmts[i]);
    }
    for (size_t i = 0; i < replica->about.entity_count; i++) {
        mu_table_deinit(&replica->tables[i]);
    }
    mu_buf_deinit(&replica->touched);
    mu_buf_deinit(&replica->raw);
    mu_buf_deinit(&replica->seqs);
    mu_buf_deinit(&replica->bytes);
    mu_arena_deinit(&replica->scratch);
    free(replica->tables);
    free(replica);
}

struct mu_db *mu_replica_db(struct mu_replica *replica)
{
    return replica->db;
}

/* -- meta and cursor --------------------------------------------------------- */

enum mu_status mu_replica_meta(struct mu_replica *replica, const char *name, struct mu_arena *arena,
                               struct mu_slice *out_value, bool *out_found, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_META_GET, &stmt, err));
    mu_stmt_bind_text(stmt, 1, mu_slice_str(name));
    bool found = false;
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found && !mu_arena_copy(arena, mu_stmt_blob(stmt, 0), out_value)) {
        status = mu_fail(err, MU_E_NOMEM, "no memory for '%s'", name);
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_found = found;
    }
    return status;
}

static enum mu_status set(struct mu_replica *replica, const char *name, struct mu_slice value,
                          struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_META_SET, &stmt, err));
    mu_stmt_bind_text(stmt, 1, mu_slice_str(name));
    mu_stmt_bind_blob(stmt, 2, value);
    return mu_stmt_run(stmt, err);
}

/* The digest's key hangs on the workspace: it may be set once, before there are rows. */
static enum mu_status check_workspace(struct mu_replica *replica, struct mu_slice value,
                                      struct mu_error *err)
{
    struct mu_slice now = {0};
    bool found = false;
    if (value.len != MU_ID_LEN) {
        return mu_fail(err, MU_E_INVALID, "a workspace id has %d bytes", MU_ID_LEN);
    }
    mu_arena_clear(&replica->scratch);
    MU_TRY(mu_replica_meta(replica, MU_META_WORKSPACE, &replica->scratch, &now, &found, err));
    if (found) {
        return mu_slice_equal(now, value)
                   ? MU_OK
                   : mu_fail(err, MU_E_CONFLICT, "'%s' belongs to another workspace",
                             replica->db->name);
    }
    struct mu_digest digest;
    MU_TRY(mu_replica_digest(replica, &digest, err));
    static const struct mu_digest none;
    return memcmp(&digest, &none, sizeof none) == 0
               ? MU_OK
               : mu_fail(err, MU_E_CONFLICT, "'%s' has rows of no workspace", replica->db->name);
}

enum mu_status mu_replica_meta_set(struct mu_replica *replica, const char *name,
                                   struct mu_slice value, struct mu_error *err)
{
    MU_ASSERT(strcmp(name, MU_META_SCHEMA) != 0);
    if (value.len > META_MAX) {
        return mu_fail(err, MU_E_LIMIT, "'%s' is too long to be kept", name);
    }
    if (strcmp(name, MU_META_WORKSPACE) == 0) {
        MU_TRY(check_workspace(replica, value, err));
    }
    /* The digest's key is kept in memory once it has been read; not by who may still undo this. */
    replica->sums.founding = replica->sums.founding || strcmp(name, MU_META_WORKSPACE) == 0;
    return set(replica, name, value, err);
}

enum mu_status mu_replica_cursor(struct mu_replica *replica, struct mu_cursor *out,
                                 struct mu_error *err)
{
    struct mu_slice bytes = {0};
    bool found = false;
    mu_arena_clear(&replica->scratch);
    MU_TRY(mu_replica_meta(replica, MU_META_CURSOR, &replica->scratch, &bytes, &found, err));
    if (!found) {
        *out = (struct mu_cursor){0};
        return MU_OK;
    }
    if (bytes.len != CURSOR_LEN) {
        return mu_fail(err, MU_E_CORRUPT, "'%s': its cursor is damaged", replica->db->name);
    }
    struct mu_cursor cursor = {0};
    memcpy(cursor.incarnation.bytes, bytes.data, MU_ID_LEN);
    for (size_t i = 0; i < 8; i++) {
        cursor.seq = cursor.seq << 8 | bytes.data[MU_ID_LEN + i];
    }
    memcpy(cursor.chain.bytes, bytes.data + MU_ID_LEN + 8, MU_HASH_LEN);
    *out = cursor;
    return MU_OK;
}

enum mu_status mu_replica_cursor_set(struct mu_replica *replica, const struct mu_cursor *cursor,
                                     struct mu_error *err)
{
    uint8_t bytes[CURSOR_LEN];
    memcpy(bytes, cursor->incarnation.bytes, MU_ID_LEN);
    for (size_t i = 0; i < 8; i++) {
        bytes[MU_ID_LEN + i] = (uint8_t)(cursor->seq >> (56 - 8 * i));
    }
    memcpy(bytes + MU_ID_LEN + 8, cursor->chain.bytes, MU_HASH_LEN);
    return set(replica, MU_META_CURSOR, mu_slice_of(bytes, sizeof bytes), err);
}
