#include "client/import/csv_date.h"

#include "client/import/iso_time.h"
#include "common/model/due.h"

#define DAY_MS INT64_C(86400000)

struct mu_slice mu_csv_trim(struct mu_slice cell)
{
    while (cell.len > 0 && cell.data[0] <= ' ') {
        cell.data++;
        cell.len--;
    }
    while (cell.len > 0 && cell.data[cell.len - 1] <= ' ') {
        cell.len--;
    }
    return cell;
}

/* Three numbers with the same mark between them; then at most a time, which is left. */
struct parts {
    int32_t numbers[3];
    size_t digits[3];
    uint8_t mark;
};

static bool split(struct mu_slice text, struct parts *out)
{
    struct parts parts = {0};
    size_t at = 0;
    for (size_t i = 0; i < 3; i++) {
        while (at < text.len && text.data[at] >= '0' && text.data[at] <= '9') {
            if (parts.digits[i] == 4) {
                return false;
            }
            parts.numbers[i] = parts.numbers[i] * 10 + (text.data[at] - '0');
            parts.digits[i]++;
            at++;
        }
        if (parts.digits[i] == 0) {
            return false;
        }
        if (i < 2) {
            uint8_t mark = at < text.len ? text.data[at] : 0;
            if ((mark != '/' && mark != '.' && mark != '-') || (i == 1 && mark != parts.mark)) {
                return false;
            }
            parts.mark = mark;
            at++;
        }
    }
    if (at < text.len && text.data[at] != ' ' && text.data[at] != 'T') {
        return false;
    }
    *out = parts;
    return true;
}

/* Day and month, in some order, then the year. */
static bool is_year_last(const struct parts *parts)
{
    return parts->digits[0] <= 2 && parts->digits[1] <= 2 && parts->digits[2] == 4;
}

void mu_csv_dates_see(struct mu_csv_dates *dates, struct mu_slice cell)
{
    struct parts parts;
    if (split(mu_csv_trim(cell), &parts) && is_year_last(&parts) && parts.mark != '.') {
        dates->day_first = dates->day_first || parts.numbers[0] > 12;
        dates->month_first = dates->month_first || parts.numbers[1] > 12;
    }
}

static bool date_of(const struct mu_csv_dates *dates, const struct parts *parts,
                    struct mu_date *out)
{
    if (parts->digits[0] == 4 && parts->digits[1] <= 2 && parts->digits[2] <= 2) {
        *out = (struct mu_date){parts->numbers[0], parts->numbers[1], parts->numbers[2]};
        return true;
    }
    bool sure = parts->mark == '.' || parts->numbers[0] == parts->numbers[1] ||
                dates->day_first != dates->month_first;
    if (!is_year_last(parts) || !sure) {
        return false;
    }
    bool day_first = parts->mark == '.' || dates->day_first;
    *out = (struct mu_date){.year = parts->numbers[2],
                            .month = parts->numbers[day_first ? 1 : 0],
                            .day = parts->numbers[day_first ? 0 : 1]};
    return true;
}

bool mu_csv_date(const struct mu_csv_dates *dates, struct mu_slice cell, struct mu_source_time *out)
{
    struct mu_slice text = mu_csv_trim(cell);
    struct mu_source_time time = {0};
    bool local = false;
    struct parts parts;
    struct mu_date date;
    if (text.len == 0) {
        *out = time;
        return true;
    }
    if (mu_iso_parse(text, &time, &local) && !local) {
        *out = time;
        return true;
    }
    if (!split(text, &parts) || !date_of(dates, &parts, &date) || !mu_date_valid(date)) {
        return false;
    }
    *out = (struct mu_source_time){.when = MU_WHEN_DATE, .at_ms = mu_date_to_days(date) * DAY_MS};
    return true;
}
