/* Who may do what: devices, their persons, and invites, as the replica has them. */
#include <string.h>

#include "server/core/inside.h"

static const char SQL_DEVICE[] = "SELECT id FROM device WHERE curve_key = ?1 ORDER BY key";
static const char SQL_INVITE[] = "SELECT id FROM invite WHERE curve_key = ?1 ORDER BY key";

/* The id of the row with this CURVE key; the first of several. */
static enum mu_status find_row(struct mu_server *server, struct mu_stmt *stmt, const char *sql,
                               struct mu_slice key, struct mu_id *out_id, bool *out_found,
                               struct mu_error *err)
{
    if (stmt->handle == NULL) {
        MU_TRY(mu_stmt_prepare(stmt, server->db, sql, err));
    }
    mu_stmt_reset(stmt);
    mu_stmt_bind_blob(stmt, 1, key);
    enum mu_status status = mu_stmt_step(stmt, out_found, err);
    if (status == MU_OK && *out_found) {
        *out_id = mu_stmt_id(stmt, 0);
    }
    mu_stmt_reset(stmt);
    return status;
}

static void take_key(const struct mu_row *row, uint32_t field, uint8_t out_key[static 32])
{
    struct mu_slice key = mu_row_text(row, field);
    memset(out_key, 0, 32);
    if (key.len == 32) {
        memcpy(out_key, key.data, 32);
    }
}

/* Rights of a device: its own state, and its person's. */
static enum mu_status read_device(struct mu_server *server, struct mu_id id, struct mu_bearer *out,
                                  struct mu_error *err)
{
    struct mu_arena *arena = &server->rule_memory;
    struct mu_row device;
    struct mu_row person;
    bool found = false;
    *out = (struct mu_bearer){.admission = MU_REFUSE_FINAL, .row = id};
    mu_arena_clear(arena);
    MU_TRY(mu_replica_row(server->replica, arena, MU_DEVICE, id, &device, &found, err));
    if (!found) {
        return MU_OK;
    }
    out->known = true;
    out->person = mu_row_id(&device, MU_DEVICE_PERSON);
    take_key(&device, MU_DEVICE_SIGN_KEY, out->sign_key);
    take_key(&device, MU_DEVICE_BOX_KEY, out->box_key);
    MU_TRY(mu_replica_row(server->replica, arena, MU_PERSON, out->person, &person, &found, err));
    if (!found) {
        return MU_OK;
    }
    out->role = (int)mu_row_int(&person, MU_PERSON_ROLE);
    if (mu_row_int(&device, MU_DEVICE_STATE) == MU_DEVICE_ACTIVE &&
        mu_row_int(&person, MU_PERSON_STATE) != MU_PERSON_REMOVED) {
        out->admission = MU_ADMIT_DEVICE;
    }
    return MU_OK;
}

static enum mu_status read_invite(struct mu_server *server, struct mu_id id, int64_t now_ms,
                                  struct mu_bearer *out, struct mu_error *err)
{
    struct mu_arena *arena = &server->rule_memory;
    struct mu_row invite;
    bool found = false;
    *out = (struct mu_bearer){.admission = MU_REFUSE_FINAL, .row = id};
    mu_arena_clear(arena);
    MU_TRY(mu_replica_row(server->replica, arena, MU_INVITE, id, &invite, &found, err));
    if (!found) {
        return MU_OK;
    }
    out->person = mu_row_id(&invite, MU_INVITE_PERSON);
    take_key(&invite, MU_INVITE_SIGN_KEY, out->sign_key);
    int64_t expires_ms = mu_row_int(&invite, MU_INVITE_EXPIRES_AT);
    int64_t state = mu_row_int(&invite, MU_INVITE_STATE);
    out->spent = state == MU_INVITE_USED;
    if ((state == MU_INVITE_OPEN || out->spent) && (expires_ms == 0 || now_ms < expires_ms)) {
        out->admission = MU_ADMIT_INVITE;
    }
    return MU_OK;
}

