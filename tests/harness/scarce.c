#include "tests/harness/scarce.h"

#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static uint64_t left;
static bool met;

void mu_scarce_fail(uint64_t nth)
{
    left = nth;
    met = false;
}

bool mu_scarce_met(void)
{
    return met;
}

uint64_t mu_scarce_left(void)
{
    return left;
}

static bool fails(void)
{
    if (left == 0 || --left > 0) {
        return false;
    }
    met = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}
