#include "client/shell/served.h"

#include <string.h>
#include <sys/stat.h>

#include "client/core/sealed.h"
#include "client/shell/journal.h"
#include "client/shell/recurrence.h"
#include "common/base/utf8.h"
#include "common/wire/message.h"
#include "common/wire/peek.h"

#define BUSY_REST_MS     100
#define FAILURE_REST_MS  1000
#define FAILURE_MAX_MS   60000
#define RECUR_EVERY_MS   20000
#define REMIND_EVERY_MS  20000
#define COMPLAINT_MAX    1024 /* bytes of a message that may be one */
#define COMPLAINT_MEMORY ((size_t)64 << 10)
#define FULL_ANSWER      1024 /* bytes: more than a few acks, so there is more to push */

void mu_served_init(struct mu_served *served, const struct mu_serving *serving,
                    const struct mu_workspace *workspace)
{
    memset(served, 0, sizeof *served);
    served->serving = serving;
    served->workspace = *workspace;
}

static void drop_bodies(struct mu_served *served)
{
    for (size_t i = 0; i < served->body_count; i++) {
        (void)zmq_msg_close(&served->bodies[i]);
    }
    served->body_count = 0;
}

static void close_store(struct mu_served *served)
{
    if (served->client != NULL) {
        mu_client_close(served->client);
        served->client = NULL;
    }
    mu_store_close(&served->store);
    mu_device_keys_deinit(&served->keys);
}

void mu_served_deinit(struct mu_served *served, int linger_ms)
{
    drop_bodies(served);
    mu_dealer_close(&served->dealer, linger_ms);
    close_store(served);
}

/* -- opening ----------------------------------------------------------------------- */

static struct mu_file_mark mark_of(const char *path)
{
    struct stat info;
    struct mu_file_mark mark = {0};
    if (lstat(path, &info) == 0) {
        mark = (struct mu_file_mark){.device = info.st_dev, .inode = info.st_ino};
    }
    return mark;
}

static bool mark_differs(struct mu_file_mark a, struct mu_file_mark b)
{
    return a.device != b.device || a.inode != b.inode;
}

static void mark_files(const struct mu_served *served, struct mu_file_mark *out_replica,
                       struct mu_file_mark *out_outbox)
{
    char path[MU_PATH_MAX];
    struct mu_error ignored;
    *out_replica = (struct mu_file_mark){0};
    *out_outbox = (struct mu_file_mark){0};
    if (mu_store_replica_path(&served->workspace, path, &ignored) == MU_OK) {
        *out_replica = mark_of(path);
    }
    if (mu_store_outbox_path(&served->workspace, path, &ignored) == MU_OK) {
        *out_outbox = mark_of(path);
    }
}

/* A file that was deleted or replaced while it is open takes writes that nobody will see. */
static bool files_were_replaced(const struct mu_served *served)
{
    struct mu_file_mark replica;
    struct mu_file_mark outbox;
    mark_files(served, &replica, &outbox);
    return mark_differs(replica, served->replica_mark) || mark_differs(outbox, served->outbox_mark);
}

static enum mu_status open_client(struct mu_served *served, struct mu_error *err)
{
    MU_TRY(mu_store_open(&served->workspace, &served->store, err));
    enum mu_status renewed = mu_db_renew_log(&served->store.outbox, err);
    if (renewed != MU_OK && renewed != MU_E_BUSY) { /* who is writing now has done it */
        return renewed;
    }
    mark_files(served, &served->replica_mark, &served->outbox_mark);
    mu_device_keys_make(served->store.keys.seed, &served->keys);
    struct mu_moment moment;
    MU_TRY(mu_moment_now(&moment, served->serving->zone, err));
    enum mu_status status = mu_client_open(&served->store.replica, &served->store.outbox,
                                           &served->store.keys, &moment.turn, &served->client, err);
    served->wake_at = moment.turn.mono;
    mu_moment_deinit(&moment);
    return status;
}

static void say(const struct mu_served *served, const struct mu_error *err)
{
    if (!served->serving->quiet) {
        mu_journal_fail(served->workspace.name, err);
    }
}

