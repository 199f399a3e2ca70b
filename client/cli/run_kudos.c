/* Praise in the open: kudos, kudos list, kudos react, wins, wins post. */
#include <string.h>

#include "client/cli/books.h"
#include "client/cli/commands.h"
#include "client/cli/edit.h"
#include "client/cli/tokens.h"
#include "client/view/handles.h"
#include "client/view/kudos.h"
#include "client/view/text.h"
#include "client/view/wins.h"
#include "common/seal/hash.h"

#define DAYS_DEFAULT   28
#define DAYS_MAX       3660
#define MOST           1000
#define PROPOSALS_MOST 20 /* on a terminal */
#define PEOPLE_MAX     32
#define DAY_MS         INT64_C(86400000)

static enum mu_status read_since(struct mu_session *session, int64_t *out_since_ms,
                                 struct mu_error *err)
{
    const char *days = mu_args_value(&session->cli->args, "days");
    int64_t number = DAYS_DEFAULT;
    if (days != NULL) {
        MU_TRY(mu_token_number(days, "--days", 1, DAYS_MAX, &number, err));
    }
    *out_since_ms = session->from.now.ms - number * DAY_MS;
    return MU_OK;
}

/* -- giving ------------------------------------------------------------------------ */

struct receivers {
    struct mu_id ids[PEOPLE_MAX];
    size_t count;
};

static enum mu_status add_receiver(struct mu_session *session, struct receivers *to,
                                   const char *word, struct mu_error *err)
{
    const struct mu_person_name *person = NULL;
    MU_TRY(mu_session_person(session, word, &person, err));
    if (mu_id_equal(person->id, session->self)) {
        return mu_fail(err, MU_E_USAGE, "kudos are for others, not for oneself");
    }
    if (person->state == MU_PERSON_REMOVED) {
        return mu_fail(err, MU_E_NOT_FOUND, "'%s' has left the team", word);
    }
    for (size_t i = 0; i < to->count; i++) {
        if (mu_id_equal(to->ids[i], person->id)) {
            return MU_OK;
        }
    }
    if (to->count == PEOPLE_MAX) {
        return mu_fail(err, MU_E_LIMIT, "kudos go to at most %d people at a time", PEOPLE_MAX);
    }
    to->ids[to->count++] = person->id;
    return MU_OK;
}

/* People first or last, the rest is what they are thanked for. */
static enum mu_status read_words(struct mu_session *session, struct receivers *to,
                                 struct mu_buf *text, struct mu_error *err)
{
    const struct mu_arg_word *word = NULL;
    while ((word = mu_cli_word(session->cli)) != NULL) {
        if (mu_token_of(word).kind == MU_TOKEN_PERSON) {
            MU_TRY(add_receiver(session, to, word->text, err));
            continue;
        }
        struct mu_slice piece;
        MU_TRY(mu_cli_text(session->cli, word->text, "kudos", MU_TITLE_MAX, &piece, err));
        enum mu_status status = text->len > 0 ? mu_buf_append_byte(text, ' ') : MU_OK;
        status = status == MU_OK ? mu_buf_append(text, piece.data, piece.len) : status;
        if (status != MU_OK) {
            return mu_fail(err, status, "the kudos are longer than %d bytes", MU_TITLE_MAX);
        }
    }
    if (to->count == 0) {
        return mu_fail(err, MU_E_USAGE, "for whom? usage: muster kudos @rita @sam \"…\"");
    }
    return text->len == 0 ? mu_fail(err, MU_E_USAGE, "what for? usage: muster kudos @rita \"…\"")
                          : MU_OK;
}

static enum mu_status put_about(struct mu_session *session, struct mu_edit *edit,
                                struct mu_error *err)
{
    static const struct {
        uint32_t entity, field;
    } fields[] = {{MU_TASK, MU_KUDOS_TASK},
                  {MU_GOAL, MU_KUDOS_GOAL},
                  {MU_CHECKIN, MU_KUDOS_CHECKIN},
                  {MU_BLOCKER, MU_KUDOS_BLOCKER}};
    const char *ref = mu_args_value(&session->cli->args, "for");
    struct mu_subject about;
    if (ref == NULL) {
        return MU_OK;
    }
    MU_TRY(mu_subject_resolve(session->db, mu_slice_str(ref), &session->cli->arena, &about, err));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i].entity == about.entity) {
            mu_edit_id(edit, fields[i].field, about.id);
        }
    }
    return MU_OK;
}

