/* Every bound of a mutation and of a change, broken alone; and what must pass through
 * untouched: entities and fields that this version does not know. */
#include "tests/harness/cmocka.h"

#include <stdlib.h>

#include "common/wire/message.h"
#include "common/wire/mutation.h"
#include "tests/harness/wire_edit.h"
#include "tests/harness/wire_make.h"

#define ARENA_MAX ((size_t)32 * 1024 * 1024)

#define ZIGZAG_TOO_LATE (((uint64_t)1 << 54) + 2) /* 2^53 + 1 ms */

enum { OPERATIONS = 15, EFFECTS = 11 }; /* field numbers */

struct bench {
    struct mu_arena arena;
    struct mu_buf good;
    struct mu_buf bad;
    struct mu_buf part;
    struct mu_error err;
    struct mu_mutation mutation;
    struct mu_change change;
};

static int bench_open(void **state)
{
    static struct bench bench;
    bench = (struct bench){0};
    mu_arena_init(&bench.arena, ARENA_MAX);
    mu_buf_init(&bench.good, MU_MESSAGE_MAX);
    mu_buf_init(&bench.bad, 2 * MU_MESSAGE_MAX);
    mu_buf_init(&bench.part, 2 * MU_MESSAGE_MAX);
    *state = &bench;
    return 0;
}

static int bench_close(void **state)
{
    struct bench *bench = *state;
    mu_arena_deinit(&bench->arena);
    mu_buf_deinit(&bench->good);
    mu_buf_deinit(&bench->bad);
    mu_buf_deinit(&bench->part);
    return 0;
}

/* ---- Bytes by hand */

static void put(struct mu_buf *out, uint64_t number)
{
    assert_int_equal(mu_buf_append_varint(out, number), MU_OK);
}

static void put_row(struct mu_buf *out)
{
    assert_int_equal(mu_buf_append(out, "0123456789abcdef", MU_ID_LEN), MU_OK);
}

static void put_value(struct mu_buf *out, struct mu_value value)
{
    assert_int_equal(mu_value_encode(value, out), MU_OK);
}

/* ---- Mutations */

static void make_mutation(struct bench *bench, uint32_t intent)
{
    struct mu_dice dice = {.state = 5};
    mu_arena_clear(&bench->arena);
    struct mu_mutation mutation = mu_wire_make_mutation(&dice, &bench->arena);
    mutation.intent.number = intent;
    mu_buf_clear(&bench->good);
    assert_int_equal(mu_mutation_encode(&mutation, &bench->arena, &bench->good), MU_OK);
}

static void assert_mutation_refused(struct bench *bench, const struct mu_edit *edit,
                                    enum mu_status expected, const char *text)
{
    mu_buf_clear(&bench->bad);
    mu_wire_edit(mu_buf_view(&bench->good), edit, &bench->bad);
    mu_arena_clear(&bench->arena);
    bench->mutation.number = 99;
    enum mu_status status =
        mu_mutation_decode(mu_buf_view(&bench->bad), &bench->arena, &bench->mutation, &bench->err);
    if (status != expected || strstr(bench->err.text, text) == NULL) {
        fail_msg("expected %s with '%s', got %s with '%s'", mu_status_text(expected), text,
                 mu_status_text(status), status == MU_OK ? "" : bench->err.text);
    }
    assert_int_equal(bench->mutation.number, 99);
}

#define DROP(field)                             \
    {                                           \
        .kind = MU_EDIT_DROP, .path = { field } \
    }
#define NUMBER(field, n)                                       \
    {                                                          \
        .kind = MU_EDIT_NUMBER, .path = {field}, .number = (n) \
    }
#define BLOCK(field, len)                                                   \
    {                                                                       \
        .kind = MU_EDIT_BLOCK, .path = {field}, .count = (len), .fill = 'x' \
    }
#define BROKEN(field)                                                    \
    {                                                                    \
        .kind = MU_EDIT_BLOCK, .path = {field}, .count = 2, .fill = 0xff \
    }
#define TWICE(field)                                       \
    {                                                      \
        .kind = MU_EDIT_TIMES, .path = {field}, .count = 2 \
    }

