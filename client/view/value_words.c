#include "client/view/value_words.h"

#include <inttypes.h>
#include <stddef.h>

#include "client/view/text.h"
#include "common/base/utf8.h"

#define QUOTE_WIDTH 60
#define DAY_MINUTES INT64_C(1440)

struct phrase {
    uint32_t entity;
    uint32_t field;
    const char *words;
};

static const struct phrase phrases[] = {
    {MU_TEAM, MU_TEAM_ZONE, "time zone"},
    {MU_TEAM, MU_TEAM_DAY_END, "end of the working day"},
    {MU_TEAM, MU_TEAM_AUTO_ACCEPT, "accepting one's own tasks at once"},
    {MU_PERSON, MU_PERSON_ZONE, "time zone"},
    {MU_COLUMN, MU_COLUMN_WIP_LIMIT, "limit"},
    {MU_COLUMN, MU_COLUMN_RANK, "place"},
    {MU_TASK, MU_TASK_COLUMN, "column"},
    {MU_TASK, MU_TASK_RANK, "place"},
    {MU_TASK, MU_TASK_DUE, "due date"},
    {MU_TASK, MU_TASK_START, "start date"},
    {MU_TASK, MU_TASK_NO_DATE, "'no date'"},
    {MU_TASK, MU_TASK_SOURCE_URL, "source"},
    {MU_TASK, MU_TASK_DONE_AT, "time of completion"},
    {MU_ITEM, MU_ITEM_DUE, "due date"},
    {MU_ITEM, MU_ITEM_RANK, "place"},
    {MU_TASK_LABEL, MU_TASK_LABEL_ON, "label"},
    {MU_TASK_HELPER, MU_TASK_HELPER_ON, "helper"},
};

enum mu_status mu_words_field(struct mu_buf *out, uint32_t entity, uint32_t field)
{
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].entity == entity && phrases[i].field == field) {
            return mu_buf_append_str(out, phrases[i].words);
        }
    }
    const struct mu_field *known = mu_field_find(entity, field);
    return known != NULL ? mu_buf_append_str(out, known->name)
                         : mu_buf_printf(out, "field %" PRIu32, field);
}

enum mu_status mu_words_quote(struct mu_buf *out, struct mu_slice text, size_t width)
{
    MU_BUF_AUTO struct mu_buf shown;
    /* Four bytes become ten at most, and a cluster of one column may take many. */
    mu_buf_init(&shown, 64 * (width + 1) + 16);
    struct mu_slice front = mu_utf8_cut(text, 4 * (width + 1));
    MU_TRY(mu_show(&shown, front, MU_SHOW_ONE_LINE));
    if (front.len < text.len) {
        MU_TRY(mu_buf_append_str(&shown, "\xe2\x80\xa6"));
    }
    MU_TRY(mu_buf_append_byte(out, '\''));
    MU_TRY(mu_show_fit(out, mu_buf_view(&shown), width, false));
    return mu_buf_append_byte(out, '\'');
}

static const char *enum_name(uint32_t entity, uint32_t field, int64_t value)
{
    if (entity == MU_TASK && field == MU_TASK_STATE) {
        return mu_state_name(value);
    }
    if (entity == MU_PERSON && field == MU_PERSON_ROLE) {
        return mu_role_name(value);
    }
    if (entity == MU_COLUMN && field == MU_COLUMN_KIND) {
        return mu_kind_name(value);
    }
    return NULL;
}

static enum mu_status put_id(struct mu_buf *out, uint32_t target, struct mu_slice bytes,
                             const struct mu_names *names)
{
    struct mu_id id;
    if (!mu_id_from_slice(bytes, &id)) {
        return mu_buf_append_str(out, "?");
    }
    if (target == MU_PERSON) {
        return mu_words_person(out, names, id);
    }
    const struct mu_column_name *column = target == MU_COLUMN ? mu_names_column(names, id) : NULL;
    const struct mu_board_name *board = target == MU_BOARD ? mu_names_board(names, id) : NULL;
    const struct mu_label_name *label = target == MU_LABEL ? mu_names_label(names, id) : NULL;
    if (column != NULL) {
        return mu_words_quote(out, column->name, QUOTE_WIDTH);
    }
    if (board != NULL) {
        return mu_words_quote(out, board->name, QUOTE_WIDTH);
    }
    if (label != NULL) {
        return mu_words_quote(out, mu_label_words(label), QUOTE_WIDTH);
    }
    char handle[MU_HANDLE_LEN + 1];
    mu_id_handle(id, handle);
    return mu_buf_append_str(out, handle);
}

static enum mu_status put_minutes(struct mu_buf *out, int64_t minutes)
{
    if (minutes < 0 || minutes >= DAY_MINUTES) {
        return mu_buf_printf(out, "%" PRId64, minutes);
    }
    return mu_buf_printf(out, "%02" PRId64 ":%02" PRId64, minutes / 60, minutes % 60);
}

static enum mu_status put_number(struct mu_buf *out, uint32_t entity, uint32_t field,
                                 const struct mu_field *known, int64_t number,
                                 const struct mu_viewpoint *from)
{
    const char *word = enum_name(entity, field, number);
    if (word != NULL) {
        return mu_buf_append_str(out, word);
    }
    if (known != NULL && known->type == MU_TYPE_BOOL) {
        return mu_buf_append_str(out, number != 0 ? "yes" : "no");
    }
    if (known != NULL && known->type == MU_TYPE_WALL) {
        return mu_words_when(out, number, from);
    }
    if (entity == MU_TEAM && field == MU_TEAM_DAY_END) {
        return put_minutes(out, number);
    }
    return mu_buf_printf(out, "%" PRId64, number);
}

enum mu_status mu_words_value(struct mu_buf *out, uint32_t entity, uint32_t field,
                              struct mu_value value, const struct mu_names *names,
                              const struct mu_viewpoint *from)
{
    const struct mu_field *known = mu_field_find(entity, field);
    if (value.kind == MU_NULL) {
        bool person = known != NULL && known->type == MU_TYPE_ID && known->limit == MU_PERSON;
        return mu_buf_append_str(out, person ? "nobody" : "nothing");
    }
    if (value.kind == MU_INT) {
        return put_number(out, entity, field, known, value.number, from);
    }
    if (known != NULL && known->type == MU_TYPE_ID) {
        return put_id(out, known->limit, value.bytes, names);
    }
    if (known != NULL && known->type == MU_TYPE_DUE) {
        return mu_words_due_text(out, value.bytes, MU_DUE_PLAIN, from);
    }
    if (known != NULL && known->type == MU_TYPE_TEXT) {
        return mu_words_quote(out, value.bytes, QUOTE_WIDTH);
    }
    return mu_buf_printf(out, "%zu bytes", value.bytes.len);
}
