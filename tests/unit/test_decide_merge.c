/* The table of conflicts, row by row.  At stake: that nothing which somebody wrote is lost in
 * silence, and that no conflict is made where there is none. */
#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

static void edit(struct stage *s, struct mu_id task, uint32_t field, const char *text)
{
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_text(s, field, text);
}

static void assert_lost(const struct mu_row *conflict, const char *kept, const char *lost)
{
    struct mu_value kept_value = conflict_value(conflict, MU_CONFLICT_KEPT);
    struct mu_value lost_value = conflict_value(conflict, MU_CONFLICT_LOST);
    assert_true(mu_slice_equal(kept_value.bytes, mu_slice_str(kept)));
    assert_true(mu_slice_equal(lost_value.bytes, mu_slice_str(lost)));
}

/* -- scalars --------------------------------------------------------------------- */

static void test_scalar__a_seen_value_is_simply_written(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");

    edit(s, task, MU_TASK_TITLE, "two");
    agreed(s, KOFI);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "two");
    assert_int_equal(stage_conflicts(s), 0);
}

static void test_scalar__the_later_of_two_stands_and_the_other_is_kept(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_TITLE, "kofi's");
    agreed(s, KOFI);

    edit(s, task, MU_TASK_TITLE, "mia's");
    s->base_seq = base;
    int64_t at = NOON + (int64_t)s->seq * 1000;
    disputed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "mia's");
    const struct mu_row *conflict = stage_conflict(s, task, MU_TASK_TITLE);
    assert_lost(conflict, "mia's", "kofi's");
    assert_int_equal(mu_row_int(conflict, MU_CONFLICT_KIND), MU_CONFLICT_VALUE);
    assert_int_equal(mu_row_int(conflict, MU_CONFLICT_ENTITY), MU_TASK);
    assert_id(mu_row_id(conflict, MU_CONFLICT_KEPT_BY), s->people[MIA]);
    assert_id(mu_row_id(conflict, MU_CONFLICT_LOST_BY), s->people[KOFI]);
    assert_int_equal(mu_row_int(conflict, MU_CONFLICT_KEPT_AT), at);
    assert_int_equal(mu_row_int(conflict, MU_CONFLICT_LOST_AT), at - 1000);
    assert_true(mu_row_has(conflict, MU_CONFLICT_MUTATION));
}

static void test_scalar__an_older_edit_that_arrives_late_loses_on_record(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_TITLE, "this morning");
    agreed(s, KOFI);

    edit(s, task, MU_TASK_TITLE, "three weeks ago");
    s->base_seq = base;
    s->at_ms = NOON;
    disputed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "this morning");
    assert_lost(stage_conflict(s, task, MU_TASK_TITLE), "this morning", "three weeks ago");
}

static void test_scalar__a_tie_goes_to_who_arrives_later(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_TITLE, "first");
    s->at_ms = NOON + 500000;
    agreed(s, KOFI);

    edit(s, task, MU_TASK_TITLE, "second");
    s->base_seq = base;
    s->at_ms = NOON + 500000;
    disputed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "second");
}

static void test_scalar__the_same_value_is_no_conflict_and_no_effect(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_TITLE, "two");
    agreed(s, KOFI);

    edit(s, task, MU_TASK_TITLE, "two");
    s->base_seq = base;
    struct mu_decision decision = say(s, MIA);

    assert_int_equal(decision.verdict, MU_APPLIED);
    assert_int_equal(decision.effect_count, 0);
}

static void test_scalar__ones_own_edits_are_seen_whatever_the_cursor(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_TITLE, "two");
    agreed(s, KOFI);

    edit(s, task, MU_TASK_TITLE, "three");
    s->base_seq = base;
    agreed(s, KOFI);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "three");
}

