/* Strengths: what a task asks for, and who knows it.  A hint for who, never a rule. */
#ifndef MUSTER_CLIENT_VIEW_SKILLS_H
#define MUSTER_CLIENT_VIEW_SKILLS_H

#include "client/view/names.h"

#define MU_FITS_MAX 3

/* Somebody who knows something of what is asked. */
struct mu_fit {
    struct mu_id person;
    size_t shared; /* skills in common */
    int64_t load;  /* open tasks that the person has already */
};

/* Skills are words with commas between, case aside: how many stand in both lists. */
size_t mu_skills_shared(struct mu_slice a, struct mu_slice b);
/* How many a list has. */
size_t mu_skills_count(struct mu_slice skills);
/* Active members who share a skill: most shared first, then who has least to do, then by handle; at
 * most MU_FITS_MAX.  Errors: those of the store. */
MU_MUST_USE enum mu_status mu_skills_fits(struct mu_db *db, const struct mu_names *names,
                                          struct mu_slice skills,
                                          struct mu_fit out_fits[static MU_FITS_MAX],
                                          size_t *out_count, struct mu_error *err);
/* "@kofi (2 of 2), @mia (1 of 2)", neutralised. */
MU_MUST_USE enum mu_status mu_words_fits(struct mu_buf *out, const struct mu_fit *fits,
                                         size_t count, struct mu_slice skills,
                                         const struct mu_names *names);
/* What a task asks for; empty when nothing.  In the arena. */
MU_MUST_USE enum mu_status mu_task_skills(struct mu_db *db, struct mu_id task,
                                          struct mu_arena *arena, struct mu_slice *out,
                                          struct mu_error *err);

#endif
