/* A check-in by dialogue or in the person's editor. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/cli/checkin.h"
#include "client/home/editor.h"
#include "client/view/slot_words.h"
#include "client/view/text.h"
#include "common/model/rhythm.h"

/* -- the form as text -------------------------------------------------------------------- */

static enum mu_status put_head(struct mu_session *session, const struct mu_form *form,
                               struct mu_buf *out, const char *mark)
{
    MU_TRY(mu_buf_append_str(out, mark));
    MU_TRY(mu_show(out, form->slot->schedule->name, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_str(out, ", "));
    MU_TRY(mu_words_day(out, form->slot->day, form->slot->day));
    MU_TRY(mu_buf_append_str(out, ": "));
    MU_TRY(mu_words_slot(out, form->slot, session->self, true, &session->from));
    MU_TRY(mu_buf_append_byte(out, '\n'));
    if (form->known_count > 0) {
        MU_TRY(mu_buf_printf(out, "%syour promises:\n", mark));
    }
    for (size_t i = 0; i < form->known_count; i++) {
        MU_TRY(mu_buf_printf(out, "%s  ", mark));
        MU_TRY(mu_words_promise(out, &form->known[i], &session->from));
        MU_TRY(mu_buf_append_byte(out, '\n'));
    }
    if (form->moved_count > 0) {
        MU_TRY(mu_buf_printf(out, "%sunder way, or done since the last one:\n", mark));
    }
    for (size_t i = 0; i < form->moved_count; i++) {
        const struct mu_task_line *line = &form->moved[i];
        MU_TRY(mu_buf_printf(out, "%s  %s ", mark, line->ref));
        MU_TRY(mu_show(out, line->title, MU_SHOW_ONE_LINE));
        MU_TRY(mu_buf_printf(out, " \xc2\xb7 %s\n", mu_state_name(line->state)));
    }
    return MU_OK;
}

/* The promise that is to be told of: kept ones as done, open ones again. */
static enum mu_status put_lines(const struct mu_form *form, struct mu_buf *out)
{
    for (size_t i = 0; i < form->known_count; i++) {
        const struct mu_promise *promise = &form->known[i];
        bool over = promise->state == MU_PROMISE_KEPT || promise->state == MU_PROMISE_LATE;
        if (promise->task_ref[0] != '\0' && over) {
            MU_TRY(mu_buf_printf(out, "done: %s\n", promise->task_ref));
        }
    }
    for (size_t i = 0; i < form->question_count; i++) {
        const struct mu_question *question = &form->questions[i];
        MU_TRY(mu_buf_append_str(out, "# "));
        MU_TRY(mu_show(out, question->text, MU_SHOW_ONE_LINE));
        MU_TRY(mu_buf_printf(out, " (%s%s)\n%zu: ", mu_ask_kind_name(question->kind),
                             question->required ? ", required" : "", i + 1));
        MU_TRY(mu_show(out, form->proposed[i], MU_SHOW_ONE_LINE));
        MU_TRY(mu_buf_append_byte(out, '\n'));
    }
    return mu_buf_append_str(out, "promise: \nblocked: \n");
}

enum mu_status mu_form_write(struct mu_session *session, const struct mu_form *form,
                             struct mu_buf *out, struct mu_error *err)
{
    MU_TRY(mu_cli_put(put_head(session, form, out, "# "), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(out, "# Write below; lines that begin with # are left out."
                                             "  An empty form is no check-in.\n"),
                      err));
    return mu_cli_put(put_lines(form, out), err);
}

/* -- the editor --------------------------------------------------------------------------- */

enum mu_status mu_form_edit(struct mu_session *session, struct mu_form *form, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    MU_BUF_AUTO struct mu_buf edited;
    struct mu_slice kept = {0};
    mu_buf_init(&text, MU_FORM_MAX);
    mu_buf_init(&edited, MU_FORM_MAX);
    MU_TRY(mu_form_write(session, form, &text, err));
    MU_TRY(mu_editor_edit(session->workspace.folder, "checkin", mu_buf_view(&text), &edited, err));
    if (!mu_arena_copy(&session->cli->arena, mu_buf_view(&edited), &kept)) {
        return mu_fail(err, MU_E_NOMEM, "check-in: out of memory");
    }
    return mu_form_read(session, form, kept, err);
}

/* -- the dialogue ---------------------------------------------------------------------------- */

static enum mu_status ask(struct mu_session *session, const char *question, struct mu_slice *out,
                          struct mu_error *err)
{
    char line[4096];
    struct mu_slice text = {0};
    (void)fprintf(stderr, "%s\n> ", question);
    (void)fflush(stderr);
    *out = mu_slice_str("");
    if (fgets(line, sizeof line, stdin) == NULL) {
        return MU_OK;
    }
    line[strcspn(line, "\r\n")] = '\0';
    MU_TRY(mu_cli_word_text(line, "answer", MU_TEXT_MAX, &text, err));
    return mu_arena_copy(&session->cli->arena, text, out)
               ? MU_OK
               : mu_fail(err, MU_E_NOMEM, "check-in: out of memory");
}

/* Several references in one line; words with blanks are one promise. */
static enum mu_status ask_rows(struct mu_session *session, struct mu_form *form, const char *prefix,
                               const char *question, struct mu_error *err)
{
    struct mu_slice said = {0};
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, 8192);
    MU_TRY(ask(session, question, &said, err));
    bool refs = said.len > 0 && strspn((const char *)said.data, "Tt-0123456789 ") >= said.len;
    for (size_t at = 0; at < said.len;) {
        size_t end = at;
        while (end < said.len && (!refs || said.data[end] != ' ')) {
            end++;
        }
        if (end > at) {
            struct mu_slice kept = {0};
            mu_buf_clear(&line);
            MU_TRY(mu_cli_put(mu_buf_printf(&line, "%s: ", prefix), err));
            MU_TRY(mu_cli_put(mu_buf_append(&line, said.data + at, end - at), err));
            if (!mu_arena_copy(&session->cli->arena, mu_buf_view(&line), &kept)) {
                return mu_fail(err, MU_E_NOMEM, "check-in: out of memory");
            }
            MU_TRY(mu_form_read(session, form, kept, err));
        }
        at = end + 1;
    }
    return MU_OK;
}

