#include "client/tui/desk.h"

#include <string.h>

#include "common/db/stmt.h"
#include "common/seal/hash.h"

#define FRAME_MAX        ((size_t)256 << 20)
#define SCRATCH_MAX      ((size_t)64 << 20)
#define ASK_MS           500
#define RETRY_MS         3000
#define LOOK_MS          1000 /* without an agent other commands may write here */
#define LOOK_WITH_MS     5000 /* with one: how old the link's truth may get */
#define HISTORY_LINE_MAX ((size_t)1 << 20)
#define CHANGES_BACK     2000 /* that are looked through for one person's */

/* Somebody waits for an answer to a key. */
static const char SQL_PATIENCE[] = "PRAGMA busy_timeout = 1500";
static const char SQL_FULLEST[] = "SELECT column_id, count(*) FROM task GROUP BY column_id";

/* -- opening ------------------------------------------------------------------------------ */

/* The zones of other people, by need. */
static const struct mu_zone *zone_of(void *state, const char *name)
{
    struct mu_desk *desk = state;
    struct mu_error ignored;
    for (size_t i = 0; i < desk->zone_count; i++) {
        if (strcmp(desk->zones[i].name, name) == 0) {
            return desk->zones[i].zone;
        }
    }
    if (desk->zone_count == MU_DESK_ZONES_MAX || strlen(name) > MU_ZONE_MAX) {
        return NULL;
    }
    struct mu_desk_zone *place = &desk->zones[desk->zone_count++];
    memcpy(place->name, name, strlen(name) + 1);
    if (mu_zone_load(name, &desk->held, &place->zone, &ignored) != MU_OK) {
        place->zone = NULL;
    }
    return place->zone;
}

static void close_files(struct mu_desk *desk)
{
    mu_cards_close(&desk->cards);
    if (desk->client != NULL) {
        mu_client_close(desk->client);
    }
    desk->client = NULL;
    mu_moment_deinit(&desk->moment);
    mu_store_close(&desk->store);
    desk->open = false;
}

static enum mu_status open_files(struct mu_desk *desk, struct mu_error *err)
{
    desk->cards = (struct mu_cards){.db = NULL};
    MU_TRY(mu_store_open(desk->options->workspace, &desk->store, err));
    desk->db = &desk->store.replica;
    MU_TRY(mu_db_exec(desk->db, SQL_PATIENCE, err));
    MU_TRY(mu_db_exec(&desk->store.outbox, SQL_PATIENCE, err));
    MU_TRY(mu_moment_now(&desk->moment, desk->options->zone, err));
    MU_TRY(mu_client_open(&desk->store.replica, &desk->store.outbox, &desk->store.keys,
                          &desk->moment.turn, &desk->client, err));
    MU_TRY(mu_cards_open(&desk->cards, desk->db, err));
    desk->open = true;
    return MU_OK;
}

/* After a write that failed nothing is believed of the files until they are opened again. */
static enum mu_status mend(struct mu_desk *desk, struct mu_error *err)
{
    if (desk->open && !desk->store.replica.broken && !desk->store.outbox.broken) {
        return MU_OK;
    }
    close_files(desk);
    enum mu_status status = open_files(desk, err);
    if (status != MU_OK) {
        close_files(desk);
    }
    return status;
}

enum mu_status mu_desk_open(struct mu_desk *desk, const struct mu_tui_options *options,
                            struct mu_error *err)
{
    *desk = (struct mu_desk){.options = options, .link = {.socket = -1}};
    mu_arena_init(&desk->held, SCRATCH_MAX);
    mu_arena_init(&desk->frame, FRAME_MAX);
    enum mu_status status = mu_desk_read(desk, err);
    if (status != MU_OK) {
        mu_desk_close(desk);
    }
    return status;
}

void mu_desk_close(struct mu_desk *desk)
{
    if (desk->options == NULL) {
        return;
    }
    if (desk->link.socket >= 0) {
        mu_agent_disconnect(&desk->link);
    }
    close_files(desk);
    mu_arena_deinit(&desk->frame);
    mu_arena_deinit(&desk->held);
    desk->options = NULL;
}

/* -- reading ------------------------------------------------------------------------------ */

static void set_self(struct mu_desk *desk)
{
    struct mu_slice handle = mu_slice_str(desk->store.keys.handle);
    desk->self = (struct mu_id){{0}};
    for (size_t i = 0; i < desk->names.person_count; i++) {
        if (mu_slice_equal(desk->names.people[i].handle, handle)) {
            desk->self = desk->names.people[i].id;
        }
    }
}

void mu_desk_now(struct mu_desk *desk)
{
    desk->from.now = mu_moment_wall();
}

