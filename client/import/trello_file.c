#include <string.h>

#include "client/import/iso_time.h"
#include "client/import/json_entry.h"
#include "client/import/json_scan.h"
#include "client/import/trello_inside.h"
#include "common/model/domain.h"

static const char *const array_keys[TRELLO_ARRAYS] = {
#define X(name, key) key,
    TRELLO_ARRAY_MAP(X)
#undef X
};

/* Members of the root beside the arrays.  X(name, "key") */
#define ROOT_MAP(X)                \
    X(id, "id")                    \
    X(name, "name")                \
    X(desc, "desc")                \
    X(url, "url")                  \
    X(closed, "closed")            \
    X(changed, "dateLastActivity") \
    X(label_names, "labelNames")   \
    X(board, "idBoard")            \
    X(list, "idList")              \
    X(prefs, "prefs")              \
    X(data, "data") /* of Asana */ \
    X(wekan, "_id") /* of Wekan */ \
    X(boards, "boards")

struct root {
#define X(name, key) struct mu_slice name;
    ROOT_MAP(X)
#undef X
    struct mu_slice arrays[TRELLO_ARRAYS];
};

static bool key_is(struct mu_slice key, const char *name)
{
    return mu_slice_equal(key, mu_slice_str(name));
}

static struct mu_slice *root_slot(struct root *root, struct mu_slice key)
{
    for (size_t i = 0; i < TRELLO_ARRAYS; i++) {
        if (key_is(key, array_keys[i])) {
            return &root->arrays[i];
        }
    }
#define X(name, text)        \
    if (key_is(key, text)) { \
        return &root->name;  \
    }
    ROOT_MAP(X)
#undef X
    return NULL;
}

static enum mu_status read_root(struct trello *t, const struct trello_file *file,
                                struct root *out_root)
{
    struct root root = {0};
    struct mu_json_walk walk = mu_json_walk(file->text);
    struct mu_slice key;
    struct mu_slice value;
    while (mu_json_next(&walk, &key, &value)) {
        struct mu_slice *slot = root_slot(&root, key);
        if (slot == NULL) {
            continue;
        }
        if (slot->len > 0) {
            return mu_json_fail(file->text, (size_t)(key.data - file->text.data), MU_E_INVALID,
                                "a key stands twice in one object", t->err);
        }
        *slot = value;
    }
    for (size_t i = 0; i < TRELLO_ARRAYS; i++) {
        if (mu_json_kind(root.arrays[i]) != '[') {
            root.arrays[i] = (struct mu_slice){0};
        }
    }
    *out_root = root;
    return MU_OK;
}

/* What bytes that are no JSON object may be, for the error. */
static const char *seems_to_be(struct mu_slice text)
{
    const char *what = mu_json_seems(text);
    if (what != NULL) {
        return what;
    }
    switch (mu_json_kind(text)) {
    case '[':
        return "a JSON list, not a board";
    case '"':
        return "a JSON text, not a board";
    default:
        return NULL;
    }
}

static enum mu_status no_export(struct trello *t, const char *what)
{
    if (what == NULL) {
        return mu_fail(t->err, MU_E_INVALID, "not an export of a Trello board");
    }
    return mu_fail(t->err, MU_E_INVALID, "not an export of a Trello board; it seems to be %s",
                   what);
}

/* A text of the root as it is, cut at max. */
static enum mu_status root_text(struct trello *t, const struct trello_file *file,
                                struct mu_slice value, size_t max, struct mu_slice *out_text)
{
    if (mu_json_kind(value) != '"') {
        *out_text = (struct mu_slice){0};
        return MU_OK;
    }
    json_auto_t *json = NULL;
    MU_TRY(trello_load(t, file, value, &json));
    return trello_copy(t, mu_slice_of(json_string_value(json), json_string_length(json)), max,
                       out_text);
}

static enum mu_status root_instant(struct trello *t, const struct trello_file *file,
                                   struct mu_slice value, int64_t *out_ms)
{
    struct mu_slice text;
    struct mu_source_time time = {0};
    bool local;
    MU_TRY(root_text(t, file, value, MU_SOURCE_ID_MAX, &text));
    *out_ms = mu_iso_parse(text, &time, &local) ? time.at_ms : 0;
    return MU_OK;
}

