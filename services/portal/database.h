#ifndef DYE_PORTAL_DATABASE_H
#define DYE_PORTAL_DATABASE_H
/*
 * database: the portal's one connection, kept up. When it is lost, the loop tries again after 0.25 s, then at doubling
 * intervals up to 30 s; until then requests are answered 503.
 */
#include "home.h"
#include "store.h"

#include <event2/event.h>

struct database;

/* Enters the zone (drops privileges). The first connection must succeed. `h` is borrowed. */
DYE_MUST_CHECK enum dye_status database_open(const struct home *h, struct event_base *base, struct database **ret,
                                             struct dye_error *err);
void database_close(struct database *d); /* takes NULL */

/* The connection, or NULL while it is away. */
struct store *database_store(struct database *d);
/* After a failure: rolls back, or gives a lost connection up and begins to try again. True when it is usable. */
bool database_recover(struct database *d);
/* Asks the server; false when it does not answer. */
bool database_alive(struct database *d);

#endif
