/* The tables of a description: made, or brought up to it.
 *
 * mu_meta holds what the tables were last made from: the layout number of this code, a
 * fingerprint of the description, and how many fields each entity had.  Entities and fields are
 * only ever added, so a file that knows one that this program does not is a newer program's.
 * Equal fingerprints: nothing to do, and nothing but one row was read. */
#include <inttypes.h>
#include <string.h>

#include "common/replica/inside.h"
#include "common/seal/hash.h"

#define LAYOUT     1 /* of the tables here, the columns beside fields, and the digest */
#define SQL_MAX    16384
#define SCHEMA_MAX 4096

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
static const char SQL_SCHEMA[] = "SELECT value FROM mu_meta WHERE name = '" MU_META_SCHEMA "'";
static const char SQL_HAS_META[] =
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'mu_meta'";
static const char SQL_HAS_COLUMN[] =
    "SELECT max(name = ?2) FROM pragma_table_info(?1) HAVING count(*) > 0";
static const char SQL_RAW_FIRST[] = "SELECT row FROM mu_raw WHERE entity = ?1 ORDER BY key LIMIT 1";

static void add_number(struct mu_hasher *hasher, uint64_t number)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    }
    mu_hasher_add(hasher, mu_slice_of(bytes, sizeof bytes));
}

static void add_text(struct mu_hasher *hasher, const char *text)
{
    add_number(hasher, strlen(text));
    mu_hasher_add(hasher, mu_slice_str(text));
}

static struct mu_hash fingerprint(const struct mu_description *about)
{
    struct mu_hasher hasher;
    mu_hasher_init(&hasher, NULL);
    add_number(&hasher, LAYOUT);
    for (size_t i = 0; i < about->entity_count; i++) {
        const struct mu_entity *entity = &about->entities[i];
        add_number(&hasher, entity->number);
        add_text(&hasher, entity->name);
        add_number(&hasher, entity->field_count);
        for (size_t j = 0; j < entity->field_count; j++) {
            add_text(&hasher, entity->fields[j].name);
            add_number(&hasher, (uint64_t)entity->fields[j].type);
            add_number(&hasher, entity->fields[j].limit);
        }
    }
    for (size_t i = 0; i < about->index_count; i++) {
        add_number(&hasher, about->indexes[i].entity);
        add_text(&hasher, about->indexes[i].name);
        add_text(&hasher, about->indexes[i].columns);
        add_text(&hasher, about->indexes[i].condition);
    }
    struct mu_hash hash;
    mu_hasher_end(&hasher, &hash);
    return hash;
}

/* -- what the file says ------------------------------------------------------ */

enum verdict { CURRENT, OLDER, FRESH };

static enum mu_status newer(const struct mu_replica *replica, struct mu_error *err)
{
    return mu_fail(err, MU_E_VERSION, "'%s' was written by a newer Muster; upgrade this program",
                   replica->db->name);
}

static enum mu_status judge(const struct mu_replica *replica, struct mu_slice schema,
                            enum verdict *out, struct mu_error *err)
{
    struct mu_reader reader = mu_reader_of(schema);
    uint64_t layout = mu_reader_varint(&reader);
    if (mu_reader_ok(&reader) && layout > LAYOUT) {
        return newer(replica, err);
    }
    struct mu_hash theirs = {0};
    (void)mu_hash_from_slice(mu_reader_bytes(&reader, MU_HASH_LEN), &theirs);
    struct mu_hash ours = fingerprint(&replica->about);
    if (mu_reader_ok(&reader) && mu_hash_equal(ours, theirs)) {
        *out = CURRENT;
        return MU_OK;
    }
    while (!mu_reader_at_end(&reader)) {
        uint64_t number = mu_reader_varint(&reader);
        uint64_t fields = mu_reader_varint(&reader);
        if (!mu_reader_ok(&reader)) {
            return mu_fail(err, MU_E_CORRUPT, "'%s': its schema entry is damaged",
                           replica->db->name);
        }
        size_t i = 0;
        while (i < replica->about.entity_count && replica->about.entities[i].number != number) {
            i++;
        }
        if (i == replica->about.entity_count || replica->about.entities[i].field_count < fields) {
            return newer(replica, err);
        }
    }
    *out = OLDER;
    return MU_OK;
}

/* Whether the query brings a row; *out_value is its first column. */
static enum mu_status ask(struct mu_replica *replica, const char *sql, int64_t *out_value,
                          bool *out_row, const char *table, const char *column,
                          struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, replica->db, sql, err));
    if (table != NULL) {
        mu_stmt_bind_text(&stmt, 1, mu_slice_str(table));
        mu_stmt_bind_text(&stmt, 2, mu_slice_str(column));
    }
    enum mu_status status = mu_stmt_step(&stmt, out_row, err);
    *out_value = status == MU_OK && *out_row ? mu_stmt_int(&stmt, 0) : 0;
    mu_stmt_finalize(&stmt);
    return status;
}

static enum mu_status inspect(struct mu_replica *replica, enum verdict *out, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    enum mu_status status = mu_stmt_prepare(&stmt, replica->db, SQL_SCHEMA, err);
    if (status == MU_E_INTERNAL) { /* no such table: ours to make, unless something else is wrong */
        bool there = false;
        int64_t one = 0;
        MU_TRY(ask(replica, SQL_HAS_META, &one, &there, NULL, NULL, err));
        *out = FRESH;
        return there ? status : MU_OK;
    }
    MU_TRY(status);
    bool row = false;
    status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row) {
        status = judge(replica, mu_stmt_blob(&stmt, 0), out, err);
    } else if (status == MU_OK) {
        *out = OLDER;
    }
    mu_stmt_finalize(&stmt);
    return status;
}

