/* What the client core takes, without the disk: CPU time of its turns, on disks in memory.
 *
 *   bench_client [changes] [pending] [incoming] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/harness/dice.h"
#include "tests/harness/pair.h"

#define BOARD 10000

static uint64_t cpu_ns(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

static void show(const char *what, uint64_t ns, size_t count)
{
    (void)printf("%-52s %9.1f ms  %7.2f us each\n", what, (double)ns / 1e6,
                 (double)ns / 1e3 / (double)count);
}

struct board {
    struct mu_pair pair;
    struct mu_dice dice;
    size_t ana, kofi;
    struct mu_id tasks[BOARD];
};

static struct mu_id any_task(struct board *board)
{
    return board->tasks[mu_dice_below(&board->dice, BOARD)];
}

static void edit(struct board *board, size_t who, unsigned moves_percent)
{
    char title[32];
    mu_arena_clear(&board->pair.clients[who].arena);
    if (mu_dice_below(&board->dice, 100) < moves_percent) {
        (void)mu_pair_move(&board->pair, who, any_task(board),
                           mu_dice_below(&board->dice, 2) == 0 ? MU_KIND_TODO : MU_KIND_BACKLOG);
        return;
    }
    (void)snprintf(title, sizeof title, "title %u", (unsigned)mu_dice_below(&board->dice, 1000000));
    (void)mu_pair_title(&board->pair, who, any_task(board), title);
}

static uint64_t spent(struct board *board, size_t who)
{
    uint64_t ns = board->pair.clients[who].spent_ns;
    board->pair.clients[who].spent_ns = 0;
    board->pair.clients[who].turns = 0;
    return ns;
}

static void fill(struct board *board)
{
    struct mu_pair *pair = &board->pair;
    mu_pair_open(pair, "bench");
    pair->clock_ns = cpu_ns;
    board->ana = mu_pair_join(pair);
    mu_pair_settle(pair);
    board->kofi = mu_pair_join(pair);
    mu_pair_settle(pair);
    mu_pair_unplug(pair, board->kofi, false);
    uint64_t before = cpu_ns();
    mu_pair_unplug(pair, board->ana, false);
    for (size_t i = 0; i < BOARD; i++) {
        mu_arena_clear(&pair->clients[board->ana].arena);
        board->tasks[i] = mu_pair_add(pair, board->ana, "a task of the board", MU_KIND_TODO);
    }
    show("author: adds to one column, offline", cpu_ns() - before, BOARD);
    (void)spent(board, board->ana);
    mu_pair_plug(pair, board->ana);
    mu_pair_settle(pair);
    show("drain of those adds (turns of the author)", spent(board, board->ana), BOARD);
    (void)spent(board, board->kofi);
    mu_pair_plug(pair, board->kofi);
    mu_pair_settle(pair);
    show("missed changes, nothing pending", spent(board, board->kofi), BOARD);
}

/* What waits does not get through yet: incoming changes meet all of it. */
static bool hold_pushes(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    struct mu_message message;
    (void)state;
    struct mu_arena *arena = &pair->clients[frame->client].arena;
    mu_arena_clear(arena);
    return !frame->to_server ||
           mu_message_decode(mu_slice_of(frame->bytes, frame->len), arena, &message, &pair->err) !=
               MU_OK ||
           message.kind != MU_MSG_PUSH;
}

static void rebase(struct board *board, size_t pending, size_t incoming, unsigned moves)
{
    struct mu_pair *pair = &board->pair;
    char what[96];
    mu_pair_unplug(pair, board->kofi, false);
    for (size_t i = 0; i < pending; i++) {
        edit(board, board->kofi, moves);
    }
    for (size_t i = 0; i < incoming; i++) {
        edit(board, board->ana, moves);
        if (i % 64 == 0) {
            mu_pair_pump(pair);
        }
    }
    mu_pair_pump(pair);
    (void)spent(board, board->kofi);
    uint64_t before = mu_pair_status(pair, board->kofi).cursor.seq;
    mu_pair_plug(pair, board->kofi);
    pair->pass = hold_pushes;
    while (mu_pair_status(pair, board->kofi).cursor.seq < before + incoming) {
        mu_pair_run(pair, 10);
    }
    uint64_t turns = pair->clients[board->kofi].turns;
    (void)snprintf(what, sizeof what, "%zu pending, %zu incoming, %u%% moves (%u turns)", pending,
                   incoming, moves, (unsigned)turns);
    show(what, spent(board, board->kofi), incoming);
    pair->pass = NULL;
    mu_pair_settle(pair);
    show("  and then its drain", spent(board, board->kofi), pending);
}

static void load(struct board *board)
{
    struct mu_pair *pair = &board->pair;
    mu_pair_kill(pair, board->kofi);
    mu_memdisk_remove(pair->clients[board->kofi].disk, "replica.db");
    pair->options.limits.stream_first = 1;
    mu_pair_server_kill(pair);
    mu_pair_server_start(pair);
    mu_pair_start(pair, board->kofi);
    (void)spent(board, board->kofi);
    mu_pair_settle(pair);
    show("first load by a transfer, rows", spent(board, board->kofi), BOARD);
}

int main(int argc, char **argv)
{
    size_t pending = argc > 1 ? strtoul(argv[1], NULL, 10) : 5000;
    size_t incoming = argc > 2 ? strtoul(argv[2], NULL, 10) : 2000;
    struct board *board = calloc(1, sizeof *board);
    if (board == NULL) {
        return 1;
    }
    fill(board);
    rebase(board, pending, incoming, 0);
    rebase(board, pending, incoming, 20);
    load(board);
    mu_pair_close(&board->pair);
    free(board);
    return 0;
}
