/* From a failure to the exit code of muster-agent; the codes are those of `muster`. */
#ifndef MUSTER_CLIENT_SHELL_EXIT_H
#define MUSTER_CLIENT_SHELL_EXIT_H

#include "common/base/error.h"

enum mu_agent_exit {
    MU_EXIT_OK = 0,
    MU_EXIT_USAGE = 2,
    MU_EXIT_NOT_FOUND = 3,
    MU_EXIT_NOT_JOINED = 4, /* or our key is refused */
    MU_EXIT_REFUSED = 5,
    MU_EXIT_LATE = 6, /* time ran out, nothing is lost */
    MU_EXIT_STORE = 7,
    MU_EXIT_BUG = 70
};

enum mu_agent_exit mu_agent_exit_code(enum mu_status status);
/* The word for a failure in JSON. */
const char *mu_agent_exit_word(enum mu_agent_exit code);

#endif
