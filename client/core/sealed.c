#include "client/core/sealed.h"

#include <string.h>

#include "client/core/inside.h"
#include "client/core/vouch.h"
#include "common/base/utf8.h"
#include "common/seal/secret.h"

/* Memory of one text with all its copies, its prediction and its mutation. */
#define ARENA_MAX ((size_t)4 << 20)

/* -- whose devices ----------------------------------------------------------------- */

/* Box keys to seal to, none twice. */
struct readers {
    struct mu_box_pk keys[MU_SEALED_COPIES_MAX];
    size_t count;
};

static void add_reader(struct readers *readers, const uint8_t box[static MU_BOX_PK_LEN])
{
    for (size_t i = 0; i < readers->count; i++) {
        if (memcmp(readers->keys[i].bytes, box, MU_BOX_PK_LEN) == 0) {
            return;
        }
    }
    if (readers->count < MU_SEALED_COPIES_MAX) {
        memcpy(readers->keys[readers->count++].bytes, box, MU_BOX_PK_LEN);
    }
}

static enum mu_status ids_of(struct mu_client *client, enum mu_local_query which,
                             struct mu_id person, struct mu_id after, struct mu_arena *arena,
                             struct mu_list *out, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    mu_list_init(out, arena, sizeof(struct mu_id));
    MU_TRY(mu_queries_get(&client->local, which, &stmt, err));
    mu_stmt_bind_id(stmt, 1, person);
    if (which == MU_LOCAL_SEALED_OF) {
        mu_stmt_bind_id(stmt, 2, after);
    }
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    while (status == MU_OK && row) {
        struct mu_id *id = mu_list_add(out);
        if (id == NULL) {
            status = mu_fail(err, MU_E_NOMEM, "sealed texts");
            break;
        }
        *id = mu_stmt_id(stmt, 0);
        status = mu_stmt_step(stmt, &row, err);
    }
    mu_stmt_reset(stmt);
    return status;
}

/* Devices of person that are in use by the rows as well as by what leads signed for. */
static enum mu_status add_devices(struct mu_client *client, struct mu_id person,
                                  struct mu_arena *arena, struct readers *readers,
                                  struct mu_error *err)
{
    struct mu_row row = {0};
    bool found = false;
    MU_TRY(mu_replica_confirmed(client->replica, arena, MU_PERSON, person, &row, &found, err));
    if (!found || mu_row_int(&row, MU_PERSON_STATE) == MU_PERSON_REMOVED) {
        return MU_OK;
    }
    struct mu_list devices;
    const struct mu_id none = {0};
    MU_TRY(ids_of(client, MU_LOCAL_DEVICES_OF, person, none, arena, &devices, err));
    const struct mu_id *ids = devices.items;
    for (size_t i = 0; i < devices.count; i++) {
        struct mu_vouched vouched;
        MU_TRY(mu_vouch_get(client, MU_DEVICE, ids[i], &vouched, err));
        MU_TRY(mu_replica_confirmed(client->replica, arena, MU_DEVICE, ids[i], &row, &found, err));
        if (vouched.found && vouched.standing == 1 && mu_id_equal(vouched.person, person) &&
            found && mu_row_int(&row, MU_DEVICE_STATE) == MU_DEVICE_ACTIVE) {
            add_reader(readers, vouched.box);
        }
    }
    return MU_OK;
}

static enum mu_status own_person(struct mu_client *client, struct mu_arena *arena,
                                 struct mu_id *out_person, struct mu_error *err)
{
    struct mu_row device = {0};
    bool found = false;
    MU_TRY(mu_replica_confirmed(client->replica, arena, MU_DEVICE, client->device, &device, &found,
                                err));
    if (!found) {
        return mu_fail(err, MU_E_NOT_FOUND, "this device has not synced yet");
    }
    *out_person = mu_row_id(&device, MU_DEVICE_PERSON);
    return MU_OK;
}

/* -- writing ------------------------------------------------------------------------ */

