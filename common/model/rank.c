#include "common/model/rank.h"

#include <string.h>

/* In ASCII order, so that keys sort as bytes. */
static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

#define BASE         62
#define INTEGER_MAX  27 /* a head letter and up to 26 digits */
#define NO_DIGIT     (-1)
#define DIGIT_LOWEST '0'

static int digit_of(uint8_t byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    if (byte >= 'A' && byte <= 'Z') {
        return byte - 'A' + 10;
    }
    if (byte >= 'a' && byte <= 'z') {
        return byte - 'a' + 36;
    }
    return NO_DIGIT;
}

/* Bytes of the integer part that head announces, itself included; 0 for no head.
 * a: one digit, b: two, ... z: 26; below zero Z: one, Y: two, ... A: 26. */
static size_t integer_len(uint8_t head)
{
    if (head >= 'a' && head <= 'z') {
        return (size_t)(head - 'a') + 2;
    }
    if (head >= 'A' && head <= 'Z') {
        return (size_t)('Z' - head) + 2;
    }
    return 0;
}

/* A and 26 zeros: nothing is below it, so it is no key without a fraction. */
static bool is_lowest(struct mu_slice integer)
{
    if (integer.data[0] != 'A') {
        return false;
    }
    for (size_t i = 1; i < integer.len; i++) {
        if (integer.data[i] != DIGIT_LOWEST) {
            return false;
        }
    }
    return true;
}

bool mu_rank_valid(struct mu_slice key)
{
    if (key.len < 2 || key.len > MU_RANK_MAX) {
        return false;
    }
    size_t whole = integer_len(key.data[0]);
    if (whole == 0 || whole > key.len) {
        return false;
    }
    for (size_t i = 1; i < key.len; i++) {
        if (digit_of(key.data[i]) == NO_DIGIT) {
            return false;
        }
    }
    if (key.len > whole) {
        return key.data[key.len - 1] != DIGIT_LOWEST;
    }
    return !is_lowest(key);
}

struct mu_slice mu_rank_view(const struct mu_rank *rank)
{
    return (struct mu_slice){.data = rank->bytes, .len = rank->len};
}

static struct mu_slice integer_of(struct mu_slice key)
{
    return (struct mu_slice){.data = key.data, .len = integer_len(key.data[0])};
}

static struct mu_slice fraction_of(struct mu_slice key)
{
    size_t whole = integer_len(key.data[0]);
    return (struct mu_slice){.data = key.data + whole, .len = key.len - whole};
}

static bool put(struct mu_rank *out, uint8_t byte)
{
    if (out->len == MU_RANK_MAX) {
        return false;
    }
    out->bytes[out->len++] = byte;
    return true;
}

static bool put_all(struct mu_rank *out, struct mu_slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (!put(out, bytes.data[i])) {
            return false;
        }
    }
    return true;
}

/* The next integer in step (+1 or -1) with its head; false past either end. */
static bool integer_step(struct mu_slice integer, int step, struct mu_rank *out)
{
    struct mu_rank next = {0};
    if (!put_all(&next, integer)) {
        return false;
    }
    for (size_t i = next.len; i-- > 1;) {
        int digit = digit_of(next.bytes[i]) + step;
        if (digit >= 0 && digit < BASE) {
            next.bytes[i] = (uint8_t)digits[digit];
            *out = next;
            return true;
        }
        next.bytes[i] = (uint8_t)digits[step > 0 ? 0 : BASE - 1];
    }

    /* Carried out of the digits: the next head, one digit longer or shorter. */
    uint8_t head = next.bytes[0];
    if (head == (step > 0 ? 'z' : 'A')) {
        return false;
    }
    if (head == 'Z' && step > 0) {
        next.bytes[0] = 'a';
    } else if (head == 'a' && step < 0) {
        next.bytes[0] = 'Z';
    } else {
        next.bytes[0] = (uint8_t)(head + step);
    }
    next.len = (uint8_t)integer_len(next.bytes[0]);
    /* The digit that a longer integer gains is like those beside it. */
    next.bytes[next.len - 1] = (uint8_t)digits[step > 0 ? 0 : BASE - 1];
    *out = next;
    return true;
}

