/* People and their devices: invite, member, device. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/commands.h"
#include "client/cli/edit.h"
#include "client/cli/tokens.h"
#include "client/core/list.h"
#include "client/view/text.h"
#include "common/db/stmt.h"
#include "common/model/handle.h"
#include "common/seal/hash.h"
#include "common/seal/invite.h"
#include "common/seal/secret.h"

#define EXPIRES_DEFAULT_MS (INT64_C(7) * 86400000)
#define EXPIRES_MAX_MS     (INT64_C(90) * 86400000)

static const char SQL_DEVICES[] =
    "SELECT id, person, name, state, enrolled_at FROM device ORDER BY enrolled_at, id";

/* -- invite ------------------------------------------------------------------ */

static enum mu_status read_handle(struct mu_cli *cli, struct mu_slice *out, struct mu_error *err)
{
    const char *word = NULL;
    MU_TRY(mu_cli_need(cli, "who (a handle, such as kofi)", &word, err));
    MU_TRY(mu_cli_no_more(cli, err));
    *out = mu_slice_str(word[0] == '@' ? word + 1 : word);
    if (!mu_handle_is_valid(*out)) {
        return mu_fail(err, MU_E_USAGE, MU_HANDLE_RULE);
    }
    return MU_OK;
}

static enum mu_status put_person(struct mu_edit *edit, struct mu_slice handle,
                                 struct mu_id *out_person, struct mu_error *err)
{
    struct mu_cli *cli = edit->session->cli;
    const char *name = mu_args_value(&cli->args, "name");
    const char *role = mu_args_value(&cli->args, "role");
    const struct mu_person_name *known = NULL;
    for (size_t i = 0; i < edit->session->names.person_count; i++) {
        if (mu_slice_equal(edit->session->names.people[i].handle, handle)) {
            known = &edit->session->names.people[i];
        }
    }
    *out_person = known != NULL ? known->id : mu_id_derive("person", &handle, 1);
    if (known != NULL && name == NULL && role == NULL) {
        return MU_OK;
    }
    mu_edit_op(edit, MU_PERSON, *out_person);
    if (known == NULL) {
        mu_edit_text(edit, MU_PERSON_HANDLE, handle);
    }
    if (name != NULL || known == NULL) {
        struct mu_slice text = handle;
        if (name != NULL) {
            MU_TRY(mu_cli_word_text(name, "name", MU_NAME_MAX, &text, err));
        }
        mu_edit_text(edit, MU_PERSON_NAME, text);
    }
    if (role != NULL) {
        int64_t number = mu_role_parse(role);
        if (number == 0) {
            return mu_fail(err, MU_E_USAGE, "a role is one of lead, member, observer, guest");
        }
        mu_edit_int(edit, MU_PERSON_ROLE, number);
    }
    return MU_OK;
}

static enum mu_status expires_at(struct mu_session *session, int64_t *out_ms, struct mu_error *err)
{
    const char *given = mu_args_value(&session->cli->args, "expires");
    int64_t span_ms = EXPIRES_DEFAULT_MS;
    if (given != NULL) {
        MU_TRY(mu_token_span(given, &span_ms, err));
    }
    if (span_ms <= 0 || span_ms > EXPIRES_MAX_MS) {
        return mu_fail(err, MU_E_USAGE, "an invite lasts up to 90d");
    }
    *out_ms = session->moment.turn.wall.ms + span_ms;
    return MU_OK;
}

static void make_invite(struct mu_session *session, int64_t expires_ms, struct mu_invite *out)
{
    const struct mu_key_file *keys = &session->store.keys;
    *out = (struct mu_invite){
        .version = MU_INVITE_VERSION, .workspace = keys->workspace, .expires_ms = expires_ms};
    memcpy(out->server_curve, keys->server_curve, sizeof out->server_curve);
    mu_invite_print_server(keys->server_sign, keys->server_box, out->server_print);
    memcpy(out->endpoint, keys->endpoint, sizeof out->endpoint);
    mu_entropy_draw(&session->moment.entropy, out->secret, sizeof out->secret);
}

static enum mu_status say_invite(struct mu_session *session, const struct mu_invite *invite,
                                 struct mu_slice handle, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    MU_SECRET_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, MU_INVITE_LINE_MAX + 1);
    MU_TRY(mu_invite_encode(invite, &line, err));
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_json_text(&json, "handle", handle);
        mu_json_text(&json, "invite", mu_buf_view(&line));
        mu_json_instant(&json, "expires", invite->expires_ms);
        return mu_cli_json_end(&json, err);
    }
    mu_cli_note(cli,
                "this line lets one device in as @%.*s, once the server knows of it: muster sync",
                (int)handle.len, (const char *)handle.data);
    MU_TRY(mu_cli_put(mu_buf_append(&cli->out, line.data, line.len), err));
    return mu_cli_say(cli, err, "\n");
}

