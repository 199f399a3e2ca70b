/* Bytes: version 1, number of fields, per field its number and 8 bytes of hash; length
 * and bytes of the order key; per tag 4 bytes. */
#include <assert.h>
#include <string.h>

#include "client/import/plan_inside.h"
#include "common/base/reader.h"
#include "common/seal/hash.h"

#define VERSION 1

static_assert(2 + PRINT_FIELDS_MAX * 9 + 1 + MU_RANK_REBALANCE + PRINT_TAGS_MAX * 4 <= MU_PRINT_MAX,
              "a print fits into its cell");

bool plan_print_read(struct mu_slice bytes, struct plan_print *out)
{
    struct plan_print print = {0};
    struct mu_reader reader = mu_reader_of(bytes);
    bool known = mu_reader_byte(&reader) == VERSION;
    print.field_count = mu_reader_byte(&reader);
    if (!known || print.field_count > PRINT_FIELDS_MAX) {
        return false;
    }
    for (size_t i = 0; i < print.field_count; i++) {
        print.fields[i].field = mu_reader_byte(&reader);
        struct mu_slice hash = mu_reader_bytes(&reader, 8);
        if (hash.len == 8) {
            memcpy(print.fields[i].hash, hash.data, 8);
        }
    }
    struct mu_slice rank = mu_reader_bytes(&reader, mu_reader_byte(&reader));
    if (rank.len > 0 && mu_rank_valid(rank)) {
        memcpy(print.rank.bytes, rank.data, rank.len);
        print.rank.len = (uint8_t)rank.len;
    }
    while (mu_reader_ok(&reader) && !mu_reader_at_end(&reader) &&
           print.tag_count < PRINT_TAGS_MAX) {
        struct mu_slice tag = mu_reader_bytes(&reader, 4);
        if (tag.len == 4) {
            memcpy(&print.tags[print.tag_count++], tag.data, 4);
        }
    }
    if (!mu_reader_ok(&reader) || !mu_reader_at_end(&reader)) {
        return false;
    }
    *out = print;
    return true;
}

size_t plan_print_write(const struct plan_print *print, uint8_t out_bytes[static MU_PRINT_MAX])
{
    size_t len = 0;
    out_bytes[len++] = VERSION;
    out_bytes[len++] = (uint8_t)print->field_count;
    for (size_t i = 0; i < print->field_count; i++) {
        out_bytes[len++] = print->fields[i].field;
        memcpy(out_bytes + len, print->fields[i].hash, 8);
        len += 8;
    }
    /* A key that grew this long is told anew next time. */
    size_t rank_len = print->rank.len <= MU_RANK_REBALANCE ? print->rank.len : 0;
    out_bytes[len++] = (uint8_t)rank_len;
    memcpy(out_bytes + len, print->rank.bytes, rank_len);
    len += rank_len;
    for (size_t i = 0; i < print->tag_count; i++) {
        memcpy(out_bytes + len, &print->tags[i], 4);
        len += 4;
    }
    return len;
}

void plan_print_hash(uint32_t field, struct mu_slice basis, uint8_t out_hash[static 8])
{
    struct mu_hasher hasher;
    struct mu_hash hash;
    uint8_t front = (uint8_t)field;
    mu_hasher_init(&hasher, NULL);
    mu_hasher_add(&hasher, mu_slice_of(&front, 1));
    mu_hasher_add(&hasher, basis);
    mu_hasher_end(&hasher, &hash);
    memcpy(out_hash, hash.bytes, 8);
}

void plan_print_hash_value(uint32_t field, struct mu_value value, uint8_t out_hash[static 8])
{
    uint8_t number[9] = {1};
    switch (value.kind) {
    case MU_NULL:
        plan_print_hash(field, (struct mu_slice){0}, out_hash);
        return;
    case MU_INT:
        for (size_t i = 0; i < 8; i++) {
            number[1 + i] = (uint8_t)((uint64_t)value.number >> (8 * i));
        }
        plan_print_hash(field, mu_slice_of(number, sizeof number), out_hash);
        return;
    case MU_BYTES:
        plan_print_hash(field, value.bytes, out_hash);
        return;
    }
}

const uint8_t *plan_print_find(const struct plan_print *print, uint32_t field)
{
    for (size_t i = 0; i < print->field_count; i++) {
        if (print->fields[i].field == field) {
            return print->fields[i].hash;
        }
    }
    return NULL;
}

void plan_print_add(struct plan_print *print, uint32_t field, const uint8_t hash[static 8])
{
    MU_ASSERT(print->field_count < PRINT_FIELDS_MAX);
    print->fields[print->field_count].field = (uint8_t)field;
    memcpy(print->fields[print->field_count].hash, hash, 8);
    print->field_count++;
}

uint32_t plan_print_tag(struct mu_id id)
{
    uint32_t tag;
    memcpy(&tag, id.bytes, sizeof tag);
    return tag;
}

bool plan_print_has_tag(const struct plan_print *print, uint32_t tag)
{
    for (size_t i = 0; i < print->tag_count; i++) {
        if (print->tags[i] == tag) {
            return true;
        }
    }
    return false;
}
