/* Words that mean something of themselves: @ana, #sales, ^doing, due:fri, due<fri.
 *
 * A word is a token only where nothing else can be meant: it holds no blank (it was not quoted
 * with others), does not stand after "--", and has something behind its sign. */
#ifndef MUSTER_CLIENT_CLI_TOKENS_H
#define MUSTER_CLIENT_CLI_TOKENS_H

#include "client/cli/session.h"

enum mu_token_kind {
    MU_TOKEN_TEXT,
    MU_TOKEN_PERSON, /* @ana */
    MU_TOKEN_LABEL,  /* #sales */
    MU_TOKEN_COLUMN, /* ^doing */
    MU_TOKEN_DUE,    /* due:fri due<fri due<=fri due>fri due>=fri */
    MU_TOKEN_START,  /* start:mon */
    MU_TOKEN_STATE,  /* state:doing */
    MU_TOKEN_GOAL,   /* goal:G-2 */
    MU_TOKEN_PARENT  /* parent:T-3 */
};

struct mu_token {
    enum mu_token_kind kind;
    struct mu_slice value;       /* without its sign */
    enum mu_due_compare compare; /* of DUE: MU_DUE_AT for ':' */
};

struct mu_token mu_token_of(const struct mu_arg_word *word);

/* A date as people write it, now and here.  *out_none: "none" was said.
 * Errors: MU_E_USAGE, MU_E_NOT_FOUND an unknown zone. */
MU_MUST_USE enum mu_status mu_token_date(struct mu_session *session, struct mu_slice text,
                                         struct mu_due *out_due, bool *out_none,
                                         struct mu_error *err);
/* 0 with MU_E_NOT_FOUND when there is no such state. */
MU_MUST_USE enum mu_status mu_token_state(struct mu_slice text, int *out_state,
                                          struct mu_error *err);
/* A length of time: "7d", "12h", "30m", "5s"; in ms.  MU_E_USAGE. */
MU_MUST_USE enum mu_status mu_token_span(const char *text, int64_t *out_ms, struct mu_error *err);
/* A whole number from low to high.  what names it in the error. */
MU_MUST_USE enum mu_status mu_token_number(const char *text, const char *what, int64_t low,
                                           int64_t high, int64_t *out_number, struct mu_error *err);

#endif
