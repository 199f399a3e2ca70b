#include "tests/bench/paths_list.h"

#include "client/view/tasks.h"
#include "common/base/check.h"

void mu_path_list(struct mu_db *db, struct mu_arena *arena)
{
    struct mu_names names;
    struct mu_task_filter filter = {.board = NULL};
    struct mu_task_list *list = NULL;
    struct mu_task_line line;
    struct mu_error err = {0};
    bool found = true;
    MU_ASSERT(mu_names_load(db, arena, &names, &err) == MU_OK &&
              mu_task_list_open(db, &names, &filter, arena, &list, &err) == MU_OK);
    while (found) {
        MU_ASSERT(mu_task_list_next(list, &line, &found, &err) == MU_OK);
    }
    mu_task_list_close(list);
}

void mu_path_transfer(struct mu_pair *pair)
{
    (void)mu_pair_join_as(pair, 1);
    mu_pair_settle(pair);
}