enum mu_status mu_access_find(struct mu_server *server,
                              const uint8_t curve_key[static MU_CURVE_PK_LEN], int64_t now_ms,
                              struct mu_bearer *out, struct mu_error *err)
{
    struct mu_slice key = mu_slice_of(curve_key, MU_CURVE_PK_LEN);
    struct mu_id id;
    bool found = false;
    MU_TRY(find_row(server, &server->find_device, SQL_DEVICE, key, &id, &found, err));
    if (found) {
        return read_device(server, id, out, err);
    }
    MU_TRY(find_row(server, &server->find_invite, SQL_INVITE, key, &id, &found, err));
    if (found) {
        return read_invite(server, id, now_ms, out, err);
    }
    *out = (struct mu_bearer){.admission = MU_REFUSE_FINAL};
    return MU_OK;
}

enum mu_admission mu_server_admit(struct mu_server *server,
                                  const uint8_t curve_key[static MU_CURVE_PK_LEN],
                                  struct mu_wall now)
{
    struct mu_bearer bearer;
    struct mu_error err;
    if (server->broken || mu_access_find(server, curve_key, now.ms, &bearer, &err) != MU_OK) {
        return MU_REFUSE_TEMPORARY;
    }
    bool full = server->sessions.count >= server->limits.sessions_max;
    bool good = bearer.admission == MU_ADMIT_DEVICE || bearer.admission == MU_ADMIT_INVITE;
    return good && full ? MU_REFUSE_TEMPORARY : bearer.admission;
}

/* -- when rights change ------------------------------------------------------ */

static bool sets(const struct mu_row *row, uint32_t entity, uint32_t field)
{
    return row->entity == entity && mu_row_cell(row, field) != NULL;
}

bool mu_access_touched(const struct mu_row *effects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct mu_row *row = &effects[i];
        if (sets(row, MU_DEVICE, MU_DEVICE_STATE) || sets(row, MU_PERSON, MU_PERSON_STATE) ||
            sets(row, MU_PERSON, MU_PERSON_ROLE)) {
            return true;
        }
    }
    return false;
}

bool mu_access_revokes(const struct mu_row *effects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct mu_row *row = &effects[i];
        if ((sets(row, MU_DEVICE, MU_DEVICE_STATE) &&
             mu_row_int(row, MU_DEVICE_STATE) != MU_DEVICE_ACTIVE) ||
            (sets(row, MU_PERSON, MU_PERSON_STATE) &&
             mu_row_int(row, MU_PERSON_STATE) == MU_PERSON_REMOVED)) {
            return true;
        }
    }
    return false;
}

enum mu_status mu_access_cut(struct mu_server *server, struct mu_session *session,
                             struct mu_error *err)
{
    char device[MU_ID_TEXT_LEN + 1];
    mu_id_text(session->device, device);
    MU_TRY(mu_out_log(server, err, "session.revoked conn=%llu device=%s",
                      (unsigned long long)session->conn.number, device));
    return mu_out_bye(server, session, MU_E_DENIED, "this device was removed from the team", err);
}

enum mu_status mu_access_recheck(struct mu_server *server, struct mu_session *session,
                                 bool *out_gone, struct mu_error *err)
{
    struct mu_bearer bearer;
    MU_TRY(read_device(server, session->device, &bearer, err));
    session->role = bearer.role;
    *out_gone = bearer.admission != MU_ADMIT_DEVICE;
    return MU_OK;
}

enum mu_status mu_access_refresh(struct mu_server *server, struct mu_error *err)
{
    server->access_changed = false;
    for (size_t i = 0; i < server->sessions.count; i++) {
        struct mu_session *session = server->sessions.items[i];
        bool gone = false;
        if (session->state == MU_SESSION_CLOSED || session->state == MU_SESSION_INVITE) {
            continue;
        }
        MU_TRY(mu_access_recheck(server, session, &gone, err));
        if (gone) {
            MU_TRY(mu_access_cut(server, session, err));
        }
    }
    return MU_OK;
}
