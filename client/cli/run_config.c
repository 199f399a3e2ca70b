/* muster config: what is set, and where. */
#include "client/cli/commands.h"
#include "client/view/text.h"

static enum mu_status say_settings(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_json json;
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_str(&json, "file", cli->home.config);
        mu_json_array(&json, "settings");
    }
    for (int i = 0; i < MU_SETTING_COUNT; i++) {
        enum mu_setting setting = (enum mu_setting)i;
        const char *value = cli->settings.values[i];
        const char *origin = mu_setting_origin_name(cli->settings.origins[i]);
        if (cli->json) {
            mu_json_object(&json, NULL);
            mu_json_str(&json, "key", mu_setting_key(setting));
            mu_json_str(&json, "value", value);
            mu_json_str(&json, "origin", origin);
            mu_json_str(&json, "variable", mu_setting_variable(setting));
            mu_json_close(&json);
            continue;
        }
        MU_TRY(mu_cli_say(cli, err, cli->terminal ? "%-11s " : "%s\t", mu_setting_key(setting)));
        MU_TRY(mu_cli_put(mu_show(&cli->out, mu_slice_str(value), MU_SHOW_ONE_LINE), err));
        MU_TRY(mu_cli_say(cli, err, cli->terminal ? "%s%s (%s)%s\n" : "%s%s\t%s%s\n",
                          cli->terminal && value[0] != '\0' ? "  " : "", mu_paint(cli, MU_DIM),
                          origin, mu_unpaint(cli)));
    }
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    return MU_OK;
}

static enum mu_status need_setting(struct mu_cli *cli, enum mu_setting *out, struct mu_error *err)
{
    const char *key = NULL;
    MU_TRY(mu_cli_need(cli, "which setting", &key, err));
    if (!mu_setting_named(key, out)) {
        char shown[MU_SHORT_MAX];
        return mu_fail(err, MU_E_USAGE, "no setting '%s'; muster config lists them",
                       mu_show_short(mu_slice_str(key), shown));
    }
    return MU_OK;
}

enum mu_status mu_run_config(struct mu_cli *cli, struct mu_error *err)
{
    if (cli->args.word_count == 0) {
        return say_settings(cli, err);
    }
    enum mu_setting setting = MU_SETTING_COUNT;
    MU_TRY(need_setting(cli, &setting, err));
    MU_TRY(mu_cli_no_more(cli, err));
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_str(&json, "key", mu_setting_key(setting));
        mu_json_str(&json, "value", cli->settings.values[setting]);
        mu_json_str(&json, "origin", mu_setting_origin_name(cli->settings.origins[setting]));
        return mu_cli_json_end(&json, err);
    }
    MU_TRY(mu_cli_put(
        mu_show(&cli->out, mu_slice_str(cli->settings.values[setting]), MU_SHOW_ONE_LINE), err));
    return mu_cli_say(cli, err, "\n");
}

static enum mu_status say_written(struct mu_cli *cli, enum mu_setting setting, const char *value,
                                  struct mu_error *err)
{
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_str(&json, "key", mu_setting_key(setting));
        mu_json_str(&json, "value", value != NULL ? value : "");
        return mu_cli_json_end(&json, err);
    }
    MU_TRY(mu_cli_say(cli, err, value != NULL ? "%s = " : "%s is not set any more",
                      mu_setting_key(setting)));
    MU_TRY(mu_cli_put(mu_show(&cli->out, mu_slice_str(value), MU_SHOW_ONE_LINE), err));
    return mu_cli_say(cli, err, "\n");
}

enum mu_status mu_run_config_set(struct mu_cli *cli, struct mu_error *err)
{
    enum mu_setting setting = MU_SETTING_COUNT;
    const char *value = NULL;
    MU_TRY(need_setting(cli, &setting, err));
    MU_TRY(mu_cli_need(cli, "to what", &value, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_settings_write(&cli->home, setting, value, err));
    return say_written(cli, setting, value, err);
}

enum mu_status mu_run_config_unset(struct mu_cli *cli, struct mu_error *err)
{
    enum mu_setting setting = MU_SETTING_COUNT;
    MU_TRY(need_setting(cli, &setting, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_settings_write(&cli->home, setting, NULL, err));
    return say_written(cli, setting, NULL, err);
}
