/* Whether the tables are those of the description.
 *
 * mu_meta holds what the tables were last made from: the layout number of this code, a
 * fingerprint of the description, and how many fields each entity had.  Entities and fields are
 * only ever added, so a file that knows one that this program does not is a newer program's.
 * Equal fingerprints: nothing to do, and nothing but one row was read. */
#include <inttypes.h>
#include <string.h>

#include "common/replica/inside.h"
#include "common/seal/hash.h"

#define LAYOUT     1 /* of the tables here, the columns beside fields, and the digest */
#define SCHEMA_MAX 4096

static const char SQL_SCHEMA[] = "SELECT value FROM mu_meta WHERE name = '" MU_META_SCHEMA "'";
static const char SQL_HAS_META[] =
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'mu_meta'";

static void add_number(struct mu_hasher *hasher, uint64_t number)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    }
    mu_hasher_add(hasher, mu_slice_of(bytes, sizeof bytes));
}

static void add_text(struct mu_hasher *hasher, const char *text)
{
    add_number(hasher, strlen(text));
    mu_hasher_add(hasher, mu_slice_str(text));
}

static struct mu_hash fingerprint(const struct mu_description *about)
{
    struct mu_hasher hasher;
    mu_hasher_init(&hasher, NULL);
    add_number(&hasher, LAYOUT);
    for (size_t i = 0; i < about->entity_count; i++) {
        const struct mu_entity *entity = &about->entities[i];
        add_number(&hasher, entity->number);
        add_text(&hasher, entity->name);
        add_number(&hasher, entity->field_count);
        for (size_t j = 0; j < entity->field_count; j++) {
            add_text(&hasher, entity->fields[j].name);
            add_number(&hasher, (uint64_t)entity->fields[j].type);
            add_number(&hasher, entity->fields[j].limit);
        }
    }
    for (size_t i = 0; i < about->index_count; i++) {
        add_number(&hasher, about->indexes[i].entity);
        add_text(&hasher, about->indexes[i].name);
        add_text(&hasher, about->indexes[i].columns);
        add_text(&hasher, about->indexes[i].condition);
    }
    struct mu_hash hash;
    mu_hasher_end(&hasher, &hash);
    return hash;
}

/* -- what the file says ------------------------------------------------------ */

enum verdict {
    CURRENT,
    SAME_TABLES, /* but other indexes or limits */
    OLDER,
    FRESH
};

static enum mu_status newer(const struct mu_replica *replica, struct mu_error *err)
{
    return mu_fail(err, MU_E_VERSION, "'%s' was written by a newer Muster; upgrade this program",
                   replica->db->name);
}

/* How many fields of an entity this program knows; 0: not even the entity. */
static uint64_t known_fields(const struct mu_description *about, uint64_t entity)
{
    for (size_t i = 0; i < about->entity_count; i++) {
        if (about->entities[i].number == entity) {
            return about->entities[i].field_count;
        }
    }
    return 0;
}

static enum mu_status judge(const struct mu_replica *replica, struct mu_slice schema,
                            enum verdict *out, struct mu_error *err)
{
    struct mu_reader reader = mu_reader_of(schema);
    uint64_t layout = mu_reader_varint(&reader);
    if (mu_reader_ok(&reader) && layout > LAYOUT) {
        return newer(replica, err);
    }
    struct mu_hash theirs = {0};
    (void)mu_hash_from_slice(mu_reader_bytes(&reader, MU_HASH_LEN), &theirs);
    struct mu_hash ours = fingerprint(&replica->about);
    if (mu_reader_ok(&reader) && mu_hash_equal(ours, theirs)) {
        *out = CURRENT;
        return MU_OK;
    }
    size_t alike = 0;
    size_t count = 0;
    for (; !mu_reader_at_end(&reader); count++) {
        uint64_t number = mu_reader_varint(&reader);
        uint64_t fields = mu_reader_varint(&reader);
        if (!mu_reader_ok(&reader)) {
            return mu_fail(err, MU_E_CORRUPT, "'%s': its schema entry is damaged",
                           replica->db->name);
        }
        uint64_t known = known_fields(&replica->about, number);
        if (known < fields) {
            return newer(replica, err);
        }
        alike += known == fields;
    }
    *out = alike == count && count == replica->about.entity_count ? SAME_TABLES : OLDER;
    return MU_OK;
}

