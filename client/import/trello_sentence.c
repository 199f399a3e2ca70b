/* What a log entry says, in one line of English.
 *
 * Most kinds are a template: {name} stands for a quoted text out of the entry, and
 * what is in brackets is left out when its text is missing. */
#include <string.h>

#include "client/import/iso_time.h"
#include "client/import/trello_inside.h"

/* X("name in braces", "object in data", "its text", "words when missing") */
static const struct {
    const char *name;
    const char *object; /* NULL: the text is in data itself */
    const char *key;
    const char *missing;
} places[] = {
    {"list", "list", "name", "a list"},
    {"before", "listBefore", "name", "another list"},
    {"after", "listAfter", "name", "another list"},
    {"checklist", "checklist", "name", "a checklist"},
    {"item", "checkItem", "name", "a checklist item"},
    {"attachment", "attachment", "name", "an attachment"},
    {"field", "customField", "name", "a custom field"},
    {"label", "label", "name", "a label"},
    {"plugin", "plugin", "name", "a power-up"},
    {"power", NULL, "value", "a power-up"},
    {"text", NULL, "text", "something"},
    {"source", "cardSource", "name", "another card"},
    {"from", "boardSource", "name", "another board"},
    {"to", "boardTarget", "name", "another board"},
    {"organization", "organization", "name", "a workspace"},
};

static const struct {
    const char *type;
    const char *words;
} templates[] = {
    {"createBoard", "created the board"},
    {"copyBoard", "made the board as a copy"},
    {"addToOrganizationBoard", "added the board to the workspace[ {organization}]"},
    {"removeFromOrganizationBoard", "took the board out of the workspace[ {organization}]"},
    {"addMemberToBoard", "added {member} to the board"},
    {"removeMemberFromBoard", "removed {member} from the board"},
    {"makeAdminOfBoard", "made {member} an admin of the board"},
    {"makeNormalMemberOfBoard", "made {member} a normal member of the board"},
    {"makeObserverOfBoard", "made {member} an observer of the board"},
    {"unconfirmedBoardInvitation", "invited somebody to the board"},
    {"enablePlugin", "switched on {plugin}"},
    {"disablePlugin", "switched off {plugin}"},
    {"enablePowerUp", "switched on {power}"},
    {"disablePowerUp", "switched off {power}"},
    {"createList", "added the list {list}"},
    {"moveListToBoard", "moved the list {list} here[ from the board {from}]"},
    {"moveListFromBoard", "moved the list {list} away[ to the board {to}]"},
    {"createCard", "created the card[ in {list}]"},
    {"copyCard", "made the card as a copy[ of {source}][ in {list}]"},
    {"convertToCardFromCheckItem", "made a checklist item[ of {source}] a card[ in {list}]"},
    {"emailCard", "created the card by mail[ in {list}]"},
    {"moveCardToBoard", "moved the card here[ from the board {from}]"},
    {"moveCardFromBoard", "moved the card away[ to the board {to}]"},
    {"deleteCard", "deleted the card[ in {list}]"},
    {"commentCard", "commented[: {text}]"},
    {"copyCommentCard", "copied a comment[: {text}]"},
    {"addChecklistToCard", "added the checklist {checklist}"},
    {"removeChecklistFromCard", "removed the checklist {checklist}"},
    {"createCheckItem", "added {item}[ to {checklist}]"},
    {"deleteCheckItem", "removed {item}[ from {checklist}]"},
    {"addAttachmentToCard", "attached {attachment}"},
    {"deleteAttachmentFromCard", "removed the attachment {attachment}"},
    {"addLabelToCard", "added the label {label}"},
    {"removeLabelFromCard", "removed the label {label}"},
    {"createLabel", "made the label {label}"},
    {"updateLabel", "changed the label {label}"},
    {"deleteLabel", "deleted the label {label}"},
    {"createCustomField", "added the custom field {field}"},
    {"deleteCustomField", "deleted the custom field {field}"},
    {"voteOnCard", "voted for the card"},
};

