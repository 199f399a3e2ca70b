/* The words of a command line, told apart: options with their values, and the rest in order.
 *
 * Options may stand anywhere; "--" ends them.  getopt_long() would do but for three things that
 * people rely on here: no option may be abbreviated (a script that says --da would break with
 * the next --data), a wrong one is answered with the nearest, and a word such as "-3d" is text
 * where no option can be meant. */
#ifndef MUSTER_CLIENT_CLI_ARGS_H
#define MUSTER_CLIENT_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/error.h"

#define MU_ARGS_VALUES_MAX 64
#define MU_ARGS_WORDS_MAX  4096

struct mu_option {
    const char *name;  /* without dashes */
    char letter;       /* 0: none */
    const char *value; /* name of its value for the help, or NULL: a flag */
    const char *about; /* one line */
};

struct mu_arg_value {
    const struct mu_option *option;
    const char *value; /* NULL for a flag */
};

struct mu_arg_word {
    const char *text;
    bool literal; /* stood after "--" */
};

struct mu_parsed {
    struct mu_arg_value values[MU_ARGS_VALUES_MAX];
    size_t value_count;
    struct mu_arg_word words[MU_ARGS_WORDS_MAX];
    size_t word_count;
};

/* words: count of them, without the program's name; options: both lists end with a name NULL,
 * either may be NULL.  Everything in out borrows from them.
 * Errors: MU_E_USAGE says what is wrong and what may be meant; MU_E_LIMIT too many. */
MU_MUST_USE enum mu_status mu_args_parse(char *const *words, size_t count,
                                         const struct mu_option *options,
                                         const struct mu_option *common, struct mu_parsed *out,
                                         struct mu_error *err);

bool mu_args_flag(const struct mu_parsed *args, const char *name);
/* The last value given, or NULL. */
const char *mu_args_value(const struct mu_parsed *args, const char *name);
/* The value number which (0, 1, ..) of an option that may be given several times, or NULL. */
const char *mu_args_nth(const struct mu_parsed *args, const char *name, size_t which);

#endif
