#ifndef DYE_SPOOL_H
#define DYE_SPOOL_H
/*
 * spool: the directory where dumps are dropped: home/spool, with done/ and failed/ beside what waits.
 *
 * Hand-over: rename a finished file into it, or write it there under a name that starts with a dot and rename it; a
 * file written in place is taken when its writer closes it. inotify tells at once; the directory is read again every
 * few seconds, so that a lost event only delays. A file that was there before the start is taken once it has been
 * still for two seconds. A directory, and a link or a pipe that was made in place, stays and is logged.
 */
#include "home.h"

#include <event2/event.h>

/* A file to take, by its name inside the spool; it is told once, until spool_release. */
typedef void (*spool_fn)(void *arg, const char *name);

struct spool;
DYE_MUST_CHECK enum dye_status spool_new(struct event_base *loop, const struct home *h, spool_fn fn, void *arg,
                                         struct spool **ret, struct dye_error *err);
void spool_free(struct spool *s); /* takes NULL */
/* No further file is told. */
void spool_pause(struct spool *s);
/* The file is gone from the spool, or is to be told again later. */
void spool_release(struct spool *s, const char *name);

/* On any thread: spool/<name> moves to done/ or, with a reason beside it (<name>.reason), to failed/. The name is made
 * different when that one is taken, and shorter when it would be too long with what comes behind it; the reason then
 * holds all of it. ret_path, when not NULL: where it lies now. */
DYE_MUST_CHECK enum dye_status spool_move(const struct home *h, const char *name, const char *failed_reason,
                                          char ret_path[HOME_PATH_MAX], struct dye_error *err);

#endif
