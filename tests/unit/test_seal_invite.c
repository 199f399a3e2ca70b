/* An invite travels through mail, chat and hands: it must read back from any of them,
 * and say clearly which of the four things went wrong when it does not. */
#include "tests/unit/seal_fixture.h"

#include "common/seal/bech32m.h"
#include "common/seal/invite.h"
#include "common/seal/secret.h"

static void test_bech32m__accepts_the_valid_strings_of_bip_350(void **state)
{
    (void)state;
    static const char *const valid[] = {
        "A1LQFN3A",
        "a1lqfn3a",
        "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg"
        "6",
        "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
        "11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr"
        "8",
        "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
        "?1v759aa",
        /* the standard refuses it for its 91 characters, Muster has no such limit */
        "an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6pts"
        "4",
    };
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        struct mu_bech32m parsed;
        assert_int_equal(mu_bech32m_parse(mu_slice_str(valid[i]), &parsed), MU_BECH32M_FINE);
        assert_int_equal(parsed.prefix_len + 1 + parsed.count + MU_BECH32M_CHECK, strlen(valid[i]));
    }
}

static void test_bech32m__refuses_the_invalid_strings_of_bip_350(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum mu_bech32m_fault fault;
    } invalid[] = {
        {" 1xj0phk", MU_BECH32M_CHARACTER},
        {"\x7f"
         "1g6xzxy",
         MU_BECH32M_CHARACTER},
        {"\x80"
         "1vctc34",
         MU_BECH32M_CHARACTER},
        {"qyrz8wqd2c9m", MU_BECH32M_SEPARATOR},
        {"1qyrz8wqd2c9m", MU_BECH32M_SEPARATOR},
        {"y1b0jsk6g", MU_BECH32M_CHARACTER},
        {"lt1igcx5c0", MU_BECH32M_CHARACTER},
        {"in1muywd", MU_BECH32M_SHORT},
        {"mm1crxm3i", MU_BECH32M_CHARACTER},
        {"au1s5cgom", MU_BECH32M_CHARACTER},
        {"M1VUXWEZ", MU_BECH32M_CHECKSUM},
        {"16plkw9", MU_BECH32M_SEPARATOR},
        {"1p2gdwpf", MU_BECH32M_SEPARATOR},
        {"", MU_BECH32M_LENGTH},
        {"a1LQFN3A", MU_BECH32M_CASE},
        {"a12uel5l", MU_BECH32M_CHECKSUM}, /* valid Bech32, which is another checksum */
    };
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        struct mu_bech32m parsed;
        assert_int_equal(mu_bech32m_parse(mu_slice_str(invalid[i].text), &parsed),
                         invalid[i].fault);
    }
}

static void test_bech32m__writes_any_length_of_bytes_and_reads_them_back(void **state)
{
    (void)state;
    static const size_t longest = (MU_BECH32M_LEN_MAX - 8) * 5 / 8;
    uint8_t bytes[700];
    count_up(0x35, bytes, sizeof bytes);

    for (size_t len = 0; len <= longest; len += len < 20 ? 1 : 7) {
        MU_BUF_AUTO struct mu_buf text;
        mu_buf_init(&text, MU_BECH32M_LEN_MAX);
        assert_int_equal(mu_bech32m_write("m", mu_slice_of(bytes, len), &text), MU_OK);
        struct mu_bech32m parsed;
        assert_int_equal(mu_bech32m_parse(mu_buf_view(&text), &parsed), MU_BECH32M_FINE);
        uint8_t back[700];
        size_t back_len = 0;
        assert_true(mu_bech32m_bytes(&parsed, back, sizeof back, &back_len));
        assert_int_equal(back_len, len);
        assert_memory_equal(back, bytes, len);
        assert_true(len == 0 || !mu_bech32m_bytes(&parsed, back, len - 1, &back_len));
    }
    struct mu_buf text;
    mu_buf_init(&text, 2000);
    assert_int_equal(mu_bech32m_write("m", mu_slice_of(bytes, longest + 1), &text), MU_E_LIMIT);
    assert_int_equal(text.len, 0);
}

static void test_bech32m__refuses_bits_left_over(void **state)
{
    (void)state;
    uint8_t back[8];
    size_t len = 0;
    struct mu_bech32m one = {.count = 1};                     /* five bits left */
    struct mu_bech32m two = {.count = 2, .values = {31, 31}}; /* two bits left, set */
    struct mu_bech32m good = {.count = 2, .values = {31, 28}};

    assert_false(mu_bech32m_bytes(&one, back, sizeof back, &len));
    assert_false(mu_bech32m_bytes(&two, back, sizeof back, &len));
    assert_true(mu_bech32m_bytes(&good, back, sizeof back, &len));
    assert_int_equal(len, 1);
    assert_int_equal(back[0], 0xff);
}

