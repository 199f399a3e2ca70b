/* What a newer client writes into fields that this version does not know is kept as it is,
 * and would have no bound: a row must still fit into one chunk of a transfer. */
#include "server/core/inside.h"

/* The fields that this version knows fit beside it. */
#define UNKNOWN_MAX ((size_t)48 * 1024)

static bool is_known(uint32_t entity, uint32_t field)
{
    return mu_field_find(entity, field) != NULL;
}

static bool has_unknown(const struct mu_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        if (!is_known(row->entity, row->cells[i].field)) {
            return true;
        }
    }
    return false;
}

static size_t unknown_bytes(const struct mu_row *row)
{
    size_t bytes = 0;
    for (size_t i = 0; i < row->count; i++) {
        if (!is_known(row->entity, row->cells[i].field)) {
            bytes += 32 + row->cells[i].value.bytes.len;
        }
    }
    return bytes;
}

static enum mu_status check_row(struct mu_server *server, const struct mu_row *effect,
                                struct mu_error *err)
{
    struct mu_arena *arena = &server->rule_memory;
    struct mu_row row;
    bool found = false;
    MU_TRY(mu_replica_row(server->replica, arena, effect->entity, effect->id, &row, &found, err));
    if (!found) {
        row = (struct mu_row){.entity = effect->entity, .id = effect->id};
    }
    if (mu_row_merge(&row, arena, effect, 0) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "no memory for a row");
    }
    if (unknown_bytes(&row) > UNKNOWN_MAX) {
        return mu_fail(err, MU_E_LIMIT,
                       "the row would hold more than %zu bytes that this server does not know",
                       UNKNOWN_MAX);
    }
    return MU_OK;
}

enum mu_status mu_room_check(struct mu_server *server, const struct mu_row *effects, size_t count,
                             struct mu_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (has_unknown(&effects[i])) {
            MU_TRY(check_row(server, &effects[i], err));
        }
    }
    return MU_OK;
}
