#include "client/import/asana_inside.h"

void asana_detail(struct asana *a, enum mu_finding_kind kind, struct mu_slice title,
                  const char *what, struct mu_slice detail)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_quote(&line, title);
    if (what != NULL || detail.len > 0) {
        mu_oneline_put(&line, ": ");
    }
    if (what != NULL) {
        mu_oneline_put(&line, what);
        mu_oneline_put(&line, " ");
    }
    if (detail.len > 0) {
        mu_oneline_quote(&line, detail);
    }
    mu_findings_detail(&a->findings, kind, &line);
}

static const struct {
    enum mu_finding_kind kind;
    const char *one;
    const char *many;
} sentences[] = {
    {MU_FINDING_SAME_ID, "entry stands in the file twice and is taken once",
     "entries stand in the file twice and are taken once"},
    {MU_FINDING_NO_ID, "entry has no id that could be used",
     "entries have no id that could be used"},
    {MU_FINDING_NO_TITLE, "task has no name and gets '(no title)'",
     "tasks have no name and get '(no title)'"},
    {MU_FINDING_TEXT_CUT, "text is too long and was cut", "texts are too long and were cut"},
    {MU_FINDING_BAD_DATE, "date is not understood and is left out",
     "dates are not understood and are left out"},
    {MU_FINDING_KEY_DAMAGED, "id was rounded by a spreadsheet: name and date stand for it",
     "ids were rounded by a spreadsheet: name and date stand for them"},
    {MU_FINDING_SECTION_ROWS, "heading among the tasks is taken for a section",
     "headings among the tasks are taken for sections"},
    {MU_FINDING_NOT_TASKS, "entry is no task and is left out",
     "entries are no tasks and are left out"},
    {MU_FINDING_MULTI_HOMED, "other project has one of these tasks as well: it comes in once",
     "times another project has one of these tasks as well: each comes in once"},
    {MU_FINDING_PARENT_UNKNOWN, "task stands under one that is not in the file",
     "tasks stand under ones that are not in the file"},
    {MU_FINDING_PARENT_CIRCLE, "task stood under itself and stands alone now",
     "tasks stood under themselves and stand alone now"},
    {MU_FINDING_INNER_MISSING, "subtask is counted by its task and not in the file",
     "subtasks are counted by their tasks and not in the file"},
    {MU_FINDING_UPLOADS, "uploaded file is not in the export: its link is kept",
     "uploaded files are not in the export: their links are kept"},
};

void asana_report(struct asana *a, const struct mu_source_board *board)
{
    struct mu_oneline line;
    for (size_t i = 0; i < board->attachment_count; i++) {
        mu_findings_count(&a->findings, MU_FINDING_UPLOADS, board->attachments[i].is_upload);
    }
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        mu_oneline_clear(&line);
        mu_oneline_count(&line, a->findings.slots[sentences[i].kind].count, sentences[i].one,
                         sentences[i].many);
        mu_findings_text(&a->findings, sentences[i].kind, &line);
    }
    if (a->is_page) {
        mu_findings_count(&a->findings, MU_FINDING_PAGE, 1);
        mu_oneline_clear(&line);
        mu_oneline_put(&line, "The file is one page of an answer of the API that had more: fetch "
                              "the others, too, and import them one after the other");
        mu_findings_text(&a->findings, MU_FINDING_PAGE, &line);
    }
}
