/* A Trello export, or two of one board. */
#include "client/import/trello.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_slice input = mu_slice_of(data, size);
    struct mu_slice files[2] = {fuzz_part(&input), input};
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, size * 64 + (size_t)1024 * 1024);
    struct mu_source_board board;
    struct mu_error err = {0};
    enum mu_status status = mu_trello_read(files, input.len > 0 ? 2 : 1, &arena, &board, &err);
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
    }
    return 0;
}
