/* References to rows that have no number: "~k3f9", or the whole id. */
#ifndef MUSTER_CLIENT_VIEW_HANDLES_H
#define MUSTER_CLIENT_VIEW_HANDLES_H

#include "common/base/error.h"
#include "common/base/id.h"
#include "common/db/db.h"

/* A row of entity.  what names one in errors: "feedback".  Errors: MU_E_USAGE for what is no
 * reference, MU_E_NOT_FOUND, MU_E_CONFLICT when several rows have the handle. */
MU_MUST_USE enum mu_status mu_handle_resolve(struct mu_db *db, uint32_t entity, const char *what,
                                             struct mu_slice ref, struct mu_id *out_id,
                                             struct mu_error *err);
/* Whether ref is written as a handle or an id. */
bool mu_handle_looks(struct mu_slice ref);

#endif
