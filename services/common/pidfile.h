#ifndef DYE_PIDFILE_H
#define DYE_PIDFILE_H
/*
 * pidfile: home/run/<name>.pid, locked for as long as the process lives. The lock, not the number, says that it runs,
 * so a killed daemon leaves nothing to clean up; and the kernel says who holds it, so root signals nobody else.
 */
#include "home.h"

/* Keeps the lock until the process ends. DYE_E_AGAIN when another process has it. */
DYE_MUST_CHECK enum dye_status pidfile_take(const struct home *h, const char *name, struct dye_error *err);
/* The process of the home's user that holds it; 0 when none does. */
pid_t pidfile_holder(const struct home *h, const char *name);

#endif
