#include "tests/unit/model_world.h"

#include <assert.h>

#include "tests/harness/cmocka.h"

/* -- the world ---------------------------------------------------------------------- */

static struct mu_row *find_row(const struct stage *stage, uint32_t entity, struct mu_id id)
{
    for (size_t i = 0; i < stage->row_count; i++) {
        if (stage->rows[i].entity == entity && mu_id_equal(stage->rows[i].id, id)) {
            return &stage->rows[i];
        }
    }
    return NULL;
}

static enum mu_status world_row(void *state, struct mu_arena *arena, uint32_t entity,
                                struct mu_id id, struct mu_row *out_row, bool *out_found,
                                struct mu_error *err)
{
    (void)err;
    struct stage *stage = state;
    stage->questions++;
    const struct mu_row *row = find_row(stage, entity, id);
    *out_found = row != NULL;
    return row == NULL ? MU_OK : mu_row_copy(row, arena, out_row);
}

static const struct {
    uint32_t entity, rank, parent;
} orders[] = {
    {MU_TASK, MU_TASK_RANK, MU_TASK_COLUMN},
    {MU_COLUMN, MU_COLUMN_RANK, MU_COLUMN_BOARD},
    {MU_CHECKLIST, MU_CHECKLIST_RANK, MU_CHECKLIST_TASK},
    {MU_ITEM, MU_ITEM_RANK, MU_ITEM_CHECKLIST},
};

static int compare_place(struct mu_slice a, struct mu_id a_id, struct mu_slice b, struct mu_id b_id)
{
    int order = mu_slice_compare(a, b);
    return order != 0 ? order : mu_id_compare(a_id, b_id);
}

static enum mu_status world_neighbour(void *state, struct mu_arena *arena, uint32_t entity,
                                      struct mu_id parent, struct mu_slice rank, struct mu_id id,
                                      bool before, struct mu_row *out_row, bool *out_found,
                                      struct mu_error *err)
{
    (void)err;
    struct stage *stage = state;
    stage->questions++;
    size_t kind = 0;
    while (orders[kind].entity != entity) {
        kind++;
        assert_true(kind < 4);
    }
    const struct mu_row *best = NULL;
    struct mu_slice best_rank = {0};
    for (size_t i = 0; i < stage->row_count; i++) {
        const struct mu_row *row = &stage->rows[i];
        if (row->entity != entity || !mu_id_equal(mu_row_id(row, orders[kind].parent), parent)) {
            continue;
        }
        struct mu_slice at = mu_row_text(row, orders[kind].rank);
        int side = rank.len == 0 ? (before ? -1 : 1) : compare_place(at, row->id, rank, id);
        if (side == 0 || (side < 0) != before) {
            continue;
        }
        int nearer = best == NULL ? -1 : compare_place(at, row->id, best_rank, best->id);
        if (best == NULL || (nearer > 0) == before) {
            best = row;
            best_rank = at;
        }
    }
    *out_found = best != NULL;
    return best == NULL ? MU_OK : mu_row_copy(best, arena, out_row);
}

static enum mu_status world_column_of_kind(void *state, struct mu_arena *arena, struct mu_id board,
                                           int64_t kind, struct mu_row *out_row, bool *out_found,
                                           struct mu_error *err)
{
    (void)err;
    struct stage *stage = state;
    stage->questions++;
    const struct mu_row *best = NULL;
    for (size_t i = 0; i < stage->row_count; i++) {
        const struct mu_row *row = &stage->rows[i];
        if (row->entity == MU_COLUMN && mu_id_equal(mu_row_id(row, MU_COLUMN_BOARD), board) &&
            mu_row_int(row, MU_COLUMN_KIND) == kind && mu_row_int(row, MU_COLUMN_ARCHIVED) != 1 &&
            (best == NULL || compare_place(mu_row_text(row, MU_COLUMN_RANK), row->id,
                                           mu_row_text(best, MU_COLUMN_RANK), best->id) < 0)) {
            best = row;
        }
    }
    *out_found = best != NULL;
    return best == NULL ? MU_OK : mu_row_copy(best, arena, out_row);
}

static enum mu_status world_person_of_handle(void *state, struct mu_slice handle,
                                             struct mu_id *out_id, bool *out_found,
                                             struct mu_error *err)
{
    (void)err;
    const struct stage *stage = state;
    *out_found = false;
    for (size_t i = 0; i < stage->row_count; i++) {
        if (stage->rows[i].entity == MU_PERSON &&
            mu_slice_equal(mu_row_text(&stage->rows[i], MU_PERSON_HANDLE), handle)) {
            *out_id = stage->rows[i].id;
            *out_found = true;
        }
    }
    return MU_OK;
}

