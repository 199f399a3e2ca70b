/* An export of Muster itself as rows: what 'muster export json' writes.
 *
 * The whole file is checked first (client/import/json_scan.h); then one row at a time goes
 * through jansson and every value through the checks of the domain. */
#ifndef MUSTER_CLIENT_IMPORT_MUSTER_FILE_H
#define MUSTER_CLIENT_IMPORT_MUSTER_FILE_H

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/model/row.h"

#define MU_EXPORT_FILE_MAX ((size_t)1024 * 1024 * 1024)

struct mu_export_file {
    struct mu_slice team;
    struct mu_id incarnation; /* of the server it came from; zero: not said */
    struct mu_row *rows;      /* in the order of the file; cells with seq 0 */
    size_t row_count;
    size_t unknown_rows;   /* of entities that this version does not know */
    size_t unknown_fields; /* values of fields that it does not know */
};

/* Everything in out lives in arena.  out is written only on success.
 * Errors, with line and column: MU_E_INVALID not JSON, not an export of Muster, a value that its
 * field cannot have; MU_E_LIMIT too large, or the arena is full. */
MU_MUST_USE enum mu_status mu_export_read(struct mu_slice file, struct mu_arena *arena,
                                          struct mu_export_file *out, struct mu_error *err);

#endif
