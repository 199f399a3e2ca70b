/* Bytes of a table as checked UTF-8; private to client/import. */
#ifndef MUSTER_CLIENT_IMPORT_CSV_DECODE_H
#define MUSTER_CLIENT_IMPORT_CSV_DECODE_H

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/slice.h"

/* Without its byte order mark; UTF-16 with one becomes UTF-8 in arena, anything else
 * stays where it is.  Errors: MU_E_INVALID with the line, MU_E_LIMIT. */
MU_MUST_USE enum mu_status mu_csv_decode(struct mu_slice bytes, struct mu_arena *arena,
                                         struct mu_slice *out_text, struct mu_error *err);

#endif
