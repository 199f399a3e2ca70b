/* Device keys never rotate: a seed must give the same keys for ever, a signature
 * must hold in its own domain alone, and a torn key file must say that it is torn. */
#include "tests/unit/seal_fixture.h"

#include "common/seal/keys.h"
#include "common/seal/secret.h"
#include "common/seal/sign.h"

static void test_keys__come_from_the_seed_with_their_golden_bytes(void **state)
{
    (void)state;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys keys;
    keys_from(0, &keys);

    assert_hex(mu_slice_of(keys.public.sign, 32), GOLDEN_DEVICE_SIGN);
    assert_hex(mu_slice_of(keys.public.box, 32), GOLDEN_DEVICE_BOX);
    assert_hex(mu_slice_of(keys.public.curve, 32), GOLDEN_DEVICE_CURVE);
    assert_memory_not_equal(keys.box_secret, keys.curve_secret, 32);
    assert_memory_not_equal(keys.box_secret, keys.sign_secret, 32);
}

static void test_keys__deinit_wipes_them(void **state)
{
    (void)state;
    static const struct mu_device_keys zeros = {0};
    struct mu_device_keys keys;
    keys_from(0, &keys);

    mu_device_keys_deinit(&keys);
    mu_device_keys_deinit(NULL);

    assert_memory_equal(&keys, &zeros, sizeof keys);
}

static void test_fingerprint__has_its_golden_text_and_hangs_on_each_key(void **state)
{
    (void)state;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys keys;
    keys_from(0, &keys);
    char text[MU_FINGERPRINT_LEN + 1];
    mu_device_fingerprint(&keys.public, text);

    assert_string_equal(text, GOLDEN_FINGERPRINT);
    assert_int_equal(strlen(text), MU_FINGERPRINT_LEN);

    for (size_t i = 0; i < 3; i++) {
        struct mu_device_public other = keys.public;
        uint8_t *parts[] = {other.sign, other.box, other.curve};
        parts[i][31] ^= 1;
        char changed[MU_FINGERPRINT_LEN + 1];
        mu_device_fingerprint(&other, changed);
        assert_string_not_equal(text, changed);
    }
}

static void test_sign__has_its_golden_bytes(void **state)
{
    (void)state;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys keys;
    keys_from(0, &keys);
    uint8_t sig[MU_SIGN_LEN];

    mu_sign(&keys, "muster test v1", mu_slice_str("bytes"), sig);

    assert_hex(mu_slice_of(sig, sizeof sig), GOLDEN_SIGNATURE);
    assert_true(mu_sign_verify(keys.public.sign, "muster test v1", mu_slice_str("bytes"), sig));
}

static void test_sign__holds_for_its_key_domain_and_bytes_alone(void **state)
{
    (void)state;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys keys;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys other;
    keys_from(0, &keys);
    keys_from(1, &other);
    uint8_t sig[MU_SIGN_LEN];
    mu_sign(&keys, "ab", mu_slice_str("cd"), sig);

    assert_true(mu_sign_verify(keys.public.sign, "ab", mu_slice_str("cd"), sig));
    assert_false(mu_sign_verify(other.public.sign, "ab", mu_slice_str("cd"), sig));
    assert_false(mu_sign_verify(keys.public.sign, "abc", mu_slice_str("d"), sig));
    assert_false(mu_sign_verify(keys.public.sign, "a", mu_slice_str("bcd"), sig));
    assert_false(mu_sign_verify(keys.public.sign, "ab", mu_slice_str("ce"), sig));
    assert_false(mu_sign_verify(keys.public.sign, "ab", mu_slice_str(""), sig));
    for (size_t i = 0; i < sizeof sig; i++) {
        sig[i] ^= 0x10;
        assert_false(mu_sign_verify(keys.public.sign, "ab", mu_slice_str("cd"), sig));
        sig[i] ^= 0x10;
    }
}

static void make_file(struct mu_key_file *out)
{
    MU_DEVICE_KEYS_AUTO struct mu_device_keys server;
    keys_from(0x80, &server);
    *out = (struct mu_key_file){
        .workspace = id_from(0x10),
        .device = id_from(0x30),
        .endpoint = "tcp://board.example:7447",
        .handle = "omar",
    };
    count_up(0, out->seed, sizeof out->seed);
    memcpy(out->server_curve, server.public.curve, 32);
    memcpy(out->server_sign, server.public.sign, 32);
    memcpy(out->server_box, server.public.box, 32);
}

static void assert_file_equal(const struct mu_key_file *a, const struct mu_key_file *b)
{
    assert_true(mu_id_equal(a->workspace, b->workspace));
    assert_true(mu_id_equal(a->device, b->device));
    assert_memory_equal(a->seed, b->seed, sizeof a->seed);
    assert_memory_equal(a->server_curve, b->server_curve, sizeof a->server_curve);
    assert_memory_equal(a->server_sign, b->server_sign, sizeof a->server_sign);
    assert_memory_equal(a->server_box, b->server_box, sizeof a->server_box);
    assert_string_equal(a->endpoint, b->endpoint);
    assert_string_equal(a->handle, b->handle);
}

