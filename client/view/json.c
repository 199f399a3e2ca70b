#include "client/view/json.h"

#include <inttypes.h>
#include <string.h>

#include "client/view/points.h"
#include "common/base/utf8.h"
#include "common/model/due.h"

#define DAY_MS 86400000

void mu_json_start(struct mu_json *json, struct mu_buf *out)
{
    *json = (struct mu_json){.out = out};
}

enum mu_status mu_json_end(const struct mu_json *json)
{
    MU_ASSERT(json->status != MU_OK || json->depth == 0);
    return json->status;
}

/* -- pieces ------------------------------------------------------------------ */

static void put(struct mu_json *json, const void *bytes, size_t len)
{
    if (json->status == MU_OK) {
        json->status = mu_buf_append(json->out, bytes, len);
    }
}

static void put_str(struct mu_json *json, const char *text)
{
    put(json, text, strlen(text));
}

static void put_unit(struct mu_json *json, uint32_t unit)
{
    static const char digits[] = "0123456789abcdef";
    const char text[6] = {'\\',
                          'u',
                          digits[unit >> 12 & 15],
                          digits[unit >> 8 & 15],
                          digits[unit >> 4 & 15],
                          digits[unit & 15]};
    put(json, text, sizeof text);
}

static void put_escape(struct mu_json *json, uint32_t point)
{
    switch (point) {
    case '\n':
        put_str(json, "\\n");
        return;
    case '\r':
        put_str(json, "\\r");
        return;
    case '\t':
        put_str(json, "\\t");
        return;
    case '"':
        put_str(json, "\\\"");
        return;
    case '\\':
        put_str(json, "\\\\");
        return;
    default:
        break;
    }
    if (point >= 0x10000) {
        put_unit(json, 0xd800 + ((point - 0x10000) >> 10));
        put_unit(json, 0xdc00 + ((point - 0x10000) & 0x3ff));
        return;
    }
    put_unit(json, point);
}

static bool wants_escape(uint32_t point)
{
    return point == '"' || point == '\\' || mu_point_is_control(point) || mu_point_is_unseen(point);
}

static void put_text(struct mu_json *json, struct mu_slice text)
{
    put(json, "\"", 1);
    while (text.len > 0 && json->status == MU_OK) {
        size_t plain = 0;
        while (plain < text.len && text.data[plain] >= 0x20 && text.data[plain] < 0x7f &&
               text.data[plain] != '"' && text.data[plain] != '\\') {
            plain++;
        }
        put(json, text.data, plain);
        text = mu_slice_of(text.data + plain, text.len - plain);
        if (text.len == 0) {
            break;
        }
        uint32_t point = 0xfffd;
        size_t len = mu_utf8_next(text, &point);
        if (len == 0 || wants_escape(point)) {
            put_escape(json, point);
        } else {
            put(json, text.data, len);
        }
        len = len == 0 ? 1 : len;
        text = mu_slice_of(text.data + len, text.len - len);
    }
    put(json, "\"", 1);
}

/* The comma and the key that stand before a value. */
static void lead_in(struct mu_json *json, const char *name)
{
    if (json->depth == 0) {
        MU_ASSERT(name == NULL);
        return;
    }
    unsigned level = json->depth - 1;
    MU_ASSERT(json->in_array[level] == (name == NULL));
    if (json->has_items[level]) {
        put(json, ",", 1);
    }
    json->has_items[level] = true;
    if (name != NULL) {
        put_text(json, mu_slice_str(name));
        put(json, ":", 1);
    }
}

static void open_level(struct mu_json *json, const char *name, bool is_array)
{
    lead_in(json, name);
    MU_ASSERT(json->depth < MU_JSON_DEPTH_MAX);
    json->in_array[json->depth] = is_array;
    json->has_items[json->depth] = false;
    json->depth++;
    put(json, is_array ? "[" : "{", 1);
}

/* -- values ------------------------------------------------------------------ */

void mu_json_object(struct mu_json *json, const char *name)
{
    open_level(json, name, false);
}

void mu_json_array(struct mu_json *json, const char *name)
{
    open_level(json, name, true);
}

void mu_json_close(struct mu_json *json)
{
    MU_ASSERT(json->depth > 0);
    json->depth--;
    put(json, json->in_array[json->depth] ? "]" : "}", 1);
}

void mu_json_text(struct mu_json *json, const char *name, struct mu_slice text)
{
    lead_in(json, name);
    put_text(json, text);
}

void mu_json_str(struct mu_json *json, const char *name, const char *text)
{
    mu_json_text(json, name, mu_slice_str(text));
}

void mu_json_int(struct mu_json *json, const char *name, int64_t number)
{
    lead_in(json, name);
    if (json->status == MU_OK) {
        json->status = mu_buf_printf(json->out, "%" PRId64, number);
    }
}

void mu_json_bool(struct mu_json *json, const char *name, bool value)
{
    lead_in(json, name);
    put_str(json, value ? "true" : "false");
}

void mu_json_null(struct mu_json *json, const char *name)
{
    lead_in(json, name);
    put_str(json, "null");
}

void mu_json_id(struct mu_json *json, const char *name, struct mu_id id)
{
    if (mu_id_is_zero(id)) {
        mu_json_null(json, name);
        return;
    }
    char text[MU_ID_TEXT_LEN + 1];
    mu_id_text(id, text);
    mu_json_str(json, name, text);
}

void mu_json_instant(struct mu_json *json, const char *name, int64_t wall_ms)
{
    if (wall_ms <= 0) {
        mu_json_null(json, name);
        return;
    }
    struct mu_date date = mu_date_from_days(wall_ms / DAY_MS);
    int64_t second = wall_ms % DAY_MS / 1000;
    lead_in(json, name);
    if (json->status == MU_OK) {
        json->status = mu_buf_printf(json->out,
                                     "\"%04" PRId32 "-%02" PRId32 "-%02" PRId32 "T%02" PRId64
                                     ":%02" PRId64 ":%02" PRId64 "Z\"",
                                     date.year, date.month, date.day, second / 3600,
                                     second / 60 % 60, second % 60);
    }
}

void mu_json_raw(struct mu_json *json, const char *name, struct mu_slice value)
{
    lead_in(json, name);
    while (value.len > 0) {
        uint32_t point = 0;
        size_t len = mu_utf8_next(value, &point);
        /* Beyond ASCII there are only characters of texts: they may be escaped where they stand. */
        if (len > 1 && wants_escape(point)) {
            put_escape(json, point);
        } else {
            len = len == 0 ? 1 : len;
            put(json, value.data, len);
        }
        value = mu_slice_of(value.data + len, value.len - len);
    }
}

void mu_json_line(struct mu_json *json)
{
    MU_ASSERT(json->depth == 0);
    put(json, "\n", 1);
}
