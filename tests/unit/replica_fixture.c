#include "tests/unit/replica_fixture.h"

#include "common/model/due.h"

static void check(enum mu_status status, const struct mu_error *err)
{
    if (status != MU_OK) {
        fail_msg("%s", err->text);
    }
}

void board_open_as(struct board *board, const struct mu_description *about)
{
    struct mu_error err = {0};
    mu_arena_init(&board->arena, (size_t)256 << 20);
    check(mu_db_open(&board->db, &(struct mu_db_options){.application_id = FIXTURE_KIND}, &err),
          &err);
    check(mu_replica_open_as(&board->db, about, &board->replica, &err), &err);
    check(mu_db_begin(&board->db, &err), &err);
}

void board_open(struct board *board)
{
    struct mu_description domain = domain_description();
    board_open_as(board, &domain);
}

void board_reopen(struct board *board, const struct mu_description *about)
{
    struct mu_error err = {0};
    check(mu_db_commit(&board->db, &err), &err);
    mu_replica_close(board->replica);
    struct mu_description domain = domain_description();
    check(mu_replica_open_as(&board->db, about == NULL ? &domain : about, &board->replica, &err),
          &err);
    check(mu_db_begin(&board->db, &err), &err);
}

void board_close(struct board *board)
{
    mu_replica_close(board->replica);
    mu_db_close(&board->db);
    mu_arena_deinit(&board->arena);
}

struct mu_id id_of(uint64_t number)
{
    struct mu_dice dice = {.state = number};
    uint64_t low = mu_dice_next(&dice);
    struct mu_id id = {0};
    for (size_t i = 0; i < 8; i++) {
        id.bytes[i] = (uint8_t)(number >> (56 - 8 * i));
        id.bytes[8 + i] = (uint8_t)(low >> (56 - 8 * i));
    }
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

struct mu_row row_of(uint32_t entity, uint64_t number)
{
    return (struct mu_row){.entity = entity, .id = id_of(number)};
}

void cell_set(struct board *board, struct mu_row *row, uint32_t field, struct mu_value value)
{
    assert_int_equal(mu_row_set(row, &board->arena, field, value, 0), MU_OK);
}

void cell_int(struct board *board, struct mu_row *row, uint32_t field, int64_t value)
{
    cell_set(board, row, field, mu_int(value));
}

void cell_text(struct board *board, struct mu_row *row, uint32_t field, const char *text)
{
    cell_set(board, row, field, mu_bytes(mu_slice_str(text)));
}

static struct mu_value bytes_for(struct board *board, size_t len, bool letters,
                                 struct mu_dice *dice)
{
    uint8_t *bytes = mu_arena_alloc(&board->arena, len + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++) {
        uint64_t throw = mu_dice_next(dice);
        bytes[i] = letters ? (uint8_t)('a' + throw % 26) : (uint8_t) throw;
    }
    return mu_bytes(mu_slice_of(bytes, len));
}

struct mu_value value_for(struct board *board, const struct mu_field *field, struct mu_dice *dice)
{
    size_t limit = field->limit > 200 && mu_dice_below(dice, 50) != 0 ? 200 : field->limit;
    switch (field->type) {
    case MU_TYPE_INT:
        return mu_int((int64_t)mu_dice_next(dice) >> mu_dice_below(dice, 64));
    case MU_TYPE_BOOL:
        return mu_int((int64_t)mu_dice_below(dice, 2));
    case MU_TYPE_ENUM:
        return mu_int(1 + (int64_t)mu_dice_below(dice, field->limit));
    case MU_TYPE_WALL:
        return mu_int((int64_t)mu_dice_below(dice, 253402300800000));
    case MU_TYPE_TEXT:
        return bytes_for(board, mu_dice_below(dice, limit + 1), true, dice);
    case MU_TYPE_BYTES:
        return bytes_for(board, mu_dice_below(dice, limit + 1), false, dice);
    case MU_TYPE_DUE:
        return mu_bytes(mu_slice_str(mu_dice_below(dice, 2) == 0 ? "2026-11-27T17:00 Europe/Lisbon"
                                                                 : "2026-11-27"));
    case MU_TYPE_RANK:
        return bytes_for(board, 1 + mu_dice_below(dice, 8), true, dice);
    case MU_TYPE_ID:
        return bytes_for(board, MU_ID_LEN, false, dice);
    }
    return mu_null();
}

struct mu_row_refs board_apply(struct board *board, const struct mu_row *effects, size_t count,
                               uint64_t seq)
{
    struct mu_error err = {0};
    struct mu_row_refs stale = {0};
    check(mu_replica_apply(board->replica, &board->arena, effects, count, seq, &stale, &err), &err);
    return stale;
}

void assert_rows_equal(const struct mu_row *row, const struct mu_row *expected)
{
    assert_int_equal(row->entity, expected->entity);
    assert_true(mu_id_equal(row->id, expected->id));
    assert_int_equal(row->count, expected->count);
    for (size_t i = 0; i < row->count; i++) {
        assert_int_equal(row->cells[i].field, expected->cells[i].field);
        assert_int_equal(row->cells[i].seq, expected->cells[i].seq);
        assert_true(mu_value_equal(row->cells[i].value, expected->cells[i].value));
    }
}

struct mu_digest board_digest(struct board *board)
{
    struct mu_error err = {0};
    struct mu_digest digest;
    check(mu_replica_digest(board->replica, &digest, &err), &err);
    return digest;
}

void assert_digests_equal(const struct mu_digest *a, const struct mu_digest *b)
{
    assert_memory_equal(a, b, sizeof *a);
    struct mu_hash root_a = mu_digest_root(a);
    struct mu_hash root_b = mu_digest_root(b);
    assert_true(mu_hash_equal(root_a, root_b));
}

void assert_digest_true(struct board *board)
{
    struct mu_error err = {0};
    struct mu_digest digest = board_digest(board);
    struct mu_digest computed;
    check(mu_replica_recompute(board->replica, &computed, &err), &err);
    assert_digests_equal(&digest, &computed);
}

int64_t ask_int(struct board *board, const char *sql)
{
    struct mu_error err = {0};
    struct mu_stmt stmt = {0};
    bool row = false;
    if (mu_stmt_prepare(&stmt, &board->db, sql, &err) != MU_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(mu_stmt_step(&stmt, &row, &err), MU_OK);
    assert_true(row);
    int64_t value = mu_stmt_int(&stmt, 0);
    mu_stmt_finalize(&stmt);
    return value;
}

void board_bucket(struct board *board, unsigned bucket, size_t max, struct mu_buf *out)
{
    struct mu_error err = {0};
    struct mu_bucket_walk walk = {.bucket = bucket, .key = -1};
    while (!walk.done) {
        struct mu_buf piece MU_BUF_AUTO;
        mu_buf_init(&piece, max);
        check(mu_replica_bucket_read(board->replica, &walk, &piece, &err), &err);
        assert_true(piece.len > 0 || walk.done);
        assert_int_equal(mu_buf_append(out, piece.data, piece.len), MU_OK);
    }
}

struct mu_description domain_description(void)
{
    struct mu_description about = {0};
    about.entities = mu_entities(&about.entity_count);
    about.indexes = mu_indexes(&about.index_count);
    return about;
}
