#include <string.h>

#include "client/import/trello_inside.h"
#include "common/model/domain.h"

#define COLOUR_ID_MAX (MU_SOURCE_COLOUR_MAX + 8)

/* Boards once had one label a colour, and labels without id. */
static struct mu_slice colour_id(struct mu_slice colour, char room[static COLOUR_ID_MAX])
{
    if (colour.len == 0 || colour.len > MU_SOURCE_COLOUR_MAX) {
        return (struct mu_slice){0};
    }
    static const char front[] = "colour:";
    size_t front_len = sizeof front - 1;
    memcpy(room, front, front_len);
    memcpy(room + front_len, colour.data, colour.len);
    return mu_slice_of(room, front_len + colour.len);
}

/* The first label of a colour is also known by the colour. */
static bool know_colour(struct trello *t, struct mu_slice colour, uint32_t label)
{
    char room[COLOUR_ID_MAX];
    struct mu_slice id = colour_id(colour, room);
    struct mu_slice copy;
    if (id.len == 0 || mu_id_map_find(&t->label_ids, id) != MU_ID_MAP_NONE) {
        return true;
    }
    return mu_arena_copy(t->arena, id, &copy) && mu_id_map_set(&t->label_ids, copy, label);
}

static enum mu_status add_label(struct trello *t, struct mu_slice id, const json_t *entry,
                                uint32_t *out_label)
{
    struct mu_slice copy;
    struct trello_label *label = mu_vec_push(&t->labels, t->arena);
    uint32_t index = (uint32_t)(t->labels.count - 1);
    if (label == NULL || !mu_arena_copy(t->arena, id, &copy) ||
        !mu_id_map_set(&t->label_ids, copy, index)) {
        return trello_full(t);
    }
    label->label.id = copy;
    MU_TRY(trello_text(t, entry, "color", MU_SOURCE_COLOUR_MAX, &label->label.colour));
    MU_TRY(trello_text(t, entry, "name", MU_NAME_MAX, &label->given));
    *out_label = index;
    return know_colour(t, label->label.colour, index) ? MU_OK : trello_full(t);
}

enum mu_status trello_read_label(struct trello *t, const json_t *entry)
{
    struct mu_slice id = trello_id(entry, "id");
    bool is_new;
    uint32_t label;
    trello_meet(t, &t->label_ids, id, MU_COUNT_LABELS, &is_new);
    return is_new ? add_label(t, id, entry, &label) : MU_OK;
}

enum mu_status trello_inner_label(struct trello *t, const json_t *entry, uint32_t *out_label)
{
    char room[COLOUR_ID_MAX];
    struct mu_slice id = trello_id(entry, "id");
    if (id.len == 0) {
        id = colour_id(trello_view(entry, "color"), room);
    }
    uint32_t known = id.len == 0 ? MU_ID_MAP_NONE : mu_id_map_find(&t->label_ids, id);
    if (known != MU_ID_MAP_NONE || id.len == 0) {
        *out_label = known;
        return MU_OK;
    }
    t->report.in[MU_COUNT_LABELS]++;
    return add_label(t, id, entry, out_label);
}

enum mu_status trello_read_label_names(struct trello *t, struct trello_file *file)
{
    if (file->label_names.len == 0 || file->arrays[TRELLO_LABELS].len > 0) {
        return MU_OK;
    }
    json_auto_t *names = NULL;
    MU_TRY(trello_load(t, file, file->label_names, &names));
    const char *colour;
    json_t *name;
    json_object_foreach(names, colour, name)
    {
        if (json_string_length(name) == 0) {
            continue;
        }
        json_auto_t *entry = json_pack("{s:s, s:O}", "color", colour, "name", name);
        if (entry == NULL) {
            return mu_fail(t->err, MU_E_NOMEM, "out of memory while reading labels");
        }
        uint32_t label;
        MU_TRY(trello_inner_label(t, entry, &label));
    }
    return MU_OK;
}

/* "green_dark" as "dark green". */
static enum mu_status colour_words(struct trello *t, struct mu_slice colour,
                                   struct mu_slice *out_words)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    const uint8_t *mark = colour.len == 0 ? NULL : memchr(colour.data, '_', colour.len);
    if (mark == NULL) {
        mu_oneline_text(&line, colour);
    } else {
        size_t front = (size_t)(mark - colour.data);
        mu_oneline_text(&line, mu_slice_of(mark + 1, colour.len - front - 1));
        mu_oneline_put(&line, " ");
        mu_oneline_text(&line, mu_slice_of(colour.data, front));
    }
    if (line.len == 0) {
        mu_oneline_put(&line, "no colour");
    }
    return mu_oneline_take(&line, t->arena, out_words) ? MU_OK : trello_full(t);
}

static enum mu_status end_label(struct trello *t, struct trello_label *label)
{
    label->label.name = label->given;
    label->label.unnamed = label->given.len == 0;
    return label->label.unnamed ? colour_words(t, label->label.colour, &label->label.name) : MU_OK;
}

enum mu_status trello_end_labels(struct trello *t)
{
    for (size_t i = 0; i < t->labels.count; i++) {
        MU_TRY(end_label(t, mu_vec_at(&t->labels, i)));
    }
    return MU_OK;
}
