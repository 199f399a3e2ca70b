/* Mutations made durable by the least code: one writer, everything that waits in one commit. */
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "tests/bench/floor.h"
#include "tests/bench/floor_router.h"
#include "tests/bench/floor_store.h"

#define ROWS         10000
#define MUTATION_LEN 250 /* and its signature: about what an edit of a title takes */
#define CHANGE_LEN   400
#define TOGETHER     64 /* pushes in a commit */
#define PUSH_MAX     64

struct durable {
    struct mu_floor_router router;
    const char *folder;
    size_t total; /* mutations */
    size_t clients;
    uint8_t sign_public[crypto_sign_PUBLICKEYBYTES];
};

struct push {
    uint8_t from[5];
    size_t count; /* mutations */
};

static void setup(sqlite3 *db)
{
    sqlite3_stmt *insert = mu_plain_prepare(db, "INSERT INTO task VALUES (?1, ?2, ?3)");
    char body[200];
    memset(body, 'b', sizeof body);
    mu_plain_check(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), SQLITE_OK, db, "begin");
    for (int i = 0; i < ROWS; i++) {
        sqlite3_bind_int(insert, 1, i);
        sqlite3_bind_text(insert, 2, "A task like many others", -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 3, body, (int)sizeof body, SQLITE_STATIC);
        mu_plain_run(db, insert);
    }
    mu_plain_check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK, db, "commit");
    sqlite3_finalize(insert);
}

/* One push: its signature, and how many mutations it holds. */
static size_t receive(struct durable *durable, int flags, struct push *out)
{
    static uint8_t body[PUSH_MAX * MUTATION_LEN + crypto_sign_BYTES];
    if (zmq_recv(durable->router.socket, out->from, sizeof out->from, flags) < 0) {
        return 0;
    }
    int len = zmq_recv(durable->router.socket, body, sizeof body, 0);
    mu_floor_must(len > (int)crypto_sign_BYTES, "push");
    size_t signed_len = (size_t)len - crypto_sign_BYTES;
    mu_floor_must(
        crypto_sign_verify_detached(body + signed_len, body, signed_len, durable->sign_public) == 0,
        "signature");
    out->count = signed_len / MUTATION_LEN;
    return out->count;
}

static void answer(struct durable *durable, const struct push *push)
{
    mu_floor_must(zmq_send(durable->router.socket, push->from, sizeof push->from, ZMQ_SNDMORE) ==
                          (int)sizeof push->from &&
                      zmq_send(durable->router.socket, "ok", 2, 0) == 2,
                  "ack");
}

/* Everybody is connected when each has said something and heard something. */
static void greet(struct durable *durable)
{
    char hello[8];
    struct push push;
    for (size_t i = 0; i < durable->clients; i++) {
        mu_floor_must(zmq_recv(durable->router.socket, push.from, sizeof push.from, 0) ==
                              (int)sizeof push.from &&
                          zmq_recv(durable->router.socket, hello, sizeof hello, 0) >= 0,
                      "hello");
        answer(durable, &push);
    }
}

