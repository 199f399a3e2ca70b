/* One table an entity: its SQL, and rows between SQLite's columns and cells.
 *
 *   key   the row's storage key, mu_id_key(id)
 *   id    the whole id
 *   seqs  per distinct seq, ascending: varint seq, varint mask of the fields that have it (bit
 *         n - 1 for field n).  A field in no mask has no cell, one in a mask with a NULL column
 *         has been cleared
 *   raw   NULL, or per cell, ascending by field: varint field, varint seq, value.  Fields that
 *         this version does not know, and values that its columns cannot hold (a word that a
 *         newer version added, a longer text)
 *   then a column for each field, short ones before long ones, so that reading the short ones
 *   need not walk through a long text */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/model/due.h"
#include "common/model/rank.h"
#include "common/replica/inside.h"

#define SQL_MAX    16384
#define SHORT_MAX  256 /* bytes of a value that comes before the others */
#define MIDDLE_MAX 2048

enum column { KEY, ID, SEQS, RAW, FIELDS };

static const char *sql_type(enum mu_type type)
{
    switch (type) {
    case MU_TYPE_INT:
    case MU_TYPE_BOOL:
    case MU_TYPE_ENUM:
    case MU_TYPE_WALL:
        return "INTEGER";
    case MU_TYPE_TEXT:
    case MU_TYPE_DUE:
    case MU_TYPE_RANK:
        return "TEXT";
    case MU_TYPE_ID:
    case MU_TYPE_BYTES:
        return "BLOB";
    }
    return "ANY";
}

/* Limits of the model that no later version can widen; the others are fits() alone, since
 * SQLite cannot change a CHECK. */
static enum mu_status define_check(const struct mu_field *field, struct mu_buf *out_sql)
{
    switch (field->type) {
    case MU_TYPE_BOOL:
        return mu_buf_printf(out_sql, " CHECK (\"%s\" IN (0, 1))", field->name);
    case MU_TYPE_ENUM:
        return mu_buf_printf(out_sql, " CHECK (\"%s\" > 0)", field->name);
    case MU_TYPE_ID:
        return mu_buf_printf(out_sql, " CHECK (length(\"%s\") = %d)", field->name, MU_ID_LEN);
    case MU_TYPE_INT:
    case MU_TYPE_WALL:
    case MU_TYPE_TEXT:
    case MU_TYPE_DUE:
    case MU_TYPE_RANK:
    case MU_TYPE_BYTES:
        break;
    }
    return MU_OK;
}

enum mu_status mu_table_define_column(const struct mu_field *field, struct mu_buf *out_sql)
{
    MU_TRY(mu_buf_printf(out_sql, "\"%s\" %s", field->name, sql_type(field->type)));
    return define_check(field, out_sql);
}

/* 0, 1 or 2: where the column of a field stands. */
static int width(const struct mu_field *field)
{
    bool sized = field->type == MU_TYPE_TEXT || field->type == MU_TYPE_BYTES;
    if (!sized || field->limit <= SHORT_MAX) {
        return 0;
    }
    return field->limit <= MIDDLE_MAX ? 1 : 2;
}

enum mu_status mu_table_define(const struct mu_entity *entity, struct mu_buf *out_sql)
{
    MU_TRY(mu_buf_printf(out_sql,
                         "CREATE TABLE \"%s\" (\n"
                         "    key INTEGER PRIMARY KEY CHECK (key >= 0),\n"
                         "    id BLOB NOT NULL CHECK (length(id) = %d),\n"
                         "    seqs BLOB NOT NULL,\n"
                         "    raw BLOB",
                         entity->name, MU_ID_LEN));
    for (int wide = 0; wide <= 2; wide++) {
        for (size_t i = 0; i < entity->field_count; i++) {
            if (width(&entity->fields[i]) == wide) {
                MU_TRY(mu_buf_append_str(out_sql, ",\n    "));
                MU_TRY(mu_table_define_column(&entity->fields[i], out_sql));
            }
        }
    }
    return mu_buf_append_str(out_sql, "\n) STRICT;\n");
}

