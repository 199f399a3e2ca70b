/* HELLO and WELCOME: where this replica stands, and what the server makes of it. */
#ifndef MUSTER_CLIENT_CORE_HELLO_H
#define MUSTER_CLIENT_CORE_HELLO_H

#include "client/core/client.h"

/* Count a session and send HELLO. */
MU_MUST_USE enum mu_status mu_hello_send(struct mu_client *client, struct mu_error *err);
MU_MUST_USE enum mu_status mu_hello_welcome(struct mu_client *client,
                                            const struct mu_msg_welcome *welcome,
                                            struct mu_error *err);
/* Number what waits anew under a fresh replica id, and say HELLO again. */
MU_MUST_USE enum mu_status mu_hello_mint(struct mu_client *client, struct mu_error *err);
/* Everything that the server is believed to have waits again, and HELLO is said again: what it
 * shows is not what it acknowledged. */
MU_MUST_USE enum mu_status mu_hello_send_all_again(struct mu_client *client, struct mu_error *err);

#endif
