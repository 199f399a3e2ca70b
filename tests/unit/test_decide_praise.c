/* Wins, kudos, feedback.  At stake: that praise goes to others, that nobody speaks for another,
 * and that the words of sealed feedback stand nowhere in the clear. */
#include <string.h>

#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

/* -- wins ------------------------------------------------------------------------------ */

static struct mu_id ask_win(struct stage *s, enum stage_who whose, int64_t kind, struct mu_id about,
                            int64_t level)
{
    struct mu_world world = stage_world(s);
    const struct mu_win_key key = {s->people[whose], kind, about, level};
    struct mu_id id = mu_win_id(&world, &key);
    begin(s, MU_INTENT_WIN_POST);
    op(s, MU_WIN, id);
    with_id(s, MU_WIN_PERSON, s->people[whose]);
    with_int(s, MU_WIN_KIND, kind);
    with_id(s, MU_WIN_ABOUT, about);
    if (level != 0) {
        with_int(s, MU_WIN_LEVEL, level);
    }
    return id;
}

static void test_win__posted_by_two_is_one(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, DONE, "parser");

    struct mu_id win = ask_win(s, KOFI, MU_WIN_TASK, task, 0);
    with_text(s, MU_WIN_TEXT, "at last");
    agreed(s, ANA);
    uint64_t seen = s->seq;
    (void)ask_win(s, KOFI, MU_WIN_TASK, task, 0);
    with_text(s, MU_WIN_TEXT, "mine");
    s->base_seq = seen - 1; /* did not see hers */
    assert_int_equal(say(s, MIA).effect_count, 0);

    assert_id(got_id(s, MU_WIN, win, MU_WIN_POSTED_BY), s->people[ANA]);
    assert_text(s, MU_WIN, win, MU_WIN_TEXT, "at last");
}

static void test_win__is_refused_when_it_is_about_nothing_of_its_kind(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, DONE, "parser");

    (void)ask_win(s, KOFI, MU_WIN_GOAL, task, 50);
    refused(s, ANA, MU_E_NOT_FOUND);
    (void)ask_win(s, KOFI, MU_WIN_STREAK, task, 7);
    refused(s, ANA, MU_E_INVALID);
    (void)ask_win(s, KOFI, MU_WIN_TASK, task, 5);
    refused(s, ANA, MU_E_INVALID);
    (void)ask_win(s, KOFI, MU_WIN_TASK, task, 0);
    s->intent.ops[0].row = stage_id(s); /* not its id */
    refused(s, ANA, MU_E_INVALID);
    (void)ask_win(s, KOFI, MU_WIN_TASK, task, 0);
    refused(s, GUS, MU_E_DENIED);
    begin(s, MU_INTENT_WIN_POST); /* of no kind that is counted: words are needed */
    op(s, MU_WIN, stage_id(s));
    with_id(s, MU_WIN_PERSON, s->people[KOFI]);
    with_int(s, MU_WIN_KIND, MU_WIN_OTHER);
    refused(s, ANA, MU_E_INVALID);
    with_text(s, MU_WIN_TEXT, "the customer called to say thanks");
    agreed(s, ANA);
}

/* -- kudos ------------------------------------------------------------------------------ */

static struct mu_id ask_kudos(struct stage *s)
{
    struct mu_id kudos = stage_id(s);
    begin(s, MU_INTENT_KUDOS_GIVE);
    op(s, MU_KUDOS, kudos);
    with_text(s, MU_KUDOS_TEXT, "the shared deal");
    return kudos;
}

static void to(struct stage *s, struct mu_id kudos, enum stage_who who)
{
    op(s, MU_KUDOS_TO, stage_pair(s, MU_KUDOS_TO, kudos, s->people[who]));
    with_id(s, MU_KUDOS_TO_KUDOS, kudos);
    with_id(s, MU_KUDOS_TO_PERSON, s->people[who]);
}

static void test_kudos__go_to_several_people_and_name_their_author(void **state)
{
    struct stage *s = *state;
    struct mu_id kudos = ask_kudos(s);

    to(s, kudos, KOFI);
    to(s, kudos, MIA);
    agreed(s, ANA);

    assert_id(got_id(s, MU_KUDOS, kudos, MU_KUDOS_FROM), s->people[ANA]);
    assert_true(got_int(s, MU_KUDOS, kudos, MU_KUDOS_AT) > 0);
}

