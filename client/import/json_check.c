/* The whole-file check of client/import/json_scan.h: one pass, no recursion, a
 * stack of MU_JSON_DEPTH_MAX bytes. */
#include <string.h>

#include "client/import/json_scan.h"
#include "common/base/utf8.h"

struct check {
    struct mu_slice text;
    size_t at;
    struct mu_error *err;
    char open[MU_JSON_DEPTH_MAX]; /* '{' or '[' */
    size_t depth;
};

static enum mu_status broken(struct check *check, const char *what)
{
    if (check->at >= check->text.len) {
        what = "the file ends in the middle; was it saved completely?";
    } else if (check->text.data[check->at] == 0) {
        what = "a NUL byte";
    }
    return mu_json_fail(check->text, check->at, MU_E_INVALID, what, check->err);
}

/* The byte at hand, or 0 at the end: no rule of the grammar accepts 0. */
static uint8_t peek(const struct check *check)
{
    return check->at < check->text.len ? check->text.data[check->at] : 0;
}

static void skip_blanks(struct check *check)
{
    uint8_t byte = peek(check);
    while (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') {
        check->at++;
        byte = peek(check);
    }
}

static bool hex4(const struct check *check, size_t at, uint32_t *out_unit)
{
    uint32_t unit = 0;
    for (size_t i = 0; i < 4; i++) {
        uint8_t byte = at + i < check->text.len ? check->text.data[at + i] : 0;
        uint32_t digit;
        if (byte >= '0' && byte <= '9') {
            digit = (uint32_t)(byte - '0');
        } else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f') {
            digit = (uint32_t)((byte | 0x20) - 'a') + 10;
        } else {
            return false;
        }
        unit = unit * 16 + digit;
    }
    *out_unit = unit;
    return true;
}

/* At the 'u' of \uXXXX; takes the second half of a pair as well. */
static enum mu_status unicode_escape(struct check *check)
{
    uint32_t unit;
    if (!hex4(check, check->at + 1, &unit)) {
        if (check->at + 5 > check->text.len) {
            check->at = check->text.len;
        }
        return broken(check, "'\\u' without four hexadecimal digits");
    }
    if (unit == 0) {
        return mu_json_fail(check->text, check->at, MU_E_INVALID, "a NUL character", check->err);
    }
    bool high = unit >= 0xd800 && unit <= 0xdbff;
    bool low = unit >= 0xdc00 && unit <= 0xdfff;
    size_t next = check->at + 5;
    if (high) {
        uint32_t second;
        bool pair = next + 1 < check->text.len && check->text.data[next] == '\\' &&
                    check->text.data[next + 1] == 'u' && hex4(check, next + 2, &second) &&
                    second >= 0xdc00 && second <= 0xdfff;
        if (!pair) {
            return broken(check, "half a surrogate pair");
        }
        next += 6;
    } else if (low) {
        return broken(check, "half a surrogate pair");
    }
    check->at = next;
    return MU_OK;
}

/* At the backslash. */
static enum mu_status escape(struct check *check)
{
    check->at++;
    uint8_t byte = peek(check);
    if (byte == 'u') {
        return unicode_escape(check);
    }
    if (byte == 0 || strchr("\"\\/bfnrt", byte) == NULL) {
        return broken(check, "an escape that JSON does not have");
    }
    check->at++;
    return MU_OK;
}

/* One character of a text. */
static enum mu_status character(struct check *check, uint8_t byte)
{
    uint32_t point;
    struct mu_slice rest = {check->text.data + check->at, check->text.len - check->at};
    if (byte < 0x20) {
        return broken(check, "a control character or a line end inside a text");
    }
    size_t len = byte < 0x80 ? 1 : mu_utf8_next(rest, &point);
    if (len == 0) {
        return broken(check, "not UTF-8");
    }
    check->at += len;
    return MU_OK;
}

/* At the opening quote; leaves the scan behind the closing one. */
static enum mu_status text_value(struct check *check)
{
    check->at++;
    for (;;) {
        uint8_t byte = peek(check);
        if (byte == '"') {
            check->at++;
            return MU_OK;
        }
        MU_TRY(byte == '\\' ? escape(check) : character(check, byte));
    }
}

