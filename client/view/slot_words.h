/* Days, hours, schedules and slots in words and in JSON, the same on every screen. */
#ifndef MUSTER_CLIENT_VIEW_SLOT_WORDS_H
#define MUSTER_CLIENT_VIEW_SLOT_WORDS_H

#include "client/view/json.h"
#include "client/view/names.h"
#include "client/view/slots.h"

/* All that take a buffer append.  Errors: as mu_buf_append(). */

/* "Tue 24 Nov", with the year when it is another than that of today. */
MU_MUST_USE enum mu_status mu_words_day(struct mu_buf *out, int64_t day, int64_t today);
/* "2026-11-24", NUL-terminated. */
#define MU_DAY_TEXT_MAX 16
void mu_day_text(int64_t day, char out_text[static MU_DAY_TEXT_MAX]);
/* "09:30"; past midnight "00:30 (+1)". */
MU_MUST_USE enum mu_status mu_words_minute(struct mu_buf *out, int32_t minute);
/* "Mon-Fri", "Mon, Wed, Fri", "every day", "no day". */
MU_MUST_USE enum mu_status mu_words_weekdays(struct mu_buf *out, unsigned days);
/* "Mon-Fri 09:00-09:30, 15 min grace, each member's time". */
MU_MUST_USE enum mu_status mu_words_version(struct mu_buf *out,
                                            const struct mu_schedule_version *version);

/* What a slot is, as viewer may know it: "open until 09:30", "on time · 09:12", "on time
 * (arrived 11:40) · 09:12", "missed · no word, device offline since 08:10", "excused · on leave,
 * declared late", "late · written 09:50, received 17:42 · clock uncertain · edited".  Instants are
 * the viewer's; times of the slot itself are its person's. */
MU_MUST_USE enum mu_status mu_words_slot(struct mu_buf *out, const struct mu_slot *slot,
                                         struct mu_id viewer, bool viewer_leads,
                                         const struct mu_viewpoint *from);
void mu_slot_json(struct mu_json *json, const char *name, const struct mu_slot *slot,
                  struct mu_id viewer, bool viewer_leads, const struct mu_names *names);

/* "leave", "sick", "other"; 0 for another word. */
const char *mu_absence_kind_name(int64_t kind);
int64_t mu_absence_kind_parse(struct mu_slice word);
/* "standup", "weekly", "custom"; 0 for another word. */
const char *mu_schedule_kind_name(int64_t kind);
int64_t mu_schedule_kind_parse(struct mu_slice word);
const char *mu_schedule_state_name(int64_t state);
/* "text", "number", "choice", "scale", "tasks", "commitments", "blockers". */
const char *mu_ask_kind_name(int64_t kind);
int64_t mu_ask_kind_parse(struct mu_slice word);

#endif
