/* What an export carries over: that another workspace gets the same content, entity by entity of
 * the domain table, that the digest notices every field, and that nobody who is here is spoken
 * for.  At stake: leaving with everything that one came to say. */
#include <stdio.h>

#include "client/import/asana.h"
#include "client/import/csv_map.h"
#include "client/import/muster_json.h"
#include "client/import/muster_plan.h"
#include "common/db/stmt.h"
#include "common/model/decide_shape.h"
#include "common/seal/hash.h"
#include "tests/harness/dice.h"
#include "tests/unit/import_fixture.h"
#include "tests/unit/import_world.h"

static struct import_world from, to;
static struct mu_arena arena;
static struct mu_error err;

static int set_up(void **state)
{
    (void)state;
    mu_arena_init(&arena, ARENA_MAX);
    err = (struct mu_error){0};
    import_world_open(&from);
    import_world_open(&to);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    import_world_close(&to);
    import_world_close(&from);
    mu_arena_deinit(&arena);
    return 0;
}

static void check(enum mu_status status)
{
    if (status != MU_OK) {
        fail_msg("%s", err.text);
    }
}

/* -- a workspace as its export, and as its digest --------------------------------------- */

static void each_row(struct import_world *world, uint32_t entity,
                     void (*take)(void *state, const struct mu_row *row), void *state)
{
    char sql[128];
    struct mu_stmt stmt = {0};
    bool more = false;
    (void)snprintf(sql, sizeof sql, "SELECT id FROM \"%s\" ORDER BY key",
                   mu_entity_find(entity)->name);
    check(mu_stmt_prepare(&stmt, &world->db, sql, &err));
    for (;;) {
        check(mu_stmt_step(&stmt, &more, &err));
        if (!more) {
            break;
        }
        struct mu_row row = import_world_row(world, entity, mu_stmt_id(&stmt, 0));
        take(state, &row);
    }
    mu_stmt_finalize(&stmt);
}

static void each_entity(struct import_world *world,
                        void (*take)(void *state, const struct mu_row *row), void *state)
{
    size_t count = 0;
    const struct mu_entity *entities = mu_entities(&count);
    for (size_t i = 0; i < count; i++) {
        each_row(world, entities[i].number, take, state);
    }
}

static void add_content(void *state, const struct mu_row *row)
{
    assert_true(mu_content_add(state, row));
}

static struct mu_content_digest digest_of(struct import_world *world)
{
    struct mu_content content;
    struct mu_content_digest digest;
    mu_content_init(&content, &arena);
    each_entity(world, add_content, &content);
    assert_true(mu_content_end(&content, &digest));
    return digest;
}

static void write_row(void *state, const struct mu_row *row)
{
    mu_export_row(state, row, &arena);
}

static void write_export(struct import_world *world, struct mu_buf *out)
{
    struct mu_json json;
    size_t count = 0;
    const struct mu_entity *entities = mu_entities(&count);
    mu_buf_init(out, ARENA_MAX);
    mu_json_start(&json, out);
    mu_json_object(&json, NULL);
    mu_json_int(&json, "schema", 1);
    mu_json_str(&json, "kind", "muster-export");
    mu_json_str(&json, "team", "Orion");
    mu_json_id(&json, "incarnation", from.ana);
    mu_json_object(&json, "rows");
    for (size_t i = 0; i < count; i++) {
        mu_json_array(&json, entities[i].name);
        each_row(world, entities[i].number, write_row, &json);
        mu_json_close(&json);
    }
    mu_json_close(&json);
    mu_json_close(&json);
    assert_int_equal(mu_json_end(&json), MU_OK);
}

static struct mu_export_plan plan_export(const struct mu_buf *text)
{
    struct mu_export_file file;
    struct mu_export_plan plan;
    check(mu_export_read(mu_buf_view(text), &arena, &file, &err));
    check(mu_export_plan_make(&file, &to.world, &arena, &plan, &err));
    return plan;
}

