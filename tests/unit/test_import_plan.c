/* The plan of an import against the real store and the real rules: that everything arrives,
 * that a second import does nothing, that a later one changes what the source changed, and
 * that it leaves alone what people changed here. */
#include "client/import/csv_map.h"
#include "common/seal/hash.h"
#include "tests/unit/import_fixture.h"
#include "tests/unit/import_world.h"

static struct mu_arena arena;
static struct import_world world;
static struct mu_source_board board;

static int set_up(void **state)
{
    (void)state;
    mu_arena_init(&arena, ARENA_MAX);
    import_world_open(&world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    import_world_close(&world);
    mu_arena_deinit(&arena);
    return 0;
}

/* -- a small board whose parts a test can change ---------------------------------------------- */

struct parts {
    const char *board_name, *todo_name, *limit;
    const char *title, *desc, *list, *due, *closed, *members, *labels, *ticked, *values;
    const char *items, *comment, *others; /* others: more cards, each with a comma in front */
};

static struct parts usual(void)
{
    return (struct parts){
        .board_name = "Small",
        .todo_name = "To Do",
        .limit = "null",
        .title = "Paint the fence",
        .desc = "green",
        .list = "todo",
        .due = "\"2026-06-01T15:30:20.000Z\"",
        .closed = "false",
        .members = "\"m1\",\"m2\"",
        .labels = "\"g\"",
        .ticked = "false",
        .values = "{\"id\":\"v\",\"idCustomField\":\"f\",\"value\":{\"text\":\"oak\"}}",
        .items = "{\"id\":\"i1\",\"name\":\"brush\",\"pos\":1,\"state\":\"incomplete\"},"
                 "{\"id\":\"i2\",\"name\":\"paint\",\"pos\":2,\"state\":\"incomplete\"}",
        .comment = "Two coats.",
        .others = "",
    };
}

static void read_parts(const struct parts *parts)
{
    struct mu_buf text;
    mu_buf_init(&text, (size_t)8 * 1024 * 1024);
    assert_int_equal(
        mu_buf_printf(&text,
                      "{\"id\":\"b\",\"name\":\"%s\",\"lists\":["
                      "{\"id\":\"todo\",\"name\":\"%s\",\"pos\":1,\"softLimit\":%s},"
                      "{\"id\":\"doing\",\"name\":\"Doing\",\"pos\":2},"
                      "{\"id\":\"done\",\"name\":\"Done\",\"pos\":3}],"
                      "\"labels\":[{\"id\":\"g\",\"name\":\"Garden\",\"color\":\"green\"},"
                      "{\"id\":\"r\",\"name\":\"\",\"color\":\"red\"}],"
                      "\"customFields\":[{\"id\":\"f\",\"name\":\"Wood\",\"type\":\"text\"}],"
                      "\"members\":[{\"id\":\"m1\",\"username\":\"ana\",\"fullName\":\"Ana Ruiz\"},"
                      "{\"id\":\"m2\",\"username\":\"kofi\",\"fullName\":\"Kofi Mensah\"},"
                      "{\"id\":\"m3\",\"fullName\":\"Zoë Å. O'Neill\"}],"
                      "\"cards\":[{\"id\":\"c1\",\"name\":\"%s\",\"desc\":\"%s\",\"idList\":\"%s\","
                      "\"pos\":10,\"due\":%s,\"closed\":%s,\"idMembers\":[%s],\"idLabels\":[%s],"
                      "\"dueComplete\":%s,\"url\":\"https://trello.com/c/x\","
                      "\"customFieldItems\":[%s],\"attachments\":[{\"id\":\"t\",\"name\":\"plan\","
                      "\"url\":\"https://example.com/plan\",\"isUpload\":false}]}%s],"
                      "\"checklists\":[{\"id\":\"k\",\"idCard\":\"c1\",\"name\":\"Buy\","
                      "\"checkItems\":[%s]}],"
                      "\"actions\":[{\"id\":\"a2\",\"type\":\"commentCard\",\"date\":"
                      "\"2026-05-02T10:00:00.000Z\",\"idMemberCreator\":\"m2\",\"data\":{\"text\":"
                      "\"%s\",\"card\":{\"id\":\"c1\"}}},{\"id\":\"a1\",\"type\":\"createCard\","
                      "\"date\":\"2026-05-01T10:00:00.000Z\",\"idMemberCreator\":\"m3\",\"data\":"
                      "{\"card\":{\"id\":\"c1\"},\"list\":{\"id\":\"todo\",\"name\":\"To Do\"}}}]}",
                      parts->board_name, parts->todo_name, parts->limit, parts->title, parts->desc,
                      parts->list, parts->due, parts->closed, parts->members, parts->labels,
                      parts->ticked, parts->values, parts->others, parts->items, parts->comment),
        MU_OK);
    struct mu_slice copy;
    assert_true(mu_arena_copy(&arena, mu_buf_view(&text), &copy));
    import_trello(copy, &arena, &board);
    mu_buf_deinit(&text);
}

static struct mu_plan import_parts(const struct parts *parts)
{
    read_parts(parts);
    return import_world_import(&world, &board);
}

static struct mu_id id_of(const char *kind, const char *id)
{
    return import_world_id(&world, &board, kind, id);
}

static struct mu_row task(const char *card)
{
    return import_world_row(&world, MU_TASK, id_of("card", card));
}

static struct mu_id person_of(const char *handle)
{
    struct mu_slice part = mu_slice_str(handle);
    return mu_id_derive("person", &part, 1);
}

static void assert_id_is(struct mu_id id, struct mu_id expected)
{
    assert_memory_equal(id.bytes, expected.bytes, MU_ID_LEN);
}

static int64_t pair_is_on(uint32_t entity, struct mu_id a, struct mu_id b)
{
    struct mu_row row = import_world_row(&world, entity, mu_pair_id(&world.world, entity, a, b));
    return mu_row_int(&row, MU_TASK_LABEL_ON);
}

/* Somebody edits in Muster. */
static void edit(uint32_t intent, uint32_t entity, struct mu_id row, uint32_t field,
                 struct mu_value value)
{
    struct mu_arg arg = {.field = field, .value = value};
    import_world_say(&world, intent, entity, row, &arg, 1);
}

static void assert_nothing_left_to_do(void)
{
    struct mu_plan plan = import_world_plan(&world, &board);
    for (size_t i = 0; i < MU_PLAN_KINDS; i++) {
        if (plan.counts[i].created + plan.counts[i].updated > 0) {
            fail_msg("%s: %zu new, %zu changed", mu_plan_key((enum mu_plan_kind)i),
                     plan.counts[i].created, plan.counts[i].updated);
        }
    }
    assert_int_equal(plan.intent_count, 0);
    assert_int_equal(mu_plan_change_count(&plan), 0);
}

/* -- the first import ---------------------------------------------------------------------------
 */

static void test_import_plan__everything_arrives(void **state)
{
    (void)state;
    struct parts parts = usual();
    parts.limit = "3";
    struct mu_plan plan = import_parts(&parts);

    static const size_t created[MU_PLAN_KINDS] = {
        [MU_PLAN_PEOPLE] = 2, /* ana is there */
        [MU_PLAN_BOARDS] = 1,     [MU_PLAN_COLUMNS] = 3,     [MU_PLAN_LABELS] = 2,
        [MU_PLAN_FIELDS] = 1,     [MU_PLAN_TASKS] = 1,       [MU_PLAN_TASK_LABELS] = 1,
        [MU_PLAN_HELPERS] = 1,    [MU_PLAN_CHECKLISTS] = 1,  [MU_PLAN_ITEMS] = 2,
        [MU_PLAN_VALUES] = 1,     [MU_PLAN_ATTACHMENTS] = 1, [MU_PLAN_COMMENTS] = 1,
        [MU_PLAN_ACTIVITIES] = 1,
    };
    for (size_t i = 0; i < MU_PLAN_KINDS; i++) {
        assert_int_equal(plan.counts[i].created, created[i]);
        assert_int_equal(plan.counts[i].updated, 0);
    }
    struct mu_row row = import_world_row(&world, MU_BOARD, plan.board);
    assert_text(mu_row_text(&row, MU_BOARD_NAME), "Small");
    assert_text(mu_row_text(&row, MU_BOARD_SOURCE), "trello:b:board:b");
    row = import_world_row(&world, MU_COLUMN, id_of("list", "todo"));
    assert_text(mu_row_text(&row, MU_COLUMN_NAME), "To Do");
    assert_int_equal(mu_row_int(&row, MU_COLUMN_KIND), MU_KIND_TODO);
    assert_int_equal(mu_row_int(&row, MU_COLUMN_WIP_LIMIT), 3);
    row = task("c1");
    assert_text(mu_row_text(&row, MU_TASK_TITLE), "Paint the fence");
    assert_text(mu_row_text(&row, MU_TASK_DESC), "green");
    assert_text(mu_row_text(&row, MU_TASK_SOURCE), "trello:b:card:c1");
    assert_text(mu_row_text(&row, MU_TASK_SOURCE_URL), "https://trello.com/c/x");
    assert_text(mu_row_text(&row, MU_TASK_DUE), "2026-06-01T15:30 UTC");
    assert_int_equal(mu_row_int(&row, MU_TASK_STATE), MU_STATE_ASSIGNED);
    assert_int_equal(mu_row_int(&row, MU_TASK_NO), 1);
    assert_id_is(mu_row_id(&row, MU_TASK_OWNER), person_of("kofi")); /* the last of the two */
    assert_id_is(mu_row_id(&row, MU_TASK_COLUMN), id_of("list", "todo"));
    assert_id_is(mu_row_id(&row, MU_TASK_BOARD), plan.board);
    assert_id_is(mu_row_id(&row, MU_TASK_CREATED_BY), person_of("zoe-a-o-neill"));
    assert_int_equal(pair_is_on(MU_TASK_LABEL, row.id, id_of("label", "g")), 1);
    assert_int_equal(pair_is_on(MU_TASK_HELPER, row.id, world.ana), 1);
    row = import_world_row(&world, MU_ITEM, id_of("item", "i2"));
    assert_text(mu_row_text(&row, MU_ITEM_NAME), "paint");
    row = import_world_row(&world, MU_COMMENT, id_of("comment", "a2"));
    assert_text(mu_row_text(&row, MU_COMMENT_TEXT), "Two coats.");
    assert_id_is(mu_row_id(&row, MU_COMMENT_AUTHOR), person_of("kofi"));
    assert_true(mu_row_int(&row, MU_COMMENT_AT) == INT64_C(1777716000000));
    row = import_world_row(&world, MU_ACTIVITY, id_of("action", "a1"));
    assert_text(mu_row_text(&row, MU_ACTIVITY_TEXT), "created the card in 'To Do'");
    assert_id_is(mu_row_id(&row, MU_ACTIVITY_BOARD), plan.board);
    assert_nothing_left_to_do();
}

static void test_import_plan__orion_arrives_and_a_second_plan_is_empty(void **state)
{
    (void)state;
    struct mu_buf file;
    import_read_board("orion.json", &file);
    import_trello(mu_buf_view(&file), &arena, &board);

    struct mu_plan plan = import_world_import(&world, &board);

    assert_int_equal(plan.counts[MU_PLAN_TASKS].created, board.card_count);
    assert_int_equal(plan.counts[MU_PLAN_COMMENTS].created, board.comment_count);
    assert_int_equal(plan.counts[MU_PLAN_ACTIVITIES].created, board.activity_count);
    assert_int_equal(plan.counts[MU_PLAN_PEOPLE].created, 5);
    assert_int_equal(plan.counts[MU_PLAN_PEOPLE].unchanged, 1);
    assert_nothing_left_to_do();
    mu_buf_deinit(&file);
}

static void test_import_plan__a_table_arrives_and_a_second_plan_is_empty(void **state)
{
    (void)state;
    struct mu_buf file;
    struct mu_csv_table table;
    struct mu_csv_map map;
    struct mu_csv_origin origin = {mu_slice_str("asana.csv"), mu_slice_str("Fair"), false};
    struct mu_error err = {0};
    import_read_board("asana.csv", &file);
    assert_int_equal(mu_csv_read(mu_buf_view(&file), &arena, &table, &err), MU_OK);
    assert_int_equal(mu_csv_map_asana(&table, &world.arena, &map, &err), MU_OK);
    assert_int_equal(mu_csv_board(&table, &map, &origin, &arena, &board, &err), MU_OK);

    struct mu_plan plan = import_world_import(&world, &board);

    assert_int_equal(plan.counts[MU_PLAN_TASKS].created, 4);
    struct mu_row row = task("1204000000000001");
    assert_text(mu_row_text(&row, MU_TASK_DUE), "2026-01-20");
    row = task("1204000000000002");
    assert_int_equal(mu_row_int(&row, MU_TASK_STATE), MU_STATE_DONE);
    assert_nothing_left_to_do();
    mu_buf_deinit(&file);
}

static void test_import_plan__the_order_of_the_source_is_that_of_the_keys(void **state)
{
    (void)state;
    struct parts parts = usual();
    parts.others = ",{\"id\":\"c2\",\"name\":\"before\",\"idList\":\"todo\",\"pos\":1},"
                   "{\"id\":\"c3\",\"name\":\"after\",\"idList\":\"todo\",\"pos\":99}";
    import_parts(&parts);
    struct mu_row rows[] = {task("c2"), task("c1"), task("c3")};
    for (size_t i = 0; i + 1 < 3; i++) {
        assert_true(mu_slice_compare(mu_row_text(&rows[i], MU_TASK_RANK),
                                     mu_row_text(&rows[i + 1], MU_TASK_RANK)) < 0);
    }
    struct mu_row first = import_world_row(&world, MU_ITEM, id_of("item", "i1"));
    struct mu_row second = import_world_row(&world, MU_ITEM, id_of("item", "i2"));
    assert_true(mu_slice_compare(mu_row_text(&first, MU_ITEM_RANK),
                                 mu_row_text(&second, MU_ITEM_RANK)) < 0);
    struct mu_row todo = import_world_row(&world, MU_COLUMN, id_of("list", "todo"));
    struct mu_row done = import_world_row(&world, MU_COLUMN, id_of("list", "done"));
    assert_true(mu_slice_compare(mu_row_text(&todo, MU_COLUMN_RANK),
                                 mu_row_text(&done, MU_COLUMN_RANK)) < 0);
}

static void test_import_plan__states_follow_columns_ticks_and_owners(void **state)
{
    (void)state;
    static const struct {
        const char *list, *members, *ticked, *due;
        int64_t state;
        int64_t no_date;
    } cases[] = {
        {"todo", "\"m1\"", "false", "null", MU_STATE_ASSIGNED, 0},
        {"todo", "", "false", "null", MU_STATE_OPEN, 0},
        {"doing", "\"m1\"", "false", "null", MU_STATE_DOING, 1},
        {"doing", "\"m1\"", "false", "\"2026-06-01T15:30:00Z\"", MU_STATE_DOING, 0},
        {"doing", "", "false", "null", MU_STATE_OPEN, 0}, /* for triage */
        {"done", "\"m1\"", "false", "null", MU_STATE_DONE, 1},
        {"done", "", "false", "null", MU_STATE_DONE, 1},
        {"todo", "\"m1\"", "true", "\"2026-06-01T15:30:00Z\"", MU_STATE_DONE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tear_down(NULL);
        set_up(NULL);
        struct parts parts = usual();
        parts.list = cases[i].list;
        parts.members = cases[i].members;
        parts.ticked = cases[i].ticked;
        parts.due = cases[i].due;
        import_parts(&parts);
        struct mu_row row = task("c1");
        assert_int_equal(mu_row_int(&row, MU_TASK_STATE), cases[i].state);
        assert_int_equal(mu_row_int(&row, MU_TASK_NO_DATE), cases[i].no_date);
        assert_nothing_left_to_do();
    }
}

/* -- a later import -------------------------------------------------------------------------------
 */

static void test_import_plan__only_what_the_source_changed_is_written(void **state)
{
    (void)state;
    struct parts parts = usual();
    import_parts(&parts);
    parts.title = "Paint the whole fence";
    parts.due = "\"2026-06-03T08:00:00.000Z\"";
    parts.labels = "\"r\"";
    parts.members = "\"m1\"";
    parts.values = "";
    parts.items = "{\"id\":\"i1\",\"name\":\"brush\",\"pos\":1,\"state\":\"complete\"},"
                  "{\"id\":\"i2\",\"name\":\"paint\",\"pos\":2,\"state\":\"incomplete\"},"
                  "{\"id\":\"i3\",\"name\":\"tape\",\"pos\":1.5,\"state\":\"incomplete\"}";
    parts.comment = "Three coats.";

    struct mu_plan plan = import_parts(&parts);

    static const struct mu_plan_count counts[MU_PLAN_KINDS] = {
        [MU_PLAN_PEOPLE] = {0, 0, 3},      [MU_PLAN_BOARDS] = {0, 0, 1},
        [MU_PLAN_COLUMNS] = {0, 0, 3},     [MU_PLAN_LABELS] = {0, 0, 2},
        [MU_PLAN_FIELDS] = {0, 0, 1},      [MU_PLAN_TASKS] = {0, 1, 0},
        [MU_PLAN_TASK_LABELS] = {1, 1, 0}, [MU_PLAN_HELPERS] = {0, 1, 0},
        [MU_PLAN_CHECKLISTS] = {0, 0, 1},  [MU_PLAN_ITEMS] = {1, 1, 1},
        [MU_PLAN_VALUES] = {0, 1, 0},      [MU_PLAN_ATTACHMENTS] = {0, 0, 1},
        [MU_PLAN_COMMENTS] = {1, 0, 0},    [MU_PLAN_ACTIVITIES] = {0, 0, 1},
    };
    for (size_t i = 0; i < MU_PLAN_KINDS; i++) {
        if (memcmp(&plan.counts[i], &counts[i], sizeof counts[i]) != 0) {
            fail_msg("%s: %zu new, %zu changed, %zu as it was", mu_plan_key((enum mu_plan_kind)i),
                     plan.counts[i].created, plan.counts[i].updated, plan.counts[i].unchanged);
        }
    }
    struct mu_row row = task("c1");
    assert_text(mu_row_text(&row, MU_TASK_TITLE), "Paint the whole fence");
    assert_text(mu_row_text(&row, MU_TASK_DUE), "2026-06-03T08:00 UTC");
    assert_id_is(mu_row_id(&row, MU_TASK_OWNER), world.ana);
    assert_int_equal(pair_is_on(MU_TASK_LABEL, row.id, id_of("label", "g")), 0);
    assert_int_equal(pair_is_on(MU_TASK_LABEL, row.id, id_of("label", "r")), 1);
    assert_int_equal(pair_is_on(MU_TASK_HELPER, row.id, world.ana), 0);
    row = import_world_row(&world, MU_CUSTOM_VALUE,
                           mu_pair_id(&world.world, MU_CUSTOM_VALUE, row.id, id_of("field", "f")));
    assert_false(mu_row_has(&row, MU_CUSTOM_VALUE_VALUE));
    row = import_world_row(&world, MU_ITEM, id_of("item", "i1"));
    assert_int_equal(mu_row_int(&row, MU_ITEM_DONE), 1);
    assert_nothing_left_to_do();

    /* The value comes back as it was. */
    parts.values = usual().values;
    import_parts(&parts);
    row = task("c1");
    row = import_world_row(&world, MU_CUSTOM_VALUE,
                           mu_pair_id(&world.world, MU_CUSTOM_VALUE, row.id, id_of("field", "f")));
    assert_text(mu_row_text(&row, MU_CUSTOM_VALUE_VALUE), "oak");
    assert_nothing_left_to_do();
}

static void test_import_plan__edits_made_here_stand(void **state)
{
    (void)state;
    struct parts parts = usual();
    import_parts(&parts);
    struct mu_id id = id_of("card", "c1");
    struct mu_id label_pair = mu_pair_id(&world.world, MU_TASK_LABEL, id, id_of("label", "g"));
    edit(MU_INTENT_TASK_EDIT, MU_TASK, id, MU_TASK_TITLE, mu_bytes(mu_slice_str("Fence!")));
    edit(MU_INTENT_TASK_EDIT, MU_TASK, id, MU_TASK_DUE, mu_bytes(mu_slice_str("2026-07-01")));
    edit(MU_INTENT_TASK_LABEL, MU_TASK_LABEL, label_pair, MU_TASK_LABEL_ON, mu_int(0));
    edit(MU_INTENT_ITEM_EDIT, MU_ITEM, id_of("item", "i1"), MU_ITEM_DONE, mu_int(1));
    edit(MU_INTENT_COLUMN_EDIT, MU_COLUMN, id_of("list", "todo"), MU_COLUMN_KIND,
         mu_int(MU_KIND_BACKLOG));
    import_world_say(&world, MU_INTENT_TASK_DONE, MU_TASK, id, NULL, 0);

    assert_nothing_left_to_do();

    parts.desc = "blue"; /* something else changes in the source */
    import_parts(&parts);
    struct mu_row row = task("c1");
    assert_text(mu_row_text(&row, MU_TASK_TITLE), "Fence!");
    assert_text(mu_row_text(&row, MU_TASK_DUE), "2026-07-01");
    assert_text(mu_row_text(&row, MU_TASK_DESC), "blue");
    assert_int_equal(mu_row_int(&row, MU_TASK_STATE), MU_STATE_DONE);
    assert_id_is(mu_row_id(&row, MU_TASK_COLUMN), id_of("list", "done"));
    assert_int_equal(pair_is_on(MU_TASK_LABEL, id, id_of("label", "g")), 0);
    row = import_world_row(&world, MU_ITEM, id_of("item", "i1"));
    assert_int_equal(mu_row_int(&row, MU_ITEM_DONE), 1);
    row = import_world_row(&world, MU_COLUMN, id_of("list", "todo"));
    assert_int_equal(mu_row_int(&row, MU_COLUMN_KIND), MU_KIND_BACKLOG);
    assert_nothing_left_to_do();
}

static void test_import_plan__where_both_changed_the_source_wins_and_it_is_said(void **state)
{
    (void)state;
    struct parts parts = usual();
    import_parts(&parts);
    edit(MU_INTENT_TASK_EDIT, MU_TASK, id_of("card", "c1"), MU_TASK_TITLE,
         mu_bytes(mu_slice_str("Fence!")));
    parts.title = "Paint the gate";

    struct mu_plan plan = import_parts(&parts);

    struct mu_row row = task("c1");
    assert_text(mu_row_text(&row, MU_TASK_TITLE), "Paint the gate");
    const struct mu_finding *finding = mu_report_find(&plan.report, MU_FINDING_EDITS_REPLACED);
    assert_non_null(finding);
    assert_int_equal(finding->count, 1);
    assert_text(finding->details[0], "task 'Paint the gate': title");
    assert_nothing_left_to_do();
}

static void test_import_plan__a_move_at_the_source_brings_its_state(void **state)
{
    (void)state;
    struct parts parts = usual();
    import_parts(&parts);
    import_world_say(&world, MU_INTENT_TASK_DROP, MU_TASK, id_of("card", "c1"), NULL, 0);
    struct mu_row row = task("c1");
    assert_int_equal(mu_row_int(&row, MU_TASK_STATE), MU_STATE_DROPPED);

    parts.list = "doing";
    import_parts(&parts);
    row = task("c1");
    assert_int_equal(mu_row_int(&row, MU_TASK_STATE), MU_STATE_DOING);
    assert_int_equal(mu_row_int(&row, MU_TASK_ARCHIVED), 0);
    assert_id_is(mu_row_id(&row, MU_TASK_COLUMN), id_of("list", "doing"));
    assert_nothing_left_to_do();

    parts.list = "todo"; /* and back, which the rules alone would call accepted */
    import_parts(&parts);
    row = task("c1");
    assert_int_equal(mu_row_int(&row, MU_TASK_STATE), MU_STATE_ASSIGNED);
    parts.closed = "true";
    import_parts(&parts);
    row = task("c1");
    assert_int_equal(mu_row_int(&row, MU_TASK_ARCHIVED), 1);
    assert_nothing_left_to_do();
}

static void test_import_plan__two_who_import_at_once_settle_only_what_people_can(void **state)
{
    (void)state;
    struct parts parts = usual();
    import_parts(&parts);
    uint64_t before = world.seq;
    struct mu_source_board boards[2];
    struct mu_plan plans[2];
    for (size_t i = 0; i < 2; i++) { /* both plan before either has written */
        parts.title = i == 0 ? "Paint the gate" : "Paint the shed";
        read_parts(&parts);
        boards[i] = board;
        plans[i] = import_world_plan(&world, &boards[i]);
    }

    world.seen = before;
    import_world_do(&world, &plans[0]);
    assert_int_equal(world.conflicts, 0);
    import_world_do(&world, &plans[0]); /* the same from a second device */
    assert_int_equal(world.conflicts, 0);
    import_world_do(&world, &plans[1]);
    assert_int_equal(world.conflicts, 1); /* the title, and no print */
    world.seen = UINT64_MAX;
    assert_nothing_left_to_do();
}

/* -- order
 * --------------------------------------------------------------------------------------------- */

/* Ten cards in the order given, "0" to "9". */
static const char *cards_in_order(const char *order, char room[static 2048])
{
    size_t len = 0;
    for (size_t i = 0; order[i] != '\0'; i++) {
        len +=
            (size_t)snprintf(room + len, 2048 - len,
                             ",{\"id\":\"n%c\",\"name\":\"%c\",\"idList\":\"doing\",\"pos\":%zu}",
                             order[i], order[i], i + 1);
    }
    return room;
}

static void assert_tasks_in_order(const char *order)
{
    for (size_t i = 0; order[i + 1] != '\0'; i++) {
        char one[3] = {'n', order[i], '\0'};
        char next[3] = {'n', order[i + 1], '\0'};
        struct mu_row a = task(one);
        struct mu_row b = task(next);
        assert_true(mu_slice_compare(mu_row_text(&a, MU_TASK_RANK), mu_row_text(&b, MU_TASK_RANK)) <
                    0);
    }
}

static void test_import_plan__a_new_order_moves_as_few_rows_as_can_be(void **state)
{
    (void)state;
    static const struct {
        const char *order;
        size_t created, updated;
    } steps[] = {
        {"0123456", 8, 0},    /* with the card of every board */
        {"6012345", 0, 1},    /* the last to the front */
        {"7601234589", 3, 0}, /* one in front, two at the end */
        {"9876543210", 0, 7}, /* turned round: 7, 6 and one of the rest still ascend */
        {"9876543210", 0, 0},
    };
    char room[2048];
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct parts parts = usual();
        parts.others = cards_in_order(steps[i].order, room);
        struct mu_plan plan = import_parts(&parts);
        assert_int_equal(plan.counts[MU_PLAN_TASKS].created, steps[i].created);
        assert_int_equal(plan.counts[MU_PLAN_TASKS].updated, steps[i].updated);
        assert_tasks_in_order(steps[i].order);
        assert_nothing_left_to_do();
    }
}

static void test_import_plan__a_card_moved_here_is_not_moved_back(void **state)
{
    (void)state;
    char room[2048];
    struct parts parts = usual();
    parts.others = cards_in_order("012", room);
    import_parts(&parts);
    struct mu_id first = id_of("card", "n0");
    struct mu_arg args[] = {{.field = MU_ARG_BEFORE, .value = mu_id_value(&first)}};
    import_world_say(&world, MU_INTENT_TASK_MOVE, MU_TASK, id_of("card", "n2"), args, 1);
    assert_tasks_in_order("201");

    assert_nothing_left_to_do();
    parts.others = cards_in_order("0132", room);
    import_parts(&parts);
    assert_tasks_in_order("201");
    assert_nothing_left_to_do();
}

/* -- people
 * -------------------------------------------------------------------------------------------- */

#define PEOPLE(members) "{\"id\":\"p\",\"lists\":[],\"members\":[" members "]}"

static struct mu_row person(const char *handle)
{
    return import_world_row(&world, MU_PERSON, person_of(handle));
}

static void test_import_plan__people_are_known_by_handle_or_by_name(void **state)
{
    (void)state;
    import_trello(
        mu_slice_str(PEOPLE("{\"id\":\"1\",\"username\":\"anaruiz77\",\"fullName\":\"Ana Ruiz\"},"
                            "{\"id\":\"2\",\"username\":\"Kofi.M\",\"fullName\":\"Kofi Mensah\"},"
                            "{\"id\":\"3\",\"fullName\":\"Łukasz  Müller\"},"
                            "{\"id\":\"4\",\"fullName\":\"王小明\"},"
                            "{\"id\":\"5\",\"username\":\"kofi.m\",\"fullName\":\"Another Kofi\"},"
                            "{\"id\":\"6\"}")),
        &arena, &board);

    struct mu_plan plan = import_world_import(&world, &board);

    assert_int_equal(plan.counts[MU_PLAN_PEOPLE].created, 5);
    assert_int_equal(plan.counts[MU_PLAN_PEOPLE].unchanged, 1);
    assert_false(import_world_has(&world, MU_PERSON, person_of("anaruiz77")));
    struct mu_row row = person("kofi.m");
    assert_text(mu_row_text(&row, MU_PERSON_NAME), "Kofi Mensah");
    assert_int_equal(mu_row_int(&row, MU_PERSON_STATE), MU_PERSON_INACTIVE);
    assert_int_equal(mu_row_int(&row, MU_PERSON_ROLE), MU_ROLE_MEMBER);
    assert_text(mu_row_text(&row, MU_PERSON_SOURCE), "trello:member:2");
    row = person("kofi.m-2");
    assert_text(mu_row_text(&row, MU_PERSON_NAME), "Another Kofi");
    assert_nothing_left_to_do();
    assert_int_equal(mu_row_int(&row, MU_PERSON_STATE), MU_PERSON_INACTIVE);
    row = import_world_row(&world, MU_PERSON, world.ana); /* an import changes nobody */
    assert_int_equal(mu_row_int(&row, MU_PERSON_STATE), MU_PERSON_ACTIVE);
    assert_int_equal(mu_row_int(&row, MU_PERSON_ROLE), MU_ROLE_LEAD);
}

static void test_import_plan__who_is_who_does_not_hang_on_the_order_of_members(void **state)
{
    (void)state;
    import_trello(mu_slice_str(PEOPLE("{\"id\":\"1\",\"fullName\":\"Sam Sun\"},"
                                      "{\"id\":\"2\",\"fullName\":\"Sam sun\"}")),
                  &arena, &board);
    import_world_import(&world, &board);
    assert_nothing_left_to_do();

    import_trello(mu_slice_str(PEOPLE("{\"id\":\"2\",\"fullName\":\"Sam sun\"},"
                                      "{\"id\":\"3\",\"fullName\":\"SAM SUN\"},"
                                      "{\"id\":\"1\",\"fullName\":\"Sam Sun\"}")),
                  &arena, &board);
    struct mu_plan plan = import_world_import(&world, &board);
    assert_int_equal(plan.counts[MU_PLAN_PEOPLE].created, 1);
    struct mu_row row = person("sam-sun-3");
    assert_text(mu_row_text(&row, MU_PERSON_SOURCE), "trello:member:3");
    assert_nothing_left_to_do();
}

/* -- zones, size, memory
 * ----------------------------------------------------------------------------------- */

static void test_import_plan__dues_are_told_in_the_zone_of_the_team(void **state)
{
    (void)state;
    struct mu_buf file;
    struct mu_error err = {0};
    const struct mu_zone *zone;
    if (!import_read_file("/usr/share/zoneinfo/Europe/Lisbon", &file)) {
        fail_msg("no zone files: install tzdata");
    }
    assert_int_equal(mu_zone_read(mu_buf_view(&file), &arena, &zone, &err), MU_OK);
    static const struct {
        const char *instant;
        const char *due;
    } cases[] = {
        {"\"2026-06-01T15:30:20.000Z\"", "2026-06-01T16:30 Europe/Lisbon"},
        {"\"2026-01-01T00:10:00.000Z\"", "2026-01-01T00:10 Europe/Lisbon"},
        /* 01:30 comes twice on 25 October 2026: the first is local, the second must not be
         * taken for it. */
        {"\"2026-10-25T00:30:00.000Z\"", "2026-10-25T01:30 Europe/Lisbon"},
        {"\"2026-10-25T01:30:00.000Z\"", "2026-10-25T01:30 UTC"},
    };
    struct mu_plan_options options = {.zone = zone, .zone_name = "Europe/Lisbon"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct parts parts = usual();
        struct mu_plan plan;
        parts.due = cases[i].instant;
        read_parts(&parts);
        assert_int_equal(mu_plan_make(&board, &world.world, &options, &world.arena, &plan, &err),
                         MU_OK);
        import_world_do(&world, &plan);
        struct mu_row row = task("c1");
        assert_text(mu_row_text(&row, MU_TASK_DUE), cases[i].due);
        /* Another zone is no news. */
        assert_nothing_left_to_do();
    }
    /* A zone without a name, or a name without a zone, is none. */
    const struct mu_plan_options halves[] = {
        {.zone = zone}, {.zone = zone, .zone_name = ""}, {.zone_name = "Europe/Lisbon"}};
    for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++) {
        struct parts parts = usual();
        struct mu_plan plan;
        char instant[64];
        (void)snprintf(instant, sizeof instant, "\"2026-07-0%zuT15:30:00.000Z\"", i + 1);
        parts.due = instant;
        read_parts(&parts);
        assert_int_equal(mu_plan_make(&board, &world.world, &halves[i], &world.arena, &plan, &err),
                         MU_OK);
        import_world_do(&world, &plan);
        struct mu_row row = task("c1");
        struct mu_slice due = mu_row_text(&row, MU_TASK_DUE);
        assert_text(mu_slice_of(due.data + 10, due.len - 10), "T15:30 UTC");
    }
    mu_buf_deinit(&file);
}

