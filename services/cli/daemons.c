#include "daemons.h"

#include "pidfile.h"
#include "privilege.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const char *const daemon_names[DAEMONS] = {"seeder", "matcher", "portal", "alerter"};

static void nap(void)
{
    struct timespec t = {0, 20 * 1000 * 1000};
    nanosleep(&t, NULL);
}

static _Noreturn void become_daemon(const struct home *h, const char *name, const char *log, const char *config)
{
    char sister[64], program[PROGRAM_PATH_MAX];
    snprintf(sister, sizeof sister, "dyetrace-%s", name);
    /* Opened before the drop: the program may lie where only root can get to. */
    bool fits = program_sister(sister, program, NULL) == DYE_OK;
    int self = fits ? open(program, O_PATH | O_CLOEXEC) : -1;
    if (self < 0 || setsid() < 0 || privilege_drop(h->uid, h->gid, NULL) != DYE_OK || chdir("/") != 0)
        _exit(126);
    int in = open("/dev/null", O_RDONLY);
    int out = open(log, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0600);
    if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(126);
    char *const argv[] = {program,
                          (char *)(uintptr_t) "--home",
                          (char *)(uintptr_t)h->dir,
                          config != NULL ? (char *)(uintptr_t) "--config" : NULL,
                          (char *)(uintptr_t)config,
                          NULL};
    char *const environment[] = {(char *)(uintptr_t) "PATH=/usr/bin:/bin", (char *)(uintptr_t) "TZ=UTC",
                                 (char *)(uintptr_t) "LC_ALL=C.UTF-8", NULL};
    fexecve(self, argv, environment);
    _exit(127);
}

enum dye_status daemon_start(const struct home *h, const char *name, const char *config, struct dye_error *err)
{
    char log[HOME_PATH_MAX];
    if (pidfile_holder(h, name) != 0)
        return DYE_OK;
    DYE_TRY(home_path(h, log, err, "log/%s.log", name));
    pid_t pid = fork();
    if (pid < 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", name, strerror(errno));
    if (pid == 0)
        become_daemon(h, name, log, config);
    for (int i = 0; i < 1500; i++) { /* 30 s */
        int status;
        if (pidfile_holder(h, name) == pid)
            return DYE_OK;
        if (waitpid(pid, &status, WNOHANG) == pid)
            DYE_FAIL(err, DYE_E_IO, "%s: did not start; see %s", name, log);
        nap();
    }
    DYE_FAIL(err, DYE_E_IO, "%s: not up after 30 s; see %s", name, log);
}

enum dye_status daemon_stop(const struct home *h, const char *name, struct dye_error *err)
{
    pid_t pid = pidfile_holder(h, name);
    for (int round = 0; pid != 0 && round < 2; round++) {
        kill(pid, SIGTERM); /* first drains, second quits */
        for (int i = 0; i < 1500 && pidfile_holder(h, name) == pid; i++)
            nap();
        if (pidfile_holder(h, name) != pid)
            return DYE_OK;
    }
    if (pid != 0)
        DYE_FAIL(err, DYE_E_AGAIN, "%s: process %d does not stop", name, (int)pid);
    return DYE_OK;
}
