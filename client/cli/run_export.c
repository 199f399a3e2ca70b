/* muster export json: everything that is visible, without loss, row by row. */
#include <stdio.h>

#include "client/cli/commands.h"
#include "client/cli/progress.h"
#include "client/cli/session.h"
#include "client/import/content.h"
#include "client/import/muster_json.h"
#include "common/db/stmt.h"

#define FLUSH_AT     ((size_t)64 * 1024)
#define ROW_ARENA    ((size_t)16 << 20)
#define DIGEST_ARENA ((size_t)1 << 30)
#define SQL_MAX      128

/* Rows whose bytes pass through; of each only what the digest needs outlives it. */
struct exporter {
    struct mu_session *session;
    struct mu_json json;
    bool digest_alone; /* nothing is written but the digest */
    struct mu_arena scratch;
    struct mu_arena kept;
    struct mu_content content;
    struct mu_progress progress;
    size_t done;
};

static enum mu_status export_row(struct exporter *exporter, struct mu_replica *replica,
                                 uint32_t entity, struct mu_id id, struct mu_error *err)
{
    struct mu_cli *cli = exporter->session->cli;
    struct mu_row row;
    bool found = false;
    mu_arena_clear(&exporter->scratch);
    MU_TRY(mu_replica_row(replica, &exporter->scratch, entity, id, &row, &found, err));
    if (found && !mu_content_add(&exporter->content, &row)) {
        return mu_fail(err, MU_E_LIMIT, "the workspace has too many rows for its digest");
    }
    if (found && !exporter->digest_alone) {
        mu_export_row(&exporter->json, &row, &exporter->scratch);
    }
    mu_progress_show(&exporter->progress, ++exporter->done);
    MU_TRY(exporter->digest_alone ? MU_OK : mu_cli_put(exporter->json.status, err));
    return cli->out.len >= FLUSH_AT ? mu_cli_flush(cli, err) : MU_OK;
}

static enum mu_status export_rows(struct exporter *exporter, struct mu_replica *replica,
                                  const struct mu_entity *entity, struct mu_stmt *stmt,
                                  struct mu_error *err)
{
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(stmt, &row, err));
        if (!row) {
            return MU_OK;
        }
        MU_TRY(export_row(exporter, replica, entity->number, mu_stmt_id(stmt, 0), err));
    }
}

static enum mu_status export_entity(struct exporter *exporter, struct mu_replica *replica,
                                    const struct mu_entity *entity, struct mu_error *err)
{
    char sql[SQL_MAX];
    struct mu_stmt stmt = {0};
    (void)snprintf(sql, sizeof sql, "SELECT id FROM \"%s\" ORDER BY key", entity->name);
    MU_TRY(mu_stmt_prepare(&stmt, exporter->session->db, sql, err));
    if (!exporter->digest_alone) {
        mu_json_array(&exporter->json, entity->name);
    }
    enum mu_status status = export_rows(exporter, replica, entity, &stmt, err);
    mu_stmt_finalize(&stmt);
    if (!exporter->digest_alone) {
        mu_json_close(&exporter->json);
    }
    return status;
}

static enum mu_status count_rows(struct mu_session *session, size_t *out_count,
                                 struct mu_error *err)
{
    size_t entity_count = 0;
    const struct mu_entity *entities = mu_entities(&entity_count);
    *out_count = 0;
    for (size_t i = 0; i < entity_count; i++) {
        char sql[SQL_MAX];
        struct mu_stmt stmt = {0};
        bool row = false;
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%s\"", entities[i].name);
        MU_TRY(mu_stmt_prepare(&stmt, session->db, sql, err));
        enum mu_status status = mu_stmt_step(&stmt, &row, err);
        *out_count += status == MU_OK && row ? (size_t)mu_stmt_int(&stmt, 0) : 0;
        mu_stmt_finalize(&stmt);
        MU_TRY(status);
    }
    return MU_OK;
}

