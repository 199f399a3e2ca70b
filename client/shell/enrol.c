#include "client/shell/enrol.h"

#include <inttypes.h>
#include <netdb.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "client/home/moment.h"
#include "client/shell/dealer.h"
#include "client/shell/enrol_message.h"
#include "common/seal/secret.h"
#include "common/wire/message.h"

#define REST_MS       300  /* between two attempts */
#define UNREACHED_MS  3000 /* nobody there: long enough for a server that is just starting */
#define STRANGERS_MAX 2    /* handshakes that failed: the server may have been busy */
#define MEMORY_MAX    ((size_t)4 << 20)

/* One enrolment under way. */
struct enrolment {
    const struct mu_enrol_args *args;
    const struct mu_invite *invite;
    struct mu_joining joining;
    struct mu_device_keys temporary; /* secret; of the invite */
    struct mu_dealer dealer;
    struct mu_buf message; /* ENROL */
    struct mu_arena arena; /* of the answer */
    struct mu_msg_enrolled answer;
    zmq_msg_t answer_bytes; /* answer borrows from it */
    bool has_answer;
};

/* -- what went wrong ---------------------------------------------------------------- */

static enum mu_status fail_unreached(const struct enrolment *enrolment, struct mu_error *err)
{
    return mu_fail(err, MU_E_OFFLINE,
                   "the server at '%.100s' cannot be reached; the same invite works when it can",
                   enrolment->invite->endpoint);
}

static enum mu_status fail_stranger(const struct enrolment *enrolment, struct mu_error *err)
{
    return mu_fail(err, MU_E_CRYPTO,
                   "what answers at '%.100s' does not hold the key that this invite names",
                   enrolment->invite->endpoint);
}

/* The server does not say why it refuses a key; the invite itself may tell. */
static enum mu_status fail_refused(const struct enrolment *enrolment, struct mu_error *err)
{
    int64_t expires_ms = enrolment->invite->expires_ms;
    if (expires_ms != 0 && mu_moment_wall().ms >= expires_ms) {
        time_t seconds = (time_t)(expires_ms / 1000);
        struct tm parts = {0};
        char day[32] = "";
        if (gmtime_r(&seconds, &parts) != NULL) {
            (void)strftime(day, sizeof day, "%Y-%m-%d %H:%M UTC", &parts);
        }
        return mu_fail(err, MU_E_DENIED, "this invite expired on %s; ask for a new one", day);
    }
    return mu_fail(err, MU_E_DENIED,
                   "this invite was withdrawn, or the server never made it; ask for a new one");
}

/* -- the answer --------------------------------------------------------------------- */

/* False: not what we wait for. */
static bool read_answer(struct enrolment *enrolment, zmq_msg_t *bytes)
{
    struct mu_message message;
    struct mu_error ignored;
    struct mu_slice view = mu_slice_of(zmq_msg_data(bytes), zmq_msg_size(bytes));
    mu_arena_clear(&enrolment->arena);
    if (mu_message_decode(view, &enrolment->arena, &message, &ignored) != MU_OK) {
        return false;
    }
    if (message.kind == MU_MSG_ENROLLED) {
        enrolment->answer = message.enrolled;
        return true;
    }
    if (message.kind == MU_MSG_ERROR) {
        enrolment->answer = (struct mu_msg_enrolled){
            .accepted = false, .code = message.error.code, .reason = message.error.text};
        return true;
    }
    return false;
}

static void take_answer(struct enrolment *enrolment)
{
    zmq_msg_t bytes;
    while (!enrolment->has_answer && mu_dealer_receive(&enrolment->dealer, &bytes)) {
        if (read_answer(enrolment, &bytes)) {
            (void)zmq_msg_init(&enrolment->answer_bytes);
            (void)zmq_msg_move(&enrolment->answer_bytes, &bytes);
            /* A short message lies inside its struct, which has moved. */
            enrolment->has_answer = read_answer(enrolment, &enrolment->answer_bytes);
        }
        (void)zmq_msg_close(&bytes);
    }
}

/* -- connecting --------------------------------------------------------------------- */

static bool wait_a_little(struct enrolment *enrolment, int64_t until_ms)
{
    zmq_pollitem_t items[1 + MU_DEALER_POLL_COUNT];
    items[0] = (zmq_pollitem_t){.fd = enrolment->args->stop_fd, .events = ZMQ_POLLIN};
    size_t count = 1 + mu_dealer_poll_items(&enrolment->dealer, items + 1);
    int64_t left = until_ms - mu_moment_mono().ms;
    int ready = zmq_poll(items, (int)count, left > 0 ? (long)left : 0);
    return ready <= 0 || items[0].revents == 0;
}

