#ifndef DYE_TOUCH_IMPORT_H
#define DYE_TOUCH_IMPORT_H
/*
 * touch_import: one access log of a source, into the database. Of an entry about a canary that stands in that system
 * the account's pseudonym, the time and the way are stored; of all others a count an account and day, with two marks:
 * bulk for a day on which it opened more records within an hour than a person does, shared for one on which it worked
 * at more places.
 */
#include "access_log.h"
#include "recogniser.h"

struct touch_import_result {
    bool duplicate; /* the same bytes were imported for this source before: nothing is stored */
    uint64_t entries, accounts, touches, others, unread;
    size_t first_unread; /* its line; 0: none */
};
/* `log` is cut up. DYE_E_NOTFOUND for a source that is not there; DYE_E_USAGE, DYE_E_LIMIT and DYE_E_DATABASE, and then
 * nothing is stored. */
DYE_MUST_CHECK enum dye_status touch_import(struct store *s, const struct recogniser *r, const char *source,
                                            const struct access_mapping *m, struct dye_buf *log,
                                            struct touch_import_result *ret, struct dye_error *err);

/* The pseudonym under which an account's accesses are stored, NUL-terminated. DYE_E_USAGE: the mapping says that
 * accounts are pseudonyms, and this is none. */
#define TOUCH_ACCOUNT_MAX 64
DYE_MUST_CHECK enum dye_status touch_account(const struct recogniser *r, const char *source, bool pseudonyms,
                                             const char *account, char ret[TOUCH_ACCOUNT_MAX + 1],
                                             struct dye_error *err);

#endif
