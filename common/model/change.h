/* A change: one decided mutation with its place in the order and its effects.
 *
 * This is the plaintext that the server seals once; log, chain and every session
 * carry the sealed bytes. */
#ifndef MUSTER_COMMON_MODEL_CHANGE_H
#define MUSTER_COMMON_MODEL_CHANGE_H

#include "common/model/decide.h"

#define MU_SIGNATURE_LEN 64

struct mu_change {
    uint64_t seq;
    struct mu_slice mutation; /* signed bytes, kept verbatim */
    uint8_t signature[MU_SIGNATURE_LEN];
    /* Repeated from the mutation so that a reader need not decode it; the wire
     * codec checks that they agree. */
    struct mu_id mutation_id;
    struct mu_id replica;
    uint64_t number;
    uint32_t intent;
    struct mu_id person; /* zero: the server itself */
    struct mu_id device;
    int64_t at_ms;       /* clamped authored time */
    int64_t received_ms; /* server's clock */
    enum mu_verdict verdict;
    enum mu_status code;
    struct mu_slice reason; /* one line for people, "" unless rejected */
    struct mu_row *effects;
    size_t effect_count;
};

#endif
