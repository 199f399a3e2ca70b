/* 128-bit ids and 256-bit hashes as values.
 *
 * New rows and mutations get a UUIDv7 (RFC 9562, section 5.7); the caller brings
 * the time and the random bytes.  Ids that several devices must make alike are
 * derived by mu_id_derive() in common/seal/hash.h. */
#ifndef MUSTER_COMMON_BASE_ID_H
#define MUSTER_COMMON_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/slice.h"

#define MU_ID_LEN      16
#define MU_ID_TEXT_LEN 36 /* 8-4-4-4-12 */
#define MU_HASH_LEN    32
#define MU_ENTROPY_LEN 10 /* random bytes that one UUIDv7 takes */
#define MU_HANDLE_LEN  5  /* "~" and four characters */

struct mu_id {
    uint8_t bytes[MU_ID_LEN];
};

struct mu_hash {
    uint8_t bytes[MU_HASH_LEN];
};

/* UUIDv7 of wall_ms (clamped to 0 .. 2^48-1). */
struct mu_id mu_id_make(int64_t wall_ms, const uint8_t entropy[static MU_ENTROPY_LEN]);
bool mu_id_equal(struct mu_id a, struct mu_id b);
bool mu_id_is_zero(struct mu_id id);
int mu_id_compare(struct mu_id a, struct mu_id b);
bool mu_hash_equal(struct mu_hash a, struct mu_hash b);
/* From exactly 16 (32) bytes; false and *out untouched otherwise. */
bool mu_id_from_slice(struct mu_slice bytes, struct mu_id *out_id);
bool mu_hash_from_slice(struct mu_slice bytes, struct mu_hash *out_hash);
struct mu_slice mu_id_view(const struct mu_id *id);
struct mu_slice mu_hash_view(const struct mu_hash *hash);

/* Lower-case hex with dashes, NUL-terminated. */
void mu_id_text(struct mu_id id, char out_text[static MU_ID_TEXT_LEN + 1]);
bool mu_id_parse(struct mu_slice text, struct mu_id *out_id);

/* Storage key of a row: the low 62 bits of its id, 0 .. 2^62-1.  Its top 8 bits
 * are the row's bucket.  Two ids that share a key are refused by the store. */
int64_t mu_id_key(struct mu_id id);
unsigned mu_id_bucket(struct mu_id id);
#define MU_BUCKET_COUNT     256
#define MU_BUCKET_KEY_SHIFT 54

/* The short handle of a row that has no number yet: "~" and four of
 * 0-9 a-z without i l o u, from the same bits as the key.  NUL-terminated. */
void mu_id_handle(struct mu_id id, char out_text[static MU_HANDLE_LEN + 1]);

/* len bytes as 2 * len lower-case digits, NUL-terminated. */
void mu_hex(struct mu_slice bytes, char *out_text);
/* Exactly out_len bytes from 2 * out_len hex digits. */
bool mu_unhex(struct mu_slice text, uint8_t *out_bytes, size_t out_len);

#endif
