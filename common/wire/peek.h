/* What a message is, without reading it. */
#ifndef MUSTER_COMMON_WIRE_PEEK_H
#define MUSTER_COMMON_WIRE_PEEK_H

#include "common/wire/message.h"

/* Whether bytes begin as a message of this kind does.  A hint: they may yet be none. */
bool mu_message_begins(struct mu_slice bytes, enum mu_message_kind kind);

#endif
