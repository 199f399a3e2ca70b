/* Feedback is for two people: nobody else may read it, nobody may put words into the
 * author's mouth, and nobody may move it to another message, person or workspace. */
#include "tests/unit/seal_fixture.h"

#include "common/seal/sealed.h"
#include "common/seal/secret.h"
#include "common/seal/sign.h"

#define SEALED_MAX (256 * 1024)

/* The author's own device, two of the recipient's, and a stranger's. */
struct cast {
    struct mu_device_keys author;
    struct mu_device_keys phone;
    struct mu_device_keys laptop;
    struct mu_device_keys stranger;
    struct mu_box_pk readers[3];
    struct mu_sealed_about about;
};

static void cast_init(struct cast *cast)
{
    keys_from(0x80, &cast->author);
    keys_from(0, &cast->phone);
    keys_from(1, &cast->laptop);
    keys_from(2, &cast->stranger);
    memcpy(cast->readers[0].bytes, cast->phone.public.box, MU_BOX_PK_LEN);
    memcpy(cast->readers[1].bytes, cast->laptop.public.box, MU_BOX_PK_LEN);
    memcpy(cast->readers[2].bytes, cast->author.public.box, MU_BOX_PK_LEN);
    cast->about = (struct mu_sealed_about){
        .workspace = id_from(0x10),
        .message = id_from(0x50),
        .from_device = id_from(0x30),
        .to_person = id_from(0x70),
    };
}

static enum mu_status make(const struct cast *cast, struct mu_slice text, struct mu_buf *out,
                           struct mu_error *err)
{
    struct mu_sealed_make_args args = {
        .about = cast->about,
        .created_ms = 1790000000000,
        .text = text,
        .readers = cast->readers,
        .reader_count = 3,
        .author = &cast->author,
    };
    return mu_sealed_make(&args, out, err);
}

static struct mu_sealed_open_args opening(const struct cast *cast, struct mu_slice sealed,
                                          const struct mu_device_keys *reader)
{
    return (struct mu_sealed_open_args){
        .about = cast->about,
        .sealed = sealed,
        .reader = reader,
        .author_sign_pk = cast->author.public.sign,
    };
}

/* Opening fails with status and leaves the result alone. */
static void assert_shut(const struct mu_sealed_open_args *args, enum mu_status status)
{
    struct mu_sealed_opened opened = {.created_ms = 77};
    struct mu_error err = {0};
    assert_int_equal(mu_sealed_open(args, &opened, &err), status);
    assert_int_equal(err.status, status);
    assert_true(opened.created_ms == 77);
    assert_null(opened.inner.data);
}

static void test_sealed__opens_for_each_reader_and_for_nobody_else(void **state)
{
    (void)state;
    struct cast cast;
    cast_init(&cast);
    MU_BUF_AUTO struct mu_buf sealed;
    mu_buf_init(&sealed, SEALED_MAX);
    struct mu_error err = {0};
    assert_int_equal(make(&cast, mu_slice_str("well done"), &sealed, &err), MU_OK);
    const struct mu_device_keys *readers[] = {&cast.phone, &cast.laptop, &cast.author};

    for (size_t i = 0; i < 3; i++) {
        struct mu_sealed_open_args args = opening(&cast, mu_buf_view(&sealed), readers[i]);
        MU_SEALED_OPENED_AUTO struct mu_sealed_opened opened = {0};
        assert_int_equal(mu_sealed_open(&args, &opened, &err), MU_OK);
        assert_true(mu_slice_equal(opened.text, mu_slice_str("well done")));
        assert_true(mu_slice_equal(opened.readers, mu_slice_of(cast.readers, 96)));
        assert_true(mu_id_equal(opened.about.message, cast.about.message));
        assert_true(opened.created_ms == 1790000000000);
        assert_false(opened.resealed);
    }
    struct mu_sealed_open_args args = opening(&cast, mu_buf_view(&sealed), &cast.stranger);
    assert_shut(&args, MU_E_NOT_FOUND);
}

static void test_sealed__opens_golden_bytes_for_ever(void **state)
{
    (void)state;
    struct cast cast;
    cast_init(&cast);
    MU_BUF_AUTO struct mu_buf sealed;
    mu_buf_init(&sealed, SEALED_MAX);
    from_hex(GOLDEN_SEALED, &sealed);
    struct mu_sealed_open_args args = opening(&cast, mu_buf_view(&sealed), &cast.phone);
    MU_SEALED_OPENED_AUTO struct mu_sealed_opened opened = {0};
    struct mu_error err = {0};

    assert_int_equal(mu_sealed_open(&args, &opened, &err), MU_OK);

    assert_true(mu_slice_equal(opened.text, mu_slice_str("well done")));
}

