#include "tests/harness/memdisk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/check.h"
#include "tests/harness/memdisk_state.h"

struct image_file {
    char name[MU_MEMDISK_NAME_MAX];
    uint8_t *data;
    size_t len;
};

struct mu_memdisk_image {
    char prefix[MU_MEMDISK_NAME_MAX];
    struct image_file *files;
    size_t count;
};

static void copy_name(char to[static MU_MEMDISK_NAME_MAX], const char *from)
{
    size_t len = strlen(from);
    MU_ASSERT(len < MU_MEMDISK_NAME_MAX);
    memcpy(to, from, len + 1);
}

static bool has_prefix(const char *name, const char *prefix)
{
    return prefix == NULL || strncmp(name, prefix, strlen(prefix)) == 0;
}

struct mu_memdisk *mu_memdisk_new(const char *name)
{
    MU_ASSERT(sqlite3_vfs_find(name) == NULL);
    struct mu_memdisk *disk = calloc(1, sizeof *disk);
    MU_ASSERT(disk != NULL);
    copy_name(disk->name, name);
    disk->power = true;
    mu_memvfs_init(disk);
    int rc = sqlite3_vfs_register(&disk->vfs, 0);
    MU_ASSERT(rc == SQLITE_OK);
    return disk;
}

void mu_memdisk_free(struct mu_memdisk *disk)
{
    if (disk == NULL) {
        return;
    }
    MU_ASSERT(disk->handles == 0 && disk->dead_handles == 0);
    (void)sqlite3_vfs_unregister(&disk->vfs);
    for (size_t i = 0; i < disk->entry_count; i++) {
        mu_memfile_release(disk->entries[i].live);
        mu_memfile_release(disk->entries[i].durable);
    }
    free(disk->entries);
    free(disk);
}

enum mu_memdisk_fate mu_memdisk_meet(struct mu_memdisk *disk, enum mu_memdisk_op op, bool changing)
{
    disk->counts[op]++;
    disk->changes += changing ? 1 : 0;
    disk->last_errno = EIO;
    if (!disk->power) {
        return MU_MEMDISK_FAILS;
    }
    if (changing && disk->cut_armed) {
        if (disk->cut_after == 0) {
            disk->power = false;
            return MU_MEMDISK_CUT;
        }
        disk->cut_after--;
    }
    struct mu_memdisk_fault *fault = &disk->faults[op];
    if (fault->nth == 0) {
        return MU_MEMDISK_GOES_ON;
    }
    if (fault->nth > 1) {
        fault->nth--;
        return MU_MEMDISK_GOES_ON;
    }
    fault->nth = fault->forever ? 1 : 0;
    disk->faults_met++;
    disk->last_errno = fault->full ? ENOSPC : EIO;
    return fault->full ? MU_MEMDISK_NO_SPACE : MU_MEMDISK_FAILS;
}

struct mu_memdisk_entry *mu_memdisk_find(const struct mu_memdisk *disk, const char *name)
{
    for (size_t i = 0; i < disk->entry_count; i++) {
        if (strcmp(disk->entries[i].name, name) == 0) {
            return &disk->entries[i];
        }
    }
    return NULL;
}

struct mu_memfile *mu_memdisk_create(struct mu_memdisk *disk, const char *name)
{
    struct mu_memdisk_entry *entry = mu_memdisk_find(disk, name);
    if (entry == NULL) {
        if (disk->entry_count == disk->entry_cap) {
            size_t cap = disk->entry_cap == 0 ? 8 : disk->entry_cap * 2;
            struct mu_memdisk_entry *grown = realloc(disk->entries, cap * sizeof *grown);
            MU_ASSERT(grown != NULL);
            disk->entries = grown;
            disk->entry_cap = cap;
        }
        entry = &disk->entries[disk->entry_count++];
        *entry = (struct mu_memdisk_entry){0};
        copy_name(entry->name, name);
    }
    MU_ASSERT(entry->live == NULL);
    entry->live = mu_memfile_new();
    mu_memfile_hold(entry->live);
    return entry->live;
}

/* Forget names that lead nowhere, keeping the order. */
static void drop_empty_entries(struct mu_memdisk *disk)
{
    size_t kept = 0;
    for (size_t i = 0; i < disk->entry_count; i++) {
        if (disk->entries[i].live != NULL || disk->entries[i].durable != NULL) {
            disk->entries[kept++] = disk->entries[i];
        }
    }
    disk->entry_count = kept;
}

static void point(struct mu_memfile **name, struct mu_memfile *file)
{
    if (file != NULL) {
        mu_memfile_hold(file);
    }
    mu_memfile_release(*name);
    *name = file;
}

void mu_memdisk_unlink(struct mu_memdisk *disk, struct mu_memdisk_entry *entry)
{
    point(&entry->live, NULL);
    drop_empty_entries(disk);
}

