/* A server and two of its people, of whom one may say anything: bytes that are no message,
 * and signed intents with any operations on rows that exist or not.  No turn fails, and who
 * reads the stream comes to the server's digest.
 *
 * An input is a run of steps; a byte that says which, then what it needs.  One workspace
 * serves many inputs, so that opening it does not take all the time. */
#include "tests/fuzz/fuzz.h"
#include "tests/harness/player.h"

#define STEPS_MAX      10
#define INPUTS_A_SCENE 50

struct scene {
    struct mu_stage stage;
    struct mu_player ana;  /* lead: reads and speaks */
    struct mu_player kofi; /* member: speaks, also rubbish */
    bool open;
    unsigned inputs;
};

static struct scene scene;

/* ---- The scene */

static void scene_close(void)
{
    mu_player_close(&scene.kofi);
    mu_player_close(&scene.ana);
    mu_stage_close(&scene.stage);
    scene.open = false;
}

static void scene_open(void)
{
    uint8_t secret[16];
    mu_stage_open(&scene.stage);
    mu_player_open(&scene.ana, &scene.stage, 1);
    mu_player_open(&scene.kofi, &scene.stage, 2);
    mu_player_enrol(&scene.ana, scene.stage.secret);
    mu_player_live(&scene.ana);
    mu_player_invite(&scene.ana, "kofi", MU_ROLE_MEMBER, 9, secret);
    mu_player_enrol(&scene.kofi, secret);
    mu_player_live(&scene.kofi);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.ana);
    scene.open = true;
    scene.inputs = 0;
}

/* ---- Intents out of bytes */

static const uint32_t intents[] = {
#define N(name, number, spoken, entity, role, flags) (number),
    MU_INTENT_MAP(N)
#undef N
        9999};

/* A row that exists, one that was named before, or none. */
static struct mu_id some_row(struct mu_reader *reader, uint32_t entity)
{
    uint8_t choice = mu_reader_byte(reader);
    struct mu_id made = {{0x01, 0x99, (uint8_t)entity}};
    made.bytes[6] = 0x70;
    made.bytes[8] = 0x80;
    made.bytes[15] = choice % 4;
    switch (choice % 8) {
    case 0:
        return scene.ana.person;
    case 1:
        return scene.kofi.person;
    case 2:
        return scene.kofi.device;
    case 3:
        return (struct mu_id){0};
    default:
        return made;
    }
}

/* The first column of the board. */
static struct mu_id some_column(void)
{
    struct mu_id id = {0};
    struct mu_intent intent = mu_player_task(&scene.ana, "x", &id);
    const struct mu_arg *column = mu_op_find(&intent.ops[0], MU_TASK_COLUMN);
    MU_ASSERT(column != NULL && mu_id_from_slice(column->value.bytes, &id));
    return id;
}

static struct mu_value some_text(uint8_t choice)
{
    static const char *const texts[] = {
        "", "x", "kofi", "ana", "plan\nwork\n", "plan\nplay\n", "Größe →\n", "Europe/Lisbon"};
    return mu_bytes(mu_slice_str(texts[choice % (sizeof texts / sizeof texts[0])]));
}

/* One that the field takes; the caller has thrown others already.  id holds the bytes of an id. */
static struct mu_value fitting_value(struct mu_reader *reader, const struct mu_field *field,
                                     struct mu_id *id)
{
    static const char *const dues[] = {"2026-11-27", "2026-11-27T17:00", "2027-01-01"};
    static const char *const ranks[] = {"a0", "a0V", "a1"};
    static const uint8_t bytes[64] = {1};
    uint8_t choice = mu_reader_byte(reader);
    switch (field->type) {
    case MU_TYPE_BOOL:
        return mu_int(choice % 2);
    case MU_TYPE_ENUM:
        return mu_int(1 + choice % field->limit);
    case MU_TYPE_INT:
    case MU_TYPE_WALL:
        return mu_int((int64_t)choice << (choice % 40));
    case MU_TYPE_TEXT:
        return some_text(choice);
    case MU_TYPE_DUE:
        return mu_bytes(mu_slice_str(dues[choice % 3]));
    case MU_TYPE_RANK:
        return mu_bytes(mu_slice_str(ranks[choice % 3]));
    case MU_TYPE_BYTES:
        return mu_bytes(mu_slice_of(bytes, field->limit < 64 ? field->limit : choice % 64));
    case MU_TYPE_ID:
        break;
    }
    *id = field->limit == MU_COLUMN && choice % 8 != 0 ? some_column()
                                                       : some_row(reader, field->limit);
    return mu_id_value(id);
}

