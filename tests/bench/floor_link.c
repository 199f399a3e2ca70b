#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "tests/bench/floor.h"
#include "tests/bench/floor_store.h"

#define MESSAGE_LEN 256
#define ROWS        100000

struct link {
    void *context;
    const char *folder;
    char endpoint[256];
    char server_public[41];
    char server_secret[41];
    size_t edits;
    int applied; /* a byte for each commit of the receiver */
    pthread_barrier_t ready;
};

static void must(int ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "muster-bench: %s: %s\n", what, zmq_strerror(zmq_errno()));
        exit(1);
    }
}

static void *client_socket(const struct link *link)
{
    char public_key[41];
    char secret_key[41];
    must(zmq_curve_keypair(public_key, secret_key) == 0, "keys");
    void *socket = zmq_socket(link->context, ZMQ_DEALER);
    int linger = 0;
    must(socket != NULL && zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, link->server_public, 41) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, 41) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key, 41) == 0 &&
             zmq_connect(socket, link->endpoint) == 0,
         "connect");
    return socket;
}

static void *serve(void *argument)
{
    struct link *link = argument;
    sqlite3 *db = mu_plain_open(link->folder, "floor-server.db",
                                "PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
                                "CREATE TABLE task (k INTEGER PRIMARY KEY, title TEXT) STRICT;"
                                "CREATE TABLE log (seq INTEGER PRIMARY KEY, body BLOB) STRICT;"
                                "CREATE TABLE mark (r INTEGER PRIMARY KEY, n INTEGER) STRICT;"
                                "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
                                " WHERE i < 99999) INSERT INTO task SELECT i, 'some title' FROM n");
    sqlite3_stmt *begin = mu_plain_prepare(db, "BEGIN IMMEDIATE");
    sqlite3_stmt *commit = mu_plain_prepare(db, "COMMIT");
    sqlite3_stmt *update = mu_plain_prepare(db, "UPDATE task SET title = ?2 WHERE k = ?1");
    sqlite3_stmt *append = mu_plain_prepare(db, "INSERT INTO log (body) VALUES (?1)");
    sqlite3_stmt *mark = mu_plain_prepare(
        db, "INSERT INTO mark VALUES (1, ?1) ON CONFLICT (r) DO UPDATE SET n = excluded.n");
    void *router = zmq_socket(link->context, ZMQ_ROUTER);
    int on = 1;
    size_t endpoint_len = sizeof link->endpoint;
    must(router != NULL && zmq_setsockopt(router, ZMQ_CURVE_SERVER, &on, sizeof on) == 0 &&
             zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, link->server_secret, 41) == 0 &&
             zmq_bind(router, "tcp://127.0.0.1:*") == 0 &&
             zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, link->endpoint, &endpoint_len) == 0,
         "bind");
    pthread_barrier_wait(&link->ready);

    char receiver[256];
    char author[256];
    char body[MESSAGE_LEN];
    int receiver_len = zmq_recv(router, receiver, sizeof receiver, 0);
    must(receiver_len > 0 && zmq_recv(router, body, sizeof body, 0) > 0, "hello");
    for (size_t i = 0; i < link->edits; i++) {
        int author_len = zmq_recv(router, author, sizeof author, 0);
        must(author_len > 0 && zmq_recv(router, body, sizeof body, 0) == MESSAGE_LEN, "push");
        mu_plain_run(db, begin);
        sqlite3_bind_int64(update, 1, (sqlite3_int64)(i * 7919 % ROWS));
        sqlite3_bind_text(update, 2, "another title", -1, SQLITE_STATIC);
        mu_plain_run(db, update);
        sqlite3_bind_blob(append, 1, body, MESSAGE_LEN, SQLITE_STATIC);
        mu_plain_run(db, append);
        sqlite3_bind_int64(mark, 1, (sqlite3_int64)i);
        mu_plain_run(db, mark);
        mu_plain_run(db, commit);
        must(zmq_send(router, receiver, (size_t)receiver_len, ZMQ_SNDMORE) >= 0 &&
                 zmq_send(router, body, MESSAGE_LEN, 0) >= 0 &&
                 zmq_send(router, author, (size_t)author_len, ZMQ_SNDMORE) >= 0 &&
                 zmq_send(router, "ok", 2, 0) >= 0,
             "send");
    }
    sqlite3_stmt *all[] = {begin, commit, update, append, mark};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        sqlite3_finalize(all[i]);
    }
    sqlite3_close(db);
    zmq_close(router);
    return NULL;
}

