/* Everything that travels or is stored is one of these: a changed byte must never open,
 * and bytes sealed today must open for ever. */
#include "tests/unit/seal_fixture.h"

#include "common/seal/envelope.h"
#include "common/seal/secret.h"
#include "common/seal/wrap.h"

static struct mu_envelope_head golden_head(void)
{
    return (struct mu_envelope_head){
        .version = MU_ENVELOPE_VERSION,
        .kind = MU_ENVELOPE_CHANGE,
        .workspace = id_from(0x10),
        .incarnation = id_from(0x20),
        .epoch = 7,
        .seq = 0x0102030405060708,
    };
}

static struct mu_epoch_key epoch_key(void)
{
    struct mu_epoch_key key;
    count_up(0x60, key.bytes, sizeof key.bytes);
    return key;
}

static const uint8_t *golden_nonce(uint8_t out[static MU_NONCE_LEN])
{
    count_up(0x40, out, MU_NONCE_LEN);
    return out;
}

static void test_envelope__has_its_golden_bytes_and_opens(void **state)
{
    (void)state;
    struct mu_envelope_head head = golden_head();
    struct mu_epoch_key key = epoch_key();
    uint8_t nonce[MU_NONCE_LEN];
    MU_BUF_AUTO struct mu_buf sealed;
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&sealed, 1000);
    mu_buf_init(&plain, 1000);
    struct mu_error err = {0};

    assert_int_equal(mu_envelope_seal(&head, &key, golden_nonce(nonce), mu_slice_str("one change"),
                                      &sealed, &err),
                     MU_OK);
    assert_hex(mu_buf_view(&sealed), GOLDEN_ENVELOPE);
    assert_int_equal(sealed.len, strlen("one change") + MU_ENVELOPE_OVERHEAD);

    struct mu_envelope_head back;
    assert_int_equal(mu_envelope_head_read(mu_buf_view(&sealed), &back, &err), MU_OK);
    assert_true(mu_id_equal(back.workspace, head.workspace));
    assert_true(mu_id_equal(back.incarnation, head.incarnation));
    assert_int_equal(back.version, head.version);
    assert_int_equal(back.kind, head.kind);
    assert_int_equal(back.epoch, head.epoch);
    assert_true(back.seq == head.seq);
    assert_int_equal(mu_envelope_open(mu_buf_view(&sealed), &key, &plain, &err), MU_OK);
    assert_true(mu_slice_equal(mu_buf_view(&plain), mu_slice_str("one change")));
}

static void test_envelope__takes_an_empty_change_and_a_chunk_of_256_kib(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 1, 256 * 1024};
    struct mu_epoch_key key = epoch_key();
    struct mu_envelope_head head = golden_head();
    head.kind = MU_ENVELOPE_CHUNK;
    uint8_t nonce[MU_NONCE_LEN];
    uint8_t *bytes = malloc(lens[2]);
    assert_non_null(bytes);
    count_up(0, bytes, lens[2]);

    for (size_t i = 0; i < 3; i++) {
        MU_BUF_AUTO struct mu_buf sealed;
        MU_BUF_AUTO struct mu_buf plain;
        mu_buf_init(&sealed, lens[i] + MU_ENVELOPE_OVERHEAD);
        mu_buf_init(&plain, lens[i]);
        struct mu_error err = {0};
        assert_int_equal(mu_envelope_seal(&head, &key, golden_nonce(nonce),
                                          mu_slice_of(i == 0 ? NULL : bytes, lens[i]), &sealed,
                                          &err),
                         MU_OK);
        assert_int_equal(mu_envelope_open(mu_buf_view(&sealed), &key, &plain, &err), MU_OK);
        assert_true(mu_slice_equal(mu_buf_view(&plain), mu_slice_of(bytes, lens[i])));
    }
    free(bytes);
}

