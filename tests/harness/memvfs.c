/* What SQLite calls: the disk's files as sqlite3_file, with the locks of one machine. */
#include <errno.h>
#include <string.h>

#include "common/base/check.h"
#include "tests/harness/memdisk_state.h"

#define JULIAN_1970_MS 210866760000000 /* SQLite counts from noon, 24 November 4714 BC */

struct handle {
    sqlite3_file base; /* first: SQLite sees only this */
    struct mu_memdisk *disk;
    struct mu_memfile *file;
    uint64_t generation;
    int lock;       /* SQLITE_LOCK_* */
    int last_errno; /* of a failed write, truncation or sync */
    bool read_only;
    bool folder_sync_due; /* a journal or log not yet synced since it was opened */
    char name[MU_MEMDISK_NAME_MAX];
};

static struct handle *handle_of(sqlite3_file *file)
{
    return (struct handle *)file;
}

static bool is_dead(const struct handle *handle)
{
    return handle->generation != handle->disk->generation;
}

static int unlock_to(struct handle *handle, int level)
{
    struct mu_memfile *file = handle->file;
    if (handle->lock <= level) {
        return SQLITE_OK;
    }
    if (file->owner == handle) {
        file->owner = NULL;
        file->closing_in = false;
    }
    if (level == SQLITE_LOCK_NONE) {
        file->shared--;
    }
    handle->lock = level;
    return SQLITE_OK;
}

