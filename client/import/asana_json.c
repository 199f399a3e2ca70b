#include <stdio.h>

#include "client/import/asana_inside.h"
#include "client/import/iso_time.h"
#include "client/import/json_entry.h"
#include "common/base/utf8.h"
#include "common/seal/hash.h"

enum mu_status asana_full(struct asana *a)
{
    return mu_fail(a->err, MU_E_LIMIT,
                   "the tasks need more than the %zu MiB of memory an import may take",
                   a->arena->max / ((size_t)1024 * 1024));
}

enum mu_status asana_text_id(struct asana *a, const char *kind, struct mu_slice text,
                             struct mu_slice *out_id)
{
    struct mu_id id = mu_id_derive(kind, &text, 1);
    char hex[2 * MU_ID_LEN + 1];
    mu_hex(mu_id_view(&id), hex);
    return mu_arena_copy(a->arena, mu_slice_str(hex), out_id) ? MU_OK : asana_full(a);
}

enum mu_status asana_part_id(struct asana *a, const char *front, struct mu_slice id,
                             struct mu_slice *out_id)
{
    char text[MU_SOURCE_ID_MAX + 1];
    int len = snprintf(text, sizeof text, "%s:%.*s", front, (int)id.len, (const char *)id.data);
    if (len < 0 || (size_t)len >= sizeof text) {
        return asana_text_id(a, front, id, out_id);
    }
    return mu_arena_copy(a->arena, mu_slice_of(text, (size_t)len), out_id) ? MU_OK : asana_full(a);
}

enum mu_status asana_id(struct asana *a, const json_t *object, struct mu_slice *out_id)
{
    static const char *const keys[] = {"gid", "id"};
    *out_id = (struct mu_slice){0};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && out_id->len == 0; i++) {
        const json_t *value = json_object_get(object, keys[i]);
        char digits[24];
        struct mu_slice id = mu_json_view(object, keys[i]);
        if (json_is_integer(value)) {
            (void)snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
            id = mu_slice_str(digits);
        }
        if (id.len <= MU_SOURCE_ID_MAX && !mu_arena_copy(a->arena, id, out_id)) {
            return asana_full(a);
        }
    }
    return MU_OK;
}

enum mu_status asana_copy(struct asana *a, struct mu_slice text, size_t max,
                          struct mu_slice *out_text)
{
    struct mu_slice fits = mu_utf8_cut(text, max);
    if (fits.len < text.len) {
        asana_detail(a, MU_FINDING_TEXT_CUT, text, NULL, (struct mu_slice){0});
    }
    return mu_arena_copy(a->arena, fits, out_text) ? MU_OK : asana_full(a);
}

enum mu_status asana_text(struct asana *a, const json_t *object, const char *key, size_t max,
                          struct mu_slice *out_text)
{
    return asana_copy(a, mu_json_view(object, key), max, out_text);
}

struct mu_source_time asana_time(struct asana *a, const json_t *object, const char *key)
{
    struct mu_source_time time = {0};
    struct mu_slice text = mu_json_view(object, key);
    bool local;
    if (text.len > 0 && !mu_iso_parse(text, &time, &local)) {
        asana_detail(a, MU_FINDING_BAD_DATE, mu_json_view(object, "name"), key, text);
    }
    return time;
}

bool asana_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}
