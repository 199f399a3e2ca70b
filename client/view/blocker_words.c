/* Blockers in words and in JSON. */
#include "client/view/blockers.h"
#include "client/view/text.h"
#include "client/view/value_words.h"

#define DOT          " \xc2\xb7 "
#define TITLE_WIDTH  40
#define REASON_WIDTH 60

static const char *const kinds[] = {"person", "decision", "dependency", "external", "tool"};

const char *mu_blocker_kind_name(int64_t kind)
{
    return kind >= MU_BLOCKER_PERSON && kind <= MU_BLOCKER_TOOL ? kinds[kind - 1] : "?";
}

int64_t mu_blocker_kind_parse(struct mu_slice word)
{
    for (int64_t i = 0; i < MU_BLOCKER_TOOL; i++) {
        if (mu_same_word(word, mu_slice_str(kinds[i]))) {
            return i + 1;
        }
    }
    return 0;
}

const char *mu_blocker_state_name(int64_t state)
{
    static const char *const names[] = {"raised", "acknowledged", "in hand", "cleared",
                                        "withdrawn"};
    return state >= MU_BLOCKER_RAISED && state <= MU_BLOCKER_WITHDRAWN ? names[state - 1] : "?";
}

static enum mu_status put_needs(struct mu_buf *out, const struct mu_blocker *blocker,
                                const struct mu_names *names)
{
    if (!mu_id_is_zero(blocker->needs_person)) {
        MU_TRY(mu_buf_append_str(out, DOT "needs "));
        MU_TRY(mu_words_person(out, names, blocker->needs_person));
    }
    if (blocker->needs_ref[0] != '\0') {
        MU_TRY(mu_buf_printf(out, DOT "needs %s", blocker->needs_ref));
    }
    return MU_OK;
}

static enum mu_status put_state(struct mu_buf *out, const struct mu_blocker *blocker,
                                const struct mu_names *names)
{
    MU_TRY(mu_buf_printf(out, DOT "%s", mu_blocker_state_name(blocker->state)));
    if (!mu_blocker_is_open(blocker)) {
        if (blocker->how.len > 0) {
            MU_TRY(mu_buf_append_str(out, ": "));
            return mu_words_quote(out, blocker->how, REASON_WIDTH);
        }
        return MU_OK;
    }
    if (blocker->state != MU_BLOCKER_RAISED && !mu_id_is_zero(blocker->acked_by)) {
        MU_TRY(mu_buf_append_str(out, " by "));
        MU_TRY(mu_words_person(out, names, blocker->acked_by));
    }
    if (blocker->next_action.len > 0) {
        MU_TRY(mu_buf_append_str(out, DOT "next: "));
        return mu_words_quote(out, blocker->next_action, REASON_WIDTH);
    }
    return MU_OK;
}

enum mu_status mu_words_blocker(struct mu_buf *out, const struct mu_blocker *blocker,
                                const struct mu_names *names)
{
    MU_TRY(mu_words_work(out, blocker->age_ms, blocker->day_ms));
    MU_TRY(mu_buf_append_str(out, DOT));
    MU_TRY(mu_words_person(out, names, blocker->raised_by));
    MU_TRY(mu_buf_append_str(out, DOT));
    MU_TRY(mu_words_quote(out, blocker->reason, REASON_WIDTH));
    if (blocker->task_ref[0] != '\0') {
        MU_TRY(mu_buf_printf(out, DOT "%s ", blocker->task_ref));
        MU_TRY(mu_words_quote(out, blocker->title, TITLE_WIDTH));
    }
    MU_TRY(put_needs(out, blocker, names));
    MU_TRY(put_state(out, blocker, names));
    return blocker->pending ? mu_buf_append_str(out, DOT "waiting") : MU_OK;
}

static void ref_json(struct mu_json *json, const char *name, const char *ref)
{
    if (ref[0] != '\0') {
        mu_json_str(json, name, ref);
    } else {
        mu_json_null(json, name);
    }
}

void mu_blocker_json(struct mu_json *json, const char *name, const struct mu_blocker *blocker,
                     const struct mu_names *names)
{
    mu_json_object(json, name);
    mu_json_str(json, "ref", blocker->ref);
    mu_json_id(json, "id", blocker->id);
    ref_json(json, "task", blocker->task_ref);
    mu_json_text(json, "title", blocker->title);
    mu_json_text(json, "reason", blocker->reason);
    mu_json_str(json, "kind", mu_blocker_kind_name(blocker->kind));
    bool in_hand = blocker->state == MU_BLOCKER_IN_HAND;
    mu_json_str(json, "state", in_hand ? "in_hand" : mu_blocker_state_name(blocker->state));
    mu_person_json(json, "raised_by", blocker->raised_by, names);
    mu_person_json(json, "needs", blocker->needs_person, names);
    ref_json(json, "needs_task", blocker->needs_ref);
    mu_json_text(json, "next_action", blocker->next_action);
    mu_json_text(json, "how", blocker->how);
    mu_json_instant(json, "raised_at", blocker->raised_ms);
    mu_person_json(json, "acked_by", blocker->acked_by, names);
    mu_json_instant(json, "acked_at", blocker->acked_ms);
    mu_person_json(json, "cleared_by", blocker->cleared_by, names);
    mu_json_instant(json, "cleared_at", blocker->cleared_ms);
    mu_json_int(json, "age_s", blocker->age_ms / 1000);
    if (blocker->ack_ms < 0) {
        mu_json_null(json, "ack_s");
    } else {
        mu_json_int(json, "ack_s", blocker->ack_ms / 1000);
    }
    mu_json_bool(json, "pending", blocker->pending);
    mu_json_close(json);
}
