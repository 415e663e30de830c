#include "child.h"

#include "privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void become(const struct home *h, const char *const argv[], const char *log)
{
    if (privilege_drop(h->uid, h->gid, NULL) != DYE_OK || chdir("/") != 0)
        _exit(126);
    int in = open("/dev/null", O_RDONLY);
    int out = open(log != NULL ? log : "/dev/null", O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (out < 0)
        out = open("/dev/null", O_WRONLY);
    dup2(in, 0);
    dup2(out, 1);
    dup2(out, 2);
    char *const environment[] = {(char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C.UTF-8", (char *)"TZ=UTC", NULL};
    execve(argv[0], (char *const *)(uintptr_t)argv, environment);
    _exit(127);
}

enum dye_status child_run(const struct home *h, const char *const argv[], const char *log, struct dye_error *err)
{
    const char *name = strrchr(argv[0], '/');
    name = name != NULL ? name + 1 : argv[0];
    pid_t pid = fork();
    if (pid < 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", name, strerror(errno));
    if (pid == 0)
        become(h, argv, log);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            DYE_FAIL(err, DYE_E_IO, "%s: %s", name, strerror(errno));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        DYE_FAIL(err, DYE_E_DATABASE, "%s: failed with status %d%s%s", name,
                 WIFEXITED(status) ? WEXITSTATUS(status) : -1, log != NULL ? "; see " : "", log != NULL ? log : "");
    return DYE_OK;
}

enum dye_status child_find_postgres(const char *program, char ret[HOME_PATH_MAX], struct dye_error *err)
{
    for (int version = 19; version >= 15; version--) {
        snprintf(ret, HOME_PATH_MAX, "/usr/lib/postgresql/%d/bin/%s", version, program);
        if (access(ret, X_OK) == 0)
            return DYE_OK;
    }
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        size_t n = strcspn(path, ":");
        snprintf(ret, HOME_PATH_MAX, "%.*s/%s", (int)n, path, program);
        if (n != 0 && access(ret, X_OK) == 0)
            return DYE_OK;
        path += n + (path[n] == ':');
    }
    DYE_FAIL(err, DYE_E_IO, "%s: not found; install PostgreSQL 15 or newer, or name a server with --pg", program);
}