static void test_envelope__finds_every_changed_byte_and_leaves_out_alone(void **state)
{
    (void)state;
    struct mu_epoch_key key = epoch_key();
    MU_BUF_AUTO struct mu_buf sealed;
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&sealed, 1000);
    mu_buf_init(&plain, 1000);
    from_hex(GOLDEN_ENVELOPE, &sealed);
    assert_int_equal(mu_buf_append_str(&plain, "kept"), MU_OK);

    for (size_t i = 0; i < sealed.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct mu_error err = {0};
            sealed.data[i] ^= (uint8_t)(1U << bit);
            enum mu_status status = mu_envelope_open(mu_buf_view(&sealed), &key, &plain, &err);
            sealed.data[i] ^= (uint8_t)(1U << bit);
            enum mu_status expected = i == 0 ? MU_E_VERSION : i == 1 ? MU_E_CORRUPT : MU_E_CRYPTO;
            assert_int_equal(status, expected);
            assert_int_equal(err.status, expected);
        }
    }
    struct mu_error err = {0};
    sealed.data[1] = MU_ENVELOPE_CHUNK;
    assert_int_equal(mu_envelope_open(mu_buf_view(&sealed), &key, &plain, &err), MU_E_CRYPTO);
    sealed.data[1] = MU_ENVELOPE_CHANGE;

    struct mu_epoch_key other = key;
    other.bytes[31] ^= 1;
    assert_int_equal(mu_envelope_open(mu_buf_view(&sealed), &other, &plain, &err), MU_E_CRYPTO);
    assert_true(mu_slice_equal(mu_buf_view(&plain), mu_slice_str("kept")));
    assert_int_equal(mu_envelope_open(mu_buf_view(&sealed), &key, &plain, &err), MU_OK);
    assert_true(mu_slice_equal(mu_buf_view(&plain), mu_slice_str("keptone change")));
}

static void test_envelope__finds_every_cut_and_anything_put_behind(void **state)
{
    (void)state;
    struct mu_epoch_key key = epoch_key();
    MU_BUF_AUTO struct mu_buf sealed;
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&sealed, 1000);
    mu_buf_init(&plain, 1000);
    from_hex(GOLDEN_ENVELOPE, &sealed);

    for (size_t len = 0; len < sealed.len; len++) {
        struct mu_error err = {0};
        enum mu_status status = mu_envelope_open(mu_slice_of(sealed.data, len), &key, &plain, &err);
        assert_int_equal(status, len < MU_ENVELOPE_OVERHEAD ? MU_E_CORRUPT : MU_E_CRYPTO);
    }
    struct mu_error err = {0};
    assert_int_equal(mu_buf_append_byte(&sealed, 0), MU_OK);
    assert_int_equal(mu_envelope_open(mu_buf_view(&sealed), &key, &plain, &err), MU_E_CRYPTO);
    assert_int_equal(plain.len, 0);
}

static void test_envelope__refuses_unknown_heads_and_full_buffers(void **state)
{
    (void)state;
    struct mu_epoch_key key = epoch_key();
    uint8_t nonce[MU_NONCE_LEN];
    MU_BUF_AUTO struct mu_buf small;
    mu_buf_init(&small, MU_ENVELOPE_OVERHEAD + 3);
    assert_int_equal(mu_buf_append_byte(&small, 'k'), MU_OK);
    struct mu_error err = {0};

    struct mu_envelope_head head = golden_head();
    head.version = 2;
    assert_int_equal(
        mu_envelope_seal(&head, &key, golden_nonce(nonce), mu_slice_str("a"), &small, &err),
        MU_E_INVALID);
    head = golden_head();
    head.kind = 3;
    assert_int_equal(
        mu_envelope_seal(&head, &key, golden_nonce(nonce), mu_slice_str("a"), &small, &err),
        MU_E_INVALID);
    head = golden_head();
    assert_int_equal(
        mu_envelope_seal(&head, &key, golden_nonce(nonce), mu_slice_str("abc"), &small, &err),
        MU_E_LIMIT);
    assert_int_equal(small.len, 1);
    assert_int_equal(small.data[0], 'k');

    MU_BUF_AUTO struct mu_buf sealed;
    mu_buf_init(&sealed, 1000);
    from_hex(GOLDEN_ENVELOPE, &sealed);
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&plain, 9);
    assert_int_equal(mu_envelope_open(mu_buf_view(&sealed), &key, &plain, &err), MU_E_LIMIT);
    assert_int_equal(plain.len, 0);
}

