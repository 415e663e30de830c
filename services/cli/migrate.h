#ifndef DYE_MIGRATE_H
#define DYE_MIGRATE_H
/*
 * migrate: brings a database to this program's schema, forward only.
 *
 * dyetrace.migration is the ledger: a file's name and SHA-256. One at a time under an advisory lock, each file in one
 * transaction. A file that changed since it was applied, or one this program does not know, stops everything.
 */
#include "store.h"

DYE_MUST_CHECK enum dye_status migrate(struct store *admin, struct dye_error *err);
/* How many files it would apply; it applies none. */
DYE_MUST_CHECK enum dye_status migrate_lack(struct store *admin, size_t *ret, struct dye_error *err);

#endif
