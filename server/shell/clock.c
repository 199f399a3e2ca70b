#include "server/shell/clock.h"

#include <sodium.h>
#include <time.h>

#include "common/base/shift.h"
#include "common/seal/secret.h"

static int64_t read_clock(clockid_t clock)
{
    struct timespec now = {0};
    MU_ASSERT(clock_gettime(clock, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + mu_clock_shift_ms();
}

struct mu_wall mu_clock_wall(void)
{
    return (struct mu_wall){.ms = read_clock(CLOCK_REALTIME)};
}

struct mu_mono mu_clock_mono(void)
{
    return (struct mu_mono){.ms = read_clock(CLOCK_MONOTONIC)};
}

struct mu_turn mu_clock_turn(struct mu_entropy *entropy)
{
    uint8_t seed[MU_HASH_LEN];
    randombytes_buf(seed, sizeof seed);
    mu_entropy_init(entropy, seed);
    mu_wipe(seed, sizeof seed);
    return (struct mu_turn){.wall = mu_clock_wall(), .mono = mu_clock_mono(), .entropy = entropy};
}
