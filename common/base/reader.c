#include "common/base/reader.h"

struct mu_reader mu_reader_of(struct mu_slice bytes)
{
    static const uint8_t nothing[1] = {0};
    const uint8_t *at = bytes.data == NULL ? nothing : bytes.data;
    return (struct mu_reader){.at = at, .end = at + bytes.len};
}

uint8_t mu_reader_byte(struct mu_reader *reader)
{
    if (reader->failed || reader->at == reader->end) {
        reader->failed = true;
        return 0;
    }
    return *reader->at++;
}

uint64_t mu_reader_varint(struct mu_reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        uint8_t byte = mu_reader_byte(reader);
        if (reader->failed) {
            return 0;
        }
        if (shift == 63 && byte > 1) {
            break;
        }
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            if (byte == 0 && shift > 0) {
                break; /* padded form */
            }
            return value;
        }
    }
    reader->failed = true;
    return 0;
}

int64_t mu_reader_svarint(struct mu_reader *reader)
{
    uint64_t bits = mu_reader_varint(reader);
    uint64_t half = bits >> 1;
    return (bits & 1) != 0 ? (int64_t)~half : (int64_t)half;
}

struct mu_slice mu_reader_bytes(struct mu_reader *reader, size_t len)
{
    if (reader->failed || len > (size_t)(reader->end - reader->at)) {
        reader->failed = true;
        return (struct mu_slice){0};
    }
    struct mu_slice view = {.data = reader->at, .len = len};
    reader->at += len;
    return view;
}

struct mu_slice mu_reader_block(struct mu_reader *reader, size_t max)
{
    uint64_t len = mu_reader_varint(reader);
    if (len > max) {
        reader->failed = true;
        return (struct mu_slice){0};
    }
    return mu_reader_bytes(reader, (size_t)len);
}

bool mu_reader_ok(const struct mu_reader *reader)
{
    return !reader->failed;
}

bool mu_reader_at_end(const struct mu_reader *reader)
{
    return !reader->failed && reader->at == reader->end;
}