/* A board of many cards, with the largest texts there are on some of them. */
static void read_large(size_t count)
{
    struct mu_buf text;
    mu_buf_init(&text, (size_t)64 * 1024 * 1024);
    assert_int_equal(mu_buf_append_str(&text, "{\"id\":\"big\",\"lists\":[{\"id\":\"l\","
                                              "\"name\":\"L\"}],\"cards\":["),
                     MU_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(
            mu_buf_printf(&text, "%s{\"id\":\"c%zu\",\"idList\":\"l\",\"pos\":%zu,\"name\":\"",
                          i == 0 ? "" : ",", i, i),
            MU_OK);
        for (size_t k = 0; k < (i % 100 == 0 ? 70000U : 20U); k++) {
            assert_int_equal(mu_buf_append_byte(&text, 'n'), MU_OK);
        }
        assert_int_equal(mu_buf_append_str(&text, "\",\"desc\":\""), MU_OK);
        for (size_t k = 0; k < (i % 100 == 0 ? 70000U : 100U); k++) {
            assert_int_equal(mu_buf_append_byte(&text, 'd'), MU_OK);
        }
        assert_int_equal(mu_buf_append_str(&text, "\"}"), MU_OK);
    }
    assert_int_equal(mu_buf_append_str(&text, "]}"), MU_OK);
    import_trello(mu_buf_view(&text), &arena, &board);
    mu_buf_deinit(&text);
}