/* The kudos that were given, with how they were saved. */
static enum mu_status echo_kudos(struct mu_session *session, struct mu_id id, struct mu_error *err)
{
    const struct mu_kudos_filter filter = {.self = session->self, .most = SIZE_MAX};
    struct mu_kudos_line *lines = NULL;
    size_t count = 0;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)8 * MU_TITLE_MAX);
    MU_TRY(mu_kudos_read(session->db, &filter, &session->cli->arena, &lines, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (mu_id_equal(lines[i].id, id)) {
            MU_TRY(mu_cli_put(mu_buf_printf(&text, "%s ", lines[i].ref), err));
            MU_TRY(
                mu_cli_put(mu_words_kudos(&text, &lines[i], &session->names, &session->from), err));
        }
    }
    mu_edit_poke(session);
    return mu_echo_line(session, mu_buf_view(&text), err);
}

static enum mu_status give(struct mu_session *session, struct mu_error *err)
{
    struct receivers to = {.count = 0};
    struct mu_edit edit;
    const char *tag = mu_args_value(&session->cli->args, "tag");
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_TITLE_MAX);
    MU_TRY(read_words(session, &to, &text, err));
    struct mu_id kudos = mu_edit_new_id(session);
    const struct mu_world world = {.derive = mu_id_derive};
    mu_edit_begin(&edit, session, MU_INTENT_KUDOS_GIVE);
    mu_edit_op(&edit, MU_KUDOS, kudos);
    mu_edit_text(&edit, MU_KUDOS_TEXT, mu_buf_view(&text));
    if (tag != NULL) {
        struct mu_slice value;
        MU_TRY(mu_cli_word_text(tag, "tag", 64, &value, err));
        mu_edit_text(&edit, MU_KUDOS_TAG, value);
    }
    MU_TRY(put_about(session, &edit, err));
    for (size_t i = 0; i < to.count; i++) {
        mu_edit_op(&edit, MU_KUDOS_TO, mu_pair_id(&world, MU_KUDOS_TO, kudos, to.ids[i]));
        mu_edit_id(&edit, MU_KUDOS_TO_KUDOS, kudos);
        mu_edit_id(&edit, MU_KUDOS_TO_PERSON, to.ids[i]);
    }
    MU_TRY(mu_edit_author(&edit, err));
    return echo_kudos(session, kudos, err);
}

enum mu_status mu_run_kudos(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, give, err);
}

static enum mu_status react(struct mu_session *session, struct mu_error *err)
{
    struct mu_edit edit;
    struct mu_id kudos;
    struct mu_slice mark;
    const char *ref = NULL;
    const char *word = NULL;
    const struct mu_world world = {.derive = mu_id_derive};
    MU_TRY(mu_cli_need(session->cli, "which kudos (~k3f9)", &ref, err));
    MU_TRY(mu_cli_need(session->cli, "which mark (+1)", &word, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    MU_TRY(mu_handle_resolve(session->db, MU_KUDOS, "kudos", mu_slice_str(ref), &kudos, err));
    MU_TRY(mu_cli_word_text(word, "mark", 64, &mark, err));
    struct mu_id row = mu_reaction_id(&world, kudos, session->self, mark);
    mu_edit_begin(&edit, session, MU_INTENT_KUDOS_REACT);
    mu_edit_op(&edit, MU_REACTION, row);
    mu_edit_id(&edit, MU_REACTION_KUDOS, kudos);
    mu_edit_id(&edit, MU_REACTION_PERSON, session->self);
    mu_edit_text(&edit, MU_REACTION_MARK, mark);
    mu_edit_int(&edit, MU_REACTION_ON, mu_args_flag(&session->cli->args, "off") ? 0 : 1);
    MU_TRY(mu_edit_author(&edit, err));
    return echo_kudos(session, kudos, err);
}

enum mu_status mu_run_kudos_react(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, react, err);
}

/* -- looking ------------------------------------------------------------------------- */

/* "14:02         @ben to …" */
static enum mu_status put_when(struct mu_session *session, const char *ref, int64_t at_ms,
                               struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    MU_BUF_AUTO struct mu_buf when;
    mu_buf_init(&when, 64);
    MU_TRY(mu_cli_put(mu_words_when(&when, at_ms, &session->from), err));
    MU_TRY(mu_cli_say(cli, err, "  %s%s%s  ", mu_paint(cli, MU_CYAN), ref, mu_unpaint(cli)));
    MU_TRY(mu_cli_put(mu_show_fit(&cli->out, mu_buf_view(&when), 12, true), err));
    return mu_cli_say(cli, err, "  ");
}

static enum mu_status put_kudos(struct mu_session *session, const struct mu_kudos_line *line,
                                struct mu_json *json, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    if (cli->json) {
        mu_kudos_json(json, NULL, line, &session->names);
        return MU_OK;
    }
    if (!cli->terminal) {
        return mu_cli_put(mu_kudos_tabs(&cli->out, line, &session->names), err);
    }
    MU_TRY(put_when(session, line->ref, line->at_ms, err));
    MU_TRY(mu_cli_put(mu_words_kudos(&cli->out, line, &session->names, &session->from), err));
    return mu_cli_say(cli, err, "\n");
}

static enum mu_status list_kudos(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_kudos_line *lines = NULL;
    struct mu_kudos_filter filter = {.most = MOST};
    struct mu_json json;
    size_t count = 0;
    const struct mu_arg_word *word = mu_cli_word(cli);
    MU_TRY(mu_session_need_self(session, err));
    MU_TRY(mu_cli_no_more(cli, err));
    filter.self = session->self;
    MU_TRY(read_since(session, &filter.since_ms, err));
    if (word != NULL) {
        const struct mu_person_name *person = NULL;
        MU_TRY(mu_session_person(session, word->text, &person, err));
        filter.to = person->id;
    }
    MU_TRY(mu_kudos_read(session->db, &filter, &cli->arena, &lines, &count, err));
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "kudos");
    }
    for (size_t i = 0; i < count; i++) {
        MU_TRY(put_kudos(session, &lines[i], &json, err));
    }
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    return count == 0 && cli->terminal
               ? mu_cli_say(cli, err, "No kudos yet: muster kudos @somebody \"…\" [--for T-9]\n")
               : MU_OK;
}

