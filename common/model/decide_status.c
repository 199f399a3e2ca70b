/* The states of a task, who may change them, and the column that goes with them.
 *
 *   open -> assigned -> accepted -> doing -> review -> done
 *     ^________|                      ^_______|  |       |
 *      decline                          sent back   <----' reopen
 *
 *   any -> dropped -> open or accepted (reopen)                      */
#include "common/model/decide_inside.h"

struct verb {
    uint32_t intent;
    int64_t to;       /* 0: reopen, which depends on where the task is */
    unsigned from;    /* bits of states */
    const char *does; /* for refusals */
};

#define AT(state) (1u << MU_STATE_##state)

static const struct verb verbs[] = {
    {MU_INTENT_TASK_ACCEPT, MU_STATE_ACCEPTED, AT(OPEN) | AT(ASSIGNED), "accepted"},
    {MU_INTENT_TASK_DECLINE, MU_STATE_OPEN, AT(ASSIGNED), "declined"},
    {MU_INTENT_TASK_START, MU_STATE_DOING, AT(OPEN) | AT(ASSIGNED) | AT(ACCEPTED) | AT(REVIEW),
     "started"},
    {MU_INTENT_TASK_REVIEW, MU_STATE_REVIEW, AT(OPEN) | AT(ASSIGNED) | AT(ACCEPTED) | AT(DOING),
     "put into review"},
    {MU_INTENT_TASK_DONE, MU_STATE_DONE,
     AT(OPEN) | AT(ASSIGNED) | AT(ACCEPTED) | AT(DOING) | AT(REVIEW), "finished"},
    {MU_INTENT_TASK_REOPEN, 0, AT(DONE) | AT(DROPPED), "reopened"},
    {MU_INTENT_TASK_DROP, MU_STATE_DROPPED,
     AT(OPEN) | AT(ASSIGNED) | AT(ACCEPTED) | AT(DOING) | AT(REVIEW) | AT(DONE), "dropped"},
};

static const struct verb *verb_of(uint32_t intent)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (verbs[i].intent == intent) {
            return &verbs[i];
        }
    }
    return NULL;
}

static int64_t state_of(const struct mu_known *task)
{
    int64_t state = mu_now_int(task, MU_TASK_STATE);
    return state >= MU_STATE_OPEN && state <= MU_STATE_DROPPED ? state : MU_STATE_OPEN;
}

static bool has_owner(const struct mu_known *task)
{
    return mu_now_has(task, MU_TASK_OWNER);
}

bool mu_case_answers_for(const struct mu_case *c, const struct mu_known *task)
{
    return mu_case_is_lead(c) || mu_case_is(c, mu_now_id(task, MU_TASK_OWNER)) ||
           mu_case_is(c, mu_now_id(task, MU_TASK_CREATED_BY));
}

int64_t mu_state_of_kind(int64_t kind)
{
    switch (kind) {
    case MU_KIND_DOING:
        return MU_STATE_DOING;
    case MU_KIND_REVIEW:
        return MU_STATE_REVIEW;
    case MU_KIND_DONE:
        return MU_STATE_DONE;
    default:
        return 0;
    }
}

static bool is_working(int64_t state)
{
    return state == MU_STATE_DOING || state == MU_STATE_REVIEW || state == MU_STATE_DONE;
}

/* -- entering a state: what follows from it is written plainly, nobody chose it ---------- */

enum mu_status mu_case_done_at(struct mu_case *c, struct mu_known *task)
{
    if (state_of(task) != MU_STATE_DONE) {
        return mu_now_has(task, MU_TASK_DONE_AT) ? mu_case_put(c, task, MU_TASK_DONE_AT, mu_null())
                                                 : MU_OK;
    }
    return mu_now_has(task, MU_TASK_DONE_AT)
               ? MU_OK
               : mu_case_put_int(c, task, MU_TASK_DONE_AT, c->facts->at_ms);
}

