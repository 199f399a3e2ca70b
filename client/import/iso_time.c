#include "client/import/iso_time.h"

#include <stdio.h>
#include <string.h>

#include "common/model/due.h"

#define DAY_MS 86400000

/* Reads from the front; once failed, stays failed. */
struct reader {
    struct mu_slice rest;
    bool failed;
};

static int32_t number(struct reader *reader, size_t digit_count)
{
    int32_t value = 0;
    if (reader->failed || reader->rest.len < digit_count) {
        reader->failed = true;
        return 0;
    }
    for (size_t i = 0; i < digit_count; i++) {
        uint8_t byte = reader->rest.data[i];
        if (byte < '0' || byte > '9') {
            reader->failed = true;
            return 0;
        }
        value = value * 10 + (byte - '0');
    }
    reader->rest.data += digit_count;
    reader->rest.len -= digit_count;
    return value;
}

static bool take(struct reader *reader, char byte)
{
    if (reader->rest.len == 0 || reader->rest.data[0] != (uint8_t)byte) {
        return false;
    }
    reader->rest.data++;
    reader->rest.len--;
    return true;
}

static void need(struct reader *reader, char byte)
{
    if (!take(reader, byte)) {
        reader->failed = true;
    }
}

/* The fraction of a second in milliseconds; digits beyond the third are dropped. */
static int64_t fraction(struct reader *reader)
{
    int64_t ms = (int64_t)number(reader, 1) * 100;
    int64_t weight = 10;
    while (reader->rest.len > 0 && reader->rest.data[0] >= '0' && reader->rest.data[0] <= '9') {
        ms += (reader->rest.data[0] - '0') * weight;
        weight /= 10;
        reader->rest.data++;
        reader->rest.len--;
    }
    return ms;
}

/* Milliseconds since midnight. */
static int64_t time_of_day(struct reader *reader)
{
    int32_t hour = number(reader, 2);
    need(reader, ':');
    int32_t minute = number(reader, 2);
    int32_t second = 0;
    int64_t ms = 0;
    if (take(reader, ':')) {
        second = number(reader, 2);
        if (take(reader, '.') || take(reader, ',')) {
            ms = fraction(reader);
        }
    }
    if (hour > 23 || minute > 59 || second > 60) { /* 60: a leap second */
        reader->failed = true;
    }
    int64_t minutes = (int64_t)hour * 60 + minute;
    return (minutes * 60 + second) * 1000 + ms;
}

/* Offset of the zone from UTC in milliseconds. */
static int64_t zone(struct reader *reader, bool *out_local)
{
    *out_local = reader->rest.len == 0;
    if (*out_local || take(reader, 'Z') || take(reader, 'z')) {
        return 0;
    }
    bool west = take(reader, '-');
    if (!west) {
        need(reader, '+');
    }
    int32_t hour = number(reader, 2);
    (void)take(reader, ':');
    int32_t minute = number(reader, 2);
    if (hour > 18 || minute > 59) {
        reader->failed = true;
    }
    int64_t offset_ms = ((int64_t)hour * 60 + minute) * 60000;
    return west ? -offset_ms : offset_ms;
}

bool mu_iso_parse(struct mu_slice text, struct mu_source_time *out, bool *out_local)
{
    struct reader reader = {.rest = text};
    struct mu_date date;
    date.year = number(&reader, 4);
    need(&reader, '-');
    date.month = number(&reader, 2);
    need(&reader, '-');
    date.day = number(&reader, 2);
    if (reader.failed || !mu_date_valid(date)) {
        return false;
    }
    struct mu_source_time time = {.when = MU_WHEN_DATE, .at_ms = mu_date_to_days(date) * DAY_MS};
    bool local = false;
    if (reader.rest.len > 0) {
        if (!take(&reader, 'T') && !take(&reader, 't')) {
            need(&reader, ' ');
        }
        time.when = MU_WHEN_INSTANT;
        time.at_ms += time_of_day(&reader);
        time.at_ms -= zone(&reader, &local);
    }
    if (reader.failed || reader.rest.len > 0) {
        return false;
    }
    *out = time;
    *out_local = local;
    return true;
}

void mu_iso_format(struct mu_source_time time, char out_text[static MU_ISO_TEXT_MAX + 1])
{
    out_text[0] = '\0';
    if (time.when == MU_WHEN_NONE) {
        return;
    }
    int64_t days = time.at_ms / DAY_MS - (time.at_ms % DAY_MS < 0 ? 1 : 0);
    int64_t minute = (time.at_ms - days * DAY_MS) / 60000;
    struct mu_date date = mu_date_from_days(days);
    char text[64];
    int len = snprintf(text, sizeof text, "%04d-%02d-%02d", (int)date.year, (int)date.month,
                       (int)date.day);
    if (time.when == MU_WHEN_INSTANT) {
        len = snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d UTC", (int)date.year,
                       (int)date.month, (int)date.day, (int)(minute / 60), (int)(minute % 60));
    }
    if (len > 0 && len <= MU_ISO_TEXT_MAX) {
        memcpy(out_text, text, (size_t)len + 1);
    }
}