static void *receive(void *argument)
{
    struct link *link = argument;
    sqlite3 *db = mu_plain_open(link->folder, "floor-receiver.db",
                                "PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
                                "CREATE TABLE task (k INTEGER PRIMARY KEY, title TEXT) STRICT;"
                                "CREATE TABLE cursor (k INTEGER PRIMARY KEY, seq INTEGER) STRICT;"
                                "INSERT INTO cursor VALUES (1, 0);"
                                "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
                                " WHERE i < 99999) INSERT INTO task SELECT i, 'some title' FROM n");
    sqlite3_stmt *begin = mu_plain_prepare(db, "BEGIN IMMEDIATE");
    sqlite3_stmt *commit = mu_plain_prepare(db, "COMMIT");
    sqlite3_stmt *update = mu_plain_prepare(db, "UPDATE task SET title = ?2 WHERE k = ?1");
    sqlite3_stmt *move = mu_plain_prepare(db, "UPDATE cursor SET seq = ?1 WHERE k = 1");
    void *dealer = client_socket(link);
    char body[MESSAGE_LEN];
    must(zmq_send(dealer, "hello", 5, 0) == 5, "hello");
    pthread_barrier_wait(&link->ready);
    for (size_t i = 0; i < link->edits; i++) {
        must(zmq_recv(dealer, body, sizeof body, 0) == MESSAGE_LEN, "change");
        mu_plain_run(db, begin);
        sqlite3_bind_int64(update, 1, (sqlite3_int64)(i * 7919 % ROWS));
        sqlite3_bind_text(update, 2, "another title", -1, SQLITE_STATIC);
        mu_plain_run(db, update);
        sqlite3_bind_int64(move, 1, (sqlite3_int64)i);
        mu_plain_run(db, move);
        mu_plain_run(db, commit);
        must(write(link->applied, "x", 1) == 1, "pipe");
    }
    sqlite3_stmt *all[] = {begin, commit, update, move};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        sqlite3_finalize(all[i]);
    }
    sqlite3_close(db);
    zmq_close(dealer);
    return NULL;
}

static void author_edits(const struct link *link, int applied, unsigned gap_ms,
                         struct mu_samples *out)
{
    sqlite3 *db = mu_plain_open(link->folder, "floor-outbox.db",
                                "PRAGMA synchronous=FULL;"
                                "CREATE TABLE entry (n INTEGER PRIMARY KEY, body BLOB) STRICT");
    sqlite3_stmt *insert = mu_plain_prepare(db, "INSERT INTO entry (body) VALUES (?1)");
    void *dealer = client_socket(link);
    char body[MESSAGE_LEN];
    char answer[16];
    memset(body, 'm', sizeof body);
    struct timespec gap = {.tv_nsec = (long)gap_ms * 1000000};
    for (size_t i = 0; i < link->edits; i++) {
        double begin = mu_now_us();
        sqlite3_bind_blob(insert, 1, body, MESSAGE_LEN, SQLITE_STATIC);
        mu_plain_run(db, insert);
        must(zmq_send(dealer, body, MESSAGE_LEN, 0) == MESSAGE_LEN, "push");
        must(read(applied, answer, 1) == 1, "pipe");
        mu_samples_add(out, mu_now_us() - begin);
        must(zmq_recv(dealer, answer, sizeof answer, 0) == 2, "ack");
        (void)nanosleep(&gap, NULL); /* the pace of the load, not a wait for anything */
    }
    sqlite3_finalize(insert);
    sqlite3_close(db);
    zmq_close(dealer);
}

void mu_floor_propagation(const char *folder, size_t edits, unsigned gap_ms, struct mu_samples *out)
{
    struct link link = {.context = zmq_ctx_new(), .folder = folder, .edits = edits};
    int applied[2];
    pthread_t server;
    pthread_t receiver;
    must(zmq_curve_keypair(link.server_public, link.server_secret) == 0, "keys");
    must(pipe(applied) == 0, "pipe");
    link.applied = applied[1];
    must(pthread_barrier_init(&link.ready, NULL, 2) == 0, "barrier");
    must(pthread_create(&server, NULL, serve, &link) == 0, "thread");
    pthread_barrier_wait(&link.ready); /* bound */
    must(pthread_create(&receiver, NULL, receive, &link) == 0, "thread");
    pthread_barrier_wait(&link.ready); /* the receiver has said hello */
    author_edits(&link, applied[0], gap_ms, out);
    (void)pthread_join(server, NULL);
    (void)pthread_join(receiver, NULL);
    (void)pthread_barrier_destroy(&link.ready);
    (void)close(applied[0]);
    (void)close(applied[1]);
    zmq_ctx_term(link.context);
}
