/* An export of Asana as JSON, and the plan that comes of it. */
#include "client/import/asana.h"
#include "tests/fuzz/fuzz_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_slice input = mu_slice_of(data, size);
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, size * 256 + (size_t)4 * 1024 * 1024);
    struct mu_asana_options options = {.stem = mu_slice_str("board")};
    struct mu_source_board board;
    struct mu_error err = {0};
    enum mu_status status = mu_asana_json(input, &options, &arena, &board, &err);
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
        return 0;
    }
    MU_ASSERT(mu_source_check(&board));
    fuzz_check_plan(&board, &arena);
    return 0;
}
