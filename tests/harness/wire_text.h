/* Wire records as text, a field a line: two records are alike when their texts
 * are, and a golden file shows what its bytes mean. */
#ifndef MUSTER_TESTS_HARNESS_WIRE_TEXT_H
#define MUSTER_TESTS_HARNESS_WIRE_TEXT_H

#include "common/wire/message.h"
#include "common/wire/mutation.h"

/* Append; stop the test when there is no memory. */
void mu_wire_text_message(const struct mu_message *message, struct mu_buf *out);
void mu_wire_text_mutation(const struct mu_mutation *mutation, struct mu_buf *out);
void mu_wire_text_change(const struct mu_change *change, struct mu_buf *out);

#endif
