/* Dates in the cells of a column, whose order of day and month has to be found out;
 * private to client/import. */
#ifndef MUSTER_CLIENT_IMPORT_CSV_DATE_H
#define MUSTER_CLIENT_IMPORT_CSV_DATE_H

#include "client/import/source.h"

/* What a column tells of 3/4/2026. */
struct mu_csv_dates {
    bool day_first;   /* some cell has a first number above 12 */
    bool month_first; /* some cell has a second number above 12 */
};

/* Takes one cell into account. */
void mu_csv_dates_see(struct mu_csv_dates *dates, struct mu_slice cell);
/* Blanks around it allowed; an empty cell is MU_WHEN_NONE.  A time without a zone is
 * dropped, its date stays.  False when it is not understood or in doubt. */
bool mu_csv_date(const struct mu_csv_dates *dates, struct mu_slice cell,
                 struct mu_source_time *out);
/* The cell without blanks around it. */
struct mu_slice mu_csv_trim(struct mu_slice cell);

#endif
