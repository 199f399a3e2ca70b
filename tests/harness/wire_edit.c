#include "tests/harness/wire_edit.h"

#include "common/base/reader.h"

#define DEPTH_MAX 3

static void check(enum mu_status status)
{
    MU_ASSERT(status == MU_OK);
}

void mu_wire_put_number(struct mu_buf *out, uint32_t field, uint64_t number)
{
    check(mu_buf_append_varint(out, (uint64_t)field << 3));
    check(mu_buf_append_varint(out, number));
}

void mu_wire_put_block(struct mu_buf *out, uint32_t field, struct mu_slice bytes)
{
    check(mu_buf_append_varint(out, (uint64_t)field << 3 | 2));
    check(mu_buf_append_block(out, bytes));
}

static void put_fill(struct mu_buf *out, uint32_t field, size_t count, uint8_t fill)
{
    check(mu_buf_append_varint(out, (uint64_t)field << 3 | 2));
    check(mu_buf_append_varint(out, count));
    for (size_t i = 0; i < count; i++) {
        check(mu_buf_append_byte(out, fill));
    }
}

/* One field of a message; whole covers its tag too. */
struct field {
    uint32_t number;
    struct mu_slice whole;
    struct mu_slice inside; /* of a block */
};

static bool next_field(struct mu_reader *reader, struct field *out)
{
    const uint8_t *start = reader->at;
    if (mu_reader_at_end(reader)) {
        return false;
    }
    uint64_t tag = mu_reader_varint(reader);
    *out = (struct field){.number = (uint32_t)(tag >> 3)};
    if ((tag & 7) == 2) {
        out->inside = mu_reader_block(reader, SIZE_MAX);
    } else {
        MU_ASSERT((tag & 7) == 0);
        (void)mu_reader_varint(reader);
    }
    MU_ASSERT(mu_reader_ok(reader));
    out->whole = mu_slice_of(start, (size_t)(reader->at - start));
    return true;
}

static void put_edited(const struct mu_edit *edit, uint32_t number, struct mu_slice first,
                       struct mu_buf *out)
{
    switch (edit->kind) {
    case MU_EDIT_DROP:
        break;
    case MU_EDIT_NUMBER:
        mu_wire_put_number(out, number, edit->number);
        break;
    case MU_EDIT_BLOCK:
        put_fill(out, number, edit->count, edit->fill);
        break;
    case MU_EDIT_TIMES:
        for (size_t i = 0; i < edit->count; i++) {
            check(mu_buf_append(out, first.data, first.len));
        }
        break;
    case MU_EDIT_BYTES:
        mu_wire_put_block(out, number, edit->bytes);
        break;
    }
}

static void edit_level(struct mu_slice bytes, const struct mu_edit *edit, unsigned depth,
                       struct mu_buf *out)
{
    uint32_t number = edit->path[depth];
    bool last = depth + 1 == DEPTH_MAX || edit->path[depth + 1] == 0;
    struct mu_reader reader = mu_reader_of(bytes);
    struct mu_slice first = {0};
    struct field field;
    while (next_field(&reader, &field)) {
        if (field.number != number || (!last && first.len > 0)) {
            check(mu_buf_append(out, field.whole.data, field.whole.len));
        } else if (!last) {
            MU_BUF_AUTO struct mu_buf inner;
            mu_buf_init(&inner, out->max);
            edit_level(field.inside, edit, depth + 1, &inner);
            mu_wire_put_block(out, number, mu_buf_view(&inner));
        }
        if (field.number == number && first.len == 0) {
            first = field.whole;
        }
    }
    if (last) {
        put_edited(edit, number, first, out);
    }
}

void mu_wire_edit(struct mu_slice bytes, const struct mu_edit *edit, struct mu_buf *out)
{
    edit_level(bytes, edit, 0, out);
}
