#include "tests/unit/import_world.h"

#include "common/seal/hash.h"
#include "common/wire/message.h"
#include "common/wire/mutation.h"

#define TEST_KIND 0x4d757374U
#define WORLD_MAX ((size_t)512 << 20)

static void check(enum mu_status status, const struct mu_error *err)
{
    if (status != MU_OK) {
        fail_msg("%s", err->text);
    }
}

static struct mu_id person_id(const char *handle)
{
    struct mu_slice part = mu_slice_str(handle);
    return mu_id_derive("person", &part, 1);
}

static void apply(struct import_world *world, const struct mu_row *effects, size_t count)
{
    struct mu_error err = {0};
    struct mu_row_refs stale;
    world->seq++;
    check(mu_replica_apply(world->replica, &world->arena, effects, count, world->seq, &stale, &err),
          &err);
}

void import_world_open(struct import_world *world)
{
    struct mu_error err = {0};
    *world = (struct import_world){.ana = person_id("ana"), .seen = UINT64_MAX};
    mu_arena_init(&world->arena, WORLD_MAX);
    check(mu_db_open(&world->db, &(struct mu_db_options){.application_id = TEST_KIND}, &err), &err);
    check(mu_replica_open(&world->db, &world->replica, &err), &err);
    check(mu_db_begin(&world->db, &err), &err);
    world->world = mu_replica_world(world->replica);

    struct mu_row ana = {.entity = MU_PERSON, .id = world->ana};
    struct {
        uint32_t field;
        struct mu_value value;
    } cells[] = {{MU_PERSON_HANDLE, mu_bytes(mu_slice_str("ana"))},
                 {MU_PERSON_NAME, mu_bytes(mu_slice_str("Ana Ruiz"))},
                 {MU_PERSON_ROLE, mu_int(MU_ROLE_LEAD)},
                 {MU_PERSON_STATE, mu_int(MU_PERSON_ACTIVE)}};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        check(mu_row_set(&ana, &world->arena, cells[i].field, cells[i].value, 0), &err);
    }
    apply(world, &ana, 1);
}

void import_world_close(struct import_world *world)
{
    mu_replica_close(world->replica);
    mu_db_close(&world->db);
    mu_arena_deinit(&world->arena);
}

struct mu_plan import_world_plan(struct import_world *world, const struct mu_source_board *board)
{
    struct mu_error err = {0};
    struct mu_plan_options options = {0};
    struct mu_plan plan;
    check(mu_plan_make(board, &world->world, &options, &world->arena, &plan, &err), &err);
    return plan;
}

/* The intent as a mutation and its decision as a change: both can be sent, and the mutation
 * is read back by those who check every value. */
static void check_sendable(struct import_world *world, const struct mu_facts *facts,
                           const struct mu_intent *intent, const struct mu_decision *decision)
{
    struct mu_error err = {0};
    struct mu_mutation mutation = {.id = facts->mutation,
                                   .replica = facts->replica,
                                   .number = world->seq,
                                   .authored_ms = facts->at_ms,
                                   .zone = "UTC",
                                   .intent = *intent};
    struct mu_mutation back;
    struct mu_buf bytes;
    struct mu_buf change_bytes;
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    mu_buf_init(&change_bytes, MU_MESSAGE_MAX - 4096); /* leaves room for seal and envelope */
    assert_int_equal(mu_mutation_encode(&mutation, &world->arena, &bytes), MU_OK);
    check(mu_mutation_decode(mu_buf_view(&bytes), &world->arena, &back, &err), &err);
    struct mu_change change = {.seq = world->seq + 1,
                               .mutation = mu_buf_view(&bytes),
                               .mutation_id = facts->mutation,
                               .replica = facts->replica,
                               .number = world->seq,
                               .intent = intent->number,
                               .person = facts->person,
                               .device = facts->replica,
                               .at_ms = facts->at_ms,
                               .received_ms = facts->received_ms,
                               .verdict = decision->verdict,
                               .effects = decision->effects,
                               .effect_count = decision->effect_count};
    assert_int_equal(mu_change_encode(&change, &world->arena, &change_bytes), MU_OK);
    mu_buf_deinit(&bytes);
    mu_buf_deinit(&change_bytes);
}

