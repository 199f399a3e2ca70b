/* Who may enter, who may decide, and who is gone.  At stake: that nobody gets in or up by
 * anything but an invite and a lead, and that no team ends without a lead. */
#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

static const uint8_t key[64] = {1, 2, 3};

static void with_key(struct stage *s, uint32_t field, size_t len)
{
    with(s, field, mu_bytes(mu_slice_of(key, len)));
}

static void invite_op(struct stage *s, struct mu_id invite, struct mu_id person, int64_t expires_at)
{
    op(s, MU_INVITE, invite);
    with_id(s, MU_INVITE_PERSON, person);
    with_key(s, MU_INVITE_SIGN_KEY, 32);
    with_key(s, MU_INVITE_CURVE_KEY, 32);
    with_int(s, MU_INVITE_EXPIRES_AT, expires_at);
}

/* An invite for a new person of the handle; the person's id. */
static struct mu_id invite_new(struct stage *s, const char *handle, struct mu_id *out_invite)
{
    struct mu_id person = stage_id(s);
    *out_invite = stage_id(s);
    begin(s, MU_INTENT_INVITE_CREATE);
    op(s, MU_PERSON, person);
    with_text(s, MU_PERSON_HANDLE, handle);
    with_text(s, MU_PERSON_NAME, "New Person");
    invite_op(s, *out_invite, person, NOON + 1000000);
    agreed(s, ANA);
    return person;
}

static struct mu_id enrol_op(struct stage *s, struct mu_id invite)
{
    struct mu_id device = stage_id(s);
    begin(s, MU_INTENT_DEVICE_ENROL);
    op(s, MU_DEVICE, device);
    with_text(s, MU_DEVICE_NAME, "laptop");
    with_key(s, MU_DEVICE_SIGN_KEY, 32);
    with_key(s, MU_DEVICE_BOX_KEY, 32);
    with_key(s, MU_DEVICE_CURVE_KEY, 32);
    with_id(s, MU_DEVICE_INVITE, invite);
    with_key(s, MU_DEVICE_PROOF, 64);
    return device;
}

/* As the server has it from a device that nobody knows yet. */
static struct mu_facts stranger(struct stage *s)
{
    struct mu_facts facts = stage_facts(s, ANA);
    facts.person = facts.device = (struct mu_id){0};
    facts.replica = stage_id(s);
    facts.role = MU_ROLE_NONE;
    return facts;
}

/* -- invites and devices ----------------------------------------------------------------- */

static void test_invite__brings_a_person_and_a_device_in(void **state)
{
    struct stage *s = *state;
    struct mu_id invite;
    struct mu_id person = invite_new(s, "zoe", &invite);
    assert_int_equal(got_int(s, MU_PERSON, person, MU_PERSON_STATE), MU_PERSON_INACTIVE);
    assert_int_equal(got_int(s, MU_PERSON, person, MU_PERSON_ROLE), MU_ROLE_MEMBER);
    assert_int_equal(got_int(s, MU_INVITE, invite, MU_INVITE_STATE), MU_INVITE_OPEN);
    assert_id(got_id(s, MU_INVITE, invite, MU_INVITE_CREATED_BY), s->people[ANA]);

    struct mu_id device = enrol_op(s, invite);
    int64_t at = NOON + (int64_t)s->seq * 1000;
    struct mu_decision decision = say_as(s, stranger(s));

    assert_int_equal(decision.verdict, MU_APPLIED);
    assert_int_equal(got_int(s, MU_PERSON, person, MU_PERSON_STATE), MU_PERSON_ACTIVE);
    assert_int_equal(got_int(s, MU_INVITE, invite, MU_INVITE_STATE), MU_INVITE_USED);
    assert_int_equal(got_int(s, MU_DEVICE, device, MU_DEVICE_STATE), MU_DEVICE_ACTIVE);
    assert_id(got_id(s, MU_DEVICE, device, MU_DEVICE_PERSON), person);
    assert_int_equal(got_int(s, MU_DEVICE, device, MU_DEVICE_ENROLLED_AT), at);
}