/* -- making ------------------------------------------------------------------ */

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

/* Make the table, or the column of the field, where it is missing; *out_made tells the former. */
static enum mu_status make_column(struct mu_replica *replica, const struct mu_entity *entity,
                                  const struct mu_field *field, struct mu_buf *sql, bool *out_made,
                                  struct mu_error *err)
{
    bool exists = false;
    int64_t has = 0;
    MU_TRY(ask(replica, SQL_HAS_COLUMN, &has, &exists, entity->name, field->name, err));
    *out_made = !exists;
    if (!exists) {
        return run(replica, sql, mu_table_define(entity, sql), err);
    }
    return has != 0 ? MU_OK : run(replica, sql, add_column(entity, field, sql), err);
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
    MU_TRY(mu_buf_printf(sql, "CREATE INDEX IF NOT EXISTS \"%s\" ON \"%s\" (%s)", index->name,
                         table, index->columns));
    return *index->condition == '\0' ? MU_OK : mu_buf_printf(sql, " WHERE %s", index->condition);
}

static enum mu_status make_tables(struct mu_replica *replica, struct mu_error *err)
{
    MU_TRY(mu_db_exec(replica->db, SQL_TABLES, err));
    struct mu_buf sql MU_BUF_AUTO;
    mu_buf_init(&sql, SQL_MAX);
    for (size_t i = 0; i < replica->about.entity_count; i++) {
        MU_TRY(make_table(replica, &replica->about.entities[i], &sql, err));
    }
    for (size_t i = 0; i < replica->about.index_count; i++) {
        enum mu_status status = write_index(replica, &replica->about.indexes[i], &sql);
        MU_TRY(run(replica, &sql, status, err));
    }
    return MU_OK;
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

static enum mu_status write_schema(struct mu_replica *replica, struct mu_error *err)
{
    struct mu_buf schema MU_BUF_AUTO;
    mu_buf_init(&schema, SCHEMA_MAX);
    struct mu_hash hash = fingerprint(&replica->about);
    enum mu_status status = mu_buf_append_varint(&schema, LAYOUT);
    if (status == MU_OK) {
        status = mu_buf_append(&schema, hash.bytes, sizeof hash.bytes);
    }
    for (size_t i = 0; status == MU_OK && i < replica->about.entity_count; i++) {
        status = mu_buf_append_varint(&schema, replica->about.entities[i].number);
        if (status == MU_OK) {
            status = mu_buf_append_varint(&schema, replica->about.entities[i].field_count);
        }
    }
    if (status != MU_OK) {
        return mu_fail(err, status, "the board's schema: %s", mu_status_text(status));
    }
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_META_SET, &stmt, err));
    mu_stmt_bind_text(stmt, 1, mu_slice_str(MU_META_SCHEMA));
    mu_stmt_bind_blob(stmt, 2, mu_buf_view(&schema));
    return mu_stmt_run(stmt, err);
}

static enum mu_status upgrade(struct mu_replica *replica, struct mu_error *err)
{
    enum verdict verdict = CURRENT;
    MU_TRY(inspect(replica, &verdict, err)); /* another process may have been faster */
    if (verdict == CURRENT) {
        return MU_OK;
    }
    MU_TRY(make_tables(replica, err));
    for (size_t i = 0; verdict == OLDER && i < replica->about.entity_count; i++) {
        MU_TRY(move_cells(replica, &replica->tables[i], err));
        MU_TRY(move_rows(replica, &replica->tables[i], err));
    }
    return write_schema(replica, err);
}

static enum mu_status refuse_to_read(const struct mu_replica *replica, enum verdict verdict,
                                     struct mu_error *err)
{
    if (verdict == FRESH) {
        return mu_fail(err, MU_E_NOT_FOUND, "'%s' has no board yet", replica->db->name);
    }
    return mu_fail(err, MU_E_VERSION,
                   "'%s' was written by an older Muster and is open for reading only",
                   replica->db->name);
}

enum mu_status mu_schema_prepare(struct mu_replica *replica, struct mu_error *err)
{
    enum verdict verdict = CURRENT;
    MU_TRY(inspect(replica, &verdict, err));
    if (verdict == CURRENT) {
        return MU_OK;
    }
    if (replica->db->read_only) {
        return refuse_to_read(replica, verdict, err);
    }
    if (replica->db->in_transaction) {
        return upgrade(replica, err);
    }
    MU_TRY(mu_db_begin(replica->db, err));
    enum mu_status status = upgrade(replica, err);
    if (status != MU_OK) {
        mu_db_rollback(replica->db);
        return status;
    }
    return mu_db_commit(replica->db, err);
}

enum mu_status mu_schema_check(struct mu_replica *replica, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    enum verdict verdict = OLDER;
    bool found = false;
    MU_TRY(mu_replica_query(replica, MU_QUERY_META_GET, &stmt, err));
    mu_stmt_bind_text(stmt, 1, mu_slice_str(MU_META_SCHEMA));
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        status = judge(replica, mu_stmt_blob(stmt, 0), &verdict, err);
    }
    mu_stmt_reset(stmt);
    return status;
}
