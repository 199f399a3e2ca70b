#include "client/view/task_words.h"

#include "client/view/text.h"
#include "client/view/value_words.h"
#include "common/base/utf8.h"

#define DOT         " \xc2\xb7 "
#define TITLE_WIDTH 40
#define ECHO_WIDTH  100

enum mu_status mu_words_task(struct mu_buf *out, const struct mu_task_line *line)
{
    MU_TRY(mu_buf_printf(out, "%s ", line->ref));
    return mu_words_quote(out, line->title, TITLE_WIDTH);
}

bool mu_task_is_late(const struct mu_task_line *line, const struct mu_viewpoint *from)
{
    struct mu_due due;
    struct mu_error ignored;
    return line->state < MU_STATE_DONE && line->due.len > 0 &&
           mu_due_parse(line->due, &due, &ignored) == MU_OK && mu_due_is_over(&due, from);
}

enum mu_status mu_words_task_people(struct mu_buf *out, const struct mu_task_line *line,
                                    const struct mu_names *names)
{
    if (!mu_id_is_zero(line->owner)) {
        MU_TRY(mu_words_person(out, names, line->owner));
    }
    if (line->helper_count == 0) {
        return MU_OK;
    }
    return mu_buf_printf(out, "%s+%zu", mu_id_is_zero(line->owner) ? "" : " ", line->helper_count);
}

enum mu_status mu_words_task_labels(struct mu_buf *out, const struct mu_task_line *line,
                                    const struct mu_names *names)
{
    for (size_t i = 0; i < line->label_count; i++) {
        const struct mu_label_name *label = mu_names_label(names, line->labels[i]);
        MU_TRY(mu_buf_append_str(out, i > 0 ? " #" : "#"));
        MU_TRY(label != NULL ? mu_show(out, mu_label_words(label), MU_SHOW_ONE_LINE)
                             : mu_buf_append_str(out, "?"));
    }
    return MU_OK;
}

static enum mu_status put_helpers(struct mu_buf *out, const struct mu_task_line *line,
                                  const struct mu_names *names, const char *between)
{
    for (size_t i = 0; i < line->helper_count; i++) {
        MU_TRY(mu_buf_append_str(out, i > 0 ? between : ""));
        MU_TRY(mu_words_person(out, names, line->helpers[i]));
    }
    return MU_OK;
}

