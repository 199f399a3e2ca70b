#include "client/tui/keys.h"

#include <stdio.h>
#include <string.h>

#include "client/view/text.h"
#include "common/base/utf8.h"

#define CTRL(letter) ((uint32_t)(letter) - 'a' + 1)

static const struct {
    const char *name;
    uint32_t key;
} named[] = {
    {"Enter", MU_KEY_ENTER},
    {"Esc", MU_KEY_ESC},
    {"Tab", MU_KEY_TAB},
    {"Up", MU_KEY_UP},
    {"Down", MU_KEY_DOWN},
    {"Left", MU_KEY_LEFT},
    {"Right", MU_KEY_RIGHT},
    {"S-Up", MU_KEY_SHIFT_UP},
    {"S-Down", MU_KEY_SHIFT_DOWN},
    {"S-Left", MU_KEY_SHIFT_LEFT},
    {"S-Right", MU_KEY_SHIFT_RIGHT},
    {"PgUp", MU_KEY_PAGE_UP},
    {"PgDn", MU_KEY_PAGE_DOWN},
    {"Home", MU_KEY_HOME},
    {"End", MU_KEY_END},
    {"Space", ' '},
};

/* 0 for no key at all. */
static uint32_t key_named(struct mu_slice name)
{
    uint32_t point = 0;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (mu_slice_equal(name, mu_slice_str(named[i].name))) {
            return named[i].key;
        }
    }
    if (name.len == 3 && name.data[0] == 'C' && name.data[1] == '-' && name.data[2] >= 'a' &&
        name.data[2] <= 'z') {
        return CTRL(name.data[2]);
    }
    return mu_utf8_next(name, &point) == name.len && point > ' ' ? point : MU_KEY_NONE;
}

/* The next word of *text, which moves behind it; empty at the end. */
static struct mu_slice next_word(const char **text)
{
    const char *start = *text + strspn(*text, " ");
    size_t len = strcspn(start, " ");
    *text = start + len;
    return mu_slice_of(start, len);
}

static bool row_has(const char *keys, uint32_t key)
{
    struct mu_slice word = next_word(&keys);
    while (word.len > 0 && key_named(word) != key) {
        word = next_word(&keys);
    }
    return word.len > 0;
}

/* The row of that name, or count. */
static size_t row_named(struct mu_key_table table, struct mu_slice name)
{
    size_t row = 0;
    while (row < table.count && !mu_slice_equal(mu_slice_str(table.rows[row].name), name)) {
        row++;
    }
    return row;
}

static enum mu_status change_one(struct mu_bindings *bindings, struct mu_key_table other,
                                 struct mu_slice word, struct mu_error *err)
{
    const struct mu_key_table table = {bindings->rows, bindings->row_count};
    char shown[MU_SHORT_MAX];
    const uint8_t *sign = memchr(word.data, '=', word.len);
    size_t len = sign != NULL ? (size_t)(sign - word.data) : word.len;
    size_t row = row_named(table, mu_slice_of(word.data, len));
    if (row == table.count && row_named(other, mu_slice_of(word.data, len)) < other.count) {
        return MU_OK;
    }
    if (sign == NULL || row == table.count) {
        return mu_fail(err, MU_E_USAGE, "keys: '%s' names nothing that a screen does",
                       mu_show_short(mu_slice_of(word.data, len), shown));
    }
    size_t keys_len = word.len - len - 1;
    if (keys_len == 0 || keys_len >= MU_KEY_NAMES_MAX) {
        return mu_fail(err, MU_E_USAGE, "keys: which key for '%s'?", bindings->rows[row].name);
    }
    char *keys = bindings->keys[row];
    memcpy(keys, sign + 1, keys_len);
    keys[keys_len] = '\0';
    for (size_t i = 1; i + 1 < keys_len; i++) {
        keys[i] = keys[i] == ',' ? ' ' : keys[i];
    }
    return MU_OK;
}

/* Every name is a key, and no key means two things. */
static enum mu_status check(const struct mu_bindings *bindings, struct mu_error *err)
{
    char shown[MU_SHORT_MAX];
    for (size_t i = 0; i < bindings->row_count; i++) {
        const char *keys = bindings->keys[i];
        struct mu_slice word = next_word(&keys);
        for (; word.len > 0; word = next_word(&keys)) {
            uint32_t key = key_named(word);
            mu_show_short(word, shown);
            if (key == MU_KEY_NONE) {
                return mu_fail(err, MU_E_USAGE, "keys: '%s' is no key", shown);
            }
            for (size_t j = 0; j < i; j++) {
                if (row_has(bindings->keys[j], key)) {
                    return mu_fail(err, MU_E_USAGE, "keys: '%s' is meant for both %s and %s", shown,
                                   bindings->rows[j].name, bindings->rows[i].name);
                }
            }
        }
    }
    return MU_OK;
}

enum mu_status mu_bindings_make(struct mu_key_table table, struct mu_key_table other,
                                const char *changes, struct mu_bindings *out, struct mu_error *err)
{
    MU_ASSERT(table.count <= MU_BINDINGS_MAX);
    *out = (struct mu_bindings){.rows = table.rows, .row_count = table.count};
    for (size_t i = 0; i < table.count; i++) {
        MU_ASSERT(strlen(table.rows[i].keys) < MU_KEY_NAMES_MAX);
        memcpy(out->keys[i], table.rows[i].keys, strlen(table.rows[i].keys) + 1);
    }
    struct mu_slice word = next_word(&changes);
    for (; word.len > 0; word = next_word(&changes)) {
        MU_TRY(change_one(out, other, word, err));
    }
    return check(out, err);
}

size_t mu_bindings_find(const struct mu_bindings *bindings, uint32_t key)
{
    size_t row = 0;
    while (row < bindings->row_count &&
           (key == MU_KEY_NONE || !row_has(bindings->keys[row], key))) {
        row++;
    }
    return row;
}