static void test_enrol__with_an_invite_that_is_no_longer_good_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id used;
    struct mu_id withdrawn;
    struct mu_id late;
    struct mu_id left;
    (void)invite_new(s, "used", &used);
    (void)invite_new(s, "withdrawn", &withdrawn);
    (void)invite_new(s, "late", &late);
    struct mu_id leaver = invite_new(s, "left", &left);
    (void)enrol_op(s, used);
    (void)say_as(s, stranger(s));
    begin(s, MU_INTENT_INVITE_WITHDRAW);
    op(s, MU_INVITE, withdrawn);
    agreed(s, ANA);
    begin(s, MU_INTENT_PERSON_REMOVE);
    op(s, MU_PERSON, leaver);
    agreed(s, ANA);

    struct mu_id invites[] = {used, withdrawn, late, left, stage_id(s)};
    for (size_t i = 0; i < 5; i++) {
        (void)enrol_op(s, invites[i]);
        struct mu_facts facts = stranger(s);
        facts.received_ms += i == 2 ? 2000000 : 0;
        assert_int_equal(say_as(s, facts).code, i == 4 ? MU_E_NOT_FOUND : MU_E_DENIED);
    }
    begin(s, MU_INTENT_INVITE_WITHDRAW);
    op(s, MU_INVITE, used);
    refused(s, ANA, MU_E_CONFLICT);
}

static void test_enrol__with_half_a_key_or_none_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id invite;
    (void)invite_new(s, "zoe", &invite);

    (void)enrol_op(s, invite);
    s->op->args[1].value.bytes.len = 31;
    assert_int_equal(say_as(s, stranger(s)).code, MU_E_INVALID);
    (void)enrol_op(s, invite);
    s->op->arg_count--; /* no proof */
    assert_int_equal(say_as(s, stranger(s)).code, MU_E_INVALID);
    (void)enrol_op(s, invite);
    with_id(s, MU_DEVICE_PERSON, s->people[ANA]);
    assert_int_equal(say_as(s, stranger(s)).code, MU_E_DENIED);

    assert_int_equal(got_int(s, MU_INVITE, invite, MU_INVITE_STATE), MU_INVITE_OPEN);
}

static void test_stranger__may_do_nothing_but_enrol(void **state)
{
    struct stage *s = *state;
    for (uint32_t intent = 1; intent < 70; intent++) {
        if (mu_intent_find(intent) == NULL || intent == MU_INTENT_DEVICE_ENROL) {
            continue;
        }
        begin(s, intent);
        op(s, mu_intent_find(intent)->entity != 0 ? mu_intent_find(intent)->entity : MU_TASK,
           stage_id(s));
        assert_int_equal(say_as(s, stranger(s)).code, MU_E_DENIED);
    }
}

static void test_invite__of_a_person_who_is_there(void **state)
{
    struct stage *s = *state;
    begin(s, MU_INTENT_INVITE_CREATE);
    invite_op(s, stage_id(s), s->people[KOFI], NOON + 1000000);
    agreed(s, ANA);
    begin(s, MU_INTENT_INVITE_CREATE); /* with a new name and role */
    op(s, MU_PERSON, s->people[KOFI]);
    with_text(s, MU_PERSON_HANDLE, "kofi");
    with_text(s, MU_PERSON_NAME, "Kofi Mensah");
    with_int(s, MU_PERSON_ROLE, MU_ROLE_LEAD);
    invite_op(s, stage_id(s), s->people[KOFI], NOON + 1000000);
    agreed(s, ANA);
    assert_int_equal(got_int(s, MU_PERSON, s->people[KOFI], MU_PERSON_STATE), MU_PERSON_ACTIVE);
    assert_int_equal(got_int(s, MU_PERSON, s->people[KOFI], MU_PERSON_ROLE), MU_ROLE_LEAD);

    begin(s, MU_INTENT_PERSON_REMOVE);
    op(s, MU_PERSON, s->people[KOFI]);
    agreed(s, ANA);
    begin(s, MU_INTENT_INVITE_CREATE); /* his old laptop would come back with him */
    invite_op(s, stage_id(s), s->people[KOFI], NOON + 1000000);
    refused(s, ANA, MU_E_CONFLICT);
    begin(s, MU_INTENT_DEVICE_REVOKE);
    op(s, MU_DEVICE, s->devices[KOFI]);
    agreed(s, ANA);
    begin(s, MU_INTENT_INVITE_CREATE);
    invite_op(s, stage_id(s), s->people[KOFI], NOON + 1000000);
    agreed(s, ANA);

    assert_int_equal(got_int(s, MU_PERSON, s->people[KOFI], MU_PERSON_STATE), MU_PERSON_INACTIVE);
}

