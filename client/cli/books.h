/* Promises, blockers and goals on the command line: what they are judged from, how rows of them
 * are put into an edit, and how an edit of one ends. */
#ifndef MUSTER_CLIENT_CLI_BOOKS_H
#define MUSTER_CLIENT_CLI_BOOKS_H

#include "client/cli/edit.h"
#include "client/view/books.h"
#include "common/model/decide.h"

/* Must not move: books points into it. */
struct mu_cli_books {
    struct mu_calendar calendar;
    struct mu_books books;
};
/* person: whose calendar is enough, or NULL for everybody's. */
MU_MUST_USE enum mu_status mu_cli_books(struct mu_session *session, const struct mu_id *person,
                                        struct mu_cli_books *out, struct mu_error *err);

/* today, tomorrow, this-week, next-week, or a date, where the person who writes is.  *out_is false:
 * none of these. */
MU_MUST_USE enum mu_status mu_cli_period(struct mu_session *session,
                                         const struct mu_cli_books *books, const char *word,
                                         struct mu_period *out, bool *out_is, struct mu_error *err);

/* What a promise is about: a task, a quota, or words. */
struct mu_promise_wish {
    struct mu_id task, quota;
    struct mu_slice text;
    struct mu_period period;
    int64_t via;             /* enum mu_commitment_via */
    struct mu_id checkin;    /* zero: none */
    struct mu_id supersedes; /* zero: a new one; else reason may say why */
    struct mu_slice reason;
};
/* The operation of commitment.add, commitment.carry or commitment.renegotiate, or of a check-in;
 * returns the promise's id. */
struct mu_id mu_edit_promise(struct mu_edit *edit, const struct mu_cli_books *books,
                             const struct mu_promise_wish *wish);

struct mu_blocker_wish {
    struct mu_id task, needs_person, needs_task, checkin; /* zero: none */
    int64_t kind; /* enum mu_blocker_kind, 0: by what it needs */
    struct mu_slice reason;
};
struct mu_id mu_edit_blocker(struct mu_edit *edit, const struct mu_blocker_wish *wish);

/* Words left, joined by blanks, or the option --NAME when there are none; empty when neither. */
MU_MUST_USE enum mu_status mu_cli_rest(struct mu_cli *cli, const char *option, const char *what,
                                       size_t max, struct mu_slice *out, struct mu_error *err);

/* The end of an edit: tell the agent, then the line and "saved here", or the row's JSON by put()
 * under name, with "saved" and "pending". */
typedef void mu_row_json(struct mu_json *json, const char *name, const void *row,
                         const struct mu_names *names);
MU_MUST_USE enum mu_status mu_finish_row(struct mu_session *session, struct mu_slice line,
                                         const char *name, mu_row_json *put, const void *row,
                                         struct mu_error *err);

#endif