enum mu_status mu_words_task_echo(struct mu_buf *out, const struct mu_task_line *line,
                                  const struct mu_names *names, const struct mu_viewpoint *from)
{
    MU_BUF_AUTO struct mu_buf title;
    mu_buf_init(&title, (size_t)64 * ECHO_WIDTH);
    MU_TRY(mu_show(&title, mu_utf8_cut(line->title, (size_t)4 * ECHO_WIDTH), MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_printf(out, "%s \"", line->ref));
    MU_TRY(mu_show_fit(out, mu_buf_view(&title), ECHO_WIDTH, false));
    MU_TRY(mu_buf_append_byte(out, '"'));
    if (!mu_id_is_zero(line->owner)) {
        MU_TRY(mu_buf_append_str(out, DOT));
        MU_TRY(mu_words_person(out, names, line->owner));
    }
    if (line->helper_count > 0) {
        MU_TRY(mu_buf_append_str(out, DOT "with "));
        MU_TRY(put_helpers(out, line, names, " "));
    }
    if (line->due.len > 0) {
        MU_TRY(mu_buf_append_str(out, DOT "due "));
        MU_TRY(mu_words_due_text(out, line->due, MU_DUE_EXACT, from));
    } else if (line->no_date) {
        MU_TRY(mu_buf_append_str(out, DOT "no date"));
    }
    if (line->label_count > 0) {
        MU_TRY(mu_buf_append_str(out, DOT));
        MU_TRY(mu_words_task_labels(out, line, names));
    }
    if (line->column != NULL) {
        MU_TRY(mu_buf_append_str(out, DOT));
        MU_TRY(mu_show(out, line->column->name, MU_SHOW_ONE_LINE));
        if (line->column->board != SIZE_MAX && names->board_count > 1) {
            MU_TRY(mu_buf_append_str(out, " on "));
            MU_TRY(mu_show(out, names->boards[line->column->board].name, MU_SHOW_ONE_LINE));
        }
    }
    if (line->goal_ref[0] != '\0') {
        MU_TRY(mu_buf_printf(out, DOT "%s", line->goal_ref));
    }
    MU_TRY(mu_buf_append_str(out, line->blocked ? DOT "blocked" : ""));
    if (line->deleted || line->archived) {
        MU_TRY(mu_buf_append_str(out, line->deleted ? DOT "in the trash" : DOT "archived"));
    }
    return MU_OK;
}

/* -- for programs ------------------------------------------------------------ */

static struct mu_slice owner_handle(const struct mu_task_line *line, const struct mu_names *names)
{
    const struct mu_person_name *person =
        mu_id_is_zero(line->owner) ? NULL : mu_names_person(names, line->owner);
    return person != NULL ? person->handle : mu_slice_str("");
}

/* A neutralised value and the tab or newline after it. */
static enum mu_status put_field(struct mu_buf *out, struct mu_slice value, char after)
{
    MU_TRY(mu_show(out, value, MU_SHOW_ONE_LINE));
    return mu_buf_append_byte(out, (uint8_t)after);
}

static enum mu_status put_helper_handles(struct mu_buf *out, const struct mu_task_line *line,
                                         const struct mu_names *names)
{
    for (size_t i = 0; i < line->helper_count; i++) {
        const struct mu_person_name *person = mu_names_person(names, line->helpers[i]);
        MU_TRY(mu_buf_append_str(out, i > 0 ? "," : ""));
        MU_TRY(person != NULL ? mu_show(out, person->handle, MU_SHOW_ONE_LINE)
                              : mu_buf_append_byte(out, '?'));
    }
    return MU_OK;
}

static enum mu_status put_label_names(struct mu_buf *out, const struct mu_task_line *line,
                                      const struct mu_names *names)
{
    for (size_t i = 0; i < line->label_count; i++) {
        const struct mu_label_name *label = mu_names_label(names, line->labels[i]);
        MU_TRY(mu_buf_append_str(out, i > 0 ? "," : ""));
        MU_TRY(label != NULL ? mu_show(out, mu_label_words(label), MU_SHOW_ONE_LINE)
                             : mu_buf_append_byte(out, '?'));
    }
    return MU_OK;
}

const char *mu_task_marks(const struct mu_task_line *line)
{
    if (line->blocked) {
        return line->pending ? "blocked,waiting" : "blocked";
    }
    return line->pending ? "waiting" : "";
}

enum mu_status mu_task_tabs(struct mu_buf *out, const struct mu_task_line *line,
                            const struct mu_names *names)
{
    MU_TRY(put_field(out, mu_slice_str(line->ref), '\t'));
    MU_TRY(put_field(out, line->title, '\t'));
    MU_TRY(put_field(out, mu_slice_str(mu_state_name(line->state)), '\t'));
    MU_TRY(put_field(out, line->column != NULL ? line->column->name : mu_slice_str(""), '\t'));
    MU_TRY(put_field(out, owner_handle(line, names), '\t'));
    MU_TRY(put_helper_handles(out, line, names));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    MU_TRY(put_field(out, line->due, '\t'));
    MU_TRY(put_label_names(out, line, names));
    return mu_buf_printf(out, "\t%s\n", mu_task_marks(line));
}

static void people_json(struct mu_json *json, const struct mu_task_line *line,
                        const struct mu_names *names)
{
    struct mu_slice owner = owner_handle(line, names);
    if (owner.len > 0) {
        mu_json_text(json, "owner", owner);
    } else {
        mu_json_null(json, "owner");
    }
    mu_json_array(json, "helpers");
    for (size_t i = 0; i < line->helper_count; i++) {
        const struct mu_person_name *person = mu_names_person(names, line->helpers[i]);
        if (person != NULL) {
            mu_json_text(json, NULL, person->handle);
        }
    }
    mu_json_close(json);
}

void mu_task_json_fields(struct mu_json *json, const struct mu_task_line *line,
                         const struct mu_names *names)
{
    mu_json_str(json, "ref", line->ref);
    mu_json_id(json, "id", line->id);
    mu_json_text(json, "title", line->title);
    mu_json_str(json, "state", mu_state_name(line->state));
    if (line->column != NULL) {
        mu_json_text(json, "column", line->column->name);
    } else {
        mu_json_null(json, "column");
    }
    people_json(json, line, names);
    if (line->due.len > 0) {
        mu_json_text(json, "due", line->due);
    } else {
        mu_json_null(json, "due");
    }
    mu_json_array(json, "labels");
    for (size_t i = 0; i < line->label_count; i++) {
        const struct mu_label_name *label = mu_names_label(names, line->labels[i]);
        if (label != NULL) {
            mu_json_text(json, NULL, mu_label_words(label));
        }
    }
    mu_json_close(json);
    if (line->goal_ref[0] != '\0') {
        mu_json_str(json, "goal", line->goal_ref);
    } else {
        mu_json_null(json, "goal");
    }
    mu_json_bool(json, "blocked", line->blocked);
    mu_json_bool(json, "pending", line->pending);
    mu_json_int(json, "updated_seq", (int64_t)line->updated_seq);
    mu_json_bool(json, "archived", line->archived);
    mu_json_bool(json, "deleted", line->deleted);
}

void mu_task_json(struct mu_json *json, const char *name, const struct mu_task_line *line,
                  const struct mu_names *names)
{
    mu_json_object(json, name);
    mu_task_json_fields(json, line, names);
    mu_json_close(json);
}
