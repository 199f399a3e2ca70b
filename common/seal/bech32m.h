/* Bech32m (BIP-350): bytes as lower-case letters and digits that survive being
 * read out, and a checksum over them.
 *
 * Muster drops the limit of 90 characters, up to MU_BECH32M_LEN_MAX.  The
 * checksum finds any four wrong characters in 89; in a longer text it finds any
 * three, and a random change slips through once in 2^30. */
#ifndef MUSTER_COMMON_SEAL_BECH32M_H
#define MUSTER_COMMON_SEAL_BECH32M_H

#include "common/base/buf.h"
#include "common/base/slice.h"

#define MU_BECH32M_LEN_MAX 1023 /* period of the code: no promise holds beyond */
#define MU_BECH32M_CHECK   6    /* characters of the checksum */

enum mu_bech32m_fault {
    MU_BECH32M_FINE = 0,
    MU_BECH32M_LENGTH,    /* nothing, or past MU_BECH32M_LEN_MAX */
    MU_BECH32M_CASE,      /* upper and lower case mixed */
    MU_BECH32M_CHARACTER, /* one that cannot stand there */
    MU_BECH32M_SEPARATOR, /* no "1", or nothing before it */
    MU_BECH32M_SHORT,     /* no room for the checksum */
    MU_BECH32M_CHECKSUM,
};

struct mu_bech32m {
    size_t prefix_len;                  /* characters before the separator */
    size_t count;                       /* values, the checksum not counted */
    uint8_t values[MU_BECH32M_LEN_MAX]; /* 0 .. 31; those of the checksum follow */
};

/* Split and check text.  On MU_BECH32M_CHECKSUM *out is filled all the same, so
 * that the caller may say more about what went wrong; otherwise only on
 * MU_BECH32M_FINE. */
MU_MUST_USE enum mu_bech32m_fault mu_bech32m_parse(struct mu_slice text, struct mu_bech32m *out);

/* The checksum's values for prefix (a lower-case constant) and count values. */
void mu_bech32m_checksum(const char *prefix, const uint8_t *values, size_t count,
                         uint8_t out_check[static MU_BECH32M_CHECK]);
/* The character of a value of 0 .. 31. */
char mu_bech32m_char(uint8_t value);

/* Append prefix, "1", bytes in groups of five bits (the last filled up with
 * zeros) and checksum, in lower case.  prefix is a lower-case constant.
 * On failure out is unchanged.  Errors: MU_E_LIMIT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_bech32m_write(const char *prefix, struct mu_slice bytes,
                                            struct mu_buf *out);

/* The bytes that values stand for, at most max: false when the bits left over
 * are five or more or not zero, or when there are more than max. */
MU_MUST_USE bool mu_bech32m_bytes(const struct mu_bech32m *parsed, uint8_t *out_bytes, size_t max,
                                  size_t *out_len);

#endif
