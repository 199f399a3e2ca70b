/* The inside of a run, shared by the files of tests/sim. */
#ifndef MUSTER_TESTS_SIM_INSIDE_H
#define MUSTER_TESTS_SIM_INSIDE_H

#include "common/db/stmt.h"
#include "tests/harness/dice.h"
#include "tests/harness/memdisk.h"
#include "tests/sim/map.h"
#include "tests/sim/queue.h"
#include "tests/sim/sim.h"

#define MU_SIM_DEVICES_MAX 16 /* clones and the hostile one included; a bit each in holders */
#define MU_SIM_COPIES_MAX  6
#define MU_SIM_INBOX_MAX   256
#define MU_SIM_ARENA_MAX   ((size_t)64 << 20)

/* Messages and other inputs waiting for the next turn of one machine. */
struct mu_inbox_item {
    int kind; /* of the machine's own input kinds */
    uint64_t conn;
    bool flag;
    uint8_t *bytes;
    size_t len;
};
struct mu_inbox {
    struct mu_inbox_item items[MU_SIM_INBOX_MAX];
    size_t count;
    bool turn_planned;
};

struct mu_conn_state {
    unsigned device;
    bool at_server; /* the server has heard of it and not been told that it is gone */
    bool at_device; /* it is the device's present connection */
    bool admitted;
    bool dead;       /* nothing passes any more */
    bool trails_off; /* nothing more is sent; what is under way arrives */
    int64_t credit;  /* what the server may still send, by our own account */
    int64_t up_ms;   /* last delivery planned towards the server */
    int64_t down_ms; /* and towards the device */
};

struct mu_node {
    struct mu_memdisk *disk;
    bool up;
    bool power_fails;   /* soon */
    bool off;           /* it does not start again by itself */
    int64_t boot_ms;    /* virtual time of the last start */
    int64_t clock_ms;   /* its wall clock minus virtual time */
    int64_t tick_at_ms; /* virtual; INT64_MAX: none wanted */
    struct mu_inbox inbox;
};

/* A disk as somebody copied it, and what the oracle knew of it then. */
struct mu_copy {
    struct mu_memdisk_image *image;
    /* of the server's */
    struct mu_server_known known;
    bool has_known;
    struct mu_id incarnation;
    uint64_t head;
    /* of a device's: which of the first saved_count edits it holds */
    bool *holds;
    size_t saved_count;
};

struct mu_sim_server {
    struct mu_node node;
    struct mu_db db;
    struct mu_device_keys keys;
    struct mu_server *server;
    uint64_t head;                /* as last seen; goes back with a restore alone */
    struct mu_server_known known; /* the file beside the database */
    bool has_known;
    struct mu_copy copies[MU_SIM_COPIES_MAX]; /* oldest first */
    size_t copy_count;
    bool restored;         /* since it last ran */
    bool told;             /* and it must know */
    struct mu_id put_back; /* the incarnation of the copy */
};

/* What a person was told is saved. */
struct mu_saved {
    struct mu_id mutation;
    unsigned device;
    uint32_t holders;  /* bit i: the disk of machine i has it, or had it until it was backed up */
    struct mu_id task; /* whose value it writes; zero: none */
    uint32_t field;    /* of the task; 0: none that is followed */
    char text[32];     /* what it writes there, unlike any other */
    bool wild;         /* may write what others wrote (a settled conflict, an undo) */
    bool excused;      /* the faults destroyed every copy */
    bool applied;      /* in some history, once */
    bool poisoned;     /* made unreadable on its way */
    bool squatted;     /* a hostile member took its id while the log had forgotten it */
    bool rejected;     /* in some history, once */
    struct mu_cursor base; /* the author's cursor, in what was its history then */
    /* In the server's present history. */
    uint64_t seq; /* 0: not there */
    struct mu_id replica;
    enum mu_verdict verdict;
    uint64_t seen; /* what it had seen, in the numbers of this history */
};

