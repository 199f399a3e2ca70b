/* muster import: a foreign board into this one. */
#include <stdio.h>
#include <string.h>

#include "client/cli/commands.h"
#include "client/cli/edit.h"
#include "client/cli/import.h"
#include "client/cli/progress.h"
#include "client/home/file.h"
#include "client/import/asana.h"
#include "client/import/csv_map.h"
#include "client/import/plan.h"
#include "client/import/trello.h"
#include "client/import/vec.h"
#include "client/view/text.h"
#include "common/db/stmt.h"

/* Ceilings of an import's memory, beside a multiple of the files: a card's export says most of
 * what becomes of it, a table's short row becomes a task with a dozen values. */
#define ARENA_BASE      ((size_t)256 << 20)
#define ARENA_TRELLO    2
#define ARENA_CSV       64
#define DETAILS_SHOWN   5
#define MAPPING_MAX     ((size_t)64 * 1024)
#define DETAILS_DRY_RUN 200

/* -- the files --------------------------------------------------------------- */

static void close_files(struct mu_import_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        mu_buf_deinit(&files->bytes[i]);
    }
    files->count = 0;
}

static enum mu_status read_files(struct mu_cli *cli, size_t most, size_t size_max,
                                 struct mu_import_files *out, struct mu_error *err)
{
    const struct mu_arg_word *word = NULL;
    while ((word = mu_cli_word(cli)) != NULL) {
        if (out->count == most) {
            return mu_fail(err, MU_E_USAGE, "more than %zu file%s", most, most == 1 ? "" : "s");
        }
        enum mu_status status = mu_cli_file(word->text, size_max, &out->bytes[out->count], err);
        if (status != MU_OK) {
            /* A file that is not there is a mistake of the command line. */
            cli->exit_code = status == MU_E_NOT_FOUND ? MU_EXIT_USAGE : 0;
            return status;
        }
        out->slices[out->count] = mu_buf_view(&out->bytes[out->count]);
        out->names[out->count] = word->text;
        out->shown[out->count] = mu_path_show(word->text, out->shown_room[out->count]);
        out->total += out->slices[out->count].len;
        out->count++;
    }
    return out->count > 0 ? MU_OK
                          : mu_fail(err, MU_E_USAGE, "which file? usage: muster %s %s",
                                    cli->command->name, cli->command->arguments);
}

/* -- the report -------------------------------------------------------------- */

/* Titles and names of the file stand in it as they are. */
static enum mu_status say_neutral(struct mu_cli *cli, const struct mu_buf *text,
                                  struct mu_error *err)
{
    return mu_cli_put(mu_show(&cli->out, mu_buf_view(text), MU_SHOW_LINES), err);
}

static enum mu_status say_plan(struct mu_cli *cli, const struct mu_plan *plan, bool dry_run,
                               struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)64 << 20);
    if (cli->json) {
        struct mu_json json;
        MU_TRY(mu_cli_put(mu_plan_json(plan, &text), err));
        mu_cli_json(cli, &json);
        mu_json_bool(&json, "dry_run", dry_run);
        mu_json_int(&json, "changes", (int64_t)mu_plan_change_count(plan));
        mu_json_raw(&json, "import", mu_buf_view(&text));
        return mu_cli_json_end(&json, err);
    }
    MU_TRY(mu_cli_put(mu_plan_text(plan, dry_run ? DETAILS_DRY_RUN : DETAILS_SHOWN, &text), err));
    return say_neutral(cli, &text, err);
}

/* -- authoring
 * -------------------------------------------------------------------------------------- */

