#include "tests/harness/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIND      0x4d737453U
#define START_MS  INT64_C(1760000000000)
#define TURNS_MAX 10000

struct mu_turn mu_stage_now(struct mu_stage *stage)
{
    return (struct mu_turn){
        .wall = {stage->wall_ms}, .mono = {stage->mono_ms}, .entropy = &stage->entropy};
}

static void must(enum mu_status status, const struct mu_error *err)
{
    if (status != MU_OK) {
        (void)fprintf(stderr, "stage: %s: %s\n", mu_status_text(status), err->text);
    }
    MU_ASSERT(status == MU_OK);
}

static void open_db(struct mu_stage *stage)
{
    struct mu_db_options options = {.path = stage->path,
                                    .vfs = stage->disk == NULL ? NULL : "stage",
                                    .application_id = KIND,
                                    .full_sync = true,
                                    .exclusive = stage->disk != NULL,
                                    .cache_kib = stage->cache_kib};
    must(mu_db_open(&stage->db, &options, &stage->err), &stage->err);
}

static void found(struct mu_stage *stage)
{
    uint8_t seed[32] = {1};
    struct mu_founding founding = {.team = "Orion",
                                   .zone = "Europe/Lisbon",
                                   .lead_handle = "ana",
                                   .lead_name = "Ana Ruiz",
                                   .invite_secret = {7},
                                   .invite_expires_ms = START_MS + 86400000};
    stage->wall_ms = START_MS;
    stage->mono_ms = 1000;
    stage->options.limits = mu_server_limits_default();
    mu_entropy_init(&stage->entropy, seed);
    seed[0] = 2;
    mu_device_keys_make(seed, &stage->keys);
    memcpy(stage->secret, founding.invite_secret, sizeof stage->secret);
    open_db(stage);
    struct mu_turn turn = mu_stage_now(stage);
    must(
        mu_server_found(&stage->db, &stage->keys, &founding, &turn, &stage->workspace, &stage->err),
        &stage->err);
    must(mu_stage_reopen(stage), &stage->err);
}

void mu_stage_open(struct mu_stage *stage)
{
    *stage = (struct mu_stage){.disk = mu_memdisk_new("stage"), .path = "server.db"};
    found(stage);
}

void mu_stage_open_file(struct mu_stage *stage, const char *path, int cache_kib)
{
    *stage = (struct mu_stage){.path = path, .cache_kib = cache_kib};
    found(stage);
}

void mu_stage_close(struct mu_stage *stage)
{
    mu_server_close(stage->server);
    mu_db_close(&stage->db);
    mu_memdisk_free(stage->disk);
    mu_stage_sweep(stage);
    free(stage->mail);
    for (size_t i = 0; i < stage->input_count; i++) {
        free((void *)(uintptr_t)stage->inputs[i].bytes.data);
    }
    mu_device_keys_deinit(&stage->keys);
    mu_entropy_deinit(&stage->entropy);
}

enum mu_status mu_stage_reopen(struct mu_stage *stage)
{
    struct mu_turn turn = mu_stage_now(stage);
    mu_server_close(stage->server);
    stage->server = NULL;
    return mu_server_open_with(&stage->db, &stage->keys, &stage->options, &turn, &stage->server,
                               &stage->err);
}

static void restart(struct mu_stage *stage)
{
    mu_server_close(stage->server);
    stage->server = NULL;
    mu_db_close(&stage->db);
    mu_stage_sweep(stage);
    open_db(stage);
    must(mu_stage_reopen(stage), &stage->err);
}

void mu_stage_kill(struct mu_stage *stage)
{
    mu_memdisk_kill(stage->disk);
    restart(stage);
}

struct mu_memdisk_image *mu_stage_copy(struct mu_stage *stage)
{
    return mu_memdisk_snapshot(stage->disk, "server.db");
}

void mu_stage_put_back(struct mu_stage *stage, const struct mu_memdisk_image *image)
{
    mu_memdisk_restore(stage->disk, image);
    restart(stage);
}

struct mu_conn mu_stage_connect(struct mu_stage *stage)
{
    return (struct mu_conn){++stage->conns};
}

static struct mu_slice copy(struct mu_slice bytes)
{
    uint8_t *data = malloc(bytes.len > 0 ? bytes.len : 1);
    MU_ASSERT(data != NULL);
    if (bytes.len > 0) {
        memcpy(data, bytes.data, bytes.len);
    }
    return mu_slice_of(data, bytes.len);
}

