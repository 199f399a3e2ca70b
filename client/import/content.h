/* The content of a workspace, and its digest: what an export carries over into another one.
 *
 * Content is every row and field of the domain table (common/model/domain.h) but those that
 * mu_content_left_out() and mu_content_field_left_out() name with a reason, so that a new entity
 * is content as soon as it is in the table.  Of these rows count
 *   - no flag that is off: a pair that was taken away is as if it had never been;
 *   - persons only where other content names them: the rest is who may enter;
 *   - boards with their columns only where anything but a column names them, or an import made
 *     them: the board that came with the team's founding says nothing as long as it is empty.
 *
 * digest = BLAKE2b-256 over the rows, ascending by (entity, id), of BLAKE2b-256 over
 *   be64 entity, id, and per field that has a value, ascending: be64 field,
 *   and be64 number (after byte 1) or be64 length and bytes (after byte 2).
 * A field that is empty, or a flag that is off, has no value; nor has a source that only says
 * that the row came by an export ("muster:..."). */
#ifndef MUSTER_CLIENT_IMPORT_CONTENT_H
#define MUSTER_CLIENT_IMPORT_CONTENT_H

#include "client/import/id_map.h"
#include "client/import/vec.h"
#include "common/base/id.h"
#include "common/model/row.h"

#define MU_CONTENT_SOURCE "muster:" /* front of the source of rows that came by an export */

/* NULL: rows of that entity are content.  Otherwise why they are not, in words. */
const char *mu_content_left_out(uint32_t entity);
/* NULL: the field of such a row is content.  Otherwise why not. */
const char *mu_content_field_left_out(uint32_t entity, uint32_t field);

struct mu_content {
    struct mu_arena *arena; /* borrowed; some 150 bytes a row */
    struct mu_vec rows;
    struct mu_vec refs; /* to persons, boards and columns */
};

struct mu_content_digest {
    struct mu_hash hash;
    size_t rows; /* that count */
};

void mu_content_init(struct mu_content *content, struct mu_arena *arena);
/* Takes a row, content or not, in any order; borrows nothing.  False when the arena is full. */
MU_MUST_USE bool mu_content_add(struct mu_content *content, const struct mu_row *row);
/* False when the arena is full.  Nothing may be added afterwards. */
MU_MUST_USE bool mu_content_end(struct mu_content *content, struct mu_content_digest *out);

/* Whether two rows of one id say the same, as far as they are content. */
bool mu_content_same(const struct mu_row *a, const struct mu_row *b);

#endif
