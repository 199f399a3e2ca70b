/* What a column is for, guessed from its name in several languages. */
#ifndef MUSTER_CLIENT_IMPORT_KIND_GUESS_H
#define MUSTER_CLIENT_IMPORT_KIND_GUESS_H

#include "common/base/slice.h"

/* An enum mu_column_kind, or 0 when the name does not say clearly: it says nothing
 * known, two different things, or denies ("not done").  Letter case, accents, digits,
 * emoji and punctuation do not matter.  0 as well when memory is short. */
int64_t mu_kind_guess(struct mu_slice name);

#endif
