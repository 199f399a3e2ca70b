/* Whoever can reach the port can send anything: the server stays up and small, and who has a key
 * is served meanwhile.  Nobody here knows a key. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* The sanitizer keeps what was freed for a while. */
#if defined(__SANITIZE_ADDRESS__)
#define GROWTH_KIB (400 << 10)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GROWTH_KIB (400 << 10)
#endif
#endif
#ifndef GROWTH_KIB
#define GROWTH_KIB (16 << 10)
#endif

#define SILENT   300
#define ROUNDS   8
#define GREETING 64 /* bytes of ZMTP 3 */

static int knock(const struct mu_cast *team)
{
    const char *colon = strrchr(team->endpoint, ':');
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10)),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Send what goes; the other end may hang up at any time. */
static void pour(int fd, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    for (int tries = 0; len > 0 && tries < 200; tries++) {
        ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);
        if (sent > 0) {
            at += sent;
            len -= (size_t)sent;
        } else if (sent < 0 && errno != EAGAIN) {
            return;
        } else {
            struct pollfd polled = {.fd = fd, .events = POLLOUT};
            (void)poll(&polled, 1, 10);
        }
    }
}

static size_t greeting(uint8_t out[static GREETING], uint8_t version, const char *mechanism)
{
    memset(out, 0, GREETING);
    out[0] = 0xff;
    out[8] = 1;
    out[9] = 0x7f;
    out[10] = version;
    memcpy(out + 12, mechanism, strlen(mechanism));
    return GREETING;
}

/* One kind of nonsense. */
static size_t nonsense(unsigned kind, uint8_t *out, size_t room)
{
    static const char *const mechanisms[] = {"NULL", "PLAIN", "CURVE", "GSSAPI", "curve", ""};
    static const char http[] = "GET / HTTP/1.1\r\nHost: muster\r\n\r\n";
    static const uint8_t tls[] = {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3};
    static const uint8_t zmtp1[] = {1, 0, 5, 'h', 'e', 'l', 'l', 'o'};
    size_t len = greeting(out, 3, mechanisms[kind % 6]);
    switch (kind / 6) {
    case 0: /* a greeting, and a READY in the clear */
        memcpy(out + len, "\x04\x06\x05READY", 8);
        return len + 8;
    case 1: /* a greeting, and a command of a gigabyte */
        memcpy(out + len, "\x06\x00\x00\x00\x00\x40\x00\x00\x00\x05HELLO", 15);
        memset(out + len + 15, 'x', room - len - 15);
        return room;
    case 2: /* an older greeting */
        return greeting(out, (uint8_t)(kind % 3), "NULL");
    case 3: /* a HELLO of the right size with nothing in it */
        memcpy(out + len, "\x04\xc8\x05HELLO\x01\x00", 10);
        memset(out + len + 10, 0, 190);
        return len + 200;
    default:
        break;
    }
    switch (kind % 4) {
    case 0:
        memcpy(out, http, sizeof http);
        return sizeof http;
    case 1:
        memcpy(out, tls, sizeof tls);
        return sizeof tls;
    case 2:
        memcpy(out, zmtp1, sizeof zmtp1);
        return sizeof zmtp1;
    default:
        for (size_t i = 0; i < room; i++) {
            out[i] = (uint8_t)(i * 2654435761U >> 13);
        }
        return room;
    }
}

static long resident_kib(pid_t pid)
{
    char path[64];
    char line[256];
    long kib = -1;
    (void)snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "VmRSS:", 6) == 0) {
            kib = strtol(line + 6, NULL, 10);
        }
    }
    (void)fclose(file);
    return kib;
}

static void test_hostile__nonsense_of_many_kinds_does_no_harm(void **state)
{
    (void)state;
    static uint8_t bytes[1 << 20];
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    mu_team_start_agent(&team, ana);
    mu_team_level(&team);
    long before = resident_kib(team.server.pid);

    for (unsigned i = 0; i < ROUNDS * 28; i++) {
        int fd = knock(&team);
        pour(fd, bytes, nonsense(i % 28, bytes, sizeof bytes));
        (void)close(fd);
        if (i % 28 == 0) {
            mu_team_do(&team, ana, MU_WORDS("add", "Meanwhile"));
        }
    }
    mu_team_level(&team);

    long grown = resident_kib(team.server.pid) - before;
    if (grown > GROWTH_KIB) {
        fail_msg("the server has grown by %ld KiB", grown);
    }
    json_t *tasks = mu_team_ask(&team, ana, MU_WORDS("list"));
    assert_int_equal(mu_team_task_count(tasks, "Meanwhile"), ROUNDS);
    json_decref(tasks);
    mu_team_end(&team);
}

static void test_hostile__silent_connections_keep_nobody_out(void **state)
{
    (void)state;
    struct mu_cast team;
    int silent[SILENT];
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    for (size_t i = 0; i < SILENT; i++) {
        silent[i] = knock(&team);
    }

    mu_team_start_agent(&team, ana);
    mu_team_do(&team, ana, MU_WORDS("add", "In spite of them"));
    mu_team_level(&team);

    /* They are shown out: each reads the end of its connection. */
    for (size_t i = 0; i < SILENT; i++) {
        char byte[128];
        ssize_t got = 1;
        while (got > 0) {
            struct pollfd polled = {.fd = silent[i], .events = POLLIN};
            assert_int_equal(poll(&polled, 1, MU_TEAM_PATIENCE_MS), 1);
            got = recv(silent[i], byte, sizeof byte, 0);
        }
        (void)close(silent[i]);
    }
    json_t *server = mu_team_server(&team);
    assert_int_equal(json_integer_value(json_object_get(server, "connected")), 1);
    json_decref(server);
    mu_team_end(&team);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_hostile__nonsense_of_many_kinds_does_no_harm),
        IN_FOLDER(test_hostile__silent_connections_keep_nobody_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