/* After mu_meta could not be asked: is it because there is none?  Else `first` is the failure. */
static enum mu_status expect_fresh(struct mu_replica *replica, const struct mu_error *first,
                                   struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool there = false;
    MU_TRY(mu_stmt_prepare(&stmt, replica->db, SQL_HAS_META, err));
    enum mu_status status = mu_stmt_step(&stmt, &there, err);
    mu_stmt_finalize(&stmt);
    return status == MU_OK && there ? mu_fail(err, first->status, "%s", first->text) : status;
}

static enum mu_status inspect(struct mu_replica *replica, enum verdict *out, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    struct mu_error why = {0};
    enum mu_status status = mu_stmt_prepare(&stmt, replica->db, SQL_SCHEMA, &why);
    if (status == MU_E_INTERNAL) { /* no such table, unless something else is wrong */
        *out = FRESH;
        return expect_fresh(replica, &why, err);
    }
    if (status != MU_OK) {
        return mu_fail(err, status, "%s", why.text);
    }
    bool row = false;
    status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row) {
        status = judge(replica, mu_stmt_blob(&stmt, 0), out, err);
    } else if (status == MU_OK) {
        *out = OLDER;
    }
    mu_stmt_finalize(&stmt);
    return status;
}

/* -- bringing it up to the description ------------------------------------------ */

static enum mu_status write_schema(struct mu_replica *replica, struct mu_error *err)
{
    struct mu_buf schema MU_BUF_AUTO;
    mu_buf_init(&schema, SCHEMA_MAX);
    struct mu_hash hash = fingerprint(&replica->about);
    enum mu_status status = mu_buf_append_varint(&schema, LAYOUT);
    if (status == MU_OK) {
        status = mu_buf_append(&schema, hash.bytes, sizeof hash.bytes);
    }
    for (size_t i = 0; status == MU_OK && i < replica->about.entity_count; i++) {
        status = mu_buf_append_varint(&schema, replica->about.entities[i].number);
        if (status == MU_OK) {
            status = mu_buf_append_varint(&schema, replica->about.entities[i].field_count);
        }
    }
    if (status != MU_OK) {
        return mu_fail(err, status, "the board's schema: %s", mu_status_text(status));
    }
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_META_SET, &stmt, err));
    mu_stmt_bind_text(stmt, 1, mu_slice_str(MU_META_SCHEMA));
    mu_stmt_bind_blob(stmt, 2, mu_buf_view(&schema));
    return mu_stmt_run(stmt, err);
}

static enum mu_status upgrade(struct mu_replica *replica, struct mu_error *err)
{
    enum verdict verdict = CURRENT;
    MU_TRY(inspect(replica, &verdict, err)); /* another process may have been faster */
    if (verdict == CURRENT) {
        return MU_OK;
    }
    MU_TRY(mu_schema_make(replica, err));
    if (verdict != FRESH) {
        MU_TRY(mu_schema_move(replica, err));
    }
    return write_schema(replica, err);
}

static enum mu_status refuse_to_read(const struct mu_replica *replica, enum verdict verdict,
                                     struct mu_error *err)
{
    if (verdict == FRESH) {
        return mu_fail(err, MU_E_NOT_FOUND, "'%s' has no board yet", replica->db->name);
    }
    return mu_fail(err, MU_E_VERSION,
                   "'%s' was written by an older Muster and is open for reading only",
                   replica->db->name);
}

enum mu_status mu_schema_prepare(struct mu_replica *replica, struct mu_error *err)
{
    enum verdict verdict = CURRENT;
    MU_TRY(inspect(replica, &verdict, err));
    if (verdict == CURRENT) {
        return MU_OK;
    }
    if (replica->db->read_only) {
        return verdict == SAME_TABLES ? MU_OK : refuse_to_read(replica, verdict, err);
    }
    if (replica->db->in_transaction) {
        return upgrade(replica, err);
    }
    MU_TRY(mu_db_begin(replica->db, err));
    enum mu_status status = upgrade(replica, err);
    if (status != MU_OK) {
        mu_db_rollback(replica->db);
        return status;
    }
    return mu_db_commit(replica->db, err);
}

enum mu_status mu_schema_check(struct mu_replica *replica, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    enum verdict verdict = OLDER;
    bool found = false;
    MU_TRY(mu_replica_query(replica, MU_QUERY_META_GET, &stmt, err));
    mu_stmt_bind_text(stmt, 1, mu_slice_str(MU_META_SCHEMA));
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        status = judge(replica, mu_stmt_blob(stmt, 0), &verdict, err);
    }
    mu_stmt_reset(stmt);
    return status;
}
