#include "tests/harness/pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIND       0x4d737450U
#define START_MS   INT64_C(1760000000000)
#define ROUNDS_MAX 200000
#define SETTLE_MS  120000
#define INPUTS_MAX 256

static void must(struct mu_pair *pair, enum mu_status status, const char *what)
{
    if (status != MU_OK) {
        (void)fprintf(stderr, "pair: %s: %s: %s\n", what, mu_status_text(status), pair->err.text);
    }
    MU_ASSERT(status == MU_OK);
}

struct mu_client_turn mu_pair_turn(struct mu_pair *pair, size_t client)
{
    struct mu_pair_client *who = &pair->clients[client];
    return (struct mu_client_turn){.wall = {pair->wall_ms + who->skew_ms},
                                   .mono = {pair->mono_ms},
                                   .entropy = &pair->entropy,
                                   .zone = "Europe/Lisbon",
                                   .sabotage = &who->sabotage};
}

static struct mu_turn server_turn(struct mu_pair *pair)
{
    return (struct mu_turn){
        .wall = {pair->wall_ms}, .mono = {pair->mono_ms}, .entropy = &pair->entropy};
}

/* -- stores ------------------------------------------------------------------- */

static void open_db(struct mu_pair *pair, struct mu_db *db, const char *vfs, const char *name,
                    bool full_sync)
{
    const struct mu_db_options options = {.path = name,
                                          .vfs = vfs,
                                          .application_id = KIND,
                                          .full_sync = full_sync,
                                          .exclusive = true,
                                          .cache_kib = 16384};
    must(pair, mu_db_open(db, &options, &pair->err), name);
}

void mu_pair_open_file(struct mu_pair *pair, size_t client, struct mu_db *db, const char *name)
{
    const struct mu_pair_client *who = &pair->clients[client];
    bool full_sync = strcmp(name, "outbox.db") == 0;
    char path[64];
    if (!pair->real_files) {
        open_db(pair, db, who->vfs, name, full_sync);
        return;
    }
    (void)snprintf(path, sizeof path, "%s-%s", who->vfs, name);
    const struct mu_db_options options = {
        .path = path, .application_id = KIND, .full_sync = full_sync};
    must(pair, mu_db_open(db, &options, &pair->err), path);
}

/* -- the server ----------------------------------------------------------------- */

static void name_disks(struct mu_pair *pair, const char *name)
{
    for (size_t i = 0; i < MU_PAIR_CLIENTS_MAX; i++) {
        (void)snprintf(pair->clients[i].vfs, sizeof pair->clients[i].vfs, "%.8s-%zu", name, i);
    }
}

void mu_pair_server_start(struct mu_pair *pair)
{
    struct mu_turn turn = server_turn(pair);
    open_db(pair, &pair->db, pair->server_vfs, "server.db", true);
    must(pair,
         mu_server_open_with(&pair->db, &pair->keys, &pair->options, &turn, &pair->server,
                             &pair->err),
         "open server");
    pair->server_wake_at_ms = 0;
}

static void drop_connection(struct mu_pair *pair, size_t client)
{
    struct mu_pair_client *who = &pair->clients[client];
    if (who->conn != 0) {
        MU_ASSERT(pair->gone_count < sizeof pair->gone / sizeof pair->gone[0]);
        pair->gone[pair->gone_count++] =
            (struct mu_server_input){.kind = MU_SERVER_GONE, .conn = {who->conn}};
        who->conn = 0;
    }
}

static void free_frame(struct mu_pair *pair, size_t at)
{
    free(pair->frames[at].bytes);
    memmove(&pair->frames[at], &pair->frames[at + 1],
            (pair->frame_count - at - 1) * sizeof pair->frames[0]);
    pair->frame_count--;
}

static void forget_frames(struct mu_pair *pair, size_t client, bool all)
{
    for (size_t i = pair->frame_count; i-- > 0;) {
        if (all || pair->frames[i].client == client) {
            free_frame(pair, i);
        }
    }
}

void mu_pair_server_kill(struct mu_pair *pair)
{
    mu_server_close(pair->server);
    pair->server = NULL;
    mu_memdisk_kill(pair->disk);
    mu_db_close(&pair->db);
    forget_frames(pair, 0, true);
    pair->gone_count = 0;
    for (size_t i = 0; i < pair->count; i++) {
        pair->clients[i].lost = pair->clients[i].lost || pair->clients[i].conn != 0;
        pair->clients[i].conn = 0;
    }
}