static void say(struct import_world *world, const struct mu_intent *intent, bool sized)
{
    struct mu_error err = {0};
    struct mu_facts facts = {.person = world->ana,
                             .role = MU_ROLE_LEAD,
                             .base_seq = world->seen < world->seq ? world->seen : world->seq,
                             .at_ms = INT64_C(1800000000000) + (int64_t)world->seq * 1000,
                             .received_ms = INT64_C(1800000000000) + (int64_t)world->seq * 1000};
    struct mu_decision decision;
    facts.mutation.bytes[0] = (uint8_t)(world->seq + 1);
    facts.mutation.bytes[1] = (uint8_t)((world->seq + 1) >> 8);
    facts.replica.bytes[0] = 7;
    check(mu_decide(&world->world, &facts, intent, &world->arena, &decision, &err), &err);
    bool late = facts.base_seq < world->seq;
    if (decision.verdict != MU_APPLIED && !(late && decision.verdict == MU_APPLIED_CONFLICT)) {
        fail_msg("verdict %d: %s", (int)decision.verdict, decision.reason);
    }
    for (size_t i = 0; i < decision.effect_count; i++) {
        world->conflicts += decision.effects[i].entity == MU_CONFLICT ? 1 : 0;
    }
    if (sized) {
        check_sendable(world, &facts, intent, &decision);
    }
    apply(world, decision.effects, decision.effect_count);
}

void import_world_do(struct import_world *world, const struct mu_plan *plan)
{
    for (size_t i = 0; i < plan->intent_count; i++) {
        assert_int_equal(plan->intents[i].number, MU_INTENT_IMPORT);
        assert_true(plan->intents[i].op_count > 0);
        assert_true(plan->intents[i].op_count <= MU_OPS_BULK_MAX);
        say(world, &plan->intents[i], true);
    }
}

struct mu_plan import_world_import(struct import_world *world, const struct mu_source_board *board)
{
    struct mu_plan plan = import_world_plan(world, board);
    import_world_do(world, &plan);
    return plan;
}

void import_world_say(struct import_world *world, uint32_t intent, uint32_t entity,
                      struct mu_id row, const struct mu_arg *args, size_t arg_count)
{
    struct mu_intent said = {.number = intent, .version = 1};
    struct mu_op *op = mu_intent_op(&said, &world->arena, entity, row);
    assert_non_null(op);
    for (size_t i = 0; i < arg_count; i++) {
        assert_true(mu_op_arg(op, &world->arena, args[i].field, args[i].value));
    }
    say(world, &said, false);
}

struct mu_id import_world_id(const struct import_world *world, const struct mu_source_board *board,
                             const char *kind, const char *id)
{
    bool of_board =
        strcmp(kind, "board") == 0 || strcmp(kind, "list") == 0 || strcmp(kind, "field") == 0;
    struct mu_slice scope = board->scope.len > 0 && !of_board ? board->scope : board->id;
    struct mu_slice parts[] = {board->system, scope, mu_slice_str(kind), mu_slice_str(id)};
    return world->world.derive("import", parts, 4);
}

bool import_world_has(struct import_world *world, uint32_t entity, struct mu_id id)
{
    struct mu_error err = {0};
    struct mu_row row;
    bool found = false;
    check(mu_replica_row(world->replica, &world->arena, entity, id, &row, &found, &err), &err);
    return found;
}

struct mu_row import_world_row(struct import_world *world, uint32_t entity, struct mu_id id)
{
    struct mu_error err = {0};
    struct mu_row row = {0};
    bool found = false;
    check(mu_replica_row(world->replica, &world->arena, entity, id, &row, &found, &err), &err);
    assert_true(found);
    return row;
}