static size_t folder_len(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash == NULL ? 0 : (size_t)(slash - name) + 1;
}

void mu_memdisk_sync_folder(struct mu_memdisk *disk, const char *name)
{
    char folder[MU_MEMDISK_NAME_MAX];
    copy_name(folder, name);
    folder[folder_len(name)] = '\0';
    for (size_t i = 0; i < disk->entry_count; i++) {
        struct mu_memdisk_entry *entry = &disk->entries[i];
        if (has_prefix(entry->name, folder) && folder_len(entry->name) == strlen(folder)) {
            point(&entry->durable, entry->live);
        }
    }
    drop_empty_entries(disk);
}

/* Every process on this machine is gone. */
static void end_processes(struct mu_memdisk *disk)
{
    disk->generation++;
    disk->dead_handles += disk->handles;
    disk->handles = 0;
    disk->cut_armed = false;
    disk->power = true;
    for (size_t i = 0; i < disk->entry_count; i++) {
        struct mu_memfile *file = disk->entries[i].live;
        if (file != NULL) {
            file->shared = 0;
            file->owner = NULL;
            file->closing_in = false;
        }
    }
}

void mu_memdisk_crash(struct mu_memdisk *disk, uint64_t seed)
{
    struct mu_dice throws = {.state = seed};
    struct mu_dice *dice = seed == 0 ? NULL : &throws;
    for (size_t i = 0; i < disk->entry_count; i++) {
        struct mu_memdisk_entry *entry = &disk->entries[i];
        if (entry->live != entry->durable && dice != NULL && mu_dice_below(dice, 2) == 0) {
            point(&entry->durable, entry->live);
        } else {
            point(&entry->live, entry->durable);
        }
        if (entry->live != NULL) {
            mu_memfile_cut_power(entry->live, dice);
        }
    }
    drop_empty_entries(disk);
    end_processes(disk);
}

void mu_memdisk_kill(struct mu_memdisk *disk)
{
    MU_ASSERT(disk->power);
    end_processes(disk);
}

void mu_memdisk_cut_power(struct mu_memdisk *disk, uint64_t after)
{
    disk->cut_armed = true;
    disk->cut_after = after;
}

bool mu_memdisk_has_power(const struct mu_memdisk *disk)
{
    return disk->power;
}

uint64_t mu_memdisk_changes(const struct mu_memdisk *disk)
{
    return disk->changes;
}

void mu_memdisk_fail(struct mu_memdisk *disk, const struct mu_memdisk_fault *fault)
{
    MU_ASSERT(fault->nth > 0);
    disk->faults[fault->op] = *fault;
}

void mu_memdisk_heal(struct mu_memdisk *disk)
{
    memset(disk->faults, 0, sizeof disk->faults);
    disk->limit = 0;
    disk->read_only = false;
}

uint64_t mu_memdisk_count(const struct mu_memdisk *disk, enum mu_memdisk_op op)
{
    return disk->counts[op];
}

uint64_t mu_memdisk_faults_met(const struct mu_memdisk *disk)
{
    return disk->faults_met;
}

void mu_memdisk_set_limit(struct mu_memdisk *disk, uint64_t bytes)
{
    disk->limit = bytes;
}

uint64_t mu_memdisk_used(const struct mu_memdisk *disk)
{
    uint64_t used = 0;
    for (size_t i = 0; i < disk->entry_count; i++) {
        used += disk->entries[i].live == NULL ? 0 : disk->entries[i].live->live.len;
    }
    return used;
}

void mu_memdisk_set_read_only(struct mu_memdisk *disk, bool read_only)
{
    disk->read_only = read_only;
}

static struct mu_memfile *find_live(const struct mu_memdisk *disk, const char *name)
{
    const struct mu_memdisk_entry *entry = mu_memdisk_find(disk, name);
    return entry == NULL ? NULL : entry->live;
}

int64_t mu_memdisk_size(const struct mu_memdisk *disk, const char *name)
{
    const struct mu_memfile *file = find_live(disk, name);
    return file == NULL ? -1 : (int64_t)file->live.len;
}

static bool contains(const uint8_t *data, size_t len, struct mu_slice bytes)
{
    for (size_t at = 0; len >= bytes.len && at <= len - bytes.len; at++) {
        if (memcmp(data + at, bytes.data, bytes.len) == 0) {
            return true;
        }
    }
    return false;
}

static bool file_holds(const struct mu_memfile *file, struct mu_slice bytes)
{
    return file != NULL && (contains(file->live.data, file->live.len, bytes) ||
                            contains(file->durable.data, file->durable.len, bytes));
}

bool mu_memdisk_holds(const struct mu_memdisk *disk, struct mu_slice bytes)
{
    for (size_t i = 0; i < disk->entry_count; i++) {
        if (file_holds(disk->entries[i].live, bytes) ||
            file_holds(disk->entries[i].durable, bytes)) {
            return true;
        }
    }
    return false;
}

