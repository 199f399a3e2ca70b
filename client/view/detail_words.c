/* A task whole: for the terminal and as JSON. */
#include <inttypes.h>

#include "client/view/detail.h"
#include "client/view/task_words.h"
#include "client/view/text.h"
#include "client/view/value_words.h"

#define SHOWN_MAX ((size_t)16 * MU_TEXT_MAX) /* a text of 64 KiB, every byte an escape */
#define INDENT    2

/* Text of others in lines of its own. */
static enum mu_status put_text(struct mu_buf *out, struct mu_slice text, size_t indent,
                               size_t width)
{
    MU_BUF_AUTO struct mu_buf shown;
    mu_buf_init(&shown, SHOWN_MAX);
    MU_TRY(mu_show(&shown, text, MU_SHOW_LINES));
    return mu_show_wrap(out, mu_buf_view(&shown), indent, width);
}

/* "  name     value", the value wrapped below itself when it is long. */
static enum mu_status put_fact(struct mu_buf *out, const char *name, struct mu_slice shown)
{
    MU_TRY(mu_buf_printf(out, "  %-10s ", name));
    MU_TRY(mu_buf_append(out, shown.data, shown.len));
    return mu_buf_append_byte(out, '\n');
}

static enum mu_status put_people(struct mu_buf *out, const struct mu_task_detail *detail,
                                 const struct mu_names *names)
{
    const struct mu_task_line *line = &detail->line;
    MU_BUF_AUTO struct mu_buf part;
    mu_buf_init(&part, 65536);
    MU_TRY(mu_words_person(&part, names, line->owner));
    MU_TRY(put_fact(out, "owner", mu_buf_view(&part)));
    if (line->helper_count == 0) {
        return MU_OK;
    }
    mu_buf_clear(&part);
    for (size_t i = 0; i < line->helper_count; i++) {
        MU_TRY(mu_buf_append_str(&part, i > 0 ? " " : ""));
        MU_TRY(mu_words_person(&part, names, line->helpers[i]));
    }
    return put_fact(out, "helpers", mu_buf_view(&part));
}

static enum mu_status put_dates(struct mu_buf *out, const struct mu_task_detail *detail,
                                const struct mu_viewpoint *from)
{
    const struct mu_task_line *line = &detail->line;
    MU_BUF_AUTO struct mu_buf part;
    mu_buf_init(&part, 4096);
    if (line->due.len > 0) {
        MU_TRY(mu_words_due_text(&part, line->due, MU_DUE_EXACT, from));
        MU_TRY(put_fact(out, "due", mu_buf_view(&part)));
    } else if (line->no_date) {
        MU_TRY(put_fact(out, "due", mu_slice_str("no date needed")));
    }
    if (detail->start.len > 0) {
        mu_buf_clear(&part);
        MU_TRY(mu_words_due_text(&part, detail->start, MU_DUE_SHORT, from));
        MU_TRY(put_fact(out, "start", mu_buf_view(&part)));
    }
    return MU_OK;
}

/* How often the date that was accepted has moved, and what the task serves. */
static enum mu_status put_aims(struct mu_buf *out, const struct mu_task_detail *detail,
                               const struct mu_viewpoint *from)
{
    MU_BUF_AUTO struct mu_buf part;
    mu_buf_init(&part, 4096);
    if (detail->due_moves > 0) {
        MU_TRY(mu_words_due_text(&part, detail->first_due, MU_DUE_PLAIN, from));
        MU_TRY(mu_buf_append_str(&part, ", moved "));
        MU_TRY(mu_words_count(&part, (uint64_t)detail->due_moves, "time", "times"));
        MU_TRY(put_fact(out, "first due", mu_buf_view(&part)));
    }
    if (detail->line.goal_ref[0] != '\0') {
        MU_TRY(put_fact(out, "goal", mu_slice_str(detail->line.goal_ref)));
    }
    return detail->parent_ref[0] != '\0'
               ? put_fact(out, "part of", mu_slice_str(detail->parent_ref))
               : MU_OK;
}

