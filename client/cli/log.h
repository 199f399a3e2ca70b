/* Entries of the log, gathered from the changes kept here, the outbox and what was imported. */
#ifndef MUSTER_CLIENT_CLI_LOG_H
#define MUSTER_CLIENT_CLI_LOG_H

#include "client/cli/edit.h"
#include "client/view/history.h"

#define MU_LOG_MOST 200 /* entries of one task that are shown */

struct mu_log {
    struct mu_history_entry *entries; /* oldest first, waiting ones last */
    size_t count;
    bool more; /* older ones were left out, or are not kept here */
};

/* Of one task, at most most of the newest.  Memory from the run's arena. */
MU_MUST_USE enum mu_status mu_log_of_task(struct mu_session *session, struct mu_id task,
                                          size_t most, struct mu_log *out, struct mu_error *err);
/* Of everything: changes with a seq above after (0: from the first kept), at most most of the
 * newest, then what waits when waiting. */
MU_MUST_USE enum mu_status mu_log_of_all(struct mu_session *session, uint64_t after, size_t most,
                                         bool waiting, struct mu_log *out, struct mu_error *err);

#endif
