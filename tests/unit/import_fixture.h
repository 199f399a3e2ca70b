/* Files of boards for the tests of client/import, and arenas to read them into. */
#ifndef MUSTER_TESTS_UNIT_IMPORT_FIXTURE_H
#define MUSTER_TESTS_UNIT_IMPORT_FIXTURE_H

#include "client/import/trello.h"
#include "common/base/arena.h"
#include "common/base/buf.h"
#include "tests/harness/cmocka.h"

#define ARENA_MAX ((size_t)256 * 1024 * 1024)

/* The whole file; false when it cannot be opened. */
bool import_read_file(const char *path, struct mu_buf *out);
/* A file of tests/boards; must exist. */
void import_read_board(const char *name, struct mu_buf *out);
/* A file of the folder of real exports ($MUSTER_SAMPLES, or shared/samples beside the
 * source tree); skips the test, saying why, when it is not there. */
void import_read_sample(const char *name, struct mu_buf *out);

/* Reads one board of one text; fails the test with the reader's message. */
void import_trello(struct mu_slice text, struct mu_arena *arena, struct mu_source_board *out);
/* Reads text and expects this failure; every fragment must stand in the message. */
void import_refused(struct mu_slice text, enum mu_status status, const char *fragment);

/* The card (list, ...) of that title; must exist. */
const struct mu_source_card *import_card(const struct mu_source_board *board, const char *title);
uint32_t import_card_index(const struct mu_source_board *board, const char *title);
size_t import_finding(const struct mu_source_board *board, enum mu_finding_kind kind);
bool import_slice_is(struct mu_slice slice, const char *text);

#define assert_text(slice, text) assert_true(import_slice_is((slice), (text)))

#endif
