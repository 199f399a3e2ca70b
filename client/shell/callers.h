/* The agent's socket: commands and screens that ask, and screens that watch.  The talk is
 * written down in client/home/agent_link.h.
 *
 * Never waits for a caller: what does not fit into his buffer is dropped but for one "changed"
 * a workspace. */
#ifndef MUSTER_CLIENT_SHELL_CALLERS_H
#define MUSTER_CLIENT_SHELL_CALLERS_H

#include <zmq.h>

#include "client/home/agent_link.h"
#include "common/base/time.h"

#define MU_CALLERS_MAX      32
#define MU_CALLERS_POLL_MAX (MU_CALLERS_MAX + 1)
#define MU_CALLER_OUT_MAX   2048

struct mu_caller {
    int fd;    /* -1: free */
    bool deaf; /* reads no more; what he said before is still heard */
    bool watches;
    char watched[MU_WORKSPACE_NAME_MAX + 1]; /* "": every workspace */
    bool owes_all;                           /* a change could not be told: tell of all */
    char in[MU_AGENT_LINE_MAX];
    size_t in_len;
    char out[MU_CALLER_OUT_MAX];
    size_t out_len;
};

struct mu_callers {
    int listen_fd; /* -1: closed */
    char path[MU_PATH_MAX];
    struct mu_caller list[MU_CALLERS_MAX];
};

/* The lock must be held: a socket that stands at the path is then a dead agent's. */
MU_MUST_USE enum mu_status mu_callers_open(struct mu_callers *callers, const struct mu_home *home,
                                           struct mu_error *err);
void mu_callers_close(struct mu_callers *callers);

/* Returns how many. */
size_t mu_callers_poll_items(const struct mu_callers *callers,
                             zmq_pollitem_t items[static MU_CALLERS_POLL_MAX]);

/* Answer one request, a line without its end: fill out_answer, one line without its end.
 * "watch" is answered by the callers themselves when is_known says that the name is one. */
struct mu_callers_answer {
    void *context;
    void (*request)(void *context, const char *line, char out_answer[static MU_AGENT_LINE_MAX]);
    bool (*is_known)(void *context, const char *workspace);
};
/* Take in what callers say and send what waits for them. */
void mu_callers_serve(struct mu_callers *callers, const struct mu_callers_answer *answer);
/* Tell those who watch workspace. */
void mu_callers_changed(struct mu_callers *callers, const char *workspace);

#endif
