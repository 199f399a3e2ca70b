/* The lead's console in lines that are only ever added: rows by number. */
#include <stdlib.h>
#include <string.h>

#include "client/tui/act.h"
#include "client/tui/talk.h"
#include "client/tui/tui.h"
#include "client/view/console.h"
#include "client/view/detail.h"
#include "client/view/text.h"

#define ROWS_MAX     4096
#define MOST         30
#define WIDTH        78
#define CHANGES_MOST 20

struct numbered {
    size_t desk;
    enum mu_console_kind kind;
    struct mu_id id, person, task, checkin;
};

struct teller {
    struct mu_talk talk; /* its desks are ours */
    struct mu_desk desks[MU_LEAD_DESKS_MAX];
    size_t desk_count;
    struct numbered rows[ROWS_MAX]; /* by the numbers last told */
    size_t count;
    bool readonly;
};

/* -- telling ------------------------------------------------------------------------------- */

static enum mu_status word_section(struct teller *teller, size_t desk,
                                   const struct mu_console_section *section)
{
    struct mu_buf *text = &teller->talk.text;
    if (section->row_count == 0 && section->none == NULL) {
        return MU_OK;
    }
    MU_TRY(mu_buf_append_byte(text, '\n'));
    MU_TRY(mu_words_console_head(text, section));
    MU_TRY(mu_buf_append_byte(text, '\n'));
    if (section->row_count == 0) {
        MU_TRY(mu_buf_append_str(text, section->none));
        return mu_buf_append_byte(text, '\n');
    }
    for (size_t i = 0; i < section->row_count && teller->count < ROWS_MAX; i++) {
        const struct mu_console_row *row = &section->rows[i];
        teller->rows[teller->count++] = (struct numbered){.desk = desk,
                                                          .kind = row->kind,
                                                          .id = row->id,
                                                          .person = row->person,
                                                          .task = row->task,
                                                          .checkin = row->checkin};
        MU_TRY(mu_buf_printf(text, "%zu. ", teller->count));
        MU_TRY(mu_words_console_row(text, row));
        MU_TRY(mu_buf_append_byte(text, '\n'));
    }
    return MU_OK;
}

