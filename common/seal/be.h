/* Big-endian numbers in fixed-size layouts; for the sources of common/seal. */
#ifndef MUSTER_COMMON_SEAL_BE_H
#define MUSTER_COMMON_SEAL_BE_H

#include <stddef.h>
#include <stdint.h>

/* The low len bytes (at most 8) of value, highest first. */
static inline void mu_be_put(uint8_t *at, uint64_t value, size_t len)
{
    for (size_t i = len; i > 0; i--) {
        at[i - 1] = (uint8_t)value;
        value >>= 8;
    }
}

static inline uint64_t mu_be_get(const uint8_t *at, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

#endif
