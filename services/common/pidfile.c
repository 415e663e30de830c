#include "pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum dye_status pidfile_take(const struct home *h, const char *name, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    char text[16];
    DYE_TRY(home_path(h, path, err, "run/%s.pid", name));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        DYE_FAIL(err, DYE_E_AGAIN, "%s: already running", name);
    }
    int n = snprintf(text, sizeof text, "%d\n", (int)getpid());
    if (ftruncate(fd, 0) != 0 || write(fd, text, (size_t)n) != n)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, strerror(errno));
    return DYE_OK; /* the descriptor stays open on purpose: it is the lock */
}

pid_t pidfile_holder(const struct home *h, const char *name)
{
    char path[HOME_PATH_MAX];
    char text[16] = "";
    if (home_path(h, path, NULL, "run/%s.pid", name) != DYE_OK)
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return 0;
    pid_t pid = 0;
    if (flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK && read(fd, text, sizeof text - 1) > 0)
        pid = (pid_t)strtol(text, NULL, 10);
    close(fd);
    return pid > 0 ? pid : 0;
}