static void test_sealed__sizes_go_in_steps(void **state)
{
    (void)state;
    struct cast cast;
    cast_init(&cast);
    uint8_t text[600];
    memset(text, 't', sizeof text);
    size_t seen = 0;
    size_t sizes = 0;

    for (size_t len = 0; len <= 600; len += 10) {
        MU_BUF_AUTO struct mu_buf sealed;
        mu_buf_init(&sealed, SEALED_MAX);
        struct mu_error err = {0};
        assert_int_equal(make(&cast, mu_slice_of(text, len), &sealed, &err), MU_OK);
        assert_int_equal((sealed.len / 3 - 37 - 48) % MU_SEALED_STEP, 0);
        sizes += sealed.len != seen ? 1 : 0;
        seen = sealed.len;
        struct mu_sealed_open_args args = opening(&cast, mu_buf_view(&sealed), &cast.laptop);
        MU_SEALED_OPENED_AUTO struct mu_sealed_opened opened = {0};
        assert_int_equal(mu_sealed_open(&args, &opened, &err), MU_OK);
        assert_int_equal(opened.text.len, len);
    }
    assert_in_range(sizes, 3, 4);
}

static void test_sealed__takes_the_largest_text_for_the_most_readers(void **state)
{
    (void)state;
    struct cast cast;
    cast_init(&cast);
    static const uint8_t text[MU_SEALED_TEXT_MAX + 1] = {'t'};
    struct mu_box_pk readers[MU_SEALED_KEYS_MAX + 1];
    for (size_t i = 0; i <= MU_SEALED_KEYS_MAX; i++) {
        struct mu_device_keys keys;
        keys_from((uint8_t)i, &keys);
        memcpy(readers[i].bytes, keys.public.box, MU_BOX_PK_LEN);
    }
    struct mu_sealed_make_args args = {.about = cast.about,
                                       .text = mu_slice_of(text, MU_SEALED_TEXT_MAX),
                                       .readers = readers,
                                       .reader_count = MU_SEALED_KEYS_MAX,
                                       .author = &cast.author};
    MU_BUF_AUTO struct mu_buf sealed;
    mu_buf_init(&sealed, SEALED_MAX);
    struct mu_error err = {0};

    assert_int_equal(mu_sealed_make(&args, &sealed, &err), MU_OK);
    struct mu_sealed_open_args open = opening(&cast, mu_buf_view(&sealed), &cast.laptop);
    MU_SEALED_OPENED_AUTO struct mu_sealed_opened opened = {0};
    assert_int_equal(mu_sealed_open(&open, &opened, &err), MU_OK);
    assert_int_equal(opened.text.len, MU_SEALED_TEXT_MAX);

    size_t before = sealed.len;
    args.text.len++;
    assert_int_equal(mu_sealed_make(&args, &sealed, &err), MU_E_LIMIT);
    args.text.len = 1;
    args.reader_count++;
    assert_int_equal(mu_sealed_make(&args, &sealed, &err), MU_E_LIMIT);
    assert_int_equal(sealed.len, before);
}

static void test_sealed__refuses_bad_readers_and_a_full_buffer(void **state)
{
    (void)state;
    struct cast cast;
    cast_init(&cast);
    struct mu_box_pk readers[2] = {cast.readers[0], cast.readers[0]};
    struct mu_sealed_make_args args = {
        .about = cast.about, .text = mu_slice_str("t"), .readers = readers, .author = &cast.author};
    MU_BUF_AUTO struct mu_buf sealed;
    mu_buf_init(&sealed, 600);
    assert_int_equal(mu_buf_append_byte(&sealed, 'k'), MU_OK);
    struct mu_error err = {0};

    assert_int_equal(mu_sealed_make(&args, &sealed, &err), MU_E_INVALID);
    args.reader_count = 2;
    assert_int_equal(mu_sealed_make(&args, &sealed, &err), MU_E_INVALID);
    assert_says(&err, "named twice");
    memset(&readers[0], 0, sizeof readers[0]);
    assert_int_equal(mu_sealed_make(&args, &sealed, &err), MU_E_INVALID);
    assert_says(&err, "no key");
    readers[0] = cast.readers[1];
    assert_int_equal(mu_sealed_make(&args, &sealed, &err), MU_E_LIMIT);

    assert_int_equal(sealed.len, 1);
    assert_int_equal(sealed.data[0], 'k');
}