static void note_failure(struct mu_served *served, const struct mu_error *why)
{
    /* Said once, not at every retry. */
    if (served->last.status != why->status || strcmp(served->last.text, why->text) != 0) {
        say(served, why);
    }
    served->last = *why;
    int64_t rest = FAILURE_REST_MS;
    for (int i = 0; i < served->failures && rest < FAILURE_MAX_MS; i++) {
        rest *= 2;
    }
    served->failures++;
    served->retry_at.ms = mu_moment_mono().ms + (rest < FAILURE_MAX_MS ? rest : FAILURE_MAX_MS);
}

/* A damaged replica is set aside and fetched anew: the server has all of it, and what waits is
 * in the outbox.  Only for damage that the file itself shows. */
static void heal(struct mu_served *served)
{
    struct mu_error err;
    if (mu_store_check_replica(&served->workspace, &err) != MU_E_CORRUPT) {
        return;
    }
    say(served, &err);
    if (mu_store_set_aside(&served->workspace, mu_moment_wall(), &err) != MU_OK) {
        say(served, &err);
        return;
    }
    (void)mu_fail(&err, MU_E_CORRUPT, "its replica was damaged: set aside, and fetched anew");
    say(served, &err);
    served->retry_at = mu_moment_mono();
}

/* Everything of this workspace begins anew. */
static void crash(struct mu_served *served, const struct mu_error *why)
{
    drop_bodies(served);
    mu_dealer_close(&served->dealer, 0);
    close_store(served);
    served->lost = false;
    served->refused = false;
    served->held_back = false;
    served->more = false;
    note_failure(served, why);
    if (why->status == MU_E_CORRUPT) {
        heal(served);
    }
}

/* -- the connection ---------------------------------------------------------------- */

static void connect_to_server(struct mu_served *served)
{
    struct mu_error err;
    const struct mu_dealer_options options = {.endpoint = served->store.keys.endpoint,
                                              .server_key = served->store.keys.server_curve,
                                              .public_key = served->keys.public.curve,
                                              .secret_key = served->keys.curve_secret};
    if (mu_dealer_open(&served->dealer, served->serving->context, &options, mu_moment_mono(),
                       &err) != MU_OK) {
        say(served, &err);
        served->lost = true;
    }
}

/* A complaint is for people: the core only acts on it. */
static void note_complaint(struct mu_served *served, zmq_msg_t *body)
{
    size_t len = zmq_msg_size(body);
    struct mu_message message;
    struct mu_error ignored;
    if (len > COMPLAINT_MAX) {
        return;
    }
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, COMPLAINT_MEMORY);
    if (mu_message_decode(mu_slice_of(zmq_msg_data(body), len), &arena, &message, &ignored) ==
            MU_OK &&
        (message.kind == MU_MSG_ERROR || message.kind == MU_MSG_BYE) &&
        message.error.text.len > 0) {
        struct mu_slice text = mu_utf8_cut(message.error.text, MU_REASON_MAX);
        memcpy(served->server_said, text.data, text.len);
        served->server_said[text.len] = '\0';
    }
}

/* The answer to a full push ends the batch: the turn that takes it sends the next push, and the
 * server works on that while the changes behind the answer are applied here. */
static void take_messages(struct mu_served *served)
{
    bool answered = false;
    while (!answered && served->body_count < MU_SERVED_BATCH &&
           mu_dealer_receive(&served->dealer, &served->bodies[served->body_count])) {
        zmq_msg_t *body = &served->bodies[served->body_count++];
        note_complaint(served, body);
        struct mu_slice bytes = mu_slice_of(zmq_msg_data(body), zmq_msg_size(body));
        answered = bytes.len >= FULL_ANSWER && mu_message_begins(bytes, MU_MSG_PUSHACK);
    }
    served->more = answered || served->body_count == MU_SERVED_BATCH;
}

/* Events first and messages after them: a goodbye that came before the end is still read. */
static void take_in(struct mu_served *served)
{
    enum mu_dealer_event event = mu_dealer_watch(&served->dealer, mu_moment_mono());
    if (event == MU_DEALER_UP) {
        served->server_said[0] = '\0';
    }
    take_messages(served);
    switch (event) {
    case MU_DEALER_NOTHING:
    case MU_DEALER_UP:
        return;
    case MU_DEALER_REFUSED:
        served->refused = true;
        break;
    case MU_DEALER_LOST:
    case MU_DEALER_WRONG_PEER:
        break;
    }
    served->lost = true;
}