/* -- templates ---------------------------------------------------------------- */

static bool name_is(struct mu_slice name, const char *text)
{
    return mu_slice_equal(name, mu_slice_str(text));
}

/* The person an entry is about, by name. */
static struct mu_slice member_name(const struct trello *t, const json_t *action)
{
    static const char *const id_keys[] = {"idMember", "idMemberAdded", "idMemberRemoved"};
    const json_t *data = json_object_get(action, "data");
    struct mu_slice name = trello_view(json_object_get(action, "member"), "fullName");
    if (name.len == 0) {
        name = trello_view(json_object_get(data, "member"), "name");
    }
    for (size_t i = 0; i < sizeof id_keys / sizeof id_keys[0] && name.len == 0; i++) {
        struct mu_slice id = trello_id(data, id_keys[i]);
        uint32_t known = id.len == 0 ? MU_ID_MAP_NONE : mu_id_map_find(&t->person_ids, id);
        if (known != MU_ID_MAP_NONE) {
            const struct trello_person *person = mu_vec_at(&t->people, known);
            name = person->person.name.len > 0 ? person->person.name : person->person.handle;
        }
    }
    return name;
}

/* What stands for {name}; *out_missing are the words when it is empty. */
static struct mu_slice filling(const struct trello *t, const json_t *action, struct mu_slice name,
                               const char **out_missing)
{
    *out_missing = "a member";
    if (name_is(name, "member")) {
        return member_name(t, action);
    }
    const json_t *data = json_object_get(action, "data");
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (!name_is(name, places[i].name)) {
            continue;
        }
        const json_t *object =
            places[i].object == NULL ? data : json_object_get(data, places[i].object);
        struct mu_slice text = trello_view(object, places[i].key);
        *out_missing = places[i].missing;
        return text.len == 0 && name_is(name, "label") ? trello_view(object, "color") : text;
    }
    MU_ASSERT(false); /* a template of ours names a place we do not have */
    return (struct mu_slice){0};
}

/* Appends words up to `end`; false when a text was missing. */
static bool fill(const struct trello *t, const json_t *action, const char *words, const char *end,
                 struct mu_oneline *line)
{
    bool complete = true;
    while (words < end) {
        if (*words != '{') {
            char one[2] = {*words++, '\0'};
            mu_oneline_put(line, one);
            continue;
        }
        const char *close = strchr(words, '}');
        const char *missing;
        struct mu_slice name = mu_slice_of(words + 1, (size_t)(close - words) - 1);
        struct mu_slice text = filling(t, action, name, &missing);
        if (text.len > 0) {
            mu_oneline_quote(line, text);
        } else {
            mu_oneline_put(line, missing);
            complete = false;
        }
        words = close + 1;
    }
    return complete;
}

static void put_template(const struct trello *t, const json_t *action, const char *words,
                         struct mu_oneline *line)
{
    while (*words != '\0') {
        if (*words == '[') {
            const char *close = strchr(words, ']');
            size_t begin = line->len;
            if (!fill(t, action, words + 1, close, line)) {
                line->len = begin;
            }
            words = close + 1;
        } else {
            const char *end = words + strcspn(words, "[");
            (void)fill(t, action, words, end, line);
            words = end;
        }
    }
}

/* -- changes of fields: data.old holds what was there before ------------------- */

/* A text, or an instant in words. */
static struct mu_slice value_of(const json_t *object, const char *key, char room[static 64])
{
    struct mu_slice text = trello_view(object, key);
    struct mu_source_time time;
    bool local;
    if ((strcmp(key, "due") == 0 || strcmp(key, "start") == 0) &&
        mu_iso_parse(text, &time, &local)) {
        mu_iso_format(time, room);
        return mu_slice_str(room);
    }
    return text;
}

