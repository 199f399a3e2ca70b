#include "client/home/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct setting {
    const char *key;
    const char *variable;
    bool local;
    const char *about;
};

static const struct setting settings_known[MU_SETTING_COUNT] = {
#define S(name, key, variable, local, about) {(key), (variable), (local) != 0, (about)},
    MU_SETTING_MAP(S)
#undef S
};

const char *mu_setting_key(enum mu_setting setting)
{
    return settings_known[setting].key;
}

const char *mu_setting_variable(enum mu_setting setting)
{
    return settings_known[setting].variable;
}

const char *mu_setting_about(enum mu_setting setting)
{
    return settings_known[setting].about;
}

const char *mu_setting_origin_name(enum mu_setting_origin origin)
{
    switch (origin) {
    case MU_FROM_NOWHERE:
        return "not set";
    case MU_FROM_SYSTEM:
        return "system";
    case MU_FROM_USER:
        return "user";
    case MU_FROM_FOLDER:
        return ".muster";
    case MU_FROM_ENVIRONMENT:
        return "environment";
    case MU_FROM_FLAG:
        return "flag";
    }
    return "?";
}

static bool named(struct mu_slice key, enum mu_setting *out_setting)
{
    for (size_t i = 0; i < MU_SETTING_COUNT; i++) {
        if (mu_slice_equal(key, mu_slice_str(settings_known[i].key))) {
            *out_setting = (enum mu_setting)i;
            return true;
        }
    }
    return false;
}

bool mu_setting_named(const char *key, enum mu_setting *out_setting)
{
    return named(mu_slice_str(key), out_setting);
}

bool mu_settings_on(const struct mu_settings *settings, enum mu_setting setting)
{
    static const char *const words[] = {"1", "yes", "true", "on"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(settings->values[setting], words[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* -- values ------------------------------------------------------------------ */

static const char *fault(enum mu_setting setting, struct mu_slice value)
{
    if (value.len > MU_SETTING_MAX) {
        return "is too long";
    }
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] < 0x20 || value.data[i] == 0x7f) {
            return "holds a control character";
        }
    }
    if (setting == MU_SETTING_COLOR && !mu_slice_equal(value, mu_slice_str("always")) &&
        !mu_slice_equal(value, mu_slice_str("never")) &&
        !mu_slice_equal(value, mu_slice_str("auto"))) {
        return "is one of always, never, auto";
    }
    return NULL;
}

static void set(struct mu_settings *settings, enum mu_setting setting, struct mu_slice value,
                enum mu_setting_origin origin)
{
    memcpy(settings->values[setting], value.data, value.len);
    settings->values[setting][value.len] = '\0';
    settings->origins[setting] = origin;
}

enum mu_status mu_settings_flag(struct mu_settings *settings, enum mu_setting setting,
                                const char *value, struct mu_error *err)
{
    const char *why = fault(setting, mu_slice_str(value));
    if (why != NULL) {
        return mu_fail(err, MU_E_USAGE, "--%s %s", settings_known[setting].key, why);
    }
    set(settings, setting, mu_slice_str(value), MU_FROM_FLAG);
    return MU_OK;
}

/* -- files ------------------------------------------------------------------- */

static struct mu_slice trim(struct mu_slice text)
{
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text = mu_slice_of(text.data + 1, text.len - 1);
    }
    while (text.len > 0 && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t' ||
                            text.data[text.len - 1] == '\r')) {
        text.len--;
    }
    return text;
}

/* The next line of *text without its newline; *text moves past it. */
static struct mu_slice next_line(struct mu_slice *text)
{
    size_t len = 0;
    while (len < text->len && text->data[len] != '\n') {
        len++;
    }
    struct mu_slice line = mu_slice_of(text->data, len);
    size_t taken = len < text->len ? len + 1 : len;
    *text = mu_slice_of(text->data + taken, text->len - taken);
    return line;
}

/* False for a line without a setting: blank or a comment. */
static bool split(struct mu_slice line, struct mu_slice *out_key, struct mu_slice *out_value,
                  bool *out_equals)
{
    line = trim(line);
    if (line.len == 0 || line.data[0] == '#') {
        return false;
    }
    const uint8_t *equals = memchr(line.data, '=', line.len);
    *out_equals = equals != NULL;
    size_t len = equals != NULL ? (size_t)(equals - line.data) : line.len;
    *out_key = trim(mu_slice_of(line.data, len));
    *out_value =
        equals != NULL ? trim(mu_slice_of(equals + 1, line.len - len - 1)) : mu_slice_str("");
    return true;
}

static enum mu_status take_line(struct mu_slice line, size_t number, const char *where,
                                enum mu_setting_origin origin, struct mu_settings *settings,
                                struct mu_error *err)
{
    struct mu_slice key;
    struct mu_slice value;
    bool equals = false;
    if (!split(line, &key, &value, &equals)) {
        return MU_OK;
    }
    if (!equals) {
        return mu_fail(err, MU_E_INVALID, "%s: line %zu is not 'key = value'", where, number);
    }
    enum mu_setting setting = MU_SETTING_COUNT;
    if (!named(key, &setting)) {
        return MU_OK; /* a newer version's */
    }
    if (origin == MU_FROM_FOLDER && !settings_known[setting].local) {
        return mu_fail(err, MU_E_DENIED, "%s: line %zu: '%s' may stand in your own config only",
                       where, number, settings_known[setting].key);
    }
    const char *why = fault(setting, value);
    if (why != NULL) {
        return mu_fail(err, MU_E_INVALID, "%s: line %zu: %s %s", where, number,
                       settings_known[setting].key, why);
    }
    set(settings, setting, value, origin);
    return MU_OK;
}

