/* muster export json: everything that is visible, without loss, row by row. */
#include <stdio.h>

#include "client/cli/commands.h"
#include "client/cli/progress.h"
#include "client/cli/session.h"
#include "common/db/stmt.h"

#define FLUSH_AT  ((size_t)64 * 1024)
#define ROW_ARENA ((size_t)16 << 20)
#define SQL_MAX   128

/* Rows whose bytes pass through; nothing outlives one. */
struct exporter {
    struct mu_session *session;
    struct mu_json json;
    struct mu_arena scratch;
    struct mu_progress progress;
    size_t done;
};

static void bytes_json(struct mu_json *json, const char *name, struct mu_slice bytes,
                       struct mu_arena *scratch)
{
    char *hex = mu_arena_alloc(scratch, 2 * bytes.len + 1);
    if (hex == NULL) {
        json->status = MU_E_NOMEM;
        return;
    }
    mu_hex(bytes, hex);
    mu_json_str(json, name, hex);
}

static const char *enum_word(uint32_t entity, uint32_t field, int64_t number)
{
    if (entity == MU_TASK && field == MU_TASK_STATE) {
        return mu_state_name(number);
    }
    if (entity == MU_PERSON && field == MU_PERSON_ROLE) {
        return mu_role_name(number);
    }
    if (entity == MU_COLUMN && field == MU_COLUMN_KIND) {
        return mu_kind_name(number);
    }
    return NULL;
}

static void value_json(struct exporter *exporter, uint32_t entity, const struct mu_field *field,
                       struct mu_value value)
{
    struct mu_json *json = &exporter->json;
    struct mu_id id;
    if (value.kind == MU_NULL) {
        mu_json_null(json, field->name);
    } else if (value.kind == MU_INT && field->type == MU_TYPE_BOOL) {
        mu_json_bool(json, field->name, value.number != 0);
    } else if (value.kind == MU_INT) {
        const char *word = enum_word(entity, field->number, value.number);
        if (word != NULL) {
            mu_json_str(json, field->name, word);
        } else {
            mu_json_int(json, field->name, value.number);
        }
    } else if (field->type == MU_TYPE_ID && mu_id_from_slice(value.bytes, &id)) {
        mu_json_id(json, field->name, id);
    } else if (field->type == MU_TYPE_BYTES) {
        bytes_json(json, field->name, value.bytes, &exporter->scratch);
    } else {
        mu_json_text(json, field->name, value.bytes);
    }
}

/* A field that a newer version wrote: by number, its bytes as hex. */
static void unknown_json(struct exporter *exporter, const struct mu_cell *cell)
{
    struct mu_json *json = &exporter->json;
    mu_json_object(json, NULL);
    mu_json_int(json, "field", cell->field);
    if (cell->value.kind == MU_INT) {
        mu_json_int(json, "int", cell->value.number);
    } else if (cell->value.kind == MU_BYTES) {
        bytes_json(json, "bytes", cell->value.bytes, &exporter->scratch);
    } else {
        mu_json_null(json, "int");
    }
    mu_json_close(json);
}

static void row_json(struct exporter *exporter, const struct mu_row *row)
{
    struct mu_json *json = &exporter->json;
    bool unknown = false;
    mu_json_object(json, NULL);
    mu_json_id(json, "id", row->id);
    for (size_t i = 0; i < row->count; i++) {
        const struct mu_field *field = mu_field_find(row->entity, row->cells[i].field);
        unknown = unknown || field == NULL;
        if (field != NULL) {
            value_json(exporter, row->entity, field, row->cells[i].value);
        }
    }
    if (unknown) {
        mu_json_array(json, "unknown_fields");
        for (size_t i = 0; i < row->count; i++) {
            if (mu_field_find(row->entity, row->cells[i].field) == NULL) {
                unknown_json(exporter, &row->cells[i]);
            }
        }
        mu_json_close(json);
    }
    mu_json_close(json);
}

static enum mu_status export_row(struct exporter *exporter, struct mu_replica *replica,
                                 uint32_t entity, struct mu_id id, struct mu_error *err)
{
    struct mu_cli *cli = exporter->session->cli;
    struct mu_row row;
    bool found = false;
    mu_arena_clear(&exporter->scratch);
    MU_TRY(mu_replica_row(replica, &exporter->scratch, entity, id, &row, &found, err));
    if (found) {
        row_json(exporter, &row);
    }
    mu_progress_show(&exporter->progress, ++exporter->done);
    MU_TRY(mu_cli_put(exporter->json.status, err));
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
    mu_json_array(&exporter->json, entity->name);
    enum mu_status status = export_rows(exporter, replica, entity, &stmt, err);
    mu_stmt_finalize(&stmt);
    mu_json_close(&exporter->json);
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

static enum mu_status export_all(struct exporter *exporter, struct mu_replica *replica,
                                 struct mu_error *err)
{
    struct mu_session *session = exporter->session;
    struct mu_cursor cursor;
    size_t entity_count = 0;
    size_t rows = 0;
    const struct mu_entity *entities = mu_entities(&entity_count);
    MU_TRY(mu_replica_cursor(replica, &cursor, err));
    MU_TRY(count_rows(session, &rows, err));
    mu_progress_begin(&exporter->progress, session->cli, "export", rows);
    mu_cli_json(session->cli, &exporter->json);
    mu_json_str(&exporter->json, "kind", "muster-export");
    mu_json_text(&exporter->json, "team", session->names.team);
    mu_json_id(&exporter->json, "incarnation", cursor.incarnation);
    mu_json_int(&exporter->json, "cursor", (int64_t)cursor.seq);
    mu_json_object(&exporter->json, "rows");
    enum mu_status status = MU_OK;
    for (size_t i = 0; i < entity_count && status == MU_OK; i++) {
        status = export_entity(exporter, replica, &entities[i], err);
    }
    mu_progress_end(&exporter->progress);
    MU_TRY(status);
    mu_json_close(&exporter->json);
    return mu_cli_json_end(&exporter->json, err);
}

enum mu_status mu_run_export_json(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    struct mu_replica *replica = NULL;
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_session_read(cli, &session, err));
    struct exporter exporter = {.session = &session};
    mu_arena_init(&exporter.scratch, ROW_ARENA);
    enum mu_status status = mu_replica_open(session.db, &replica, err);
    if (status == MU_OK) {
        status = export_all(&exporter, replica, err);
        mu_replica_close(replica);
    }
    mu_arena_deinit(&exporter.scratch);
    mu_session_close(&session);
    return status;
}
