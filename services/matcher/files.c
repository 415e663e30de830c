#include "files.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum dye_status tell(size_t *count, struct dye_error *err)
{
    (void)complain(err);
    ++*count;
    return DYE_OK;
}

static enum dye_status open_file(const struct files *f, const char *path, bool below, int *ret_fd,
                                 struct dye_error *err)
{
    struct stat st;
    bool stream = f->streams && !below;
    int wait = stream ? 0 : O_NONBLOCK; /* a FIFO that nobody asked for must not hold us up */
    int fd = stream && strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | wait);
    if (fd >= 0 && (stream || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))) {
        *ret_fd = fd;
        return DYE_OK;
    }
    int why = fd < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    DYE_FAIL(err, DYE_E_IO, "%s: %s", path, why != 0 ? strerror(why) : "not a regular file");
}

static enum dye_status one(struct files *f, const char *path, bool below, files_fn fn, void *arg, struct dye_error *err)
{
    int fd = -1;
    enum dye_status status = open_file(f, path, below, &fd, err);
    if (status == DYE_OK)
        status = fn(arg, path, fd, below, err);
    return status == DYE_E_IO ? tell(&f->failed, err) : status;
}

static enum dye_status walk(struct files *f, char *path, files_fn fn, void *arg, struct dye_error *err)
{
    char *const roots[] = {path, NULL};
    FTS *all = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    enum dye_status status = all != NULL ? DYE_OK : dye_fail(err, DYE_E_IO, "%s: %s", path, strerror(errno));
    for (FTSENT *e; status == DYE_OK && (e = fts_read(all)) != NULL;)
        switch (e->fts_info) {
        case FTS_F:
            status = one(f, e->fts_path, true, fn, arg, err);
            break;
        case FTS_SL:
        case FTS_SLNONE:
        case FTS_DEFAULT:
            (void)!dye_fail(err, DYE_E_RECORD, "%s: skipped: it is no regular file", e->fts_path);
            status = tell(&f->skipped, err);
            break;
        case FTS_DNR:
        case FTS_ERR:
        case FTS_NS:
            (void)!dye_fail(err, DYE_E_IO, "%s: %s", e->fts_path, strerror(e->fts_errno));
            status = tell(&f->failed, err);
            break;
        default:
            break;
        }
    if (all != NULL)
        fts_close(all);
    return status;
}

enum dye_status files_each(struct files *f, files_fn fn, void *arg, struct dye_error *err)
{
    enum dye_status status = DYE_OK;
    for (int i = 0; status == DYE_OK && i < f->n; i++) {
        struct stat st;
        bool directory = stat(f->paths[i], &st) == 0 && S_ISDIR(st.st_mode);
        status = directory ? walk(f, f->paths[i], fn, arg, err) : one(f, f->paths[i], false, fn, arg, err);
    }
    return status;
}
