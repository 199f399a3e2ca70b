/* Bytes of a mutation and of a change.
 *
 * A mutation's bytes are made once by its author, signed, and kept verbatim for
 * ever; nothing is serialised again to verify.  A change's bytes are the plaintext
 * that the server seals. */
#ifndef MUSTER_COMMON_WIRE_MUTATION_H
#define MUSTER_COMMON_WIRE_MUTATION_H

#include "common/model/change.h"

#define MU_SIGN_MUTATION "muster/mutation/1" /* signature domain, common/seal/sign.h */
#define MU_SIGN_ENROL    "muster/enrol/1"
#define MU_SIGN_BEACON   "muster/beacon/1"

/* Append the bytes to sign.  Errors: MU_E_LIMIT past out's ceiling, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_mutation_encode(const struct mu_mutation *mutation,
                                              struct mu_arena *arena, struct mu_buf *out);
/* Checks form, bounds (MU_OPS_*, MU_ARGS_MAX, MU_VALUE_MAX), UTF-8 of the zone, and every
 * argument by mu_value_check().  Slices borrow from bytes.
 * Errors: MU_E_PROTOCOL, MU_E_INVALID (names entity and field), MU_E_LIMIT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_mutation_decode(struct mu_slice bytes, struct mu_arena *arena,
                                              struct mu_mutation *out, struct mu_error *err);

/* Append the plaintext of a change.  Errors as above. */
MU_MUST_USE enum mu_status mu_change_encode(const struct mu_change *change, struct mu_arena *arena,
                                            struct mu_buf *out);
MU_MUST_USE enum mu_status mu_change_decode(struct mu_slice bytes, struct mu_arena *arena,
                                            struct mu_change *out, struct mu_error *err);

#endif
