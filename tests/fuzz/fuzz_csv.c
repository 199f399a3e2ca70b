/* A table from a spreadsheet, mapped in one of three ways, and the plan that comes of its
 * board where nothing is there yet. */
#include "client/import/csv_map.h"
#include "tests/fuzz/fuzz_plan.h"

/* The first columns as they come, when neither names nor a mapping fit. */
static struct mu_csv_map map_in_order(const struct mu_csv_table *table)
{
    struct mu_csv_map map = {0};
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
        return mu_csv_map_asana(table, arena, out, err);
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
    struct mu_csv_origin origin = {mapping, mapping, choice >= 128};
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
    fuzz_check_plan(&board, &arena);
    return 0;
}