/* From one workspace into the other, through the file: the same content, and a second time
 * nothing. */
static void carry_over(void)
{
    struct mu_buf text;
    write_export(&from, &text);
    struct mu_export_plan plan = plan_export(&text);
    struct mu_plan intents = {.intents = plan.intents, .intent_count = plan.intent_count};
    struct mu_content_digest before = digest_of(&from);
    assert_true(mu_hash_equal(plan.digest.hash, before.hash));

    import_world_do(&to, &intents);

    struct mu_content_digest after = digest_of(&to);
    if (before.rows != after.rows || !mu_hash_equal(before.hash, after.hash)) {
        struct mu_export_plan again = plan_export(&text);
        for (size_t i = 0; i < MU_ENTITY_NUMBER_MAX; i++) {
            if (again.counts[i].other + again.counts[i].made > 0) {
                print_message("%s: %zu are otherwise, %zu are missing\n",
                              mu_entity_find((uint32_t)i)->name, again.counts[i].other,
                              again.counts[i].made);
            }
        }
        fail_msg("%zu rows of content became %zu", before.rows, after.rows);
    }
    assert_int_equal(plan.lost_refs, 0);
    plan = plan_export(&text);
    assert_int_equal(plan.intent_count, 0);
    mu_buf_deinit(&text);
}

/* -- boards ------------------------------------------------------------------------------- */

static void import_trello_file(const struct mu_buf *file)
{
    struct mu_source_board board;
    import_trello(mu_buf_view(file), &arena, &board);
    (void)import_world_import(&from, &board);
}

#ifdef REAL_EXPORTS
/* Built a second time with these alone: see tests/unit/import.cmake. */
static void test_content__real_boards_come_over_whole(void **state)
{
    (void)state;
    static const char *const boards[] = {"trello-2018-amirite.json", "trello-2017-tapmovies.json",
                                         "trello-2021-customfields-wekan.json"};
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
        struct mu_buf file;
        import_read_sample(boards[i], &file);
        import_trello_file(&file);
        mu_buf_deinit(&file);
    }
    struct mu_buf file;
    struct mu_csv_table table;
    struct mu_csv_map map;
    struct mu_source_board board;
    struct mu_csv_origin origin = {mu_slice_str("mine"), mu_slice_str("mine"), false};
    import_read_sample("asana-2026-api-mytasks.scrubbed.csv", &file);
    check(mu_csv_read(mu_buf_view(&file), &arena, &table, &err));
    check(mu_csv_map_asana(&table, &arena, &map, &err));
    check(mu_csv_board(&table, &map, &origin, &arena, &board, &err));
    (void)import_world_import(&from, &board);
    carry_over();
    mu_buf_deinit(&file);
}
#else
static void test_content__every_board_comes_over_whole(void **state)
{
    (void)state;
    static const char *const boards[] = {"orion.json", "trello-2015.json", "trello-card.json",
                                         "trello-merge-new.json", "asana-project.json"};
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
        struct mu_buf file;
        struct mu_source_board board;
        struct mu_asana_options options = {.stem = mu_slice_str("asana")};
        import_read_board(boards[i], &file);
        if (i < 4) {
            import_trello_file(&file);
        } else {
            check(mu_asana_json(mu_buf_view(&file), &options, &arena, &board, &err));
            (void)import_world_import(&from, &board);
        }
        carry_over();
        mu_buf_deinit(&file);
    }
}

static void test_content__tables_come_over_whole(void **state)
{
    (void)state;
    static const char *const tables[] = {"asana.csv", "sales.csv"};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct mu_buf file;
        struct mu_csv_table table;
        struct mu_csv_map map;
        struct mu_source_board board;
        struct mu_csv_origin origin = {mu_slice_str(tables[i]), mu_slice_str(tables[i]), false};
        import_read_board(tables[i], &file);
        check(mu_csv_read(mu_buf_view(&file), &arena, &table, &err));
        check(i == 0 ? mu_csv_map_asana(&table, &arena, &map, &err)
                     : mu_csv_map_parse(mu_slice_str("title=#2,owner=#3,field=*"), &table, &arena,
                                        &map, &err));
        check(mu_csv_board(&table, &map, &origin, &arena, &board, &err));
        (void)import_world_import(&from, &board);
        carry_over();
        mu_buf_deinit(&file);
    }
}

