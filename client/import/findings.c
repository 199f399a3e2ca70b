#include "client/import/findings.h"

#include <string.h>

void mu_findings_init(struct mu_findings *findings, struct mu_arena *arena)
{
    memset(findings, 0, sizeof *findings);
    findings->arena = arena;
    for (size_t i = 0; i < MU_FINDING_KINDS; i++) {
        findings->slots[i].kind = (enum mu_finding_kind)i;
    }
}

void mu_findings_count(struct mu_findings *findings, enum mu_finding_kind kind, size_t count)
{
    findings->slots[kind].count += count;
}

static bool make_room(struct mu_findings *findings, enum mu_finding_kind kind)
{
    struct mu_finding *slot = &findings->slots[kind];
    if (slot->detail_count < findings->room[kind]) {
        return true;
    }
    size_t room = findings->room[kind] == 0 ? 8 : findings->room[kind] * 2;
    struct mu_slice *details = mu_arena_array(findings->arena, room, sizeof *details);
    if (details == NULL) {
        return false;
    }
    if (slot->detail_count > 0) {
        memcpy(details, slot->details, slot->detail_count * sizeof *details);
    }
    slot->details = details;
    findings->room[kind] = room;
    return true;
}

void mu_findings_detail(struct mu_findings *findings, enum mu_finding_kind kind,
                        const struct mu_oneline *line)
{
    struct mu_finding *slot = &findings->slots[kind];
    slot->count++;
    slot->detail_total++;
    if (slot->detail_count >= MU_FINDING_DETAIL_MAX || findings->failed) {
        return;
    }
    struct mu_slice text;
    if (!make_room(findings, kind) || !mu_oneline_take(line, findings->arena, &text)) {
        findings->failed = true;
        return;
    }
    slot->details[slot->detail_count++] = text;
}

void mu_findings_text(struct mu_findings *findings, enum mu_finding_kind kind,
                      const struct mu_oneline *line)
{
    if (findings->slots[kind].count > 0 &&
        !mu_oneline_take(line, findings->arena, &findings->slots[kind].text)) {
        findings->failed = true;
    }
}

bool mu_findings_end(struct mu_findings *findings, struct mu_import_report *report)
{
    struct mu_finding *all = mu_arena_array(findings->arena, MU_FINDING_KINDS, sizeof *all);
    if (findings->failed || all == NULL) {
        return false;
    }
    size_t count = 0;
    for (size_t i = 0; i < MU_FINDING_KINDS; i++) {
        if (findings->slots[i].count > 0) {
            all[count++] = findings->slots[i];
        }
    }
    report->findings = all;
    report->finding_count = count;
    return true;
}
