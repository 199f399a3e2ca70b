/* A file made by one version and opened by another: what an older one kept raw moves into place
 * without a change of the digest, and an older program leaves a newer one's file alone. */
#include "tests/unit/replica_fixture.h"

#include "tests/harness/folder.h"

/* The domain as an older version knew it: without the last entities and the last fields. */
struct old_domain {
    struct mu_entity entities[64];
    struct mu_description about;
};

static void make_old(struct old_domain *old, size_t entities, size_t fields)
{
    struct mu_description domain = domain_description();
    assert_in_range(entities, 1, domain.entity_count);
    assert_true(entities <= sizeof old->entities / sizeof old->entities[0]);
    *old = (struct old_domain){.about = {.entities = old->entities, .entity_count = entities}};
    for (size_t i = 0; i < entities; i++) {
        old->entities[i] = domain.entities[i];
        if (old->entities[i].field_count > fields) {
            old->entities[i].field_count = fields;
        }
    }
}

/* All fields of a row of every entity. */
static void fill(struct board *board)
{
    struct mu_dice dice = {.state = 5};
    size_t count = 0;
    const struct mu_entity *entities = mu_entities(&count);
    for (size_t i = 0; i < count * 3; i++) {
        const struct mu_entity *entity = &entities[i % count];
        struct mu_row effect = row_of(entity->number, i + 1);
        for (size_t j = 0; j < entity->field_count; j++) {
            struct mu_value value = value_for(board, &entity->fields[j], &dice);
            cell_set(board, &effect, entity->fields[j].number, value);
        }
        board_apply(board, &effect, 1, i + 1);
    }
}

static void test_replica_schema__what_an_older_version_kept_raw_moves_into_place(void **state)
{
    (void)state;
    static struct old_domain first;
    static struct old_domain second;
    struct board board;
    struct mu_error err = {0};
    make_old(&first, 6, 2);
    make_old(&second, 9, 12);
    board_open_as(&board, &first.about);
    fill(&board);
    struct mu_row edit = row_of(MU_TASK, 7);
    cell_int(&board, &edit, MU_TASK_STATE, 3);
    assert_int_equal(mu_replica_overlay(board.replica, &board.arena, &edit, &err), MU_OK);
    assert_digest_true(&board);
    assert_true(ask_int(&board, "SELECT count(*) FROM mu_raw") > 0);
    assert_true(ask_int(&board, "SELECT count(*) FROM person WHERE raw IS NOT NULL") > 0);

    struct board plain; /* the same by a program that knew it all from the start */
    board_open(&plain);
    fill(&plain);
    struct mu_digest want = board_digest(&plain);
    board_reopen(&board, &second.about);
    struct mu_digest digest = board_digest(&board);
    assert_digests_equal(&digest, &want);
    assert_digest_true(&board);
    assert_int_equal(ask_int(&board, "SELECT count(*) FROM mu_raw WHERE entity <= 9"), 0);
    board_reopen(&board, NULL);

    digest = board_digest(&board);
    assert_digests_equal(&digest, &want);
    assert_digest_true(&board);
    assert_int_equal(ask_int(&board, "SELECT count(*) FROM mu_raw"), 0);
    assert_int_equal(ask_int(&board, "SELECT count(*) FROM task WHERE raw IS NOT NULL"), 0);
    assert_int_equal(ask_int(&board, "SELECT count(*) FROM conflict WHERE state IS NOT NULL"), 3);
    size_t entities = 0;
    const struct mu_entity *all = mu_entities(&entities);
    for (size_t i = 0; i < entities * 3; i++) {
        struct mu_row row;
        struct mu_row expected;
        bool found = false;
        uint32_t entity = all[i % entities].number;
        assert_int_equal(mu_replica_confirmed(board.replica, &board.arena, entity, id_of(i + 1),
                                              &row, &found, &err),
                         MU_OK);
        assert_true(found);
        assert_int_equal(mu_replica_row(plain.replica, &plain.arena, entity, id_of(i + 1),
                                        &expected, &found, &err),
                         MU_OK);
        assert_rows_equal(&row, &expected);
    }
    board_close(&plain);
    board_close(&board);
}

