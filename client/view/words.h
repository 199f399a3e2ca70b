/* Times, numbers and the sync truth in the words that every surface uses. */
#ifndef MUSTER_CLIENT_VIEW_WORDS_H
#define MUSTER_CLIENT_VIEW_WORDS_H

#include "client/core/client.h"
#include "common/base/buf.h"
#include "common/model/due.h"
#include "common/model/zone.h"

/* When and where somebody looks.  Everything is borrowed. */
struct mu_viewpoint {
    struct mu_wall now;
    const struct mu_zone *zone;
    const char *zone_name; /* "" when unknown */
    int32_t day_end_minute;
    /* The zone of that name, or NULL; may be NULL itself. */
    const struct mu_zone *(*zone_of)(void *state, const char *name);
    void *state;
};

/* All of these append.  Errors: as mu_buf_append(). */

enum mu_due_form {
    MU_DUE_PLAIN, /* "Fri 27 Nov", for the past: nothing in it depends on now but the year */
    MU_DUE_SHORT, /* "Fri 27 Nov (3 d)": a time only for today */
    MU_DUE_EXACT  /* "Fri 27 Nov 17:00 (3 d)": with the end of the day when it has no time */
};
/* The year when it is another, "(2 d late)" when over; for a due in a zone whose clock differs,
 * "Fri 27 Nov 17:00 Asia/Tokyo (09:00 here, 3 d)" when exact. */
MU_MUST_USE enum mu_status mu_words_due(struct mu_buf *out, const struct mu_due *due,
                                        enum mu_due_form form, const struct mu_viewpoint *from);
/* The same of a field's bytes; those that are no due are shown as they are, neutralised. */
MU_MUST_USE enum mu_status mu_words_due_text(struct mu_buf *out, struct mu_slice due,
                                             enum mu_due_form form,
                                             const struct mu_viewpoint *from);
/* Whether the due has run out. */
bool mu_due_is_over(const struct mu_due *due, const struct mu_viewpoint *from);

/* An instant: "14:02" today, "Tue 14:02" within six days, "3 Nov 14:02", "3 Nov 2025". */
MU_MUST_USE enum mu_status mu_words_when(struct mu_buf *out, int64_t wall_ms,
                                         const struct mu_viewpoint *from);
/* An instant that ends something: as mu_words_when(), but midnight is the end of the day before:
 * "end of today", "end of Tue 24 Nov". */
MU_MUST_USE enum mu_status mu_words_until(struct mu_buf *out, int64_t wall_ms,
                                          const struct mu_viewpoint *from);
/* An instant with date and time, always: "Tue 3 Nov 2026 14:02". */
MU_MUST_USE enum mu_status mu_words_instant(struct mu_buf *out, int64_t wall_ms,
                                            const struct mu_viewpoint *from);
/* "45 s", "20 min", "3 h", "3 d", "5 wk": the largest unit that says something. */
MU_MUST_USE enum mu_status mu_words_span(struct mu_buf *out, int64_t ms);
/* 1204 as "1,204". */
MU_MUST_USE enum mu_status mu_words_number(struct mu_buf *out, uint64_t number);
/* "1 change", "3 changes". */
MU_MUST_USE enum mu_status mu_words_count(struct mu_buf *out, uint64_t number, const char *one,
                                          const char *many);

/* A link that says it is live and has heard nothing for this long has lost its process. */
#define MU_HEARD_STALE_MS 20000

/* The link as it truly is: LIVE and CATCHING_UP become OFFLINE when nobody tends them any more. */
enum mu_link mu_sync_link(const struct mu_client_status *status, struct mu_wall now,
                          int64_t *out_offline_since_ms);
/* "live", "catching_up", "offline", "parked". */
const char *mu_link_name(enum mu_link link);
/* One line: "Live", "Offline since 14:02 · 3 changes waiting", "Catching up 1,204/5,000",
 * "Needs you: 1 change refused · Live". */
MU_MUST_USE enum mu_status mu_words_sync(struct mu_buf *out, const struct mu_client_status *status,
                                         const struct mu_viewpoint *from);

#endif
