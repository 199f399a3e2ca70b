#include "client/import/plan.h"

#include <string.h>

#include "client/import/plan_inside.h"

/* -- what was guessed, in words ------------------------------------------------------ */

static const struct {
    enum mu_finding_kind kind;
    const char *one;
    const char *many;
} sentences[] = {
    {MU_FINDING_KINDS_GUESSED, "column was given a kind by its name: correct it if it is wrong",
     "columns were given a kind by their names: correct those that are wrong"},
    {MU_FINDING_PEOPLE_KNOWN, "person is in the team already", "people are in the team already"},
    {MU_FINDING_HANDLES_MADE, "person was given a handle", "people were given a handle"},
    {MU_FINDING_EDITS_REPLACED, "value edited in Muster gives way to a newer one of the source",
     "values edited in Muster give way to newer ones of the source"},
    {MU_FINDING_OTHER_BOARD, "card stands on another board that has it as well, and stays there",
     "cards stand on another board that has them as well, and stay there"},
    {MU_FINDING_NO_LONGER,
     "card is no longer in the file: it stays here, archive it if it should not",
     "cards are no longer in the file: they stay here, archive those that should not"},
};

/* The reader's findings, then the plan's, whose kinds come last. */
static enum mu_status join_findings(struct plan *p, struct mu_import_report *out)
{
    const struct mu_import_report *read = &p->board->report;
    struct mu_import_report own = {0};
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_count(&line, p->findings.slots[sentences[i].kind].count, sentences[i].one,
                         sentences[i].many);
        mu_findings_text(&p->findings, sentences[i].kind, &line);
    }
    if (!mu_findings_end(&p->findings, &own)) {
        return plan_full(p);
    }
    size_t count = read->finding_count + own.finding_count;
    struct mu_finding *all = mu_arena_array(p->arena, count, sizeof *all);
    if (all == NULL && count > 0) {
        return plan_full(p);
    }
    for (size_t i = 0; i < count; i++) {
        all[i] =
            i < read->finding_count ? read->findings[i] : own.findings[i - read->finding_count];
    }
    *out = *read;
    out->findings = all;
    out->finding_count = count;
    return MU_OK;
}

/* -- the steps ------------------------------------------------------------------------ */

static enum mu_status make(struct plan *p)
{
    p->board_id = plan_row_id(p, "board", p->board->id);
    p->board_row = mu_arena_alloc(p->arena, sizeof *p->board_row);
    if (p->board_row == NULL) {
        return plan_full(p);
    }
    *p->board_row = p->board_id;
    MU_TRY(plan_board_row(p));
    MU_TRY(plan_people(p));
    MU_TRY(plan_columns(p));
    MU_TRY(plan_labels(p));
    MU_TRY(plan_fields(p));
    MU_TRY(plan_tasks(p));
    MU_TRY(plan_no_longer(p));
    MU_TRY(plan_comments(p));
    return plan_activities(p);
}

static enum mu_status finish(struct plan *p, struct mu_plan *out)
{
    struct mu_plan plan = {.board = p->board_id, .intent_count = p->intents.count};
    MU_TRY(join_findings(p, &plan.report));
    memcpy(plan.counts, p->counts, sizeof plan.counts);
    plan.intents = p->intents.count == 0 ? NULL : mu_vec_at(&p->intents, 0);
    *out = plan;
    return MU_OK;
}

struct mu_id mu_plan_board_id(const struct mu_source_board *board, const struct mu_world *world)
{
    struct plan p = {.board = board, .world = world};
    return plan_row_id(&p, "board", board->id);
}

enum mu_status mu_plan_make(const struct mu_source_board *board, const struct mu_world *world,
                            const struct mu_plan_options *options, struct mu_arena *arena,
                            struct mu_plan *out, struct mu_error *err)
{
    MU_ASSERT(mu_source_check(board));
    struct plan p = {
        .board = board, .world = world, .options = options, .arena = arena, .err = err};
    mu_findings_init(&p.findings, arena);
    mu_vec_init(&p.intents, sizeof(struct mu_intent));
    mu_arena_init(&p.scratch, PLAN_ROW_MAX);
    enum mu_status status = make(&p);
    if (status == MU_OK) {
        status = finish(&p, out);
    }
    mu_arena_deinit(&p.scratch);
    return status;
}
