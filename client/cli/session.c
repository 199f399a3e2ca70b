#include "client/cli/session.h"

#include <string.h>

#include "common/seal/hash.h"

#define META_BOOT "home.boot"

enum mu_status mu_session_choose(struct mu_cli *cli, struct mu_workspace *out, struct mu_error *err)
{
    const char *name = cli->settings.values[MU_SETTING_WORKSPACE];
    enum mu_status status = mu_home_choose(&cli->home, name, out, err);
    if (status == MU_E_NOT_FOUND) {
        cli->exit_code = MU_EXIT_NOT_JOINED;
        cli->hint = name[0] == '\0' ? "to look around first: muster demo" : NULL;
    } else if (status != MU_OK && status != MU_E_USAGE) {
        cli->exit_code = MU_EXIT_STORE;
    }
    return status;
}

enum mu_status mu_session_names(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    MU_TRY(mu_names_load(session->db, &cli->arena, &session->names, err));
    session->from = (struct mu_viewpoint){.now = mu_moment_wall(),
                                          .zone = cli->zone.zone,
                                          .zone_name = cli->zone.name,
                                          .day_end_minute = session->names.day_end_minute,
                                          .zone_of = mu_zone_of,
                                          .state = &cli->arena};
    return MU_OK;
}

static void set_self(struct mu_session *session, struct mu_slice handle)
{
    const struct mu_person_name *person = NULL;
    struct mu_id id = mu_id_derive("person", &handle, 1);
    person = mu_names_person(&session->names, id);
    for (size_t i = 0; person == NULL && i < session->names.person_count; i++) {
        if (mu_slice_equal(session->names.people[i].handle, handle)) {
            person = &session->names.people[i];
        }
    }
    session->self = person != NULL ? person->id : (struct mu_id){{0}};
}

static enum mu_status no_board_yet(struct mu_cli *cli, struct mu_error *err)
{
    cli->exit_code = MU_EXIT_WAITING;
    cli->hint = "run: muster sync";
    return mu_fail(err, MU_E_NOT_FOUND, "the board has not come from the server yet");
}

/* Whether the core has looked at this replica since the machine started. */
static enum mu_status is_looked_after(struct mu_replica *replica, struct mu_arena *arena,
                                      bool *out_is, struct mu_error *err)
{
    char boot[MU_BOOT_LEN + 1];
    struct mu_slice kept = {0};
    bool found = false;
    *out_is = true;
    if (mu_store_boot(boot)) {
        MU_TRY(mu_replica_meta(replica, META_BOOT, arena, &kept, &found, err));
        *out_is = found && mu_slice_equal(kept, mu_slice_str(boot));
    }
    return MU_OK;
}

/* MU_E_NOT_FOUND of a replica that is not there, or has no tables. */
static enum mu_status open_reader(struct mu_session *session, bool *out_looked_after,
                                  struct mu_error *err)
{
    struct mu_replica *replica = NULL;
    MU_TRY(mu_store_open_reader(&session->workspace, &session->reader, err));
    /* Looks whether its tables are of this version, and no further. */
    MU_TRY(mu_replica_open(&session->reader, &replica, err));
    enum mu_status status = is_looked_after(replica, &session->cli->arena, out_looked_after, err);
    mu_replica_close(replica);
    MU_TRY(status);
    MU_TRY(mu_db_exec(&session->reader, "BEGIN", err));
    session->db = &session->reader;
    return mu_session_names(session, err);
}

/* Opening the core replays what the replica does not show; then it is as good as any. */
static enum mu_status read_after_care(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_session care;
    struct mu_error ignored;
    bool unused = true;
    if (mu_session_open(cli, &care, &ignored) != MU_OK) {
        cli->exit_code = 0; /* a disk that cannot be written: what is there can still be read */
        return MU_OK;
    }
    mu_session_close(&care);
    mu_session_close(session);
    return open_reader(session, &unused, err);
}

/* Tables of an older version: opening the core brings them up to this one.  err stays as it is
 * when that fails, too. */
static enum mu_status read_after_upgrade(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_session upgrade;
    struct mu_error ignored;
    bool unused = true;
    mu_session_close(session);
    if (mu_session_open(cli, &upgrade, &ignored) != MU_OK) {
        return MU_E_VERSION;
    }
    mu_session_close(&upgrade);
    return open_reader(session, &unused, err);
}

enum mu_status mu_session_read(struct mu_cli *cli, struct mu_session *out, struct mu_error *err)
{
    memset(out, 0, sizeof *out);
    out->cli = cli;
    MU_TRY(mu_session_choose(cli, &out->workspace, err));
    bool looked_after = true;
    enum mu_status status = open_reader(out, &looked_after, err);
    if (status == MU_OK && !looked_after) {
        status = read_after_care(out, err);
    } else if (status == MU_E_VERSION) {
        status = read_after_upgrade(out, err);
    }
    if (status == MU_OK) {
        return MU_OK;
    }
    mu_session_close(out);
    if (status == MU_E_NOT_FOUND) {
        return no_board_yet(cli, err);
    }
    cli->exit_code = MU_EXIT_STORE;
    return status;
}

