/* Looking after one's own copy: verify, doctor, keys. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "client/cli/commands.h"
#include "client/cli/edit.h"
#include "client/home/agent_link.h"
#include "client/view/text.h"
#include "common/db/backup.h"

#define CLOCK_DOUBT_MS INT64_C(120000)
#define OLD_PENDING_MS (INT64_C(7) * 86400000)
#define SPACE_LOW      ((uint64_t)100 << 20)
#define STOP_MS        10000
#define ANSWER_MS      2000
#define BEFORE_MUSTER  INT64_C(1735689600000) /* 2025-01-01: a clock that was never set */

/* -- verify ------------------------------------------------------------------ */

static enum mu_status verify(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    uint64_t checked = 0;
    uint64_t from = 0;
    enum mu_status status = mu_client_verify(session->client, &checked, &from, err);
    if (status != MU_OK) {
        cli->exit_code = MU_EXIT_STORE;
        cli->hint = "do not trust this copy: compare with a colleague, then muster doctor";
        return status;
    }
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_int(&json, "verified", (int64_t)checked);
        mu_json_int(&json, "first", (int64_t)from);
        mu_json_int(&json, "last", checked > 0 ? (int64_t)(from + checked - 1) : 0);
        return mu_cli_json_end(&json, err);
    }
    if (checked == 0) {
        return mu_cli_say(cli, err, "No changes are kept here yet.\n");
    }
    MU_TRY(mu_cli_put(mu_words_count(&cli->out, checked, "change", "changes"), err));
    return mu_cli_say(cli, err,
                      " verified, %" PRIu64 " to %" PRIu64
                      ": every signature holds, and the chain is whole.\n",
                      from, from + checked - 1);
}

enum mu_status mu_run_verify(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_session_open(cli, &session, err));
    enum mu_status status = verify(&session, err);
    mu_session_close(&session);
    return status;
}

/* -- keys -------------------------------------------------------------------- */

static enum mu_status say_keys(struct mu_cli *cli, const struct mu_workspace *workspace,
                               const struct mu_key_file *file, struct mu_error *err)
{
    MU_DEVICE_KEYS_AUTO struct mu_device_keys keys;
    char fingerprint[MU_FINGERPRINT_LEN + 1];
    char device[MU_ID_TEXT_LEN + 1];
    mu_device_keys_make(file->seed, &keys);
    mu_device_fingerprint(&keys.public, fingerprint);
    mu_id_text(file->device, device);
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_str(&json, "workspace", workspace->name);
        mu_json_str(&json, "member", file->handle);
        mu_json_str(&json, "device", device);
        mu_json_str(&json, "fingerprint", fingerprint);
        mu_json_str(&json, "endpoint", file->endpoint);
        return mu_cli_json_end(&json, err);
    }
    return mu_cli_say(cli, err,
                      "member       @%s\n"
                      "device       %s\n"
                      "fingerprint  %s\n"
                      "server       %s\n",
                      file->handle, device, fingerprint, file->endpoint);
}

enum mu_status mu_run_keys(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_workspace workspace;
    MU_KEY_FILE_AUTO struct mu_key_file file = {.endpoint = ""};
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_session_choose(cli, &workspace, err));
    enum mu_status status = mu_workspace_keys(&workspace, &file, err);
    if (status != MU_OK) {
        cli->exit_code = MU_EXIT_STORE;
        return status;
    }
    return say_keys(cli, &workspace, &file, err);
}

/* -- doctor: findings
 * -------------------------------------------------------------------------------- */

enum health { HEALTHY, DOUBTFUL, ILL };

struct visit {
    struct mu_cli *cli;
    struct mu_json json;
    struct mu_workspace workspace;
    struct mu_error *err;
    enum mu_status status; /* of the output */
    size_t doubts, ills;
};