/* -- a team that uses everything ------------------------------------------------------------ */

static void apply(const struct mu_row *row)
{
    struct mu_row_refs stale;
    from.seq++;
    check(mu_replica_apply(from.replica, &from.arena, row, 1, from.seq, &stale, &err));
}

struct ids {
    struct mu_id *items;
    size_t count;
};

static void collect(void *state, const struct mu_row *row)
{
    struct ids *ids = state;
    ids->items[ids->count++] = row->id;
}

/* Some row of an entity; false when there is none. */
static bool some_row(struct mu_dice *dice, uint32_t entity, struct mu_id *out)
{
    static struct mu_id room[4096];
    struct ids ids = {room, 0};
    each_row(&from, entity, collect, &ids);
    if (ids.count == 0) {
        return false;
    }
    *out = room[mu_dice_below(dice, ids.count)];
    return true;
}

static struct mu_slice some_text(struct mu_dice *dice, size_t max)
{
    static const char *const texts[] = {"plain",
                                        "two\nlines",
                                        "\"quoted\" \\ and \t tabs",
                                        "\xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x9a\x80",
                                        "\x1b[31mred\x7f\xe2\x80\xae",
                                        "=1+1",
                                        " "};
    struct mu_slice text = mu_slice_str(texts[mu_dice_below(dice, 7)]);
    return text.len <= max ? text : mu_slice_str("x");
}

/* Good until the next call. */
static struct mu_value some_value(struct mu_dice *dice, const struct mu_field *field)
{
    static struct mu_id id;
    static const char *const dues[] = {"2026-05-31", "2026-05-31T17:00 Europe/Lisbon"};
    switch (field->type) {
    case MU_TYPE_INT:
        return mu_int(1 + (int64_t)mu_dice_below(dice, 3)); /* a range that all fields take */
    case MU_TYPE_BOOL:
        return mu_int(1);
    case MU_TYPE_ENUM:
        return mu_int(1 + (int64_t)mu_dice_below(dice, field->limit));
    case MU_TYPE_WALL:
        return mu_int(INT64_C(1700000000000) + (int64_t)mu_dice_below(dice, 1U << 30));
    case MU_TYPE_TEXT:
        return mu_bytes(some_text(dice, field->limit));
    case MU_TYPE_DUE:
        return mu_bytes(mu_slice_str(dues[mu_dice_below(dice, 2)]));
    case MU_TYPE_RANK:
        return mu_bytes(mu_slice_str("V"));
    case MU_TYPE_ID:
        if (field->limit != 0 && !some_row(dice, field->limit, &id)) {
            return mu_null();
        }
        for (size_t i = 0; field->limit == 0 && i < MU_ID_LEN; i++) {
            id.bytes[i] = (uint8_t)(1 + mu_dice_below(dice, 255));
        }
        return mu_bytes(mu_slice_of(id.bytes, MU_ID_LEN));
    case MU_TYPE_BYTES:
        return mu_bytes(mu_slice_str("\x01\xff bytes"));
    }
    return mu_null();
}

static void set_some(struct mu_dice *dice, struct mu_row *row, const struct mu_field *field)
{
    struct mu_value value = some_value(dice, field);
    if (value.kind != MU_NULL) {
        check(mu_row_set(row, &from.arena, field->number, value, 0));
    }
}

