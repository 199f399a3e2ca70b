/* A console under way.  For client/view/console*.c alone. */
#ifndef MUSTER_CLIENT_VIEW_CONSOLE_INSIDE_H
#define MUSTER_CLIENT_VIEW_CONSOLE_INSIDE_H

#include "client/view/books.h"
#include "client/view/console.h"
#include "client/view/kudos.h"
#include "client/view/promises.h"
#include "client/view/slots.h"

struct mu_console_draft {
    const struct mu_console_query *query;
    struct mu_arena *arena;
    struct mu_console *out;
    struct mu_buf words; /* of the row under way */

    bool leads; /* who looks */
    struct mu_calendar calendar;
    struct mu_books books;
    struct mu_schedules schedules;
    struct mu_slots slots;       /* of now */
    struct mu_kudos_line *kudos; /* of four weeks */
    size_t kudos_count;
    struct mu_promise *promises;
    size_t promise_count;
};

/* A phrase more in the row under way. */
MU_MUST_USE enum mu_status mu_draft_phrase(struct mu_console_draft *draft, enum mu_text_mark mark,
                                           struct mu_slice shown);
/* The same, counted: "3 open"; nothing for none. */
MU_MUST_USE enum mu_status mu_draft_count(struct mu_console_draft *draft, enum mu_text_mark mark,
                                          int64_t count, const char *what);
/* A section with room for that many rows; NULL without memory or room. */
struct mu_console_section *mu_draft_section(struct mu_console_draft *draft, const char *title,
                                            const char *none, size_t rows);
/* The words said so far become a row, unless the section is full; it counts all the same. */
MU_MUST_USE enum mu_status mu_draft_row(struct mu_console_draft *draft,
                                        struct mu_console_section *section,
                                        const struct mu_console_row *about, struct mu_slice name,
                                        struct mu_error *err);
/* Whether a task in this column is on a board that people still use. */
bool mu_draft_in_use(const struct mu_console_draft *draft, struct mu_id column);
/* "@ana" in the arena; the empty slice without memory. */
struct mu_slice mu_draft_handle(struct mu_console_draft *draft, struct mu_id person);

/* console_rhythm.c: what everything else is judged from, then the phrases of a person's row. */
MU_MUST_USE enum mu_status mu_draft_books(struct mu_console_draft *draft, struct mu_error *err);
/* 3 missed, 2 in grace, 1 open, 0 nothing to do. */
int mu_draft_slot_need(const struct mu_console_draft *draft, struct mu_id person);
/* *out_checkin: one that no lead has acknowledged; else as it was. */
MU_MUST_USE enum mu_status mu_draft_slots(struct mu_console_draft *draft, struct mu_id person,
                                          struct mu_id *out_checkin);
MU_MUST_USE enum mu_status mu_draft_kept(struct mu_console_draft *draft, struct mu_id person);

/* console_aims.c */
MU_MUST_USE enum mu_status mu_draft_kudos(struct mu_console_draft *draft, struct mu_error *err);
bool mu_draft_was_thanked(const struct mu_console_draft *draft, struct mu_id person);

/* console_people.c, .._tasks.c, .._trust.c, .._rhythm.c, .._aims.c: their sections. */
MU_MUST_USE enum mu_status mu_console_rhythm(struct mu_console_draft *draft, struct mu_error *err);
MU_MUST_USE enum mu_status mu_console_blockers(struct mu_console_draft *draft,
                                               struct mu_error *err);
MU_MUST_USE enum mu_status mu_console_goals(struct mu_console_draft *draft, struct mu_error *err);
MU_MUST_USE enum mu_status mu_console_praise(struct mu_console_draft *draft, struct mu_error *err);
MU_MUST_USE enum mu_status mu_console_people(struct mu_console_draft *draft, struct mu_error *err);
MU_MUST_USE enum mu_status mu_console_tasks(struct mu_console_draft *draft, struct mu_error *err);
MU_MUST_USE enum mu_status mu_console_conflicts(struct mu_console_draft *draft,
                                                struct mu_error *err);
MU_MUST_USE enum mu_status mu_console_devices(struct mu_console_draft *draft, struct mu_error *err);

#endif