/* Whether sql, a list of columns or a condition, names the column. */
static bool names(const char *sql, const char *column)
{
    size_t len = strlen(column);
    for (const char *at = strstr(sql, column); at != NULL; at = strstr(at + 1, column)) {
        const char *letters = "abcdefghijklmnopqrstuvwxyz0123456789_";
        bool starts = at == sql || strchr(letters, at[-1]) == NULL;
        bool ends = at[len] == '\0' || strchr(letters, at[len]) == NULL;
        if (starts && ends) {
            return true;
        }
    }
    return false;
}

static uint64_t bit(uint32_t field)
{
    return (uint64_t)1 << (field - 1);
}

void mu_table_init(struct mu_table *table, const struct mu_description *about, size_t entity)
{
    *table = (struct mu_table){.entity = &about->entities[entity]};
    const struct mu_entity *known = table->entity;
    MU_ASSERT(known->field_count <= MU_FIELD_COUNT_MAX);
    for (size_t i = 0; i < known->field_count; i++) {
        const struct mu_field *field = &known->fields[i];
        MU_ASSERT(field->number == i + 1);
        for (size_t j = 0; j < about->index_count; j++) {
            const struct mu_index *index = &about->indexes[j];
            if (index->entity == known->number &&
                (names(index->columns, field->name) || names(index->condition, field->name))) {
                table->indexed |= bit(field->number);
            }
        }
    }
}

void mu_table_deinit(struct mu_table *table)
{
    for (size_t i = 0; i < MU_TABLE_QUERY_COUNT; i++) {
        mu_stmt_finalize(&table->stmts[i]);
        free(table->sql[i]);
        table->sql[i] = NULL;
    }
    for (size_t i = 0; i < table->update_count; i++) {
        mu_stmt_finalize(&table->updates[i].stmt);
        free(table->updates[i].sql);
    }
    table->update_count = 0;
}

