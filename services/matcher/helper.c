#include "helper.h"

#include "frame.h"
#include "helper_password.h"
#include "process.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARCHIVE "/proc/self/fd/3"
#define MODULE "/proc/self/fd/4"
enum { ARCHIVE_FD = 3, MODULE_FD = 4, ARGUMENTS = 12 };
_Static_assert(HELPER_PASSWORD_MAX_BYTES == DYE_PASSWORD_MAX_BYTES, "the module keeps any password that is tried");

/* -mmt=1 and -nr: no threads, no archives inside archives. 7zz asks for a password on its standard input; to the others
 * argv_module gives it. */
static const struct {
    const char *program;
    const char *argv[ARGUMENTS];
} helpers[DYE_HELPERS] = {
    [DYE_HELPER_7Z_LIST] = {"/usr/bin/7zz", {"7zz", "l", "-slt", "-t7z", "-sccUTF-8", "-mmt=1", ARCHIVE}},
    [DYE_HELPER_7Z_TEST] = {"/usr/bin/7zz", {"7zz", "t", "-t7z", "-bso0", "-mmt=1", ARCHIVE}},
    [DYE_HELPER_7Z] = {"/usr/bin/7zz", {"7zz", "x", "-t7z", "-so", "-mmt=1", ARCHIVE}},
    [DYE_HELPER_RAR_LIST] = {"/usr/bin/lsar", {"lsar", "-nr", "-json", "-p", HELPER_PASSWORD, ARCHIVE}},
    [DYE_HELPER_RAR_TEST] = {"/usr/bin/lsar", {"lsar", "-nr", "-t", "-p", HELPER_PASSWORD, ARCHIVE}},
    [DYE_HELPER_RAR] = {"/usr/bin/unar",
                        {"unar", "-q", "-nr", "-k", "skip", "-p", HELPER_PASSWORD, "-o", "-", ARCHIVE}},
    [DYE_HELPER_PDF_TEXT] = {"/usr/bin/pdftotext",
                             {"pdftotext", "-q", "-layout", "-enc", "UTF-8", "-upw", HELPER_PASSWORD, "-opw",
                              HELPER_PASSWORD, ARCHIVE, "-"}},
};

const char *helper_program(enum dye_helper which)
{
    return helpers[which].argv[0];
}

bool helper_is_here(enum dye_helper which)
{
    return access(helpers[which].program, X_OK) == 0;
}

/* The command line of a helper, without its options of a password when there is none. Whether there is one on it. */
static bool fill_argv(enum dye_helper which, bool locked, const char *ret[ARGUMENTS + 1])
{
    size_t n = 0;
    bool has = false;
    for (const char *const *a = helpers[which].argv; *a != NULL; a++) {
        bool option = a[1] != NULL && strcmp(a[1], HELPER_PASSWORD) == 0;
        has = has || option;
        if (option && !locked)
            a++;
        else
            ret[n++] = *a;
    }
    ret[n] = NULL;
    return has && locked;
}

/* Where it is installed: lib/dyetrace beside the folder of this program. */
static bool open_module(void)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    static const char module[] = "/../lib/dyetrace/dye_argv.so";
    if (slash == NULL || (size_t)(slash - path) + sizeof module > sizeof path)
        return false;
    memcpy(slash, module, sizeof module);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool placed = fd >= 0 && (fd == MODULE_FD ? fcntl(fd, F_SETFD, 0) : dup2(fd, MODULE_FD)) >= 0;
    if (fd >= 0 && fd != MODULE_FD)
        close(fd);
    return placed;
}

int helper_child_main(int argc, char **given)
{
    long which = argc == 3 ? strtol(given[2], NULL, 10) : -1;
    struct stat st, in;
    if (which < 0 || which >= DYE_HELPERS || fstat(ARCHIVE_FD, &st) != 0 || fstat(STDIN_FILENO, &in) != 0)
        return HELPER_NOT_STARTED;
    (void)setsid(); /* no terminal to ask at */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    const char *argv[ARGUMENTS + 1];
    char *env[] = {(char *)(uintptr_t) "LC_ALL=C.UTF-8", (char *)(uintptr_t) "HOME=/nonexistent", NULL, NULL};
    int readable[] = {ARCHIVE_FD, MODULE_FD};
    bool loads = fill_argv((enum dye_helper)which, S_ISFIFO(in.st_mode), argv);
    if (loads) {
        if (!open_module())
            return HELPER_NOT_STARTED; /* rather than show it */
        env[2] = (char *)(uintptr_t) "LD_PRELOAD=" MODULE;
    }
    unsigned long mb = (unsigned long)(st.st_size >> 20);
    (void)sandbox_enter_helper(readable, loads ? 2 : 1, 300 + mb);
    execve(helpers[which].program, (char **)(uintptr_t)argv, env);
    return HELPER_NOT_STARTED;
}

/* A pipe that holds the password and a line's end; its reading end. */
static int password_pipe(const char *password)
{
    int ends[2];
    if (password == NULL)
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    size_t n = strlen(password);
    if (n > DYE_PASSWORD_MAX_BYTES || pipe2(ends, O_CLOEXEC) != 0) /* far less than what a pipe holds */
        return -1;
    bool written = write(ends[1], password, n) == (ssize_t)n && write(ends[1], "\n", 1) == 1;
    close(ends[1]);
    if (written)
        return ends[0];
    close(ends[0]);
    return -1;
}

enum dye_status helper_start(const char *self_exe, enum dye_helper which, int archive_fd, const char *password,
                             struct helper *ret, int *ret_out_fd)
{
    if (!helper_is_here(which))
        return DYE_E_NOTFOUND;
    int out[2];
    char number[16];
    snprintf(number, sizeof number, "%d", (int)which);
    const char *argv[] = {self_exe, HELPER_CHILD_ARG, number, NULL};
    int in = password_pipe(password);
    if (in < 0)
        return DYE_E_IO;
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in);
        return DYE_E_IO;
    }
    int error = process_start(self_exe, argv, (int[]){in, out[1], -1, archive_fd}, 4, &ret->pid);
    close(in);
    close(out[1]);
    if (error != 0) {
        ret->pid = 0;
        close(out[0]);
        return DYE_E_IO;
    }
    *ret_out_fd = out[0];
    return DYE_OK;
}

unsigned helper_end(struct helper *h, bool drained)
{
    if (h->pid == 0)
        return HELPER_FINE;
    int status = process_reap(h->pid, drained);
    h->pid = 0;
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGXCPU ? HELPER_CPU : !drained ? HELPER_FINE : HELPER_CRASHED;
    if (WEXITSTATUS(status) == 0)
        return HELPER_FINE;
    return WEXITSTATUS(status) == HELPER_NOT_STARTED ? HELPER_CRASHED : HELPER_COMPLAINED;
}
