/* The door: who has no key stays out, who is cut is cut at once, who goes is told, and nobody can
 * pass for somebody else.  Real sockets of libzmq, with a core that only knows two keys. */
#include "tests/harness/cmocka.h"

#include <errno.h>
#include <sys/socket.h>
#include <zmq.h>

#include "client/shell/dealer.h"
#include "common/seal/secret.h"
#include "server/shell/clock.h"
#include "server/shell/gate.h"

static uint8_t known_key[32];
static uint8_t busy_key[32];

/* The core's word on who may come in. */
enum mu_admission mu_server_admit(struct mu_server *server, const uint8_t curve_key[static 32],
                                  struct mu_wall now)
{
    (void)server;
    (void)now;
    if (memcmp(curve_key, known_key, 32) == 0) {
        return MU_ADMIT_DEVICE;
    }
    return memcmp(curve_key, busy_key, 32) == 0 ? MU_REFUSE_TEMPORARY : MU_REFUSE_FINAL;
}

static struct mu_gate gate;
static struct mu_sink sink;
static struct mu_batch batch;
static void *context;
static struct mu_device_keys server_keys;
/* Closed at the end whatever a test comes to, or libzmq would wait for them for ever. */
static struct mu_dealer dealers[2];
static void *raw;

static void make_keys(uint8_t seed_byte, struct mu_device_keys *out)
{
    uint8_t seed[MU_SEED_LEN];
    memset(seed, seed_byte, sizeof seed);
    mu_device_keys_make(seed, out);
}

static int open_gate(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_device_keys member;
    make_keys(1, &server_keys);
    make_keys(2, &member);
    memcpy(known_key, member.public.curve, 32);
    make_keys(3, &member);
    memcpy(busy_key, member.public.curve, 32);
    mu_sink_init(&sink);
    sink.tokens = 0; /* silent */
    context = zmq_ctx_new();
    return context != NULL &&
                   mu_gate_open(&gate, "tcp://127.0.0.1:*", &server_keys, 100, &sink, &err) == MU_OK
               ? 0
               : -1;
}

static int close_gate(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        mu_dealer_close(&dealers[i], 0);
    }
    if (raw != NULL) {
        (void)zmq_close(raw);
        raw = NULL;
    }
    mu_batch_clear(&batch);
    mu_gate_close(&gate);
    return zmq_ctx_term(context);
}

static void connect_as(struct mu_dealer *dealer, uint8_t seed_byte, const uint8_t *server_key)
{
    struct mu_device_keys keys;
    struct mu_error err;
    make_keys(seed_byte, &keys);
    const struct mu_dealer_options options = {.endpoint = gate.endpoint,
                                              .server_key = server_key,
                                              .public_key = keys.public.curve,
                                              .secret_key = keys.curve_secret};
    assert_int_equal(mu_dealer_open(dealer, context, &options, mu_clock_mono(), &err), MU_OK);
}

#define ROUNDS 20 /* of up to a second each, when nothing comes */

/* One round of the server's loop, without a core; it wakes for the gate alone. */
static void serve(void)
{
    zmq_pollitem_t items[MU_GATE_POLL_COUNT];
    mu_gate_poll_items(&gate, items);
    (void)zmq_poll(items, MU_GATE_POLL_COUNT, 1000);
    mu_gate_admit(&gate, NULL);
    mu_batch_clear(&batch);
    (void)mu_gate_receive(&gate, &batch);
}

/* The server answers while the dealer waits for what is to come of it. */
static enum mu_dealer_event serve_until_event(struct mu_dealer *dealer)
{
    enum mu_dealer_event event = MU_DEALER_NOTHING;
    int64_t end_ms = mu_clock_mono().ms + 10000;
    while (event == MU_DEALER_NOTHING && mu_clock_mono().ms < end_ms) {
        zmq_pollitem_t items[MU_GATE_POLL_COUNT + MU_DEALER_POLL_COUNT];
        mu_gate_poll_items(&gate, items);
        size_t more = mu_dealer_poll_items(dealer, items + MU_GATE_POLL_COUNT);
        (void)zmq_poll(items, (int)(MU_GATE_POLL_COUNT + more), 1000);
        mu_gate_admit(&gate, NULL);
        mu_gate_watch(&gate);
        event = mu_dealer_watch(dealer, mu_clock_mono());
    }
    return event;
}

/* The next input that the core would get, kept in batch. */
static const struct mu_server_input *serve_until_input(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        serve();
        if (batch.count > 0) {
            return &batch.inputs[0];
        }
    }
    return NULL;
}

