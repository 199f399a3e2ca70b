/* Wins, kudos and the marks that people put on them.
 *
 * A win is told once, however many devices propose it: its id is that of what was won.  Kudos
 * go to others, never to oneself, and nobody adds a name to another's kudos. */
#include "common/model/decide_inside.h"

/* -- ids that several devices make alike --------------------------------------- */

struct number_bytes {
    uint8_t bytes[8];
};

static struct number_bytes big_endian(int64_t number)
{
    struct number_bytes out;
    for (unsigned i = 0; i < 8; i++) {
        out.bytes[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
    }
    return out;
}

struct mu_id mu_win_id(const struct mu_world *world, const struct mu_win_key *key)
{
    struct number_bytes kind = big_endian(key->kind);
    struct number_bytes level = big_endian(key->level);
    struct mu_slice parts[] = {mu_id_view(&key->person), mu_slice_of(kind.bytes, 8),
                               mu_id_view(&key->about), mu_slice_of(level.bytes, 8)};
    return world->derive("win", parts, 4);
}

struct mu_id mu_reaction_id(const struct mu_world *world, struct mu_id kudos, struct mu_id person,
                            struct mu_slice mark)
{
    struct mu_slice parts[] = {mu_id_view(&kudos), mu_id_view(&person), mark};
    return world->derive("reaction", parts, 3);
}

/* -- wins --------------------------------------------------------------------------- */

static bool level_fits(int64_t kind, bool has_level, int64_t level)
{
    if (kind == MU_WIN_GOAL) {
        return level == 25 || level == 50 || level == 75 || level == 100;
    }
    if (kind == MU_WIN_STREAK) {
        return level == 5 || level == 10 || level == 20;
    }
    return !has_level;
}

static enum mu_status check_win(struct mu_case *c, const struct mu_op *op)
{
    int64_t kind = mu_arg_int(op, MU_WIN_KIND);
    uint32_t entity = mu_win_entity(kind);
    if (!level_fits(kind, mu_arg_has(op, MU_WIN_LEVEL), mu_arg_int(op, MU_WIN_LEVEL))) {
        return mu_case_refuse(c, MU_E_INVALID,
                              "a goal is won at 25, 50, 75 and 100 percent, a streak at 5, 10 and "
                              "20, and nothing else has a level");
    }
    if (entity == 0) {
        return mu_arg_has(op, MU_WIN_TEXT) && !mu_arg_has(op, MU_WIN_ABOUT)
                   ? MU_OK
                   : mu_case_refuse(c, MU_E_INVALID, "a win about nothing needs its words");
    }
    struct mu_known *about = NULL;
    MU_TRY(mu_case_look(c, entity, mu_arg_id(op, MU_WIN_ABOUT), &about));
    if (!mu_known_exists(about)) {
        return mu_case_refuse(c, MU_E_NOT_FOUND, "the %s of this win is not here",
                              mu_entity_find(entity)->name);
    }
    const struct mu_win_key key = {.person = mu_arg_id(op, MU_WIN_PERSON),
                                   .kind = kind,
                                   .about = about->id,
                                   .level = mu_arg_int(op, MU_WIN_LEVEL)};
    return mu_id_equal(mu_win_id(c->world, &key), op->row)
               ? MU_OK
               : mu_case_refuse(c, MU_E_INVALID, "the id of a win is not that of what was won");
}

/* Who posts one that another has posted meanwhile changes nothing. */
enum mu_status mu_rule_win_post(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *win = NULL;
    MU_TRY(mu_case_look(c, MU_WIN, op->row, &win));
    if (mu_known_exists(win)) {
        return MU_OK;
    }
    MU_TRY(check_win(c, op));
    MU_TRY(mu_case_merge_plain(c, win, 0));
    MU_TRY(mu_case_put_id(c, win, MU_WIN_POSTED_BY, c->facts->person));
    return mu_case_put_int(c, win, MU_WIN_POSTED_AT, c->facts->at_ms);
}

/* -- kudos ---------------------------------------------------------------------------- */

static bool goes_to_somebody(const struct mu_case *c, struct mu_id kudos)
{
    for (size_t i = 0; i < c->intent->op_count; i++) {
        const struct mu_op *op = &c->intent->ops[i];
        if (op->entity == MU_KUDOS_TO && mu_id_equal(mu_arg_id(op, MU_KUDOS_TO_KUDOS), kudos)) {
            return true;
        }
    }
    return false;
}

enum mu_status mu_rule_kudos_give(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *kudos = NULL;
    MU_TRY(mu_case_look(c, MU_KUDOS, op->row, &kudos));
    if (!goes_to_somebody(c, op->row)) {
        return mu_case_refuse(c, MU_E_INVALID, "to whom the kudos go is not said");
    }
    MU_TRY(mu_case_merge_plain(c, kudos, 0));
    MU_TRY(mu_case_put_id(c, kudos, MU_KUDOS_FROM, c->facts->person));
    return mu_case_put_int(c, kudos, MU_KUDOS_AT, c->facts->at_ms);
}

enum mu_status mu_rule_kudos_to(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *kudos = NULL;
    struct mu_known *to = NULL;
    MU_TRY(mu_case_need(c, MU_KUDOS, mu_arg_id(op, MU_KUDOS_TO_KUDOS), &kudos));
    MU_TRY(mu_case_look(c, MU_KUDOS_TO, op->row, &to));
    if (kudos->before.count > 0) {
        return mu_case_refuse(c, MU_E_DENIED, "nobody is added to kudos that were given");
    }
    if (mu_case_is(c, mu_arg_id(op, MU_KUDOS_TO_PERSON))) {
        return mu_case_refuse(c, MU_E_INVALID, "kudos are for others, not for oneself");
    }
    struct mu_id pair =
        mu_pair_id(c->world, MU_KUDOS_TO, kudos->id, mu_arg_id(op, MU_KUDOS_TO_PERSON));
    if (!mu_id_equal(pair, op->row)) {
        return mu_case_refuse(c, MU_E_INVALID, "the id of a %s is not the one of its pair",
                              mu_entity_find(MU_KUDOS_TO)->name);
    }
    return mu_case_merge_plain(c, to, 0);
}

enum mu_status mu_rule_kudos_react(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *reaction = NULL;
    MU_TRY(mu_case_look(c, MU_REACTION, op->row, &reaction));
    if (!mu_known_exists(reaction)) {
        struct mu_id kudos = mu_arg_id(op, MU_REACTION_KUDOS);
        struct mu_slice mark = mu_arg_value(op, MU_REACTION_MARK).bytes;
        struct mu_id id = mu_reaction_id(c->world, kudos, c->facts->person, mark);
        if (!mu_id_equal(id, op->row) || !mu_case_is(c, mu_arg_id(op, MU_REACTION_PERSON))) {
            return mu_case_refuse(c, MU_E_DENIED, "a mark is put by the one who makes it");
        }
    } else if (!mu_case_is(c, mu_now_id(reaction, MU_REACTION_PERSON))) {
        return mu_case_refuse(c, MU_E_DENIED, "a mark is taken away by the one who made it");
    }
    MU_TRY(mu_case_merge_plain(c, reaction, 0));
    return mu_op_find(op, MU_REACTION_ON) != NULL ? MU_OK
                                                  : mu_case_put_int(c, reaction, MU_REACTION_ON, 1);
}
