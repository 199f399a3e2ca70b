/* Bytes of a mutation and of a change.
 *
 * A mutation's bytes are made once by its author, signed, and kept verbatim for
 * ever; nothing is serialised again to verify.  A change's bytes are the plaintext
 * that the server seals. */
#ifndef MUSTER_COMMON_WIRE_MUTATION_H
#define MUSTER_COMMON_WIRE_MUTATION_H

#include "common/model/change.h"
#include "common/wire/message.h"

#define MU_SIGN_MUTATION "muster/mutation/1" /* signature domain, common/seal/sign.h */
#define MU_SIGN_ENROL    "muster/enrol/1"
#define MU_SIGN_BEACON   "muster/beacon/1"

/* Plaintext bytes of a change: sealed and alone in a CHANGES it still is a message. */
#define MU_CHANGE_BYTES_MAX (MU_MESSAGE_MAX - 1024)
#define MU_EFFECTS_MAX      ((size_t)4 * MU_OPS_BULK_MAX)

/* Append the bytes to sign; the same mutation gives the same bytes.  out is unchanged on
 * failure.  Errors: MU_E_LIMIT past MU_MUTATION_BYTES_MAX, MU_OPS_*, MU_ARGS_MAX or out's
 * ceiling, MU_E_INVALID for an operation without entity or with a field twice, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_mutation_encode(const struct mu_mutation *mutation,
                                              struct mu_arena *arena, struct mu_buf *out);
/* Checks form, bounds (MU_OPS_*, MU_ARGS_MAX, MU_VALUE_MAX), UTF-8 of the zone, and every
 * argument by mu_value_check().  Slices borrow from bytes or from the arena: keep both.
 * Errors: MU_E_PROTOCOL, MU_E_INVALID (names entity and field), MU_E_LIMIT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_mutation_decode(struct mu_slice bytes, struct mu_arena *arena,
                                              struct mu_mutation *out, struct mu_error *err);

/* Append the plaintext of a change.  out is unchanged on failure.  Errors: MU_E_LIMIT past
 * MU_CHANGE_BYTES_MAX, MU_EFFECTS_MAX or out's ceiling; MU_E_INVALID for a change without
 * seq, one that repeats its mutation falsely, or a verdict at odds with code and effects;
 * MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_change_encode(const struct mu_change *change, struct mu_arena *arena,
                                            struct mu_buf *out);
/* The mutation inside is read as far as the change repeats it; mu_mutation_decode() reads
 * it whole.  Every effect is checked by mu_value_check(), their cells have seq 0.  A code that
 * this version does not know becomes MU_E_INVALID.  Slices borrow from bytes or from the
 * arena: keep both.  Errors: as mu_mutation_decode(). */
MU_MUST_USE enum mu_status mu_change_decode(struct mu_slice bytes, struct mu_arena *arena,
                                            struct mu_change *out, struct mu_error *err);

#endif
