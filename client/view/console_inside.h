/* A console under way.  For client/view/console*.c alone. */
#ifndef MUSTER_CLIENT_VIEW_CONSOLE_INSIDE_H
#define MUSTER_CLIENT_VIEW_CONSOLE_INSIDE_H

#include "client/view/console.h"

struct mu_console_draft {
    const struct mu_console_query *query;
    struct mu_arena *arena;
    struct mu_console *out;
    struct mu_buf words; /* of the row under way */
};

/* A phrase more in the row under way. */
MU_MUST_USE enum mu_status mu_draft_phrase(struct mu_console_draft *draft, enum mu_mark mark,
                                           struct mu_slice shown);
/* The same, counted: "3 open"; nothing for none. */
MU_MUST_USE enum mu_status mu_draft_count(struct mu_console_draft *draft, enum mu_mark mark,
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

/* console_people.c, console_tasks.c, console_trust.c: their sections. */
MU_MUST_USE enum mu_status mu_console_people(struct mu_console_draft *draft, struct mu_error *err);
MU_MUST_USE enum mu_status mu_console_tasks(struct mu_console_draft *draft, struct mu_error *err);
MU_MUST_USE enum mu_status mu_console_conflicts(struct mu_console_draft *draft,
                                                struct mu_error *err);
MU_MUST_USE enum mu_status mu_console_devices(struct mu_console_draft *draft, struct mu_error *err);

#endif
