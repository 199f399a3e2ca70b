/* Which characters could do harm on a screen; between text.c and json.c. */
#ifndef MUSTER_CLIENT_VIEW_POINTS_H
#define MUSTER_CLIENT_VIEW_POINTS_H

#include <stdbool.h>
#include <stdint.h>

/* C0, DEL and C1. */
bool mu_point_is_control(uint32_t point);
/* Drawn as nothing, though no control: blanks that are none, joiners, directions, tags. */
bool mu_point_is_unseen(uint32_t point);

#endif
