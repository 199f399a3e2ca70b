/* Everything that has bytes on the wire, behind one pair of functions: 17 kinds of
 * message, mutations, changes. */
#ifndef MUSTER_TESTS_HARNESS_WIRE_CODEC_H
#define MUSTER_TESTS_HARNESS_WIRE_CODEC_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "tests/harness/dice.h"

struct mu_wire_codec;

const struct mu_wire_codec *mu_wire_codec_at(size_t index);        /* NULL past the last */
const char *mu_wire_codec_name(const struct mu_wire_codec *codec); /* lower case */

/* Append the bytes of a record thrown by dice and the text of wire_text.h about it. */
void mu_wire_codec_make(const struct mu_wire_codec *codec, struct mu_dice *dice,
                        struct mu_arena *arena, struct mu_buf *out_bytes, struct mu_buf *out_text);
/* Decode and append the text; then, unless out_again is NULL, encode once more. */
MU_MUST_USE enum mu_status mu_wire_codec_read(const struct mu_wire_codec *codec,
                                              struct mu_slice bytes, struct mu_arena *arena,
                                              struct mu_buf *out_text, struct mu_buf *out_again,
                                              struct mu_error *err);

#endif
