#include "client/import/trello_inside.h"

/* -- details that are known only at the end ------------------------------------- */

static struct mu_slice person_name(const struct mu_source_board *board, uint32_t index)
{
    const struct mu_source_person *person = &board->people[index];
    if (person->name.len > 0) {
        return person->name;
    }
    return person->handle.len > 0 ? person->handle : person->id;
}

static void begin(struct mu_oneline *line, const struct mu_source_card *card)
{
    mu_oneline_clear(line);
    mu_oneline_quote(line, card->title);
}

static void shared_card(struct trello *t, const struct mu_source_board *board,
                        const struct mu_source_card *card)
{
    struct mu_oneline line;
    begin(&line, card);
    mu_oneline_put(&line, ": owner ");
    mu_oneline_text(&line, person_name(board, card->owner));
    mu_oneline_put(&line, card->helper_count == 1 ? ", helper " : ", helpers ");
    for (size_t i = 0; i < card->helper_count; i++) {
        mu_oneline_put(&line, i == 0 ? "" : ", ");
        mu_oneline_text(&line, person_name(board, card->helpers[i]));
    }
    mu_findings_detail(&t->findings, MU_FINDING_SHARED_CARDS, &line);
}

static void one_card(struct trello *t, enum mu_finding_kind kind, const struct mu_source_card *card)
{
    struct mu_oneline line;
    begin(&line, card);
    mu_findings_detail(&t->findings, kind, &line);
}

static void missing_comments(struct trello *t, const struct trello_card *card)
{
    if (card->comments >= card->claimed) {
        return;
    }
    struct mu_oneline line;
    begin(&line, &card->card);
    mu_oneline_put(&line, ": ");
    mu_oneline_number(&line, card->claimed - card->comments);
    mu_oneline_put(&line, " of ");
    mu_oneline_number(&line, card->claimed);
    mu_findings_detail(&t->findings, MU_FINDING_COMMENTS_MISSING, &line);
    mu_findings_count(&t->findings, MU_FINDING_COMMENTS_MISSING,
                      card->claimed - card->comments - 1);
}

static void report_cards(struct trello *t, const struct mu_source_board *board)
{
    struct mu_id_map numbers;
    mu_id_map_init(&numbers, t->arena);
    for (size_t i = 0; i < board->card_count; i++) {
        const struct mu_source_card *card = &board->cards[i];
        missing_comments(t, trello_card_at(t, i));
        if (card->hidden) {
            one_card(t, MU_FINDING_OPEN_IN_CLOSED, card);
        }
        if (card->is_template) {
            one_card(t, MU_FINDING_TEMPLATES, card);
        }
        if (card->owner == MU_SOURCE_NONE) {
            one_card(t, MU_FINDING_OWNERLESS_CARDS, card);
        } else if (card->helper_count > 0) {
            shared_card(t, board, card);
        }
        if (card->id_short > 0) {
            struct mu_slice number = mu_slice_of(&card->id_short, sizeof card->id_short);
            if (mu_id_map_find(&numbers, number) != MU_ID_MAP_NONE) {
                mu_findings_count(&t->findings, MU_FINDING_SAME_SHORT_ID, 1);
            } else if (!mu_id_map_set(&numbers, number, 0)) {
                t->findings.failed = true;
            }
        }
    }
}

static void report_rest(struct trello *t, const struct mu_source_board *board)
{
    struct mu_oneline line;
    for (size_t i = 0; i < board->person_count; i++) {
        if (!board->people[i].on_board) {
            mu_oneline_clear(&line);
            mu_oneline_text(&line, person_name(board, (uint32_t)i));
            mu_findings_detail(&t->findings, MU_FINDING_PEOPLE_GONE, &line);
        }
    }
    for (size_t i = 0; i < board->label_count; i++) {
        if (board->labels[i].unnamed) {
            mu_oneline_clear(&line);
            mu_oneline_text(&line, board->labels[i].name);
            mu_findings_detail(&t->findings, MU_FINDING_UNNAMED_LABELS, &line);
        }
    }
    for (size_t i = 0; i < board->attachment_count; i++) {
        const struct mu_source_attachment *attachment = &board->attachments[i];
        if (attachment->is_upload) {
            begin(&line, &board->cards[attachment->card]);
            mu_oneline_put(&line, ": ");
            mu_oneline_text(&line, attachment->name);
            mu_findings_detail(&t->findings, MU_FINDING_UPLOADS, &line);
        }
    }
    mu_findings_count(&t->findings, MU_FINDING_DELETED_CARDS,
                      t->report.in[MU_COUNT_ACTIONS_DELETED]);
}

