/* How a server comes to be and how its transactions begin and end; for open.c, found.c
 * and turn.c. */
#ifndef MUSTER_SERVER_CORE_OPEN_H
#define MUSTER_SERVER_CORE_OPEN_H

#include "server/core/inside.h"

/* Log and replica opened, tables made; nothing is read yet. */
MU_MUST_USE enum mu_status mu_server_make(struct mu_db *db, const struct mu_device_keys *keys,
                                          struct mu_server **out_server, struct mu_error *err);
/* Begin a transaction and forget the turn before. */
MU_MUST_USE enum mu_status mu_server_begin(struct mu_server *server, const struct mu_turn *turn,
                                           struct mu_error *err);
/* The replica stands where the log ends. */
MU_MUST_USE enum mu_status mu_server_stand(struct mu_server *server, struct mu_error *err);
/* Commit. */
MU_MUST_USE enum mu_status mu_server_end(struct mu_server *server, struct mu_error *err);

#endif
