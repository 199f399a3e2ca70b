/* Order keys from the neighbours that people name, in the world as this intent leaves it. */
#include <string.h>

#include "common/model/decide_inside.h"
#include "common/model/rank.h"

/* A place in the order of one parent's rows: (rank, id).  An empty rank is the open end. */
struct place {
    struct mu_slice rank;
    struct mu_id id;
};

/* Rows under one parent, and the row that is being placed among them. */
struct among {
    uint32_t entity;
    uint32_t rank_field;
    uint32_t parent_field;
    struct mu_id parent_id;
    struct mu_known *parent;
    struct mu_known *self;
};

#define SPREAD_LEN  32  /* keys up to this long stay where they are when others are spread */
#define SPREAD_MOST 512 /* rows that one intent spreads on either side */
#define EQUAL_MOST  16  /* rows with equal keys that a new one may pass by */

bool mu_place_fields(uint32_t entity, uint32_t *out_rank, uint32_t *out_parent)
{
    switch (entity) {
    case MU_TASK:
        *out_rank = MU_TASK_RANK;
        *out_parent = MU_TASK_COLUMN;
        return true;
    case MU_COLUMN:
        *out_rank = MU_COLUMN_RANK;
        *out_parent = MU_COLUMN_BOARD;
        return true;
    case MU_CHECKLIST:
        *out_rank = MU_CHECKLIST_RANK;
        *out_parent = MU_CHECKLIST_TASK;
        return true;
    case MU_ITEM:
        *out_rank = MU_ITEM_RANK;
        *out_parent = MU_ITEM_CHECKLIST;
        return true;
    default:
        return false;
    }
}

static uint32_t entity_of_parent(uint32_t entity, uint32_t parent_field)
{
    return mu_field_find(entity, parent_field)->limit;
}

static struct place place_of(const struct among *among, const struct mu_known *row)
{
    return (struct place){mu_now_text(row, among->rank_field), row->id};
}

static int compare(struct place a, struct place b)
{
    int order = mu_slice_compare(a.rank, b.rank);
    return order != 0 ? order : mu_id_compare(a.id, b.id);
}

/* -- lanes: what this intent placed ---------------------------------------------- */