void mu_served_reconnect(struct mu_served *served)
{
    if (served->dealer.socket != NULL) {
        mu_dealer_close(&served->dealer, 0);
        served->lost = true;
    }
}

/* -- one turn ---------------------------------------------------------------------- */

static size_t make_inputs(struct mu_served *served, struct mu_mono now,
                          struct mu_client_input inputs[static MU_SERVED_BATCH + 4])
{
    size_t count = 0;
    for (size_t i = 0; i < served->body_count; i++) {
        zmq_msg_t *body = &served->bodies[i];
        inputs[count++] =
            (struct mu_client_input){.kind = MU_CLIENT_MESSAGE,
                                     .bytes = mu_slice_of(zmq_msg_data(body), zmq_msg_size(body))};
    }
    if (served->lost && !served->more) {
        inputs[count++] =
            (struct mu_client_input){.kind = MU_CLIENT_LOST, .refused = served->refused};
    }
    if (served->poked) {
        inputs[count++] = (struct mu_client_input){.kind = MU_CLIENT_POKE};
    }
    if (served->leaving) {
        inputs[count++] = (struct mu_client_input){.kind = MU_CLIENT_BYE};
    } else if (now.ms >= served->wake_at.ms) {
        inputs[count++] = (struct mu_client_input){.kind = MU_CLIENT_TICK};
    }
    return count;
}

static void deliver(struct mu_served *served, const struct mu_client_outputs *outputs,
                    bool *out_changed)
{
    for (size_t i = 0; i < outputs->count; i++) {
        const struct mu_client_output *output = &outputs->items[i];
        switch (output->kind) {
        case MU_CLIENT_CONNECT:
            served->lost = false;
            served->refused = false;
            connect_to_server(served);
            break;
        case MU_CLIENT_SEND:
            if (!served->lost && !mu_dealer_send(&served->dealer, output->bytes)) {
                served->lost = true;
            }
            break;
        case MU_CLIENT_DISCONNECT:
            mu_dealer_close(&served->dealer, served->leaving ? 500 : 0);
            served->lost = false;
            served->refused = false;
            break;
        case MU_CLIENT_VIEW_CHANGED:
            *out_changed = true;
            break;
        case MU_CLIENT_LOG:
            if (!served->serving->quiet) {
                mu_journal_note(served->workspace.name, output->bytes);
            }
            break;
        }
    }
    served->wake_at.ms = outputs->wake_at_ms;
}

static void run_turn(struct mu_served *served, const struct mu_client_input *inputs, size_t count,
                     const struct mu_moment *moment, bool *out_changed)
{
    struct mu_client_outputs outputs;
    struct mu_error err;
    bool told_lost = served->lost && !served->more;
    enum mu_status status =
        mu_client_run(served->client, &moment->turn, inputs, count, &outputs, &err);
    if (status == MU_E_BUSY) {
        served->held_back = true;
        served->retry_at.ms = moment->turn.mono.ms + BUSY_REST_MS;
        return;
    }
    served->held_back = false;
    if (status != MU_OK) {
        crash(served, &err);
        *out_changed = true;
        return;
    }
    drop_bodies(served);
    served->poked = false;
    if (told_lost) {
        served->lost = false;
        served->refused = false;
        mu_dealer_close(&served->dealer, 0);
    }
    served->failures = 0;
    served->last.status = MU_OK;
    deliver(served, &outputs, out_changed);
}

/* Sealed texts for a device that has come since.  What finds a
 * file busy is tried with the next turn. */
static void pass_on_sealed(struct mu_served *served, const struct mu_moment *moment)
{
    size_t count = 0;
    struct mu_error err;
    if (served->client == NULL || served->leaving || !mu_client_sealed_due(served->client)) {
        return;
    }
    enum mu_status status = mu_client_sealed_pass_on(served->client, &moment->turn, &count, &err);
    if (status != MU_OK && status != MU_E_BUSY) {
        say(served, &err);
    }
    served->poked = served->poked || count > 0;
}

