#include "common/base/utf8.h"

#include "common/base/check.h"

size_t mu_utf8_next(struct mu_slice text, uint32_t *out_point)
{
    if (text.len == 0) {
        return 0;
    }
    uint32_t point = text.data[0];
    size_t len = 0;
    uint32_t least = 0;
    if (point < 0x80) {
        *out_point = point;
        return 1;
    }
    if (point >= 0xc2 && point <= 0xdf) {
        len = 2;
        least = 0x80;
        point &= 0x1f;
    } else if (point >= 0xe0 && point <= 0xef) {
        len = 3;
        least = 0x800;
        point &= 0x0f;
    } else if (point >= 0xf0 && point <= 0xf4) {
        len = 4;
        least = 0x10000;
        point &= 0x07;
    } else {
        return 0;
    }
    if (text.len < len) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if ((text.data[i] & 0xc0) != 0x80) {
            return 0;
        }
        point = point << 6 | (text.data[i] & 0x3fU);
    }
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
        return 0;
    }
    *out_point = point;
    return len;
}

bool mu_utf8_valid(struct mu_slice text)
{
    while (text.len > 0) {
        uint32_t point = 0;
        size_t len = mu_utf8_next(text, &point);
        if (len == 0 || point == 0) {
            return false;
        }
        text.data += len;
        text.len -= len;
    }
    return true;
}

size_t mu_utf8_put(uint32_t point, uint8_t out_bytes[static 4])
{
    MU_ASSERT(point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff));
    if (point < 0x80) {
        out_bytes[0] = (uint8_t)point;
        return 1;
    }
    if (point < 0x800) {
        out_bytes[0] = (uint8_t)(0xc0 | point >> 6);
        out_bytes[1] = (uint8_t)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        out_bytes[0] = (uint8_t)(0xe0 | point >> 12);
        out_bytes[1] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
        out_bytes[2] = (uint8_t)(0x80 | (point & 0x3f));
        return 3;
    }
    out_bytes[0] = (uint8_t)(0xf0 | point >> 18);
    out_bytes[1] = (uint8_t)(0x80 | (point >> 12 & 0x3f));
    out_bytes[2] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
    out_bytes[3] = (uint8_t)(0x80 | (point & 0x3f));
    return 4;
}

struct mu_slice mu_utf8_cut(struct mu_slice text, size_t max)
{
    if (text.len <= max) {
        return text;
    }
    while (max > 0 && (text.data[max] & 0xc0) == 0x80) {
        max--;
    }
    return mu_slice_of(text.data, max);
}
