/* A fuzz entry as an ordinary test: every file of the corpus, then each with a few bytes
 * changed, cut or said twice by dice.  Usage: fuzz_NAME TIMES FOLDER */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "tests/harness/dice.h"

#define FILE_MAX ((size_t)1024 * 1024)

/* A copy of exactly these bytes, so that the sanitizer sees a step past the end. */
static void run(struct mu_slice bytes)
{
    uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);
    MU_ASSERT(copy != NULL);
    if (bytes.len > 0) {
        memcpy(copy, bytes.data, bytes.len);
    }
    (void)LLVMFuzzerTestOneInput(copy, bytes.len);
    free(copy);
}

static void damage(struct mu_buf *bytes, struct mu_dice *dice)
{
    size_t at = (size_t)mu_dice_below(dice, bytes->len);
    switch (mu_dice_below(dice, 4)) {
    case 0:
        bytes->data[at] ^= (uint8_t)(1U << mu_dice_below(dice, 8));
        break;
    case 1:
        bytes->data[at] = (uint8_t)mu_dice_next(dice);
        break;
    case 2:
        bytes->len = at;
        break;
    default:
        memmove(bytes->data + at / 2, bytes->data + at, bytes->len - at);
        break;
    }
}

static void run_damaged(const struct mu_buf *whole, unsigned long times, struct mu_dice *dice)
{
    for (unsigned long i = 0; i < times && whole->len > 0; i++) {
        MU_BUF_AUTO struct mu_buf bytes;
        mu_buf_init(&bytes, FILE_MAX);
        MU_ASSERT(mu_buf_append(&bytes, whole->data, whole->len) == MU_OK);
        for (uint64_t n = 1 + mu_dice_below(dice, 4); n > 0 && bytes.len > 0; n--) {
            damage(&bytes, dice);
        }
        run(mu_buf_view(&bytes));
    }
}

static void run_file(const char *folder, const char *name, unsigned long times,
                     struct mu_dice *dice)
{
    char path[1024];
    int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    MU_ASSERT(len > 0 && (size_t)len < sizeof path);
    FILE *file = fopen(path, "rb");
    MU_ASSERT(file != NULL);
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, FILE_MAX);
    uint8_t piece[4096];
    size_t got = 0;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0) {
        MU_ASSERT(mu_buf_append(&bytes, piece, got) == MU_OK);
    }
    MU_ASSERT(fclose(file) == 0);
    run(mu_buf_view(&bytes));
    run_damaged(&bytes, times, dice);
}

static size_t run_folder(const char *folder, unsigned long times)
{
    struct mu_dice dice = {.state = 1};
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        (void)fprintf(stderr, "replay: no folder '%s'\n", folder);
        exit(1);
    }
    size_t count = 0;
    const struct dirent *entry = NULL;
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.') {
            run_file(folder, entry->d_name, times, &dice);
            count++;
        }
    }
    (void)closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        (void)fprintf(stderr, "usage: %s TIMES FOLDER\n", argv[0]);
        return 2;
    }
    unsigned long times = strtoul(argv[1], NULL, 10);
    run((struct mu_slice){0});
    size_t count = run_folder(argv[2], times);
    if (count == 0) {
        (void)fprintf(stderr, "replay: there is nothing in '%s'\n", argv[2]);
        return 1;
    }
    (void)printf("%zu files, each whole and %lu times damaged\n", count, times);
    return 0;
}