struct refusal {
    struct mu_edit edit;
    const char *text;
};

static void test_wire_mutation__refuses_each_bound_of_its_head(void **state)
{
    struct bench *bench = *state;
    static const struct refusal refusals[] = {
        {DROP(1), "mutation: id is missing"},
        {BLOCK(1, 15), "mutation: id is not 16 bytes"},
        {DROP(2), "mutation: replica is missing"},
        {BLOCK(2, 17), "mutation: replica is not 16 bytes"},
        {DROP(3), "mutation: number is missing"},
        {NUMBER(3, (uint64_t)1 << 63), "mutation: number is missing or out of range"},
        {DROP(4), "mutation: intent is missing"},
        {NUMBER(4, (uint64_t)1 << 32), "Mutation.intent is out of range"},
        {DROP(5), "mutation: intent is missing"},
        {BLOCK(6, 31), "mutation: previous is not 32 bytes"},
        {NUMBER(7, (uint64_t)1 << 63), "mutation: base_seq is out of range"},
        {BLOCK(8, 33), "mutation: seen_chain is not 32 bytes"},
        {NUMBER(9, ZIGZAG_TOO_LATE), "mutation: authored_ms is no time"},
        {NUMBER(10, ZIGZAG_TOO_LATE - 1), "mutation: clock_offset_ms is no time"},
        {NUMBER(11, (uint64_t)1 << 32), "Mutation.offset_age_s is out of range"},
        {NUMBER(12, 2), "Mutation.clock_doubt is out of range"},
        {BLOCK(13, 65), "mutation: zone has 65 bytes, at most 64 fit"},
        {BROKEN(13), "mutation: zone is not UTF-8"},
        {NUMBER(14, 2882), "mutation: utc_offset_min is out of range"},
        {NUMBER(14, 2881), "mutation: utc_offset_min is out of range"},
        {TWICE(3), "Mutation.number stands twice"},
        {TWICE(15), "Mutation.operations stands twice"},
        {DROP(15), "mutation: operations are torn"},
    };
    make_mutation(bench, MU_INTENT_IMPORT);

    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        assert_mutation_refused(bench, &refusals[i].edit, MU_E_PROTOCOL, refusals[i].text);
    }
    struct mu_edit huge = BLOCK(15, MU_MUTATION_BYTES_MAX);
    assert_mutation_refused(bench, &huge, MU_E_LIMIT, "at most 524288 fit");
}

/* bench->part as the operations of an otherwise good mutation. */
static void assert_operations_refused(struct bench *bench, enum mu_status expected,
                                      const char *text)
{
    struct mu_edit edit = {.kind = MU_EDIT_BYTES, .path = {OPERATIONS}};
    edit.bytes = mu_buf_view(&bench->part);
    assert_mutation_refused(bench, &edit, expected, text);
}

/* One operation on entity with one argument. */
static void put_operation(struct mu_buf *out, uint32_t entity, uint32_t field,
                          struct mu_value value)
{
    mu_buf_clear(out);
    put(out, 1);
    put(out, entity);
    put_row(out);
    put(out, 1);
    put(out, (uint64_t)field << 1);
    put_value(out, value);
}

static void test_wire_mutation__refuses_operations_that_are_torn(void **state)
{
    struct bench *bench = *state;
    struct mu_buf *part = &bench->part;
    make_mutation(bench, MU_INTENT_TASK_EDIT);
    put_operation(part, MU_TASK, MU_TASK_STATE, mu_int(3));
    size_t whole = part->len;

    for (part->len = 0; part->len < whole; part->len++) {
        assert_operations_refused(bench, MU_E_PROTOCOL, "torn");
    }
    part->len = whole;
    put(part, 0);
    assert_operations_refused(bench, MU_E_PROTOCOL, "bytes after the last operation");
    put_operation(part, 0, 1, mu_null());
    assert_operations_refused(bench, MU_E_PROTOCOL, "operation 1: it is torn");
    put_operation(part, MU_TASK, 0, mu_null());
    assert_operations_refused(bench, MU_E_PROTOCOL, "operation 1: an argument is torn");
    put_operation(part, MU_TASK, 1, mu_null());
    part->data[part->len - 1] = 3; /* a kind of value that there is not */
    assert_operations_refused(bench, MU_E_PROTOCOL, "operation 1: an argument is torn");
    /* Counts that lie about what follows. */
    mu_buf_clear(part);
    put(part, UINT64_MAX);
    assert_operations_refused(bench, MU_E_PROTOCOL, "operations are torn");
    put_operation(part, MU_TASK, 1, mu_null());
    part->data[18] = 100;
    assert_operations_refused(bench, MU_E_PROTOCOL, "operation 1: it is torn");
}

