#include "client/import/oneline.h"

#include <stdio.h>
#include <string.h>

#include "common/base/utf8.h"

static void append(struct mu_oneline *line, struct mu_slice text)
{
    struct mu_slice fits = mu_utf8_cut(text, MU_ONELINE_MAX - line->len);
    if (fits.len > 0) {
        memcpy(line->bytes + line->len, fits.data, fits.len);
        line->len += fits.len;
    }
}

void mu_oneline_clear(struct mu_oneline *line)
{
    line->len = 0;
}

void mu_oneline_put(struct mu_oneline *line, const char *text)
{
    append(line, mu_slice_str(text));
}

void mu_oneline_whole(struct mu_oneline *line, struct mu_slice text)
{
    size_t begin = line->len;
    append(line, text);
    for (size_t i = begin; i < line->len; i++) {
        unsigned char byte = (unsigned char)line->bytes[i];
        if (byte < 0x20 || byte == 0x7f) {
            line->bytes[i] = ' ';
        }
    }
}

void mu_oneline_text(struct mu_oneline *line, struct mu_slice text)
{
    struct mu_slice shown = mu_utf8_cut(text, MU_ONELINE_QUOTE);
    mu_oneline_whole(line, shown);
    if (shown.len < text.len) {
        mu_oneline_put(line, "…");
    }
}

void mu_oneline_quote(struct mu_oneline *line, struct mu_slice text)
{
    mu_oneline_put(line, "'");
    mu_oneline_text(line, text);
    mu_oneline_put(line, "'");
}

void mu_oneline_number(struct mu_oneline *line, size_t number)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%zu", number);
    for (int i = 0; i < len; i++) {
        char one[3] = {digits[i], '\0', '\0'};
        int left = len - 1 - i;
        if (left > 0 && left % 3 == 0) {
            one[1] = ',';
        }
        mu_oneline_put(line, one);
    }
}

void mu_oneline_count(struct mu_oneline *line, size_t number, const char *one, const char *many)
{
    mu_oneline_number(line, number);
    mu_oneline_put(line, " ");
    mu_oneline_put(line, number == 1 ? one : many);
}

struct mu_slice mu_oneline_view(const struct mu_oneline *line)
{
    return mu_slice_of(line->bytes, line->len);
}

bool mu_oneline_take(const struct mu_oneline *line, struct mu_arena *arena,
                     struct mu_slice *out_text)
{
    return mu_arena_copy(arena, mu_oneline_view(line), out_text);
}
