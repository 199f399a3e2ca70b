/* Who signed for keys and roles before a transfer: fetched afterwards, and believed when it is part
 * of the chain that everybody has.
 *
 *     a transfer ended at seq n    the chain from 1 to n is owed (mu_links_owe())
 *     LINKS, page by page          each hash moves the chain on; changes that speak of keys wait
 *     n reached, same chain        they are noted in vouch.h, in their order
 *
 * A server that leaves out, adds or alters one of them comes to another chain, and nothing is
 * noted.  Until then the device seals nothing to whom it knows by rows alone. */
#ifndef MUSTER_CLIENT_CORE_LINKS_H
#define MUSTER_CLIENT_CORE_LINKS_H

#include "client/core/client.h"
#include "common/wire/message.h"

/* A transfer has set the cursor; the changes up to shared_seq (0: none) are known. */
MU_MUST_USE enum mu_status mu_links_owe(struct mu_client *client, uint64_t shared_seq,
                                        struct mu_error *err);
/* Ask for the next page where one is owed; when the link is live. */
MU_MUST_USE enum mu_status mu_links_due(struct mu_client *client, struct mu_error *err);
MU_MUST_USE enum mu_status mu_links_take(struct mu_client *client, const struct mu_msg_links *links,
                                         struct mu_error *err);

#endif
