#ifndef DYE_WORKER_H
#define DYE_WORKER_H
/*
 * worker: what one thread of the daemon does with one file of the spool, with a connection of its own.
 */
#include "home.h"
#include "registry.h"
#include "store.h"

#include <stdatomic.h>

struct worker {
    const struct home *home;
    const char *conninfo;
    struct registry *registry;
    const atomic_bool *stop;
    struct store *store; /* opened when needed, dropped when lost */
};

enum worker_outcome {
    WORKER_DONE,   /* ingested, attributed, moved to done/ */
    WORKER_FAILED, /* moved to failed/ with its reason */
    WORKER_GONE,   /* not there any more: whoever put it there took or renamed it */
    WORKER_LATER   /* a passing condition, or the daemon stops: the file stays where it is */
};

/* `tries`: how often it was WORKER_LATER before; the third refusal of a database that answers is final. */
enum worker_outcome worker_take(struct worker *w, const char *name, unsigned tries);

/* Canaries that dumps were not asked for yet; attributions and digests that wait on the queue. */
void worker_followup(struct worker *w);

void worker_close(struct worker *w);

#endif
