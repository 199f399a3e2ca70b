/* One edit on one device under way, and what the files of people's edits share: people.c the
 * board, people_rhythm.c the calendar and the check-ins, people_praise.c praise and series. */
#ifndef MUSTER_TESTS_SIM_WORK_H
#define MUSTER_TESTS_SIM_WORK_H

#include "tests/sim/inside.h"

struct mu_sim_work {
    struct mu_sim *sim;
    unsigned device;
    struct mu_replica *replica;
    struct mu_entropy entropy;
    struct mu_client_turn turn;
    struct mu_intent intent;
    struct mu_saved saved;
    bool possible; /* an intent was begun */
    bool store_failed;
};

struct mu_id mu_work_id(struct mu_sim_work *work); /* a new one */
/* A visible row of a table, any; false when there is none. */
bool mu_work_some(struct mu_sim_work *work, const char *table, const char *condition,
                  struct mu_id *out_id);
/* As this device shows it; without cells when it is not there. */
struct mu_row mu_work_row(struct mu_sim_work *work, uint32_t entity, struct mu_id id);
void mu_work_begin(struct mu_sim_work *work, uint32_t intent);
struct mu_op *mu_work_op(struct mu_sim_work *work, uint32_t entity, struct mu_id row);
void mu_work_arg(struct mu_sim_work *work, struct mu_op *op, uint32_t field, struct mu_value value);

/* One edit of a kind chosen by the seed. */
void mu_sim_rhythm(struct mu_sim_work *work);
void mu_sim_praise(struct mu_sim_work *work);
void mu_sim_goals(struct mu_sim_work *work);

#endif
