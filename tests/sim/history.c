/* The server's log, read after every turn: it has only grown, holds each mutation once and each
 * replica's numbers without a hole, and nothing that nobody made (I1, I2, I3, I8, I11). */
#include <stdlib.h>
#include <string.h>

#include "common/seal/envelope.h"
#include "common/seal/hash.h"
#include "common/wire/mutation.h"
#include "tests/sim/inside.h"

static const char SQL_ROWS[] =
    "SELECT c.seq, c.received_ms, r.replica, c.number, c.chain, c.sealed"
    " FROM log_change AS c JOIN log_replica AS r ON r.k = c.writer WHERE c.seq > ?1 ORDER BY c.seq";

/* A change as it stands in the log. */
struct entry {
    uint64_t seq;
    int64_t received_ms;
    struct mu_id replica;
    uint64_t number;
    struct mu_hash chain;
    struct mu_slice sealed;
    struct mu_note note;
};

static uint64_t key_of_id(struct mu_id id)
{
    return mu_map_key(0, id.bytes, sizeof id.bytes);
}

static uint64_t key_of_hash(struct mu_hash hash)
{
    return mu_map_key(0, hash.bytes, sizeof hash.bytes);
}

static uint64_t key_of_number(struct mu_id id, uint64_t number)
{
    return mu_map_key(key_of_id(id), &number, sizeof number);
}

/* -- what was saved --------------------------------------------------------- */

void mu_sim_remember(struct mu_sim *sim, const struct mu_saved *saved)
{
    if (sim->saved_count == sim->saved_room) {
        sim->saved_room = sim->saved_room == 0 ? 64 : sim->saved_room * 2;
        sim->saved = realloc(sim->saved, sim->saved_room * sizeof *sim->saved);
        MU_ASSERT(sim->saved != NULL);
    }
    sim->saved[sim->saved_count++] = *saved;
    sim->result->edits++;
    *mu_map_at(&sim->history.by_id, key_of_id(saved->mutation)) = sim->saved_count;
    if (saved->text[0] != '\0') {
        uint64_t key = mu_map_key(0, saved->text, strlen(saved->text));
        *mu_map_at(&sim->history.by_text, key) = sim->saved_count;
    }
}

struct mu_saved *mu_sim_saved_find(struct mu_sim *sim, struct mu_id mutation)
{
    const uint64_t *place = mu_map_get(&sim->history.by_id, key_of_id(mutation));
    return place == NULL ? NULL : &sim->saved[*place - 1];
}

void mu_sim_excuse(struct mu_sim *sim)
{
    for (size_t i = 0; i < sim->saved_count; i++) {
        struct mu_saved *saved = &sim->saved[i];
        saved->excused = saved->excused || (saved->holders == 0 && saved->seq == 0);
    }
}

/* -- one history ------------------------------------------------------------ */

/* Whoever stands at seq of an incarnation has this chain there (I1, I6), but for a log that was
 * put back from a copy and does not know it yet. */
static void check_place(struct mu_sim *sim, uint64_t seq, struct mu_hash chain)
{
    struct mu_history *history = &sim->history;
    uint64_t key = key_of_number(history->incarnation, seq);
    uint64_t *newest = mu_map_at(&history->newest, key);
    const uint64_t *branched = mu_map_get(&history->branched, key_of_id(history->incarnation));
    if (*newest != 0 && *newest != key_of_hash(chain) && (branched == NULL || seq < *branched)) {
        mu_sim_fail(sim, "the server has another history at seq %llu", (unsigned long long)seq);
    }
    *newest = key_of_hash(chain);
    *mu_map_at(&history->places, mu_map_key(key, chain.bytes, sizeof chain.bytes)) = 1;
}

bool mu_sim_was_there(const struct mu_sim *sim, const struct mu_cursor *cursor)
{
    uint64_t key = key_of_number(cursor->incarnation, cursor->seq);
    return cursor->seq == 0 ||
           mu_map_get(&sim->history.places,
                      mu_map_key(key, cursor->chain.bytes, sizeof cursor->chain.bytes)) != NULL;
}

