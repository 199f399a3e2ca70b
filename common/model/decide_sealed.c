/* Sealed texts: the rules know the frame of a copy and nothing of what is in it.
 *
 * A text is sent once and never changed; its sender and its recipient may put copies for
 * further devices behind those that are there.  What is put there by somebody else, or for
 * another text, opens for nobody: the author's signature is inside. */
#include "common/model/decide_inside.h"

#include <string.h>

/* version | key | big-endian length | ciphertext, common/seal/sealed.h; a newer version keeps
 * these places. */
#define KEY_LEN  32
#define HEAD_LEN (1 + KEY_LEN + 4)

/* Cut the first copy off *rest. */
static bool cut(struct mu_slice *rest, struct mu_slice *out_copy)
{
    if (rest->len < HEAD_LEN || rest->data[0] == 0) {
        return false;
    }
    const uint8_t *at = rest->data + 1 + KEY_LEN;
    size_t len = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | (size_t)at[3];
    if (len == 0 || len > rest->len - HEAD_LEN) {
        return false;
    }
    *out_copy = mu_slice_of(rest->data, HEAD_LEN + len);
    *rest = mu_slice_of(rest->data + out_copy->len, rest->len - out_copy->len);
    return true;
}

/* Copies as they will stand, in the arena. */
struct copies {
    uint8_t *bytes;
    size_t len;
    size_t count;
};

static bool has_key(const struct copies *copies, const uint8_t *key)
{
    struct mu_slice rest = mu_slice_of(copies->bytes, copies->len);
    struct mu_slice copy = {0};
    while (cut(&rest, &copy)) {
        if (memcmp(copy.data + 1, key, KEY_LEN) == 0) {
            return true;
        }
    }
    return false;
}

/* Put the copies in bytes behind; *out_twice counts those whose key has one already. */
static enum mu_status add(struct mu_case *c, struct copies *copies, struct mu_slice bytes,
                          size_t *out_twice)
{
    struct mu_slice copy = {0};
    while (bytes.len > 0) {
        if (!cut(&bytes, &copy)) {
            return mu_case_refuse(c, MU_E_INVALID, "that is no sealed text");
        }
        if (has_key(copies, copy.data + 1)) {
            (*out_twice)++;
            continue;
        }
        if (copies->count == MU_SEALED_COPY_COUNT || copy.len > MU_SEALED_BYTES_MAX - copies->len) {
            return mu_case_refuse(c, MU_E_LIMIT, "a sealed text has room for %d devices and %d KiB",
                                  MU_SEALED_COPY_COUNT, MU_SEALED_BYTES_MAX / 1024);
        }
        memcpy(copies->bytes + copies->len, copy.data, copy.len);
        copies->len += copy.len;
        copies->count++;
    }
    return MU_OK;
}

static enum mu_status begin(struct mu_case *c, struct copies *out)
{
    *out = (struct copies){.bytes = mu_arena_array(c->arena, MU_SEALED_BYTES_MAX, 1)};
    return out->bytes == NULL ? mu_case_nomem(c) : MU_OK;
}

static enum mu_status put(struct mu_case *c, struct mu_known *sealed, const struct copies *copies)
{
    return mu_case_put(c, sealed, MU_SEALED_BYTES,
                       mu_bytes(mu_slice_of(copies->bytes, copies->len)));
}

enum mu_status mu_rule_sealed_send(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *sealed = NULL;
    struct copies copies;
    size_t twice = 0;
    MU_TRY(mu_case_look(c, MU_SEALED, op->row, &sealed));
    MU_TRY(begin(c, &copies));
    MU_TRY(add(c, &copies, mu_arg_value(op, MU_SEALED_BYTES).bytes, &twice));
    if (copies.count == 0 || twice > 0) {
        return mu_case_refuse(c, MU_E_INVALID, "a sealed text has one copy a device");
    }
    MU_TRY(mu_case_merge_plain(c, sealed, 0));
    MU_TRY(mu_case_put_id(c, sealed, MU_SEALED_FROM, c->facts->person));
    MU_TRY(mu_case_put_id(c, sealed, MU_SEALED_FROM_DEVICE, c->facts->device));
    MU_TRY(mu_case_put_int(c, sealed, MU_SEALED_CREATED_AT, c->facts->at_ms));
    return put(c, sealed, &copies);
}

enum mu_status mu_rule_sealed_copy(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *sealed = NULL;
    struct copies copies;
    size_t ignored = 0;
    struct mu_slice added = mu_arg_value(op, MU_SEALED_BYTES).bytes;
    MU_TRY(mu_case_need(c, MU_SEALED, op->row, &sealed));
    if (!mu_case_is(c, mu_now_id(sealed, MU_SEALED_FROM)) &&
        !mu_case_is(c, mu_now_id(sealed, MU_SEALED_TO))) {
        return mu_case_refuse(c, MU_E_DENIED,
                              "a sealed text is passed on by its sender or its recipient");
    }
    if (added.len == 0) {
        return mu_case_refuse(c, MU_E_INVALID, "no copy to pass on");
    }
    MU_TRY(begin(c, &copies));
    MU_TRY(add(c, &copies, mu_now_text(sealed, MU_SEALED_BYTES), &ignored));
    MU_TRY(add(c, &copies, added, &ignored));
    return put(c, sealed, &copies);
}
