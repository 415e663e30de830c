#include "output_file.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static int fill_in_child(int fd, output_fill_fn fill, void *arg)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        return 3;
    if (pid == 0) {
        struct dye_error err = {0};
        enum dye_status status = fill(fd, arg, &err);
        if (status == DYE_OK && fsync(fd) != 0)
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

int output_file(const char *path, bool replace, output_fill_fn fill, void *arg)
{
    struct dye_error err = {0};
    char tmp[4096];
    int n = snprintf(tmp, sizeof tmp, "%s.XXXXXX", path);
    int fd = -1;
    if (!replace && access(path, F_OK) == 0)
        errno = EEXIST;
    else if (n > 0 && (size_t)n < sizeof tmp)
        fd = mkostemp(tmp, O_CLOEXEC);
    if (fd < 0) {
        dye_fail(&err, DYE_E_IO, "%s: %s", path, strerror(errno));
        return complain(&err);
    }
    int code = fill_in_child(fd, fill, arg);
    close(fd);
    if (code == 0 && rename(tmp, path) != 0) {
        dye_fail(&err, DYE_E_IO, "%s: %s", path, strerror(errno));
        code = complain(&err);
    }
    if (code != 0)
        unlink(tmp);
    return code;
}