static enum mu_status put_origin(struct mu_buf *out, const struct mu_task_detail *detail,
                                 const struct mu_names *names, const struct mu_viewpoint *from)
{
    MU_BUF_AUTO struct mu_buf part;
    mu_buf_init(&part, 65536);
    if (detail->created_at_ms > 0) {
        MU_TRY(mu_words_instant(&part, detail->created_at_ms, from));
        if (!mu_id_is_zero(detail->created_by)) {
            MU_TRY(mu_buf_append_str(&part, " by "));
            MU_TRY(mu_words_person(&part, names, detail->created_by));
        }
        MU_TRY(put_fact(out, "added", mu_buf_view(&part)));
    }
    if (detail->done_at_ms > 0) {
        mu_buf_clear(&part);
        MU_TRY(mu_words_instant(&part, detail->done_at_ms, from));
        MU_TRY(put_fact(out, "done", mu_buf_view(&part)));
    }
    if (detail->source_url.len > 0) {
        mu_buf_clear(&part);
        MU_TRY(mu_show(&part, detail->source_url, MU_SHOW_ONE_LINE));
        MU_TRY(put_fact(out, "source", mu_buf_view(&part)));
    }
    return MU_OK;
}

static enum mu_status put_facts(struct mu_buf *out, const struct mu_task_detail *detail,
                                const struct mu_names *names, const struct mu_viewpoint *from)
{
    const struct mu_task_line *line = &detail->line;
    MU_BUF_AUTO struct mu_buf part;
    mu_buf_init(&part, 65536);
    MU_TRY(mu_buf_append_str(&part, mu_state_name(line->state)));
    MU_TRY(mu_buf_append_str(&part, line->archived ? ", archived" : ""));
    MU_TRY(mu_buf_append_str(&part, line->deleted ? ", in the trash" : ""));
    if (detail->reason.len > 0) {
        MU_TRY(mu_buf_append_str(&part, ": "));
        MU_TRY(mu_show(&part, detail->reason, MU_SHOW_ONE_LINE));
    }
    MU_TRY(put_fact(out, "state", mu_buf_view(&part)));
    if (line->column != NULL) {
        mu_buf_clear(&part);
        MU_TRY(mu_show(&part, line->column->name, MU_SHOW_ONE_LINE));
        if (line->column->board != SIZE_MAX && names->board_count > 1) {
            MU_TRY(mu_buf_append_str(&part, " on "));
            MU_TRY(mu_show(&part, names->boards[line->column->board].name, MU_SHOW_ONE_LINE));
        }
        MU_TRY(put_fact(out, "column", mu_buf_view(&part)));
    }
    MU_TRY(put_people(out, detail, names));
    MU_TRY(put_dates(out, detail, from));
    MU_TRY(put_aims(out, detail, from));
    if (line->label_count > 0) {
        mu_buf_clear(&part);
        MU_TRY(mu_words_task_labels(&part, line, names));
        MU_TRY(put_fact(out, "labels", mu_buf_view(&part)));
    }
    for (size_t i = 0; i < detail->custom_count; i++) {
        mu_buf_clear(&part);
        MU_TRY(mu_show(&part, detail->customs[i].name, MU_SHOW_ONE_LINE));
        MU_TRY(mu_buf_append_str(&part, ": "));
        MU_TRY(mu_show(&part, detail->customs[i].value, MU_SHOW_ONE_LINE));
        MU_TRY(put_fact(out, i == 0 ? "fields" : "", mu_buf_view(&part)));
    }
    MU_TRY(put_origin(out, detail, names, from));
    return line->pending ? put_fact(out, "waiting", mu_slice_str("edits not confirmed yet"))
                         : MU_OK;
}

static enum mu_status put_item(struct mu_buf *out, const struct mu_item_line *item, size_t number,
                               const struct mu_names *names, const struct mu_viewpoint *from)
{
    MU_TRY(mu_buf_printf(out, "  %3zu [%c] ", number, item->done ? 'x' : ' '));
    MU_TRY(mu_show(out, item->name, MU_SHOW_ONE_LINE));
    if (!mu_id_is_zero(item->person)) {
        MU_TRY(mu_buf_append_byte(out, ' '));
        MU_TRY(mu_words_person(out, names, item->person));
    }
    if (item->due.len > 0) {
        MU_TRY(mu_buf_append_str(out, ", due "));
        MU_TRY(mu_words_due_text(out, item->due, MU_DUE_SHORT, from));
    }
    return mu_buf_append_byte(out, '\n');
}