enum mu_status mu_run_kudos_list(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_reader(cli, list_kudos, err);
}

/* -- wins ------------------------------------------------------------------------------ */

static enum mu_status read_proposals(struct mu_session *session, int64_t since_ms,
                                     struct mu_win_line **out_lines, size_t *out_count,
                                     struct mu_error *err)
{
    struct mu_win_proposals proposals;
    struct mu_cli_books books;
    MU_TRY(mu_cli_books(session, NULL, &books, err));
    mu_wins_begin(&proposals, session->db, &session->cli->arena);
    MU_TRY(mu_wins_add_board(&proposals, since_ms, err));
    MU_TRY(mu_wins_add_judged(&proposals, &books.books, since_ms, err));
    *out_lines = mu_wins_end(&proposals, out_count);
    return MU_OK;
}

static enum mu_status put_wins(struct mu_session *session, const struct mu_win_line *lines,
                               size_t count, struct mu_json *json, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    for (size_t i = 0; i < count; i++) {
        if (cli->json) {
            mu_win_json(json, NULL, &lines[i], &session->names);
        } else if (!cli->terminal) {
            MU_TRY(mu_cli_put(mu_win_tabs(&cli->out, &lines[i], &session->names), err));
        } else {
            MU_TRY(put_when(session, lines[i].ref, lines[i].at_ms, err));
            MU_TRY(mu_cli_put(mu_words_win(&cli->out, &lines[i], &session->names), err));
            MU_TRY(mu_cli_say(cli, err, "\n"));
        }
    }
    return MU_OK;
}

static enum mu_status put_heading(struct mu_cli *cli, const char *heading, struct mu_error *err)
{
    return cli->json || !cli->terminal
               ? MU_OK
               : mu_cli_say(cli, err, "%s%s%s\n", mu_paint(cli, MU_BOLD), heading, mu_unpaint(cli));
}

static enum mu_status list_wins(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_win_line *posted = NULL;
    struct mu_win_line *proposed = NULL;
    struct mu_json json;
    size_t posted_count = 0;
    size_t proposed_count = 0;
    int64_t since_ms = 0;
    struct mu_cli_books books;
    MU_TRY(read_since(session, &since_ms, err));
    MU_TRY(mu_wins_posted(session->db, since_ms, MOST, &cli->arena, &posted, &posted_count, err));
    MU_TRY(mu_cli_books(session, NULL, &books, err));
    MU_TRY(mu_wins_count_runs(&books.books, posted, posted_count, err));
    MU_TRY(read_proposals(session, since_ms, &proposed, &proposed_count, err));
    MU_TRY(mu_wins_count_runs(&books.books, proposed, proposed_count, err));
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "wins");
    }
    MU_TRY(put_heading(cli, posted_count > 0 ? "Wins" : "No wins posted yet", err));
    MU_TRY(put_wins(session, posted, posted_count, &json, err));
    if (cli->json) {
        mu_json_close(&json);
        mu_json_array(&json, "proposed");
    }
    if (proposed_count > 0) {
        MU_TRY(put_heading(cli, "\nTo be posted: muster wins post ~…", err));
    }
    bool few = cli->terminal && !cli->json && proposed_count > PROPOSALS_MOST;
    MU_TRY(put_wins(session, proposed, few ? PROPOSALS_MOST : proposed_count, &json, err));
    if (few) {
        MU_TRY(mu_cli_say(cli, err, "  and %zu more\n", proposed_count - PROPOSALS_MOST));
    }
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    return MU_OK;
}

