#include "client/cli/edit.h"

#include <inttypes.h>

#include "client/home/agent_link.h"
#include "client/view/task_words.h"

void mu_edit_begin(struct mu_edit *edit, struct mu_session *session, uint32_t intent)
{
    *edit = (struct mu_edit){.session = session, .intent = {.number = intent, .version = 1}};
}

static struct mu_arena *arena_of(struct mu_edit *edit)
{
    return &edit->session->cli->arena;
}

void mu_edit_op(struct mu_edit *edit, uint32_t entity, struct mu_id row)
{
    edit->failed = edit->failed || mu_intent_op(&edit->intent, arena_of(edit), entity, row) == NULL;
}

static void put(struct mu_edit *edit, uint32_t field, struct mu_value value)
{
    if (!edit->failed) {
        MU_ASSERT(edit->intent.op_count > 0);
        struct mu_op *op = &edit->intent.ops[edit->intent.op_count - 1];
        edit->failed = !mu_op_arg(op, arena_of(edit), field, value);
    }
}

void mu_edit_text(struct mu_edit *edit, uint32_t field, struct mu_slice text)
{
    put(edit, field, mu_bytes(text));
}

void mu_edit_int(struct mu_edit *edit, uint32_t field, int64_t number)
{
    put(edit, field, mu_int(number));
}

void mu_edit_id(struct mu_edit *edit, uint32_t field, struct mu_id id)
{
    put(edit, field, mu_id_value(&id));
}

void mu_edit_null(struct mu_edit *edit, uint32_t field)
{
    put(edit, field, mu_null());
}

void mu_edit_merged(struct mu_edit *edit, uint32_t field, struct mu_slice text,
                    struct mu_slice base)
{
    if (!edit->failed) {
        struct mu_op *op = &edit->intent.ops[edit->intent.op_count - 1];
        edit->failed = !mu_op_arg_based(op, arena_of(edit), field, mu_bytes(text), mu_bytes(base));
    }
}

struct mu_id mu_edit_new_id(struct mu_session *session)
{
    return mu_entropy_id(&session->moment.entropy, session->moment.turn.wall.ms);
}

enum mu_status mu_edit_author(struct mu_edit *edit, struct mu_error *err)
{
    struct mu_session *session = edit->session;
    if (edit->failed) {
        return mu_fail(err, MU_E_LIMIT, "this edit is too large");
    }
    MU_TRY(mu_client_author(session->client, &session->moment.turn, &edit->intent, arena_of(edit),
                            &edit->authored, err));
    return mu_session_names(session, err);
}

void mu_edit_poke(struct mu_session *session)
{
    const struct mu_cli *cli = session->cli;
    bool no_start = mu_settings_on(&cli->settings, MU_SETTING_NO_AGENT);
    (void)mu_agent_poke(&cli->home, session->workspace.name, no_start);
}

/* -- echoes ------------------------------------------------------------------ */

static enum mu_status put_saved(struct mu_session *session, uint64_t pending, struct mu_error *err)
{
    struct mu_buf *out = &session->cli->out;
    MU_TRY(mu_cli_put(mu_buf_append_str(out, " \xc2\xb7 saved here, "), err));
    MU_TRY(mu_cli_put(mu_words_count(out, pending, "change waiting", "changes waiting"), err));
    return mu_cli_put(mu_buf_append_byte(out, '\n'), err);
}

static enum mu_status pending_now(struct mu_session *session, uint64_t *out_pending,
                                  struct mu_error *err)
{
    struct mu_client_status status;
    MU_TRY(mu_client_status(session->client, &status, err));
    *out_pending = status.pending;
    return MU_OK;
}

static enum mu_status echo_json(struct mu_session *session, const struct mu_task_line *line,
                                struct mu_slice text, uint64_t pending, struct mu_error *err)
{
    struct mu_json json;
    mu_cli_json(session->cli, &json);
    if (line != NULL) {
        mu_task_json(&json, "task", line, &session->names);
    } else {
        mu_json_text(&json, "text", text);
    }
    mu_json_bool(&json, "saved", true);
    mu_json_int(&json, "pending", (int64_t)pending);
    return mu_cli_json_end(&json, err);
}

enum mu_status mu_echo_task(struct mu_session *session, struct mu_id task, const char *remark,
                            struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_task_line line;
    bool found = false;
    uint64_t pending = 0;
    MU_TRY(pending_now(session, &pending, err));
    MU_TRY(mu_task_line_get(session->db, &session->names, task, &cli->arena, &line, &found, err));
    if (!found) {
        return mu_fail(err, MU_E_INTERNAL, "the edit is saved, but its task cannot be read");
    }
    if (cli->json) {
        return echo_json(session, &line, mu_slice_str(""), pending, err);
    }
    MU_TRY(mu_cli_put(mu_words_task_echo(&cli->out, &line, &session->names, &session->from), err));
    if (remark != NULL) {
        MU_TRY(mu_cli_say(cli, err, " \xc2\xb7 %s", remark));
    }
    return put_saved(session, pending, err);
}

enum mu_status mu_echo_line(struct mu_session *session, struct mu_slice text, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    uint64_t pending = 0;
    MU_TRY(pending_now(session, &pending, err));
    if (cli->json) {
        return echo_json(session, NULL, text, pending, err);
    }
    MU_TRY(mu_cli_put(mu_buf_append(&cli->out, text.data, text.len), err));
    return put_saved(session, pending, err);
}

enum mu_status mu_current_task(struct mu_session *session, struct mu_id task,
                               struct mu_task_line *out, struct mu_error *err)
{
    bool found = false;
    MU_TRY(mu_task_line_get(session->db, &session->names, task, &session->cli->arena, out, &found,
                            err));
    return found ? MU_OK : mu_fail(err, MU_E_NOT_FOUND, "no such task here");
}

enum mu_status mu_finish_task(struct mu_session *session, struct mu_id task, const char *remark,
                              struct mu_error *err)
{
    mu_edit_poke(session);
    return mu_echo_task(session, task, remark, err);
}

enum mu_status mu_need_task(struct mu_session *session, struct mu_id *out_id, struct mu_error *err)
{
    const char *ref = NULL;
    MU_TRY(mu_cli_need(session->cli, "which task (T-42)", &ref, err));
    return mu_task_resolve(session->db, mu_slice_str(ref), out_id, err);
}
