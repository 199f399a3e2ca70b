/* One sentence for one intent. */
#ifndef MUSTER_CLIENT_VIEW_SENTENCE_H
#define MUSTER_CLIENT_VIEW_SENTENCE_H

#include "client/view/history.h"

/* "moved T-42 'Parser' to 'Doing'", appended.  MU_E_LIMIT past out's ceiling: then it stands there
 * as far as it went. */
MU_MUST_USE enum mu_status mu_sentence(struct mu_history *history, const struct mu_intent *intent,
                                       struct mu_buf *out, struct mu_error *err);
/* The task that a row is, or is part of; zero when it is of none. */
MU_MUST_USE enum mu_status mu_task_of_op(struct mu_history *history, const struct mu_op *op,
                                         struct mu_id *out_task, struct mu_error *err);

#endif
