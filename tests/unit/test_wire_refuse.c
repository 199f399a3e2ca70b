/* Every bound of a message, broken alone: the decoder refuses and says what is wrong. */
#include "tests/harness/cmocka.h"

#include <stdlib.h>

#include "common/wire/message.h"
#include "tests/harness/wire_edit.h"
#include "tests/harness/wire_make.h"

#define ARENA_MAX ((size_t)8 * 1024 * 1024)

struct refusal {
    enum mu_message_kind kind; /* its field number is the first of the path */
    struct mu_edit edit;       /* path without that */
    const char *text;          /* somewhere in the error */
};

#define DROP(...)                                     \
    {                                                 \
        .kind = MU_EDIT_DROP, .path = { __VA_ARGS__ } \
    }
#define NUMBER(n, ...)                                               \
    {                                                                \
        .kind = MU_EDIT_NUMBER, .path = {__VA_ARGS__}, .number = (n) \
    }
#define BLOCK(len, ...)                                                           \
    {                                                                             \
        .kind = MU_EDIT_BLOCK, .path = {__VA_ARGS__}, .count = (len), .fill = 'x' \
    }
#define BROKEN(...)                                                            \
    {                                                                          \
        .kind = MU_EDIT_BLOCK, .path = {__VA_ARGS__}, .count = 2, .fill = 0xff \
    }
#define NULS(...)                                                           \
    {                                                                       \
        .kind = MU_EDIT_BLOCK, .path = {__VA_ARGS__}, .count = 1, .fill = 0 \
    }
#define ZEROS(len, ...)                                                         \
    {                                                                           \
        .kind = MU_EDIT_BLOCK, .path = {__VA_ARGS__}, .count = (len), .fill = 0 \
    }
#define TIMES(n, ...)                                              \
    {                                                              \
        .kind = MU_EDIT_TIMES, .path = {__VA_ARGS__}, .count = (n) \
    }

#define ZIGZAG_TOO_LATE (((uint64_t)1 << 54) + 2) /* 2^53 + 1 ms */

