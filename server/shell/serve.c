/* The loop: wait, let in, take in, run one turn, send.
 *
 * The order of duties: a turn's outputs leave only after mu_server_turn() returned, which is
 * after the commit.  A turn that fails is a crash without the restart: nothing is sent, the
 * store is opened anew, and everyone has to come again. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "server/shell/clock.h"
#include "server/shell/report.h"
#include "server/shell/service.h"

#define FAILURES_MAX 5   /* turns that fail one after another before the process ends */
#define FAILURE_REST 200 /* ms after a failed turn */
#define WAIT_MAX_MS  60000
#define POLICE_MS    5000         /* between looks at the connections */
#define FOLD_TURNS   64           /* ask for a checkpoint after so many turns with messages, */
#define FOLD_BYTES   (512U << 10) /* or so many bytes */

static void answer_control(void *context, const char *request, struct mu_buf *out)
{
    struct mu_service *service = context;
    struct mu_report report = {.endpoint = service->gate.endpoint,
                               .pid = (long)getpid(),
                               .connections = service->gate.open_count};
    struct mu_error err;
    bool json = strcmp(request, "status json") == 0;
    enum mu_status status = MU_E_INVALID;
    if (!json && strcmp(request, "status") != 0) {
        return;
    }
    if (service->is_suspended) {
        status = mu_report_trouble(&report, "disk full", json, out);
    } else if (mu_server_status(service->server, &report.server, &err) == MU_OK) {
        report.connected = report.server.sessions;
        mu_backup_note_read(&service->dir, &report.backup);
        status = json ? mu_report_json(&report, out) : mu_report_text(&report, out);
    }
    if (status != MU_OK) {
        mu_buf_clear(out);
    }
}

/* -- one turn ---------------------------------------------------------------------- */

/* What a database that goes back in time would be measured by. */
static void remember_head(struct mu_service *service)
{
    struct mu_error err;
    struct mu_server_known known = mu_server_known(service->server);
    if (mu_headfile_put(&service->headfile, &known, &err) != MU_OK) {
        mu_sink_fail(&service->sink, "head_file_failed", &err);
    }
}

static void deliver(struct mu_service *service, const struct mu_server_outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++) {
        const struct mu_server_output *output = &outputs->items[i];
        switch (output->kind) {
        case MU_SERVER_SEND:
            mu_gate_send(&service->gate, output->conn, output->bytes);
            break;
        case MU_SERVER_CLOSE:
            mu_gate_dismiss(&service->gate, output->conn, mu_clock_mono());
            break;
        case MU_SERVER_LOG:
            mu_sink_peer(&service->sink, MU_LEVEL_INFO, output->bytes);
            break;
        }
    }
    service->wake_at = (struct mu_mono){.ms = outputs->wake_at_ms};
}

/* False: the process must end with *out_exit. */
static bool recover(struct mu_service *service, const struct mu_error *why, enum mu_exit *out_exit)
{
    mu_sink_fail(&service->sink, "turn_failed", why);
    bool broken = service->db.broken || why->status == MU_E_IO;
    mu_service_close_store(service);
    if (why->status == MU_E_FULL && !broken) {
        mu_service_suspend(service);
        return true;
    }
    service->failures++;
    if (broken || service->failures >= FAILURES_MAX) {
        *out_exit = broken ? MU_EXIT_DISK : mu_exit_code(why->status);
        return false;
    }
    struct mu_error err;
    enum mu_status status = mu_service_open_store(service, &err);
    if (status != MU_OK) {
        mu_sink_fail(&service->sink, "reopen_failed", &err);
        *out_exit = mu_exit_code(status);
        return false;
    }
    /* The new core knows none of them. */
    mu_gate_cut_all(&service->gate);
    service->wake_at = (struct mu_mono){.ms = mu_clock_mono().ms + FAILURE_REST};
    return true;
}

