/* A table from a spreadsheet, mapped in one of three ways, and the plan that comes of its
 * board where nothing is there yet. */
#include "client/import/csv_map.h"
#include "client/import/plan.h"
#include "common/seal/hash.h"
#include "tests/fuzz/fuzz.h"

static enum mu_status no_row(void *state, struct mu_arena *arena, uint32_t entity, struct mu_id id,
                             struct mu_row *out_row, bool *out_found, struct mu_error *err)
{
    (void)state, (void)arena, (void)entity, (void)id, (void)out_row, (void)err;
    *out_found = false;
    return MU_OK;
}

static enum mu_status nobody(void *state, struct mu_slice handle, struct mu_id *out_id,
                             bool *out_found, struct mu_error *err)
{
    (void)state, (void)handle, (void)out_id, (void)err;
    *out_found = false;
    return MU_OK;
}

/* Every value that would be sent is one that the domain takes. */
static void check_plan(const struct mu_source_board *board, struct mu_arena *arena)
{
    struct mu_world world = {.row = no_row, .person_of_handle = nobody, .derive = mu_id_derive};
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

/* The first columns as they come, when neither names nor a mapping fit. */
static struct mu_csv_map map_in_order(const struct mu_csv_table *table)
{
    struct mu_csv_map map;
    for (uint32_t i = 0; i < MU_CSV_FIELDS; i++) {
        map.column[i] = i < table->header.cell_count ? i : MU_SOURCE_NONE;
    }
    return map;
}

static enum mu_status choose_map(uint8_t choice, struct mu_slice mapping,
                                 const struct mu_csv_table *table, struct mu_arena *arena,
                                 struct mu_csv_map *out, struct mu_error *err)
{
    switch (choice % 3) {
    case 0:
        return mu_csv_map_parse(mapping, table, arena, out, err);
    case 1:
        return mu_csv_map_asana(table, out, err);
    default:
        *out = map_in_order(table);
        return MU_OK;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_slice input = mu_slice_of(data, size);
    uint8_t choice = fuzz_choose(&input);
    struct mu_slice mapping = choice % 3 == 0 ? fuzz_part(&input) : (struct mu_slice){0};
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, size * 256 + (size_t)4 * 1024 * 1024);
    struct mu_csv_table table;
    struct mu_csv_map map;
    struct mu_csv_origin origin = {mapping, mapping};
    struct mu_source_board board;
    struct mu_error err = {0};
    enum mu_status status = mu_csv_read(input, &arena, &table, &err);
    if (status == MU_OK) {
        status = choose_map(choice, mapping, &table, &arena, &map, &err);
    }
    if (status == MU_OK) {
        status = mu_csv_board(&table, &map, &origin, &arena, &board, &err);
    }
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
        return 0;
    }
    MU_ASSERT(mu_source_check(&board));
    check_plan(&board, &arena);
    return 0;
}