static enum mu_status put_checklists(struct mu_buf *out, const struct mu_task_detail *detail,
                                     const struct mu_names *names, const struct mu_viewpoint *from)
{
    size_t number = 1;
    for (size_t i = 0; i < detail->checklist_count; i++) {
        const struct mu_checklist_line *list = &detail->checklists[i];
        MU_TRY(mu_buf_append_byte(out, '\n'));
        MU_TRY(mu_show(out, list->name, MU_SHOW_ONE_LINE));
        MU_TRY(mu_buf_printf(out, "  %zu of %zu\n", list->done_count, list->item_count));
        for (size_t j = 0; j < list->item_count; j++) {
            MU_TRY(put_item(out, &list->items[j], number++, names, from));
        }
    }
    return MU_OK;
}

static enum mu_status put_comments(struct mu_buf *out, const struct mu_task_detail *detail,
                                   const struct mu_names *names, const struct mu_viewpoint *from,
                                   size_t width, mu_text_setter *set)
{
    if (detail->comment_count > 0) {
        MU_TRY(mu_buf_append_byte(out, '\n'));
        MU_TRY(mu_words_count(out, detail->comment_count, "comment", "comments"));
        MU_TRY(mu_buf_append_byte(out, '\n'));
    }
    for (size_t i = 0; i < detail->comment_count; i++) {
        const struct mu_comment_line *comment = &detail->comments[i];
        MU_TRY(mu_buf_append_str(out, "  "));
        MU_TRY(mu_words_person(out, names, comment->author));
        MU_TRY(mu_buf_append_str(out, "  "));
        MU_TRY(mu_words_when(out, comment->at_ms, from));
        MU_TRY(mu_buf_append_str(out, comment->rewritten ? "  (rewritten)\n" : "\n"));
        MU_TRY(set(out, comment->text, (size_t)2 * INDENT, width));
    }
    return MU_OK;
}

static enum mu_status put_attachments(struct mu_buf *out, const struct mu_task_detail *detail)
{
    if (detail->attachment_count > 0) {
        MU_TRY(mu_buf_append_byte(out, '\n'));
        MU_TRY(mu_words_count(out, detail->attachment_count, "attachment", "attachments"));
        MU_TRY(mu_buf_append_byte(out, '\n'));
    }
    for (size_t i = 0; i < detail->attachment_count; i++) {
        MU_TRY(mu_buf_append_str(out, "  "));
        MU_TRY(mu_show(out, detail->attachments[i].name, MU_SHOW_ONE_LINE));
        MU_TRY(mu_buf_append_str(out, "  "));
        MU_TRY(mu_show(out, detail->attachments[i].url, MU_SHOW_ONE_LINE));
        MU_TRY(mu_buf_append_byte(out, '\n'));
    }
    return MU_OK;
}

static enum mu_status put_conflicts(struct mu_buf *out, const struct mu_task_detail *detail,
                                    const struct mu_names *names, const struct mu_viewpoint *from)
{
    for (size_t i = 0; i < detail->conflict_count; i++) {
        MU_TRY(mu_buf_append_str(out, i == 0 ? "\nconflicts\n  " : "  "));
        MU_TRY(mu_words_conflict(out, &detail->conflicts[i], NULL, names, from));
        MU_TRY(mu_buf_append_byte(out, '\n'));
    }
    return MU_OK;
}

