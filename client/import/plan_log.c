/* Rows that are written once.  Only a comment may change at its source: then a new
 * row replaces it. */
#include <string.h>

#include "client/import/plan_inside.h"

static void put_person(const struct plan *p, struct plan_draft *draft, uint32_t field,
                       uint32_t person)
{
    if (person != MU_SOURCE_NONE) {
        plan_draft_fixed(draft, field, mu_id_value(&p->people[person]));
    }
}

static enum mu_status write_comment(struct plan *p, const struct mu_source_comment *comment,
                                    struct plan_draft *draft, const char *kind, int64_t at_ms)
{
    struct mu_value source;
    MU_TRY(plan_source(p, kind, comment->id, &source));
    plan_draft_fixed(draft, MU_COMMENT_TASK, mu_id_value(&p->tasks[comment->card]));
    put_person(p, draft, MU_COMMENT_AUTHOR, comment->person);
    plan_draft_fixed(draft, MU_COMMENT_AT, mu_int(at_ms));
    plan_draft_fixed(draft, MU_COMMENT_TEXT, mu_bytes(comment->text));
    plan_draft_fixed(draft, MU_COMMENT_SOURCE, source);
    return plan_draft_end(draft, MU_PLAN_COMMENTS, 0);
}

/* The id of a version is that of the comment and of what it says. */
static struct mu_id version_id(const struct plan *p, const struct mu_source_comment *comment)
{
    uint8_t bytes[MU_SOURCE_ID_MAX + 8];
    memcpy(bytes, comment->id.data, comment->id.len);
    plan_print_hash(MU_COMMENT_TEXT, comment->text, bytes + comment->id.len);
    return plan_row_id(p, "comment-edit", mu_slice_of(bytes, comment->id.len + 8));
}

static enum mu_status comment(struct plan *p, const struct mu_source_comment *comment)
{
    struct plan_draft draft;
    struct mu_id id = plan_row_id(p, "comment", comment->id);
    MU_TRY(plan_draft_begin(p, &draft, MU_COMMENT, id, 0));
    if (!draft.exists) {
        return write_comment(p, comment, &draft, "comment", comment->at_ms);
    }
    if (mu_slice_equal(mu_row_text(&draft.row, MU_COMMENT_TEXT), comment->text)) {
        p->counts[MU_PLAN_COMMENTS].unchanged++;
        return MU_OK;
    }
    struct mu_value replaces;
    MU_TRY(plan_id(p, id, &replaces));
    MU_TRY(plan_draft_begin(p, &draft, MU_COMMENT, version_id(p, comment), 0));
    if (draft.exists) {
        p->counts[MU_PLAN_COMMENTS].unchanged++;
        return MU_OK;
    }
    plan_draft_fixed(&draft, MU_COMMENT_REPLACES, replaces);
    return write_comment(p, comment, &draft, "comment-edit",
                         comment->edited_ms != 0 ? comment->edited_ms : comment->at_ms);
}

enum mu_status plan_comments(struct plan *p)
{
    for (size_t i = 0; i < p->board->comment_count; i++) {
        MU_TRY(comment(p, &p->board->comments[i]));
    }
    return MU_OK;
}

static enum mu_status activity(struct plan *p, const struct mu_source_activity *entry)
{
    struct plan_draft draft;
    struct mu_value source;
    MU_TRY(plan_draft_begin(p, &draft, MU_ACTIVITY, plan_row_id(p, "action", entry->id), 0));
    if (draft.exists) {
        p->counts[MU_PLAN_ACTIVITIES].unchanged++;
        return MU_OK;
    }
    MU_TRY(plan_source(p, "action", entry->id, &source));
    plan_draft_fixed(&draft, MU_ACTIVITY_BOARD, mu_id_value(p->board_row));
    if (entry->card != MU_SOURCE_NONE) {
        plan_draft_fixed(&draft, MU_ACTIVITY_TASK, mu_id_value(&p->tasks[entry->card]));
    }
    put_person(p, &draft, MU_ACTIVITY_PERSON, entry->person);
    plan_draft_fixed(&draft, MU_ACTIVITY_AT, mu_int(entry->at_ms));
    plan_draft_fixed(&draft, MU_ACTIVITY_KIND, mu_bytes(entry->kind));
    plan_draft_fixed(&draft, MU_ACTIVITY_TEXT, mu_bytes(entry->text));
    plan_draft_fixed(&draft, MU_ACTIVITY_SOURCE, source);
    return plan_draft_end(&draft, MU_PLAN_ACTIVITIES, 0);
}

enum mu_status plan_activities(struct plan *p)
{
    for (size_t i = 0; i < p->board->activity_count; i++) {
        MU_TRY(activity(p, &p->board->activities[i]));
    }
    return MU_OK;
}