struct mu_table *mu_table_find(struct mu_replica *replica, uint32_t entity)
{
    size_t low = 0;
    size_t high = replica->about.entity_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t number = replica->about.entities[middle].number;
        if (number == entity) {
            return &replica->tables[middle];
        }
        if (number < entity) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* -- statements -------------------------------------------------------------- */

static enum mu_status write_select(const struct mu_entity *entity, const char *tail,
                                   struct mu_buf *sql)
{
    MU_TRY(mu_buf_append_str(sql, "SELECT key, id, seqs, raw"));
    for (size_t i = 0; i < entity->field_count; i++) {
        MU_TRY(mu_buf_printf(sql, ", \"%s\"", entity->fields[i].name));
    }
    return mu_buf_printf(sql, " FROM \"%s\" %s", entity->name, tail);
}

static enum mu_status write_insert(const struct mu_entity *entity, struct mu_buf *sql)
{
    MU_TRY(mu_buf_printf(sql, "INSERT INTO \"%s\" (key, id, seqs, raw", entity->name));
    for (size_t i = 0; i < entity->field_count; i++) {
        MU_TRY(mu_buf_printf(sql, ", \"%s\"", entity->fields[i].name));
    }
    MU_TRY(mu_buf_append_str(sql, ") VALUES (?1, ?2, ?3, ?4"));
    for (size_t i = 0; i < entity->field_count; i++) {
        MU_TRY(mu_buf_printf(sql, ", ?%zu", FIELDS + 1 + i));
    }
    return mu_buf_append_byte(sql, ')');
}

static enum mu_status write_update(const struct mu_table *table, uint64_t indexed,
                                   struct mu_buf *sql)
{
    const struct mu_entity *entity = table->entity;
    uint64_t without = table->indexed & ~indexed;
    MU_TRY(mu_buf_printf(sql, "UPDATE \"%s\" SET seqs = ?3, raw = ?4", entity->name));
    for (size_t i = 0; i < entity->field_count; i++) {
        if ((without & bit(entity->fields[i].number)) == 0) {
            MU_TRY(mu_buf_printf(sql, ", \"%s\" = ?%zu", entity->fields[i].name, FIELDS + 1 + i));
        }
    }
    return mu_buf_append_str(sql, " WHERE key = ?1");
}

static enum mu_status write_sql(const struct mu_table *table, enum mu_table_query which,
                                struct mu_buf *sql)
{
    const struct mu_entity *entity = table->entity;
    switch (which) {
    case MU_TABLE_GET:
        return write_select(entity, "WHERE key = ?1", sql);
    case MU_TABLE_RANGE:
        return write_select(entity, "WHERE key >= ?1 AND key < ?2 ORDER BY key", sql);
    case MU_TABLE_INSERT:
        return write_insert(entity, sql);
    case MU_TABLE_DELETE:
        return mu_buf_printf(sql, "DELETE FROM \"%s\" WHERE key = ?1", entity->name);
    case MU_TABLE_RAW:
        return mu_buf_printf(sql,
                             "SELECT key FROM \"%s\" WHERE key > ?1 AND raw IS NOT NULL"
                             " ORDER BY key LIMIT 1",
                             entity->name);
    case MU_TABLE_QUERY_COUNT:
        break;
    }
    return MU_E_INTERNAL;
}

/* Terminate the SQL that was written, or tell why it was not; *out_text is the caller's to free. */
static enum mu_status finish(const struct mu_table *table, struct mu_buf *sql,
                             enum mu_status status, char **out_text, struct mu_error *err)
{
    if (status == MU_OK) {
        status = mu_buf_append_byte(sql, '\0');
    }
    if (status != MU_OK) {
        mu_buf_deinit(sql);
        return mu_fail(err, status, "table '%s': %s", table->entity->name, mu_status_text(status));
    }
    *out_text = (char *)sql->data; /* taken */
    return MU_OK;
}

enum mu_status mu_table_query(struct mu_replica *replica, struct mu_table *table,
                              enum mu_table_query which, struct mu_stmt **out_stmt,
                              struct mu_error *err)
{
    struct mu_stmt *stmt = &table->stmts[which];
    if (table->sql[which] == NULL) {
        struct mu_buf sql;
        mu_buf_init(&sql, SQL_MAX);
        enum mu_status status = write_sql(table, which, &sql);
        MU_TRY(finish(table, &sql, status, &table->sql[which], err));
    }
    if (stmt->handle == NULL) {
        MU_TRY(mu_stmt_prepare(stmt, replica->db, table->sql[which], err));
    }
    *out_stmt = stmt;
    return MU_OK;
}

/* The update that sets these indexed fields, or more. */
static enum mu_status find_update(struct mu_replica *replica, struct mu_table *table,
                                  uint64_t indexed, struct mu_update **out_update,
                                  struct mu_error *err)
{
    struct mu_update *update = NULL;
    for (size_t i = 0; i < table->update_count && update == NULL; i++) {
        bool last = i == MU_UPDATES_MAX - 1;
        update = table->updates[i].indexed == indexed || last ? &table->updates[i] : NULL;
    }
    if (update == NULL) {
        uint64_t sets = table->update_count == MU_UPDATES_MAX - 1 ? table->indexed : indexed;
        struct mu_buf sql;
        mu_buf_init(&sql, SQL_MAX);
        update = &table->updates[table->update_count];
        MU_TRY(finish(table, &sql, write_update(table, sets, &sql), &update->sql, err));
        update->indexed = sets;
        table->update_count++;
    }
    if (update->stmt.handle == NULL) {
        MU_TRY(mu_stmt_prepare(&update->stmt, replica->db, update->sql, err));
    }
    *out_update = update;
    return MU_OK;
}

/* -- reading ----------------------------------------------------------------- */

/* Seqs of the known fields, by field number - 1.  False when the bytes are none of ours. */
static bool read_seqs(struct mu_slice bytes, size_t field_count, uint64_t seqs[],
                      uint64_t *out_mask)
{
    uint64_t all = field_count == 64 ? UINT64_MAX : bit((uint32_t)field_count + 1) - 1;
    uint64_t seen = 0;
    struct mu_reader reader = mu_reader_of(bytes);
    while (!mu_reader_at_end(&reader)) {
        uint64_t seq = mu_reader_varint(&reader);
        uint64_t mask = mu_reader_varint(&reader);
        if (!mu_reader_ok(&reader) || mask == 0 || (mask & seen) != 0 || (mask & ~all) != 0) {
            return false;
        }
        seen |= mask;
        for (uint32_t field = 1; mask != 0; field++, mask >>= 1) {
            if ((mask & 1) != 0) {
                seqs[field - 1] = seq;
            }
        }
    }
    *out_mask = seen;
    return true;
}

static struct mu_cell read_raw(struct mu_reader *reader)
{
    struct mu_cell cell = {0};
    uint64_t field = mu_reader_varint(reader);
    cell.seq = mu_reader_varint(reader);
    cell.value = mu_value_decode(reader);
    if (field == 0 || field > UINT32_MAX) {
        reader->failed = true;
    }
    cell.field = (uint32_t)field;
    return cell;
}

/* How many raw cells there are; false when they are not in order, or no cells. */
static bool count_raw(struct mu_slice raw, size_t *out_count)
{
    size_t count = 0;
    uint32_t last = 0;
    struct mu_reader reader = mu_reader_of(raw);
    while (!mu_reader_at_end(&reader)) {
        struct mu_cell cell = read_raw(&reader);
        if (!mu_reader_ok(&reader) || cell.field <= last) {
            return false;
        }
        last = cell.field;
        count++;
    }
    *out_count = count;
    return true;
}

static struct mu_value read_column(struct mu_stmt *stmt, int column, const struct mu_field *field)
{
    if (mu_stmt_is_null(stmt, column)) {
        return mu_null();
    }
    switch (field->type) {
    case MU_TYPE_INT:
    case MU_TYPE_BOOL:
    case MU_TYPE_ENUM:
    case MU_TYPE_WALL:
        return mu_int(mu_stmt_int(stmt, column));
    case MU_TYPE_TEXT:
    case MU_TYPE_DUE:
    case MU_TYPE_RANK:
    case MU_TYPE_ID:
    case MU_TYPE_BYTES:
        break;
    }
    return mu_bytes(mu_stmt_blob(stmt, column));
}

static unsigned ones(uint64_t mask)
{
    unsigned count = 0;
    for (; mask != 0; mask &= mask - 1) {
        count++;
    }
    return count;
}

static enum mu_status damaged(struct mu_replica *replica, const struct mu_table *table, int64_t key,
                              struct mu_error *err)
{
    MU_TRY(mu_schema_check(replica, err)); /* or it has fields that only a newer program knows */
    return mu_fail(err, MU_E_CORRUPT, "'%s': row %" PRId64 " of table '%s' is damaged",
                   replica->db->name, key, table->entity->name);
}

static enum mu_status no_room(struct mu_error *err)
{
    return mu_fail(err, MU_E_NOMEM, "no memory for a row");
}

/* The cell of a raw reader and of the columns, whichever field comes first, until both end. */
static bool merge_cells(const struct mu_table *table, struct mu_stmt *stmt, uint64_t mask,
                        const uint64_t seqs[], struct mu_slice raw, struct mu_row *row)
{
    struct mu_reader reader = mu_reader_of(raw);
    bool more = !mu_reader_at_end(&reader);
    struct mu_cell next = more ? read_raw(&reader) : (struct mu_cell){.field = UINT32_MAX};
    for (size_t i = 0; i < table->entity->field_count; i++) {
        const struct mu_field *field = &table->entity->fields[i];
        struct mu_value value = read_column(stmt, FIELDS + (int)i, field);
        bool has = (mask & bit(field->number)) != 0;
        if (!has && value.kind != MU_NULL) {
            return false;
        }
        if (more && next.field == field->number) {
            if (has) {
                return false;
            }
            row->cells[row->count++] = next;
            more = !mu_reader_at_end(&reader);
            next = more ? read_raw(&reader) : next;
        } else if (has) {
            row->cells[row->count++] =
                (struct mu_cell){.field = field->number, .seq = seqs[i], .value = value};
        }
    }
    while (more) {
        row->cells[row->count++] = next;
        more = !mu_reader_at_end(&reader);
        next = more ? read_raw(&reader) : next;
    }
    return true;
}

enum mu_status mu_table_read(struct mu_replica *replica, const struct mu_table *table,
                             struct mu_stmt *stmt, struct mu_arena *arena, bool copy,
                             struct mu_row *out_row, struct mu_error *err)
{
    int64_t key = mu_stmt_int(stmt, KEY);
    uint64_t seqs[MU_FIELD_COUNT_MAX];
    uint64_t mask = 0;
    size_t raw_count = 0;
    struct mu_row row = {.entity = table->entity->number};
    struct mu_slice raw = mu_stmt_blob(stmt, RAW);
    if (!mu_id_from_slice(mu_stmt_blob(stmt, ID), &row.id) || mu_id_key(row.id) != key ||
        !read_seqs(mu_stmt_blob(stmt, SEQS), table->entity->field_count, seqs, &mask) ||
        !count_raw(raw, &raw_count)) {
        return damaged(replica, table, key, err);
    }
    row.room = ones(mask) + raw_count;
    row.cells = mu_arena_array(arena, row.room, sizeof *row.cells);
    if (row.cells == NULL) {
        return no_room(err);
    }
    if (row.room == 0 || !merge_cells(table, stmt, mask, seqs, raw, &row)) {
        return damaged(replica, table, key, err);
    }
    for (size_t i = 0; copy && i < row.count; i++) {
        struct mu_value *value = &row.cells[i].value;
        if (value->kind == MU_BYTES && !mu_arena_copy(arena, value->bytes, &value->bytes)) {
            return no_room(err);
        }
    }
    *out_row = row;
    return MU_OK;
}

/* -- writing ----------------------------------------------------------------- */

/* Whether the column of this version holds the value; what the value means was judged before. */
static bool fits(const struct mu_field *field, struct mu_value value)
{
    if (value.kind == MU_NULL) {
        return true;
    }
    switch (field->type) {
    case MU_TYPE_INT:
    case MU_TYPE_WALL:
        return value.kind == MU_INT;
    case MU_TYPE_BOOL:
        return value.kind == MU_INT && (value.number == 0 || value.number == 1);
    case MU_TYPE_ENUM:
        return value.kind == MU_INT && value.number > 0 && value.number <= field->limit;
    case MU_TYPE_TEXT:
    case MU_TYPE_BYTES:
        return value.kind == MU_BYTES && value.bytes.len <= field->limit;
    case MU_TYPE_DUE:
        return value.kind == MU_BYTES && value.bytes.len <= MU_DUE_TEXT_MAX;
    case MU_TYPE_RANK:
        return value.kind == MU_BYTES && value.bytes.len <= MU_RANK_MAX;
    case MU_TYPE_ID:
        return value.kind == MU_BYTES && value.bytes.len == MU_ID_LEN;
    }
    return false;
}

static void bind_cell(struct mu_stmt *stmt, const struct mu_field *field, struct mu_value value)
{
    int index = FIELDS + (int)field->number;
    switch (value.kind) {
    case MU_NULL:
        return; /* as reset left it */
    case MU_INT:
        mu_stmt_bind_int(stmt, index, value.number);
        return;
    case MU_BYTES:
        if (field->type == MU_TYPE_ID || field->type == MU_TYPE_BYTES) {
            mu_stmt_bind_blob(stmt, index, value.bytes);
        } else {
            mu_stmt_bind_text(stmt, index, value.bytes);
        }
        return;
    }
}

/* The masks of fields by seq, ascending. */
struct groups {
    uint64_t seqs[MU_FIELD_COUNT_MAX];
    uint64_t masks[MU_FIELD_COUNT_MAX];
    size_t count;
};

static void group(struct groups *groups, uint64_t seq, uint64_t mask)
{
    size_t at = groups->count;
    while (at > 0 && groups->seqs[at - 1] >= seq) {
        at--;
    }
    if (at == groups->count || groups->seqs[at] != seq) {
        size_t after = groups->count - at;
        memmove(groups->seqs + at + 1, groups->seqs + at, after * sizeof groups->seqs[0]);
        memmove(groups->masks + at + 1, groups->masks + at, after * sizeof groups->masks[0]);
        groups->seqs[at] = seq;
        groups->masks[at] = 0;
        groups->count++;
    }
    groups->masks[at] |= mask;
}

static enum mu_status write_seqs(const struct groups *groups, struct mu_buf *out)
{
    mu_buf_clear(out);
    for (size_t i = 0; i < groups->count; i++) {
        MU_TRY(mu_buf_append_varint(out, groups->seqs[i]));
        MU_TRY(mu_buf_append_varint(out, groups->masks[i]));
    }
    return MU_OK;
}

static enum mu_status write_raw(const struct mu_cell *cell, struct mu_buf *out)
{
    MU_TRY(mu_buf_append_varint(out, cell->field));
    MU_TRY(mu_buf_append_varint(out, cell->seq));
    return mu_value_encode(cell->value, out);
}

/* Bind the cells whose fields are not in `without`; the rest is as it was. */
static enum mu_status bind_row(struct mu_replica *replica, const struct mu_entity *entity,
                               struct mu_stmt *stmt, const struct mu_row *row, uint64_t without)
{
    struct groups groups;
    groups.count = 0;
    mu_buf_clear(&replica->raw);
    for (size_t i = 0; i < row->count; i++) {
        const struct mu_cell *cell = &row->cells[i];
        const struct mu_field *field =
            cell->field <= entity->field_count ? &entity->fields[cell->field - 1] : NULL;
        if (field == NULL || !fits(field, cell->value)) {
            MU_TRY(write_raw(cell, &replica->raw));
            continue;
        }
        group(&groups, cell->seq, bit(cell->field));
        if ((without & bit(cell->field)) == 0) {
            bind_cell(stmt, field, cell->value);
        }
    }
    MU_TRY(write_seqs(&groups, &replica->seqs));
    mu_stmt_bind_int(stmt, KEY + 1, mu_id_key(row->id));
    mu_stmt_bind_blob(stmt, SEQS + 1, mu_buf_view(&replica->seqs));
    if (replica->raw.len > 0) {
        mu_stmt_bind_blob(stmt, RAW + 1, mu_buf_view(&replica->raw));
    }
    return MU_OK;
}

enum mu_status mu_table_write(struct mu_replica *replica, struct mu_table *table,
                              const struct mu_row *row, bool exists, uint64_t changed,
                              struct mu_error *err)
{
    MU_ASSERT(row->count > 0);
    struct mu_stmt *stmt = NULL;
    uint64_t without = 0;
    if (exists) {
        struct mu_update *update = NULL;
        MU_TRY(find_update(replica, table, changed & table->indexed, &update, err));
        stmt = &update->stmt;
        without = table->indexed & ~update->indexed;
    } else {
        MU_TRY(mu_table_query(replica, table, MU_TABLE_INSERT, &stmt, err));
        mu_stmt_bind_blob(stmt, ID + 1, mu_id_view(&row->id));
    }
    enum mu_status status = bind_row(replica, table->entity, stmt, row, without);
    if (status != MU_OK) {
        mu_stmt_reset(stmt);
        return mu_fail(err, status, "table '%s': a row is too large or there is no memory for it",
                       table->entity->name);
    }
    return mu_stmt_run(stmt, err);
}
