#include "common/base/slice.h"

#include <string.h>

struct mu_slice mu_slice_str(const char *text)
{
    return mu_slice_of(text, text == NULL ? 0 : strlen(text));
}

struct mu_slice mu_slice_of(const void *data, size_t len)
{
    return (struct mu_slice){.data = data, .len = len};
}

bool mu_slice_equal(struct mu_slice a, struct mu_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

int mu_slice_compare(struct mu_slice a, struct mu_slice b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared == 0 ? 0 : memcmp(a.data, b.data, shared);
    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}
