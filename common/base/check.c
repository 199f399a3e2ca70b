#include "common/base/check.h"

#include <stdio.h>
#include <stdlib.h>

void mu_assert_failed(const char *expression, const char *file, int line)
{
    (void)fprintf(stderr, "muster: bug: '%s' does not hold at %s:%d\n", expression, file, line);
    abort();
}
