/* A borrowed run of bytes.  Text travels as a slice too: UTF-8, no terminator. */
#ifndef MUSTER_COMMON_BASE_SLICE_H
#define MUSTER_COMMON_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mu_slice {
    const uint8_t *data; /* may be NULL when len is 0 */
    size_t len;
};

/* View a NUL-terminated string; NULL gives the empty slice. */
struct mu_slice mu_slice_str(const char *text);
struct mu_slice mu_slice_of(const void *data, size_t len);
bool mu_slice_equal(struct mu_slice a, struct mu_slice b);
/* Bytewise order, shorter first when one is a prefix: <0, 0, >0. */
int mu_slice_compare(struct mu_slice a, struct mu_slice b);

#endif
