/* Growable byte buffer with a ceiling chosen by its owner, and the varint
 * writers that every canonical encoding is made of (LEB128, as protobuf). */
#ifndef MUSTER_COMMON_BASE_BUF_H
#define MUSTER_COMMON_BASE_BUF_H

#include "common/base/error.h"
#include "common/base/slice.h"

struct mu_buf {
    uint8_t *data;
    size_t len; /* <= cap <= max */
    size_t cap;
    size_t max; /* mu_buf_append() refuses to pass this many bytes */
};

void mu_buf_init(struct mu_buf *buf, size_t max);
void mu_buf_deinit(struct mu_buf *buf);
/* Empty and usable; keeps its memory. */
void mu_buf_clear(struct mu_buf *buf);

/* Room for `more` bytes behind len, for who writes them there itself and then moves len on.
 * Errors: MU_E_LIMIT past buf->max, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_buf_reserve(struct mu_buf *buf, size_t more);
/* Append len bytes.  On failure the buffer is unchanged.
 * Errors: MU_E_LIMIT past buf->max, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_buf_append(struct mu_buf *buf, const void *bytes, size_t len);
MU_MUST_USE enum mu_status mu_buf_append_str(struct mu_buf *buf, const char *text);
MU_MUST_USE enum mu_status mu_buf_append_byte(struct mu_buf *buf, uint8_t byte);
MU_MUST_USE enum mu_status mu_buf_append_varint(struct mu_buf *buf, uint64_t value);
/* Zigzag varint. */
MU_MUST_USE enum mu_status mu_buf_append_svarint(struct mu_buf *buf, int64_t value);
/* varint length, then the bytes. */
MU_MUST_USE enum mu_status mu_buf_append_block(struct mu_buf *buf, struct mu_slice bytes);
MU_MUST_USE enum mu_status mu_buf_printf(struct mu_buf *buf, const char *fmt, ...) MU_PRINTF(2, 3);

/* Borrowed until the buffer changes. */
struct mu_slice mu_buf_view(const struct mu_buf *buf);

/* Free a struct mu_buf when its scope ends. */
#define MU_BUF_AUTO MU_CLEANUP(mu_buf_deinit)

#endif
