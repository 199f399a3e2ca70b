#include "server/shell/service.h"

#include <string.h>
#include <sys/resource.h>

#include "common/seal/secret.h"
#include "server/shell/clock.h"

#define DESCRIPTORS_WANTED 65536
#define DESCRIPTORS_KEPT   64 /* for files, the listener and whatever libc needs */
#define CONNECTIONS_LEAST  8

/* -- the store --------------------------------------------------------------------- */

enum mu_status mu_service_open_store(struct mu_service *service, struct mu_error *err)
{
    MU_TRY(mu_datadir_db(&service->dir, MU_DATADIR_SERVE, &service->db, err));
    const struct mu_server_options options = {.limits = mu_server_limits_default(),
                                              .prove = mu_prover_prove,
                                              .prove_state = &service->prover,
                                              .has_known = service->headfile.has_known,
                                              .known = service->headfile.known};
    struct mu_entropy entropy;
    struct mu_turn turn = mu_clock_turn(&entropy);
    enum mu_status status =
        mu_server_open_with(&service->db, &service->keys, &options, &turn, &service->server, err);
    mu_entropy_deinit(&entropy);
    service->wake_at = turn.mono;
    if (status != MU_OK) {
        mu_service_close_store(service);
    }
    return status;
}

void mu_service_close_store(struct mu_service *service)
{
    if (service->server != NULL) {
        mu_server_close(service->server);
        service->server = NULL;
    }
    mu_db_close(&service->db);
}

/* -- opening ----------------------------------------------------------------------- */

/* As many descriptors as the system lets us have; returns how many connections they carry. */
static uint32_t raise_descriptors(void)
{
    struct rlimit limit = {0};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return CONNECTIONS_LEAST;
    }
    rlim_t wanted = limit.rlim_max < DESCRIPTORS_WANTED ? limit.rlim_max : DESCRIPTORS_WANTED;
    if (limit.rlim_cur < wanted) {
        struct rlimit raised = {.rlim_cur = wanted, .rlim_max = limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) {
            limit.rlim_cur = wanted;
        }
    }
    if (limit.rlim_cur < DESCRIPTORS_KEPT + CONNECTIONS_LEAST) {
        return CONNECTIONS_LEAST;
    }
    rlim_t left = limit.rlim_cur - DESCRIPTORS_KEPT;
    return left < DESCRIPTORS_WANTED ? (uint32_t)left : DESCRIPTORS_WANTED;
}

static enum mu_status read_config(struct mu_service *service, const char *listen,
                                  struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_CONFIG_MAX);
    MU_TRY(mu_datadir_read(&service->dir, MU_CONFIG_NAME, MU_CONFIG_MAX, &text, err));
    MU_TRY(mu_config_parse(mu_buf_view(&text), &service->config, err));
    if (listen != NULL) {
        struct mu_endpoint endpoint;
        MU_TRY(mu_endpoint_parse(listen, &endpoint, err));
        memcpy(service->config.listen, listen, strlen(listen) + 1);
    }
    return MU_OK;
}

static enum mu_status open_parts(struct mu_service *service, const char *data, const char *listen,
                                 struct mu_error *err)
{
    MU_TRY(mu_datadir_open(data, &service->dir, err));
    MU_TRY(mu_datadir_lock(&service->dir, err));
    MU_TRY(read_config(service, listen, err));
    MU_TRY(mu_datadir_keys(&service->dir, false, &service->keys, err));
    MU_TRY(mu_headfile_open(&service->dir, &service->headfile, err));
    mu_prover_start(&service->prover);
    MU_TRY(mu_service_open_store(service, err));
    MU_TRY(mu_checkpointer_start(&service->checkpointer, &service->dir, &service->sink, err));
    MU_TRY(mu_control_open(&service->control, &service->dir, err));
    return mu_gate_open(&service->gate, service->config.listen, &service->keys, raise_descriptors(),
                        &service->sink, err);
}

enum mu_status mu_service_open(struct mu_service *service, const char *data, const char *listen,
                               struct mu_error *err)
{
    memset(service, 0, sizeof *service);
    service->dir = (struct mu_datadir){.fd = -1, .lock_fd = -1};
    service->headfile.fd = -1;
    service->control.listen_fd = -1;
    mu_sink_init(&service->sink);
    enum mu_status status = open_parts(service, data, listen, err);
    if (status != MU_OK) {
        mu_service_close(service);
    }
    return status;
}

void mu_service_close(struct mu_service *service)
{
    mu_batch_clear(&service->batch);
    mu_gate_close(&service->gate);
    if (service->dir.fd >= 0) {
        mu_control_close(&service->control, &service->dir);
    }
    mu_checkpointer_stop(&service->checkpointer);
    mu_prover_stop(&service->prover);
    mu_service_close_store(service);
    mu_headfile_close(&service->headfile);
    mu_device_keys_deinit(&service->keys);
    mu_datadir_close(&service->dir);
}
