#include "client/view/skills.h"

#include "common/db/stmt.h"

static const char SQL_PEOPLE[] = "SELECT id, skills FROM person WHERE skills IS NOT NULL"
                                 " AND state = 1 AND role >= 3 ORDER BY handle";
static const char SQL_LOAD[] =
    "SELECT count(*) FROM task WHERE owner = ?1 AND owner IS NOT NULL AND state <= 5"
    " AND coalesce(archived, 0) = 0 AND coalesce(deleted, 0) = 0";
static const char SQL_TASK[] = "SELECT skills FROM task WHERE key = ?1";

/* Cut the next word off *rest, without the blanks around it; false at the end. */
static bool next(struct mu_slice *rest, struct mu_slice *out_word)
{
    while (rest->len > 0) {
        size_t len = 0;
        while (len < rest->len && rest->data[len] != ',') {
            len++;
        }
        struct mu_slice word = mu_slice_of(rest->data, len);
        size_t used = len < rest->len ? len + 1 : len;
        *rest = mu_slice_of(rest->data + used, rest->len - used);
        while (word.len > 0 && word.data[0] == ' ') {
            word = mu_slice_of(word.data + 1, word.len - 1);
        }
        while (word.len > 0 && word.data[word.len - 1] == ' ') {
            word.len--;
        }
        if (word.len > 0) {
            *out_word = word;
            return true;
        }
    }
    return false;
}

static bool has(struct mu_slice skills, struct mu_slice wanted)
{
    struct mu_slice word = {0};
    while (next(&skills, &word)) {
        if (mu_same_name(word, wanted)) {
            return true;
        }
    }
    return false;
}

size_t mu_skills_count(struct mu_slice skills)
{
    struct mu_slice word = {0};
    size_t count = 0;
    while (next(&skills, &word)) {
        count++;
    }
    return count;
}

size_t mu_skills_shared(struct mu_slice a, struct mu_slice b)
{
    struct mu_slice word = {0};
    size_t count = 0;
    while (next(&a, &word)) {
        count += has(b, word) ? 1 : 0;
    }
    return count;
}

static enum mu_status load_of(struct mu_stmt *stmt, struct mu_id person, int64_t *out_load,
                              struct mu_error *err)
{
    bool row = false;
    mu_stmt_bind_id(stmt, 1, person);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    *out_load = status == MU_OK && row ? mu_stmt_int(stmt, 0) : 0;
    mu_stmt_reset(stmt);
    return status;
}

static bool is_better(const struct mu_fit *a, const struct mu_fit *b)
{
    return a->shared != b->shared ? a->shared > b->shared : a->load < b->load;
}

/* Keep the best ones, in order; of equals who came first stays first. */
static void insert(struct mu_fit fits[static MU_FITS_MAX], size_t *count, struct mu_fit fit)
{
    size_t at = *count;
    while (at > 0 && is_better(&fit, &fits[at - 1])) {
        at--;
    }
    if (at == MU_FITS_MAX) {
        return;
    }
    size_t last = *count < MU_FITS_MAX ? *count : MU_FITS_MAX - 1;
    for (size_t i = last; i > at; i--) {
        fits[i] = fits[i - 1];
    }
    fits[at] = fit;
    *count = last + 1;
}

static enum mu_status collect(struct mu_stmt *people, struct mu_stmt *load, struct mu_slice skills,
                              struct mu_fit fits[static MU_FITS_MAX], size_t *count,
                              struct mu_error *err)
{
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(people, &row, err));
        if (!row) {
            return MU_OK;
        }
        struct mu_fit fit = {.person = mu_stmt_id(people, 0),
                             .shared = mu_skills_shared(skills, mu_stmt_text(people, 1))};
        if (fit.shared > 0) {
            MU_TRY(load_of(load, fit.person, &fit.load, err));
            insert(fits, count, fit);
        }
    }
}

enum mu_status mu_skills_fits(struct mu_db *db, const struct mu_names *names,
                              struct mu_slice skills, struct mu_fit out_fits[static MU_FITS_MAX],
                              size_t *out_count, struct mu_error *err)
{
    struct mu_stmt people = {0};
    struct mu_stmt load = {0};
    (void)names;
    *out_count = 0;
    enum mu_status status = mu_stmt_prepare(&people, db, SQL_PEOPLE, err);
    if (status == MU_OK) {
        status = mu_stmt_prepare(&load, db, SQL_LOAD, err);
    }
    if (status == MU_OK) {
        status = collect(&people, &load, skills, out_fits, out_count, err);
    }
    mu_stmt_finalize(&people);
    mu_stmt_finalize(&load);
    return status;
}

enum mu_status mu_words_fits(struct mu_buf *out, const struct mu_fit *fits, size_t count,
                             struct mu_slice skills, const struct mu_names *names)
{
    for (size_t i = 0; i < count; i++) {
        MU_TRY(mu_buf_append_str(out, i > 0 ? ", " : ""));
        MU_TRY(mu_words_person(out, names, fits[i].person));
        MU_TRY(mu_buf_printf(out, " (%zu of %zu)", fits[i].shared, mu_skills_count(skills)));
    }
    return MU_OK;
}

enum mu_status mu_task_skills(struct mu_db *db, struct mu_id task, struct mu_arena *arena,
                              struct mu_slice *out, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    *out = mu_slice_str("");
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_TASK, err));
    mu_stmt_bind_int(&stmt, 1, mu_id_key(task));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row && !mu_arena_copy(arena, mu_stmt_text(&stmt, 0), out)) {
        status = mu_fail(err, MU_E_NOMEM, "read skills: out of memory");
    }
    mu_stmt_finalize(&stmt);
    return status;
}
