#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HIGH_FD = 16 };

static int start(const char *program, const char *const *argv, const posix_spawn_file_actions_t *files, pid_t *ret_pid)
{
    char *env[] = {NULL};
    posix_spawnattr_t attr;
    if (posix_spawnattr_init(&attr) != 0)
        return ENOMEM;
    sigset_t none, all; /* a daemon blocks and ignores signals; its child starts afresh */
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int error = posix_spawn(ret_pid, program, files, &attr, (char *const *)(uintptr_t)argv, env);
    posix_spawnattr_destroy(&attr);
    return error;
}

int process_start(const char *program, const char *const *argv, const int *fds, size_t n, pid_t *ret_pid)
{
    int high[PROCESS_MAX_FDS]; /* where they can be put in place from without stepping on each other */
    int error = 0;
    size_t moved = 0;
    for (; moved < n && error == 0; moved++) {
        high[moved] = fds[moved] < 0 ? -1 : fcntl(fds[moved], F_DUPFD_CLOEXEC, HIGH_FD);
        error = fds[moved] >= 0 && high[moved] < 0 ? errno : 0;
    }
    posix_spawn_file_actions_t files;
    if (error == 0)
        error = posix_spawn_file_actions_init(&files);
    if (error == 0) {
        for (int fd = 0; fd < (int)n && error == 0; fd++)
            error = high[fd] < 0 ? posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0)
                                 : posix_spawn_file_actions_adddup2(&files, high[fd], fd);
        if (error == 0)
            error = posix_spawn_file_actions_addclosefrom_np(&files, (int)n);
        if (error == 0)
            error = start(program, argv, &files, ret_pid);
        posix_spawn_file_actions_destroy(&files);
    }
    for (size_t i = 0; i < moved; i++)
        if (high[i] >= 0)
            close(high[i]);
    return error;
}

int process_reap(pid_t pid, bool ends_by_itself)
{
    int status = 0;
    for (int i = 0; ends_by_itself && i < 100; i++) {
        if (waitpid(pid, &status, WNOHANG) != 0)
            return status;
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    }
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}
