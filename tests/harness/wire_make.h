/* Wire records with contents thrown by dice: whole, within every bound, different
 * for each throw.  Everything lives in the arena. */
#ifndef MUSTER_TESTS_HARNESS_WIRE_MAKE_H
#define MUSTER_TESTS_HARNESS_WIRE_MAKE_H

#include "common/wire/message.h"
#include "common/wire/mutation.h"
#include "tests/harness/dice.h"

struct mu_message mu_wire_make_message(enum mu_message_kind kind, struct mu_dice *dice,
                                       struct mu_arena *arena);
/* Known entities and fields with fitting values, and some that no version knows. */
struct mu_mutation mu_wire_make_mutation(struct mu_dice *dice, struct mu_arena *arena);
/* Around a mutation of its own. */
struct mu_change mu_wire_make_change(struct mu_dice *dice, struct mu_arena *arena);

#endif