enum mu_status mu_case_enter(struct mu_case *c, struct mu_known *task, int64_t state)
{
    int64_t from = state_of(task);
    bool leads_to_work = is_working(state) || state == MU_STATE_ACCEPTED;
    if (leads_to_work && !has_owner(task)) {
        MU_TRY(mu_case_put_id(c, task, MU_TASK_OWNER, c->facts->person));
    }
    if (is_working(state) && !mu_now_has(task, MU_TASK_DUE) &&
        mu_now_int(task, MU_TASK_NO_DATE) != 1) {
        MU_TRY(mu_case_put_int(c, task, MU_TASK_NO_DATE, 1));
    }
    MU_TRY(mu_case_put_int(c, task, MU_TASK_STATE, state));
    if (state == MU_STATE_DROPPED) {
        MU_TRY(mu_case_put_int(c, task, MU_TASK_ARCHIVED, 1));
    } else if (from == MU_STATE_DROPPED && mu_now_int(task, MU_TASK_ARCHIVED) == 1) {
        MU_TRY(mu_case_put_int(c, task, MU_TASK_ARCHIVED, 0));
    }
    return mu_case_done_at(c, task);
}

enum mu_status mu_case_kind_of(struct mu_case *c, struct mu_id column, int64_t *out_kind)
{
    struct mu_known *row = NULL;
    MU_TRY(mu_case_look(c, MU_COLUMN, column, &row));
    *out_kind = mu_now_int(row, MU_COLUMN_KIND);
    return MU_OK;
}

static enum mu_status first_of_kind(struct mu_case *c, const struct mu_known *task, int64_t kind,
                                    struct mu_known **out_column)
{
    struct mu_row row = {0};
    bool found = false;
    MU_TRY(c->world->column_of_kind(c->world->state, c->arena, mu_now_id(task, MU_TASK_BOARD), kind,
                                    &row, &found, c->err));
    *out_column = NULL;
    return found ? mu_case_meet(c, &row, out_column) : MU_OK;
}

static enum mu_status column_for(struct mu_case *c, const struct mu_known *task, int64_t state,
                                 struct mu_known **out_column)
{
    switch (state) {
    case MU_STATE_DOING:
        return first_of_kind(c, task, MU_KIND_DOING, out_column);
    case MU_STATE_REVIEW:
        return first_of_kind(c, task, MU_KIND_REVIEW, out_column);
    case MU_STATE_DONE:
        return first_of_kind(c, task, MU_KIND_DONE, out_column);
    default:
        MU_TRY(first_of_kind(c, task, MU_KIND_TODO, out_column));
        return *out_column != NULL ? MU_OK : first_of_kind(c, task, MU_KIND_BACKLOG, out_column);
    }
}

enum mu_status mu_case_settle_column(struct mu_case *c, struct mu_known *task)
{
    int64_t state = state_of(task);
    int64_t kind = 0;
    MU_TRY(mu_case_kind_of(c, mu_now_id(task, MU_TASK_COLUMN), &kind));
    if (state == MU_STATE_DROPPED || mu_state_of_kind(kind) == (is_working(state) ? state : 0)) {
        return MU_OK;
    }
    struct mu_known *column = NULL;
    MU_TRY(column_for(c, task, state, &column));
    if (column == NULL) {
        return MU_OK;
    }
    MU_TRY(mu_case_put_id(c, task, MU_TASK_COLUMN, column->id));
    return mu_case_place(c, task, NULL);
}

/* -- whether a move is legal ----------------------------------------------------------- */

/* The author had another state before him than the one that stands. */
static enum mu_status is_stale(struct mu_case *c, const struct mu_known *task, bool *out_stale)
{
    bool seen = true;
    MU_TRY(mu_case_seen(c, mu_now_cell(task, MU_TASK_STATE), &seen));
    *out_stale = !seen && mu_arg_int(c->op, MU_ARG_EXPECT) != state_of(task);
    return MU_OK;
}

/* A step that the present state does not allow.  Who knew that state is told; for who could
 * not know it, the step is kept as a conflict. */
static enum mu_status not_now(struct mu_case *c, struct mu_known *task, int64_t to,
                              const char *does, bool stale)
{
    int64_t state = state_of(task);
    if (!stale) {
        return mu_case_refuse(
            c, MU_E_CONFLICT, "the task's state is %s: it cannot be %s%s", mu_state_name(state),
            does,
            state == MU_STATE_DONE || state == MU_STATE_DROPPED ? " before it is reopened" : "");
    }
    struct mu_stand theirs;
    MU_TRY(mu_case_theirs(c, mu_now_cell(task, MU_TASK_STATE), &theirs));
    theirs.value = mu_int(state);
    struct mu_stand mine = mu_case_mine(c, mu_int(to));
    return mu_case_conflict(c, task, MU_TASK_STATE, MU_CONFLICT_STATUS, &theirs, &mine);
}