/* Remember that the core has looked at the replica. */
static enum mu_status note_boot(struct mu_session *session, struct mu_error *err)
{
    char boot[MU_BOOT_LEN + 1];
    struct mu_replica *replica = mu_client_replica(session->client);
    bool there = true;
    MU_TRY(is_looked_after(replica, &session->cli->arena, &there, err));
    if (there || !mu_store_boot(boot)) {
        return MU_OK;
    }
    MU_TRY(mu_db_begin(&session->store.replica, err));
    enum mu_status status = mu_replica_meta_set(replica, META_BOOT, mu_slice_str(boot), err);
    if (status != MU_OK) {
        mu_db_rollback(&session->store.replica);
        return status;
    }
    return mu_db_commit(&session->store.replica, err);
}

static enum mu_status open_client(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    MU_TRY(mu_store_open(&session->workspace, &session->store, err));
    session->writing = true;
    session->db = &session->store.replica;
    MU_TRY(mu_moment_now(&session->moment, &cli->zone, err));
    MU_TRY(mu_client_open(&session->store.replica, &session->store.outbox, &session->store.keys,
                          &session->moment.turn, &session->client, err));
    MU_TRY(note_boot(session, err));
    MU_TRY(mu_session_names(session, err));
    set_self(session, mu_slice_str(session->store.keys.handle));
    return MU_OK;
}

enum mu_status mu_session_open(struct mu_cli *cli, struct mu_session *out, struct mu_error *err)
{
    memset(out, 0, sizeof *out);
    out->cli = cli;
    MU_TRY(mu_session_choose(cli, &out->workspace, err));
    enum mu_status status = open_client(out, err);
    if (status != MU_OK) {
        mu_session_close(out);
        cli->exit_code = MU_EXIT_STORE;
    }
    return status;
}

void mu_session_close(struct mu_session *session)
{
    if (session->writing) {
        if (session->client != NULL) {
            mu_client_close(session->client);
        }
        mu_moment_deinit(&session->moment);
        mu_store_close(&session->store);
    } else {
        mu_db_close(&session->reader);
    }
    session->writing = false;
    session->client = NULL;
    session->db = NULL;
}

enum mu_status mu_session_now(struct mu_session *session, struct mu_error *err)
{
    mu_moment_deinit(&session->moment);
    MU_TRY(mu_moment_now(&session->moment, &session->cli->zone, err));
    session->from.now = session->moment.turn.wall;
    return MU_OK;
}

enum mu_status mu_session_need_self(struct mu_session *session, struct mu_error *err)
{
    if (!session->writing && mu_id_is_zero(session->self)) {
        MU_KEY_FILE_AUTO struct mu_key_file keys = {.endpoint = ""};
        MU_TRY(mu_workspace_keys(&session->workspace, &keys, err));
        set_self(session, mu_slice_str(keys.handle));
    }
    return mu_id_is_zero(session->self) ? no_board_yet(session->cli, err) : MU_OK;
}

enum mu_status mu_session_board(struct mu_session *session, const struct mu_board_name **out,
                                struct mu_error *err)
{
    const char *name = session->cli->settings.values[MU_SETTING_BOARD];
    *out = NULL;
    return name[0] == '\0' ? MU_OK
                           : mu_names_find_board(&session->names, mu_slice_str(name), out, err);
}

enum mu_status mu_session_person(struct mu_session *session, const char *word,
                                 const struct mu_person_name **out, struct mu_error *err)
{
    const char *handle = word[0] == '@' ? word + 1 : word;
    if (strcmp(handle, "me") == 0) {
        MU_TRY(mu_session_need_self(session, err));
        *out = mu_names_person(&session->names, session->self);
        return MU_OK;
    }
    return mu_names_find_person(&session->names, mu_slice_str(handle), out, err);
}

enum mu_status mu_with_session(struct mu_cli *cli,
                               enum mu_status (*act)(struct mu_session *session,
                                                     struct mu_error *err),
                               struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_session_open(cli, &session, err));
    enum mu_status status = mu_session_need_self(&session, err);
    if (status == MU_OK) {
        status = act(&session, err);
    }
    mu_session_close(&session);
    return status;
}

enum mu_status mu_with_reader(struct mu_cli *cli,
                              enum mu_status (*act)(struct mu_session *session,
                                                    struct mu_error *err),
                              struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_session_read(cli, &session, err));
    enum mu_status status = act(&session, err);
    mu_session_close(&session);
    return status;
}