static struct mu_conn say_hello(struct mu_dealer *dealer)
{
    assert_true(mu_dealer_send(dealer, mu_slice_str("hello")));
    const struct mu_server_input *input = serve_until_input();
    assert_non_null(input);
    assert_int_equal(input->kind, MU_SERVER_MESSAGE);
    assert_memory_equal(input->curve_key, known_key, 32);
    assert_int_equal(input->bytes.len, 5);
    assert_memory_equal(input->bytes.data, "hello", 5);
    return input->conn;
}

static void test_shell_gate__an_enrolled_key_talks_both_ways(void **state)
{
    (void)state;
    struct mu_dealer *dealer = &dealers[0];
    connect_as(dealer, 2, server_keys.public.curve);
    struct mu_conn conn = say_hello(dealer);

    mu_gate_send(&gate, conn, mu_slice_str("welcome"));
    zmq_msg_t answer;
    bool got = false;
    for (int i = 0; i < ROUNDS && !got; i++) {
        zmq_pollitem_t item = {.socket = dealer->socket, .events = ZMQ_POLLIN};
        (void)zmq_poll(&item, 1, 1000);
        got = mu_dealer_receive(dealer, &answer);
    }

    assert_true(got);
    assert_int_equal(zmq_msg_size(&answer), 7);
    assert_memory_equal(zmq_msg_data(&answer), "welcome", 7);
    (void)zmq_msg_close(&answer);
    assert_int_equal(mu_dealer_watch(dealer, mu_clock_mono()), MU_DEALER_UP);
}

static void test_shell_gate__an_unknown_key_is_refused_for_good(void **state)
{
    (void)state;
    struct mu_dealer *dealer = &dealers[0];
    connect_as(dealer, 9, server_keys.public.curve);
    assert_true(mu_dealer_send(dealer, mu_slice_str("hello")));

    assert_int_equal(serve_until_event(dealer), MU_DEALER_REFUSED);

    assert_int_equal(gate.refused, 1);
    assert_int_equal(gate.peers.used, 0);
}

static void test_shell_gate__busy_is_not_refused(void **state)
{
    (void)state;
    struct mu_dealer *dealer = &dealers[0];
    connect_as(dealer, 3, server_keys.public.curve);

    for (int i = 0; i < ROUNDS && gate.refused == 0; i++) {
        serve();
    }
    assert_int_equal(gate.refused, 1);
    /* libzmq would let it wait for HANDSHAKE_IVL. */
    for (uint32_t fd = 0; fd < gate.line_room; fd++) {
        if (gate.lines[fd].is_open) {
            assert_int_equal(shutdown((int)fd, SHUT_RDWR), 0);
        }
    }
    enum mu_dealer_event event = serve_until_event(dealer);

    assert_true(event == MU_DEALER_LOST || event == MU_DEALER_WRONG_PEER);
}

static void test_shell_gate__another_servers_key_is_noticed(void **state)
{
    (void)state;
    struct mu_device_keys other;
    struct mu_dealer *dealer = &dealers[0];
    make_keys(8, &other);
    connect_as(dealer, 2, other.public.curve);

    assert_int_equal(serve_until_event(dealer), MU_DEALER_WRONG_PEER);
}

static void test_shell_gate__who_leaves_is_told(void **state)
{
    (void)state;
    struct mu_dealer *dealer = &dealers[0];
    connect_as(dealer, 2, server_keys.public.curve);
    struct mu_conn conn = say_hello(dealer);

    mu_dealer_close(dealer, 0);
    const struct mu_server_input *input = serve_until_input();

    assert_non_null(input);
    assert_int_equal(input->kind, MU_SERVER_GONE);
    assert_int_equal(input->conn.number, conn.number);
    assert_int_equal(gate.peers.used, 0);
    assert_int_equal(gate.open_count, 0);
}

static void test_shell_gate__who_is_cut_is_cut_and_not_heard_again(void **state)
{
    (void)state;
    struct mu_dealer *dealer = &dealers[0];
    connect_as(dealer, 2, server_keys.public.curve);
    struct mu_conn conn = say_hello(dealer);
    mu_gate_cut(&gate, conn);
    bool ignored = mu_dealer_send(dealer, mu_slice_str("more"));
    (void)ignored;
    const struct mu_server_input *input = serve_until_input();

    assert_non_null(input);
    assert_int_equal(input->kind, MU_SERVER_GONE);
    assert_int_equal(input->conn.number, conn.number);
    enum mu_dealer_event event = MU_DEALER_NOTHING;
    while (event <= MU_DEALER_UP) {
        event = serve_until_event(dealer);
        assert_int_not_equal(event, MU_DEALER_NOTHING);
    }
    assert_int_equal(event, MU_DEALER_LOST);
}

