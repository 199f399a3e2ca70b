/* Notes of changes, and which changes touched a row.
 *
 * The newest change that touched a row is in the row itself: the highest seq of its cells.  So
 * a note's `touched` keeps only the way back: for each row that the change touched and that was
 * there before, its key (8 bytes, most significant first) and how far back the change before it
 * is (a varint).  Rows that a change makes cost nothing, and everything is appended at the end of
 * one table, where an index by row would write a page anywhere for each.
 *
 * Cells hold seqs of changes that touched the row, too: after a state transfer, which brings rows
 * without their changes, they are what is known. */
#include <string.h>

#include "common/replica/inside.h"

#define KEY_LEN 8

static enum mu_status no_memory(struct mu_error *err)
{
    return mu_fail(err, MU_E_NOMEM, "no memory for a history");
}

/* -- notes ------------------------------------------------------------------- */

static void bind_author(struct mu_stmt *stmt, const struct mu_change *change)
{
    mu_stmt_bind_blob(stmt, 1, mu_id_view(&change->replica));
    mu_stmt_bind_blob(stmt, 2, mu_id_view(&change->person));
    mu_stmt_bind_blob(stmt, 3, mu_id_view(&change->device));
}

/* The key of the change's author, who may be new. */
static enum mu_status author_of(struct mu_replica *replica, const struct mu_change *change,
                                int64_t *out_key, struct mu_error *err)
{
    bool found = false;
    for (int i = 0; i < 2 && !found; i++) {
        struct mu_stmt *stmt = NULL;
        enum mu_replica_query which = i == 0 ? MU_QUERY_AUTHOR_GET : MU_QUERY_AUTHOR_PUT;
        MU_TRY(mu_replica_query(replica, which, &stmt, err));
        bind_author(stmt, change);
        enum mu_status status = mu_stmt_step(stmt, &found, err);
        if (status == MU_OK && found) {
            *out_key = mu_stmt_int(stmt, 0);
        }
        mu_stmt_reset(stmt);
        MU_TRY(status);
    }
    return MU_OK;
}

enum mu_status mu_replica_note(struct mu_replica *replica, const struct mu_change *change,
                               struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    int64_t author = 0;
    MU_TRY(author_of(replica, change, &author, err));
    MU_TRY(mu_replica_query(replica, MU_QUERY_NOTE_PUT, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)change->seq);
    mu_stmt_bind_blob(stmt, 2, mu_id_view(&change->mutation_id));
    mu_stmt_bind_int(stmt, 3, author);
    mu_stmt_bind_int(stmt, 4, change->intent);
    mu_stmt_bind_int(stmt, 5, (int64_t)change->verdict);
    mu_stmt_bind_int(stmt, 6, change->at_ms);
    mu_stmt_bind_int(stmt, 7, change->received_ms);
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_replica_note_get(struct mu_replica *replica, uint64_t seq,
                                   struct mu_note *out_note, bool *out_found, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool found = false;
    MU_TRY(mu_replica_query(replica, MU_QUERY_NOTE_GET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)seq);
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        *out_note = (struct mu_note){
            .seq = seq,
            .mutation = mu_stmt_id(stmt, 0),
            .replica = mu_stmt_id(stmt, 1),
            .person = mu_stmt_id(stmt, 2),
            .device = mu_stmt_id(stmt, 3),
            .intent = (uint32_t)mu_stmt_int(stmt, 4),
            .verdict = (enum mu_verdict)mu_stmt_int(stmt, 5),
            .at_ms = mu_stmt_int(stmt, 6),
            .received_ms = mu_stmt_int(stmt, 7),
        };
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_found = found;
    }
    return status;
}

enum mu_status mu_replica_history_drop(struct mu_replica *replica, uint64_t after_seq,
                                       struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_NOTE_DROP, &stmt, err));
    mu_stmt_bind_int(stmt, 1, after_seq > INT64_MAX ? INT64_MAX : (int64_t)after_seq);
    return mu_stmt_run(stmt, err);
}

/* -- the way back ------------------------------------------------------------ */

enum mu_status mu_touched_add(struct mu_replica *replica, int64_t key, uint64_t seq,
                              uint64_t previous, struct mu_error *err)
{
    MU_ASSERT(previous < seq);
    uint8_t bytes[KEY_LEN];
    for (size_t i = 0; i < KEY_LEN; i++) {
        bytes[i] = (uint8_t)((uint64_t)key >> (56 - 8 * i));
    }
    enum mu_status status = mu_buf_append(&replica->touched, bytes, sizeof bytes);
    if (status == MU_OK) {
        status = mu_buf_append_varint(&replica->touched, seq - previous);
    }
    return status == MU_OK ? MU_OK : no_memory(err);
}

enum mu_status mu_touched_flush(struct mu_replica *replica, uint64_t seq, struct mu_error *err)
{
    if (replica->touched.len == 0) {
        return MU_OK;
    }
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_TOUCHED_PUT, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)seq);
    mu_stmt_bind_blob(stmt, 2, mu_buf_view(&replica->touched));
    return mu_stmt_run(stmt, err);
}

/* What seq's entry says came before for key; 0: nothing. */
static uint64_t find(struct mu_slice entry, int64_t key, uint64_t seq)
{
    struct mu_reader reader = mu_reader_of(entry);
    while (!mu_reader_at_end(&reader)) {
        struct mu_slice bytes = mu_reader_bytes(&reader, KEY_LEN);
        uint64_t back = mu_reader_varint(&reader);
        if (!mu_reader_ok(&reader)) {
            return 0;
        }
        uint64_t one = 0;
        for (size_t i = 0; i < KEY_LEN; i++) {
            one = one << 8 | bytes.data[i];
        }
        if (one == (uint64_t)key) {
            return back == 0 || back > seq ? 0 : seq - back;
        }
    }
    return 0;
}

