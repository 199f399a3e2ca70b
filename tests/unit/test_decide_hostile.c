/* Intents that no program of ours would send, and many that it might, by chance.  At stake: a
 * server that nothing from a device can crash, and rows that hold together whatever came. */
#include "common/model/decide_shape.h"
#include "common/model/rank.h"
#include "tests/harness/cmocka.h"
#include "tests/harness/dice.h"
#include "tests/unit/model_world.h"

/* -- single blows ------------------------------------------------------------------------ */

static void edit_op(struct stage *s, struct mu_id task)
{
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
}

static void test_hostile__unknown_intents_and_versions(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");

    begin(s, 9999);
    op(s, MU_TASK, task);
    refused(s, ANA, MU_E_VERSION);
    edit_op(s, task);
    s->intent.version = 2;
    refused(s, ANA, MU_E_VERSION);
    edit_op(s, task);
    s->intent.version = 0;
    refused(s, ANA, MU_E_VERSION);
    begin(s, MU_INTENT_TASK_EDIT);
    refused(s, ANA, MU_E_INVALID); /* nothing at all */
}

static void test_hostile__rows_of_other_tables(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");

    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_PERSON, s->people[ANA]);
    with_text(s, MU_PERSON_NAME, "x");
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, 77, task);
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_TASK_ADD);
    op(s, MU_CONFLICT, stage_id(s));
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_IMPORT);
    op(s, MU_CONFLICT, stage_id(s));
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_TASK_EDIT); /* the id of a person as a task */
    op(s, MU_TASK, s->people[ANA]);
    with_text(s, MU_TASK_TITLE, "x");
    refused(s, KOFI, MU_E_NOT_FOUND);
    begin(s, MU_INTENT_TASK_ADD);
    op(s, MU_TASK, (struct mu_id){0});
    with_text(s, MU_TASK_TITLE, "x");
    with_id(s, MU_TASK_COLUMN, s->columns[TODO]);
    refused(s, KOFI, MU_E_INVALID);
}

static void test_hostile__arguments_of_the_wrong_kind(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    static uint8_t big[MU_VALUE_MAX + 1];
    const struct {
        uint32_t field;
        struct mu_value value;
        enum mu_status code;
    } args[] = {
        {MU_TASK_TITLE, mu_int(5), MU_E_INVALID},
        {MU_TASK_TITLE, mu_bytes(mu_slice_of("\xFF", 1)), MU_E_INVALID},
        {MU_TASK_TITLE, mu_bytes(mu_slice_of("a\0b", 3)), MU_E_INVALID},
        {MU_TASK_TITLE, mu_bytes(mu_slice_of(big, sizeof big)), MU_E_LIMIT},
        {MU_TASK_TITLE, mu_null(), MU_E_INVALID},
        {MU_TASK_ARCHIVED, mu_int(2), MU_E_INVALID},
        {MU_TASK_ARCHIVED, mu_bytes(mu_slice_str("1")), MU_E_INVALID},
        {MU_TASK_DUE, mu_bytes(mu_slice_str("tomorrow")), MU_E_INVALID},
        {MU_TASK_NO, mu_int(1), MU_E_DENIED},
        {MU_TASK_CREATED_BY, mu_id_value(&s->people[KOFI]), MU_E_DENIED},
        {MU_TASK_DONE_AT, mu_int(1), MU_E_DENIED},
        {MU_TASK_STATE, mu_int(MU_STATE_DONE), MU_E_DENIED},
        {MU_TASK_RANK, mu_bytes(mu_slice_str("a0")), MU_E_DENIED},
        {MU_TASK_BOARD, mu_id_value(&s->board), MU_E_DENIED},
        {MU_TASK_SOURCE, mu_bytes(mu_slice_str("x")), MU_E_DENIED},
        {0, mu_int(1), MU_E_INVALID},
        {MU_ARG_AFTER, mu_id_value(&task), MU_E_INVALID},
        {MU_ARG_EXPECT, mu_int(1), MU_E_INVALID},
        {1004, mu_int(1), MU_E_INVALID},
        {UINT32_MAX, mu_int(1), MU_E_INVALID},
        {900, mu_bytes(mu_slice_of(big, sizeof big)), MU_E_LIMIT},
    };

    for (size_t i = 0; i < sizeof args / sizeof args[0]; i++) {
        edit_op(s, task);
        with(s, args[i].field, args[i].value);
        struct mu_decision decision = say(s, ANA);
        if (decision.verdict != MU_REJECTED || decision.code != args[i].code) {
            fail_msg("argument %zu: '%s': %s", i, mu_status_text(decision.code), decision.reason);
        }
    }
    edit_op(s, task);
    with_text(s, MU_TASK_TITLE, "a");
    with_text(s, MU_TASK_TITLE, "b");
    refused(s, ANA, MU_E_INVALID);
    edit_op(s, task);
    for (uint32_t i = 0; i < MU_ARGS_MAX; i++) {
        with_int(s, 100 + i, 1);
    }
    s->op->arg_count = MU_ARGS_MAX + 1;
    refused(s, ANA, MU_E_LIMIT);
    begin(s, MU_INTENT_TASK_MOVE);
    op(s, MU_TASK, task);
    with_id(s, MU_ARG_AFTER, task);
    with_id(s, MU_ARG_BEFORE, task);
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_TASK_MOVE);
    op(s, MU_TASK, task);
    with_int(s, MU_ARG_AFTER, 1);
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_TASK_START);
    op(s, MU_TASK, task);
    with_int(s, MU_ARG_EXPECT, 8);
    refused(s, ANA, MU_E_INVALID);
}