static const struct refusal refusals[] = {
    {MU_MSG_HELLO, DROP(1), "HELLO: protocol range 0 to"},
    {MU_MSG_HELLO, NUMBER(99, 1), "HELLO: protocol range 99 to"},
    {MU_MSG_HELLO, NUMBER((uint64_t)1 << 32, 3), "Hello.schema is out of range"},
    {MU_MSG_HELLO, DROP(5), "HELLO: workspace is missing"},
    {MU_MSG_HELLO, BLOCK(15, 5), "HELLO: workspace is not 16 bytes"},
    {MU_MSG_HELLO, NUMBER(3, 5), "Hello.workspace has the wrong form"},
    {MU_MSG_HELLO, DROP(6), "HELLO: device is missing"},
    {MU_MSG_HELLO, BLOCK(17, 6), "HELLO: device is not 16 bytes"},
    {MU_MSG_HELLO, ZEROS(16, 6), "HELLO: device is missing"},
    {MU_MSG_HELLO, DROP(7), "HELLO: replica is missing"},
    {MU_MSG_HELLO, BLOCK(15, 8), "HELLO: boot_nonce is not 16 bytes"},
    {MU_MSG_HELLO, BLOCK(17, 10), "HELLO: incarnation is not 16 bytes"},
    {MU_MSG_HELLO, BLOCK(1, 11), "Hello.cursor has the wrong form"},
    {MU_MSG_HELLO, BLOCK(31, 12), "HELLO: chain is not 32 bytes"},
    {MU_MSG_HELLO, BLOCK(33, 14), "HELLO: last_hash is not 32 bytes"},
    {MU_MSG_HELLO, BLOCK(0, 16), "HELLO: acked_hash is not 32 bytes"},
    {MU_MSG_HELLO, TIMES(65, 17), "Hello.former stands more than 64 times"},
    {MU_MSG_HELLO, DROP(17, 1), "HELLO: replica is missing"},
    {MU_MSG_HELLO, BLOCK(31, 17, 3), "HELLO: last_hash is not 32 bytes"},
    {MU_MSG_HELLO, NUMBER(ZIGZAG_TOO_LATE, 19), "HELLO: client_ms is no time"},
    {MU_MSG_HELLO, NUMBER(ZIGZAG_TOO_LATE - 1, 19), "HELLO: client_ms is no time"},
    {MU_MSG_HELLO, TIMES(2, 13), "Hello.last_number stands twice"},

    {MU_MSG_WELCOME, DROP(1), "WELCOME: verdict 0 is unknown"},
    {MU_MSG_WELCOME, NUMBER(7, 1), "WELCOME: verdict 7 is unknown"},
    {MU_MSG_WELCOME, NUMBER((uint64_t)1 << 31, 1), "Welcome.verdict is out of range"},
    {MU_MSG_WELCOME, BLOCK(15, 3), "WELCOME: session is not 16 bytes"},
    {MU_MSG_WELCOME, BLOCK(15, 4), "WELCOME: incarnation is not 16 bytes"},
    {MU_MSG_WELCOME, BLOCK(15, 5), "WELCOME: parent_incarnation is not 16 bytes"},
    {MU_MSG_WELCOME, BLOCK(31, 11), "WELCOME: last_hash is not 32 bytes"},
    {MU_MSG_WELCOME, TIMES(65, 12), "Welcome.former stands more than 64 times"},
    {MU_MSG_WELCOME, NUMBER(ZIGZAG_TOO_LATE, 13), "WELCOME: server_ms is no time"},
    {MU_MSG_WELCOME, TIMES(513, 15), "Welcome.key stands more than 512 times"},
    {MU_MSG_WELCOME, DROP(15, 1), "WELCOME: a key without its epoch"},
    {MU_MSG_WELCOME, DROP(15, 2), "WELCOME: wrapped is missing"},
    {MU_MSG_WELCOME, BLOCK(257, 15, 2), "WELCOME: wrapped has 257 bytes, at most 256 fit"},
    {MU_MSG_WELCOME, BLOCK(31, 16), "WELCOME: server_sign is not 32 bytes"},
    {MU_MSG_WELCOME, DROP(16), "WELCOME: server_sign is not 32 bytes"},
    {MU_MSG_WELCOME, DROP(17), "WELCOME: server_box is not 32 bytes"},
    {MU_MSG_WELCOME, BLOCK(513, 18), "WELCOME: reason has 513 bytes, at most 512 fit"},
    {MU_MSG_WELCOME, BROKEN(18), "WELCOME: reason is not UTF-8"},
    {MU_MSG_WELCOME, NULS(18), "WELCOME: reason is not UTF-8"},

    {MU_MSG_PUSH, DROP(1), "PUSH: no mutation in it"},
    {MU_MSG_PUSH, TIMES(65, 1), "Push.item stands more than 64 times"},
    {MU_MSG_PUSH, DROP(1, 1), "PUSH: item 1: mutation is missing"},
    {MU_MSG_PUSH, BLOCK(512 * 1024 + 1, 1, 1), "PUSH: item 1: mutation has 524289 bytes"},
    {MU_MSG_PUSH, BLOCK(63, 1, 2), "PUSH: item 1: signature is not 64 bytes"},

    {MU_MSG_PUSHACK, TIMES(65, 1), "PushAck.item stands more than 64 times"},
    {MU_MSG_PUSHACK, DROP(1, 1), "PUSHACK: item 1: kind 0 is unknown"},
    {MU_MSG_PUSHACK, NUMBER(9, 1, 1), "PUSHACK: item 1: kind 9 is unknown"},
    {MU_MSG_PUSHACK, BLOCK(17, 1, 2), "PUSHACK: item 1: mutation is not 16 bytes"},
    {MU_MSG_PUSHACK, BLOCK(513, 1, 8), "PUSHACK: item 1: reason has 513 bytes"},
    {MU_MSG_PUSHACK, BROKEN(1, 8), "PUSHACK: item 1: reason is not UTF-8"},

    {MU_MSG_CREDIT, TIMES(2, 1), "Credit.bytes stands twice"},

    {MU_MSG_CHANGES, DROP(1), "CHANGES: seq_first is out of range"},
    {MU_MSG_CHANGES, NUMBER((uint64_t)1 << 63, 1), "CHANGES: seq_first is out of range"},
    {MU_MSG_CHANGES, NUMBER(UINT64_MAX, 1), "CHANGES: seq_first is out of range"},
    {MU_MSG_CHANGES, DROP(2), "CHANGES: no change in it"},
    {MU_MSG_CHANGES, TIMES(1025, 2), "Changes.sealed stands more than 1024 times"},
    {MU_MSG_CHANGES, BLOCK(0, 2), "CHANGES: sealed 1 is empty"},

    {MU_MSG_BEACON, DROP(1), "BEACON: incarnation is missing"},
    {MU_MSG_BEACON, BLOCK(31, 4), "BEACON: digest_root is not 32 bytes"},
    {MU_MSG_BEACON, BLOCK(33, 5), "BEACON: chain is not 32 bytes"},
    {MU_MSG_BEACON, NUMBER(ZIGZAG_TOO_LATE, 7), "BEACON: server_ms is no time"},
    {MU_MSG_BEACON, BLOCK(65, 8), "BEACON: signature is not 64 bytes"},
    {MU_MSG_BEACON, DROP(8), "BEACON: signature is not 64 bytes"},

    {MU_MSG_XFER_REQ, BLOCK(8191, 1), "XFER_REQ: buckets is not 8192 bytes"},
    {MU_MSG_XFER_REQ, DROP(1), "XFER_REQ: buckets is not 8192 bytes"},

    {MU_MSG_XFER_BEGIN, DROP(1), "XFER_BEGIN: transfer is missing"},
    {MU_MSG_XFER_BEGIN, DROP(2), "XFER_BEGIN: incarnation is missing"},
    {MU_MSG_XFER_BEGIN, BLOCK(31, 4), "XFER_BEGIN: chain is not 32 bytes"},
    {MU_MSG_XFER_BEGIN, BLOCK(31, 5), "XFER_BEGIN: digest_root is not 32 bytes"},
    {MU_MSG_XFER_BEGIN, BLOCK(33, 6), "XFER_BEGIN: buckets is not 32 bytes"},

    {MU_MSG_XFER_CHUNK, DROP(1), "XFER_CHUNK: transfer is missing"},
    {MU_MSG_XFER_CHUNK, NUMBER(256, 2), "XFER_CHUNK: bucket 256 of 256"},
    {MU_MSG_XFER_CHUNK, NUMBER(2, 4), "XferChunk.last is out of range"},
    {MU_MSG_XFER_CHUNK, DROP(5), "XFER_CHUNK: sealed is missing"},
    {MU_MSG_XFER_CHUNK, BLOCK(257 * 1024 + 1, 5), "XFER_CHUNK: sealed has 263169 bytes"},

    {MU_MSG_XFER_END, DROP(1), "XFER_END: transfer is missing"},

    {MU_MSG_LINKS_REQ, DROP(1), "LINKS_REQ: first is out of range"},
    {MU_MSG_LINKS_REQ, NUMBER(UINT64_MAX, 1), "LINKS_REQ: first is out of range"},
    {MU_MSG_LINKS, DROP(1), "LINKS: first is out of range"},
    {MU_MSG_LINKS, BLOCK(33, 2), "LINKS: hashes has 33 bytes"},
    {MU_MSG_LINKS, BLOCK(4097 * 32, 2), "LINKS: hashes has 131104 bytes"},
    {MU_MSG_LINKS, BLOCK(0, 3), "LINKS: sealed 1 is empty"},
    {MU_MSG_LINKS, TIMES(257, 3), "Links.sealed stands more than 256 times"},

    {MU_MSG_KEYS, TIMES(513, 1), "Keys.key stands more than 512 times"},
    {MU_MSG_KEYS, DROP(1, 1), "KEYS: a key without its epoch"},
    {MU_MSG_KEYS, BLOCK(257, 1, 2), "KEYS: wrapped has 257 bytes"},

    {MU_MSG_ENROL, DROP(1), "ENROL: protocol range 0 to"},
    {MU_MSG_ENROL, DROP(3), "ENROL: mutation is missing"},
    {MU_MSG_ENROL, DROP(3, 1), "ENROL: mutation is missing"},
    {MU_MSG_ENROL, BLOCK(63, 3, 2), "ENROL: signature is not 64 bytes"},

    {MU_MSG_ENROLLED, DROP(2), "ENROLLED: device is missing"},
    {MU_MSG_ENROLLED, DROP(3), "ENROLLED: person is missing"},
    {MU_MSG_ENROLLED, BLOCK(65, 4), "ENROLLED: handle has 65 bytes"},
    {MU_MSG_ENROLLED, BROKEN(4), "ENROLLED: handle is not UTF-8"},
    {MU_MSG_ENROLLED, BLOCK(1025, 5), "ENROLLED: team has 1025 bytes"},
    {MU_MSG_ENROLLED, NULS(5), "ENROLLED: team is not UTF-8"},
    {MU_MSG_ENROLLED, BLOCK(31, 6), "ENROLLED: server_sign is not 32 bytes"},
    {MU_MSG_ENROLLED, DROP(7), "ENROLLED: server_box is not 32 bytes"},
    {MU_MSG_ENROLLED, BLOCK(513, 9), "ENROLLED: reason has 513 bytes"},

    {MU_MSG_ERROR, BLOCK(513, 2), "ERROR: text has 513 bytes"},
    {MU_MSG_ERROR, BROKEN(2), "ERROR: text is not UTF-8"},
    {MU_MSG_ERROR, NUMBER(2, 3), "Error.fatal is out of range"},
    {MU_MSG_BYE, BROKEN(2), "BYE: text is not UTF-8"},
};

