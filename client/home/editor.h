/* The person's own editor on a text. */
#ifndef MUSTER_CLIENT_HOME_EDITOR_H
#define MUSTER_CLIENT_HOME_EDITOR_H

#include "common/base/buf.h"
#include "common/base/error.h"

/* Let the person edit `before` with VISUAL, else EDITOR, else vi, in a file of its own in `folder`
 * whose name begins with `name` and which is gone afterwards; what was left is appended to out.
 * The terminal is the editor's meanwhile.
 * Errors: MU_E_IO the editor failed; MU_E_LIMIT more than out's maximum; those of files.  The
 * text of `before` is nobody's but the caller's: nothing is saved here. */
MU_MUST_USE enum mu_status mu_editor_edit(const char *folder, const char *name,
                                          struct mu_slice before, struct mu_buf *out,
                                          struct mu_error *err);

#endif
