/* muster without words, status, and what the server refused. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/commands.h"
#include "client/cli/log.h"
#include "client/cli/tokens.h"
#include "client/view/text.h"

static const char SQL_DEVICE[] = "SELECT name FROM device WHERE key = ?1";
static const char SQL_ASSIGNED[] = "SELECT id, no FROM task WHERE owner = ?1 AND state = 2"
                                   " AND archived IS NOT 1 AND deleted IS NOT 1"
                                   " ORDER BY no, key LIMIT 1";

/* -- status ------------------------------------------------------------------ */

/* Who and where this is, beside the core's status. */
struct standing {
    struct mu_client_status status;
    enum mu_link link; /* as it truly is */
    int64_t offline_since_ms;
    struct mu_slice device;
    const struct mu_person_name *self; /* NULL while the board has not come */
    struct mu_slice handle;
};

static enum mu_status device_name(struct mu_session *session, struct mu_slice *out,
                                  struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, session->db, SQL_DEVICE, err));
    mu_stmt_bind_int(&stmt, 1, mu_id_key(session->store.keys.device));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    struct mu_slice name = status == MU_OK && row ? mu_stmt_text(&stmt, 0) : mu_slice_str("");
    if (status == MU_OK && !mu_arena_copy(&session->cli->arena, name, out)) {
        status = mu_fail(err, MU_E_NOMEM, "read status: out of memory");
    }
    mu_stmt_finalize(&stmt);
    return status;
}

static enum mu_status read_standing(struct mu_session *session, struct standing *out,
                                    struct mu_error *err)
{
    MU_TRY(mu_client_status(session->client, &out->status, err));
    MU_TRY(device_name(session, &out->device, err));
    out->link = mu_sync_link(&out->status, session->from.now, &out->offline_since_ms);
    out->self = mu_names_person(&session->names, session->self);
    out->handle = mu_slice_str(session->store.keys.handle);
    return MU_OK;
}

static void hash_json(struct mu_json *json, const char *name, const struct mu_hash *hash)
{
    char text[2 * MU_HASH_LEN + 1];
    mu_hex(mu_hash_view(hash), text);
    mu_json_str(json, name, text);
}

static enum mu_status status_json(struct mu_session *session, const struct standing *standing,
                                  struct mu_error *err)
{
    const struct mu_client_status *status = &standing->status;
    struct mu_json json;
    int64_t now_ms = session->from.now.ms;
    int64_t oldest_ms = status->oldest_pending_ms;
    mu_cli_json(session->cli, &json);
    mu_json_str(&json, "workspace", session->workspace.name);
    mu_json_text(&json, "team", session->names.team);
    mu_json_text(&json, "member", standing->handle);
    mu_json_text(&json, "device", standing->device);
    mu_json_str(&json, "role", standing->self != NULL ? mu_role_name(standing->self->role) : "");
    mu_json_str(&json, "link", mu_link_name(standing->link));
    mu_json_instant(&json, "offline_since", standing->offline_since_ms);
    mu_json_id(&json, "incarnation", status->cursor.incarnation);
    mu_json_int(&json, "cursor", (int64_t)status->cursor.seq);
    mu_json_int(&json, "head", (int64_t)status->head);
    mu_json_int(&json, "pending", (int64_t)status->pending);
    mu_json_int(&json, "oldest_pending_s",
                oldest_ms > 0 && now_ms > oldest_ms ? (now_ms - oldest_ms) / 1000 : 0);
    mu_json_int(&json, "conflicts", (int64_t)status->conflicts);
    mu_json_int(&json, "refused", (int64_t)status->refused);
    hash_json(&json, "digest", &status->digest_root);
    mu_json_instant(&json, "server_time",
                    status->heard_ms > 0 ? now_ms + status->server_offset_ms : 0);
    mu_json_bool(&json, "degraded", status->degraded);
    if (status->link == MU_LINK_PARKED) {
        mu_json_str(&json, "parked", status->parked_reason);
    } else {
        mu_json_null(&json, "parked");
    }
    return mu_cli_json_end(&json, err);
}

/* "Orion as @kofi, member, on laptop" */
static enum mu_status say_who(struct mu_session *session, const struct standing *standing,
                              struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_slice team = session->names.team;
    MU_TRY(mu_cli_say(cli, err, "%s", mu_paint(cli, MU_BOLD)));
    MU_TRY(
        mu_cli_put(mu_show(&cli->out, team.len > 0 ? team : mu_slice_str(session->workspace.name),
                           MU_SHOW_ONE_LINE),
                   err));
    MU_TRY(mu_cli_say(cli, err, "%s as @", mu_unpaint(cli)));
    MU_TRY(mu_cli_put(mu_show(&cli->out, standing->handle, MU_SHOW_ONE_LINE), err));
    if (standing->self != NULL) {
        MU_TRY(mu_cli_say(cli, err, ", %s", mu_role_name(standing->self->role)));
    }
    if (standing->device.len > 0) {
        MU_TRY(mu_cli_say(cli, err, ", on "));
        MU_TRY(mu_cli_put(mu_show(&cli->out, standing->device, MU_SHOW_ONE_LINE), err));
    }
    return mu_cli_say(cli, err, "\n");
}