struct bench {
    struct mu_arena arena;
    struct mu_buf good;
    struct mu_buf bad;
    struct mu_error err;
    struct mu_message message;
};

static int bench_open(void **state)
{
    static struct bench bench;
    mu_arena_init(&bench.arena, ARENA_MAX);
    mu_buf_init(&bench.good, MU_MESSAGE_MAX);
    mu_buf_init(&bench.bad, 2 * MU_MESSAGE_MAX);
    *state = &bench;
    return 0;
}

static int bench_close(void **state)
{
    struct bench *bench = *state;
    mu_arena_deinit(&bench->arena);
    mu_buf_deinit(&bench->good);
    mu_buf_deinit(&bench->bad);
    return 0;
}

/* Whole and with everything in it that a refusal may want to break. */
static void make_full(struct bench *bench, enum mu_message_kind kind)
{
    for (uint64_t seed = 1;; seed++) {
        struct mu_dice dice = {.state = seed};
        mu_arena_clear(&bench->arena);
        struct mu_message message = mu_wire_make_message(kind, &dice, &bench->arena);
        bool full =
            (kind != MU_MSG_HELLO || (message.hello.former_count > 0 && message.hello.epoch > 0)) &&
            (kind != MU_MSG_WELCOME ||
             (message.welcome.former_count > 0 && message.welcome.key_count > 0 &&
              message.welcome.verdict == MU_WELCOME_OK)) &&
            (kind != MU_MSG_KEYS || message.keys.key_count > 0) &&
            (kind != MU_MSG_ENROLLED || message.enrolled.accepted);
        if (full) {
            mu_buf_clear(&bench->good);
            assert_int_equal(mu_message_encode(&message, &bench->arena, &bench->good), MU_OK);
            return;
        }
    }
}

