/* Kudos as people see them: from whom, to whom, for what, and the marks put on them. */
#ifndef MUSTER_CLIENT_VIEW_KUDOS_H
#define MUSTER_CLIENT_VIEW_KUDOS_H

#include "client/view/json.h"
#include "client/view/names.h"
#include "client/view/subject.h"
#include "client/view/words.h"
#include "common/db/db.h"

/* One mark, and how many put it. */
struct mu_mark {
    struct mu_slice mark;
    size_t count;
    bool mine;
};

struct mu_kudos_line {
    struct mu_id id;
    char ref[MU_HANDLE_LEN + 1];
    struct mu_id from;
    int64_t at_ms;
    struct mu_slice text, tag; /* tag: the value that was lived, or "" */
    struct mu_subject about;
    struct mu_id *to;
    size_t to_count;
    struct mu_mark *marks;
    size_t mark_count;
};

/* Kudos given at since_ms or later, newest first, at most most; those to person alone when it is
 * not zero.  Everything in the arena.  Errors: those of the store, MU_E_NOMEM. */
struct mu_kudos_filter {
    int64_t since_ms;
    struct mu_id to; /* zero: anybody */
    struct mu_id self;
    size_t most;
};
MU_MUST_USE enum mu_status mu_kudos_read(struct mu_db *db, const struct mu_kudos_filter *filter,
                                         struct mu_arena *arena, struct mu_kudos_line **out_lines,
                                         size_t *out_count, struct mu_error *err);

/* "@ben to @rita and @sam: 'the shared deal' for T-9 'Nordwind'  +1 2", without a line end,
 * neutralised. */
MU_MUST_USE enum mu_status mu_words_kudos(struct mu_buf *out, const struct mu_kudos_line *line,
                                          const struct mu_names *names,
                                          const struct mu_viewpoint *from);
/* Tab-separated: ref, instant, from, to, text, task, tag, marks; with a newline. */
MU_MUST_USE enum mu_status mu_kudos_tabs(struct mu_buf *out, const struct mu_kudos_line *line,
                                         const struct mu_names *names);
void mu_kudos_json(struct mu_json *json, const char *name, const struct mu_kudos_line *line,
                   const struct mu_names *names);
/* "@rita, @sam and @kofi", neutralised. */
MU_MUST_USE enum mu_status mu_words_people(struct mu_buf *out, const struct mu_id *people,
                                           size_t count, const struct mu_names *names);
/* An instant for programs: "2026-11-24T13:05:09Z". */
MU_MUST_USE enum mu_status mu_words_utc(struct mu_buf *out, int64_t wall_ms);

#endif
