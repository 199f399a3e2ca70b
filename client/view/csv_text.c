#include "client/view/csv_text.h"

#include <string.h>

bool mu_csv_is_formula(struct mu_slice text)
{
    return text.len > 0 && text.data[0] != '\0' && strchr("=+-@\t\r", text.data[0]) != NULL;
}

static bool needs_quotes(struct mu_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];
        if (byte == '"' || byte == ',' || byte == ';' || byte == '\n' || byte == '\r' ||
            byte == '\t') {
            return true;
        }
    }
    return text.len > 0 && (text.data[0] == ' ' || text.data[text.len - 1] == ' ');
}

static enum mu_status put_quoted(struct mu_buf *out, struct mu_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"') {
            MU_TRY(mu_buf_append_byte(out, '"'));
        }
        MU_TRY(mu_buf_append_byte(out, text.data[i]));
    }
    return MU_OK;
}

enum mu_status mu_csv_put_cell(struct mu_buf *out, struct mu_slice text, bool first)
{
    bool quotes = needs_quotes(text);
    MU_TRY(first ? MU_OK : mu_buf_append_byte(out, ','));
    MU_TRY(quotes ? mu_buf_append_byte(out, '"') : MU_OK);
    MU_TRY(mu_csv_is_formula(text) ? mu_buf_append_byte(out, '\'') : MU_OK);
    MU_TRY(put_quoted(out, text));
    return quotes ? mu_buf_append_byte(out, '"') : MU_OK;
}

enum mu_status mu_csv_put_end(struct mu_buf *out)
{
    return mu_buf_append_str(out, "\r\n");
}
