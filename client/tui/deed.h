/* An intent under way; a full arena is remembered until it is authored.  For client/tui/act*.c
 * alone. */
#ifndef MUSTER_CLIENT_TUI_DEED_H
#define MUSTER_CLIENT_TUI_DEED_H

#include "client/tui/desk.h"

struct mu_deed {
    struct mu_desk *desk;
    struct mu_intent intent;
    bool failed;
};

struct mu_deed mu_deed_begin(struct mu_desk *desk, uint32_t intent);
/* A new operation, which the calls below fill until the next one. */
void mu_deed_op(struct mu_deed *deed, uint32_t entity, struct mu_id row);
void mu_deed_put(struct mu_deed *deed, uint32_t field, struct mu_value value);
void mu_deed_put_id(struct mu_deed *deed, uint32_t field, struct mu_id id);
MU_MUST_USE enum mu_status mu_deed_author(struct mu_deed *deed, struct mu_error *err);
/* For a row that is made. */
struct mu_id mu_deed_new_id(struct mu_desk *desk);

#endif
