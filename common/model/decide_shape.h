/* Which operations each intent may carry, with which arguments, and the rule for each. */
#ifndef MUSTER_COMMON_MODEL_DECIDE_SHAPE_H
#define MUSTER_COMMON_MODEL_DECIDE_SHAPE_H

#include "common/model/decide_inside.h"

enum mu_making {
    MU_MAKE_NEVER, /* the row must exist */
    MU_MAKE_MAY,
    MU_MAKE_MUST /* it must not */
};

#define MU_SHAPE_PLACE  1u /* AFTER or BEFORE */
#define MU_SHAPE_EXPECT 2u
#define MU_SHAPE_ONE    4u /* one operation of this kind an intent */
#define MU_SHAPE_FILLED 8u /* the rule brings what a row is made with */

struct mu_shape {
    uint32_t intent;
    uint32_t entity;
    mu_rule *rule;
    uint64_t fields; /* bits of known fields that may be arguments */
    enum mu_making making;
    unsigned flags;
};

/* NULL when the intent has no such operation. */
const struct mu_shape *mu_shape_find(uint32_t intent, uint32_t entity);
/* Check one operation: arguments, values, references, and whether the row may be there. */
MU_MUST_USE enum mu_status mu_case_check_op(struct mu_case *c, const struct mu_shape *shape);
/* Fields that a row of entity has to be made with. */
uint64_t mu_shape_first(uint32_t entity);
/* Fields that a row of entity is never without. */
uint64_t mu_shape_always(uint32_t entity);

#endif
