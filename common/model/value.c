/* What each type accepts: the one place where a value from outside is judged. */
#include "common/base/utf8.h"
#include "common/model/due.h"
#include "common/model/rank.h"
#include "common/model/row.h"

static enum mu_status refuse(const struct mu_field *field, uint32_t entity, enum mu_status status,
                             const char *why, struct mu_error *err)
{
    return mu_fail(err, status, "%s.%s %s", mu_entity_find(entity)->name, field->name, why);
}

static enum mu_status check_int(const struct mu_field *field, uint32_t entity,
                                struct mu_value value, struct mu_error *err)
{
    if (value.kind != MU_INT) {
        return refuse(field, entity, MU_E_INVALID, "is not a number", err);
    }
    if (field->type == MU_TYPE_BOOL && value.number != 0 && value.number != 1) {
        return refuse(field, entity, MU_E_INVALID, "is neither yes nor no", err);
    }
    if (field->type == MU_TYPE_ENUM && (value.number < 1 || value.number > field->limit)) {
        return refuse(field, entity, MU_E_INVALID, "is not one of its words", err);
    }
    /* Years 1 to 9999. */
    if (field->type == MU_TYPE_WALL &&
        (value.number < -62135596800000 || value.number > 253402300799999)) {
        return refuse(field, entity, MU_E_INVALID, "is outside the years 1 to 9999", err);
    }
    return MU_OK;
}

static enum mu_status check_bytes(const struct mu_field *field, uint32_t entity,
                                  struct mu_value value, struct mu_error *err)
{
    if (value.kind != MU_BYTES) {
        return refuse(field, entity, MU_E_INVALID, "is a number where text belongs", err);
    }
    struct mu_due due;
    switch (field->type) {
    case MU_TYPE_TEXT:
        if (value.bytes.len > field->limit) {
            return mu_fail(err, MU_E_LIMIT, "%s.%s has %zu bytes, at most %u fit",
                           mu_entity_find(entity)->name, field->name, value.bytes.len,
                           (unsigned)field->limit);
        }
        if (!mu_utf8_valid(value.bytes)) {
            return refuse(field, entity, MU_E_INVALID, "is not UTF-8 text", err);
        }
        return MU_OK;
    case MU_TYPE_DUE:
        return mu_due_parse(value.bytes, &due, err);
    case MU_TYPE_RANK:
        return mu_rank_valid(value.bytes)
                   ? MU_OK
                   : refuse(field, entity, MU_E_INVALID, "is not an order key", err);
    case MU_TYPE_ID:
        return value.bytes.len == MU_ID_LEN
                   ? MU_OK
                   : refuse(field, entity, MU_E_INVALID, "is not an id", err);
    case MU_TYPE_BYTES:
        return value.bytes.len <= field->limit
                   ? MU_OK
                   : refuse(field, entity, MU_E_LIMIT, "is too long", err);
    case MU_TYPE_INT:
    case MU_TYPE_BOOL:
    case MU_TYPE_ENUM:
    case MU_TYPE_WALL:
        break;
    }
    return refuse(field, entity, MU_E_INTERNAL, "has a type without a check", err);
}

enum mu_status mu_value_check(uint32_t entity, uint32_t field, struct mu_value value,
                              struct mu_error *err)
{
    const struct mu_field *known = mu_field_find(entity, field);
    if (known == NULL) {
        return value.kind == MU_BYTES && value.bytes.len > MU_VALUE_MAX
                   ? mu_fail(err, MU_E_LIMIT, "a value of an unknown field is too long")
                   : MU_OK;
    }
    if (value.kind == MU_NULL) {
        return MU_OK;
    }
    switch (known->type) {
    case MU_TYPE_INT:
    case MU_TYPE_BOOL:
    case MU_TYPE_ENUM:
    case MU_TYPE_WALL:
        return check_int(known, entity, value, err);
    case MU_TYPE_TEXT:
    case MU_TYPE_DUE:
    case MU_TYPE_RANK:
    case MU_TYPE_ID:
    case MU_TYPE_BYTES:
        return check_bytes(known, entity, value, err);
    }
    return MU_E_INTERNAL;
}