/* Whatever another program lets through: the server is the one who must know. */
static void test_invite__a_handle_is_a_short_plain_word(void **state)
{
    struct stage *s = *state;
    static const char *const bad[] = {"Zoe",        "-zoe", ".zoe",   "z oe",
                                      "zo\xc3\xab", "me",   "nobody", "zoe\xe2\x80\xae",
                                      "@zoe",       "zo/e"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        begin(s, MU_INTENT_INVITE_CREATE);
        op(s, MU_PERSON, stage_id(s));
        with_text(s, MU_PERSON_HANDLE, bad[i]);
        invite_op(s, stage_id(s), s->op->row, NOON + 1000000);
        refused(s, ANA, MU_E_INVALID);
    }
    struct mu_id invite = {0};
    (void)invite_new(s, "0zoe_o-k.x", &invite);
}

static void test_invite__what_is_wrong_with_it_is_told(void **state)
{
    struct stage *s = *state;

    begin(s, MU_INTENT_INVITE_CREATE); /* another person has the handle */
    op(s, MU_PERSON, stage_id(s));
    with_text(s, MU_PERSON_HANDLE, "kofi");
    invite_op(s, stage_id(s), s->op->row, NOON + 1000000);
    refused(s, ANA, MU_E_EXISTS);
    begin(s, MU_INTENT_INVITE_CREATE); /* a handle stays */
    op(s, MU_PERSON, s->people[KOFI]);
    with_text(s, MU_PERSON_HANDLE, "coffee");
    invite_op(s, stage_id(s), s->people[KOFI], NOON + 1000000);
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_INVITE_CREATE); /* it has run out */
    invite_op(s, stage_id(s), s->people[KOFI], NOON - 1);
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_INVITE_CREATE); /* a person alone */
    op(s, MU_PERSON, stage_id(s));
    with_text(s, MU_PERSON_HANDLE, "zoe");
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_INVITE_CREATE); /* two at a time */
    invite_op(s, stage_id(s), s->people[KOFI], NOON + 1000000);
    invite_op(s, stage_id(s), s->people[MIA], NOON + 1000000);
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_INVITE_CREATE); /* not a lead */
    invite_op(s, stage_id(s), s->people[KOFI], NOON + 1000000);
    refused(s, KOFI, MU_E_DENIED);
}

static void test_device__is_revoked_by_its_person_or_a_lead(void **state)
{
    struct stage *s = *state;

    begin(s, MU_INTENT_DEVICE_REVOKE);
    op(s, MU_DEVICE, s->devices[KOFI]);
    refused(s, MIA, MU_E_DENIED);
    begin(s, MU_INTENT_DEVICE_REVOKE);
    op(s, MU_DEVICE, s->devices[KOFI]);
    agreed(s, KOFI);
    begin(s, MU_INTENT_DEVICE_REVOKE);
    op(s, MU_DEVICE, s->devices[GUS]);
    agreed(s, ANA);

    (void)stage_task(s, TODO, "task");
    begin(s, MU_INTENT_PERSON_EDIT);
    op(s, MU_PERSON, s->people[KOFI]);
    with_text(s, MU_PERSON_NAME, "from a revoked device");
    refused(s, KOFI, MU_E_DENIED);
}

/* -- the last lead ------------------------------------------------------------------------- */

