#ifndef DYE_PRIVILEGE_H
#define DYE_PRIVILEGE_H
/*
 * privilege: what a process gives up before it reads anything that a stranger wrote.
 */
#include "dye/status.h"

#include <sys/types.h>

/* No core files, no ptrace by the same user, no new privileges: what a process holds stays in it. */
void privilege_harden(void);

/* When root: become uid:gid with its groups, for good. Otherwise nothing. DYE_E_IO. */
DYE_MUST_CHECK enum dye_status privilege_drop(uid_t uid, gid_t gid, struct dye_error *err);

#endif
