/* Rows as they were before they changed, kept while transfers run.
 *
 * A transfer shows the state at one seq however slowly its client takes it: a row that
 * changed since is sent as it was.  What is kept for a row, with the change that overwrote
 * it, holds for every seq below that change back to the change before.  All memory together is
 * bounded; whoever finds no room ends the oldest transfer. */
#ifndef MUSTER_SERVER_CORE_PINS_H
#define MUSTER_SERVER_CORE_PINS_H

#include "common/base/id.h"
#include "common/model/row.h"

struct mu_pin;

struct mu_pins {
    struct mu_pin *buckets[MU_BUCKET_COUNT]; /* newest first */
    size_t bytes;
    size_t max;       /* bytes */
    size_t transfers; /* that run now */
    uint64_t oldest;  /* lowest and highest at_seq of those; 0 without */
    uint64_t newest;
};

void mu_pins_init(struct mu_pins *pins, size_t max);
void mu_pins_deinit(struct mu_pins *pins);
/* These transfers run now; rows that none of them needs go. */
void mu_pins_hold(struct mu_pins *pins, size_t transfers, uint64_t oldest, uint64_t newest);
/* Whether a row whose newest cell has row_seq must be kept before a change overwrites it. */
bool mu_pins_wants(const struct mu_pins *pins, uint64_t row_seq);
/* Keep row (no cells: it did not exist), which change over_seq is about to overwrite.
 * Errors: MU_E_LIMIT past max, MU_E_NOMEM; nothing is kept then. */
MU_MUST_USE enum mu_status mu_pins_keep(struct mu_pins *pins, const struct mu_row *row,
                                        uint64_t over_seq, struct mu_buf *scratch);
/* Whether any row of the bucket has changed after at_seq. */
bool mu_pins_touched(const struct mu_pins *pins, unsigned bucket, uint64_t at_seq);
/* The row's canonical bytes at at_seq, empty when it did not exist.  False when nothing is
 * kept: it has not changed since.  Borrowed until the next call of hold. */
bool mu_pins_find(const struct mu_pins *pins, uint32_t entity, struct mu_id id, uint64_t at_seq,
                  struct mu_slice *out_bytes);

#endif