static enum mu_status connect_once(struct enrolment *enrolment, struct mu_error *err)
{
    const struct mu_dealer_options options = {.endpoint = enrolment->invite->endpoint,
                                              .server_key = enrolment->invite->server_curve,
                                              .public_key = enrolment->temporary.public.curve,
                                              .secret_key = enrolment->temporary.curve_secret};
    MU_TRY(mu_dealer_open(&enrolment->dealer, enrolment->args->context, &options, mu_moment_mono(),
                          err));
    if (!mu_dealer_send(&enrolment->dealer, mu_buf_view(&enrolment->message))) {
        return mu_fail(err, MU_E_IO, "cannot send to '%.100s'", enrolment->invite->endpoint);
    }
    return MU_OK;
}

/* One connection, until it has an answer or failed; *out_event says how. */
static enum mu_status attempt(struct enrolment *enrolment, int64_t end_ms,
                              enum mu_dealer_event *out_event, struct mu_error *err)
{
    MU_TRY(connect_once(enrolment, err));
    enum mu_dealer_event event = MU_DEALER_NOTHING;
    while (event < MU_DEALER_LOST && !enrolment->has_answer) {
        if (mu_moment_mono().ms >= end_ms) {
            event = MU_DEALER_LOST;
            break;
        }
        if (!wait_a_little(enrolment, end_ms)) {
            return mu_fail(err, MU_E_BUSY, "stopped; the same invite works again");
        }
        event = mu_dealer_watch(&enrolment->dealer, mu_moment_mono());
        take_answer(enrolment);
    }
    *out_event = event;
    return MU_OK;
}

/* Attempts until there is an answer, or none to be hoped for. */
static enum mu_status ask_server(struct enrolment *enrolment, struct mu_error *err)
{
    int64_t begin_ms = mu_moment_mono().ms;
    int64_t end_ms = begin_ms + enrolment->args->wait_ms;
    int strangers = 0;
    bool met = false;
    for (;;) {
        enum mu_dealer_event event = MU_DEALER_NOTHING;
        MU_TRY(attempt(enrolment, end_ms, &event, err));
        met = met || enrolment->dealer.has_met;
        mu_dealer_close(&enrolment->dealer, 0);
        if (enrolment->has_answer) {
            return MU_OK;
        }
        if (event == MU_DEALER_REFUSED) {
            return fail_refused(enrolment, err);
        }
        if (event == MU_DEALER_WRONG_PEER && ++strangers >= STRANGERS_MAX) {
            return fail_stranger(enrolment, err);
        }
        int64_t now_ms = mu_moment_mono().ms;
        if (now_ms >= end_ms || (!met && now_ms - begin_ms >= UNREACHED_MS)) {
            return fail_unreached(enrolment, err);
        }
        if (!wait_a_little(enrolment, now_ms + REST_MS)) {
            return mu_fail(err, MU_E_BUSY, "stopped; the same invite works again");
        }
    }
}

/* A name that nobody knows would look like a server that is down. */
static enum mu_status check_host(const struct mu_invite *invite, struct mu_error *err)
{
    const char *host = strstr(invite->endpoint, "://");
    const char *colon = strrchr(invite->endpoint, ':');
    char name[MU_ENDPOINT_MAX + 1] = "";
    if (host == NULL || colon <= host) {
        return mu_fail(err, MU_E_INVALID, "this invite names no address: '%.100s'",
                       invite->endpoint);
    }
    host += 3;
    size_t len = (size_t)(colon - host);
    if (len >= 2 && host[0] == '[') {
        host++;
        len -= 2;
    }
    memcpy(name, host, len);
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int rc = getaddrinfo(name, NULL, &hints, &found);
    if (rc == 0) {
        freeaddrinfo(found);
        return MU_OK;
    }
    return mu_fail(err, MU_E_OFFLINE, "the host '%.100s' cannot be found: %s", name,
                   gai_strerror(rc));
}

/* -- the steps ---------------------------------------------------------------------- */

