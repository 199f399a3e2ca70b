/* One message to many by the least code: a commit, and a send to each. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "tests/bench/floor.h"
#include "tests/bench/floor_router.h"
#include "tests/bench/floor_store.h"
#include "tests/bench/programs.h"

#define ROWS       10000
#define CHANGE_LEN 200
#define ROUTING    5

/* What the server is asked for, by the first client. */
enum { LONE = 'l', RATE = 'r' };

/* -- the server, a process of its own ------------------------------------------ */

struct server {
    struct mu_floor_router router;
    uint8_t (*clients)[ROUTING];
    size_t count;
    sqlite3 *db;
    sqlite3_stmt *stmts[5];
    size_t changes;
};

static void open_store(struct server *server, const char *folder)
{
    static const char *const sql[] = {"BEGIN IMMEDIATE", "UPDATE task SET title = ?2 WHERE k = ?1",
                                      "INSERT INTO log VALUES (?1, ?2)",
                                      "INSERT OR REPLACE INTO mark VALUES (1, ?1)", "COMMIT"};
    server->db =
        mu_plain_open(folder, "floor-fanout.db",
                      "PRAGMA synchronous=FULL;"
                      "CREATE TABLE task (k INTEGER PRIMARY KEY, title TEXT) STRICT;"
                      "CREATE TABLE log (seq INTEGER PRIMARY KEY, body BLOB) STRICT;"
                      "CREATE TABLE mark (replica INTEGER PRIMARY KEY, number INTEGER) STRICT;"
                      "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 10000)"
                      " INSERT INTO task SELECT i, 'A task like many others' FROM n");
    for (size_t i = 0; i < 5; i++) {
        server->stmts[i] = mu_plain_prepare(server->db, sql[i]);
    }
}

static void commit_one(struct server *server, const char *change)
{
    sqlite3_bind_int64(server->stmts[1], 1, (sqlite3_int64)(server->changes * 7919 % ROWS));
    sqlite3_bind_text(server->stmts[1], 2, "another title", -1, SQLITE_STATIC);
    sqlite3_bind_int64(server->stmts[2], 1, (sqlite3_int64)++server->changes);
    sqlite3_bind_blob(server->stmts[2], 2, change, CHANGE_LEN, SQLITE_STATIC);
    sqlite3_bind_int64(server->stmts[3], 1, (sqlite3_int64)server->changes);
    for (size_t i = 0; i < 5; i++) {
        mu_plain_run(server->db, server->stmts[i]);
    }
}

static void send_to_all(struct server *server, const char *change)
{
    for (size_t i = 0; i < server->count; i++) {
        mu_floor_must(zmq_send(server->router.socket, server->clients[i], ROUTING, ZMQ_SNDMORE) ==
                              ROUTING &&
                          zmq_send(server->router.socket, change, CHANGE_LEN, 0) == CHANGE_LEN,
                      "send");
    }
}

static void serve(struct server *server, size_t rate_count)
{
    char body[16];
    char change[CHANGE_LEN];
    uint8_t from[ROUTING];
    memset(change, 'c', sizeof change);
    for (size_t greeted = 0;;) {
        mu_floor_must(zmq_recv(server->router.socket, from, ROUTING, 0) == ROUTING &&
                          zmq_recv(server->router.socket, body, sizeof body, 0) >= 1,
                      "receive");
        if (greeted < server->count) {
            memcpy(server->clients[greeted++], from, ROUTING);
            mu_floor_must(zmq_send(server->router.socket, from, ROUTING, ZMQ_SNDMORE) == ROUTING &&
                              zmq_send(server->router.socket, "ok", 2, 0) == 2,
                          "greet");
        } else if (body[0] == LONE) {
            commit_one(server, change);
            send_to_all(server, change);
        } else {
            for (size_t i = 0; i < rate_count; i++) {
                send_to_all(server, change);
            }
        }
    }
}

/* Until it is killed. */
static pid_t start_server(const char *folder, size_t clients, size_t rate_count,
                          struct mu_floor_router *out)
{
    int told[2];
    mu_floor_must(pipe(told) == 0, "pipe");
    pid_t pid = fork();
    mu_floor_must(pid >= 0, "fork");
    if (pid == 0) {
        struct server server = {.count = clients};
        server.clients = calloc(clients, sizeof *server.clients);
        mu_floor_must(server.clients != NULL, "memory");
        open_store(&server, folder);
        mu_floor_router_open(&server.router);
        mu_floor_must(write(told[1], &server.router, sizeof server.router) ==
                          (ssize_t)sizeof server.router,
                      "pipe");
        serve(&server, rate_count);
    }
    mu_floor_must(read(told[0], out, sizeof *out) == (ssize_t)sizeof *out, "floor server");
    (void)close(told[0]);
    (void)close(told[1]);
    return pid;
}

/* -- the clients ----------------------------------------------------------------- */

struct listeners {
    struct mu_swarm swarm;
    double *heard_us;
    size_t to_come;
};

static void hear(void *state, size_t at, const uint8_t *bytes, size_t len)
{
    struct listeners *listeners = state;
    (void)bytes;
    (void)len;
    listeners->heard_us[at] = mu_now_us();
    listeners->to_come--;
}

static void wait_for(struct listeners *listeners, size_t messages)
{
    listeners->to_come += messages;
    while (listeners->to_come > 0) {
        (void)mu_swarm_wait(&listeners->swarm, 1000, hear, listeners);
    }
}

static void ask(struct listeners *listeners, char what)
{
    mu_swarm_send(&listeners->swarm, 0, &what, 1);
}

void mu_floor_fanout(const char *folder, size_t clients, struct mu_fanout_floor *floor,
                     struct mu_samples *each, struct mu_samples *last)
{
    struct mu_floor_router router = {0};
    struct listeners listeners = {.heard_us = calloc(clients, sizeof *listeners.heard_us)};
    mu_floor_must(listeners.heard_us != NULL, "memory");
    pid_t server = start_server(folder, clients, floor->rate_count, &router);
    mu_swarm_begin(&listeners.swarm, clients);
    double begin = mu_now_us();
    for (size_t i = 0; i < clients; i++) {
        mu_floor_client(&router, &listeners.swarm, i);
        mu_swarm_send(&listeners.swarm, i, "hello", 5);
    }
    wait_for(&listeners, clients);
    floor->connect_us = mu_now_us() - begin;
    double cpu = mu_program_cpu_us(server);
    for (size_t i = 0; i < floor->lone_count; i++) {
        begin = mu_now_us();
        double latest = 0;
        ask(&listeners, LONE);
        wait_for(&listeners, clients);
        for (size_t j = 0; j < clients; j++) {
            double took = listeners.heard_us[j] - begin;
            latest = took > latest ? took : latest;
            mu_samples_add(each, took);
        }
        mu_samples_add(last, latest);
    }
    floor->cpu = (mu_program_cpu_us(server) - cpu) / (double)(floor->lone_count * clients);
    begin = mu_now_us();
    ask(&listeners, RATE);
    wait_for(&listeners, floor->rate_count * clients);
    floor->rate = (double)(floor->rate_count * clients) * 1e6 / (mu_now_us() - begin);
    (void)kill(server, SIGKILL);
    (void)waitpid(server, NULL, 0);
    mu_swarm_end(&listeners.swarm);
    free(listeners.heard_us);
}
