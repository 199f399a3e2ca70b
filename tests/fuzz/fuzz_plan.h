/* The plan that comes of a board where nothing is there yet. */
#ifndef MUSTER_TESTS_FUZZ_FUZZ_PLAN_H
#define MUSTER_TESTS_FUZZ_FUZZ_PLAN_H

#include "client/import/plan.h"
#include "common/seal/hash.h"
#include "tests/fuzz/fuzz.h"

static inline enum mu_status fuzz_no_row(void *state, struct mu_arena *arena, uint32_t entity,
                                         struct mu_id id, struct mu_row *out_row, bool *out_found,
                                         struct mu_error *err)
{
    (void)state, (void)arena, (void)entity, (void)id, (void)out_row, (void)err;
    *out_found = false;
    return MU_OK;
}

static inline enum mu_status fuzz_nobody(void *state, struct mu_slice handle, struct mu_id *out_id,
                                         bool *out_found, struct mu_error *err)
{
    (void)state, (void)handle, (void)out_id, (void)err;
    *out_found = false;
    return MU_OK;
}

/* Every value that would be sent is one that the domain takes. */
static inline void fuzz_check_plan(const struct mu_source_board *board, struct mu_arena *arena)
{
    struct mu_world world = {
        .row = fuzz_no_row, .person_of_handle = fuzz_nobody, .derive = mu_id_derive};
    struct mu_plan_options options = {0};
    struct mu_plan plan;
    struct mu_error err = {0};
    enum mu_status status = mu_plan_make(board, &world, &options, arena, &plan, &err);
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
        return;
    }
    for (size_t i = 0; i < plan.intent_count; i++) {
        for (size_t k = 0; k < plan.intents[i].op_count; k++) {
            const struct mu_op *op = &plan.intents[i].ops[k];
            for (size_t n = 0; n < op->arg_count; n++) {
                MU_ASSERT(mu_value_check(op->entity, op->args[n].field, op->args[n].value, &err) ==
                          MU_OK);
            }
        }
    }
}

#endif