static void test_sealed__finds_every_changed_byte_and_every_cut(void **state)
{
    (void)state;
    struct cast cast;
    cast_init(&cast);
    MU_BUF_AUTO struct mu_buf sealed;
    mu_buf_init(&sealed, SEALED_MAX);
    from_hex(GOLDEN_SEALED, &sealed);
    struct mu_sealed_open_args args = opening(&cast, mu_buf_view(&sealed), &cast.phone);

    for (size_t i = 0; i < sealed.len; i++) {
        enum mu_status expected = i == 0   ? MU_E_VERSION
                                  : i < 33 ? MU_E_NOT_FOUND /* another device's, it seems */
                                  : i < 37 ? MU_E_CORRUPT
                                           : MU_E_CRYPTO;
        sealed.data[i] ^= 0x20;
        assert_shut(&args, expected);
        sealed.data[i] ^= 0x20;
    }
    for (size_t len = 0; len < sealed.len; len++) {
        args.sealed.len = len;
        assert_shut(&args, len == 0 ? MU_E_NOT_FOUND : MU_E_CORRUPT);
    }
}

static void test_sealed__holds_for_its_author_and_place_alone(void **state)
{
    (void)state;
    struct cast cast;
    cast_init(&cast);
    MU_BUF_AUTO struct mu_buf sealed;
    mu_buf_init(&sealed, SEALED_MAX);
    from_hex(GOLDEN_SEALED, &sealed);
    struct mu_sealed_open_args args = opening(&cast, mu_buf_view(&sealed), &cast.phone);

    args.author_sign_pk = cast.stranger.public.sign;
    assert_shut(&args, MU_E_CRYPTO);
    args.author_sign_pk = cast.author.public.sign;
    for (size_t i = 0; i < 4; i++) {
        struct mu_id *ids[] = {&args.about.workspace, &args.about.message, &args.about.from_device,
                               &args.about.to_person};
        ids[i]->bytes[5] ^= 1;
        assert_shut(&args, MU_E_CRYPTO);
        ids[i]->bytes[5] ^= 1;
    }
    MU_SEALED_OPENED_AUTO struct mu_sealed_opened opened = {0};
    struct mu_error err = {0};
    assert_int_equal(mu_sealed_open(&args, &opened, &err), MU_OK);
}

static void test_sealed__a_false_copy_in_front_does_not_hide_the_true_one(void **state)
{
    (void)state;
    struct cast cast;
    cast_init(&cast);
    MU_BUF_AUTO struct mu_buf sealed;
    mu_buf_init(&sealed, SEALED_MAX);
    from_hex(GOLDEN_SEALED, &sealed);
    sealed.data[100] ^= 1;
    from_hex(GOLDEN_SEALED, &sealed);
    struct mu_sealed_open_args args = opening(&cast, mu_buf_view(&sealed), &cast.phone);
    MU_SEALED_OPENED_AUTO struct mu_sealed_opened opened = {0};
    struct mu_error err = {0};

    assert_int_equal(mu_sealed_open(&args, &opened, &err), MU_OK);

    assert_true(mu_slice_equal(opened.text, mu_slice_str("well done")));
}

static void test_sealed__a_newer_copy_for_another_device_is_passed_over(void **state)
{
    (void)state;
    struct cast cast;
    cast_init(&cast);
    MU_BUF_AUTO struct mu_buf sealed;
    mu_buf_init(&sealed, SEALED_MAX);
    uint8_t newer[1 + 32 + 4 + 3] = {9, [36] = 3};
    assert_int_equal(mu_buf_append(&sealed, newer, sizeof newer), MU_OK);
    from_hex(GOLDEN_SEALED, &sealed);
    struct mu_sealed_open_args args = opening(&cast, mu_buf_view(&sealed), &cast.phone);
    MU_SEALED_OPENED_AUTO struct mu_sealed_opened opened = {0};
    struct mu_error err = {0};

    assert_int_equal(mu_sealed_open(&args, &opened, &err), MU_OK);
}