struct mu_sim_device {
    struct mu_node node;
    struct mu_db replica_db, outbox_db;
    struct mu_key_file key;
    struct mu_device_keys keys;
    struct mu_id person;
    struct mu_client *client;
    uint64_t conn; /* index + 1 into conns; 0: none */
    bool cut_up, cut_down;
    int64_t stalled_until_ms;
    uint64_t turns;
    bool enrolled;
    bool hostile;            /* no client runs on it: hostile.c speaks for it */
    bool hurt;               /* its replica was damaged or altered, once */
    bool doubtful;           /* damaged: what it shows is not believed until a doctor has looked */
    bool altered;            /* and has not been found out yet */
    unsigned chunks_left;    /* + 1: the connection breaks after so many chunks; 0: it does not */
    unsigned buckets_before; /* that the transfers before and now had to bring */
    unsigned buckets;
    bool forge_next; /* the next change that it is sent is another version of it */
    bool misled;     /* it was */
    bool removed;    /* its person left the team: it becomes level with nobody */
    bool thief;      /* it used the id of another's edit */
    unsigned owed;   /* edits to be made at its next start, before it has said anything */
    bool has_attempt;
    struct mu_saved attempt; /* an edit that was not said to be saved, and may be all the same */
    struct mu_copy copy;     /* image NULL: none */
};

/* One way in which a mutation was pushed. */
struct mu_pushed_as {
    struct mu_id replica;
    uint64_t number;
    struct mu_id mutation;
    uint64_t base_seq;
    struct mu_hash seen_chain;
    size_t before; /* index + 1 of the one before under this number; 0: none */
};

/* What the server's log was ever seen to hold. */
struct mu_history {
    struct mu_stmt *reader; /* over the log of the open server */
    uint64_t scanned;       /* up to here the present log was looked at */
    struct mu_id incarnation;
    uint64_t founded;       /* what is up to here nobody saved */
    struct mu_map places;   /* incarnation, seq, chain -> 1 */
    struct mu_map newest;   /* incarnation, seq -> chain */
    struct mu_map branched; /* incarnation -> first seq that may have two histories; 0: none */
    struct mu_map nonces;   /* -> hash of what was sealed with it */
    struct mu_map numbers;  /* replica -> last number in the present log */
    struct mu_map present;  /* mutation -> seq in the present log */
    struct mu_map by_id;    /* mutation -> index + 1 into saved */
    struct mu_map by_text;  /* text -> index + 1 into saved */
    struct mu_pushed_as *pushed;
    size_t pushed_count, pushed_room;
    struct mu_map pushed_by_number; /* replica, number -> index + 1 */
};

struct mu_hostile; /* hostile.c */

struct mu_sim {
    const struct mu_sim_options *options;
    struct mu_sim_result *result;
    struct mu_dice dice;
    struct mu_queue queue;
    int64_t now_ms;
    struct mu_sim_server server;
    struct mu_sim_device devices[MU_SIM_DEVICES_MAX];
    unsigned device_count;
    struct mu_conn_state *conns;
    size_t conn_count, conn_room;
    struct mu_saved *saved;
    size_t saved_count, saved_room;
    struct mu_history history;
    struct mu_hostile *hostile; /* NULL: nobody is */
    unsigned weights[MU_SIM_FAULTS];
    struct mu_id workspace;
    unsigned edits_left;
    unsigned texts;
    bool scripted; /* a story says what happens; nothing goes wrong by chance */
    bool healed;
    int64_t healed_ms;
    struct mu_arena arena;   /* of one step */
    struct mu_arena scratch; /* of one function */
};

/* The run has failed: the first reason stays. */
void mu_sim_fail(struct mu_sim *sim, const char *fmt, ...) MU_PRINTF(2, 3);
bool mu_sim_failed(const struct mu_sim *sim);
bool mu_sim_chance(struct mu_sim *sim, unsigned percent);
uint64_t mu_sim_below(struct mu_sim *sim, uint64_t limit);
/* Into the trace, and printed when asked for. */
void mu_sim_note(struct mu_sim *sim, const char *fmt, ...) MU_PRINTF(2, 3);
void mu_sim_note_bytes(struct mu_sim *sim, const void *bytes, size_t len);
void mu_sim_count(struct mu_sim *sim, enum mu_sim_fault fault);
/* Whether faults may still happen. */
bool mu_sim_rough(const struct mu_sim *sim);
/* One in `usual` times, and as much more often as the options ask for. */
bool mu_sim_strikes(struct mu_sim *sim, enum mu_sim_fault fault, unsigned usual);

/* A team founded and level (sim.c). */
struct mu_sim *mu_sim_open(const struct mu_sim_options *options, bool scripted,
                           struct mu_sim_result *out);
void mu_sim_close(struct mu_sim *sim);
/* One event happens. */
void mu_sim_step(struct mu_sim *sim, struct mu_event *event);

/* -- machines (machine.c) -------------------------------------------------- */

#define MU_SIM_START_MS INT64_C(1780000000000) /* virtual time 0 on a clock that is right */

