#ifndef DYE_PROGRAM_H
#define DYE_PROGRAM_H
/* program: the files of our programs, which lie in one folder. */
#include "dye/status.h"

#include <stddef.h>

enum { PROGRAM_PATH_MAX = 1024 };

/* The path of another one, such as "dyetrace-matcher": beside the file of this one. DYE_E_LIMIT. */
DYE_MUST_CHECK enum dye_status program_sister(const char *name, char ret[PROGRAM_PATH_MAX], struct dye_error *err);
/* Becomes it. Returns only with what went wrong: DYE_E_IO. argv[0] is replaced by its path. */
DYE_MUST_CHECK enum dye_status program_become(const char *name, char **argv, struct dye_error *err);

#endif