static void find(struct visit *visit, enum health health, const char *what, const char *text,
                 const char *heal)
{
    static const char *const words[] = {"ok", "warn", "fail"};
    static const enum mu_paint paints[] = {MU_GREEN, MU_YELLOW, MU_RED};
    struct mu_cli *cli = visit->cli;
    visit->doubts += health == DOUBTFUL ? 1 : 0;
    visit->ills += health == ILL ? 1 : 0;
    if (cli->json) {
        mu_json_object(&visit->json, NULL);
        mu_json_str(&visit->json, "check", what);
        mu_json_str(&visit->json, "state", words[health]);
        mu_json_str(&visit->json, "text", text);
        if (heal != NULL && health != HEALTHY) {
            mu_json_str(&visit->json, "heal", heal);
        } else {
            mu_json_null(&visit->json, "heal");
        }
        mu_json_close(&visit->json);
        return;
    }
    enum mu_status status = mu_cli_say(
        cli, visit->err, cli->terminal ? "%s%-4s%s  %-10s %.300s\n" : "%s%s%s\t%s\t%.300s",
        mu_paint(cli, paints[health]), words[health], mu_unpaint(cli), what, text);
    if (status == MU_OK && cli->terminal && heal != NULL && health != HEALTHY) {
        status = mu_cli_say(cli, visit->err, "                 %s\n", heal);
    } else if (status == MU_OK && !cli->terminal) {
        status =
            mu_cli_say(cli, visit->err, "\t%s\n", heal != NULL && health != HEALTHY ? heal : "");
    }
    visit->status = visit->status == MU_OK ? status : visit->status;
}

static void look_at_folder(struct visit *visit, const char *what, const char *path)
{
    struct stat info;
    char text[MU_SHOWN_MAX + 80];
    char shown[MU_SHOWN_MAX];
    mu_path_show(path, shown);
    if (lstat(path, &info) != 0) {
        (void)snprintf(text, sizeof text, "%s is not there yet", shown);
        find(visit, HEALTHY, what, text, NULL);
        return;
    }
    bool ours = S_ISDIR(info.st_mode) && info.st_uid == geteuid();
    bool private = (info.st_mode & 0077) == 0;
    (void)snprintf(text, sizeof text, "%s%s", shown,
                   !ours      ? " belongs to another user, or is no folder"
                   : !private ? " can be entered by others"
                              : "");
    find(visit, !ours ? ILL : (private ? HEALTHY : DOUBTFUL), what, text,
         !ours ? "run muster as the user whose folder it is" : "chmod 700 it");
}

