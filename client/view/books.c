#include "client/view/books.h"

#include <inttypes.h>

#include "common/model/rhythm.h"

#define MINUTE_MS INT64_C(60000)

enum mu_status mu_words_work(struct mu_buf *out, int64_t work_ms, int64_t day_ms)
{
    int64_t minutes = work_ms > 0 ? work_ms / MINUTE_MS : 0;
    int64_t day = day_ms >= MINUTE_MS ? day_ms / MINUTE_MS : 1440;
    int64_t days = minutes / day;
    int64_t hours = minutes % day / 60;
    int64_t rest = minutes % day % 60;
    if (days > 0) {
        MU_TRY(mu_buf_printf(out, "%" PRId64 " d", days));
        return hours > 0 ? mu_buf_printf(out, " %" PRId64 " h", hours) : MU_OK;
    }
    if (hours == 0) {
        return mu_buf_printf(out, "%" PRId64 " min", rest);
    }
    MU_TRY(mu_buf_printf(out, "%" PRId64 " h", hours));
    return rest > 0 ? mu_buf_printf(out, " %" PRId64 " min", rest) : MU_OK;
}

void mu_json_day(struct mu_json *json, const char *name, int64_t day)
{
    char text[MU_DUE_TEXT_MAX + 1];
    if (day <= 0 || day > MU_DAY_MAX) {
        mu_json_null(json, name);
        return;
    }
    const struct mu_due due = {.date = mu_date_from_days(day)};
    mu_due_format(&due, text);
    mu_json_str(json, name, text);
}

const struct mu_calendar_person *mu_books_person(const struct mu_books *books, struct mu_id person)
{
    const struct mu_calendar_person *found = mu_calendar_find(books->calendar, person);
    return found != NULL ? found : &books->calendar->team;
}

int64_t mu_books_day_ms(const struct mu_books *books, struct mu_id person)
{
    int64_t minutes =
        books->calendar->day_end_minute - mu_books_person(books, person)->day_start_minute;
    return (minutes > 0 ? minutes : 480) * MINUTE_MS;
}