static struct mu_value some_value(struct mu_reader *reader, uint32_t entity, uint32_t field,
                                  struct mu_id *id)
{
    const struct mu_field *known = mu_field_find(entity, field);
    uint8_t choice = mu_reader_byte(reader);
    if (choice % 16 == 15) {
        return mu_null();
    }
    if (choice == 14) {
        return mu_int((int64_t)(int8_t)mu_reader_byte(reader));
    }
    return known == NULL || choice == 13 ? some_text(choice) : fitting_value(reader, known, id);
}

static void some_argument(struct mu_reader *reader, struct mu_arena *arena, struct mu_op *op)
{
    static const uint32_t extra[] = {MU_ARG_AFTER, MU_ARG_BEFORE, MU_ARG_EXPECT, 900};
    uint8_t choice = mu_reader_byte(reader);
    const struct mu_entity *known = mu_entity_find(op->entity);
    uint32_t last = known == NULL ? 3 : (uint32_t)known->field_count;
    uint32_t field = choice < 240 ? 1 + choice % last : extra[choice % 4];
    struct mu_id id = {0};
    struct mu_id other = {0};
    struct mu_value value;
    struct mu_value base = {0};
    if (mu_op_find(op, field) != NULL) {
        return;
    }
    if (field == MU_ARG_AFTER || field == MU_ARG_BEFORE) {
        id = some_row(reader, op->entity);
        value = mu_id_value(&id);
    } else if (field == MU_ARG_EXPECT) {
        value = mu_int(mu_reader_byte(reader) % 10);
    } else {
        value = some_value(reader, op->entity, field, &id);
        base = choice % 3 == 0 ? some_value(reader, op->entity, field, &other) : base;
    }
    bool based = choice % 3 == 0;
    MU_ASSERT(based ? mu_op_arg_based(op, arena, field, value, base)
                    : mu_op_arg(op, arena, field, value));
}

/* Mostly what the intent is about. */
static uint32_t some_entity(uint8_t choice, const struct mu_intent_rule *rule, size_t index)
{
    static const uint32_t parts[] = {MU_LABEL, MU_TASK_LABEL, MU_TASK_HELPER, MU_CHECKLIST,
                                     MU_ITEM};
    if (rule == NULL || choice > 230) {
        return 1U + choice % 20U;
    }
    if (rule->entity != 0) {
        return rule->entity;
    }
    switch (rule->number) {
    case MU_INTENT_TASK_ADD:
        return index == 0 ? MU_TASK : parts[choice % 5];
    case MU_INTENT_TASK_LABEL:
        return parts[choice % 2];
    case MU_INTENT_CHECKLIST_ADD:
        return parts[3 + choice % 2];
    case MU_INTENT_INVITE_CREATE:
        return choice % 2 == 0 ? MU_INVITE : MU_PERSON;
    default:
        return 1U + choice % 18U;
    }
}

static void say(struct mu_player *player, const struct mu_intent *intent)
{
    /* A mutation that cannot be kept leaves its number to the next. */
    uint64_t number = player->number;
    struct mu_hash last_hash = player->last_hash;
    struct mu_ack ack = mu_player_say(player, intent);
    if (ack.kind == MU_ACK_INVALID || ack.kind == MU_ACK_GAP || ack.kind == MU_ACK_BUSY) {
        player->number = number;
        player->last_hash = last_hash;
    }
}

