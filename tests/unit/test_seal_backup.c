/* A backup must open for its recovery key alone, whole and in order, or not at all. */
#include "tests/harness/cmocka.h"

#include "common/seal/backup.h"
#include "common/seal/secret.h"

#define PIECES 3

static const uint8_t seed_a[32] = {1};
static const uint8_t seed_b[32] = {2};

/* A backup of three pieces, and where each sealed one begins. */
struct made {
    struct mu_recovery_public public_key;
    struct mu_recovery_secret secret;
    struct mu_buf bytes;
    size_t at[PIECES + 1];
};

static void make(struct made *out)
{
    struct mu_backup_stream stream;
    mu_recovery_make(seed_a, &out->public_key, &out->secret);
    mu_buf_init(&out->bytes, 4096);
    assert_int_equal(mu_backup_begin(&out->public_key, seed_b, &stream, &out->bytes), MU_OK);
    assert_int_equal(out->bytes.len, MU_BACKUP_HEAD_LEN);
    for (size_t i = 0; i < PIECES; i++) {
        out->at[i] = out->bytes.len;
        const char *text[PIECES] = {"first", "second", "third"};
        assert_int_equal(
            mu_backup_seal(&stream, mu_slice_str(text[i]), i == PIECES - 1, &out->bytes), MU_OK);
    }
    out->at[PIECES] = out->bytes.len;
    mu_backup_stream_deinit(&stream);
}

static struct mu_slice piece_of(const struct made *made, size_t i)
{
    size_t from = made->at[i] + MU_BACKUP_FRAME_LEN;
    return mu_slice_of(made->bytes.data + from, made->at[i + 1] - from);
}

static struct mu_slice head_of(const struct made *made)
{
    return mu_slice_of(made->bytes.data, MU_BACKUP_HEAD_LEN);
}

static void open_made(const struct made *made, struct mu_backup_stream *out)
{
    struct mu_error err;
    assert_int_equal(mu_backup_open(head_of(made), &made->secret, out, &err), MU_OK);
}

static void test_seal_backup__comes_back_piece_by_piece(void **state)
{
    (void)state;
    struct made made;
    struct mu_backup_stream stream;
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&plain, MU_BACKUP_SEALED_MAX);
    make(&made);

    open_made(&made, &stream);
    for (size_t i = 0; i < PIECES; i++) {
        size_t len = 0;
        assert_int_equal(mu_backup_frame(made.bytes.data + made.at[i], &len, &err), MU_OK);
        assert_int_equal(len, piece_of(&made, i).len);
        assert_false(stream.ended);
        assert_int_equal(mu_backup_unseal(&stream, piece_of(&made, i), &plain, &err), MU_OK);
    }

    assert_true(stream.ended);
    assert_true(mu_slice_equal(mu_buf_view(&plain), mu_slice_str("third")));
    assert_int_equal(mu_backup_unseal(&stream, piece_of(&made, 0), &plain, &err), MU_E_CORRUPT);
    mu_buf_deinit(&made.bytes);
}

static void test_seal_backup__a_piece_left_out_or_elsewhere_is_found_out(void **state)
{
    (void)state;
    struct made made;
    struct mu_backup_stream stream;
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&plain, MU_BACKUP_SEALED_MAX);
    make(&made);

    open_made(&made, &stream);
    assert_int_equal(mu_backup_unseal(&stream, piece_of(&made, 1), &plain, &err), MU_E_CORRUPT);
    open_made(&made, &stream);
    assert_int_equal(mu_backup_unseal(&stream, piece_of(&made, 0), &plain, &err), MU_OK);
    assert_int_equal(mu_backup_unseal(&stream, piece_of(&made, 2), &plain, &err), MU_E_CORRUPT);
    mu_buf_deinit(&made.bytes);
}

