#include "client/shell/recurrence.h"

#include "client/home/moment.h"
#include "client/view/series.h"
#include "common/db/stmt.h"

#define ARENA_MAX ((size_t)32 << 20)
#define MADE_MOST 64 /* a run; the rest with the next one */

static enum mu_status may_add(struct mu_client *client, struct mu_id device, struct mu_arena *arena,
                              const struct mu_names *names, bool *out_may, struct mu_error *err)
{
    struct mu_row row = {0};
    bool found = false;
    *out_may = false;
    MU_TRY(mu_replica_row(mu_client_replica(client), arena, MU_DEVICE, device, &row, &found, err));
    const struct mu_person_name *person =
        found ? mu_names_person(names, mu_row_id(&row, MU_DEVICE_PERSON)) : NULL;
    *out_may = person != NULL && person->role >= MU_ROLE_MEMBER &&
               person->state == MU_PERSON_ACTIVE &&
               mu_row_int(&row, MU_DEVICE_STATE) == MU_DEVICE_ACTIVE;
    return MU_OK;
}

static enum mu_status make(struct mu_client *client, const struct mu_client_turn *turn,
                           const struct mu_occurrence *occurrence, struct mu_arena *arena,
                           size_t *count, struct mu_error *err)
{
    struct mu_intent intent;
    struct mu_authored authored;
    struct mu_error why = {0};
    MU_TRY(mu_occurrence_intent(occurrence, arena, &intent, err));
    enum mu_status status = mu_client_author(client, turn, &intent, arena, &authored, &why);
    if (status == MU_E_CONFLICT || status == MU_E_INVALID || status == MU_E_NOT_FOUND ||
        status == MU_E_DENIED) {
        return MU_OK;
    }
    *count += status == MU_OK ? 1 : 0;
    return status == MU_OK ? MU_OK : mu_fail(err, status, "%s", why.text);
}

/* Asked after every edit of this person: most teams' answer costs one look. */
static enum mu_status any_series(struct mu_db *db, bool *out_any, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, "SELECT 1 FROM series LIMIT 1", err));
    enum mu_status status = mu_stmt_step(&stmt, out_any, err);
    mu_stmt_finalize(&stmt);
    return status;
}

enum mu_status mu_recurrence_run(struct mu_client *client, const struct mu_client_turn *turn,
                                 struct mu_id device, const struct mu_zone *zone, size_t *out_count,
                                 struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, ARENA_MAX);
    struct mu_names names;
    struct mu_db *db = mu_replica_db(mu_client_replica(client));
    struct mu_occurrence *items = NULL;
    size_t count = 0;
    bool may = false;
    bool any = false;
    *out_count = 0;
    MU_TRY(any_series(db, &any, err));
    if (!any) {
        return MU_OK;
    }
    MU_TRY(mu_names_load(db, &arena, &names, err));
    MU_TRY(may_add(client, device, &arena, &names, &may, err));
    if (!may) {
        return MU_OK;
    }
    const struct mu_viewpoint from = {.now = turn->wall,
                                      .zone = zone,
                                      .zone_name = turn->zone,
                                      .day_end_minute = names.day_end_minute,
                                      .zone_of = mu_zone_of,
                                      .state = &arena};
    MU_TRY(mu_series_due(db, &names, &from, MADE_MOST, &arena, &items, &count, err));
    for (size_t i = 0; i < count; i++) {
        MU_TRY(make(client, turn, &items[i], &arena, out_count, err));
    }
    return MU_OK;
}