static void make_invite(struct mu_invite *out)
{
    MU_DEVICE_KEYS_AUTO struct mu_device_keys server;
    keys_from(0x80, &server);
    *out = (struct mu_invite){
        .version = MU_INVITE_VERSION,
        .workspace = id_from(0x10),
        .expires_ms = 1790000000000,
        .endpoint = "tcp://board.example:7447",
    };
    memcpy(out->server_curve, server.public.curve, sizeof out->server_curve);
    mu_invite_print_server(server.public.sign, server.public.box, out->server_print);
    count_up(0xa0, out->secret, sizeof out->secret);
}

static void assert_invite_equal(const struct mu_invite *a, const struct mu_invite *b)
{
    assert_int_equal(a->version, b->version);
    assert_true(mu_id_equal(a->workspace, b->workspace));
    assert_memory_equal(a->server_curve, b->server_curve, sizeof a->server_curve);
    assert_memory_equal(a->server_print, b->server_print, sizeof a->server_print);
    assert_memory_equal(a->secret, b->secret, sizeof a->secret);
    assert_true(a->expires_ms == b->expires_ms);
    assert_string_equal(a->endpoint, b->endpoint);
}

/* Decoding text fails with status and a message that holds part; nothing is written. */
static void assert_refused(struct mu_slice text, enum mu_status status, const char *part)
{
    struct mu_invite untouched;
    struct mu_invite out;
    memset(&untouched, 0x5a, sizeof untouched);
    memset(&out, 0x5a, sizeof out);
    struct mu_error err = {0};
    assert_int_equal(mu_invite_decode(text, &out, &err), status);
    assert_says(&err, part);
    assert_memory_equal(&out, &untouched, sizeof out);
}

static void test_invite__has_its_golden_line_and_reads_back(void **state)
{
    (void)state;
    struct mu_invite invite;
    make_invite(&invite);
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, MU_INVITE_LINE_MAX);
    struct mu_error err = {0};

    assert_int_equal(mu_invite_encode(&invite, &line, &err), MU_OK);
    assert_true(mu_slice_equal(mu_buf_view(&line), mu_slice_str(GOLDEN_INVITE)));
    assert_hex(mu_slice_of(invite.server_print, sizeof invite.server_print), GOLDEN_SERVER_PRINT);

    struct mu_invite back;
    assert_int_equal(mu_invite_decode(mu_buf_view(&line), &back, &err), MU_OK);
    assert_invite_equal(&invite, &back);
}

static void test_invite__takes_the_longest_endpoint_and_no_end(void **state)
{
    (void)state;
    struct mu_invite invite;
    make_invite(&invite);
    memset(invite.endpoint, 'e', MU_ENDPOINT_MAX);
    invite.expires_ms = 0;
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, MU_INVITE_LINE_MAX);
    struct mu_error err = {0};

    assert_int_equal(mu_invite_encode(&invite, &line, &err), MU_OK);
    assert_int_equal(line.len, MU_INVITE_LINE_MAX);
    struct mu_invite back;
    assert_int_equal(mu_invite_decode(mu_buf_view(&line), &back, &err), MU_OK);
    assert_invite_equal(&invite, &back);
}

static void test_invite__reads_back_from_a_wrapped_indented_or_shouted_paste(void **state)
{
    (void)state;
    struct mu_invite invite;
    make_invite(&invite);
    MU_BUF_AUTO struct mu_buf wrapped;
    MU_BUF_AUTO struct mu_buf upper;
    mu_buf_init(&wrapped, 2000);
    mu_buf_init(&upper, 2000);
    assert_int_equal(mu_buf_append_str(&wrapped, " \t\r\n"), MU_OK);
    for (size_t i = 0; i < strlen(GOLDEN_INVITE); i++) {
        char c = GOLDEN_INVITE[i];
        assert_int_equal(mu_buf_append_byte(&wrapped, (uint8_t)c), MU_OK);
        assert_int_equal(mu_buf_append_str(&wrapped, i % 20 == 1 ? "\r\n  " : ""), MU_OK);
        uint8_t big = (uint8_t)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        assert_int_equal(mu_buf_append_byte(&upper, big), MU_OK);
    }
    assert_int_equal(mu_buf_append_str(&wrapped, "\n\n"), MU_OK);
    struct mu_error err = {0};
    struct mu_invite back;

    assert_int_equal(mu_invite_decode(mu_buf_view(&wrapped), &back, &err), MU_OK);
    assert_invite_equal(&invite, &back);
    assert_int_equal(mu_invite_decode(mu_buf_view(&upper), &back, &err), MU_OK);
    assert_invite_equal(&invite, &back);
}

