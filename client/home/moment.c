#include "client/home/moment.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/home/file.h"
#include "common/base/shift.h"
#include "common/seal/secret.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define LOCAL_ZONE  "/etc/localtime"
#define LOCAL_NAME  "/etc/timezone"

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now = {0};
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + (int64_t)now.tv_nsec / 1000000 + mu_clock_shift_ms();
}

struct mu_wall mu_moment_wall(void)
{
    return (struct mu_wall){clock_ms(CLOCK_REALTIME)};
}

struct mu_mono mu_moment_mono(void)
{
    return (struct mu_mono){clock_ms(CLOCK_MONOTONIC)};
}

/* -- zones ------------------------------------------------------------------- */

/* A name may not leave the folder of zones. */
static bool is_zone_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= MU_ZONE_MAX && name[0] != '/' && name[0] != '.' && name[0] != '-' &&
           strstr(name, "..") == NULL &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/") ==
               len;
}

static bool is_utc_name(const char *name)
{
    static const char *const names[] = {"UTC",     "Etc/UTC", "Etc/UCT",  "UCT",      "GMT",
                                        "Etc/GMT", "Zulu",    "Etc/Zulu", "Universal"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static enum mu_status zone_file(const char *path, struct mu_arena *arena,
                                const struct mu_zone **out_zone, bool *out_found,
                                struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_ZONE_FILE_MAX);
    MU_TRY(mu_file_read(path, MU_FILE_ANY, &bytes, out_found, err));
    return *out_found ? mu_zone_read(mu_buf_view(&bytes), arena, out_zone, err) : MU_OK;
}

enum mu_status mu_zone_load(const char *name, struct mu_arena *arena,
                            const struct mu_zone **out_zone, struct mu_error *err)
{
    char shown[MU_SHOWN_MAX];
    if (!is_zone_name(name)) {
        return mu_fail(err, MU_E_INVALID, "'%s' is not the name of a time zone",
                       mu_path_show(name, shown));
    }
    char path[MU_PATH_MAX];
    const char *folder = getenv("TZDIR");
    MU_TRY(
        mu_path_join(folder != NULL && folder[0] == '/' ? folder : ZONE_FOLDER, name, path, err));
    bool found = false;
    enum mu_status status = zone_file(path, arena, out_zone, &found, err);
    if (status != MU_OK && status != MU_E_INVALID) {
        return status;
    }
    if (status == MU_OK && found) {
        return MU_OK;
    }
    /* A small system may have no zone files; UTC needs none. */
    if (is_utc_name(name)) {
        *out_zone = mu_zone_utc();
        return MU_OK;
    }
    return mu_fail(err, MU_E_NOT_FOUND, "no time zone '%s' on this system", name);
}

const struct mu_zone *mu_zone_of(void *state, const char *name)
{
    const struct mu_zone *zone = NULL;
    struct mu_error ignored;
    return mu_zone_load(name, state, &zone, &ignored) == MU_OK ? zone : NULL;
}

static bool try_name(const char *name, struct mu_arena *arena, struct mu_home_zone *out)
{
    struct mu_error ignored;
    const struct mu_zone *zone = NULL;
    if (mu_zone_load(name, arena, &zone, &ignored) == MU_OK) {
        memcpy(out->name, name, strlen(name) + 1);
        out->zone = zone;
        return true;
    }
    if (strlen(name) <= MU_ZONE_MAX) {
        memcpy(out->doubt, name, strlen(name) + 1);
    }
    return false;
}

/* /etc/localtime is a link into the folder of zones, or else /etc/timezone says the name. */
static bool system_name(char out_name[static MU_PATH_MAX])
{
    ssize_t len = readlink(LOCAL_ZONE, out_name, MU_PATH_MAX - 1);
    if (len > 0) {
        out_name[len] = '\0';
        const char *name = strstr(out_name, "zoneinfo/");
        if (name != NULL) {
            name += strlen("zoneinfo/");
            memmove(out_name, name, strlen(name) + 1);
            return true;
        }
    }
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_ZONE_MAX + 2);
    bool found = false;
    struct mu_error ignored;
    if (mu_file_read(LOCAL_NAME, MU_FILE_ANY, &text, &found, &ignored) != MU_OK || !found) {
        return false;
    }
    size_t used = 0;
    while (used < text.len && text.data[used] > ' ') {
        out_name[used] = (char)text.data[used];
        used++;
    }
    out_name[used] = '\0';
    return used > 0;
}

void mu_home_zone_find(const char *wanted, struct mu_arena *arena, struct mu_home_zone *out)
{
    *out = (struct mu_home_zone){.zone = mu_zone_utc()};
    if (wanted != NULL && wanted[0] != '\0') {
        if (try_name(wanted, arena, out)) {
            return;
        }
    }
    const char *from_environment = getenv("TZ");
    if (from_environment != NULL && from_environment[0] != '\0') {
        const char *name = from_environment[0] == ':' ? from_environment + 1 : from_environment;
        /* What is set but unknown is UTC for the C library too; doubt says so. */
        (void)try_name(name, arena, out);
        return;
    }
    char name[MU_PATH_MAX];
    if (system_name(name) && try_name(name, arena, out)) {
        return;
    }
    bool found = false;
    struct mu_error ignored;
    const struct mu_zone *zone = NULL;
    if (zone_file(LOCAL_ZONE, arena, &zone, &found, &ignored) == MU_OK && found) {
        out->zone = zone;
    }
}

/* -- the moment -------------------------------------------------------------- */

enum mu_status mu_moment_now(struct mu_moment *out, const struct mu_home_zone *place,
                             struct mu_error *err)
{
    if (mu_seal_start() != MU_OK) {
        return mu_fail(err, MU_E_CRYPTO, "libsodium cannot work on this system");
    }
    uint8_t seed[MU_HASH_LEN];
    randombytes_buf(seed, sizeof seed);
    mu_entropy_init(&out->entropy, seed);
    mu_wipe(seed, sizeof seed);
    struct mu_wall wall = mu_moment_wall();
    out->turn =
        (struct mu_client_turn){.wall = wall,
                                .mono = mu_moment_mono(),
                                .entropy = &out->entropy,
                                .zone = place->name,
                                .utc_offset_min = mu_zone_local(place->zone, wall).offset_s / 60};
    return MU_OK;
}

void mu_moment_deinit(struct mu_moment *moment)
{
    mu_entropy_deinit(&moment->entropy);
}