static void test_key_file__has_its_golden_bytes_and_reads_back(void **state)
{
    (void)state;
    MU_KEY_FILE_AUTO struct mu_key_file file;
    make_file(&file);
    MU_SECRET_BUF_AUTO struct mu_buf buf;
    mu_buf_init(&buf, MU_KEY_FILE_LEN_MAX);
    struct mu_error err = {0};

    assert_int_equal(mu_keys_encode(&file, &buf, &err), MU_OK);
    assert_hex(mu_buf_view(&buf), GOLDEN_KEY_FILE);

    MU_KEY_FILE_AUTO struct mu_key_file back;
    assert_int_equal(mu_keys_decode(mu_buf_view(&buf), &back, &err), MU_OK);
    assert_file_equal(&file, &back);
}

static void test_key_file__takes_the_longest_texts_and_empty_ones(void **state)
{
    (void)state;
    static const size_t lens[][2] = {{0, 0}, {MU_ENDPOINT_MAX, MU_KEY_HANDLE_MAX}};
    for (size_t i = 0; i < 2; i++) {
        MU_KEY_FILE_AUTO struct mu_key_file file = {0};
        memset(file.endpoint, 'e', lens[i][0]);
        memset(file.handle, 'h', lens[i][1]);
        MU_SECRET_BUF_AUTO struct mu_buf buf;
        mu_buf_init(&buf, MU_KEY_FILE_LEN_MAX);
        struct mu_error err = {0};

        assert_int_equal(mu_keys_encode(&file, &buf, &err), MU_OK);
        MU_KEY_FILE_AUTO struct mu_key_file back;
        assert_int_equal(mu_keys_decode(mu_buf_view(&buf), &back, &err), MU_OK);
        assert_file_equal(&file, &back);
    }
}

static void test_key_file__refuses_a_text_without_end_or_not_utf8(void **state)
{
    (void)state;
    struct mu_buf buf;
    mu_buf_init(&buf, MU_KEY_FILE_LEN_MAX);
    struct mu_error err = {0};
    struct mu_key_file file = {0};

    memset(file.handle, 'h', sizeof file.handle);
    assert_int_equal(mu_keys_encode(&file, &buf, &err), MU_E_INVALID);
    memcpy(file.handle, "\xff", 2);
    assert_int_equal(mu_keys_encode(&file, &buf, &err), MU_E_INVALID);

    assert_int_equal(buf.len, 0);
}

static void test_key_file__finds_every_changed_byte_and_every_cut(void **state)
{
    (void)state;
    struct mu_buf buf;
    mu_buf_init(&buf, MU_KEY_FILE_LEN_MAX);
    from_hex(GOLDEN_KEY_FILE, &buf);
    struct mu_key_file untouched;
    struct mu_key_file out;
    memset(&untouched, 0x5a, sizeof untouched);
    memset(&out, 0x5a, sizeof out);

    for (size_t i = 0; i < buf.len; i++) {
        struct mu_error err = {0};
        buf.data[i] ^= 1;
        enum mu_status status = mu_keys_decode(mu_buf_view(&buf), &out, &err);
        buf.data[i] ^= 1;
        assert_int_equal(status, i < 8 ? MU_E_INVALID : MU_E_CORRUPT);
    }
    for (size_t len = 0; len < buf.len; len++) {
        struct mu_error err = {0};
        assert_int_equal(mu_keys_decode(mu_slice_of(buf.data, len), &out, &err), MU_E_CORRUPT);
        assert_says(&err, "torn");
    }
    struct mu_error err = {0};
    assert_int_equal(mu_buf_append_byte(&buf, 0), MU_OK);
    assert_int_equal(mu_keys_decode(mu_buf_view(&buf), &out, &err), MU_E_CORRUPT);
    assert_memory_equal(&out, &untouched, sizeof out);

    assert_int_equal(mu_keys_decode(mu_slice_str("{\"json\": true}"), &out, &err), MU_E_INVALID);
    assert_says(&err, "not a Muster key file");
    mu_buf_deinit(&buf);
}

static void test_key_file__tells_a_newer_version_from_damage(void **state)
{
    (void)state;
    /* version 2, nothing but a frame: b2sum -l 128 over the first 13 bytes */
    struct mu_buf buf;
    mu_buf_init(&buf, 64);
    from_hex("4d55535445524b59020000001d8035e748d6b51306bf8bf96d8e1e1dad", &buf);
    struct mu_key_file out;
    struct mu_error err = {0};

    assert_int_equal(mu_keys_decode(mu_buf_view(&buf), &out, &err), MU_E_VERSION);
    assert_says(&err, "version 2");
    mu_buf_deinit(&buf);
}

static int start(void **state)
{
    (void)state;
    return mu_seal_start() == MU_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys__come_from_the_seed_with_their_golden_bytes),
        cmocka_unit_test(test_keys__deinit_wipes_them),
        cmocka_unit_test(test_fingerprint__has_its_golden_text_and_hangs_on_each_key),
        cmocka_unit_test(test_sign__has_its_golden_bytes),
        cmocka_unit_test(test_sign__holds_for_its_key_domain_and_bytes_alone),
        cmocka_unit_test(test_key_file__has_its_golden_bytes_and_reads_back),
        cmocka_unit_test(test_key_file__takes_the_longest_texts_and_empty_ones),
        cmocka_unit_test(test_key_file__refuses_a_text_without_end_or_not_utf8),
        cmocka_unit_test(test_key_file__finds_every_changed_byte_and_every_cut),
        cmocka_unit_test(test_key_file__tells_a_newer_version_from_damage),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