/* Accepting and declining are the owner's; an owner whom the author could not know of makes
 * it a step that came too late. */
static enum mu_status check_owner(struct mu_case *c, struct mu_known *task, int64_t to,
                                  const struct verb *verb, bool *out_late)
{
    *out_late = false;
    if (!has_owner(task) || mu_case_is(c, mu_now_id(task, MU_TASK_OWNER))) {
        return MU_OK;
    }
    bool seen = true;
    MU_TRY(mu_case_seen(c, mu_now_cell(task, MU_TASK_OWNER), &seen));
    if (seen) {
        return mu_case_refuse(c, MU_E_DENIED, "only the task's owner may have it %s", verb->does);
    }
    *out_late = true;
    struct mu_stand theirs;
    MU_TRY(mu_case_theirs(c, mu_now_cell(task, MU_TASK_OWNER), &theirs));
    theirs.value = mu_int(state_of(task));
    struct mu_stand mine = mu_case_mine(c, mu_int(to));
    return mu_case_conflict(c, task, MU_TASK_STATE, MU_CONFLICT_STATUS, &theirs, &mine);
}

static enum mu_status apply_verb(struct mu_case *c, struct mu_known *task, const struct verb *verb,
                                 int64_t to, bool stale)
{
    int64_t state = state_of(task);
    bool sent_back = state == MU_STATE_REVIEW && to == MU_STATE_DOING;
    if ((verb->from & (1u << state)) == 0 || (sent_back && stale)) {
        return not_now(c, task, to, verb->does, stale);
    }
    if (verb->intent == MU_INTENT_TASK_ACCEPT || verb->intent == MU_INTENT_TASK_DECLINE) {
        bool late = false;
        MU_TRY(check_owner(c, task, to, verb, &late));
        if (late) {
            return MU_OK;
        }
    }
    if (verb->intent == MU_INTENT_TASK_DROP && !mu_case_answers_for(c, task)) {
        return mu_case_refuse(c, MU_E_DENIED,
                              "a task is dropped by its owner, its creator or a lead");
    }
    if (verb->intent == MU_INTENT_TASK_DECLINE) {
        MU_TRY(mu_case_put(c, task, MU_TASK_OWNER, mu_null()));
    }
    if (c->op->entity == MU_TASK && mu_op_find(c->op, MU_TASK_REASON) != NULL) {
        struct mu_value reason = mu_arg_value(c->op, MU_TASK_REASON);
        MU_TRY(mu_case_force(c, task, MU_TASK_REASON, reason));
    }
    MU_TRY(mu_case_enter(c, task, to));
    return mu_case_settle_column(c, task);
}

static int64_t target_of(const struct verb *verb, const struct mu_known *task)
{
    if (verb->to != 0) {
        return verb->to;
    }
    if (state_of(task) == MU_STATE_DROPPED) {
        return has_owner(task) ? MU_STATE_ACCEPTED : MU_STATE_OPEN;
    }
    return MU_STATE_DOING;
}

static enum mu_status run_verb(struct mu_case *c, struct mu_known *task, const struct verb *verb,
                               bool stale)
{
    int64_t to = target_of(verb, task);
    if (to == state_of(task)) {
        return MU_OK; /* it is so already */
    }
    return apply_verb(c, task, verb, to, stale);
}

enum mu_status mu_rule_task_status(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *task = NULL;
    MU_TRY(mu_case_need(c, MU_TASK, op->row, &task));
    bool stale = false;
    MU_TRY(is_stale(c, task, &stale));
    MU_TRY(run_verb(c, task, verb_of(c->intent->number), stale));
    MU_TRY(mu_case_merge_plain(c, task, MU_FIELD_BIT(MU_TASK_REASON)));
    return mu_case_revive(c, task, MU_TASK_DELETED);
}