static enum mu_status decode(struct bench *bench, struct mu_slice bytes)
{
    mu_arena_clear(&bench->arena);
    bench->err = (struct mu_error){0};
    bench->message.kind = 0;
    return mu_message_decode(bytes, &bench->arena, &bench->message, &bench->err);
}

static void assert_refused(struct bench *bench, struct mu_slice bytes, enum mu_status expected,
                           const char *text)
{
    enum mu_status status = decode(bench, bytes);
    if (status != expected || strstr(bench->err.text, text) == NULL) {
        fail_msg("expected %s with '%s', got %s with '%s'", mu_status_text(expected), text,
                 mu_status_text(status), status == MU_OK ? "" : bench->err.text);
    }
    assert_int_equal(bench->err.status, expected);
    assert_int_equal(bench->message.kind, 0); /* nothing was handed out */
}

static void test_wire_refuse__each_bound_of_each_message(void **state)
{
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *refusal = &refusals[i];
        make_full(bench, refusal->kind);
        assert_int_equal(decode(bench, mu_buf_view(&bench->good)), MU_OK);
        struct mu_edit edit = refusal->edit;
        edit.path[2] = edit.path[1];
        edit.path[1] = edit.path[0];
        edit.path[0] = (uint32_t)refusal->kind;
        mu_buf_clear(&bench->bad);
        mu_wire_edit(mu_buf_view(&bench->good), &edit, &bench->bad);
        assert_refused(bench, mu_buf_view(&bench->bad), MU_E_PROTOCOL, refusal->text);
    }
}