static enum mu_status check_text(struct mu_slice text, struct mu_error *err)
{
    if (text.len == 0 || !mu_utf8_valid(text) || memchr(text.data, 0, text.len) != NULL) {
        return mu_fail(err, MU_E_INVALID, "that is no text");
    }
    return text.len > MU_SEALED_TEXT_MAX
               ? mu_fail(err, MU_E_LIMIT, "the text is longer than %d bytes", MU_SEALED_TEXT_MAX)
               : MU_OK;
}

/* An intent on one sealed text. */
struct request {
    uint32_t number;
    struct mu_id row;
    struct mu_slice copies;
    const struct mu_id *to; /* NULL: it is there already */
};

static enum mu_status author(struct mu_client *client, const struct mu_client_turn *turn,
                             const struct request *request, struct mu_arena *arena,
                             struct mu_error *err)
{
    struct mu_intent intent = {.number = request->number, .version = 1};
    struct mu_op *op = mu_intent_op(&intent, arena, MU_SEALED, request->row);
    bool fits =
        op != NULL && mu_op_arg(op, arena, MU_SEALED_BYTES, mu_bytes(request->copies)) &&
        (request->to == NULL || mu_op_arg(op, arena, MU_SEALED_TO, mu_id_value(request->to)));
    if (!fits) {
        return mu_fail(err, MU_E_NOMEM, "sealed text");
    }
    struct mu_authored authored;
    return mu_client_author(client, turn, &intent, arena, &authored, err);
}

static enum mu_status find_readers(struct mu_client *client, struct mu_id to,
                                   struct mu_arena *arena, struct readers *out,
                                   struct mu_error *err)
{
    struct mu_id own = {0};
    MU_TRY(own_person(client, arena, &own, err));
    *out = (struct readers){0};
    add_reader(out, client->keys.public.box);
    MU_TRY(add_devices(client, to, arena, out, err));
    if (out->count == 1 && !mu_id_equal(own, to)) {
        return mu_fail(err, MU_E_DENIED,
                       "nothing can be sealed to this person: this device has seen no lead's "
                       "signature for a device of theirs");
    }
    MU_TRY(add_devices(client, own, arena, out, err));
    /* More get theirs later, when the first are passing it on. */
    out->count = out->count > MU_SEALED_KEYS_MAX ? MU_SEALED_KEYS_MAX : out->count;
    return MU_OK;
}

enum mu_status mu_client_sealed_make(struct mu_client *client, const struct mu_client_turn *turn,
                                     struct mu_id to, struct mu_slice text, struct mu_buf *copies,
                                     struct mu_id *out_row, struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, ARENA_MAX);
    struct readers readers;
    MU_TRY(check_text(text, err));
    MU_TRY(find_readers(client, to, &arena, &readers, err));
    struct mu_id row = mu_entropy_id(turn->entropy, turn->wall.ms);
    const struct mu_sealed_make_args args = {.about = {.workspace = client->workspace,
                                                       .message = row,
                                                       .from_device = client->device,
                                                       .to_person = to},
                                             .created_ms = turn->wall.ms,
                                             .text = text,
                                             .readers = readers.keys,
                                             .reader_count = readers.count,
                                             .author = &client->keys};
    enum mu_status status = mu_sealed_make(&args, copies, err);
    if (status == MU_E_LIMIT) {
        return mu_fail(err, status, "the text is too long to be sealed to %zu devices",
                       readers.count);
    }
    MU_TRY(status);
    *out_row = row;
    return MU_OK;
}

enum mu_status mu_client_sealed_send(struct mu_client *client, const struct mu_client_turn *turn,
                                     struct mu_id to, struct mu_slice text, struct mu_id *out_row,
                                     struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, ARENA_MAX);
    MU_BUF_AUTO struct mu_buf copies;
    mu_buf_init(&copies, MU_SEALED_BYTES_MAX);
    struct mu_id row = {0};
    MU_TRY(mu_client_sealed_make(client, turn, to, text, &copies, &row, err));
    const struct request request = {
        .number = MU_INTENT_SEALED_SEND, .row = row, .copies = mu_buf_view(&copies), .to = &to};
    MU_TRY(author(client, turn, &request, &arena, err));
    *out_row = row;
    return MU_OK;
}