static void put_operations(struct mu_buf *out, size_t count)
{
    mu_buf_clear(out);
    put(out, count);
    for (size_t i = 0; i < count; i++) {
        put(out, MU_TASK);
        put_row(out);
        put(out, 0);
    }
}

static void assert_decodes(struct bench *bench)
{
    struct mu_edit edit = {.kind = MU_EDIT_BYTES, .path = {OPERATIONS}};
    edit.bytes = mu_buf_view(&bench->part);
    mu_buf_clear(&bench->bad);
    mu_wire_edit(mu_buf_view(&bench->good), &edit, &bench->bad);
    mu_arena_clear(&bench->arena);
    if (mu_mutation_decode(mu_buf_view(&bench->bad), &bench->arena, &bench->mutation,
                           &bench->err) != MU_OK) {
        fail_msg("%s", bench->err.text);
    }
}

static void test_wire_mutation__refuses_too_many_operations(void **state)
{
    struct bench *bench = *state;
    make_mutation(bench, MU_INTENT_TASK_EDIT);

    put_operations(&bench->part, MU_OPS_MAX);
    assert_decodes(bench);
    put_operations(&bench->part, MU_OPS_MAX + 1);
    assert_operations_refused(bench, MU_E_LIMIT, "65 operations, at most 64 fit");
    make_mutation(bench, MU_INTENT_IMPORT);
    put_operations(&bench->part, MU_OPS_BULK_MAX);
    assert_decodes(bench);
    assert_int_equal(bench->mutation.intent.op_count, MU_OPS_BULK_MAX);
    put_operations(&bench->part, MU_OPS_BULK_MAX + 1);
    assert_operations_refused(bench, MU_E_LIMIT, "4097 operations, at most 4096 fit");
}

/* One operation with count cleared fields, from field first on. */
static void put_arguments(struct mu_buf *out, uint32_t first, size_t count)
{
    mu_buf_clear(out);
    put(out, 1);
    put(out, 4711);
    put_row(out);
    put(out, count);
    for (size_t i = 0; i < count; i++) {
        put(out, (first + i) << 1);
        put_value(out, mu_null());
    }
}

static void test_wire_mutation__refuses_too_many_arguments_and_a_field_twice(void **state)
{
    struct bench *bench = *state;
    make_mutation(bench, MU_INTENT_TASK_EDIT);

    put_arguments(&bench->part, 1, MU_ARGS_MAX);
    assert_decodes(bench);
    assert_int_equal(bench->mutation.intent.ops[0].arg_count, MU_ARGS_MAX);
    put_arguments(&bench->part, 1, MU_ARGS_MAX + 1);
    assert_operations_refused(bench, MU_E_LIMIT, "operation 1: it has 65 arguments");
    for (uint32_t field = 5; field <= 500; field += 495) {
        put_arguments(&bench->part, field, 2);
        struct mu_buf *part = &bench->part;
        size_t one = field == 5 ? 2 : 3; /* bytes of an argument */
        memcpy(part->data + part->len - one, part->data + part->len - 2 * one, one);
        assert_operations_refused(bench, MU_E_PROTOCOL, "stands twice");
    }
}

