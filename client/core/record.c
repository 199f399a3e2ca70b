#include "client/core/record.h"

#include <string.h>

#include "common/base/buf.h"
#include "common/base/reader.h"
#include "common/base/utf8.h"

#define META_LINK      "link"
#define RECORD_VERSION 1
#define RECORD_MAX     1024

/* Beyond this a clock is not trusted, docs/protocol.md section 9. */
#define CLOCK_DOUBT_MS ((int64_t)2 * 60 * 1000)

static enum mu_status encode(const struct mu_link_record *record, struct mu_buf *out)
{
    MU_TRY(mu_buf_append_varint(out, RECORD_VERSION));
    MU_TRY(mu_buf_append_varint(out, (uint64_t)record->link));
    MU_TRY(mu_buf_append_svarint(out, record->offline_since_ms));
    MU_TRY(mu_buf_append_varint(out, record->head));
    MU_TRY(mu_buf_append_varint(out, record->safe_seq));
    MU_TRY(mu_buf_append_svarint(out, record->server_offset_ms));
    MU_TRY(mu_buf_append_svarint(out, record->heard_ms));
    MU_TRY(mu_buf_append_svarint(out, record->heard_mono_ms));
    MU_TRY(mu_buf_append_varint(out, record->parked_code));
    MU_TRY(mu_buf_append_block(out, mu_slice_str(record->parked_reason)));
    MU_TRY(mu_buf_append_byte(out, record->degraded));
    MU_TRY(mu_buf_append_svarint(out, record->repaired_ms));
    MU_TRY(mu_buf_append_varint(out, record->xfer_done));
    return mu_buf_append_varint(out, record->xfer_total);
}

static bool decode(struct mu_slice bytes, struct mu_link_record *out)
{
    struct mu_reader reader = mu_reader_of(bytes);
    if (mu_reader_varint(&reader) != RECORD_VERSION) {
        return false;
    }
    uint64_t link = mu_reader_varint(&reader);
    struct mu_link_record record = {.link = (enum mu_link)link};
    record.offline_since_ms = mu_reader_svarint(&reader);
    record.head = mu_reader_varint(&reader);
    record.safe_seq = mu_reader_varint(&reader);
    record.server_offset_ms = mu_reader_svarint(&reader);
    record.heard_ms = mu_reader_svarint(&reader);
    record.heard_mono_ms = mu_reader_svarint(&reader);
    record.parked_code = (uint32_t)mu_reader_varint(&reader);
    struct mu_slice reason = mu_reader_block(&reader, MU_REASON_MAX);
    record.degraded = mu_reader_byte(&reader) != 0;
    record.repaired_ms = mu_reader_svarint(&reader);
    record.xfer_done = mu_reader_varint(&reader);
    record.xfer_total = mu_reader_varint(&reader);
    if (!mu_reader_ok(&reader) || !mu_reader_at_end(&reader) || link < MU_LINK_OFFLINE ||
        link > MU_LINK_PARKED || !mu_utf8_valid(reason)) {
        return false;
    }
    if (reason.len > 0) {
        memcpy(record.parked_reason, reason.data, reason.len);
    }
    *out = record;
    return true;
}

enum mu_status mu_record_read(struct mu_replica *replica, struct mu_link_record *out,
                              struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, (size_t)64 * 1024);
    struct mu_slice bytes = {0};
    bool found = false;
    MU_TRY(mu_replica_meta(replica, META_LINK, &arena, &bytes, &found, err));
    if (!found || !decode(bytes, out)) {
        *out = (struct mu_link_record){.link = MU_LINK_OFFLINE};
    }
    return MU_OK;
}

enum mu_status mu_record_write(struct mu_replica *replica, const struct mu_link_record *record,
                               struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, RECORD_MAX);
    enum mu_status status = encode(record, &bytes);
    if (status != MU_OK) {
        return mu_fail(err, status, "state of the link: %s", mu_status_text(status));
    }
    return mu_replica_meta_set(replica, META_LINK, mu_buf_view(&bytes), err);
}

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

struct mu_clock mu_record_clock(const struct mu_link_record *record, struct mu_wall wall,
                                struct mu_mono mono)
{
    if (record->heard_ms == 0) {
        return (struct mu_clock){.doubt = true};
    }
    int64_t wall_passed = wall.ms - record->heard_ms;
    int64_t mono_passed = mono.ms - record->heard_mono_ms;
    int64_t age_s = wall_passed < 0 ? 0 : wall_passed / 1000;
    return (struct mu_clock){.offset_ms = record->server_offset_ms,
                             .offset_age_s = age_s > UINT32_MAX ? UINT32_MAX : (uint32_t)age_s,
                             .doubt = mono_passed < 0 ||
                                      distance(wall_passed, mono_passed) > CLOCK_DOUBT_MS ||
                                      distance(record->server_offset_ms, 0) > CLOCK_DOUBT_MS};
}
