/* One table an entity: its definition and the SQL on it.  Short columns stand before long ones, so
 * that reading the short ones need not walk through a long text; cells.c says what they hold. */
#include <stdlib.h>
#include <string.h>

#include "common/replica/inside.h"

#define SQL_MAX    16384
#define SHORT_MAX  256 /* bytes of a value that comes before the others */
#define MIDDLE_MAX 2048

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

static enum mu_status define_columns(const struct mu_entity *entity, int wide,
                                     struct mu_buf *out_sql)
{
    enum mu_status status = MU_OK;
    for (size_t i = 0; status == MU_OK && i < entity->field_count; i++) {
        if (width(&entity->fields[i]) == wide) {
            status = mu_buf_append_str(out_sql, ",\n    ");
            status = status == MU_OK ? mu_table_define_column(&entity->fields[i], out_sql) : status;
        }
    }
    return status;
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
        MU_TRY(define_columns(entity, wide, out_sql));
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
                table->indexed |= mu_field_bit(field->number);
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
        MU_TRY(mu_buf_printf(sql, ", ?%zu", MU_TABLE_FIELDS + 1 + i));
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
        const struct mu_field *field = &entity->fields[i];
        enum mu_status status = MU_OK;
        if ((without & mu_field_bit(field->number)) == 0) {
            status = mu_buf_printf(sql, ", \"%s\" = ?%zu", field->name, MU_TABLE_FIELDS + 1 + i);
        }
        MU_TRY(status);
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

enum mu_status mu_table_update(struct mu_replica *replica, struct mu_table *table, uint64_t indexed,
                               struct mu_update **out_update, struct mu_error *err)
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
