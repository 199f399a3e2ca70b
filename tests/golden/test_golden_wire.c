/* The wire as it was when it was released: tests/golden/wire holds the bytes of a record
 * of every kind (NAME.hex) and what they mean (NAME.txt).  Decoding the bytes gives that
 * record and encoding the record gives those bytes.  A difference is a break of the
 * protocol with every replica and log out there, not a test to be adjusted.
 *
 * MUSTER_GOLDEN=write makes the files of kinds that have none yet; it never changes one. */
#include "tests/harness/cmocka.h"

#include <stdlib.h>

#include "common/wire/message.h"
#include "tests/harness/wire_codec.h"

#define FOLDER    MUSTER_SOURCE_DIR "/tests/golden/wire/"
#define ARENA_MAX ((size_t)8 * 1024 * 1024)
#define LINE_LEN  64 /* hex digits on a line */
#define TRIES     50

struct golden {
    struct mu_arena arena;
    struct mu_buf bytes;
    struct mu_buf text;
    struct mu_buf got_bytes;
    struct mu_buf got_text;
};

static int golden_open(void **state)
{
    static struct golden golden;
    mu_arena_init(&golden.arena, ARENA_MAX);
    mu_buf_init(&golden.bytes, MU_MESSAGE_MAX);
    mu_buf_init(&golden.text, MU_MESSAGE_MAX);
    mu_buf_init(&golden.got_bytes, MU_MESSAGE_MAX);
    mu_buf_init(&golden.got_text, MU_MESSAGE_MAX);
    *state = &golden;
    return 0;
}

static int golden_close(void **state)
{
    struct golden *golden = *state;
    mu_arena_deinit(&golden->arena);
    mu_buf_deinit(&golden->bytes);
    mu_buf_deinit(&golden->text);
    mu_buf_deinit(&golden->got_bytes);
    mu_buf_deinit(&golden->got_text);
    return 0;
}

static void path_of(const struct mu_wire_codec *codec, const char *ending, char out[static 512])
{
    int len = snprintf(out, 512, "%s%s.%s", FOLDER, mu_wire_codec_name(codec), ending);
    assert_true(len > 0 && len < 512);
}

static bool read_file(const char *path, struct mu_buf *out)
{
    mu_buf_clear(out);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    uint8_t piece[4096];
    size_t len = 0;
    while ((len = fread(piece, 1, sizeof piece, file)) > 0) {
        assert_int_equal(mu_buf_append(out, piece, len), MU_OK);
    }
    assert_int_equal(fclose(file), 0);
    return true;
}

static void write_file(const char *path, struct mu_slice bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
}

/* Lines of hex digits to bytes, in place. */
static void from_hex(struct mu_buf *buf)
{
    uint8_t *put = buf->data;
    const uint8_t *end = buf->data + buf->len;
    for (const uint8_t *at = buf->data; at < end;) {
        if (*at == '\n') {
            at++;
        } else {
            uint8_t byte = 0;
            assert_true(end - at >= 2 && mu_unhex(mu_slice_of(at, 2), &byte, 1));
            *put++ = byte;
            at += 2;
        }
    }
    buf->len = (size_t)(put - buf->data);
}

static void to_hex(struct mu_slice bytes, struct mu_buf *out)
{
    mu_buf_clear(out);
    char line[LINE_LEN + 1];
    for (size_t at = 0; at < bytes.len; at += LINE_LEN / 2) {
        size_t len = bytes.len - at < LINE_LEN / 2 ? bytes.len - at : LINE_LEN / 2;
        mu_hex(mu_slice_of(bytes.data + at, len), line);
        assert_int_equal(mu_buf_printf(out, "%s\n", line), MU_OK);
    }
}

/* The throw with the longest text: everything that may be left out is in it. */
static void throw_rich(struct golden *golden, const struct mu_wire_codec *codec)
{
    uint64_t best = 0;
    size_t best_len = 0;
    for (uint64_t seed = 0; seed <= TRIES; seed++) {
        struct mu_dice dice = {.state = seed < TRIES ? seed : best};
        mu_arena_clear(&golden->arena);
        mu_buf_clear(&golden->bytes);
        mu_buf_clear(&golden->text);
        mu_wire_codec_make(codec, &dice, &golden->arena, &golden->bytes, &golden->text);
        if (golden->text.len > best_len) {
            best = seed;
            best_len = golden->text.len;
        }
    }
}

static void write_golden(struct golden *golden, const struct mu_wire_codec *codec)
{
    char path[512];
    throw_rich(golden, codec);
    to_hex(mu_buf_view(&golden->bytes), &golden->got_text);
    path_of(codec, "hex", path);
    write_file(path, mu_buf_view(&golden->got_text));
    path_of(codec, "txt", path);
    write_file(path, mu_buf_view(&golden->text));
}

static void read_golden(struct golden *golden, const struct mu_wire_codec *codec)
{
    char path[512];
    path_of(codec, "hex", path);
    if (!read_file(path, &golden->bytes)) {
        fail_msg("no golden bytes in '%s'; MUSTER_GOLDEN=write makes them", path);
    }
    from_hex(&golden->bytes);
    path_of(codec, "txt", path);
    assert_true(read_file(path, &golden->text));
}

static void test_golden_wire__bytes_and_records_are_what_they_were(void **state)
{
    struct golden *golden = *state;
    const char *mode = getenv("MUSTER_GOLDEN");
    bool may_write = mode != NULL && strcmp(mode, "write") == 0;

    const struct mu_wire_codec *codec = NULL;
    for (size_t i = 0; (codec = mu_wire_codec_at(i)) != NULL; i++) {
        char path[512];
        path_of(codec, "hex", path);
        if (may_write && !read_file(path, &golden->bytes)) {
            write_golden(golden, codec);
        }
        read_golden(golden, codec);
        mu_arena_clear(&golden->arena);
        mu_buf_clear(&golden->got_text);
        mu_buf_clear(&golden->got_bytes);
        struct mu_error err = {0};
        if (mu_wire_codec_read(codec, mu_buf_view(&golden->bytes), &golden->arena,
                               &golden->got_text, &golden->got_bytes, &err) != MU_OK) {
            fail_msg("%s: %s", path, err.text);
        }
        assert_int_equal(golden->got_text.len, golden->text.len);
        assert_memory_equal(golden->got_text.data, golden->text.data, golden->text.len);
        assert_int_equal(golden->got_bytes.len, golden->bytes.len);
        assert_memory_equal(golden->got_bytes.data, golden->bytes.data, golden->bytes.len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_golden_wire__bytes_and_records_are_what_they_were,
                                        golden_open, golden_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