static void test_wrap__has_its_golden_bytes_and_unwraps(void **state)
{
    (void)state;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys device;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys server;
    keys_from(0, &device);
    keys_from(0x80, &server);
    struct mu_epoch_key key = epoch_key();
    uint8_t nonce[MU_NONCE_LEN];
    MU_BUF_AUTO struct mu_buf wrapped;
    mu_buf_init(&wrapped, MU_WRAPPED_LEN);

    assert_int_equal(mu_epoch_wrap(&key, 7, id_from(0x10), device.public.box, &server,
                                   golden_nonce(nonce), &wrapped),
                     MU_OK);
    assert_hex(mu_buf_view(&wrapped), GOLDEN_WRAPPED);

    uint32_t epoch = 0;
    struct mu_epoch_key back;
    struct mu_error err = {0};
    assert_int_equal(mu_epoch_unwrap(mu_buf_view(&wrapped), &device, server.public.box,
                                     id_from(0x10), &epoch, &back, &err),
                     MU_OK);
    assert_int_equal(epoch, 7);
    assert_memory_equal(back.bytes, key.bytes, sizeof key.bytes);
}

static void test_wrap__is_for_one_device_one_workspace_and_from_one_server(void **state)
{
    (void)state;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys device;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys server;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys other;
    keys_from(0, &device);
    keys_from(0x80, &server);
    keys_from(1, &other);
    MU_BUF_AUTO struct mu_buf wrapped;
    mu_buf_init(&wrapped, 200);
    from_hex(GOLDEN_WRAPPED, &wrapped);
    struct mu_slice view = mu_buf_view(&wrapped);
    uint32_t epoch = 99;
    struct mu_epoch_key key = {{1}};
    struct mu_error err = {0};

    assert_int_equal(
        mu_epoch_unwrap(view, &other, server.public.box, id_from(0x10), &epoch, &key, &err),
        MU_E_CRYPTO);
    assert_int_equal(
        mu_epoch_unwrap(view, &device, other.public.box, id_from(0x10), &epoch, &key, &err),
        MU_E_CRYPTO);
    assert_int_equal(
        mu_epoch_unwrap(view, &device, server.public.box, id_from(0x11), &epoch, &key, &err),
        MU_E_CRYPTO);
    assert_says(&err, "another workspace");
    for (size_t i = 0; i < wrapped.len; i++) {
        wrapped.data[i] ^= 4;
        assert_int_equal(
            mu_epoch_unwrap(view, &device, server.public.box, id_from(0x10), &epoch, &key, &err),
            i == 0 ? MU_E_VERSION : MU_E_CRYPTO);
        wrapped.data[i] ^= 4;
    }
    for (size_t len = 0; len < wrapped.len; len++) {
        assert_int_equal(mu_epoch_unwrap(mu_slice_of(wrapped.data, len), &device, server.public.box,
                                         id_from(0x10), &epoch, &key, &err),
                         MU_E_CORRUPT);
    }
    assert_int_equal(epoch, 99);
    assert_int_equal(key.bytes[0], 1);
}

static void test_wrap__refuses_a_box_key_of_zeros(void **state)
{
    (void)state;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys server;
    keys_from(0x80, &server);
    static const uint8_t zeros[MU_BOX_PK_LEN] = {0};
    struct mu_epoch_key key = epoch_key();
    uint8_t nonce[MU_NONCE_LEN];
    MU_BUF_AUTO struct mu_buf wrapped;
    mu_buf_init(&wrapped, 200);

    assert_int_equal(
        mu_epoch_wrap(&key, 7, id_from(0x10), zeros, &server, golden_nonce(nonce), &wrapped),
        MU_E_CRYPTO);
    assert_int_equal(wrapped.len, 0);
}

static int start(void **state)
{
    (void)state;
    return mu_seal_start() == MU_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_envelope__has_its_golden_bytes_and_opens),
        cmocka_unit_test(test_envelope__takes_an_empty_change_and_a_chunk_of_256_kib),
        cmocka_unit_test(test_envelope__finds_every_changed_byte_and_leaves_out_alone),
        cmocka_unit_test(test_envelope__finds_every_cut_and_anything_put_behind),
        cmocka_unit_test(test_envelope__refuses_unknown_heads_and_full_buffers),
        cmocka_unit_test(test_wrap__has_its_golden_bytes_and_unwraps),
        cmocka_unit_test(test_wrap__is_for_one_device_one_workspace_and_from_one_server),
        cmocka_unit_test(test_wrap__refuses_a_box_key_of_zeros),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
