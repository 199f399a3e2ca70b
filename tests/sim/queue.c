#include "tests/sim/queue.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/check.h"

void mu_queue_free(struct mu_queue *queue)
{
    for (size_t i = 0; i < queue->count; i++) {
        free(queue->heap[i].bytes);
    }
    free(queue->heap);
    *queue = (struct mu_queue){0};
}

static bool before(const struct mu_event *a, const struct mu_event *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void exchange(struct mu_queue *queue, size_t a, size_t b)
{
    struct mu_event kept = queue->heap[a];
    queue->heap[a] = queue->heap[b];
    queue->heap[b] = kept;
}

void mu_queue_plan(struct mu_queue *queue, const struct mu_event *event)
{
    if (queue->count == queue->room) {
        queue->room = queue->room == 0 ? 64 : queue->room * 2;
        queue->heap = realloc(queue->heap, queue->room * sizeof *queue->heap);
        MU_ASSERT(queue->heap != NULL);
    }
    struct mu_event planned = *event;
    planned.order = queue->planned++;
    if (event->len > 0) {
        planned.bytes = malloc(event->len);
        MU_ASSERT(planned.bytes != NULL);
        memcpy(planned.bytes, event->bytes, event->len);
    } else {
        planned.bytes = NULL;
    }
    size_t at = queue->count++;
    queue->heap[at] = planned;
    while (at > 0 && before(&queue->heap[at], &queue->heap[(at - 1) / 2])) {
        exchange(queue, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

int64_t mu_queue_next_ms(const struct mu_queue *queue)
{
    return queue->count == 0 ? INT64_MAX : queue->heap[0].at_ms;
}

bool mu_queue_take(struct mu_queue *queue, struct mu_event *out)
{
    if (queue->count == 0) {
        return false;
    }
    *out = queue->heap[0];
    queue->heap[0] = queue->heap[--queue->count];
    size_t at = 0;
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
            if (child < queue->count && before(&queue->heap[child], &queue->heap[least])) {
                least = child;
            }
        }
        if (least == at) {
            return true;
        }
        exchange(queue, at, least);
        at = least;
    }
}