static void test_shell_gate__a_last_word_arrives_before_the_end(void **state)
{
    (void)state;
    struct mu_dealer *dealer = &dealers[0];
    connect_as(dealer, 2, server_keys.public.curve);
    struct mu_conn conn = say_hello(dealer);
    struct mu_mono now = mu_clock_mono();

    mu_gate_send(&gate, conn, mu_slice_str("farewell"));
    mu_gate_dismiss(&gate, conn, now);
    mu_gate_send(&gate, conn, mu_slice_str("too late"));
    struct mu_mono due = mu_gate_sweep(&gate, now);
    zmq_msg_t word;
    zmq_pollitem_t item = {.socket = dealer->socket, .events = ZMQ_POLLIN};
    assert_int_equal(zmq_poll(&item, 1, 10000), 1);
    assert_true(mu_dealer_receive(dealer, &word));
    assert_int_equal(zmq_msg_size(&word), 8);
    assert_memory_equal(zmq_msg_data(&word), "farewell", 8);
    (void)zmq_msg_close(&word);
    assert_true(due.ms > now.ms && due.ms < INT64_MAX);
    due = mu_gate_sweep(&gate, due);

    assert_int_equal(due.ms, INT64_MAX);
    const struct mu_server_input *input = serve_until_input();
    assert_non_null(input);
    assert_int_equal(input->kind, MU_SERVER_GONE);
    assert_false(mu_dealer_receive(dealer, &word));
}

static void test_shell_gate__a_send_to_who_is_gone_says_so_at_once(void **state)
{
    (void)state;
    struct mu_dealer *dealer = &dealers[0];
    connect_as(dealer, 2, server_keys.public.curve);
    struct mu_conn conn = say_hello(dealer);

    mu_gate_cut(&gate, conn);
    struct mu_conn told = {0};
    bool gone = false;
    for (int i = 0; i < ROUNDS && !gone; i++) {
        serve();
        for (size_t j = 0; j < batch.count; j++) {
            gone = gone || batch.inputs[j].kind == MU_SERVER_GONE;
            told = batch.inputs[j].conn;
        }
    }
    mu_gate_send(&gate, conn, mu_slice_str("nobody"));

    assert_true(gone);
    assert_int_equal(told.number, conn.number);
}

/* Raw DEALER with CURVE and whatever the test wants of it. */
static void *raw_dealer(uint8_t seed_byte)
{
    struct mu_device_keys keys;
    int none = 0;
    make_keys(seed_byte, &keys);
    void *socket = zmq_socket(context, ZMQ_DEALER);
    assert_int_equal(zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none), 0);
    assert_int_equal(zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_keys.public.curve, 32), 0);
    assert_int_equal(zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, keys.public.curve, 32), 0);
    assert_int_equal(zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, keys.curve_secret, 32), 0);
    return socket;
}

static void test_shell_gate__a_routing_id_of_ones_own_is_not_let_in(void **state)
{
    (void)state;
    raw = raw_dealer(2);
    int never = -1;
    assert_int_equal(zmq_setsockopt(raw, ZMQ_ROUTING_ID, "squat", 5), 0);
    assert_int_equal(zmq_setsockopt(raw, ZMQ_RECONNECT_IVL, &never, sizeof never), 0);
    assert_int_equal(zmq_connect(raw, gate.endpoint), 0);
    assert_int_equal(zmq_send(raw, "hello", 5, 0), 5);

    bool heard = false;
    bool came = false;
    for (int i = 0; i < ROUNDS && (!came || gate.open_count > 0); i++) {
        serve();
        came = came || gate.open_count > 0;
        heard = heard || batch.count > 0;
    }

    assert_true(came);
    assert_int_equal(gate.open_count, 0);
    assert_false(heard);
    assert_int_equal(gate.peers.used, 0);
}

static void test_shell_gate__a_message_in_parts_ends_the_connection(void **state)
{
    (void)state;
    raw = raw_dealer(2);
    int never = -1;
    assert_int_equal(zmq_setsockopt(raw, ZMQ_RECONNECT_IVL, &never, sizeof never), 0);
    assert_int_equal(zmq_connect(raw, gate.endpoint), 0);
    assert_int_equal(zmq_send(raw, "one", 3, ZMQ_SNDMORE), 3);
    assert_int_equal(zmq_send(raw, "two", 3, 0), 3);

    const struct mu_server_input *input = serve_until_input();

    assert_non_null(input);
    assert_int_equal(input->kind, MU_SERVER_GONE);
}