static void test_wire_refuse__no_kind_two_kinds_and_a_newer_kind(void **state)
{
    struct bench *bench = *state;

    assert_refused(bench, (struct mu_slice){0}, MU_E_PROTOCOL, "a message of no kind");
    mu_buf_clear(&bench->bad);
    mu_wire_put_number(&bench->bad, 100, 7);
    assert_refused(bench, mu_buf_view(&bench->bad), MU_E_PROTOCOL, "a message of no kind");
    mu_buf_clear(&bench->bad);
    mu_wire_put_block(&bench->bad, 50, mu_slice_str("?"));
    assert_refused(bench, mu_buf_view(&bench->bad), MU_E_VERSION, "message kind 50 is unknown");
    mu_buf_clear(&bench->bad);
    mu_wire_put_block(&bench->bad, MU_MSG_PING, (struct mu_slice){0});
    mu_wire_put_block(&bench->bad, MU_MSG_BYE, (struct mu_slice){0});
    assert_refused(bench, mu_buf_view(&bench->bad), MU_E_PROTOCOL, "stands beside another kind");
}

static void test_wire_refuse__what_is_not_protobuf(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *bytes;
        size_t len;
    } torn[] = {
        {"\xa8\x06", 2},   /* a tag without its number */
        {"\x00\x01", 2},   /* field 0 */
        {"\xab\x06", 2},   /* a group begins */
        {"\xac\x06", 2},   /* a group ends */
        {"\x7a\x05zz", 4}, /* a block longer than what is there */
        {"\x7a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11}, /* of 2^64 - 1 bytes */
        {"\x7a\x80\x00", 3},                                  /* a padded length */
        {"\xf8\xff\xff\xff\x7f\x00", 6},                      /* a field number past 2^29 */
        {"\xaf\x06", 2},                                      /* wire type 7 */
        {"\xa1\x06z", 3}, /* eight bytes of which one is there */
    };

    for (size_t i = 0; i < sizeof torn / sizeof torn[0]; i++) {
        assert_refused(bench, mu_slice_of(torn[i].bytes, torn[i].len), MU_E_PROTOCOL,
                       "Message is torn or not protobuf");
    }
    /* A block inside that ends beyond the message around it. */
    assert_refused(bench, mu_slice_of("\x2a\x03\xa2\x01\x02\x7a\x00", 7), MU_E_PROTOCOL,
                   "Credit is torn");
}

static void test_wire_refuse__a_message_past_the_limit(void **state)
{
    struct bench *bench = *state;
    uint8_t *bytes = calloc(1, MU_MESSAGE_MAX + 1);
    assert_non_null(bytes);

    assert_refused(bench, mu_slice_of(bytes, MU_MESSAGE_MAX + 1), MU_E_PROTOCOL,
                   "a message of 1048577 bytes, at most 1048576 fit");

    free(bytes);
}

static void test_wire_refuse__a_push_of_too_many_bytes(void **state)
{
    struct bench *bench = *state;
    static uint8_t zeros[400 * 1024];
    struct mu_pushed items[2] = {
        {.bytes = mu_slice_of(zeros, sizeof zeros), .signature = mu_slice_of(zeros, 64)},
        {.bytes = mu_slice_of(zeros, sizeof zeros), .signature = mu_slice_of(zeros, 64)},
    };
    struct mu_message push = {.kind = MU_MSG_PUSH, .push = {.items = items, .count = 1}};
    mu_buf_clear(&bench->good);
    assert_int_equal(mu_message_encode(&push, &bench->arena, &bench->good), MU_OK);
    struct mu_edit twice = TIMES(2, MU_MSG_PUSH, 1);

    mu_buf_clear(&bench->bad);
    mu_wire_edit(mu_buf_view(&bench->good), &twice, &bench->bad);

    assert_refused(bench, mu_buf_view(&bench->bad), MU_E_PROTOCOL,
                   "PUSH: mutations of 819200 bytes, at most 786432 fit");
    push.push.count = 2;
    assert_int_equal(mu_message_encode(&push, &bench->arena, &bench->good), MU_E_LIMIT);
}

