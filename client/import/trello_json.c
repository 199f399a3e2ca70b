#include <math.h>
#include <string.h>

#include "client/import/iso_time.h"
#include "client/import/json_entry.h"
#include "client/import/json_scan.h"
#include "client/import/trello_inside.h"
#include "common/base/utf8.h"

enum mu_status trello_full(struct trello *t)
{
    return mu_fail(t->err, MU_E_LIMIT,
                   "the board needs more than the %zu MiB of memory an import may take",
                   t->arena->max / ((size_t)1024 * 1024));
}

enum mu_status trello_load(struct trello *t, const struct trello_file *file, struct mu_slice value,
                           json_t **out_json)
{
    return mu_json_load(file->text, value, JSON_DECODE_INT_AS_REAL, out_json, t->err);
}

enum mu_status trello_each(struct trello *t, uint32_t file, struct mu_slice array,
                           trello_entry entry)
{
    t->file = file;
    struct mu_json_walk walk = mu_json_walk(array);
    struct mu_slice key;
    struct mu_slice value;
    while (!walk.is_object && mu_json_next(&walk, &key, &value)) {
        if (mu_json_kind(value) != '{') {
            mu_findings_count(&t->findings, MU_FINDING_NO_ID, 1);
            continue;
        }
        json_auto_t *json = NULL;
        MU_TRY(trello_load(t, &t->files[file], value, &json));
        MU_TRY(entry(t, json));
    }
    return MU_OK;
}

struct mu_slice trello_view(const json_t *object, const char *key)
{
    return mu_json_view(object, key);
}

struct mu_slice trello_id(const json_t *object, const char *key)
{
    struct mu_slice id = trello_view(object, key);
    return id.len <= MU_SOURCE_ID_MAX ? id : (struct mu_slice){0};
}

enum mu_status trello_copy(struct trello *t, struct mu_slice text, size_t max,
                           struct mu_slice *out_text)
{
    struct mu_slice fits = mu_utf8_cut(text, max);
    if (fits.len < text.len) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_quote(&line, text);
        mu_oneline_put(&line, ": cut to ");
        mu_oneline_count(&line, fits.len, "byte", "bytes");
        mu_oneline_put(&line, " of ");
        mu_oneline_number(&line, text.len);
        mu_findings_detail(&t->findings, MU_FINDING_TEXT_CUT, &line);
    }
    return mu_arena_copy(t->arena, fits, out_text) ? MU_OK : trello_full(t);
}

enum mu_status trello_text(struct trello *t, const json_t *object, const char *key, size_t max,
                           struct mu_slice *out_text)
{
    return trello_copy(t, trello_view(object, key), max, out_text);
}

bool trello_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

int64_t trello_count(const json_t *object, const char *key, int64_t max)
{
    const json_t *value = json_object_get(object, key);
    double number = json_is_number(value) ? json_number_value(value) : 0;
    if (!(number >= 1 && number <= (double)max)) {
        return 0;
    }
    return (int64_t)number;
}

double trello_pos(const json_t *object)
{
    const json_t *value = json_object_get(object, "pos");
    return json_is_number(value) ? json_number_value(value) : (double)INFINITY;
}

struct mu_source_time trello_time(struct trello *t, const json_t *object, const char *key)
{
    struct mu_source_time time = {0};
    const json_t *value = json_object_get(object, key);
    if (value == NULL || json_is_null(value)) {
        return time;
    }
    struct mu_slice text = trello_view(object, key);
    bool local;
    if (text.len > 0 && !mu_iso_parse(text, &time, &local)) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_put(&line, key);
        mu_oneline_put(&line, ": ");
        mu_oneline_quote(&line, text);
        mu_findings_detail(&t->findings, MU_FINDING_BAD_DATE, &line);
    }
    return time;
}

int64_t trello_instant(struct trello *t, const json_t *object, const char *key)
{
    return trello_time(t, object, key).at_ms;
}

int64_t trello_id_time(struct mu_slice id)
{
    if (id.len != 24) {
        return 0;
    }
    int64_t seconds = 0;
    for (size_t i = 0; i < 24; i++) {
        uint8_t byte = id.data[i];
        bool digit = byte >= '0' && byte <= '9';
        bool letter = byte >= 'a' && byte <= 'f';
        if (!digit && !letter) {
            return 0;
        }
        if (i < 8) {
            seconds = seconds * 16 + (digit ? byte - '0' : byte - 'a' + 10);
        }
    }
    return seconds * 1000;
}

int trello_order(double pos_a, struct mu_slice id_a, double pos_b, struct mu_slice id_b)
{
    if (pos_a < pos_b) {
        return -1;
    }
    return pos_a > pos_b ? 1 : mu_slice_compare(id_a, id_b);
}
