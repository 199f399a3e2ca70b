#include "client/shell/journal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_LEN_MAX 512

void mu_journal_note(const char *about, struct mu_slice text)
{
    char line[LINE_LEN_MAX];
    int head = snprintf(line, sizeof line - 1, "muster-agent: %.64s%s", about,
                        about[0] != '\0' ? ": " : "");
    size_t len = (size_t)head;
    for (size_t i = 0; i < text.len && len < sizeof line - 1; i++) {
        uint8_t c = text.data[i];
        line[len++] = (char)(c < 0x20 || c == 0x7f ? '?' : c);
    }
    line[len++] = '\n';
    /* What cannot be written has nowhere to be told. */
    ssize_t written = write(STDERR_FILENO, line, len);
    (void)written;
}

void mu_journal_fail(const char *about, const struct mu_error *err)
{
    mu_journal_note(about, mu_slice_str(err->text));
}
