#include "client/view/console.h"

#include <string.h>

#include "client/view/console_inside.h"
#include "client/view/names.h"

#define WORDS_MAX ((size_t)1 << 18)
#define DOT       " \xc2\xb7 "

/* -- rows under way ------------------------------------------------------------------------ */

enum mu_status mu_draft_phrase(struct mu_console_draft *draft, enum mu_text_mark mark,
                               struct mu_slice shown)
{
    struct mu_buf *words = &draft->words;
    if (words->len > 0) {
        MU_TRY(mu_buf_append_str(words, DOT));
    }
    if (mark == MU_MARK_PLAIN) {
        return mu_buf_append(words, shown.data, shown.len);
    }
    MU_TRY(mu_buf_append_byte(words, (uint8_t)mark));
    MU_TRY(mu_buf_append(words, shown.data, shown.len));
    return mu_buf_append_byte(words, MU_MARK_PLAIN);
}

enum mu_status mu_draft_count(struct mu_console_draft *draft, enum mu_text_mark mark, int64_t count,
                              const char *what)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 256);
    if (count == 0) {
        return MU_OK;
    }
    MU_TRY(mu_words_number(&text, (uint64_t)count));
    MU_TRY(mu_buf_printf(&text, " %s", what));
    return mu_draft_phrase(draft, mark, mu_buf_view(&text));
}

struct mu_console_section *mu_draft_section(struct mu_console_draft *draft, const char *title,
                                            const char *none, size_t rows)
{
    struct mu_console *console = draft->out;
    MU_ASSERT(console->section_count < MU_CONSOLE_SECTIONS_MAX);
    struct mu_console_section *section = &console->sections[console->section_count];
    struct mu_console_row *room = mu_arena_array(draft->arena, rows + 1, sizeof *room);
    if (room == NULL) {
        return NULL;
    }
    *section = (struct mu_console_section){.title = title, .none = none, .rows = room};
    console->section_count++;
    return section;
}

enum mu_status mu_draft_row(struct mu_console_draft *draft, struct mu_console_section *section,
                            const struct mu_console_row *about, struct mu_slice name,
                            struct mu_error *err)
{
    struct mu_console_row *row = &section->rows[section->row_count];
    *row = *about;
    bool ok = mu_arena_copy(draft->arena, name, &row->name) &&
              mu_arena_copy(draft->arena, mu_buf_view(&draft->words), &row->words);
    mu_buf_clear(&draft->words);
    section->row_count++;
    section->total++;
    return ok ? MU_OK : mu_fail(err, MU_E_NOMEM, "read the console: out of memory");
}

struct mu_slice mu_draft_handle(struct mu_console_draft *draft, struct mu_id person)
{
    struct mu_slice shown = {0};
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 65536);
    bool ok = mu_words_person(&text, draft->query->names, person) == MU_OK &&
              mu_arena_copy(draft->arena, mu_buf_view(&text), &shown);
    return ok ? shown : mu_slice_str("");
}

bool mu_draft_in_use(const struct mu_console_draft *draft, struct mu_id column)
{
    const struct mu_names *names = draft->query->names;
    const struct mu_column_name *found = mu_names_column(names, column);
    return found == NULL || found->board == SIZE_MAX || !names->boards[found->board].archived;
}

/* -- all of it ----------------------------------------------------------------------------- */

static enum mu_status read_all(struct mu_console_draft *draft, struct mu_error *err)
{
    bool team = mu_id_is_zero(draft->query->person);
    MU_TRY(mu_draft_books(draft, err));
    MU_TRY(mu_draft_kudos(draft, err));
    MU_TRY(mu_console_people(draft, err));
    MU_TRY(mu_console_blockers(draft, err));
    if (team) {
        MU_TRY(mu_console_goals(draft, err));
    }
    MU_TRY(mu_console_tasks(draft, err));
    MU_TRY(mu_console_rhythm(draft, err));
    MU_TRY(mu_console_praise(draft, err));
    if (team) {
        MU_TRY(mu_console_conflicts(draft, err));
    }
    return mu_console_devices(draft, err);
}

enum mu_status mu_console_read(const struct mu_console_query *query, struct mu_arena *arena,
                               struct mu_console *out, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf words;
    mu_buf_init(&words, WORDS_MAX);
    struct mu_console_draft draft = {.query = query, .arena = arena, .out = out};
    draft.words = words;
    *out = (struct mu_console){.section_count = 0};
    err->text[0] = '\0';
    enum mu_status status = read_all(&draft, err);
    words = draft.words;
    return status != MU_OK && err->text[0] == '\0'
               ? mu_fail(err, status, "read the console: out of memory")
               : status;
}

/* -- in words ------------------------------------------------------------------------------ */

enum mu_status mu_words_console_head(struct mu_buf *out, const struct mu_console_section *section)
{
    MU_TRY(mu_buf_printf(out, "%s ", section->title));
    MU_TRY(mu_words_number(out, (uint64_t)section->total));
    if (section->total > (int64_t)section->row_count) {
        MU_TRY(mu_buf_append_str(out, ", the first "));
        MU_TRY(mu_words_number(out, (uint64_t)section->row_count));
    }
    return MU_OK;
}

enum mu_status mu_words_console_row(struct mu_buf *out, const struct mu_console_row *row)
{
    struct mu_slice rest = row->words;
    MU_TRY(mu_buf_append(out, row->name.data, row->name.len));
    MU_TRY(mu_buf_append_str(out, rest.len > 0 ? ": " : ""));
    while (rest.len > 0) {
        size_t step = 1;
        if (rest.data[0] < MU_MARK_END) {
            /* says nothing that the words don't */
        } else if (rest.len >= sizeof DOT - 1 && memcmp(rest.data, DOT, sizeof DOT - 1) == 0) {
            step = sizeof DOT - 1;
            MU_TRY(mu_buf_append_str(out, ", "));
        } else {
            MU_TRY(mu_buf_append_byte(out, rest.data[0]));
        }
        rest = mu_slice_of(rest.data + step, rest.len - step);
    }
    return MU_OK;
}