static void test_hostile__no_refusal_repeats_what_people_wrote(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "SECRET");
    static const uint32_t intents[] = {MU_INTENT_TASK_REOPEN, MU_INTENT_TASK_ADD,
                                       MU_INTENT_TASK_EDIT};

    for (size_t i = 0; i < 3; i++) {
        begin(s, intents[i]);
        op(s, MU_TASK, task);
        with_text(s, i == 0 ? MU_TASK_REASON : MU_TASK_DUE, "SECRET");
        struct mu_decision decision = say(s, KOFI);
        assert_int_equal(decision.verdict, MU_REJECTED);
        assert_null(strstr(decision.reason, "SECRET"));
    }
}

/* -- chance ------------------------------------------------------------------------------- */

struct chance {
    struct stage *s;
    struct mu_dice dice;
    bool tame; /* without intents that may part states from columns */
    size_t applied, disputed, refused;
};

static uint64_t toss(struct chance *c, uint64_t sides)
{
    return mu_dice_below(&c->dice, sides);
}

/* A row of entity, now and then of any, or of none. */
static struct mu_id some_row(struct chance *c, uint32_t entity)
{
    if (toss(c, 60) == 0) {
        return toss(c, 2) == 0 ? (struct mu_id){0} : stage_id(c->s);
    }
    bool any = entity == 0 || toss(c, 60) == 0;
    for (int i = 0; i < 200; i++) {
        const struct mu_row *row = &c->s->rows[toss(c, c->s->row_count)];
        if (any || row->entity == entity) {
            return row->id;
        }
    }
    return stage_id(c->s);
}

static struct mu_value keep(struct chance *c, const void *bytes, size_t len)
{
    struct mu_slice copy = {0};
    assert_true(mu_arena_copy(&c->s->arena, mu_slice_of(bytes, len), &copy));
    return mu_bytes(copy);
}

static struct mu_value some_text(struct chance *c)
{
    static const char *const texts[] = {"a",   "b",    "a\nb\n", "a\nB\n", "kofi",
                                        "c d", "d c",  "x",      "y",      "2026-11-27",
                                        "a0",  "word", "more",   "",       "\xFF"};
    const char *text = texts[toss(c, sizeof texts / sizeof texts[0])];
    return keep(c, text, strlen(text));
}

