#ifndef DYE_CHILD_H
#define DYE_CHILD_H
/*
 * child: running PostgreSQL's own tools as the home's user.
 */
#include "home.h"

/* argv[0] is a path. Output goes to `log` (appended) or, when NULL, to /dev/null. DYE_E_IO with the exit status. */
DYE_MUST_CHECK enum dye_status child_run(const struct home *h, const char *const argv[], const char *log,
                                         struct dye_error *err);
/* The path of a PostgreSQL program, such as "initdb": the newest of /usr/lib/postgresql/N/bin, else of $PATH. */
DYE_MUST_CHECK enum dye_status child_find_postgres(const char *program, char ret[HOME_PATH_MAX], struct dye_error *err);

#endif