static enum mu_status ask_question(struct mu_session *session, struct mu_form *form, size_t at,
                                   struct mu_error *err)
{
    const struct mu_question *question = &form->questions[at];
    MU_BUF_AUTO struct mu_buf words;
    mu_buf_init(&words, (size_t)16 * MU_NAME_MAX);
    MU_TRY(mu_cli_put(mu_show(&words, question->text, MU_SHOW_ONE_LINE), err));
    bool chooses = question->kind == MU_ASK_CHOICE || question->kind == MU_ASK_SCALE;
    for (size_t i = 0; chooses && i < mu_choice_count(question->choices); i++) {
        MU_TRY(mu_cli_put(mu_buf_append_str(&words, i == 0 ? " (" : ", "), err));
        MU_TRY(mu_cli_put(mu_show(&words, mu_choice_line(question->choices, i), MU_SHOW_ONE_LINE),
                          err));
    }
    MU_TRY(mu_cli_put(mu_buf_append_str(&words, chooses ? ")" : ""), err));
    if (form->proposed[at].len > 0) {
        MU_TRY(mu_cli_put(mu_buf_append_str(&words, " (empty: "), err));
        MU_TRY(mu_cli_put(mu_show(&words, form->proposed[at], MU_SHOW_ONE_LINE), err));
        MU_TRY(mu_cli_put(mu_buf_append_str(&words, ", as recorded)"), err));
    }
    MU_TRY(mu_cli_put(mu_buf_append_byte(&words, 0), err));
    for (;;) {
        struct mu_error why = {0};
        MU_TRY(ask(session, (const char *)words.data, &form->answers[at], err));
        if (form->answers[at].len == 0 ||
            mu_answer_check(question->kind, question->choices, form->answers[at], &why) == MU_OK) {
            return MU_OK;
        }
        (void)fprintf(stderr, "%s\n", why.text);
    }
}

enum mu_status mu_form_ask(struct mu_session *session, struct mu_form *form, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf head;
    mu_buf_init(&head, MU_FORM_MAX);
    MU_TRY(mu_cli_put(put_head(session, form, &head, ""), err));
    (void)fprintf(stderr, "%.*s", (int)head.len, (const char *)head.data);
    for (size_t i = 0; i < form->question_count; i++) {
        bool words = form->questions[i].kind <= MU_ASK_SCALE;
        MU_TRY(words && form->answers[i].len == 0 ? ask_question(session, form, i, err) : MU_OK);
    }
    MU_TRY(ask_rows(session, form, "done", "What got done? (T-1 T-2, empty: nothing)", err));
    MU_TRY(ask_rows(session, form, "promise", "What do you promise today? (T-3, or words)", err));
    MU_TRY(ask_rows(session, form, "blocked", "What holds you up? (reason @who, empty: nothing)",
                    err));
    return ask(session, "Anything else?", &form->text, err);
}
