/* What the import of an export of Muster would write: its rows against those that there are, as
 * a list of `import` intents.
 *
 * Rows keep their ids.  A row that is here already stays as it is (of a person what is not yet said
 * here is filled in), so that the same export does
 * nothing a second time and an import that broke off is finished by planning again.  Rows come
 * in the order in which they need each other.  What is no content (client/import/content.h) is
 * left out, with the reason told. */
#ifndef MUSTER_CLIENT_IMPORT_MUSTER_PLAN_H
#define MUSTER_CLIENT_IMPORT_MUSTER_PLAN_H

#include "client/import/content.h"
#include "client/import/muster_file.h"
#include "common/base/buf.h"
#include "common/model/decide.h"

#define MU_ENTITY_NUMBER_MAX 64

struct mu_export_count {
    size_t in;       /* rows in the file */
    size_t made;     /* new here */
    size_t same;     /* here, and saying the same */
    size_t other;    /* here, and saying something else: left as it is here */
    size_t left_out; /* no content, or a pair that is off */
};

struct mu_export_plan {
    struct mu_intent *intents; /* to be authored in this order */
    size_t intent_count;
    struct mu_export_count counts[MU_ENTITY_NUMBER_MAX]; /* by entity */
    size_t made;
    size_t lost_refs;      /* values that name a row which is neither here nor in the file, or which
                            * needs this one first */
    size_t unknown_rows;   /* as of the file */
    size_t unknown_fields; /* as of the file */
    struct mu_content_digest digest; /* of the file */
};

/* Everything in out lives in arena or borrows from file.
 * Errors: those of the world; MU_E_LIMIT when the arena is full. */
MU_MUST_USE enum mu_status mu_export_plan_make(const struct mu_export_file *file,
                                               const struct mu_world *world, struct mu_arena *arena,
                                               struct mu_export_plan *out, struct mu_error *err);
/* A table by entity, then a line for each thing left out.  Errors: as mu_buf_append(). */
MU_MUST_USE enum mu_status mu_export_plan_text(const struct mu_export_plan *plan,
                                               struct mu_buf *out);

#endif
