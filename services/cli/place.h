#ifndef DYE_PLACE_H
#define DYE_PLACE_H
/*
 * place: whose a new home is, and where it lies.
 */
#include "home.h"

/* The mark of a home that is being made. */
#define PLACE_UNFINISHED "unfinished"

/* The caller; for root the user `wanted`, or, when that is NULL, dyetrace or postgres. DYE_E_CONFIG. */
DYE_MUST_CHECK enum dye_status place_user(const char *wanted, uid_t *ret_uid, gid_t *ret_gid, struct dye_error *err);

/*
 * The directory `path` (absolute), empty or marked unfinished, mode 0700 and that user's. Where the user could not
 * reach it, it lies in /var/lib/dyetrace and `path` is a link. DYE_E_USAGE for a directory that holds something else.
 */
DYE_MUST_CHECK enum dye_status place_make(char *path, uid_t uid, gid_t gid, struct dye_error *err);

#endif