static void test_scalar__other_fields_of_one_task_do_not_compete(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_TITLE, "two");
    agreed(s, KOFI);

    edit(s, task, MU_TASK_DUE, "2026-11-27");
    s->base_seq = base;
    agreed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "two");
    assert_text(s, MU_TASK, task, MU_TASK_DUE, "2026-11-27");
}

static void test_scalar__clearing_competes_as_well(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_DUE, "2026-11-27");
    agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_null(s, MU_TASK_DUE);
    agreed(s, KOFI);

    edit(s, task, MU_TASK_DUE, "2026-12-01");
    s->base_seq = base;
    disputed(s, MIA);

    const struct mu_row *conflict = stage_conflict(s, task, MU_TASK_DUE);
    assert_int_equal(conflict_value(conflict, MU_CONFLICT_LOST).kind, MU_NULL);
    assert_text(s, MU_TASK, task, MU_TASK_DUE, "2026-12-01");
}

static void test_scalar__a_field_of_a_newer_version_is_written_and_competes(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, task, 500, "a");
    agreed(s, KOFI);

    edit(s, task, 500, "b");
    s->base_seq = base;
    disputed(s, MIA);

    assert_text(s, MU_TASK, task, 500, "b");
    assert_lost(stage_conflict(s, task, 500), "b", "a");
}

static void test_scalar__a_writer_nobody_remembers_loses_without_a_name(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    stage_forget(s, MU_TASK, task, MU_TASK_TITLE);

    edit(s, task, MU_TASK_TITLE, "two");
    disputed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "two");
    const struct mu_row *conflict = stage_conflict(s, task, MU_TASK_TITLE);
    assert_false(mu_row_has(conflict, MU_CONFLICT_LOST_BY));
    assert_false(mu_row_has(conflict, MU_CONFLICT_LOST_AT));
}

/* -- long texts ---------------------------------------------------------------------- */

static void describe(struct stage *s, struct mu_id task, const char *base, const char *text)
{
    edit(s, task, MU_TASK_DESC, text);
    from_text(s, base);
}

static void test_text__edits_of_different_lines_are_both_kept(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    describe(s, task, "", "a\nb\nc\n");
    uint64_t base = agreed(s, ANA);
    describe(s, task, "a\nb\nc\n", "A\nb\nc\n");
    agreed(s, KOFI);

    describe(s, task, "a\nb\nc\n", "a\nb\nC\n");
    s->base_seq = base;
    agreed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_DESC, "A\nb\nC\n");
    assert_int_equal(stage_conflicts(s), 0);
}

static void test_text__an_overlap_keeps_the_servers_and_stores_mine(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    describe(s, task, "", "a\nb\n");
    uint64_t base = agreed(s, ANA);
    describe(s, task, "a\nb\n", "theirs\nb\n");
    agreed(s, KOFI);

    describe(s, task, "a\nb\n", "mine\nb\nand more\n");
    s->base_seq = base;
    disputed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_DESC, "theirs\nb\nand more\n");
    const struct mu_row *conflict = stage_conflict(s, task, MU_TASK_DESC);
    assert_int_equal(mu_row_int(conflict, MU_CONFLICT_KIND), MU_CONFLICT_TEXT);
    assert_lost(conflict, "theirs\nb\nand more\n", "mine\nb\nand more\n");
    assert_id(mu_row_id(conflict, MU_CONFLICT_LOST_BY), s->people[MIA]);
    assert_id(mu_row_id(conflict, MU_CONFLICT_KEPT_BY), s->people[KOFI]);
}

static void test_text__unseen_and_without_a_base_the_servers_stays(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_DESC, "theirs");
    agreed(s, KOFI);

    edit(s, task, MU_TASK_DESC, "mine");
    s->base_seq = base;
    disputed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_DESC, "theirs");
    assert_lost(stage_conflict(s, task, MU_TASK_DESC), "theirs", "mine");
}

