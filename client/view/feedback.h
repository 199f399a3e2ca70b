/* Feedback as its writer and its reader see it.  The words of sealed feedback are not here: who
 * holds the keys opens them (client/core/sealed.h) and takes them apart with
 * mu_feedback_words_read(). */
#ifndef MUSTER_CLIENT_VIEW_FEEDBACK_H
#define MUSTER_CLIENT_VIEW_FEEDBACK_H

#include "client/view/json.h"
#include "client/view/names.h"
#include "client/view/subject.h"
#include "client/view/words.h"

struct mu_feedback_words {
    struct mu_slice did_well, improve, next_step;
};

struct mu_feedback_line {
    struct mu_id id;
    char ref[MU_HANDLE_LEN + 1];
    struct mu_id from, to;
    struct mu_subject about;                       /* entity 0: week */
    int64_t week;                                  /* its Monday, when about nothing else */
    bool open;                                     /* to the team; else sealed */
    struct mu_id sealed, reply_sealed, commitment; /* zero: none */
    struct mu_feedback_words words;                /* of open feedback */
    struct mu_slice reply;                         /* of open feedback */
    int64_t sent_ms, read_ms, answered_ms;         /* 0: not yet */
};

enum mu_feedback_box {
    MU_FEEDBACK_INBOX = 1, /* to self */
    MU_FEEDBACK_OUTBOX,    /* from self */
    MU_FEEDBACK_TEAM       /* open, whoever's */
};

/* Newest first, at most most.  Everything in the arena. */
MU_MUST_USE enum mu_status mu_feedback_list(struct mu_db *db, enum mu_feedback_box box,
                                            struct mu_id self, size_t most, struct mu_arena *arena,
                                            struct mu_feedback_line **out_lines, size_t *out_count,
                                            struct mu_error *err);
MU_MUST_USE enum mu_status mu_feedback_get(struct mu_db *db, struct mu_id id,
                                           struct mu_arena *arena, struct mu_feedback_line *out,
                                           bool *out_found, struct mu_error *err);
/* "new", "read", "answered". */
const char *mu_feedback_state(const struct mu_feedback_line *line);

/* The words as the text that is sealed, and back.  MU_E_INVALID for a text that is none. */
MU_MUST_USE enum mu_status mu_feedback_words_write(const struct mu_feedback_words *words,
                                                   struct mu_buf *out, struct mu_error *err);
MU_MUST_USE enum mu_status mu_feedback_words_read(struct mu_slice text,
                                                  struct mu_feedback_words *out,
                                                  struct mu_error *err);

/* "~k3f9  from @ben about T-3 'Leads' · sealed · new · Fri 15:20", without a line end. */
MU_MUST_USE enum mu_status mu_words_feedback(struct mu_buf *out,
                                             const struct mu_feedback_line *line,
                                             const struct mu_names *names,
                                             const struct mu_viewpoint *from);
/* What it is about: "T-3 'Leads'", "the week of 23 Nov". */
MU_MUST_USE enum mu_status mu_words_feedback_about(struct mu_buf *out,
                                                   const struct mu_feedback_line *line);
/* Tab-separated: ref, sent, from, to, about, visibility, state; with a newline. */
MU_MUST_USE enum mu_status mu_feedback_tabs(struct mu_buf *out, const struct mu_feedback_line *line,
                                            const struct mu_names *names);
/* words and reply: as opened, or NULL where they are not (then null). */
void mu_feedback_json(struct mu_json *json, const char *name, const struct mu_feedback_line *line,
                      const struct mu_feedback_words *words, const struct mu_slice *reply,
                      const struct mu_names *names);

#endif
