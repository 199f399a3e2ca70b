/* What `musterd status` says, for people and as JSON. */
#ifndef MUSTER_SERVER_SHELL_REPORT_H
#define MUSTER_SERVER_SHELL_REPORT_H

#include "common/base/buf.h"
#include "server/core/server.h"
#include "server/shell/backup.h"

struct mu_report {
    struct mu_server_status server;
    struct mu_backup_note backup;
    const char *endpoint; /* as bound; NULL: nobody serves */
    long pid;
    uint64_t connected;   /* devices */
    uint64_t connections; /* of the network, those that are still shaking hands too */
};

MU_MUST_USE enum mu_status mu_report_text(const struct mu_report *report, struct mu_buf *out);
MU_MUST_USE enum mu_status mu_report_json(const struct mu_report *report, struct mu_buf *out);

/* Why the server that serves has no status to tell; only endpoint and pid are looked at. */
MU_MUST_USE enum mu_status mu_report_trouble(const struct mu_report *report, const char *problem,
                                             bool json, struct mu_buf *out);

/* Append text as a JSON string, with its quotes. */
MU_MUST_USE enum mu_status mu_json_string(struct mu_buf *out, const char *text);

#endif
