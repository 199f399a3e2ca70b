#include "client/shell/version.h"

const char *mu_agent_version(void)
{
    return MUSTER_VERSION;
}
