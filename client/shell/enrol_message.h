/* The bytes of ENROL: a mutation device.enrol signed by the new device, with the invite's word
 * for its keys inside. */
#ifndef MUSTER_CLIENT_SHELL_ENROL_MESSAGE_H
#define MUSTER_CLIENT_SHELL_ENROL_MESSAGE_H

#include "client/core/client.h"
#include "common/seal/invite.h"

struct mu_enrol_message {
    const struct mu_client_turn *turn;
    const struct mu_invite *invite;
    const struct mu_device_keys *temporary; /* of the invite */
    const struct mu_key_file *keys;         /* of the new device */
    const char *device;                     /* its name; cut where it is too long */
};

/* Append the message to out.  Errors: MU_E_LIMIT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_enrol_message(const struct mu_enrol_message *parts,
                                            struct mu_buf *out, struct mu_error *err);

#endif
