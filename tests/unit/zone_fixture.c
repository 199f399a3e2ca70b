#include "tests/unit/zone_fixture.h"

#include <stdio.h>

#include "tests/harness/cmocka.h"

const struct mu_zone *zone_of_viewpoint(void *state, const char *name)
{
    char path[200];
    static uint8_t bytes[MU_ZONE_FILE_MAX];
    const struct mu_zone *zone = NULL;
    struct mu_error err = {0};
    assert_true(snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name) < (int)sizeof path);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    size_t len = fread(bytes, 1, sizeof bytes, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(mu_zone_read(mu_slice_of(bytes, len), state, &zone, &err), MU_OK);
    return zone;
}

const struct mu_zone *zone_of_system(struct mu_arena *arena, const char *name)
{
    const struct mu_zone *zone = zone_of_viewpoint(arena, name);
    if (zone == NULL) {
        fail_msg("no zone %s: install tzdata", name);
    }
    return zone;
}