enum mu_status mu_words_detail_set(struct mu_buf *out, const struct mu_task_detail *detail,
                                   const struct mu_names *names, const struct mu_viewpoint *from,
                                   size_t width, mu_text_setter *set)
{
    MU_TRY(mu_buf_printf(out, "%s  ", detail->line.ref));
    MU_TRY(mu_show(out, detail->line.title, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_byte(out, '\n'));
    MU_TRY(put_facts(out, detail, names, from));
    if (detail->desc.len > 0) {
        MU_TRY(mu_buf_append_byte(out, '\n'));
        MU_TRY(set(out, detail->desc, INDENT, width));
    }
    MU_TRY(put_checklists(out, detail, names, from));
    MU_TRY(put_comments(out, detail, names, from, width, set));
    MU_TRY(put_attachments(out, detail));
    return put_conflicts(out, detail, names, from);
}

enum mu_status mu_words_detail(struct mu_buf *out, const struct mu_task_detail *detail,
                               const struct mu_names *names, const struct mu_viewpoint *from,
                               size_t width)
{
    return mu_words_detail_set(out, detail, names, from, width, put_text);
}

/* -- JSON -------------------------------------------------------------------- */

static void text_json(struct mu_json *json, const char *name, struct mu_slice text)
{
    if (text.len > 0) {
        mu_json_text(json, name, text);
    } else {
        mu_json_null(json, name);
    }
}

static void checklists_json(struct mu_json *json, const struct mu_task_detail *detail,
                            const struct mu_names *names)
{
    mu_json_array(json, "checklists");
    for (size_t i = 0; i < detail->checklist_count; i++) {
        const struct mu_checklist_line *list = &detail->checklists[i];
        mu_json_object(json, NULL);
        mu_json_id(json, "id", list->id);
        mu_json_text(json, "name", list->name);
        mu_json_array(json, "items");
        for (size_t j = 0; j < list->item_count; j++) {
            mu_json_object(json, NULL);
            mu_json_id(json, "id", list->items[j].id);
            mu_json_text(json, "name", list->items[j].name);
            mu_json_bool(json, "done", list->items[j].done);
            text_json(json, "due", list->items[j].due);
            mu_person_json(json, "person", list->items[j].person, names);
            mu_json_close(json);
        }
        mu_json_close(json);
        mu_json_close(json);
    }
    mu_json_close(json);
}

static void comments_json(struct mu_json *json, const struct mu_task_detail *detail,
                          const struct mu_names *names)
{
    mu_json_array(json, "comments");
    for (size_t i = 0; i < detail->comment_count; i++) {
        const struct mu_comment_line *comment = &detail->comments[i];
        mu_json_object(json, NULL);
        mu_json_id(json, "id", comment->id);
        mu_person_json(json, "author", comment->author, names);
        mu_json_instant(json, "at", comment->at_ms);
        mu_json_text(json, "text", comment->text);
        mu_json_bool(json, "rewritten", comment->rewritten);
        mu_json_close(json);
    }
    mu_json_close(json);
}

static void attachments_json(struct mu_json *json, const struct mu_task_detail *detail)
{
    mu_json_array(json, "attachments");
    for (size_t i = 0; i < detail->attachment_count; i++) {
        mu_json_object(json, NULL);
        mu_json_text(json, "name", detail->attachments[i].name);
        mu_json_text(json, "url", detail->attachments[i].url);
        mu_json_int(json, "size", detail->attachments[i].size);
        mu_json_close(json);
    }
    mu_json_close(json);
    mu_json_array(json, "fields");
    for (size_t i = 0; i < detail->custom_count; i++) {
        mu_json_object(json, NULL);
        mu_json_text(json, "name", detail->customs[i].name);
        mu_json_text(json, "value", detail->customs[i].value);
        mu_json_close(json);
    }
    mu_json_close(json);
}

void mu_detail_json(struct mu_json *json, const char *name, const struct mu_task_detail *detail,
                    const struct mu_names *names)
{
    mu_json_object(json, name);
    mu_task_json_fields(json, &detail->line, names);
    mu_json_text(json, "description", detail->desc);
    text_json(json, "start", detail->start);
    mu_json_bool(json, "no_date", detail->line.no_date);
    text_json(json, "reason", detail->reason);
    text_json(json, "source_url", detail->source_url);
    mu_json_instant(json, "created_at", detail->created_at_ms);
    mu_person_json(json, "created_by", detail->created_by, names);
    mu_json_instant(json, "done_at", detail->done_at_ms);
    mu_json_instant(json, "accepted_at", detail->accepted_at_ms);
    text_json(json, "first_due", detail->first_due);
    mu_json_int(json, "due_moves", detail->due_moves);
    if (detail->parent_ref[0] != '\0') {
        mu_json_str(json, "parent", detail->parent_ref);
    } else {
        mu_json_null(json, "parent");
    }
    checklists_json(json, detail, names);
    comments_json(json, detail, names);
    attachments_json(json, detail);
    mu_json_array(json, "conflicts");
    for (size_t i = 0; i < detail->conflict_count; i++) {
        mu_conflict_json(json, NULL, &detail->conflicts[i], &detail->line, names);
    }
    mu_json_close(json);
}