/* Tasks that come again: looked at when this person has done something, and now and then. */
static void make_recurring(struct mu_served *served, const struct mu_moment *moment, bool poked)
{
    size_t count = 0;
    struct mu_error err;
    if (served->client == NULL || served->leaving ||
        (!poked && moment->turn.mono.ms < served->recur_at.ms)) {
        return;
    }
    served->recur_at.ms = moment->turn.mono.ms + RECUR_EVERY_MS;
    enum mu_status status =
        mu_recurrence_run(served->client, &moment->turn, served->store.keys.device,
                          served->serving->zone->zone, &count, &err);
    if (status != MU_OK && status != MU_E_BUSY) {
        say(served, &err);
    }
    served->poked = served->poked || count > 0;
}

/* What this person is to be reminded of: looked at now and then, online or not. */
static void remind(struct mu_served *served, struct mu_mono now)
{
    struct mu_moment moment;
    struct mu_error err;
    if (served->client == NULL || served->leaving || served->serving->quiet ||
        now.ms < served->remind_at.ms) {
        return;
    }
    served->remind_at.ms = now.ms + REMIND_EVERY_MS;
    if (mu_moment_now(&moment, served->serving->zone, &err) != MU_OK) {
        return;
    }
    enum mu_status status =
        mu_reminding_run(&served->reminding, served->client, &served->workspace, &moment.turn,
                         served->store.keys.device, served->serving->zone->zone, &err);
    if (status != MU_OK && status != MU_E_BUSY) {
        say(served, &err);
    }
    mu_moment_deinit(&moment);
}

/* False: closed for now. */
static bool ensure_open(struct mu_served *served, struct mu_mono now, bool *out_changed)
{
    struct mu_error err;
    bool to_look = served->poked || now.ms >= served->wake_at.ms;
    if (served->client != NULL && to_look && files_were_replaced(served)) {
        (void)mu_fail(&err, MU_E_CONFLICT, "its files were replaced; they are opened anew");
        crash(served, &err);
        served->retry_at = now;
        served->failures = 0;
    }
    if (served->client != NULL) {
        return true;
    }
    if (now.ms < served->retry_at.ms) {
        return false;
    }
    if (open_client(served, &err) != MU_OK) {
        if (err.status == MU_E_INVALID) {
            err.status = MU_E_CORRUPT; /* a foreign file in the place of ours */
        }
        crash(served, &err);
        return false;
    }
    *out_changed = true;
    return true;
}

void mu_served_run(struct mu_served *served, bool *out_changed)
{
    struct mu_mono now = mu_moment_mono();
    if (!ensure_open(served, now, out_changed) ||
        (served->held_back && now.ms < served->retry_at.ms)) {
        return;
    }
    remind(served, now);
    take_in(served);
    struct mu_client_input inputs[MU_SERVED_BATCH + 4];
    struct mu_moment moment;
    struct mu_error err;
    size_t count = make_inputs(served, now, inputs);
    if (count == 0) {
        return;
    }
    if (mu_moment_now(&moment, served->serving->zone, &err) != MU_OK) {
        crash(served, &err);
        return;
    }
    bool poked = served->poked;
    run_turn(served, inputs, count, &moment, out_changed);
    pass_on_sealed(served, &moment);
    make_recurring(served, &moment, poked);
    mu_moment_deinit(&moment);
}

struct mu_mono mu_served_due(const struct mu_served *served)
{
    if (served->client == NULL || served->held_back) {
        return served->retry_at;
    }
    if (served->more || served->lost || served->poked) {
        return (struct mu_mono){.ms = 0};
    }
    struct mu_mono deadline = mu_dealer_deadline(&served->dealer);
    return deadline.ms < served->wake_at.ms ? deadline : served->wake_at;
}

enum mu_status mu_served_status(struct mu_served *served, struct mu_client_status *out,
                                struct mu_error *err)
{
    if (served->client == NULL) {
        return mu_fail(err, served->last.status != MU_OK ? served->last.status : MU_E_BUSY, "%s",
                       served->last.status != MU_OK ? served->last.text : "not open yet");
    }
    return mu_client_status(served->client, out, err);
}