static void test_invite__says_that_something_is_no_invite(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         " \n",
                                         "hello",
                                         "https://board.example/join",
                                         "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                                         "mstx1qqqqqqqqqqqq",
                                         "m s u 1"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_refused(mu_slice_str(others[i]), MU_E_INVALID, "not an invite");
    }
    uint8_t big[MU_INVITE_PASTE_MAX + 1];
    memset(big, 'q', sizeof big);
    memcpy(big, "mst1", 4);
    assert_refused(mu_slice_of(big, sizeof big), MU_E_INVALID, "not an invite");
    assert_refused(mu_slice_of(big, MU_BECH32M_LEN_MAX + 1), MU_E_INVALID, "not an invite");
}

static void test_invite__says_that_case_is_mixed(void **state)
{
    (void)state;
    char line[] = GOLDEN_INVITE;
    line[0] = 'M';

    assert_refused(mu_slice_str(line), MU_E_INVALID, "mixes upper and lower case");
}

static void test_invite__finds_every_changed_character(void **state)
{
    (void)state;
    static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    char line[] = GOLDEN_INVITE;

    for (size_t i = 4; i < strlen(GOLDEN_INVITE); i++) {
        char kept = line[i];
        for (size_t k = 0; k < 32; k++) {
            line[i] = letters[k];
            struct mu_invite out;
            struct mu_error err = {0};
            enum mu_status status = mu_invite_decode(mu_slice_str(line), &out, &err);
            assert_int_equal(status, letters[k] == kept ? MU_OK : MU_E_CORRUPT);
            if (letters[k] != kept && i > 8) { /* behind the length */
                assert_says(&err, "mistyped or torn: its checksum");
            }
        }
        line[i] = 'b';
        assert_refused(mu_slice_str(line), MU_E_CORRUPT, "mistyped or torn: it holds a character");
        line[i] = '1';
        assert_refused(mu_slice_str(line), MU_E_CORRUPT, "the invite is");
        line[i] = kept;
    }
}

static void test_invite__finds_swapped_neighbours_and_something_behind(void **state)
{
    (void)state;
    char line[] = GOLDEN_INVITE;
    for (size_t i = 9; i + 1 < strlen(GOLDEN_INVITE); i++) {
        if (line[i] != line[i + 1]) {
            char first = line[i];
            line[i] = line[i + 1];
            line[i + 1] = first;
            assert_refused(mu_slice_str(line), MU_E_CORRUPT, "mistyped");
            line[i + 1] = line[i];
            line[i] = first;
        }
    }
    assert_refused(mu_slice_str(GOLDEN_INVITE "qq"), MU_E_CORRUPT, "2 characters too many");
}

static void test_invite__says_how_much_of_a_cut_line_is_there(void **state)
{
    (void)state;
    size_t whole = strlen(GOLDEN_INVITE);
    for (size_t len = 1; len < whole; len++) {
        assert_refused(mu_slice_of(GOLDEN_INVITE, len), MU_E_CORRUPT, "cut short");
    }
    assert_refused(mu_slice_of(GOLDEN_INVITE, 100), MU_E_CORRUPT, "100 of 194 characters");
}

/* The line over these bytes, decoded. */
static void assert_bytes_refused(const uint8_t *bytes, size_t len, enum mu_status status,
                                 const char *part)
{
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, MU_BECH32M_LEN_MAX);
    assert_int_equal(mu_bech32m_write("mst", mu_slice_of(bytes, len), &line), MU_OK);
    assert_refused(mu_buf_view(&line), status, part);
}

static void test_invite__says_that_a_newer_muster_made_it(void **state)
{
    (void)state;
    static const uint8_t newer[] = {2, 0, 6, 'a', 'b', 'c'};

    assert_bytes_refused(newer, sizeof newer, MU_E_VERSION, "version 2");
}

static void test_invite__refuses_fields_that_do_not_fit(void **state)
{
    (void)state;
    uint8_t bytes[91 + 256] = {1, 0, 92};

    bytes[91] = '\x1b'; /* an endpoint that would drive a terminal */
    assert_bytes_refused(bytes, 92, MU_E_CORRUPT, "fields");
    bytes[91] = 'e';
    bytes[83] = 0x80; /* a time past all times */
    assert_bytes_refused(bytes, 92, MU_E_CORRUPT, "fields");
    bytes[83] = 0;
    bytes[2] = 91; /* no endpoint */
    assert_bytes_refused(bytes, 91, MU_E_CORRUPT, "fields");
    bytes[2] = 93; /* another length than it has */
    assert_bytes_refused(bytes, 92, MU_E_CORRUPT, "length");
    memset(bytes + 91, 'e', 256); /* one too many */
    bytes[1] = 1;
    bytes[2] = 91;
    assert_bytes_refused(bytes, 91 + 256, MU_E_CORRUPT, "fields");
    bytes[0] = 0;
    assert_bytes_refused(bytes, 92, MU_E_CORRUPT, "damaged");
    assert_bytes_refused(bytes, 0, MU_E_CORRUPT, "damaged");
}

