/* Makes what is missing of a description's tables, columns and indexes, and moves into them what
 * an older version kept raw.  Nothing is ever taken away but an index whose columns changed. */
#include "common/replica/inside.h"

#define SQL_MAX 16384

static const char SQL_TABLES[] =
    "CREATE TABLE IF NOT EXISTS mu_meta (\n"
    "    name TEXT PRIMARY KEY,\n"
    "    value BLOB NOT NULL\n"
    ") STRICT, WITHOUT ROWID;\n"
    /* Rows of entities that this version does not know, in canonical bytes. */
    "CREATE TABLE IF NOT EXISTS mu_raw (\n"
    "    entity INTEGER NOT NULL,\n"
    "    key INTEGER NOT NULL,\n"
    "    row BLOB NOT NULL,\n"
    "    PRIMARY KEY (entity, key)\n"
    ") STRICT, WITHOUT ROWID;\n"
    /* Confirmed state of rows with unconfirmed edits; empty: there was no such row. */
    "CREATE TABLE IF NOT EXISTS mu_base (\n"
    "    entity INTEGER NOT NULL,\n"
    "    key INTEGER NOT NULL,\n"
    "    id BLOB NOT NULL CHECK (length(id) = 16),\n"
    "    row BLOB NOT NULL,\n"
    "    PRIMARY KEY (entity, key)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE TABLE IF NOT EXISTS mu_digest (\n"
    "    bucket INTEGER PRIMARY KEY CHECK (bucket BETWEEN 0 AND 255),\n"
    "    sum BLOB NOT NULL\n"
    ") STRICT;\n"
    /* Who writes changes: a few, so that a note is a third as long. */
    "CREATE TABLE IF NOT EXISTS mu_author (\n"
    "    key INTEGER PRIMARY KEY,\n"
    "    replica BLOB NOT NULL CHECK (length(replica) = 16),\n"
    "    person BLOB NOT NULL CHECK (length(person) = 16),\n"
    "    device BLOB NOT NULL CHECK (length(device) = 16),\n"
    "    UNIQUE (replica, person, device)\n"
    ") STRICT;\n"
    /* See history.c: touched is written with the effects, the rest by the note. */
    "CREATE TABLE IF NOT EXISTS mu_note (\n"
    "    seq INTEGER PRIMARY KEY,\n"
    "    mutation BLOB CHECK (length(mutation) = 16),\n"
    "    author INTEGER,\n"
    "    intent INTEGER,\n"
    "    verdict INTEGER CHECK (verdict BETWEEN 1 AND 3),\n"
    "    at_ms INTEGER,\n"
    "    received_ms INTEGER,\n"
    "    touched BLOB\n"
    ") STRICT;\n";
static const char SQL_COLUMN[] =
    "SELECT max(name = ?2) FROM pragma_table_info(?1) HAVING count(*) > 0";
static const char SQL_INDEX[] = "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?1";
static const char SQL_RAW_FIRST[] = "SELECT row FROM mu_raw WHERE entity = ?1 ORDER BY key LIMIT 1";

static enum mu_status run(struct mu_replica *replica, struct mu_buf *sql, enum mu_status status,
                          struct mu_error *err)
{
    if (status == MU_OK) {
        status = mu_buf_append_byte(sql, '\0');
    }
    if (status != MU_OK) {
        return mu_fail(err, status, "the board's tables: %s", mu_status_text(status));
    }
    status = mu_db_exec(replica->db, (const char *)sql->data, err);
    mu_buf_clear(sql);
    return status;
}

static enum mu_status add_column(const struct mu_entity *entity, const struct mu_field *field,
                                 struct mu_buf *sql)
{
    MU_TRY(mu_buf_printf(sql, "ALTER TABLE \"%s\" ADD COLUMN ", entity->name));
    return mu_table_define_column(field, sql);
}

