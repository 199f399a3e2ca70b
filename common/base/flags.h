/* Command line options by table: long names only, written in full, "--name value" or
 * "--name=value", "--" ends them. */
#ifndef MUSTER_COMMON_BASE_FLAGS_H
#define MUSTER_COMMON_BASE_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/error.h"

struct mu_flag {
    const char *name;   /* without the dashes */
    const char **value; /* where its argument goes; NULL: it takes none */
    bool *is_given;     /* set when given; may be NULL with a value */
};

/* Fills what the table names; args that are no options come first in args[], *out_rest of them.
 * MU_E_USAGE names the argument at fault. */
MU_MUST_USE enum mu_status mu_flags_parse(const struct mu_flag *flags, size_t flag_count,
                                          const char **args, size_t arg_count, size_t *out_rest,
                                          struct mu_error *err);

/* The word among count that text was probably meant to be, or NULL. */
const char *mu_flags_nearest(const char *text, const char *const *words, size_t count);

#endif
