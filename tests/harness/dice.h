/* Repeatable chance for tests: the same seed gives the same throws everywhere (SplitMix64). */
#ifndef MUSTER_TESTS_HARNESS_DICE_H
#define MUSTER_TESTS_HARNESS_DICE_H

#include <stdint.h>

struct mu_dice {
    uint64_t state; /* any value is a seed */
};

uint64_t mu_dice_next(struct mu_dice *dice);
/* 0 .. limit - 1; limit > 0. */
uint64_t mu_dice_below(struct mu_dice *dice, uint64_t limit);

#endif