/* The editor was open while the replica received another's edit. */
static void test_text__the_base_tells_what_was_seen_not_the_cursor(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    describe(s, task, "", "a\nb\nc\n");
    agreed(s, ANA);
    describe(s, task, "a\nb\nc\n", "A\nb\nc\n");
    agreed(s, KOFI);

    describe(s, task, "a\nb\nc\n", "a\nb\nC\n");
    agreed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_DESC, "A\nb\nC\n");
}

static void test_text__a_prediction_merges_and_shows_its_author_what_he_wrote(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    describe(s, task, "", "a\nb\nc\n");
    agreed(s, KOFI);

    describe(s, task, "b\nc\n", "b\nC\n");
    s->predict = true;
    struct mu_decision merged = say(s, MIA);
    describe(s, task, "x\n", "y\n");
    s->predict = true;
    struct mu_decision overlap = say(s, MIA);

    assert_true(
        mu_slice_equal(mu_row_text(&merged.effects[0], MU_TASK_DESC), mu_slice_str("a\nb\nC\n")));
    assert_int_equal(overlap.verdict, MU_APPLIED);
    assert_true(
        mu_slice_equal(mu_row_text(&overlap.effects[0], MU_TASK_DESC), mu_slice_str("y\n")));
}

/* -- sets ------------------------------------------------------------------------------ */

static void help(struct stage *s, struct mu_id task, enum stage_who who, int64_t on)
{
    begin(s, MU_INTENT_TASK_HELP);
    op(s, MU_TASK_HELPER, stage_pair(s, MU_TASK_HELPER, task, s->people[who]));
    with_id(s, MU_TASK_HELPER_TASK, task);
    with_id(s, MU_TASK_HELPER_PERSON, s->people[who]);
    with_int(s, MU_TASK_HELPER_ON, on);
}

static void test_add_wins__a_removal_takes_only_what_it_saw(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    struct mu_id pair = stage_pair(s, MU_TASK_HELPER, task, s->people[MIA]);
    help(s, task, MIA, 1);
    uint64_t base = agreed(s, ANA);
    help(s, task, MIA, 0);
    agreed(s, ANA);
    help(s, task, MIA, 1);
    agreed(s, KOFI);

    help(s, task, MIA, 0); /* of the first addition */
    s->base_seq = base;
    agreed(s, MIA);
    assert_int_equal(got_int(s, MU_TASK_HELPER, pair, MU_TASK_HELPER_ON), 1);
    help(s, task, MIA, 0);
    agreed(s, MIA);

    assert_int_equal(got_int(s, MU_TASK_HELPER, pair, MU_TASK_HELPER_ON), 0);
    assert_int_equal(stage_conflicts(s), 0);
}

static void test_add_wins__an_addition_beats_a_removal_it_did_not_see(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    help(s, task, MIA, 1);
    uint64_t base = agreed(s, ANA);
    help(s, task, MIA, 0);
    agreed(s, ANA);

    help(s, task, MIA, 1);
    s->base_seq = base;
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_TASK_HELPER, stage_pair(s, MU_TASK_HELPER, task, s->people[MIA]),
                             MU_TASK_HELPER_ON),
                     1);
}

/* -- the trash --------------------------------------------------------------------------- */

static void bin(struct stage *s, struct mu_id task, int64_t deleted)
{
    begin(s, MU_INTENT_TASK_DELETE);
    op(s, MU_TASK, task);
    with_int(s, MU_TASK_DELETED, deleted);
}

static void test_trash__who_saw_all_deletes_and_brings_back(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");

    bin(s, task, 1);
    agreed(s, ANA);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DELETED), 1);
    bin(s, task, 0);
    agreed(s, ANA);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DELETED), 0);
}

