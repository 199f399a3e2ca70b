/* References to tasks, as people write them. */
#include <assert.h>
#include <string.h>

#include "client/view/tasks.h"
#include "client/view/text.h"

#define HANDLE_BITS   20
#define HANDLES_SHOWN 4
#define NUMBER_DIGITS 18

static const char SQL_BY_NUMBER[] = "SELECT id FROM task WHERE no = ?1 AND no IS NOT NULL";
/* Every task's key stands in the index of places, which is read much faster than the tasks. */
static const char SQL_BY_HANDLE[] =
    "SELECT key FROM task INDEXED BY task_place WHERE (key & 1048575) = ?1 ORDER BY key";
static const char SQL_BY_KEY[] = "SELECT id, no FROM task WHERE key = ?1";

static_assert((1 << HANDLE_BITS) - 1 == 1048575, "SQL_BY_HANDLE masks as many bits");

static int handle_digit(uint8_t c)
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint8_t lower = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
    const char *at = lower != '\0' ? strchr(digits, lower) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* "~k3f9" to the bits it was made of (mu_id_handle()). */
static bool parse_handle(struct mu_slice ref, int64_t *out_bits)
{
    if (ref.len != MU_HANDLE_LEN || ref.data[0] != '~') {
        return false;
    }
    int64_t bits = 0;
    for (unsigned i = MU_HANDLE_LEN - 1; i >= 1; i--) {
        int digit = handle_digit(ref.data[i]);
        if (digit < 0) {
            return false;
        }
        bits = bits << 5 | digit;
    }
    *out_bits = bits;
    return true;
}

static bool parse_number(struct mu_slice ref, int64_t *out_no)
{
    bool named = ref.len > 2 && (ref.data[0] == 'T' || ref.data[0] == 't') && ref.data[1] == '-';
    struct mu_slice digits = named ? mu_slice_of(ref.data + 2, ref.len - 2) : ref;
    int64_t no = 0;
    if (digits.len == 0 || digits.len > NUMBER_DIGITS) {
        return false;
    }
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9') {
            return false;
        }
        no = no * 10 + (digits.data[i] - '0');
    }
    *out_no = no;
    return no > 0;
}

static enum mu_status none(struct mu_slice ref, struct mu_error *err)
{
    char shown[MU_SHORT_MAX];
    return mu_fail(err, MU_E_NOT_FOUND, "no task %s here", mu_show_short(ref, shown));
}

static enum mu_status by_number(struct mu_db *db, struct mu_slice ref, int64_t no,
                                struct mu_id *out_id, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_BY_NUMBER, err));
    mu_stmt_bind_int(&stmt, 1, no);
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row) {
        *out_id = mu_stmt_id(&stmt, 0);
    }
    mu_stmt_finalize(&stmt);
    MU_TRY(status);
    return row ? MU_OK : none(ref, err);
}

/* What a handle may mean: at most HANDLES_SHOWN of them are kept. */
struct candidates {
    struct mu_id ids[HANDLES_SHOWN];
    int64_t numbers[HANDLES_SHOWN];
    size_t count;
};

static enum mu_status add_candidate(struct mu_stmt *one, int64_t key, struct candidates *found,
                                    struct mu_error *err)
{
    bool row = false;
    mu_stmt_bind_int(one, 1, key);
    MU_TRY(mu_stmt_step(one, &row, err));
    if (row && found->count < HANDLES_SHOWN) {
        found->ids[found->count] = mu_stmt_id(one, 0);
        found->numbers[found->count] = mu_stmt_int(one, 1);
    }
    found->count += row ? 1 : 0;
    mu_stmt_reset(one);
    return MU_OK;
}

static enum mu_status search(struct mu_stmt *walk, struct mu_stmt *one, int64_t bits,
                             struct candidates *found, struct mu_error *err)
{
    mu_stmt_bind_int(walk, 1, bits);
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(walk, &row, err));
        if (!row) {
            return MU_OK;
        }
        MU_TRY(add_candidate(one, mu_stmt_int(walk, 0), found, err));
    }
}

