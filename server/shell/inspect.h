/* `musterd status` and `musterd check`: looking at a data folder from outside. */
#ifndef MUSTER_SERVER_SHELL_INSPECT_H
#define MUSTER_SERVER_SHELL_INSPECT_H

#include "common/base/buf.h"
#include "common/base/error.h"
#include "common/base/id.h"
#include "common/db/db.h"

/* Append what the serving process says of itself or, when none serves, what the database says. */
MU_MUST_USE enum mu_status mu_inspect_status(const char *data, bool json, struct mu_buf *out,
                                             struct mu_error *err);

struct mu_checked {
    uint64_t head;
    uint64_t from;    /* first change whose bytes are still in the log; 0: none */
    uint64_t changes; /* whose chain was recomputed */
    struct mu_hash digest_root;
};
/* Every page, the chain over every change, and the digest from the rows themselves, all of one
 * moment.  May run beside a serving musterd.  Errors: MU_E_CORRUPT names the first thing that is
 * wrong. */
MU_MUST_USE enum mu_status mu_inspect_database(struct mu_db *db, struct mu_checked *out,
                                               struct mu_error *err);
MU_MUST_USE enum mu_status mu_inspect_check(const char *data, struct mu_checked *out,
                                            struct mu_error *err);

#endif
