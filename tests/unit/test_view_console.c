/* The lead's console in words: who stands first, what is late and whose, and that a row says all of
 * it without colour or place. */
#include "tests/unit/view_fixture.h"

#include "client/view/console.h"

static struct board board;
static struct mu_names names;
static struct mu_viewpoint from;
static struct mu_client_status status;
static struct mu_console_query query;

static int enter(void **state)
{
    (void)state;
    view_board(&board, &names);
    /* Thu 3 Dec 2026, 14:00 UTC: Ana's call is late. */
    from = (struct mu_viewpoint){.now = {INT64_C(1796306400000)},
                                 .zone = mu_zone_utc(),
                                 .zone_name = "UTC",
                                 .day_end_minute = names.day_end_minute};
    status = (struct mu_client_status){.link = MU_LINK_OFFLINE};
    query = (struct mu_console_query){.db = &board.db,
                                      .names = &names,
                                      .from = &from,
                                      .status = &status,
                                      .self = id_of(ANA),
                                      .most = 10};
    return 0;
}

static int leave(void **state)
{
    (void)state;
    board_close(&board);
    return 0;
}

static void tells(const char *text)
{
    struct mu_error err;
    struct mu_console console;
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 65536);
    assert_int_equal(mu_console_read(&query, &board.arena, &console, &err), MU_OK);
    for (size_t i = 0; i < console.section_count; i++) {
        const struct mu_console_section *section = &console.sections[i];
        if (section->total == 0 && section->none == NULL) {
            continue; /* as on the screen */
        }
        assert_int_equal(mu_words_console_head(&out, section), MU_OK);
        assert_int_equal(mu_buf_append_str(&out, "\n"), MU_OK);
        for (size_t j = 0; j < section->row_count; j++) {
            assert_int_equal(mu_buf_append_str(&out, "  "), MU_OK);
            assert_int_equal(mu_words_console_row(&out, &section->rows[j]), MU_OK);
            assert_int_equal(mu_buf_append_str(&out, "\n"), MU_OK);
        }
    }
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, text);
}

static void test_console__tells_the_team(void **state)
{
    (void)state;
    tells("People 2\n"
          "  @ana: lead, 1 late, 1 open\n"
          "  @kofi: 1 under way, 1 open\n"
          "Late 1\n"
          "  T-1: ! late 6 d, @ana, accepted, Call Kowalczyk\n"
          "Nobody's 1\n"
          "  ~83ge: Test \xc3\x84rger\\x1b[2J\n");
}

static void test_console__tells_one_person(void **state)
{
    (void)state;
    query.person = id_of(KOFI);
    tells("People 1\n"
          "  @kofi: 1 under way, 1 open\n"
          "Open 1\n"
          "  T-2: doing, Parser\n");
}

static void test_console__counts_what_there_is_no_room_for(void **state)
{
    (void)state;
    query.most = 0;
    tells("People 2\n"
          "  @ana: lead, 1 late, 1 open\n"
          "  @kofi: 1 under way, 1 open\n"
          "Late 1, the first 0\n"
          "Nobody's 1, the first 0\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_console__tells_the_team, enter, leave),
        cmocka_unit_test_setup_teardown(test_console__tells_one_person, enter, leave),
        cmocka_unit_test_setup_teardown(test_console__counts_what_there_is_no_room_for, enter,
                                        leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
