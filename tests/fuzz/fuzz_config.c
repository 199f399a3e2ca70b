/* musterd.conf: what is understood is printed and understood again. */
#include "server/shell/config.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mu_config config = {0};
    struct mu_config again = {0};
    struct mu_error err = {0};
    enum mu_status status = mu_config_parse(mu_slice_of(data, size), &config, &err);
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
        return 0;
    }
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_CONFIG_MAX);
    MU_ASSERT(mu_config_print(&config, &text) == MU_OK);
    MU_ASSERT(mu_config_parse(mu_buf_view(&text), &again, &err) == MU_OK);
    MU_ASSERT(strcmp(config.listen, again.listen) == 0);
    MU_ASSERT(strcmp(config.public_endpoint, again.public_endpoint) == 0);
    return 0;
}
