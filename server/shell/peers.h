/* Who is connected: the shell's numbers for connections, and what libzmq calls them.
 *
 * A connection is known by three names: its number (towards the core, never reused), its
 * routing id (towards the ROUTER) and its descriptor (from the socket monitor).  libzmq gives
 * routing ids itself, five bytes of which the last four count; a peer that brings one of its
 * own is not let in here. */
#ifndef MUSTER_SERVER_SHELL_PEERS_H
#define MUSTER_SERVER_SHELL_PEERS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/error.h"
#include "server/core/server.h"

struct mu_peer {
    struct mu_conn conn; /* 0: this slot is free */
    uint32_t routing;
    int fd;             /* -1: not known, or gone */
    bool cut;           /* told to leave: what it still sends is dropped */
    int64_t cut_at_ms;  /* mono: when its connection is ended; 0: that is done, or not to be */
    bool gone;          /* found by its number alone, until mu_peers_take_gone() */
    uint32_t next_gone; /* slot + 1, 0: last */
    uint8_t curve_key[32];
    uint64_t address; /* hash of its address and port; tells a reused descriptor */
};

struct mu_peers {
    struct mu_peer *slots;
    uint32_t slot_count;
    uint32_t used; /* slots in use */
    uint32_t free_hint;
    uint32_t first_gone;  /* slot + 1, 0: none */
    uint64_t generation;  /* counts connections ever made */
    uint32_t *by_routing; /* open addressing, slot + 1, 0: empty; bucket_count is a power of two */
    uint32_t bucket_count;
    uint32_t *by_fd; /* slot + 1, 0: none */
    uint32_t fd_count;
};

void mu_peers_init(struct mu_peers *peers);
void mu_peers_deinit(struct mu_peers *peers);

struct mu_peer *mu_peers_by_routing(struct mu_peers *peers, uint32_t routing);
struct mu_peer *mu_peers_by_conn(struct mu_peers *peers, struct mu_conn conn);
struct mu_peer *mu_peers_by_fd(struct mu_peers *peers, int fd);

/* A new connection; pointers to others become invalid.  MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_peers_add(struct mu_peers *peers, uint32_t routing,
                                        const uint8_t curve_key[static 32],
                                        struct mu_peer **out_peer);
/* Say which descriptor a peer has.  Whoever had it before is gone.  MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_peers_set_fd(struct mu_peers *peers, struct mu_peer *peer, int fd);
void mu_peers_gone(struct mu_peers *peers, struct mu_peer *peer);
/* The next connection that is gone and not yet told, whose slot is free after this.  False when
 * there is none. */
bool mu_peers_take_gone(struct mu_peers *peers, struct mu_conn *out_conn);

#endif
