/* A client played by hand against a stage: it signs and numbers mutations, checks and
 * applies what the server streams, and remembers the last answer of each kind. */
#ifndef MUSTER_TESTS_HARNESS_PLAYER_H
#define MUSTER_TESTS_HARNESS_PLAYER_H

#include "common/seal/envelope.h"
#include "common/wire/mutation.h"
#include "tests/harness/stage.h"

#define MU_PLAYER_KEYS 16
#define MU_PLAYER_ACKS 64

struct mu_player_key {
    uint32_t epoch;
    struct mu_epoch_key key;
};

struct mu_player {
    struct mu_stage *stage;
    struct mu_device_keys keys;
    struct mu_device_keys invite;
    struct mu_buf enrolment; /* the ENROL sent last */
    struct mu_id device, person, replica, boot_nonce;
    uint64_t open_counter;
    struct mu_conn conn;
    struct mu_arena arena; /* messages made and read */
    /* own mutations */
    uint64_t number;
    struct mu_hash last_hash;
    uint64_t acked_number;
    struct mu_hash acked_hash;
    /* confirmed state */
    struct mu_db db;
    struct mu_replica *rows;
    struct mu_cursor cursor;
    struct mu_player_key epochs[MU_PLAYER_KEYS];
    size_t epoch_count;
    uint64_t changes;      /* applied */
    struct mu_note newest; /* facts of the change applied last */
    /* what came, last of each kind */
    bool welcomed, enrolled, closed;
    struct mu_msg_welcome welcome; /* slices in the arena */
    struct mu_msg_enrolled enrolled_answer;
    struct mu_ack acks[MU_PLAYER_ACKS];
    size_t ack_count;
    size_t link_pages, links, links_sealed; /* LINKS, and what was in the last one */
    uint64_t links_first;
    size_t pushacks, beacons, errors, key_messages, xfer_ends, pings;
    struct mu_msg_beacon beacon;
    uint8_t beacon_signature[MU_SIGN_LEN];
    struct mu_msg_error error; /* ERROR or BYE; text in the arena */
    char error_text[256];
    uint64_t stream_bytes; /* of CHANGES and XFER_CHUNK messages */
    /* transfer */
    struct mu_msg_xfer_begin xfer;
    struct mu_buf staged[MU_BUCKET_COUNT];
    uint64_t chunks;
};

/* number tells players apart.  Nothing is sent yet. */
void mu_player_open(struct mu_player *player, struct mu_stage *stage, uint8_t number);
void mu_player_close(struct mu_player *player);

/* Enrol by the invite of this secret, in a turn of its own. */
void mu_player_enrol(struct mu_player *player, const uint8_t secret[static 16]);
/* The same over the connection of the invite of secret, but naming and signed by named. */
void mu_player_enrol_as(struct mu_player *player, const uint8_t secret[static 16],
                        const struct mu_device_keys *named);
/* A new connection; what came over the old one is not read any more. */
void mu_player_connect(struct mu_player *player);
/* HELLO as it should be; the caller may change it before it is sent. */
struct mu_msg_hello mu_player_hello(struct mu_player *player);
/* Connect, HELLO, one turn, read; asserts that WELCOME came. */
enum mu_welcome_verdict mu_player_join(struct mu_player *player);
/* The same, then credit, and read until level.  Asserts verdict OK. */
void mu_player_live(struct mu_player *player);

void mu_player_send(struct mu_player *player, const struct mu_message *message);
void mu_player_credit(struct mu_player *player, uint64_t bytes);
void mu_player_ping(struct mu_player *player);
/* Read all mail: check, apply, stage, remember. */
void mu_player_read(struct mu_player *player);

/* An intent with one operation, to be given arguments. */
struct mu_intent mu_player_intent(struct mu_player *player, uint32_t number, uint32_t entity,
                                  struct mu_id row, struct mu_op **out_op);
/* task.add into the board's first column. */
struct mu_intent mu_player_task(struct mu_player *player, const char *title, struct mu_id *out_id);
/* The next mutation, signed; moves number and last_hash. */
struct mu_pushed mu_player_sign(struct mu_player *player, const struct mu_intent *intent);
void mu_player_push(struct mu_player *player, const struct mu_pushed *items, size_t count);
/* sign, push, turn, read: the ack. */
struct mu_ack mu_player_say(struct mu_player *player, const struct mu_intent *intent);
struct mu_ack mu_player_add(struct mu_player *player, const char *title);
/* A new replica id, numbers from 1. */
void mu_player_remint(struct mu_player *player);

void mu_player_xfer(struct mu_player *player); /* XFER_REQ with what it has */
/* An invite for another person, by a lead; its secret is number repeated. */
void mu_player_invite(struct mu_player *player, const char *handle, int role, uint8_t number,
                      uint8_t out_secret[static 16]);
struct mu_hash mu_player_root(struct mu_player *player);

#endif
