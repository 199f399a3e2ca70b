#include "server/core/session.h"

#include <stdlib.h>
#include <string.h>

void mu_sessions_deinit(struct mu_sessions *sessions)
{
    for (size_t i = 0; i < sessions->count; i++) {
        free(sessions->items[i]);
    }
    free(sessions->items);
    *sessions = (struct mu_sessions){0};
}

/* Where conn stands, or would stand. */
static size_t place(const struct mu_sessions *sessions, struct mu_conn conn)
{
    size_t low = 0;
    size_t high = sessions->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sessions->items[middle]->conn.number < conn.number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct mu_session *mu_sessions_find(const struct mu_sessions *sessions, struct mu_conn conn)
{
    size_t at = place(sessions, conn);
    if (at == sessions->count || sessions->items[at]->conn.number != conn.number) {
        return NULL;
    }
    return sessions->items[at];
}

static bool grow(struct mu_sessions *sessions)
{
    if (sessions->count < sessions->room) {
        return true;
    }
    size_t room = sessions->room == 0 ? 16 : sessions->room * 2;
    struct mu_session **items = realloc(sessions->items, room * sizeof(struct mu_session *));
    if (items == NULL) {
        return false;
    }
    sessions->items = items;
    sessions->room = room;
    return true;
}

struct mu_session *mu_sessions_add(struct mu_sessions *sessions, struct mu_conn conn)
{
    size_t at = place(sessions, conn);
    MU_ASSERT(at == sessions->count || sessions->items[at]->conn.number != conn.number);
    if (!grow(sessions)) {
        return NULL;
    }
    struct mu_session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        return NULL;
    }
    session->conn = conn;
    memmove(&sessions->items[at + 1], &sessions->items[at],
            (sessions->count - at) * sizeof(struct mu_session *));
    sessions->items[at] = session;
    sessions->count++;
    return session;
}

void mu_sessions_remove(struct mu_sessions *sessions, struct mu_conn conn)
{
    size_t at = place(sessions, conn);
    if (at == sessions->count || sessions->items[at]->conn.number != conn.number) {
        return;
    }
    free(sessions->items[at]);
    sessions->count--;
    memmove(&sessions->items[at], &sessions->items[at + 1],
            (sessions->count - at) * sizeof(struct mu_session *));
}
