#include "tests/harness/memfile.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/check.h"

static void reserve(struct mu_memfile_bytes *bytes, size_t len)
{
    if (len <= bytes->cap) {
        return;
    }
    size_t cap = bytes->cap < 1024 ? 1024 : bytes->cap;
    while (cap < len) {
        cap *= 2;
    }
    uint8_t *data = realloc(bytes->data, cap);
    if (data == NULL) { /* scarcity that a test ordered fails once, and is not meant for the disk */
        data = realloc(bytes->data, cap);
    }
    MU_ASSERT(data != NULL);
    bytes->data = data;
    bytes->cap = cap;
}

static void set_len(struct mu_memfile_bytes *bytes, size_t len)
{
    reserve(bytes, len);
    if (len > bytes->len) {
        memset(bytes->data + bytes->len, 0, len - bytes->len);
    }
    bytes->len = len;
}

static void put(struct mu_memfile_bytes *bytes, size_t offset, const uint8_t *from, size_t len)
{
    if (len == 0) {
        return;
    }
    if (offset + len > bytes->len) {
        set_len(bytes, offset + len);
    }
    memcpy(bytes->data + offset, from, len);
}

static void copy_all(struct mu_memfile_bytes *to, struct mu_slice from)
{
    to->len = 0;
    put(to, 0, from.data, from.len);
}

struct mu_memfile *mu_memfile_new(void)
{
    struct mu_memfile *file = calloc(1, sizeof *file);
    MU_ASSERT(file != NULL);
    return file;
}

void mu_memfile_hold(struct mu_memfile *file)
{
    file->refs++;
}

void mu_memfile_release(struct mu_memfile *file)
{
    if (file == NULL || --file->refs > 0) {
        return;
    }
    free(file->live.data);
    free(file->durable.data);
    free(file->pending_bytes.data);
    free(file->pending);
    free(file);
}

static void forget_pending(struct mu_memfile *file)
{
    file->pending_count = 0;
    file->pending_bytes.len = 0;
}

static void remember(struct mu_memfile *file, struct mu_memfile_change change)
{
    if (file->pending_count == file->pending_cap) {
        size_t cap = file->pending_cap == 0 ? 64 : file->pending_cap * 2;
        struct mu_memfile_change *grown = realloc(file->pending, cap * sizeof *grown);
        MU_ASSERT(grown != NULL);
        file->pending = grown;
        file->pending_cap = cap;
    }
    file->pending[file->pending_count++] = change;
}

void mu_memfile_write(struct mu_memfile *file, size_t offset, const void *bytes, size_t len)
{
    MU_ASSERT(len <= MU_MEMFILE_MAX && offset <= MU_MEMFILE_MAX - len);
    remember(file, (struct mu_memfile_change){
                       .offset = offset, .len = len, .at = file->pending_bytes.len});
    put(&file->pending_bytes, file->pending_bytes.len, bytes, len);
    put(&file->live, offset, bytes, len);
}

void mu_memfile_truncate(struct mu_memfile *file, size_t len)
{
    MU_ASSERT(len <= MU_MEMFILE_MAX);
    remember(file, (struct mu_memfile_change){.truncate = true, .offset = len});
    set_len(&file->live, len);
}

static const uint8_t *bytes_of(const struct mu_memfile *file,
                               const struct mu_memfile_change *change)
{
    return change->len == 0 ? NULL : file->pending_bytes.data + change->at;
}

void mu_memfile_sync(struct mu_memfile *file)
{
    for (size_t i = 0; i < file->pending_count; i++) {
        const struct mu_memfile_change *change = &file->pending[i];
        if (change->truncate) {
            set_len(&file->durable, change->offset);
        } else {
            put(&file->durable, change->offset, bytes_of(file, change), change->len);
        }
    }
    forget_pending(file);
}

void mu_memfile_sync_failed(struct mu_memfile *file)
{
    forget_pending(file);
}

/* One sector's part of a write reaches the disk whole, or only its head, or only its tail.
 * What the file grew by and no write reached holds zeros or old rubbish. */
static void put_torn(struct mu_memfile *file, size_t offset, const uint8_t *from, size_t len,
                     struct mu_dice *dice)
{
    size_t hole = file->durable.len;
    if (offset > hole) {
        set_len(&file->durable, offset);
        if (mu_dice_below(dice, 4) == 0) {
            memset(file->durable.data + hole, 0xa5, offset - hole);
        }
    }
    size_t skip = 0;
    size_t take = len;
    switch (mu_dice_below(dice, 16)) {
    case 0:
        take = (size_t)mu_dice_below(dice, len);
        break;
    case 1:
        skip = (size_t)mu_dice_below(dice, len);
        take = len - skip;
        break;
    default:
        break;
    }
    put(&file->durable, offset + skip, from + skip, take);
}

static void put_some(struct mu_memfile *file, const struct mu_memfile_change *change,
                     uint64_t kept_of_16, struct mu_dice *dice)
{
    if (change->truncate) {
        if (mu_dice_below(dice, 16) < kept_of_16) {
            set_len(&file->durable, change->offset);
        }
        return;
    }
    size_t done = 0;
    while (done < change->len) {
        size_t offset = change->offset + done;
        size_t part = MU_MEMFILE_SECTOR - offset % MU_MEMFILE_SECTOR;
        part = part < change->len - done ? part : change->len - done;
        if (mu_dice_below(dice, 16) < kept_of_16) {
            put_torn(file, offset, bytes_of(file, change) + done, part, dice);
        }
        done += part;
    }
}

/* Either a scatter of sectors survives, whatever their order, with a likelihood thrown once for
 * the file; or everything up to one change does, and that one is torn. */
static void put_survivors(struct mu_memfile *file, struct mu_dice *dice)
{
    static const uint64_t kept[] = {0, 1, 4, 8, 12, 15, 16};
    bool in_order = mu_dice_below(dice, 2) == 0;
    uint64_t kept_of_16 = kept[mu_dice_below(dice, sizeof kept / sizeof kept[0])];
    size_t torn = (size_t)mu_dice_below(dice, file->pending_count + 1);
    for (size_t i = 0; i < file->pending_count; i++) {
        const struct mu_memfile_change *change = &file->pending[i];
        if (!in_order || i == torn) {
            put_some(file, change, kept_of_16, dice);
        } else if (i < torn && change->truncate) {
            set_len(&file->durable, change->offset);
        } else if (i < torn) {
            put(&file->durable, change->offset, bytes_of(file, change), change->len);
        }
    }
}

void mu_memfile_cut_power(struct mu_memfile *file, struct mu_dice *dice)
{
    if (dice != NULL && file->pending_count > 0) {
        put_survivors(file, dice);
    }
    forget_pending(file);
    copy_all(&file->live, mu_slice_of(file->durable.data, file->durable.len));
}

void mu_memfile_set(struct mu_memfile *file, struct mu_slice content)
{
    forget_pending(file);
    copy_all(&file->live, content);
    copy_all(&file->durable, content);
}