static enum mu_status world_other_lead(void *state, struct mu_id person, bool *out_found,
                                       struct mu_error *err)
{
    (void)err;
    const struct stage *stage = state;
    *out_found = false;
    for (size_t i = 0; i < stage->row_count; i++) {
        const struct mu_row *row = &stage->rows[i];
        *out_found = *out_found || (row->entity == MU_PERSON && !mu_id_equal(row->id, person) &&
                                    mu_row_int(row, MU_PERSON_ROLE) == MU_ROLE_LEAD &&
                                    mu_row_int(row, MU_PERSON_STATE) == MU_PERSON_ACTIVE);
    }
    return MU_OK;
}

static enum mu_status world_other_device(void *state, struct mu_id person, struct mu_id device,
                                         bool *out_found, struct mu_error *err)
{
    (void)err;
    const struct stage *stage = state;
    *out_found = false;
    for (size_t i = 0; i < stage->row_count; i++) {
        const struct mu_row *row = &stage->rows[i];
        *out_found = *out_found || (row->entity == MU_DEVICE && !mu_id_equal(row->id, device) &&
                                    mu_id_equal(mu_row_id(row, MU_DEVICE_PERSON), person) &&
                                    mu_row_int(row, MU_DEVICE_STATE) == MU_DEVICE_ACTIVE);
    }
    return MU_OK;
}

static enum mu_status world_last_number(void *state, uint32_t entity, int64_t *out_number,
                                        struct mu_error *err)
{
    (void)err;
    const struct stage *stage = state;
    assert_false(stage->predict);
    assert_true(entity == MU_TASK || entity == MU_GOAL);
    *out_number = 0;
    for (size_t i = 0; i < stage->row_count; i++) {
        static_assert(MU_TASK_NO == 1 && MU_GOAL_NO == 1, "numbers are alike");
        int64_t number =
            stage->rows[i].entity == entity ? mu_row_int(&stage->rows[i], MU_TASK_NO) : 0;
        *out_number = number > *out_number ? number : *out_number;
    }
    return MU_OK;
}

static bool is_bound(const struct mu_row *row, enum mu_bond bond, struct mu_id task)
{
    if (bond == MU_BOND_BLOCKER) {
        return row->entity == MU_BLOCKER && mu_row_int(row, MU_BLOCKER_STATE) <= 3 &&
               mu_id_equal(mu_row_id(row, MU_BLOCKER_NEEDS_TASK), task);
    }
    return row->entity == MU_COMMITMENT &&
           mu_row_int(row, MU_COMMITMENT_STATE) == MU_COMMITMENT_OPEN &&
           mu_id_equal(mu_row_id(row, MU_COMMITMENT_TASK), task);
}

static enum mu_status world_bound(void *state, struct mu_arena *arena, enum mu_bond bond,
                                  struct mu_id task, struct mu_id above, struct mu_row *out_row,
                                  bool *out_found, struct mu_error *err)
{
    (void)err;
    struct stage *stage = state;
    stage->questions++;
    const struct mu_row *best = NULL;
    for (size_t i = 0; i < stage->row_count; i++) {
        const struct mu_row *row = &stage->rows[i];
        if (is_bound(row, bond, task) && mu_id_compare(row->id, above) > 0 &&
            (best == NULL || mu_id_compare(row->id, best->id) < 0)) {
            best = row;
        }
    }
    *out_found = best != NULL;
    return best == NULL ? MU_OK : mu_row_copy(best, arena, out_row);
}

static enum mu_status world_writer(void *state, uint64_t seq, struct mu_writer *out_writer,
                                   bool *out_found, struct mu_error *err)
{
    (void)err;
    const struct stage *stage = state;
    assert_false(stage->predict);
    *out_found = seq >= 1 && seq <= stage->seq;
    if (*out_found) {
        *out_writer = stage->writers[seq - 1];
    }
    return MU_OK;
}