/* -- reading ------------------------------------------------------------------------- */

/* What a row says of itself, and what leads say of its author. */
struct held {
    struct mu_id id, from, from_device, to;
    struct mu_slice copies;
    uint8_t author[MU_SIGN_PK_LEN];
    bool vouched;
};

static enum mu_status look_up(struct mu_client *client, struct mu_id id, struct mu_arena *arena,
                              struct held *out, struct mu_error *err)
{
    struct mu_row row = {0};
    struct mu_row device = {0};
    struct mu_vouched vouched;
    bool found = false;
    MU_TRY(mu_replica_row(client->replica, arena, MU_SEALED, id, &row, &found, err));
    if (!found) {
        return mu_fail(err, MU_E_NOT_FOUND, "there is no such sealed text");
    }
    *out = (struct held){.id = id,
                         .from = mu_row_id(&row, MU_SEALED_FROM),
                         .from_device = mu_row_id(&row, MU_SEALED_FROM_DEVICE),
                         .to = mu_row_id(&row, MU_SEALED_TO),
                         .copies = mu_row_text(&row, MU_SEALED_BYTES)};
    MU_TRY(mu_vouch_get(client, MU_DEVICE, out->from_device, &vouched, err));
    out->vouched = vouched.found;
    if (vouched.found && !mu_id_equal(vouched.person, out->from)) {
        return mu_fail(err, MU_E_CRYPTO, "the sealed text names another person than its author");
    }
    if (vouched.found) {
        memcpy(out->author, vouched.sign, sizeof out->author);
        return MU_OK;
    }
    MU_TRY(mu_replica_confirmed(client->replica, arena, MU_DEVICE, out->from_device, &device,
                                &found, err));
    struct mu_slice key = found ? mu_row_text(&device, MU_DEVICE_SIGN_KEY) : (struct mu_slice){0};
    if (key.len != MU_SIGN_PK_LEN ||
        !mu_id_equal(mu_row_id(&device, MU_DEVICE_PERSON), out->from)) {
        return mu_fail(err, MU_E_CRYPTO, "the device that wrote the sealed text is not known");
    }
    memcpy(out->author, key.data, sizeof out->author);
    return MU_OK;
}

static enum mu_status open_held(struct mu_client *client, const struct held *held,
                                struct mu_sealed_opened *out, struct mu_error *err)
{
    const struct mu_sealed_open_args args = {.about = {.workspace = client->workspace,
                                                       .message = held->id,
                                                       .from_device = held->from_device,
                                                       .to_person = held->to},
                                             .sealed = held->copies,
                                             .reader = &client->keys,
                                             .author_sign_pk = held->author};
    return mu_sealed_open(&args, out, err);
}

enum mu_status mu_client_sealed_read(struct mu_client *client, struct mu_id row,
                                     struct mu_arena *arena, struct mu_sealed_text *out,
                                     struct mu_error *err)
{
    struct held held;
    MU_SEALED_OPENED_AUTO struct mu_sealed_opened opened = {0};
    MU_TRY(look_up(client, row, arena, &held, err));
    MU_TRY(open_held(client, &held, &opened, err));
    struct mu_sealed_text text = {.from = held.from,
                                  .from_device = held.from_device,
                                  .to = held.to,
                                  .created_ms = opened.created_ms,
                                  .vouched = held.vouched,
                                  .resealed = opened.resealed};
    if (!mu_arena_copy(arena, opened.text, &text.text)) {
        return mu_fail(err, MU_E_NOMEM, "sealed text");
    }
    *out = text;
    return MU_OK;
}

