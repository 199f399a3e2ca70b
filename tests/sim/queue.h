/* What will happen when: events in the order of virtual time, those of one moment in the order
 * in which they were planned. */
#ifndef MUSTER_TESTS_SIM_QUEUE_H
#define MUSTER_TESTS_SIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mu_event_kind {
    MU_EVENT_TO_SERVER,   /* a message arrives over connection `conn` */
    MU_EVENT_TO_DEVICE,   /* likewise */
    MU_EVENT_LOST,        /* the device notices that `conn` is gone */
    MU_EVENT_GONE,        /* the server notices */
    MU_EVENT_SERVER_TURN, /* the inbox is worked off */
    MU_EVENT_DEVICE_TURN,
    MU_EVENT_SERVER_TICK,
    MU_EVENT_DEVICE_TICK,
    MU_EVENT_SERVER_START,
    MU_EVENT_DEVICE_START,
    MU_EVENT_EDIT,   /* a person does something on a device */
    MU_EVENT_CHAOS,  /* the seed breaks something */
    MU_EVENT_HOSTILE /* the hostile member does something */
};

struct mu_event {
    int64_t at_ms;
    uint64_t order;
    enum mu_event_kind kind;
    unsigned device;
    uint64_t conn;
    bool flag;      /* LOST: the server refused the key */
    uint8_t *bytes; /* of a message; owned by who takes the event */
    size_t len;
};

struct mu_queue {
    struct mu_event *heap;
    size_t count, room;
    uint64_t planned;
};

void mu_queue_free(struct mu_queue *queue);
/* bytes are copied. */
void mu_queue_plan(struct mu_queue *queue, const struct mu_event *event);
/* When the next one is; INT64_MAX: none is planned. */
int64_t mu_queue_next_ms(const struct mu_queue *queue);
/* False when nothing is planned.  The caller frees out->bytes. */
bool mu_queue_take(struct mu_queue *queue, struct mu_event *out);

#endif