/* Reads all of it; MU_OK only when it came to its end. */
static enum mu_status read_all(const struct made *made, struct mu_error *err)
{
    struct mu_backup_stream stream;
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&plain, MU_BACKUP_SEALED_MAX);
    MU_TRY(mu_backup_open(head_of(made), &made->secret, &stream, err));
    for (size_t i = 0; i < PIECES; i++) {
        size_t len = 0;
        MU_TRY(mu_backup_frame(made->bytes.data + made->at[i], &len, err));
        if (len != piece_of(made, i).len) {
            return mu_fail(err, MU_E_CORRUPT, "length");
        }
        MU_TRY(mu_backup_unseal(&stream, piece_of(made, i), &plain, err));
    }
    return stream.ended ? MU_OK : MU_E_CORRUPT;
}

static void test_seal_backup__every_flipped_bit_is_found_out(void **state)
{
    (void)state;
    struct made made;
    struct mu_error err;
    make(&made);
    assert_int_equal(read_all(&made, &err), MU_OK);

    for (size_t bit = 0; bit < 8 * made.bytes.len; bit++) {
        made.bytes.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_not_equal(read_all(&made, &err), MU_OK);
        made.bytes.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    mu_buf_deinit(&made.bytes);
}

static void test_seal_backup__opens_for_its_own_key_alone(void **state)
{
    (void)state;
    struct made made;
    struct mu_backup_stream stream;
    struct mu_recovery_public other_public;
    struct mu_recovery_secret other;
    struct mu_error err;
    make(&made);
    mu_recovery_make(seed_b, &other_public, &other);

    assert_int_equal(mu_backup_open(head_of(&made), &other, &stream, &err), MU_E_DENIED);
    assert_int_equal(mu_backup_open(mu_slice_str("PK\3\4 a zip file"), &other, &stream, &err),
                     MU_E_INVALID);
    assert_int_equal(mu_backup_open(mu_slice_of(made.bytes.data, 100), &made.secret, &stream, &err),
                     MU_E_CORRUPT);
    mu_buf_deinit(&made.bytes);
}

static void test_seal_backup__a_key_survives_its_text_and_a_slip_is_noticed(void **state)
{
    (void)state;
    struct mu_recovery_public public_key;
    struct mu_recovery_public public_back;
    struct mu_recovery_secret secret;
    struct mu_recovery_secret back;
    struct mu_error err;
    MU_SECRET_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_RECOVERY_TEXT_MAX);
    mu_recovery_make(seed_a, &public_key, &secret);

    assert_int_equal(mu_recovery_print_secret(&secret, &text), MU_OK);
    assert_int_equal(mu_buf_append_str(&text, " \r\n"), MU_OK);
    assert_int_equal(mu_recovery_parse_secret(mu_buf_view(&text), &back, &err), MU_OK);
    assert_true(mu_secret_equal(back.bytes, secret.bytes, MU_RECOVERY_LEN));
    assert_int_equal(mu_recovery_parse_public(mu_buf_view(&text), &public_back, &err),
                     MU_E_INVALID);
    text.data[10] = text.data[10] == 'q' ? 'p' : 'q';
    assert_int_equal(mu_recovery_parse_secret(mu_buf_view(&text), &back, &err), MU_E_INVALID);
    text.data[10] = '\0';
    assert_null(strstr(err.text, (const char *)text.data));
    assert_int_equal(mu_recovery_parse_secret(mu_slice_str(""), &back, &err), MU_E_INVALID);
}

static int start(void **state)
{
    (void)state;
    return mu_seal_start() == MU_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seal_backup__comes_back_piece_by_piece),
        cmocka_unit_test(test_seal_backup__a_piece_left_out_or_elsewhere_is_found_out),
        cmocka_unit_test(test_seal_backup__every_flipped_bit_is_found_out),
        cmocka_unit_test(test_seal_backup__opens_for_its_own_key_alone),
        cmocka_unit_test(test_seal_backup__a_key_survives_its_text_and_a_slip_is_noticed),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