/* protobuf-c alone takes 52 MB for this. */
static void test_wire_refuse__bytes_that_would_grow_in_memory(void **state)
{
    struct bench *bench = *state;
    MU_BUF_AUTO struct mu_buf inside;
    mu_buf_init(&inside, MU_MESSAGE_MAX);

    while (inside.len < MU_MESSAGE_MAX - 16) {
        mu_wire_put_block(&inside, 1, (struct mu_slice){0});
    }
    mu_buf_clear(&bench->bad);
    mu_wire_put_block(&bench->bad, MU_MSG_PUSH, mu_buf_view(&inside));
    assert_refused(bench, mu_buf_view(&bench->bad), MU_E_PROTOCOL, "Push.item stands more than");
    assert_int_equal(bench->arena.used, 0);

    mu_buf_clear(&inside);
    while (inside.len < MU_MESSAGE_MAX - 16) {
        mu_wire_put_number(&inside, 90, 0);
    }
    mu_buf_clear(&bench->bad);
    mu_wire_put_block(&bench->bad, MU_MSG_PING, mu_buf_view(&inside));
    assert_refused(bench, mu_buf_view(&bench->bad), MU_E_PROTOCOL,
                   "Ping has more than 64 unknown fields");
    assert_int_equal(bench->arena.used, 0);
}

static void test_wire_refuse__unknown_fields_are_passed_over(void **state)
{
    struct bench *bench = *state;
    MU_BUF_AUTO struct mu_buf inside;
    mu_buf_init(&inside, 1000);
    mu_wire_put_number(&inside, 1, 5);
    mu_wire_put_number(&inside, 2, 6);
    mu_wire_put_block(&inside, 77, mu_slice_str("from the future"));
    mu_buf_clear(&bench->bad);
    mu_wire_put_block(&bench->bad, MU_MSG_CREDIT, mu_buf_view(&inside));
    mu_wire_put_number(&bench->bad, 101, 1);

    enum mu_status status = decode(bench, mu_buf_view(&bench->bad));

    assert_int_equal(status, MU_OK);
    assert_int_equal(bench->message.kind, MU_MSG_CREDIT);
    assert_int_equal(bench->message.credit.bytes, 5);
}

static void test_wire_refuse__credit_is_cut_to_its_most(void **state)
{
    struct bench *bench = *state;
    struct mu_message credit = {.kind = MU_MSG_CREDIT, .credit = {.bytes = UINT64_MAX}};
    mu_buf_clear(&bench->good);
    assert_int_equal(mu_message_encode(&credit, &bench->arena, &bench->good), MU_OK);

    enum mu_status status = decode(bench, mu_buf_view(&bench->good));

    assert_int_equal(status, MU_OK);
    assert_int_equal(bench->message.credit.bytes, MU_CREDIT_MAX);
}

/* Texts of errors are cut to fit a buffer, perhaps in the middle of a character. */
static void test_wire_refuse__a_cut_reason_still_makes_a_message(void **state)
{
    struct bench *bench = *state;
    char text[MU_LINE_MAX + 10];
    memset(text, 'a', sizeof text);
    memcpy(text + MU_LINE_MAX - 1, "\xc3\xb6", 2);
    struct mu_message error = {.kind = MU_MSG_ERROR, .error = {.code = 7}};
    static const struct {
        size_t from, len, kept;
    } cuts[] = {{0, MU_LINE_MAX + 10, MU_LINE_MAX - 1}, {MU_LINE_MAX - 3, 3, 2}};

    for (size_t i = 0; i < 2; i++) {
        error.error.text = mu_slice_of(text + cuts[i].from, cuts[i].len);
        mu_buf_clear(&bench->good);
        assert_int_equal(mu_message_encode(&error, &bench->arena, &bench->good), MU_OK);
        assert_int_equal(decode(bench, mu_buf_view(&bench->good)), MU_OK);
        assert_int_equal(bench->message.error.text.len, cuts[i].kept);
    }
    error.error.text = mu_slice_of("two\0halves", 10);
    mu_buf_clear(&bench->good);
    assert_int_equal(mu_message_encode(&error, &bench->arena, &bench->good), MU_OK);
    assert_int_equal(decode(bench, mu_buf_view(&bench->good)), MU_OK);
    assert_int_equal(bench->message.error.text.len, 3);
}

