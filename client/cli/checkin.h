/* A check-in as it is filled in, from options, a form, an editor or a dialogue. */
#ifndef MUSTER_CLIENT_CLI_CHECKIN_H
#define MUSTER_CLIENT_CLI_CHECKIN_H

#include "client/cli/books.h"
#include "client/cli/rhythm.h"
#include "client/view/promises.h"

#define MU_FORM_ROWS_MAX 16
#define MU_FORM_MAX      ((size_t)2 * MU_TEXT_MAX)

struct mu_form_block {
    struct mu_slice reason;
    const char *needs; /* "@ana" or "T-7", or NULL */
    const char *kind;  /* or NULL */
    const char *on;    /* the task that is held up, or NULL */
};

struct mu_form {
    const struct mu_slot *slot;
    struct mu_question *questions; /* asked on that day */
    size_t question_count;
    struct mu_slice *answers;       /* one a question; empty: not given */
    struct mu_slice *proposed;      /* what stands for an answer that is not given; or empty */
    const struct mu_promise *known; /* of the person, lately: what the form begins with */
    size_t known_count;
    const struct mu_task_line *moved; /* own tasks under way, or done since the last check-in */
    size_t moved_count;

    struct mu_slice text;
    struct mu_id done[MU_FORM_ROWS_MAX];
    size_t done_count;
    const char *promised[MU_FORM_ROWS_MAX]; /* "T-2", or words */
    size_t promise_count;
    struct mu_form_block blocked[MU_FORM_ROWS_MAX];
    size_t block_count;
};

/* What the form begins with: promises of the last week that are not settled or came to something
 * since, what moved, and for numbers "from" a target what the person recorded of it: in the week
 * of a weekly review, on the day else. */
MU_MUST_USE enum mu_status mu_form_fill(struct mu_session *session,
                                        const struct mu_cli_books *books, struct mu_form *form,
                                        struct mu_error *err);
/* One line of a form: "done: T-1", "promise: T-2", "blocked: which version @ana", "2: 17",
 * or text.  Lines with '#' in front are no part of it. */
MU_MUST_USE enum mu_status mu_form_read(struct mu_session *session, struct mu_form *form,
                                        struct mu_slice text, struct mu_error *err);
/* The same as a text to be edited. */
MU_MUST_USE enum mu_status mu_form_write(struct mu_session *session, const struct mu_form *form,
                                         struct mu_buf *out, struct mu_error *err);
/* From --answer, --done, --promise, --blocked. */
MU_MUST_USE enum mu_status mu_form_options(struct mu_session *session, struct mu_form *form,
                                           struct mu_error *err);
/* Asks on the terminal for what is not given. */
MU_MUST_USE enum mu_status mu_form_ask(struct mu_session *session, struct mu_form *form,
                                       struct mu_error *err);
/* The person's own editor on the form. */
MU_MUST_USE enum mu_status mu_form_edit(struct mu_session *session, struct mu_form *form,
                                        struct mu_error *err);
/* Numbers that nobody gave are what was recorded.  Refused when an answer does not fit, or one
 * that is asked for is missing. */
MU_MUST_USE enum mu_status mu_form_check(struct mu_form *form, struct mu_error *err);

#endif
