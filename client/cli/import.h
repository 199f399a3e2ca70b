/* What the imports share: files read whole, intents authored one by one. */
#ifndef MUSTER_CLIENT_CLI_IMPORT_H
#define MUSTER_CLIENT_CLI_IMPORT_H

#include "client/cli/session.h"
#include "client/import/trello.h"
#include "client/view/text.h"

struct mu_import_files {
    struct mu_buf bytes[MU_TRELLO_FILES_MAX];
    struct mu_slice slices[MU_TRELLO_FILES_MAX];
    const char *names[MU_TRELLO_FILES_MAX];
    const char *shown[MU_TRELLO_FILES_MAX]; /* the names as errors have them */
    char shown_room[MU_TRELLO_FILES_MAX][MU_SHOWN_MAX];
    size_t count;
    size_t total;
};

/* "'tasks.csv': " in front of an error about the first file. */
MU_MUST_USE enum mu_status mu_import_in_file(const struct mu_import_files *files,
                                             enum mu_status status, struct mu_error *err);
/* In order, with progress; what was saved before a failure stays, and the error says so. */
MU_MUST_USE enum mu_status mu_import_author(struct mu_session *session,
                                            const struct mu_intent *intents, size_t count,
                                            struct mu_error *err);
/* A command with one file: read it, open the workspace, import. */
MU_MUST_USE enum mu_status mu_import_single(
    struct mu_cli *cli, size_t file_max,
    enum mu_status (*import)(struct mu_session *session, const struct mu_import_files *files,
                             struct mu_error *err),
    struct mu_error *err);

#endif
