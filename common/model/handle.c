#include "common/model/handle.h"

bool mu_handle_is_reserved(struct mu_slice text)
{
    return mu_slice_equal(text, mu_slice_str("me")) || mu_slice_equal(text, mu_slice_str("nobody"));
}

bool mu_handle_is_valid(struct mu_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        bool mark = i > 0 && (c == '-' || c == '_' || c == '.');
        if (!word && !mark) {
            return false;
        }
    }
    return text.len > 0 && text.len <= MU_HANDLE_MAX && !mu_handle_is_reserved(text);
}
