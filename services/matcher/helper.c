#include "helper.h"

#include "frame.h"
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

enum { ARGUMENTS = 8 };

/* -mmt=1 and -nr: no threads, no archives inside archives. 7zz asks for a password on its standard input. */
static const struct {
    const char *program;
    const char *argv[ARGUMENTS];
} helpers[DYE_HELPERS] = {
    [DYE_HELPER_7Z_LIST] = {"/usr/bin/7zz", {"7zz", "l", "-slt", "-t7z", "-sccUTF-8", "-mmt=1", ARCHIVE}},
    [DYE_HELPER_7Z_TEST] = {"/usr/bin/7zz", {"7zz", "t", "-t7z", "-bso0", "-mmt=1", ARCHIVE}},
    [DYE_HELPER_7Z] = {"/usr/bin/7zz", {"7zz", "x", "-t7z", "-so", "-mmt=1", ARCHIVE}},
    [DYE_HELPER_RAR_LIST] = {"/usr/bin/lsar", {"lsar", "-nr", "-json", ARCHIVE}},
    [DYE_HELPER_RAR] = {"/usr/bin/unar", {"unar", "-q", "-nr", "-k", "skip", "-o", "-", ARCHIVE}},
    [DYE_HELPER_PDF_TEXT] = {"/usr/bin/pdftotext", {"pdftotext", "-q", "-layout", "-enc", "UTF-8", ARCHIVE, "-"}},
};

const char *helper_program(enum dye_helper which)
{
    return helpers[which].argv[0];
}

bool helper_is_here(enum dye_helper which)
{
    return access(helpers[which].program, X_OK) == 0;
}

/* The password that waits at the standard input, if one does. */
static bool read_password(char *ret, size_t cap)
{
    ssize_t n = read(STDIN_FILENO, ret, cap);
    ret[n > 0 ? n - 1 : 0] = '\0'; /* without the line's end */
    return n > 1;
}

int helper_child_main(int argc, char **given)
{
    long which = argc == 3 ? strtol(given[2], NULL, 10) : -1;
    struct stat st;
    if (which < 0 || which >= DYE_HELPERS || fstat(3, &st) != 0)
        return HELPER_NOT_STARTED;
    (void)setsid(); /* no terminal to ask at */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    char password[DYE_PASSWORD_MAX_BYTES + 2];
    const char *argv[ARGUMENTS + 3] = {helpers[which].argv[0]};
    size_t n = 1;
    if (which == DYE_HELPER_PDF_TEXT && read_password(password, sizeof password)) { /* it asks for none */
        argv[n++] = "-upw";
        argv[n++] = password;
    }
    memcpy(argv + n, helpers[which].argv + 1, sizeof helpers[which].argv - sizeof *argv);
    char *env[] = {(char *)(uintptr_t) "LC_ALL=C.UTF-8", (char *)(uintptr_t) "HOME=/nonexistent", NULL};
    unsigned long mb = (unsigned long)(st.st_size >> 20);
    (void)sandbox_enter_helper(3, 300 + mb);
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
