#include "tests/unit/import_fixture.h"

#include <stdlib.h>

#define FILE_MAX ((size_t)64 * 1024 * 1024)

bool import_read_file(const char *path, struct mu_buf *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    char part[8192];
    size_t len;
    mu_buf_init(out, FILE_MAX);
    while ((len = fread(part, 1, sizeof part, file)) > 0) {
        assert_int_equal(mu_buf_append(out, part, len), MU_OK);
    }
    assert_int_equal(ferror(file), 0);
    assert_int_equal(fclose(file), 0);
    return true;
}

void import_read_board(const char *name, struct mu_buf *out)
{
    char path[1024];
    (void)snprintf(path, sizeof path, MUSTER_SOURCE_DIR "/tests/boards/%s", name);
    if (!import_read_file(path, out)) {
        fail_msg("%s is missing", path);
    }
}

void import_read_sample(const char *name, struct mu_buf *out)
{
    const char *folder = getenv("MUSTER_SAMPLES");
    const char *folders[] = {folder != NULL ? folder : MUSTER_SOURCE_DIR "/../shared/samples",
                             folder != NULL ? NULL : MUSTER_SOURCE_DIR "/../../shared/samples"};
    char path[1024];
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (folders[i] != NULL) {
            (void)snprintf(path, sizeof path, "%s/%s", folders[i], name);
            if (import_read_file(path, out)) {
                return;
            }
        }
    }
    print_message("skipped: %s is neither in $MUSTER_SAMPLES nor in ../shared/samples\n", name);
    skip();
}

void import_trello(struct mu_slice text, struct mu_arena *arena, struct mu_source_board *out)
{
    struct mu_error err = {0};
    if (mu_trello_read(&text, 1, arena, out, &err) != MU_OK) {
        fail_msg("%s", err.text);
    }
    assert_true(mu_source_check(out));
}

void import_refused(struct mu_slice text, enum mu_status status, const char *fragment)
{
    struct mu_arena arena;
    struct mu_error err = {0};
    struct mu_source_board board = {.card_count = 77};
    mu_arena_init(&arena, ARENA_MAX);
    assert_int_equal(mu_trello_read(&text, 1, &arena, &board, &err), status);
    if (strstr(err.text, fragment) == NULL) {
        fail_msg("'%s' does not say '%s'", err.text, fragment);
    }
    assert_int_equal(board.card_count, 77);
    mu_arena_deinit(&arena);
}

uint32_t import_card_index(const struct mu_source_board *board, const char *title)
{
    for (size_t i = 0; i < board->card_count; i++) {
        if (mu_slice_equal(board->cards[i].title, mu_slice_str(title))) {
            return (uint32_t)i;
        }
    }
    fail_msg("no card '%s'", title);
    return 0;
}

const struct mu_source_card *import_card(const struct mu_source_board *board, const char *title)
{
    return &board->cards[import_card_index(board, title)];
}

size_t import_finding(const struct mu_source_board *board, enum mu_finding_kind kind)
{
    const struct mu_finding *finding = mu_report_find(&board->report, kind);
    return finding == NULL ? 0 : finding->count;
}

bool import_slice_is(struct mu_slice slice, const char *text)
{
    bool same = mu_slice_equal(slice, mu_slice_str(text));
    if (!same) {
        print_message("'%.*s' is not '%s'\n", (int)slice.len, (const char *)slice.data, text);
    }
    return same;
}
