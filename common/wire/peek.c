#include "common/wire/peek.h"

/* Protobuf: the kinds are the numbers of the one field that a Message has, each a record with
 * its length. */
#define WIRE_TYPE_LEN 2u
#define FIELD_SHIFT   3u
#define ONE_BYTE_MAX  16u /* fields from here on take a second byte */

bool mu_message_begins(struct mu_slice bytes, enum mu_message_kind kind)
{
    return (unsigned)kind < ONE_BYTE_MAX && bytes.len > 0 &&
           bytes.data[0] == ((unsigned)kind << FIELD_SHIFT | WIRE_TYPE_LEN);
}
