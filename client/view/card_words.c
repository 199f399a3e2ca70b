/* Cards and columns in words. */
#include <inttypes.h>

#include "client/view/cards.h"
#include "client/view/task_words.h"
#include "client/view/text.h"

#define LATE     "! "
#define TODAY    "\xe2\x97\x86 " /* a full diamond */
#define SOON     "\xe2\x97\x87 " /* an empty one */
#define SOON_MAX 6               /* days that are told by their weekday */

static const char *const weekdays[] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static enum mu_status put_time(struct mu_buf *out, const struct mu_due *due)
{
    return due->has_time
               ? mu_buf_printf(out, " %02" PRId32 ":%02" PRId32, due->minute / 60, due->minute % 60)
               : MU_OK;
}

enum mu_status mu_words_card_due(struct mu_buf *out, const struct mu_task_line *line,
                                 const struct mu_viewpoint *from, enum mu_due_mark *out_mark)
{
    struct mu_due due;
    struct mu_error ignored;
    *out_mark = MU_DUE_UNMARKED;
    if (line->due.len == 0 || line->state >= MU_STATE_DONE) {
        return MU_OK;
    }
    if (mu_due_parse(line->due, &due, &ignored) != MU_OK) {
        return mu_words_due_text(out, line->due, MU_DUE_PLAIN, from);
    }
    int64_t days =
        mu_date_to_days(due.date) - mu_date_to_days(mu_zone_local(from->zone, from->now).date);
    if (mu_due_is_over(&due, from)) {
        *out_mark = MU_DUE_LATE;
        return days < 0 ? mu_buf_printf(out, LATE "late %" PRId64 " d", -days)
                        : mu_buf_append_str(out, LATE "late today");
    }
    if (days <= 0) {
        *out_mark = MU_DUE_TODAY;
        MU_TRY(mu_buf_append_str(out, TODAY "today"));
        return put_time(out, &due);
    }
    if (days == 1) {
        *out_mark = MU_DUE_SOON;
        MU_TRY(mu_buf_append_str(out, SOON "tomorrow"));
        return put_time(out, &due);
    }
    if (days <= SOON_MAX) {
        *out_mark = MU_DUE_SOON;
        MU_TRY(
            mu_buf_printf(out, SOON "%s %" PRId64 " d", weekdays[mu_date_weekday(due.date)], days));
        return MU_OK;
    }
    *out_mark = MU_DUE_LATER;
    return mu_words_due(out, &due, MU_DUE_PLAIN, from);
}

enum mu_status mu_words_lane(struct mu_buf *out, const struct mu_lane *lane)
{
    int64_t limit = lane->column->wip_limit;
    MU_TRY(mu_show(out, lane->column->name, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_byte(out, ' '));
    MU_TRY(mu_words_number(out, (uint64_t)lane->count));
    if (limit > 0) {
        MU_TRY(mu_buf_printf(out, "/%" PRId64, limit));
    }
    return limit > 0 && lane->open > limit ? mu_buf_append_str(out, " over its limit") : MU_OK;
}

static enum mu_status put(struct mu_buf *out, struct mu_slice text)
{
    if (text.len == 0) {
        return MU_OK;
    }
    MU_TRY(mu_buf_append_str(out, ", "));
    return mu_buf_append(out, text.data, text.len);
}

enum mu_status mu_words_card(struct mu_buf *out, const struct mu_card *card)
{
    MU_TRY(mu_buf_printf(out, "%s ", card->line.ref));
    MU_TRY(mu_buf_append(out, card->title.data, card->title.len));
    MU_TRY(card->closed ? mu_buf_append_str(out, ", done") : MU_OK);
    MU_TRY(put(out, card->blocked));
    MU_TRY(put(out, card->people.len > 0 ? card->people : mu_slice_str("nobody")));
    struct mu_slice due = card->due;
    if (card->due_mark == MU_DUE_LATE || card->due_mark == MU_DUE_TODAY ||
        card->due_mark == MU_DUE_SOON) {
        size_t mark = card->due_mark == MU_DUE_LATE ? sizeof LATE - 1 : sizeof TODAY - 1;
        due = mu_slice_of(due.data + mark, due.len - mark);
    }
    if (card->due_mark != MU_DUE_UNMARKED && card->due_mark != MU_DUE_LATE) {
        MU_TRY(mu_buf_append_str(out, ", due "));
        MU_TRY(mu_buf_append(out, due.data, due.len));
    } else {
        MU_TRY(put(out, due));
    }
    if (card->item_count > 0) {
        MU_TRY(mu_buf_printf(out, ", %" PRId64 " of %" PRId64 " checked", card->done_count,
                             card->item_count));
    }
    if (card->comment_count > 0) {
        MU_TRY(mu_buf_append_str(out, ", "));
        MU_TRY(mu_words_count(out, (uint64_t)card->comment_count, "comment", "comments"));
    }
    MU_TRY(put(out, card->labels));
    MU_TRY(card->conflict ? mu_buf_append_str(out, ", conflict") : MU_OK);
    return card->line.pending ? mu_buf_append_str(out, ", waiting") : MU_OK;
}
