/* A disk in memory that forgets, at a power cut, what was not synced: a SQLite VFS for the
 * simulator and for failure tests.
 *
 * What is durable (the most pessimistic model under which SQLite promises anything):
 *  - bytes and length of a file: when a sync of it has succeeded.  After a failed sync the bytes
 *    since the last good one never get there, even if a later sync succeeds;
 *  - the name of a new file, and the absence of a deleted one: when its folder is synced, which
 *    is at the first sync of a journal or write-ahead log since it was opened, and at a delete
 *    that asks for it.  Syncing any other file does nothing for its name.
 * A write leaves the bytes around it alone, as SQLite's own unix VFS promises.  There is no
 * shared memory: open with mu_db_options.exclusive.  One disk is one machine's; use one for each
 * simulated device.  Nothing here reads a clock or real chance, and a disk is one thread's. */
#ifndef MUSTER_TESTS_HARNESS_MEMDISK_H
#define MUSTER_TESTS_HARNESS_MEMDISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/slice.h"
#include "common/base/time.h"

struct mu_memdisk;

/* Registers a VFS under this name (copied), for mu_db_options.vfs.  Running out of memory and a
 * taken name stop the test. */
struct mu_memdisk *mu_memdisk_new(const char *name);
/* Every handle must have been closed.  Accepts NULL. */
void mu_memdisk_free(struct mu_memdisk *disk);

/* ---- Ends: afterwards power is on, and every open handle is dead: it answers with an error (a
 * connection may still read what it has in its cache) and must be closed before anything is
 * opened anew, as a process that is gone cannot go on beside its successor. */

/* The power goes.  seed 0: everything unsynced is lost.  Else the seed decides which unsynced
 * sectors, lengths and names survive, torn and out of order. */
void mu_memdisk_crash(struct mu_memdisk *disk, uint64_t seed);
/* The process is killed: everything written is still there, synced or not. */
void mu_memdisk_kill(struct mu_memdisk *disk);
/* The power goes by itself: `after` more changing operations (write, sync, truncate, delete,
 * creation) pass, the next one is cut off halfway, and from then on everything fails until
 * mu_memdisk_crash() says what is left. */
void mu_memdisk_cut_power(struct mu_memdisk *disk, uint64_t after);
bool mu_memdisk_has_power(const struct mu_memdisk *disk);
/* Changing operations so far. */
uint64_t mu_memdisk_changes(const struct mu_memdisk *disk);

/* ---- Faults. */

enum mu_memdisk_op {
    MU_MEMDISK_OPEN, /* as if out of file descriptors */
    MU_MEMDISK_READ,
    MU_MEMDISK_WRITE, /* half of the bytes get into the file */
    MU_MEMDISK_SYNC,  /* see the top */
    MU_MEMDISK_TRUNCATE,
    MU_MEMDISK_DELETE,
    MU_MEMDISK_LOCK,
    MU_MEMDISK_OP_COUNT,
};

struct mu_memdisk_fault {
    enum mu_memdisk_op op;
    uint64_t nth; /* 1 = the next operation of this kind */
    bool forever; /* and all after it */
    bool full;    /* "no space left" instead of an input or output error */
};

/* At most one fault for each kind of operation; a new one replaces it. */
void mu_memdisk_fail(struct mu_memdisk *disk, const struct mu_memdisk_fault *fault);
/* No faults, no limit, writable. */
void mu_memdisk_heal(struct mu_memdisk *disk);
/* Operations of a kind so far, failed ones too. */
uint64_t mu_memdisk_count(const struct mu_memdisk *disk, enum mu_memdisk_op op);
/* How often a fault was really met. */
uint64_t mu_memdisk_faults_met(const struct mu_memdisk *disk);
/* No file may grow past this many bytes for all files together; 0 = no limit. */
void mu_memdisk_set_limit(struct mu_memdisk *disk, uint64_t bytes);
/* Bytes in all files together. */
uint64_t mu_memdisk_used(const struct mu_memdisk *disk);
/* The file system has become read-only. */
void mu_memdisk_set_read_only(struct mu_memdisk *disk, bool read_only);

/* ---- Files.  A prefix names a database with its log and journal; NULL = all files. */

/* -1 when there is no such file. */
int64_t mu_memdisk_size(const struct mu_memdisk *disk, const char *name);
/* Live content of the files, as a copying administrator gets it. */
struct mu_memdisk_image *mu_memdisk_snapshot(const struct mu_memdisk *disk, const char *prefix);
/* Replace the files with the snapshot's prefix by it, durably; also on another disk (a cloned
 * device).  Open handles are dead afterwards, as after mu_memdisk_kill(). */
void mu_memdisk_restore(struct mu_memdisk *disk, const struct mu_memdisk_image *image);
void mu_memdisk_image_free(struct mu_memdisk_image *image);
/* Delete under the feet of open handles, durably. */
void mu_memdisk_remove(struct mu_memdisk *disk, const char *prefix);
/* Damage: change bits of one byte; cut the end off.  False when there is no such byte. */
bool mu_memdisk_flip(struct mu_memdisk *disk, const char *name, size_t offset, uint8_t bits);
bool mu_memdisk_shorten(struct mu_memdisk *disk, const char *name, size_t len);
/* Whether some file, as it is live or durable, has these bytes in it. */
bool mu_memdisk_holds(const struct mu_memdisk *disk, struct mu_slice bytes);
/* Of names and content, live and durable: equal runs give equal digests. */
uint64_t mu_memdisk_digest(const struct mu_memdisk *disk);

/* ---- Time and chance, as SQLite sees them. */

void mu_memdisk_set_time(struct mu_memdisk *disk, struct mu_wall now);
/* Restart this disk's random bytes and SQLite's own generator (one for the process; it makes the
 * salts of write-ahead logs), so that a run is repeatable to the byte. */
void mu_memdisk_seed(struct mu_memdisk *disk, uint64_t seed);

#endif
