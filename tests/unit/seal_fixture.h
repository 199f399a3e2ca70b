/* The fixed inputs of the seal tests and the bytes they must give for ever.
 *
 * The bytes were computed outside libsodium, from the RFCs and the layouts in
 * the headers of common/seal.  Device keys are made from the seed 00 01 .. 1f,
 * server keys from 80 81 .. 9f; the other inputs count up as well and stand in
 * the tests. */
#ifndef MUSTER_TESTS_UNIT_SEAL_FIXTURE_H
#define MUSTER_TESTS_UNIT_SEAL_FIXTURE_H

#include "tests/harness/cmocka.h"

#include <stdlib.h>

#include "common/base/buf.h"
#include "common/base/id.h"
#include "common/base/slice.h"
#include "common/seal/keys.h"

/* first, first + 1, ... */
static inline void count_up(uint8_t first, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)(first + i);
    }
}

static inline struct mu_id id_from(uint8_t first)
{
    struct mu_id id;
    count_up(first, id.bytes, sizeof id.bytes);
    return id;
}

static inline void keys_from(uint8_t first, struct mu_device_keys *out)
{
    uint8_t seed[MU_SEED_LEN];
    count_up(first, seed, sizeof seed);
    mu_device_keys_make(seed, out);
}

static inline void assert_hex(struct mu_slice bytes, const char *hex)
{
    char *shown = malloc(bytes.len * 2 + 1);
    assert_non_null(shown);
    mu_hex(bytes, shown);
    assert_string_equal(shown, hex);
    free(shown);
}

/* The bytes of a golden text, appended to buf. */
static inline void from_hex(const char *hex, struct mu_buf *buf)
{
    size_t len = strlen(hex) / 2;
    uint8_t *bytes = malloc(len);
    assert_non_null(bytes);
    assert_true(mu_unhex(mu_slice_str(hex), bytes, len));
    assert_int_equal(mu_buf_append(buf, bytes, len), MU_OK);
    free(bytes);
}

/* A message that says what it should. */
static inline void assert_says(const struct mu_error *err, const char *part)
{
    if (strstr(err->text, part) == NULL) {
        fail_msg("'%s' does not say '%s'", err->text, part);
    }
}

#define GOLDEN_HASH_ABC     "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
#define GOLDEN_HASH_KEYED   "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f"
#define GOLDEN_DERIVED      "4c269a113c4a8c099c7a97e060cbaa95"
#define GOLDEN_CHAIN_1      "30e1fb99e131c59d84aa7a10b9e751d21bb9c9617a8f299bef814ffd583ce883"
#define GOLDEN_CHAIN_2      "03c4ff2af0cab9911fde28b7fcf39e93f1395080b431b367d0712a3e5bcf1f01"
#define GOLDEN_DEVICE_SIGN  "dbd222e54d6a7912740fb0476361a3e7af0045890e27e2f825acb359c2d18d53"
#define GOLDEN_DEVICE_BOX   "7f2db49ef452fd162f8e0504a37d7411041a0e5758bf243fc8c82a6b827aeb41"
#define GOLDEN_DEVICE_CURVE "82dcd16fd2331b4907cc91b04998cced0b47c2c738860ce9bc95caf66fbca44c"
#define GOLDEN_SERVER_SIGN  "3b5a9ffb23db1b37a210624c83d5e04c7dcdac1875de01c95c658ee644662433"
#define GOLDEN_SERVER_BOX   "619ccf1f5e4af36fa8f54e83c43091bbfde97e81b7fcd97fe3e1e854a66e9305"
#define GOLDEN_SERVER_CURVE "81865f4299f8a1d341ff05748bb01224611b7a96d2c57332f929ccc90cd6dc32"
#define GOLDEN_FINGERPRINT  "3eje z66k fe5c d3jt fqae lasq jlg3 ak3e"
#define GOLDEN_SIGNATURE                                                       \
    "558dd5d19a2018ef3842579f7454c6baf3453043eeb29b81b3c592442cb4d84cc378cd26" \
    "5034724a395370397bbd5ff3abed117e5240f90c03d566eeec33f101"