static struct mu_value some_value(struct chance *c, const struct mu_field *field)
{
    static const uint8_t key[64] = {7};
    static const char *const dues[] = {"2026-11-27", "2026-12-01T09:00", "2027-01-01T10:00 UTC"};
    static const char *const ranks[] = {"a0", "a1", "a0V", "Zz", "b00", "a"};
    if (field == NULL || toss(c, 60) == 0) {
        uint64_t kind = toss(c, 3);
        return kind == 0 ? mu_null() : kind == 1 ? mu_int((int64_t)toss(c, 9) - 1) : some_text(c);
    }
    if (toss(c, 25) == 0) {
        return mu_null();
    }
    struct mu_id id = some_row(c, field->limit);
    switch (field->type) {
    case MU_TYPE_INT:
        return mu_int((int64_t)toss(c, 100));
    case MU_TYPE_BOOL:
        return mu_int((int64_t)toss(c, 2));
    case MU_TYPE_ENUM:
        return mu_int(1 + (int64_t)toss(c, field->limit));
    case MU_TYPE_WALL:
        return mu_int(NOON + (int64_t)toss(c, 10000000));
    case MU_TYPE_TEXT:
        return some_text(c);
    case MU_TYPE_DUE:
        return mu_bytes(mu_slice_str(dues[toss(c, 3)]));
    case MU_TYPE_RANK:
        return mu_bytes(mu_slice_str(ranks[toss(c, 6)]));
    case MU_TYPE_ID:
        return keep(c, id.bytes, MU_ID_LEN);
    case MU_TYPE_BYTES:
        return mu_bytes(mu_slice_of(key, field->limit <= 64 ? field->limit : 8));
    }
    return mu_null();
}

static struct mu_value value_now(struct chance *c, uint32_t entity, struct mu_id id, uint32_t field)
{
    const struct mu_row *row = stage_row(c->s, entity, id);
    const struct mu_cell *cell = row == NULL ? NULL : mu_row_cell(row, field);
    return cell == NULL ? mu_null() : cell->value;
}

static void some_arg(struct chance *c, uint32_t entity, uint32_t field)
{
    if (mu_op_find(c->s->op, field) != NULL && toss(c, 50) != 0) {
        return;
    }
    with(c->s, field, some_value(c, mu_field_find(entity, field)));
    struct mu_arg *arg = &c->s->op->args[c->s->op->arg_count - 1];
    if (toss(c, 3) == 0 || c->s->intent.number == MU_INTENT_UNDO) {
        arg->has_base = true;
        arg->base = toss(c, 3) == 0 ? some_value(c, mu_field_find(entity, field))
                                    : value_now(c, entity, c->s->op->row, field);
    }
}

static void some_op(struct chance *c, uint32_t intent)
{
    uint32_t entity = 0;
    const struct mu_shape *shape = NULL;
    for (int i = 0; i < 200 && shape == NULL; i++) {
        entity = 1 + (uint32_t)toss(c, MU_CONFLICT);
        shape = mu_shape_find(intent, entity);
    }
    if (toss(c, 40) == 0) {
        entity = (uint32_t)toss(c, 25);
    }
    bool makes = shape != NULL && shape->making != MU_MAKE_NEVER && toss(c, 3) != 0;
    op(c->s, entity, makes ? stage_id(c->s) : some_row(c, entity));
    for (uint32_t field = 1; field < 21 && mu_field_find(entity, field) != NULL; field++) {
        bool may = shape != NULL && (shape->fields & MU_FIELD_BIT(field)) != 0;
        bool must = makes && (mu_shape_first(entity) & MU_FIELD_BIT(field)) != 0;
        if (must ? toss(c, 60) != 0 : toss(c, may ? 2 : 400) == 0) {
            some_arg(c, entity, field);
        }
    }
    bool pair = entity == MU_TASK_LABEL || entity == MU_TASK_HELPER || entity == MU_CUSTOM_VALUE;
    if (makes && pair && toss(c, 10) != 0) {
        c->s->op->row = stage_pair(c->s, entity, mu_arg_id(c->s->op, 1), mu_arg_id(c->s->op, 2));
    }
    if (shape != NULL && (shape->flags & MU_SHAPE_PLACE) != 0 && toss(c, 2) == 0) {
        struct mu_id beside = some_row(c, entity);
        with(c->s, MU_ARG_AFTER + (uint32_t)toss(c, 2), keep(c, beside.bytes, MU_ID_LEN));
    }
    if (shape != NULL && (shape->flags & MU_SHAPE_EXPECT) != 0 && toss(c, 2) == 0) {
        with_int(c->s, MU_ARG_EXPECT, 1 + (int64_t)toss(c, 7));
    }
    if (toss(c, 60) == 0) {
        some_arg(c, entity, toss(c, 2) == 0 ? 500 : (uint32_t)toss(c, 1010));
    }
}

