#include "client/view/text.h"

#include <string.h>
#include <utf8proc.h>

#include "client/view/points.h"
#include "common/base/utf8.h"

#define ZWNJ          0x200cU
#define ZWJ           0x200dU
#define TEXT_STYLE    0xfe0eU /* variation selector 15 */
#define EMOJI_STYLE   0xfe0fU /* variation selector 16 */
#define KEYCAP        0x20e3U
#define BLACK_FLAG    0x1f3f4U
#define TAG_FIRST     0xe0020U
#define TAG_END       0xe007fU
#define REPLACEMENT   0xfffdU
#define DOTTED_CIRCLE 0x25ccU
#define ELLIPSIS      "\xe2\x80\xa6"
#define TAGS_MAX      7 /* of a flag: gbeng and the end, rounded up */
#define JOINED_MAX    6 /* a kiss with two skins needs four */
#define TAB_IN_LINES  "    "
#define SKIN_FIRST    0x1f3fbU
#define SKIN_LAST     0x1f3ffU

static const utf8proc_property_t *property(uint32_t point)
{
    return utf8proc_get_property((utf8proc_int32_t)point);
}

static bool is_pictograph(uint32_t point)
{
    return property(point)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

static bool is_mark(uint32_t point)
{
    utf8proc_propval_t category = property(point)->category;
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

/* Scripts that join their letters and need U+200C and U+200D to say where not to. */
static bool joins(uint32_t point)
{
    return (point >= 0x0600 && point <= 0x07ff) || (point >= 0x08a0 && point <= 0x0fff) ||
           (point >= 0x1000 && point <= 0x109f) || (point >= 0x1780 && point <= 0x18af);
}

bool mu_point_is_unseen(uint32_t point)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } ranges[] = {
        {0x00ad, 0x00ad},   {0x034f, 0x034f}, {0x061c, 0x061c},   {0x115f, 0x1160},
        {0x17b4, 0x17b5},   {0x180b, 0x180f}, {0x200b, 0x200f},   {0x2028, 0x202e},
        {0x2060, 0x206f},   {0x3164, 0x3164}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
        {0xffa0, 0xffa0},   {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
        {0xe0000, 0xe0fff},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (point >= ranges[i].first && point <= ranges[i].last) {
            return true;
        }
    }
    return (point & 0xfffe) == 0xfffe || (point >= 0xfdd0 && point <= 0xfdef); /* no characters */
}

bool mu_point_is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

/* -- neutralising ------------------------------------------------------------ */

struct shower {
    struct mu_buf *out;
    enum mu_show_lines lines;
    uint32_t before; /* the visible character before, 0 at the start of a line */
    unsigned marks;  /* on it */
    unsigned joined; /* how many characters have been joined to one */
    unsigned tags;   /* what a flag may still take, 0 when none is under way */
    bool joiner;     /* just put: the next character is joined to the one before */
};

static void begin(struct shower *shower, uint32_t point)
{
    shower->joined = shower->joiner ? shower->joined + 1 : 0;
    shower->joiner = false;
    shower->before = point;
    shower->marks = 0;
    shower->tags = point == BLACK_FLAG ? TAGS_MAX : 0;
}

static enum mu_status put_point(struct shower *shower, uint32_t point)
{
    uint8_t bytes[4];
    return mu_buf_append(shower->out, bytes, mu_utf8_put(point, bytes));
}

static enum mu_status put_escape(struct shower *shower, uint32_t point)
{
    begin(shower, '.');
    static const char digits[] = "0123456789abcdef";
    const char *front = point < 0x80 ? "\\x" : (point < 0x10000 ? "\\u" : "\\u{");
    unsigned width = point < 0x80 ? 2 : (point < 0x10000 ? 4 : (point < 0x100000 ? 5 : 6));
    char text[16];
    size_t len = strlen(front);
    memcpy(text, front, len);
    for (unsigned i = width; i > 0; i--) {
        text[len++] = digits[point >> (4 * (i - 1)) & 15];
    }
    if (point >= 0x10000) {
        text[len++] = '}';
    }
    return mu_buf_append(shower->out, text, len);
}

static enum mu_status put_line_end(struct shower *shower)
{
    bool keep = shower->lines == MU_SHOW_LINES;
    begin(shower, keep ? 0 : ' ');
    return mu_buf_append_byte(shower->out, keep ? '\n' : ' ');
}

static enum mu_status put_tab(struct shower *shower)
{
    begin(shower, ' ');
    return mu_buf_append_str(shower->out, shower->lines == MU_SHOW_LINES ? TAB_IN_LINES : " ");
}

/* Whether an unseen character belongs to the sequence it stands in. */
static bool belongs(const struct shower *shower, uint32_t point, uint32_t next)
{
    uint32_t before = shower->before;
    if (point == EMOJI_STYLE || point == TEXT_STYLE) {
        bool keycap = (before >= '0' && before <= '9') || before == '#' || before == '*';
        return shower->marks == 0 && (is_pictograph(before) || (keycap && next == KEYCAP));
    }
    if (point == ZWJ && is_pictograph(before)) {
        return is_pictograph(next) && shower->joined < JOINED_MAX;
    }
    if (point == ZWJ || point == ZWNJ) {
        return joins(before) && joins(next) && shower->marks < MU_SHOW_MARKS_MAX;
    }
    return shower->tags > 0 && point >= TAG_FIRST && point <= TAG_END;
}

static enum mu_status put_mark(struct shower *shower, uint32_t point)
{
    if (shower->before == 0 || shower->before == ' ') {
        /* Alone it would sit on what we print before it. */
        MU_TRY(put_point(shower, DOTTED_CIRCLE));
        begin(shower, DOTTED_CIRCLE);
    }
    if (shower->marks >= MU_SHOW_MARKS_MAX) {
        return MU_OK;
    }
    shower->marks++;
    return put_point(shower, point);
}

static enum mu_status put_unseen(struct shower *shower, uint32_t point, uint32_t next)
{
    if (!belongs(shower, point, next)) {
        return put_escape(shower, point);
    }
    if (shower->tags > 0) {
        shower->tags = point == TAG_END ? 0 : shower->tags - 1;
    } else {
        shower->marks++;
        shower->joiner = point == ZWJ;
    }
    return put_point(shower, point);
}

/* The colour of a hand or a face: part of the sign before it, once. */
static enum mu_status put_skin(struct shower *shower, uint32_t point)
{
    if (shower->marks > 0) {
        return put_escape(shower, point);
    }
    shower->marks++;
    return put_point(shower, point);
}

static enum mu_status put_any(struct shower *shower, uint32_t point, uint32_t next)
{
    if (point == '\n' || point == 0x85 || point == 0x2028 || point == 0x2029) {
        return put_line_end(shower);
    }
    if (point == '\t') {
        return put_tab(shower);
    }
    if (mu_point_is_control(point)) {
        return put_escape(shower, point);
    }
    if (mu_point_is_unseen(point)) {
        return put_unseen(shower, point, next);
    }
    if (is_mark(point)) {
        return put_mark(shower, point);
    }
    if (point >= SKIN_FIRST && point <= SKIN_LAST && is_pictograph(shower->before)) {
        return put_skin(shower, point);
    }
    begin(shower, point);
    return put_point(shower, point);
}

/* Length of the front that is plain ASCII; a letter before a combining mark stays out. */
static size_t plain_front(struct mu_slice text)
{
    size_t len = 0;
    while (len < text.len && text.data[len] >= 0x20 && text.data[len] < 0x7f) {
        len++;
    }
    return len;
}

static uint32_t peek(struct mu_slice text)
{
    uint32_t point = 0;
    return mu_utf8_next(text, &point) > 0 ? point : 0;
}

static enum mu_status show_all(struct shower *shower, struct mu_slice text)
{
    while (text.len > 0) {
        size_t len = plain_front(text);
        if (len > 0) {
            MU_TRY(mu_buf_append(shower->out, text.data, len));
            begin(shower, text.data[len - 1]);
            text = mu_slice_of(text.data + len, text.len - len);
            continue;
        }
        uint32_t point = 0;
        len = mu_utf8_next(text, &point);
        if (len == 0) {
            MU_TRY(put_any(shower, REPLACEMENT, 0));
            text = mu_slice_of(text.data + 1, text.len - 1);
            continue;
        }
        text = mu_slice_of(text.data + len, text.len - len);
        if (point == '\r' && peek(text) == '\n') {
            continue;
        }
        MU_TRY(put_any(shower, point, peek(text)));
    }
    return MU_OK;
}

enum mu_status mu_show(struct mu_buf *out, struct mu_slice text, enum mu_show_lines lines)
{
    size_t before = out->len;
    struct shower shower = {.out = out, .lines = lines};
    enum mu_status status = show_all(&shower, text);
    if (status != MU_OK) {
        out->len = before;
    }
    return status;
}

/* -- measuring --------------------------------------------------------------- */

static size_t width_of(uint32_t point)
{
    int width = utf8proc_charwidth((utf8proc_int32_t)point);
    if (width == 0 && !is_mark(point) && !mu_point_is_unseen(point) &&
        !mu_point_is_control(point)) {
        return 1; /* a letter newer than the tables */
    }
    return width < 0 ? 0 : (size_t)width;
}

/* The grapheme cluster at the front of text and its width; 0 bytes at the end. */
static size_t next_cluster(struct mu_slice text, size_t *out_width)
{
    uint32_t first = 0;
    size_t used = mu_utf8_next(text, &first);
    if (used == 0) {
        *out_width = text.len > 0 ? 1 : 0;
        return text.len > 0 ? 1 : 0;
    }
    size_t width = width_of(first);
    uint32_t before = first;
    utf8proc_int32_t state = 0;
    while (used < text.len) {
        uint32_t point = 0;
        size_t len = mu_utf8_next(mu_slice_of(text.data + used, text.len - used), &point);
        if (len == 0 || utf8proc_grapheme_break_stateful((utf8proc_int32_t)before,
                                                         (utf8proc_int32_t)point, &state)) {
            break;
        }
        bool regional = property(point)->boundclass == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR;
        if (point == EMOJI_STYLE || regional) {
            width = 2;
        } else if (width == 0) {
            width = width_of(point);
        }
        before = point;
        used += len;
    }
    *out_width = width;
    return used;
}

static bool all_plain(struct mu_slice shown)
{
    return plain_front(shown) == shown.len;
}

size_t mu_show_width(struct mu_slice shown)
{
    if (all_plain(shown)) {
        return shown.len;
    }
    size_t width = 0;
    while (shown.len > 0) {
        size_t wide = 0;
        size_t len = next_cluster(shown, &wide);
        width += wide;
        shown = mu_slice_of(shown.data + len, shown.len - len);
    }
    return width;
}

struct mu_slice mu_show_cut(struct mu_slice shown, size_t width)
{
    size_t used = 0;
    size_t taken = 0;
    while (used < shown.len) {
        size_t wide = 0;
        size_t len = next_cluster(mu_slice_of(shown.data + used, shown.len - used), &wide);
        if (taken + wide > width) {
            break;
        }
        taken += wide;
        used += len;
    }
    return mu_slice_of(shown.data, used);
}

static enum mu_status put_blanks(struct mu_buf *out, size_t count)
{
    static const char blanks[] = "                                ";
    while (count > 0) {
        size_t len = count < sizeof blanks - 1 ? count : sizeof blanks - 1;
        MU_TRY(mu_buf_append(out, blanks, len));
        count -= len;
    }
    return MU_OK;
}

enum mu_status mu_show_fit(struct mu_buf *out, struct mu_slice shown, size_t width, bool pad)
{
    struct mu_slice front = mu_show_cut(shown, width);
    size_t used = 0;
    if (front.len == shown.len) {
        MU_TRY(mu_buf_append(out, shown.data, shown.len));
        used = mu_show_width(shown);
    } else if (width > 0) {
        front = mu_show_cut(shown, width - 1);
        MU_TRY(mu_buf_append(out, front.data, front.len));
        MU_TRY(mu_buf_append_str(out, ELLIPSIS));
        used = mu_show_width(front) + 1;
    }
    return pad && used < width ? put_blanks(out, width - used) : MU_OK;
}

const char *mu_show_short(struct mu_slice text, char out_shown[static MU_SHORT_MAX])
{
    MU_BUF_AUTO struct mu_buf whole;
    MU_BUF_AUTO struct mu_buf front;
    mu_buf_init(&whole, (size_t)8 * MU_SHORT_MAX);
    mu_buf_init(&front, MU_SHORT_MAX - 1);
    struct mu_slice given = mu_utf8_cut(text, MU_SHORT_MAX);
    bool cut = given.len < text.len;
    size_t width = MU_SHORT_WIDTH;
    /* Clusters of many bytes: fewer columns until the bytes fit, too. */
    while (width > 0 && (mu_show(&whole, given, MU_SHOW_ONE_LINE) != MU_OK ||
                         (cut && mu_buf_append_str(&whole, ELLIPSIS) != MU_OK) ||
                         mu_show_fit(&front, mu_buf_view(&whole), width, false) != MU_OK)) {
        mu_buf_clear(&whole);
        mu_buf_clear(&front);
        width /= 2;
    }
    memcpy(out_shown, front.data != NULL ? (const char *)front.data : "", front.len);
    out_shown[front.len] = '\0';
    return out_shown;
}

/* -- wrapping ---------------------------------------------------------------- */

/* How much of line goes into one of width columns; *out_skip: the blank it was broken at. */
static size_t break_at(struct mu_slice line, size_t width, size_t *out_skip)
{
    size_t fits = mu_show_cut(line, width).len;
    *out_skip = 0;
    if (fits == line.len) {
        return fits;
    }
    if (fits == 0) { /* one cluster wider than the line */
        size_t wide = 0;
        return next_cluster(line, &wide);
    }
    if (line.data[fits] == ' ') {
        *out_skip = 1;
        return fits;
    }
    size_t blank = fits;
    while (blank > 0 && line.data[blank - 1] != ' ') {
        blank--;
    }
    if (blank <= 1) {
        return fits;
    }
    *out_skip = 1;
    return blank - 1;
}

static enum mu_status wrap_line(struct mu_buf *out, struct mu_slice line, size_t indent,
                                size_t width)
{
    do {
        size_t skip = 0;
        size_t len = break_at(line, width, &skip);
        if (len > 0) {
            MU_TRY(put_blanks(out, indent));
        }
        MU_TRY(mu_buf_append(out, line.data, len));
        MU_TRY(mu_buf_append_byte(out, '\n'));
        line = mu_slice_of(line.data + len + skip, line.len - len - skip);
    } while (line.len > 0);
    return MU_OK;
}

enum mu_status mu_show_wrap(struct mu_buf *out, struct mu_slice shown, size_t indent, size_t width)
{
    size_t room = width > indent + 1 ? width - indent : 1;
    while (shown.len > 0) {
        const uint8_t *end = memchr(shown.data, '\n', shown.len);
        size_t len = end != NULL ? (size_t)(end - shown.data) : shown.len;
        MU_TRY(wrap_line(out, mu_slice_of(shown.data, len), indent, room));
        size_t taken = end != NULL ? len + 1 : len;
        shown = mu_slice_of(shown.data + taken, shown.len - taken);
    }
    return MU_OK;
}
