#include "client/view/measure.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/view/text.h"
#include "common/model/decide.h"

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool says(struct mu_slice text, const char *word)
{
    return mu_slice_equal(text, mu_slice_str(word));
}

static enum mu_status refuse(struct mu_slice text, const char *why, struct mu_error *err)
{
    char shown[MU_SHORT_MAX];
    return mu_fail(err, MU_E_USAGE, "'%s' is no value: %s", mu_show_short(text, shown), why);
}

/* Commas stand between groups of three digits, or nowhere. */
static bool commas_fit(struct mu_slice whole)
{
    size_t first = 0;
    while (first < whole.len && is_digit(whole.data[first])) {
        first++;
    }
    if (first == whole.len) {
        return true;
    }
    if (first == 0 || first > 3 || (whole.len - first) % 4 != 0) {
        return false;
    }
    for (size_t i = first; i < whole.len; i++) {
        bool comma = (i - first) % 4 == 0;
        if (comma != (whole.data[i] == ',')) {
            return false;
        }
    }
    return true;
}

struct number {
    struct mu_slice whole, decimals;
    bool negative;
};

static enum mu_status split(struct mu_slice text, struct number *out, struct mu_error *err)
{
    struct mu_slice rest = text;
    out->negative = rest.len > 0 && rest.data[0] == '-';
    if (rest.len > 0 && (rest.data[0] == '-' || rest.data[0] == '+')) {
        rest = mu_slice_of(rest.data + 1, rest.len - 1);
    }
    size_t point = rest.len;
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.data[i] == '.' && point == rest.len) {
            point = i;
        } else if (rest.data[i] == 'e' || rest.data[i] == 'E') {
            return refuse(text, "write it out, without an exponent", err);
        } else if (!is_digit(rest.data[i]) && !(rest.data[i] == ',' && point == rest.len)) {
            return refuse(text, "digits, perhaps with a point", err);
        }
    }
    out->whole = mu_slice_of(rest.data, point);
    out->decimals = point < rest.len ? mu_slice_of(rest.data + point + 1, rest.len - point - 1)
                                     : mu_slice_str("");
    if (out->whole.len + out->decimals.len == 0) {
        return refuse(text, "digits, perhaps with a point", err);
    }
    return commas_fit(out->whole)
               ? MU_OK
               : refuse(text, "decimals stand behind a point (12.5), commas between thousands",
                        err);
}

/* False past the limit. */
static bool add_digit(int64_t *value, int digit)
{
    *value = *value * 10 + digit;
    return *value <= MU_MEASURE_MAX;
}

enum mu_status mu_measure_parse(struct mu_slice text, int precision, int64_t *out,
                                struct mu_error *err)
{
    struct number number;
    int64_t value = 0;
    bool fits = true;
    if (precision == 0 && (says(text, "yes") || says(text, "no"))) {
        *out = says(text, "yes") ? 1 : 0;
        return MU_OK;
    }
    MU_TRY(split(text, &number, err));
    for (size_t i = 0; i < number.whole.len && fits; i++) {
        fits = number.whole.data[i] == ',' || add_digit(&value, number.whole.data[i] - '0');
    }
    for (size_t i = 0; i < number.decimals.len; i++) {
        if (i >= (size_t)precision && number.decimals.data[i] != '0') {
            char shown[MU_SHORT_MAX];
            return mu_fail(err, MU_E_USAGE, "'%s' has more decimals than the target's %d",
                           mu_show_short(text, shown), precision);
        }
    }
    for (size_t i = 0; i < (size_t)precision && fits; i++) {
        fits = add_digit(&value, i < number.decimals.len ? number.decimals.data[i] - '0' : 0);
    }
    if (!fits) {
        char shown[MU_SHORT_MAX];
        return mu_fail(err, MU_E_LIMIT, "'%s' is too large a value", mu_show_short(text, shown));
    }
    *out = number.negative ? -value : value;
    return MU_OK;
}

int mu_measure_decimals(struct mu_slice text)
{
    struct number number;
    struct mu_error ignored;
    if (split(text, &number, &ignored) != MU_OK) {
        return 0;
    }
    return number.decimals.len > MU_PRECISION_MAX ? MU_PRECISION_MAX : (int)number.decimals.len;
}

/* -- in words --------------------------------------------------------------------------- */

static enum mu_status put_number(struct mu_buf *out, int64_t value, int precision)
{
    char digits[32];
    int64_t scale = 1;
    for (int i = 0; i < precision; i++) {
        scale *= 10;
    }
    uint64_t size = value < 0 ? (uint64_t)-value : (uint64_t)value;
    int len = snprintf(digits, sizeof digits, "%" PRIu64, size / (uint64_t)scale);
    MU_TRY(mu_buf_append_str(out, value < 0 ? "-" : ""));
    for (int i = 0; i < len; i++) {
        MU_TRY(mu_buf_append_str(out, i > 0 && (len - i) % 3 == 0 ? "," : ""));
        MU_TRY(mu_buf_append_byte(out, (uint8_t)digits[i]));
    }
    uint64_t rest = size % (uint64_t)scale;
    return rest > 0 ? mu_buf_printf(out, ".%0*" PRIu64, precision, rest) : MU_OK;
}

/* "EUR" stands in front, as "USD" does; "%" and "calls" behind. */
static bool is_currency(struct mu_slice unit)
{
    bool capitals = unit.len == 3;
    for (size_t i = 0; i < unit.len && capitals; i++) {
        capitals = unit.data[i] >= 'A' && unit.data[i] <= 'Z';
    }
    return capitals;
}

enum mu_status mu_words_measure(struct mu_buf *out, int64_t value, int precision,
                                struct mu_slice unit)
{
    if (is_currency(unit)) {
        MU_TRY(mu_buf_append(out, unit.data, unit.len));
        MU_TRY(mu_buf_append_byte(out, ' '));
        return put_number(out, value, precision);
    }
    MU_TRY(put_number(out, value, precision));
    if (unit.len == 0) {
        return MU_OK;
    }
    MU_TRY(mu_buf_append_byte(out, ' '));
    return mu_show(out, unit, MU_SHOW_ONE_LINE);
}