void mu_pair_server_restore(struct mu_pair *pair, const struct mu_memdisk_image *image)
{
    mu_pair_server_kill(pair);
    mu_memdisk_restore(pair->disk, image);
    struct mu_turn turn = server_turn(pair);
    open_db(pair, &pair->db, pair->server_vfs, "server.db", true);
    must(pair, mu_server_restored(&pair->db, &turn, &pair->err), "restore");
    mu_db_close(&pair->db);
    mu_pair_server_start(pair);
}

void mu_pair_open(struct mu_pair *pair, const char *name)
{
    uint8_t seed[32] = {1};
    const struct mu_founding founding = {.team = "Orion",
                                         .zone = "Europe/Lisbon",
                                         .lead_handle = "ana",
                                         .lead_name = "Ana Ruiz",
                                         .invite_secret = {100},
                                         .invite_expires_ms = START_MS + INT64_C(86400000)};
    *pair = (struct mu_pair){.wall_ms = START_MS, .mono_ms = 1000};
    pair->options.limits = mu_server_limits_default();
    pair->options.limits.mutations_per_s = 0;
    mu_entropy_init(&pair->entropy, seed);
    seed[0] = 2;
    mu_device_keys_make(seed, &pair->keys);
    name_disks(pair, name);
    (void)snprintf(pair->server_vfs, sizeof pair->server_vfs, "%.8s-server", name);
    pair->disk = mu_memdisk_new(pair->server_vfs);
    struct mu_turn turn = server_turn(pair);
    open_db(pair, &pair->db, pair->server_vfs, "server.db", true);
    must(pair,
         mu_server_found(&pair->db, &pair->keys, &founding, &turn, &pair->workspace, &pair->err),
         "found");
    mu_db_close(&pair->db);
    mu_pair_server_start(pair);
}

/* -- clients ---------------------------------------------------------------------- */

enum mu_status mu_pair_try_start(struct mu_pair *pair, size_t client)
{
    struct mu_pair_client *who = &pair->clients[client];
    struct mu_client_turn turn = mu_pair_turn(pair, client);
    mu_pair_open_file(pair, client, &who->replica_db, "replica.db");
    mu_pair_open_file(pair, client, &who->outbox_db, "outbox.db");
    who->wake_at_ms = 0;
    who->lost = false;
    return mu_client_open(&who->replica_db, &who->outbox_db, &who->file, &turn, &who->client,
                          &pair->err);
}

void mu_pair_start(struct mu_pair *pair, size_t client)
{
    must(pair, mu_pair_try_start(pair, client), "open client");
}

static void end_process(struct mu_pair *pair, size_t client)
{
    struct mu_pair_client *who = &pair->clients[client];
    mu_client_close(who->client);
    who->client = NULL;
    mu_db_close(&who->replica_db);
    mu_db_close(&who->outbox_db);
    drop_connection(pair, client);
    forget_frames(pair, client, false);
}

void mu_pair_kill(struct mu_pair *pair, size_t client)
{
    mu_memdisk_kill(pair->clients[client].disk);
    end_process(pair, client);
}

void mu_pair_power_cut(struct mu_pair *pair, size_t client, uint64_t seed)
{
    mu_memdisk_crash(pair->clients[client].disk, seed);
    end_process(pair, client);
}

void mu_pair_close(struct mu_pair *pair)
{
    for (size_t i = 0; i < pair->count; i++) {
        end_process(pair, i);
        mu_arena_deinit(&pair->clients[i].arena);
        mu_device_keys_deinit(&pair->clients[i].keys);
        mu_key_file_deinit(&pair->clients[i].file);
        mu_memdisk_free(pair->clients[i].disk);
    }
    mu_server_close(pair->server);
    mu_db_close(&pair->db);
    mu_memdisk_free(pair->disk);
    forget_frames(pair, 0, true);
    free(pair->frames);
    mu_device_keys_deinit(&pair->keys);
    mu_entropy_deinit(&pair->entropy);
}

/* -- the wire ----------------------------------------------------------------------- */

static void put_frame(struct mu_pair *pair, size_t client, bool to_server, struct mu_slice bytes)
{
    if (pair->frame_count == pair->frame_room) {
        pair->frame_room = pair->frame_room == 0 ? 64 : pair->frame_room * 2;
        pair->frames = realloc(pair->frames, pair->frame_room * sizeof *pair->frames);
        MU_ASSERT(pair->frames != NULL);
    }
    struct mu_pair_frame frame = {.to_server = to_server,
                                  .client = client,
                                  .conn = pair->clients[client].conn,
                                  .bytes = malloc(bytes.len + 1),
                                  .len = bytes.len};
    MU_ASSERT(frame.bytes != NULL);
    if (bytes.len > 0) {
        memcpy(frame.bytes, bytes.data, bytes.len);
    }
    pair->frames[pair->frame_count++] = frame;
}