static void test_kudos__are_refused_for_oneself_for_nobody_and_afterwards(void **state)
{
    struct stage *s = *state;
    struct mu_id kudos = ask_kudos(s);

    refused(s, ANA, MU_E_INVALID); /* to nobody */
    kudos = ask_kudos(s);
    to(s, kudos, KOFI);
    to(s, kudos, ANA); /* oneself among others */
    refused(s, ANA, MU_E_INVALID);
    kudos = ask_kudos(s);
    to(s, kudos, KOFI);
    agreed(s, ANA);
    begin(s, MU_INTENT_KUDOS_GIVE); /* one more name, later */
    to(s, kudos, MIA);
    refused(s, ANA, MU_E_DENIED);
    kudos = ask_kudos(s);
    to(s, kudos, KOFI);
    s->op->row = stage_id(s);
    refused(s, ANA, MU_E_INVALID);
    stage_set(s, MU_PERSON, s->people[MIA], MU_PERSON_STATE, mu_int(MU_PERSON_REMOVED));
    kudos = ask_kudos(s);
    to(s, kudos, MIA);
    refused(s, ANA, MU_E_INVALID);
}

static struct mu_id ask_mark(struct stage *s, struct mu_id kudos, enum stage_who who)
{
    struct mu_world world = stage_world(s);
    struct mu_id id = mu_reaction_id(&world, kudos, s->people[who], mu_slice_str("+1"));
    begin(s, MU_INTENT_KUDOS_REACT);
    op(s, MU_REACTION, id);
    with_id(s, MU_REACTION_KUDOS, kudos);
    with_id(s, MU_REACTION_PERSON, s->people[who]);
    with_text(s, MU_REACTION_MARK, "+1");
    return id;
}

static void test_reaction__is_put_and_taken_away_by_its_own_person(void **state)
{
    struct stage *s = *state;
    struct mu_id kudos = ask_kudos(s);
    to(s, kudos, KOFI);
    agreed(s, ANA);

    struct mu_id mark = ask_mark(s, kudos, MIA);
    refused(s, KOFI, MU_E_DENIED);
    mark = ask_mark(s, kudos, MIA);
    agreed(s, MIA);
    assert_int_equal(got_int(s, MU_REACTION, mark, MU_REACTION_ON), 1);
    (void)ask_mark(s, kudos, MIA);
    with_int(s, MU_REACTION_ON, 0);
    refused(s, KOFI, MU_E_DENIED);
    (void)ask_mark(s, kudos, MIA);
    with_int(s, MU_REACTION_ON, 0);
    agreed(s, MIA);
    assert_int_equal(got_int(s, MU_REACTION, mark, MU_REACTION_ON), 0);
}

/* -- feedback --------------------------------------------------------------------------- */

static struct mu_slice one_copy(void)
{
    static uint8_t bytes[41] = {1, [36] = 4};
    return mu_slice_of(bytes, sizeof bytes);
}

static struct mu_id ask_feedback(struct stage *s, struct mu_id task, enum stage_who whom,
                                 int64_t visibility)
{
    struct mu_id feedback = stage_id(s);
    op(s, MU_FEEDBACK, feedback);
    with_id(s, MU_FEEDBACK_TO, s->people[whom]);
    with_id(s, MU_FEEDBACK_TASK, task);
    with_int(s, MU_FEEDBACK_VISIBILITY, visibility);
    return feedback;
}

static struct mu_id ask_sealed(struct stage *s, enum stage_who whom)
{
    struct mu_id sealed = stage_id(s);
    op(s, MU_SEALED, sealed);
    with_id(s, MU_SEALED_TO, s->people[whom]);
    with(s, MU_SEALED_BYTES, mu_bytes(one_copy()));
    return sealed;
}

static struct mu_id sent_sealed(struct stage *s, struct mu_id task)
{
    begin(s, MU_INTENT_FEEDBACK_SEND);
    struct mu_id sealed = ask_sealed(s, KOFI);
    struct mu_id feedback = ask_feedback(s, task, KOFI, MU_VISIBLE_SEALED);
    with_id(s, MU_FEEDBACK_SEALED, sealed);
    agreed(s, ANA);
    return feedback;
}