static void test_invite__is_not_written_with_bad_fields(void **state)
{
    (void)state;
    struct mu_buf line;
    mu_buf_init(&line, MU_INVITE_LINE_MAX);
    struct mu_error err = {0};
    struct mu_invite invite;

    make_invite(&invite);
    invite.version = 2;
    assert_int_equal(mu_invite_encode(&invite, &line, &err), MU_E_INVALID);
    make_invite(&invite);
    invite.expires_ms = -1;
    assert_int_equal(mu_invite_encode(&invite, &line, &err), MU_E_INVALID);
    make_invite(&invite);
    memset(invite.endpoint, 'e', sizeof invite.endpoint);
    assert_int_equal(mu_invite_encode(&invite, &line, &err), MU_E_INVALID);
    memset(invite.endpoint, 0, sizeof invite.endpoint);
    assert_int_equal(mu_invite_encode(&invite, &line, &err), MU_E_INVALID);
    memcpy(invite.endpoint, "tcp://a b", 10);
    assert_int_equal(mu_invite_encode(&invite, &line, &err), MU_E_INVALID);

    assert_int_equal(line.len, 0);
}

static void test_invite__knows_its_server_by_both_keys(void **state)
{
    (void)state;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys server;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys other;
    keys_from(0x80, &server);
    keys_from(0x81, &other);
    struct mu_invite invite;
    make_invite(&invite);

    assert_true(mu_invite_check_server(&invite, server.public.sign, server.public.box));
    assert_false(mu_invite_check_server(&invite, other.public.sign, server.public.box));
    assert_false(mu_invite_check_server(&invite, server.public.sign, other.public.box));
    assert_false(mu_invite_check_server(&invite, server.public.box, server.public.sign));
}

static void test_invite__temporary_keys_hang_on_the_secret_alone(void **state)
{
    (void)state;
    uint8_t secret[MU_INVITE_SECRET_LEN];
    count_up(0xa0, secret, sizeof secret);
    MU_DEVICE_KEYS_AUTO struct mu_device_keys keys;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys other;

    mu_invite_keys(secret, &keys);
    secret[15] ^= 1;
    mu_invite_keys(secret, &other);

    assert_hex(mu_slice_of(keys.public.curve, 32), GOLDEN_INVITE_CURVE);
    assert_hex(mu_slice_of(keys.public.sign, 32), GOLDEN_INVITE_SIGN);
    assert_memory_not_equal(keys.public.curve, other.public.curve, 32);
}

static int start(void **state)
{
    (void)state;
    return mu_seal_start() == MU_OK ? 0 : -1;
}

static void test_invite__proof_bytes_name_workspace_device_and_keys_in_order(void **state)
{
    (void)state;
    struct mu_device_public keys;
    count_up(0x20, keys.sign, sizeof keys.sign);
    count_up(0x40, keys.box, sizeof keys.box);
    count_up(0x60, keys.curve, sizeof keys.curve);
    uint8_t expected[MU_INVITE_PROOF_LEN];
    count_up(0x00, expected, sizeof expected);

    uint8_t bytes[MU_INVITE_PROOF_LEN];
    mu_invite_proof_bytes(id_from(0x00), id_from(0x10), &keys, bytes);

    assert_memory_equal(bytes, expected, sizeof expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bech32m__accepts_the_valid_strings_of_bip_350),
        cmocka_unit_test(test_bech32m__refuses_the_invalid_strings_of_bip_350),
        cmocka_unit_test(test_bech32m__writes_any_length_of_bytes_and_reads_them_back),
        cmocka_unit_test(test_bech32m__refuses_bits_left_over),
        cmocka_unit_test(test_invite__has_its_golden_line_and_reads_back),
        cmocka_unit_test(test_invite__takes_the_longest_endpoint_and_no_end),
        cmocka_unit_test(test_invite__reads_back_from_a_wrapped_indented_or_shouted_paste),
        cmocka_unit_test(test_invite__says_that_something_is_no_invite),
        cmocka_unit_test(test_invite__says_that_case_is_mixed),
        cmocka_unit_test(test_invite__finds_every_changed_character),
        cmocka_unit_test(test_invite__finds_swapped_neighbours_and_something_behind),
        cmocka_unit_test(test_invite__says_how_much_of_a_cut_line_is_there),
        cmocka_unit_test(test_invite__says_that_a_newer_muster_made_it),
        cmocka_unit_test(test_invite__refuses_fields_that_do_not_fit),
        cmocka_unit_test(test_invite__is_not_written_with_bad_fields),
        cmocka_unit_test(test_invite__knows_its_server_by_both_keys),
        cmocka_unit_test(test_invite__temporary_keys_hang_on_the_secret_alone),
        cmocka_unit_test(test_invite__proof_bytes_name_workspace_device_and_keys_in_order),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
