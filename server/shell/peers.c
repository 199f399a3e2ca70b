#include "server/shell/peers.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 16
#define SLOT_BITS   20 /* of a connection's number; the rest counts generations */
#define SLOTS_MAX   ((uint32_t)1 << SLOT_BITS)

void mu_peers_init(struct mu_peers *peers)
{
    *peers = (struct mu_peers){0};
}

void mu_peers_deinit(struct mu_peers *peers)
{
    free(peers->slots);
    free(peers->by_routing);
    free(peers->by_fd);
    mu_peers_init(peers);
}

static uint32_t slot_of(const struct mu_peers *peers, const struct mu_peer *peer)
{
    return (uint32_t)(peer - peers->slots);
}

/* Routing ids are handed out one after another: spread them (Fibonacci hashing). */
static uint32_t home_bucket(const struct mu_peers *peers, uint32_t routing)
{
    return routing * 2654435769U & (peers->bucket_count - 1);
}

static void bucket_put(struct mu_peers *peers, uint32_t slot)
{
    uint32_t at = home_bucket(peers, peers->slots[slot].routing);
    while (peers->by_routing[at] != 0) {
        at = (at + 1) & (peers->bucket_count - 1);
    }
    peers->by_routing[at] = slot + 1;
}

/* Close the gap that a removed entry leaves (Knuth, The Art of Computer Programming 3, 6.4 R). */
static void bucket_remove(struct mu_peers *peers, uint32_t slot)
{
    uint32_t mask = peers->bucket_count - 1;
    uint32_t gap = home_bucket(peers, peers->slots[slot].routing);
    while (peers->by_routing[gap] != slot + 1) {
        gap = (gap + 1) & mask;
    }
    uint32_t at = gap;
    for (;;) {
        peers->by_routing[gap] = 0;
        uint32_t home = 0;
        do {
            at = (at + 1) & mask;
            if (peers->by_routing[at] == 0) {
                return;
            }
            home = home_bucket(peers, peers->slots[peers->by_routing[at] - 1].routing);
        } while (((at - home) & mask) < ((at - gap) & mask));
        peers->by_routing[gap] = peers->by_routing[at];
        gap = at;
    }
}

struct mu_peer *mu_peers_by_routing(struct mu_peers *peers, uint32_t routing)
{
    if (peers->bucket_count == 0) {
        return NULL;
    }
    uint32_t at = home_bucket(peers, routing);
    while (peers->by_routing[at] != 0) {
        struct mu_peer *peer = &peers->slots[peers->by_routing[at] - 1];
        if (peer->routing == routing) {
            return peer;
        }
        at = (at + 1) & (peers->bucket_count - 1);
    }
    return NULL;
}

struct mu_peer *mu_peers_by_conn(struct mu_peers *peers, struct mu_conn conn)
{
    uint64_t slot = conn.number & (SLOTS_MAX - 1);
    if (conn.number == 0 || slot >= peers->slot_count) {
        return NULL;
    }
    struct mu_peer *peer = &peers->slots[slot];
    return peer->conn.number == conn.number ? peer : NULL;
}

struct mu_peer *mu_peers_by_fd(struct mu_peers *peers, int fd)
{
    if (fd < 0 || (uint32_t)fd >= peers->fd_count || peers->by_fd[fd] == 0) {
        return NULL;
    }
    return &peers->slots[peers->by_fd[fd] - 1];
}

static enum mu_status grow(struct mu_peers *peers)
{
    uint32_t count = peers->slot_count == 0 ? SLOTS_FIRST : peers->slot_count * 2;
    if (count > SLOTS_MAX) {
        return MU_E_LIMIT;
    }
    uint32_t *buckets = calloc((size_t)count * 2, sizeof *buckets);
    struct mu_peer *slots = realloc(peers->slots, count * sizeof *slots);
    if (slots != NULL) {
        peers->slots = slots;
    }
    if (buckets == NULL || slots == NULL) {
        free(buckets);
        return MU_E_NOMEM;
    }
    memset(slots + peers->slot_count, 0, (count - peers->slot_count) * sizeof *slots);
    free(peers->by_routing);
    peers->by_routing = buckets;
    peers->bucket_count = count * 2;
    for (uint32_t slot = 0; slot < peers->slot_count; slot++) {
        if (slots[slot].conn.number != 0 && !slots[slot].gone) {
            bucket_put(peers, slot);
        }
    }
    peers->slot_count = count;
    return MU_OK;
}

enum mu_status mu_peers_add(struct mu_peers *peers, uint32_t routing,
                            const uint8_t curve_key[static 32], struct mu_peer **out_peer)
{
    MU_ASSERT(mu_peers_by_routing(peers, routing) == NULL);
    if (peers->used == peers->slot_count) {
        MU_TRY(grow(peers));
    }
    uint32_t slot = peers->free_hint;
    while (peers->slots[slot % peers->slot_count].conn.number != 0) {
        slot++;
    }
    slot %= peers->slot_count;
    peers->free_hint = slot + 1;
    peers->generation++;
    struct mu_peer *peer = &peers->slots[slot];
    *peer = (struct mu_peer){
        .conn = {.number = peers->generation << SLOT_BITS | slot}, .routing = routing, .fd = -1};
    memcpy(peer->curve_key, curve_key, sizeof peer->curve_key);
    bucket_put(peers, slot);
    peers->used++;
    *out_peer = peer;
    return MU_OK;
}

static void forget_fd(struct mu_peers *peers, struct mu_peer *peer)
{
    if (peer->fd >= 0) {
        peers->by_fd[peer->fd] = 0;
        peer->fd = -1;
    }
}

enum mu_status mu_peers_set_fd(struct mu_peers *peers, struct mu_peer *peer, int fd)
{
    MU_ASSERT(fd >= 0);
    if ((uint32_t)fd >= peers->fd_count) {
        uint32_t count = ((uint32_t)fd + 64) & ~(uint32_t)63;
        uint32_t *table = realloc(peers->by_fd, count * sizeof *table);
        if (table == NULL) {
            return MU_E_NOMEM;
        }
        memset(table + peers->fd_count, 0, (count - peers->fd_count) * sizeof *table);
        peers->by_fd = table;
        peers->fd_count = count;
    }
    struct mu_peer *before = mu_peers_by_fd(peers, fd);
    if (before != NULL && before != peer) {
        mu_peers_gone(peers, before);
    }
    forget_fd(peers, peer);
    peer->fd = fd;
    peers->by_fd[fd] = slot_of(peers, peer) + 1;
    return MU_OK;
}

void mu_peers_gone(struct mu_peers *peers, struct mu_peer *peer)
{
    if (peer->gone) {
        return;
    }
    forget_fd(peers, peer);
    bucket_remove(peers, slot_of(peers, peer));
    peer->gone = true;
    peer->next_gone = peers->first_gone;
    peers->first_gone = slot_of(peers, peer) + 1;
}

bool mu_peers_take_gone(struct mu_peers *peers, struct mu_conn *out_conn)
{
    if (peers->first_gone == 0) {
        return false;
    }
    uint32_t slot = peers->first_gone - 1;
    struct mu_peer *peer = &peers->slots[slot];
    *out_conn = peer->conn;
    peers->first_gone = peer->next_gone;
    *peer = (struct mu_peer){.fd = -1};
    peers->free_hint = slot;
    peers->used--;
    return true;
}
