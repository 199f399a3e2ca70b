/* Trello's JSON export as a struct mu_source_board: one or several exports of
 * one board, or of single cards of it, merged by id.
 *
 * The whole file is checked first by client/import/json_scan.h (grammar, depth,
 * UTF-8); then one entry at a time goes through jansson, so that memory is that
 * of the file, of one entry and of the result.
 *
 * Merging: a card is taken from the file in which its dateLastActivity is
 * newest, with its checklists, attachments and field values; everything else
 * from the newest file that has it; log entries are united.  A card that only an
 * older file has is kept, unless the log says that it was deleted.
 *
 * A card export (the card at the root) is read as a board with that card alone:
 * board and list names come from its log, else they are "Imported cards" and
 * "Imported".  Given together with an export of its board, it joins that. */
#ifndef MUSTER_CLIENT_IMPORT_TRELLO_H
#define MUSTER_CLIENT_IMPORT_TRELLO_H

#include "client/import/source.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/slice.h"

#define MU_TRELLO_FILE_MAX  ((size_t)512 * 1024 * 1024)
#define MU_TRELLO_FILES_MAX 64

/* files are borrowed for the call only; everything in out lives in arena, whose
 * ceiling is the ceiling of the import (two times the files is plenty).  out is
 * written only on success; after a failure the arena holds nothing of use.
 * Errors name the file (when named, or several), the line and the column:
 * MU_E_INVALID not JSON, cut off, not UTF-8, NUL, doubled key, lone surrogate,
 * not a Trello export (and what it seems to be), files of different boards;
 * MU_E_LIMIT too large or nested too deep, or the arena is full. */
MU_MUST_USE enum mu_status mu_trello_read(const struct mu_slice *files, size_t count,
                                          struct mu_arena *arena, struct mu_source_board *out,
                                          struct mu_error *err);
struct mu_trello_options {
    const char *const *names; /* what errors call the files, safe to show; NULL: "file 2" */
    size_t file_max;          /* bytes of each; 0: MU_TRELLO_FILE_MAX */
};
MU_MUST_USE enum mu_status mu_trello_read_with(const struct mu_slice *files, size_t count,
                                               const struct mu_trello_options *options,
                                               struct mu_arena *arena, struct mu_source_board *out,
                                               struct mu_error *err);

#endif
