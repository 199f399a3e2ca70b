/* What the agent says on standard error: one line an event.
 *
 *   muster-agent: orion: event and fields, or what went wrong */
#ifndef MUSTER_CLIENT_SHELL_JOURNAL_H
#define MUSTER_CLIENT_SHELL_JOURNAL_H

#include "common/base/error.h"
#include "common/base/slice.h"

/* about: a workspace's name, or "".  Controls are shown as '?'. */
void mu_journal_note(const char *about, struct mu_slice text);
void mu_journal_fail(const char *about, const struct mu_error *err);

#endif