/* Like enough to the real one: what matters is that equal parts give equal ids. */
static struct mu_id world_derive(const char *label, const struct mu_slice *parts, size_t count)
{
    uint64_t hash[2] = {UINT64_C(14695981039346656037), UINT64_C(88172645463325252)};
    struct mu_slice all[8] = {mu_slice_str(label)};
    assert_true(count < 8);
    memcpy(all + 1, parts, count * sizeof *parts);
    for (size_t i = 0; i <= count; i++) {
        for (size_t j = 0; j < all[i].len + 1; j++) {
            uint8_t byte = j < all[i].len ? all[i].data[j] : (uint8_t)i;
            hash[0] = (hash[0] ^ byte) * UINT64_C(1099511628211);
            hash[1] = (hash[1] + byte + 1) * UINT64_C(6364136223846793005);
        }
    }
    struct mu_id id;
    memcpy(id.bytes, hash, sizeof id.bytes);
    return id;
}

struct mu_world stage_world(struct stage *stage)
{
    return (struct mu_world){
        .state = stage,
        .row = world_row,
        .neighbour = world_neighbour,
        .column_of_kind = world_column_of_kind,
        .person_of_handle = world_person_of_handle,
        .other_lead = world_other_lead,
        .other_device = world_other_device,
        .last_number = world_last_number,
        .bound = world_bound,
        .writer = world_writer,
        .derive = world_derive,
    };
}

static void *grown(struct stage *stage, const void *items, size_t count, size_t size, size_t room)
{
    void *grown_items = mu_arena_array(&stage->arena, room, size);
    assert_non_null(grown_items);
    if (count > 0) {
        memcpy(grown_items, items, count * size);
    }
    return grown_items;
}

static void apply(struct stage *stage, const struct mu_row *effect, uint64_t seq)
{
    struct mu_row *row = find_row(stage, effect->entity, effect->id);
    if (row == NULL) {
        if (stage->row_count == stage->row_room) {
            stage->row_room = stage->row_room == 0 ? 64 : stage->row_room * 2;
            stage->rows =
                grown(stage, stage->rows, stage->row_count, sizeof *stage->rows, stage->row_room);
        }
        row = &stage->rows[stage->row_count++];
        *row = (struct mu_row){.entity = effect->entity, .id = effect->id};
    }
    assert_int_equal(mu_row_merge(row, &stage->arena, effect, seq), MU_OK);
}

/* -- what must always hold ------------------------------------------------------------ */

static void check_cell(const struct stage *stage, const struct mu_row *effect,
                       const struct mu_cell *cell)
{
    struct mu_error err = {0};
    if (mu_value_check(effect->entity, cell->field, cell->value, &err) != MU_OK) {
        fail_msg("an effect that no replica would take: %s", err.text);
    }
    assert_int_equal(cell->seq, 0);
    const struct mu_row *row = find_row(stage, effect->entity, effect->id);
    const struct mu_cell *before = row == NULL ? NULL : mu_row_cell(row, cell->field);
    struct mu_value was = before == NULL ? mu_null() : before->value;
    assert_false(mu_value_equal(was, cell->value));
    const struct mu_field *field = mu_field_find(effect->entity, cell->field);
    if (field != NULL && field->merge == MU_MERGE_FIXED) {
        assert_int_equal(was.kind, MU_NULL);
    }
}

static void check_decision(const struct stage *stage, const struct mu_decision *decision)
{
    if (decision->verdict == MU_REJECTED) {
        assert_int_not_equal(decision->code, MU_OK);
        assert_true(decision->reason[0] != '\0');
        assert_null(strchr(decision->reason, '\n'));
        assert_int_equal(decision->effect_count, 0);
        return;
    }
    assert_int_equal(decision->code, MU_OK);
    assert_string_equal(decision->reason, "");
    size_t conflicts = 0;
    for (size_t i = 0; i < decision->effect_count; i++) {
        const struct mu_row *effect = &decision->effects[i];
        assert_true(effect->count > 0);
        assert_false(mu_id_is_zero(effect->id));
        for (size_t j = 0; j < effect->count; j++) {
            assert_true(j == 0 || effect->cells[j - 1].field < effect->cells[j].field);
            check_cell(stage, effect, &effect->cells[j]);
        }
        for (size_t j = 0; j < i; j++) {
            assert_false(decision->effects[j].entity == effect->entity &&
                         mu_id_equal(decision->effects[j].id, effect->id));
        }
        if (effect->entity == MU_CONFLICT && mu_row_has(effect, MU_CONFLICT_KIND)) {
            conflicts++;
            assert_true(mu_row_has(effect, MU_CONFLICT_ROW) &&
                        mu_row_has(effect, MU_CONFLICT_KEPT) &&
                        mu_row_has(effect, MU_CONFLICT_LOST) &&
                        mu_row_int(effect, MU_CONFLICT_STATE) == MU_CONFLICT_OPEN);
        }
    }
    assert_int_equal(conflicts > 0, decision->verdict == MU_APPLIED_CONFLICT);
    assert_true(conflicts == 0 || !stage->predict);
}

