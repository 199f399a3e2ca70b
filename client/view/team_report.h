/* A team's report: the figures of everybody whom the reader may see, the leads first, and what
 * was won; as text, Markdown, HTML and JSON.
 *
 * Nobody is ranked: people stand by handle, behind the leads.  A lead sees everybody; a member
 * sees the leads, himself and the team.  HTML has its charts inline and no scripts. */
#ifndef MUSTER_CLIENT_VIEW_TEAM_REPORT_H
#define MUSTER_CLIENT_VIEW_TEAM_REPORT_H

#include "client/view/goals.h"
#include "client/view/kudos.h"
#include "client/view/metrics.h"
#include "client/view/wins.h"

struct mu_team_report {
    int64_t from_day, to_day;
    struct mu_metrics team;
    struct mu_metrics *people; /* leads first, then by handle */
    size_t person_count;
    int64_t tasks_done; /* by their owners, in the window */
    struct mu_win_line *wins;
    size_t win_count;
    struct mu_kudos_line *kudos;
    size_t kudos_count;
    struct mu_goal *goals; /* that are not ended */
    size_t goal_count;
    struct mu_blocker *blockers; /* open, oldest first */
    size_t blocker_count;
    struct mu_id *unthanked; /* who got no kudos in the window: for leads; else empty */
    size_t unthanked_count;
};

/* Whether viewer may see the figures of person: his own, a lead's, or all when he leads. */
bool mu_team_report_may_see(const struct mu_names *names, struct mu_id viewer, struct mu_id person);
/* Errors: those of the store, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_team_report_load(const struct mu_books *books,
                                               const struct mu_names *names,
                                               const struct mu_viewpoint *from, struct mu_id viewer,
                                               const struct mu_metric_window *window,
                                               struct mu_team_report *out, struct mu_error *err);

MU_MUST_USE enum mu_status mu_team_report_text(struct mu_buf *out,
                                               const struct mu_team_report *report,
                                               const struct mu_names *names,
                                               const struct mu_viewpoint *from);
MU_MUST_USE enum mu_status mu_team_report_markdown(struct mu_buf *out,
                                                   const struct mu_team_report *report,
                                                   const struct mu_names *names,
                                                   const struct mu_viewpoint *from);
MU_MUST_USE enum mu_status mu_team_report_html(struct mu_buf *out,
                                               const struct mu_team_report *report,
                                               const struct mu_names *names,
                                               const struct mu_viewpoint *from);
void mu_team_report_json(struct mu_json *json, const struct mu_team_report *report,
                         const struct mu_names *names);
/* "2 Nov to 29 Nov 2026". */
MU_MUST_USE enum mu_status mu_words_window(struct mu_buf *out, int64_t from_day, int64_t to_day);

/* Changes that a counted row is made of: ascending seqs of the log, at most most; 0 when it is not
 * confirmed yet.  Errors: those of the store. */
MU_MUST_USE enum mu_status mu_counted_changes(struct mu_db *db, const struct mu_counted *counted,
                                              uint64_t *out_seqs, size_t most, size_t *out_count,
                                              struct mu_error *err);

#endif
