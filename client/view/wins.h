/* The wall of wins: what people have posted, and what the replica proposes to post.
 *
 * A proposal has the id that the win will have, so that what is posted once is proposed no more,
 * on no device. */
#ifndef MUSTER_CLIENT_VIEW_WINS_H
#define MUSTER_CLIENT_VIEW_WINS_H

#include "client/core/list.h"
#include "client/view/json.h"
#include "client/view/names.h"
#include "client/view/subject.h"
#include "client/view/words.h"
#include "common/model/decide.h"

struct mu_win_line {
    struct mu_id id;
    char ref[MU_HANDLE_LEN + 1];
    struct mu_id person;
    int64_t kind; /* enum mu_win_kind */
    struct mu_subject about;
    int64_t level; /* 0: none */
    size_t run;    /* of a quota, once mu_wins_count_runs() has looked: how many in a row */
    bool monthly;  /* a quota of a month */
    struct mu_slice text;
    struct mu_id posted_by; /* zero: a proposal */
    int64_t at_ms;          /* posted; of a proposal: won */
};

/* Posted at since_ms or later, newest first, at most most.  Everything in the arena. */
MU_MUST_USE enum mu_status mu_wins_posted(struct mu_db *db, int64_t since_ms, size_t most,
                                          struct mu_arena *arena, struct mu_win_line **out_lines,
                                          size_t *out_count, struct mu_error *err);

/* Proposals under way: what other views know of (quarters of goals, quotas, streaks) is added
 * with mu_wins_add(). */
struct mu_win_proposals {
    struct mu_db *db; /* borrowed */
    struct mu_arena *arena;
    struct mu_list lines; /* struct mu_win_line */
};
void mu_wins_begin(struct mu_win_proposals *proposals, struct mu_db *db, struct mu_arena *arena);
/* Propose, unless it is posted. */
MU_MUST_USE enum mu_status mu_wins_add(struct mu_win_proposals *proposals,
                                       const struct mu_win_key *key, uint32_t about_entity,
                                       int64_t at_ms, struct mu_error *err);
/* Tasks done by their owners and blockers cleared for others, at since_ms or later. */
MU_MUST_USE enum mu_status mu_wins_add_board(struct mu_win_proposals *proposals, int64_t since_ms,
                                             struct mu_error *err);
/* Quarters that goals have reached, quotas met, and check-ins written one after another, as the
 * books tell at their now.  Of a goal and of a streak the highest level alone. */
struct mu_books;
MU_MUST_USE enum mu_status mu_wins_add_judged(struct mu_win_proposals *proposals,
                                              const struct mu_books *books, int64_t since_ms,
                                              struct mu_error *err);
/* How many quotas of one target each quota in lines was the last of, met one period after the
 * other; excused periods neither count nor break. */
MU_MUST_USE enum mu_status mu_wins_count_runs(const struct mu_books *books,
                                              struct mu_win_line *lines, size_t count,
                                              struct mu_error *err);
/* Newest first; borrowed from the arena. */
struct mu_win_line *mu_wins_end(struct mu_win_proposals *proposals, size_t *out_count);

/* "task", "goal", "quota", "streak", "unblocked", "other". */
const char *mu_win_kind_name(int64_t kind);
/* "@sam finished T-9 'Nordwind': 'at last'", without a line end, neutralised. */
MU_MUST_USE enum mu_status mu_words_win(struct mu_buf *out, const struct mu_win_line *line,
                                        const struct mu_names *names);
/* Tab-separated: ref, instant, person, kind, about, level, text, posted by (or "proposed"). */
MU_MUST_USE enum mu_status mu_win_tabs(struct mu_buf *out, const struct mu_win_line *line,
                                       const struct mu_names *names);
void mu_win_json(struct mu_json *json, const char *name, const struct mu_win_line *line,
                 const struct mu_names *names);

#endif
