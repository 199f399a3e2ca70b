/* Long ids that a spreadsheet took for numbers. */
#ifndef MUSTER_CLIENT_IMPORT_ROUNDED_H
#define MUSTER_CLIENT_IMPORT_ROUNDED_H

#include <stdbool.h>

#include "common/base/slice.h"

/* "1.21143E+15", "1,21143E+15": its last digits are lost. */
bool mu_id_rounded(struct mu_slice id);
/* All digits, more than the 15 that a spreadsheet keeps. */
bool mu_id_long(struct mu_slice id);
/* The same with zeros from the 16th digit on: what a spreadsheet makes of it, and by chance one
 * id in ten. */
bool mu_id_zeroed(struct mu_slice id);

#endif