/* A row with all its fields. */
static void say_something(struct mu_dice *dice, const struct mu_entity *entity)
{
    struct mu_row row = {.entity = entity->number};
    for (size_t i = 0; i < MU_ID_LEN; i++) {
        row.id.bytes[i] = (uint8_t)mu_dice_next(dice);
    }
    for (size_t i = 0; i < entity->field_count; i++) {
        /* Only a comment on the same task can be replaced: see comment_twice(). */
        if (entity->number != MU_COMMENT || entity->fields[i].number != MU_COMMENT_REPLACES) {
            set_some(dice, &row, &entity->fields[i]);
        }
    }
    if (row.count > 0) {
        apply(&row);
    }
}

/* A comment of Muster's own, and its next version. */
static void comment_twice(struct mu_dice *dice)
{
    struct mu_id task;
    struct mu_id ids[2];
    assert_true(some_row(dice, MU_TASK, &task));
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < MU_ID_LEN; k++) {
            ids[i].bytes[k] = (uint8_t)mu_dice_next(dice);
        }
        struct mu_arg args[] = {{.field = MU_COMMENT_TASK, .value = mu_id_value(&task)},
                                {.field = MU_COMMENT_TEXT, .value = mu_bytes(mu_slice_str("said"))},
                                {.field = MU_COMMENT_REPLACES, .value = mu_id_value(&ids[0])}};
        import_world_say(&from, MU_INTENT_COMMENT_ADD, MU_COMMENT, ids[i], args, i == 0 ? 2 : 3);
    }
}

/* What an import of tasks does not say: fields that came later. */
static void plan_tasks(struct mu_dice *dice)
{
    static const uint32_t fields[] = {MU_TASK_GOAL,      MU_TASK_SIZE,       MU_TASK_SKILLS,
                                      MU_TASK_SERIES,    MU_TASK_OCCURRENCE, MU_TASK_FIRST_DUE,
                                      MU_TASK_DUE_MOVES, MU_TASK_DELETED,    MU_TASK_SOURCE_URL,
                                      MU_TASK_REASON,    MU_TASK_DESC};
    for (size_t i = 0; i < 40; i++) {
        struct mu_row row = {.entity = MU_TASK};
        assert_true(some_row(dice, MU_TASK, &row.id));
        set_some(
            dice, &row,
            mu_field_find(MU_TASK, fields[mu_dice_below(dice, sizeof fields / sizeof *fields)]));
        apply(&row);
    }
}

static void test_content__a_team_that_uses_everything_comes_over_whole(void **state)
{
    (void)state;
    struct mu_buf file;
    size_t count = 0;
    const struct mu_entity *entities = mu_entities(&count);
    import_read_board("orion.json", &file);
    import_trello_file(&file);
    mu_buf_deinit(&file);
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct mu_dice dice = {seed};
        for (size_t round = 0; round < 3; round++) {
            for (size_t i = 0; i < count; i++) {
                if (entities[i].number > MU_SEALED || entities[i].number == MU_COMMENT) {
                    say_something(&dice, &entities[i]);
                }
            }
        }
        comment_twice(&dice);
        plan_tasks(&dice);
        import_world_close(&to);
        import_world_open(&to);
        carry_over();
    }
}

/* -- the digest -----------------------------------------------------------------------------------
 */

static void test_content__every_field_counts_or_has_a_reason_not_to(void **state)
{
    (void)state;
    size_t count = 0;
    size_t compared = 0;
    const struct mu_entity *entities = mu_entities(&count);
    for (size_t i = 0; i < count; i++) {
        const struct mu_entity *entity = &entities[i];
        bool carried = mu_shape_find(MU_INTENT_IMPORT, entity->number) != NULL;
        assert_int_equal(carried, mu_content_left_out(entity->number) == NULL);
        assert_in_range(entity->number, 1, MU_ENTITY_NUMBER_MAX - 1);
        for (size_t k = 0; k < entity->field_count; k++) {
            struct mu_dice dice = {k};
            const struct mu_field *field = &entity->fields[k];
            struct mu_row with = {.entity = entity->number};
            struct mu_row without = with;
            struct mu_value value =
                field->type == MU_TYPE_ID ? mu_id_value(&from.ana) : some_value(&dice, field);
            check(mu_row_set(&with, &arena, field->number, value, 0));
            bool noticed = !mu_content_same(&with, &without);
            bool reason = mu_content_field_left_out(entity->number, field->number) != NULL;
            if (noticed == reason) {
                fail_msg("%s.%s: noticed %d, left out %d", entity->name, field->name, noticed,
                         reason);
            }
            compared++;
        }
    }
    assert_true(compared > 200);
}