static void put_date_change(struct mu_oneline *line, const char *what, struct mu_slice before,
                            struct mu_slice after)
{
    mu_oneline_put(line, before.len == 0  ? "set the "
                         : after.len == 0 ? "removed the "
                                          : "moved the ");
    mu_oneline_put(line, what);
    if (before.len > 0) {
        mu_oneline_put(line, after.len == 0 ? ", it was " : " from ");
        mu_oneline_text(line, before);
    }
    if (after.len > 0) {
        mu_oneline_put(line, " to ");
        mu_oneline_text(line, after);
    }
}

static void put_pair(struct mu_oneline *line, const char *verb, struct mu_slice before,
                     struct mu_slice after)
{
    mu_oneline_put(line, verb);
    if (before.len > 0) {
        mu_oneline_put(line, " from ");
        mu_oneline_quote(line, before);
    }
    if (after.len > 0) {
        mu_oneline_put(line, " to ");
        mu_oneline_quote(line, after);
    }
}

static const char *change_words(const char *key)
{
    static const struct {
        const char *key;
        const char *words;
    } changes[] = {
        {"pos", "changed the position"},      {"prefs", "changed the settings"},
        {"desc", "changed the description"},  {"dueReminder", "changed the reminder"},
        {"idMembers", "changed the members"}, {"idLabels", "changed the labels"},
        {"labelNames", "named the labels"},   {"idAttachmentCover", "changed the cover"},
        {"cover", "changed the cover"},       {"idOrganization", "changed the workspace"},
        {"softLimit", "changed the limit"},   {"display", "changed where it shows"},
        {"subscribed", "changed who is told"}};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        if (strcmp(changes[i].key, key) == 0) {
            return changes[i].words;
        }
    }
    return NULL;
}

/* One changed field.  now holds the present values. */
static void put_change(const json_t *data, const json_t *old, const json_t *now, const char *key,
                       struct trello_sentence *out)
{
    struct mu_oneline *line = &out->line;
    struct mu_slice before = value_of(old, key, out->old_text);
    struct mu_slice after = value_of(now, key, out->new_text);
    if (strcmp(key, "idList") == 0) {
        before = trello_view(json_object_get(data, "listBefore"), "name");
        after = trello_view(json_object_get(data, "listAfter"), "name");
        put_pair(line, "moved", before, after);
    } else if (strcmp(key, "name") == 0) {
        put_pair(line, "renamed", before, after);
    } else if (strcmp(key, "due") == 0) {
        put_date_change(line, "due date", before, after);
    } else if (strcmp(key, "start") == 0) {
        put_date_change(line, "start date", before, after);
    } else if (strcmp(key, "dueComplete") == 0) {
        mu_oneline_put(line, trello_true(now, key) ? "ticked complete" : "no longer complete");
    } else if (strcmp(key, "closed") == 0) {
        mu_oneline_put(line, trello_true(now, key) ? "archived" : "brought back from the archive");
    } else if (change_words(key) != NULL) {
        mu_oneline_put(line, change_words(key));
    } else {
        mu_oneline_put(line, "changed ");
        mu_oneline_quote(line, mu_slice_str(key));
    }
    out->old_value = before;
    out->new_value = after;
}

/* "updateList" is about data.list; card changes need no name in front. */
static bool put_update(const json_t *action, struct trello_sentence *out)
{
    static const struct {
        const char *type;
        const char *object;
        const char *front;
    } updates[] = {{"updateCard", "card", NULL},
                   {"updateBoard", "board", ""},
                   {"updateList", "list", "the list "},
                   {"updateChecklist", "checklist", "the checklist "},
                   {"updateCheckItem", "checkItem", "the checklist item "},
                   {"updateCustomField", "customField", "the custom field "}};
    struct mu_slice type = trello_view(action, "type");
    const json_t *data = json_object_get(action, "data");
    json_t *old = json_object_get(data, "old");
    for (size_t i = 0; i < sizeof updates / sizeof updates[0]; i++) {
        if (!name_is(type, updates[i].type) || json_object_size(old) == 0) {
            continue;
        }
        const json_t *now = json_object_get(data, updates[i].object);
        if (updates[i].front != NULL) {
            bool board = updates[i].front[0] == '\0';
            mu_oneline_put(&out->line, board ? "the board" : updates[i].front);
            if (!board) {
                mu_oneline_quote(&out->line, trello_view(now, "name"));
            }
            mu_oneline_put(&out->line, ": ");
        }
        const char *key;
        json_t *value;
        bool first = true;
        json_object_foreach(old, key, value)
        {
            mu_oneline_put(&out->line, first ? "" : ", ");
            put_change(data, old, now, key, out);
            first = false;
        }
        return true;
    }
    return false;
}

