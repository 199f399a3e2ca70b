#include "client/tui/deed.h"

struct mu_deed mu_deed_begin(struct mu_desk *desk, uint32_t intent)
{
    return (struct mu_deed){.desk = desk, .intent = {.number = intent, .version = 1}};
}

void mu_deed_op(struct mu_deed *deed, uint32_t entity, struct mu_id row)
{
    deed->failed =
        deed->failed || mu_intent_op(&deed->intent, &deed->desk->frame, entity, row) == NULL;
}

void mu_deed_put(struct mu_deed *deed, uint32_t field, struct mu_value value)
{
    if (!deed->failed) {
        struct mu_op *last = &deed->intent.ops[deed->intent.op_count - 1];
        deed->failed = !mu_op_arg(last, &deed->desk->frame, field, value);
    }
}

void mu_deed_put_id(struct mu_deed *deed, uint32_t field, struct mu_id id)
{
    mu_deed_put(deed, field, mu_id_value(&id));
}

enum mu_status mu_deed_author(struct mu_deed *deed, struct mu_error *err)
{
    return deed->failed ? mu_fail(err, MU_E_LIMIT, "this edit is too large")
                        : mu_desk_author(deed->desk, &deed->intent, err);
}

struct mu_id mu_deed_new_id(struct mu_desk *desk)
{
    return mu_entropy_id(&desk->moment.entropy, mu_moment_wall().ms);
}
