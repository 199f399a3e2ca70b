#include "common/model/row.h"

#include <string.h>

#include "common/base/utf8.h"

struct mu_value mu_null(void)
{
    return (struct mu_value){.kind = MU_NULL};
}

struct mu_value mu_int(int64_t number)
{
    return (struct mu_value){.kind = MU_INT, .number = number};
}

struct mu_value mu_bytes(struct mu_slice bytes)
{
    return (struct mu_value){.kind = MU_BYTES, .bytes = bytes};
}

struct mu_value mu_id_value(const struct mu_id *id)
{
    return mu_bytes(mu_id_view(id));
}

bool mu_value_equal(struct mu_value a, struct mu_value b)
{
    if (a.kind != b.kind) {
        return false;
    }
    switch (a.kind) {
    case MU_NULL:
        return true;
    case MU_INT:
        return a.number == b.number;
    case MU_BYTES:
        return mu_slice_equal(a.bytes, b.bytes);
    }
    return false;
}

/* The first cell with a field >= field; count when there is none. */
static size_t lower_bound(const struct mu_row *row, uint32_t field)
{
    size_t low = 0;
    size_t high = row->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (row->cells[middle].field < field) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct mu_cell *mu_row_cell(const struct mu_row *row, uint32_t field)
{
    size_t at = lower_bound(row, field);
    return at < row->count && row->cells[at].field == field ? &row->cells[at] : NULL;
}

int64_t mu_row_int(const struct mu_row *row, uint32_t field)
{
    const struct mu_cell *cell = mu_row_cell(row, field);
    return cell != NULL && cell->value.kind == MU_INT ? cell->value.number : 0;
}

struct mu_slice mu_row_text(const struct mu_row *row, uint32_t field)
{
    const struct mu_cell *cell = mu_row_cell(row, field);
    return cell != NULL && cell->value.kind == MU_BYTES ? cell->value.bytes : (struct mu_slice){0};
}

struct mu_id mu_row_id(const struct mu_row *row, uint32_t field)
{
    struct mu_id id = {0};
    (void)mu_id_from_slice(mu_row_text(row, field), &id);
    return id;
}

bool mu_row_has(const struct mu_row *row, uint32_t field)
{
    const struct mu_cell *cell = mu_row_cell(row, field);
    return cell != NULL && cell->value.kind != MU_NULL;
}

uint64_t mu_row_seq(const struct mu_row *row)
{
    uint64_t newest = 0;
    for (size_t i = 0; i < row->count; i++) {
        newest = row->cells[i].seq > newest ? row->cells[i].seq : newest;
    }
    return newest;
}

static enum mu_status make_room(struct mu_row *row, struct mu_arena *arena, size_t need)
{
    if (need <= row->room) {
        return MU_OK;
    }
    size_t room = row->room < 8 ? 8 : row->room * 2;
    room = room < need ? need : room;
    struct mu_cell *cells = mu_arena_array(arena, room, sizeof *cells);
    if (cells == NULL) {
        return MU_E_NOMEM;
    }
    if (row->count > 0) {
        memcpy(cells, row->cells, row->count * sizeof *cells);
    }
    row->cells = cells;
    row->room = room;
    return MU_OK;
}

enum mu_status mu_row_set(struct mu_row *row, struct mu_arena *arena, uint32_t field,
                          struct mu_value value, uint64_t seq)
{
    MU_ASSERT(field > 0);
    struct mu_value copy = value;
    if (value.kind == MU_BYTES && !mu_arena_copy(arena, value.bytes, &copy.bytes)) {
        return MU_E_NOMEM;
    }
    size_t at = lower_bound(row, field);
    if (at == row->count || row->cells[at].field != field) {
        MU_TRY(make_room(row, arena, row->count + 1));
        memmove(row->cells + at + 1, row->cells + at, (row->count - at) * sizeof *row->cells);
        row->count++;
    }
    row->cells[at] = (struct mu_cell){.field = field, .seq = seq, .value = copy};
    return MU_OK;
}

enum mu_status mu_row_copy(const struct mu_row *row, struct mu_arena *arena,
                           struct mu_row *out_copy)
{
    struct mu_row copy = {.entity = row->entity, .id = row->id};
    MU_TRY(make_room(&copy, arena, row->count));
    for (size_t i = 0; i < row->count; i++) {
        const struct mu_cell *cell = &row->cells[i];
        MU_TRY(mu_row_set(&copy, arena, cell->field, cell->value, cell->seq));
    }
    *out_copy = copy;
    return MU_OK;
}

enum mu_status mu_row_merge(struct mu_row *row, struct mu_arena *arena, const struct mu_row *from,
                            uint64_t seq)
{
    MU_ASSERT(row->entity == from->entity && mu_id_equal(row->id, from->id));
    for (size_t i = 0; i < from->count; i++) {
        MU_TRY(mu_row_set(row, arena, from->cells[i].field, from->cells[i].value, seq));
    }
    return MU_OK;
}

enum mu_status mu_value_encode(struct mu_value value, struct mu_buf *out)
{
    MU_TRY(mu_buf_append_byte(out, (uint8_t)value.kind));
    switch (value.kind) {
    case MU_NULL:
        return MU_OK;
    case MU_INT:
        return mu_buf_append_svarint(out, value.number);
    case MU_BYTES:
        return mu_buf_append_block(out, value.bytes);
    }
    return MU_E_INTERNAL;
}

struct mu_value mu_value_decode(struct mu_reader *reader)
{
    switch (mu_reader_byte(reader)) {
    case MU_NULL:
        return mu_null();
    case MU_INT:
        return mu_int(mu_reader_svarint(reader));
    case MU_BYTES:
        return mu_bytes(mu_reader_block(reader, MU_VALUE_MAX));
    default:
        reader->failed = true;
        return mu_null();
    }
}

/* The longest a cell can be but for its bytes: field, seq, kind, and number or length. */
#define CELL_LEN_MAX (5 + 10 + 1 + 10)
#define HEAD_LEN_MAX (5 + MU_ID_LEN + 10)

static uint8_t *put_varint(uint8_t *at, uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    return at;
}

static uint8_t *put_value(uint8_t *at, struct mu_value value)
{
    *at++ = (uint8_t)value.kind;
    switch (value.kind) {
    case MU_NULL:
        break;
    case MU_INT:
        return put_varint(at, value.number < 0 ? ~((uint64_t)value.number << 1)
                                               : (uint64_t)value.number << 1);
    case MU_BYTES:
        at = put_varint(at, value.bytes.len);
        if (value.bytes.len > 0) {
            memcpy(at, value.bytes.data, value.bytes.len);
        }
        return at + value.bytes.len;
    }
    return at;
}

/* Bytes that row takes at most; SIZE_MAX when it cannot be told. */
static size_t row_bound(const struct mu_row *row)
{
    size_t bound = HEAD_LEN_MAX;
    for (size_t i = 0; i < row->count; i++) {
        const struct mu_value *value = &row->cells[i].value;
        size_t more = value->kind == MU_BYTES ? value->bytes.len : 0;
        if (more > SIZE_MAX / 2 || bound > SIZE_MAX / 2 - CELL_LEN_MAX) {
            return SIZE_MAX;
        }
        bound += more + CELL_LEN_MAX;
    }
    return bound;
}

/* With room for the whole row at hand, as every row is hashed when it changes. */
static void encode_at_once(const struct mu_row *row, struct mu_buf *out)
{
    uint8_t *at = put_varint(out->data + out->len, row->entity);
    memcpy(at, row->id.bytes, MU_ID_LEN);
    at = put_varint(at + MU_ID_LEN, row->count);
    for (size_t i = 0; i < row->count; i++) {
        at = put_varint(at, row->cells[i].field);
        at = put_varint(at, row->cells[i].seq);
        at = put_value(at, row->cells[i].value);
    }
    out->len = (size_t)(at - out->data);
}

enum mu_status mu_row_encode(const struct mu_row *row, struct mu_buf *out)
{
    size_t bound = row_bound(row);
    if (bound <= out->max - out->len) {
        MU_TRY(mu_buf_reserve(out, bound));
        encode_at_once(row, out);
        return MU_OK;
    }
    MU_TRY(mu_buf_append_varint(out, row->entity)); /* near the ceiling: it may still fit */
    MU_TRY(mu_buf_append(out, row->id.bytes, MU_ID_LEN));
    MU_TRY(mu_buf_append_varint(out, row->count));
    for (size_t i = 0; i < row->count; i++) {
        MU_TRY(mu_buf_append_varint(out, row->cells[i].field));
        MU_TRY(mu_buf_append_varint(out, row->cells[i].seq));
        MU_TRY(mu_value_encode(row->cells[i].value, out));
    }
    return MU_OK;
}

enum mu_status mu_row_decode(struct mu_reader *reader, struct mu_arena *arena,
                             struct mu_row *out_row)
{
    uint64_t entity = mu_reader_varint(reader);
    struct mu_row row = {0};
    (void)mu_id_from_slice(mu_reader_bytes(reader, MU_ID_LEN), &row.id);
    uint64_t count = mu_reader_varint(reader);
    /* A cell takes three bytes or more, so count is bounded by what is there. */
    if (!mu_reader_ok(reader) || entity == 0 || entity > UINT32_MAX ||
        count > (uint64_t)(reader->end - reader->at) / 3) {
        return MU_E_CORRUPT;
    }
    row.entity = (uint32_t)entity;
    row.room = row.count = (size_t)count;
    row.cells = mu_arena_array(arena, row.room, sizeof *row.cells);
    if (row.cells == NULL) {
        return MU_E_NOMEM;
    }
    uint64_t last = 0;
    for (size_t i = 0; i < row.count; i++) {
        uint64_t field = mu_reader_varint(reader);
        uint64_t seq = mu_reader_varint(reader);
        struct mu_value value = mu_value_decode(reader);
        if (!mu_reader_ok(reader) || field <= last || field > UINT32_MAX) {
            return MU_E_CORRUPT;
        }
        last = field;
        row.cells[i] = (struct mu_cell){.field = (uint32_t)field, .seq = seq, .value = value};
    }
    *out_row = row;
    return MU_OK;
}
