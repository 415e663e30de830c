#ifndef DYE_LISTENER_H
#define DYE_LISTENER_H
/*
 * listener: an asynchronous connection that LISTENs for registry epochs inside the loop.
 *
 * It only wakes: what is new is read from the table. After a lost connection it opens a new one, waiting 0.5 s and then
 * up to 30 s, and wakes once when it listens again, since a notification may have been missed.
 */
#include "dye/status.h"

#include <event2/event.h>

typedef void (*listener_fn)(void *arg);

struct listener;
/* conninfo is copied. Connects in the background. */
DYE_MUST_CHECK enum dye_status listener_new(struct event_base *loop, const char *conninfo, listener_fn wake, void *arg,
                                            struct listener **ret, struct dye_error *err);
void listener_free(struct listener *l); /* takes NULL */

#endif
