/* A client whose server has gone bad, or whose line has: what the server sends is changed,
 * left out, said twice or made up, inside the seal as well.  No turn of the client fails, its
 * visible rows stay its confirmed rows with the outbox on top, and its own edits stay.
 *
 * An input is a run of records of six bytes: how many frames to let pass, what to do to the
 * next one, and four bytes of how. */
#include <stdio.h>

#include "common/seal/envelope.h"
#include "common/seal/wrap.h"
#include "common/wire/message.h"
#include "common/wire/mutation.h"
#include "tests/fuzz/fuzz.h"
#include "tests/harness/pair.h"
#include "tests/harness/wire_edit.h"
#include "tests/harness/wire_make.h"

#define RECORD_LEN 6
#define KEYS_MAX   8

enum trick {
    FLIP_BIT,
    SET_NUMBER,
    DROP_FIELD,
    SET_BLOCK,
    SAY_TWICE,
    LEAVE_OUT,
    SAY_THE_LAST_AGAIN,
    MAKE_UP,
    CHANGE_NUMBER, /* the rest inside the seal */
    CHANGE_DROP,
    CHANGE_BLOCK,
    CHANGE_FLIP,
    TRICKS
};

struct villain {
    struct mu_slice records;
    unsigned skip; /* frames to let pass before the next record */
    struct mu_buf last;
    struct mu_buf made;
    struct mu_arena arena;
    struct mu_error err;
    struct {
        uint32_t epoch;
        struct mu_epoch_key key;
    } keys[KEYS_MAX];
    size_t key_count;
};

/* ---- What the villain knows */

static void learn_keys(struct villain *villain, struct mu_pair *pair, struct mu_slice bytes)
{
    struct mu_message message;
    if (mu_message_decode(bytes, &villain->arena, &message, &villain->err) != MU_OK ||
        message.kind != MU_MSG_WELCOME) {
        return;
    }
    const struct mu_pair_client *who = &pair->clients[0];
    for (size_t i = 0; i < message.welcome.key_count && villain->key_count < KEYS_MAX; i++) {
        size_t at = villain->key_count;
        if (mu_epoch_unwrap(message.welcome.keys[i].bytes, &who->keys, who->file.server_box,
                            pair->workspace, &villain->keys[at].epoch, &villain->keys[at].key,
                            &villain->err) == MU_OK) {
            villain->key_count++;
        }
    }
}

static const struct mu_epoch_key *key_of(const struct villain *villain, uint32_t epoch)
{
    for (size_t i = 0; i < villain->key_count; i++) {
        if (villain->keys[i].epoch == epoch) {
            return &villain->keys[i].key;
        }
    }
    return NULL;
}

/* ---- Tricks */

static struct mu_edit edit_of(enum mu_edit_kind kind, const uint8_t *how)
{
    static const uint64_t numbers[] = {0, 1, 2, 1000, UINT32_MAX, INT64_MAX};
    struct mu_edit edit = {.kind = kind, .fill = how[2]};
    edit.number = how[3] < 6 ? numbers[how[3]] : how[3];
    edit.count = how[3];
    return edit;
}

/* Parts of a message that are messages themselves. */
static bool has_parts(uint32_t kind, uint32_t field)
{
    return (kind == MU_MSG_WELCOME && (field == 12 || field == 15)) ||
           ((kind == MU_MSG_KEYS || kind == MU_MSG_PUSHACK) && field == 1);
}

static void edit_message(struct villain *villain, struct mu_slice bytes, enum mu_edit_kind kind,
                         const uint8_t *how)
{
    struct mu_edit edit = edit_of(kind, how);
    struct mu_reader reader = mu_reader_of(bytes);
    edit.path[0] = (uint32_t)(mu_reader_varint(&reader) >> 3);
    edit.path[1] = 1 + how[0] % 20U;
    if (has_parts(edit.path[0], edit.path[1]) && how[1] % 2 == 0) {
        edit.path[2] = 1 + how[1] / 2 % 8U;
    }
    mu_wire_edit(bytes, &edit, &villain->made);
}

