/* One server and several devices in one process under virtual time: real stores on disks that
 * forget, real codec, real cryptography, and one seed that decides everything.
 *
 * A run has two parts.  First people work while the seed breaks connections, cuts power,
 * kills processes and moves clocks.  Then all faults are healed, the run goes on until
 * nothing moves any more, and every promise of docs/protocol.md is checked.  After each step
 * the promises that hold at every moment are checked too.  The same seed gives the same trace
 * on every machine. */
#ifndef MUSTER_TESTS_SIM_SIM_H
#define MUSTER_TESTS_SIM_SIM_H

#include "client/core/client.h"
#include "server/core/server.h"

/* X(NAME, "words"): everything that goes wrong on purpose. */
#define MU_SIM_FAULT_MAP(X)                             \
    X(DROP, "message lost, connection dies later")      \
    X(DOUBLE, "message delivered twice")                \
    X(SWAP, "two messages in the wrong order")          \
    X(RESET, "connection reset")                        \
    X(PARTITION, "partition, both ways or one")         \
    X(SERVER_POWER, "power cut of the server")          \
    X(SERVER_KILL, "server killed")                     \
    X(SERVER_EFFECT, "server stopped between effects")  \
    X(DEVICE_POWER, "power cut of a device")            \
    X(DEVICE_KILL, "client killed")                     \
    X(DEVICE_EFFECT, "client stopped between effects")  \
    X(AUTHOR_POWER, "power cut while an edit is saved") \
    X(DISK_FAULT, "a read, write or sync failed")       \
    X(DISK_FULL, "disk full")                           \
    X(CLOCK, "clock set to another time")

enum mu_sim_fault {
#define X(name, words) MU_SIM_##name,
    MU_SIM_FAULT_MAP(X)
#undef X
        MU_SIM_FAULTS
};

struct mu_sim_options {
    uint64_t seed;
    unsigned devices;     /* 0: the seed says */
    unsigned edits;       /* how many edits people try; 0: the seed says */
    bool calm;            /* no faults */
    bool trace;           /* print every event */
    uint64_t check_every; /* device turns between the expensive checks; 0: 16 */
    struct mu_server_sabotage server_sabotage;
    struct mu_client_sabotage client_sabotage;
};

struct mu_sim_result {
    bool failed;
    char why[MU_ERROR_TEXT_MAX + 128];
    int64_t virtual_ms;
    uint64_t events, edits, changes, conflicts, refused;
    uint64_t faults[MU_SIM_FAULTS];
    uint64_t trace; /* a hash of all that happened */
};

/* Leaves no trace but the result. */
void mu_sim_run(const struct mu_sim_options *options, struct mu_sim_result *out);
const char *mu_sim_fault_words(enum mu_sim_fault fault);

#endif