static void *serve(void *state)
{
    struct durable *durable = state;
    sqlite3 *db =
        mu_plain_open(durable->folder, "floor-durable.db",
                      "PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
                      "CREATE TABLE task (k INTEGER PRIMARY KEY, title TEXT, body TEXT) STRICT;"
                      "CREATE TABLE log (seq INTEGER PRIMARY KEY, body BLOB) STRICT;"
                      "CREATE TABLE mark (replica INTEGER PRIMARY KEY, number INTEGER) STRICT");
    setup(db);
    greet(durable);
    sqlite3_stmt *begin = mu_plain_prepare(db, "BEGIN IMMEDIATE");
    sqlite3_stmt *commit = mu_plain_prepare(db, "COMMIT");
    sqlite3_stmt *update = mu_plain_prepare(db, "UPDATE task SET title = ?2 WHERE k = ?1");
    sqlite3_stmt *append = mu_plain_prepare(db, "INSERT INTO log VALUES (?1, ?2)");
    sqlite3_stmt *mark = mu_plain_prepare(db, "INSERT OR REPLACE INTO mark VALUES (?1, ?2)");
    struct push pushes[TOGETHER];
    char change[CHANGE_LEN];
    memset(change, 'c', sizeof change);
    for (size_t done = 0; done < durable->total;) {
        size_t count = 0;
        while (count < TOGETHER && receive(durable, count > 0 ? ZMQ_DONTWAIT : 0, &pushes[count])) {
            count++;
        }
        mu_plain_run(db, begin);
        for (size_t i = 0; i < count; i++) {
            for (size_t j = 0; j < pushes[i].count; j++, done++) {
                sqlite3_bind_int64(update, 1, (sqlite3_int64)(done * 7919 % ROWS));
                sqlite3_bind_text(update, 2, "another title", -1, SQLITE_STATIC);
                mu_plain_run(db, update);
                sqlite3_bind_int64(append, 1, (sqlite3_int64)done + 1);
                sqlite3_bind_blob(append, 2, change, CHANGE_LEN, SQLITE_STATIC);
                mu_plain_run(db, append);
                sqlite3_bind_int(mark, 1, pushes[i].from[1]);
                sqlite3_bind_int64(mark, 2, (sqlite3_int64)done);
                mu_plain_run(db, mark);
            }
        }
        mu_plain_run(db, commit);
        for (size_t i = 0; i < count; i++) {
            answer(durable, &pushes[i]);
        }
    }
    sqlite3_stmt *all[] = {begin, commit, update, append, mark};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        sqlite3_finalize(all[i]);
    }
    sqlite3_close(db);
    return NULL;
}

struct writers {
    struct mu_swarm swarm;
    uint8_t body[PUSH_MAX * MUTATION_LEN + crypto_sign_BYTES];
    size_t body_len;
    size_t to_greet;
    size_t to_send, to_come; /* pushes */
};

static void greeted(void *state, size_t at, const uint8_t *bytes, size_t len)
{
    struct writers *writers = state;
    (void)at;
    (void)bytes;
    (void)len;
    writers->to_greet--;
}

static void acked(void *state, size_t at, const uint8_t *bytes, size_t len)
{
    struct writers *writers = state;
    (void)bytes;
    (void)len;
    writers->to_come--;
    if (writers->to_send > 0) {
        writers->to_send--;
        mu_swarm_send(&writers->swarm, at, writers->body, writers->body_len);
    }
}

double mu_floor_durable(const char *folder, size_t clients, size_t batch, size_t total)
{
    struct durable durable = {.folder = folder, .total = total, .clients = clients};
    static struct writers writers;
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    pthread_t server;
    size_t signed_len = batch * MUTATION_LEN;
    mu_floor_must(crypto_sign_keypair(durable.sign_public, secret) == 0, "keys");
    memset(writers.body, 'm', signed_len);
    mu_floor_must(crypto_sign_detached(writers.body + signed_len, NULL, writers.body, signed_len,
                                       secret) == 0,
                  "sign");
    writers.body_len = signed_len + crypto_sign_BYTES;
    writers.to_come = total / batch;
    writers.to_send = writers.to_come - clients;
    mu_floor_router_open(&durable.router);
    mu_floor_must(pthread_create(&server, NULL, serve, &durable) == 0, "thread");
    mu_swarm_begin(&writers.swarm, clients);
    writers.to_greet = clients;
    for (size_t i = 0; i < clients; i++) {
        mu_floor_client(&durable.router, &writers.swarm, i);
        mu_swarm_send(&writers.swarm, i, "hello", 5);
    }
    while (writers.to_greet > 0) {
        (void)mu_swarm_wait(&writers.swarm, 1000, greeted, &writers);
    }
    double begin = mu_now_us();
    for (size_t i = 0; i < clients; i++) {
        mu_swarm_send(&writers.swarm, i, writers.body, writers.body_len);
    }
    while (writers.to_come > 0) {
        (void)mu_swarm_wait(&writers.swarm, 1000, acked, &writers);
    }
    double took = mu_now_us() - begin;
    (void)pthread_join(server, NULL);
    mu_swarm_end(&writers.swarm);
    mu_floor_router_close(&durable.router);
    return (double)total * 1e6 / took;
}
