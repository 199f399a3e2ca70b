/* What this machine allows: the least code that does a job with the same durability, measured
 * in the same run as Muster.  Errors end the program: a bench without a floor says nothing. */
#ifndef MUSTER_TESTS_BENCH_FLOOR_H
#define MUSTER_TESTS_BENCH_FLOOR_H

#include "tests/bench/samples.h"

/* One edit from an author through a server to a receiver over CURVE on loopback: the author
 * commits to its outbox (synchronous FULL), the server updates a row among 100,000, writes a log
 * row and a mark (FULL), the receiver updates its row and cursor (NORMAL).  Microseconds from
 * before the author's commit to after the receiver's; `gap_ms` between edits. */
void mu_floor_propagation(const char *folder, size_t edits, unsigned gap_ms,
                          struct mu_samples *out);

/* Rows a second at which SQLite alone loads the rows of a replica's tasks and labels on tasks into
 * the same tables: sorted by key, with a 64 MiB page cache, the same indexes made behind them, all
 * in one transaction. */
double mu_floor_load(const char *folder, const char *replica);

/* Mutations a second that `clients` writers get through, each with one push of `batch` on its way:
 * one signature verified a push; a row among 10,000 updated, a log row and a mark written for each
 * mutation; everything that waits goes into one commit (FULL). */
double mu_floor_durable(const char *folder, size_t clients, size_t batch, size_t total);

/* One message to many: deliveries of 200 bytes a second as fast as they go; and lone changes, each
 * committed (FULL) as above and then sent to all. */
struct mu_fanout_floor {
    size_t rate_count, lone_count; /* in: changes */
    double rate;                   /* deliveries a second */
    double cpu;                    /* of the server for a lone delivery, microseconds */
    double connect_us;             /* until all had an answer to their first message */
};
void mu_floor_fanout(const char *folder, size_t clients, struct mu_fanout_floor *floor,
                     struct mu_samples *each, struct mu_samples *last);

/* Microseconds until a client has applied so many missed changes, 256 a message: a row, a log row,
 * and for each message a mark and a commit (NORMAL). */
double mu_floor_catch_up(const char *folder, size_t changes);
/* Microseconds until so many edits are durable at the server and applied at their author: 64 and
 * one signature a push; a commit (FULL) and an answer with the changes; one (NORMAL) where they
 * are applied. */
double mu_floor_drain(const char *folder, size_t edits);
/* Microseconds, the middle one, of a commit (FULL) of one row of 300 bytes. */
double mu_floor_commit(const char *folder, size_t edits);
/* Make "floor-commands.db" for muster-bench-floor (floor_command.c). */
void mu_floor_commands(const char *folder, size_t tasks);

#endif
