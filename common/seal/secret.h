/* Care of secrets in memory: wiping, comparing without a clock to read from,
 * and waking libsodium.  Everything else in common/seal expects mu_seal_start()
 * to have succeeded once in the process. */
#ifndef MUSTER_COMMON_SEAL_SECRET_H
#define MUSTER_COMMON_SEAL_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/buf.h"
#include "common/base/error.h"

/* Initialise libsodium.  May be called again, and from any thread.
 * Errors: MU_E_CRYPTO when the library cannot work here. */
MU_MUST_USE enum mu_status mu_seal_start(void);

/* Zero len bytes in a way the compiler may not drop.  NULL with 0 is fine. */
void mu_wipe(void *bytes, size_t len);
/* Zero all memory of a buffer, also past its length, and free it. */
void mu_wipe_buf(struct mu_buf *buf);
/* Compare in time that depends on len alone. */
bool mu_secret_equal(const void *a, const void *b, size_t len);

/* Wipe and free a struct mu_buf when its scope ends. */
#define MU_SECRET_BUF_AUTO MU_CLEANUP(mu_wipe_buf)

#endif
