/* Turns an intent into effects: the rules of Muster in one pure function.
 *
 * The server decides for all; a client runs the same function on its own rows to
 * show an edit at once (predict).  What the rules may know of the world comes
 * through struct mu_world; what they come to is a list of effects that any
 * replica can apply without rules. */
#ifndef MUSTER_COMMON_MODEL_DECIDE_H
#define MUSTER_COMMON_MODEL_DECIDE_H

#include "common/model/intent.h"

/* Who wrote a change, as far as the rules need it. */
struct mu_writer {
    struct mu_id replica;
    struct mu_id person;
    int64_t at_ms;       /* clamped authored time */
    int64_t received_ms; /* server's clock at receipt */
};

/* What is bound to a task and follows when its state changes. */
enum mu_bond {
    MU_BOND_BLOCKER = 1, /* open blockers that need the task */
    MU_BOND_COMMITMENT   /* open commitments to it */
};

/* Questions the rules ask.  Rows come back in the arena given.  out_found false
 * with MU_OK means there is no such row. */
struct mu_world {
    void *state;
    enum mu_status (*row)(void *state, struct mu_arena *arena, uint32_t entity, struct mu_id id,
                          struct mu_row *out_row, bool *out_found, struct mu_error *err);
    /* Neighbour in order (rank, id) among rows of entity (TASK, COLUMN, CHECKLIST,
     * ITEM) under parent (column, board, task, checklist): the first with a place
     * > (rank, id), or, when before is set, the last with a place < it.  An empty
     * rank means the open end. */
    enum mu_status (*neighbour)(void *state, struct mu_arena *arena, uint32_t entity,
                                struct mu_id parent, struct mu_slice rank, struct mu_id id,
                                bool before, struct mu_row *out_row, bool *out_found,
                                struct mu_error *err);
    /* First column of board with kind, not archived. */
    enum mu_status (*column_of_kind)(void *state, struct mu_arena *arena, struct mu_id board,
                                     int64_t kind, struct mu_row *out_row, bool *out_found,
                                     struct mu_error *err);
    enum mu_status (*person_of_handle)(void *state, struct mu_slice handle, struct mu_id *out_id,
                                       bool *out_found, struct mu_error *err);
    /* Whether there is an active lead beside person. */
    enum mu_status (*other_lead)(void *state, struct mu_id person, bool *out_found,
                                 struct mu_error *err);
    /* Whether person has an active device beside device. */
    enum mu_status (*other_device)(void *state, struct mu_id person, struct mu_id device,
                                   bool *out_found, struct mu_error *err);
    /* The highest human number given so far.  Never asked when predicting. */
    enum mu_status (*last_number)(void *state, uint32_t entity, int64_t *out_number,
                                  struct mu_error *err);
    /* Of the rows that are bound to task, the first with an id above `above`. */
    enum mu_status (*bound)(void *state, struct mu_arena *arena, enum mu_bond bond,
                            struct mu_id task, struct mu_id above, struct mu_row *out_row,
                            bool *out_found, struct mu_error *err);
    /* Who wrote change seq.  Never asked when predicting. */
    enum mu_status (*writer)(void *state, uint64_t seq, struct mu_writer *out_writer,
                             bool *out_found, struct mu_error *err);
    /* mu_id_derive() of common/seal, lent to this layer. */
    struct mu_id (*derive)(const char *label, const struct mu_slice *parts, size_t count);
};

/* What is known of the mutation beside its intent. */
struct mu_facts {
    struct mu_id mutation;
    struct mu_id replica;
    struct mu_id workspace;
    struct mu_id person; /* zero for SYSTEM and NONE */
    struct mu_id device;
    int role;
    uint64_t base_seq;
    int64_t at_ms;        /* clamped authored time; the author's own when predicting */
    int64_t received_ms;  /* the decider's clock */
    bool clock_uncertain; /* mu_clock_uncertain() of the author's device, common/model/rhythm.h */
    bool predict;         /* a client showing its own edit: everything counts as seen */
};

/* REPEATED, which the rules never say: the mutation stands in the log already, under an earlier
 * seq, and only its number is new. */
enum mu_verdict { MU_APPLIED = 1, MU_APPLIED_CONFLICT, MU_REJECTED, MU_REPEATED };

#define MU_REASON_MAX 200

struct mu_decision {
    enum mu_verdict verdict;
    enum mu_status code;            /* MU_OK unless rejected */
    char reason[MU_REASON_MAX + 1]; /* for people, one line, "" unless rejected */
    struct mu_row *effects;         /* cells to set, none for a rejection; their seq is 0 */
    size_t effect_count;
};

/* Bounded authored time: clamp(authored + offset, server time at base_seq, server
 * now), the defence against clocks that lie (docs/protocol.md, section 6). */
int64_t mu_clamp_time(int64_t authored_ms, int64_t offset_ms, int64_t base_ms, int64_t now_ms);

/* Decide intent.  Memory from arena.  A refusal is MU_OK with verdict REJECTED;
 * errors are only those of the world and MU_E_NOMEM, and leave *out untouched. */
MU_MUST_USE enum mu_status mu_decide(const struct mu_world *world, const struct mu_facts *facts,
                                     const struct mu_intent *intent, struct mu_arena *arena,
                                     struct mu_decision *out, struct mu_error *err);

/* Id of the row that stands for a pair (task and label, task and helper, task and
 * custom field), the same on every device. */
struct mu_id mu_pair_id(const struct mu_world *world, uint32_t entity, struct mu_id a,
                        struct mu_id b);
/* Ids of the praise and of tasks that come again, the same on every device. */
struct mu_win_key {
    struct mu_id person;
    int64_t kind; /* enum mu_win_kind, not OTHER */
    struct mu_id about;
    int64_t level; /* 0: none */
};
struct mu_id mu_win_id(const struct mu_world *world, const struct mu_win_key *key);
struct mu_id mu_reaction_id(const struct mu_world *world, struct mu_id kudos, struct mu_id person,
                            struct mu_slice mark);
struct mu_id mu_occurrence_id(const struct mu_world *world, struct mu_id series, int64_t day);

/* Measures are whole numbers of 10^-precision of their target's unit. */
#define MU_PRECISION_MAX 6
#define MU_MEASURE_MAX   INT64_C(1000000000000000)

/* A period by its kind (enum mu_period_kind) and first civil day: any day, a Monday, the first
 * of a month. */
struct mu_period {
    int64_t kind;
    int64_t day;
};
bool mu_period_valid(struct mu_period period);
/* The civil day after its last one. */
int64_t mu_period_end(struct mu_period period);
/* The period of kind that day falls into. */
struct mu_period mu_period_of(int64_t kind, int64_t day);

/* Ids of rows that several devices may make: a quota; a promise about a task or a quota; what a
 * promise without a task is carried on as. */
struct mu_id mu_quota_id(const struct mu_world *world, struct mu_id target, struct mu_id person,
                         struct mu_period period);
struct mu_id mu_commitment_id(const struct mu_world *world, struct mu_id person, struct mu_id about,
                              struct mu_period period);
struct mu_id mu_successor_id(const struct mu_world *world, struct mu_id commitment);

#endif
