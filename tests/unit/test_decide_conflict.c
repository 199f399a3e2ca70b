/* Conflicts that are settled and edits that are taken back.  At stake: that what lost can be
 * had again by one key, and that no key gives anybody what he may not have. */
#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

static void edit(struct stage *s, struct mu_id task, uint32_t field, const char *text)
{
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_text(s, field, text);
}

static void settle(struct stage *s, uint32_t intent, const struct mu_row *conflict)
{
    begin(s, intent);
    op(s, MU_CONFLICT, conflict->id);
}

static int64_t conflict_state(const struct stage *s, const struct mu_row *conflict)
{
    return got_int(s, MU_CONFLICT, conflict->id, MU_CONFLICT_STATE);
}

/* Kofi's title lost against mia's. */
static const struct mu_row *title_conflict(struct stage *s, struct mu_id *out_task)
{
    *out_task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, *out_task, MU_TASK_TITLE, "kofi's");
    agreed(s, KOFI);
    edit(s, *out_task, MU_TASK_TITLE, "mia's");
    s->base_seq = base;
    disputed(s, MIA);
    return stage_conflict(s, *out_task, MU_TASK_TITLE);
}

/* -- restore and accept ---------------------------------------------------------------- */

static void test_restore__brings_the_lost_value_back(void **state)
{
    struct stage *s = *state;
    struct mu_id task;
    const struct mu_row *conflict = title_conflict(s, &task);

    settle(s, MU_INTENT_CONFLICT_RESTORE, conflict);
    agreed(s, KOFI);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "kofi's");
    assert_int_equal(conflict_state(s, conflict), MU_CONFLICT_RESTORED);
    assert_id(got_id(s, MU_CONFLICT, conflict->id, MU_CONFLICT_SETTLED_BY), s->people[KOFI]);
    assert_int_equal(stage_conflicts(s), 1);
}

static void test_restore__over_what_its_author_has_not_seen_competes(void **state)
{
    struct stage *s = *state;
    struct mu_id task;
    const struct mu_row *conflict = title_conflict(s, &task);
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_TITLE, "ana's");
    agreed(s, ANA);

    settle(s, MU_INTENT_CONFLICT_RESTORE, conflict);
    s->base_seq = base;
    disputed(s, KOFI);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "kofi's");
    assert_int_equal(stage_conflicts(s), 2);
}

static void test_accept__leaves_what_stands(void **state)
{
    struct stage *s = *state;
    struct mu_id task;
    const struct mu_row *conflict = title_conflict(s, &task);

    settle(s, MU_INTENT_CONFLICT_ACCEPT, conflict);
    agreed(s, MIA);
    settle(s, MU_INTENT_CONFLICT_ACCEPT, conflict);
    assert_int_equal(say(s, KOFI).effect_count, 0);
    settle(s, MU_INTENT_CONFLICT_RESTORE, conflict);
    refused(s, KOFI, MU_E_CONFLICT);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "mia's");
    assert_int_equal(conflict_state(s, conflict), MU_CONFLICT_ACCEPTED);
    settle(s, MU_INTENT_CONFLICT_ACCEPT, conflict);
    refused(s, GUS, MU_E_DENIED);
}

static void test_restore__of_a_text_puts_the_whole_of_it_back(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    edit(s, task, MU_TASK_DESC, "theirs");
    from_text(s, "");
    agreed(s, KOFI);
    edit(s, task, MU_TASK_DESC, "mine");
    from_text(s, "");
    disputed(s, MIA);
    const struct mu_row *conflict = stage_conflict(s, task, MU_TASK_DESC);

    settle(s, MU_INTENT_CONFLICT_RESTORE, conflict);
    agreed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_DESC, "mine");
}

static void test_restore__of_a_text_merges_with_what_was_not_seen(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    edit(s, task, MU_TASK_DESC, "theirs\nmiddle\nend\n");
    from_text(s, "");
    agreed(s, KOFI);
    edit(s, task, MU_TASK_DESC, "mine\nmiddle\nend\n");
    from_text(s, "");
    disputed(s, MIA);
    const struct mu_row *conflict = stage_conflict(s, task, MU_TASK_DESC);
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_DESC, "theirs\nmiddle\nEND\n");
    from_text(s, "theirs\nmiddle\nend\n");
    agreed(s, ANA);

    settle(s, MU_INTENT_CONFLICT_RESTORE, conflict);
    s->base_seq = base;
    agreed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_DESC, "mine\nmiddle\nEND\n");
}

