#include "common/base/shift.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define SHIFT_MOST INT64_C(3000000000000) /* 95 years, either way */

int64_t mu_clock_shift_ms(void)
{
    const char *path = getenv("MUSTER_CLOCK");
    if (path == NULL || path[0] == '\0') {
        return 0;
    }
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    char text[32] = "";
    char *end = NULL;
    bool read = fgets(text, sizeof text, file) != NULL;
    (void)fclose(file);
    errno = 0;
    long long shift = read ? strtoll(text, &end, 10) : 0;
    if (!read || errno != 0 || end == text || shift > SHIFT_MOST || shift < -SHIFT_MOST) {
        return 0;
    }
    return shift;
}
