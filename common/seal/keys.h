/* The three key pairs of a device, all derived from one seed, and the bytes of
 * the key file that keeps the seed.  Reading and writing that file is the
 * shell's job. */
#ifndef MUSTER_COMMON_SEAL_KEYS_H
#define MUSTER_COMMON_SEAL_KEYS_H

#include "common/base/buf.h"
#include "common/base/error.h"
#include "common/base/id.h"
#include "common/base/slice.h"

#define MU_SIGN_PK_LEN  32
#define MU_SIGN_LEN     64
#define MU_BOX_PK_LEN   32
#define MU_CURVE_PK_LEN 32
#define MU_SEED_LEN     32

#define MU_ENDPOINT_MAX     255 /* bytes of an endpoint text, terminator not counted */
#define MU_KEY_HANDLE_MAX   64
#define MU_FINGERPRINT_LEN  39 /* 8 groups of 4 with 7 blanks between */
#define MU_KEY_FILE_LEN_MAX 1024

struct mu_device_public {
    uint8_t sign[MU_SIGN_PK_LEN];   /* Ed25519: authorship */
    uint8_t box[MU_BOX_PK_LEN];     /* X25519: epoch keys and feedback are sealed to it */
    uint8_t curve[MU_CURVE_PK_LEN]; /* X25519: ZeroMQ CURVE, raw bytes */
};

/* Secret: never copied by assignment, wiped by mu_device_keys_deinit(). */
struct mu_device_keys {
    uint8_t sign_secret[64]; /* libsodium's form: seed || public key */
    uint8_t box_secret[32];
    uint8_t curve_secret[32];
    struct mu_device_public public;
};

/* The same seed gives the same keys for ever (crypto_kdf, context "mu-dev-1",
 * subkeys 1 sign, 2 box, 3 curve).  Whoever serves has keys of this kind too. */
void mu_device_keys_make(const uint8_t seed[static MU_SEED_LEN], struct mu_device_keys *out);
void mu_device_keys_deinit(struct mu_device_keys *keys);

#define MU_DEVICE_KEYS_AUTO MU_CLEANUP(mu_device_keys_deinit)

/* What two people read to each other to know that they speak of one device:
 * 130 bits over the three public keys and 30 check bits, NUL-terminated. */
void mu_device_fingerprint(const struct mu_device_public *device,
                           char out_text[static MU_FINGERPRINT_LEN + 1]);

/* Content of the `key` file.  Secret by its seed. */
struct mu_key_file {
    struct mu_id workspace;
    struct mu_id device;
    uint8_t seed[MU_SEED_LEN];
    uint8_t server_curve[MU_CURVE_PK_LEN];
    uint8_t server_sign[MU_SIGN_PK_LEN];
    uint8_t server_box[MU_BOX_PK_LEN];  /* who wraps epoch keys; see wrap.h */
    char endpoint[MU_ENDPOINT_MAX + 1]; /* NUL-terminated, may be empty */
    char handle[MU_KEY_HANDLE_MAX + 1]; /* the member, NUL-terminated, may be empty */
};

void mu_key_file_deinit(struct mu_key_file *file);

#define MU_KEY_FILE_AUTO MU_CLEANUP(mu_key_file_deinit)

/* Append the file's bytes to out, which then holds a secret (mu_wipe_buf()):
 *   "MUSTERKY" | version 1 | be32 length of everything | fields | checksum 16
 * On failure out is unchanged.  Errors: MU_E_INVALID for a text that is not
 * terminated, MU_E_LIMIT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_keys_encode(const struct mu_key_file *file, struct mu_buf *out,
                                          struct mu_error *err);

/* Errors: MU_E_INVALID when it is no key file at all, MU_E_CORRUPT when it is
 * torn or damaged, MU_E_VERSION when a newer Muster wrote it. */
MU_MUST_USE enum mu_status mu_keys_decode(struct mu_slice bytes, struct mu_key_file *out,
                                          struct mu_error *err);

#endif
