#include "server/shell/found.h"

#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/model/domain.h"
#include "common/model/handle.h"
#include "common/seal/invite.h"
#include "common/seal/secret.h"
#include "server/core/server.h"
#include "server/shell/clock.h"
#include "server/shell/config.h"
#include "server/shell/datadir.h"

#define INVITE_DAYS  7
#define DAY_MS       ((int64_t)24 * 60 * 60 * 1000)
#define ZONE_DEFAULT "UTC"
#define ZONE_FOLDER  "/usr/share/zoneinfo"
#define PATH_ROOM    (sizeof ZONE_FOLDER + MU_ZONE_MAX + 1)
#define PORT_FIRST   20000
#define PORT_COUNT   12000
#define PORT_TRIES   100

/* Dues of the whole team are read in it, on every laptop: a name that means nothing would
 * silently become UTC there. */
static enum mu_status check_zone(const char *name, struct mu_error *err)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
    char path[PATH_ROOM];
    struct stat file;
    size_t len = strlen(name);
    if (strcmp(name, ZONE_DEFAULT) == 0) {
        return MU_OK;
    }
    if (len == 0 || len > MU_ZONE_MAX || name[0] == '/' || strspn(name, allowed) != len) {
        return mu_fail(err, MU_E_USAGE, "--zone is a name such as Europe/Lisbon or UTC");
    }
    (void)snprintf(path, sizeof path, ZONE_FOLDER "/%s", name);
    if (stat(path, &file) != 0 || !S_ISREG(file.st_mode)) {
        bool none = stat(ZONE_FOLDER, &file) != 0;
        return none
                   ? mu_fail(err, MU_E_USAGE,
                             "this system knows no time zones: install tzdata, or leave --zone out")
                   : mu_fail(err, MU_E_USAGE,
                             "there is no time zone '%s'; write one such as Europe/Lisbon", name);
    }
    return MU_OK;
}

enum mu_status mu_lead_parse(const char *text, struct mu_lead *out, struct mu_error *err)
{
    const char *open = strrchr(text, '<');
    size_t len = strlen(text);
    if (open == NULL || open == text || text[len - 1] != '>') {
        return mu_fail(err, MU_E_USAGE, "write the lead as \"Ana Ruiz <ana>\"");
    }
    size_t name_len = (size_t)(open - text);
    while (name_len > 0 && text[name_len - 1] == ' ') {
        name_len--;
    }
    const char *handle = open + 1;
    if (*handle == '@') {
        handle++;
    }
    size_t handle_len = (size_t)(text + len - 1 - handle);
    struct mu_lead lead = {.name = ""};
    if (name_len == 0 || name_len >= sizeof lead.name || handle_len == 0 ||
        handle_len >= sizeof lead.handle) {
        return mu_fail(err, MU_E_USAGE, "write the lead as \"Ana Ruiz <ana>\"");
    }
    if (!mu_handle_is_valid(mu_slice_of(handle, handle_len))) {
        return mu_fail(err, MU_E_USAGE, "the lead of \"Ana Ruiz <ana>\": " MU_HANDLE_RULE);
    }
    memcpy(lead.name, text, name_len);
    memcpy(lead.handle, handle, handle_len);
    *out = lead;
    return MU_OK;
}

static bool is_free(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool ok = fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return ok;
}

/* A port for an address without one.  It goes into invites, so it must stay the same at every
 * start: below the ports that the system lends to outgoing connections, or one of those might
 * hold it while the server is down. */
static enum mu_status choose_port(uint16_t *out_port, struct mu_error *err)
{
    for (int tries = 0; tries < PORT_TRIES; tries++) {
        uint16_t port = (uint16_t)(PORT_FIRST + randombytes_uniform(PORT_COUNT));
        if (is_free(port)) {
            *out_port = port;
            return MU_OK;
        }
    }
    return mu_fail(err, MU_E_IO, "no free port was found; say one with --listen");
}

/* Where to bind and what to tell others, both with a port that stays. */
static enum mu_status choose_endpoints(const struct mu_found_args *args, struct mu_config *out,
                                       struct mu_error *err)
{
    struct mu_endpoint listen;
    MU_TRY(
        mu_endpoint_parse(args->listen != NULL ? args->listen : MU_LISTEN_DEFAULT, &listen, err));
    if (listen.port == 0) {
        MU_TRY(choose_port(&listen.port, err));
    }
    struct mu_endpoint public_endpoint = listen;
    if (args->public_endpoint != NULL) {
        MU_TRY(mu_endpoint_parse(args->public_endpoint, &public_endpoint, err));
        if (public_endpoint.port == 0 || public_endpoint.is_wildcard) {
            return mu_fail(err, MU_E_USAGE, "--public needs the host and port that members reach");
        }
    } else if (listen.is_wildcard &&
               gethostname(public_endpoint.host, sizeof public_endpoint.host - 1) != 0) {
        return mu_fail(err, MU_E_USAGE, "say with --public tcp://HOST:PORT what members reach");
    }
    struct mu_config config = {.listen = ""};
    MU_TRY(mu_endpoint_print(&listen, config.listen, err));
    MU_TRY(mu_endpoint_print(&public_endpoint, config.public_endpoint, err));
    *out = config;
    return MU_OK;
}

