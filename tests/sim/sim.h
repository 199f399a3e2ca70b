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

/* X(NAME, "name", weight, "words"): everything that goes wrong on purpose.  A weight is how often
 * it is chosen when something is to go wrong; with 0 it happens elsewhere, at its own rate. */
#define MU_SIM_FAULT_MAP(X)                                                           \
    X(DROP, "drop", 0, "message lost, connection dies later")                         \
    X(DOUBLE, "double", 0, "message delivered twice")                                 \
    X(SWAP, "swap", 0, "two messages in the wrong order")                             \
    X(RESET, "reset", 8, "connection reset")                                          \
    X(PARTITION, "partition", 32, "partition, both ways or one")                      \
    X(CROWD, "crowd", 2, "everyone cut off, and back at once")                        \
    X(STALL, "stall", 6, "a device that reads nothing for a while")                   \
    X(SERVER_POWER, "server-power", 8, "power cut of the server")                     \
    X(SERVER_KILL, "server-kill", 8, "server killed")                                 \
    X(SERVER_EFFECT, "server-effect", 0, "server stopped between effects")            \
    X(DEVICE_POWER, "device-power", 8, "power cut of a device")                       \
    X(DEVICE_KILL, "device-kill", 8, "client killed")                                 \
    X(DEVICE_EFFECT, "device-effect", 0, "client stopped between effects")            \
    X(AUTHOR_POWER, "author-power", 0, "power cut while an edit is saved")            \
    X(DISK_FAULT, "disk-fault", 8, "a read, write or sync failed")                    \
    X(DISK_FULL, "disk-full", 8, "disk full")                                         \
    X(CLOCK, "clock", 8, "clock set to another time")                                 \
    X(BACKUP, "backup", 10, "backup of the server finished")                          \
    X(RESTORE, "restore", 5, "server put back from a copy")                           \
    X(DEVICE_COPY, "device-copy", 6, "device copied, for later")                      \
    X(DEVICE_RESTORE, "device-restore", 4, "device put back from a copy")             \
    X(CLONE, "clone", 2, "device copied to a second machine")                         \
    X(DAMAGE, "damage", 4, "replica file damaged")                                    \
    X(ALTER, "alter", 3, "replica's rows altered behind its back")                    \
    X(POISON, "poison", 3, "saved edit turned into what no server can read or trust") \
    X(NEWER, "newer", 0, "edit by a newer version")                                   \
    X(BULKY, "bulky", 0, "edit with a very long text")                                \
    X(HOSTILE, "hostile", 0, "message of a hostile member")

enum mu_sim_fault {
#define X(name, text, weight, words) MU_SIM_##name,
    MU_SIM_FAULT_MAP(X)
#undef X
        MU_SIM_FAULTS
};

/* Sabotage outside of the two cores: of the disks, and of what a restorer may put back. */
struct mu_sim_sabotage {
    bool server_not_synced; /* the server's commits are not synced */
    bool outbox_not_synced;
    bool any_copy; /* copies older than the newest finished backup are put back too */
};

struct mu_sim_options {
    uint64_t seed;
    unsigned devices;             /* 0: the seed says */
    unsigned edits;               /* how many edits people try; 0: the seed says */
    bool calm;                    /* no faults */
    bool trace;                   /* print every event */
    bool hostile;                 /* one member is hostile; else the seed says */
    uint64_t check_every;         /* device turns between the expensive checks; 0: 16 */
    unsigned more[MU_SIM_FAULTS]; /* times as often as usual; 0: as usual */
    struct mu_server_sabotage server_sabotage;
    struct mu_client_sabotage client_sabotage;
    struct mu_sim_sabotage sabotage;
};

struct mu_sim_result {
    bool failed;
    char why[MU_ERROR_TEXT_MAX + 128];
    int64_t virtual_ms;
    uint64_t events, edits, changes, conflicts, refused;
    uint64_t excused; /* edits whose only copies the faults destroyed */
    uint64_t turned;  /* applied once, but refused when it was sent again after a restore */
    uint64_t faults[MU_SIM_FAULTS];
    uint64_t trace; /* a hash of all that happened */
};

/* Leaves no trace but the result. */
void mu_sim_run(const struct mu_sim_options *options, struct mu_sim_result *out);
/* As it is named on the command line, and in words. */
const char *mu_sim_fault_name(enum mu_sim_fault fault);
const char *mu_sim_fault_words(enum mu_sim_fault fault);
/* False when there is none of that name. */
bool mu_sim_fault_find(const char *name, enum mu_sim_fault *out);

#endif