enum mu_status mu_import_author(struct mu_session *session, const struct mu_intent *intents,
                                size_t count, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_progress progress;
    struct mu_arena scratch;
    enum mu_status status = MU_OK;
    mu_arena_init(&scratch, (size_t)1 << 30);
    mu_progress_begin(&progress, cli, "import", count);
    for (size_t i = 0; i < count && status == MU_OK; i++) {
        struct mu_authored authored;
        mu_arena_clear(&scratch);
        status = mu_session_now(session, err);
        status = status == MU_OK ? mu_client_author(session->client, &session->moment.turn,
                                                    &intents[i], &scratch, &authored, err)
                                 : status;
        mu_progress_show(&progress, i + 1);
        if (status != MU_OK && i > 0) {
            status = mu_error_wrap(err, "after %zu of %zu steps (saved; run it again to go on)", i,
                                   count);
        }
    }
    mu_progress_end(&progress);
    mu_arena_deinit(&scratch);
    return status;
}

static enum mu_status say_result(struct mu_session *session, const struct mu_plan *plan,
                                 bool dry_run, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    MU_TRY(say_plan(cli, plan, dry_run, err));
    if (cli->json) {
        return MU_OK;
    }
    size_t changes = mu_plan_change_count(plan);
    if (dry_run) {
        return mu_cli_say(cli, err, "\nNothing was written: this was --dry-run.\n");
    }
    if (changes == 0) {
        return mu_cli_say(cli, err, "\nEverything is here already; nothing to do.\n");
    }
    struct mu_client_status status;
    MU_TRY(mu_client_status(session->client, &status, err));
    MU_TRY(mu_cli_say(cli, err, "\n%zu rows \xc2\xb7 saved here, ", changes));
    MU_TRY(mu_cli_put(
        mu_words_count(&cli->out, status.pending, "change waiting", "changes waiting"), err));
    MU_TRY(mu_cli_say(cli, err, "\n"));
    return mu_cli_say(cli, err, "Cards without an owner: muster list @nobody\n");
}

/* -- what is on the board already ---------------------------------------------- */

/* Of the same source: ?2 is what its cards' ids begin with. */
static const char SQL_KEPT[] =
    "SELECT id, title FROM task WHERE board = ?1 AND substr(source, 1, length(?2)) = ?2 AND "
    "coalesce(archived, 0) = 0 AND coalesce(deleted, 0) = 0 ORDER BY id";

static enum mu_status find_kept(struct mu_session *session, const struct mu_source_board *board,
                                struct mu_id board_id, struct mu_arena *arena,
                                struct mu_plan_options *options, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    struct mu_slice scope = board->scope.len > 0 ? board->scope : board->id;
    char front[2 * MU_SOURCE_ID_MAX + 16];
    (void)snprintf(front, sizeof front, "%.*s:%.*s:card:", (int)board->system.len,
                   (const char *)board->system.data, (int)scope.len, (const char *)scope.data);
    struct mu_vec kept;
    bool row = false;
    mu_vec_init(&kept, sizeof(struct mu_plan_kept));
    MU_TRY(mu_stmt_prepare(&stmt, session->db, SQL_KEPT, err));
    mu_stmt_bind_id(&stmt, 1, board_id);
    mu_stmt_bind_text(&stmt, 2, mu_slice_str(front));
    enum mu_status status = MU_OK;
    while (status == MU_OK && (status = mu_stmt_step(&stmt, &row, err)) == MU_OK && row) {
        struct mu_plan_kept *entry = mu_vec_push(&kept, arena);
        if (entry == NULL || !mu_arena_copy(arena, mu_stmt_text(&stmt, 1), &entry->title)) {
            status = mu_fail(err, MU_E_LIMIT, "the board has too many tasks");
        } else {
            entry->id = mu_stmt_id(&stmt, 0);
        }
    }
    mu_stmt_finalize(&stmt);
    MU_TRY(status);
    options->kept = (const struct mu_plan_kept *)(const void *)kept.items;
    options->kept_count = kept.count;
    return MU_OK;
}

