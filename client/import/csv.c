#include "client/import/csv.h"

#include <string.h>

#include "client/import/csv_decode.h"
#include "client/import/vec.h"

#define HEAD_ROWS 50 /* looked at for the separator and the header */

/* -- one row after the other ---------------------------------------------------------- */

struct reader {
    struct mu_slice text;
    size_t at;
    size_t line;
    char separator;
    struct mu_arena *arena;
    struct mu_error *err;
    struct mu_slice cells[MU_CSV_COLUMN_MAX]; /* of the row at hand */
    size_t cell_count;
    size_t row_line;
    bool has_text; /* some cell of it is not empty */
};

static enum mu_status full(struct reader *reader)
{
    return mu_fail(reader->err, MU_E_LIMIT, "the table is too large for the memory it may take");
}

static bool at_end(const struct reader *reader)
{
    return reader->at == reader->text.len;
}

static char peek(const struct reader *reader)
{
    if (at_end(reader)) {
        return '\0';
    }
    return (char)reader->text.data[reader->at];
}

static bool at_line_end(const struct reader *reader)
{
    return at_end(reader) || peek(reader) == '\n' || peek(reader) == '\r';
}

static void skip_line_end(struct reader *reader)
{
    if (at_end(reader)) {
        return;
    }
    if (peek(reader) == '\r' && reader->at + 1 < reader->text.len &&
        reader->text.data[reader->at + 1] == '\n') {
        reader->at++;
    }
    reader->at++;
    reader->line++;
}

/* Behind the opening quote: up to the closing one, doubled quotes made one. */
static enum mu_status quoted(struct reader *reader, struct mu_slice *out_cell)
{
    size_t begin = reader->at;
    size_t begin_line = reader->line;
    size_t doubled = 0;
    for (;;) {
        if (at_end(reader)) {
            return mu_fail(reader->err, MU_E_INVALID,
                           "line %zu, column %zu: a quote that is opened here is never closed",
                           begin_line, reader->cell_count + 1);
        }
        char byte = peek(reader);
        if (byte == '\n' || byte == '\r') {
            skip_line_end(reader);
            continue;
        }
        reader->at++;
        if (byte == '"' && peek(reader) == '"') {
            reader->at++;
            doubled++;
        } else if (byte == '"') {
            break;
        }
    }
    struct mu_slice cell = {reader->text.data + begin, reader->at - 1 - begin};
    if (doubled > 0) {
        uint8_t *copy = mu_arena_alloc(reader->arena, cell.len);
        size_t len = 0;
        if (copy == NULL) {
            return full(reader);
        }
        for (size_t i = 0; i < cell.len; i++) {
            copy[len++] = cell.data[i];
            i += cell.data[i] == '"' ? 1 : 0;
        }
        cell = (struct mu_slice){copy, len};
    }
    while (peek(reader) == ' ') {
        reader->at++;
    }
    if (!at_line_end(reader) && peek(reader) != reader->separator) {
        return mu_fail(reader->err, MU_E_INVALID,
                       "line %zu, column %zu: text after a closing quote", reader->line,
                       reader->cell_count + 1);
    }
    *out_cell = cell;
    return MU_OK;
}

static enum mu_status read_cell(struct reader *reader)
{
    struct mu_slice cell;
    if (peek(reader) == '"') {
        reader->at++;
        MU_TRY(quoted(reader, &cell));
    } else {
        size_t begin = reader->at;
        while (!at_line_end(reader) && peek(reader) != reader->separator) {
            reader->at++;
        }
        cell = (struct mu_slice){reader->text.data + begin, reader->at - begin};
    }
    if (cell.len > MU_CSV_CELL_MAX) {
        return mu_fail(reader->err, MU_E_LIMIT,
                       "line %zu, column %zu: a cell of %zu bytes, at most %zu fit",
                       reader->row_line, reader->cell_count + 1, cell.len, MU_CSV_CELL_MAX);
    }
    if (reader->cell_count == MU_CSV_COLUMN_MAX) {
        return mu_fail(reader->err, MU_E_LIMIT, "line %zu: more than %d columns", reader->row_line,
                       MU_CSV_COLUMN_MAX);
    }
    reader->has_text = reader->has_text || cell.len > 0;
    reader->cells[reader->cell_count++] = cell;
    return MU_OK;
}