enum mu_status mu_settings_parse(struct mu_slice text, const char *where,
                                 enum mu_setting_origin origin, struct mu_settings *settings,
                                 struct mu_error *err)
{
    for (size_t number = 1; text.len > 0; number++) {
        MU_TRY(take_line(next_line(&text), number, where, origin, settings, err));
    }
    return MU_OK;
}

static enum mu_status load_file(const char *path, enum mu_setting_origin origin,
                                struct mu_settings *settings, bool *out_found, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_SETTINGS_MAX);
    MU_TRY(mu_file_read(path, MU_FILE_ANY, &text, out_found, err));
    char shown[MU_SHOWN_MAX];
    return mu_settings_parse(mu_buf_view(&text), mu_path_show(path, shown), origin, settings, err);
}

/* The nearest .muster in this folder or above it. */
static enum mu_status load_folder(struct mu_settings *settings, struct mu_error *err)
{
    char folder[MU_PATH_MAX];
    if (getcwd(folder, sizeof folder) == NULL) {
        return MU_OK; /* the folder is gone or too deep: no such file then */
    }
    size_t len = strlen(folder);
    for (;;) {
        char path[MU_PATH_MAX];
        folder[len] = '\0';
        if (mu_path_join(folder, ".muster", path, err) == MU_OK) {
            bool found = false;
            MU_TRY(load_file(path, MU_FROM_FOLDER, settings, &found, err));
            if (found) {
                return MU_OK;
            }
        }
        while (len > 0 && folder[len - 1] != '/') {
            len--;
        }
        if (len == 0) {
            return MU_OK;
        }
        len--;
    }
}

static enum mu_status load_environment(struct mu_settings *settings, struct mu_error *err)
{
    for (size_t i = 0; i < MU_SETTING_COUNT; i++) {
        const char *value = getenv(settings_known[i].variable);
        if (value == NULL) {
            continue;
        }
        const char *why = fault((enum mu_setting)i, mu_slice_str(value));
        if (value[0] != '\0' && why != NULL) {
            return mu_fail(err, MU_E_INVALID, "%s %s", settings_known[i].variable, why);
        }
        set(settings, (enum mu_setting)i, mu_slice_str(value), MU_FROM_ENVIRONMENT);
    }
    return MU_OK;
}

static enum mu_status load_system(struct mu_settings *settings, struct mu_error *err)
{
    const char *folders = getenv("XDG_CONFIG_DIRS");
    if (folders == NULL || folders[0] == '\0') {
        folders = "/etc/xdg";
    }
    size_t len = strcspn(folders, ":"); /* the first is the most important one */
    char path[MU_PATH_MAX];
    int put = snprintf(path, sizeof path, "%.*s/muster/config", (int)len, folders);
    if (path[0] != '/' || put < 0 || (size_t)put >= sizeof path) {
        return MU_OK;
    }
    bool found = false;
    return load_file(path, MU_FROM_SYSTEM, settings, &found, err);
}

enum mu_status mu_settings_load(const struct mu_home *home, struct mu_settings *out,
                                struct mu_error *err)
{
    struct mu_settings settings = {.origins = {MU_FROM_NOWHERE}};
    bool found = false;
    if (home->folder[0] == '\0') {
        MU_TRY(load_system(&settings, err));
    }
    MU_TRY(load_file(home->config, MU_FROM_USER, &settings, &found, err));
    MU_TRY(load_folder(&settings, err));
    MU_TRY(load_environment(&settings, err));
    *out = settings;
    return MU_OK;
}

/* -- writing ----------------------------------------------------------------- */

static enum mu_status put_setting(struct mu_buf *out, enum mu_setting setting, const char *value)
{
    return mu_buf_printf(out, "%s = %s\n", settings_known[setting].key, value);
}

/* Copy text to out with the setting's lines replaced. */
static enum mu_status rewrite(struct mu_slice text, enum mu_setting setting, const char *value,
                              struct mu_buf *out)
{
    bool written = value == NULL;
    while (text.len > 0) {
        struct mu_slice line = next_line(&text);
        struct mu_slice key;
        struct mu_slice ignored;
        bool equals = false;
        bool ours = split(line, &key, &ignored, &equals) && equals &&
                    mu_slice_equal(key, mu_slice_str(settings_known[setting].key));
        if (!ours) {
            MU_TRY(mu_buf_append(out, line.data, line.len));
            MU_TRY(mu_buf_append_byte(out, '\n'));
        } else if (!written) {
            MU_TRY(put_setting(out, setting, value));
            written = true;
        }
    }
    return written ? MU_OK : put_setting(out, setting, value);
}

enum mu_status mu_settings_write(const struct mu_home *home, enum mu_setting setting,
                                 const char *value, struct mu_error *err)
{
    const char *why = value != NULL ? fault(setting, mu_slice_str(value)) : NULL;
    if (why != NULL) {
        return mu_fail(err, MU_E_USAGE, "%s %s", settings_known[setting].key, why);
    }
    char folder[MU_PATH_MAX];
    memcpy(folder, home->config, sizeof folder);
    char *slash = strrchr(folder, '/');
    MU_ASSERT(slash != NULL);
    *slash = '\0';
    MU_TRY(mu_folder_make(folder, err));

    MU_BUF_AUTO struct mu_buf before;
    MU_BUF_AUTO struct mu_buf after;
    mu_buf_init(&before, MU_SETTINGS_MAX);
    mu_buf_init(&after, MU_SETTINGS_MAX);
    bool found = false;
    MU_TRY(mu_file_read(home->config, MU_FILE_OURS, &before, &found, err));
    enum mu_status status = rewrite(mu_buf_view(&before), setting, value, &after);
    if (status != MU_OK) {
        return mu_fail(err, status, "the configuration is too large");
    }
    return mu_file_write(home->config, mu_buf_view(&after), err);
}
