/* Connections and sessions come and go here; what a session carries is in hello.c, push.c,
 * changes.c, beacon.c and xfer.c. */
#ifndef MUSTER_CLIENT_CORE_LINK_H
#define MUSTER_CLIENT_CORE_LINK_H

#include "client/core/client.h"

/* One input of a turn, inside its transactions. */
MU_MUST_USE enum mu_status mu_link_input(struct mu_client *client,
                                         const struct mu_client_input *input, struct mu_error *err);
/* After the inputs: what is due now. */
MU_MUST_USE enum mu_status mu_link_due(struct mu_client *client, struct mu_error *err);
/* When the next TICK is wanted, mono. */
int64_t mu_link_wake_at(const struct mu_client *client);

/* Give the connection up and try again later; event is a fixed word for the log. */
MU_MUST_USE enum mu_status mu_link_drop(struct mu_client *client, const char *event,
                                        struct mu_error *err);
/* The same, but people must do something first, or know; tried again from time to time. */
MU_MUST_USE enum mu_status mu_link_park(struct mu_client *client, enum mu_status code,
                                        struct mu_slice reason, struct mu_error *err);
/* WELCOME was accepted, or a transfer ended: changes may come. */
MU_MUST_USE enum mu_status mu_link_opened(struct mu_client *client, struct mu_error *err);
/* Live as soon as the cursor stands at the head: after the cursor moved. */
MU_MUST_USE enum mu_status mu_link_follow(struct mu_client *client, struct mu_error *err);
/* The server's head, as just heard. */
MU_MUST_USE enum mu_status mu_link_heard_head(struct mu_client *client, uint64_t head,
                                              struct mu_error *err);
/* Compare clocks. */
void mu_link_heard_clock(struct mu_client *client, int64_t server_ms);
/* Mutations up to safe_seq are in a backup: the journal can forget them, as soon as the rows
 * that show them are on this disk. */
void mu_link_heard_safe(struct mu_client *client, uint64_t safe_seq);
/* After the commit of a turn: sync the replica where mu_link_heard_safe() waits for it. */
MU_MUST_USE enum mu_status mu_link_committed(struct mu_client *client, struct mu_error *err);

#endif
