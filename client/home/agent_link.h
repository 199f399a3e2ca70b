/* Talking to muster-agent, the link to the server, and starting it.
 *
 * -- The contract between the two programs ------------------------------------
 *
 * Command line of muster-agent.  Common to all: --home DIR (else MUSTER_HOME, else XDG),
 * --workspace NAME (else all joined), --json (errors as one JSON line on stderr).  Exit codes are
 * those of `muster` (docs of the command line: 0 done, 2 usage, 3 not found, 4 not joined or
 * refused, 5 refused by the server, 6 time ran out, 7 local store, 70 a bug).
 *
 *   muster-agent run
 *       Serve every workspace of this home until told to stop (SIGTERM, SIGINT, `stop`).  Takes
 *       the lock; when another agent has it, exits 0 at once and says nothing: the work is being
 *       done.  Reads the folder again on `poke`, so that a workspace joined later is served.
 *   muster-agent --once [--wait MS]
 *       Connect, push what waits, apply what is new, stop when level with the server or after MS
 *       milliseconds (10000).  Exit 0 level, 6 not level in time (nothing is lost), 4 the key is
 *       refused.  Needs the lock; when another agent holds it, exits with MU_AGENT_EXIT_RUNNING.
 *   muster-agent --join [--device NAME] [--wait MS]
 *       Reads the invite from stdin (up to MU_INVITE_PASTE_MAX bytes), enrols (mu_joining_begin()
 *       and so on), makes the folder, then brings the first load: itself as --once does, or by a
 *       `poke` to a running agent.  On success prints the folder's name and a newline on stdout,
 *       as soon as the enrolment is complete; exits 0 even when the first load ran out of time.
 *       Errors: 4 key refused, 5 invite used, withdrawn or expired, 2 not an invite or torn,
 *       6 the server could not be reached (try again: the same invite works).
 *
 * Errors are one line on stderr, "muster-agent: text", or with --json
 *   {"error":{"code":"offline","message":"...","hint":"..."}}
 *
 * The lock: flock(LOCK_EX) on state/agent.lock, held for the life of the agent.  Written into it
 * after it is taken: "PID\nPATH OF THE SOCKET\n".  A dead agent's lock is free whatever the file
 * says.
 *
 * The socket: runtime/agent.sock, SOCK_STREAM, in a 0700 folder; whoever holds the lock may unlink
 * and bind it.  A path that does not fit into sun_path is bound and connected through
 * /proc/self/fd (mu_socket_address()).  Both sides check SO_PEERCRED: the same user or nothing.
 *
 * The talk: lines of UTF-8 of at most MU_AGENT_LINE_MAX bytes, ended by '\n'.  The agent speaks
 * first: "muster-agent 1 PID VERSION" (1: this protocol).  Then requests in order, each with one
 * line of answer:
 *
 *   poke [NAME]   something was written into the outbox of NAME -> "ok" (no waiting for the
 *                 server); without NAME: look for new and gone workspaces too
 *   status        -> "ok served=N live=N offline=N since=UNIX_MS"
 *   watch [NAME]  -> "ok", then "changed NAME" after every turn that changed rows or the link's
 *                 state, until the connection closes; several changes may come as one line
 *   stop          -> "ok", then the agent ends its sessions and exits
 *   other         -> "error MESSAGE"
 *
 * A client may close at any time; the agent never blocks on a slow one: what does not fit into
 * its buffer is dropped but for one "changed" a workspace. */
#ifndef MUSTER_CLIENT_HOME_AGENT_LINK_H
#define MUSTER_CLIENT_HOME_AGENT_LINK_H

#include "client/home/home.h"

#define MU_AGENT_PROTOCOL     1
#define MU_AGENT_LINE_MAX     512
#define MU_AGENT_EXIT_RUNNING 75

/* -- both sides -------------------------------------------------------------- */

MU_MUST_USE enum mu_status mu_agent_lock_path(const struct mu_home *home,
                                              char out_path[static MU_PATH_MAX],
                                              struct mu_error *err);