/* A cut log loses nothing where a whole one of another file reaches into it. */
static void report_cuts(struct trello *t)
{
    int64_t whole_to_ms = INT64_MIN;
    for (size_t i = 0; i < t->file_count; i++) {
        const struct trello_file *file = &t->files[i];
        if (file->action_count < TRELLO_ACTIONS_CUT && !file->is_card &&
            file->newest_ms > whole_to_ms && file->action_count > 0) {
            whole_to_ms = file->newest_ms;
        }
    }
    for (size_t i = 0; i < t->file_count; i++) {
        const struct trello_file *file = &t->files[i];
        if (file->action_count >= TRELLO_ACTIONS_CUT && file->oldest_ms > whole_to_ms) {
            mu_findings_count(&t->findings, MU_FINDING_ACTIONS_CUT, 1);
        }
    }
}

/* -- sentences -------------------------------------------------------------------- */

static const struct {
    enum mu_finding_kind kind;
    const char *one; /* after "1 " */
    const char *many;
} sentences[] = {
    {MU_FINDING_OPEN_IN_CLOSED, "open card stands in a closed list and comes in archived",
     "open cards stand in closed lists and come in archived"},
    {MU_FINDING_SHARED_CARDS,
     "card has several members: who was added last owns it, the others help",
     "cards have several members: who was added last owns them, the others help"},
    {MU_FINDING_OWNERLESS_CARDS,
     "card has no member: unless it is done it waits in the triage list",
     "cards have no member: those not done wait in the triage list"},
    {MU_FINDING_PEOPLE_GONE, "person is no longer on the board and comes in as inactive",
     "people are no longer on the board and come in as inactive"},
    {MU_FINDING_DELETED_CARDS, "log entry is about a card that is not in the file",
     "log entries are about cards that are not in the file"},
    {MU_FINDING_UNNAMED_LABELS, "label has no name and is called by its colour",
     "labels have no name and are called by their colour"},
    {MU_FINDING_UPLOADS,
     "uploaded file is not in the export: its link stays and needs a login at Trello",
     "uploaded files are not in the export: their links stay and need a login at Trello"},
    {MU_FINDING_SAME_SHORT_ID, "card has the short number of another",
     "cards have the short number of another"},
    {MU_FINDING_SAME_ID, "entry has the id of another and is left out",
     "entries have the id of another and are left out"},
    {MU_FINDING_UNKNOWN_LIST, "card is in a list that the file does not have and comes in archived",
     "cards are in lists that the file does not have and come in archived"},
    {MU_FINDING_UNKNOWN_LABEL, "label on a card is not in the file and is left out",
     "labels on cards are not in the file and are left out"},
    {MU_FINDING_UNKNOWN_CARD, "checklist is of a card that is not in the file and is left out",
     "checklists are of cards that are not in the file and are left out"},
    {MU_FINDING_UNKNOWN_OPTION, "custom field value is none of its list and is left out",
     "custom field values are none of their list and are left out"},
    {MU_FINDING_UNKNOWN_FIELD,
     "value is of a custom field that the file does not have and is left out",
     "values are of custom fields that the file does not have and are left out"},
    {MU_FINDING_NO_ID, "entry has no id and is left out", "entries have no id and are left out"},
    {MU_FINDING_NO_TITLE, "card has no title and gets '(no title)'",
     "cards have no title and get '(no title)'"},
    {MU_FINDING_TEMPLATES, "template card comes in like any other",
     "template cards come in like any other"},
    {MU_FINDING_TEXT_CUT, "text is too long and was cut", "texts are too long and were cut"},
    {MU_FINDING_BAD_DATE, "date is not understood and is left out",
     "dates are not understood and are left out"},
    {MU_FINDING_MERGED, "file was read", "files of one board were merged"},
    {MU_FINDING_ONLY_OLDER, "card is only in an older file and was kept",
     "cards are only in older files and were kept"},
    {MU_FINDING_CARD_FILE, "file is the export of a single card",
     "files are exports of single cards"},
};

static void say_comments(struct trello *t)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_number(&line, t->findings.slots[MU_FINDING_COMMENTS_MISSING].count);
    mu_oneline_put(&line, " of ");
    mu_oneline_count(&line, t->report.in[MU_COUNT_COMMENTS_CLAIMED], "comment", "comments");
    mu_oneline_put(&line, " not in the file");
    if (t->findings.slots[MU_FINDING_ACTIONS_CUT].count > 0) {
        mu_oneline_put(&line, " (Trello stops at 1,000 actions)");
    }
    mu_findings_text(&t->findings, MU_FINDING_COMMENTS_MISSING, &line);
}

static void say_cut(struct trello *t)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_put(&line, "the log stops at 1,000 entries, as Trello's exports do: older ones are "
                          "missing; give an older export of this board with it to fill them in");
    mu_findings_text(&t->findings, MU_FINDING_ACTIONS_CUT, &line);
}

void trello_report(struct trello *t, const struct mu_source_board *board)
{
    report_cuts(t);
    report_cards(t, board);
    report_rest(t, board);
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_count(&line, t->findings.slots[sentences[i].kind].count, sentences[i].one,
                         sentences[i].many);
        mu_findings_text(&t->findings, sentences[i].kind, &line);
    }
    say_comments(t);
    say_cut(t);
}