static void name_all(const struct candidates *found, size_t kept,
                     char out_names[static HANDLES_SHOWN * (MU_ID_TEXT_LEN + 2)])
{
    size_t used = 0;
    for (size_t i = 0; i < kept; i++) {
        char name[MU_ID_TEXT_LEN + 1];
        if (found->numbers[i] > 0) {
            mu_task_ref(found->ids[i], found->numbers[i], name);
        } else {
            mu_id_text(found->ids[i], name);
        }
        size_t len = strlen(name);
        if (i > 0) {
            out_names[used++] = ' ';
        }
        memcpy(out_names + used, name, len + 1);
        used += len;
    }
}

/* A handle was given because there was no number: who has none still is meant before others. */
static enum mu_status choose(const struct candidates *found, struct mu_slice ref,
                             struct mu_id *out_id, struct mu_error *err)
{
    size_t kept = found->count < HANDLES_SHOWN ? found->count : HANDLES_SHOWN;
    size_t unnumbered = 0;
    size_t which = 0;
    for (size_t i = 0; i < kept; i++) {
        if (found->numbers[i] == 0) {
            unnumbered++;
            which = i;
        }
    }
    if (found->count == 0) {
        return none(ref, err);
    }
    if (found->count == 1 || (unnumbered == 1 && found->count <= HANDLES_SHOWN)) {
        *out_id = found->ids[which];
        return MU_OK;
    }
    char names[HANDLES_SHOWN * (MU_ID_TEXT_LEN + 2)] = "";
    name_all(found, kept, names);
    char shown[MU_SHORT_MAX];
    return mu_fail(err, MU_E_CONFLICT, "%s may be any of: %s", mu_show_short(ref, shown), names);
}

static enum mu_status by_handle(struct mu_db *db, struct mu_slice ref, int64_t bits,
                                struct mu_id *out_id, struct mu_error *err)
{
    struct mu_stmt walk = {0};
    struct mu_stmt one = {0};
    struct candidates found = {.count = 0};
    enum mu_status status = mu_stmt_prepare(&walk, db, SQL_BY_HANDLE, err);
    if (status == MU_OK) {
        status = mu_stmt_prepare(&one, db, SQL_BY_KEY, err);
    }
    if (status == MU_OK) {
        status = search(&walk, &one, bits, &found, err);
    }
    mu_stmt_finalize(&walk);
    mu_stmt_finalize(&one);
    MU_TRY(status);
    return choose(&found, ref, out_id, err);
}

static enum mu_status by_id(struct mu_db *db, struct mu_slice ref, struct mu_id id,
                            struct mu_error *err)
{
    struct mu_stmt one = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&one, db, SQL_BY_KEY, err));
    mu_stmt_bind_int(&one, 1, mu_id_key(id));
    enum mu_status status = mu_stmt_step(&one, &row, err);
    bool same = status == MU_OK && row && mu_id_equal(mu_stmt_id(&one, 0), id);
    mu_stmt_finalize(&one);
    MU_TRY(status);
    return same ? MU_OK : none(ref, err);
}

enum mu_status mu_task_resolve(struct mu_db *db, struct mu_slice ref, struct mu_id *out_id,
                               struct mu_error *err)
{
    int64_t number = 0;
    struct mu_id id;
    if (parse_number(ref, &number)) {
        return by_number(db, ref, number, out_id, err);
    }
    if (parse_handle(ref, &number)) {
        return by_handle(db, ref, number, out_id, err);
    }
    if (mu_id_parse(ref, &id)) {
        MU_TRY(by_id(db, ref, id, err));
        *out_id = id;
        return MU_OK;
    }
    char shown[MU_SHORT_MAX];
    return mu_fail(err, MU_E_USAGE, "'%s' is no task: write T-42, or ~k3f9 before it has a number",
                   mu_show_short(ref, shown));
}