static void test_wire_refuse__to_write_what_nobody_would_read(void **state)
{
    struct bench *bench = *state;
    static struct mu_slice sealed[MU_CHANGES_COUNT_MAX + 1];
    static struct mu_ack acks[MU_PUSH_COUNT_MAX + 1];
    static struct mu_pushed items[MU_PUSH_COUNT_MAX + 1];
    static struct mu_former former[MU_FORMER_MAX + 1];
    static struct mu_wrapped_key keys[MU_EPOCH_KEYS_MAX + 1];
    static uint8_t bytes[MU_MUTATION_BYTES_MAX + 1];
    static const struct mu_pushed large = {.bytes = {bytes, sizeof bytes}};
    const struct mu_message messages[] = {
        {.kind = MU_MSG_CHANGES, .changes = {.sealed = sealed, .count = MU_CHANGES_COUNT_MAX + 1}},
        {.kind = MU_MSG_PUSHACK, .pushack = {.items = acks, .count = MU_PUSH_COUNT_MAX + 1}},
        {.kind = MU_MSG_PUSH, .push = {.items = items, .count = MU_PUSH_COUNT_MAX + 1}},
        {.kind = MU_MSG_HELLO, .hello = {.former = former, .former_count = MU_FORMER_MAX + 1}},
        {.kind = MU_MSG_KEYS, .keys = {.keys = keys, .key_count = MU_EPOCH_KEYS_MAX + 1}},
        {.kind = MU_MSG_ENROL, .enrol = {.mutation = large}},
        {.kind = MU_MSG_XFER_CHUNK, .xfer_chunk = {.sealed = {bytes, MU_CHUNK_SEALED_MAX + 1}}},
    };

    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        mu_buf_clear(&bench->good);
        assert_int_equal(mu_message_encode(&messages[i], &bench->arena, &bench->good), MU_E_LIMIT);
        assert_int_equal(bench->good.len, 0);
    }
}

static void test_wire_refuse__a_beacon_signs_every_field(void **state)
{
    (void)state;
    struct mu_msg_beacon beacon = {.head = 1, .safe_seq = 2, .epoch = 3, .server_ms = 4};
    struct mu_id workspace = {{1}};
    MU_BUF_AUTO struct mu_buf first;
    MU_BUF_AUTO struct mu_buf other;
    mu_buf_init(&first, 1000);
    mu_buf_init(&other, 1000);
    assert_int_equal(mu_beacon_signed_bytes(&beacon, workspace, &first), MU_OK);

    for (size_t i = 0; i < 8; i++) {
        struct mu_msg_beacon changed = beacon;
        struct mu_id elsewhere = workspace;
        elsewhere.bytes[15] ^= i == 0;
        changed.incarnation.bytes[0] ^= i == 1;
        changed.head += i == 2;
        changed.safe_seq += i == 3;
        changed.digest_root.bytes[31] ^= i == 4;
        changed.chain.bytes[0] ^= i == 5;
        changed.epoch += i == 6;
        changed.server_ms = i == 7 ? -4 : 4;
        mu_buf_clear(&other);
        assert_int_equal(mu_beacon_signed_bytes(&changed, elsewhere, &other), MU_OK);
        assert_false(mu_slice_equal(mu_buf_view(&first), mu_buf_view(&other)));
    }
    MU_BUF_AUTO struct mu_buf small;
    mu_buf_init(&small, first.len - 1);
    assert_int_equal(mu_beacon_signed_bytes(&beacon, workspace, &small), MU_E_LIMIT);
    assert_int_equal(small.len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wire_refuse__each_bound_of_each_message),
        TEST(test_wire_refuse__no_kind_two_kinds_and_a_newer_kind),
        TEST(test_wire_refuse__what_is_not_protobuf),
        TEST(test_wire_refuse__a_message_past_the_limit),
        TEST(test_wire_refuse__a_push_of_too_many_bytes),
        TEST(test_wire_refuse__bytes_that_would_grow_in_memory),
        TEST(test_wire_refuse__unknown_fields_are_passed_over),
        TEST(test_wire_refuse__credit_is_cut_to_its_most),
        TEST(test_wire_refuse__a_cut_reason_still_makes_a_message),
        TEST(test_wire_refuse__to_write_what_nobody_would_read),
        cmocka_unit_test(test_wire_refuse__a_beacon_signs_every_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