#define GOLDEN_ENVELOPE                                                        \
    "0101101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f0000" \
    "00070102030405060708404142434445464748494a4b4c4d4e4f5051525354555657f6f3" \
    "7cc9a111b48667d6f553f0f492a9df8d0877c9524787ee9c"
#define GOLDEN_WRAPPED                                                         \
    "01404142434445464748494a4b4c4d4e4f5051525354555657f40f458aad7a832ff4be1d" \
    "585107a09ddfd8e2836e9a2b569547d2467e3f90dd38aaadfbe464e5877551c143215bfe" \
    "31b057d0d4654a9ced5eba1c89122e9eaa8aa5186fedd1b9a6b554fd3f"
#define GOLDEN_SERVER_PRINT "a1689df4ce97dba1a223c3ee20a7c82e"
#define GOLDEN_INVITE                                                          \
    "mst1qyq8xyq3zgf3g9gkzuvpjxsmrsw3u8upse059x0c58f5rlc9wj9mqy3yvydh49kjc4en" \
    "97ffenyse4kux2sk3805e6tahgdzy0p7ug98eqh2pgdz5wj2tf484z5642av4kh27qqqqxsv" \
    "g5rvqp6xxup69uhkymmpwfjzuetcv9khqmr98gmngdphj8uc80"
#define GOLDEN_INVITE_SIGN  "a6ee65ddc2c1207fb13c631eee5576fd1911d7196fde419f5765b7c7d9d67774"
#define GOLDEN_INVITE_CURVE "dc2215e55e29d1896da3fc6b37767728bd89d773167efda05f8d896629c7225f"
#define GOLDEN_KEY_FILE                                                        \
    "4d55535445524b5901000000db101112131415161718191a1b1c1d1e1f30313233343536" \
    "3738393a3b3c3d3e3f000102030405060708090a0b0c0d0e0f101112131415161718191a" \
    "1b1c1d1e1f81865f4299f8a1d341ff05748bb01224611b7a96d2c57332f929ccc90cd6dc" \
    "323b5a9ffb23db1b37a210624c83d5e04c7dcdac1875de01c95c658ee644662433619ccf" \
    "1f5e4af36fa8f54e83c43091bbfde97e81b7fcd97fe3e1e854a66e9305187463703a2f2f" \
    "626f6172642e6578616d706c653a37343437046f6d6172077381b6e91e173f2088b8bc02" \
    "23b03a"
#define GOLDEN_SEALED                                                          \
    "017f2db49ef452fd162f8e0504a37d7411041a0e5758bf243fc8c82a6b827aeb41000001" \
    "30124e4ca0a5aed0c807ecbd88be5e3aa4c0f514998238759fb90a6cffc881855db0babc" \
    "73fcb95087d9c639084ff6c3f00f4ab045a53d8af07813c4f68af4234a37b3633300ec94" \
    "b902201ea90af4c98cc89238cafaa64487756e7709c8eb99cae513332c37bcd2e8cc8c57" \
    "e72af31da1c66b275ac2ab306c8743c0251734684906619e200ddf5b00b34bd0fe2ed904" \
    "edc9b0932efa516bd9b0331981adcffc8386ded9f2ca21bb8199173de1b954fe44731291" \
    "c7a904017bb4fd437c704e31a8619b6f0ae8612969a6f90779254f19f730ab3f1c81a614" \
    "ec6371f02e687595239ead07e26093d75e287449515df819d8301ff5763253b3bc0cb2bf" \
    "27dddd097be665c1a26ea8f20587d53dad91ea28543315055e723316d98e90c05e8e1dc5" \
    "bbf2a2f3fe134940ca64aad5675f5ae36f"

#endif