static void test_restore__of_a_column_moves_the_task_with_its_state(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    begin(s, MU_INTENT_TASK_MOVE);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_COLUMN, s->columns[DOING]);
    agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_MOVE);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_COLUMN, s->columns[REVIEW]);
    s->base_seq = base;
    disputed(s, MIA);

    settle(s, MU_INTENT_CONFLICT_RESTORE, stage_conflict(s, task, MU_TASK_COLUMN));
    agreed(s, KOFI);

    assert_id(got_id(s, MU_TASK, task, MU_TASK_COLUMN), s->columns[DOING]);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_DOING);
}

static void test_restore__of_an_owner_gives_the_task(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    for (int i = 0; i < 2; i++) {
        begin(s, MU_INTENT_TASK_ASSIGN);
        op(s, MU_TASK, task);
        with_id(s, MU_TASK_OWNER, s->people[i == 0 ? KOFI : MIA]);
        s->base_seq = base;
        (void)say(s, i == 0 ? KOFI : MIA);
    }
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_ACCEPTED);

    settle(s, MU_INTENT_CONFLICT_RESTORE, stage_conflict(s, task, MU_TASK_OWNER));
    agreed(s, ANA);

    assert_id(got_id(s, MU_TASK, task, MU_TASK_OWNER), s->people[KOFI]);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_ASSIGNED);
}

static void test_restore__of_a_due_clears_the_flag_for_none(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_DUE, "2026-11-27");
    agreed(s, MIA);
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_int(s, MU_TASK_NO_DATE, 1);
    s->base_seq = base;
    disputed(s, KOFI);

    settle(s, MU_INTENT_CONFLICT_RESTORE, stage_conflict(s, task, MU_TASK_DUE));
    agreed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_DUE, "2026-11-27");
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_NO_DATE), 0);
}

static void test_restore__of_a_deletion_deletes_for_who_may(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    edit(s, task, MU_TASK_TITLE, "two");
    agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_DELETE);
    op(s, MU_TASK, task);
    with_int(s, MU_TASK_DELETED, 1);
    s->base_seq = base;
    disputed(s, ANA);
    const struct mu_row *conflict = stage_conflict(s, task, MU_TASK_DELETED);

    settle(s, MU_INTENT_CONFLICT_RESTORE, conflict);
    refused(s, MIA, MU_E_DENIED);
    settle(s, MU_INTENT_CONFLICT_RESTORE, conflict);
    agreed(s, ANA);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DELETED), 1);
}

static void test_restore__of_a_status_tries_the_step_as_of_now(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    begin(s, MU_INTENT_TASK_DONE);
    op(s, MU_TASK, task);
    agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_REVIEW);
    op(s, MU_TASK, task);
    s->base_seq = base;
    disputed(s, MIA);
    const struct mu_row *conflict = stage_conflict(s, task, MU_TASK_STATE);

    settle(s, MU_INTENT_CONFLICT_RESTORE, conflict);
    refused(s, MIA, MU_E_CONFLICT); /* done still */
    begin(s, MU_INTENT_TASK_REOPEN);
    op(s, MU_TASK, task);
    agreed(s, KOFI);
    settle(s, MU_INTENT_CONFLICT_RESTORE, conflict);
    agreed(s, MIA);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_REVIEW);
    assert_id(got_id(s, MU_TASK, task, MU_TASK_COLUMN), s->columns[REVIEW]);
    assert_int_equal(conflict_state(s, conflict), MU_CONFLICT_RESTORED);
}

