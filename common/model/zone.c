#include "common/model/zone.h"

#include "common/model/zone_rule.h"

#define DAY_S     86400
#define OFFSET_S  93599 /* the largest offset that RFC 8536 allows, either way */
#define HEAD_LEN  44
#define TYPE_LEN  6
#define COUNT_MAX 8192

struct mu_zone {
    const int64_t *times; /* of changes, ascending */
    const uint8_t *kinds; /* of each change: index into offsets */
    size_t count;
    int32_t offsets[256];
    size_t offset_count;
    bool has_rule; /* for what comes after the last change */
    struct mu_zone_rule rule;
};

static uint64_t big_endian(const uint8_t *at, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

/* The counts of a TZif header, in the order they stand there. */
struct head {
    uint8_t version;
    uint32_t isut, isstd, leap, time, type, chars;
};

static bool read_head(struct mu_slice bytes, struct head *out)
{
    if (bytes.len < HEAD_LEN || big_endian(bytes.data, 4) != 0x545a6966) { /* "TZif" */
        return false;
    }
    const uint8_t *at = bytes.data + 20;
    *out = (struct head){.version = bytes.data[4],
                         .isut = (uint32_t)big_endian(at, 4),
                         .isstd = (uint32_t)big_endian(at + 4, 4),
                         .leap = (uint32_t)big_endian(at + 8, 4),
                         .time = (uint32_t)big_endian(at + 12, 4),
                         .type = (uint32_t)big_endian(at + 16, 4),
                         .chars = (uint32_t)big_endian(at + 20, 4)};
    return out->isut <= 256 && out->isstd <= 256 && out->leap <= COUNT_MAX &&
           out->time <= COUNT_MAX && out->type >= 1 && out->type <= 256 && out->chars <= COUNT_MAX;
}

/* Bytes of the data block behind a header; time_len is 4 in version 1, else 8. */
static size_t block_len(const struct head *head, size_t time_len)
{
    return head->time * (time_len + 1) + head->type * TYPE_LEN + head->chars +
           head->leap * (time_len + 4) + head->isstd + head->isut;
}

static bool read_types(const uint8_t *at, size_t count, struct mu_zone *zone)
{
    for (size_t i = 0; i < count; i++) {
        int32_t offset = (int32_t)(uint32_t)big_endian(at + i * TYPE_LEN, 4);
        if (offset < -OFFSET_S || offset > OFFSET_S) {
            return false;
        }
        zone->offsets[i] = offset;
    }
    zone->offset_count = count;
    return true;
}

static bool read_changes(const uint8_t *at, const struct head *head, size_t time_len,
                         int64_t *times, struct mu_zone *zone)
{
    const uint8_t *kinds = at + head->time * time_len;
    for (size_t i = 0; i < head->time; i++) {
        uint64_t raw = big_endian(at + i * time_len, time_len);
        times[i] = time_len == 8 ? (int64_t)raw : (int64_t)(int32_t)(uint32_t)raw;
        if (kinds[i] >= zone->offset_count || (i > 0 && times[i] <= times[i - 1])) {
            return false;
        }
    }
    zone->times = times;
    zone->kinds = kinds;
    zone->count = head->time;
    return true;
}

static bool read_footer(struct mu_slice footer, struct mu_zone *zone)
{
    if (footer.len < 2 || footer.data[0] != '\n') {
        return false;
    }
    size_t len = 1;
    while (len < footer.len && footer.data[len] != '\n') {
        len++;
    }
    if (len == footer.len) {
        return false;
    }
    if (len == 1) { /* empty: the last offset holds for ever */
        return true;
    }
    zone->has_rule = mu_zone_rule_parse(mu_slice_of(footer.data + 1, len - 1), &zone->rule);
    return zone->has_rule;
}

static struct mu_slice from(struct mu_slice bytes, size_t at)
{
    return mu_slice_of(bytes.data + at, bytes.len - at);
}

static enum mu_status no_zone(struct mu_error *err)
{
    return mu_fail(err, MU_E_INVALID, "not a time zone file, or a damaged one");
}

enum mu_status mu_zone_read(struct mu_slice bytes, struct mu_arena *arena,
                            const struct mu_zone **out_zone, struct mu_error *err)
{
    struct head head;
    struct mu_slice copy; /* change kinds stay there */
    if (bytes.len > MU_ZONE_FILE_MAX || !read_head(bytes, &head)) {
        return no_zone(err);
    }
    if (!mu_arena_copy(arena, bytes, &copy)) {
        return mu_fail(err, MU_E_NOMEM, "time zone");
    }
    size_t time_len = 4;
    if (head.version >= '2') { /* a second block with long times follows the first */
        size_t skip = HEAD_LEN + block_len(&head, time_len);
        if (skip > copy.len) {
            return no_zone(err);
        }
        copy = from(copy, skip);
        if (!read_head(copy, &head)) {
            return no_zone(err);
        }
        time_len = 8;
    }
    size_t end = HEAD_LEN + block_len(&head, time_len);
    if (end > copy.len) {
        return no_zone(err);
    }
    struct mu_zone *zone = mu_arena_alloc(arena, sizeof *zone);
    int64_t *times = mu_arena_array(arena, head.time + 1, sizeof *times);
    if (zone == NULL || times == NULL) {
        return mu_fail(err, MU_E_NOMEM, "time zone");
    }
    const uint8_t *at = copy.data + HEAD_LEN;
    if (!read_types(at + head.time * (time_len + 1), head.type, zone) ||
        !read_changes(at, &head, time_len, times, zone) ||
        (time_len == 8 && !read_footer(from(copy, end), zone))) {
        return no_zone(err);
    }
    *out_zone = zone;
    return MU_OK;
}

const struct mu_zone *mu_zone_utc(void)
{
    static const struct mu_zone utc = {.offset_count = 1};
    return &utc;
}

/* How many recorded changes are at or before at_s. */
static size_t passed(const struct mu_zone *zone, int64_t at_s)
{
    size_t low = 0;
    size_t high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->times[middle] <= at_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int32_t offset_at(const struct mu_zone *zone, int64_t at_s)
{
    size_t done = passed(zone, at_s);
    if (done == zone->count && zone->has_rule) {
        return mu_zone_rule_last(&zone->rule, at_s).offset_s;
    }
    return done == 0 ? zone->offsets[0] : zone->offsets[zone->kinds[done - 1]];
}

/* The first moment after at_s from which another offset may hold; INT64_MAX: never. */
static int64_t next_change(const struct mu_zone *zone, int64_t at_s)
{
    size_t done = passed(zone, at_s);
    if (done < zone->count) {
        return zone->times[done];
    }
    struct mu_zone_change change;
    if (zone->has_rule && mu_zone_rule_next(&zone->rule, at_s, &change)) {
        return change.at_s;
    }
    return INT64_MAX;
}

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

struct mu_local mu_zone_local(const struct mu_zone *zone, struct mu_wall wall)
{
    int64_t at_s = floor_div(wall.ms, 1000);
    int32_t offset = offset_at(zone, at_s);
    int64_t local = at_s + offset;
    int64_t days = floor_div(local, DAY_S);
    return (struct mu_local){.date = mu_date_from_days(days),
                             .second = (int32_t)(local - days * DAY_S),
                             .offset_s = offset};
}

struct mu_wall mu_zone_instant(const struct mu_zone *zone, struct mu_date date, int32_t minute)
{
    int64_t local = mu_date_to_days(date) * DAY_S + (int64_t)minute * 60;
    int64_t begin = local - OFFSET_S - 1;
    /* Stretches of one offset, from the earliest that could show this local time. */
    for (;;) {
        int64_t end = next_change(zone, begin);
        int64_t at = local - offset_at(zone, begin);
        if (at < begin) { /* left out by the change at begin */
            return (struct mu_wall){.ms = begin * 1000};
        }
        if (at < end) {
            return (struct mu_wall){.ms = at * 1000};
        }
        begin = end;
    }
}

struct mu_wall mu_due_instant(const struct mu_due *due, const struct mu_zone *zone,
                              int32_t day_end_minute)
{
    return mu_zone_instant(zone, due->date, due->has_time ? due->minute : day_end_minute);
}
