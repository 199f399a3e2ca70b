/* Strengths: member skills, and the hints that list and assign take from them. */
#include "client/cli/run_skills.h"

#include <string.h>

#include "client/cli/commands.h"
#include "client/cli/edit.h"
#include "client/view/skills.h"
#include "client/view/text.h"
#include "common/db/stmt.h"

static const char SQL_OF[] = "SELECT skills FROM person WHERE key = ?1";
static const char SQL_UNOWNED[] =
    "SELECT id, no, skills FROM task WHERE owner IS NULL AND state = 1 AND skills IS NOT NULL"
    " AND coalesce(archived, 0) = 0 AND coalesce(deleted, 0) = 0 ORDER BY no, id LIMIT 20";

static enum mu_status show(struct mu_session *session, const struct mu_person_name *person,
                           struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    struct mu_cli *cli = session->cli;
    struct mu_slice skills = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, session->db, SQL_OF, err));
    mu_stmt_bind_int(&stmt, 1, mu_id_key(person->id));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row && !mu_arena_copy(&cli->arena, mu_stmt_text(&stmt, 0), &skills)) {
        status = mu_fail(err, MU_E_NOMEM, "read skills: out of memory");
    }
    mu_stmt_finalize(&stmt);
    MU_TRY(status);
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_text(&json, "person", person->handle);
        mu_json_text(&json, "skills", skills);
        return mu_cli_json_end(&json, err);
    }
    MU_TRY(mu_cli_put(mu_show(&cli->out, skills, MU_SHOW_ONE_LINE), err));
    return mu_cli_say(cli, err, "\n");
}

static enum mu_status set(struct mu_session *session, const struct mu_person_name *person,
                          const char *given, struct mu_error *err)
{
    struct mu_edit edit;
    struct mu_slice skills;
    struct mu_id id = person->id;
    MU_TRY(mu_cli_word_text(given, "skills", MU_NAME_MAX, &skills, err));
    mu_edit_begin(&edit, session, MU_INTENT_PERSON_EDIT);
    mu_edit_op(&edit, MU_PERSON, id);
    if (strcmp(given, "none") == 0) {
        mu_edit_null(&edit, MU_PERSON_SKILLS);
    } else {
        mu_edit_text(&edit, MU_PERSON_SKILLS, skills);
    }
    MU_TRY(mu_edit_author(&edit, err));
    mu_edit_poke(session);
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, (size_t)16 * MU_NAME_MAX);
    MU_TRY(mu_cli_put(mu_words_person(&line, &session->names, id), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&line, " \xc2\xb7 "), err));
    MU_TRY(mu_cli_put(mu_show(&line, skills, MU_SHOW_ONE_LINE), err));
    return mu_echo_line(session, mu_buf_view(&line), err);
}

static enum mu_status skills(struct mu_session *session, struct mu_error *err)
{
    const struct mu_person_name *person = NULL;
    const char *who = NULL;
    MU_TRY(mu_cli_need(session->cli, "whose (@me)", &who, err));
    MU_TRY(mu_session_person(session, who, &person, err));
    const struct mu_arg_word *given = mu_cli_word(session->cli);
    MU_TRY(mu_cli_no_more(session->cli, err));
    return given == NULL ? show(session, person, err) : set(session, person, given->text, err);
}

enum mu_status mu_run_member_skills(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, skills, err);
}

/* -- hints ------------------------------------------------------------------------------ */

enum mu_status mu_skills_hint(struct mu_session *session, struct mu_id task, struct mu_buf *out,
                              struct mu_error *err)
{
    struct mu_slice wanted;
    struct mu_fit fits[MU_FITS_MAX];
    size_t count = 0;
    MU_TRY(mu_task_skills(session->db, task, &session->cli->arena, &wanted, err));
    if (wanted.len == 0) {
        return MU_OK;
    }
    MU_TRY(mu_skills_fits(session->db, &session->names, wanted, fits, &count, err));
    if (count == 0) {
        return MU_OK;
    }
    MU_TRY(mu_cli_put(mu_show(out, wanted, MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(out, ": "), err));
    return mu_cli_put(mu_words_fits(out, fits, count, wanted, &session->names), err);
}

/* One line on stderr for each task that nobody has and somebody would be good at. */
enum mu_status mu_skills_note_unowned(struct mu_session *session, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, session->db, SQL_UNOWNED, err));
    enum mu_status status = MU_OK;
    bool row = true;
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, (size_t)32 * MU_NAME_MAX);
    while (status == MU_OK) {
        status = mu_stmt_step(&stmt, &row, err);
        if (status != MU_OK || !row) {
            break;
        }
        char ref[MU_TASK_REF_MAX];
        struct mu_id task = mu_stmt_id(&stmt, 0);
        mu_task_ref(task, mu_stmt_int(&stmt, 1), ref);
        mu_buf_clear(&line);
        status = mu_skills_hint(session, task, &line, err);
        if (status == MU_OK && line.len > 0) {
            mu_cli_note(session->cli, "%s asks for %.*s", ref, (int)line.len,
                        (const char *)line.data);
        }
    }
    mu_stmt_finalize(&stmt);
    return status;
}