enum mu_status mu_desk_read(struct mu_desk *desk, struct mu_error *err)
{
    mu_arena_clear(&desk->frame);
    desk->names = (struct mu_names){.day_end_minute = 0};
    MU_TRY(mend(desk, err));
    MU_TRY(mu_db_change_counter(desk->db, &desk->counter, err));
    MU_TRY(mu_names_load(desk->db, &desk->frame, &desk->names, err));
    desk->from = (struct mu_viewpoint){.now = mu_moment_wall(),
                                       .zone = desk->options->zone->zone,
                                       .zone_name = desk->options->zone->name,
                                       .day_end_minute = desk->names.day_end_minute,
                                       .zone_of = zone_of,
                                       .state = desk};
    set_self(desk);
    MU_TRY(mu_client_status(desk->client, &desk->status, err));
    if (desk->link_gone &&
        (desk->status.link == MU_LINK_LIVE || desk->status.link == MU_LINK_CATCHING_UP)) {
        desk->status.link = MU_LINK_OFFLINE;
        desk->status.offline_since_ms = desk->status.heard_ms;
    }
    return MU_OK;
}

static enum mu_status fullest(struct mu_desk *desk, size_t *out_board, struct mu_error *err)
{
    const struct mu_names *names = &desk->names;
    int64_t *counts = mu_arena_array(&desk->frame, names->board_count + 1, sizeof *counts);
    struct mu_stmt stmt = {0};
    bool row = true;
    if (counts == NULL) {
        return mu_fail(err, MU_E_NOMEM, "find the board: out of memory");
    }
    MU_TRY(mu_stmt_prepare(&stmt, desk->db, SQL_FULLEST, err));
    enum mu_status status = MU_OK;
    while ((status = mu_stmt_step(&stmt, &row, err)) == MU_OK && row) {
        const struct mu_column_name *column = mu_names_column(names, mu_stmt_id(&stmt, 0));
        if (column != NULL && column->board != SIZE_MAX) {
            counts[column->board] += mu_stmt_int(&stmt, 1);
        }
    }
    mu_stmt_finalize(&stmt);
    *out_board = SIZE_MAX;
    for (size_t i = 0; i < names->board_count; i++) {
        bool more = *out_board == SIZE_MAX || counts[i] > counts[*out_board];
        *out_board = !names->boards[i].archived && more ? i : *out_board;
    }
    return status;
}

enum mu_status mu_desk_board(struct mu_desk *desk, const struct mu_board_name **out,
                             struct mu_error *err)
{
    size_t board = SIZE_MAX;
    if (desk->options->board[0] != '\0') {
        return mu_names_find_board(&desk->names, mu_slice_str(desk->options->board), out, err);
    }
    MU_TRY(fullest(desk, &board, err));
    if (board == SIZE_MAX) {
        return mu_fail(err, MU_E_NOT_FOUND, "the board has not come from the server yet");
    }
    *out = &desk->names.boards[board];
    return MU_OK;
}

/* -- what comes --------------------------------------------------------------------------- */

static void connect_link(struct mu_desk *desk, bool *out_changed)
{
    struct mu_error ignored;
    int64_t now = mu_moment_mono().ms;
    if (desk->link.socket >= 0 || now < desk->link_retry_ms) {
        return;
    }
    desk->link_retry_ms = now + RETRY_MS;
    enum mu_status status = mu_agent_connect(desk->options->home, ASK_MS, &desk->link, &ignored);
    bool gone = status == MU_E_OFFLINE; /* a busy one is there */
    *out_changed = *out_changed || gone != desk->link_gone;
    desk->link_gone = gone;
    if (status != MU_OK) {
        desk->link.socket = -1;
        return;
    }
    char request[MU_AGENT_LINE_MAX] = "watch ";
    strncat(request, desk->options->workspace->name, sizeof request - sizeof "watch ");
    if (mu_agent_send(&desk->link, request, ASK_MS, &ignored) != MU_OK) {
        mu_agent_disconnect(&desk->link);
        desk->link.socket = -1;
    }
    *out_changed = true;
}

void mu_desk_listen(struct mu_desk *desk, bool *out_changed)
{
    char line[MU_AGENT_LINE_MAX];
    struct mu_error ignored;
    bool there = true;
    int64_t counter = desk->counter;
    *out_changed = false;
    while (desk->link.socket >= 0 && there) {
        if (mu_agent_line(&desk->link, 0, line, &there, &ignored) != MU_OK) {
            mu_agent_disconnect(&desk->link);
            desk->link.socket = -1;
            desk->link_retry_ms = 0;
            *out_changed = true;
        } else {
            *out_changed = *out_changed || there;
        }
    }
    connect_link(desk, out_changed);
    if (!desk->open ||
        (mu_db_change_counter(desk->db, &counter, &ignored) == MU_OK && counter != desk->counter)) {
        *out_changed = true;
    }
}

