/* The lead's console, painted. */
#include <inttypes.h>
#include <stdio.h>

#include "client/tui/lead.h"
#include "client/view/text.h"

#define DOT      " \xc2\xb7 "
#define NAME_MAX 14 /* columns of what stands in front of a row */

static void draw_top(const struct mu_lead *lead)
{
    const struct mu_desk *desk = &lead->desks[lead->alone ? lead->alone_desk : 0];
    const struct mu_person_name *person =
        lead->alone ? mu_names_person(&desk->names, lead->person) : NULL;
    struct mu_local now = mu_zone_local(desk->from.zone, desk->from.now);
    char right[64];
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 65536);
    bool ok = mu_buf_append_byte(&text, ' ') == MU_OK &&
              mu_show(&text, desk->names.team, MU_SHOW_ONE_LINE) == MU_OK &&
              (lead->desk_count == 1 || lead->alone ||
               mu_buf_printf(&text, " and %zu more", lead->desk_count - 1) == MU_OK) &&
              mu_buf_append_str(&text, DOT) == MU_OK &&
              (person != NULL ? mu_show(&text, person->name, MU_SHOW_ONE_LINE)
                              : mu_buf_append_str(&text, "console")) == MU_OK &&
              mu_buf_append_str(&text, lead->face.readonly ? DOT "only for reading" : "") == MU_OK;
    (void)snprintf(right, sizeof right, "%02" PRId32 ":%02" PRId32 " ", now.second / 3600,
                   now.second / 60 % 60);
    mu_face_bar(0, ok ? mu_buf_view(&text) : mu_slice_str(""), right);
}

static void draw_row(const struct mu_lead_line *line, int y, bool focus)
{
    int columns = mu_term_columns();
    const struct mu_console_row *row = line->row;
    int name = columns < 40 ? columns / 3 : NAME_MAX;
    mu_term_field(y, 0, 1, mu_slice_str(focus ? "\xe2\x96\x8c" : " "), MU_STYLE_FOCUS, false);
    mu_term_field(y, 1, name, row->name,
                  row->kind == MU_CONSOLE_PERSON || row->kind == MU_CONSOLE_DEVICE ? MU_STYLE_PERSON
                                                                                   : MU_STYLE_DIM,
                  focus);
    mu_term_marked(y, name + 2, columns - name - 2, row->words, MU_STYLE_PLAIN, false);
}

static void draw_line(const struct mu_lead *lead, const struct mu_lead_line *line, int y,
                      bool focus)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 65536);
    enum mu_status status = MU_OK;
    switch (line->kind) {
    case MU_LEAD_ROW:
        draw_row(line, y, focus);
        return;
    case MU_LEAD_TEAM:
        status = mu_show(&text, lead->desks[line->desk].names.team, MU_SHOW_ONE_LINE);
        mu_term_rule(y, 0, mu_term_columns(), MU_STYLE_DIM);
        mu_term_field(y, 1, (int)mu_show_width(mu_buf_view(&text)), mu_buf_view(&text),
                      MU_STYLE_BOLD, false);
        return;
    case MU_LEAD_HEAD:
        status = mu_words_console_head(&text, line->section);
        break;
    case MU_LEAD_NONE:
        status = mu_buf_append_str(&text, line->section->none);
        break;
    }
    if (status == MU_OK) {
        bool head = line->kind == MU_LEAD_HEAD;
        int wide = (int)mu_show_width(mu_buf_view(&text));
        if (head) {
            mu_term_rule(y, 0, mu_term_columns(), MU_STYLE_DIM);
        }
        wide = wide > mu_term_columns() - 1 ? mu_term_columns() - 1 : wide;
        mu_term_field(y, head ? 0 : 1, head ? wide + 1 : wide, mu_buf_view(&text),
                      head ? MU_STYLE_HEAD : MU_STYLE_DIM, false);
    }
}

void mu_lead_draw(struct mu_lead *lead)
{
    mu_term_erase();
    draw_top(lead);
    size_t fit = mu_lead_fit();
    for (size_t i = 0; i < fit && lead->top + i < lead->line_count; i++) {
        size_t at = lead->top + i;
        draw_line(lead, &lead->lines[at], 1 + (int)i, at == lead->at);
    }
    mu_face_foot(&lead->face, lead->alone ? "Enter open  Esc back  ? keys  q quit"
                                          : "Enter open  c comment  ? keys  q quit");
}

bool mu_lead_hit(const struct mu_lead *lead, int y, size_t *out_line)
{
    size_t line = lead->top + (size_t)(y - 1);
    if (y < 1 || y >= mu_term_rows() - MU_FOOT_ROWS || line >= lead->line_count) {
        return false;
    }
    *out_line = line;
    return true;
}