static void test_content__an_empty_founding_board_and_idle_people_are_no_content(void **state)
{
    (void)state;
    struct mu_content_digest before = digest_of(&to);
    assert_int_equal(before.rows, 0); /* ana alone */
    struct mu_id board = {{1}};
    struct mu_arg name = {.field = MU_BOARD_NAME, .value = mu_bytes(mu_slice_str("Orion"))};
    import_world_say(&to, MU_INTENT_BOARD_EDIT, MU_BOARD, board, &name, 1);
    struct mu_id column = {{2}};
    struct mu_arg args[] = {{.field = MU_COLUMN_BOARD, .value = mu_id_value(&board)},
                            {.field = MU_COLUMN_NAME, .value = mu_bytes(mu_slice_str("Doing"))}};
    import_world_say(&to, MU_INTENT_COLUMN_EDIT, MU_COLUMN, column, args, 2);
    assert_int_equal(digest_of(&to).rows, 0);

    struct mu_arg task[] = {{.field = MU_TASK_TITLE, .value = mu_bytes(mu_slice_str("t"))},
                            {.field = MU_TASK_COLUMN, .value = mu_id_value(&column)}};
    import_world_say(&to, MU_INTENT_TASK_ADD, MU_TASK, (struct mu_id){{3}}, task, 2);
    assert_int_equal(digest_of(&to).rows, 4); /* with its maker */
}

/* -- files
 * -------------------------------------------------------------------------------------------- */

#define EXPORT(rows) "{\"kind\":\"muster-export\",\n\"rows\":{" rows "}}"
#define ID_OF(n)     "00000000-0000-7000-8000-00000000000" n
#define ID           "\"id\":\"" ID_OF("1") "\""
#define TASK_UNDER(n, parent)                                                         \
    "{\"id\":\"" ID_OF(n) "\",\"title\":\"t\",\"state\":\"open\",\"board\":\"" ID_OF( \
        "1") "\",\"column_id\":\"" ID_OF("2") "\",\"parent\":\"" ID_OF(parent) "\"}"

static void test_content__a_file_that_is_none_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } bad[] = {
        {"", "the file is empty"},
        {"{}", "not an export of Muster"},
        {"{\"id\":\"5\",\"lists\":[]}", "not an export of Muster"},
        {"PK\x03\x04", "a zip archive"},
        {EXPORT("\"task\":[{" ID ",\"title\":7}]"), "line 2, column 17: task.title"},
        {EXPORT("\"task\":[{\"id\":\"x\"}]"), "task.id is missing or no id"},
        {EXPORT("\"task\":[7]"), "task.row is no object"},
        {EXPORT("\"task\":[{" ID ",\"state\":\"sleeping\"}]"), "task.state has no such value"},
        {EXPORT("\"task\":[{" ID ",\"state\":99}]"), "task.state is no value that it can have"},
        {EXPORT("\"task\":[{" ID ",\"owner\":\"ana\"}]"), "task.owner is no id"},
        {EXPORT("\"task\":[{" ID ",\"due\":\"soon\"}]"), "task.due is no value"},
        {EXPORT("\"task\":[{" ID ",\"source_print\":\"0g\"}]"), "task.source_print is not written"},
        {EXPORT("\"task\":[{" ID ",\"created_at\":1.5}]"), "task.created_at is of another kind"},
        {EXPORT("\"task\":[{" ID), "line 2, column "},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mu_export_file file;
        assert_int_equal(mu_export_read(mu_slice_str(bad[i].text), &arena, &file, &err),
                         MU_E_INVALID);
        if (strstr(err.text, bad[i].message) == NULL) {
            fail_msg("'%s' does not say '%s'", err.text, bad[i].message);
        }
    }
}

