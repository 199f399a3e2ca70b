#include "client/view/handles.h"

#include <stdio.h>

#include "client/view/names.h"
#include "client/view/text.h"
#include "common/db/stmt.h"

bool mu_handle_looks(struct mu_slice ref)
{
    struct mu_id id;
    return (ref.len == MU_HANDLE_LEN && ref.data[0] == '~') || mu_id_parse(ref, &id);
}

/* What was found so far: the first, and whether there is another. */
struct found {
    struct mu_id id;
    bool any, several;
};

static enum mu_status walk(struct mu_stmt *stmt, struct mu_slice ref, struct found *found,
                           struct mu_error *err)
{
    struct mu_id whole;
    bool is_id = mu_id_parse(ref, &whole);
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(stmt, &row, err));
        if (!row) {
            return MU_OK;
        }
        struct mu_id id = mu_stmt_id(stmt, 0);
        char handle[MU_HANDLE_LEN + 1];
        mu_id_handle(id, handle);
        if (is_id ? mu_id_equal(id, whole) : mu_same_word(mu_slice_str(handle), ref)) {
            found->several = found->any;
            found->any = true;
            found->id = id;
        }
    }
}

enum mu_status mu_handle_resolve(struct mu_db *db, uint32_t entity, const char *what,
                                 struct mu_slice ref, struct mu_id *out_id, struct mu_error *err)
{
    char shown[MU_SHORT_MAX];
    char sql[80];
    struct found found = {.any = false};
    struct mu_stmt stmt = {0};
    if (!mu_handle_looks(ref)) {
        return mu_fail(err, MU_E_USAGE, "'%s' is no %s: write ~k3f9, as it is listed",
                       mu_show_short(ref, shown), what);
    }
    const struct mu_entity *table = mu_entity_find(entity);
    MU_ASSERT(table != NULL);
    (void)snprintf(sql, sizeof sql, "SELECT id FROM %s ORDER BY key", table->name);
    MU_TRY(mu_stmt_prepare(&stmt, db, sql, err));
    enum mu_status status = walk(&stmt, ref, &found, err);
    mu_stmt_finalize(&stmt);
    MU_TRY(status);
    if (!found.any) {
        return mu_fail(err, MU_E_NOT_FOUND, "no %s %s here", what, mu_show_short(ref, shown));
    }
    if (found.several) {
        char text[MU_ID_TEXT_LEN + 1];
        mu_id_text(found.id, text);
        return mu_fail(err, MU_E_CONFLICT, "%s may be one of several: use the whole id, such as %s",
                       mu_show_short(ref, shown), text);
    }
    *out_id = found.id;
    return MU_OK;
}
