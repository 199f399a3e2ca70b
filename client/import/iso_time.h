/* Dates and instants as JSON and tables write them (ISO 8601, RFC 3339). */
#ifndef MUSTER_CLIENT_IMPORT_ISO_TIME_H
#define MUSTER_CLIENT_IMPORT_ISO_TIME_H

#include "client/import/source.h"

#define MU_ISO_TEXT_MAX 20 /* 2018-01-05 12:00 UTC */

/* "2026-05-31" gives MU_WHEN_DATE; "2026-05-31T17:00:00.000Z" gives MU_WHEN_INSTANT:
 * 'T' or one blank, seconds and their fraction may be missing, the zone is Z or
 * +02:00 or +0200.  A time without a zone is taken for UTC and *out_local set.
 * False for anything else, and *out untouched. */
bool mu_iso_parse(struct mu_slice text, struct mu_source_time *out, bool *out_local);
/* "2018-01-05 12:00 UTC", or the date alone; "" for MU_WHEN_NONE.  NUL-terminated. */
void mu_iso_format(struct mu_source_time time, char out_text[static MU_ISO_TEXT_MAX + 1]);

#endif