static enum mu_status say_sync(struct mu_session *session, const struct standing *standing,
                               struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    bool needs = standing->status.refused > 0 || standing->link == MU_LINK_PARKED;
    enum mu_paint paint = needs                               ? MU_RED
                          : standing->link == MU_LINK_LIVE    ? MU_GREEN
                          : standing->link == MU_LINK_OFFLINE ? MU_YELLOW
                                                              : MU_CYAN;
    MU_TRY(mu_cli_say(cli, err, "%s", mu_paint(cli, paint)));
    MU_TRY(mu_cli_put(mu_words_sync(&cli->out, &standing->status, &session->from), err));
    return mu_cli_say(cli, err, "%s\n", mu_unpaint(cli));
}

static enum mu_status status_text(struct mu_session *session, const struct standing *standing,
                                  struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const struct mu_client_status *status = &standing->status;
    char digest[2 * MU_HASH_LEN + 1];
    mu_hex(mu_hash_view(&status->digest_root), digest);
    MU_TRY(say_who(session, standing, err));
    MU_TRY(say_sync(session, standing, err));
    MU_TRY(mu_cli_say(
        cli, err, "change %" PRIu64 " of %" PRIu64 ", digest %.16s\n", status->cursor.seq,
        status->head > status->cursor.seq ? status->head : status->cursor.seq, digest));
    if (status->oldest_pending_ms > 0) {
        MU_TRY(mu_cli_say(cli, err, "the oldest waiting change is from "));
        MU_TRY(
            mu_cli_put(mu_words_when(&cli->out, status->oldest_pending_ms, &session->from), err));
        MU_TRY(mu_cli_say(cli, err, "\n"));
    }
    if (status->refused > 0) {
        MU_TRY(mu_cli_say(cli, err, "what was refused, and why: muster refused\n"));
    }
    return MU_OK;
}

enum mu_status mu_run_status(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    struct standing standing;
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_session_open(cli, &session, err));
    enum mu_status status = read_standing(&session, &standing, err);
    if (status == MU_OK) {
        status = cli->json ? status_json(&session, &standing, err)
                           : status_text(&session, &standing, err);
    }
    mu_session_close(&session);
    return status;
}

/* -- muster ------------------------------------------------------------------ */

struct advice {
    const char *command;
    const char *about;
};

static enum mu_status say_advice(struct mu_cli *cli, const struct advice *advice, size_t count,
                                 struct mu_error *err)
{
    for (size_t i = 0; i < count; i++) {
        MU_TRY(mu_cli_say(cli, err, "  %s%-26s%s %s\n", mu_paint(cli, MU_CYAN), advice[i].command,
                          mu_unpaint(cli), advice[i].about));
    }
    return MU_OK;
}

/* A task that was given to this person and waits for an answer; its reference, or "". */
static enum mu_status unanswered(struct mu_session *session, char out_ref[static MU_TASK_REF_MAX],
                                 struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    out_ref[0] = '\0';
    MU_TRY(mu_stmt_prepare(&stmt, session->db, SQL_ASSIGNED, err));
    mu_stmt_bind_id(&stmt, 1, session->self);
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row) {
        mu_task_ref(mu_stmt_id(&stmt, 0), mu_stmt_int(&stmt, 1), out_ref);
    }
    mu_stmt_finalize(&stmt);
    return status;
}

/* The three commands that are likely to come next. */
static enum mu_status advise(struct mu_session *session, const struct standing *standing,
                             struct mu_error *err)
{
    struct advice all[8];
    size_t count = 0;
    char ref[MU_TASK_REF_MAX];
    char accept[MU_TASK_REF_MAX + 16] = "muster accept ";
    if (standing->self == NULL) {
        all[count++] = (struct advice){"muster sync", "fetch the board"};
    } else {
        MU_TRY(unanswered(session, ref, err));
        memcpy(accept + strlen(accept), ref, strlen(ref) + 1);
        if (standing->status.refused > 0) {
            all[count++] = (struct advice){"muster refused", "what the server refused, and why"};
        }
        if (standing->status.conflicts > 0) {
            all[count++] = (struct advice){"muster conflicts", "values that were set aside"};
        }
        if (ref[0] != '\0') {
            all[count++] = (struct advice){accept, "somebody gave you this task"};
        }
        all[count++] = (struct advice){"muster list @me", "your open tasks"};
        all[count++] = (struct advice){"muster add \"...\"", "a new task"};
        if (standing->link != MU_LINK_LIVE) {
            all[count++] = (struct advice){"muster sync", "meet the server now"};
        }
        all[count++] = (struct advice){"muster list", "the whole board"};
    }
    return say_advice(session->cli, all, count < 3 ? count : 3, err);
}

