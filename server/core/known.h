/* The last known head of a log, kept in a small file beside the database, so that a
 * database put back from a copy is found out.
 *
 * The shell writes the file after turns that committed, when it likes (an older file finds
 * out less, but never accuses a database that is sound), and brings it to
 * mu_server_open_with(). */
#ifndef MUSTER_SERVER_CORE_KNOWN_H
#define MUSTER_SERVER_CORE_KNOWN_H

#include "common/base/buf.h"
#include "common/base/id.h"

#define MU_KNOWN_LEN 76

struct mu_server_known {
    struct mu_id incarnation;
    uint64_t seq;
    struct mu_hash chain;
};

/* Append MU_KNOWN_LEN bytes: "MUSTERHD" | incarnation | be64 seq | chain | checksum 12. */
MU_MUST_USE enum mu_status mu_known_encode(const struct mu_server_known *known, struct mu_buf *out);
/* False, and *out untouched, for anything but what mu_known_encode() wrote: torn files count
 * as none. */
MU_MUST_USE bool mu_known_decode(struct mu_slice bytes, struct mu_server_known *out);

#endif