/* The first row of the lane with a place >= place. */
static size_t lane_find(const struct among *among, const struct mu_lane *lane, struct place place)
{
    size_t low = 0;
    size_t high = lane->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(place_of(among, lane->rows[middle]), place) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Before the row's key or parent changes. */
static void lane_leave(const struct among *among, struct mu_known *row)
{
    struct mu_lane *lane = row->in;
    if (lane == NULL) {
        return;
    }
    size_t at = lane_find(among, lane, place_of(among, row));
    MU_ASSERT(at < lane->count && lane->rows[at] == row);
    memmove(lane->rows + at, lane->rows + at + 1,
            (lane->count - at - 1) * sizeof(struct mu_known *));
    lane->count--;
    row->in = NULL;
}

static enum mu_status lane_enter(struct mu_case *c, const struct among *among, struct mu_known *row)
{
    struct mu_lane *lane = among->parent->lane;
    if (lane == NULL) {
        lane = mu_arena_alloc(c->arena, sizeof *lane);
        if (lane == NULL) {
            return mu_case_nomem(c);
        }
        among->parent->lane = lane;
    }
    if (lane->count == lane->room) {
        size_t room = lane->room == 0 ? 8 : lane->room * 2;
        struct mu_known **rows = mu_arena_array(c->arena, room, sizeof(struct mu_known *));
        if (rows == NULL) {
            return mu_case_nomem(c);
        }
        if (lane->count > 0) {
            memcpy(rows, lane->rows, lane->count * sizeof(struct mu_known *));
        }
        lane->rows = rows;
        lane->room = room;
    }
    size_t at = lane_find(among, lane, place_of(among, row));
    memmove(lane->rows + at + 1, lane->rows + at, (lane->count - at) * sizeof(struct mu_known *));
    lane->rows[at] = row;
    lane->count++;
    row->in = lane;
    return MU_OK;
}

static enum mu_status among_of(struct mu_case *c, struct mu_known *self, struct among *out_among)
{
    struct among among = {.entity = self->entity, .self = self};
    bool ordered = mu_place_fields(self->entity, &among.rank_field, &among.parent_field);
    MU_ASSERT(ordered);
    among.parent_id = mu_now_id(self, among.parent_field);
    MU_TRY(mu_case_look(c, entity_of_parent(self->entity, among.parent_field), among.parent_id,
                        &among.parent));
    *out_among = among;
    return MU_OK;
}

/* -- neighbours -------------------------------------------------------------------- */

static struct mu_known *lane_neighbour(const struct among *among, struct place place, bool before)
{
    const struct mu_lane *lane = among->parent->lane;
    if (lane == NULL || lane->count == 0) {
        return NULL;
    }
    bool open = place.rank.len == 0;
    if (before) {
        size_t at = open ? lane->count : lane_find(among, lane, place);
        return at == 0 ? NULL : lane->rows[at - 1];
    }
    size_t at = open ? 0 : lane_find(among, lane, place);
    at += !open && at < lane->count && compare(place_of(among, lane->rows[at]), place) == 0;
    return at == lane->count ? NULL : lane->rows[at];
}

/* The world's neighbour, less the rows that this intent has put elsewhere and self. */
static enum mu_status world_neighbour(struct mu_case *c, const struct among *among,
                                      struct place place, bool before, struct mu_known **out_row)
{
    for (;;) {
        struct mu_row row = {0};
        bool found = false;
        MU_TRY(c->world->neighbour(c->world->state, c->arena, among->entity, among->parent_id,
                                   place.rank, place.id, before, &row, &found, c->err));
        if (!found) {
            *out_row = NULL;
            return MU_OK;
        }
        struct mu_known *known = NULL;
        MU_TRY(mu_case_meet(c, &row, &known));
        bool moved = known == among->self ||
                     mu_row_cell(&known->effect, among->rank_field) != NULL ||
                     mu_row_cell(&known->effect, among->parent_field) != NULL;
        place = (struct place){mu_row_text(&row, among->rank_field), row.id};
        if (!moved || c->skips_left == 0 || place.rank.len == 0) {
            *out_row = known == among->self ? NULL : known;
            return MU_OK;
        }
        c->skips_left--;
    }
}

/* The row after place (before it), NULL at the end. */
static enum mu_status neighbour(struct mu_case *c, const struct among *among, struct place place,
                                bool before, struct mu_known **out_row)
{
    struct mu_known *world = NULL;
    MU_TRY(world_neighbour(c, among, place, before, &world));
    struct mu_known *lane = lane_neighbour(among, place, before);
    if (world != NULL && lane != NULL) {
        int order = compare(place_of(among, world), place_of(among, lane));
        *out_row = (order < 0) == before ? lane : world;
    } else {
        *out_row = world != NULL ? world : lane;
    }
    return MU_OK;
}

/* -- the gap that is asked for --------------------------------------------------------- */

struct gap {
    struct mu_known *below; /* NULL: the open end */
    struct mu_known *above;
};

static enum mu_status gap_at(struct mu_case *c, const struct among *among, struct place place,
                             bool before, struct gap *out_gap)
{
    struct mu_known *other = NULL;
    MU_TRY(neighbour(c, among, place, before, &other));
    struct mu_known *further = NULL;
    if (other == NULL) {
        MU_TRY(neighbour(c, among, place, !before, &further));
        *out_gap = before ? (struct gap){NULL, further} : (struct gap){further, NULL};
        return MU_OK;
    }
    MU_TRY(neighbour(c, among, place_of(among, other), !before, &further));
    *out_gap = before ? (struct gap){other, further} : (struct gap){further, other};
    return MU_OK;
}

static enum mu_status find_gap(struct mu_case *c, const struct among *among, const struct mu_op *op,
                               struct gap *out_gap)
{
    const struct mu_arg *after = op == NULL ? NULL : mu_op_find(op, MU_ARG_AFTER);
    const struct mu_arg *before = op == NULL ? NULL : mu_op_find(op, MU_ARG_BEFORE);
    struct mu_id id = mu_arg_id(op, after != NULL ? MU_ARG_AFTER : MU_ARG_BEFORE);
    struct place end = {0};
    if (mu_id_is_zero(id)) {
        bool first = after != NULL;
        *out_gap = (struct gap){0};
        return neighbour(c, among, end, !first, first ? &out_gap->above : &out_gap->below);
    }
    struct mu_known *named = NULL;
    MU_TRY(mu_case_look(c, among->entity, id, &named));
    struct place place = place_of(among, named);
    if (!mu_known_exists(named) || !mu_rank_valid(place.rank)) {
        *out_gap = (struct gap){0};
        return neighbour(c, among, end, true, &out_gap->below);
    }
    bool here = named != among->self &&
                mu_id_equal(mu_now_id(named, among->parent_field), among->parent_id);
    if (!here) { /* where its key would stand among these */
        return gap_at(c, among, place, before == NULL, out_gap);
    }
    *out_gap = before != NULL ? (struct gap){.above = named} : (struct gap){.below = named};
    return neighbour(c, among, place, before != NULL,
                     before != NULL ? &out_gap->below : &out_gap->above);
}

static struct mu_slice rank_of(const struct among *among, const struct mu_known *row)
{
    return row == NULL ? (struct mu_slice){0} : mu_now_text(row, among->rank_field);
}

static enum mu_status put_rank(struct mu_case *c, const struct among *among, struct mu_known *row,
                               struct mu_slice rank)
{
    lane_leave(among, row);
    MU_TRY(mu_case_put(c, row, among->rank_field, mu_bytes(rank)));
    bool moved = mu_row_cell(&row->effect, among->rank_field) != NULL ||
                 mu_row_cell(&row->effect, among->parent_field) != NULL;
    return moved ? lane_enter(c, among, row) : MU_OK;
}

/* -- spreading: short keys again where many rows were put at one place -------------------- */

struct spread {
    struct mu_known **rows; /* ascending */
    size_t count;
};

/* Walk outwards from row while keys are long; *io_row becomes the first that stays. */
static enum mu_status gather(struct mu_case *c, const struct among *among, bool before,
                             struct mu_known **io_row, struct mu_known **rows, size_t *out_count)
{
    size_t count = 0;
    struct mu_known *row = *io_row;
    while (row != NULL && count < SPREAD_MOST && rank_of(among, row).len > SPREAD_LEN) {
        rows[count++] = row;
        MU_TRY(neighbour(c, among, place_of(among, row), before, &row));
    }
    *io_row = row;
    *out_count = count;
    return MU_OK;
}

/* Keys for rows[from .. to) between two keys, by halves, so that they stay as short as can
 * be.  False when there is no room. */
static bool share_keys(struct mu_slice low, struct mu_slice high, struct mu_rank *keys,
                       size_t count)
{
    struct {
        size_t from, to;
    } stack[64];
    size_t depth = 0;
    stack[depth].from = 0;
    stack[depth++].to = count;
    while (depth > 0) {
        depth--;
        size_t from = stack[depth].from;
        size_t to = stack[depth].to;
        if (from == to) {
            continue;
        }
        size_t middle = from + (to - from) / 2;
        struct mu_slice below = from == 0 ? low : mu_rank_view(&keys[from - 1]);
        struct mu_slice above = to == count ? high : mu_rank_view(&keys[to]);
        if (mu_rank_between(below, above, &keys[middle]) != MU_OK) {
            return false;
        }
        MU_ASSERT(depth + 2 <= sizeof stack / sizeof stack[0]);
        stack[depth].from = from;
        stack[depth++].to = middle;
        stack[depth].from = middle + 1;
        stack[depth++].to = to;
    }
    return true;
}

static enum mu_status spread(struct mu_case *c, const struct among *among, struct gap gap,
                             bool *out_done)
{
    *out_done = false;
    size_t room = 2 * SPREAD_MOST + 1;
    struct mu_known **rows = mu_arena_array(c->arena, room, sizeof(struct mu_known *));
    struct mu_rank *keys = mu_arena_array(c->arena, room, sizeof *keys);
    if (rows == NULL || keys == NULL) {
        return mu_case_nomem(c);
    }
    size_t below_count = 0;
    size_t above_count = 0;
    MU_TRY(gather(c, among, true, &gap.below, rows, &below_count));
    for (size_t i = 0; i < below_count / 2; i++) { /* gathered downwards */
        struct mu_known *swap = rows[i];
        rows[i] = rows[below_count - 1 - i];
        rows[below_count - 1 - i] = swap;
    }
    rows[below_count] = among->self;
    MU_TRY(gather(c, among, false, &gap.above, rows + below_count + 1, &above_count));
    size_t count = below_count + 1 + above_count;
    if (!share_keys(rank_of(among, gap.below), rank_of(among, gap.above), keys, count)) {
        return MU_OK;
    }
    /* All leave before any enters: in between the lane would be out of order. */
    for (size_t i = 0; i < count; i++) {
        lane_leave(among, rows[i]);
    }
    for (size_t i = 0; i < count; i++) {
        MU_TRY(put_rank(c, among, rows[i], mu_rank_view(&keys[i])));
    }
    *out_done = true;
    return MU_OK;
}

/* Rows with one key (an import's) leave no room between them: pass by a few. */
static enum mu_status widen(struct mu_case *c, const struct among *among, struct gap *gap)
{
    for (int i = 0; i < EQUAL_MOST && gap->below != NULL && gap->above != NULL; i++) {
        if (mu_slice_compare(rank_of(among, gap->below), rank_of(among, gap->above)) < 0) {
            return MU_OK;
        }
        gap->below = gap->above;
        MU_TRY(neighbour(c, among, place_of(among, gap->below), false, &gap->above));
    }
    return MU_OK;
}

enum mu_status mu_case_place(struct mu_case *c, struct mu_known *known, const struct mu_op *op)
{
    struct among among;
    MU_TRY(among_of(c, known, &among));
    lane_leave(&among, known);
    struct gap gap;
    MU_TRY(find_gap(c, &among, op, &gap));
    MU_TRY(widen(c, &among, &gap));
    struct mu_rank rank;
    enum mu_status status =
        mu_rank_between(rank_of(&among, gap.below), rank_of(&among, gap.above), &rank);
    bool crowded = status != MU_OK || rank.len > MU_RANK_REBALANCE;
    if (crowded && !c->facts->predict && c->spreads_left > 0) {
        c->spreads_left--;
        bool done = false;
        MU_TRY(spread(c, &among, gap, &done));
        if (done) {
            return MU_OK;
        }
    }
    if (status != MU_OK) { /* equal keys are legal: stand with the neighbour */
        struct mu_slice beside = rank_of(&among, gap.below != NULL ? gap.below : gap.above);
        return put_rank(c, &among, known, mu_rank_valid(beside) ? beside : mu_slice_str("a0"));
    }
    return put_rank(c, &among, known, mu_rank_view(&rank));
}

enum mu_status mu_case_place_at(struct mu_case *c, struct mu_known *known, struct mu_slice rank)
{
    struct among among;
    MU_TRY(among_of(c, known, &among));
    return put_rank(c, &among, known, rank);
}