static void test_wire_mutation__refuses_a_value_that_does_not_fit_and_names_it(void **state)
{
    struct bench *bench = *state;
    static uint8_t long_text[MU_TEXT_MAX + 1];
    memset(long_text, 'x', sizeof long_text);
    const struct {
        uint32_t entity, field;
        struct mu_value value;
        enum mu_status status;
        const char *text;
    } values[] = {
        {MU_TASK, MU_TASK_TITLE, mu_bytes(mu_slice_of(long_text, MU_TEXT_MAX + 1)), MU_E_LIMIT,
         "operation 1: task.title has 65537 bytes"},
        {MU_TASK, MU_TASK_TITLE, mu_bytes(mu_slice_str("\xff")), MU_E_INVALID,
         "operation 1: task.title is not UTF-8"},
        {MU_TASK, MU_TASK_TITLE, mu_int(1), MU_E_INVALID, "operation 1: task.title is a number"},
        {MU_TASK, MU_TASK_STATE, mu_int(8), MU_E_INVALID, "operation 1: task.state is not one"},
        {MU_TASK, MU_TASK_DUE, mu_bytes(mu_slice_str("2026-02-30")), MU_E_INVALID, "operation 1"},
        {MU_TASK, MU_TASK_OWNER, mu_bytes(mu_slice_str("ana")), MU_E_INVALID,
         "operation 1: task.owner is not an id"},
        {MU_DEVICE, MU_DEVICE_SIGN_KEY, mu_bytes(mu_slice_of(long_text, 33)), MU_E_LIMIT,
         "operation 1: device.sign_key is too long"},
        {MU_TASK, MU_ARG_AFTER, mu_bytes(mu_slice_of(long_text, 15)), MU_E_INVALID,
         "operation 1: a neighbour is not an id"},
        {MU_TASK, MU_ARG_BEFORE, mu_null(), MU_E_INVALID, "operation 1: a neighbour is not an id"},
        {MU_TASK, MU_ARG_EXPECT, mu_null(), MU_E_INVALID, "operation 1: the state expected is not"},
    };
    make_mutation(bench, MU_INTENT_TASK_EDIT);

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        put_operation(&bench->part, values[i].entity, values[i].field, values[i].value);
        assert_operations_refused(bench, values[i].status, values[i].text);
    }
    /* The base of a text is checked as well. */
    put_operation(&bench->part, MU_TASK, MU_TASK_DESC, mu_null());
    bench->part.data[bench->part.len - 2] |= 1;
    put_value(&bench->part, mu_int(5));
    assert_operations_refused(bench, MU_E_INVALID, "operation 1: task.description is a number");
}

static void test_wire_mutation__writes_nothing_that_it_would_not_read(void **state)
{
    struct bench *bench = *state;
    struct mu_dice dice = {.state = 5};
    struct mu_mutation mutation = mu_wire_make_mutation(&dice, &bench->arena);
    static struct mu_op ops[MU_OPS_BULK_MAX + 1];
    static struct mu_arg args[MU_ARGS_MAX + 1];
    for (size_t i = 0; i < MU_OPS_BULK_MAX + 1; i++) {
        ops[i].entity = 4711;
    }
    for (uint32_t i = 0; i < MU_ARGS_MAX + 1; i++) {
        args[i].field = i + 1;
    }
    mutation.intent.ops = ops;

    mutation.intent.number = MU_INTENT_TASK_EDIT;
    mutation.intent.op_count = MU_OPS_MAX + 1;
    assert_int_equal(mu_mutation_encode(&mutation, &bench->arena, &bench->good), MU_E_LIMIT);
    mutation.intent.number = MU_INTENT_IMPORT;
    assert_int_equal(mu_mutation_encode(&mutation, &bench->arena, &bench->good), MU_OK);
    mu_buf_clear(&bench->good);
    mutation.intent.op_count = MU_OPS_BULK_MAX + 1;
    assert_int_equal(mu_mutation_encode(&mutation, &bench->arena, &bench->good), MU_E_LIMIT);
    mutation.intent.op_count = 1;
    ops[0] = (struct mu_op){.entity = 1, .args = args, .arg_count = MU_ARGS_MAX + 1};
    assert_int_equal(mu_mutation_encode(&mutation, &bench->arena, &bench->good), MU_E_LIMIT);
    ops[0].arg_count = 2;
    args[1].field = args[0].field;
    assert_int_equal(mu_mutation_encode(&mutation, &bench->arena, &bench->good), MU_E_INVALID);
    args[1].field = 0;
    assert_int_equal(mu_mutation_encode(&mutation, &bench->arena, &bench->good), MU_E_INVALID);
    ops[0].arg_count = 0;
    ops[0].entity = 0;
    assert_int_equal(mu_mutation_encode(&mutation, &bench->arena, &bench->good), MU_E_INVALID);
    assert_int_equal(bench->good.len, 0);
}