bool mu_sim_still_stands(const struct mu_sim *sim, const struct mu_cursor *cursor)
{
    const uint64_t *chain =
        mu_map_get(&sim->history.newest, key_of_number(cursor->incarnation, cursor->seq));
    return cursor->seq == 0 || (chain != NULL && *chain == key_of_hash(cursor->chain));
}

void mu_sim_history_branched(struct mu_sim *sim, struct mu_id incarnation, uint64_t head)
{
    uint64_t *branched = mu_map_at(&sim->history.branched, key_of_id(incarnation));
    if (*branched == 0 || head + 1 < *branched) {
        *branched = head + 1;
    }
}

/* No nonce seals two things (I11). */
void mu_sim_check_nonce(struct mu_sim *sim, struct mu_slice sealed)
{
    if (sealed.len < MU_ENVELOPE_HEAD_LEN + MU_NONCE_LEN) {
        mu_sim_fail(sim, "the server sealed something that is no envelope");
        return;
    }
    uint64_t key = mu_map_key(0, sealed.data + MU_ENVELOPE_HEAD_LEN, MU_NONCE_LEN);
    uint64_t content = mu_map_key(0, sealed.data, sealed.len) | 1;
    uint64_t *known = mu_map_at(&sim->history.nonces, key);
    if (*known != 0 && *known != content) {
        mu_sim_fail(sim, "a nonce was used twice");
    }
    *known = content;
}

/* -- numbers ---------------------------------------------------------------- */

static void check_number(struct mu_sim *sim, const struct entry *entry)
{
    uint64_t *last = mu_map_at(&sim->history.numbers, key_of_id(entry->replica));
    if (entry->number <= *last) {
        mu_sim_fail(sim, "seq %llu has number %llu, and %llu of the same replica was before",
                    (unsigned long long)entry->seq, (unsigned long long)entry->number,
                    (unsigned long long)*last);
    }
    if (entry->number > *last + 1) {
        mu_sim_fail(sim, "the log has a hole: number %llu is there, %llu is not",
                    (unsigned long long)entry->number, (unsigned long long)*last + 1);
    }
    *last = entry->number;
}

/* -- what was done ---------------------------------------------------------- */

/* What its author had seen, in the numbers of the present history. */
static uint64_t seen_by(struct mu_sim *sim, const struct entry *entry,
                        const struct mu_log_head *head)
{
    const struct mu_history *history = &sim->history;
    const uint64_t *place =
        mu_map_get(&history->pushed_by_number, key_of_number(entry->replica, entry->number));
    for (size_t at = place == NULL ? 0 : *place; at != 0;) {
        const struct mu_pushed_as *pushed = &history->pushed[at - 1];
        if (mu_id_equal(pushed->mutation, entry->note.mutation)) {
            const uint64_t *chain =
                mu_map_get(&history->newest, key_of_number(history->incarnation, pushed->base_seq));
            if (chain != NULL && *chain == key_of_hash(pushed->seen_chain)) {
                return pushed->base_seq;
            }
            bool floor =
                !mu_id_is_zero(head->parent_incarnation) && pushed->base_seq >= head->fork_floor;
            return floor ? head->fork_floor : 0;
        }
        at = pushed->before;
    }
    return 0;
}

static bool is_of_hostile(const struct mu_sim *sim, struct mu_id device)
{
    for (unsigned i = 0; i < sim->device_count; i++) {
        if (mu_id_equal(sim->devices[i].key.device, device)) {
            return sim->devices[i].hostile || sim->devices[i].thief;
        }
    }
    return false;
}