static void queue(struct mu_stage *stage, const struct mu_server_input *input)
{
    MU_ASSERT(stage->input_count < sizeof stage->inputs / sizeof stage->inputs[0]);
    stage->inputs[stage->input_count++] = *input;
}

void mu_stage_post(struct mu_stage *stage, struct mu_conn conn, const uint8_t curve_key[static 32],
                   struct mu_slice bytes)
{
    struct mu_server_input input = {.kind = MU_SERVER_MESSAGE, .conn = conn, .bytes = copy(bytes)};
    memcpy(input.curve_key, curve_key, sizeof input.curve_key);
    queue(stage, &input);
}

void mu_stage_gone(struct mu_stage *stage, struct mu_conn conn)
{
    struct mu_server_input input = {.kind = MU_SERVER_GONE, .conn = conn};
    queue(stage, &input);
}

static void deliver(struct mu_stage *stage, const struct mu_server_output *output)
{
    if (stage->mail_count == stage->mail_room) {
        stage->mail_room = stage->mail_room == 0 ? 64 : stage->mail_room * 2;
        stage->mail = realloc(stage->mail, stage->mail_room * sizeof *stage->mail);
        MU_ASSERT(stage->mail != NULL);
    }
    stage->mail[stage->mail_count++] =
        (struct mu_mail){.conn = output->conn, .kind = output->kind, .bytes = copy(output->bytes)};
    if (output->kind == MU_SERVER_SEND) {
        stage->sent_bytes += output->bytes.len;
    }
}

enum mu_status mu_stage_try(struct mu_stage *stage)
{
    struct mu_turn turn = mu_stage_now(stage);
    struct mu_server_outputs out = {0};
    enum mu_status status =
        mu_server_turn(stage->server, &turn, stage->inputs, stage->input_count, &out, &stage->err);
    for (size_t i = 0; i < stage->input_count; i++) {
        free((void *)(uintptr_t)stage->inputs[i].bytes.data);
    }
    stage->input_count = 0;
    if (status != MU_OK) {
        return status;
    }
    stage->commits++;
    stage->wake_at_ms = out.wake_at_ms;
    for (size_t i = 0; i < out.count; i++) {
        deliver(stage, &out.items[i]);
    }
    return MU_OK;
}

void mu_stage_turn(struct mu_stage *stage)
{
    must(mu_stage_try(stage), &stage->err);
}

void mu_stage_run(struct mu_stage *stage, int64_t ms)
{
    int64_t end_ms = stage->mono_ms + ms;
    mu_stage_turn(stage);
    for (size_t i = 0; i < TURNS_MAX && stage->wake_at_ms <= end_ms; i++) {
        int64_t passed = stage->wake_at_ms - stage->mono_ms;
        passed = passed > 0 ? passed : 0;
        stage->mono_ms += passed;
        stage->wall_ms += passed;
        mu_stage_turn(stage);
    }
    stage->wall_ms += end_ms - stage->mono_ms;
    stage->mono_ms = end_ms;
}

struct mu_mail *mu_stage_take(struct mu_stage *stage, struct mu_conn conn)
{
    for (size_t i = 0; i < stage->mail_count; i++) {
        struct mu_mail *mail = &stage->mail[i];
        if (!mail->taken && mail->kind != MU_SERVER_LOG && mail->conn.number == conn.number) {
            mail->taken = true;
            return mail;
        }
    }
    return NULL;
}

size_t mu_stage_logged(const struct mu_stage *stage, const char *event)
{
    size_t count = 0;
    for (size_t i = 0; i < stage->mail_count; i++) {
        const struct mu_mail *mail = &stage->mail[i];
        size_t len = strlen(event);
        count += mail->kind == MU_SERVER_LOG && mail->bytes.len >= len &&
                 memcmp(mail->bytes.data, event, len) == 0;
    }
    return count;
}

void mu_stage_sweep(struct mu_stage *stage)
{
    for (size_t i = 0; i < stage->mail_count; i++) {
        free((void *)(uintptr_t)stage->mail[i].bytes.data);
    }
    stage->mail_count = 0;
}

struct mu_log_head mu_stage_head(struct mu_stage *stage)
{
    struct mu_server_status status;
    must(mu_server_status(stage->server, &status, &stage->err), &stage->err);
    return status.head;
}

struct mu_hash mu_stage_root(struct mu_stage *stage)
{
    struct mu_server_status status;
    must(mu_server_status(stage->server, &status, &stage->err), &stage->err);
    return status.digest_root;
}
