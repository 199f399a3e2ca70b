/* From a failure to the exit code of musterd: the one place where they meet. */
#ifndef MUSTER_SERVER_SHELL_EXIT_H
#define MUSTER_SERVER_SHELL_EXIT_H

#include "common/base/error.h"

enum mu_exit {
    MU_EXIT_OK = 0,
    MU_EXIT_USAGE = 2,
    MU_EXIT_NOT_FOUND = 3, /* no server in that folder */
    MU_EXIT_REFUSED = 5,   /* there is one already; a value that is not allowed */
    MU_EXIT_STORE = 7,     /* folder locked, read-only, full, damaged or newer; port in use */
    MU_EXIT_BUG = 70,
    MU_EXIT_DISK = 74 /* a write or sync failed while serving: the disk needs a look */
};

enum mu_exit mu_exit_code(enum mu_status status);
/* The word for a failure in JSON; `muster` says the same ones. */
const char *mu_exit_word(enum mu_exit code);

#endif