/* mu_op_arg() may go on where a decoded operation ends. */
static void test_wire_mutation__a_decoded_operation_takes_more_arguments(void **state)
{
    struct bench *bench = *state;
    make_mutation(bench, MU_INTENT_TASK_EDIT);
    put_arguments(&bench->part, 1, 5);
    assert_decodes(bench);
    struct mu_op *op = &bench->mutation.intent.ops[0];

    for (uint32_t i = 6; i <= MU_ARGS_MAX; i++) {
        assert_true(mu_op_arg(op, &bench->arena, i, mu_int(i)));
    }

    assert_int_equal(op->arg_count, MU_ARGS_MAX);
    assert_int_equal(mu_op_find(op, 5)->value.kind, MU_NULL);
    assert_int_equal(mu_op_find(op, 64)->value.number, 64);
}

/* ---- Changes */

/* Whole and applied, with effects. */
static struct mu_change make_change(struct bench *bench, enum mu_verdict verdict)
{
    for (uint64_t seed = 1;; seed++) {
        struct mu_dice dice = {.state = seed};
        mu_arena_clear(&bench->arena);
        struct mu_change change = mu_wire_make_change(&dice, &bench->arena);
        if (change.verdict == verdict &&
            (verdict == MU_REJECTED || (change.effect_count > 0 && change.effects[0].count > 0))) {
            mu_buf_clear(&bench->good);
            assert_int_equal(mu_change_encode(&change, &bench->arena, &bench->good), MU_OK);
            return change;
        }
    }
}

static void assert_change_refused(struct bench *bench, const struct mu_edit *edit,
                                  enum mu_status expected, const char *text)
{
    mu_buf_clear(&bench->bad);
    mu_wire_edit(mu_buf_view(&bench->good), edit, &bench->bad);
    mu_arena_clear(&bench->arena);
    bench->change.seq = 99;
    enum mu_status status =
        mu_change_decode(mu_buf_view(&bench->bad), &bench->arena, &bench->change, &bench->err);
    if (status != expected || strstr(bench->err.text, text) == NULL) {
        fail_msg("expected %s with '%s', got %s with '%s'", mu_status_text(expected), text,
                 mu_status_text(status), status == MU_OK ? "" : bench->err.text);
    }
    assert_int_equal(bench->change.seq, 99);
}

static void test_wire_change__refuses_each_bound_of_its_head(void **state)
{
    struct bench *bench = *state;
    static const struct refusal refusals[] = {
        {DROP(1), "change: seq is missing"},
        {NUMBER(1, (uint64_t)1 << 63), "change: seq is missing or out of range"},
        {DROP(2), "change: mutation is missing"},
        {BLOCK(2, MU_MUTATION_BYTES_MAX + 1), "change: mutation has 524289 bytes"},
        {BROKEN(2), "change: mutation is torn or lacks its head"},
        {DROP(3), "change: signature is not 64 bytes"},
        {BLOCK(3, 63), "change: signature is not 64 bytes"},
        {BLOCK(4, 15), "change: person is not 16 bytes"},
        {BLOCK(5, 17), "change: device is not 16 bytes"},
        {NUMBER(6, ZIGZAG_TOO_LATE), "change: at_ms is no time"},
        {NUMBER(7, ZIGZAG_TOO_LATE), "change: received_ms is no time"},
        {DROP(8), "change: verdict 0 is unknown"},
        {NUMBER(8, 5), "change: verdict 5 is unknown"},
        {NUMBER(8, MU_REPEATED), "change: verdict, code and effects disagree"},
        {NUMBER(8, MU_REJECTED), "change: verdict, code and effects disagree"},
        {NUMBER(9, MU_E_DENIED), "change: verdict, code and effects disagree"},
        {NUMBER(9, (uint64_t)1 << 32), "Change.code is out of range"},
        {BLOCK(10, MU_REASON_MAX + 1), "change: reason has 201 bytes, at most 200 fit"},
        {BROKEN(10), "change: reason is not UTF-8"},
        {TWICE(2), "Change.mutation stands twice"},
    };
    (void)make_change(bench, MU_APPLIED);

    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        assert_change_refused(bench, &refusals[i].edit, MU_E_PROTOCOL, refusals[i].text);
    }
    struct mu_edit huge = BLOCK(11, MU_MESSAGE_MAX);
    assert_change_refused(bench, &huge, MU_E_LIMIT, "at most 1047552 fit");
    (void)make_change(bench, MU_REJECTED);
    struct mu_edit no_code = DROP(9);
    assert_change_refused(bench, &no_code, MU_E_PROTOCOL, "verdict, code and effects disagree");
}