void mu_pair_post(struct mu_pair *pair, size_t client, bool to_server, struct mu_slice bytes)
{
    put_frame(pair, client, to_server, bytes);
}

static void send(struct mu_pair *pair, size_t client, bool to_server, struct mu_slice bytes)
{
    if (pair->clients[client].unplugged || pair->clients[client].conn == 0) {
        return;
    }
    put_frame(pair, client, to_server, bytes);
    struct mu_pair_frame *frame = &pair->frames[pair->frame_count - 1];
    if (pair->pass != NULL) {
        struct mu_pair_frame seen = *frame; /* the hook may post more */
        bool passes = pair->pass(pair, &seen, pair->pass_state);
        size_t at = pair->frame_count;
        while (pair->frames[--at].bytes != seen.bytes) {
        }
        pair->frames[at] = seen;
        if (!passes) {
            free_frame(pair, at);
        }
    }
}

void mu_pair_unplug(struct mu_pair *pair, size_t client, bool silently)
{
    struct mu_pair_client *who = &pair->clients[client];
    who->unplugged = true;
    forget_frames(pair, client, false);
    if (!silently) {
        who->lost = who->conn != 0;
        drop_connection(pair, client);
    }
}

void mu_pair_plug(struct mu_pair *pair, size_t client)
{
    pair->clients[client].unplugged = false;
}

/* -- turns --------------------------------------------------------------------------- */

static size_t client_of(const struct mu_pair *pair, uint64_t conn)
{
    for (size_t i = 0; i < pair->count; i++) {
        if (pair->clients[i].conn == conn) {
            return i;
        }
    }
    return pair->count;
}

static void server_did(struct mu_pair *pair, const struct mu_server_output *output)
{
    size_t client = client_of(pair, output->conn.number);
    if (client == pair->count || output->kind == MU_SERVER_LOG) {
        return;
    }
    if (output->kind == MU_SERVER_SEND) {
        send(pair, client, false, output->bytes);
    } else {
        pair->clients[client].lost = true;
        pair->clients[client].conn = 0;
    }
}

static void trouble(struct mu_pair *pair, size_t who, bool begins)
{
    if (pair->trouble != NULL) {
        pair->trouble(pair, who, begins, pair->trouble_state);
    }
}

void mu_pair_serve(struct mu_pair *pair, const struct mu_server_input *inputs, size_t count)
{
    struct mu_turn turn = server_turn(pair);
    struct mu_server_outputs out = {0};
    trouble(pair, MU_PAIR_SERVER, true);
    enum mu_status status = mu_server_turn(pair->server, &turn, inputs, count, &out, &pair->err);
    trouble(pair, MU_PAIR_SERVER, false);
    if (status != MU_OK && pair->trouble != NULL) {
        pair->failed_turns++;
        mu_pair_server_kill(pair);
        mu_pair_server_start(pair);
        return;
    }
    must(pair, status, "server turn");
    pair->server_wake_at_ms = out.wake_at_ms;
    for (size_t i = 0; i < out.count; i++) {
        server_did(pair, &out.items[i]);
    }
}

static bool run_server(struct mu_pair *pair)
{
    struct mu_server_input inputs[INPUTS_MAX];
    uint8_t *taken[INPUTS_MAX];
    size_t count = 0;
    size_t taken_count = 0;
    for (size_t i = 0; i < pair->frame_count && count < INPUTS_MAX / 2;) {
        struct mu_pair_frame *frame = &pair->frames[i];
        if (!frame->to_server) {
            i++;
            continue;
        }
        inputs[count] = (struct mu_server_input){.kind = MU_SERVER_MESSAGE,
                                                 .conn = {frame->conn},
                                                 .bytes = mu_slice_of(frame->bytes, frame->len)};
        memcpy(inputs[count].curve_key, pair->clients[frame->client].keys.public.curve, 32);
        taken[taken_count++] = frame->bytes;
        count++;
        frame->bytes = NULL;
        free_frame(pair, i);
    }
    for (size_t i = 0; i < pair->gone_count && count < INPUTS_MAX; i++) {
        inputs[count++] = pair->gone[i];
    }
    pair->gone_count = 0;
    bool due = pair->server_wake_at_ms <= pair->mono_ms;
    if (count == 0 && !due) {
        return false;
    }
    if (due && count < INPUTS_MAX) {
        inputs[count++] = (struct mu_server_input){.kind = MU_SERVER_TICK};
    }
    mu_pair_serve(pair, inputs, count);
    for (size_t i = 0; i < taken_count; i++) {
        free(taken[i]);
    }
    return true;
}