static struct mu_id sent_open(struct stage *s, struct mu_id task)
{
    begin(s, MU_INTENT_FEEDBACK_SEND);
    struct mu_id feedback = ask_feedback(s, task, KOFI, MU_VISIBLE_TEAM);
    with_text(s, MU_FEEDBACK_DID_WELL, "two new leads");
    with_text(s, MU_FEEDBACK_IMPROVE, "follow up sooner");
    with_text(s, MU_FEEDBACK_NEXT_STEP, "call Nordwind by Tuesday");
    agreed(s, ANA);
    return feedback;
}

static void test_feedback__asks_what_went_well_and_for_a_next_step(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, DONE, "leads");

    begin(s, MU_INTENT_FEEDBACK_SEND);
    (void)ask_feedback(s, task, KOFI, MU_VISIBLE_TEAM);
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_FEEDBACK_SEND);
    (void)ask_feedback(s, task, KOFI, MU_VISIBLE_TEAM);
    with_text(s, MU_FEEDBACK_DID_WELL, "two new leads");
    with_text(s, MU_FEEDBACK_IMPROVE, "follow up sooner");
    refused(s, ANA, MU_E_INVALID);
    with_text(s, MU_FEEDBACK_NEXT_STEP, "call Nordwind by Tuesday");
    agreed(s, ANA);
}

static void test_feedback__is_about_one_thing_and_to_another(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, DONE, "leads");

    begin(s, MU_INTENT_FEEDBACK_SEND);
    (void)ask_feedback(s, task, ANA, MU_VISIBLE_TEAM);
    with_text(s, MU_FEEDBACK_DID_WELL, "all of it");
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_FEEDBACK_SEND);
    (void)ask_feedback(s, task, KOFI, MU_VISIBLE_TEAM);
    with_text(s, MU_FEEDBACK_DID_WELL, "all of it");
    with_int(s, MU_FEEDBACK_WEEK, 4);
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_FEEDBACK_SEND); /* a week that begins on a Tuesday */
    op(s, MU_FEEDBACK, stage_id(s));
    with_id(s, MU_FEEDBACK_TO, s->people[KOFI]);
    with_int(s, MU_FEEDBACK_VISIBILITY, MU_VISIBLE_TEAM);
    with_text(s, MU_FEEDBACK_DID_WELL, "all of it");
    with_int(s, MU_FEEDBACK_WEEK, 20417);
    refused(s, ANA, MU_E_INVALID);
    stage_set(s, MU_PERSON, s->people[KOFI], MU_PERSON_STATE, mu_int(MU_PERSON_REMOVED));
    begin(s, MU_INTENT_FEEDBACK_SEND);
    (void)ask_feedback(s, task, KOFI, MU_VISIBLE_TEAM);
    with_text(s, MU_FEEDBACK_DID_WELL, "all of it");
    refused(s, ANA, MU_E_INVALID);
}

static void test_feedback__sealed_has_no_word_in_the_clear(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, DONE, "leads");

    begin(s, MU_INTENT_FEEDBACK_SEND);
    struct mu_id sealed = ask_sealed(s, KOFI);
    struct mu_id feedback = ask_feedback(s, task, KOFI, MU_VISIBLE_SEALED);
    with_id(s, MU_FEEDBACK_SEALED, sealed);
    with_text(s, MU_FEEDBACK_DID_WELL, "two new leads");
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_FEEDBACK_SEND);
    (void)ask_feedback(s, task, KOFI, MU_VISIBLE_SEALED); /* without its text */
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_FEEDBACK_SEND); /* whose text is for somebody else */
    sealed = ask_sealed(s, MIA);
    (void)ask_feedback(s, task, KOFI, MU_VISIBLE_SEALED);
    with_id(s, MU_FEEDBACK_SEALED, sealed);
    refused(s, ANA, MU_E_DENIED);
    feedback = sent_sealed(s, task);

    assert_false(got_has(s, MU_FEEDBACK, feedback, MU_FEEDBACK_DID_WELL));
    assert_id(got_id(s, MU_FEEDBACK, feedback, MU_FEEDBACK_FROM), s->people[ANA]);
}

