#include "client/import/json_entry.h"

#include <string.h>

#include "client/import/json_scan.h"

enum mu_status mu_json_load(struct mu_slice text, struct mu_slice value, size_t flags,
                            json_t **out_json, struct mu_error *err)
{
    size_t at = (size_t)(value.data - text.data);
    if (value.len > MU_JSON_ENTRY_MAX) {
        return mu_json_fail(text, at, MU_E_LIMIT, "one entry is larger than 8 MiB", err);
    }
    json_error_t error;
    json_t *json = json_loadb((const char *)value.data, value.len,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | flags, &error);
    if (json != NULL) {
        *out_json = json;
        return MU_OK;
    }
    if (error.position > 0) {
        at += (size_t)error.position - 1;
    }
    enum json_error_code code = json_error_code(&error);
    if (code == json_error_out_of_memory) {
        return mu_fail(err, MU_E_NOMEM, "out of memory while reading an entry");
    }
    const char *what = code == json_error_duplicate_key      ? "a key stands twice in one object"
                       : code == json_error_numeric_overflow ? "a number is too large"
                                                             : "this entry cannot be read";
    return mu_json_fail(text, at, MU_E_INVALID, what, err);
}

struct mu_slice mu_json_view(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value)) {
        return (struct mu_slice){0};
    }
    return mu_slice_of(json_string_value(value), json_string_length(value));
}

const char *mu_json_seems(struct mu_slice text)
{
    static const struct {
        const char *front;
        const char *what;
    } fronts[] = {{"<", "a web page: export it again while logged in"},
                  {"PK\x03\x04", "a zip archive: unpack it first"},
                  {"\x1f\x8b", "a gzip archive: unpack it first"},
                  {"%PDF", "a PDF"},
                  {"\xff\xfe", "UTF-16 text: save it as UTF-8"},
                  {"\xfe\xff", "UTF-16 text: save it as UTF-8"}};
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++) {
        size_t len = strlen(fronts[i].front);
        if (text.len >= len && memcmp(text.data, fronts[i].front, len) == 0) {
            return fronts[i].what;
        }
    }
    return NULL;
}
