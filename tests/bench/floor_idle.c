/* muster-bench-idle FILE: a server's socket and file, and nothing to do. */
#include <sqlite3.h>
#include <stdio.h>
#include <zmq.h>

int main(int argc, char **argv)
{
    static const int yes = 1;
    char public_key[41];
    char secret_key[41];
    sqlite3 *db = NULL;
    void *context = zmq_ctx_new();
    void *router = zmq_socket(context, ZMQ_ROUTER);
    if (argc != 2 || sqlite3_open(argv[1], &db) != SQLITE_OK ||
        sqlite3_exec(db, "PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS t (k INTEGER)", NULL,
                     NULL, NULL) != SQLITE_OK ||
        zmq_curve_keypair(public_key, secret_key) != 0 ||
        zmq_setsockopt(router, ZMQ_CURVE_SERVER, &yes, sizeof yes) != 0 ||
        zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, secret_key, sizeof secret_key) != 0 ||
        zmq_bind(router, "tcp://127.0.0.1:*") != 0) {
        return 1;
    }
    (void)printf("ready \n");
    (void)fflush(stdout);
    zmq_pollitem_t item = {.socket = router, .events = ZMQ_POLLIN};
    (void)zmq_poll(&item, 1, -1);
    return 0;
}
