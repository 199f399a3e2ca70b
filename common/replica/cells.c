/* A row between the columns of its table and cells in memory.
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
#include <string.h>

#include "common/model/due.h"
#include "common/model/rank.h"
#include "common/replica/inside.h"

/* -- reading ---------------------------------------------------------------- */

/* Seqs of the known fields, by field number - 1.  False when the bytes are none of ours. */
static bool read_seqs(struct mu_slice bytes, size_t field_count, uint64_t seqs[],
                      uint64_t *out_mask)
{
    uint64_t all = field_count == 64 ? UINT64_MAX : mu_field_bit((uint32_t)field_count + 1) - 1;
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
        struct mu_value value = read_column(stmt, MU_TABLE_FIELDS + (int)i, field);
        bool has = (mask & mu_field_bit(field->number)) != 0;
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
    int64_t key = mu_stmt_int(stmt, MU_TABLE_KEY);
    uint64_t seqs[MU_FIELD_COUNT_MAX];
    uint64_t mask = 0;
    size_t raw_count = 0;
    struct mu_row row = {.entity = table->entity->number};
    struct mu_slice raw = mu_stmt_blob(stmt, MU_TABLE_RAW_CELLS);
    if (!mu_id_from_slice(mu_stmt_blob(stmt, MU_TABLE_ID), &row.id) || mu_id_key(row.id) != key ||
        !read_seqs(mu_stmt_blob(stmt, MU_TABLE_SEQS), table->entity->field_count, seqs, &mask) ||
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
    int index = MU_TABLE_FIELDS + (int)field->number;
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

/* Into the row's masks and its statement, or among the raw cells. */
static enum mu_status place_cell(struct mu_replica *replica, const struct mu_entity *entity,
                                 struct mu_stmt *stmt, const struct mu_cell *cell, uint64_t without,
                                 struct groups *groups)
{
    const struct mu_field *field =
        cell->field <= entity->field_count ? &entity->fields[cell->field - 1] : NULL;
    if (field == NULL || !fits(field, cell->value)) {
        return write_raw(cell, &replica->raw);
    }
    group(groups, cell->seq, mu_field_bit(cell->field));
    if ((without & mu_field_bit(cell->field)) == 0) {
        bind_cell(stmt, field, cell->value);
    }
    return MU_OK;
}

/* Bind the cells whose fields are not in `without`; the rest is as it was. */
static enum mu_status bind_row(struct mu_replica *replica, const struct mu_entity *entity,
                               struct mu_stmt *stmt, const struct mu_row *row, uint64_t without)
{
    struct groups groups;
    groups.count = 0;
    mu_buf_clear(&replica->raw);
    for (size_t i = 0; i < row->count; i++) {
        MU_TRY(place_cell(replica, entity, stmt, &row->cells[i], without, &groups));
    }
    MU_TRY(write_seqs(&groups, &replica->seqs));
    mu_stmt_bind_int(stmt, MU_TABLE_KEY + 1, mu_id_key(row->id));
    mu_stmt_bind_blob(stmt, MU_TABLE_SEQS + 1, mu_buf_view(&replica->seqs));
    if (replica->raw.len > 0) {
        mu_stmt_bind_blob(stmt, MU_TABLE_RAW_CELLS + 1, mu_buf_view(&replica->raw));
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
        MU_TRY(mu_table_update(replica, table, changed & table->indexed, &update, err));
        stmt = &update->stmt;
        without = table->indexed & ~update->indexed;
    } else {
        MU_TRY(mu_table_query(replica, table, MU_TABLE_INSERT, &stmt, err));
        mu_stmt_bind_blob(stmt, MU_TABLE_ID + 1, mu_id_view(&row->id));
    }
    enum mu_status status = bind_row(replica, table->entity, stmt, row, without);
    if (status != MU_OK) {
        mu_stmt_reset(stmt);
        return mu_fail(err, status, "table '%s': a row is too large or there is no memory for it",
                       table->entity->name);
    }
    return mu_stmt_run(stmt, err);
}