static void trick_plain(struct villain *villain, struct mu_slice plain, enum trick trick,
                        const uint8_t *how, struct mu_buf *out)
{
    static const enum mu_edit_kind kinds[] = {MU_EDIT_NUMBER, MU_EDIT_DROP, MU_EDIT_BLOCK};
    (void)villain;
    if (trick == CHANGE_FLIP) {
        MU_ASSERT(mu_buf_append(out, plain.data, plain.len) == MU_OK);
        out->data[(how[0] * (size_t)256 + how[1]) % out->len] ^= (uint8_t)(1U << how[2] % 8);
        return;
    }
    struct mu_edit edit = edit_of(kinds[trick - CHANGE_NUMBER], how);
    edit.path[0] = 1 + how[0] % 11U;
    mu_wire_edit(plain, &edit, out);
}

/* One of the changes opened, changed, and sealed again as if nothing had been. */
static void edit_change(struct villain *villain, struct mu_slice bytes, enum trick trick,
                        const uint8_t *how)
{
    struct mu_message message;
    struct mu_envelope_head head;
    uint8_t nonce[MU_NONCE_LEN] = {how[0], how[1], how[2], how[3]};
    MU_BUF_AUTO struct mu_buf plain;
    MU_BUF_AUTO struct mu_buf bad;
    MU_BUF_AUTO struct mu_buf sealed;
    mu_buf_init(&plain, MU_MESSAGE_MAX);
    mu_buf_init(&bad, MU_MESSAGE_MAX);
    mu_buf_init(&sealed, MU_MESSAGE_MAX);
    if (mu_message_decode(bytes, &villain->arena, &message, &villain->err) != MU_OK ||
        message.kind != MU_MSG_CHANGES) {
        return;
    }
    struct mu_slice *victim = &message.changes.sealed[how[3] % message.changes.count];
    MU_ASSERT(mu_envelope_head_read(*victim, &head, &villain->err) == MU_OK);
    const struct mu_epoch_key *key = key_of(villain, head.epoch);
    if (key == NULL) {
        return;
    }
    MU_ASSERT(mu_envelope_open(*victim, key, &plain, &villain->err) == MU_OK);
    trick_plain(villain, mu_buf_view(&plain), trick, how, &bad);
    MU_ASSERT(mu_envelope_seal(&head, key, nonce, mu_buf_view(&bad), &sealed, &villain->err) ==
              MU_OK);
    *victim = mu_buf_view(&sealed);
    MU_ASSERT(mu_message_encode(&message, &villain->arena, &villain->made) == MU_OK);
}

static void make_up(struct villain *villain, const uint8_t *how)
{
    struct mu_dice dice = {.state = how[1]};
    enum mu_message_kind kind =
        how[0] >= 0xf0 ? MU_MSG_LINKS : (enum mu_message_kind)(1 + how[0] % MU_MSG_BYE);
    struct mu_message message = mu_wire_make_message(kind, &dice, &villain->arena);
    MU_ASSERT(mu_message_encode(&message, &villain->arena, &villain->made) == MU_OK);
}

/* Puts what the client hears instead into made; false: the frame passes as it is. */
static bool play(struct villain *villain, struct mu_pair *pair, struct mu_slice bytes)
{
    enum trick trick = (enum trick)(villain->records.data[1] % TRICKS);
    const uint8_t *how = villain->records.data + 2;
    switch (trick) {
    case FLIP_BIT:
        MU_ASSERT(mu_buf_append(&villain->made, bytes.data, bytes.len) == MU_OK);
        villain->made.data[(how[0] * (size_t)256 + how[1]) % bytes.len] ^=
            (uint8_t)(1U << how[2] % 8);
        return true;
    case SET_NUMBER:
        edit_message(villain, bytes, MU_EDIT_NUMBER, how);
        return true;
    case DROP_FIELD:
        edit_message(villain, bytes, MU_EDIT_DROP, how);
        return true;
    case SET_BLOCK:
        edit_message(villain, bytes, MU_EDIT_BLOCK, how);
        return true;
    case SAY_TWICE:
        mu_pair_post(pair, 0, false, bytes);
        return false;
    case LEAVE_OUT:
        return true;
    case SAY_THE_LAST_AGAIN:
        mu_pair_post(pair, 0, false, mu_buf_view(&villain->last));
        return false;
    case MAKE_UP:
        make_up(villain, how);
        return true;
    case CHANGE_NUMBER:
    case CHANGE_DROP:
    case CHANGE_BLOCK:
    case CHANGE_FLIP:
        edit_change(villain, bytes, trick, how);
        return villain->made.len > 0;
    case TRICKS:
        break;
    }
    return false;
}