static void test_import_plan__large_boards_go_in_pieces_that_can_be_sent(void **state)
{
    (void)state;
    read_large(3000);
    struct mu_plan plan = import_world_plan(&world, &board);
    assert_true(plan.intent_count > 4);

    import_world_do(&world, &plan); /* checks the size of each */

    assert_int_equal(plan.counts[MU_PLAN_TASKS].created, 3000);
    assert_nothing_left_to_do();
}

static void test_import_plan__an_import_that_broke_off_is_finished_by_the_next(void **state)
{
    (void)state;
    read_large(3000);
    struct mu_plan plan = import_world_plan(&world, &board);
    plan.intent_count /= 2;
    import_world_do(&world, &plan);

    struct mu_plan rest = import_world_import(&world, &board);

    assert_int_equal(rest.counts[MU_PLAN_TASKS].created + rest.counts[MU_PLAN_TASKS].unchanged,
                     3000);
    assert_int_equal(rest.counts[MU_PLAN_TASKS].updated, 0);
    assert_true(rest.counts[MU_PLAN_TASKS].created > 0);
    assert_true(rest.counts[MU_PLAN_TASKS].unchanged > 0);
    assert_nothing_left_to_do();
}

static void test_import_plan__a_great_change_of_a_text_can_be_sent(void **state)
{
    (void)state;
    read_large(1);
    import_world_import(&world, &board);
    for (size_t i = 0; i < board.card_count; i++) {
        uint8_t *desc = mu_arena_alloc(&arena, MU_TEXT_MAX);
        assert_non_null(desc);
        memset(desc, 'e', MU_TEXT_MAX);
        board.cards[i].desc = mu_slice_of(desc, MU_TEXT_MAX);
    }
    struct mu_plan plan = import_world_import(&world, &board);
    assert_int_equal(plan.counts[MU_PLAN_TASKS].updated, 1);
    assert_nothing_left_to_do();
}