static enum mu_status all_rows(struct exporter *exporter, struct mu_replica *replica,
                               struct mu_error *err)
{
    size_t entity_count = 0;
    size_t rows = 0;
    const struct mu_entity *entities = mu_entities(&entity_count);
    enum mu_status status = MU_OK;
    MU_TRY(count_rows(exporter->session, &rows, err));
    mu_progress_begin(&exporter->progress, exporter->session->cli, "export", rows);
    for (size_t i = 0; i < entity_count && status == MU_OK; i++) {
        status = export_entity(exporter, replica, &entities[i], err);
    }
    mu_progress_end(&exporter->progress);
    return status;
}

static enum mu_status end_digest(struct exporter *exporter,
                                 char out_hex[static 2 * MU_HASH_LEN + 1], size_t *out_rows,
                                 struct mu_error *err)
{
    struct mu_content_digest digest;
    if (!mu_content_end(&exporter->content, &digest)) {
        return mu_fail(err, MU_E_LIMIT, "the workspace has too many rows for its digest");
    }
    mu_hex(mu_hash_view(&digest.hash), out_hex);
    *out_rows = digest.rows;
    return MU_OK;
}

static enum mu_status export_all(struct exporter *exporter, struct mu_replica *replica,
                                 struct mu_error *err)
{
    struct mu_session *session = exporter->session;
    struct mu_json *json = &exporter->json;
    struct mu_cursor cursor;
    char hex[2 * MU_HASH_LEN + 1];
    size_t content_rows = 0;
    MU_TRY(mu_replica_cursor(replica, &cursor, err));
    mu_cli_json(session->cli, json);
    mu_json_str(json, "kind", "muster-export");
    mu_json_text(json, "team", session->names.team);
    mu_json_id(json, "incarnation", cursor.incarnation);
    mu_json_int(json, "cursor", (int64_t)cursor.seq);
    mu_json_object(json, "rows");
    MU_TRY(all_rows(exporter, replica, err));
    mu_json_close(json);
    MU_TRY(end_digest(exporter, hex, &content_rows, err));
    mu_json_int(json, "content_rows", (int64_t)content_rows);
    mu_json_str(json, "content_digest", hex);
    return mu_cli_json_end(json, err);
}

static enum mu_status say_digest(struct exporter *exporter, struct mu_replica *replica,
                                 struct mu_error *err)
{
    struct mu_cli *cli = exporter->session->cli;
    char hex[2 * MU_HASH_LEN + 1];
    size_t content_rows = 0;
    MU_TRY(all_rows(exporter, replica, err));
    MU_TRY(end_digest(exporter, hex, &content_rows, err));
    if (!cli->json) {
        return mu_cli_say(cli, err, "%s\n", hex);
    }
    mu_cli_json(cli, &exporter->json);
    mu_json_int(&exporter->json, "content_rows", (int64_t)content_rows);
    mu_json_str(&exporter->json, "content_digest", hex);
    return mu_cli_json_end(&exporter->json, err);
}

enum mu_status mu_run_export_json(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    struct mu_replica *replica = NULL;
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_session_read(cli, &session, err));
    struct exporter exporter = {.session = &session,
                                .digest_alone = mu_args_flag(&cli->args, "digest")};
    mu_arena_init(&exporter.scratch, ROW_ARENA);
    mu_arena_init(&exporter.kept, DIGEST_ARENA);
    mu_content_init(&exporter.content, &exporter.kept);
    enum mu_status status = mu_replica_open(session.db, &replica, err);
    if (status == MU_OK) {
        status = exporter.digest_alone ? say_digest(&exporter, replica, err)
                                       : export_all(&exporter, replica, err);
        mu_replica_close(replica);
    }
    mu_arena_deinit(&exporter.kept);
    mu_arena_deinit(&exporter.scratch);
    mu_session_close(&session);
    return status;
}
