#include "client/import/rounded.h"

#define KEPT_DIGITS 15

bool mu_id_rounded(struct mu_slice id)
{
    bool digits = false;
    bool exponent = false;
    for (size_t i = 0; i < id.len; i++) {
        uint8_t byte = id.data[i];
        if ((byte == 'E' || byte == 'e') && digits && !exponent) {
            exponent = true;
        } else if (byte >= '0' && byte <= '9') {
            digits = true;
        } else if (byte != '.' && byte != ',' && !(byte == '+' && exponent)) {
            return false;
        }
    }
    return exponent && id.data[id.len - 1] != 'E' && id.data[id.len - 1] != 'e';
}

bool mu_id_long(struct mu_slice id)
{
    for (size_t i = 0; i < id.len; i++) {
        if (id.data[i] < '0' || id.data[i] > '9') {
            return false;
        }
    }
    return id.len > KEPT_DIGITS;
}

bool mu_id_zeroed(struct mu_slice id)
{
    for (size_t i = KEPT_DIGITS; i < id.len; i++) {
        if (id.data[i] != '0') {
            return false;
        }
    }
    return mu_id_long(id);
}
