/* The statements on what a client keeps in replica.db beside the board (local.sql), by
 * number; touch.c, held.c, vouch.c, sealed.c and stage.c use them through struct mu_queries. */
#ifndef MUSTER_CLIENT_CORE_LOCAL_H
#define MUSTER_CLIENT_CORE_LOCAL_H

#include "client/core/query.h"

enum mu_local_query {
    MU_LOCAL_SHOWN_PUT,
    MU_LOCAL_SHOWN_DROP,
    MU_LOCAL_SHOWN_CLEAR,
    MU_LOCAL_SHOWN,
    MU_LOCAL_SHOWN_ANY,
    MU_LOCAL_EFFECTS,
    MU_LOCAL_TOUCH_PUT,
    MU_LOCAL_TOUCH_DROP,
    MU_LOCAL_TOUCH_CLEAR,
    MU_LOCAL_TOUCH_OF,
    MU_LOCAL_TOUCH_BY,
    MU_LOCAL_TOUCH_WRITTEN,
    MU_LOCAL_HELD_PUT,
    MU_LOCAL_HELD_GET,
    MU_LOCAL_HELD_DROP,
    MU_LOCAL_HELD_CLEAR,
    MU_LOCAL_CONFLICTS,
    MU_LOCAL_COPY_PUT,
    MU_LOCAL_COPY_GET,
    MU_LOCAL_COPY_MARK,
    MU_LOCAL_COPY_DROP_AFTER,
    MU_LOCAL_COPY_FIRST,
    MU_LOCAL_VOUCHED_PUT,
    MU_LOCAL_VOUCHED_GET,
    MU_LOCAL_VOUCHED_REVOKE,
    MU_LOCAL_VOUCHER_PUT,
    MU_LOCAL_VOUCHER_NEXT,
    MU_LOCAL_VOUCHER_CLEAR,
    MU_LOCAL_DEVICES_OF,
    MU_LOCAL_SEALED_OF,
    MU_LOCAL_STAGE_PUT,
    MU_LOCAL_STAGE_DROP,
    MU_LOCAL_STAGE_ROWS,
    MU_LOCAL_STAGE_CLEAR,
    MU_LOCAL_STAGE_DIGEST_PUT,
    MU_LOCAL_STAGE_DIGEST_DROP,
    MU_LOCAL_STAGE_DIGESTS,
    MU_LOCAL_STAGE_DIGEST_CLEAR,
    MU_LOCAL_QUERY_COUNT
};

/* Make the tables where they are missing. */
MU_MUST_USE enum mu_status mu_local_open(struct mu_queries *local, struct mu_db *db,
                                         struct mu_error *err);

#endif
