/* JSON text that nobody trusts: checked as a whole first, then walked value by
 * value without building a tree, so that memory does not grow with the file.
 *
 * Values are borrowed slices of the text.  What is inside one entry is for
 * jansson, which also finds keys that stand twice. */
#ifndef MUSTER_CLIENT_IMPORT_JSON_SCAN_H
#define MUSTER_CLIENT_IMPORT_JSON_SCAN_H

#include "common/base/error.h"
#include "common/base/slice.h"

#define MU_JSON_DEPTH_MAX 64

/* text without a byte order mark at its front. */
struct mu_slice mu_json_strip(struct mu_slice text);

/* One value of RFC 8259 with nothing but blanks around it, in valid UTF-8, without
 * NUL (also not as \u0000) and without half a surrogate pair.  Constant memory.
 * Errors, with line and column: MU_E_INVALID; MU_E_LIMIT nested deeper than
 * MU_JSON_DEPTH_MAX. */
MU_MUST_USE enum mu_status mu_json_check(struct mu_slice text, struct mu_error *err);

/* Fails with "line N, column M: " in front; at is an offset in text. */
MU_MUST_USE enum mu_status mu_json_fail(struct mu_slice text, size_t at, enum mu_status status,
                                        const char *what, struct mu_error *err);

/* The members of an object or the entries of an array, one by one. */
struct mu_json_walk {
    const uint8_t *at;
    const uint8_t *end;
    bool is_object;
};

/* First byte of a value: '{', '[', '"', 't', 'f', 'n', '-' or a digit; 0 for an empty slice. */
char mu_json_kind(struct mu_slice value);
/* value is (a value of) text that passed mu_json_check(), blanks around it allowed;
 * walks nothing when it is neither object nor array. */
struct mu_json_walk mu_json_walk(struct mu_slice value);
/* The next value without blanks around it; *out_key is what stands between the
 * quotes, escapes and all, and empty in an array.  False at the end. */
bool mu_json_next(struct mu_json_walk *walk, struct mu_slice *out_key, struct mu_slice *out_value);
/* How many there are. */
size_t mu_json_count(struct mu_slice value);

#endif
