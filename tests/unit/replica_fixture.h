/* What the tests of common/replica share: databases, rows, and a plain copy of the board in
 * memory to compare with. */
#ifndef MUSTER_TESTS_UNIT_REPLICA_FIXTURE_H
#define MUSTER_TESTS_UNIT_REPLICA_FIXTURE_H

#include "tests/harness/cmocka.h"

#include "common/replica/inside.h"
#include "tests/harness/dice.h"

#define FIXTURE_KIND 0x4d737252U

/* A board in memory, in an open transaction. */
struct board {
    struct mu_db db;
    struct mu_replica *replica;
    struct mu_arena arena;
};

void board_open(struct board *board);
/* As a version with another description does. */
void board_open_as(struct board *board, const struct mu_description *about);
/* Commit, close the replica, and open it for another description, or the domain's (NULL). */
void board_reopen(struct board *board, const struct mu_description *about);
void board_close(struct board *board);

/* An id from a number, spread over the buckets. */
struct mu_id id_of(uint64_t number);
struct mu_row row_of(uint32_t entity, uint64_t number);
/* Set a cell from the arena; stops the test when it cannot. */
void cell_int(struct board *board, struct mu_row *row, uint32_t field, int64_t value);
void cell_text(struct board *board, struct mu_row *row, uint32_t field, const char *text);
void cell_set(struct board *board, struct mu_row *row, uint32_t field, struct mu_value value);
/* A value that the type accepts. */
struct mu_value value_for(struct board *board, const struct mu_field *field, struct mu_dice *dice);

/* Apply and expect success; the stale refs. */
struct mu_row_refs board_apply(struct board *board, const struct mu_row *effects, size_t count,
                               uint64_t seq);
/* Rows equal in every cell, seqs included. */
void assert_rows_equal(const struct mu_row *row, const struct mu_row *expected);
/* The stored digest is the one of the rows. */
void assert_digest_true(struct board *board);
struct mu_digest board_digest(struct board *board);
void assert_digests_equal(const struct mu_digest *a, const struct mu_digest *b);
/* The first number that a query brings. */
int64_t ask_int(struct board *board, const char *sql);
/* All confirmed rows of a bucket, in pieces of at most max bytes. */
void board_bucket(struct board *board, unsigned bucket, size_t max, struct mu_buf *out);
/* The description of the domain. */
struct mu_description domain_description(void);

#endif
