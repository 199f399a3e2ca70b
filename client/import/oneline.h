/* Builds one line of English for a log entry or a finding: a fixed buffer that
 * cuts what does not fit, quotes that stay on one line. */
#ifndef MUSTER_CLIENT_IMPORT_ONELINE_H
#define MUSTER_CLIENT_IMPORT_ONELINE_H

#include "common/base/arena.h"
#include "common/base/slice.h"

#define MU_ONELINE_MAX   1024
#define MU_ONELINE_QUOTE 120 /* bytes of a quoted text that are shown */

struct mu_oneline {
    char bytes[MU_ONELINE_MAX];
    size_t len; /* <= MU_ONELINE_MAX; always valid UTF-8 */
};

void mu_oneline_clear(struct mu_oneline *line);
/* Text of our own. */
void mu_oneline_put(struct mu_oneline *line, const char *text);
/* Text from outside, valid UTF-8: control characters and line ends become
 * spaces, a long one is cut and ends in "…". */
void mu_oneline_text(struct mu_oneline *line, struct mu_slice text);
/* The same, not cut before the line is full. */
void mu_oneline_whole(struct mu_oneline *line, struct mu_slice text);
/* As mu_oneline_text(), in single quotes. */
void mu_oneline_quote(struct mu_oneline *line, struct mu_slice text);
/* 1234567 as 1,234,567. */
void mu_oneline_number(struct mu_oneline *line, size_t number);
/* "1 card", "2 cards". */
void mu_oneline_count(struct mu_oneline *line, size_t number, const char *one, const char *many);
struct mu_slice mu_oneline_view(const struct mu_oneline *line);
/* A copy in the arena; fails as the arena does. */
MU_MUST_USE bool mu_oneline_take(const struct mu_oneline *line, struct mu_arena *arena,
                                 struct mu_slice *out_text);

#endif
