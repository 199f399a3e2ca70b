/* Reads what the mu_buf_append_* writers wrote, from bytes nobody trusts.
 *
 * A reader that has failed once stays failed and gives zeros and empty slices,
 * so a decoder may read all its fields and ask mu_reader_ok() once. */
#ifndef MUSTER_COMMON_BASE_READER_H
#define MUSTER_COMMON_BASE_READER_H

#include "common/base/slice.h"

struct mu_reader {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
};

struct mu_reader mu_reader_of(struct mu_slice bytes);
uint8_t mu_reader_byte(struct mu_reader *reader);
/* Fails on more than 10 bytes, on overflow and on a longer form than needed,
 * so that one value has one encoding. */
uint64_t mu_reader_varint(struct mu_reader *reader);
int64_t mu_reader_svarint(struct mu_reader *reader);
/* The next len bytes, borrowed. */
struct mu_slice mu_reader_bytes(struct mu_reader *reader, size_t len);
/* A varint length and that many bytes, borrowed; fails past max. */
struct mu_slice mu_reader_block(struct mu_reader *reader, size_t max);
bool mu_reader_ok(const struct mu_reader *reader);
bool mu_reader_at_end(const struct mu_reader *reader);

#endif