static int file_close(sqlite3_file *base)
{
    struct handle *handle = handle_of(base);
    if (is_dead(handle)) {
        handle->disk->dead_handles--;
    } else {
        (void)unlock_to(handle, SQLITE_LOCK_NONE);
        handle->disk->handles--;
    }
    mu_memfile_release(handle->file);
    handle->base.pMethods = NULL;
    return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *out, int amount, sqlite3_int64 offset)
{
    struct handle *handle = handle_of(base);
    if (is_dead(handle) ||
        mu_memdisk_meet(handle->disk, MU_MEMDISK_READ, false) != MU_MEMDISK_GOES_ON) {
        return SQLITE_IOERR_READ;
    }
    const struct mu_memfile_bytes *live = &handle->file->live;
    size_t wanted = (size_t)amount;
    size_t start = (size_t)offset < live->len ? (size_t)offset : live->len;
    size_t there = live->len - start < wanted ? live->len - start : wanted;
    if (there > 0) {
        memcpy(out, live->data + start, there);
    }
    memset((uint8_t *)out + there, 0, wanted - there);
    return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

/* Does the file system have room for a file that grows to `end` bytes? */
static bool has_room(const struct handle *handle, size_t end)
{
    size_t now = handle->file->live.len;
    size_t growth = end > now ? end - now : 0;
    return end <= MU_MEMFILE_MAX && (handle->disk->limit == 0 || growth == 0 ||
                                     mu_memdisk_used(handle->disk) + growth <= handle->disk->limit);
}

static int write_at(struct handle *handle, const void *bytes, int amount, sqlite3_int64 offset)
{
    size_t start = (size_t)offset;
    size_t len = (size_t)amount;
    if (is_dead(handle)) {
        return SQLITE_IOERR_WRITE;
    }
    enum mu_memdisk_fate fate = mu_memdisk_meet(handle->disk, MU_MEMDISK_WRITE, true);
    if (handle->read_only || handle->disk->read_only) {
        handle->disk->last_errno = EROFS;
        return SQLITE_IOERR_WRITE;
    }
    if (fate == MU_MEMDISK_GOES_ON && !has_room(handle, start + len)) {
        handle->disk->last_errno = ENOSPC;
        fate = MU_MEMDISK_NO_SPACE;
    }
    switch (fate) {
    case MU_MEMDISK_GOES_ON:
        mu_memfile_write(handle->file, start, bytes, len);
        return SQLITE_OK;
    case MU_MEMDISK_CUT: /* how far it got is for the crash to say */
        mu_memfile_write(handle->file, start, bytes, len);
        return SQLITE_IOERR_WRITE;
    case MU_MEMDISK_FAILS:
        if (handle->disk->power) {
            mu_memfile_write(handle->file, start, bytes, len / 2);
        }
        return SQLITE_IOERR_WRITE;
    case MU_MEMDISK_NO_SPACE:
        if (has_room(handle, start + len / 2)) {
            mu_memfile_write(handle->file, start, bytes, len / 2);
        }
        return SQLITE_FULL;
    }
    return SQLITE_IOERR_WRITE;
}

/* Note the errno of a failure for xFileControl. */
static int noted(sqlite3_file *base, int rc)
{
    struct handle *handle = handle_of(base);
    if (rc != SQLITE_OK) {
        handle->last_errno = handle->disk->last_errno;
    }
    return rc;
}

static int file_write(sqlite3_file *base, const void *bytes, int amount, sqlite3_int64 offset)
{
    return noted(base, write_at(handle_of(base), bytes, amount, offset));
}

static int truncate_to(struct handle *handle, sqlite3_int64 len)
{
    if (is_dead(handle)) {
        return SQLITE_IOERR_TRUNCATE;
    }
    enum mu_memdisk_fate fate = mu_memdisk_meet(handle->disk, MU_MEMDISK_TRUNCATE, true);
    bool writable = !handle->read_only && !handle->disk->read_only;
    if (writable && (fate == MU_MEMDISK_GOES_ON || fate == MU_MEMDISK_CUT)) {
        mu_memfile_truncate(handle->file, (size_t)len);
    }
    return writable && fate == MU_MEMDISK_GOES_ON ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 len)
{
    return noted(base, truncate_to(handle_of(base), len));
}

static int sync_now(struct handle *handle)
{
    if (is_dead(handle)) {
        return SQLITE_IOERR_FSYNC;
    }
    switch (mu_memdisk_meet(handle->disk, MU_MEMDISK_SYNC, true)) {
    case MU_MEMDISK_GOES_ON:
        mu_memfile_sync(handle->file);
        if (handle->folder_sync_due) {
            mu_memdisk_sync_folder(handle->disk, handle->name);
            handle->folder_sync_due = false;
        }
        return SQLITE_OK;
    case MU_MEMDISK_FAILS:
    case MU_MEMDISK_NO_SPACE:
        if (handle->disk->power) {
            mu_memfile_sync_failed(handle->file);
        }
        return SQLITE_IOERR_FSYNC;
    case MU_MEMDISK_CUT: /* some of it may have got there */
        return SQLITE_IOERR_FSYNC;
    }
    return SQLITE_IOERR_FSYNC;
}

static int file_sync(sqlite3_file *base, int flags)
{
    (void)flags;
    return noted(base, sync_now(handle_of(base)));
}

static int file_size(sqlite3_file *base, sqlite3_int64 *out_size)
{
    struct handle *handle = handle_of(base);
    if (is_dead(handle) || !handle->disk->power) {
        return SQLITE_IOERR_FSTAT;
    }
    *out_size = (sqlite3_int64)handle->file->live.len;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *base, int level)
{
    struct handle *handle = handle_of(base);
    struct mu_memfile *file = handle->file;
    if (is_dead(handle) ||
        mu_memdisk_meet(handle->disk, MU_MEMDISK_LOCK, false) != MU_MEMDISK_GOES_ON) {
        return SQLITE_IOERR_LOCK;
    }
    if (handle->lock >= level) {
        return SQLITE_OK;
    }
    bool others = file->owner != NULL && file->owner != handle;
    if (level == SQLITE_LOCK_SHARED) {
        if (others && file->closing_in) {
            return SQLITE_BUSY;
        }
        file->shared++;
        handle->lock = SQLITE_LOCK_SHARED;
        return SQLITE_OK;
    }
    MU_ASSERT(handle->lock >= SQLITE_LOCK_SHARED);
    if (others) {
        return SQLITE_BUSY;
    }
    file->owner = handle;
    if (level == SQLITE_LOCK_RESERVED) {
        handle->lock = SQLITE_LOCK_RESERVED;
        return SQLITE_OK;
    }
    file->closing_in = true;
    if (file->shared > 1) {
        handle->lock = SQLITE_LOCK_PENDING;
        return SQLITE_BUSY;
    }
    handle->lock = SQLITE_LOCK_EXCLUSIVE;
    return SQLITE_OK;
}

static int file_unlock(sqlite3_file *base, int level)
{
    struct handle *handle = handle_of(base);
    return is_dead(handle) ? SQLITE_OK : unlock_to(handle, level);
}

static int file_check_reserved(sqlite3_file *base, int *out_reserved)
{
    struct handle *handle = handle_of(base);
    if (is_dead(handle) || !handle->disk->power) {
        return SQLITE_IOERR_CHECKRESERVEDLOCK;
    }
    *out_reserved = handle->file->owner != NULL;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int op, void *argument)
{
    if (op != SQLITE_FCNTL_LAST_ERRNO) {
        return SQLITE_NOTFOUND;
    }
    *(int *)argument = handle_of(base)->last_errno;
    return SQLITE_OK;
}

static int file_sector_size(sqlite3_file *base)
{
    (void)base;
    return MU_MEMFILE_SECTOR;
}

static int file_characteristics(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* Version 1: no shared memory, no memory mapping. */
static const sqlite3_io_methods file_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
};

static struct mu_memdisk *disk_of(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

/* The live file of this name, or a new one; NULL with last_errno set. */
static struct mu_memfile *find_or_create(struct mu_memdisk *disk, const char *name, int flags)
{
    const struct mu_memdisk_entry *entry = mu_memdisk_find(disk, name);
    bool exists = entry != NULL && entry->live != NULL;
    bool creating = !exists && (flags & SQLITE_OPEN_CREATE) != 0;
    enum mu_memdisk_fate fate = mu_memdisk_meet(disk, MU_MEMDISK_OPEN, creating);
    if (fate == MU_MEMDISK_CUT) {
        (void)mu_memdisk_create(disk, name);
        return NULL;
    }
    if (fate != MU_MEMDISK_GOES_ON) {
        disk->last_errno = disk->power ? EMFILE : EIO;
        return NULL;
    }
    if (exists) {
        disk->last_errno = EEXIST;
        return (flags & SQLITE_OPEN_EXCLUSIVE) != 0 ? NULL : entry->live;
    }
    disk->last_errno = creating ? EROFS : ENOENT;
    return creating && !disk->read_only ? mu_memdisk_create(disk, name) : NULL;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags,
                    int *out_flags)
{
    struct mu_memdisk *disk = disk_of(vfs);
    struct handle *handle = handle_of(base);
    MU_ASSERT(disk->dead_handles == 0); /* close what crashed before opening anew */
    *handle = (struct handle){.disk = disk, .generation = disk->generation};
    if (name == NULL) { /* a temporary file, seen by nobody else */
        handle->file = mu_memfile_new();
    } else {
        handle->file = find_or_create(disk, name, flags);
        if (handle->file == NULL) {
            return SQLITE_CANTOPEN;
        }
        memcpy(handle->name, name, strlen(name) + 1);
    }
    mu_memfile_hold(handle->file);
    disk->handles++;
    handle->read_only = disk->read_only || (flags & SQLITE_OPEN_READONLY) != 0;
    handle->folder_sync_due =
        name != NULL &&
        (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    handle->base.pMethods = &file_methods;
    if (out_flags != NULL) {
        int writable = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        *out_flags = handle->read_only ? (flags & ~writable) | SQLITE_OPEN_READONLY : flags;
    }
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    struct mu_memdisk *disk = disk_of(vfs);
    struct mu_memdisk_entry *entry = mu_memdisk_find(disk, name);
    if (disk->power && (entry == NULL || entry->live == NULL)) {
        return SQLITE_IOERR_DELETE_NOENT;
    }
    enum mu_memdisk_fate fate = mu_memdisk_meet(disk, MU_MEMDISK_DELETE, true);
    if (disk->read_only) {
        disk->last_errno = EROFS;
        return SQLITE_IOERR_DELETE;
    }
    if (fate == MU_MEMDISK_CUT) {
        mu_memdisk_unlink(disk, entry);
    }
    if (fate != MU_MEMDISK_GOES_ON) {
        return SQLITE_IOERR_DELETE;
    }
    mu_memdisk_unlink(disk, entry);
    if (sync_folder != 0) {
        mu_memdisk_sync_folder(disk, name);
    }
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out_result)
{
    struct mu_memdisk *disk = disk_of(vfs);
    if (!disk->power) {
        return SQLITE_IOERR_ACCESS;
    }
    const struct mu_memdisk_entry *entry = mu_memdisk_find(disk, name);
    bool there = entry != NULL && entry->live != NULL;
    /* An empty journal is as good as none: SQLite's unix VFS answers so too. */
    if (flags == SQLITE_ACCESS_EXISTS) {
        *out_result = there && entry->live->live.len > 0;
    } else {
        *out_result = there && !(flags == SQLITE_ACCESS_READWRITE && disk->read_only);
    }
    return SQLITE_OK;
}

static int vfs_full_pathname(sqlite3_vfs *vfs, const char *name, int room, char *out)
{
    (void)vfs;
    size_t len = strlen(name);
    if (len >= (size_t)room) {
        return SQLITE_CANTOPEN;
    }
    memcpy(out, name, len + 1);
    return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int amount, char *out)
{
    for (int i = 0; i < amount; i++) {
        out[i] = (char)(mu_dice_next(&disk_of(vfs)->dice) & 0x7f);
    }
    return amount;
}

/* Nothing sleeps: a wait for a lock is over at once. */
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int vfs_current_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *out_now)
{
    *out_now = JULIAN_1970_MS + disk_of(vfs)->now.ms;
    return SQLITE_OK;
}

static int vfs_current_time(sqlite3_vfs *vfs, double *out_now)
{
    sqlite3_int64 now = 0;
    (void)vfs_current_time_ms(vfs, &now);
    *out_now = (double)now / 86400000.0;
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int room, char *out)
{
    (void)room;
    (void)out;
    return disk_of(vfs)->last_errno;
}

void mu_memvfs_init(struct mu_memdisk *disk)
{
    disk->vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(struct handle),
        .mxPathname = MU_MEMDISK_NAME_MAX - 1,
        .zName = disk->name,
        .pAppData = disk,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_pathname,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_current_time,
        .xCurrentTimeInt64 = vfs_current_time_ms,
        .xGetLastError = vfs_last_error,
    };
}