static bool is_tame(uint32_t intent)
{
    return intent != MU_INTENT_IMPORT && intent != MU_INTENT_UNDO &&
           intent != MU_INTENT_COLUMN_EDIT && intent != MU_INTENT_BOARD_EDIT;
}

static void some_intent(struct chance *c)
{
    uint32_t intent = 0;
    while (mu_intent_find(intent) == NULL || (c->tame && !is_tame(intent))) {
        intent =
            toss(c, 2) == 0 ? MU_INTENT_TASK_ADD + (uint32_t)toss(c, 12) : (uint32_t)toss(c, 62);
        if (!c->tame && toss(c, 200) == 0) {
            break;
        }
    }
    begin(c->s, intent);
    for (uint64_t ops = toss(c, 20) == 0 ? toss(c, 8) : 1; ops > 0; ops--) {
        some_op(c, intent);
    }
}

/* -- what holds whatever came --------------------------------------------------------------- */

static void check_task(const struct chance *c, const struct mu_row *task)
{
    int64_t state = mu_row_int(task, MU_TASK_STATE);
    const struct mu_row *column = stage_row(c->s, MU_COLUMN, mu_row_id(task, MU_TASK_COLUMN));
    assert_non_null(column);
    assert_id(mu_row_id(task, MU_TASK_BOARD), mu_row_id(column, MU_COLUMN_BOARD));
    assert_true(mu_rank_valid(mu_row_text(task, MU_TASK_RANK)));
    assert_in_range(state, MU_STATE_OPEN, MU_STATE_DROPPED);
    assert_true(mu_row_int(task, MU_TASK_NO) > 0);
    assert_true(mu_row_has(task, MU_TASK_CREATED_BY) && mu_row_has(task, MU_TASK_CREATED_AT));
    if (state != MU_STATE_DONE) {
        assert_false(mu_row_has(task, MU_TASK_DONE_AT));
    }
    if (!c->tame) {
        return;
    }
    assert_true(state != MU_STATE_DONE || mu_row_has(task, MU_TASK_DONE_AT));
    assert_false(mu_row_has(task, MU_TASK_DUE) && mu_row_int(task, MU_TASK_NO_DATE) == 1);
    bool owned = mu_row_has(task, MU_TASK_OWNER);
    assert_false(state == MU_STATE_OPEN && owned);
    assert_false((state == MU_STATE_ASSIGNED || state == MU_STATE_ACCEPTED) && !owned);
    int64_t asked = mu_state_of_kind(mu_row_int(column, MU_COLUMN_KIND));
    bool working = state >= MU_STATE_DOING && state <= MU_STATE_DONE;
    assert_true(state == MU_STATE_DROPPED || asked == (working ? state : 0));
}

static void check_rows(const struct chance *c)
{
    size_t leads = 0;
    for (size_t i = 0; i < c->s->row_count; i++) {
        const struct mu_row *row = &c->s->rows[i];
        if (row->entity == MU_TASK) {
            check_task(c, row);
        }
        if (row->entity == MU_ITEM) {
            const struct mu_row *list =
                stage_row(c->s, MU_CHECKLIST, mu_row_id(row, MU_ITEM_CHECKLIST));
            assert_non_null(list);
            assert_id(mu_row_id(row, MU_ITEM_TASK), mu_row_id(list, MU_CHECKLIST_TASK));
        }
        leads += row->entity == MU_PERSON && mu_row_int(row, MU_PERSON_ROLE) == MU_ROLE_LEAD &&
                 mu_row_int(row, MU_PERSON_STATE) == MU_PERSON_ACTIVE;
    }
    assert_true(leads > 0);
}

