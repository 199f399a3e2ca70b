#include "tests/harness/wire_codec.h"

#include "tests/harness/wire_make.h"
#include "tests/harness/wire_text.h"

enum what { MESSAGE, MUTATION, CHANGE };

struct mu_wire_codec {
    const char *name;
    enum what what;
    enum mu_message_kind kind; /* of a message */
};

static const struct mu_wire_codec codecs[] = {
    {"hello", MESSAGE, MU_MSG_HELLO},
    {"welcome", MESSAGE, MU_MSG_WELCOME},
    {"push", MESSAGE, MU_MSG_PUSH},
    {"pushack", MESSAGE, MU_MSG_PUSHACK},
    {"credit", MESSAGE, MU_MSG_CREDIT},
    {"changes", MESSAGE, MU_MSG_CHANGES},
    {"beacon", MESSAGE, MU_MSG_BEACON},
    {"xfer_req", MESSAGE, MU_MSG_XFER_REQ},
    {"xfer_begin", MESSAGE, MU_MSG_XFER_BEGIN},
    {"xfer_chunk", MESSAGE, MU_MSG_XFER_CHUNK},
    {"xfer_end", MESSAGE, MU_MSG_XFER_END},
    {"keys", MESSAGE, MU_MSG_KEYS},
    {"enrol", MESSAGE, MU_MSG_ENROL},
    {"enrolled", MESSAGE, MU_MSG_ENROLLED},
    {"ping", MESSAGE, MU_MSG_PING},
    {"error", MESSAGE, MU_MSG_ERROR},
    {"bye", MESSAGE, MU_MSG_BYE},
    {"links_req", MESSAGE, MU_MSG_LINKS_REQ},
    {"links", MESSAGE, MU_MSG_LINKS},
    {"mutation", MUTATION, 0},
    {"change", CHANGE, 0},
};

static void check(enum mu_status status)
{
    MU_ASSERT(status == MU_OK);
}

const struct mu_wire_codec *mu_wire_codec_at(size_t index)
{
    return index < sizeof codecs / sizeof codecs[0] ? &codecs[index] : NULL;
}

const char *mu_wire_codec_name(const struct mu_wire_codec *codec)
{
    return codec->name;
}

void mu_wire_codec_make(const struct mu_wire_codec *codec, struct mu_dice *dice,
                        struct mu_arena *arena, struct mu_buf *out_bytes, struct mu_buf *out_text)
{
    struct mu_message message;
    struct mu_mutation mutation;
    struct mu_change change;
    switch (codec->what) {
    case MESSAGE:
        message = mu_wire_make_message(codec->kind, dice, arena);
        check(mu_message_encode(&message, arena, out_bytes));
        mu_wire_text_message(&message, out_text);
        break;
    case MUTATION:
        mutation = mu_wire_make_mutation(dice, arena);
        check(mu_mutation_encode(&mutation, arena, out_bytes));
        mu_wire_text_mutation(&mutation, out_text);
        break;
    case CHANGE:
        change = mu_wire_make_change(dice, arena);
        check(mu_change_encode(&change, arena, out_bytes));
        mu_wire_text_change(&change, out_text);
        break;
    }
}

static enum mu_status read_message(struct mu_slice bytes, struct mu_arena *arena,
                                   struct mu_buf *out_text, struct mu_buf *out_again,
                                   struct mu_error *err)
{
    struct mu_message message;
    MU_TRY(mu_message_decode(bytes, arena, &message, err));
    mu_wire_text_message(&message, out_text);
    return out_again == NULL ? MU_OK : mu_message_encode(&message, arena, out_again);
}

static enum mu_status read_mutation(struct mu_slice bytes, struct mu_arena *arena,
                                    struct mu_buf *out_text, struct mu_buf *out_again,
                                    struct mu_error *err)
{
    struct mu_mutation mutation;
    MU_TRY(mu_mutation_decode(bytes, arena, &mutation, err));
    mu_wire_text_mutation(&mutation, out_text);
    return out_again == NULL ? MU_OK : mu_mutation_encode(&mutation, arena, out_again);
}

static enum mu_status read_change(struct mu_slice bytes, struct mu_arena *arena,
                                  struct mu_buf *out_text, struct mu_buf *out_again,
                                  struct mu_error *err)
{
    struct mu_change change;
    MU_TRY(mu_change_decode(bytes, arena, &change, err));
    mu_wire_text_change(&change, out_text);
    return out_again == NULL ? MU_OK : mu_change_encode(&change, arena, out_again);
}

enum mu_status mu_wire_codec_read(const struct mu_wire_codec *codec, struct mu_slice bytes,
                                  struct mu_arena *arena, struct mu_buf *out_text,
                                  struct mu_buf *out_again, struct mu_error *err)
{
    switch (codec->what) {
    case MESSAGE:
        return read_message(bytes, arena, out_text, out_again, err);
    case MUTATION:
        return read_mutation(bytes, arena, out_text, out_again, err);
    case CHANGE:
        break;
    }
    return read_change(bytes, arena, out_text, out_again, err);
}