static void ask_demotion(struct stage *s)
{
    begin(s, MU_INTENT_PERSON_ROLE);
    op(s, MU_PERSON, s->people[ANA]);
    with_int(s, MU_PERSON_ROLE, MU_ROLE_MEMBER);
}

static void ask_removal(struct stage *s)
{
    begin(s, MU_INTENT_PERSON_REMOVE);
    op(s, MU_PERSON, s->people[ANA]);
}

static void ask_revocation(struct stage *s)
{
    begin(s, MU_INTENT_DEVICE_REVOKE);
    op(s, MU_DEVICE, s->devices[ANA]);
}

static void ask_invite_as_member(struct stage *s)
{
    begin(s, MU_INTENT_INVITE_CREATE);
    op(s, MU_PERSON, s->people[ANA]);
    with_int(s, MU_PERSON_ROLE, MU_ROLE_OBSERVER);
    invite_op(s, stage_id(s), s->people[ANA], NOON + 1000000);
}

static void test_lead__the_last_one_stays(void **state)
{
    struct stage *s = *state;
    static void (*const asks[])(struct stage *) = {ask_demotion, ask_removal, ask_revocation,
                                                   ask_invite_as_member};

    for (size_t i = 0; i < 4; i++) {
        asks[i](s);
        refused(s, ANA, MU_E_CONFLICT);
    }
    assert_int_equal(got_int(s, MU_PERSON, s->people[ANA], MU_PERSON_ROLE), MU_ROLE_LEAD);
    assert_int_equal(got_int(s, MU_DEVICE, s->devices[ANA], MU_DEVICE_STATE), MU_DEVICE_ACTIVE);
}

static void test_lead__goes_when_there_is_another(void **state)
{
    struct stage *s = *state;
    begin(s, MU_INTENT_PERSON_ROLE);
    op(s, MU_PERSON, s->people[MIA]);
    with_int(s, MU_PERSON_ROLE, MU_ROLE_LEAD);
    agreed(s, ANA);

    ask_demotion(s);
    agreed(s, ANA);

    assert_int_equal(got_int(s, MU_PERSON, s->people[ANA], MU_PERSON_ROLE), MU_ROLE_MEMBER);
    begin(s, MU_INTENT_PERSON_ROLE); /* two at once would take both */
    op(s, MU_PERSON, s->people[MIA]);
    with_int(s, MU_PERSON_ROLE, MU_ROLE_MEMBER);
    op(s, MU_PERSON, s->people[ANA]);
    with_int(s, MU_PERSON_ROLE, MU_ROLE_MEMBER);
    refused(s, MIA, MU_E_INVALID);
}

static void test_lead__with_a_second_device_may_lose_one(void **state)
{
    struct stage *s = *state;
    struct mu_id invite = stage_id(s);
    begin(s, MU_INTENT_INVITE_CREATE);
    invite_op(s, invite, s->people[ANA], NOON + 1000000);
    agreed(s, ANA);
    (void)enrol_op(s, invite);
    (void)say_as(s, stranger(s));

    ask_revocation(s);
    agreed(s, ANA);

    assert_int_equal(got_int(s, MU_DEVICE, s->devices[ANA], MU_DEVICE_STATE), MU_DEVICE_REVOKED);
}

/* -- rights -------------------------------------------------------------------------------- */

static void test_person__is_edited_by_that_person_or_a_lead(void **state)
{
    struct stage *s = *state;

    begin(s, MU_INTENT_PERSON_EDIT);
    op(s, MU_PERSON, s->people[GUS]);
    with_text(s, MU_PERSON_ZONE, "Africa/Nairobi");
    agreed(s, GUS);
    begin(s, MU_INTENT_PERSON_EDIT);
    op(s, MU_PERSON, s->people[GUS]);
    with_text(s, MU_PERSON_NAME, "Gus Lead");
    agreed(s, ANA);
    begin(s, MU_INTENT_PERSON_EDIT);
    op(s, MU_PERSON, s->people[GUS]);
    with_text(s, MU_PERSON_NAME, "x");
    refused(s, KOFI, MU_E_DENIED);
    begin(s, MU_INTENT_PERSON_EDIT); /* not the way to a role */
    op(s, MU_PERSON, s->people[GUS]);
    with_int(s, MU_PERSON_ROLE, MU_ROLE_LEAD);
    refused(s, GUS, MU_E_DENIED);
    begin(s, MU_INTENT_PERSON_ROLE);
    op(s, MU_PERSON, s->people[GUS]);
    with_int(s, MU_PERSON_ROLE, MU_ROLE_LEAD);
    refused(s, KOFI, MU_E_DENIED);

    assert_text(s, MU_PERSON, s->people[GUS], MU_PERSON_NAME, "Gus Lead");
}