static void test_restore__gives_nobody_a_role(void **state)
{
    struct stage *s = *state;
    begin(s, MU_INTENT_PERSON_ROLE);
    op(s, MU_PERSON, s->people[MIA]);
    with_int(s, MU_PERSON_ROLE, MU_ROLE_LEAD);
    uint64_t base = agreed(s, ANA);
    begin(s, MU_INTENT_PERSON_ROLE);
    op(s, MU_PERSON, s->people[KOFI]);
    with_int(s, MU_PERSON_ROLE, MU_ROLE_LEAD);
    agreed(s, ANA);
    begin(s, MU_INTENT_PERSON_ROLE);
    op(s, MU_PERSON, s->people[KOFI]);
    with_int(s, MU_PERSON_ROLE, MU_ROLE_MEMBER);
    s->base_seq = base;
    disputed(s, MIA);
    const struct mu_row *conflict = stage_conflict(s, s->people[KOFI], MU_PERSON_ROLE);

    settle(s, MU_INTENT_CONFLICT_RESTORE, conflict);
    refused(s, KOFI, MU_E_DENIED);
    settle(s, MU_INTENT_CONFLICT_RESTORE, conflict);
    agreed(s, ANA);

    assert_int_equal(got_int(s, MU_PERSON, s->people[KOFI], MU_PERSON_ROLE), MU_ROLE_LEAD);
}

static void test_restore__of_an_owner_who_left_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    uint64_t base = s->seq;
    for (int i = 0; i < 2; i++) {
        begin(s, MU_INTENT_TASK_ASSIGN);
        op(s, MU_TASK, task);
        with_id(s, MU_TASK_OWNER, s->people[i == 0 ? KOFI : MIA]);
        s->base_seq = base;
        (void)say(s, i == 0 ? KOFI : MIA);
    }
    begin(s, MU_INTENT_PERSON_REMOVE);
    op(s, MU_PERSON, s->people[KOFI]);
    agreed(s, ANA);

    settle(s, MU_INTENT_CONFLICT_RESTORE, stage_conflict(s, task, MU_TASK_OWNER));
    refused(s, ANA, MU_E_INVALID);
}

/* -- undo --------------------------------------------------------------------------------- */

static void undo(struct stage *s, uint32_t entity, struct mu_id row)
{
    begin(s, MU_INTENT_UNDO);
    op(s, entity, row);
}

static void back_text(struct stage *s, uint32_t field, const char *value, const char *base)
{
    with_text(s, field, value);
    from_text(s, base);
}

static void test_undo__sets_back_what_still_stands(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_TITLE, "two");
    with_text(s, MU_TASK_DUE, "2026-11-27");
    agreed(s, KOFI);
    edit(s, task, MU_TASK_TITLE, "three");
    agreed(s, MIA);

    undo(s, MU_TASK, task);
    back_text(s, MU_TASK_TITLE, "one", "two");
    with_null(s, MU_TASK_DUE);
    from_text(s, "2026-11-27");
    agreed(s, KOFI);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "three");
    assert_false(got_has(s, MU_TASK, task, MU_TASK_DUE));
}

static void test_undo__with_nothing_left_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    edit(s, task, MU_TASK_TITLE, "two");
    agreed(s, KOFI);
    edit(s, task, MU_TASK_TITLE, "three");
    agreed(s, MIA);

    undo(s, MU_TASK, task);
    back_text(s, MU_TASK_TITLE, "one", "two");
    refused(s, KOFI, MU_E_CONFLICT);
    undo(s, MU_TASK, task);
    with_text(s, MU_TASK_TITLE, "one"); /* without what is taken back */
    refused(s, KOFI, MU_E_INVALID);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "three");
}

/* Undo a status step as a client makes it: from the row before. */
static void undo_step(struct stage *s, const struct mu_row *before, const struct mu_row *after)
{
    static const uint32_t fields[] = {MU_TASK_COLUMN, MU_TASK_RANK,    MU_TASK_OWNER,
                                      MU_TASK_STATE,  MU_TASK_NO_DATE, MU_TASK_ARCHIVED};
    undo(s, MU_TASK, before->id);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct mu_cell *old = mu_row_cell(before, fields[i]);
        const struct mu_cell *new = mu_row_cell(after, fields[i]);
        struct mu_value value = old == NULL ? mu_null() : old->value;
        struct mu_value base = new == NULL ? mu_null() : new->value;
        if (!mu_value_equal(value, base)) {
            with(s, fields[i], value);
            from(s, base);
        }
    }
}

static struct mu_row snapshot(struct stage *s, struct mu_id task)
{
    struct mu_row copy;
    assert_int_equal(mu_row_copy(stage_row(s, MU_TASK, task), &s->arena, &copy), MU_OK);
    return copy;
}

