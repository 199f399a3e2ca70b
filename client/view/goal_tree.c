/* A goal broken down into tasks, and a task into its parts; and references to goals. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/view/goals.h"
#include "client/view/handles.h"
#include "client/view/rows.h"
#include "client/view/text.h"

static const char SQL_GOAL_TREE[] =
    "WITH RECURSIVE t (id, parent, no) AS ("
    "SELECT id, parent, no FROM task WHERE goal = ?1 AND deleted IS NOT 1 UNION "
    "SELECT p.id, p.parent, p.no FROM task AS p JOIN t ON p.parent = t.id"
    " WHERE (p.goal IS NULL OR p.goal = ?1) AND p.deleted IS NOT 1 LIMIT 5000)"
    " SELECT id, parent FROM t ORDER BY no IS NULL, no, id";
static const char SQL_TASK_TREE[] =
    "WITH RECURSIVE t (id, parent, no) AS ("
    "SELECT id, parent, no FROM task WHERE parent = ?1 AND deleted IS NOT 1 UNION "
    "SELECT p.id, p.parent, p.no FROM task AS p JOIN t ON p.parent = t.id"
    " WHERE p.deleted IS NOT 1 LIMIT 5000)"
    " SELECT id, parent FROM t ORDER BY no IS NULL, no, id";
static const char SQL_BY_NUMBER[] = "SELECT id FROM goal WHERE no = ?1";
static const char SQL_TARGETS[] = "SELECT t.id, t.name FROM target AS t, goal AS g"
                                  " WHERE t.deleted IS NOT 1 AND g.id = t.goal AND g.state <= 3"
                                  " ORDER BY t.id";

/* -- trees ------------------------------------------------------------------------------ */

struct node {
    struct mu_id id, parent;
    size_t above; /* place of its parent, or SIZE_MAX */
    bool taken;
};

static void bind(const void *by, struct mu_stmt *stmt)
{
    const struct mu_id *id = by;
    mu_stmt_bind_id(stmt, 1, *id);
}

static bool take(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct node *node = mu_list_add(&rows->list);
    if (node != NULL) {
        *node = (struct node){mu_stmt_id(stmt, 0), mu_stmt_id(stmt, 1), SIZE_MAX, false};
    }
    return node != NULL;
}

struct planter {
    const struct mu_books *books;
    const struct mu_names *names;
    struct node *nodes;
    size_t count;
    struct mu_branch *branches;
    size_t grown;
};

static void find_parents(struct planter *planter)
{
    for (size_t i = 0; i < planter->count; i++) {
        for (size_t j = 0; j < planter->count && !mu_id_is_zero(planter->nodes[i].parent); j++) {
            if (mu_id_equal(planter->nodes[j].id, planter->nodes[i].parent)) {
                planter->nodes[i].above = j;
                break;
            }
        }
    }
}

static enum mu_status plant(struct planter *planter, size_t at, unsigned depth,
                            struct mu_error *err)
{
    struct node *node = &planter->nodes[at];
    struct mu_branch *branch = &planter->branches[planter->grown];
    bool found = false;
    node->taken = true;
    MU_TRY(mu_task_line_get(planter->books->db, planter->names, node->id, planter->books->arena,
                            &branch->line, &found, err));
    if (found) {
        branch->depth = depth;
        planter->grown++;
    }
    return MU_OK;
}

/* Depth first without recursion: the path is found again from each node's parent. */
static enum mu_status grow(struct planter *planter, struct mu_error *err)
{
    size_t *path = mu_arena_array(planter->books->arena, planter->count + 1, sizeof *path);
    if (path == NULL) {
        return mu_fail(err, MU_E_NOMEM, "read the breakdown: out of memory");
    }
    size_t depth = 0;
    path[0] = SIZE_MAX;
    for (;;) {
        size_t next = SIZE_MAX;
        for (size_t i = 0; i < planter->count && next == SIZE_MAX; i++) {
            next = !planter->nodes[i].taken && planter->nodes[i].above == path[depth] ? i : next;
        }
        if (next == SIZE_MAX) {
            if (depth == 0) {
                return MU_OK;
            }
            depth--;
            continue;
        }
        MU_TRY(plant(planter, next, (unsigned)depth, err));
        path[++depth] = next;
    }
}