/* Whether the table exists, and has the column. */
static enum mu_status find_column(struct mu_replica *replica, const char *table, const char *column,
                                  bool *out_exists, bool *out_has, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, replica->db, SQL_COLUMN, err));
    mu_stmt_bind_text(&stmt, 1, mu_slice_str(table));
    mu_stmt_bind_text(&stmt, 2, mu_slice_str(column));
    enum mu_status status = mu_stmt_step(&stmt, out_exists, err);
    *out_has = status == MU_OK && *out_exists && mu_stmt_int(&stmt, 0) != 0;
    mu_stmt_finalize(&stmt);
    return status;
}

/* Make the table, or the column of the field, where it is missing; *out_made tells the former. */
static enum mu_status make_column(struct mu_replica *replica, const struct mu_entity *entity,
                                  const struct mu_field *field, struct mu_buf *sql, bool *out_made,
                                  struct mu_error *err)
{
    bool exists = false;
    bool has = false;
    MU_TRY(find_column(replica, entity->name, field->name, &exists, &has, err));
    *out_made = !exists;
    if (!exists) {
        return run(replica, sql, mu_table_define(entity, sql), err);
    }
    return has ? MU_OK : run(replica, sql, add_column(entity, field, sql), err);
}

static enum mu_status make_table(struct mu_replica *replica, const struct mu_entity *entity,
                                 struct mu_buf *sql, struct mu_error *err)
{
    enum mu_status status = MU_OK;
    bool made = false;
    for (size_t i = 0; status == MU_OK && !made && i < entity->field_count; i++) {
        status = make_column(replica, entity, &entity->fields[i], sql, &made, err);
    }
    return status;
}

static enum mu_status write_index(const struct mu_replica *replica, const struct mu_index *index,
                                  struct mu_buf *sql)
{
    const char *table = NULL;
    for (size_t i = 0; i < replica->about.entity_count; i++) {
        if (replica->about.entities[i].number == index->entity) {
            table = replica->about.entities[i].name;
        }
    }
    MU_ASSERT(table != NULL);
    MU_TRY(mu_buf_printf(sql, "CREATE INDEX \"%s\" ON \"%s\" (%s)", index->name, table,
                         index->columns));
    return *index->condition == '\0' ? MU_OK : mu_buf_printf(sql, " WHERE %s", index->condition);
}

/* SQLite keeps the text of an index as it was written: another text, another index. */
static enum mu_status find_index(struct mu_replica *replica, const struct mu_index *index,
                                 struct mu_slice text, bool *out_exists, bool *out_same,
                                 struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, replica->db, SQL_INDEX, err));
    mu_stmt_bind_text(&stmt, 1, mu_slice_str(index->name));
    enum mu_status status = mu_stmt_step(&stmt, out_exists, err);
    *out_same = status == MU_OK && *out_exists && mu_slice_equal(mu_stmt_text(&stmt, 0), text);
    mu_stmt_finalize(&stmt);
    return status;
}

static enum mu_status drop_index(struct mu_replica *replica, const struct mu_index *index,
                                 struct mu_buf *sql, struct mu_error *err)
{
    return run(replica, sql, mu_buf_printf(sql, "DROP INDEX IF EXISTS \"%s\"", index->name), err);
}

static enum mu_status make_index(struct mu_replica *replica, const struct mu_index *index,
                                 struct mu_buf *sql, struct mu_error *err)
{
    enum mu_status status = write_index(replica, index, sql);
    bool exists = false;
    bool same = false;
    MU_TRY(find_index(replica, index, mu_buf_view(sql), &exists, &same, err));
    if (same) {
        mu_buf_clear(sql);
        return MU_OK;
    }
    if (exists) {
        struct mu_buf drop MU_BUF_AUTO;
        mu_buf_init(&drop, SQL_MAX);
        MU_TRY(drop_index(replica, index, &drop, err));
    }
    return run(replica, sql, status, err);
}

enum mu_status mu_replica_indexes_drop(struct mu_replica *replica, struct mu_error *err)
{
    MU_ASSERT(replica->db->in_transaction);
    struct mu_buf sql MU_BUF_AUTO;
    mu_buf_init(&sql, SQL_MAX);
    for (size_t i = 0; i < replica->about.index_count; i++) {
        MU_TRY(drop_index(replica, &replica->about.indexes[i], &sql, err));
    }
    return MU_OK;
}

