/* A row in memory: cells of one entity, whatever the entity is.
 *
 * The same struct carries visible rows, confirmed images, effects and transfer
 * chunks, known and unknown fields alike.  Cells and bytes live in an arena of
 * the caller; a row is copied by value and borrows them. */
#ifndef MUSTER_COMMON_MODEL_ROW_H
#define MUSTER_COMMON_MODEL_ROW_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/id.h"
#include "common/base/reader.h"
#include "common/model/domain.h"

enum mu_value_kind { MU_NULL, MU_INT, MU_BYTES };

/* INT for int, bool, enum and instant; BYTES for text, due, rank, id and bytes. */
struct mu_value {
    enum mu_value_kind kind;
    int64_t number;        /* when INT */
    struct mu_slice bytes; /* when BYTES */
};

struct mu_cell {
    uint32_t field;        /* > 0 */
    uint64_t seq;          /* the change that set it; 0 in effects and while only local */
    struct mu_value value; /* NULL kind: cleared, its seq still counts */
};

struct mu_row {
    uint32_t entity;
    struct mu_id id;
    struct mu_cell *cells; /* ascending by field, none twice */
    size_t count;          /* 0: the row does not exist */
    size_t room;           /* cells allocated, >= count */
};

struct mu_value mu_null(void);
struct mu_value mu_int(int64_t number);
struct mu_value mu_bytes(struct mu_slice bytes);
/* Borrows id: it must live as long as the value. */
struct mu_value mu_id_value(const struct mu_id *id);
bool mu_value_equal(struct mu_value a, struct mu_value b);

/* NULL when the row has no such cell. */
const struct mu_cell *mu_row_cell(const struct mu_row *row, uint32_t field);
/* The value, or what the type calls empty: 0, empty slice, zero id. */
int64_t mu_row_int(const struct mu_row *row, uint32_t field);
struct mu_slice mu_row_text(const struct mu_row *row, uint32_t field);
struct mu_id mu_row_id(const struct mu_row *row, uint32_t field);
/* False for no cell and for a cleared one. */
bool mu_row_has(const struct mu_row *row, uint32_t field);
/* The newest seq among the cells. */
uint64_t mu_row_seq(const struct mu_row *row);

/* Set a cell; value's bytes are copied into the arena.  MU_E_NOMEM leaves the row as it was. */
MU_MUST_USE enum mu_status mu_row_set(struct mu_row *row, struct mu_arena *arena, uint32_t field,
                                      struct mu_value value, uint64_t seq);
/* Deep copy into arena. */
MU_MUST_USE enum mu_status mu_row_copy(const struct mu_row *row, struct mu_arena *arena,
                                       struct mu_row *out_copy);
/* Cells of from over those of row, with seq; both of one entity and id. */
MU_MUST_USE enum mu_status mu_row_merge(struct mu_row *row, struct mu_arena *arena,
                                        const struct mu_row *from, uint64_t seq);

/* Whether value fits the field of a known entity: kind, range, length, form.
 * Unknown entities and fields accept anything within MU_VALUE_MAX.
 * Errors: MU_E_INVALID, MU_E_LIMIT, naming entity and field. */
#define MU_VALUE_MAX 70000
MU_MUST_USE enum mu_status mu_value_check(uint32_t entity, uint32_t field, struct mu_value value,
                                          struct mu_error *err);

/* Canonical bytes: value = kind byte, then zigzag varint or block.  One value
 * has one encoding. */
MU_MUST_USE enum mu_status mu_value_encode(struct mu_value value, struct mu_buf *out);
/* Borrows from the reader's bytes; a failed reader gives a NULL value. */
struct mu_value mu_value_decode(struct mu_reader *reader);

/* Canonical bytes of a whole row: varint entity, id, varint count, then per cell
 * varint field, varint seq, value.  The digest, transfer chunks and base images
 * are made of these. */
MU_MUST_USE enum mu_status mu_row_encode(const struct mu_row *row, struct mu_buf *out);
/* Reads one row at the reader; its bytes stay borrowed, its cells come from the
 * arena.  Errors: MU_E_CORRUPT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_row_decode(struct mu_reader *reader, struct mu_arena *arena,
                                         struct mu_row *out_row);

#endif