static void test_feedback__is_read_and_answered_by_its_reader_alone(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, DONE, "leads");
    struct mu_id feedback = sent_open(s, task);

    begin(s, MU_INTENT_FEEDBACK_READ);
    op(s, MU_FEEDBACK, feedback);
    refused(s, ANA, MU_E_DENIED); /* not even the lead who wrote it */
    agreed(s, KOFI);
    int64_t read_at = got_int(s, MU_FEEDBACK, feedback, MU_FEEDBACK_READ_AT);
    assert_int_equal(say(s, KOFI).effect_count, 0);
    begin(s, MU_INTENT_FEEDBACK_REPLY);
    op(s, MU_FEEDBACK, feedback);
    refused(s, KOFI, MU_E_INVALID);
    with_text(s, MU_FEEDBACK_REPLY, "I will");
    refused(s, MIA, MU_E_DENIED);
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_FEEDBACK, feedback, MU_FEEDBACK_READ_AT), read_at);
    assert_true(got_int(s, MU_FEEDBACK, feedback, MU_FEEDBACK_ANSWERED_AT) > read_at);
}

static void test_feedback__sealed_is_answered_sealed(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, DONE, "leads");
    struct mu_id feedback = sent_sealed(s, task);

    begin(s, MU_INTENT_FEEDBACK_REPLY);
    op(s, MU_FEEDBACK, feedback);
    with_text(s, MU_FEEDBACK_REPLY, "in the clear");
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_FEEDBACK_REPLY);
    struct mu_id sealed = ask_sealed(s, ANA);
    op(s, MU_FEEDBACK, feedback);
    with_id(s, MU_FEEDBACK_REPLY_SEALED, sealed);
    agreed(s, KOFI);

    assert_true(got_has(s, MU_FEEDBACK, feedback, MU_FEEDBACK_ANSWERED_AT));
}

static struct mu_id commitment_of(struct stage *s, enum stage_who who)
{
    struct mu_id id = stage_id(s);
    stage_set(s, MU_COMMITMENT, id, MU_COMMITMENT_PERSON, mu_id_value(&s->people[who]));
    return id;
}

static void test_feedback__next_step_becomes_one_promise_of_ones_own(void **state)
{
    struct stage *s = *state;
    struct mu_id feedback = sent_open(s, stage_task(s, DONE, "leads"));
    struct mu_id hers = commitment_of(s, MIA);
    struct mu_id his = commitment_of(s, KOFI);
    struct mu_id second = commitment_of(s, KOFI);

    begin(s, MU_INTENT_FEEDBACK_TAKE);
    op(s, MU_FEEDBACK, feedback);
    with_id(s, MU_FEEDBACK_COMMITMENT, hers);
    refused(s, KOFI, MU_E_DENIED);
    begin(s, MU_INTENT_FEEDBACK_TAKE);
    op(s, MU_FEEDBACK, feedback);
    with_id(s, MU_FEEDBACK_COMMITMENT, his);
    refused(s, ANA, MU_E_DENIED);
    agreed(s, KOFI);
    begin(s, MU_INTENT_FEEDBACK_TAKE);
    op(s, MU_FEEDBACK, feedback);
    with_id(s, MU_FEEDBACK_COMMITMENT, second);
    refused(s, KOFI, MU_E_EXISTS);

    assert_id(got_id(s, MU_FEEDBACK, feedback, MU_FEEDBACK_COMMITMENT), his);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_win__posted_by_two_is_one),
        STAGED(test_win__is_refused_when_it_is_about_nothing_of_its_kind),
        STAGED(test_kudos__go_to_several_people_and_name_their_author),
        STAGED(test_kudos__are_refused_for_oneself_for_nobody_and_afterwards),
        STAGED(test_reaction__is_put_and_taken_away_by_its_own_person),
        STAGED(test_feedback__asks_what_went_well_and_for_a_next_step),
        STAGED(test_feedback__is_about_one_thing_and_to_another),
        STAGED(test_feedback__sealed_has_no_word_in_the_clear),
        STAGED(test_feedback__is_read_and_answered_by_its_reader_alone),
        STAGED(test_feedback__sealed_is_answered_sealed),
        STAGED(test_feedback__next_step_becomes_one_promise_of_ones_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
