#include "output_file.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum dye_status output_write(int fd, const void *p, size_t n, struct dye_error *err)
{
    const char *at = p;
    while (n > 0) {
        ssize_t w = write(fd, at, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            DYE_FAIL(err, DYE_E_IO, "output: can't be written: %s", strerror(errno));
        at += w;
        n -= (size_t)w;
    }
    return DYE_OK;
}

static int fill_in_child(const int *fds, size_t n, output_fill_all_fn fill, void *arg)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        return 3;
    if (pid == 0) {
        struct dye_error err = {0};
        enum dye_status status = fill(fds, arg, &err);
        for (size_t i = 0; i < n && status == DYE_OK; i++)
            if (fsync(fds[i]) != 0)
                status = dye_fail(&err, DYE_E_IO, "output: can't be written: %s", strerror(errno));
        int code = status == DYE_OK ? 0 : complain(&err);
        fflush(NULL);
        _exit(code);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 4;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}

struct output_name {
    char tmp[4096];
    const char *path;
};

static int complain_of(const char *path, const char *why)
{
    struct dye_error err = {0};
    dye_fail(&err, DYE_E_IO, "%s: %s", path[0] != '\0' ? path : "output", why);
    return complain(&err);
}

static int complain_of_kept(const struct output_name *name)
{
    struct dye_error err = {0};
    dye_fail(&err, DYE_E_IO, "%.100s: %s; what was written is in %.100s", name->path, strerror(errno), name->tmp);
    return complain(&err);
}

/* What is written can't be made again, so names that it can't get are refused before. As root a rename would also put
 * a file in the place of a device, or of a link such as /dev/stdout. NULL, or why. */
static const char *refusal(const struct output_name *name, size_t i, bool replace)
{
    struct stat st;
    if (name[i].path[0] == '\0')
        return strerror(ENOENT);
    for (size_t k = 0; k < i; k++)
        if (strcmp(name[k].path, name[i].path) == 0)
            return "two files want this name";
    if (lstat(name[i].path, &st) != 0)
        return NULL;
    return !replace              ? strerror(EEXIST)
           : S_ISDIR(st.st_mode) ? strerror(EISDIR)
           : S_ISREG(st.st_mode) ? NULL
                                 : "it is there, and no regular file";
}

static int open_all(struct output_name *name, int *fds, size_t n, bool replace)
{
    for (size_t i = 0; i < n; i++) {
        int length = snprintf(name[i].tmp, sizeof name[i].tmp, "%s.XXXXXX", name[i].path);
        const char *why = refusal(name, i, replace);
        errno = ENAMETOOLONG;
        if (why == NULL && length > 0 && (size_t)length < sizeof name[i].tmp)
            fds[i] = mkostemp(name[i].tmp, O_CLOEXEC);
        if (fds[i] < 0) {
            name[i].tmp[0] = '\0';
            return complain_of(name[i].path, why != NULL ? why : strerror(errno));
        }
    }
    return 0;
}

static int write_all(const char *const *paths, size_t n, bool replace, output_fill_all_fn fill, void *arg)
{
    static int fds[OUTPUT_FILES_MAX];
    struct output_name *name = calloc(n, sizeof *name);
    if (name == NULL)
        return 3;
    for (size_t i = 0; i < n; i++) {
        name[i].path = paths[i];
        fds[i] = -1;
    }
    int code = open_all(name, fds, n, replace);
    if (code == 0)
        code = fill_in_child(fds, n, fill, arg);
    const bool filled = code == 0;
    for (size_t i = 0; i < n; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
        if (filled && rename(name[i].tmp, name[i].path) != 0)
            code = complain_of_kept(&name[i]);
        if (filled)
            name[i].tmp[0] = '\0';
    }
    for (size_t i = 0; i < n; i++)
        if (name[i].tmp[0] != '\0')
            unlink(name[i].tmp);
    free(name);
    return code;
}

int output_files(const char *const *paths, size_t n, output_fill_all_fn fill, void *arg)
{
    return n <= OUTPUT_FILES_MAX ? write_all(paths, n, false, fill, arg) : 4;
}

struct one {
    output_fill_fn fill;
    void *arg;
};

static enum dye_status fill_one(const int *fds, void *arg, struct dye_error *err)
{
    const struct one *one = arg;
    return one->fill(fds[0], one->arg, err);
}

int output_file(const char *path, bool replace, output_fill_fn fill, void *arg)
{
    struct one one = {fill, arg};
    return write_all(&path, 1, replace, fill_one, &one);
}
