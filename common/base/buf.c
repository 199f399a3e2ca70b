#include "common/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mu_buf_init(struct mu_buf *buf, size_t max)
{
    *buf = (struct mu_buf){.max = max};
}

void mu_buf_deinit(struct mu_buf *buf)
{
    if (buf != NULL) {
        free(buf->data);
        *buf = (struct mu_buf){0};
    }
}

void mu_buf_clear(struct mu_buf *buf)
{
    buf->len = 0;
}

enum mu_status mu_buf_reserve(struct mu_buf *buf, size_t more)
{
    if (more > buf->max - buf->len) {
        return MU_E_LIMIT;
    }
    size_t need = buf->len + more;
    if (need <= buf->cap) {
        return MU_OK;
    }
    size_t cap = buf->cap < 64 ? 64 : buf->cap;
    while (cap < need) {
        cap = cap > buf->max / 2 ? buf->max : cap * 2;
    }
    if (cap > buf->max) {
        cap = buf->max;
    }
    uint8_t *data = realloc(buf->data, cap);
    if (data == NULL) {
        return MU_E_NOMEM;
    }
    buf->data = data;
    buf->cap = cap;
    return MU_OK;
}

enum mu_status mu_buf_append(struct mu_buf *buf, const void *bytes, size_t len)
{
    MU_TRY(mu_buf_reserve(buf, len));
    if (len > 0) {
        memcpy(buf->data + buf->len, bytes, len);
        buf->len += len;
    }
    return MU_OK;
}

enum mu_status mu_buf_append_str(struct mu_buf *buf, const char *text)
{
    return mu_buf_append(buf, text, strlen(text));
}

enum mu_status mu_buf_append_byte(struct mu_buf *buf, uint8_t byte)
{
    return mu_buf_append(buf, &byte, 1);
}

enum mu_status mu_buf_append_varint(struct mu_buf *buf, uint64_t value)
{
    uint8_t bytes[10];
    size_t len = 0;
    while (value >= 0x80) {
        bytes[len++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    bytes[len++] = (uint8_t)value;
    return mu_buf_append(buf, bytes, len);
}

enum mu_status mu_buf_append_svarint(struct mu_buf *buf, int64_t value)
{
    uint64_t bits = (uint64_t)value << 1;
    return mu_buf_append_varint(buf, value < 0 ? ~bits : bits);
}

enum mu_status mu_buf_append_block(struct mu_buf *buf, struct mu_slice bytes)
{
    size_t before = buf->len;
    MU_TRY(mu_buf_append_varint(buf, bytes.len));
    enum mu_status status = mu_buf_append(buf, bytes.data, bytes.len);
    if (status != MU_OK) {
        buf->len = before;
    }
    return status;
}

enum mu_status mu_buf_printf(struct mu_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    enum mu_status status = len < 0 ? MU_E_INVALID : mu_buf_reserve(buf, (size_t)len);
    if (status == MU_OK && (size_t)len + 1 > buf->cap - buf->len) {
        /* vsnprintf writes a terminator that is not part of the content. */
        uint8_t *data = realloc(buf->data, buf->cap + 1);
        if (data == NULL) {
            status = MU_E_NOMEM;
        } else {
            buf->data = data;
        }
    }
    if (status == MU_OK) {
        (void)vsnprintf((char *)buf->data + buf->len, (size_t)len + 1, fmt, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    return status;
}

struct mu_slice mu_buf_view(const struct mu_buf *buf)
{
    return (struct mu_slice){.data = buf->data, .len = buf->len};
}
