/* A small socket in the data folder: a serving musterd answers there, so that `musterd status`
 * tells what only the serving process knows.
 *
 * One request line, one answer, closed.  Only this user can reach the folder. */
#ifndef MUSTER_SERVER_SHELL_CONTROL_H
#define MUSTER_SERVER_SHELL_CONTROL_H

#include <zmq.h>

#include "common/base/buf.h"
#include "common/base/time.h"
#include "server/shell/datadir.h"

#define MU_CONTROL_CALLERS    4
#define MU_CONTROL_LINE_MAX   32
#define MU_CONTROL_ANSWER_MAX ((size_t)8 << 10) /* fits into a socket's buffer at once */
#define MU_CONTROL_POLL_MAX   (MU_CONTROL_CALLERS + 1)

struct mu_control_caller {
    int fd; /* -1: free */
    struct mu_mono since;
    char line[MU_CONTROL_LINE_MAX];
    size_t len;
};

struct mu_control {
    int listen_fd; /* -1: closed */
    struct mu_control_caller callers[MU_CONTROL_CALLERS];
};

/* dir must be locked by us: a socket that stands there is then a dead one's.
 * Errors: MU_E_IO and the like. */
MU_MUST_USE enum mu_status mu_control_open(struct mu_control *control, const struct mu_datadir *dir,
                                           struct mu_error *err);
void mu_control_close(struct mu_control *control, const struct mu_datadir *dir);
/* Descriptors to poll; returns how many. */
size_t mu_control_poll_items(const struct mu_control *control,
                             zmq_pollitem_t items[static MU_CONTROL_POLL_MAX]);

/* Writes the answer to request into out. */
typedef void mu_control_answer(void *context, const char *request, struct mu_buf *out);
/* Take in what callers say, never waiting for one. */
void mu_control_serve(struct mu_control *control, struct mu_mono now, mu_control_answer *answer,
                      void *context);

/* The asking side.  Errors: MU_E_OFFLINE nobody serves this folder; MU_E_BUSY no answer in time. */
MU_MUST_USE enum mu_status mu_control_ask(const struct mu_datadir *dir, const char *request,
                                          int timeout_ms, struct mu_buf *out, struct mu_error *err);

#endif
