/* What a host writes by hand decides who can reach a team: a setting is taken as it is written or
 * refused with its line, never guessed. */
#include "tests/harness/cmocka.h"

#include "server/shell/config.h"
#include "server/shell/found.h"

static void assert_endpoint(const char *text, const char *host, unsigned port, bool wildcard)
{
    struct mu_endpoint endpoint;
    struct mu_error err;
    char again[MU_ENDPOINT_ROOM];
    assert_int_equal(mu_endpoint_parse(text, &endpoint, &err), MU_OK);
    assert_string_equal(endpoint.host, host);
    assert_int_equal(endpoint.port, port);
    assert_int_equal(endpoint.is_wildcard, wildcard);
    assert_int_equal(mu_endpoint_print(&endpoint, again, &err), MU_OK);
    assert_string_equal(again, text);
}

static void test_shell_config__endpoints_come_apart_and_together(void **state)
{
    (void)state;

    assert_endpoint("tcp://127.0.0.1:7420", "127.0.0.1", 7420, false);
    assert_endpoint("tcp://[::1]:1", "::1", 1, false);
    assert_endpoint("tcp://muster.example:65535", "muster.example", 65535, false);
    assert_endpoint("tcp://*:7420", "*", 7420, true);
    assert_endpoint("tcp://0.0.0.0:7420", "0.0.0.0", 7420, true);
    assert_endpoint("tcp://127.0.0.1:*", "127.0.0.1", 0, false);
}

static void test_shell_config__bad_endpoints_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "tcp://",
                                        "tcp://:7420",
                                        "tcp://a",
                                        "udp://a:1",
                                        "a:1",
                                        "tcp://a:",
                                        "tcp://a:65536",
                                        "tcp://a:1x",
                                        "tcp://::1:7420",
                                        "tcp://a b:1",
                                        "tcp://a:99999999999999999999",
                                        "tcp://\033[31m:1"};
    struct mu_endpoint endpoint;
    struct mu_error err;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(mu_endpoint_parse(texts[i], &endpoint, &err), MU_E_INVALID);
    }
    char longest[400];
    (void)snprintf(longest, sizeof longest, "tcp://%0300d:1", 0);
    assert_int_equal(mu_endpoint_parse(longest, &endpoint, &err), MU_E_INVALID);
}

static void test_shell_config__what_is_printed_is_read_again(void **state)
{
    (void)state;
    const struct mu_config config = {.listen = "tcp://*:7420",
                                     .public_endpoint = "tcp://muster.example:7420"};
    struct mu_config again;
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_CONFIG_MAX);

    assert_int_equal(mu_config_print(&config, &text), MU_OK);
    assert_int_equal(mu_config_parse(mu_buf_view(&text), &again, &err), MU_OK);

    assert_string_equal(again.listen, config.listen);
    assert_string_equal(again.public_endpoint, config.public_endpoint);
}

static void assert_line_refused(const char *text, const char *message)
{
    struct mu_config config;
    struct mu_error err;
    assert_int_equal(mu_config_parse(mu_slice_str(text), &config, &err), MU_E_INVALID);
    assert_string_equal(err.text, message);
}

static void test_shell_config__a_bad_line_is_named(void **state)
{
    (void)state;

    assert_line_refused("listen = tcp://a:1\nlisten\n", "musterd.conf, line 2: write name = value");
    assert_line_refused("# all\n\nport = 7\n", "musterd.conf, line 3: there is no setting 'port'");
    assert_line_refused("listen = 7420\n",
                        "musterd.conf, line 1: '7420' is no address; write tcp://HOST:PORT");
}

static void test_shell_config__an_empty_file_is_the_default(void **state)
{
    (void)state;
    struct mu_config config;
    struct mu_error err;

    assert_int_equal(mu_config_parse(mu_slice_str("\n  # nothing\r\n"), &config, &err), MU_OK);

    assert_string_equal(config.listen, MU_LISTEN_DEFAULT);
    assert_string_equal(config.public_endpoint, MU_LISTEN_DEFAULT);
}

static void test_shell_config__a_lead_is_a_name_and_a_handle(void **state)
{
    (void)state;
    struct mu_lead lead;
    struct mu_error err;
    static const char *const bad[] = {"", "Ana", "<ana>", "Ana <ana", "Ana <>", "Ana <ana> x"};

    assert_int_equal(mu_lead_parse("Ana Ruiz  <ana>", &lead, &err), MU_OK);
    assert_string_equal(lead.name, "Ana Ruiz");
    assert_string_equal(lead.handle, "ana");
    assert_int_equal(mu_lead_parse("Ana <@ana>", &lead, &err), MU_OK);
    assert_string_equal(lead.handle, "ana");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(mu_lead_parse(bad[i], &lead, &err), MU_E_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shell_config__endpoints_come_apart_and_together),
        cmocka_unit_test(test_shell_config__bad_endpoints_are_refused),
        cmocka_unit_test(test_shell_config__what_is_printed_is_read_again),
        cmocka_unit_test(test_shell_config__a_bad_line_is_named),
        cmocka_unit_test(test_shell_config__an_empty_file_is_the_default),
        cmocka_unit_test(test_shell_config__a_lead_is_a_name_and_a_handle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
