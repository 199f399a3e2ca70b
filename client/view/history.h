/* The log in sentences: who did what, when.
 *
 * A sentence is made of what its author asked for (the intent) and of the names that things have
 * now; what came of it, a refusal or a value set aside, is told behind it. */
#ifndef MUSTER_CLIENT_VIEW_HISTORY_H
#define MUSTER_CLIENT_VIEW_HISTORY_H

#include "client/core/client.h"
#include "client/view/json.h"
#include "client/view/tasks.h"
#include "client/view/words.h"

struct mu_history_entry {
    uint64_t seq;        /* 0: not confirmed yet, or older than Muster */
    int64_t at_ms;       /* when its author did it, by a clock that cannot lie much */
    int64_t received_ms; /* when the server had it; 0 for a waiting one */
    struct mu_id person;
    uint32_t intent;
    bool waiting;             /* in the outbox */
    bool refused;             /* by the server */
    bool aside;               /* a value was set aside: see the conflicts */
    struct mu_slice sentence; /* neutralised, one line: "moved T-42 'Parser' to 'Doing'" */
    struct mu_slice reason;   /* of a refusal, neutralised, or "" */
};

/* What sentences need to know of the rows they speak of.  Everything is borrowed. */
struct mu_history {
    struct mu_db *db; /* the replica's */
    const struct mu_names *names;
    const struct mu_viewpoint *from;
    struct mu_arena *arena; /* of entries and sentences */
    struct mu_stmt task;    /* own: mu_history_close() */
    struct mu_stmt part;
};

MU_MUST_USE enum mu_status mu_history_open(struct mu_history *history, struct mu_db *db,
                                           const struct mu_names *names,
                                           const struct mu_viewpoint *from, struct mu_arena *arena,
                                           struct mu_error *err);
void mu_history_close(struct mu_history *history);

/* A change of the log.  A mutation that cannot be read (a newer version's) is told by its rows.
 * Errors: those of the store, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_history_change(struct mu_history *history,
                                             const struct mu_change *change,
                                             struct mu_history_entry *out, struct mu_error *err);
/* What waits in the outbox, by person. */
MU_MUST_USE enum mu_status mu_history_waiting(struct mu_history *history,
                                              const struct mu_outbox_entry *entry,
                                              struct mu_id person, struct mu_history_entry *out,
                                              struct mu_error *err);
/* Whether a change (or an outbox entry) is about the task or one of its parts. */
MU_MUST_USE enum mu_status mu_history_touches(struct mu_history *history,
                                              const struct mu_intent *intent, struct mu_id task,
                                              bool *out_touches, struct mu_error *err);
/* What an import told of a task's time elsewhere, oldest first, at most most. */
MU_MUST_USE enum mu_status mu_history_imported(struct mu_history *history, struct mu_id task,
                                               size_t most, struct mu_history_entry **out_entries,
                                               size_t *out_count, struct mu_error *err);

/* "14:02  @ana    moved T-42 'Parser' to 'Doing'", with a newline. */
MU_MUST_USE enum mu_status mu_words_entry(struct mu_buf *out, const struct mu_history_entry *entry,
                                          const struct mu_names *names,
                                          const struct mu_viewpoint *from);
/* Tab-separated: seq, instant, handle, intent, state, sentence, reason. */
MU_MUST_USE enum mu_status mu_entry_tabs(struct mu_buf *out, const struct mu_history_entry *entry,
                                         const struct mu_names *names);
void mu_entry_json(struct mu_json *json, const char *name, const struct mu_history_entry *entry,
                   const struct mu_names *names);

#endif
