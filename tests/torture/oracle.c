#include "tests/torture/oracle.h"

#include <stdio.h>
#include <sys/mman.h>

struct oracle *oracle_make(void)
{
    void *memory = mmap(NULL, sizeof(struct oracle), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void task_title(unsigned writer, uint32_t task, uint32_t revision, char out_text[static 64])
{
    (void)snprintf(out_text, 64, "w%u task %u rev %u", writer, (unsigned)task, (unsigned)revision);
}

void comment_text(unsigned writer, uint32_t comment, char out_text[static 64])
{
    (void)snprintf(out_text, 64, "w%u comment %u", writer, (unsigned)comment);
}