void mu_sim_draw_entropy(struct mu_sim *sim, struct mu_entropy *entropy);
struct mu_wall mu_sim_wall_of(const struct mu_sim *sim, const struct mu_node *node);
void mu_sim_server_disk_name(const struct mu_sim *sim, char out[static 64]);
void mu_sim_device_disk_name(const struct mu_sim *sim, unsigned device, char out[static 64]);
MU_MUST_USE enum mu_status mu_sim_open_server_db(struct mu_sim *sim, struct mu_db *db,
                                                 struct mu_error *err);
void mu_sim_server_start(struct mu_sim *sim);
void mu_sim_device_start(struct mu_sim *sim, unsigned device);
/* The machine stops where it is.  power: what was not synced is at the seed's mercy.  It starts
 * again by itself. */
void mu_sim_server_stop(struct mu_sim *sim, bool power);
void mu_sim_device_stop(struct mu_sim *sim, unsigned device, bool power);
void mu_sim_server_turn(struct mu_sim *sim);
/* A turn of the server outside of the queue: of an enrolment, whose connection is not one of ours.
 * False when the turn failed. */
bool mu_sim_server_apart(struct mu_sim *sim, const struct mu_server_input *input,
                         struct mu_server_outputs *out);
void mu_sim_device_turn(struct mu_sim *sim, unsigned device);
void mu_sim_device_start_later(struct mu_sim *sim, unsigned device);
void mu_sim_free_machines(struct mu_sim *sim);
/* now for a turn of that device; entropy is drawn anew and lives as long as the sim's step. */
struct mu_client_turn mu_sim_device_now(struct mu_sim *sim, unsigned device,
                                        struct mu_entropy *entropy);
struct mu_turn mu_sim_server_now(struct mu_sim *sim, struct mu_entropy *entropy);

/* -- founding (found.c) ------------------------------------------------------ */

/* A workspace, and every device enrolled, in calm weather. */
void mu_sim_found(struct mu_sim *sim);

/* -- the network (net.c) --------------------------------------------------- */

void mu_sim_connect(struct mu_sim *sim, unsigned device);
void mu_sim_disconnect(struct mu_sim *sim, unsigned device);
void mu_sim_send_up(struct mu_sim *sim, unsigned device, struct mu_slice bytes);
void mu_sim_send_down(struct mu_sim *sim, uint64_t conn, struct mu_slice bytes);
/* The server cuts conn. */
void mu_sim_cut(struct mu_sim *sim, uint64_t conn);
/* Every connection of the server breaks; devices notice sooner or later, or by themselves. */
void mu_sim_break_all(struct mu_sim *sim);
void mu_sim_break(struct mu_sim *sim, unsigned device);
/* An event of the network; inputs for the machines go into their inboxes. */
void mu_sim_deliver(struct mu_sim *sim, struct mu_event *event);
void mu_sim_inbox_free(struct mu_inbox *inbox);
void mu_sim_give_server(struct mu_sim *sim, enum mu_server_input_kind kind, uint64_t conn,
                        struct mu_slice bytes);
void mu_sim_give_device(struct mu_sim *sim, unsigned device, enum mu_client_input_kind kind,
                        bool flag, struct mu_slice bytes);

/* -- copies of disks (copies.c) ------------------------------------------------- */

void mu_sim_copy_free(struct mu_copy *copy);
/* The server's disk is copied; with finished, it is a backup that the server knows of. */
void mu_sim_copy_server(struct mu_sim *sim, bool finished);
/* How an administrator puts a copy back. */
enum mu_put_back {
    MU_PUT_BACK_RESTORED, /* by `musterd restore` */
    MU_PUT_BACK_COPIED,   /* over the database alone: the file beside it stays */
    MU_PUT_BACK_WHOLE,    /* with the file beside it as it was then */
    MU_PUT_BACK_BARE,     /* and the file beside it is gone */
    MU_PUT_BACK_WAYS
};
void mu_sim_restore_server(struct mu_sim *sim, size_t copy, enum mu_put_back way);
void mu_sim_copy_device(struct mu_sim *sim, unsigned device);
void mu_sim_restore_device(struct mu_sim *sim, unsigned device);
/* The folder of a device on a second machine.  False when there is no room for one more. */
bool mu_sim_clone_device(struct mu_sim *sim, unsigned device, unsigned *out_clone);
/* Flip, shorten or remove files of the replica; the outbox is left alone. */
void mu_sim_damage(struct mu_sim *sim, unsigned device);
/* A row is changed or gone, behind the back of the running client. */
void mu_sim_alter(struct mu_sim *sim, unsigned device);
/* The newest edit that waits becomes something no server can read, or that nobody signed. */
void mu_sim_poison(struct mu_sim *sim, unsigned device);
/* The edit that waits on thief gets the id of the victim's last one.  False when nothing waits. */
bool mu_sim_steal(struct mu_sim *sim, unsigned thief, unsigned victim);
/* The replica's files are thrown away. */
void mu_sim_rebuild(struct mu_sim *sim, unsigned device);
/* Look at a device whose replica was damaged, as `muster doctor` does. */
void mu_sim_doctor(struct mu_sim *sim, unsigned device);

