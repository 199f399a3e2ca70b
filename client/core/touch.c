#include "client/core/touch.h"

#include "client/core/list.h"
#include "client/core/local.h"

static enum mu_status run_on(struct mu_queries *local, enum mu_local_query which, uint64_t position,
                             struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(local, which, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)position);
    return mu_stmt_run(stmt, err);
}

static enum mu_status put_one(struct mu_queries *local, uint64_t position,
                              const struct mu_touch *touch, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(local, MU_LOCAL_TOUCH_PUT, &stmt, err));
    mu_stmt_bind_int(stmt, 1, touch->key.kind);
    mu_stmt_bind_int(stmt, 2, touch->key.entity);
    mu_stmt_bind_id(stmt, 3, touch->key.id);
    mu_stmt_bind_int(stmt, 4, (int64_t)position);
    mu_stmt_bind_int(stmt, 5, touch->wrote);
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_touch_put(struct mu_queries *local, uint64_t position, struct mu_slice effects,
                            const struct mu_keyset *touches, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(local, MU_LOCAL_SHOWN_PUT, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)position);
    mu_stmt_bind_blob(stmt, 2, effects);
    MU_TRY(mu_stmt_run(stmt, err));
    for (size_t i = 0; i < touches->count; i++) {
        MU_TRY(put_one(local, position, &touches->items[i], err));
    }
    return MU_OK;
}

enum mu_status mu_touch_effects(struct mu_queries *local, struct mu_arena *arena, uint64_t position,
                                struct mu_slice *out_effects, bool *out_found, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    struct mu_slice effects = {0};
    MU_TRY(mu_queries_get(local, MU_LOCAL_EFFECTS, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)position);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    if (status == MU_OK && row && !mu_arena_copy(arena, mu_stmt_blob(stmt, 0), &effects)) {
        status = mu_fail(err, MU_E_NOMEM, "predicted effects");
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_effects = effects;
        *out_found = row;
    }
    return status;
}

enum mu_status mu_touch_any(struct mu_queries *local, bool *out_any, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    MU_TRY(mu_queries_get(local, MU_LOCAL_SHOWN_ANY, &stmt, err));
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_any = row;
    }
    return status;
}

enum mu_status mu_touch_drop(struct mu_queries *local, uint64_t position, struct mu_error *err)
{
    MU_TRY(run_on(local, MU_LOCAL_TOUCH_DROP, position, err));
    return run_on(local, MU_LOCAL_SHOWN_DROP, position, err);
}

enum mu_status mu_touch_clear(struct mu_queries *local, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(local, MU_LOCAL_TOUCH_CLEAR, &stmt, err));
    MU_TRY(mu_stmt_run(stmt, err));
    MU_TRY(mu_queries_get(local, MU_LOCAL_SHOWN_CLEAR, &stmt, err));
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_touch_shown(struct mu_queries *local, struct mu_arena *arena,
                              uint64_t **out_positions, size_t *out_count, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(local, MU_LOCAL_SHOWN, &stmt, err));
    struct mu_list list;
    mu_list_init(&list, arena, sizeof(uint64_t));
    bool row = true;
    enum mu_status status = MU_OK;
    while ((status = mu_stmt_step(stmt, &row, err)) == MU_OK && row) {
        uint64_t *position = mu_list_add(&list);
        if (position == NULL) {
            status = mu_fail(err, MU_E_NOMEM, "positions shown");
            break;
        }
        *position = (uint64_t)mu_stmt_int(stmt, 0);
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_positions = list.items;
        *out_count = list.count;
    }
    return status;
}

enum mu_status mu_touch_of(struct mu_queries *local, struct mu_arena *arena, uint64_t position,
                           struct mu_touch **out_touches, size_t *out_count, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(local, MU_LOCAL_TOUCH_OF, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)position);
    struct mu_list list;
    mu_list_init(&list, arena, sizeof(struct mu_touch));
    bool row = true;
    enum mu_status status = MU_OK;
    while ((status = mu_stmt_step(stmt, &row, err)) == MU_OK && row) {
        struct mu_touch *touch = mu_list_add(&list);
        if (touch == NULL) {
            status = mu_fail(err, MU_E_NOMEM, "touched rows");
            break;
        }
        *touch = (struct mu_touch){.key = {.kind = (enum mu_touch_kind)mu_stmt_int(stmt, 0),
                                           .entity = (uint32_t)mu_stmt_int(stmt, 1),
                                           .id = mu_stmt_id(stmt, 2)},
                                   .wrote = mu_stmt_int(stmt, 3) != 0};
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_touches = list.items;
        *out_count = list.count;
    }
    return status;
}

static enum mu_status bind_key(struct mu_queries *local, enum mu_local_query which,
                               struct mu_touch_key key, struct mu_stmt **out_stmt,
                               struct mu_error *err)
{
    MU_TRY(mu_queries_get(local, which, out_stmt, err));
    mu_stmt_bind_id(*out_stmt, 1, key.id);
    mu_stmt_bind_int(*out_stmt, 2, key.entity);
    mu_stmt_bind_int(*out_stmt, 3, key.kind);
    return MU_OK;
}

enum mu_status mu_touch_by(struct mu_queries *local, struct mu_arena *arena,
                           struct mu_touch_key key, struct mu_touch_span span,
                           struct mu_toucher **out_touchers, size_t *out_count,
                           struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(bind_key(local, MU_LOCAL_TOUCH_BY, key, &stmt, err));
    mu_stmt_bind_int(stmt, 4, (int64_t)span.after);
    mu_stmt_bind_int(stmt, 5, span.before == 0 ? INT64_MAX : (int64_t)span.before);
    struct mu_list list;
    mu_list_init(&list, arena, sizeof(struct mu_toucher));
    bool row = true;
    enum mu_status status = MU_OK;
    while ((status = mu_stmt_step(stmt, &row, err)) == MU_OK && row) {
        struct mu_toucher *toucher = mu_list_add(&list);
        if (toucher == NULL) {
            status = mu_fail(err, MU_E_NOMEM, "touched rows");
            break;
        }
        *toucher = (struct mu_toucher){.position = (uint64_t)mu_stmt_int(stmt, 0),
                                       .wrote = mu_stmt_int(stmt, 1) != 0};
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_touchers = list.items;
        *out_count = list.count;
    }
    return status;
}

enum mu_status mu_touch_written(struct mu_queries *local, struct mu_touch_key key,
                                bool *out_written, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    MU_TRY(bind_key(local, MU_LOCAL_TOUCH_WRITTEN, key, &stmt, err));
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_written = row;
    }
    return status;
}