static void test_trash__an_edit_not_seen_keeps_the_row(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_TITLE, "two");
    agreed(s, KOFI);

    bin(s, task, 1);
    s->base_seq = base;
    disputed(s, ANA);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DELETED), 0);
    const struct mu_row *conflict = stage_conflict(s, task, MU_TASK_DELETED);
    assert_int_equal(mu_row_int(conflict, MU_CONFLICT_KIND), MU_CONFLICT_DELETE);
    assert_int_equal(conflict_value(conflict, MU_CONFLICT_KEPT).number, 0);
    assert_int_equal(conflict_value(conflict, MU_CONFLICT_LOST).number, 1);
    assert_id(mu_row_id(conflict, MU_CONFLICT_KEPT_BY), s->people[KOFI]);
    assert_id(mu_row_id(conflict, MU_CONFLICT_LOST_BY), s->people[ANA]);
}

static void test_trash__a_place_not_seen_does_not_matter(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    (void)stage_task(s, TODO, "two");
    uint64_t base = s->seq;
    begin(s, MU_INTENT_TASK_MOVE);
    op(s, MU_TASK, task);
    agreed(s, KOFI);
    assert_order(s, TODO, "two one");

    bin(s, task, 1);
    s->base_seq = base;
    agreed(s, ANA);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DELETED), 1);
}

static void test_trash__an_edit_that_did_not_see_the_deletion_brings_the_row_back(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    bin(s, task, 1);
    agreed(s, ANA);

    edit(s, task, MU_TASK_TITLE, "two");
    s->base_seq = base;
    disputed(s, KOFI);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DELETED), 0);
    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "two");
    const struct mu_row *conflict = stage_conflict(s, task, MU_TASK_DELETED);
    assert_int_equal(conflict_value(conflict, MU_CONFLICT_LOST).number, 1);
    assert_id(mu_row_id(conflict, MU_CONFLICT_LOST_BY), s->people[ANA]);
}

static void test_trash__an_edit_of_what_is_known_to_be_deleted_leaves_it_there(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    bin(s, task, 1);
    agreed(s, ANA);

    edit(s, task, MU_TASK_TITLE, "two");
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DELETED), 1);
}

/* -- place, fixed fields ---------------------------------------------------------------- */

static void test_place__the_last_to_arrive_stands(void **state)
{
    struct stage *s = *state;
    struct mu_id a = stage_task(s, TODO, "a");
    struct mu_id b = stage_task(s, TODO, "b");
    struct mu_id c = stage_task(s, TODO, "c");
    uint64_t base = s->seq;
    begin(s, MU_INTENT_TASK_MOVE);
    op(s, MU_TASK, c);
    with_id(s, MU_ARG_BEFORE, a);
    agreed(s, KOFI);

    begin(s, MU_INTENT_TASK_MOVE);
    op(s, MU_TASK, c);
    with_id(s, MU_ARG_AFTER, a);
    s->base_seq = base;
    s->at_ms = NOON;
    agreed(s, MIA);

    assert_order(s, TODO, "a c b");
    (void)b;
}

static void test_fixed__a_second_value_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id board = stage_id(s);
    begin(s, MU_INTENT_BOARD_EDIT);
    op(s, MU_BOARD, board);
    with_text(s, MU_BOARD_NAME, "other");
    agreed(s, KOFI);

    begin(s, MU_INTENT_COLUMN_EDIT);
    op(s, MU_COLUMN, s->columns[TODO]);
    with_id(s, MU_COLUMN_BOARD, board);
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_COLUMN_EDIT);
    op(s, MU_COLUMN, s->columns[TODO]);
    with_id(s, MU_COLUMN_BOARD, s->board);
    with_text(s, MU_COLUMN_NAME, "Next");
    agreed(s, KOFI);

    assert_text(s, MU_COLUMN, s->columns[TODO], MU_COLUMN_NAME, "Next");
}

/* -- a prediction ------------------------------------------------------------------------- */