static void assert_effects_refused(struct bench *bench, enum mu_status expected, const char *text)
{
    struct mu_edit edit = {.kind = MU_EDIT_BYTES, .path = {EFFECTS}};
    edit.bytes = mu_buf_view(&bench->part);
    assert_change_refused(bench, &edit, expected, text);
}

/* One row with one cell. */
static void put_effect(struct mu_buf *out, uint32_t entity, uint32_t field, uint64_t seq,
                       struct mu_value value)
{
    mu_buf_clear(out);
    put(out, 1);
    put(out, entity);
    put_row(out);
    put(out, 1);
    put(out, field);
    put(out, seq);
    put_value(out, value);
}

static void test_wire_change__refuses_effects_that_are_torn(void **state)
{
    struct bench *bench = *state;
    struct mu_buf *part = &bench->part;
    (void)make_change(bench, MU_APPLIED);
    put_effect(part, MU_TASK, MU_TASK_STATE, 0, mu_int(3));
    size_t whole = part->len;

    for (part->len = 1; part->len < whole; part->len++) {
        assert_effects_refused(bench, MU_E_PROTOCOL, "torn");
    }
    part->len = whole;
    put(part, 0);
    assert_effects_refused(bench, MU_E_PROTOCOL, "bytes after the last effect");
    put_effect(part, 0, 1, 0, mu_null());
    assert_effects_refused(bench, MU_E_PROTOCOL, "effect 1: it is torn");
    put_effect(part, MU_TASK, 0, 0, mu_null());
    assert_effects_refused(bench, MU_E_PROTOCOL, "effect 1: it is torn");
    mu_buf_clear(part);
    put(part, UINT64_MAX);
    assert_effects_refused(bench, MU_E_PROTOCOL, "effects are torn");
}

static void test_wire_change__refuses_cells_that_do_not_fit_and_names_them(void **state)
{
    struct bench *bench = *state;
    (void)make_change(bench, MU_APPLIED);

    put_effect(&bench->part, MU_TASK, MU_TASK_STATE, 7, mu_int(3));
    assert_effects_refused(bench, MU_E_PROTOCOL, "effect 1: a cell has a seq of its own");
    put_effect(&bench->part, MU_TASK, MU_TASK_STATE, 0, mu_int(9));
    assert_effects_refused(bench, MU_E_INVALID, "effect 1: task.state is not one of its words");
    put_effect(&bench->part, MU_COMMENT, MU_COMMENT_TEXT, 0, mu_bytes(mu_slice_str("\xc3")));
    assert_effects_refused(bench, MU_E_INVALID, "effect 1: comment.text is not UTF-8");
}

static void test_wire_change__refuses_too_many_effects(void **state)
{
    struct bench *bench = *state;
    (void)make_change(bench, MU_APPLIED);

    mu_buf_clear(&bench->part);
    put(&bench->part, MU_EFFECTS_MAX + 1);
    for (size_t i = 0; i < MU_EFFECTS_MAX + 1; i++) {
        put(&bench->part, MU_TASK);
        put_row(&bench->part);
        put(&bench->part, 0);
    }

    assert_effects_refused(bench, MU_E_LIMIT, "16385 effects, at most 16384 fit");
}