static void test_undo__of_every_status_step_restores_the_row(void **state)
{
    struct stage *s = *state;
    static const uint32_t verbs[] = {MU_INTENT_TASK_ACCEPT, MU_INTENT_TASK_START,
                                     MU_INTENT_TASK_REVIEW, MU_INTENT_TASK_DONE,
                                     MU_INTENT_TASK_DROP};
    (void)stage_task(s, TODO, "other");

    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        struct mu_id task = stage_task(s, BACKLOG, "one");
        (void)stage_task(s, BACKLOG, "behind");
        struct mu_row before = snapshot(s, task);
        begin(s, verbs[i]);
        op(s, MU_TASK, task);
        agreed(s, ANA);
        struct mu_row after = snapshot(s, task);

        undo_step(s, &before, &after);
        agreed(s, ANA);

        struct mu_row now = snapshot(s, task);
        for (uint32_t field = 1; field <= MU_TASK_DONE_AT; field++) {
            const struct mu_cell *was = mu_row_cell(&before, field);
            const struct mu_cell *is = mu_row_cell(&now, field);
            assert_true(mu_value_equal(was == NULL ? mu_null() : was->value,
                                       is == NULL ? mu_null() : is->value) ||
                        (was == NULL && is->value.number == 0)); /* a flag off again */
        }
    }
}

static void test_undo__leaves_column_owner_and_state_together(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    struct mu_row before = snapshot(s, task);
    begin(s, MU_INTENT_TASK_START);
    op(s, MU_TASK, task);
    agreed(s, KOFI);
    struct mu_row after = snapshot(s, task);
    begin(s, MU_INTENT_TASK_ASSIGN);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_OWNER, s->people[MIA]);
    agreed(s, ANA);

    undo_step(s, &before, &after);
    refused(s, KOFI, MU_E_CONFLICT);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_DOING);
    assert_id(got_id(s, MU_TASK, task, MU_TASK_COLUMN), s->columns[DOING]);
}

static void test_undo__of_an_addition_is_the_trash(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");

    undo(s, MU_TASK, task);
    with_int(s, MU_TASK_DELETED, 1);
    from(s, mu_null());
    refused(s, KOFI, MU_E_DENIED);
    undo(s, MU_TASK, task);
    with_int(s, MU_TASK_DELETED, 1);
    from(s, mu_null());
    agreed(s, ANA);
    undo(s, MU_TASK, task); /* and of that */
    with_int(s, MU_TASK_DELETED, 0);
    from(s, mu_int(1));
    agreed(s, ANA);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DELETED), 0);
}

static void test_undo__never_leaves_a_row_without_what_it_needs(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");

    undo(s, MU_TASK, task);
    with_null(s, MU_TASK_TITLE);
    from_text(s, "one");
    with_null(s, MU_TASK_COLUMN);
    from(s, mu_id_value(&s->columns[TODO]));
    with_null(s, MU_TASK_STATE);
    from(s, mu_int(MU_STATE_OPEN));
    with_null(s, MU_TASK_RANK);
    from(s, mu_bytes(mu_row_text(stage_row(s, MU_TASK, task), MU_TASK_RANK)));
    refused(s, ANA, MU_E_CONFLICT);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "one");
}

static void test_undo__is_no_way_around_the_rules_of_states(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");

    undo(s, MU_TASK, task); /* accepted by nobody */
    with_int(s, MU_TASK_STATE, MU_STATE_ACCEPTED);
    from(s, mu_int(MU_STATE_OPEN));
    (void)say(s, KOFI);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_OPEN);
    undo(s, MU_TASK, task); /* done in the column for what is to do */
    with_int(s, MU_TASK_STATE, MU_STATE_DONE);
    from(s, mu_int(MU_STATE_OPEN));
    agreed(s, KOFI);
    assert_id(got_id(s, MU_TASK, task, MU_TASK_COLUMN), s->columns[DONE]);
    assert_true(got_has(s, MU_TASK, task, MU_TASK_DONE_AT));
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_NO_DATE), 1);
    undo(s, MU_TASK, task); /* a column alone takes its state along */
    with_id(s, MU_TASK_COLUMN, s->columns[DOING]);
    from(s, mu_id_value(&s->columns[DONE]));
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_DOING);
    assert_false(got_has(s, MU_TASK, task, MU_TASK_DONE_AT));
}

