/* Text from one device to one person that the server cannot read (feedback).
 *
 * The author signs (workspace, message, from, to, created, box keys, text);
 * text and signature are padded to steps of 256 bytes and sealed with
 * crypto_box_seal() once for each box key.  A sealed text is a run of copies
 *   version 1 | box key 32 | be32 length | ciphertext
 * so a copy for one more device is simply put behind it.  Who has which box key
 * is for the caller to know, by a lead's signature.  The server still sees who
 * writes to whom, when, and the size in steps. */
#ifndef MUSTER_COMMON_SEAL_SEALED_H
#define MUSTER_COMMON_SEAL_SEALED_H

#include "common/base/buf.h"
#include "common/base/error.h"
#include "common/base/id.h"
#include "common/base/slice.h"
#include "common/seal/keys.h"

#define MU_SEALED_VERSION    1
#define MU_SEALED_TEXT_MAX   8192 /* bytes */
#define MU_SEALED_KEYS_MAX   24   /* box keys that an author names */
#define MU_SEALED_COPIES_MAX 64   /* with those added later */
#define MU_SEALED_STEP       256

/* What a sealed text is bound to; the same in clear beside it. */
struct mu_sealed_about {
    struct mu_id workspace;
    struct mu_id message;
    struct mu_id from_device;
    struct mu_id to_person;
};

struct mu_box_pk {
    uint8_t bytes[MU_BOX_PK_LEN];
};

struct mu_sealed_make_args {
    struct mu_sealed_about about;
    int64_t created_ms; /* wall time of the author */
    struct mu_slice text;
    const struct mu_box_pk *readers; /* the recipient's devices and the author's own */
    size_t reader_count;             /* 1 .. MU_SEALED_KEYS_MAX, no key twice */
    const struct mu_device_keys *author;
};

/* Append the sealed text to out.  This draws randomness from libsodium.
 * On failure out is unchanged.  Errors: MU_E_INVALID for no readers, one reader
 * twice or a box key that is no key; MU_E_LIMIT for too many readers, too long
 * a text or out's ceiling; MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_sealed_make(const struct mu_sealed_make_args *args,
                                          struct mu_buf *out, struct mu_error *err);

struct mu_sealed_open_args {
    struct mu_sealed_about about; /* as expected */
    struct mu_slice sealed;
    const struct mu_device_keys *reader;
    const uint8_t *author_sign_pk; /* MU_SIGN_PK_LEN bytes: the key of about.from_device */
};

/* Secret: wiped by mu_sealed_opened_deinit(). */
struct mu_sealed_opened {
    struct mu_buf inner; /* what was signed and the signature; the views below lie in it */
    struct mu_sealed_about about;
    int64_t created_ms;
    struct mu_slice text;
    struct mu_slice readers; /* MU_BOX_PK_LEN bytes each: the box keys the author named */
    bool resealed;           /* this reader is none of them: another device passed it on */
};

/* *out is written only on success; free it with mu_sealed_opened_deinit().
 * Errors: MU_E_NOT_FOUND when no copy is for this reader; MU_E_VERSION;
 * MU_E_CORRUPT when the copies cannot be told apart; MU_E_CRYPTO when a copy was
 * changed, its signature is not the author's, or it was written for another
 * workspace, message or person; MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_sealed_open(const struct mu_sealed_open_args *args,
                                          struct mu_sealed_opened *out, struct mu_error *err);
void mu_sealed_opened_deinit(struct mu_sealed_opened *opened);

#define MU_SEALED_OPENED_AUTO MU_CLEANUP(mu_sealed_opened_deinit)

/* Whether sealed has a copy for this box key.  False also where it is no sealed text. */
MU_MUST_USE bool mu_sealed_has(struct mu_slice sealed, const struct mu_box_pk *reader);

/* Append a copy for one more device, the author's signature kept as it is, to
 * sealed (the sealed text that was opened, or an empty buffer for the copy
 * alone).  On failure sealed is unchanged.  Errors: MU_E_EXISTS when sealed has
 * a copy for this device; MU_E_CORRUPT when sealed is no sealed text;
 * MU_E_VERSION; MU_E_INVALID for a box key that is no key; MU_E_LIMIT;
 * MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_sealed_add(const struct mu_sealed_opened *opened,
                                         const struct mu_box_pk *reader, struct mu_buf *sealed,
                                         struct mu_error *err);

#endif
