#include "inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static enum dye_status add(void *arg, const char *path, int fd, bool below, struct dye_error *err)
{
    struct inputs *in = arg;
    (void)below;
    if (in->n == in->cap) {
        size_t cap = in->cap != 0 ? 2 * in->cap : 16;
        struct input *at = reallocarray(in->at, cap, sizeof *at);
        if (at == NULL) {
            close(fd);
            DYE_FAIL(err, DYE_E_NOMEM, "ingest: out of memory");
        }
        in->at = at;
        in->cap = cap;
    }
    char *real = realpath(path, NULL);
    if (real == NULL) {
        close(fd);
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, strerror(errno));
    }
    in->at[in->n++] = (struct input){real, fd};
    return DYE_OK;
}

enum dye_status inputs_open(int n, char **paths, struct inputs *in, struct dye_error *err)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max; /* a directory may hold thousands */
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    struct files files = {.n = n, .paths = paths};
    enum dye_status status = files_each(&files, add, in, err);
    in->skipped = files.skipped;
    in->failed = files.failed;
    return status;
}

void inputs_close(struct inputs *in)
{
    for (size_t i = 0; i < in->n; i++) {
        free(in->at[i].path);
        close(in->at[i].fd);
    }
    free(in->at);
}