/* So that there are rows to speak of: a task under one of the ids of some_row(). */
static void add_task(struct mu_reader *reader)
{
    struct mu_id row = some_row(reader, MU_TASK);
    struct mu_id column = some_column();
    struct mu_op *op = NULL;
    struct mu_intent intent = mu_player_intent(&scene.kofi, MU_INTENT_TASK_ADD, MU_TASK, row, &op);
    MU_ASSERT(mu_op_arg(op, &scene.kofi.arena, MU_TASK_TITLE, some_text(mu_reader_byte(reader))));
    MU_ASSERT(mu_op_arg(op, &scene.kofi.arena, MU_TASK_COLUMN, mu_id_value(&column)));
    say(&scene.kofi, &intent);
}

static void say_something(struct mu_reader *reader, struct mu_player *player)
{
    uint8_t which = mu_reader_byte(reader);
    struct mu_intent intent = {
        .number = intents[which % (sizeof intents / sizeof intents[0])],
        .version = which == 255 ? 2 : 1,
    };
    const struct mu_intent_rule *rule = mu_intent_find(intent.number);
    uint8_t ops = mu_reader_byte(reader);
    size_t op_count = ops == 255 ? 0 : 1 + (size_t)(ops > 150) + (size_t)(ops > 220);
    for (size_t i = 0; i < op_count; i++) {
        uint32_t entity = some_entity(mu_reader_byte(reader), rule, i);
        struct mu_id row = some_row(reader, entity);
        struct mu_op *op = mu_intent_op(&intent, &player->arena, entity, row);
        MU_ASSERT(op != NULL);
        for (size_t n = mu_reader_byte(reader) % 8; n > 0; n--) {
            some_argument(reader, &player->arena, op);
        }
    }
    say(player, &intent);
}

/* ---- Steps */

static void post_rubbish(struct mu_reader *reader)
{
    size_t left = (size_t)(reader->end - reader->at);
    size_t len = mu_reader_byte(reader);
    struct mu_slice bytes = mu_reader_bytes(reader, len < left ? len : left - (left > 0));
    if (mu_reader_ok(reader)) {
        mu_stage_post(&scene.stage, scene.kofi.conn, scene.kofi.keys.public.curve, bytes);
        MU_ASSERT(mu_stage_try(&scene.stage) == MU_OK);
        mu_player_read(&scene.kofi);
        if (scene.kofi.closed) { /* as he deserves; he may come back */
            mu_player_live(&scene.kofi);
        }
    }
}

/* False when the scene is of no more use: somebody was sent away. */
static bool step(struct mu_reader *reader)
{
    switch (mu_reader_byte(reader) % 8) {
    case 0:
        post_rubbish(reader);
        break;
    case 1:
        mu_stage_run(&scene.stage, 100 * (int64_t)mu_reader_byte(reader));
        mu_player_read(&scene.kofi);
        mu_player_read(&scene.ana);
        break;
    case 2:
        add_task(reader);
        break;
    case 3:
        say_something(reader, &scene.ana);
        break;
    default:
        say_something(reader, &scene.kofi);
        break;
    }
    return !scene.ana.closed && !scene.kofi.closed;
}

static void check_level(void)
{
    for (unsigned i = 0; i < 3; i++) {
        mu_stage_run(&scene.stage, 0);
        mu_player_read(&scene.kofi);
        mu_player_read(&scene.ana);
    }
    if (scene.ana.closed) {
        return;
    }
    struct mu_log_head head = mu_stage_head(&scene.stage);
    struct mu_hash mine = mu_player_root(&scene.ana);
    struct mu_hash theirs = mu_stage_root(&scene.stage);
    MU_ASSERT(scene.ana.cursor.seq == head.seq);
    MU_ASSERT(mu_hash_equal(scene.ana.cursor.chain, head.chain));
    MU_ASSERT(mu_hash_equal(mine, theirs));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!scene.open) {
        scene_open();
    }
    struct mu_reader reader = mu_reader_of(mu_slice_of(data, size));
    bool whole = true;
    for (unsigned i = 0; whole && i < STEPS_MAX && !mu_reader_at_end(&reader); i++) {
        whole = step(&reader) && mu_reader_ok(&reader);
    }
    check_level();
    mu_stage_sweep(&scene.stage);
    /* Numbers that a refusal left unused, a person sent away: begin anew. */
    if (scene.ana.closed || scene.kofi.closed || ++scene.inputs == INPUTS_A_SCENE) {
        scene_close();
    }
    return 0;
}
