/* While the disk is full: nothing is taken, nothing is acknowledged, and everyone is told why. */
#include "common/wire/message.h"
#include "server/shell/clock.h"
#include "server/shell/service.h"

#define RETRY_MS 1000

/* To one, or to all when conn is NULL. */
static void tell(struct mu_service *service, const struct mu_conn *conn)
{
    MU_ARENA_AUTO struct mu_arena arena;
    MU_BUF_AUTO struct mu_buf bytes;
    mu_arena_init(&arena, 4096);
    mu_buf_init(&bytes, 4096);
    const struct mu_message message = {
        .kind = MU_MSG_ERROR,
        .error = {.code = MU_E_FULL, .text = mu_slice_str("server disk full"), .fatal = true}};
    if (mu_message_encode(&message, &arena, &bytes) != MU_OK) {
        return;
    }
    if (conn == NULL) {
        mu_gate_send_all(&service->gate, mu_buf_view(&bytes));
    } else {
        mu_gate_send(&service->gate, *conn, mu_buf_view(&bytes));
    }
}

void mu_service_suspend(struct mu_service *service)
{
    mu_sink_log(&service->sink, MU_LEVEL_ERROR, "disk_full", "action=waiting");
    tell(service, NULL);
    service->is_suspended = true;
    /* Opening writes nothing; should it fail all the same, everyone is asked to come later. */
    struct mu_error ignored;
    service->gate.is_suspended = mu_service_open_store(service, &ignored) != MU_OK;
    service->retry_at = (struct mu_mono){.ms = mu_clock_mono().ms + RETRY_MS};
    service->wake_at = service->retry_at;
}

static bool go_on(struct mu_service *service, enum mu_exit *out_exit)
{
    struct mu_error err;
    enum mu_status status = service->server != NULL ? MU_OK : mu_service_open_store(service, &err);
    if (status == MU_E_FULL) {
        return true; /* not yet, after all */
    }
    if (status != MU_OK) {
        mu_sink_fail(&service->sink, "reopen_failed", &err);
        *out_exit = mu_exit_code(status);
        return false;
    }
    service->is_suspended = false;
    service->gate.is_suspended = false;
    mu_gate_cut_all(&service->gate); /* the core knows none of them */
    mu_sink_log(&service->sink, MU_LEVEL_INFO, "disk_has_room", "action=serving");
    return true;
}

bool mu_service_idle(struct mu_service *service, enum mu_exit *out_exit)
{
    for (size_t i = 0; i < service->batch.count; i++) {
        if (service->batch.inputs[i].kind == MU_SERVER_MESSAGE) {
            tell(service, &service->batch.inputs[i].conn);
        }
    }
    mu_batch_clear(&service->batch);
    struct mu_mono now = mu_clock_mono();
    if (now.ms < service->retry_at.ms) {
        return true;
    }
    service->retry_at = (struct mu_mono){.ms = now.ms + RETRY_MS};
    service->wake_at = service->retry_at;
    return !mu_datadir_has_room(&service->dir) || go_on(service, out_exit);
}