static bool digits(struct check *check)
{
    size_t begin = check->at;
    while (peek(check) >= '0' && peek(check) <= '9') {
        check->at++;
    }
    return check->at > begin;
}

static enum mu_status number_value(struct check *check)
{
    if (peek(check) == '-') {
        check->at++;
    }
    if (peek(check) == '0') {
        check->at++;
    } else if (!digits(check)) {
        return broken(check, "'-' without a number");
    }
    if (peek(check) == '.') {
        check->at++;
        if (!digits(check)) {
            return broken(check, "a number without digits behind its point");
        }
    }
    if ((peek(check) | 0x20) == 'e') {
        check->at++;
        if (peek(check) == '+' || peek(check) == '-') {
            check->at++;
        }
        if (!digits(check)) {
            return broken(check, "a number without digits in its exponent");
        }
    }
    return MU_OK;
}

static enum mu_status word_value(struct check *check)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t len = strlen(words[i]);
        size_t left = check->text.len - check->at;
        size_t both = left < len ? left : len;
        if (memcmp(check->text.data + check->at, words[i], both) == 0) {
            check->at += both;
            return both == len ? MU_OK : broken(check, "");
        }
    }
    return broken(check, "expected a value");
}

/* Up to and with the colon. */
static enum mu_status key(struct check *check)
{
    skip_blanks(check);
    if (peek(check) != '"') {
        return broken(check, "expected a key in double quotes");
    }
    MU_TRY(text_value(check));
    skip_blanks(check);
    if (peek(check) != ':') {
        return broken(check, "expected ':' after a key");
    }
    check->at++;
    return MU_OK;
}

/* Opens an object or array.  *out_value tells whether a value is to follow. */
static enum mu_status open_value(struct check *check, bool *out_value)
{
    uint8_t byte = peek(check);
    if (check->depth == MU_JSON_DEPTH_MAX) {
        return mu_json_fail(check->text, check->at, MU_E_LIMIT, "nested too deep", check->err);
    }
    check->open[check->depth++] = (char)byte;
    check->at++;
    skip_blanks(check);
    bool empty = peek(check) == (byte == '{' ? '}' : ']');
    if (!empty && byte == '{') {
        MU_TRY(key(check));
    }
    *out_value = !empty;
    return MU_OK;
}

/* After a value: closes what ends here.  *out_value tells whether another follows. */
static enum mu_status after_value(struct check *check, bool *out_value)
{
    *out_value = false;
    while (check->depth > 0) {
        char open = check->open[check->depth - 1];
        skip_blanks(check);
        uint8_t byte = peek(check);
        if (byte == ',') {
            check->at++;
            *out_value = true;
            return open == '{' ? key(check) : MU_OK;
        }
        if (byte != (open == '{' ? '}' : ']')) {
            return broken(check, open == '{' ? "expected ',' or '}' after a value"
                                             : "expected ',' or ']' after a value");
        }
        check->at++;
        check->depth--;
    }
    return MU_OK;
}

static enum mu_status plain_value(struct check *check, uint8_t byte)
{
    if (byte == '"') {
        return text_value(check);
    }
    if (byte == '-' || (byte >= '0' && byte <= '9')) {
        return number_value(check);
    }
    return check->at < check->text.len ? word_value(check) : broken(check, "");
}

/* One step.  *out_value tells whether a value is to follow. */
static enum mu_status step(struct check *check, bool *out_value)
{
    skip_blanks(check);
    uint8_t byte = peek(check);
    *out_value = false;
    if (byte == '{' || byte == '[') {
        MU_TRY(open_value(check, out_value));
    } else {
        MU_TRY(plain_value(check, byte));
    }
    return *out_value ? MU_OK : after_value(check, out_value);
}

enum mu_status mu_json_check(struct mu_slice text, struct mu_error *err)
{
    struct check check = {.text = text, .err = err};
    bool value = true;
    while (value) {
        MU_TRY(step(&check, &value));
    }
    skip_blanks(&check);
    if (check.at < text.len) {
        return broken(&check, "something follows the end of the JSON value");
    }
    return MU_OK;
}
