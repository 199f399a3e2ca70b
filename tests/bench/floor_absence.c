/* Coming back by the least code: a server and a client with a file each, in two threads. */
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "tests/bench/floor.h"
#include "tests/bench/floor_router.h"
#include "tests/bench/floor_store.h"

#define ROWS         1000
#define MUTATION_LEN 250
#define CHANGE_LEN   400
#define TOGETHER     64  /* edits of a push, changes that answer it */
#define CATCH_UP     256 /* changes of a message */
#define MESSAGE_MAX  ((size_t)CATCH_UP * CHANGE_LEN)

static const char setup_sql[] =
    "CREATE TABLE task (k INTEGER PRIMARY KEY, title TEXT) STRICT;"
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, body BLOB) STRICT;"
    "CREATE TABLE mark (k INTEGER PRIMARY KEY, number INTEGER) STRICT;"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 1000)"
    " INSERT INTO task SELECT i, 'A task like many others' FROM n";

/* A file with a row changed, a log row and a mark for each change. */
struct store {
    sqlite3 *db;
    sqlite3_stmt *begin, *update, *append, *mark, *commit;
    size_t seq;
};

static void open_store(struct store *store, const char *folder, const char *name, const char *sync)
{
    *store = (struct store){.db = mu_plain_open(folder, name, setup_sql)};
    mu_plain_check(sqlite3_exec(store->db, sync, NULL, NULL, NULL), SQLITE_OK, store->db, sync);
    store->begin = mu_plain_prepare(store->db, "BEGIN IMMEDIATE");
    store->update = mu_plain_prepare(store->db, "UPDATE task SET title = ?2 WHERE k = ?1");
    store->append = mu_plain_prepare(store->db, "INSERT INTO log VALUES (?1, ?2)");
    store->mark = mu_plain_prepare(store->db, "INSERT OR REPLACE INTO mark VALUES (1, ?1)");
    store->commit = mu_plain_prepare(store->db, "COMMIT");
}

static void close_store(struct store *store)
{
    sqlite3_stmt *all[] = {store->begin, store->update, store->append, store->mark, store->commit};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        sqlite3_finalize(all[i]);
    }
    sqlite3_close(store->db);
}

static void write_changes(struct store *store, size_t count, const uint8_t *change)
{
    mu_plain_run(store->db, store->begin);
    for (size_t i = 0; i < count; i++) {
        sqlite3_bind_int64(store->update, 1, (sqlite3_int64)(store->seq * 7919 % ROWS));
        sqlite3_bind_text(store->update, 2, "another title", -1, SQLITE_STATIC);
        mu_plain_run(store->db, store->update);
        sqlite3_bind_int64(store->append, 1, (sqlite3_int64)++store->seq);
        sqlite3_bind_blob(store->append, 2, change, CHANGE_LEN, SQLITE_STATIC);
        mu_plain_run(store->db, store->append);
    }
    sqlite3_bind_int64(store->mark, 1, (sqlite3_int64)store->seq);
    mu_plain_run(store->db, store->mark);
    mu_plain_run(store->db, store->commit);
}

struct server {
    struct mu_floor_router router;
    const char *folder;
    size_t changes, edits; /* to be sent at once; to be taken */
    uint8_t sign_public[crypto_sign_PUBLICKEYBYTES];
};

static void send_changes(struct server *server, const uint8_t *to, size_t count)
{
    static uint8_t body[MESSAGE_MAX];
    int len = (int)(count * CHANGE_LEN);
    mu_floor_must(zmq_send(server->router.socket, to, 5, ZMQ_SNDMORE) == 5 &&
                      zmq_send(server->router.socket, body, (size_t)len, 0) == len,
                  "changes");
}

static void *serve(void *state)
{
    static uint8_t body[TOGETHER * MUTATION_LEN + crypto_sign_BYTES];
    struct server *server = state;
    struct store store;
    uint8_t from[5];
    open_store(&store, server->folder, "floor-server.db", "PRAGMA synchronous=FULL");
    mu_floor_must(zmq_recv(server->router.socket, from, sizeof from, 0) == 5 &&
                      zmq_recv(server->router.socket, body, sizeof body, 0) > 0,
                  "hello");
    send_changes(server, from, 1); /* it is up */
    for (size_t done = 0; done < server->changes; done += CATCH_UP) {
        size_t left = server->changes - done;
        send_changes(server, from, left < CATCH_UP ? left : CATCH_UP);
    }
    for (size_t done = 0; done < server->edits;) {
        mu_floor_must(zmq_recv(server->router.socket, from, sizeof from, 0) == 5, "push");
        int len = zmq_recv(server->router.socket, body, sizeof body, 0);
        mu_floor_must(len > (int)crypto_sign_BYTES, "push");
        size_t signed_len = (size_t)len - crypto_sign_BYTES;
        mu_floor_must(crypto_sign_verify_detached(body + signed_len, body, signed_len,
                                                  server->sign_public) == 0,
                      "signature");
        size_t count = signed_len / MUTATION_LEN;
        write_changes(&store, count, body);
        send_changes(server, from, count);
        done += count;
    }
    close_store(&store);
    return NULL;
}

