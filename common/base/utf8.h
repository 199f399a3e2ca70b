/* UTF-8 as RFC 3629 has it: shortest form, no surrogates, up to U+10FFFF. */
#ifndef MUSTER_COMMON_BASE_UTF8_H
#define MUSTER_COMMON_BASE_UTF8_H

#include "common/base/slice.h"

/* One code point at the front of text: its length in bytes, 0 when text is
 * empty or its front is not valid UTF-8 (then *out_point is untouched). */
size_t mu_utf8_next(struct mu_slice text, uint32_t *out_point);
/* True for valid UTF-8 without NUL. */
bool mu_utf8_valid(struct mu_slice text);
/* Bytes that point takes; writes them.  point must be valid. */
size_t mu_utf8_put(uint32_t point, uint8_t out_bytes[static 4]);
/* The longest front of text of at most max bytes that ends on a code point. */
struct mu_slice mu_utf8_cut(struct mu_slice text, size_t max);

#endif
