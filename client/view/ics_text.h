/* Lines of an iCalendar file (RFC 5545): escaped, folded at 75 bytes without cutting a
 * character, ended by CRLF. */
#ifndef MUSTER_CLIENT_VIEW_ICS_TEXT_H
#define MUSTER_CLIENT_VIEW_ICS_TEXT_H

#include "common/base/buf.h"
#include "common/model/due.h"

/* name:text, the text escaped (section 3.3.11): line ends as \n, control characters left out.
 * Errors: as mu_buf_append(). */
MU_MUST_USE enum mu_status mu_ics_put_text(struct mu_buf *out, const char *name,
                                           struct mu_slice text);
/* name:value as it is: of our own making, not escaped. */
MU_MUST_USE enum mu_status mu_ics_put(struct mu_buf *out, const char *name, const char *value);
/* name:20261127T170000Z; of years 1 to 9999 (clamped). */
MU_MUST_USE enum mu_status mu_ics_put_instant(struct mu_buf *out, const char *name,
                                              int64_t wall_ms);
/* name;VALUE=DATE:20261127 */
MU_MUST_USE enum mu_status mu_ics_put_date(struct mu_buf *out, const char *name,
                                           struct mu_date date);

#endif