static void connect(struct mu_pair *pair, size_t client)
{
    struct mu_pair_client *who = &pair->clients[client];
    drop_connection(pair, client);
    who->connects++;
    who->lost = false;
    if (pair->server == NULL || who->unplugged) {
        return; /* nobody answers */
    }
    struct mu_wall now = {pair->wall_ms};
    enum mu_admission admission = mu_server_admit(pair->server, who->keys.public.curve, now);
    if (admission == MU_ADMIT_DEVICE) {
        who->conn = ++pair->conns;
    } else {
        who->lost = true;
        who->refused = admission != MU_REFUSE_TEMPORARY;
    }
}

static void keep_line(struct mu_pair_client *who, struct mu_slice line)
{
    size_t len = line.len < 200 ? line.len : 200;
    memmove(who->log + len + 1, who->log, sizeof who->log - len - 1);
    memcpy(who->log, line.data, len);
    who->log[len] = '\n';
    who->log[sizeof who->log - 1] = '\0';
}

static void client_did(struct mu_pair *pair, size_t client, const struct mu_client_output *output)
{
    struct mu_pair_client *who = &pair->clients[client];
    switch (output->kind) {
    case MU_CLIENT_CONNECT:
        connect(pair, client);
        break;
    case MU_CLIENT_SEND:
        who->sent_frames++;
        who->sent_bytes += output->bytes.len;
        send(pair, client, true, output->bytes);
        break;
    case MU_CLIENT_DISCONNECT:
        drop_connection(pair, client);
        break;
    case MU_CLIENT_VIEW_CHANGED:
        who->views++;
        break;
    case MU_CLIENT_LOG:
        keep_line(who, output->bytes);
        break;
    }
}

static size_t gather_inputs(struct mu_pair *pair, size_t client, struct mu_client_input *inputs,
                            uint8_t **taken, size_t *out_taken)
{
    struct mu_pair_client *who = &pair->clients[client];
    size_t count = 0;
    *out_taken = 0;
    for (size_t i = 0; i < pair->frame_count && count < INPUTS_MAX - 3;) {
        struct mu_pair_frame *frame = &pair->frames[i];
        if (frame->to_server || frame->client != client) {
            i++;
            continue;
        }
        if (frame->conn == who->conn || who->lost) { /* else of a connection that was given up */
            inputs[count++] = (struct mu_client_input){
                .kind = MU_CLIENT_MESSAGE, .bytes = mu_slice_of(frame->bytes, frame->len)};
        }
        taken[(*out_taken)++] = frame->bytes;
        frame->bytes = NULL;
        free_frame(pair, i);
    }
    if (who->lost) {
        inputs[count++] = (struct mu_client_input){.kind = MU_CLIENT_LOST, .refused = who->refused};
    }
    if (who->poked) {
        inputs[count++] = (struct mu_client_input){.kind = MU_CLIENT_POKE};
    }
    who->lost = false;
    who->refused = false;
    who->poked = false;
    if (who->wake_at_ms <= pair->mono_ms) {
        inputs[count++] = (struct mu_client_input){.kind = MU_CLIENT_TICK};
    }
    return count;
}

static enum mu_status try_turn(struct mu_pair *pair, size_t client,
                               const struct mu_client_input *inputs, size_t count,
                               struct mu_client_outputs *out)
{
    struct mu_pair_client *who = &pair->clients[client];
    struct mu_client_turn turn = mu_pair_turn(pair, client);
    trouble(pair, client, true);
    enum mu_status status = mu_client_run(who->client, &turn, inputs, count, out, &pair->err);
    trouble(pair, client, false);
    return status;
}