static bool on_frame(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    struct villain *villain = state;
    struct mu_slice bytes = mu_slice_of(frame->bytes, frame->len);
    if (frame->to_server || frame->client != 0) {
        return true;
    }
    mu_arena_clear(&villain->arena);
    learn_keys(villain, pair, bytes);
    bool passes = true;
    if (villain->skip > 0) {
        villain->skip--;
    } else if (villain->records.len >= RECORD_LEN) {
        mu_buf_clear(&villain->made);
        if (play(villain, pair, bytes)) {
            passes = false;
            if (villain->made.len > 0) {
                mu_pair_post(pair, 0, false, mu_buf_view(&villain->made));
            }
        }
        villain->records.data += RECORD_LEN;
        villain->records.len -= RECORD_LEN;
        villain->skip = villain->records.len >= RECORD_LEN ? villain->records.data[0] % 8 : 0;
    }
    mu_buf_clear(&villain->last);
    MU_ASSERT(mu_buf_append(&villain->last, frame->bytes, frame->len) == MU_OK);
    return passes;
}

/* ---- The day */

static void edit_offline_and_on(struct mu_pair *pair)
{
    struct mu_id first = mu_pair_add(pair, 1, "theirs", MU_KIND_TODO);
    (void)mu_pair_add(pair, 0, "mine", MU_KIND_BACKLOG);
    mu_pair_run(pair, 6000);
    (void)mu_pair_title(pair, 1, first, "theirs, again");
    mu_pair_run(pair, 1000);
    mu_pair_unplug(pair, 0, false);
    (void)mu_pair_add(pair, 0, "mine, offline", MU_KIND_BACKLOG);
    (void)mu_pair_move(pair, 1, first, MU_KIND_DOING);
    mu_pair_plug(pair, 0);
    mu_pair_run(pair, 20000);
}

static void check(struct mu_pair *pair)
{
    if (mu_client_check(pair->clients[0].client, &pair->err) != MU_OK) {
        (void)fputs(pair->err.text, stderr);
        MU_ASSERT(false);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct villain villain = {.records = mu_slice_of(data, size)};
    mu_arena_init(&villain.arena, (size_t)64 * 1024 * 1024);
    mu_buf_init(&villain.last, MU_MESSAGE_MAX);
    mu_buf_init(&villain.made, 2 * MU_MESSAGE_MAX);
    villain.skip = size >= RECORD_LEN ? data[0] % 8 : 0;
    struct mu_pair pair;
    mu_pair_open(&pair, "fuzz");
    (void)mu_pair_join(&pair);
    mu_pair_run(&pair, 2000);
    (void)mu_pair_join(&pair);
    mu_pair_run(&pair, 2000);
    mu_pair_unplug(&pair, 0, false);
    mu_pair_plug(&pair, 0);
    pair.pass = on_frame;
    pair.pass_state = &villain;

    edit_offline_and_on(&pair);
    check(&pair);
    mu_pair_kill(&pair, 0);
    mu_pair_start(&pair, 0);
    mu_pair_run(&pair, 5000);
    check(&pair);

    mu_pair_close(&pair);
    mu_buf_deinit(&villain.last);
    mu_buf_deinit(&villain.made);
    mu_arena_deinit(&villain.arena);
    return 0;
}
