/* The short name by which people call one another: "@kofi". */
#ifndef MUSTER_COMMON_MODEL_HANDLE_H
#define MUSTER_COMMON_MODEL_HANDLE_H

#include <stdbool.h>

#include "common/base/slice.h"

#define MU_HANDLE_MAX 64 /* bytes */
/* What a handle is, for messages. */
#define MU_HANDLE_RULE                                                                           \
    "a handle is made of a-z, 0-9 and -_. and begins with a letter or digit; 'me' and 'nobody' " \
    "are taken"

/* Lower-case ASCII, 1 to MU_HANDLE_MAX bytes, and none of the words that commands use instead. */
bool mu_handle_is_valid(struct mu_slice text);
/* The words that commands use instead of a handle. */
bool mu_handle_is_reserved(struct mu_slice text);

#endif
