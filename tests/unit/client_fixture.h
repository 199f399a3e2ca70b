/* A pair of its own for each test of the client core, and the words its tests share. */
#ifndef MUSTER_TESTS_UNIT_CLIENT_FIXTURE_H
#define MUSTER_TESTS_UNIT_CLIENT_FIXTURE_H

#include "tests/harness/cmocka.h"
#include "tests/harness/pair.h"

int client_fixture_open(void **state);
int client_fixture_close(void **state);
#define CLIENT_TEST(test) \
    cmocka_unit_test_setup_teardown(test, client_fixture_open, client_fixture_close)

/* The lead's client, live and level. */
size_t client_fixture_lead(struct mu_pair *pair);
/* One more member's, likewise. */
size_t client_fixture_member(struct mu_pair *pair);

/* Drop frames of one kind to or from one client, or count them. */
struct client_filter {
    enum mu_message_kind kind;
    size_t client;
    size_t drop; /* how many more to drop */
    size_t seen;
};
void client_fixture_filter(struct mu_pair *pair, struct client_filter *filter);
/* The one integer a statement on a client's replica (or outbox) gives. */
int64_t client_fixture_number(struct mu_pair *pair, struct mu_db *db, const char *sql);
void client_fixture_exec(struct mu_pair *pair, struct mu_db *db, const char *sql);
/* A message from the server to a client, put on the wire by hand. */
void client_fixture_say(struct mu_pair *pair, size_t client, const struct mu_message *message);

#endif
