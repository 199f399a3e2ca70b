/* Rows as 'muster export json' writes them. */
#ifndef MUSTER_CLIENT_IMPORT_MUSTER_JSON_H
#define MUSTER_CLIENT_IMPORT_MUSTER_JSON_H

#include "client/view/json.h"
#include "common/model/row.h"

/* One row as an object in an array: {"id":…,"title":…}, fields by name, words for some enums, bytes
 * in hex; fields of a newer version by number in "unknown_fields".  scratch may be cleared
 * afterwards. */
void mu_export_row(struct mu_json *json, const struct mu_row *row, struct mu_arena *scratch);

#endif
