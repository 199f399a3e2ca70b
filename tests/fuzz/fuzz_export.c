/* An export of Muster, and the plan that comes of it where nothing is there yet. */
#include "client/import/muster_plan.h"
#include "tests/fuzz/fuzz_plan.h"

static void check_values(const struct mu_export_plan *plan)
{
    struct mu_error err = {0};
    for (size_t i = 0; i < plan->intent_count; i++) {
        for (size_t k = 0; k < plan->intents[i].op_count; k++) {
            const struct mu_op *op = &plan->intents[i].ops[k];
            MU_ASSERT(mu_content_left_out(op->entity) == NULL);
            for (size_t n = 0; n < op->arg_count; n++) {
                MU_ASSERT(mu_value_check(op->entity, op->args[n].field, op->args[n].value, &err) ==
                          MU_OK);
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_slice input = mu_slice_of(data, size);
    struct mu_world world = {
        .row = fuzz_no_row, .person_of_handle = fuzz_nobody, .derive = mu_id_derive};
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, size * 256 + (size_t)4 * 1024 * 1024);
    struct mu_export_file file;
    struct mu_export_plan plan;
    struct mu_error err = {0};
    enum mu_status status = mu_export_read(input, &arena, &file, &err);
    if (status == MU_OK) {
        status = mu_export_plan_make(&file, &world, &arena, &plan, &err);
    }
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
        return 0;
    }
    check_values(&plan);
    return 0;
}
