#include "tests/harness/dice.h"

uint64_t mu_dice_next(struct mu_dice *dice)
{
    dice->state += 0x9e3779b97f4a7c15U;
    uint64_t mixed = dice->state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
}

uint64_t mu_dice_below(struct mu_dice *dice, uint64_t limit)
{
    return mu_dice_next(dice) % limit; /* the bias is of no account for small limits */
}
