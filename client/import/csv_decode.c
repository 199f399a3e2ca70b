#include "client/import/csv_decode.h"

#include <string.h>

#include "common/base/utf8.h"

static bool has_front(struct mu_slice bytes, const char *front, size_t len)
{
    return bytes.len >= len && memcmp(bytes.data, front, len) == 0;
}

/* CR, LF and CRLF all end a line. */
static size_t line_of(struct mu_slice text, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++) {
        bool pair = text.data[i] == '\r' && i + 1 < text.len && text.data[i + 1] == '\n';
        line += !pair && (text.data[i] == '\n' || text.data[i] == '\r') ? 1 : 0;
    }
    return line;
}

static enum mu_status check_utf8(struct mu_slice text, struct mu_error *err)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t point;
        size_t len = mu_utf8_next((struct mu_slice){text.data + at, text.len - at}, &point);
        if (text.data[at] == 0) {
            return mu_fail(err, MU_E_INVALID, "line %zu: a NUL byte; this is no text file",
                           line_of(text, at));
        }
        if (len == 0) {
            return mu_fail(err, MU_E_INVALID,
                           "line %zu: not UTF-8; save the table as \"CSV UTF-8\"",
                           line_of(text, at));
        }
        at += len;
    }
    return MU_OK;
}

static uint32_t unit_at(struct mu_slice bytes, size_t at, bool little)
{
    uint32_t first = bytes.data[at];
    uint32_t second = bytes.data[at + 1];
    return little ? second << 8 | first : first << 8 | second;
}

static enum mu_status from_utf16(struct mu_slice bytes, bool little, struct mu_arena *arena,
                                 struct mu_slice *out_text, struct mu_error *err)
{
    if (bytes.len % 2 != 0) {
        return mu_fail(err, MU_E_INVALID, "UTF-16 text that ends in half a character");
    }
    /* Two bytes become at most three, four become four. */
    uint8_t *text = mu_arena_array(arena, bytes.len / 2, 3);
    if (text == NULL && bytes.len > 0) {
        return mu_fail(err, MU_E_LIMIT, "the table is too large for the memory it may take");
    }
    size_t len = 0;
    for (size_t at = 0; at < bytes.len; at += 2) {
        uint32_t point = unit_at(bytes, at, little);
        if (point >= 0xd800 && point <= 0xdbff && at + 4 <= bytes.len) {
            uint32_t low = unit_at(bytes, at + 2, little);
            if (low >= 0xdc00 && low <= 0xdfff) {
                point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
                at += 2;
            }
        }
        if (point >= 0xd800 && point <= 0xdfff) {
            return mu_fail(err, MU_E_INVALID, "line %zu: half a UTF-16 surrogate pair",
                           line_of((struct mu_slice){text, len}, len));
        }
        uint8_t one[4];
        size_t one_len = mu_utf8_put(point, one);
        memcpy(text + len, one, one_len);
        len += one_len;
    }
    *out_text = (struct mu_slice){text, len};
    return MU_OK;
}

enum mu_status mu_csv_decode(struct mu_slice bytes, struct mu_arena *arena,
                             struct mu_slice *out_text, struct mu_error *err)
{
    struct mu_slice text = bytes;
    if (has_front(bytes, "\xff\xfe", 2) || has_front(bytes, "\xfe\xff", 2)) {
        struct mu_slice rest = {bytes.data + 2, bytes.len - 2};
        MU_TRY(from_utf16(rest, bytes.data[0] == 0xff, arena, &text, err));
    } else if (has_front(bytes, "\xef\xbb\xbf", 3)) {
        text = (struct mu_slice){bytes.data + 3, bytes.len - 3};
    }
    MU_TRY(check_utf8(text, err));
    *out_text = text;
    return MU_OK;
}