static bool run_turn(struct mu_service *service, enum mu_exit *out_exit)
{
    struct mu_entropy entropy;
    struct mu_turn turn = mu_clock_turn(&entropy);
    struct mu_batch *batch = &service->batch;
    if (turn.mono.ms >= service->wake_at.ms && batch->count < MU_BATCH_COUNT) {
        batch->inputs[batch->count++] = (struct mu_server_input){.kind = MU_SERVER_TICK};
    }
    struct mu_server_outputs outputs;
    struct mu_error err;
    enum mu_status status =
        mu_server_turn(service->server, &turn, batch->inputs, batch->count, &outputs, &err);
    mu_entropy_deinit(&entropy);
    if (status != MU_OK) {
        mu_batch_clear(batch);
        return recover(service, &err, out_exit);
    }
    service->failures = 0;
    deliver(service, &outputs);
    remember_head(service);
    if (batch->body_count > 0) {
        service->unfolded_turns++;
        service->unfolded_bytes += batch->bytes;
    }
    mu_batch_clear(batch);
    return true;
}

/* Between bursts, or when one grows long. */
static void fold_log(struct mu_service *service, bool idle)
{
    bool much = service->unfolded_turns >= FOLD_TURNS || service->unfolded_bytes >= FOLD_BYTES;
    if (much || (idle && service->unfolded_turns > 0)) {
        mu_checkpointer_ask(&service->checkpointer);
        service->unfolded_turns = 0;
        service->unfolded_bytes = 0;
    }
}

/* -- the loop ---------------------------------------------------------------------- */

/* Do what is due at the door; how long nothing needs to be done after it, in ms. */
static long patience(struct mu_service *service, bool more)
{
    struct mu_mono now = mu_clock_mono();
    struct mu_mono sweep_at = mu_gate_sweep(&service->gate, now);
    if (more) {
        return 0;
    }
    int64_t most = service->gate.open_count > 0 ? POLICE_MS : WAIT_MAX_MS;
    int64_t until = sweep_at.ms < service->wake_at.ms ? sweep_at.ms : service->wake_at.ms;
    int64_t left = until - now.ms;
    if (left <= 0) {
        return 0;
    }
    return (long)(left < most ? left : most);
}

static void police(struct mu_service *service)
{
    struct mu_mono now = mu_clock_mono();
    if (now.ms - service->policed.ms >= POLICE_MS / 5) {
        service->policed = now;
        mu_gate_police(&service->gate);
    }
}

/* Returns whether something arrived; *out_stop when it is time to end. */
static bool wait_for_work(struct mu_service *service, int stop_fd, bool more, bool *out_stop)
{
    zmq_pollitem_t items[1 + MU_GATE_POLL_COUNT + MU_CONTROL_POLL_MAX];
    size_t count = 0;
    items[count++] = (zmq_pollitem_t){.fd = stop_fd, .events = ZMQ_POLLIN};
    mu_gate_poll_items(&service->gate, items + count);
    count += MU_GATE_POLL_COUNT;
    size_t control_at = count;
    count += mu_control_poll_items(&service->control, items + count);
    int ready = zmq_poll(items, (int)count, patience(service, more));
    if (ready <= 0) {
        return more;
    }
    *out_stop = items[0].revents != 0;
    for (size_t i = control_at; i < count; i++) {
        if (items[i].revents != 0) {
            mu_control_serve(&service->control, mu_clock_mono(), answer_control, service);
            break;
        }
    }
    return true;
}

enum mu_exit mu_service_run(struct mu_service *service, int stop_fd)
{
    enum mu_exit exit_code = MU_EXIT_OK;
    bool more = false;
    bool stop = false;
    bool alive = true;
    mu_sink_log(&service->sink, MU_LEVEL_INFO, "serving", "endpoint=%s connections_max=%" PRIu32,
                service->gate.endpoint, service->gate.open_max);
    while (alive && !stop) {
        bool woken = wait_for_work(service, stop_fd, more, &stop);
        mu_gate_admit(&service->gate, service->server);
        more = mu_gate_receive(&service->gate, &service->batch);
        police(service);
        bool due = mu_clock_mono().ms >= service->wake_at.ms;
        if (service->is_suspended) {
            alive = mu_service_idle(service, &exit_code);
        } else if (service->batch.count > 0 || due) {
            alive = run_turn(service, &exit_code);
        }
        fold_log(service, !woken || due);
        if (alive && mu_checkpointer_broken(&service->checkpointer)) {
            exit_code = MU_EXIT_DISK;
            alive = false;
        }
    }
    mu_sink_log(&service->sink, MU_LEVEL_INFO, "stopped", "exit=%d", (int)exit_code);
    return exit_code;
}