static void find_saved(struct mu_sim *sim, const struct entry *entry,
                       const struct mu_log_head *head)
{
    struct mu_saved *saved = mu_sim_saved_find(sim, entry->note.mutation);
    if (is_of_hostile(sim, entry->note.device)) {
        if (saved != NULL) { /* under whatever id: it is no edit of anybody else */
            saved->squatted = true;
        }
        return;
    }
    if (saved == NULL) {
        if (entry->seq > sim->history.founded) {
            mu_sim_fail(sim, "seq %llu is an edit that its author never made",
                        (unsigned long long)entry->seq);
        }
        return;
    }
    if (saved->seq != 0) {
        mu_sim_fail(sim, "one edit of device %u is seq %llu and seq %llu", saved->device,
                    (unsigned long long)saved->seq, (unsigned long long)entry->seq);
        return;
    }
    if (!mu_id_equal(entry->note.device, sim->devices[saved->device].key.device)) {
        mu_sim_fail(sim, "seq %llu, an edit of device %u, is said to be another's",
                    (unsigned long long)entry->seq, saved->device);
    }
    mu_sim_note(sim, "number %zu is seq %llu, verdict %d", (size_t)(saved - sim->saved),
                (unsigned long long)entry->seq, (int)entry->note.verdict);
    saved->seq = entry->seq;
    saved->replica = entry->replica;
    saved->verdict = entry->note.verdict;
    saved->seen = seen_by(sim, entry, head);
    saved->applied = saved->applied || saved->verdict != MU_REJECTED;
    saved->rejected = saved->rejected || saved->verdict == MU_REJECTED;
}

/* What a change without a note repeats; *out_is_repetition false when it is none. */
static enum mu_status read_repetition(struct mu_sim *sim, const struct entry *entry,
                                      struct mu_id *out_repeated, bool *out_is_repetition,
                                      struct mu_error *err)
{
    struct mu_envelope_head head;
    struct mu_epoch_key key;
    struct mu_change change;
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&plain, MU_MESSAGE_MAX);
    mu_arena_clear(&sim->scratch);
    MU_TRY(mu_envelope_head_read(entry->sealed, &head, err));
    if (!mu_sim_epoch_key(sim, head.epoch, &key)) {
        return mu_fail(err, MU_E_IO, "no key of epoch %u", head.epoch);
    }
    MU_TRY(mu_envelope_open(entry->sealed, &key, &plain, err));
    MU_TRY(mu_change_decode(mu_buf_view(&plain), &sim->scratch, &change, err));
    *out_is_repetition = change.verdict == MU_REPEATED;
    *out_repeated = change.mutation_id;
    return MU_OK;
}

/* An error of the disk leaves all as it was: the same change is looked at again. */
static enum mu_status take(struct mu_sim *sim, struct entry *entry, const struct mu_log_head *head,
                           struct mu_error *err)
{
    struct mu_history *history = &sim->history;
    struct mu_replica *replica = mu_server_replica(sim->server.server);
    struct mu_id repeated = {0};
    bool noted = false;
    bool is_repetition = false;
    MU_TRY(mu_replica_note_get(replica, entry->seq, &entry->note, &noted, err));
    if (!noted) {
        MU_TRY(read_repetition(sim, entry, &repeated, &is_repetition, err));
    }
    if (entry->seq != history->scanned + 1) {
        mu_sim_fail(sim, "the log goes from seq %llu to %llu", (unsigned long long)history->scanned,
                    (unsigned long long)entry->seq);
    }
    check_place(sim, entry->seq, entry->chain);
    mu_sim_check_nonce(sim, entry->sealed);
    check_number(sim, entry);
    if (noted) {
        if (entry->note.at_ms > entry->note.received_ms) {
            mu_sim_fail(sim, "seq %llu is dated after it came", (unsigned long long)entry->seq);
        }
        find_saved(sim, entry, head);
        *mu_map_at(&history->present, key_of_id(entry->note.mutation)) = entry->seq;
    } else if (!is_repetition) {
        mu_sim_fail(sim, "the server has no note of seq %llu", (unsigned long long)entry->seq);
    } else if (mu_map_get(&history->present, key_of_id(repeated)) == NULL) {
        mu_sim_fail(sim, "seq %llu repeats what is not there", (unsigned long long)entry->seq);
    }
    history->scanned = entry->seq;
    return MU_OK;
}

/* -- reading ---------------------------------------------------------------- */

