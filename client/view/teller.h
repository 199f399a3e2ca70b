/* A sentence of the log under way; between sentence.c and sentence_task.c. */
#ifndef MUSTER_CLIENT_VIEW_TELLER_H
#define MUSTER_CLIENT_VIEW_TELLER_H

#include "client/view/history.h"

/* Failures of the buffer are kept, those of the store fill err. */
struct mu_teller {
    struct mu_history *history;
    struct mu_buf *out;
    struct mu_error *err;
    enum mu_status status;
    bool explained; /* err says why status is a failure */
};

/* The outcome of a question to the store, which fills err itself. */
void mu_tell_ask(struct mu_teller *teller, enum mu_status status);
void mu_tell(struct mu_teller *teller, const char *text);
void mu_tell_quote(struct mu_teller *teller, struct mu_slice text);
void mu_tell_person(struct mu_teller *teller, struct mu_id id);
void mu_tell_value(struct mu_teller *teller, uint32_t entity, uint32_t field,
                   struct mu_value value);
void mu_tell_field(struct mu_teller *teller, uint32_t entity, uint32_t field);
void mu_tell_count(struct mu_teller *teller, size_t count, const char *one, const char *many);
/* "T-42 'Parser'" of the row, and of the row that op is part of. */
void mu_tell_task(struct mu_teller *teller, struct mu_id id);
void mu_tell_task_of(struct mu_teller *teller, const struct mu_op *op);
/* "set its title to 'x', removed its due date" */
void mu_tell_fields(struct mu_teller *teller, const struct mu_op *op);
/* False when the intent is not about tasks. */
bool mu_tell_about_task(struct mu_teller *teller, const struct mu_intent *intent,
                        const struct mu_op *op);

/* False when the intent is not about goals, promises or blockers. */
bool mu_tell_about_goals(struct mu_teller *teller, const struct mu_intent *intent,
                         const struct mu_op *op);
/* False when the intent is not about praise. */
bool mu_tell_about_praise(struct mu_teller *teller, const struct mu_intent *intent,
                          const struct mu_op *op);

/* False when the intent is not about calendars, schedules or check-ins. */
bool mu_tell_about_rhythm(struct mu_teller *teller, const struct mu_intent *intent,
                          const struct mu_op *op);

/* Arguments of an operation, NULL or not; what is missing is null, empty, 0 or the zero id. */
struct mu_value mu_op_value(const struct mu_op *op, uint32_t field);
struct mu_slice mu_op_text(const struct mu_op *op, uint32_t field);
int64_t mu_op_int(const struct mu_op *op, uint32_t field);
struct mu_id mu_op_id(const struct mu_op *op, uint32_t field);
/* The first operation on entity, or NULL; how many there are. */
const struct mu_op *mu_op_first(const struct mu_intent *intent, uint32_t entity);
size_t mu_op_count(const struct mu_intent *intent, uint32_t entity);
/* The task that a part belongs to, and the name that it has. */
MU_MUST_USE enum mu_status mu_part_read(struct mu_history *history, uint32_t entity,
                                        struct mu_id id, struct mu_id *out_task,
                                        struct mu_slice *out_name, struct mu_error *err);

#endif
