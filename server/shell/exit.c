#include "server/shell/exit.h"

enum mu_exit mu_exit_code(enum mu_status status)
{
    switch (status) {
    case MU_OK:
        return MU_EXIT_OK;
    case MU_E_USAGE:
    case MU_E_INVALID:
        return MU_EXIT_USAGE;
    case MU_E_NOT_FOUND:
        return MU_EXIT_NOT_FOUND;
    case MU_E_EXISTS:
    case MU_E_DENIED:
    case MU_E_CONFLICT:
        return MU_EXIT_REFUSED;
    case MU_E_BUSY:
    case MU_E_FULL:
    case MU_E_CORRUPT:
    case MU_E_VERSION:
    case MU_E_CRYPTO:
    case MU_E_LIMIT:
    case MU_E_OFFLINE:
    case MU_E_IO:
        return MU_EXIT_STORE;
    case MU_E_NOMEM:
    case MU_E_PROTOCOL:
    case MU_E_INTERNAL:
        return MU_EXIT_BUG;
    }
    return MU_EXIT_BUG;
}

const char *mu_exit_word(enum mu_exit code)
{
    switch (code) {
    case MU_EXIT_OK:
        return "ok";
    case MU_EXIT_USAGE:
        return "usage";
    case MU_EXIT_NOT_FOUND:
        return "not_found";
    case MU_EXIT_REFUSED:
        return "refused";
    case MU_EXIT_STORE:
        return "store";
    case MU_EXIT_BUG:
        return "bug";
    case MU_EXIT_DISK:
        return "disk";
    }
    return "bug";
}