static enum mu_status invite_person(struct mu_session *session, struct mu_error *err)
{
    struct mu_slice handle = {0};
    struct mu_edit edit;
    struct mu_id person;
    int64_t expires_ms = 0;
    MU_TRY(read_handle(session->cli, &handle, err));
    MU_TRY(expires_at(session, &expires_ms, err));
    MU_INVITE_AUTO struct mu_invite invite;
    MU_DEVICE_KEYS_AUTO struct mu_device_keys keys;
    make_invite(session, expires_ms, &invite);
    mu_invite_keys(invite.secret, &keys);

    mu_edit_begin(&edit, session, MU_INTENT_INVITE_CREATE);
    MU_TRY(put_person(&edit, handle, &person, err));
    mu_edit_op(&edit, MU_INVITE, mu_invite_id(keys.public.curve));
    mu_edit_id(&edit, MU_INVITE_PERSON, person);
    mu_edit_text(&edit, MU_INVITE_SIGN_KEY, mu_slice_of(keys.public.sign, sizeof keys.public.sign));
    mu_edit_text(&edit, MU_INVITE_CURVE_KEY,
                 mu_slice_of(keys.public.curve, sizeof keys.public.curve));
    mu_edit_int(&edit, MU_INVITE_EXPIRES_AT, expires_ms);
    MU_TRY(mu_edit_author(&edit, err));
    mu_edit_poke(session);
    return say_invite(session, &invite, handle, err);
}

enum mu_status mu_run_invite(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, invite_person, err);
}

/* -- member ------------------------------------------------------------------ */

static const char *state_word(int state)
{
    static const char *const words[] = {"active", "inactive", "removed"};
    return state >= 1 && state <= 3 ? words[state - 1] : "?";
}

static int by_handle(const void *a, const void *b)
{
    const struct mu_person_name *left = *(const struct mu_person_name *const *)a;
    const struct mu_person_name *right = *(const struct mu_person_name *const *)b;
    if (left->state != right->state) {
        return left->state < right->state ? -1 : 1;
    }
    return mu_slice_compare(left->handle, right->handle);
}

static enum mu_status sorted_people(struct mu_session *session, const struct mu_person_name ***out,
                                    struct mu_error *err)
{
    const struct mu_names *names = &session->names;
    const struct mu_person_name **people =
        mu_arena_array(&session->cli->arena, names->person_count + 1, sizeof *people);
    if (people == NULL) {
        return mu_fail(err, MU_E_NOMEM, "list members: out of memory");
    }
    for (size_t i = 0; i < names->person_count; i++) {
        people[i] = &names->people[i];
    }
    qsort(people, names->person_count, sizeof *people, by_handle);
    *out = people;
    return MU_OK;
}

static enum mu_status say_member(struct mu_cli *cli, const struct mu_person_name *person,
                                 struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf part;
    mu_buf_init(&part, (size_t)8 * MU_NAME_MAX);
    MU_TRY(mu_cli_put(mu_buf_append_str(&part, cli->terminal ? "@" : ""), err));
    MU_TRY(mu_cli_put(mu_show(&part, person->handle, MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_put(
        mu_show_fit(&cli->out, mu_buf_view(&part), cli->terminal ? 18 : 1000, cli->terminal), err));
    MU_TRY(mu_cli_say(cli, err, cli->terminal ? " %-9s %-9s " : "\t%s\t%s\t",
                      mu_role_name(person->role), state_word(person->state)));
    MU_TRY(mu_cli_put(mu_show(&cli->out, person->name, MU_SHOW_ONE_LINE), err));
    return mu_cli_say(cli, err, "\n");
}

static void member_json(struct mu_json *json, const struct mu_person_name *person)
{
    mu_json_object(json, NULL);
    mu_json_text(json, "handle", person->handle);
    mu_json_text(json, "name", person->name);
    mu_json_str(json, "role", mu_role_name(person->role));
    mu_json_str(json, "state", state_word(person->state));
    mu_json_text(json, "zone", person->zone);
    mu_json_id(json, "id", person->id);
    mu_json_close(json);
}

static enum mu_status list_members(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const struct mu_person_name **people = NULL;
    bool all = mu_args_flag(&cli->args, "all");
    struct mu_json json;
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(sorted_people(session, &people, err));
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "members");
    }
    for (size_t i = 0; i < session->names.person_count; i++) {
        if (people[i]->state == MU_PERSON_REMOVED && !all) {
            continue;
        }
        if (cli->json) {
            member_json(&json, people[i]);
        } else {
            MU_TRY(say_member(cli, people[i], err));
        }
    }
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    return MU_OK;
}

