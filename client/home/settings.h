/* What a person has chosen: a flag, the environment, a .muster file found upwards, the user's
 * file and the system's, the first that says it.
 *
 * A file holds lines "key = value", "# comments" and blank lines.  .muster may name the
 * workspace and the board only: it comes with somebody else's folder. */
#ifndef MUSTER_CLIENT_HOME_SETTINGS_H
#define MUSTER_CLIENT_HOME_SETTINGS_H

#include "client/home/home.h"

#define MU_SETTING_MAX  256 /* bytes of a value, terminator not counted */
#define MU_SETTINGS_MAX ((size_t)64 * 1024)

/* S(NAME, "key", "variable of the environment", may stand in .muster, "what it is") */
#define MU_SETTING_MAP(S)                                                                         \
    S(WORKSPACE, "workspace", "MUSTER_WORKSPACE", 1,                                              \
      "the workspace meant when several are joined")                                              \
    S(BOARD, "board", "MUSTER_BOARD", 1, "the board meant when the team has several")             \
    S(COLOR, "color", "MUSTER_COLOR", 0, "always, never or auto")                                 \
    S(ZONE, "zone", "MUSTER_ZONE", 0, "your time zone, such as Europe/Lisbon; else the system's") \
    S(ACCESSIBLE, "accessible", "MUSTER_ACCESSIBLE", 0, "1: no animation, plain lines")           \
    S(NO_AGENT, "no_agent", "MUSTER_NO_AGENT", 0, "1: never start muster-agent")                  \
    S(KEYS, "keys", "MUSTER_KEYS", 0, "keys of the screens: \"done=D search=s,/\"")

enum mu_setting {
#define S(name, key, variable, local, about) MU_SETTING_##name,
    MU_SETTING_MAP(S)
#undef S
        MU_SETTING_COUNT
};

enum mu_setting_origin {
    MU_FROM_NOWHERE,
    MU_FROM_SYSTEM,
    MU_FROM_USER,
    MU_FROM_FOLDER, /* .muster */
    MU_FROM_ENVIRONMENT,
    MU_FROM_FLAG
};

struct mu_settings {
    char values[MU_SETTING_COUNT][MU_SETTING_MAX + 1]; /* "" when not set */
    enum mu_setting_origin origins[MU_SETTING_COUNT];
};

const char *mu_setting_key(enum mu_setting setting);
const char *mu_setting_variable(enum mu_setting setting);
const char *mu_setting_about(enum mu_setting setting);
const char *mu_setting_origin_name(enum mu_setting_origin origin);
/* False when there is no such key. */
bool mu_setting_named(const char *key, enum mu_setting *out_setting);

/* Everything but flags.  Errors name file and line: MU_E_INVALID, MU_E_DENIED, MU_E_IO. */
MU_MUST_USE enum mu_status mu_settings_load(const struct mu_home *home, struct mu_settings *out,
                                            struct mu_error *err);
/* One file's text over settings.  where names it in errors. */
MU_MUST_USE enum mu_status mu_settings_parse(struct mu_slice text, const char *where,
                                             enum mu_setting_origin origin,
                                             struct mu_settings *settings, struct mu_error *err);
/* A value by flag.  MU_E_USAGE when it is not a legal one. */
MU_MUST_USE enum mu_status mu_settings_flag(struct mu_settings *settings, enum mu_setting setting,
                                            const char *value, struct mu_error *err);
/* Write key = value into the user's file (value NULL takes it out); comments and unknown lines
 * stay as they are. */
MU_MUST_USE enum mu_status mu_settings_write(const struct mu_home *home, enum mu_setting setting,
                                             const char *value, struct mu_error *err);
/* "1", "yes", "true", "on". */
bool mu_settings_on(const struct mu_settings *settings, enum mu_setting setting);

#endif