static void test_wire_change__a_code_of_a_newer_server_is_a_refusal(void **state)
{
    struct bench *bench = *state;
    (void)make_change(bench, MU_REJECTED);
    struct mu_edit edit = NUMBER(9, 4000);
    mu_buf_clear(&bench->bad);
    mu_wire_edit(mu_buf_view(&bench->good), &edit, &bench->bad);

    assert_int_equal(
        mu_change_decode(mu_buf_view(&bench->bad), &bench->arena, &bench->change, &bench->err),
        MU_OK);
    assert_int_equal(bench->change.code, MU_E_INVALID);
}

static void test_wire_change__writes_nothing_that_it_would_not_read(void **state)
{
    struct bench *bench = *state;
    struct mu_change good = make_change(bench, MU_APPLIED);
    static struct mu_row rows[MU_EFFECTS_MAX + 1];
    mu_buf_clear(&bench->good);

    for (size_t i = 0; i < 9; i++) {
        struct mu_change change = good;
        enum mu_status expected = MU_E_INVALID;
        change.seq = i == 0 ? 0 : change.seq;
        change.mutation_id.bytes[0] ^= i == 1;
        change.replica.bytes[15] ^= i == 2;
        change.number += i == 3;
        change.intent += i == 4;
        change.code = i == 5 ? MU_E_DENIED : change.code;
        change.verdict = i == 6 ? MU_REJECTED : change.verdict;
        change.mutation.len = i == 7 ? 20 : change.mutation.len;
        if (i == 8) {
            change.effects = rows;
            change.effect_count = MU_EFFECTS_MAX + 1;
            expected = MU_E_LIMIT;
        }
        assert_int_equal(mu_change_encode(&change, &bench->arena, &bench->good), expected);
        assert_int_equal(bench->good.len, 0);
    }
}

/* A mutation and effects that are each within their bounds may not be so together; the server
 * must learn it before it says yes. */
static void test_wire_change__refuses_to_grow_past_a_message(void **state)
{
    struct bench *bench = *state;
    struct mu_change change = make_change(bench, MU_APPLIED);
    static uint8_t text[MU_TEXT_MAX];
    memset(text, 'x', sizeof text);
    struct mu_row rows[16];
    for (size_t i = 0; i < 16; i++) {
        rows[i] = (struct mu_row){.entity = MU_TASK};
        assert_int_equal(mu_row_set(&rows[i], &bench->arena, MU_TASK_TITLE,
                                    mu_bytes(mu_slice_of(text, sizeof text)), 0),
                         MU_OK);
    }
    change.effects = rows;
    mu_buf_clear(&bench->good);

    change.effect_count = 15;
    assert_int_equal(mu_change_encode(&change, &bench->arena, &bench->good), MU_OK);
    change.effect_count = 16;
    mu_buf_clear(&bench->good);
    assert_int_equal(mu_change_encode(&change, &bench->arena, &bench->good), MU_E_LIMIT);
    assert_int_equal(bench->good.len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wire_mutation__refuses_each_bound_of_its_head),
        TEST(test_wire_mutation__refuses_operations_that_are_torn),
        TEST(test_wire_mutation__refuses_too_many_operations),
        TEST(test_wire_mutation__refuses_too_many_arguments_and_a_field_twice),
        TEST(test_wire_mutation__refuses_a_value_that_does_not_fit_and_names_it),
        TEST(test_wire_mutation__writes_nothing_that_it_would_not_read),
        TEST(test_wire_mutation__a_decoded_operation_takes_more_arguments),
        TEST(test_wire_change__refuses_each_bound_of_its_head),
        TEST(test_wire_change__refuses_effects_that_are_torn),
        TEST(test_wire_change__refuses_cells_that_do_not_fit_and_names_them),
        TEST(test_wire_change__refuses_too_many_effects),
        TEST(test_wire_change__a_code_of_a_newer_server_is_a_refusal),
        TEST(test_wire_change__writes_nothing_that_it_would_not_read),
        TEST(test_wire_change__refuses_to_grow_past_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