struct mu_memdisk_image *mu_memdisk_snapshot(const struct mu_memdisk *disk, const char *prefix)
{
    struct mu_memdisk_image *image = calloc(1, sizeof *image);
    MU_ASSERT(image != NULL);
    copy_name(image->prefix, prefix == NULL ? "" : prefix);
    image->files = calloc(disk->entry_count + 1, sizeof *image->files);
    MU_ASSERT(image->files != NULL);
    for (size_t i = 0; i < disk->entry_count; i++) {
        const struct mu_memfile *file = disk->entries[i].live;
        if (file == NULL || !has_prefix(disk->entries[i].name, prefix)) {
            continue;
        }
        struct image_file *copy = &image->files[image->count++];
        copy_name(copy->name, disk->entries[i].name);
        copy->len = file->live.len;
        copy->data = malloc(copy->len + 1);
        MU_ASSERT(copy->data != NULL);
        if (copy->len > 0) {
            memcpy(copy->data, file->live.data, copy->len);
        }
    }
    return image;
}

void mu_memdisk_remove(struct mu_memdisk *disk, const char *prefix)
{
    for (size_t i = 0; i < disk->entry_count; i++) {
        if (has_prefix(disk->entries[i].name, prefix)) {
            point(&disk->entries[i].live, NULL);
            point(&disk->entries[i].durable, NULL);
        }
    }
    drop_empty_entries(disk);
}

void mu_memdisk_restore(struct mu_memdisk *disk, const struct mu_memdisk_image *image)
{
    MU_ASSERT(disk->power);
    end_processes(disk);
    mu_memdisk_remove(disk, image->prefix);
    for (size_t i = 0; i < image->count; i++) {
        const struct image_file *from = &image->files[i];
        struct mu_memfile *file = mu_memdisk_create(disk, from->name);
        point(&mu_memdisk_find(disk, from->name)->durable, file);
        mu_memfile_set(file, mu_slice_of(from->data, from->len));
    }
}

void mu_memdisk_image_free(struct mu_memdisk_image *image)
{
    if (image == NULL) {
        return;
    }
    for (size_t i = 0; i < image->count; i++) {
        free(image->files[i].data);
    }
    free(image->files);
    free(image);
}

bool mu_memdisk_flip(struct mu_memdisk *disk, const char *name, size_t offset, uint8_t bits)
{
    struct mu_memfile *file = find_live(disk, name);
    if (file == NULL || offset >= file->live.len) {
        return false;
    }
    file->live.data[offset] ^= bits;
    if (offset < file->durable.len) {
        file->durable.data[offset] ^= bits;
    }
    return true;
}

bool mu_memdisk_shorten(struct mu_memdisk *disk, const char *name, size_t len)
{
    struct mu_memfile *file = find_live(disk, name);
    if (file == NULL || len >= file->live.len) {
        return false;
    }
    mu_memfile_truncate(file, len);
    mu_memfile_sync(file);
    return true;
}

/* FNV-1a, 64 bits. */
static uint64_t digest_of(uint64_t digest, const void *bytes, size_t len)
{
    const uint8_t *next = bytes;
    for (size_t i = 0; i < len; i++) {
        digest = (digest ^ next[i]) * 0x100000001b3U;
    }
    return digest;
}

static uint64_t digest_file(uint64_t digest, const struct mu_memfile *file)
{
    if (file == NULL) {
        return digest_of(digest, "absent", 7);
    }
    digest = digest_of(digest, &file->live.len, sizeof file->live.len);
    digest = digest_of(digest, file->live.data, file->live.len);
    digest = digest_of(digest, &file->durable.len, sizeof file->durable.len);
    return digest_of(digest, file->durable.data, file->durable.len);
}

uint64_t mu_memdisk_digest(const struct mu_memdisk *disk)
{
    uint64_t digest = 0xcbf29ce484222325U;
    for (size_t i = 0; i < disk->entry_count; i++) {
        const struct mu_memdisk_entry *entry = &disk->entries[i];
        digest = digest_of(digest, entry->name, strlen(entry->name) + 1);
        digest = digest_file(digest, entry->live);
        digest = digest_file(digest, entry->durable);
    }
    return digest;
}

void mu_memdisk_set_time(struct mu_memdisk *disk, struct mu_wall now)
{
    disk->now = now;
}

void mu_memdisk_seed(struct mu_memdisk *disk, uint64_t seed)
{
    disk->dice.state = seed;
    sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
    (void)sqlite3_vfs_register(&disk->vfs, 1);
    uint8_t first = 0;
    sqlite3_randomness(0, NULL);                   /* forget the seed */
    sqlite3_randomness((int)sizeof first, &first); /* take a new one from the usual VFS: us */
    if (usual != &disk->vfs) {
        (void)sqlite3_vfs_register(usual, 1);
    }
}