/* -- saying --------------------------------------------------------------------------- */

struct mu_id stage_id(struct stage *stage)
{
    uint8_t entropy[MU_ENTROPY_LEN] = {0};
    uint64_t number = ++stage->next_id;
    for (size_t i = 0; i < 8; i++) {
        entropy[9 - i] = (uint8_t)(number >> (8 * i));
    }
    return mu_id_make(NOON + (int64_t)number, entropy);
}

struct mu_id stage_pair(struct stage *stage, uint32_t entity, struct mu_id a, struct mu_id b)
{
    struct mu_world world = stage_world(stage);
    return mu_pair_id(&world, entity, a, b);
}

void begin(struct stage *stage, uint32_t intent)
{
    stage->intent = (struct mu_intent){.number = intent, .version = 1};
    stage->op = NULL;
}

void op(struct stage *stage, uint32_t entity, struct mu_id row)
{
    stage->op = mu_intent_op(&stage->intent, &stage->arena, entity, row);
    assert_non_null(stage->op);
}

void with(struct stage *stage, uint32_t field, struct mu_value value)
{
    assert_true(mu_op_arg(stage->op, &stage->arena, field, value));
}

void with_int(struct stage *stage, uint32_t field, int64_t number)
{
    with(stage, field, mu_int(number));
}

void with_text(struct stage *stage, uint32_t field, const char *text)
{
    with(stage, field, mu_bytes(mu_slice_str(text)));
}

void with_id(struct stage *stage, uint32_t field, struct mu_id id)
{
    with(stage, field, mu_id_value(&id));
}

void with_null(struct stage *stage, uint32_t field)
{
    with(stage, field, mu_null());
}

void from(struct stage *stage, struct mu_value base)
{
    struct mu_arg *arg = &stage->op->args[stage->op->arg_count - 1];
    arg->has_base = true;
    arg->base = base;
    assert_true(mu_arena_copy(&stage->arena, base.bytes, &arg->base.bytes));
}

void from_text(struct stage *stage, const char *base)
{
    from(stage, mu_bytes(mu_slice_str(base)));
}

struct mu_facts stage_facts(struct stage *stage, enum stage_who who)
{
    const struct mu_row *person = find_row(stage, MU_PERSON, stage->people[who]);
    int64_t now = NOON + (int64_t)stage->seq * 1000;
    return (struct mu_facts){
        .mutation = stage_id(stage),
        .replica = stage->replicas[who],
        .workspace = stage->team,
        .person = stage->people[who],
        .device = stage->devices[who],
        .role = person == NULL ? MU_ROLE_NONE : (int)mu_row_int(person, MU_PERSON_ROLE),
        .base_seq = stage->base_seq > stage->seq ? stage->seq : stage->base_seq,
        .at_ms = stage->at_ms != 0 ? stage->at_ms : now,
        .received_ms = now,
        .predict = stage->predict,
    };
}

struct mu_decision say_as(struct stage *stage, struct mu_facts facts)
{
    struct mu_world world = stage_world(stage);
    struct mu_decision decision = {0};
    struct mu_error err = {0};
    stage->questions = 0;
    if (mu_decide(&world, &facts, &stage->intent, &stage->arena, &decision, &err) != MU_OK) {
        fail_msg("decide: %s", err.text);
    }
    check_decision(stage, &decision);
    if (stage->seq == stage->writer_room) {
        stage->writer_room = stage->writer_room == 0 ? 64 : stage->writer_room * 2;
        stage->writers =
            grown(stage, stage->writers, stage->seq, sizeof *stage->writers, stage->writer_room);
    }
    if (!stage->predict) { /* a prediction is no change */
        stage->writers[stage->seq++] =
            (struct mu_writer){facts.replica, facts.person, facts.at_ms, facts.received_ms};
        for (size_t i = 0; i < decision.effect_count; i++) {
            apply(stage, &decision.effects[i], stage->seq);
        }
    }
    stage->base_seq = UINT64_MAX;
    stage->at_ms = 0;
    stage->predict = false;
    return decision;
}

struct mu_decision say(struct stage *stage, enum stage_who who)
{
    return say_as(stage, stage_facts(stage, who));
}

