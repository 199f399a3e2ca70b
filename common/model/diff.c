#include "common/model/diff.h"

#include <stdbool.h>

#include "common/base/check.h"

/* Row d of the work holds, for the diagonals k = x - y of -d, -d + 2 .. d, the furthest x
 * that d single steps reach. */
#define UNREACHED (-1)

struct box {
    const uint32_t *a, *b;
    int32_t a_len, b_len;
    int32_t *work;
};

static int32_t *row_of(const struct box *box, int32_t d)
{
    return box->work + (size_t)d * ((size_t)d + 1) / 2;
}

static int32_t reached(const struct box *box, int32_t d, int32_t k)
{
    return k < -d || k > d ? UNREACHED : row_of(box, d)[(k + d) / 2];
}

/* Where step d starts on diagonal k, before it slides along equal elements.  Tells whether
 * it came from the diagonal above (an element of b passed over). */
static int32_t step_start(const struct box *box, int32_t d, int32_t k, bool *out_from_above)
{
    int32_t above = reached(box, d - 1, k + 1);
    int32_t left = reached(box, d - 1, k - 1);
    if (above != UNREACHED && above - k > box->b_len) {
        above = UNREACHED;
    }
    left = left == UNREACHED || left == box->a_len ? UNREACHED : left + 1;
    *out_from_above = above > left || (above == left && above != UNREACHED);
    return *out_from_above ? above : left;
}

static int32_t slide(const struct box *box, int32_t x, int32_t k)
{
    while (x < box->a_len && x - k < box->b_len && box->a[x] == box->b[x - k]) {
        x++;
    }
    return x;
}

/* Fill rows until the far corner is reached: the number of steps, or UNREACHED. */
static int32_t search(const struct box *box)
{
    int32_t corner = box->a_len - box->b_len;
    for (int32_t d = 0; d <= MU_DIFF_MOST; d++) {
        int32_t *row = row_of(box, d);
        for (int32_t k = -d; k <= d; k += 2) {
            bool from_above = false;
            int32_t x = d == 0 ? 0 : step_start(box, d, k, &from_above);
            row[(k + d) / 2] = x == UNREACHED ? UNREACHED : slide(box, x, k);
            if (k == corner && row[(k + d) / 2] == box->a_len) {
                return d;
            }
        }
    }
    return UNREACHED;
}

static void walk_back(const struct box *box, int32_t d, int32_t *match)
{
    int32_t k = box->a_len - box->b_len;
    for (; d >= 0; d--) {
        bool from_above = false;
        int32_t start = d == 0 ? 0 : step_start(box, d, k, &from_above);
        for (int32_t x = reached(box, d, k); x > start; x--) {
            match[x - 1] = x - 1 - k;
        }
        k += from_above ? 1 : -1;
    }
}

void mu_diff_match(struct mu_diff_side a, struct mu_diff_side b, int32_t *work, int32_t *out_match)
{
    MU_ASSERT(a.count < (1u << 30) && b.count < (1u << 30));
    size_t front = 0;
    while (front < a.count && front < b.count && a.items[front] == b.items[front]) {
        out_match[front] = (int32_t)front;
        front++;
    }
    size_t back = 0;
    while (back < a.count - front && back < b.count - front &&
           a.items[a.count - 1 - back] == b.items[b.count - 1 - back]) {
        back++;
        out_match[a.count - back] = (int32_t)(b.count - back);
    }

    struct box box = {
        .a = a.items + front,
        .b = b.items + front,
        .a_len = (int32_t)(a.count - front - back),
        .b_len = (int32_t)(b.count - front - back),
        .work = work,
    };
    int32_t *match = out_match + front;
    for (int32_t i = 0; i < box.a_len; i++) {
        match[i] = MU_DIFF_NONE;
    }
    if (box.a_len == 0 || box.b_len == 0) {
        return;
    }
    int32_t steps = search(&box);
    if (steps == UNREACHED) {
        return;
    }
    walk_back(&box, steps, match);
    for (int32_t i = 0; i < box.a_len; i++) {
        match[i] += match[i] == MU_DIFF_NONE ? 0 : (int32_t)front;
    }
}
