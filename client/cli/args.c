#include "client/cli/args.h"

#include <string.h>

#include "client/view/names.h"
#include "client/view/text.h"

struct parser {
    char *const *words;
    size_t count;
    size_t next;
    const struct mu_option *lists[2];
    struct mu_parsed *out;
    struct mu_error *err;
};

static const struct mu_option *by_name(const struct parser *parser, const char *name, size_t len)
{
    for (size_t i = 0; i < 2; i++) {
        for (const struct mu_option *option = parser->lists[i];
             option != NULL && option->name != NULL; option++) {
            if (strlen(option->name) == len && memcmp(option->name, name, len) == 0) {
                return option;
            }
        }
    }
    return NULL;
}

static const struct mu_option *by_letter(const struct parser *parser, char letter)
{
    for (size_t i = 0; i < 2; i++) {
        for (const struct mu_option *option = parser->lists[i];
             option != NULL && option->name != NULL; option++) {
            if (option->letter == letter) {
                return option;
            }
        }
    }
    return NULL;
}

static const char *nearest(const struct parser *parser, const char *name, size_t len)
{
    const char *found = NULL;
    size_t best = len < 4 ? 2 : 3;
    for (size_t i = 0; i < 2; i++) {
        for (const struct mu_option *option = parser->lists[i];
             option != NULL && option->name != NULL; option++) {
            struct mu_slice known = mu_slice_str(option->name);
            struct mu_slice given = mu_slice_of(name, len);
            bool front = len >= 2 && mu_starts_with_word(known, given);
            size_t distance = front ? 1 : mu_word_distance(given, known, 3);
            if (distance < best) {
                best = distance;
                found = option->name;
            }
        }
    }
    return found;
}

static enum mu_status unknown(const struct parser *parser, const char *name, size_t len)
{
    char shown[MU_SHORT_MAX];
    const char *near = nearest(parser, name, len);
    mu_show_short(mu_slice_of(name, len), shown);
    return near != NULL ? mu_fail(parser->err, MU_E_USAGE,
                                  "no option '--%s' here; did you mean '--%s'?", shown, near)
                        : mu_fail(parser->err, MU_E_USAGE, "no option '--%s' here", shown);
}

static enum mu_status add_value(struct parser *parser, const struct mu_option *option,
                                const char *value)
{
    if (parser->out->value_count == MU_ARGS_VALUES_MAX) {
        return mu_fail(parser->err, MU_E_LIMIT, "more than %d options", MU_ARGS_VALUES_MAX);
    }
    parser->out->values[parser->out->value_count++] =
        (struct mu_arg_value){.option = option, .value = value};
    return MU_OK;
}

static enum mu_status add_word(struct parser *parser, const char *text, bool literal)
{
    if (parser->out->word_count == MU_ARGS_WORDS_MAX) {
        return mu_fail(parser->err, MU_E_LIMIT, "more than %d words", MU_ARGS_WORDS_MAX);
    }
    parser->out->words[parser->out->word_count++] =
        (struct mu_arg_word){.text = text, .literal = literal};
    return MU_OK;
}

/* The value is the next word, whatever it looks like. */
static enum mu_status take_value(struct parser *parser, const struct mu_option *option)
{
    if (parser->next == parser->count) {
        return mu_fail(parser->err, MU_E_USAGE, "--%s wants a value: --%s %s", option->name,
                       option->name, option->value);
    }
    return add_value(parser, option, parser->words[parser->next++]);
}

static enum mu_status take_long(struct parser *parser, const char *word)
{
    const char *name = word + 2;
    const char *equals = strchr(name, '=');
    size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct mu_option *option = by_name(parser, name, len);
    if (option == NULL) {
        return unknown(parser, name, len);
    }
    if (option->value == NULL) {
        return equals == NULL
                   ? add_value(parser, option, NULL)
                   : mu_fail(parser->err, MU_E_USAGE, "--%s takes no value", option->name);
    }
    return equals != NULL ? add_value(parser, option, equals + 1) : take_value(parser, option);
}

/* "-f" alone: letters are not bundled, there are too few of them. */
static enum mu_status take_letter(struct parser *parser, const char *word, bool *out_taken)
{
    const struct mu_option *option =
        word[1] != '\0' && word[2] == '\0' ? by_letter(parser, word[1]) : NULL;
    *out_taken = option != NULL;
    if (option == NULL) {
        return MU_OK;
    }
    return option->value != NULL ? take_value(parser, option) : add_value(parser, option, NULL);
}

static enum mu_status take_word(struct parser *parser, const char *word)
{
    if (word[0] == '-' && word[1] == '-') {
        return take_long(parser, word);
    }
    if (word[0] != '-' || word[1] == '\0') {
        return add_word(parser, word, false);
    }
    bool taken = false;
    MU_TRY(take_letter(parser, word, &taken));
    bool letter = (word[1] >= 'a' && word[1] <= 'z') || (word[1] >= 'A' && word[1] <= 'Z');
    if (!taken && letter && word[2] == '\0') {
        char shown[MU_SHORT_MAX];
        return mu_fail(parser->err, MU_E_USAGE, "no option '%s' here",
                       mu_show_short(mu_slice_str(word), shown));
    }
    return taken ? MU_OK : add_word(parser, word, false);
}

enum mu_status mu_args_parse(char *const *words, size_t count, const struct mu_option *options,
                             const struct mu_option *common, struct mu_parsed *out,
                             struct mu_error *err)
{
    struct parser parser = {
        .words = words, .count = count, .lists = {options, common}, .out = out, .err = err};
    out->value_count = 0;
    out->word_count = 0;
    while (parser.next < count) {
        const char *word = words[parser.next++];
        if (strcmp(word, "--") == 0) {
            break;
        }
        MU_TRY(take_word(&parser, word));
    }
    while (parser.next < count) {
        MU_TRY(add_word(&parser, words[parser.next++], true));
    }
    return MU_OK;
}

const char *mu_args_nth(const struct mu_parsed *args, const char *name, size_t which)
{
    for (size_t i = 0; i < args->value_count; i++) {
        if (strcmp(args->values[i].option->name, name) == 0 && which-- == 0) {
            return args->values[i].value;
        }
    }
    return NULL;
}

bool mu_args_flag(const struct mu_parsed *args, const char *name)
{
    for (size_t i = 0; i < args->value_count; i++) {
        if (strcmp(args->values[i].option->name, name) == 0) {
            return true;
        }
    }
    return false;
}

const char *mu_args_value(const struct mu_parsed *args, const char *name)
{
    for (size_t i = args->value_count; i > 0; i--) {
        if (strcmp(args->values[i - 1].option->name, name) == 0) {
            return args->values[i - 1].value;
        }
    }
    return NULL;
}
