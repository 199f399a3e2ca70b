/* What the server's core costs without sockets: mutations by the size of their push, deliveries
 * to many sessions, connections, transfers.
 *
 *   bench_server FOLDER [tasks] [sessions] */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server/core/inside.h"
#include "tests/harness/dice.h"
#include "tests/harness/player.h"

#define TITLE "A title of the length that titles have"

struct bench {
    struct mu_stage stage;
    struct mu_player lead;
    struct mu_id *tasks;
    size_t task_count;
    size_t sessions;
    struct mu_dice dice;
};

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What one push sends, made before the clock runs. */
static void prepare(struct bench *bench, size_t count, bool add)
{
    struct mu_pushed items[MU_PUSH_COUNT_MAX];
    for (size_t i = 0; i < count; i++) {
        struct mu_intent intent;
        if (add) {
            intent = mu_player_task(&bench->lead, TITLE, &bench->tasks[bench->task_count++]);
        } else {
            struct mu_op *op = NULL;
            struct mu_id id = bench->tasks[mu_dice_below(&bench->dice, bench->task_count)];
            intent = mu_player_intent(&bench->lead, MU_INTENT_TASK_EDIT, MU_TASK, id, &op);
            char title[64];
            (void)snprintf(title, sizeof title, TITLE " %u",
                           (unsigned)mu_dice_below(&bench->dice, 100000));
            if (!mu_op_arg(op, &bench->lead.arena, MU_TASK_TITLE, mu_bytes(mu_slice_str(title)))) {
                exit(1);
            }
        }
        items[i] = mu_player_sign(&bench->lead, &intent);
    }
    mu_player_push(&bench->lead, items, count);
}

static struct mu_server_outputs turn(struct bench *bench)
{
    struct mu_stage *stage = &bench->stage;
    struct mu_turn now = mu_stage_now(stage);
    struct mu_server_outputs out;
    if (mu_server_turn(stage->server, &now, stage->inputs, stage->input_count, &out, &stage->err) !=
        MU_OK) {
        (void)fprintf(stderr, "bench_server: %s\n", stage->err.text);
        exit(1);
    }
    for (size_t i = 0; i < stage->input_count; i++) {
        free((void *)(uintptr_t)stage->inputs[i].bytes.data);
    }
    stage->input_count = 0;
    return out;
}

static double push_all(struct bench *bench, size_t total, size_t size, bool add)
{
    double spent = 0;
    for (size_t i = 0; i < total; i += size) {
        prepare(bench, size, add);
        double start = now_s();
        (void)turn(bench);
        spent += now_s() - start;
        mu_arena_clear(&bench->lead.arena);
        /* what the author saw: everything */
        bench->lead.cursor.seq = bench->stage.server->head.seq;
        bench->lead.cursor.chain = bench->stage.server->head.chain;
    }
    return spent;
}

static void measure_pushes(struct bench *bench)
{
    static const size_t sizes[] = {1, 8, 64};
    for (size_t i = 0; i < 3; i++) {
        size_t total = sizes[i] == 1 ? 2000 : 12800;
        double spent = push_all(bench, total, sizes[i], false);
        (void)printf("edit %6zu a push  %8.0f /s\n", sizes[i], (double)total / spent);
    }
}

/* Sessions of one device under many replica ids: what a session costs does not hang on it. */
static void connect_all(struct bench *bench)
{
    size_t before = (size_t)mallinfo2().uordblks;
    double start = now_s();
    for (size_t i = 0; i < bench->sessions; i++) {
        struct mu_message message = {.kind = MU_MSG_HELLO};
        bench->lead.conn = mu_stage_connect(&bench->stage);
        message.hello = mu_player_hello(&bench->lead);
        message.hello.replica = mu_entropy_id(&bench->stage.entropy, bench->stage.wall_ms);
        message.hello.last_number = 0;
        message.hello.acked_number = 0;
        message.hello.epoch = 1;
        mu_player_send(&bench->lead, &message);
        mu_player_credit(&bench->lead, MU_CREDIT_MAX);
        if (bench->stage.input_count > 100) {
            (void)turn(bench);
        }
        mu_arena_clear(&bench->lead.arena);
    }
    (void)turn(bench);
    (void)printf("hello              %8.0f /s, %.1f KB a session\n",
                 (double)bench->sessions / (now_s() - start),
                 ((double)mallinfo2().uordblks - (double)before) / 1024 / (double)bench->sessions);
}

static void measure_fanout(struct bench *bench)
{
    double spent = 0;
    size_t sends = 0;
    for (size_t i = 0; i < 200; i++) {
        prepare(bench, 1, false);
        double start = now_s();
        struct mu_server_outputs out = turn(bench);
        spent += now_s() - start;
        for (size_t j = 0; j < out.count; j++) {
            sends += out.items[j].kind == MU_SERVER_SEND;
        }
    }
    (void)printf("fan-out            %8.3f us a delivery (%zu deliveries a turn)\n",
                 spent * 1e6 / (double)sends, sends / 200);
}

static void measure_transfer(struct bench *bench)
{
    struct mu_message message = {.kind = MU_MSG_XFER_REQ};
    size_t bytes = 0;
    double start = now_s();
    mu_player_send(&bench->lead, &message);
    (void)turn(bench);
    while (bench->stage.server->pins.transfers > 0) {
        mu_player_credit(&bench->lead, MU_CREDIT_START);
        struct mu_server_outputs out = turn(bench);
        for (size_t i = 0; i < out.count; i++) {
            bytes += out.items[i].bytes.len;
        }
    }
    double spent = now_s() - start;
    (void)printf("transfer           %8.0f rows/s, %.0f MB/s\n", (double)bench->task_count / spent,
                 (double)bytes / spent / 1e6);
}

int main(int argc, char **argv)
{
    static struct bench bench;
    char path[512];
    if (argc < 2) {
        (void)fprintf(stderr, "usage: bench_server FOLDER [tasks] [sessions]\n");
        return 2;
    }
    size_t tasks = argc > 2 ? strtoul(argv[2], NULL, 10) : 20000;
    bench.sessions = argc > 3 ? strtoul(argv[3], NULL, 10) : 1000;
    bench.tasks = calloc(tasks + MU_PUSH_COUNT_MAX, sizeof *bench.tasks);
    (void)snprintf(path, sizeof path, "%s/bench_server.db", argv[1]);
    (void)unlink(path);
    mu_stage_open_file(&bench.stage, path, 65536);
    bench.stage.options.limits.mutations_per_s = 0;
    if (bench.tasks == NULL || mu_stage_reopen(&bench.stage) != MU_OK) {
        return 1;
    }
    mu_player_open(&bench.lead, &bench.stage, 1);
    mu_player_enrol(&bench.lead, bench.stage.secret);
    mu_player_live(&bench.lead);
    bench.task_count = 0;
    double spent = push_all(&bench, tasks, 64, true);
    (void)printf("add      64 a push  %8.0f /s\n", (double)tasks / spent);
    measure_pushes(&bench);
    measure_transfer(&bench);
    connect_all(&bench);
    measure_fanout(&bench);
    return 0;
}
