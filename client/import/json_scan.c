#include "client/import/json_scan.h"

#include <string.h>

#include "common/base/utf8.h"

struct mu_slice mu_json_strip(struct mu_slice text)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    if (text.len >= sizeof mark && memcmp(text.data, mark, sizeof mark) == 0) {
        return mu_slice_of(text.data + sizeof mark, text.len - sizeof mark);
    }
    return text;
}

enum mu_status mu_json_fail(struct mu_slice text, size_t at, enum mu_status status,
                            const char *what, struct mu_error *err)
{
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < at && i < text.len; i++) {
        if (text.data[i] == '\n') {
            line++;
            column = 1;
        } else if ((text.data[i] & 0xc0) != 0x80) {
            column++;
        }
    }
    return mu_fail(err, status, "line %zu, column %zu: %s", line, column, what);
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static const uint8_t *skip_blanks(const uint8_t *at, const uint8_t *end)
{
    while (at < end && is_blank(*at)) {
        at++;
    }
    return at;
}

char mu_json_kind(struct mu_slice value)
{
    if (value.len == 0) {
        return 0;
    }
    char first = (char)value.data[0];
    return first;
}

/* Past the text whose opening quote is at `at`. */
static const uint8_t *skip_text(const uint8_t *at, const uint8_t *end)
{
    at++;
    while (at < end && *at != '"') {
        at += *at == '\\' && end - at > 1 ? 2 : 1;
    }
    return at < end ? at + 1 : end;
}

static const uint8_t *skip_value(const uint8_t *at, const uint8_t *end)
{
    size_t depth = 0;
    while (at < end) {
        if (*at == '"') {
            at = skip_text(at, end);
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
            continue;
        } else if (*at == '}' || *at == ']') {
            if (depth == 0) {
                return at;
            }
            depth--;
            at++;
        } else if (depth == 0 && (*at == ',' || is_blank(*at))) {
            return at;
        } else {
            at++;
            continue;
        }
        if (depth == 0) {
            return at;
        }
    }
    return end;
}

struct mu_json_walk mu_json_walk(struct mu_slice value)
{
    if (value.len == 0) {
        return (struct mu_json_walk){0};
    }
    const uint8_t *end = value.data + value.len;
    const uint8_t *at = skip_blanks(value.data, end);
    if (at == end || (*at != '{' && *at != '[')) {
        return (struct mu_json_walk){.at = end, .end = end};
    }
    return (struct mu_json_walk){.at = at + 1, .end = end, .is_object = *at == '{'};
}

bool mu_json_next(struct mu_json_walk *walk, struct mu_slice *out_key, struct mu_slice *out_value)
{
    const uint8_t *end = walk->end;
    const uint8_t *at = skip_blanks(walk->at, end);
    if (at < end && *at == ',') {
        at = skip_blanks(at + 1, end);
    }
    if (at == end || *at == '}' || *at == ']') {
        walk->at = end;
        return false;
    }
    struct mu_slice key = {0};
    if (walk->is_object) {
        const uint8_t *after = skip_text(at, end);
        key = mu_slice_of(at + 1, after - at >= 2 ? (size_t)(after - at) - 2 : 0);
        at = skip_blanks(after, end);
        at = at < end ? skip_blanks(at + 1, end) : end; /* the colon */
    }
    const uint8_t *after = skip_value(at, end);
    walk->at = after;
    *out_key = key;
    *out_value = mu_slice_of(at, (size_t)(after - at));
    return true;
}

size_t mu_json_count(struct mu_slice value)
{
    struct mu_json_walk walk = mu_json_walk(value);
    struct mu_slice key;
    struct mu_slice entry;
    size_t count = 0;
    while (mu_json_next(&walk, &key, &entry)) {
        count++;
    }
    return count;
}