/* -- people, chaos, promises ----------------------------------------------- */

void mu_sim_edit(struct mu_sim *sim, unsigned device); /* people.c */
/* Author intent on a device that is up; *saved says what is followed of it (save.c). */
enum mu_status mu_sim_save(struct mu_sim *sim, unsigned device, const struct mu_client_turn *turn,
                           const struct mu_intent *intent, struct mu_saved *saved);
void mu_sim_chaos(struct mu_sim *sim);   /* chaos.c */
void mu_sim_heal(struct mu_sim *sim);    /* chaos.c */
void mu_sim_swizzle(struct mu_sim *sim); /* chaos.c: which faults this seed likes */

/* The oracle.  After a turn of the server: its log has only grown (history.c). */
void mu_sim_check_server(struct mu_sim *sim);
/* The server's log is another than before: read it again. */
void mu_sim_history_anew(struct mu_sim *sim);
/* A copy of this incarnation was put back: past head it may tell another story. */
void mu_sim_history_branched(struct mu_sim *sim, struct mu_id incarnation, uint64_t head);
/* Whether the server ever stood there, and whether that is still a part of its history. */
bool mu_sim_was_there(const struct mu_sim *sim, const struct mu_cursor *cursor);
bool mu_sim_still_stands(const struct mu_sim *sim, const struct mu_cursor *cursor);
void mu_sim_history_free(struct mu_sim *sim);
void mu_sim_remember(struct mu_sim *sim, const struct mu_saved *saved);
struct mu_saved *mu_sim_saved_find(struct mu_sim *sim, struct mu_id mutation);
/* Nobody has it any more and it is not in the log: then it need not come. */
void mu_sim_excuse(struct mu_sim *sim);
/* A nonce and what was sealed with it: no other (watch.c, history.c). */
void mu_sim_check_nonce(struct mu_sim *sim, struct mu_slice sealed);

/* watch.c: what goes over the wire. */
void mu_sim_watch_up(struct mu_sim *sim, unsigned device, struct mu_slice bytes);
void mu_sim_watch_in(struct mu_sim *sim, const struct mu_server_input *inputs, size_t count);
void mu_sim_watch_out(struct mu_sim *sim, const struct mu_server_outputs *outputs);

void mu_sim_check_device(struct mu_sim *sim, unsigned device); /* oracle.c */
/* What a client logs: nothing that an honest server gives no cause for. */
void mu_sim_check_word(struct mu_sim *sim, unsigned device, struct mu_slice line);
void mu_sim_check_shown(struct mu_sim *sim, unsigned device); /* shown.c */
/* Whether everybody (or of some, a bit each) stands where the server does, with nothing pending. */
bool mu_sim_level(struct mu_sim *sim, char out_why[static 128]);
bool mu_sim_level_of(struct mu_sim *sim, uint32_t devices, char out_why[static 128]);
void mu_sim_check_end(struct mu_sim *sim); /* end.c */

/* What a lying server sends a device instead of bytes, when it is time to lie (forge.c). */
struct mu_slice mu_sim_forge(struct mu_sim *sim, unsigned device, struct mu_slice bytes);
struct mu_epoch_key;
/* As the open server has it. */
bool mu_sim_epoch_key(struct mu_sim *sim, uint32_t epoch, struct mu_epoch_key *out);

/* -- a hostile member (hostile.c) ----------------------------------------------- */

void mu_sim_hostile_begin(struct mu_sim *sim, unsigned device);
void mu_sim_hostile_free(struct mu_sim *sim);
/* It does something. */
void mu_sim_hostile_act(struct mu_sim *sim);
/* Whatever passes by is kept to be used later. */
void mu_sim_hostile_overhear(struct mu_sim *sim, struct mu_slice bytes);
void mu_sim_hostile_hear(struct mu_sim *sim, struct mu_slice bytes);

#endif
