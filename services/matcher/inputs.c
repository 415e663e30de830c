#include "inputs.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static enum dye_status add_input(struct inputs *in, const char *path, struct dye_error *err)
{
    if (in->n == in->cap) {
        size_t cap = in->cap != 0 ? 2 * in->cap : 16;
        struct input *at = reallocarray(in->at, cap, sizeof *at);
        if (at == NULL)
            DYE_FAIL(err, DYE_E_NOMEM, "ingest: out of memory");
        in->at = at;
        in->cap = cap;
    }
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hold us up */
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        int why = fd < 0 ? errno : 0;
        if (fd >= 0)
            close(fd);
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, why != 0 ? strerror(why) : "not a regular file");
    }
    char *real = realpath(path, NULL);
    if (real == NULL) {
        close(fd);
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, strerror(errno));
    }
    in->at[in->n++] = (struct input){real, fd};
    return DYE_OK;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Inside a directory a link is not followed: it may lead root to what its maker can't read. */
static void complain_skipped(const char *path, struct inputs *in)
{
    struct dye_error err;
    dye_fail(&err, DYE_E_RECORD, "%s: skipped: it is no regular file", path);
    complain(&err);
    in->skipped++;
}

/* One file that can't be had is told and counted: it must not keep the others out. */
static enum dye_status try_input(struct inputs *in, const char *path, struct dye_error *err)
{
    enum dye_status status = add_input(in, path, err);
    if (status != DYE_E_IO)
        return status;
    complain(err);
    in->failed++;
    return DYE_OK;
}

static enum dye_status walk_directory(struct inputs *in, char *path, struct dye_error *err)
{
    char *const roots[] = {path, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    enum dye_status status = walk != NULL ? DYE_OK : dye_fail(err, DYE_E_IO, "%s: %s", path, strerror(errno));
    for (FTSENT *e; status == DYE_OK && (e = fts_read(walk)) != NULL;)
        if (e->fts_info == FTS_F) {
            status = try_input(in, e->fts_path, err);
        } else if (e->fts_info == FTS_SL || e->fts_info == FTS_SLNONE || e->fts_info == FTS_DEFAULT) {
            complain_skipped(e->fts_path, in);
        } else if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR || e->fts_info == FTS_NS) {
            dye_fail(err, DYE_E_IO, "%s: %s", e->fts_path, strerror(e->fts_errno));
            complain(err);
            in->failed++;
        }
    if (walk != NULL)
        fts_close(walk);
    return status;
}

enum dye_status inputs_open(int n, char **paths, struct inputs *in, struct dye_error *err)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max; /* a directory may hold thousands */
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    for (int i = 0; i < n; i++) {
        struct stat st;
        if (stat(paths[i], &st) != 0 || !S_ISDIR(st.st_mode))
            DYE_TRY(try_input(in, paths[i], err));
        else
            DYE_TRY(walk_directory(in, paths[i], err));
    }
    return DYE_OK;
}

void inputs_close(struct inputs *in)
{
    for (size_t i = 0; i < in->n; i++) {
        free(in->at[i].path);
        close(in->at[i].fd);
    }
    free(in->at);
}
