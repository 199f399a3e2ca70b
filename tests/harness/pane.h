/* A program on a terminal that a test can see: started in tmux, typed to, its pane read. */
#ifndef MUSTER_TESTS_HARNESS_PANE_H
#define MUSTER_TESTS_HARNESS_PANE_H

#include <stdbool.h>
#include <stddef.h>

#define MU_PANE_TEXT_MAX ((size_t)64 * 1024)

/* A shell command on a terminal of that size.  One at a time; fails the test. */
void mu_pane_start(const char *command, int columns, int rows);
/* Ends the terminal and all in it.  Nothing happens when there is none. */
void mu_pane_stop(void);
void mu_pane_resize(int columns, int rows);
/* Keys as tmux names them ("Enter", "S-Left", "x"); ends with NULL. */
void mu_pane_keys(const char *const *keys);
/* Text as it is. */
void mu_pane_type(const char *text);
/* What is on it. */
void mu_pane_read(char out_text[static MU_PANE_TEXT_MAX]);
/* The same with the escapes of its colours. */
void mu_pane_read_raw(char out_text[static MU_PANE_TEXT_MAX]);
/* Wait until the text is (is not) on it; fails the test with the pane when patience ends. */
void mu_pane_shows(const char *text);
void mu_pane_loses(const char *text);

#endif