static size_t take(void *dealer, struct store *store)
{
    static uint8_t body[MESSAGE_MAX];
    int len = zmq_recv(dealer, body, sizeof body, 0);
    mu_floor_must(len > 0, "changes");
    write_changes(store, (size_t)len / CHANGE_LEN, body);
    return (size_t)len / CHANGE_LEN;
}

/* A client that has said hello and is answered; microseconds from the hello on. */
static double come_back(struct server *server, const uint8_t *secret, const char *folder)
{
    static uint8_t push[TOGETHER * MUTATION_LEN + crypto_sign_BYTES];
    struct mu_swarm swarm;
    struct store store;
    pthread_t thread;
    mu_floor_router_open(&server->router);
    mu_floor_must(pthread_create(&thread, NULL, serve, server) == 0, "thread");
    open_store(&store, folder, "floor-client.db", "PRAGMA synchronous=NORMAL");
    mu_swarm_begin(&swarm, 1);
    mu_floor_client(&server->router, &swarm, 0);
    double begin = mu_now_us();
    mu_floor_must(zmq_send(swarm.sockets[0], "hello", 5, 0) == 5, "hello");
    (void)take(swarm.sockets[0], &store);
    for (size_t done = 0; done < server->changes;) {
        done += take(swarm.sockets[0], &store);
    }
    for (size_t done = 0; done < server->edits;) {
        size_t left = server->edits - done;
        size_t signed_len = (left < TOGETHER ? left : TOGETHER) * MUTATION_LEN;
        mu_floor_must(crypto_sign_detached(push + signed_len, NULL, push, signed_len, secret) == 0,
                      "sign");
        int len = (int)(signed_len + crypto_sign_BYTES);
        mu_floor_must(zmq_send(swarm.sockets[0], push, (size_t)len, 0) == len, "push");
        done += take(swarm.sockets[0], &store);
    }
    double took = mu_now_us() - begin;
    (void)pthread_join(thread, NULL);
    mu_swarm_end(&swarm);
    close_store(&store);
    mu_floor_router_close(&server->router);
    return took;
}

double mu_floor_catch_up(const char *folder, size_t changes)
{
    struct server server = {.folder = folder, .changes = changes};
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    mu_floor_must(crypto_sign_keypair(server.sign_public, secret) == 0, "keys");
    return come_back(&server, secret, folder);
}

double mu_floor_drain(const char *folder, size_t edits)
{
    struct server server = {.folder = folder, .edits = edits};
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    mu_floor_must(crypto_sign_keypair(server.sign_public, secret) == 0, "keys");
    return come_back(&server, secret, folder);
}

double mu_floor_commit(const char *folder, size_t edits)
{
    struct mu_samples each = {0};
    sqlite3 *db = mu_plain_open(folder, "floor-outbox.db",
                                "PRAGMA synchronous=FULL;"
                                "CREATE TABLE entry (n INTEGER PRIMARY KEY, body BLOB) STRICT");
    sqlite3_stmt *insert = mu_plain_prepare(db, "INSERT INTO entry (body) VALUES (zeroblob(300))");
    for (size_t i = 0; i < edits; i++) {
        double begin = mu_now_us();
        mu_plain_run(db, insert);
        mu_samples_add(&each, mu_now_us() - begin);
    }
    sqlite3_finalize(insert);
    sqlite3_close(db);
    double middle = mu_samples_percentile(&each, 50);
    mu_samples_free(&each);
    return middle;
}

void mu_floor_commands(const char *folder, size_t tasks)
{
    static const char setup[] =
        "CREATE TABLE task (k INTEGER PRIMARY KEY, no INTEGER, title TEXT, body TEXT, due TEXT)"
        " STRICT; CREATE INDEX task_no ON task (no);"
        "CREATE TABLE outbox (n INTEGER PRIMARY KEY, body BLOB) STRICT";
    sqlite3 *db = mu_plain_open(folder, "floor-commands.db", setup);
    sqlite3_stmt *insert = mu_plain_prepare(
        db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?1)"
            " INSERT INTO task SELECT i * 7919, i, 'A task like many others', printf('%200s', ''),"
            " '2026-12-01' FROM n");
    sqlite3_bind_int64(insert, 1, (sqlite3_int64)tasks);
    mu_plain_run(db, insert);
    sqlite3_finalize(insert);
    sqlite3_close(db);
}