/* The next line that is not empty; *out_more tells whether there is one. */
static enum mu_status read_row(struct reader *reader, bool *out_more)
{
    while (!at_end(reader) && at_line_end(reader)) {
        skip_line_end(reader);
    }
    *out_more = !at_end(reader);
    reader->cell_count = 0;
    reader->has_text = false;
    reader->row_line = reader->line;
    if (at_end(reader)) {
        return MU_OK;
    }
    MU_TRY(read_cell(reader));
    while (peek(reader) == reader->separator && !at_end(reader)) {
        reader->at++;
        MU_TRY(read_cell(reader));
    }
    skip_line_end(reader);
    return MU_OK;
}

/* -- which separator -------------------------------------------------------------------- */

/* How well the first rows fit together: the rows that have the most common number of
 * cells, if that is more than one.  Rows that cannot be read count against it. */
static size_t fitness(struct reader *reader, char separator)
{
    size_t widths[HEAD_ROWS];
    size_t count = 0;
    struct mu_error ignored;
    struct reader trial = {.text = reader->text,
                           .line = 1,
                           .separator = separator,
                           .arena = reader->arena,
                           .err = &ignored};
    bool more = true;
    while (count < HEAD_ROWS) {
        if (read_row(&trial, &more) != MU_OK || !more) {
            break;
        }
        widths[count++] = trial.cell_count;
    }
    size_t best = 0;
    for (size_t i = 0; i < count; i++) {
        size_t alike = 0;
        for (size_t k = 0; k < count; k++) {
            alike += widths[k] == widths[i] ? 1 : 0;
        }
        /* More rows alike first, then more columns. */
        size_t score = widths[i] > 1 ? alike * (MU_CSV_COLUMN_MAX + 1) + widths[i] : 0;
        best = score > best ? score : best;
    }
    return best;
}

/* "sep=;" alone on the first line, as Excel has it. */
static bool named_separator(struct reader *reader)
{
    struct mu_slice text = reader->text;
    bool named = text.len >= 5 && memcmp(text.data, "sep=", 4) == 0 &&
                 (text.len == 5 || text.data[5] == '\n' || text.data[5] == '\r');
    if (named) {
        reader->separator = (char)text.data[4];
        reader->at = 5;
        skip_line_end(reader);
    }
    return named;
}

static void find_separator(struct reader *reader)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    if (named_separator(reader)) {
        return;
    }
    size_t best = 0;
    reader->separator = ',';
    for (size_t i = 0; i < sizeof candidates; i++) {
        size_t score = fitness(reader, candidates[i]);
        if (score > best) {
            best = score;
            reader->separator = candidates[i];
        }
    }
}

/* -- which row is the header --------------------------------------------------------------- */

static size_t filled(const struct mu_csv_row *row)
{
    size_t count = 0;
    for (size_t i = 0; i < row->cell_count; i++) {
        count += row->cells[i].len > 0 ? 1 : 0;
    }
    return count;
}

/* The first row in which most columns have a name; failing that the fullest of the first
 * rows.  A title, a link or an empty row in front of it fills but a few. */
static size_t find_header(const struct mu_vec *rows)
{
    size_t width = 0;
    size_t fullest = 0;
    size_t head = rows->count < HEAD_ROWS ? rows->count : HEAD_ROWS;
    for (size_t i = 0; i < head; i++) {
        const struct mu_csv_row *row = mu_vec_at(rows, i);
        width = row->cell_count > width ? row->cell_count : width;
        fullest = filled(row) > filled(mu_vec_at(rows, fullest)) ? i : fullest;
    }
    for (size_t i = 0; i < head; i++) {
        if (filled(mu_vec_at(rows, i)) * 2 > width) {
            return i;
        }
    }
    return fullest;
}