static enum mu_status import_board(struct mu_session *session, const struct mu_source_board *board,
                                   struct mu_arena *arena, struct mu_error *err)
{
    bool dry_run = mu_args_flag(&session->cli->args, "dry-run");
    struct mu_world world = mu_replica_world(mu_client_replica(session->client));
    struct mu_plan_options options = {.zone = session->cli->zone.zone,
                                      .zone_name = session->cli->zone.name};
    struct mu_plan plan;
    char team_zone[MU_ZONE_MAX + 1];
    const struct mu_zone *zone = NULL;
    struct mu_error ignored;
    struct mu_slice named = session->names.team_zone;
    /* Instants become dues of the team's own time. */
    if (named.len > 0 && named.len <= MU_ZONE_MAX) {
        memcpy(team_zone, named.data, named.len);
        team_zone[named.len] = '\0';
        if (mu_zone_load(team_zone, &session->cli->arena, &zone, &ignored) == MU_OK) {
            options.zone = zone;
            options.zone_name = team_zone;
        }
    }
    MU_TRY(find_kept(session, board, mu_plan_board_id(board, &world), arena, &options, err));
    MU_TRY(mu_plan_make(board, &world, &options, arena, &plan, err));
    if (!dry_run) {
        MU_TRY(mu_import_author(session, plan.intents, plan.intent_count, err));
        mu_edit_poke(session);
    }
    return say_result(session, &plan, dry_run, err);
}

/* -- trello
 * ----------------------------------------------------------------------------------------- */

static enum mu_status import_trello(struct mu_session *session, const struct mu_import_files *files,
                                    struct mu_error *err)
{
    struct mu_source_board board;
    struct mu_arena arena;
    mu_arena_init(&arena, ARENA_TRELLO * files->total + ARENA_BASE);
    struct mu_trello_options options = {.names = files->shown};
    enum mu_status status =
        mu_trello_read_with(files->slices, files->count, &options, &arena, &board, err);
    if (status == MU_OK) {
        status = import_board(session, &board, &arena, err);
    }
    mu_arena_deinit(&arena);
    return status;
}

enum mu_status mu_run_import_trello(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_import_files files = {.count = 0};
    struct mu_session session;
    enum mu_status status = read_files(cli, MU_TRELLO_FILES_MAX, MU_TRELLO_FILE_MAX, &files, err);
    if (status == MU_OK) {
        status = mu_session_open(cli, &session, err);
        if (status == MU_OK) {
            status = mu_session_need_self(&session, err);
            status = status == MU_OK ? import_trello(&session, &files, err) : status;
            mu_session_close(&session);
        }
    }
    close_files(&files);
    return status;
}

/* -- csv
 * --------------------------------------------------------------------------------------------- */

/* "/home/ana/tasks.csv" is "tasks". */
static struct mu_slice stem_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t len = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
    return len > 0 ? mu_slice_of(name, len) : mu_slice_str("Imported");
}

static struct mu_csv_origin origin_of(const struct mu_cli *cli, const struct mu_import_files *files)
{
    const char *given = mu_args_value(&cli->args, "name");
    struct mu_slice name = given != NULL ? mu_slice_str(given) : stem_of(files->names[0]);
    return (struct mu_csv_origin){.identity = name, .name = name, .given = given != NULL};
}

/* "'tasks.csv': " in front of an error. */
enum mu_status mu_import_in_file(const struct mu_import_files *files, enum mu_status status,
                                 struct mu_error *err)
{
    return status == MU_OK ? MU_OK : mu_error_wrap(err, "'%s'", files->shown[0]);
}