void mu_sim_history_anew(struct mu_sim *sim)
{
    struct mu_history *history = &sim->history;
    if (history->reader != NULL) {
        mu_stmt_finalize(history->reader);
        free(history->reader);
        history->reader = NULL;
    }
    history->scanned = 0;
    mu_map_clear(&history->numbers);
    mu_map_clear(&history->present);
    for (size_t i = 0; i < sim->saved_count; i++) {
        sim->saved[i].seq = 0;
    }
}

static enum mu_status prepare(struct mu_sim *sim, struct mu_error *err)
{
    struct mu_history *history = &sim->history;
    if (history->reader != NULL) {
        return MU_OK;
    }
    history->reader = calloc(1, sizeof *history->reader);
    MU_ASSERT(history->reader != NULL);
    return mu_stmt_prepare(history->reader, &sim->server.db, SQL_ROWS, err);
}

static enum mu_status read_on(struct mu_sim *sim, const struct mu_log_head *head,
                              struct mu_error *err)
{
    bool row = false;
    MU_TRY(prepare(sim, err));
    struct mu_stmt *stmt = sim->history.reader;
    mu_stmt_bind_int(stmt, 1, (int64_t)sim->history.scanned);
    enum mu_status status = MU_OK;
    while (!mu_sim_failed(sim) && (status = mu_stmt_step(stmt, &row, err)) == MU_OK && row) {
        struct entry entry = {.seq = (uint64_t)mu_stmt_int(stmt, 0),
                              .received_ms = mu_stmt_int(stmt, 1),
                              .replica = mu_stmt_id(stmt, 2),
                              .number = (uint64_t)mu_stmt_int(stmt, 3),
                              .sealed = mu_stmt_blob(stmt, 5)};
        (void)mu_hash_from_slice(mu_stmt_blob(stmt, 4), &entry.chain);
        status = take(sim, &entry, head, err);
        if (status != MU_OK) {
            break;
        }
    }
    mu_stmt_reset(stmt);
    return status;
}

/* Whether the disk lets the oracle look. */
static bool look(struct mu_sim *sim, struct mu_server_status *status)
{
    struct mu_error err = {0};
    if (mu_server_status(sim->server.server, status, &err) != MU_OK) {
        return false;
    }
    if (!mu_id_equal(status->head.incarnation, sim->history.incarnation)) {
        mu_sim_history_anew(sim);
        sim->history.incarnation = status->head.incarnation;
    }
    return read_on(sim, &status->head, &err) == MU_OK;
}

void mu_sim_check_server(struct mu_sim *sim)
{
    struct mu_server_status status;
    if (!look(sim, &status)) { /* a fault was met by a reader: as good as by a turn */
        mu_sim_server_stop(sim, false);
        return;
    }
    if (status.head.seq < sim->server.head) {
        mu_sim_fail(sim, "the server went back from seq %llu to %llu",
                    (unsigned long long)sim->server.head, (unsigned long long)status.head.seq);
    }
    if (!mu_sim_failed(sim) && sim->history.scanned != status.head.seq) {
        mu_sim_fail(sim, "the log ends at seq %llu, its head says %llu",
                    (unsigned long long)sim->history.scanned, (unsigned long long)status.head.seq);
    }
    sim->server.head = status.head.seq;
    sim->result->changes = status.head.seq;
    if (sim->server.restored) {
        sim->server.restored = false;
        mu_sim_excuse(sim);
        if (sim->server.told && mu_id_equal(sim->server.put_back, sim->history.incarnation)) {
            mu_sim_fail(sim, "the server was put back and goes on under its old name");
        }
    }
}

void mu_sim_history_free(struct mu_sim *sim)
{
    struct mu_history *history = &sim->history;
    mu_map_free(&history->places);
    mu_map_free(&history->newest);
    mu_map_free(&history->branched);
    mu_map_free(&history->nonces);
    mu_map_free(&history->numbers);
    mu_map_free(&history->present);
    mu_map_free(&history->by_id);
    mu_map_free(&history->by_text);
    mu_map_free(&history->pushed_by_number);
    free(history->pushed);
}