/* -- the table --------------------------------------------------------------------------------- */

static enum mu_status keep_row(struct reader *reader, struct mu_vec *rows)
{
    if (rows->count == MU_CSV_ROW_MAX) {
        return mu_fail(reader->err, MU_E_LIMIT, "line %zu: more than %d rows", reader->row_line,
                       MU_CSV_ROW_MAX);
    }
    struct mu_csv_row *row = mu_vec_push(rows, reader->arena);
    struct mu_slice *cells = mu_arena_array(reader->arena, reader->cell_count, sizeof *cells);
    if (row == NULL || cells == NULL) {
        return full(reader);
    }
    memcpy(cells, reader->cells, reader->cell_count * sizeof *cells);
    *row = (struct mu_csv_row){
        .cells = cells, .cell_count = reader->cell_count, .line = reader->row_line};
    return MU_OK;
}

static enum mu_status finish(struct reader *reader, const struct mu_vec *rows,
                             struct mu_csv_table *out)
{
    size_t any = 0;
    for (size_t i = 0; i < rows->count && any == 0; i++) {
        any = filled(mu_vec_at(rows, i));
    }
    if (any == 0) {
        return mu_fail(reader->err, MU_E_INVALID, "line 1: the table has no header");
    }
    size_t header = find_header(rows);
    struct mu_csv_table table = {.separator = reader->separator, .preamble_count = header};
    table.header = *(const struct mu_csv_row *)mu_vec_at(rows, header);
    table.row_count = rows->count - header - 1;
    const struct mu_csv_row *last = mu_vec_at(rows, rows->count - 1);
    uint8_t end = reader->text.data[reader->text.len - 1];
    table.torn = last->cell_count < table.header.cell_count && end != '\n' && end != '\r';
    table.rows = table.row_count == 0 ? NULL : mu_vec_at(rows, header + 1);
    table.names = mu_arena_array(reader->arena, table.header.cell_count, sizeof *table.names);
    if (table.names == NULL) {
        return full(reader);
    }
    for (size_t i = 0; i < table.header.cell_count; i++) {
        if (!mu_csv_normalise(reader->arena, table.header.cells[i], &table.names[i])) {
            return full(reader);
        }
    }
    *out = table;
    return MU_OK;
}

enum mu_status mu_csv_read(struct mu_slice bytes, struct mu_arena *arena, struct mu_csv_table *out,
                           struct mu_error *err)
{
    if (bytes.len > MU_CSV_FILE_MAX) {
        return mu_fail(err, MU_E_LIMIT, "%zu bytes, larger than the %zu that are read", bytes.len,
                       MU_CSV_FILE_MAX);
    }
    struct mu_slice text;
    MU_TRY(mu_csv_decode(bytes, arena, &text, err));
    struct reader reader = {.text = text, .line = 1, .arena = arena, .err = err};
    struct mu_vec rows;
    mu_vec_init(&rows, sizeof(struct mu_csv_row));
    find_separator(&reader);
    for (bool more = true; more;) {
        MU_TRY(read_row(&reader, &more));
        MU_TRY(more ? keep_row(&reader, &rows) : MU_OK);
    }
    return finish(&reader, &rows, out);
}

bool mu_csv_normalise(struct mu_arena *arena, struct mu_slice name, struct mu_slice *out_name)
{
    uint8_t *text = mu_arena_alloc(arena, name.len);
    if (text == NULL) {
        return false;
    }
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t byte = name.data[i];
        bool blank = byte <= ' ' || byte == '_' || byte == '-' || byte == 0x7f;
        if (!blank) {
            text[len++] = byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte | 0x20) : byte;
        } else if (len > 0 && text[len - 1] != ' ') {
            text[len++] = ' ';
        }
    }
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '.' || text[len - 1] == ':')) {
        len--;
    }
    *out_name = (struct mu_slice){text, len};
    return true;
}
