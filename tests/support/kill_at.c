/* Loaded into a program by LD_PRELOAD: kills it with SIGKILL before its n-th step that can be seen from outside, n from
 * $KILL_AT. A step is a send to a server, or a change of a file or a directory. */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define NEXT(name) ((__typeof__(&name))(uintptr_t)dlsym(RTLD_NEXT, #name))

EXPORT ssize_t send(int fd, const void *p, size_t n, int flags);
EXPORT ssize_t write(int fd, const void *p, size_t n);
EXPORT int fsync(int fd);
EXPORT int openat(int dir, const char *name, int flags, ...);
EXPORT int renameat(int from_dir, const char *from, int to_dir, const char *to);
EXPORT int unlinkat(int dir, const char *name, int flags);

static void step(void)
{
    static long n;
    const char *at = getenv("KILL_AT");
    if (at != NULL && ++n == atol(at))
        kill(getpid(), SIGKILL);
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
    step();
    return NEXT(send)(fd, p, n, flags);
}

ssize_t write(int fd, const void *p, size_t n)
{
    if (fd > STDERR_FILENO)
        step();
    return NEXT(write)(fd, p, n);
}

int fsync(int fd)
{
    step();
    return NEXT(fsync)(fd);
}

int openat(int dir, const char *name, int flags, ...)
{
    unsigned mode = 0;
    if ((flags & O_CREAT) != 0) {
        va_list args;
        va_start(args, flags);
        mode = va_arg(args, unsigned);
        va_end(args);
        step();
    }
    return NEXT(openat)(dir, name, flags, mode);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    step();
    return NEXT(renameat)(from_dir, from, to_dir, to);
}

int unlinkat(int dir, const char *name, int flags)
{
    step();
    return NEXT(unlinkat)(dir, name, flags);
}