MU_MUST_USE enum mu_status mu_agent_socket_path(const struct mu_home *home,
                                                char out_path[static MU_PATH_MAX],
                                                struct mu_error *err);
/* A struct sockaddr_un for path, for bind() or connect().  When path is too long, *out_folder is
 * a descriptor of its folder that must stay open during the call and be closed after it, else
 * -1. */
struct sockaddr_un;
MU_MUST_USE enum mu_status mu_socket_address(const char *path, struct sockaddr_un *out,
                                             int *out_folder, struct mu_error *err);
/* Whether the other end of a connected socket is this user. */
bool mu_socket_peer_is_us(int socket);

/* -- the client's side ------------------------------------------------------- */

struct mu_agent_link {
    int socket; /* -1: not connected */
    long pid;   /* of the agent, from its greeting */
    char version[32];
    char buffer[MU_AGENT_LINE_MAX];
    size_t len;
};

/* Connect to the agent of this home and read its greeting, within timeout_ms.
 * Errors: MU_E_OFFLINE nobody listens there, MU_E_DENIED somebody else does, MU_E_VERSION,
 * MU_E_IO. */
MU_MUST_USE enum mu_status mu_agent_connect(const struct mu_home *home, int timeout_ms,
                                            struct mu_agent_link *out, struct mu_error *err);
void mu_agent_disconnect(struct mu_agent_link *link);
/* Send one request, NUL-terminated without newline, and read its answer (without "ok " in front).
 * Errors: MU_E_OFFLINE it went away, MU_E_BUSY no answer in time, MU_E_INVALID its error. */
MU_MUST_USE enum mu_status mu_agent_ask(struct mu_agent_link *link, const char *request,
                                        int timeout_ms, char out_answer[static MU_AGENT_LINE_MAX],
                                        struct mu_error *err);
/* Send one request and leave its answer among the lines to come. */
MU_MUST_USE enum mu_status mu_agent_send(struct mu_agent_link *link, const char *request,
                                         int timeout_ms, struct mu_error *err);
/* The next line, waiting up to timeout_ms (-1: for ever).  *out_line false when time ran out. */
MU_MUST_USE enum mu_status mu_agent_line(struct mu_agent_link *link, int timeout_ms,
                                         char out_text[static MU_AGENT_LINE_MAX], bool *out_line,
                                         struct mu_error *err);

/* Tell the agent that workspace has something to push.  Without one, start it, unless no_start.
 * Never waits for it and never fails loudly: the edit is saved, the agent finds it whenever it
 * runs.  Returns whether somebody was told or started. */
bool mu_agent_poke(const struct mu_home *home, const char *workspace, bool no_start);

/* Another program of this installation: beside our own, in its libexec, or in PATH.
 * Errors: MU_E_NOT_FOUND (says where it was looked for). */
MU_MUST_USE enum mu_status mu_program_find(const char *program, char out_path[static MU_PATH_MAX],
                                           struct mu_error *err);
/* Start `muster-agent run` in the background, unless one runs.  Errors: MU_E_NOT_FOUND no such
 * program (says where it was looked for), MU_E_IO. */
MU_MUST_USE enum mu_status mu_agent_start(const struct mu_home *home, struct mu_error *err);
/* Ask it to stop, and wait until it let go of the lock.  *out_was_running. */
MU_MUST_USE enum mu_status mu_agent_stop(const struct mu_home *home, int timeout_ms,
                                         bool *out_was_running, struct mu_error *err);

/* Run muster-agent with arguments (NULL at the end; --home is added), input on its stdin, stderr
 * and, when out_text is NULL, stdout inherited.  Waits for it.  out_text gets at most its max.
 * *out_exit is its exit code, 70 when a signal ended it. */
MU_MUST_USE enum mu_status mu_agent_run(const struct mu_home *home, const char *const *arguments,
                                        struct mu_slice input, struct mu_buf *out_text,
                                        int *out_exit, struct mu_error *err);

#endif
