#include <stdio.h>
#include <string.h>

#include "client/tui/lead.h"

size_t mu_lead_fit(void)
{
    int rows = mu_term_rows() - 1 - MU_FOOT_ROWS;
    return rows < 1 ? 1 : (size_t)rows;
}

const struct mu_console_row *mu_lead_row(const struct mu_lead *lead)
{
    return lead->at < lead->line_count ? lead->lines[lead->at].row : NULL;
}

/* -- the focus ----------------------------------------------------------------------------- */

static void take_focus(struct mu_lead *lead)
{
    const struct mu_console_row *row = mu_lead_row(lead);
    lead->face.focus = row != NULL ? row->task : (struct mu_id){{0}};
    if (row != NULL) {
        lead->desk = lead->lines[lead->at].desk;
        lead->kind = row->kind;
        lead->id = row->id;
        lead->face.desk = &lead->desks[lead->desk];
    }
}

static void scroll(struct mu_lead *lead)
{
    size_t fit = mu_lead_fit();
    /* The head above the row is seen with it. */
    size_t first = lead->at > 1 ? lead->at - 1 : 0;
    lead->top = first < lead->top ? first : lead->top;
    lead->top = lead->at >= lead->top + fit ? lead->at - fit + 1 : lead->top;
    size_t last = lead->line_count > fit ? lead->line_count - fit : 0;
    lead->top = lead->top > last ? last : lead->top;
}

void mu_lead_go(struct mu_lead *lead, int64_t line, int by)
{
    int64_t count = (int64_t)lead->line_count;
    int64_t at = line < 0 ? 0 : (line >= count ? count - 1 : line);
    for (int turns = 0; turns < 2; turns++, by = -by) {
        int64_t look = at;
        while (look >= 0 && look < count && lead->lines[look].row == NULL) {
            look += by;
        }
        if (look >= 0 && look < count) {
            lead->at = (size_t)look;
            take_focus(lead);
            scroll(lead);
            return;
        }
    }
    lead->at = 0;
    take_focus(lead);
}

/* Where the row in focus went; where it was, when it is gone. */
static void follow(struct mu_lead *lead)
{
    size_t before = lead->at;
    for (size_t i = 0; i < lead->line_count; i++) {
        const struct mu_lead_line *line = &lead->lines[i];
        if (line->row != NULL && line->desk == lead->desk && line->row->kind == lead->kind &&
            mu_id_equal(line->row->id, lead->id)) {
            /* The eye need not move. */
            lead->top += i - before < lead->line_count || lead->top >= before - i ? i - before : 0;
            mu_lead_go(lead, (int64_t)i, 1);
            return;
        }
    }
    mu_lead_go(lead, (int64_t)before, 1);
}

/* -- lines --------------------------------------------------------------------------------- */

static void add_line(struct mu_lead *lead, const struct mu_lead_line *line)
{
    if (lead->line_count < MU_LEAD_LINES_MAX) {
        lead->lines[lead->line_count++] = *line;
    }
}

static void add_lines(struct mu_lead *lead, size_t desk)
{
    const struct mu_console *console = &lead->consoles[desk];
    if (lead->desk_count > 1 && !lead->alone) {
        add_line(lead, &(struct mu_lead_line){.kind = MU_LEAD_TEAM, .desk = desk});
    }
    for (size_t i = 0; i < console->section_count; i++) {
        const struct mu_console_section *section = &console->sections[i];
        struct mu_lead_line line = {.kind = MU_LEAD_HEAD, .desk = desk, .section = section};
        if (section->row_count == 0 && section->none == NULL) {
            continue;
        }
        add_line(lead, &line);
        line.kind = MU_LEAD_NONE;
        if (section->row_count == 0) {
            add_line(lead, &line);
        }
        line.kind = MU_LEAD_ROW;
        for (size_t j = 0; j < section->row_count; j++) {
            line.row = &section->rows[j];
            add_line(lead, &line);
        }
    }
}

static enum mu_status read_desk(struct mu_lead *lead, size_t at, struct mu_error *err)
{
    struct mu_desk *desk = &lead->desks[at];
    MU_TRY(mu_desk_read(desk, err));
    const struct mu_console_query query = {.db = desk->db,
                                           .names = &desk->names,
                                           .from = &desk->from,
                                           .status = &desk->status,
                                           .self = desk->self,
                                           .device = desk->store.keys.device,
                                           .person =
                                               lead->alone ? lead->person : (struct mu_id){{0}},
                                           .most = MU_LEAD_MOST};
    return mu_console_read(&query, &desk->frame, &lead->consoles[at], err);
}

enum mu_status mu_lead_read(struct mu_lead *lead, struct mu_error *err)
{
    lead->line_count = 0;
    lead->face.focus = (struct mu_id){{0}};
    for (size_t i = 0; i < lead->desk_count; i++) {
        if (!lead->alone || lead->alone_desk == i) {
            MU_TRY(read_desk(lead, i, err));
            add_lines(lead, i);
        }
    }
    follow(lead);
    return MU_OK;
}

static void tell_news(struct mu_lead *lead)
{
    struct mu_desk *desk = &lead->desks[0];
    struct mu_slice news = {0};
    struct mu_error ignored;
    bool any = false;
    if (lead->news_seq > 0 && mu_desk_news(desk, lead->news_seq, &news, &any, &ignored) == MU_OK &&
        any) {
        (void)snprintf(lead->face.message, sizeof lead->face.message, "%.*s",
                       news.len < MU_LINE_MAX ? (int)news.len : MU_LINE_MAX - 1,
                       (const char *)news.data);
        lead->face.message_bad = false;
    }
}

void mu_lead_refresh(struct mu_lead *lead, bool remote)
{
    struct mu_error err;
    lead->face.stale = mu_lead_read(lead, &err) != MU_OK;
    if (lead->face.stale) {
        lead->line_count = 0;
        mu_face_fail(&lead->face, &err);
        return;
    }
    if (remote) {
        tell_news(lead);
    }
    lead->news_seq = lead->desks[0].status.cursor.seq;
}
