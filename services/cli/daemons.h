#ifndef DYE_DAEMONS_H
#define DYE_DAEMONS_H
/*
 * daemons: starting and stopping a home's four. A daemon says that it is up by taking its pid file's lock.
 */
#include "home.h"

#define DAEMONS 4
extern const char *const daemon_names[DAEMONS]; /* "seeder", "matcher", "portal", "alerter" */

/* Starts it unless it runs; waits until it is up. DYE_E_IO with the place of its log. */
DYE_MUST_CHECK enum dye_status daemon_start(const struct home *h, const char *name, const char *config,
                                            struct dye_error *err);
/* TERM, and after 30 s of draining once more. DYE_E_AGAIN when it still runs. */
DYE_MUST_CHECK enum dye_status daemon_stop(const struct home *h, const char *name, struct dye_error *err);

#endif
