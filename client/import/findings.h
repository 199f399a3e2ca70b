/* Collects findings while a reader works; private to client/import.
 *
 * Fails once and stays failed when the arena is full, so that a reader asks
 * once, at the end. */
#ifndef MUSTER_CLIENT_IMPORT_FINDINGS_H
#define MUSTER_CLIENT_IMPORT_FINDINGS_H

#include "client/import/oneline.h"
#include "client/import/report.h"

struct mu_findings {
    struct mu_arena *arena; /* borrowed */
    struct mu_finding slots[MU_FINDING_KINDS];
    size_t room[MU_FINDING_KINDS]; /* details allocated in each slot */
    bool failed;
};

void mu_findings_init(struct mu_findings *findings, struct mu_arena *arena);
void mu_findings_count(struct mu_findings *findings, enum mu_finding_kind kind, size_t count);
/* Counts one and keeps the line while there is room. */
void mu_findings_detail(struct mu_findings *findings, enum mu_finding_kind kind,
                        const struct mu_oneline *line);
/* The sentence; kinds that counted nothing stay out of the report. */
void mu_findings_text(struct mu_findings *findings, enum mu_finding_kind kind,
                      const struct mu_oneline *line);
/* Into report; false when something did not fit into the arena. */
MU_MUST_USE bool mu_findings_end(struct mu_findings *findings, struct mu_import_report *report);

#endif
