#ifndef MATCHER_SCRATCH_H
#define MATCHER_SCRATCH_H
/* scratch: files without a name, for what has to be sought or handed to another program. */
#include "dye/status.h"

#include <stdint.h>

/* A new empty one in `folder`; -1 with errno. */
int scratch_open(const char *folder);
/* A new one that holds n bytes of `fd` from `at`. -1 when they can't be had or the disk is full. */
int scratch_copy(const char *folder, int fd, uint64_t at, uint64_t n);

#endif