static void test_sealed__can_be_passed_on_to_a_new_device_with_its_signature(void **state)
{
    (void)state;
    struct cast cast;
    cast_init(&cast);
    MU_BUF_AUTO struct mu_buf sealed;
    mu_buf_init(&sealed, SEALED_MAX);
    from_hex(GOLDEN_SEALED, &sealed);
    struct mu_error err = {0};
    struct mu_sealed_open_args args = opening(&cast, mu_buf_view(&sealed), &cast.phone);
    MU_SEALED_OPENED_AUTO struct mu_sealed_opened old = {0};
    assert_int_equal(mu_sealed_open(&args, &old, &err), MU_OK);
    assert_false(old.resealed);

    assert_int_equal(mu_sealed_add(&old, &cast.readers[1], &sealed, &err), MU_OK);

    args = opening(&cast, mu_buf_view(&sealed), &cast.laptop);
    MU_SEALED_OPENED_AUTO struct mu_sealed_opened new = {0};
    assert_int_equal(mu_sealed_open(&args, &new, &err), MU_OK);
    assert_true(mu_slice_equal(mu_buf_view(&new.inner), mu_buf_view(&old.inner)));
    assert_true(new.resealed);

    size_t before = sealed.len;
    assert_int_equal(mu_sealed_add(&new, &cast.readers[1], &sealed, &err), MU_E_EXISTS);
    assert_int_equal(mu_sealed_add(&new, &cast.readers[0], &sealed, &err), MU_E_EXISTS);
    assert_int_equal(sealed.len, before);

    MU_BUF_AUTO struct mu_buf alone;
    mu_buf_init(&alone, SEALED_MAX);
    assert_int_equal(mu_sealed_add(&new, &cast.readers[2], &alone, &err), MU_OK);
    args = opening(&cast, mu_buf_view(&alone), &cast.author);
    MU_SEALED_OPENED_AUTO struct mu_sealed_opened third = {0};
    assert_int_equal(mu_sealed_open(&args, &third, &err), MU_OK);
}

static void test_sealed__add_refuses_what_is_no_sealed_text_and_too_many_copies(void **state)
{
    (void)state;
    struct cast cast;
    cast_init(&cast);
    MU_BUF_AUTO struct mu_buf sealed;
    mu_buf_init(&sealed, SEALED_MAX);
    from_hex(GOLDEN_SEALED, &sealed);
    struct mu_error err = {0};
    struct mu_sealed_open_args args = opening(&cast, mu_buf_view(&sealed), &cast.phone);
    MU_SEALED_OPENED_AUTO struct mu_sealed_opened opened = {0};
    assert_int_equal(mu_sealed_open(&args, &opened, &err), MU_OK);

    size_t whole = sealed.len;
    sealed.len--;
    assert_int_equal(mu_sealed_add(&opened, &cast.readers[1], &sealed, &err), MU_E_CORRUPT);
    assert_int_equal(sealed.len, whole - 1);
    sealed.len = whole;
    for (uint8_t i = 3; i < 3 + MU_SEALED_COPIES_MAX - 1; i++) {
        struct mu_device_keys keys;
        keys_from(i, &keys);
        struct mu_box_pk pk;
        memcpy(pk.bytes, keys.public.box, sizeof pk.bytes);
        assert_int_equal(mu_sealed_add(&opened, &pk, &sealed, &err), MU_OK);
    }
    assert_int_equal(mu_sealed_add(&opened, &cast.readers[1], &sealed, &err), MU_E_LIMIT);
}

static int start(void **state)
{
    (void)state;
    return mu_seal_start() == MU_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sealed__opens_for_each_reader_and_for_nobody_else),
        cmocka_unit_test(test_sealed__opens_golden_bytes_for_ever),
        cmocka_unit_test(test_sealed__sizes_go_in_steps),
        cmocka_unit_test(test_sealed__takes_the_largest_text_for_the_most_readers),
        cmocka_unit_test(test_sealed__refuses_bad_readers_and_a_full_buffer),
        cmocka_unit_test(test_sealed__finds_every_changed_byte_and_every_cut),
        cmocka_unit_test(test_sealed__holds_for_its_author_and_place_alone),
        cmocka_unit_test(test_sealed__a_false_copy_in_front_does_not_hide_the_true_one),
        cmocka_unit_test(test_sealed__a_newer_copy_for_another_device_is_passed_over),
        cmocka_unit_test(test_sealed__can_be_passed_on_to_a_new_device_with_its_signature),
        cmocka_unit_test(test_sealed__add_refuses_what_is_no_sealed_text_and_too_many_copies),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