static enum mu_status write_config(const struct mu_datadir *dir, const struct mu_config *config,
                                   struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_CONFIG_MAX);
    if (mu_config_print(config, &text) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    return mu_datadir_write(dir, MU_CONFIG_NAME, mu_buf_view(&text), err);
}

static enum mu_status fail_exists(const struct mu_datadir *dir, struct mu_error *err)
{
    char shown[MU_DB_NAME_MAX];
    return mu_fail(err, MU_E_EXISTS, "there is a server in '%s' already; nothing was changed",
                   mu_datadir_show(dir, shown));
}

static enum mu_status found_team(const struct mu_datadir *dir, const struct mu_device_keys *keys,
                                 const struct mu_founding *founding, struct mu_id *out_workspace,
                                 struct mu_error *err)
{
    struct mu_db db;
    MU_TRY(mu_datadir_db(dir, MU_DATADIR_FOUND, &db, err));
    struct mu_entropy entropy;
    struct mu_turn turn = mu_clock_turn(&entropy);
    enum mu_status status = mu_server_found(&db, keys, founding, &turn, out_workspace, err);
    mu_entropy_deinit(&entropy);
    mu_db_close(&db);
    if (status == MU_E_EXISTS) {
        return fail_exists(dir, err);
    }
    return status;
}

static enum mu_status print_invite(const struct mu_config *config,
                                   const struct mu_device_keys *keys,
                                   const struct mu_founding *founding, struct mu_id workspace,
                                   struct mu_buf *out, struct mu_error *err)
{
    MU_INVITE_AUTO struct mu_invite invite = {.version = MU_INVITE_VERSION,
                                              .workspace = workspace,
                                              .expires_ms = founding->invite_expires_ms};
    memcpy(invite.server_curve, keys->public.curve, sizeof invite.server_curve);
    mu_invite_print_server(keys->public.sign, keys->public.box, invite.server_print);
    memcpy(invite.secret, founding->invite_secret, sizeof invite.secret);
    memcpy(invite.endpoint, config->public_endpoint, sizeof invite.endpoint);
    return mu_invite_encode(&invite, out, err);
}

static enum mu_status found_in(const struct mu_found_args *args, const struct mu_lead *lead,
                               const struct mu_config *config, const struct mu_datadir *dir,
                               struct mu_buf *out_invite, struct mu_error *err)
{
    MU_DEVICE_KEYS_AUTO struct mu_device_keys keys = {0};
    MU_TRY(mu_datadir_keys(dir, true, &keys, err));
    struct mu_founding founding = {.team = args->team,
                                   .zone = args->zone != NULL ? args->zone : ZONE_DEFAULT,
                                   .lead_handle = lead->handle,
                                   .lead_name = lead->name,
                                   .invite_expires_ms = mu_clock_wall().ms + INVITE_DAYS * DAY_MS};
    randombytes_buf(founding.invite_secret, sizeof founding.invite_secret);
    struct mu_id workspace;
    enum mu_status status = found_team(dir, &keys, &founding, &workspace, err);
    if (status == MU_OK) {
        status = print_invite(config, &keys, &founding, workspace, out_invite, err);
    }
    if (status == MU_OK) {
        status = write_config(dir, config, err); /* last: now the folder is complete */
    }
    mu_wipe(&founding, sizeof founding);
    return status;
}

enum mu_status mu_found(const struct mu_found_args *args, struct mu_found *out,
                        struct mu_error *err)
{
    struct mu_lead lead;
    struct mu_config config;
    MU_TRY(mu_lead_parse(args->lead, &lead, err));
    if (args->team[0] == '\0') {
        return mu_fail(err, MU_E_USAGE, "a team needs a name: --team Orion");
    }
    if (args->zone != NULL) {
        MU_TRY(check_zone(args->zone, err));
    }
    MU_TRY(choose_endpoints(args, &config, err));
    MU_DATADIR_AUTO struct mu_datadir dir = {.fd = -1, .lock_fd = -1};
    MU_TRY(mu_datadir_make(args->data, &dir, err));
    if (mu_datadir_is_complete(&dir)) {
        return fail_exists(&dir, err);
    }
    MU_TRY(mu_datadir_lock(&dir, err));
    MU_SECRET_BUF_AUTO struct mu_buf invite;
    mu_buf_init(&invite, MU_INVITE_LINE_MAX);
    MU_TRY(found_in(args, &lead, &config, &dir, &invite, err));
    memcpy(out->endpoint, config.public_endpoint, sizeof out->endpoint);
    out->invite = invite;
    mu_buf_init(&invite, 0); /* moved */
    return MU_OK;
}