enum mu_status mu_case_try_state(struct mu_case *c, struct mu_known *task, int64_t state)
{
    static const uint32_t intents[] = {
        [MU_STATE_OPEN] = MU_INTENT_TASK_DECLINE, [MU_STATE_ACCEPTED] = MU_INTENT_TASK_ACCEPT,
        [MU_STATE_DOING] = MU_INTENT_TASK_START,  [MU_STATE_REVIEW] = MU_INTENT_TASK_REVIEW,
        [MU_STATE_DONE] = MU_INTENT_TASK_DONE,    [MU_STATE_DROPPED] = MU_INTENT_TASK_DROP,
    };
    int64_t now = state_of(task);
    bool reopens =
        (now == MU_STATE_DONE && state == MU_STATE_DOING) ||
        (now == MU_STATE_DROPPED && (state == MU_STATE_OPEN || state == MU_STATE_ACCEPTED));
    if (state < MU_STATE_OPEN || state > MU_STATE_DROPPED || state == MU_STATE_ASSIGNED) {
        return mu_case_refuse(c, MU_E_INVALID, "the state to go to is not known here");
    }
    return run_verb(c, task, verb_of(reopens ? MU_INTENT_TASK_REOPEN : intents[state]), false);
}

/* -- moving and assigning --------------------------------------------------------------- */

int64_t mu_state_after_move(const struct mu_known *task, int64_t from_kind, int64_t to_kind)
{
    int64_t state = state_of(task);
    int64_t asked = mu_state_of_kind(to_kind);
    if (asked != 0) {
        return asked == state ? 0 : asked;
    }
    if (is_working(state) && mu_state_of_kind(from_kind) != 0) {
        return has_owner(task) ? MU_STATE_ACCEPTED : MU_STATE_OPEN;
    }
    return 0;
}

/* A drag says where the task stood; from a state that its author did not see it may only go
 * forward. */
static bool move_is_legal(int64_t state, int64_t to, bool stale)
{
    return state != MU_STATE_DROPPED && (!stale || to > state);
}

enum mu_status mu_case_move(struct mu_case *c, struct mu_known *task, struct mu_id column,
                            const struct mu_op *op)
{
    struct mu_known *target = NULL;
    MU_TRY(mu_case_need(c, MU_COLUMN, column, &target));
    if (!mu_id_equal(mu_now_id(target, MU_COLUMN_BOARD), mu_now_id(task, MU_TASK_BOARD))) {
        return mu_case_refuse(c, MU_E_INVALID, "the column is on another board than the task");
    }
    int64_t from_kind = 0;
    MU_TRY(mu_case_kind_of(c, mu_now_id(task, MU_TASK_COLUMN), &from_kind));
    bool elsewhere = !mu_id_equal(mu_now_id(task, MU_TASK_COLUMN), column);
    int64_t to_kind = mu_now_int(target, MU_COLUMN_KIND);
    int64_t to = elsewhere ? mu_state_after_move(task, from_kind, to_kind) : 0;
    if (to != 0) {
        bool stale = false;
        MU_TRY(is_stale(c, task, &stale));
        if (!move_is_legal(state_of(task), to, stale)) {
            return not_now(c, task, to, "moved there", stale);
        }
    }
    bool stands = true;
    MU_TRY(mu_case_scalar(c, task, MU_TASK_COLUMN, mu_id_value(&column), &stands));
    if (!stands) {
        return MU_OK;
    }
    if (to != 0) {
        MU_TRY(mu_case_enter(c, task, to));
    }
    return mu_case_place(c, task, op);
}

enum mu_status mu_case_assign(struct mu_case *c, struct mu_known *task, struct mu_value owner)
{
    bool changes = !mu_value_equal(mu_now_value(task, MU_TASK_OWNER), owner);
    bool stands = true;
    MU_TRY(mu_case_scalar(c, task, MU_TASK_OWNER, owner, &stands));
    if (!stands) {
        return MU_OK;
    }
    int64_t state = state_of(task);
    bool to_me = owner.kind != MU_NULL && mu_case_is(c, mu_now_id(task, MU_TASK_OWNER));
    if (owner.kind == MU_NULL) {
        return state == MU_STATE_ASSIGNED || state == MU_STATE_ACCEPTED
                   ? mu_case_enter(c, task, MU_STATE_OPEN)
                   : MU_OK;
    }
    if (state == MU_STATE_OPEN || (changes && state <= MU_STATE_ACCEPTED)) {
        return mu_case_enter(c, task, to_me ? MU_STATE_ACCEPTED : MU_STATE_ASSIGNED);
    }
    return MU_OK;
}
