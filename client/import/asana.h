/* Asana's exports as a struct mu_source_board: a project as JSON, a task or a list of tasks as
 * the API gives them, and the tables of its CSV export and of what people made of that.
 *
 * Tasks are known by their gid, whatever project they came with: a task of several projects
 * is one card here.  The board is the project that all tasks of the file are in; where there is
 * none, the file.  Subtasks that stand inside a task stand under it. */
#ifndef MUSTER_CLIENT_IMPORT_ASANA_H
#define MUSTER_CLIENT_IMPORT_ASANA_H

#include "client/import/csv.h"
#include "client/import/source.h"

#define MU_ASANA_FILE_MAX ((size_t)512 * 1024 * 1024)

struct mu_asana_options {
    struct mu_slice name; /* the user's, of the board: goes before the project's; may be empty */
    struct mu_slice stem; /* of the file's name: of a board that has no other */
};

/* True when the file begins as JSON does; a table otherwise. */
bool mu_asana_is_json(struct mu_slice file);
/* Everything in out lives in arena or in the file.  out is written only on success.
 * Errors, with line and column: MU_E_INVALID not JSON, cut off, not UTF-8, NUL, doubled key, no
 * tasks of Asana (and what it seems to be); MU_E_LIMIT too large, nested too deep, or the
 * arena is full. */
MU_MUST_USE enum mu_status mu_asana_json(struct mu_slice file,
                                         const struct mu_asana_options *options,
                                         struct mu_arena *arena, struct mu_source_board *out,
                                         struct mu_error *err);

#endif
