/* One value of a checked JSON text through jansson, and its members as borrowed texts;
 * private to client/import. */
#ifndef MUSTER_CLIENT_IMPORT_JSON_ENTRY_H
#define MUSTER_CLIENT_IMPORT_JSON_ENTRY_H

#include <jansson.h>

#include "common/base/error.h"
#include "common/base/slice.h"

/* A bound on what jansson may build at a time. */
#define MU_JSON_ENTRY_MAX ((size_t)8 * 1024 * 1024)

/* value is a part of text, which passed mu_json_check(); flags are added to
 * JSON_REJECT_DUPLICATES | JSON_DECODE_ANY.  The caller decrefs it.  Errors, with line and
 * column: MU_E_LIMIT too large; MU_E_INVALID a key twice, a number too large; MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_json_load(struct mu_slice text, struct mu_slice value, size_t flags,
                                        json_t **out_json, struct mu_error *err);
/* The text of a member, borrowed from object; empty when it is no text. */
struct mu_slice mu_json_view(const json_t *object, const char *key);
/* What bytes that are no JSON object or list seem to be, in words for an error; NULL: no idea. */
const char *mu_json_seems(struct mu_slice text);

#endif