static bool run_client(struct mu_pair *pair, size_t client)
{
    struct mu_pair_client *who = &pair->clients[client];
    struct mu_client_input inputs[INPUTS_MAX];
    uint8_t *taken[INPUTS_MAX];
    size_t taken_count = 0;
    size_t count = gather_inputs(pair, client, inputs, taken, &taken_count);
    if (count > 0) {
        struct mu_client_outputs out = {0};
        uint64_t before_ns = pair->clock_ns == NULL ? 0 : pair->clock_ns();
        enum mu_status status = try_turn(pair, client, inputs, count, &out);
        if (status != MU_OK && pair->trouble != NULL) {
            pair->failed_turns++;
            mu_pair_kill(pair, client);
            mu_pair_start(pair, client);
        } else {
            must(pair, status, "client turn");
        }
        who->spent_ns += pair->clock_ns == NULL ? 0 : pair->clock_ns() - before_ns;
        who->turns++;
        who->wake_at_ms = out.wake_at_ms;
        for (size_t i = 0; i < out.count; i++) {
            client_did(pair, client, &out.items[i]);
        }
    }
    for (size_t i = 0; i < taken_count; i++) {
        free(taken[i]);
    }
    return count > 0;
}

void mu_pair_pump(struct mu_pair *pair)
{
    bool busy = true;
    for (size_t round = 0; busy; round++) {
        MU_ASSERT(round < ROUNDS_MAX);
        busy = pair->server != NULL && run_server(pair);
        for (size_t i = 0; i < pair->count; i++) {
            busy = (pair->clients[i].client != NULL && run_client(pair, i)) || busy;
        }
    }
}

static int64_t next_wake(const struct mu_pair *pair)
{
    int64_t at = pair->server == NULL ? INT64_MAX : pair->server_wake_at_ms;
    for (size_t i = 0; i < pair->count; i++) {
        const struct mu_pair_client *who = &pair->clients[i];
        if (who->client != NULL && who->wake_at_ms < at) {
            at = who->wake_at_ms;
        }
    }
    return at;
}

void mu_pair_run(struct mu_pair *pair, int64_t ms)
{
    int64_t end_ms = pair->mono_ms + ms;
    mu_pair_pump(pair);
    for (int64_t at = next_wake(pair); at <= end_ms; at = next_wake(pair)) {
        MU_ASSERT(at > pair->mono_ms);
        pair->wall_ms += at - pair->mono_ms;
        pair->mono_ms = at;
        mu_pair_pump(pair);
    }
    pair->wall_ms += end_ms - pair->mono_ms;
    pair->mono_ms = end_ms;
}

static bool is_settled(struct mu_pair *pair)
{
    struct mu_server_status server = mu_pair_server_status(pair);
    for (size_t i = 0; i < pair->count; i++) {
        if (pair->clients[i].client == NULL || pair->clients[i].unplugged) {
            continue;
        }
        struct mu_client_status status = mu_pair_status(pair, i);
        if (status.link != MU_LINK_LIVE || status.pending > 0 ||
            status.cursor.seq != server.head.seq) {
            return false;
        }
    }
    return true;
}

void mu_pair_settle(struct mu_pair *pair)
{
    int64_t end_ms = pair->mono_ms + SETTLE_MS;
    mu_pair_pump(pair);
    while (!is_settled(pair)) {
        if (pair->mono_ms >= end_ms) {
            for (size_t i = 0; i < pair->count; i++) {
                (void)fprintf(stderr, "client %zu:\n%s\n", i, pair->clients[i].log);
            }
        }
        MU_ASSERT(pair->mono_ms < end_ms);
        mu_pair_run(pair, 50);
    }
}

/* -- looking --------------------------------------------------------------------------- */

struct mu_client_status mu_pair_status(struct mu_pair *pair, size_t client)
{
    struct mu_client_status status = {0};
    must(pair, mu_client_status(pair->clients[client].client, &status, &pair->err), "status");
    return status;
}

struct mu_server_status mu_pair_server_status(struct mu_pair *pair)
{
    struct mu_server_status status = {0};
    must(pair, mu_server_status(pair->server, &status, &pair->err), "server status");
    return status;
}

void mu_pair_check(struct mu_pair *pair)
{
    for (size_t i = 0; i < pair->count; i++) {
        struct mu_pair_client *who = &pair->clients[i];
        if (who->client == NULL) {
            continue;
        }
        must(pair, mu_client_check(who->client, &pair->err), "check");
        struct mu_client_status status = mu_pair_status(pair, i);
        struct mu_server_status server = mu_pair_server_status(pair);
        MU_ASSERT(status.cursor.seq != server.head.seq ||
                  !mu_id_equal(status.cursor.incarnation, server.head.incarnation) ||
                  mu_hash_equal(status.digest_root, server.digest_root));
    }
}

bool mu_pair_logged(const struct mu_pair *pair, size_t client, const char *event)
{
    const char *line = pair->clients[client].log;
    size_t len = strlen(event);
    while (line != NULL && *line != '\0') {
        if (strncmp(line, event, len) == 0) {
            return true;
        }
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return false;
}