static void test_replica_schema__a_newer_file_is_left_alone(void **state)
{
    (void)state;
    static struct old_domain older;
    struct board board;
    struct mu_error err = {0};
    struct mu_replica *replica = NULL;
    board_open(&board);
    fill(&board);
    assert_int_equal(mu_db_commit(&board.db, &err), MU_OK);
    int64_t tables = ask_int(&board, "SELECT count(*) FROM sqlite_schema");
    size_t count = 0;
    (void)mu_entities(&count);

    make_old(&older, count - 1, 64);
    assert_int_equal(mu_replica_open_as(&board.db, &older.about, &replica, &err), MU_E_VERSION);
    assert_string_equal(err.text, "'memory' was written by a newer Muster; upgrade this program");
    make_old(&older, count, 19);
    assert_int_equal(mu_replica_open_as(&board.db, &older.about, &replica, &err), MU_E_VERSION);
    assert_int_equal(
        mu_db_exec(&board.db, "UPDATE mu_meta SET value = x'7f' WHERE name = 'schema'", &err),
        MU_OK);
    struct mu_description domain = domain_description();
    assert_int_equal(mu_replica_open_as(&board.db, &domain, &replica, &err), MU_E_VERSION);
    assert_int_equal(
        mu_db_exec(&board.db, "UPDATE mu_meta SET value = x'01' WHERE name = 'schema'", &err),
        MU_OK);
    assert_int_equal(mu_replica_open_as(&board.db, &domain, &replica, &err), MU_E_CORRUPT);

    assert_int_equal(ask_int(&board, "SELECT count(*) FROM sqlite_schema"), tables);
    board_close(&board);
}

static void test_replica_schema__an_upgrade_may_be_part_of_a_turn(void **state)
{
    (void)state;
    static struct old_domain older;
    struct mu_db db;
    struct mu_error err = {0};
    struct mu_replica *replica = NULL;
    assert_int_equal(mu_db_open(&db, &(struct mu_db_options){.application_id = FIXTURE_KIND}, &err),
                     MU_OK);
    make_old(&older, 4, 64);
    assert_int_equal(mu_db_begin(&db, &err), MU_OK);
    assert_int_equal(mu_replica_open_as(&db, &older.about, &replica, &err), MU_OK);
    mu_replica_close(replica);
    mu_db_rollback(&db);
    struct mu_stmt stmt = {0};
    assert_int_equal(mu_stmt_prepare(&stmt, &db, "SELECT 1 FROM mu_meta", &err), MU_E_INTERNAL);

    assert_int_equal(mu_replica_open(&db, &replica, &err), MU_OK);
    mu_replica_close(replica);
    mu_db_close(&db);
}

/* Tables that some other hand has made, with a column and an index missing. */
static void test_replica_schema__missing_columns_and_indexes_are_added(void **state)
{
    (void)state;
    struct board board;
    struct mu_error err = {0};
    board_open(&board);
    fill(&board);
    struct mu_digest before = board_digest(&board);
    assert_int_equal(mu_db_exec(&board.db,
                                "DROP INDEX item_place;"
                                "ALTER TABLE person DROP COLUMN source;"
                                "UPDATE person SET seqs = x'011f', raw = x'060102026162',"
                                " workdays = NULL, day_start = NULL, quiet_from = NULL,"
                                " quiet_to = NULL, skills = NULL;"
                                "DROP TABLE device;"
                                "UPDATE mu_meta SET value = CAST(x'01' || zeroblob(32) AS BLOB)"
                                " WHERE name = 'schema'",
                                &err),
                     MU_OK);
    board_reopen(&board, NULL);

    assert_int_equal(
        ask_int(&board, "SELECT count(*) FROM sqlite_schema WHERE name = 'item_place'"), 1);
    assert_int_equal(ask_int(&board, "SELECT count(*) FROM person WHERE source = 'ab'"), 3);
    assert_int_equal(ask_int(&board, "SELECT count(*) FROM device"), 0);
    struct mu_digest after = board_digest(&board);
    assert_digests_equal(&before, &after); /* stored; damage is for recompute to find */
    board_close(&board);
}

