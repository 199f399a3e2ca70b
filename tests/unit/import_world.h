/* A workspace in memory into which the tests import: rules and store are the real ones. */
#ifndef MUSTER_TESTS_UNIT_IMPORT_WORLD_H
#define MUSTER_TESTS_UNIT_IMPORT_WORLD_H

#include "client/import/plan.h"
#include "common/replica/replica.h"
#include "tests/harness/cmocka.h"

struct import_world {
    struct mu_db db;
    struct mu_replica *replica;
    struct mu_world world;
    struct mu_arena arena; /* rows and plans: all of it until the end */
    uint64_t seq;
    struct mu_id ana; /* a lead with the handle ana, who says everything */
    uint64_t seen;    /* what she has seen when she speaks; UINT64_MAX: everything */
    size_t conflicts; /* rows of conflicts that came of what was said */
};

void import_world_open(struct import_world *world);
void import_world_close(struct import_world *world);

/* Plan in UTC; fails the test with the message. */
struct mu_plan import_world_plan(struct import_world *world, const struct mu_source_board *board);
/* Every intent through mu_decide() and into the store; each must be applied, in conflict
 * only where not everything was seen.  Checks that each would fit into a mutation and into a
 * change. */
void import_world_do(struct import_world *world, const struct mu_plan *plan);
/* Plan and do. */
struct mu_plan import_world_import(struct import_world *world, const struct mu_source_board *board);
/* One intent of ana's with one operation. */
void import_world_say(struct import_world *world, uint32_t intent, uint32_t entity,
                      struct mu_id row, const struct mu_arg *args, size_t arg_count);

/* The row made of an entity of the source; must exist. */
struct mu_id import_world_id(const struct import_world *world, const struct mu_source_board *board,
                             const char *kind, const char *id);
struct mu_row import_world_row(struct import_world *world, uint32_t entity, struct mu_id id);
bool import_world_has(struct import_world *world, uint32_t entity, struct mu_id id);

#endif
