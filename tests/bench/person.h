/* A person's store with the client on it, in this process, as `muster` opens them. */
#ifndef MUSTER_TESTS_BENCH_PERSON_H
#define MUSTER_TESTS_BENCH_PERSON_H

#include "client/core/client.h"
#include "client/home/agent_link.h"
#include "client/home/moment.h"
#include "client/home/store.h"
#include "tests/bench/team.h"

/* Must not move while in use. */
struct mu_bench_person {
    struct mu_home home;
    struct mu_workspace workspace;
    struct mu_store store;
    struct mu_home_zone zone;
    struct mu_moment moment;
    struct mu_client *client;
    struct mu_arena arena; /* of one edit */
};

/* Ends the program with what went wrong. */
void mu_bench_must(enum mu_status status, const struct mu_error *err, const char *what);

void mu_person_enter(const struct mu_bench_team *team, const char *who,
                     struct mu_bench_person *out);
void mu_person_leave(struct mu_bench_person *person);
/* Ids of tasks, at most `most`; on the heap. */
struct mu_id *mu_person_tasks(struct mu_bench_person *person, size_t most, size_t *out_count);
/* Author an intent; its memory is the person's arena. */
void mu_person_author(struct mu_bench_person *person, const struct mu_intent *intent);
void mu_person_rename(struct mu_bench_person *person, struct mu_id task, const char *title);

#endif