static uint64_t demand(struct stage *stage, enum stage_who who, enum mu_verdict verdict)
{
    struct mu_decision decision = say(stage, who);
    if (decision.verdict != verdict) {
        fail_msg("%s ended in %d, not %d: %s", mu_intent_find(stage->intent.number)->name,
                 decision.verdict, verdict, decision.reason);
    }
    return stage->seq;
}

uint64_t agreed(struct stage *stage, enum stage_who who)
{
    return demand(stage, who, MU_APPLIED);
}

uint64_t disputed(struct stage *stage, enum stage_who who)
{
    return demand(stage, who, MU_APPLIED_CONFLICT);
}

void refused(struct stage *stage, enum stage_who who, enum mu_status code)
{
    struct mu_decision decision = say(stage, who);
    if (decision.verdict != MU_REJECTED || decision.code != code) {
        fail_msg("not refused with '%s' but %d, '%s': %s", mu_status_text(code), decision.verdict,
                 mu_status_text(decision.code), decision.reason);
    }
}

/* -- looking ------------------------------------------------------------------------------ */

const struct mu_row *stage_row(const struct stage *stage, uint32_t entity, struct mu_id id)
{
    return find_row(stage, entity, id);
}

int64_t got_int(const struct stage *stage, uint32_t entity, struct mu_id id, uint32_t field)
{
    const struct mu_row *row = find_row(stage, entity, id);
    assert_non_null(row);
    return mu_row_int(row, field);
}

struct mu_id got_id(const struct stage *stage, uint32_t entity, struct mu_id id, uint32_t field)
{
    const struct mu_row *row = find_row(stage, entity, id);
    assert_non_null(row);
    return mu_row_id(row, field);
}

bool got_has(const struct stage *stage, uint32_t entity, struct mu_id id, uint32_t field)
{
    const struct mu_row *row = find_row(stage, entity, id);
    assert_non_null(row);
    return mu_row_has(row, field);
}

void assert_text(const struct stage *stage, uint32_t entity, struct mu_id id, uint32_t field,
                 const char *text)
{
    const struct mu_row *row = find_row(stage, entity, id);
    assert_non_null(row);
    struct mu_slice got = mu_row_text(row, field);
    if (!mu_slice_equal(got, mu_slice_str(text))) {
        fail_msg("'%.*s', not '%s'", (int)got.len, (const char *)got.data, text);
    }
}

void assert_id(struct mu_id id, struct mu_id expected)
{
    assert_memory_equal(id.bytes, expected.bytes, MU_ID_LEN);
}

const struct mu_row *stage_conflict(const struct stage *stage, struct mu_id row, uint32_t field)
{
    const struct mu_row *found = NULL;
    for (size_t i = 0; i < stage->row_count; i++) {
        const struct mu_row *conflict = &stage->rows[i];
        if (conflict->entity == MU_CONFLICT &&
            mu_id_equal(mu_row_id(conflict, MU_CONFLICT_ROW), row) &&
            mu_row_int(conflict, MU_CONFLICT_FIELD) == field) {
            assert_null(found);
            found = conflict;
        }
    }
    return found;
}

size_t stage_conflicts(const struct stage *stage)
{
    size_t count = 0;
    for (size_t i = 0; i < stage->row_count; i++) {
        count += stage->rows[i].entity == MU_CONFLICT;
    }
    return count;
}

struct mu_value conflict_value(const struct mu_row *conflict, uint32_t field)
{
    assert_non_null(conflict);
    struct mu_reader reader = mu_reader_of(mu_row_text(conflict, field));
    struct mu_value value = mu_value_decode(&reader);
    assert_true(mu_reader_ok(&reader) && mu_reader_at_end(&reader));
    return value;
}

void stage_set(struct stage *stage, uint32_t entity, struct mu_id id, uint32_t field,
               struct mu_value value)
{
    struct mu_row row = {.entity = entity, .id = id};
    assert_int_equal(mu_row_set(&row, &stage->arena, field, value, 0), MU_OK);
    apply(stage, &row, 1);
}

void stage_forget(struct stage *stage, uint32_t entity, struct mu_id id, uint32_t field)
{
    struct mu_row *row = find_row(stage, entity, id);
    assert_non_null(row);
    for (size_t i = 0; i < row->count; i++) {
        if (row->cells[i].field == field) {
            row->cells[i].seq = stage->seq + 1000000;
        }
    }
}

