#include "client/core/local.h"

extern const char mu_local_sql[];

static const char *const sql[MU_LOCAL_QUERY_COUNT] = {
    [MU_LOCAL_SHOWN_PUT] = "INSERT OR REPLACE INTO shown (position, effects) VALUES (?1, ?2)",
    [MU_LOCAL_SHOWN_DROP] = "DELETE FROM shown WHERE position = ?1",
    [MU_LOCAL_SHOWN_CLEAR] = "DELETE FROM shown",
    [MU_LOCAL_SHOWN] = "SELECT position FROM shown ORDER BY position",
    [MU_LOCAL_SHOWN_ANY] = "SELECT 1 FROM shown LIMIT 1",
    [MU_LOCAL_EFFECTS] = "SELECT effects FROM shown WHERE position = ?1",
    [MU_LOCAL_TOUCH_PUT] = "INSERT INTO touch (kind, entity, id, position, wrote)"
                           " VALUES (?1, ?2, ?3, ?4, ?5)",
    [MU_LOCAL_TOUCH_DROP] = "DELETE FROM touch WHERE position = ?1",
    [MU_LOCAL_TOUCH_CLEAR] = "DELETE FROM touch",
    [MU_LOCAL_TOUCH_OF] = "SELECT kind, entity, id, wrote FROM touch WHERE position = ?1"
                          " ORDER BY kind, entity, id",
    [MU_LOCAL_TOUCH_BY] = "SELECT position, wrote FROM touch"
                          " WHERE id = ?1 AND entity = ?2 AND kind = ?3"
                          " AND position > ?4 AND position < ?5 ORDER BY position",
    [MU_LOCAL_TOUCH_WRITTEN] = "SELECT 1 FROM touch"
                               " WHERE id = ?1 AND entity = ?2 AND kind = ?3 AND wrote = 1"
                               " LIMIT 1",
    [MU_LOCAL_HELD_PUT] = "INSERT OR IGNORE INTO held (mutation) VALUES (?1)",
    [MU_LOCAL_HELD_GET] = "SELECT 1 FROM held WHERE mutation = ?1",
    [MU_LOCAL_HELD_DROP] = "DELETE FROM held WHERE mutation = ?1",
    [MU_LOCAL_HELD_CLEAR] = "DELETE FROM held",
    [MU_LOCAL_CONFLICTS] = "SELECT count(*) FROM conflict WHERE state = 1",
    [MU_LOCAL_COPY_PUT] = "INSERT OR REPLACE INTO change_copy (seq, chain, sealed)"
                          " VALUES (?1, ?2, ?3)",
    [MU_LOCAL_COPY_GET] = "SELECT chain, sealed FROM change_copy WHERE seq = ?1",
    [MU_LOCAL_COPY_MARK] = "INSERT OR IGNORE INTO change_copy (seq, chain) VALUES (?1, ?2)",
    [MU_LOCAL_COPY_DROP_AFTER] = "DELETE FROM change_copy WHERE seq > ?1",
    [MU_LOCAL_COPY_FIRST] = "SELECT seq FROM change_copy c WHERE seq <= ?1"
                            " AND NOT EXISTS (SELECT 1 FROM change_copy p WHERE p.seq = c.seq - 1)"
                            " ORDER BY seq DESC LIMIT 1",
    [MU_LOCAL_VOUCHED_PUT] = "INSERT OR REPLACE INTO vouched"
                             " (entity, id, person, standing, sign_key, box_key)"
                             " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [MU_LOCAL_VOUCHED_GET] = "SELECT person, standing, sign_key, box_key FROM vouched"
                             " WHERE entity = ?1 AND id = ?2",
    [MU_LOCAL_VOUCHED_REVOKE] = "UPDATE vouched SET standing = 0"
                                " WHERE entity = 3 AND (id = ?1 OR person = ?1)",
    [MU_LOCAL_VOUCHER_PUT] = "INSERT OR REPLACE INTO voucher (seq, sealed) VALUES (?1, ?2)",
    [MU_LOCAL_VOUCHER_NEXT] = "SELECT seq, sealed FROM voucher WHERE seq > ?1 ORDER BY seq LIMIT 1",
    [MU_LOCAL_VOUCHER_CLEAR] = "DELETE FROM voucher",
    [MU_LOCAL_DEVICES_OF] = "SELECT id FROM device WHERE person = ?1 ORDER BY id",
    [MU_LOCAL_SEALED_OF] = "SELECT id FROM sealed WHERE (from_person = ?1 OR to_person = ?1)"
                           " AND id > ?2 ORDER BY id LIMIT 64",
    [MU_LOCAL_STAGE_PUT] = "INSERT OR REPLACE INTO staged (bucket, number, rows)"
                           " VALUES (?1, ?2, ?3)",
    [MU_LOCAL_STAGE_DROP] = "DELETE FROM staged WHERE bucket = ?1",
    [MU_LOCAL_STAGE_ROWS] = "SELECT rows FROM staged WHERE bucket = ?1 ORDER BY number",
    [MU_LOCAL_STAGE_CLEAR] = "DELETE FROM staged",
    [MU_LOCAL_STAGE_DIGEST_PUT] = "INSERT OR REPLACE INTO staged_bucket (bucket, digest)"
                                  " VALUES (?1, ?2)",
    [MU_LOCAL_STAGE_DIGEST_DROP] = "DELETE FROM staged_bucket WHERE bucket = ?1",
    [MU_LOCAL_STAGE_DIGESTS] = "SELECT bucket, digest FROM staged_bucket ORDER BY bucket",
    [MU_LOCAL_STAGE_DIGEST_CLEAR] = "DELETE FROM staged_bucket",
};

enum mu_status mu_local_open(struct mu_queries *local, struct mu_db *db, struct mu_error *err)
{
    MU_TRY(mu_db_exec(db, mu_local_sql, err));
    mu_queries_init(local, db, sql, MU_LOCAL_QUERY_COUNT);
    return MU_OK;
}
