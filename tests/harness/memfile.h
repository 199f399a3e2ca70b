/* One file of the simulated disk: what programs read now, what a power cut leaves, and the
 * writes in between.
 *
 *     write, truncate ---> live (seen at once)   and   pending, in order
 *     sync            ---> pending is carried out on durable, then forgotten
 *     failed sync     ---> pending is forgotten: live shows the bytes, durable never will
 *                          (a system that drops dirty pages when fsync fails)
 *     power cut       ---> some of pending is carried out on durable, torn at sectors; live =
 * durable
 *
 * Names, handles and SQLite are memdisk.h's.  Running out of memory stops the test. */
#ifndef MUSTER_TESTS_HARNESS_MEMFILE_H
#define MUSTER_TESTS_HARNESS_MEMFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/slice.h"
#include "tests/harness/dice.h"

#define MU_MEMFILE_SECTOR 512         /* bytes that a power cut keeps or loses together, mostly */
#define MU_MEMFILE_MAX    (1U << 30U) /* bytes in one file */

struct mu_memfile_bytes {
    uint8_t *data;
    size_t len;
    size_t cap;
};

struct mu_memfile_change {
    bool truncate; /* to `offset` bytes; else a write */
    size_t offset;
    size_t len;
    size_t at; /* where the bytes start in pending_bytes */
};

struct mu_memfile {
    struct mu_memfile_bytes live;
    struct mu_memfile_bytes durable;
    struct mu_memfile_bytes pending_bytes;
    struct mu_memfile_change *pending;
    size_t pending_count;
    size_t pending_cap;
    unsigned refs;     /* names (live and durable) and open handles */
    unsigned shared;   /* handles that hold at least a shared lock */
    const void *owner; /* the handle with a reserved or higher lock */
    bool closing_in;   /* owner waits for the readers: no new ones */
};

struct mu_memfile *mu_memfile_new(void);
void mu_memfile_hold(struct mu_memfile *file);
/* Drop one reference; the last one frees.  Accepts NULL. */
void mu_memfile_release(struct mu_memfile *file);

/* offset + len <= MU_MEMFILE_MAX.  A hole reads as zeros. */
void mu_memfile_write(struct mu_memfile *file, size_t offset, const void *bytes, size_t len);
void mu_memfile_truncate(struct mu_memfile *file, size_t len);
void mu_memfile_sync(struct mu_memfile *file);
void mu_memfile_sync_failed(struct mu_memfile *file);
/* dice NULL: everything pending is lost. */
void mu_memfile_cut_power(struct mu_memfile *file, struct mu_dice *dice);
/* Set live and durable alike, as if the file had been written long ago. */
void mu_memfile_set(struct mu_memfile *file, struct mu_slice content);

#endif
