#include "common/model/text.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/buf.h"
#include "common/base/utf8.h"
#include "common/model/diff.h"

/* Scratch for three texts of 64 KiB cut into single bytes takes some 8 MiB. */
#define SCRATCH_MAX ((size_t)64 * 1024 * 1024)

enum grain { BY_LINE, BY_WORD };

struct pieces {
    struct mu_slice text;
    uint32_t *starts; /* count + 1 offsets, the last one is text.len */
    uint32_t *names;  /* equal numbers are equal pieces */
    size_t count;
};

struct merge {
    struct mu_arena scratch;
    struct mu_buf out;
    int32_t *work; /* MU_DIFF_WORK numbers */
    bool overlap;
};

/* -- cutting ----------------------------------------------------------------- */

enum letter { LETTER_WORD, LETTER_SPACE, LETTER_ALONE };

static enum letter letter_of(uint32_t point)
{
    if ((point >= '0' && point <= '9') || (point >= 'A' && point <= 'Z') ||
        (point >= 'a' && point <= 'z') || point == '_') {
        return LETTER_WORD;
    }
    if (point == ' ' || point == '\t') {
        return LETTER_SPACE;
    }
    /* Han, Kana and Hangul are written without spaces: each sign counts as a word. */
    bool signs = (point >= 0x2E80 && point <= 0xD7FF) || (point >= 0x20000 && point <= 0x3FFFF);
    return point < 0x80 || signs ? LETTER_ALONE : LETTER_WORD;
}

static size_t line_len(struct mu_slice rest)
{
    const uint8_t *end = memchr(rest.data, '\n', rest.len);
    return end == NULL ? rest.len : (size_t)(end - rest.data) + 1;
}

static size_t word_len(struct mu_slice rest)
{
    uint32_t point = 0;
    size_t len = mu_utf8_next(rest, &point);
    enum letter first = letter_of(point);
    while (len > 0 && len < rest.len && first != LETTER_ALONE) {
        size_t step = mu_utf8_next(mu_slice_of(rest.data + len, rest.len - len), &point);
        if (step == 0 || letter_of(point) != first) {
            break;
        }
        len += step;
    }
    return len > 0 ? len : 1; /* no UTF-8: byte by byte */
}

static enum mu_status cut(struct merge *merge, struct mu_slice text, enum grain grain,
                          struct pieces *out)
{
    struct pieces pieces = {.text = text};
    for (int pass = 0; pass < 2; pass++) {
        size_t count = 0;
        for (size_t at = 0; at < text.len; count++) {
            if (pieces.starts != NULL) {
                pieces.starts[count] = (uint32_t)at;
            }
            struct mu_slice rest = mu_slice_of(text.data + at, text.len - at);
            at += grain == BY_LINE ? line_len(rest) : word_len(rest);
        }
        if (pieces.starts == NULL) {
            pieces.count = count;
            pieces.starts = mu_arena_array(&merge->scratch, count + 1, sizeof *pieces.starts);
            pieces.names = mu_arena_array(&merge->scratch, count + 1, sizeof *pieces.names);
            if (pieces.starts == NULL || pieces.names == NULL) {
                return MU_E_NOMEM;
            }
        }
    }
    pieces.starts[pieces.count] = (uint32_t)text.len;
    *out = pieces;
    return MU_OK;
}

static struct mu_slice range(const struct pieces *pieces, size_t from, size_t to)
{
    size_t start = pieces->starts[from];
    return mu_slice_of(start == 0 ? pieces->text.data : pieces->text.data + start,
                       pieces->starts[to] - start);
}

/* -- naming: sorted, not hashed, so that no choice of words makes it slow ------- */

struct named {
    struct mu_slice piece;
    uint32_t *name;
};

static int by_piece(const void *left, const void *right)
{
    const struct named *a = left;
    const struct named *b = right;
    if (a->piece.len != b->piece.len) {
        return a->piece.len < b->piece.len ? -1 : 1;
    }
    return a->piece.len == 0 ? 0 : memcmp(a->piece.data, b->piece.data, a->piece.len);
}

static enum mu_status name_pieces(struct merge *merge, struct pieces sides[3])
{
    size_t total = sides[0].count + sides[1].count + sides[2].count;
    struct named *all = mu_arena_array(&merge->scratch, total + 1, sizeof *all);
    if (all == NULL) {
        return MU_E_NOMEM;
    }
    size_t filled = 0;
    for (size_t side = 0; side < 3; side++) {
        for (size_t i = 0; i < sides[side].count; i++) {
            all[filled++] = (struct named){range(&sides[side], i, i + 1), &sides[side].names[i]};
        }
    }
    qsort(all, total, sizeof *all, by_piece);
    uint32_t name = 0;
    for (size_t i = 0; i < total; i++) {
        name += i > 0 && by_piece(&all[i - 1], &all[i]) != 0;
        *all[i].name = name;
    }
    return MU_OK;
}

/* -- three ways ---------------------------------------------------------------- */

static enum mu_status merge_by(struct merge *merge, const struct mu_text_versions *versions,
                               enum grain grain);