static enum mu_status tree(const struct mu_books *books, const struct mu_names *names,
                           const char *sql, struct mu_id root, struct mu_branch **out,
                           size_t *out_count, struct mu_error *err)
{
    struct mu_rows rows = {.db = books->db, .arena = books->arena};
    MU_TRY(mu_rows_read(&rows, sql, sizeof(struct node), bind, &root, take, err));
    struct planter planter = {
        .books = books, .names = names, .nodes = rows.list.items, .count = rows.list.count};
    planter.branches = mu_arena_array(books->arena, planter.count + 1, sizeof *planter.branches);
    if (planter.branches == NULL) {
        return mu_fail(err, MU_E_NOMEM, "read the breakdown: out of memory");
    }
    find_parents(&planter);
    MU_TRY(grow(&planter, err));
    *out = planter.branches;
    *out_count = planter.grown;
    return MU_OK;
}

enum mu_status mu_goal_tree(const struct mu_books *books, const struct mu_names *names,
                            struct mu_id goal, struct mu_branch **out, size_t *out_count,
                            struct mu_error *err)
{
    return tree(books, names, SQL_GOAL_TREE, goal, out, out_count, err);
}

enum mu_status mu_task_tree(const struct mu_books *books, const struct mu_names *names,
                            struct mu_id task, struct mu_branch **out, size_t *out_count,
                            struct mu_error *err)
{
    return tree(books, names, SQL_TASK_TREE, task, out, out_count, err);
}

/* -- references -------------------------------------------------------------------------- */

void mu_goal_ref(struct mu_id id, int64_t no, char out_ref[static MU_TASK_REF_MAX])
{
    if (no > 0) {
        (void)snprintf(out_ref, MU_TASK_REF_MAX, "G-%" PRId64, no);
    } else {
        mu_id_handle(id, out_ref);
    }
}

static int64_t number_of(struct mu_slice ref)
{
    bool named = ref.len > 2 && (ref.data[0] == 'G' || ref.data[0] == 'g') && ref.data[1] == '-';
    struct mu_slice digits = named ? mu_slice_of(ref.data + 2, ref.len - 2) : ref;
    int64_t no = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9' || digits.len > 18) {
            return 0;
        }
        no = no * 10 + (digits.data[i] - '0');
    }
    return no;
}

enum mu_status mu_goal_resolve(struct mu_db *db, struct mu_slice ref, struct mu_id *out_id,
                               struct mu_error *err)
{
    char shown[MU_SHORT_MAX];
    int64_t no = number_of(ref);
    if (no == 0 && mu_handle_looks(ref)) {
        return mu_handle_resolve(db, MU_GOAL, "goal", ref, out_id, err);
    }
    if (no == 0) {
        return mu_fail(err, MU_E_USAGE,
                       "'%s' is no goal: write G-2, or ~k3f9 before it has a number",
                       mu_show_short(ref, shown));
    }
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_BY_NUMBER, err));
    mu_stmt_bind_int(&stmt, 1, no);
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row) {
        *out_id = mu_stmt_id(&stmt, 0);
    }
    mu_stmt_finalize(&stmt);
    MU_TRY(status);
    return row ? MU_OK : mu_fail(err, MU_E_NOT_FOUND, "no goal %s here", mu_show_short(ref, shown));
}

struct match {
    struct mu_id id;
    size_t count;
};

static enum mu_status match_names(struct mu_stmt *stmt, struct mu_slice name, struct match *out,
                                  struct mu_error *err)
{
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(stmt, &row, err));
        if (!row) {
            return MU_OK;
        }
        if (mu_same_name(mu_stmt_text(stmt, 1), name)) {
            out->id = mu_stmt_id(stmt, 0);
            out->count++;
        }
    }
}

enum mu_status mu_target_resolve(struct mu_db *db, struct mu_slice ref, struct mu_id *out_id,
                                 struct mu_error *err)
{
    char shown[MU_SHORT_MAX];
    if (mu_handle_looks(ref)) {
        return mu_handle_resolve(db, MU_TARGET, "target", ref, out_id, err);
    }
    struct match match = {.count = 0};
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_TARGETS, err));
    enum mu_status status = match_names(&stmt, ref, &match, err);
    mu_stmt_finalize(&stmt);
    MU_TRY(status);
    if (match.count == 0) {
        return mu_fail(err, MU_E_NOT_FOUND, "no target '%s' of a goal that is under way",
                       mu_show_short(ref, shown));
    }
    if (match.count > 1) {
        return mu_fail(err, MU_E_USAGE,
                       "%zu targets are named '%s': write ~k3f9, as goal show "
                       "lists them",
                       match.count, mu_show_short(ref, shown));
    }
    *out_id = match.id;
    return MU_OK;
}