static void test_import_plan__too_little_memory_is_an_error_at_every_step(void **state)
{
    (void)state;
    struct mu_buf file;
    struct mu_plan plan;
    struct mu_plan_options options = {0};
    struct mu_error err = {0};
    import_read_board("orion.json", &file);
    import_trello(mu_buf_view(&file), &arena, &board);
    size_t before = arena.used;
    assert_int_equal(mu_plan_make(&board, &world.world, &options, &arena, &plan, &err), MU_OK);
    size_t needed = arena.used - before;
    plan.intent_count = 77;
    for (size_t max = 0; max < needed; max += max < 20000 ? 509 : 4999) {
        struct mu_arena small;
        mu_arena_init(&small, max);
        assert_int_equal(mu_plan_make(&board, &world.world, &options, &small, &plan, &err),
                         MU_E_LIMIT);
        assert_int_equal(plan.intent_count, 77);
        mu_arena_deinit(&small);
    }
    mu_buf_deinit(&file);
}

static void test_import_plan__is_told_in_words_and_in_json(void **state)
{
    (void)state;
    struct parts parts = usual();
    struct mu_buf out;
    read_parts(&parts);
    struct mu_plan plan = import_world_plan(&world, &board);
    mu_buf_init(&out, (size_t)1024 * 1024);

    assert_int_equal(mu_plan_text(&plan, 3, &out), MU_OK);
    assert_int_equal(mu_buf_append(&out, "", 1), MU_OK);
    static const char *const lines[] = {
        "cards                                          1           1\n",
        "3 columns were given a kind by their names: correct those that are wrong\n",
        "\n  'To Do' as todo\n  'Doing' as doing\n  'Done' as done\n",
        "1 person is in the team already\n  'Ana Ruiz' is @ana\n",
        "1 person was given a handle\n  'Zoë Å. O'Neill' is called @zoe-a-o-neill\n",
        "                                 new     changed   as it was\n",
        "people                             2           0           1\n",
        "tasks                              1           0           0\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (strstr((const char *)out.data, lines[i]) == NULL) {
            fail_msg("no '%s' in\n%s", lines[i], (const char *)out.data);
        }
    }

    mu_buf_clear(&out);
    assert_int_equal(mu_plan_json(&plan, &out), MU_OK);
    assert_int_equal(mu_buf_append(&out, "", 1), MU_OK);
    assert_non_null(strstr((const char *)out.data, "{\"report\":{\"in\":{\"lists\":3,"));
    assert_non_null(
        strstr((const char *)out.data, "\"tasks\":{\"created\":1,\"updated\":0,\"unchanged\":0}"));
    mu_buf_deinit(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_import_plan__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everything_arrives),
        TEST(orion_arrives_and_a_second_plan_is_empty),
        TEST(a_table_arrives_and_a_second_plan_is_empty),
        TEST(the_order_of_the_source_is_that_of_the_keys),
        TEST(states_follow_columns_ticks_and_owners),
        TEST(only_what_the_source_changed_is_written),
        TEST(edits_made_here_stand),
        TEST(where_both_changed_the_source_wins_and_it_is_said),
        TEST(a_move_at_the_source_brings_its_state),
        TEST(two_who_import_at_once_settle_only_what_people_can),
        TEST(a_new_order_moves_as_few_rows_as_can_be),
        TEST(a_card_moved_here_is_not_moved_back),
        TEST(people_are_known_by_handle_or_by_name),
        TEST(who_is_who_does_not_hang_on_the_order_of_members),
        TEST(dues_are_told_in_the_zone_of_the_team),
        TEST(large_boards_go_in_pieces_that_can_be_sent),
        TEST(an_import_that_broke_off_is_finished_by_the_next),
        TEST(a_great_change_of_a_text_can_be_sent),
        TEST(too_little_memory_is_an_error_at_every_step),
        TEST(is_told_in_words_and_in_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
