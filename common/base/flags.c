#include "common/base/flags.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAX 32

/* Edit distance (Levenshtein) of two short words; more than WORD_MAX counts as far. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1];
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);
    if (a_len > WORD_MAX || b_len > WORD_MAX) {
        return WORD_MAX;
    }
    for (size_t j = 0; j <= b_len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t change = diagonal + (a[i - 1] != b[j - 1]);
            size_t gap = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = change < gap ? change : gap;
        }
    }
    return row[b_len];
}

const char *mu_flags_nearest(const char *text, const char *const *words, size_t count)
{
    const char *best = NULL;
    size_t best_distance = 3;
    for (size_t i = 0; i < count; i++) {
        size_t here = distance(text, words[i]);
        if (here < best_distance) {
            best = words[i];
            best_distance = here;
        }
    }
    return best;
}

static enum mu_status fail_unknown(const struct mu_flag *flags, size_t count, const char *arg,
                                   struct mu_error *err)
{
    const char *names[WORD_MAX];
    size_t most = count < WORD_MAX ? count : WORD_MAX;
    for (size_t i = 0; i < most; i++) {
        names[i] = flags[i].name;
    }
    const char *meant = mu_flags_nearest(arg + 2, names, most);
    if (meant != NULL) {
        return mu_fail(err, MU_E_USAGE, "unknown option '%.64s'; did you mean '--%s'?", arg, meant);
    }
    return mu_fail(err, MU_E_USAGE, "unknown option '%.64s'", arg);
}

static const struct mu_flag *find(const struct mu_flag *flags, size_t count, const char *name,
                                  size_t name_len)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(flags[i].name) == name_len && strncmp(flags[i].name, name, name_len) == 0) {
            return &flags[i];
        }
    }
    return NULL;
}

/* args[*at] is an option; moves *at past its value. */
static enum mu_status parse_one(const struct mu_flag *flags, size_t count, const char **args,
                                size_t arg_count, size_t *at, struct mu_error *err)
{
    const char *arg = args[*at];
    const char *equals = strchr(arg, '=');
    size_t name_len = equals != NULL ? (size_t)(equals - arg) - 2 : strlen(arg) - 2;
    const struct mu_flag *option = find(flags, count, arg + 2, name_len);
    if (option == NULL) {
        return fail_unknown(flags, count, arg, err);
    }
    if (option->value == NULL) {
        if (equals != NULL) {
            return mu_fail(err, MU_E_USAGE, "option '--%s' takes no value", option->name);
        }
        *option->is_given = true;
        return MU_OK;
    }
    if (*option->value != NULL) {
        return mu_fail(err, MU_E_USAGE, "option '--%s' is given twice", option->name);
    }
    if (equals != NULL) {
        *option->value = equals + 1;
    } else if (*at + 1 < arg_count) {
        *at += 1;
        *option->value = args[*at];
    } else {
        return mu_fail(err, MU_E_USAGE, "option '--%s' needs a value", option->name);
    }
    if (option->is_given != NULL) {
        *option->is_given = true;
    }
    return MU_OK;
}

static bool is_option(const char *arg)
{
    return arg[0] == '-' && arg[1] != '\0';
}

enum mu_status mu_flags_parse(const struct mu_flag *flags, size_t flag_count, const char **args,
                              size_t arg_count, size_t *out_rest, struct mu_error *err)
{
    size_t rest = 0;
    size_t i = 0;
    for (; i < arg_count && strcmp(args[i], "--") != 0; i++) {
        if (!is_option(args[i])) {
            args[rest++] = args[i];
            continue;
        }
        if (args[i][1] != '-') {
            return mu_fail(err, MU_E_USAGE, "unknown option '%.64s'; options are written in full",
                           args[i]);
        }
        MU_TRY(parse_one(flags, flag_count, args, arg_count, &i, err));
    }
    for (i++; i < arg_count; i++) {
        args[rest++] = args[i];
    }
    *out_rest = rest;
    return MU_OK;
}
