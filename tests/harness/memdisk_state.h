/* The disk's inside, shared by memdisk.c (names, ends, faults) and memvfs.c (what SQLite calls). */
#ifndef MUSTER_TESTS_HARNESS_MEMDISK_STATE_H
#define MUSTER_TESTS_HARNESS_MEMDISK_STATE_H

#include <sqlite3.h>

#include "tests/harness/memdisk.h"
#include "tests/harness/memfile.h"

#define MU_MEMDISK_NAME_MAX 256 /* bytes with the terminator */

struct mu_memdisk_entry {
    char name[MU_MEMDISK_NAME_MAX];
    struct mu_memfile *live;    /* what the name leads to now, or NULL */
    struct mu_memfile *durable; /* what it leads to after a power cut, or NULL; not both NULL */
};

struct mu_memdisk {
    sqlite3_vfs vfs; /* pAppData is this disk */
    char name[MU_MEMDISK_NAME_MAX];
    struct mu_memdisk_entry *entries; /* in order of creation */
    size_t entry_count;
    size_t entry_cap;
    struct mu_dice dice; /* for SQLite; crashes bring their own */
    struct mu_wall now;
    uint64_t generation;   /* handles of an older one are dead */
    unsigned handles;      /* open, of this generation */
    unsigned dead_handles; /* not yet closed */
    bool power;
    bool cut_armed;
    uint64_t cut_after; /* changing operations left */
    uint64_t changes;
    uint64_t counts[MU_MEMDISK_OP_COUNT];
    struct mu_memdisk_fault faults[MU_MEMDISK_OP_COUNT]; /* nth counts down; 0 = none */
    uint64_t faults_met;
    uint64_t limit;
    bool read_only;
    int last_errno;
};

/* What an operation meets. */
enum mu_memdisk_fate { MU_MEMDISK_GOES_ON, MU_MEMDISK_FAILS, MU_MEMDISK_NO_SPACE, MU_MEMDISK_CUT };

/* Count an operation and say what happens to it; changing ones use up an armed power cut. */
enum mu_memdisk_fate mu_memdisk_meet(struct mu_memdisk *disk, enum mu_memdisk_op op, bool changing);

struct mu_memdisk_entry *mu_memdisk_find(const struct mu_memdisk *disk, const char *name);
/* A new empty file under this name, which has no live file. */
struct mu_memfile *mu_memdisk_create(struct mu_memdisk *disk, const char *name);
void mu_memdisk_unlink(struct mu_memdisk *disk, struct mu_memdisk_entry *entry);
/* Names in the folder of this one become durable as they are. */
void mu_memdisk_sync_folder(struct mu_memdisk *disk, const char *name);

/* Fill disk->vfs. */
void mu_memvfs_init(struct mu_memdisk *disk);

#endif
