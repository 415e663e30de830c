#ifndef DYE_CLUSTER_H
#define DYE_CLUSTER_H
/*
 * cluster: the home's private PostgreSQL: a unix socket and nothing else, data checksums, no statement in its log.
 *
 * Who may log in: the home's user, and root, as dyetrace_owner (by the socket's peer); zones as their roles, by
 * password.
 */
#include "home.h"

/* Makes cluster/ and its database. Started when it returns. */
DYE_MUST_CHECK enum dye_status cluster_create(const struct home *h, struct dye_error *err);
/* Starts it unless it runs. */
DYE_MUST_CHECK enum dye_status cluster_start(const struct home *h, struct dye_error *err);
/* Stops it (fast: open transactions are rolled back) if it runs. */
DYE_MUST_CHECK enum dye_status cluster_stop(const struct home *h, struct dye_error *err);
bool cluster_is_up(const struct home *h);

#endif
