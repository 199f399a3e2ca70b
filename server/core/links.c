/* The chain before a transfer, for a client that was loaded by one: hashes of all changes, and
 * those changes themselves that speak of keys and roles.
 *
 * A client takes no key on the server's word.  With the links it makes the chain again from the
 * founding on, and believes what leads signed when it ends where everybody else's does. */
#include <string.h>

#include "common/seal/hash.h"
#include "server/core/inside.h"

#define LINKS_COST 500
/* Bytes of the log that are read, and of changes that are sent, for one answer. */
#define READ_BYTES   ((size_t)1024 * 1024)
#define SEALED_BYTES ((size_t)256 * 1024)

/* Seqs of changes that speak of keys and roles, ascending from first on; one more than fit into
 * an answer, or 0 after the last. */
static enum mu_status speakers(struct mu_server *server, uint64_t first, uint64_t *out,
                               struct mu_error *err)
{
    static const char sql[] = "SELECT seq FROM mu_note WHERE seq BETWEEN ?1 AND ?2"
                              " AND intent IN (?3, ?4, ?5, ?6, ?7, ?8) ORDER BY seq LIMIT ?9";
    static const int intents[] = {MU_INTENT_TEAM_FOUND,    MU_INTENT_INVITE_CREATE,
                                  MU_INTENT_PERSON_ROLE,   MU_INTENT_DEVICE_ENROL,
                                  MU_INTENT_DEVICE_REVOKE, MU_INTENT_PERSON_REMOVE};
    struct mu_stmt stmt = {0};
    bool row = true;
    size_t count = 0;
    MU_TRY(mu_stmt_prepare(&stmt, server->db, sql, err));
    mu_stmt_bind_int(&stmt, 1, (int64_t)first);
    mu_stmt_bind_int(&stmt, 2, (int64_t)(first + MU_LINKS_COUNT_MAX));
    for (int i = 0; i < 6; i++) {
        mu_stmt_bind_int(&stmt, 3 + i, intents[i]);
    }
    mu_stmt_bind_int(&stmt, 9, MU_LINKS_SEALED_MAX + 1);
    enum mu_status status = MU_OK;
    while ((status = mu_stmt_step(&stmt, &row, err)) == MU_OK && row) {
        out[count++] = (uint64_t)mu_stmt_int(&stmt, 0);
    }
    out[count] = 0;
    mu_stmt_finalize(&stmt);
    return status;
}

struct page {
    struct mu_msg_links links;
    uint8_t *hashes;
    size_t sealed_bytes;
};

static bool has_room(const struct page *page, size_t len)
{
    return page->links.sealed_count == 0 || (page->links.sealed_count < MU_LINKS_SEALED_MAX &&
                                             page->sealed_bytes + len <= SEALED_BYTES);
}

static void fill(struct page *page, const struct mu_log_sealed *entries, size_t count,
                 const uint64_t *speakers)
{
    for (size_t i = 0; i < count; i++) {
        bool speaks = *speakers == entries[i].seq;
        if (speaks && !has_room(page, entries[i].sealed.len)) {
            return;
        }
        if (speaks) {
            page->links.sealed[page->links.sealed_count++] = entries[i].sealed;
            page->sealed_bytes += entries[i].sealed.len;
            speakers++;
        }
        struct mu_hash hash;
        mu_hash_of(entries[i].sealed, &hash);
        memcpy(page->hashes + page->links.count++ * MU_HASH_LEN, hash.bytes, MU_HASH_LEN);
    }
}

static enum mu_status gather(struct mu_server *server, uint64_t first, struct mu_msg_links *out,
                             struct mu_error *err)
{
    uint64_t spoken[MU_LINKS_SEALED_MAX + 2];
    struct mu_arena *arena = &server->turn_memory;
    struct mu_log_sealed *entries = NULL;
    size_t count = 0;
    struct page page = {.links = {.first = first}};
    MU_TRY(speakers(server, first, spoken, err));
    MU_TRY(mu_log_read(server->log, arena,
                       (struct mu_log_window){first, MU_LINKS_COUNT_MAX, READ_BYTES}, &entries,
                       &count, err));
    page.hashes = mu_arena_array(arena, count, MU_HASH_LEN);
    page.links.sealed = mu_arena_array(arena, MU_LINKS_SEALED_MAX, sizeof *page.links.sealed);
    if ((page.hashes == NULL && count > 0) || page.links.sealed == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for links");
    }
    fill(&page, entries, count, spoken);
    page.links.hashes = mu_slice_of(page.hashes, page.links.count * MU_HASH_LEN);
    *out = page.links;
    return MU_OK;
}

enum mu_status mu_serve_links(struct mu_server *server, struct mu_session *session,
                              const struct mu_msg_links_req *request, struct mu_error *err)
{
    struct mu_rate_limit limit = {server->limits.mutations_per_s, server->limits.mutations_burst};
    struct mu_message message = {.kind = MU_MSG_LINKS, .links = {.first = request->first}};
    bool later =
        mu_rate_take(&server->rates, session->device, LINKS_COST, limit, server->turn->mono.ms) > 0;
    if (!later && request->first <= server->head.seq) {
        if (session->epoch_known < server->sealer.epoch) {
            MU_TRY(mu_sealer_tell(server, session, err));
        }
        MU_TRY(gather(server, request->first, &message.links, err));
    }
    return mu_out_message(server, session, &message, err);
}