/* File systems on which several processes cannot share a database's log. */
static const char *bad_file_system(long type)
{
    static const struct {
        unsigned long magic;
        const char *name;
    } kinds[] = {{0x6969, "NFS"},       {0xff534d42, "CIFS"}, {0xfe534d42, "SMB"},
                 {0x517b, "SMB"},       {0x01021997, "9p"},   {0x65735546, "FUSE"},
                 {0x5346414f, "AFS"},   {0x73757245, "Coda"}, {0x00c36400, "Ceph"},
                 {0x0bd00bd0, "Lustre"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if ((unsigned long)type == kinds[i].magic) {
            return kinds[i].name;
        }
    }
    return NULL;
}

static void look_at_disk(struct visit *visit)
{
    struct statfs kind;
    struct statvfs room;
    char text[200];
    if (statfs(visit->workspace.folder, &kind) != 0 ||
        statvfs(visit->workspace.folder, &room) != 0) {
        find(visit, DOUBTFUL, "disk", "cannot be asked about its room", NULL);
        return;
    }
    const char *bad = bad_file_system((long)kind.f_type);
    uint64_t room_bytes = (uint64_t)room.f_bavail * room.f_frsize;
    if (bad != NULL) {
        (void)snprintf(text, sizeof text, "on %s, which is no local disk", bad);
        find(visit, DOUBTFUL, "disk", text,
             "several processes may damage a database there: use a local disk (--home)");
        return;
    }
    (void)snprintf(text, sizeof text, "%" PRIu64 " MB free", room_bytes >> 20);
    find(visit, room_bytes < SPACE_LOW ? DOUBTFUL : HEALTHY, "disk", text, "make room");
}

static void look_at_key(struct visit *visit)
{
    MU_KEY_FILE_AUTO struct mu_key_file keys = {.endpoint = ""};
    struct mu_error why;
    if (mu_workspace_keys(&visit->workspace, &keys, &why) == MU_OK) {
        find(visit, HEALTHY, "key", "private, whole", NULL);
    } else {
        find(visit, ILL, "key", why.text,
             why.status == MU_E_DENIED
                 ? "make it private; if others could read it, revoke this device and join anew"
                 : "this device cannot be used any more: join anew with another invite");
    }
}

/* -- doctor: the databases --------------------------------------------------- */

static void look_at_file(struct visit *visit, const char *what, struct mu_db *db, const char *heal)
{
    struct mu_error why;
    if (mu_db_check(db, &why) == MU_OK) {
        find(visit, HEALTHY, what, "every page is sound", NULL);
    } else {
        find(visit, ILL, what, why.text, heal);
    }
}

static void look_at_digest(struct visit *visit, struct mu_session *session)
{
    struct mu_replica *replica = mu_client_replica(session->client);
    struct mu_digest kept;
    struct mu_digest counted;
    struct mu_error why;
    if (mu_replica_digest(replica, &kept, &why) != MU_OK ||
        mu_replica_recompute(replica, &counted, &why) != MU_OK) {
        find(visit, ILL, "digest", why.text, "muster doctor --rebuild");
        return;
    }
    struct mu_hash left = mu_digest_root(&kept);
    struct mu_hash right = mu_digest_root(&counted);
    bool same = mu_hash_equal(left, right);
    find(visit, same ? HEALTHY : ILL, "digest",
         same ? "the rows are those that the digest was made of"
              : "the rows are not those that the digest was made of",
         "muster doctor --rebuild");
}

static void look_at_sync(struct visit *visit, struct mu_session *session)
{
    struct mu_client_status status;
    struct mu_error why;
    char text[1024];
    if (mu_client_status(session->client, &status, &why) != MU_OK) {
        find(visit, ILL, "link", why.text, NULL);
        return;
    }
    MU_BUF_AUTO struct mu_buf words;
    mu_buf_init(&words, sizeof text - 1);
    if (mu_words_sync(&words, &status, &session->from) != MU_OK) {
        mu_buf_clear(&words);
    }
    (void)snprintf(text, sizeof text, "%.*s", (int)words.len,
                   words.data != NULL ? (const char *)words.data : "");
    int64_t age_ms = session->from.now.ms - status.oldest_pending_ms;
    bool old = status.oldest_pending_ms > 0 && age_ms > OLD_PENDING_MS;
    bool needs = status.refused > 0 || status.link == MU_LINK_PARKED;
    find(visit, status.degraded ? ILL : (old || needs ? DOUBTFUL : HEALTHY), "link", text,
         status.degraded ? "muster doctor --rebuild"
         : needs         ? "muster refused"
                         : "a change has waited for more than a week: muster sync");

    int64_t offset_ms = status.server_offset_ms;
    bool far_off = offset_ms > CLOCK_DOUBT_MS || offset_ms < -CLOCK_DOUBT_MS;
    if (session->from.now.ms < BEFORE_MUSTER) {
        find(visit, DOUBTFUL, "clock", "this device's clock was never set", "set it");
    } else if (status.heard_ms > 0 && far_off) {
        (void)snprintf(text, sizeof text, "%" PRId64 " s off the server's", offset_ms / 1000);
        find(visit, DOUBTFUL, "clock", text, "let the system keep it (systemd-timesyncd, chrony)");
    } else {
        find(visit, HEALTHY, "clock",
             visit->cli->zone.name[0] != '\0' ? visit->cli->zone.name : "UTC", NULL);
    }
}

static void look_at_databases(struct visit *visit)
{
    struct mu_session session;
    struct mu_error why;
    struct mu_cli *cli = visit->cli;
    int exit_code = cli->exit_code;
    if (mu_session_open(cli, &session, &why) != MU_OK) {
        cli->exit_code = exit_code;
        cli->hint = NULL;
        bool replica = strstr(why.text, "replica.db") != NULL;
        find(visit, ILL, "store", why.text,
             replica ? "muster doctor --rebuild"
                     : "keep a copy of the workspace's folder, then join anew with another invite");
        return;
    }
    look_at_file(visit, "outbox", &session.store.outbox,
                 "copy outbox.db away before anything else: it holds what the server has not seen");
    look_at_file(visit, "replica", &session.store.replica, "muster doctor --rebuild");
    look_at_digest(visit, &session);
    look_at_sync(visit, &session);
    mu_session_close(&session);
}

static void look_at_agent(struct visit *visit)
{
    struct mu_agent_link link;
    struct mu_error why;
    char text[200];
    enum mu_status status = mu_agent_connect(&visit->cli->home, ANSWER_MS, &link, &why);
    if (status == MU_OK) {
        (void)snprintf(text, sizeof text, "process %ld, version %s", link.pid, link.version);
        mu_agent_disconnect(&link);
        find(visit, strcmp(link.version, MUSTER_VERSION) == 0 ? HEALTHY : DOUBTFUL, "agent", text,
             "another version than this program's: muster agent stop");
        return;
    }
    find(visit, status == MU_E_OFFLINE ? HEALTHY : DOUBTFUL, "agent",
         status == MU_E_OFFLINE ? "not running; commands start it, muster sync does without"
                                : why.text,
         "muster agent stop");
}

static enum mu_status visit_all(struct visit *visit)
{
    struct mu_cli *cli = visit->cli;
    if (cli->json) {
        mu_cli_json(cli, &visit->json);
        mu_json_array(&visit->json, "checks");
    }
    look_at_folder(visit, "data", cli->home.data);
    look_at_folder(visit, "workspace", visit->workspace.folder);
    look_at_key(visit);
    look_at_disk(visit);
    look_at_databases(visit);
    look_at_agent(visit);
    if (cli->json) {
        mu_json_close(&visit->json);
        mu_json_bool(&visit->json, "healthy", visit->ills == 0);
        return mu_cli_json_end(&visit->json, visit->err);
    }
    MU_TRY(visit->status);
    if (cli->terminal) {
        return mu_cli_say(cli, visit->err,
                          visit->ills + visit->doubts == 0 ? "\nAll is well.\n"
                                                           : "\n%zu failed, %zu to look at.\n",
                          visit->ills, visit->doubts);
    }
    return MU_OK;
}

/* -- doctor --rebuild
 * --------------------------------------------------------------------------------- */

/* The outbox stays: what waits there is shown again on the new replica. */
static enum mu_status rebuild(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_workspace workspace;
    struct mu_session session;
    bool agent = false;
    MU_TRY(mu_session_choose(cli, &workspace, err));
    MU_TRY(mu_agent_stop(&cli->home, STOP_MS, &agent, err));
    MU_TRY(mu_store_set_aside(&workspace, mu_moment_wall(), err));
    MU_TRY(mu_session_open(cli, &session, err));
    mu_edit_poke(&session);
    mu_session_close(&session);
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_bool(&json, "rebuilt", true);
        return mu_cli_json_end(&json, err);
    }
    return mu_cli_say(cli, err,
                      "The replica was set aside, and is fetched anew: muster sync\n"
                      "Nothing that waited was lost: the outbox is untouched.\n");
}

enum mu_status mu_run_doctor(struct mu_cli *cli, struct mu_error *err)
{
    struct visit visit = {.cli = cli, .err = err};
    MU_TRY(mu_cli_no_more(cli, err));
    if (mu_args_flag(&cli->args, "rebuild")) {
        return rebuild(cli, err);
    }
    MU_TRY(mu_session_choose(cli, &visit.workspace, err));
    MU_TRY(visit_all(&visit));
    if (visit.ills > 0) {
        cli->exit_code = MU_EXIT_STORE;
    }
    return MU_OK;
}
