/* What every fuzz entry is made of.
 *
 * An entry is one file fuzz_NAME.c with LLVMFuzzerTestOneInput(): any bytes in, nothing but
 * an abort may tell of a mistake.  With -DMUSTER_FUZZ=ON clang makes a fuzzer of it; else
 * replay.c makes a test that runs the corpus and damages it a little. */
#ifndef MUSTER_TESTS_FUZZ_FUZZ_H
#define MUSTER_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A failure says what is wrong, in one line of text. */
static inline void fuzz_check_error(enum mu_status status, const struct mu_error *err)
{
    size_t len = 0;
    while (len < MU_ERROR_TEXT_MAX && err->text[len] != '\0') {
        len++;
    }
    MU_ASSERT(status != MU_OK && err->status == status);
    MU_ASSERT(len > 0 && len < MU_ERROR_TEXT_MAX);
}

/* The first byte of an input chooses between the ways of an entry; the rest is its matter. */
static inline uint8_t fuzz_choose(struct mu_slice *input)
{
    if (input->len == 0) {
        return 0;
    }
    uint8_t choice = input->data[0];
    input->data++;
    input->len--;
    return choice;
}

/* The input up to the next byte 0, which is taken away too. */
static inline struct mu_slice fuzz_part(struct mu_slice *input)
{
    size_t len = 0;
    while (len < input->len && input->data[len] != 0) {
        len++;
    }
    struct mu_slice part = {.data = input->data, .len = len};
    size_t taken = len < input->len ? len + 1 : len;
    input->data += taken;
    input->len -= taken;
    return part;
}

#endif