static void read_text(const char *text, struct mu_buf *out)
{
    mu_buf_init(out, ARENA_MAX);
    assert_int_equal(mu_buf_append_str(out, text), MU_OK);
}

static void test_content__what_is_newer_or_lost_is_counted(void **state)
{
    (void)state;
    struct mu_buf text;
    read_text(
        EXPORT("\"board\":[{" ID ",\"name\":\"B\",\"mood\":\"good\"}],"
               "\"dream\":[{},{}],"
               "\"label\":[{\"id\":\"00000000-0000-7000-8000-000000000002\",\"name\":\"L\"}],"
               "\"custom_field\":[{\"id\":\"00000000-0000-7000-8000-000000000003\",\"name\":\"F\","
               "\"board\":\"00000000-0000-7000-8000-000000000001\"}],"
               "\"device\":[{\"id\":\"00000000-0000-7000-8000-000000000004\"}],"
               "\"goal\":[{\"id\":\"00000000-0000-7000-8000-000000000005\",\"title\":\"G\","
               "\"owner\":\"00000000-0000-7000-8000-00000000000f\"}]"),
        &text);
    struct mu_export_plan plan = plan_export(&text);
    assert_int_equal(plan.unknown_rows, 2);
    assert_int_equal(plan.unknown_fields, 1);
    assert_int_equal(plan.lost_refs, 1);
    assert_int_equal(plan.made, 4);
    assert_int_equal(plan.counts[MU_DEVICE].left_out, 1);
    struct mu_buf words;
    mu_buf_init(&words, 1 << 20);
    assert_int_equal(mu_export_plan_text(&plan, &words), MU_OK);
    assert_int_equal(mu_buf_append_byte(&words, 0), MU_OK);
    assert_non_null(strstr((const char *)words.data, "1 of device left out: who may enter"));
    mu_buf_deinit(&words);
    struct mu_plan intents = {.intents = plan.intents, .intent_count = plan.intent_count};
    import_world_do(&to, &intents);
    mu_buf_deinit(&text);
}

static void test_content__of_tasks_that_stand_under_each_other_one_is_set_free(void **state)
{
    (void)state;
    struct mu_buf text;
    read_text(
        EXPORT("\"board\":[{" ID
               ",\"name\":\"B\"}],\"board_column\":[{\"id\":\"" ID_OF("2") "\",\"board\":\"" ID_OF(
                   "1") "\",\"name\":\"C\",\"kind\":\"todo\"}],\"task\":"
                        "[" TASK_UNDER("3", "4") "," TASK_UNDER("4", "3") "]"),
        &text);
    struct mu_export_plan plan = plan_export(&text);
    assert_int_equal(plan.made, 4);
    assert_int_equal(plan.lost_refs, 1);
    struct mu_plan intents = {.intents = plan.intents, .intent_count = plan.intent_count};
    import_world_do(&to, &intents);
    mu_buf_deinit(&text);
}

#endif

#define WITH_WORLDS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef REAL_EXPORTS
        WITH_WORLDS(test_content__real_boards_come_over_whole),
#else
        WITH_WORLDS(test_content__every_board_comes_over_whole),
        WITH_WORLDS(test_content__tables_come_over_whole),
        WITH_WORLDS(test_content__a_team_that_uses_everything_comes_over_whole),
        WITH_WORLDS(test_content__every_field_counts_or_has_a_reason_not_to),
        WITH_WORLDS(test_content__an_empty_founding_board_and_idle_people_are_no_content),
        WITH_WORLDS(test_content__a_file_that_is_none_is_refused_with_its_place),
        WITH_WORLDS(test_content__what_is_newer_or_lost_is_counted),
        WITH_WORLDS(test_content__of_tasks_that_stand_under_each_other_one_is_set_free),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