static enum mu_status begin(struct enrolment *enrolment, bool *out_fresh, struct mu_error *err)
{
    MU_KEY_FILE_AUTO struct mu_key_file fresh = {.workspace = enrolment->invite->workspace};
    struct mu_moment moment;
    MU_TRY(mu_moment_now(&moment, enrolment->args->zone, err));
    fresh.device = mu_entropy_id(&moment.entropy, moment.turn.wall.ms);
    mu_moment_deinit(&moment);
    randombytes_buf(fresh.seed, sizeof fresh.seed);
    memcpy(fresh.server_curve, enrolment->invite->server_curve, sizeof fresh.server_curve);
    memcpy(fresh.endpoint, enrolment->invite->endpoint, sizeof fresh.endpoint);
    MU_TRY(mu_joining_begin(enrolment->args->home, enrolment->invite->secret, &fresh,
                            &enrolment->joining, err));
    *out_fresh = mu_id_equal(fresh.device, enrolment->joining.keys.device);
    return MU_OK;
}

static enum mu_status write_message(struct enrolment *enrolment, struct mu_error *err)
{
    char machine[128] = "device";
    if (enrolment->args->device == NULL) {
        (void)gethostname(machine, sizeof machine - 1);
    }
    struct mu_moment moment;
    MU_TRY(mu_moment_now(&moment, enrolment->args->zone, err));
    const struct mu_enrol_message parts = {
        .turn = &moment.turn,
        .invite = enrolment->invite,
        .temporary = &enrolment->temporary,
        .keys = &enrolment->joining.keys,
        .device = enrolment->args->device != NULL ? enrolment->args->device : machine};
    enum mu_status status = mu_enrol_message(&parts, &enrolment->message, err);
    mu_moment_deinit(&moment);
    return status;
}

/* What the server says of itself must be what the lead's invite vouches for. */
static enum mu_status take_up(struct enrolment *enrolment, struct mu_workspace *out,
                              struct mu_error *err)
{
    const struct mu_msg_enrolled *answer = &enrolment->answer;
    struct mu_key_file *keys = &enrolment->joining.keys;
    if (!answer->accepted) {
        enum mu_status status = answer->code == (uint32_t)MU_E_BUSY ? MU_E_OFFLINE : MU_E_DENIED;
        return mu_fail(err, status, "%.*s",
                       (int)(answer->reason.len < 200 ? answer->reason.len : 200),
                       answer->reason.len > 0 ? (const char *)answer->reason.data
                                              : "the server refuses this invite");
    }
    if (answer->server_sign.len != MU_SIGN_PK_LEN || answer->server_box.len != MU_BOX_PK_LEN ||
        !mu_invite_check_server(enrolment->invite, answer->server_sign.data,
                                answer->server_box.data)) {
        return mu_fail(err, MU_E_CRYPTO,
                       "the server's keys are not those that this invite vouches for");
    }
    if (answer->handle.len > MU_KEY_HANDLE_MAX) {
        return mu_fail(err, MU_E_PROTOCOL, "the server gives a name that is too long");
    }
    memcpy(keys->server_sign, answer->server_sign.data, MU_SIGN_PK_LEN);
    memcpy(keys->server_box, answer->server_box.data, MU_BOX_PK_LEN);
    memset(keys->handle, 0, sizeof keys->handle);
    memcpy(keys->handle, answer->handle.data, answer->handle.len);
    return mu_joining_finish(enrolment->args->home, &enrolment->joining, answer->team, out, err);
}

static enum mu_status enrol_begun(struct enrolment *enrolment, struct mu_workspace *out,
                                  struct mu_error *err)
{
    MU_TRY(write_message(enrolment, err));
    MU_TRY(ask_server(enrolment, err));
    return take_up(enrolment, out, err);
}

enum mu_status mu_enrol(const struct mu_enrol_args *args, const struct mu_invite *invite,
                        struct mu_workspace *out, struct mu_error *err)
{
    struct enrolment enrolment = {.args = args, .invite = invite};
    bool fresh = false;
    MU_TRY(check_host(invite, err));
    MU_TRY(begin(&enrolment, &fresh, err));
    mu_invite_keys(invite->secret, &enrolment.temporary);
    mu_buf_init(&enrolment.message, MU_MESSAGE_MAX);
    mu_arena_init(&enrolment.arena, MEMORY_MAX);
    enum mu_status status = enrol_begun(&enrolment, out, err);
    /* Keys that the server may have heard of are kept: it might have accepted them. */
    if (status == MU_E_DENIED && fresh) {
        mu_joining_abandon(&enrolment.joining);
    }
    mu_dealer_close(&enrolment.dealer, 0);
    if (enrolment.has_answer) {
        (void)zmq_msg_close(&enrolment.answer_bytes);
    }
    mu_arena_deinit(&enrolment.arena);
    mu_buf_deinit(&enrolment.message);
    mu_device_keys_deinit(&enrolment.temporary);
    mu_joining_deinit(&enrolment.joining);
    return status;
}
