/* What the host decides about a server, kept as text in musterd.conf:
 *
 *   listen = tcp://127.0.0.1:7420        where to bind; port * or 0: any free one
 *   public = tcp://muster.example:7420   the address that invites name
 *
 * Lines that start with '#' are comments; a name that is not known is an error. */
#ifndef MUSTER_SERVER_SHELL_CONFIG_H
#define MUSTER_SERVER_SHELL_CONFIG_H

#include "common/base/buf.h"
#include "common/seal/keys.h"

#define MU_CONFIG_NAME    "musterd.conf"
#define MU_CONFIG_MAX     4096
#define MU_LISTEN_DEFAULT "tcp://127.0.0.1:7420"
#define MU_ENDPOINT_ROOM  (MU_ENDPOINT_MAX + 1)

struct mu_config {
    char listen[MU_ENDPOINT_ROOM];
    char public_endpoint[MU_ENDPOINT_ROOM];
};

/* MU_E_INVALID names the line. */
MU_MUST_USE enum mu_status mu_config_parse(struct mu_slice text, struct mu_config *out,
                                           struct mu_error *err);
MU_MUST_USE enum mu_status mu_config_print(const struct mu_config *config, struct mu_buf *out);

/* An address as people write it, taken apart. */
struct mu_endpoint {
    char host[MU_ENDPOINT_ROOM]; /* without the brackets of IPv6 */
    uint16_t port;               /* 0: any */
    bool is_wildcard;            /* every address of this machine */
};
/* tcp://HOST:PORT.  MU_E_INVALID says what is wrong. */
MU_MUST_USE enum mu_status mu_endpoint_parse(const char *text, struct mu_endpoint *out,
                                             struct mu_error *err);
MU_MUST_USE enum mu_status mu_endpoint_print(const struct mu_endpoint *endpoint,
                                             char out_text[static MU_ENDPOINT_ROOM],
                                             struct mu_error *err);

#endif