enum mu_status mu_run_wins(struct mu_cli *cli, struct mu_error *err)
{
    MU_TRY(mu_cli_no_more(cli, err));
    return mu_with_reader(cli, list_wins, err);
}

static enum mu_status echo_win(struct mu_session *session, struct mu_win_line *win,
                               struct mu_slice text, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, (size_t)8 * MU_TITLE_MAX);
    win->text = text;
    MU_TRY(mu_cli_put(mu_buf_printf(&line, "%s ", win->ref), err));
    MU_TRY(mu_cli_put(mu_words_win(&line, win, &session->names), err));
    mu_edit_poke(session);
    return mu_echo_line(session, mu_buf_view(&line), err);
}

/* One that counts itself: of a person, in words. */
static enum mu_status post_other(struct mu_session *session, const char *who, const char *said,
                                 struct mu_error *err)
{
    struct mu_edit edit;
    const struct mu_person_name *person = NULL;
    struct mu_slice text;
    MU_TRY(mu_session_person(session, who, &person, err));
    if (said == NULL) {
        return mu_fail(err, MU_E_USAGE, "what was won? usage: muster wins post @sam \"…\"");
    }
    MU_TRY(mu_cli_text(session->cli, said, "win", MU_TITLE_MAX, &text, err));
    struct mu_win_line win = {
        .id = mu_edit_new_id(session), .person = person->id, .kind = MU_WIN_OTHER};
    mu_id_handle(win.id, win.ref);
    mu_edit_begin(&edit, session, MU_INTENT_WIN_POST);
    mu_edit_op(&edit, MU_WIN, win.id);
    mu_edit_id(&edit, MU_WIN_PERSON, win.person);
    mu_edit_int(&edit, MU_WIN_KIND, win.kind);
    mu_edit_text(&edit, MU_WIN_TEXT, text);
    MU_TRY(mu_edit_author(&edit, err));
    return echo_win(session, &win, text, err);
}

static enum mu_status find_proposal(struct mu_session *session, const char *ref,
                                    struct mu_win_line *out, struct mu_error *err)
{
    struct mu_win_line *lines = NULL;
    size_t count = 0;
    size_t fits = 0;
    int64_t since_ms = session->from.now.ms - DAYS_MAX * DAY_MS;
    MU_TRY(read_proposals(session, since_ms, &lines, &count, err));
    for (size_t i = 0; i < count; i++) {
        char id[MU_ID_TEXT_LEN + 1];
        mu_id_text(lines[i].id, id);
        if (mu_same_word(mu_slice_str(lines[i].ref), mu_slice_str(ref)) || strcmp(id, ref) == 0) {
            *out = lines[i];
            fits++;
        }
    }
    char shown[MU_SHORT_MAX];
    const char *what = mu_show_short(mu_slice_str(ref), shown);
    if (fits > 1) {
        return mu_fail(err, MU_E_CONFLICT, "%s may be one of several: use the whole id", what);
    }
    return fits == 1 ? MU_OK
                     : mu_fail(err, MU_E_NOT_FOUND,
                               "no win %s is proposed here; it may have been posted", what);
}

static enum mu_status post(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_edit edit;
    struct mu_win_line win;
    struct mu_cli_books books;
    struct mu_slice text = mu_slice_str("");
    const char *ref = NULL;
    MU_TRY(mu_cli_need(cli, "which win (~k3f9, or @sam \"…\")", &ref, err));
    const struct mu_arg_word *said = mu_cli_word(cli);
    MU_TRY(mu_cli_no_more(cli, err));
    if (ref[0] == '@') {
        return post_other(session, ref, said != NULL ? said->text : NULL, err);
    }
    MU_TRY(find_proposal(session, ref, &win, err));
    if (said != NULL) {
        MU_TRY(mu_cli_text(cli, said->text, "win", MU_TITLE_MAX, &text, err));
    }
    MU_TRY(mu_cli_books(session, NULL, &books, err));
    MU_TRY(mu_wins_count_runs(&books.books, &win, 1, err));
    mu_edit_begin(&edit, session, MU_INTENT_WIN_POST);
    mu_edit_op(&edit, MU_WIN, win.id);
    mu_edit_id(&edit, MU_WIN_PERSON, win.person);
    mu_edit_int(&edit, MU_WIN_KIND, win.kind);
    mu_edit_id(&edit, MU_WIN_ABOUT, win.about.id);
    if (win.level != 0) {
        mu_edit_int(&edit, MU_WIN_LEVEL, win.level);
    }
    if (text.len > 0) {
        mu_edit_text(&edit, MU_WIN_TEXT, text);
    }
    MU_TRY(mu_edit_author(&edit, err));
    return echo_win(session, &win, text, err);
}

enum mu_status mu_run_wins_post(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, post, err);
}
