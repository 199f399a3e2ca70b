/* Makes one thing wrong in the bytes of a whole protobuf message, and nothing else. */
#ifndef MUSTER_TESTS_HARNESS_WIRE_EDIT_H
#define MUSTER_TESTS_HARNESS_WIRE_EDIT_H

#include "common/base/buf.h"

enum mu_edit_kind {
    MU_EDIT_DROP,   /* the field goes */
    MU_EDIT_NUMBER, /* it becomes this varint, or appears */
    MU_EDIT_BLOCK,  /* it becomes count bytes of fill, or appears */
    MU_EDIT_TIMES,  /* its first occurrence stands count times */
    MU_EDIT_BYTES,  /* it becomes these bytes, or appears */
};

struct mu_edit {
    enum mu_edit_kind kind;
    /* Field numbers from the outermost message in, 0 ends the path early.  Of a field that
     * repeats, only the first occurrence is entered. */
    uint32_t path[3];
    uint64_t number;
    size_t count;
    uint8_t fill;
    struct mu_slice bytes;
};

/* Append the edited form of bytes, which are well formed, to out. */
void mu_wire_edit(struct mu_slice bytes, const struct mu_edit *edit, struct mu_buf *out);

/* The fields that an edit writes, for messages made by hand. */
void mu_wire_put_number(struct mu_buf *out, uint32_t field, uint64_t number);
void mu_wire_put_block(struct mu_buf *out, uint32_t field, struct mu_slice bytes);

#endif