/* -- passing on ------------------------------------------------------------------------ */

bool mu_client_sealed_due(const struct mu_client *client)
{
    return client->sealed_due && client->session.record.link == MU_LINK_LIVE;
}

/* Copies that lack, appended to added; as many as there is room for. */
static enum mu_status make_copies(const struct mu_sealed_opened *opened,
                                  const struct readers *readers, const struct held *held,
                                  struct mu_buf *added, struct mu_error *err)
{
    added->max = MU_SEALED_BYTES_MAX - held->copies.len;
    for (size_t i = 0; i < readers->count; i++) {
        if (mu_sealed_has(held->copies, &readers->keys[i])) {
            continue;
        }
        enum mu_status status = mu_sealed_add(opened, &readers->keys[i], added, err);
        if (status == MU_E_LIMIT) {
            return MU_OK;
        }
        MU_TRY(status);
    }
    return MU_OK;
}

static bool all_have(const struct held *held, const struct readers *readers)
{
    for (size_t i = 0; i < readers->count; i++) {
        if (!mu_sealed_has(held->copies, &readers->keys[i])) {
            return false;
        }
    }
    return true;
}

static enum mu_status pass_on_one(struct mu_client *client, const struct mu_client_turn *turn,
                                  struct mu_id id, size_t *count, struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, ARENA_MAX);
    MU_SEALED_OPENED_AUTO struct mu_sealed_opened opened = {0};
    MU_BUF_AUTO struct mu_buf added;
    mu_buf_init(&added, MU_SEALED_BYTES_MAX);
    struct readers readers = {0};
    struct held held;
    struct mu_error why = {0};
    enum mu_status status = look_up(client, id, &arena, &held, &why);
    if (status == MU_OK && held.copies.len <= MU_SEALED_BYTES_MAX) {
        MU_TRY(add_devices(client, held.to, &arena, &readers, err));
        if (held.vouched) {
            MU_TRY(add_devices(client, held.from, &arena, &readers, err));
        }
        if (all_have(&held, &readers)) {
            return MU_OK;
        }
        status = open_held(client, &held, &opened, &why);
    }
    if (status == MU_E_NOMEM || status == MU_E_IO || status == MU_E_BUSY || status == MU_E_FULL) {
        return mu_fail(err, status, "%s", why.text);
    }
    if (status != MU_OK) {
        return MU_OK; /* not for us, or not what it seems: nothing of it is passed on */
    }
    MU_TRY(make_copies(&opened, &readers, &held, &added, err));
    if (added.len == 0) {
        return MU_OK;
    }
    (*count)++;
    const struct request request = {
        .number = MU_INTENT_SEALED_COPY, .row = id, .copies = mu_buf_view(&added)};
    return author(client, turn, &request, &arena, err);
}

static enum mu_status pass_on_all(struct mu_client *client, const struct mu_client_turn *turn,
                                  size_t *count, struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, ARENA_MAX);
    struct mu_id own = {0};
    struct mu_id after = {0};
    struct mu_list texts;
    MU_TRY(own_person(client, &arena, &own, err));
    do {
        mu_arena_clear(&arena);
        MU_TRY(ids_of(client, MU_LOCAL_SEALED_OF, own, after, &arena, &texts, err));
        const struct mu_id *ids = texts.items;
        for (size_t i = 0; i < texts.count; i++) {
            MU_TRY(pass_on_one(client, turn, ids[i], count, err));
            after = ids[i];
        }
    } while (texts.count > 0);
    return MU_OK;
}

enum mu_status mu_client_sealed_pass_on(struct mu_client *client, const struct mu_client_turn *turn,
                                        size_t *out_count, struct mu_error *err)
{
    size_t count = 0;
    enum mu_status status = pass_on_all(client, turn, &count, err);
    /* Who was in the way will be gone; anything else waits for the next text or device. */
    client->sealed_due = status == MU_E_BUSY;
    *out_count = count;
    return status;
}