enum mu_status mu_replica_indexes_make(struct mu_replica *replica, struct mu_error *err)
{
    struct mu_buf sql MU_BUF_AUTO;
    mu_buf_init(&sql, SQL_MAX);
    for (size_t i = 0; i < replica->about.index_count; i++) {
        MU_TRY(make_index(replica, &replica->about.indexes[i], &sql, err));
    }
    return MU_OK;
}

enum mu_status mu_schema_make(struct mu_replica *replica, struct mu_error *err)
{
    MU_TRY(mu_db_exec(replica->db, SQL_TABLES, err));
    struct mu_buf sql MU_BUF_AUTO;
    mu_buf_init(&sql, SQL_MAX);
    for (size_t i = 0; i < replica->about.entity_count; i++) {
        MU_TRY(make_table(replica, &replica->about.entities[i], &sql, err));
    }
    return mu_replica_indexes_make(replica, err);
}

/* -- moving what an older version kept raw ------------------------------------ */

static enum mu_status move_cells(struct mu_replica *replica, struct mu_table *table,
                                 struct mu_error *err)
{
    int64_t key = -1;
    for (;;) {
        struct mu_stmt *stmt = NULL;
        bool found = false;
        MU_TRY(mu_table_query(replica, table, MU_TABLE_RAW, &stmt, err));
        mu_stmt_bind_int(stmt, 1, key);
        enum mu_status status = mu_stmt_step(stmt, &found, err);
        key = status == MU_OK && found ? mu_stmt_int(stmt, 0) : key;
        mu_stmt_reset(stmt);
        if (status != MU_OK || !found) {
            return status;
        }
        struct mu_row row;
        mu_arena_clear(&replica->scratch);
        MU_TRY(mu_store_get(replica, &replica->scratch, table->entity->number, key, &row, &found,
                            err));
        MU_ASSERT(found);
        MU_TRY(mu_store_put(replica, &row, true, UINT64_MAX, err));
    }
}

/* One row of mu_raw into its table; *out_found false when there is none left. */
static enum mu_status move_row(struct mu_replica *replica, struct mu_table *table,
                               struct mu_stmt *first, bool *out_found, struct mu_error *err)
{
    uint32_t entity = table->entity->number;
    mu_arena_clear(&replica->scratch);
    mu_stmt_bind_int(first, 1, entity);
    MU_TRY(mu_stmt_step(first, out_found, err));
    if (!*out_found) {
        return MU_OK;
    }
    struct mu_row row;
    struct mu_reader reader = mu_reader_of(mu_stmt_blob(first, 0));
    enum mu_status status = mu_row_decode(&reader, &replica->scratch, &row);
    if (status != MU_OK || row.entity != entity || row.count == 0) {
        return mu_fail(err, status == MU_OK ? MU_E_CORRUPT : status,
                       "'%s': a kept row of table '%s': %s", replica->db->name, table->entity->name,
                       mu_status_text(status == MU_OK ? MU_E_CORRUPT : status));
    }
    MU_TRY(mu_table_write(replica, table, &row, false, UINT64_MAX, err));
    struct mu_stmt *drop = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_RAW_DELETE, &drop, err));
    mu_stmt_bind_int(drop, 1, entity);
    mu_stmt_bind_int(drop, 2, mu_id_key(row.id));
    return mu_stmt_run(drop, err);
}

static enum mu_status move_rows(struct mu_replica *replica, struct mu_table *table,
                                struct mu_error *err)
{
    struct mu_stmt first = {0};
    MU_TRY(mu_stmt_prepare(&first, replica->db, SQL_RAW_FIRST, err));
    enum mu_status status = MU_OK;
    bool found = true;
    while (status == MU_OK && found) {
        status = move_row(replica, table, &first, &found, err);
        mu_stmt_reset(&first);
    }
    mu_stmt_finalize(&first);
    return status;
}

enum mu_status mu_schema_move(struct mu_replica *replica, struct mu_error *err)
{
    for (size_t i = 0; i < replica->about.entity_count; i++) {
        MU_TRY(move_cells(replica, &replica->tables[i], err));
        MU_TRY(move_rows(replica, &replica->tables[i], err));
    }
    return MU_OK;
}