/* A pure function: the same twice, and nobody's rights by another way than the right one. */
static void check_effects(struct chance *c, const struct mu_facts *facts,
                          const struct mu_decision *decision)
{
    uint32_t intent = c->s->intent.number;
    for (size_t i = 0; i < decision->effect_count; i++) {
        const struct mu_row *effect = &decision->effects[i];
        bool known = stage_row(c->s, effect->entity, effect->id) != NULL;
        if (effect->entity == MU_PERSON && known && mu_row_has(effect, MU_PERSON_ROLE)) {
            assert_true(facts->role >= MU_ROLE_LEAD);
        }
        if (effect->entity == MU_PERSON &&
            mu_row_int(effect, MU_PERSON_STATE) == MU_PERSON_ACTIVE) {
            assert_int_equal(intent, MU_INTENT_DEVICE_ENROL);
        }
        if (effect->entity == MU_TASK && known) {
            assert_false(mu_row_has(effect, MU_TASK_NO));
            assert_false(mu_row_has(effect, MU_TASK_CREATED_BY));
        }
        if (effect->entity == MU_TASK && !known && !c->s->predict) {
            assert_true(mu_row_has(effect, MU_TASK_NO));
        }
    }
}

static void say_twice(struct chance *c)
{
    struct stage *s = c->s;
    enum stage_who who = (enum stage_who)toss(c, toss(c, 5) == 0 ? WHO_COUNT : GUS);
    s->base_seq = toss(c, 3) == 0 ? s->seq - toss(c, s->seq < 30 ? s->seq : 30) : UINT64_MAX;
    s->at_ms = NOON + (int64_t)s->seq * 1000 - (int64_t)toss(c, 30) * 1000;
    s->predict = toss(c, 8) == 0;
    struct mu_facts facts = stage_facts(s, who);
    if (s->intent.number == MU_INTENT_DEVICE_ENROL || toss(c, 100) == 0) {
        facts.role = MU_ROLE_NONE;
        facts.person = facts.device = (struct mu_id){0};
    }
    struct mu_world world = stage_world(s);
    struct mu_decision first = {0};
    struct mu_error err = {0};
    assert_int_equal(mu_decide(&world, &facts, &s->intent, &s->arena, &first, &err), MU_OK);
    check_effects(c, &facts, &first);
    struct mu_decision second = say_as(s, facts);

    assert_int_equal(first.verdict, second.verdict);
    assert_string_equal(first.reason, second.reason);
    assert_int_equal(first.effect_count, second.effect_count);
    for (size_t i = 0; i < first.effect_count; i++) {
        MU_BUF_AUTO struct mu_buf one, other;
        mu_buf_init(&one, 1 << 20);
        mu_buf_init(&other, 1 << 20);
        assert_int_equal(mu_row_encode(&first.effects[i], &one), MU_OK);
        assert_int_equal(mu_row_encode(&second.effects[i], &other), MU_OK);
        assert_true(mu_slice_equal(mu_buf_view(&one), mu_buf_view(&other)));
    }
    c->applied += first.verdict == MU_APPLIED;
    c->disputed += first.verdict == MU_APPLIED_CONFLICT;
    c->refused += first.verdict == MU_REJECTED;
}

/* What takes people away would soon leave nobody to play on. */
static void everybody_back(struct stage *s)
{
    for (size_t i = 0; i < WHO_COUNT; i++) {
        int64_t role = i == ANA ? MU_ROLE_LEAD : i == GUS ? MU_ROLE_GUEST : MU_ROLE_MEMBER;
        stage_set(s, MU_PERSON, s->people[i], MU_PERSON_ROLE, mu_int(role));
        stage_set(s, MU_PERSON, s->people[i], MU_PERSON_STATE, mu_int(MU_PERSON_ACTIVE));
        stage_set(s, MU_DEVICE, s->devices[i], MU_DEVICE_STATE, mu_int(MU_DEVICE_ACTIVE));
    }
}

static void play(uint64_t seed, bool tame)
{
    struct stage stage;
    stage_open(&stage);
    struct chance c = {.s = &stage, .dice = {.state = seed}, .tame = tame};
    for (int i = 0; i < 5; i++) {
        (void)stage_task(&stage, (enum stage_column)i, "task");
    }
    for (int i = 0; i < 1500; i++) {
        if (i % 25 == 0) {
            everybody_back(&stage);
        }
        some_intent(&c);
        say_twice(&c);
        check_rows(&c);
    }
    if (c.applied < 150 || c.disputed < 5 || c.refused < 150) {
        fail_msg("seed %llu: %zu applied, %zu disputed, %zu refused: too much of one kind",
                 (unsigned long long)seed, c.applied, c.disputed, c.refused);
    }
    stage_close(&stage);
}