/* A stretch that is not the same in all three. */
static enum mu_status settle(struct merge *merge, const struct mu_text_versions *stretch,
                             enum grain grain)
{
    if (mu_slice_equal(stretch->theirs, stretch->base)) {
        return mu_buf_append(&merge->out, stretch->mine.data, stretch->mine.len);
    }
    if (mu_slice_equal(stretch->mine, stretch->base) ||
        mu_slice_equal(stretch->mine, stretch->theirs)) {
        return mu_buf_append(&merge->out, stretch->theirs.data, stretch->theirs.len);
    }
    if (grain == BY_LINE) {
        return merge_by(merge, stretch, BY_WORD);
    }
    merge->overlap = true;
    return mu_buf_append(&merge->out, stretch->theirs.data, stretch->theirs.len);
}

enum { BASE, THEIRS, MINE };

static enum mu_status match(struct merge *merge, const struct pieces *base,
                            const struct pieces *other, int32_t **out_match)
{
    *out_match = mu_arena_array(&merge->scratch, base->count + 1, sizeof **out_match);
    if (*out_match == NULL) {
        return MU_E_NOMEM;
    }
    mu_diff_match((struct mu_diff_side){base->names, base->count},
                  (struct mu_diff_side){other->names, other->count}, merge->work, *out_match);
    return MU_OK;
}

static enum mu_status walk(struct merge *merge, const struct pieces sides[3], const int32_t *theirs,
                           const int32_t *mine, enum grain grain)
{
    size_t at[3] = {0};
    while (at[BASE] < sides[BASE].count || at[THEIRS] < sides[THEIRS].count ||
           at[MINE] < sides[MINE].count) {
        /* The next piece that all three have. */
        size_t next[3] = {at[BASE], sides[THEIRS].count, sides[MINE].count};
        while (next[BASE] < sides[BASE].count &&
               (theirs[next[BASE]] == MU_DIFF_NONE || mine[next[BASE]] == MU_DIFF_NONE)) {
            next[BASE]++;
        }
        bool shared = next[BASE] < sides[BASE].count;
        if (shared) {
            next[THEIRS] = (size_t)theirs[next[BASE]];
            next[MINE] = (size_t)mine[next[BASE]];
        }
        struct mu_text_versions stretch = {
            .base = range(&sides[BASE], at[BASE], next[BASE]),
            .theirs = range(&sides[THEIRS], at[THEIRS], next[THEIRS]),
            .mine = range(&sides[MINE], at[MINE], next[MINE]),
        };
        struct mu_slice piece = range(&sides[BASE], next[BASE], next[BASE] + shared);
        MU_TRY(settle(merge, &stretch, grain));
        MU_TRY(mu_buf_append(&merge->out, piece.data, piece.len));
        for (size_t side = 0; side < 3; side++) {
            at[side] = next[side] + shared;
        }
    }
    return MU_OK;
}

static enum mu_status merge_by(struct merge *merge, const struct mu_text_versions *versions,
                               enum grain grain)
{
    struct pieces sides[3] = {0};
    MU_TRY(cut(merge, versions->base, grain, &sides[BASE]));
    MU_TRY(cut(merge, versions->theirs, grain, &sides[THEIRS]));
    MU_TRY(cut(merge, versions->mine, grain, &sides[MINE]));
    MU_TRY(name_pieces(merge, sides));
    int32_t *theirs = NULL;
    int32_t *mine = NULL;
    MU_TRY(match(merge, &sides[BASE], &sides[THEIRS], &theirs));
    MU_TRY(match(merge, &sides[BASE], &sides[MINE], &mine));
    return walk(merge, sides, theirs, mine, grain);
}

static enum mu_status merge_all(struct merge *merge, const struct mu_text_versions *versions,
                                struct mu_arena *arena, struct mu_text_merged *out)
{
    merge->work = mu_arena_array(&merge->scratch, MU_DIFF_WORK, sizeof *merge->work);
    if (merge->work == NULL) {
        return MU_E_NOMEM;
    }
    enum mu_status status = merge_by(merge, versions, BY_LINE);
    if (status == MU_E_LIMIT) {
        *out = (struct mu_text_merged){.text = versions->theirs, .overlap = true};
        return MU_OK;
    }
    MU_TRY(status);
    struct mu_slice text = {0};
    if (!mu_arena_copy(arena, mu_buf_view(&merge->out), &text)) {
        return MU_E_NOMEM;
    }
    *out = (struct mu_text_merged){.text = text, .overlap = merge->overlap};
    return MU_OK;
}

enum mu_status mu_text_merge(const struct mu_text_versions *versions, size_t max,
                             struct mu_arena *arena, struct mu_text_merged *out)
{
    if (mu_slice_equal(versions->mine, versions->base) ||
        mu_slice_equal(versions->mine, versions->theirs)) {
        *out = (struct mu_text_merged){.text = versions->theirs};
        return MU_OK;
    }
    if (mu_slice_equal(versions->theirs, versions->base)) {
        *out = (struct mu_text_merged){.text = versions->mine};
        return MU_OK;
    }
    struct merge merge = {0};
    mu_arena_init(&merge.scratch, SCRATCH_MAX);
    mu_buf_init(&merge.out, max);
    enum mu_status status = merge_all(&merge, versions, arena, out);
    mu_buf_deinit(&merge.out);
    mu_arena_deinit(&merge.scratch);
    return status;
}