struct mu_id stage_task(struct stage *stage, enum stage_column column, const char *title)
{
    struct mu_id task = stage_id(stage);
    begin(stage, MU_INTENT_TASK_ADD);
    op(stage, MU_TASK, task);
    with_text(stage, MU_TASK_TITLE, title);
    with_id(stage, MU_TASK_COLUMN, stage->columns[column]);
    agreed(stage, ANA);
    return task;
}

void assert_order(struct stage *stage, enum stage_column column, const char *titles)
{
    char got[256] = "";
    size_t used = 0;
    struct mu_slice rank = {0};
    struct mu_id id = {0};
    for (;;) {
        struct mu_row row;
        bool found = false;
        assert_int_equal(world_neighbour(stage, &stage->arena, MU_TASK, stage->columns[column],
                                         rank, id, false, &row, &found, NULL),
                         MU_OK);
        if (!found) {
            break;
        }
        struct mu_slice title = mu_row_text(&row, MU_TASK_TITLE);
        int len = snprintf(got + used, sizeof got - used, "%s%.*s", used > 0 ? " " : "",
                           (int)title.len, (const char *)title.data);
        used += (size_t)len;
        rank = mu_row_text(&row, MU_TASK_RANK);
        id = row.id;
    }
    assert_string_equal(got, titles);
}

/* -- opening ---------------------------------------------------------------------------- */

static void found_people(struct stage *stage)
{
    static const char *const handles[] = {"ana", "kofi", "mia", "gus"};
    static const int roles[] = {MU_ROLE_LEAD, MU_ROLE_MEMBER, MU_ROLE_MEMBER, MU_ROLE_GUEST};
    for (size_t i = 0; i < WHO_COUNT; i++) {
        stage->people[i] = stage_id(stage);
        stage->replicas[i] = stage_id(stage);
        stage->devices[i] = stage_id(stage);
        op(stage, MU_PERSON, stage->people[i]);
        with_text(stage, MU_PERSON_HANDLE, handles[i]);
        with_text(stage, MU_PERSON_NAME, handles[i]);
        with_int(stage, MU_PERSON_ROLE, roles[i]);
        with_int(stage, MU_PERSON_STATE, MU_PERSON_ACTIVE);
    }
}

void stage_open(struct stage *stage)
{
    static const char *const names[] = {"Backlog", "To do", "Doing", "Review", "Done"};
    *stage = (struct stage){.base_seq = UINT64_MAX};
    mu_arena_init(&stage->arena, (size_t)1 << 30);
    stage->team = stage_id(stage);
    stage->board = stage_id(stage);
    begin(stage, MU_INTENT_TEAM_FOUND);
    op(stage, MU_TEAM, stage->team);
    with_text(stage, MU_TEAM_NAME, "Orion");
    with_text(stage, MU_TEAM_ZONE, "Europe/Lisbon");
    op(stage, MU_BOARD, stage->board);
    with_text(stage, MU_BOARD_NAME, "Board");
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        stage->columns[i] = stage_id(stage);
        op(stage, MU_COLUMN, stage->columns[i]);
        with_id(stage, MU_COLUMN_BOARD, stage->board);
        with_text(stage, MU_COLUMN_NAME, names[i]);
        with_int(stage, MU_COLUMN_KIND, (int64_t)i + 1);
        with_id(stage, MU_ARG_BEFORE, (struct mu_id){0});
    }
    found_people(stage);
    struct mu_facts facts = stage_facts(stage, ANA);
    facts.role = MU_ROLE_SYSTEM;
    facts.person = (struct mu_id){0};
    facts.replica = stage_id(stage);
    struct mu_decision decision = say_as(stage, facts);
    assert_string_equal(decision.reason, "");
    assert_int_equal(decision.verdict, MU_APPLIED);
    for (size_t i = 0; i < WHO_COUNT; i++) { /* as if each had enrolled */
        stage_set(stage, MU_DEVICE, stage->devices[i], MU_DEVICE_PERSON,
                  mu_id_value(&stage->people[i]));
        stage_set(stage, MU_DEVICE, stage->devices[i], MU_DEVICE_STATE, mu_int(MU_DEVICE_ACTIVE));
    }
}

void stage_close(struct stage *stage)
{
    mu_arena_deinit(&stage->arena);
}

int stage_setup(void **state)
{
    struct stage *stage = test_malloc(sizeof *stage);
    stage_open(stage);
    *state = stage;
    return 0;
}

int stage_teardown(void **state)
{
    stage_close(*state);
    test_free(*state);
    return 0;
}
