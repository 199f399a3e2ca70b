/* Tasks in words and in JSON: what every command echoes and every list prints. */
#ifndef MUSTER_CLIENT_VIEW_TASK_WORDS_H
#define MUSTER_CLIENT_VIEW_TASK_WORDS_H

#include "client/view/json.h"
#include "client/view/tasks.h"
#include "client/view/words.h"

/* "T-42 'Call Kowalczyk'", for sentences; the title cut. */
MU_MUST_USE enum mu_status mu_words_task(struct mu_buf *out, const struct mu_task_line *line);
/* What an edit came to:
 * T-42 "Call Kowalczyk" · @ana · due Fri 27 Nov 17:00 (3 d) · #sales · Doing */
MU_MUST_USE enum mu_status mu_words_task_echo(struct mu_buf *out, const struct mu_task_line *line,
                                              const struct mu_names *names,
                                              const struct mu_viewpoint *from);

/* The short facts beside a title in a list, each "" when there is nothing to say, neutralised. */
/* "@ana +2" with two helpers, or "". */
MU_MUST_USE enum mu_status mu_words_task_people(struct mu_buf *out, const struct mu_task_line *line,
                                                const struct mu_names *names);
/* "#sales #red". */
MU_MUST_USE enum mu_status mu_words_task_labels(struct mu_buf *out, const struct mu_task_line *line,
                                                const struct mu_names *names);
/* Whether the due has run out while the task is not done. */
bool mu_task_is_late(const struct mu_task_line *line, const struct mu_viewpoint *from);

/* "blocked", "waiting", "blocked,waiting" or "". */
const char *mu_task_marks(const struct mu_task_line *line);

/* Whole values, tab-separated, with a newline: ref, title, state, column, owner, helpers, due,
 * labels, marks.  Lists within a value are separated by commas. */
MU_MUST_USE enum mu_status mu_task_tabs(struct mu_buf *out, const struct mu_task_line *line,
                                        const struct mu_names *names);
/* The fields alone, into an object that is open. */
void mu_task_json_fields(struct mu_json *json, const struct mu_task_line *line,
                         const struct mu_names *names);
/* {"ref","id","title","state","column","owner","helpers","due","labels","goal","blocked",
 * "pending","updated_seq","archived"} */
void mu_task_json(struct mu_json *json, const char *name, const struct mu_task_line *line,
                  const struct mu_names *names);

#endif
