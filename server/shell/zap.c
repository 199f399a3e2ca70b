/* Who may come in: ZeroMQ's authentication protocol (ZAP 1.0, RFC 27), answered between turns.
 *
 * Six frames after the envelope: version, request, domain, address, routing id, mechanism, and
 * for CURVE the client's public key.  The answer names the key as User-Id; libzmq then attaches
 * it to every message of that connection, and it is all that says who a message is from. */
#include <string.h>

#include "common/base/id.h"
#include "server/shell/clock.h"
#include "server/shell/gate.h"

enum { VERSION, REQUEST, DOMAIN, ADDRESS, ROUTING, MECHANISM, KEY, FRAME_COUNT };
#define FRAME_MAX 255 /* RFC 27: what is longer is not ours */
#define HOLD_MAX  64  /* handshakes answered before turns go on */

struct zap_request {
    uint8_t bytes[FRAME_COUNT][FRAME_MAX];
    size_t len[FRAME_COUNT];
    size_t count;
};

/* False: nobody waits.  A frame too many or too long makes the count wrong. */
static bool receive(void *zap, struct zap_request *request)
{
    request->count = 0;
    int more = 1;
    while (more != 0) {
        zmq_msg_t frame;
        (void)zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, zap, ZMQ_DONTWAIT) < 0) {
            (void)zmq_msg_close(&frame);
            return false;
        }
        size_t len = zmq_msg_size(&frame);
        if (request->count < FRAME_COUNT && len <= FRAME_MAX) {
            memcpy(request->bytes[request->count], zmq_msg_data(&frame), len);
            request->len[request->count] = len;
            request->count++;
        } else {
            request->count = FRAME_COUNT + 1;
        }
        more = zmq_msg_more(&frame);
        (void)zmq_msg_close(&frame);
    }
    return true;
}

static bool frame_is(const struct zap_request *request, size_t frame, const char *text)
{
    return request->len[frame] == strlen(text) &&
           memcmp(request->bytes[frame], text, request->len[frame]) == 0;
}

static void answer(void *zap, const struct zap_request *request, const char *code, const char *text,
                   const char *user)
{
    struct mu_slice frames[] = {
        mu_slice_str("1.0"),
        mu_slice_of(request->bytes[REQUEST], request->count > REQUEST ? request->len[REQUEST] : 0),
        mu_slice_str(code),
        mu_slice_str(text),
        mu_slice_str(user),
        mu_slice_str("")};
    size_t count = sizeof frames / sizeof frames[0];
    for (size_t i = 0; i < count; i++) {
        int flags = ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0);
        /* A handshake that ended meanwhile takes no answer. */
        (void)zmq_send(zap, frames[i].data, frames[i].len, flags);
    }
}

static void log_refusal(struct mu_gate *gate, const struct zap_request *request, const char *why)
{
    gate->refused++;
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, 512);
    static const char mapped[] = "::ffff:"; /* how a socket of IPv6 shows an address of IPv4 */
    const char *address = (const char *)request->bytes[ADDRESS];
    size_t len = request->len[ADDRESS];
    size_t skip = len >= sizeof mapped - 1 && memcmp(address, mapped, sizeof mapped - 1) == 0
                      ? sizeof mapped - 1
                      : 0;
    char key[2 * 32 + 1];
    mu_hex(mu_slice_of(request->bytes[KEY], 32), key);
    if (mu_buf_printf(&line, "refused key=%.16s address=%.*s why=%s", key,
                      (int)(len - skip < 64 ? len - skip : 64), address + skip, why) == MU_OK) {
        mu_sink_peer(gate->sink, MU_LEVEL_WARNING, mu_buf_view(&line));
    }
}

static void decide(struct mu_gate *gate, struct mu_server *server,
                   const struct zap_request *request)
{
    if (request->count != FRAME_COUNT || !frame_is(request, VERSION, "1.0") ||
        !frame_is(request, MECHANISM, "CURVE") || request->len[KEY] != 32) {
        answer(gate->zap, request, "400", "not for this server", "");
        return;
    }
    char user[2 * 32 + 1];
    mu_hex(mu_slice_of(request->bytes[KEY], 32), user);
    enum mu_admission admission =
        gate->is_suspended ? MU_REFUSE_TEMPORARY
                           : mu_server_admit(server, request->bytes[KEY], mu_clock_wall());
    switch (admission) {
    case MU_ADMIT_DEVICE:
    case MU_ADMIT_INVITE:
        answer(gate->zap, request, "200", "welcome", user);
        break;
    case MU_REFUSE_FINAL:
        log_refusal(gate, request, "unknown");
        answer(gate->zap, request, "400", "unknown key", "");
        break;
    case MU_REFUSE_TEMPORARY:
        log_refusal(gate, request, "busy");
        answer(gate->zap, request, "300", "try again", "");
        break;
    }
}

void mu_gate_admit(struct mu_gate *gate, struct mu_server *server)
{
    struct zap_request request = {.count = 0};
    for (int i = 0; i < HOLD_MAX && receive(gate->zap, &request); i++) {
        decide(gate, server, &request);
    }
}