/* libzmq counts the parts of an unfinished message as nothing and keeps them all. */
static void test_shell_gate__a_message_without_end_is_ended(void **state)
{
    (void)state;
    static char part[1 << 20];
    int never = -1;
    int patient = 2000;
    raw = raw_dealer(2);
    assert_int_equal(zmq_setsockopt(raw, ZMQ_RECONNECT_IVL, &never, sizeof never), 0);
    assert_int_equal(zmq_setsockopt(raw, ZMQ_SNDTIMEO, &patient, sizeof patient), 0);
    assert_int_equal(zmq_connect(raw, gate.endpoint), 0);
    for (int i = 0; i < ROUNDS && gate.open_count == 0; i++) {
        serve();
    }
    mu_gate_police(&gate);
    assert_int_equal(gate.open_count, 1);

    /* The last part lets the others go; then they come to the server one by one. */
    for (size_t i = 0; i < 2 * (MU_GATE_UNFINISHED_MAX >> 20); i++) {
        assert_int_equal(zmq_send(raw, part, sizeof part, ZMQ_SNDMORE), sizeof part);
    }
    assert_int_equal(zmq_send(raw, part, 1, 0), 1);
    bool heard = false;
    for (int i = 0; i < 100 * ROUNDS && gate.open_count > 0; i++) {
        zmq_pollitem_t items[MU_GATE_POLL_COUNT];
        mu_gate_poll_items(&gate, items);
        (void)zmq_poll(items, MU_GATE_POLL_COUNT, 1);
        mu_gate_admit(&gate, NULL);
        mu_gate_police(&gate);
        mu_gate_watch(&gate);
        heard = heard || items[1].revents != 0;
    }

    assert_int_equal(gate.open_count, 0);
    assert_false(heard);
}

static void test_shell_gate__a_port_in_use_is_named(void **state)
{
    (void)state;
    struct mu_gate second;
    struct mu_error err;

    assert_int_equal(mu_gate_open(&second, gate.endpoint, &server_keys, 10, &sink, &err),
                     MU_E_BUSY);

    assert_non_null(strstr(err.text, "is in use by another program"));
    assert_int_equal(mu_gate_open(&second, "tcp://192.0.2.1:7420", &server_keys, 10, &sink, &err),
                     MU_E_INVALID);
}

static void test_shell_gate__more_connections_than_allowed_are_turned_away(void **state)
{
    (void)state;
    gate.open_max = 1;
    connect_as(&dealers[0], 2, server_keys.public.curve);
    (void)say_hello(&dealers[0]);

    connect_as(&dealers[1], 2, server_keys.public.curve);
    enum mu_dealer_event event = serve_until_event(&dealers[1]);

    assert_true(event >= MU_DEALER_LOST);
    assert_true(mu_dealer_send(&dealers[0], mu_slice_str("still here")));
    assert_non_null(serve_until_input());
}

#define AT_THE_GATE(test) cmocka_unit_test_setup_teardown(test, open_gate, close_gate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_THE_GATE(test_shell_gate__an_enrolled_key_talks_both_ways),
        AT_THE_GATE(test_shell_gate__an_unknown_key_is_refused_for_good),
        AT_THE_GATE(test_shell_gate__busy_is_not_refused),
        AT_THE_GATE(test_shell_gate__another_servers_key_is_noticed),
        AT_THE_GATE(test_shell_gate__who_leaves_is_told),
        AT_THE_GATE(test_shell_gate__who_is_cut_is_cut_and_not_heard_again),
        AT_THE_GATE(test_shell_gate__a_last_word_arrives_before_the_end),
        AT_THE_GATE(test_shell_gate__a_send_to_who_is_gone_says_so_at_once),
        AT_THE_GATE(test_shell_gate__a_routing_id_of_ones_own_is_not_let_in),
        AT_THE_GATE(test_shell_gate__a_message_in_parts_ends_the_connection),
        AT_THE_GATE(test_shell_gate__a_message_without_end_is_ended),
        AT_THE_GATE(test_shell_gate__a_port_in_use_is_named),
        AT_THE_GATE(test_shell_gate__more_connections_than_allowed_are_turned_away),
    };
    return mu_seal_start() == MU_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