enum mu_status mu_run_member_list(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, list_members, err);
}

/* "@kofi · member · saved here, ..." */
static enum mu_status echo_person(struct mu_session *session, const struct mu_person_name *person,
                                  const char *what, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 4096);
    MU_TRY(mu_cli_put(mu_words_person(&text, &session->names, person->id), err));
    MU_TRY(mu_cli_put(mu_buf_printf(&text, " \xc2\xb7 %s", what), err));
    mu_edit_poke(session);
    return mu_echo_line(session, mu_buf_view(&text), err);
}

static enum mu_status need_person(struct mu_session *session, const struct mu_person_name **out,
                                  struct mu_error *err)
{
    const char *word = NULL;
    MU_TRY(mu_cli_need(session->cli, "who (@kofi)", &word, err));
    return mu_session_person(session, word, out, err);
}

static enum mu_status remove_member(struct mu_session *session, struct mu_error *err)
{
    const struct mu_person_name *person = NULL;
    struct mu_edit edit;
    MU_TRY(need_person(session, &person, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    mu_edit_begin(&edit, session, MU_INTENT_PERSON_REMOVE);
    mu_edit_op(&edit, MU_PERSON, person->id);
    MU_TRY(mu_edit_author(&edit, err));
    return echo_person(session, person, "removed from the team", err);
}

enum mu_status mu_run_member_remove(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, remove_member, err);
}

static enum mu_status change_role(struct mu_session *session, struct mu_error *err)
{
    const struct mu_person_name *person = NULL;
    const char *role = NULL;
    struct mu_edit edit;
    MU_TRY(need_person(session, &person, err));
    MU_TRY(mu_cli_need(session->cli, "which role (lead, member, observer or guest)", &role, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    int64_t number = mu_role_parse(role);
    if (number == 0) {
        return mu_fail(err, MU_E_USAGE, "a role is one of lead, member, observer, guest");
    }
    mu_edit_begin(&edit, session, MU_INTENT_PERSON_ROLE);
    mu_edit_op(&edit, MU_PERSON, person->id);
    mu_edit_int(&edit, MU_PERSON_ROLE, number);
    MU_TRY(mu_edit_author(&edit, err));
    return echo_person(session, person, mu_role_name(number), err);
}

enum mu_status mu_run_member_role(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, change_role, err);
}

/* -- device
 * ----------------------------------------------------------------------------------------- */

struct device_line {
    struct mu_id id;
    struct mu_id person;
    struct mu_slice name;
    bool active;
    int64_t enrolled_ms;
};

static enum mu_status read_devices(struct mu_session *session, struct device_line **out,
                                   size_t *out_count, struct mu_error *err)
{
    struct mu_list list;
    struct mu_stmt stmt = {0};
    mu_list_init(&list, &session->cli->arena, sizeof **out);
    MU_TRY(mu_stmt_prepare(&stmt, session->db, SQL_DEVICES, err));
    enum mu_status status = MU_OK;
    for (;;) {
        bool row = false;
        status = mu_stmt_step(&stmt, &row, err);
        if (status != MU_OK || !row) {
            break;
        }
        struct device_line *device = mu_list_add(&list);
        if (device == NULL ||
            !mu_arena_copy(&session->cli->arena, mu_stmt_text(&stmt, 2), &device->name)) {
            status = mu_fail(err, MU_E_NOMEM, "list devices: out of memory");
            break;
        }
        device->id = mu_stmt_id(&stmt, 0);
        device->person = mu_stmt_id(&stmt, 1);
        device->active = mu_stmt_int(&stmt, 3) == MU_DEVICE_ACTIVE;
        device->enrolled_ms = mu_stmt_int(&stmt, 4);
    }
    mu_stmt_finalize(&stmt);
    *out = list.items;
    *out_count = list.count;
    return status;
}

static enum mu_status say_device(struct mu_session *session, const struct device_line *device,
                                 struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *between = cli->terminal ? "  " : "\t";
    char handle[MU_HANDLE_LEN + 1];
    mu_id_handle(device->id, handle);
    MU_TRY(mu_cli_say(cli, err, "%s%s", handle, between));
    MU_TRY(mu_cli_put(mu_words_person(&cli->out, &session->names, device->person), err));
    MU_TRY(mu_cli_say(cli, err, "%s", between));
    MU_TRY(mu_cli_put(mu_show(&cli->out, device->name, MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_say(cli, err, "%s%s%s", between, device->active ? "active" : "revoked",
                      cli->terminal ? "  since " : between));
    MU_TRY(mu_cli_put(mu_words_instant(&cli->out, device->enrolled_ms, &session->from), err));
    bool this_one = mu_id_equal(device->id, session->store.keys.device);
    return mu_cli_say(cli, err, cli->terminal && this_one ? "  (this one)\n" : "\n");
}

static void device_json(struct mu_json *json, struct mu_session *session,
                        const struct device_line *device)
{
    const struct mu_person_name *person = mu_names_person(&session->names, device->person);
    char handle[MU_HANDLE_LEN + 1];
    mu_id_handle(device->id, handle);
    mu_json_object(json, NULL);
    mu_json_str(json, "ref", handle);
    mu_json_id(json, "id", device->id);
    mu_json_text(json, "member", person != NULL ? person->handle : mu_slice_str(""));
    mu_json_text(json, "name", device->name);
    mu_json_str(json, "state", device->active ? "active" : "revoked");
    mu_json_instant(json, "enrolled", device->enrolled_ms);
    mu_json_bool(json, "this_one", mu_id_equal(device->id, session->store.keys.device));
    mu_json_close(json);
}

static enum mu_status list_devices(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct device_line *devices = NULL;
    size_t count = 0;
    struct mu_json json;
    const struct mu_person_name *only = NULL;
    const struct mu_arg_word *word = mu_cli_word(cli);
    MU_TRY(mu_cli_no_more(cli, err));
    if (word != NULL) {
        MU_TRY(mu_session_person(session, word->text, &only, err));
    }
    MU_TRY(read_devices(session, &devices, &count, err));
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "devices");
    }
    for (size_t i = 0; i < count; i++) {
        if (only != NULL && !mu_id_equal(only->id, devices[i].person)) {
            continue;
        }
        if (cli->json) {
            device_json(&json, session, &devices[i]);
        } else {
            MU_TRY(say_device(session, &devices[i], err));
        }
    }
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    return MU_OK;
}

enum mu_status mu_run_device_list(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, list_devices, err);
}

/* By handle "~k3f9", whole id, or a name that only one of one's own active devices has. */
static enum mu_status find_device(struct mu_session *session, const char *word,
                                  const struct device_line **out, struct mu_error *err)
{
    struct device_line *devices = NULL;
    size_t count = 0;
    size_t hits = 0;
    MU_TRY(read_devices(session, &devices, &count, err));
    for (size_t i = 0; i < count; i++) {
        char handle[MU_HANDLE_LEN + 1];
        char id[MU_ID_TEXT_LEN + 1];
        mu_id_handle(devices[i].id, handle);
        mu_id_text(devices[i].id, id);
        bool own = mu_id_equal(devices[i].person, session->self);
        if (strcmp(word, handle) == 0 || strcmp(word, id) == 0 ||
            (own && devices[i].active && mu_same_word(devices[i].name, mu_slice_str(word)))) {
            *out = &devices[i];
            hits++;
        }
    }
    char shown[MU_SHORT_MAX];
    mu_show_short(mu_slice_str(word), shown);
    if (hits > 1) {
        return mu_fail(err, MU_E_CONFLICT, "'%s' may be one of %zu devices: use its id", shown,
                       hits);
    }
    return hits == 1 ? MU_OK
                     : mu_fail(err, MU_E_NOT_FOUND, "no device '%s': muster device list", shown);
}

static enum mu_status revoke_device(struct mu_session *session, struct mu_error *err)
{
    const char *word = NULL;
    const struct device_line *device = NULL;
    struct mu_edit edit;
    MU_TRY(mu_cli_need(session->cli, "which device (~k3f9)", &word, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    MU_TRY(find_device(session, word, &device, err));
    mu_edit_begin(&edit, session, MU_INTENT_DEVICE_REVOKE);
    mu_edit_op(&edit, MU_DEVICE, device->id);
    MU_TRY(mu_edit_author(&edit, err));
    mu_edit_poke(session);
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 65536);
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, "device "), err));
    MU_TRY(mu_cli_put(mu_show(&text, device->name, MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, " of "), err));
    MU_TRY(mu_cli_put(mu_words_person(&text, &session->names, device->person), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, " \xc2\xb7 revoked"), err));
    return mu_echo_line(session, mu_buf_view(&text), err);
}

enum mu_status mu_run_device_revoke(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, revoke_device, err);
}