/* One team; of it one person, or everybody (zero). */
static enum mu_status word_desk(struct teller *teller, size_t at, struct mu_id person,
                                struct mu_error *err)
{
    struct mu_desk *desk = &teller->desks[at];
    struct mu_console console;
    MU_TRY(mu_desk_read(desk, err));
    const struct mu_console_query query = {.db = desk->db,
                                           .names = &desk->names,
                                           .from = &desk->from,
                                           .status = &desk->status,
                                           .self = desk->self,
                                           .device = desk->store.keys.device,
                                           .person = person,
                                           .most = MOST};
    MU_TRY(mu_console_read(&query, &desk->frame, &console, err));
    MU_TRY(mu_show(&teller->talk.text, desk->names.team, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_str(&teller->talk.text, ". "));
    MU_TRY(mu_words_sync(&teller->talk.text, &desk->status, &desk->from));
    MU_TRY(mu_buf_append_str(&teller->talk.text, ".\n"));
    for (size_t i = 0; i < console.section_count; i++) {
        MU_TRY(word_section(teller, at, &console.sections[i]));
    }
    return MU_OK;
}

static enum mu_status word_all(struct teller *teller, struct mu_error *err)
{
    teller->count = 0;
    for (size_t i = 0; i < teller->desk_count; i++) {
        MU_TRY(word_desk(teller, i, (struct mu_id){{0}}, err));
    }
    teller->talk.seq = teller->desks[0].status.cursor.seq;
    return MU_OK;
}

static enum mu_status word_help(struct teller *teller)
{
    return mu_buf_append_str(&teller->talk.text,
                             "Type a number to hear what stands behind a row, or:\n"
                             "  b            the console again\n"
                             "  v 3          the last changes of the person of row 3\n"
                             "  c 3 TEXT     comment on the task of row 3\n"
                             "  k 3          acknowledge roadblock or check-in 3\n"
                             "  r 3 TEXT     answer roadblock 3: what cleared it\n"
                             "  n 3 TEXT     a word to the person of row 3\n"
                             "  + 3 TEXT     thank the person of row 3\n"
                             "  R 3          have the value that conflict 3 set aside\n"
                             "  A 3          leave conflict 3 as it stands\n"
                             "  z            take back your last edit\n"
                             "  q            quit\n");
}

/* -- rows ---------------------------------------------------------------------------------- */

/* "c 3 text": the row that 3 means, and the rest. */
static enum mu_status row_of(struct teller *teller, const char **words, struct numbered *out,
                             struct mu_error *err)
{
    char *end = NULL;
    unsigned long number = strtoul(*words, &end, 10);
    if (end == *words || number == 0 || number > teller->count) {
        return mu_fail(err, MU_E_USAGE, "which row? a number from 1 to %zu", teller->count);
    }
    *words = end + strspn(end, " ");
    *out = teller->rows[number - 1];
    return MU_OK;
}

static enum mu_status show_row(struct teller *teller, const char *words, struct mu_error *err)
{
    struct numbered row;
    struct mu_task_detail detail;
    MU_TRY(row_of(teller, &words, &row, err));
    struct mu_desk *desk = &teller->desks[row.desk];
    if (mu_id_is_zero(row.task)) {
        teller->count = 0;
        return word_desk(teller, row.desk, row.person, err);
    }
    MU_TRY(mu_task_detail_read(desk->db, &desk->names, row.task, &desk->frame, &detail, err));
    MU_TRY(mu_words_detail(&teller->talk.text, &detail, &desk->names, &desk->from, WIDTH));
    return mu_desk_history(desk, row.task, CHANGES_MOST, &teller->talk.text, err);
}

static enum mu_status change_row(struct mu_desk *desk, const struct numbered *row, char verb,
                                 const char *words, struct mu_error *err)
{
    struct mu_slice text = mu_slice_str(words);
    bool blocker = row->kind == MU_CONSOLE_BLOCKER;
    if (text.len == 0 && (verb == 'c' || verb == 'n' || verb == '+')) {
        return mu_fail(err, MU_E_USAGE, "what? %c 3 TEXT", verb);
    }
    if (verb == 'c') {
        return mu_id_is_zero(row->task) ? mu_fail(err, MU_E_USAGE, "that row is about no task")
                                        : mu_act_comment(desk, row->task, text, err);
    }
    if (verb == 'n' || verb == '+') {
        return verb == 'n' ? mu_act_nudge(desk, row->person, row->task, text, err)
                           : mu_act_kudos(desk, row->person, row->task, text, err);
    }
    if (verb == 'r' || (verb == 'k' && blocker)) {
        int state = verb == 'k' ? MU_BLOCKER_ACKNOWLEDGED : MU_BLOCKER_CLEARED;
        return blocker ? mu_act_blocker(desk, row->id, state, text, err)
                       : mu_fail(err, MU_E_USAGE, "that row is no roadblock");
    }
    if (verb == 'k') {
        return mu_id_is_zero(row->checkin)
                   ? mu_fail(err, MU_E_USAGE, "nothing to acknowledge on that row")
                   : mu_act_ack_checkin(desk, row->checkin, err);
    }
    return row->kind == MU_CONSOLE_CONFLICT ? mu_act_settle(desk, row->id, verb == 'R', err)
                                            : mu_fail(err, MU_E_USAGE, "that row is no conflict");
}

static enum mu_status act_on_row(struct teller *teller, char verb, const char *words,
                                 struct mu_error *err)
{
    struct numbered row;
    MU_TRY(row_of(teller, &words, &row, err));
    struct mu_desk *desk = &teller->desks[row.desk];
    if (verb == 'v') {
        return mu_desk_changes(desk, row.person, CHANGES_MOST, &teller->talk.text, err);
    }
    MU_TRY(change_row(desk, &row, verb, words, err));
    return mu_buf_append_str(&teller->talk.text, "Saved here.\n");
}

static enum mu_status obey(struct teller *teller, const char *line, bool *out_quit,
                           struct mu_error *err)
{
    const char *words = line + 1 + (line[0] != '\0' ? strspn(line + 1, " ") : 0);
    char verb = line[0];
    *out_quit = verb == 'q';
    if (verb >= '0' && verb <= '9') {
        return show_row(teller, line, err);
    }
    bool changes = verb != '\0' && strchr("ckrn+RAz", verb) != NULL;
    if (changes && teller->readonly) {
        return mu_fail(err, MU_E_USAGE, "only for reading (--readonly)");
    }
    if (verb == 'z') {
        MU_TRY(mu_act_undo(&teller->desks[0], &teller->talk.text, err));
        return mu_buf_append_str(&teller->talk.text, ".\n");
    }
    if (changes || verb == 'v') {
        return act_on_row(teller, verb, words, err);
    }
    return verb == '\0' || verb == 'b' ? word_all(teller, err)
                                       : (*out_quit ? MU_OK : word_help(teller));
}

/* -- the talk ------------------------------------------------------------------------------ */

static enum mu_status talk(struct teller *teller, struct mu_error *err)
{
    char line[MU_TALK_LINE_MAX];
    bool end = false;
    MU_TRY(word_all(teller, err));
    MU_TRY(mu_buf_append_str(&teller->talk.text,
                             "\nA number tells what stands behind a row; ? tells what else.\n"));
    MU_TRY(mu_talk_tell(&teller->talk, err));
    while (!end) {
        struct mu_error said = {.text = ""};
        MU_TRY(mu_talk_line(&teller->talk, line, &end, err));
        if (end) {
            break;
        }
        for (size_t i = 0; i < teller->desk_count; i++) {
            mu_desk_now(&teller->desks[i]);
        }
        enum mu_status status = obey(teller, line, &end, &said);
        if (status == MU_E_NOMEM || status == MU_E_LIMIT) {
            mu_buf_clear(&teller->talk.text);
        }
        if (status != MU_OK) {
            MU_TRY(mu_buf_printf(&teller->talk.text, "That did not work: %s\n", said.text));
        }
        MU_TRY(mu_talk_tell(&teller->talk, err));
    }
    return MU_OK;
}

enum mu_status mu_tui_lead_plain(const struct mu_tui_options *options, size_t count, FILE *in,
                                 FILE *out, struct mu_error *err)
{
    MU_ASSERT(count > 0 && count <= MU_LEAD_DESKS_MAX);
    struct teller *teller = calloc(1, sizeof *teller);
    enum mu_status status = MU_OK;
    if (teller == NULL) {
        return mu_fail(err, MU_E_NOMEM, "open the console: out of memory");
    }
    teller->readonly = options->readonly;
    mu_talk_init(&teller->talk, teller->desks, count, fileno(in), out);
    for (; teller->desk_count < count && status == MU_OK; teller->desk_count++) {
        status =
            mu_desk_open(&teller->desks[teller->desk_count], &options[teller->desk_count], err);
    }
    if (status == MU_OK) {
        err->text[0] = '\0';
        status = talk(teller, err);
        if (status != MU_OK && err->text[0] == '\0') {
            status = mu_fail(err, status, "tell the console: out of memory");
        }
    }
    for (size_t i = 0; i < teller->desk_count; i++) {
        mu_desk_close(&teller->desks[i]);
    }
    mu_talk_deinit(&teller->talk);
    free(teller);
    return status;
}
