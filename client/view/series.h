/* Tasks that come again: the series, and which of their tasks are to be made now.
 *
 * Every device makes them when their day comes near, online or not; the ids are derived, so that
 * all of them make the same (common/model/decide_series.c). */
#ifndef MUSTER_CLIENT_VIEW_SERIES_H
#define MUSTER_CLIENT_VIEW_SERIES_H

#include "client/view/json.h"
#include "client/view/names.h"
#include "client/view/words.h"
#include "common/model/intent.h"
#include "common/model/recur.h"

/* Days back that are still made up for after a long time away. */
#define MU_SERIES_BACK_DAYS 14

struct mu_series_line {
    struct mu_id id;
    char ref[MU_HANDLE_LEN + 1];
    struct mu_slice rule_text; /* as kept */
    struct mu_recur rule;
    bool readable; /* rule_text is a rule that this version knows */
    int basis;     /* enum mu_series_basis */
    int64_t start_day;
    int64_t due_minute;   /* -1: by the end of the working day */
    struct mu_slice zone; /* IANA name; "": the team's */
    struct mu_id column, owner, goal;
    struct mu_slice title;
    bool ended;
    int64_t next_day; /* the next one from today on; INT64_MIN: none */
};

/* By title; ended ones too when all.  from gives today and the zones.  Everything in the arena. */
MU_MUST_USE enum mu_status mu_series_list(struct mu_db *db, bool all, const struct mu_names *names,
                                          const struct mu_viewpoint *from, struct mu_arena *arena,
                                          struct mu_series_line **out_lines, size_t *out_count,
                                          struct mu_error *err);

/* A task to be made. */
struct mu_occurrence {
    struct mu_id series;
    int64_t day;
    struct mu_id task; /* its id */
};
/* What is not there yet: by due dates the days from MU_SERIES_BACK_DAYS ago to today and one
 * after it, by completion the next one when the last is finished.  At most most. */
MU_MUST_USE enum mu_status mu_series_due(struct mu_db *db, const struct mu_names *names,
                                         const struct mu_viewpoint *from, size_t most,
                                         struct mu_arena *arena, struct mu_occurrence **out_items,
                                         size_t *out_count, struct mu_error *err);
/* The intent that makes it.  MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_occurrence_intent(const struct mu_occurrence *occurrence,
                                                struct mu_arena *arena,
                                                struct mu_intent *out_intent, struct mu_error *err);

/* "~k3f9  Weekly numbers · every week on Fri, 15:00 · @ben · next Fri 27 Nov", neutralised,
 * without a line end. */
MU_MUST_USE enum mu_status mu_words_series(struct mu_buf *out, const struct mu_series_line *line,
                                           const struct mu_names *names,
                                           const struct mu_viewpoint *from);
/* Tab-separated: ref, title, rule, basis, start, due minute, zone, owner, next, "ended" or empty;
 * with a newline. */
MU_MUST_USE enum mu_status mu_series_tabs(struct mu_buf *out, const struct mu_series_line *line,
                                          const struct mu_names *names);
void mu_series_json(struct mu_json *json, const char *name, const struct mu_series_line *line,
                    const struct mu_names *names);

#endif
