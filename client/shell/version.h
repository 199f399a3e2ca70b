#ifndef MUSTER_CLIENT_SHELL_VERSION_H
#define MUSTER_CLIENT_SHELL_VERSION_H

/* Of this build; static storage. */
const char *mu_agent_version(void);

#endif