int mu_desk_patience_ms(const struct mu_desk *desk)
{
    return desk->link.socket >= 0 ? LOOK_WITH_MS : LOOK_MS;
}

static enum mu_status word_change(struct mu_desk *desk, const struct mu_change *change,
                                  struct mu_history_entry *out, struct mu_buf *line,
                                  struct mu_error *err)
{
    struct mu_history history;
    MU_TRY(mu_history_open(&history, desk->db, &desk->names, &desk->from, &desk->frame, err));
    enum mu_status status = mu_history_change(&history, change, out, err);
    mu_history_close(&history);
    MU_TRY(status);
    status = mu_words_entry(line, out, &desk->names, &desk->from);
    return status == MU_OK ? MU_OK : mu_fail(err, status, "read the log: out of memory");
}

/* The change at seq as a line at the end of out; *out_kept false when it is not held here. */
static enum mu_status add_change(struct mu_desk *desk, uint64_t seq, struct mu_buf *out,
                                 struct mu_id *out_person, bool *out_kept, struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena scratch;
    struct mu_change change;
    struct mu_history_entry entry;
    mu_arena_init(&scratch, SCRATCH_MAX);
    MU_TRY(mu_client_change(desk->client, seq, &scratch, &change, out_kept, err));
    if (!*out_kept) {
        return MU_OK;
    }
    MU_TRY(word_change(desk, &change, &entry, out, err));
    *out_person = entry.person;
    return MU_OK;
}

enum mu_status mu_desk_news(struct mu_desk *desk, uint64_t seq, struct mu_slice *out, bool *out_any,
                            struct mu_error *err)
{
    uint64_t newest = desk->status.cursor.seq;
    struct mu_id person = {{0}};
    *out_any = false;
    if (newest <= seq) {
        return MU_OK;
    }
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, HISTORY_LINE_MAX);
    MU_TRY(add_change(desk, newest, &line, &person, out_any, err));
    *out_any = *out_any && !mu_id_equal(person, desk->self) && line.len > 1;
    struct mu_slice text = mu_slice_of(line.data, line.len > 0 ? line.len - 1 : 0);
    return mu_arena_copy(&desk->frame, text, out)
               ? MU_OK
               : mu_fail(err, MU_E_NOMEM, "read the log: out of memory");
}

enum mu_status mu_desk_history(struct mu_desk *desk, struct mu_id task, size_t most,
                               struct mu_buf *out, struct mu_error *err)
{
    uint64_t *seqs = NULL;
    size_t count = 0;
    MU_TRY(mu_replica_touched(mu_client_replica(desk->client), &desk->frame, task, 0, most, &seqs,
                              &count, err));
    for (size_t i = count; i > 0; i--) {
        struct mu_id person;
        bool kept = false;
        MU_TRY(add_change(desk, seqs[i - 1], out, &person, &kept, err));
    }
    return MU_OK;
}

enum mu_status mu_desk_changes(struct mu_desk *desk, struct mu_id person, size_t most,
                               struct mu_buf *out, struct mu_error *err)
{
    uint64_t newest = desk->status.cursor.seq;
    uint64_t oldest = newest > CHANGES_BACK ? newest - CHANGES_BACK : 0;
    for (uint64_t seq = newest; seq > oldest && most > 0; seq--) {
        struct mu_id author = {{0}};
        bool kept = false;
        MU_BUF_AUTO struct mu_buf line;
        mu_buf_init(&line, HISTORY_LINE_MAX);
        MU_TRY(add_change(desk, seq, &line, &author, &kept, err));
        if (kept && mu_id_equal(author, person)) {
            most--;
            MU_TRY(mu_buf_append(out, line.data, line.len));
        }
    }
    return MU_OK;
}

/* -- what is done ------------------------------------------------------------------------- */

enum mu_status mu_desk_author(struct mu_desk *desk, const struct mu_intent *intent,
                              struct mu_error *err)
{
    struct mu_authored authored;
    mu_moment_deinit(&desk->moment);
    MU_TRY(mu_moment_now(&desk->moment, desk->options->zone, err));
    MU_TRY(
        mu_client_author(desk->client, &desk->moment.turn, intent, &desk->frame, &authored, err));
    (void)mu_agent_poke(desk->options->home, desk->options->workspace->name,
                        desk->options->no_agent);
    return MU_OK;
}