static void test_undo__of_what_others_alone_may_set_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");
    static const struct {
        uint32_t entity, field;
        int64_t value, base;
    } tries[] = {
        {MU_PERSON, MU_PERSON_ROLE, MU_ROLE_LEAD, MU_ROLE_MEMBER},
        {MU_PERSON, MU_PERSON_STATE, MU_PERSON_REMOVED, MU_PERSON_ACTIVE},
        {MU_DEVICE, MU_DEVICE_STATE, MU_DEVICE_REVOKED, MU_DEVICE_ACTIVE},
        {MU_TASK, MU_TASK_NO, 7, 1},
        {MU_TASK, MU_TASK_CREATED_AT, 7, 1},
        {MU_TEAM, MU_TEAM_DAY_END, 7, 1},
    };

    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        struct mu_id row = tries[i].entity == MU_TASK     ? task
                           : tries[i].entity == MU_TEAM   ? s->team
                           : tries[i].entity == MU_PERSON ? s->people[KOFI]
                                                          : s->devices[KOFI];
        undo(s, tries[i].entity, row);
        with_int(s, tries[i].field, tries[i].value);
        from(s, mu_int(tries[i].base));
        struct mu_decision decision = say(s, KOFI);
        assert_int_equal(decision.verdict, MU_REJECTED);
        assert_int_not_equal(decision.code, MU_E_CONFLICT);
    }
    undo(s, MU_PERSON, s->people[MIA]);
    back_text(s, MU_PERSON_NAME, "x", "mia");
    refused(s, KOFI, MU_E_DENIED);
    undo(s, MU_PERSON, s->people[KOFI]);
    back_text(s, MU_PERSON_NAME, "x", "kofi");
    agreed(s, KOFI);
}

static void test_undo__of_a_settlement_opens_the_conflict_again(void **state)
{
    struct stage *s = *state;
    struct mu_id task;
    const struct mu_row *conflict = title_conflict(s, &task);
    settle(s, MU_INTENT_CONFLICT_RESTORE, conflict);
    agreed(s, KOFI);

    undo(s, MU_TASK, task);
    back_text(s, MU_TASK_TITLE, "mia's", "kofi's");
    op(s, MU_CONFLICT, conflict->id);
    with_int(s, MU_CONFLICT_STATE, MU_CONFLICT_OPEN);
    from(s, mu_int(MU_CONFLICT_RESTORED));
    agreed(s, KOFI);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "mia's");
    assert_int_equal(conflict_state(s, conflict), MU_CONFLICT_OPEN);
    assert_false(got_has(s, MU_CONFLICT, conflict->id, MU_CONFLICT_SETTLED_BY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_restore__brings_the_lost_value_back),
        STAGED(test_restore__over_what_its_author_has_not_seen_competes),
        STAGED(test_accept__leaves_what_stands),
        STAGED(test_restore__of_a_text_puts_the_whole_of_it_back),
        STAGED(test_restore__of_a_text_merges_with_what_was_not_seen),
        STAGED(test_restore__of_a_column_moves_the_task_with_its_state),
        STAGED(test_restore__of_an_owner_gives_the_task),
        STAGED(test_restore__of_a_due_clears_the_flag_for_none),
        STAGED(test_restore__of_a_deletion_deletes_for_who_may),
        STAGED(test_restore__of_a_status_tries_the_step_as_of_now),
        STAGED(test_restore__gives_nobody_a_role),
        STAGED(test_restore__of_an_owner_who_left_is_refused),
        STAGED(test_undo__sets_back_what_still_stands),
        STAGED(test_undo__with_nothing_left_is_refused),
        STAGED(test_undo__of_every_status_step_restores_the_row),
        STAGED(test_undo__leaves_column_owner_and_state_together),
        STAGED(test_undo__of_an_addition_is_the_trash),
        STAGED(test_undo__never_leaves_a_row_without_what_it_needs),
        STAGED(test_undo__is_no_way_around_the_rules_of_states),
        STAGED(test_undo__of_what_others_alone_may_set_is_refused),
        STAGED(test_undo__of_a_settlement_opens_the_conflict_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
