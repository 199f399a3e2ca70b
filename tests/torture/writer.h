/* Somebody who types commands without a pause; a process of its own. */
#ifndef MUSTER_TESTS_TORTURE_WRITER_H
#define MUSTER_TESTS_TORTURE_WRITER_H

#include <sys/types.h>

#include "client/demo/cast.h"
#include "tests/torture/oracle.h"

struct disk_faults {
    const char *library; /* NULL: the disk never fails */
    unsigned one_in;
};
/* Let programs started from now on have such a disk, or (NULL) a good one. */
void disk_faults_set(const struct disk_faults *faults, uint64_t seed);

/* Forks; -1 on failure.  Ends when oracle->stop is set. */
pid_t writer_start(const struct mu_cast *cast, unsigned number, uint64_t seed,
                   const struct disk_faults *faults, struct oracle *oracle);

#endif