static enum mu_status read_csv(struct mu_cli *cli, const struct mu_import_files *files,
                               struct mu_arena *arena, struct mu_source_board *out,
                               struct mu_error *err)
{
    const char *given = mu_args_value(&cli->args, "map");
    struct mu_slice mapping = {0};
    struct mu_csv_table table;
    struct mu_csv_map map;
    if (given != NULL) {
        MU_TRY(mu_cli_text(cli, given, "mapping", MAPPING_MAX, &mapping, err));
    }
    MU_TRY(mu_import_in_file(files, mu_csv_read(files->slices[0], arena, &table, err), err));
    if (given != NULL) {
        MU_TRY(mu_import_in_file(files, mu_csv_map_parse(mapping, &table, arena, &map, err), err));
    } else if (mu_csv_map_asana(&table, arena, &map, err) != MU_OK) {
        cli->hint = "say what is what: --map title=COLUMN,owner=COLUMN,due=COLUMN,column=COLUMN";
        return mu_import_in_file(files, err->status, err);
    }
    struct mu_csv_origin origin = origin_of(cli, files);
    return mu_import_in_file(files, mu_csv_board(&table, &map, &origin, arena, out, err), err);
}

static enum mu_status import_csv(struct mu_session *session, const struct mu_import_files *files,
                                 struct mu_error *err)
{
    struct mu_source_board board;
    struct mu_arena arena;
    mu_arena_init(&arena, ARENA_CSV * files->total + ARENA_BASE);
    enum mu_status status = read_csv(session->cli, files, &arena, &board, err);
    if (status == MU_OK) {
        status = import_board(session, &board, &arena, err);
    }
    mu_arena_deinit(&arena);
    return status;
}

/* -- asana
 * ------------------------------------------------------------------------------------------- */

static enum mu_status read_asana(struct mu_cli *cli, const struct mu_import_files *files,
                                 struct mu_arena *arena, struct mu_source_board *out,
                                 struct mu_error *err)
{
    struct mu_csv_table table;
    struct mu_csv_map map;
    struct mu_csv_origin origin = origin_of(cli, files);
    struct mu_asana_options options = {
        .name = origin.given ? origin.name : (struct mu_slice){0},
        .stem = origin.name,
    };
    if (mu_asana_is_json(files->slices[0])) {
        return mu_import_in_file(files, mu_asana_json(files->slices[0], &options, arena, out, err),
                                 err);
    }
    MU_TRY(mu_import_in_file(files, mu_csv_read(files->slices[0], arena, &table, err), err));
    MU_TRY(mu_import_in_file(files, mu_csv_map_asana(&table, arena, &map, err), err));
    return mu_import_in_file(files, mu_csv_board(&table, &map, &origin, arena, out, err), err);
}

static enum mu_status import_asana(struct mu_session *session, const struct mu_import_files *files,
                                   struct mu_error *err)
{
    struct mu_source_board board;
    struct mu_arena arena;
    mu_arena_init(&arena, ARENA_CSV * files->total + ARENA_BASE);
    enum mu_status status = read_asana(session->cli, files, &arena, &board, err);
    if (status == MU_OK) {
        status = import_board(session, &board, &arena, err);
    }
    mu_arena_deinit(&arena);
    return status;
}

enum mu_status mu_import_single(struct mu_cli *cli, size_t file_max,
                                enum mu_status (*import)(struct mu_session *session,
                                                         const struct mu_import_files *files,
                                                         struct mu_error *err),
                                struct mu_error *err)
{
    struct mu_import_files files = {.count = 0};
    struct mu_session session;
    enum mu_status status = read_files(cli, 1, file_max, &files, err);
    if (status == MU_OK) {
        status = mu_session_open(cli, &session, err);
        if (status == MU_OK) {
            status = mu_session_need_self(&session, err);
            status = status == MU_OK ? import(&session, &files, err) : status;
            mu_session_close(&session);
        }
    }
    close_files(&files);
    return status;
}

enum mu_status mu_run_import_csv(struct mu_cli *cli, struct mu_error *err)
{
    return mu_import_single(cli, MU_CSV_FILE_MAX, import_csv, err);
}

enum mu_status mu_run_import_asana(struct mu_cli *cli, struct mu_error *err)
{
    return mu_import_single(cli, MU_ASANA_FILE_MAX, import_asana, err);
}