/* A key much longer than the one on its other side is the newest of a run of rows put one
 * after another at one place, and the next will come beside it: stay close to it, so that a
 * run costs a byte in sixty rows and not in six. */
#define RUN_LEN 4

static int digit_between(int low, int high, struct mu_slice below, struct mu_slice above)
{
    if (above.len >= below.len + RUN_LEN) {
        return high - 1;
    }
    return below.len >= above.len + RUN_LEN ? low + 1 : (low + high) / 2;
}

/* Append a fraction strictly between below and above (an empty above is the open end). */
static bool put_midpoint(struct mu_rank *out, struct mu_slice below, struct mu_slice above)
{
    bool open = above.len == 0;
    for (size_t i = 0;; i++) {
        int low = i < below.len ? digit_of(below.data[i]) : 0;
        int high = open ? BASE : 0;
        if (!open && i < above.len) {
            high = digit_of(above.data[i]);
        }
        if (high - low > 1) {
            return put(out, (uint8_t)digits[digit_between(low, high, below, above)]);
        }
        if (high == low + 1 && !open && i + 1 < above.len) {
            return put(out, (uint8_t)digits[high]); /* a shorter front of above is below it */
        }
        if (!put(out, (uint8_t)digits[low])) {
            return false;
        }
        open = open || high != low;
    }
}

static bool before_first(struct mu_slice above, struct mu_rank *out)
{
    struct mu_slice integer = integer_of(above);
    struct mu_slice fraction = fraction_of(above);
    if (is_lowest(integer)) {
        return put_all(out, integer) && put_midpoint(out, (struct mu_slice){0}, fraction);
    }
    if (fraction.len > 0) {
        return put_all(out, integer);
    }
    if (!integer_step(integer, -1, out)) {
        return false;
    }
    return !is_lowest(mu_rank_view(out)) ||
           put_midpoint(out, (struct mu_slice){0}, (struct mu_slice){0});
}

static bool after_last(struct mu_slice below, struct mu_rank *out)
{
    if (integer_step(integer_of(below), +1, out)) {
        return true;
    }
    return put_all(out, integer_of(below)) &&
           put_midpoint(out, fraction_of(below), (struct mu_slice){0});
}

static bool in_between(struct mu_slice below, struct mu_slice above, struct mu_rank *out)
{
    struct mu_slice integer = integer_of(below);
    if (mu_slice_equal(integer, integer_of(above))) {
        return put_all(out, integer) && put_midpoint(out, fraction_of(below), fraction_of(above));
    }
    struct mu_rank next = {0};
    if (integer_step(integer, +1, &next) && mu_slice_compare(mu_rank_view(&next), above) < 0) {
        *out = next;
        return true;
    }
    return put_all(out, integer) && put_midpoint(out, fraction_of(below), (struct mu_slice){0});
}

enum mu_status mu_rank_between(struct mu_slice below, struct mu_slice above, struct mu_rank *out)
{
    if ((below.len > 0 && !mu_rank_valid(below)) || (above.len > 0 && !mu_rank_valid(above))) {
        return MU_E_LIMIT;
    }
    struct mu_rank rank = {0};
    bool fits = false;
    if (below.len == 0 && above.len == 0) {
        fits = put_all(&rank, mu_slice_str("a0"));
    } else if (below.len == 0) {
        fits = before_first(above, &rank);
    } else if (above.len == 0) {
        fits = after_last(below, &rank);
    } else {
        fits = mu_slice_compare(below, above) < 0 && in_between(below, above, &rank);
    }
    if (!fits) {
        return MU_E_LIMIT;
    }
    *out = rank;
    return MU_OK;
}
