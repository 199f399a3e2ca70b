/* Writes JSON (RFC 8259), field by field, into a buffer.
 *
 * A failure is remembered and reported once, by mu_json_end(), so that callers write without
 * checks.  Text keeps every character: what a terminal could act on, or what nobody would see,
 * is written as \u escapes; bytes that are no UTF-8 become U+FFFD. */
#ifndef MUSTER_CLIENT_VIEW_JSON_H
#define MUSTER_CLIENT_VIEW_JSON_H

#include "common/base/buf.h"
#include "common/base/id.h"

#define MU_JSON_DEPTH_MAX 16

struct mu_json {
    struct mu_buf *out; /* borrowed */
    enum mu_status status;
    unsigned depth;
    bool in_array[MU_JSON_DEPTH_MAX];
    bool has_items[MU_JSON_DEPTH_MAX];
};

void mu_json_start(struct mu_json *json, struct mu_buf *out);
/* The first failure.  Everything opened must have been closed (asserted when all went well). */
MU_MUST_USE enum mu_status mu_json_end(const struct mu_json *json);

/* Values.  name is the key inside an object, and NULL inside an array or at the top. */
void mu_json_object(struct mu_json *json, const char *name);
void mu_json_array(struct mu_json *json, const char *name);
/* Ends the innermost object or array. */
void mu_json_close(struct mu_json *json);
void mu_json_text(struct mu_json *json, const char *name, struct mu_slice text);
void mu_json_str(struct mu_json *json, const char *name, const char *text);
void mu_json_int(struct mu_json *json, const char *name, int64_t number);
void mu_json_bool(struct mu_json *json, const char *name, bool value);
void mu_json_null(struct mu_json *json, const char *name);
/* null for the zero id. */
void mu_json_id(struct mu_json *json, const char *name, struct mu_id id);
/* An instant as "2026-11-24T13:05:09Z"; null for 0. */
void mu_json_instant(struct mu_json *json, const char *name, int64_t wall_ms);
/* A value that is JSON already; what a terminal could act on in its texts is escaped. */
void mu_json_raw(struct mu_json *json, const char *name, struct mu_slice value);
/* A line break between the values of a stream (NDJSON); only at the top. */
void mu_json_line(struct mu_json *json);

#endif
