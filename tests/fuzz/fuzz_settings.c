/* A settings file: the user's own, or one that came with a folder. */
#include "client/home/settings.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_slice input = mu_slice_of(data, size);
    bool folder = fuzz_choose(&input) % 2 == 1;
    static const struct mu_settings none;
    struct mu_settings settings = none;
    struct mu_error err = {0};
    enum mu_status status =
        mu_settings_parse(input, "here", folder ? MU_FROM_FOLDER : MU_FROM_USER, &settings, &err);
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
        return 0;
    }
    for (size_t i = 0; i < MU_SETTING_COUNT; i++) {
        MU_ASSERT(memchr(settings.values[i], '\0', sizeof settings.values[i]) != NULL);
        MU_ASSERT(!folder || settings.origins[i] == MU_FROM_NOWHERE || i == MU_SETTING_WORKSPACE ||
                  i == MU_SETTING_BOARD);
    }
    return 0;
}
