/* What a server costs that has nothing to do: memory alone and with many clients, wake-ups. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#include "client/home/home.h"
#include "common/seal/entropy.h"
#include "common/wire/message.h"
#include "tests/bench/figures.h"
#include "tests/bench/team.h"

#define CLIENTS_MAX 200
#define LOOK_S      10

static void must(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "muster-bench: %s\n", what);
        exit(1);
    }
}

/* Sum of the voluntary context switches of all threads: each is a sleep that ended. */
static long sleeps(pid_t pid)
{
    char command[128];
    char out[64] = "";
    (void)snprintf(command, sizeof command,
                   "cat /proc/%ld/task/*/status | awk '/^voluntary/ { n += $2 } END { print n }'",
                   (long)pid);
    const char *const words[] = {"/bin/sh", "-c", command, NULL};
    mu_program_must(words, NULL, out, sizeof out);
    return strtol(out, NULL, 10);
}

static double wake_ups(pid_t pid)
{
    struct timespec look = {.tv_sec = LOOK_S};
    long before = sleeps(pid);
    (void)nanosleep(&look, NULL); /* what is measured is this time */
    return (double)(sleeps(pid) - before) / LOOK_S;
}

static struct mu_message hello_of(const struct mu_key_file *keys, struct mu_entropy *entropy)
{
    return (struct mu_message){.kind = MU_MSG_HELLO,
                               .hello = {.protocol_min = MU_PROTOCOL_MIN,
                                         .protocol_max = MU_PROTOCOL_MAX,
                                         .schema = MU_SCHEMA,
                                         .workspace = keys->workspace,
                                         .device = keys->device,
                                         .replica = mu_entropy_id(entropy, 1),
                                         .boot_nonce = mu_entropy_id(entropy, 1),
                                         .open_counter = 1,
                                         .client_ms = INT64_C(1780000000000)}};
}

static void send_message(void *socket, const struct mu_message *message)
{
    MU_ARENA_AUTO struct mu_arena arena;
    MU_BUF_AUTO struct mu_buf bytes;
    mu_arena_init(&arena, MU_MESSAGE_MAX);
    mu_buf_init(&bytes, MU_MESSAGE_MAX);
    must(mu_message_encode(message, &arena, &bytes) == MU_OK &&
             zmq_send(socket, bytes.data, bytes.len, 0) >= 0,
         "hello");
}

/* A session of that person's device, as far as WELCOME and the first credit. */
static void *open_session(void *context, const struct mu_bench_team *team, const char *who)
{
    struct mu_home home;
    struct mu_workspace workspace;
    MU_KEY_FILE_AUTO struct mu_key_file keys = {0};
    MU_DEVICE_KEYS_AUTO struct mu_device_keys device;
    struct mu_error err = {0};
    char folder[300];
    mu_team_home(team, who, folder, sizeof folder);
    must(mu_home_find(folder, &home, &err) == MU_OK &&
             mu_home_choose(&home, NULL, &workspace, &err) == MU_OK &&
             mu_workspace_keys(&workspace, &keys, &err) == MU_OK,
         folder);
    mu_device_keys_make(keys.seed, &device);
    void *socket = zmq_socket(context, ZMQ_DEALER);
    int linger = 0;
    int patience = 20000;
    must(socket != NULL && zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger) == 0 &&
             zmq_setsockopt(socket, ZMQ_RCVTIMEO, &patience, sizeof patience) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, keys.server_curve, 32) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, device.public.curve, 32) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, device.curve_secret, 32) == 0 &&
             zmq_connect(socket, team->endpoint) == 0,
         "connect");
    struct mu_entropy entropy;
    mu_entropy_init(&entropy, keys.seed);
    struct mu_message hello = hello_of(&keys, &entropy);
    send_message(socket, &hello);
    zmq_msg_t answer;
    must(zmq_msg_init(&answer) == 0 && zmq_msg_recv(&answer, socket, 0) > 0, "no welcome");
    zmq_msg_close(&answer);
    struct mu_message credit = {.kind = MU_MSG_CREDIT, .credit = {.bytes = MU_CREDIT_START}};
    send_message(socket, &credit);
    must(zmq_msg_init(&answer) == 0 && zmq_msg_recv(&answer, socket, 0) > 0, "no changes");
    zmq_msg_close(&answer);
    return socket;
}

void mu_bench_idle(struct mu_bench *bench)
{
    struct mu_bench_team team;
    unsigned clients = bench->quick ? 50 : CLIENTS_MAX;
    mu_team_begin(&team, bench->where);
    mu_team_fill(&team, 1000);
    for (unsigned i = 0; i < clients; i++) {
        char who[16];
        (void)snprintf(who, sizeof who, "p%u", 100 + i);
        (void)mu_team_join(&team, who);
    }
    mu_team_restart(&team);
    long alone = mu_program_resident_kib(team.server);
    double wakes = wake_ups(team.server);

    static void *sockets[CLIENTS_MAX];
    void *context = zmq_ctx_new();
    must(context != NULL, "no context");
    (void)zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 1000);
    for (unsigned i = 0; i < clients; i++) {
        char who[16];
        (void)snprintf(who, sizeof who, "p%u", 100 + i);
        sockets[i] = open_session(context, &team, who);
    }
    long with_clients = mu_program_resident_kib(team.server);
    for (unsigned i = 0; i < clients; i++) {
        zmq_close(sockets[i]);
    }
    zmq_ctx_term(context);
    mu_figure_add(&bench->figures, &(struct mu_figure){.key = "idle_mib",
                                                       .what = "idle server, resident",
                                                       .unit = "MiB",
                                                       .value = (double)alone / 1024,
                                                       .goal = 12});
    mu_figure_add(&bench->figures, &(struct mu_figure){.key = "idle_wake_ups",
                                                       .what = "idle server, wake-ups",
                                                       .unit = "/s",
                                                       .value = wakes,
                                                       .goal = 1});
    mu_figure_add(&bench->figures,
                  &(struct mu_figure){.key = "kib_per_client",
                                      .what = "memory of a live client on the server",
                                      .unit = "KiB",
                                      .value = (double)(with_clients - alone) / clients,
                                      .goal = 110});
    mu_team_end(&team);
}
