#include "tests/unit/client_fixture.h"

#include "common/db/stmt.h"

int client_fixture_open(void **state)
{
    static struct mu_pair pair;
    mu_pair_open(&pair, "client");
    *state = &pair;
    return 0;
}

int client_fixture_close(void **state)
{
    mu_pair_close(*state);
    return 0;
}

size_t client_fixture_lead(struct mu_pair *pair)
{
    return client_fixture_member(pair);
}

size_t client_fixture_member(struct mu_pair *pair)
{
    size_t client = mu_pair_join(pair);
    mu_pair_settle(pair);
    return client;
}

static bool pass(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    struct client_filter *filter = state;
    struct mu_message message;
    if (frame->client != filter->client) {
        return true;
    }
    assert_int_equal(mu_message_decode(mu_slice_of(frame->bytes, frame->len),
                                       &pair->clients[frame->client].arena, &message, &pair->err),
                     MU_OK);
    if (message.kind != filter->kind) {
        return true;
    }
    filter->seen++;
    if (filter->drop == 0) {
        return true;
    }
    filter->drop--;
    return false;
}

void client_fixture_filter(struct mu_pair *pair, struct client_filter *filter)
{
    pair->pass = filter == NULL ? NULL : pass;
    pair->pass_state = filter;
}

int64_t client_fixture_number(struct mu_pair *pair, struct mu_db *db, const char *sql)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    assert_int_equal(mu_stmt_prepare(&stmt, db, sql, &pair->err), MU_OK);
    assert_int_equal(mu_stmt_step(&stmt, &row, &pair->err), MU_OK);
    assert_true(row);
    int64_t number = mu_stmt_int(&stmt, 0);
    mu_stmt_finalize(&stmt);
    return number;
}

void client_fixture_exec(struct mu_pair *pair, struct mu_db *db, const char *sql)
{
    assert_int_equal(mu_db_exec(db, sql, &pair->err), MU_OK);
}

void client_fixture_say(struct mu_pair *pair, size_t client, const struct mu_message *message)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MESSAGE_MAX);
    assert_int_equal(mu_message_encode(message, &pair->clients[client].arena, &bytes), MU_OK);
    mu_pair_post(pair, client, false, mu_buf_view(&bytes));
}
