#include "pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum dye_status pidfile_take(const struct home *h, const char *name, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    char text[16];
    DYE_TRY(home_path(h, path, err, "run/%s.pid", name));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, strerror(errno));
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_SETLK, &whole) != 0) {
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
    struct stat st;
    if (home_path(h, path, NULL, "run/%s.pid", name) != DYE_OK)
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return 0;
    /* Asked without taking the lock, or a daemon that starts meanwhile would find it taken. */
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool held = fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK && whole.l_pid > 0;
    close(fd);
    if (!held)
        return 0;
    char process[32];
    snprintf(process, sizeof process, "/proc/%d", (int)whole.l_pid);
    return stat(process, &st) == 0 && st.st_uid == h->uid ? whole.l_pid : 0;
}
