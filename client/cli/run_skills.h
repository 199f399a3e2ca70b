/* Hints for who: who knows what a task asks for. */
#ifndef MUSTER_CLIENT_CLI_RUN_SKILLS_H
#define MUSTER_CLIENT_CLI_RUN_SKILLS_H

#include "client/cli/session.h"

/* Append "unicode, parsing: @kofi (2 of 2)", or nothing. */
MU_MUST_USE enum mu_status mu_skills_hint(struct mu_session *session, struct mu_id task,
                                          struct mu_buf *out, struct mu_error *err);
/* A note for each open task that nobody has and somebody would be good at. */
MU_MUST_USE enum mu_status mu_skills_note_unowned(struct mu_session *session, struct mu_error *err);

#endif