static void test_person__removed_may_do_nothing(void **state)
{
    struct stage *s = *state;
    begin(s, MU_INTENT_PERSON_REMOVE);
    op(s, MU_PERSON, s->people[KOFI]);
    agreed(s, ANA);

    begin(s, MU_INTENT_PERSON_EDIT);
    op(s, MU_PERSON, s->people[KOFI]);
    with_text(s, MU_PERSON_NAME, "still here");
    refused(s, KOFI, MU_E_DENIED);
}

static void test_person__a_removal_stands_whoever_else_was_at_it(void **state)
{
    struct stage *s = *state;
    struct mu_id invite;
    struct mu_id person = invite_new(s, "zoe", &invite);
    uint64_t base = s->seq;
    (void)enrol_op(s, invite);
    struct mu_facts facts = stranger(s);
    facts.at_ms += 500000;
    (void)say_as(s, facts);

    begin(s, MU_INTENT_PERSON_REMOVE);
    op(s, MU_PERSON, person);
    s->base_seq = base;
    s->at_ms = NOON;
    agreed(s, ANA);

    assert_int_equal(got_int(s, MU_PERSON, person, MU_PERSON_STATE), MU_PERSON_REMOVED);
}

static void test_team__is_edited_by_a_lead_and_founded_by_the_server(void **state)
{
    struct stage *s = *state;

    begin(s, MU_INTENT_TEAM_EDIT);
    op(s, MU_TEAM, s->team);
    with_int(s, MU_TEAM_DAY_END, 1080);
    agreed(s, ANA);
    begin(s, MU_INTENT_TEAM_EDIT);
    op(s, MU_TEAM, s->team);
    with_int(s, MU_TEAM_DAY_END, 1440);
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_TEAM_EDIT);
    op(s, MU_TEAM, s->team);
    with_text(s, MU_TEAM_NAME, "mine");
    refused(s, KOFI, MU_E_DENIED);
    begin(s, MU_INTENT_TEAM_FOUND);
    op(s, MU_TEAM, stage_id(s));
    with_text(s, MU_TEAM_NAME, "mine");
    with_text(s, MU_TEAM_ZONE, "UTC");
    refused(s, ANA, MU_E_DENIED);

    assert_int_equal(got_int(s, MU_TEAM, s->team, MU_TEAM_DAY_END), 1080);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_invite__brings_a_person_and_a_device_in),
        STAGED(test_enrol__with_an_invite_that_is_no_longer_good_is_refused),
        STAGED(test_enrol__with_half_a_key_or_none_is_refused),
        STAGED(test_stranger__may_do_nothing_but_enrol),
        STAGED(test_invite__of_a_person_who_is_there),
        STAGED(test_invite__a_handle_is_a_short_plain_word),
        STAGED(test_invite__what_is_wrong_with_it_is_told),
        STAGED(test_device__is_revoked_by_its_person_or_a_lead),
        STAGED(test_lead__the_last_one_stays),
        STAGED(test_lead__goes_when_there_is_another),
        STAGED(test_lead__with_a_second_device_may_lose_one),
        STAGED(test_person__is_edited_by_that_person_or_a_lead),
        STAGED(test_person__removed_may_do_nothing),
        STAGED(test_person__a_removal_stands_whoever_else_was_at_it),
        STAGED(test_team__is_edited_by_a_lead_and_founded_by_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