static void test_predict__everything_is_seen_and_nothing_is_numbered(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    edit(s, task, MU_TASK_TITLE, "two");
    agreed(s, KOFI);

    edit(s, task, MU_TASK_TITLE, "three");
    s->base_seq = 0;
    s->at_ms = NOON - 1000000;
    s->predict = true; /* the stage fails when number or writer is asked for */
    struct mu_decision written = say(s, MIA);
    begin(s, MU_INTENT_TASK_ADD);
    op(s, MU_TASK, stage_id(s));
    with_text(s, MU_TASK_TITLE, "new");
    with_id(s, MU_TASK_COLUMN, s->columns[DOING]);
    s->predict = true;
    struct mu_decision added = say(s, MIA);

    assert_int_equal(written.verdict, MU_APPLIED);
    assert_int_equal(written.effect_count, 1);
    assert_int_equal(added.verdict, MU_APPLIED);
    assert_false(mu_row_has(&added.effects[0], MU_TASK_NO));
    assert_int_equal(mu_row_int(&added.effects[0], MU_TASK_STATE), MU_STATE_DOING);
}

static void test_clamp__time_stays_between_the_base_and_now(void **state)
{
    (void)state;
    assert_int_equal(mu_clamp_time(500, 0, 100, 1000), 500);
    assert_int_equal(mu_clamp_time(500, 200, 100, 1000), 700);
    assert_int_equal(mu_clamp_time(500, -450, 100, 1000), 100);
    assert_int_equal(mu_clamp_time(4070908800000, 0, 100, 1000), 1000);
    assert_int_equal(mu_clamp_time(INT64_MAX, INT64_MAX, 100, 1000), 1000);
    assert_int_equal(mu_clamp_time(INT64_MIN, INT64_MIN, 100, 1000), 100);
    assert_int_equal(mu_clamp_time(INT64_MAX, INT64_MIN, 100, 1000), 100);
    assert_int_equal(mu_clamp_time(500, 0, 2000, 1000), 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_scalar__a_seen_value_is_simply_written),
        STAGED(test_scalar__the_later_of_two_stands_and_the_other_is_kept),
        STAGED(test_scalar__an_older_edit_that_arrives_late_loses_on_record),
        STAGED(test_scalar__a_tie_goes_to_who_arrives_later),
        STAGED(test_scalar__the_same_value_is_no_conflict_and_no_effect),
        STAGED(test_scalar__ones_own_edits_are_seen_whatever_the_cursor),
        STAGED(test_scalar__other_fields_of_one_task_do_not_compete),
        STAGED(test_scalar__clearing_competes_as_well),
        STAGED(test_scalar__a_field_of_a_newer_version_is_written_and_competes),
        STAGED(test_scalar__a_writer_nobody_remembers_loses_without_a_name),
        STAGED(test_text__edits_of_different_lines_are_both_kept),
        STAGED(test_text__an_overlap_keeps_the_servers_and_stores_mine),
        STAGED(test_text__unseen_and_without_a_base_the_servers_stays),
        STAGED(test_text__the_base_tells_what_was_seen_not_the_cursor),
        STAGED(test_text__a_prediction_merges_and_shows_its_author_what_he_wrote),
        STAGED(test_add_wins__a_removal_takes_only_what_it_saw),
        STAGED(test_add_wins__an_addition_beats_a_removal_it_did_not_see),
        STAGED(test_trash__who_saw_all_deletes_and_brings_back),
        STAGED(test_trash__an_edit_not_seen_keeps_the_row),
        STAGED(test_trash__a_place_not_seen_does_not_matter),
        STAGED(test_trash__an_edit_that_did_not_see_the_deletion_brings_the_row_back),
        STAGED(test_trash__an_edit_of_what_is_known_to_be_deleted_leaves_it_there),
        STAGED(test_place__the_last_to_arrive_stands),
        STAGED(test_fixed__a_second_value_is_refused),
        STAGED(test_predict__everything_is_seen_and_nothing_is_numbered),
        cmocka_unit_test(test_clamp__time_stays_between_the_base_and_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
