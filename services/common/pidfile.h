#ifndef DYE_PIDFILE_H
#define DYE_PIDFILE_H
/*
 * pidfile: home/run/<name>.pid, locked for as long as the process lives. The lock, not the number, says that it runs,
 * so a killed daemon leaves nothing to clean up.
 */
#include "home.h"

/* Keeps the lock until the process ends. DYE_E_AGAIN when another process has it. */
DYE_MUST_CHECK enum dye_status pidfile_take(const struct home *h, const char *name, struct dye_error *err);
/* The process that holds it; 0 when none does. */
pid_t pidfile_holder(const struct home *h, const char *name);

#endif