static void test_replica_schema__an_index_with_other_columns_is_made_anew(void **state)
{
    (void)state;
    static const struct mu_index narrow[] = {{MU_TASK, "task_place", "column_id", ""},
                                             {MU_TASK, "task_no", "no", "no > 7"}};
    struct mu_description older = domain_description();
    older.indexes = narrow;
    older.index_count = 2;
    struct board board;
    board_open_as(&board, &older);
    fill(&board);
    assert_int_equal(ask_int(&board, "SELECT count(*) FROM sqlite_schema WHERE name = 'task_place'"
                                     " AND sql LIKE '%(column_id)'"),
                     1);

    board_reopen(&board, NULL);

    assert_int_equal(ask_int(&board, "SELECT count(*) FROM sqlite_schema WHERE name = 'task_place'"
                                     " AND sql LIKE '%(column_id, rank%'"),
                     1);
    assert_int_equal(ask_int(&board, "SELECT count(*) FROM sqlite_schema WHERE name = 'task_no'"
                                     " AND sql LIKE '%no IS NOT NULL'"),
                     1);
    assert_int_equal(ask_int(&board, "SELECT count(*) FROM pragma_integrity_check"
                                     " WHERE integrity_check <> 'ok'"),
                     0);
    assert_digest_true(&board);
    board_close(&board);
}

/* Nothing is missing for it: a command need not wait for who may write. */
static void test_replica_schema__a_reader_takes_other_indexes_as_they_are(void **state)
{
    (void)state;
    struct mu_description other = domain_description();
    other.index_count = 1;
    struct mu_db_options options = {.path = "r.db", .application_id = FIXTURE_KIND};
    struct mu_db db;
    struct mu_db reader;
    struct mu_error err = {0};
    struct mu_replica *replica = NULL;
    assert_int_equal(mu_db_open(&db, &options, &err), MU_OK);
    assert_int_equal(mu_replica_open_as(&db, &other, &replica, &err), MU_OK);
    mu_replica_close(replica);
    options.read_only = true;
    assert_int_equal(mu_db_open(&reader, &options, &err), MU_OK);

    assert_int_equal(mu_replica_open(&reader, &replica, &err), MU_OK);

    assert_string_equal(err.text, ""); /* nothing is said on success */
    mu_replica_close(replica);
    mu_db_close(&reader);
    mu_db_close(&db);
}

static void test_replica_schema__a_reader_upgrades_nothing(void **state)
{
    (void)state;
    static struct old_domain older;
    struct mu_db db;
    struct mu_error err = {0};
    struct mu_replica *replica = NULL;
    struct mu_db_options options = {.path = "r.db", .application_id = FIXTURE_KIND};
    struct mu_db_options reading = options;
    reading.read_only = true;
    assert_int_equal(mu_db_open(&db, &options, &err), MU_OK);
    struct mu_db reader;
    assert_int_equal(mu_db_open(&reader, &reading, &err), MU_OK);
    assert_int_equal(mu_replica_open(&reader, &replica, &err), MU_E_NOT_FOUND);
    make_old(&older, 4, 64);
    assert_int_equal(mu_replica_open_as(&db, &older.about, &replica, &err), MU_OK);
    mu_replica_close(replica);

    assert_int_equal(mu_replica_open(&reader, &replica, &err), MU_E_VERSION);
    assert_int_equal(mu_replica_open(&db, &replica, &err), MU_OK);
    struct mu_replica *other = NULL;
    assert_int_equal(mu_replica_open(&reader, &other, &err), MU_OK);

    mu_replica_close(other);
    mu_replica_close(replica);
    mu_db_close(&reader);
    mu_db_close(&db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replica_schema__what_an_older_version_kept_raw_moves_into_place),
        cmocka_unit_test(test_replica_schema__a_newer_file_is_left_alone),
        cmocka_unit_test(test_replica_schema__an_upgrade_may_be_part_of_a_turn),
        cmocka_unit_test(test_replica_schema__missing_columns_and_indexes_are_added),
        cmocka_unit_test(test_replica_schema__an_index_with_other_columns_is_made_anew),
        cmocka_unit_test_setup_teardown(
            test_replica_schema__a_reader_takes_other_indexes_as_they_are, mu_folder_enter,
            mu_folder_leave),
        cmocka_unit_test_setup_teardown(test_replica_schema__a_reader_upgrades_nothing,
                                        mu_folder_enter, mu_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