static enum mu_status overview_without_team(struct mu_cli *cli, struct mu_error *err)
{
    static const struct advice all[] = {
        {"muster join INVITE", "with the line that a lead gave you"},
        {"muster demo", "a team of three on this machine, to look around"},
        {"muster help", "everything there is"},
    };
    MU_TRY(mu_cli_say(cli, err, "No workspace joined here yet.\n"));
    return say_advice(cli, all, sizeof all / sizeof *all, err);
}

enum mu_status mu_run_overview(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    struct standing standing;
    struct mu_workspace *list = NULL;
    size_t count = 0;
    enum mu_status status = mu_home_workspaces(&cli->home, &list, &count, err);
    free(list);
    if (status == MU_OK && count == 0 && !cli->json) {
        return overview_without_team(cli, err);
    }
    MU_TRY(status);
    MU_TRY(mu_session_open(cli, &session, err));
    status = read_standing(&session, &standing, err);
    if (status == MU_OK && cli->json) {
        status = status_json(&session, &standing, err);
    } else if (status == MU_OK) {
        status = say_who(&session, &standing, err);
        status = status == MU_OK ? say_sync(&session, &standing, err) : status;
        status = status == MU_OK ? advise(&session, &standing, err) : status;
    }
    mu_session_close(&session);
    return status;
}

/* -- refused ----------------------------------------------------------------- */

struct refusals {
    struct mu_outbox_entry *entries;
    size_t count; /* all of the outbox; refused ones have state MU_REFUSED */
};

static enum mu_status list_refused(struct mu_session *session, const struct refusals *refusals,
                                   struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_history history;
    struct mu_json json;
    enum mu_status status =
        mu_history_open(&history, session->db, &session->names, &session->from, &cli->arena, err);
    MU_TRY(status);
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "refused");
    }
    for (size_t i = 0; i < refusals->count && status == MU_OK; i++) {
        const struct mu_outbox_entry *entry = &refusals->entries[i];
        struct mu_history_entry told;
        if (entry->state != MU_REFUSED) {
            continue;
        }
        status = mu_history_waiting(&history, entry, session->self, &told, err);
        if (status == MU_OK && cli->json) {
            mu_json_object(&json, NULL);
            mu_json_int(&json, "position", (int64_t)entry->position);
            mu_json_str(&json, "code", mu_error_code((enum mu_status)entry->code));
            mu_entry_json(&json, "entry", &told, &session->names);
            mu_json_close(&json);
        } else if (status == MU_OK) {
            status =
                mu_cli_say(cli, err, "%" PRIu64 "%s", entry->position, cli->terminal ? "  " : "\t");
            status =
                status == MU_OK
                    ? mu_cli_put(cli->terminal ? mu_words_entry(&cli->out, &told, &session->names,
                                                                &session->from)
                                               : mu_entry_tabs(&cli->out, &told, &session->names),
                                 err)
                    : status;
        }
    }
    mu_history_close(&history);
    MU_TRY(status);
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    return MU_OK;
}

enum mu_status mu_run_refused(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    struct refusals refusals = {.count = 0};
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_session_open(cli, &session, err));
    enum mu_status status =
        mu_client_outbox(session.client, &cli->arena, &refusals.entries, &refusals.count, err);
    status = status == MU_OK ? list_refused(&session, &refusals, err) : status;
    mu_session_close(&session);
    return status;
}

static enum mu_status dismiss(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    bool all = mu_args_flag(&cli->args, "all");
    int64_t wanted = 0;
    struct mu_outbox_entry *entries = NULL;
    size_t count = 0;
    size_t gone = 0;
    if (!all) {
        const char *text = NULL;
        MU_TRY(mu_cli_need(cli, "which one (its number in muster refused)", &text, err));
        MU_TRY(mu_token_number(text, "the number", 1, INT64_MAX / 16, &wanted, err));
    }
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_client_outbox(session->client, &cli->arena, &entries, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (entries[i].state == MU_REFUSED && (all || entries[i].position == (uint64_t)wanted)) {
            MU_TRY(mu_client_dismiss(session->client, entries[i].position, err));
            gone++;
        }
    }
    if (gone == 0 && !all) {
        return mu_fail(err, MU_E_NOT_FOUND, "no refused change %" PRId64 " here", wanted);
    }
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_int(&json, "dismissed", (int64_t)gone);
        return mu_cli_json_end(&json, err);
    }
    return mu_cli_say(cli, err, "%zu dismissed\n", gone);
}

enum mu_status mu_run_dismiss(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_session_open(cli, &session, err));
    enum mu_status status = dismiss(&session, err);
    mu_session_close(&session);
    return status;
}
