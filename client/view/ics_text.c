#include "client/view/ics_text.h"

#include <stdio.h>
#include <string.h>

#include "common/base/utf8.h"

#define LINE_MAX_BYTES 75 /* without its end */
#define DAY_MS         INT64_C(86400000)

/* A line that grows and is folded where it would be too long. */
struct line {
    struct mu_buf *out;
    size_t len; /* of the physical line */
};

static enum mu_status put_piece(struct line *line, const void *bytes, size_t len)
{
    if (line->len + len > LINE_MAX_BYTES) {
        MU_TRY(mu_buf_append_str(line->out, "\r\n "));
        line->len = 1;
    }
    line->len += len;
    return mu_buf_append(line->out, bytes, len);
}

static enum mu_status put_ascii(struct line *line, const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        MU_TRY(put_piece(line, text + i, 1));
    }
    return MU_OK;
}

/* One character, escaped; CR is a part of a line end or nothing. */
static enum mu_status put_point(struct line *line, struct mu_slice bytes, uint32_t point)
{
    char escaped[2] = {'\\', (char)bytes.data[0]};
    if (point == '\n') {
        return put_piece(line, "\\n", 2);
    }
    if (point == '\\' || point == ';' || point == ',') {
        return put_piece(line, escaped, 2);
    }
    bool control = (point < 0x20 && point != '\t') || point == 0x7f;
    return control ? MU_OK : put_piece(line, bytes.data, bytes.len);
}

enum mu_status mu_ics_put_text(struct mu_buf *out, const char *name, struct mu_slice text)
{
    struct line line = {out, 0};
    MU_TRY(put_ascii(&line, name));
    MU_TRY(put_ascii(&line, ":"));
    while (text.len > 0) {
        uint32_t point = 0;
        size_t len = mu_utf8_next(text, &point);
        if (len == 0) { /* no UTF-8: the byte is left out */
            text = (struct mu_slice){text.data + 1, text.len - 1};
            continue;
        }
        MU_TRY(put_point(&line, (struct mu_slice){text.data, len}, point));
        text = (struct mu_slice){text.data + len, text.len - len};
    }
    return mu_buf_append_str(out, "\r\n");
}

enum mu_status mu_ics_put(struct mu_buf *out, const char *name, const char *value)
{
    struct line line = {out, 0};
    MU_TRY(put_ascii(&line, name));
    MU_TRY(put_ascii(&line, ":"));
    MU_TRY(put_ascii(&line, value));
    return mu_buf_append_str(out, "\r\n");
}

enum mu_status mu_ics_put_date(struct mu_buf *out, const char *name, struct mu_date date)
{
    return mu_buf_printf(out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, (int)date.year,
                         (int)date.month, (int)date.day);
}

enum mu_status mu_ics_put_instant(struct mu_buf *out, const char *name, int64_t wall_ms)
{
    int64_t days = wall_ms / DAY_MS - (wall_ms % DAY_MS < 0 ? 1 : 0);
    int64_t second = (wall_ms - days * DAY_MS) / 1000;
    struct mu_date first = {1, 1, 1};
    struct mu_date last = {9999, 12, 31};
    days = days < mu_date_to_days(first)  ? mu_date_to_days(first)
           : days > mu_date_to_days(last) ? mu_date_to_days(last)
                                          : days;
    struct mu_date date = mu_date_from_days(days);
    return mu_buf_printf(out, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, (int)date.year,
                         (int)date.month, (int)date.day, (int)(second / 3600),
                         (int)(second / 60 % 60), (int)(second % 60));
}
