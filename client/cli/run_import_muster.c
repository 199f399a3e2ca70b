/* muster import muster: what 'muster export json' wrote, into this workspace. */
#include <stdio.h>
#include <string.h>

#include "client/cli/commands.h"
#include "client/cli/edit.h"
#include "client/cli/import.h"
#include "client/import/muster_plan.h"
#include "client/view/text.h"
#include "common/db/stmt.h"

#define ARENA_BASE  ((size_t)512 << 20)
#define ARENA_TIMES 8
#define SQL_MAX     128

/* -- the digest of this workspace ----------------------------------------------- */

static enum mu_status add_rows(struct mu_session *session, struct mu_content *content,
                               const struct mu_entity *entity, struct mu_arena *scratch,
                               struct mu_error *err)
{
    struct mu_replica *replica = mu_client_replica(session->client);
    struct mu_stmt stmt = {0};
    char sql[SQL_MAX];
    bool more = false;
    (void)snprintf(sql, sizeof sql, "SELECT id FROM \"%s\" ORDER BY key", entity->name);
    MU_TRY(mu_stmt_prepare(&stmt, session->db, sql, err));
    enum mu_status status = MU_OK;
    while (status == MU_OK && (status = mu_stmt_step(&stmt, &more, err)) == MU_OK && more) {
        struct mu_row row;
        bool found = false;
        mu_arena_clear(scratch);
        status = mu_replica_row(replica, scratch, entity->number, mu_stmt_id(&stmt, 0), &row,
                                &found, err);
        if (status == MU_OK && found && !mu_content_add(content, &row)) {
            status = mu_fail(err, MU_E_LIMIT, "the workspace has too many rows for its digest");
        }
    }
    mu_stmt_finalize(&stmt);
    return status;
}

static enum mu_status digest_here(struct mu_session *session, struct mu_arena *arena,
                                  struct mu_content_digest *out, struct mu_error *err)
{
    struct mu_content content;
    struct mu_arena scratch;
    size_t count = 0;
    const struct mu_entity *entities = mu_entities(&count);
    enum mu_status status = MU_OK;
    mu_content_init(&content, arena);
    mu_arena_init(&scratch, (size_t)16 << 20);
    for (size_t i = 0; i < count && status == MU_OK; i++) {
        status = add_rows(session, &content, &entities[i], &scratch, err);
    }
    mu_arena_deinit(&scratch);
    MU_TRY(status);
    return mu_content_end(&content, out)
               ? MU_OK
               : mu_fail(err, MU_E_LIMIT, "the workspace has too many rows for its digest");
}

/* -- the report ------------------------------------------------------------------ */

static enum mu_status say_json(struct mu_cli *cli, const struct mu_export_plan *plan, bool dry_run,
                               const char *file_hex, const char *here_hex, struct mu_error *err)
{
    struct mu_json json;
    size_t count = 0;
    const struct mu_entity *entities = mu_entities(&count);
    mu_cli_json(cli, &json);
    mu_json_bool(&json, "dry_run", dry_run);
    mu_json_int(&json, "changes", (int64_t)plan->made);
    mu_json_object(&json, "rows");
    for (size_t i = 0; i < count; i++) {
        const struct mu_export_count *rows =
            &plan->counts[entities[i].number % MU_ENTITY_NUMBER_MAX];
        const char *reason = mu_content_left_out(entities[i].number);
        mu_json_object(&json, entities[i].name);
        mu_json_int(&json, "in", (int64_t)rows->in);
        mu_json_int(&json, "created", (int64_t)rows->made);
        mu_json_int(&json, "unchanged", (int64_t)rows->same);
        mu_json_int(&json, "other_here", (int64_t)rows->other);
        mu_json_int(&json, "left_out", (int64_t)rows->left_out);
        if (reason != NULL) {
            mu_json_str(&json, "reason", reason);
        }
        mu_json_close(&json);
    }
    mu_json_close(&json);
    mu_json_int(&json, "values_left_out", (int64_t)plan->lost_refs);
    mu_json_str(&json, "content_digest", file_hex);
    if (here_hex != NULL) {
        mu_json_str(&json, "content_digest_here", here_hex);
    }
    return mu_cli_json_end(&json, err);
}

static enum mu_status say_text(struct mu_session *session, const struct mu_export_plan *plan,
                               const char *file_hex, const char *here_hex, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    MU_TRY(mu_cli_put(mu_export_plan_text(plan, &cli->out), err));
    MU_TRY(mu_cli_say(cli, err, "content digest of the file       %s\n", file_hex));
    if (here_hex == NULL) {
        return mu_cli_say(cli, err, "\nNothing was written: this was --dry-run.\n");
    }
    MU_TRY(mu_cli_say(cli, err, "content digest of this workspace %s\n", here_hex));
    MU_TRY(mu_cli_say(cli, err, "%s\n",
                      strcmp(file_hex, here_hex) == 0
                          ? "The same: all that the file holds is here, and nothing else."
                          : "Not the same: this workspace holds something of its own as well."));
    if (plan->made == 0) {
        return mu_cli_say(cli, err, "\nEverything is here already; nothing to do.\n");
    }
    struct mu_client_status status;
    MU_TRY(mu_client_status(session->client, &status, err));
    MU_TRY(mu_cli_say(cli, err, "\n%zu rows \xc2\xb7 saved here, ", plan->made));
    MU_TRY(mu_cli_put(
        mu_words_count(&cli->out, status.pending, "change waiting", "changes waiting"), err));
    return mu_cli_say(cli, err, "\n");
}

/* -- the import ---------------------------------------------------------------------- */

static enum mu_status import_rows(struct mu_session *session, const struct mu_import_files *files,
                                  struct mu_arena *arena, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    bool dry_run = mu_args_flag(&cli->args, "dry-run");
    struct mu_world world = mu_replica_world(mu_client_replica(session->client));
    struct mu_export_file file;
    struct mu_export_plan plan;
    struct mu_content_digest here;
    char file_hex[2 * MU_HASH_LEN + 1];
    char here_hex[2 * MU_HASH_LEN + 1];
    MU_TRY(mu_import_in_file(files, mu_export_read(files->slices[0], arena, &file, err), err));
    MU_TRY(mu_export_plan_make(&file, &world, arena, &plan, err));
    mu_hex(mu_hash_view(&plan.digest.hash), file_hex);
    if (!dry_run) {
        MU_TRY(mu_import_author(session, plan.intents, plan.intent_count, err));
        mu_edit_poke(session);
        MU_TRY(digest_here(session, arena, &here, err));
        mu_hex(mu_hash_view(&here.hash), here_hex);
    }
    return cli->json ? say_json(cli, &plan, dry_run, file_hex, dry_run ? NULL : here_hex, err)
                     : say_text(session, &plan, file_hex, dry_run ? NULL : here_hex, err);
}

static enum mu_status import_muster(struct mu_session *session, const struct mu_import_files *files,
                                    struct mu_error *err)
{
    struct mu_arena arena;
    mu_arena_init(&arena, ARENA_TIMES * files->total + ARENA_BASE);
    enum mu_status status = import_rows(session, files, &arena, err);
    mu_arena_deinit(&arena);
    return status;
}

enum mu_status mu_run_import_muster(struct mu_cli *cli, struct mu_error *err)
{
    return mu_import_single(cli, MU_EXPORT_FILE_MAX, import_muster, err);
}
