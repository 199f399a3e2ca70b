/* A fresh folder of its own for each test that touches real files; cmocka set-up and tear-down. */
#ifndef MUSTER_TESTS_HARNESS_FOLDER_H
#define MUSTER_TESTS_HARNESS_FOLDER_H

/* Makes the folder, makes it the present one, and puts its path (a char *) into *state. */
int mu_folder_enter(void **state);
/* Leaves and deletes it with all that is in it. */
int mu_folder_leave(void **state);

#endif