static void test_hostile__chance_with_tame_intents_keeps_states_and_columns_together(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        play(seed, true);
    }
}

static void test_hostile__chance_with_all_intents_keeps_rows_whole(void **state)
{
    (void)state;
    for (uint64_t seed = 101; seed <= 106; seed++) {
        play(seed, false);
    }
}

/* -- a world that fails, a memory that ends ---------------------------------------------------- */

static size_t questions_left;

static enum mu_status failing_row(void *state, struct mu_arena *arena, uint32_t entity,
                                  struct mu_id id, struct mu_row *out_row, bool *out_found,
                                  struct mu_error *err)
{
    if (questions_left-- == 0) {
        return mu_fail(err, MU_E_IO, "the disk is gone");
    }
    struct mu_world world = stage_world(state);
    return world.row(state, arena, entity, id, out_row, out_found, err);
}

static void long_intent(struct stage *s)
{
    struct mu_id task = stage_task(s, TODO, "one");
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_DESC, "a\nb\nc\n");
    uint64_t base = agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_TITLE, "two");
    with_text(s, MU_TASK_DESC, "a\nb\nC\n");
    agreed(s, KOFI);
    begin(s, MU_INTENT_IMPORT);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_TITLE, "three");
    with_text(s, MU_TASK_DESC, "A\nb\nd\n");
    from_text(s, "a\nb\nc\n");
    with_id(s, MU_TASK_COLUMN, s->columns[DOING]);
    for (int i = 0; i < 20; i++) {
        op(s, MU_TASK, stage_id(s));
        with_text(s, MU_TASK_TITLE, "new");
        with_id(s, MU_TASK_COLUMN, s->columns[DONE]);
    }
    s->base_seq = base;
}

static void test_decide__a_failing_world_is_told_and_nothing_decided(void **state)
{
    struct stage *s = *state;
    long_intent(s);
    struct mu_world world = stage_world(s);
    world.row = failing_row;
    struct mu_facts facts = stage_facts(s, MIA);
    enum mu_status status = MU_E_IO;

    size_t most = 0;
    for (; status == MU_E_IO; most++) {
        struct mu_decision decision = {.effect_count = 77};
        struct mu_error err = {0};
        questions_left = most;
        status = mu_decide(&world, &facts, &s->intent, &s->arena, &decision, &err);
        assert_int_equal(decision.effect_count == 77, status != MU_OK);
        assert_true(status == MU_OK || err.status == MU_E_IO);
    }

    assert_int_equal(status, MU_OK);
    assert_true(most > 20);
}

static void test_decide__memory_that_ends_is_told_and_nothing_decided(void **state)
{
    struct stage *s = *state;
    long_intent(s);
    struct mu_world world = stage_world(s);
    struct mu_facts facts = stage_facts(s, MIA);
    enum mu_status status = MU_E_NOMEM;

    size_t room = 0;
    for (; status == MU_E_NOMEM && room < 1 << 20; room += 61) {
        MU_ARENA_AUTO struct mu_arena arena;
        mu_arena_init(&arena, room);
        struct mu_decision decision = {.effect_count = 77};
        struct mu_error err = {0};
        status = mu_decide(&world, &facts, &s->intent, &arena, &decision, &err);
        assert_int_equal(decision.effect_count == 77, status != MU_OK);
    }

    assert_int_equal(status, MU_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_hostile__unknown_intents_and_versions),
        STAGED(test_hostile__rows_of_other_tables),
        STAGED(test_hostile__arguments_of_the_wrong_kind),
        STAGED(test_hostile__no_refusal_repeats_what_people_wrote),
        cmocka_unit_test(test_hostile__chance_with_tame_intents_keeps_states_and_columns_together),
        cmocka_unit_test(test_hostile__chance_with_all_intents_keeps_rows_whole),
        STAGED(test_decide__a_failing_world_is_told_and_nothing_decided),
        STAGED(test_decide__memory_that_ends_is_told_and_nothing_decided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
