/* What the process that holds the link writes down for all others: the small record
 * "link" in the replica's meta. */
#ifndef MUSTER_CLIENT_CORE_RECORD_H
#define MUSTER_CLIENT_CORE_RECORD_H

#include "client/core/client.h"

struct mu_link_record {
    enum mu_link link;
    int64_t offline_since_ms; /* wall */
    uint64_t head;
    uint64_t safe_seq;
    int64_t server_offset_ms; /* server minus our clock */
    int64_t heard_ms;         /* wall, when that was measured last; 0: never */
    int64_t heard_mono_ms;    /* mono of the same moment: tells a step of the clock */
    uint32_t parked_code;
    char parked_reason[MU_REASON_MAX + 1];
    bool degraded;
    int64_t repaired_ms; /* wall, of the last full repair begun; 0: none */
    uint64_t xfer_done, xfer_total;
};

/* A record that is missing or not readable is one of a client that was never online. */
MU_MUST_USE enum mu_status mu_record_read(struct mu_replica *replica, struct mu_link_record *out,
                                          struct mu_error *err);
MU_MUST_USE enum mu_status mu_record_write(struct mu_replica *replica,
                                           const struct mu_link_record *record,
                                           struct mu_error *err);

/* What a mutation says of its author's clock. */
struct mu_clock {
    int64_t offset_ms;
    uint32_t offset_age_s;
    bool doubt; /* never compared with the server, far off, set back or forth since, or rebooted */
};
struct mu_clock mu_record_clock(const struct mu_link_record *record, struct mu_wall wall,
                                struct mu_mono mono);

#endif