static enum mu_status previous(struct mu_replica *replica, int64_t key, uint64_t seq,
                               uint64_t *out_previous, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool found = false;
    MU_TRY(mu_replica_query(replica, MU_QUERY_TOUCHED_GET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)seq);
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    *out_previous = status == MU_OK && found ? find(mu_stmt_blob(stmt, 0), key, seq) : 0;
    mu_stmt_reset(stmt);
    return status;
}

enum mu_status mu_touched_bridge(struct mu_replica *replica, int64_t key, uint64_t seq,
                                 uint64_t before, struct mu_error *err)
{
    struct mu_note note;
    bool known = false;
    uint64_t there = 0;
    if (before == 0 || before >= seq || seq > INT64_MAX) {
        return MU_OK;
    }
    MU_TRY(previous(replica, key, seq, &there, err));
    if (there != 0) {
        return MU_OK;
    }
    MU_TRY(mu_replica_note_get(replica, before, &note, &known, err));
    MU_TRY(previous(replica, key, before, &there, err));
    if (!known && there == 0) { /* nothing to lead to, or of a lineage that was dropped */
        return MU_OK;
    }
    struct mu_stmt *stmt = NULL;
    bool found = false;
    mu_buf_clear(&replica->touched);
    MU_TRY(mu_replica_query(replica, MU_QUERY_TOUCHED_GET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)seq);
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        struct mu_slice entry = mu_stmt_blob(stmt, 0);
        if (mu_buf_append(&replica->touched, entry.data, entry.len) != MU_OK) {
            status = no_memory(err);
        }
    }
    mu_stmt_reset(stmt);
    MU_TRY(status);
    MU_TRY(mu_touched_add(replica, key, seq, before, err));
    return mu_touched_flush(replica, seq, err);
}

/* -- a row's history --------------------------------------------------------- */

/* The confirmed row of whichever entity has this id. */
static enum mu_status find_row(struct mu_replica *replica, struct mu_id id, struct mu_row *out_row,
                               bool *out_found, struct mu_error *err)
{
    uint32_t entity = 0;
    *out_found = false;
    mu_arena_clear(&replica->scratch);
    for (;;) {
        MU_TRY(mu_scan_next_entity(replica, entity, &entity, err));
        if (entity == 0) {
            return MU_OK;
        }
        MU_TRY(
            mu_replica_confirmed(replica, &replica->scratch, entity, id, out_row, out_found, err));
        if (*out_found) {
            return MU_OK;
        }
    }
}

/* A walk back through the changes that touched a row.  Where a transfer brought the row, its
 * cells name changes that no entry leads to, between the newest and the one before the gap: what
 * an entry said is kept until the walk is there. */
struct walk {
    const struct mu_row *row;
    uint64_t seq;  /* where it stands; 0: at the end */
    uint64_t next; /* the newest that entries passed so far lead to, < seq */
};

static enum mu_status step_back(struct mu_replica *replica, struct walk *walk, struct mu_error *err)
{
    uint64_t entry = 0;
    MU_TRY(previous(replica, mu_id_key(walk->row->id), walk->seq, &entry, err));
    walk->next = entry > walk->next ? entry : walk->next;
    uint64_t newest = walk->next;
    for (size_t i = 0; i < walk->row->count; i++) {
        uint64_t cell = walk->row->cells[i].seq;
        newest = cell < walk->seq && cell > newest ? cell : newest;
    }
    walk->seq = newest;
    walk->next = walk->next == newest ? 0 : walk->next;
    return MU_OK;
}

struct seqs {
    uint64_t *items; /* in the arena */
    size_t count, room;
};

static bool append(struct seqs *seqs, struct mu_arena *arena, uint64_t seq)
{
    if (seqs->count == seqs->room) {
        size_t room = seqs->room == 0 ? 16 : seqs->room * 2;
        uint64_t *bigger = mu_arena_array(arena, room, sizeof *bigger);
        if (bigger == NULL) {
            return false;
        }
        if (seqs->count > 0) {
            memcpy(bigger, seqs->items, seqs->count * sizeof *bigger);
        }
        seqs->items = bigger;
        seqs->room = room;
    }
    seqs->items[seqs->count++] = seq;
    return true;
}

enum mu_status mu_replica_touched(struct mu_replica *replica, struct mu_arena *arena,
                                  struct mu_id row, uint64_t before_seq, size_t most,
                                  uint64_t **out_seqs, size_t *out_count, struct mu_error *err)
{
    struct mu_row found;
    struct walk walk = {.row = &found};
    struct seqs seqs = {0};
    bool there = false;
    MU_TRY(find_row(replica, row, &found, &there, err));
    walk.seq = there ? mu_row_seq(&found) : 0;
    while (before_seq != 0 && walk.seq >= before_seq) {
        MU_TRY(step_back(replica, &walk, err));
    }
    while (walk.seq != 0 && seqs.count < most) {
        if (!append(&seqs, arena, walk.seq)) {
            return no_memory(err);
        }
        MU_TRY(step_back(replica, &walk, err));
    }
    *out_seqs = seqs.items;
    *out_count = seqs.count;
    return MU_OK;
}
