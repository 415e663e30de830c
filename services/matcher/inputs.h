#ifndef DYE_INPUTS_H
#define DYE_INPUTS_H
/*
 * inputs: the files that `ingest` was given. All are open before any is read: root opens, the home's user reads.
 */
#include "files.h"

struct input {
    char *path; /* absolute */
    int fd;
};
struct inputs {
    struct input *at;
    size_t n, cap;
    size_t skipped, failed; /* as of struct files */
};

/* Regular files alone. `in` starts zeroed. DYE_E_NOMEM; DYE_E_IO when a directory can't be walked at all. */
DYE_MUST_CHECK enum dye_status inputs_open(int n, char **paths, struct inputs *in, struct dye_error *err);
void inputs_close(struct inputs *in);

#endif