static enum mu_status log_entry(struct trello *t, const json_t *entry)
{
    struct trello_file *file = &t->files[t->file];
    struct mu_source_time time;
    bool local;
    if (!mu_iso_parse(trello_view(entry, "date"), &time, &local)) {
        return MU_OK;
    }
    if (file->newest_ms == 0 || time.at_ms > file->newest_ms) {
        file->newest_ms = time.at_ms;
    }
    if (file->oldest_ms == 0 || time.at_ms < file->oldest_ms) {
        file->oldest_ms = time.at_ms;
    }
    return MU_OK;
}

/* Length of the log; its span too when several files have to be put in order. */
static enum mu_status measure_log(struct trello *t, struct trello_file *file)
{
    struct mu_slice log = file->arrays[TRELLO_ACTIONS];
    file->action_count = mu_json_count(log);
    if (t->file_count == 1) {
        return MU_OK;
    }
    size_t without_id = t->findings.slots[MU_FINDING_NO_ID].count;
    MU_TRY(trello_each(t, (uint32_t)(file - t->files), log, log_entry));
    t->findings.slots[MU_FINDING_NO_ID].count = without_id; /* they are read once more */
    return MU_OK;
}

static enum mu_status open_board(struct trello *t, struct trello_file *file,
                                 const struct root *root)
{
    memcpy(file->arrays, root->arrays, sizeof file->arrays);
    MU_TRY(root_text(t, file, root->name, MU_NAME_MAX, &file->name));
    MU_TRY(root_text(t, file, root->desc, MU_TEXT_MAX, &file->desc));
    MU_TRY(root_text(t, file, root->url, MU_SOURCE_URL_MAX, &file->url));
    file->closed = mu_json_kind(root->closed) == 't';
    if (mu_json_kind(root->label_names) == '{') {
        file->label_names = root->label_names;
    }
    return MU_OK;
}

static enum mu_status open_root(struct trello *t, struct trello_file *file, const struct root *root)
{
    bool is_board = root->arrays[TRELLO_LISTS].len > 0 || root->arrays[TRELLO_CARDS].len > 0 ||
                    (root->prefs.len > 0 && root->board.len == 0);
    file->is_card = !is_board && root->board.len > 0 && root->list.len > 0;
    if (!is_board && !file->is_card) {
        const char *what = mu_json_kind(root->data) == '[' || mu_json_kind(root->data) == '{'
                               ? "an export of Asana: take 'muster import asana'"
                               : NULL;
        return no_export(t, root->boards.len > 0 ? "an export of several boards" : what);
    }
    struct mu_slice id = file->is_card ? root->board : root->id;
    MU_TRY(root_text(t, file, id, MU_SOURCE_ID_MAX + 1, &file->board_id));
    if (file->board_id.len == 0 || file->board_id.len > MU_SOURCE_ID_MAX) {
        return root->wekan.len > 0 ? no_export(t, "an export of Wekan")
                                   : mu_fail(t->err, MU_E_INVALID,
                                             "not an export of a Trello board: its id is missing");
    }
    if (file->is_card) {
        memcpy(file->arrays, root->arrays, sizeof file->arrays);
        file->arrays[TRELLO_LABELS] = (struct mu_slice){0};     /* the card's own, read with it */
        file->arrays[TRELLO_CHECKLISTS] = (struct mu_slice){0}; /* the same */
    } else {
        MU_TRY(open_board(t, file, root));
    }
    MU_TRY(root_instant(t, file, root->changed, &file->changed_ms));
    MU_TRY(measure_log(t, file));
    if (file->newest_ms > file->changed_ms) {
        file->changed_ms = file->newest_ms;
    }
    return MU_OK;
}

enum mu_status trello_file_open(struct trello *t, struct trello_file *file)
{
    file->text = mu_json_strip(file->text);
    struct mu_json_walk walk = mu_json_walk(file->text);
    if (file->text.len == 0) {
        return mu_fail(t->err, MU_E_INVALID, "the file is empty");
    }
    if (!walk.is_object) {
        const char *what = seems_to_be(file->text);
        if (what != NULL) {
            return no_export(t, what);
        }
    }
    MU_TRY(mu_json_check(file->text, t->err));
    if (!walk.is_object) {
        return no_export(t, NULL);
    }
    struct root root;
    MU_TRY(read_root(t, file, &root));
    return open_root(t, file, &root);
}
