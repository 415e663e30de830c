#ifndef DYE_POOL_H
#define DYE_POOL_H
/*
 * pool: threads that do jobs the loop must not wait for, and give the results back to the loop.
 *
 * `work` runs on a pool thread, with that thread's own context; `done` runs later on the loop's thread. One thread
 * calls all functions here: the loop's.
 */
#include "dye/status.h"

#include <event2/event.h>

struct pool_job {
    void (*work)(struct pool_job *job, void *context);
    void (*done)(struct pool_job *job); /* may free the job */
    struct pool_job *next;
};

struct pool;
/* contexts[i] belongs to thread i; borrowed. DYE_E_NOMEM, DYE_E_IO. */
DYE_MUST_CHECK enum dye_status pool_new(struct event_base *loop, void *const contexts[], size_t threads,
                                        struct pool **ret, struct dye_error *err);
void pool_push(struct pool *p, struct pool_job *job);
size_t pool_busy(const struct pool *p); /* jobs whose `done` has not run yet */
/* Waits for the jobs that run; those that wait are handed to `done` without having run. Takes NULL. */
void pool_free(struct pool *p);

#endif
