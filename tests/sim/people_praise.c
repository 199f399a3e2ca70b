/* What people do to tell each other what went well: wins, kudos, feedback, and tasks that come
 * again. */
#include "tests/sim/work.h"

static void post_win(struct mu_sim_work *work)
{
    struct mu_id task;
    struct mu_id person;
    if (!mu_work_some(work, "task", "state = 6", &task) ||
        !mu_work_some(work, "person", "1", &person)) {
        return;
    }
    struct mu_world world = mu_replica_world(work->replica);
    const struct mu_win_key key = {.person = person, .kind = MU_WIN_TASK, .about = task};
    mu_work_begin(work, MU_INTENT_WIN_POST);
    struct mu_op *op = mu_work_op(work, MU_WIN, mu_win_id(&world, &key));
    mu_work_arg(work, op, MU_WIN_PERSON, mu_id_value(&person));
    mu_work_arg(work, op, MU_WIN_KIND, mu_int(MU_WIN_TASK));
    mu_work_arg(work, op, MU_WIN_ABOUT, mu_id_value(&task));
}

static void give_kudos(struct mu_sim_work *work)
{
    struct mu_id person;
    if (!mu_work_some(work, "person", "1", &person)) {
        return;
    }
    struct mu_world world = mu_replica_world(work->replica);
    struct mu_id kudos = mu_work_id(work);
    mu_work_begin(work, MU_INTENT_KUDOS_GIVE);
    mu_work_arg(work, mu_work_op(work, MU_KUDOS, kudos), MU_KUDOS_TEXT,
                mu_bytes(mu_slice_str("well done")));
    struct mu_op *op =
        mu_work_op(work, MU_KUDOS_TO, mu_pair_id(&world, MU_KUDOS_TO, kudos, person));
    mu_work_arg(work, op, MU_KUDOS_TO_KUDOS, mu_id_value(&kudos));
    mu_work_arg(work, op, MU_KUDOS_TO_PERSON, mu_id_value(&person));
}

static void mark_kudos(struct mu_sim_work *work)
{
    struct mu_id kudos;
    struct mu_id self = work->sim->devices[work->device].person;
    if (mu_id_is_zero(self) || !mu_work_some(work, "kudos", "1", &kudos)) {
        give_kudos(work);
        return;
    }
    struct mu_world world = mu_replica_world(work->replica);
    struct mu_slice mark = mu_slice_str("+1");
    mu_work_begin(work, MU_INTENT_KUDOS_REACT);
    struct mu_op *op = mu_work_op(work, MU_REACTION, mu_reaction_id(&world, kudos, self, mark));
    mu_work_arg(work, op, MU_REACTION_KUDOS, mu_id_value(&kudos));
    mu_work_arg(work, op, MU_REACTION_PERSON, mu_id_value(&self));
    mu_work_arg(work, op, MU_REACTION_MARK, mu_bytes(mark));
    mu_work_arg(work, op, MU_REACTION_ON, mu_int(mu_sim_chance(work->sim, 60) ? 1 : 0));
}

static void give_feedback(struct mu_sim_work *work)
{
    struct mu_id task;
    struct mu_id person;
    if (!mu_work_some(work, "task", "1", &task) || !mu_work_some(work, "person", "1", &person)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_FEEDBACK_SEND);
    struct mu_op *op = mu_work_op(work, MU_FEEDBACK, mu_work_id(work));
    mu_work_arg(work, op, MU_FEEDBACK_TO, mu_id_value(&person));
    mu_work_arg(work, op, MU_FEEDBACK_TASK, mu_id_value(&task));
    mu_work_arg(work, op, MU_FEEDBACK_VISIBILITY, mu_int(MU_VISIBLE_TEAM));
    mu_work_arg(work, op, MU_FEEDBACK_DID_WELL, mu_bytes(mu_slice_str("clear words")));
}

static void answer_feedback(struct mu_sim_work *work)
{
    struct mu_id feedback;
    if (!mu_work_some(work, "feedback", "1", &feedback)) {
        give_feedback(work);
        return;
    }
    mu_work_begin(work, mu_sim_chance(work->sim, 50) ? MU_INTENT_FEEDBACK_READ
                                                     : MU_INTENT_FEEDBACK_REPLY);
    struct mu_op *op = mu_work_op(work, MU_FEEDBACK, feedback);
    if (work->intent.number == MU_INTENT_FEEDBACK_REPLY) {
        mu_work_arg(work, op, MU_FEEDBACK_REPLY, mu_bytes(mu_slice_str("thanks")));
    }
}

#define SERIES_START 20780

static void begin_series(struct mu_sim_work *work)
{
    struct mu_id column;
    struct mu_id owner;
    if (!mu_work_some(work, "board_column", "1", &column) ||
        !mu_work_some(work, "person", "1", &owner)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_SERIES_ADD);
    struct mu_op *op = mu_work_op(work, MU_SERIES, mu_work_id(work));
    mu_work_arg(work, op, MU_SERIES_RULE, mu_bytes(mu_slice_str("FREQ=DAILY")));
    mu_work_arg(work, op, MU_SERIES_BASIS, mu_int(MU_SERIES_FROM_DUE));
    mu_work_arg(work, op, MU_SERIES_START_DAY, mu_int(SERIES_START));
    mu_work_arg(work, op, MU_SERIES_COLUMN, mu_id_value(&column));
    mu_work_arg(work, op, MU_SERIES_TITLE, mu_bytes(mu_slice_str("numbers")));
    mu_work_arg(work, op, MU_SERIES_OWNER, mu_id_value(&owner));
}

/* Few days and few series: devices that are apart make the same ones. */
static void series_comes_due(struct mu_sim_work *work)
{
    struct mu_id series;
    if (!mu_work_some(work, "series", "1", &series)) {
        begin_series(work);
        return;
    }
    if (mu_sim_chance(work->sim, 5)) {
        mu_work_begin(work, MU_INTENT_SERIES_EDIT);
        mu_work_arg(work, mu_work_op(work, MU_SERIES, series), MU_SERIES_ENDED, mu_int(1));
        return;
    }
    struct mu_world world = mu_replica_world(work->replica);
    int64_t day = SERIES_START + (int64_t)mu_sim_below(work->sim, 6);
    mu_work_begin(work, MU_INTENT_SERIES_OCCUR);
    struct mu_op *op = mu_work_op(work, MU_TASK, mu_occurrence_id(&world, series, day));
    mu_work_arg(work, op, MU_TASK_SERIES, mu_id_value(&series));
    mu_work_arg(work, op, MU_TASK_OCCURRENCE, mu_int(day));
}

void mu_sim_praise(struct mu_sim_work *work)
{
    static void (*const edits[])(struct mu_sim_work *) = {
        post_win,        give_kudos,   mark_kudos,       mark_kudos,       give_feedback,
        answer_feedback, begin_series, series_comes_due, series_comes_due, series_comes_due};
    edits[mu_sim_below(work->sim, sizeof edits / sizeof edits[0])](work);
}
