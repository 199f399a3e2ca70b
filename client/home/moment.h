/* What a turn knows of the world outside: the clocks, randomness and the zone of this device. */
#ifndef MUSTER_CLIENT_HOME_MOMENT_H
#define MUSTER_CLIENT_HOME_MOMENT_H

#include "client/core/client.h"
#include "common/base/arena.h"
#include "common/model/zone.h"

struct mu_wall mu_moment_wall(void);
struct mu_mono mu_moment_mono(void);

/* Where this device is.  Found once in a process. */
struct mu_home_zone {
    char name[MU_ZONE_MAX + 1];  /* IANA name, "" when the system does not say one */
    const struct mu_zone *zone;  /* never NULL; lives in the arena given, or for ever */
    char doubt[MU_ZONE_MAX + 1]; /* a name that was asked for and has no zone file, or "" */
};
/* wanted: a name that overrules the system's, or NULL or "".  Else TZ, else /etc/localtime, else
 * UTC.  Never fails: what cannot be read is UTC and stands in doubt. */
void mu_home_zone_find(const char *wanted, struct mu_arena *arena, struct mu_home_zone *out);
/* The zone file of a name.  Errors: MU_E_NOT_FOUND no such zone, MU_E_INVALID no name of a zone,
 * those of mu_zone_read(). */
MU_MUST_USE enum mu_status mu_zone_load(const char *name, struct mu_arena *arena,
                                        const struct mu_zone **out_zone, struct mu_error *err);
/* The same for struct mu_viewpoint's zone_of: state is the arena; NULL when there is none. */
const struct mu_zone *mu_zone_of(void *state, const char *name);

/* One turn's view.  Must not move while turn is used: it points into itself. */
struct mu_moment {
    struct mu_client_turn turn;
    struct mu_entropy entropy;
};
/* place must outlive it.  MU_E_CRYPTO when libsodium cannot work here. */
MU_MUST_USE enum mu_status mu_moment_now(struct mu_moment *out, const struct mu_home_zone *place,
                                         struct mu_error *err);
void mu_moment_deinit(struct mu_moment *moment);

#endif