/* -- the rest ------------------------------------------------------------------ */

static bool put_tick(const struct trello *t, const json_t *action, struct mu_oneline *line)
{
    struct mu_slice type = trello_view(action, "type");
    if (!name_is(type, "updateCheckItemStateOnCard")) {
        return false;
    }
    const json_t *item = json_object_get(json_object_get(action, "data"), "checkItem");
    bool done = name_is(trello_view(item, "state"), "complete");
    mu_oneline_put(line, done ? "ticked " : "unticked ");
    put_template(t, action, "{item}[ in {checklist}]", line);
    return true;
}

/* "joined" and "left" where somebody did it to himself. */
static bool put_member(const struct trello *t, const json_t *action, struct mu_oneline *line)
{
    struct mu_slice type = trello_view(action, "type");
    bool added = name_is(type, "addMemberToCard");
    if (!added && !name_is(type, "removeMemberFromCard")) {
        return false;
    }
    struct mu_slice id = trello_id(json_object_get(action, "data"), "idMember");
    if (id.len > 0 && mu_slice_equal(id, trello_id(action, "idMemberCreator"))) {
        mu_oneline_put(line, added ? "joined the card" : "left the card");
    } else {
        put_template(t, action, added ? "added {member}" : "removed {member}", line);
    }
    return true;
}

static bool put_field_value(const struct trello *t, const json_t *action,
                            struct trello_sentence *out)
{
    if (!name_is(trello_view(action, "type"), "updateCustomFieldItem")) {
        return false;
    }
    static const char *const keys[] = {"text", "number", "date", "checked"};
    const json_t *item = json_object_get(json_object_get(action, "data"), "customFieldItem");
    const json_t *value = json_object_get(item, "value");
    struct mu_slice text = {0};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && text.len == 0; i++) {
        text = trello_view(value, keys[i]);
    }
    bool chosen = trello_id(item, "idValue").len > 0;
    put_template(t, action, text.len > 0 || chosen ? "set {field}" : "cleared {field}", &out->line);
    if (text.len > 0) {
        mu_oneline_put(&out->line, " to ");
        mu_oneline_quote(&out->line, text);
    }
    out->new_value = text;
    return true;
}

/* "voteOnCard" as "vote on card", for kinds that have no template. */
static void put_type(struct mu_slice type, struct mu_oneline *line)
{
    char words[64];
    size_t len = 0;
    for (size_t i = 0; i < type.len && len + 2 < sizeof words; i++) {
        uint8_t byte = type.data[i];
        if (byte >= 'A' && byte <= 'Z') {
            words[len++] = ' ';
            byte = (uint8_t)(byte | 0x20);
        }
        words[len++] = (char)(byte >= ' ' && byte <= '~' ? byte : '?');
    }
    words[len] = '\0';
    mu_oneline_put(line, len == 0 ? "did something" : words);
}

void trello_sentence(const struct trello *t, const json_t *action, struct trello_sentence *out)
{
    *out = (struct trello_sentence){0};
    struct mu_slice type = trello_view(action, "type");
    if (put_update(action, out) || put_tick(t, action, &out->line) ||
        put_member(t, action, &out->line) || put_field_value(t, action, out)) {
        return;
    }
    for (size_t i = 0; i < sizeof templates / sizeof templates[0]; i++) {
        if (name_is(type, templates[i].type)) {
            put_template(t, action, templates[i].words, &out->line);
            return;
        }
    }
    put_type(type, &out->line);
}
