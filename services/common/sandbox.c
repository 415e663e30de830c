#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

enum { FIRST_FOREIGN_FD = 7, DESCRIPTORS = 16 };
#define ADDRESS_SPACE_BYTES (UINT64_C(1) << 30)

static void limit(int resource, rlim_t value)
{
    struct rlimit r = {value, value};
    (void)setrlimit((__rlimit_resource_t)resource, &r); /* lowering can't fail; a lower one that stands may stay */
}

static void enter_limits(unsigned long cpu_seconds, rlim_t file_bytes, rlim_t descriptors, bool threads)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, file_bytes); /* pipes have no size */
    limit(RLIMIT_NOFILE, descriptors);
    if (!threads)
        limit(RLIMIT_NPROC, 0);
    if (cpu_seconds != 0)
        limit(RLIMIT_CPU, cpu_seconds);
#ifndef SANITIZED
    limit(RLIMIT_AS, ADDRESS_SPACE_BYTES);
#endif
}

/* linux/landlock.h of Debian 12 stops before the network and the scopes, so the structure is written out: the kernel
 * takes any length and checks that what it does not know is zero. */
struct landlock_attr {
    uint64_t fs, net, scoped;
};
enum { LANDLOCK_VERSION_FLAG = 1 };

static long landlock_version(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_FLAG);
}

/* What another program needs to start. */
static const char *const readable[] = {
    "/usr",        "/lib",           "/lib64",   "/etc/ld.so.cache", "/etc/fonts", "/etc/GNUstep", "/etc/nsswitch.conf",
    "/etc/passwd", "/etc/localtime", "/etc/xpdf"};

static void allow(int ruleset, int fd, uint64_t rights)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
    if (fd >= 0) /* what is not there need not be read */
        (void)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

static void allow_path(int ruleset, const char *path, uint64_t in_folder)
{
    int fd = open(path, O_PATH | O_CLOEXEC | O_DIRECTORY);
    bool folder = fd >= 0;
    if (!folder)
        fd = open(path, O_PATH | O_CLOEXEC);
    allow(ruleset, fd, folder ? in_folder | LANDLOCK_ACCESS_FS_READ_DIR : LANDLOCK_ACCESS_FS_READ_FILE);
    if (fd >= 0)
        close(fd);
}

struct descriptors {
    const int *fd;
    size_t n;
};

static void allow_helper(int ruleset, const void *arg)
{
    const struct descriptors *given = arg;
    for (size_t i = 0; i < sizeof readable / sizeof *readable; i++)
        allow_path(ruleset, readable[i], LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE);
    for (size_t i = 0; i < given->n; i++)
        allow(ruleset, given->fd[i], LANDLOCK_ACCESS_FS_READ_FILE);
}

/* Libraries that are loaded late (name services, converters), certificates, and who is asked for names. */
static const char *const network_files[] = {
    "/usr", "/lib", "/lib64", "/etc", "/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf", "/dev/urandom"};

static void allow_sender(int ruleset, const void *arg)
{
    for (const char *const *path = arg; *path != NULL; path++)
        allow_path(ruleset, *path, LANDLOCK_ACCESS_FS_READ_FILE);
    for (size_t i = 0; i < sizeof network_files / sizeof *network_files; i++)
        allow_path(ruleset, network_files[i], LANDLOCK_ACCESS_FS_READ_FILE);
}

enum { LANDLOCK_BIND_TCP = 1, LANDLOCK_ALL_TCP = 3 };

/* Rights of each version of the interface (Documentation/userspace-api/landlock.rst): a ruleset that handles all of
 * those on files and `net` of those on ports, and allows none but what `fill` does. */
static bool enter_landlock(uint64_t net, void (*fill)(int ruleset, const void *arg), const void *arg)
{
    long version = landlock_version();
    if (version < 1)
        return false;
    uint64_t fs_rights = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;
    struct landlock_attr attr = {
        .fs = (UINT64_C(1) << fs_rights) - 1, .net = version >= 4 ? net : 0, .scoped = version >= 6 ? 3 : 0};
    size_t size = version >= 6 ? sizeof attr : version >= 4 ? offsetof(struct landlock_attr, scoped) : sizeof attr.fs;
    int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
    if (fd < 0)
        return false;
    if (fill != NULL)
        fill(fd, arg);
    bool entered = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    close(fd);
    return entered;
}

/* What memory, pipes, signals and the C library's own bookkeeping take. */
static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(recvmsg),
    SCMP_SYS(poll),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(close),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(brk),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(rseq),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(restart_syscall),
};

/* What a decoder asks for only when it has been taken over. */
static const int deadly[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(socket),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(ptrace),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(bpf),
    SCMP_SYS(mount),
    SCMP_SYS(unshare),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(keyctl),
    SCMP_SYS(setns),
    SCMP_SYS(io_uring_setup),
};

/* What changes files, or lets a helper reach further than its own process. */
static const int refused[] = {
    SCMP_SYS(socket),    SCMP_SYS(socketpair), SCMP_SYS(kill),       SCMP_SYS(creat),     SCMP_SYS(openat2),
    SCMP_SYS(unlink),    SCMP_SYS(unlinkat),   SCMP_SYS(rename),     SCMP_SYS(renameat),  SCMP_SYS(renameat2),
    SCMP_SYS(mkdir),     SCMP_SYS(mkdirat),    SCMP_SYS(rmdir),      SCMP_SYS(link),      SCMP_SYS(linkat),
    SCMP_SYS(symlink),   SCMP_SYS(symlinkat),  SCMP_SYS(mknod),      SCMP_SYS(mknodat),   SCMP_SYS(chmod),
    SCMP_SYS(fchmod),    SCMP_SYS(fchmodat),   SCMP_SYS(chown),      SCMP_SYS(fchown),    SCMP_SYS(lchown),
    SCMP_SYS(fchownat),  SCMP_SYS(truncate),   SCMP_SYS(ftruncate),  SCMP_SYS(utimensat), SCMP_SYS(setxattr),
    SCMP_SYS(fsetxattr), SCMP_SYS(lsetxattr),  SCMP_SYS(pidfd_open), SCMP_SYS(tkill),     SCMP_SYS(pidfd_send_signal),
};

/* A helper is started by execve, and its libraries may look for a name service, in vain. */
static void add_deadly(scmp_filter_ctx filter, bool helper)
{
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        if (!helper || (deadly[i] != SCMP_SYS(execve) && deadly[i] != SCMP_SYS(socket)))
            (void)seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, deadly[i],
                                   0); /* one that this machine lacks fails anyway */
}

/* Files are opened to be read, and what is started is a thread of this process. */
static bool add_confined(scmp_filter_ctx filter)
{
    static const int writing[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC};
    const uint32_t no = SCMP_ACT_ERRNO(EPERM);
    bool ok = true;
    for (size_t i = 0; i < sizeof writing / sizeof *writing; i++) {
        scmp_datum_t flag = (scmp_datum_t)writing[i];
        ok = ok && seccomp_rule_add(filter, no, SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, flag, flag)) == 0;
        (void)seccomp_rule_add(filter, no, SCMP_SYS(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, flag, flag));
    }
    /* The flags of clone3 stand in memory, where no filter sees them; without it the C library uses clone. */
    return ok && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
           seccomp_rule_add(filter, no, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) == 0;
}

static bool fill_helper(scmp_filter_ctx filter)
{
    add_deadly(filter, true);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        (void)seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
    return add_confined(filter);
}

/* Like a helper, but that it calls out, is no other program, and is never called. */
static bool fill_sender(scmp_filter_ctx filter)
{
    static const int called[] = {SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4)};
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        if (deadly[i] != SCMP_SYS(socket) && deadly[i] != SCMP_SYS(connect) && deadly[i] != SCMP_SYS(bind))
            (void)seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (refused[i] != SCMP_SYS(socket) && refused[i] != SCMP_SYS(socketpair))
            (void)seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
    for (size_t i = 0; i < sizeof called / sizeof *called; i++)
        (void)seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), called[i], 0);
    return add_confined(filter);
}

static bool fill_decoder(scmp_filter_ctx filter)
{
    bool ok = true;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    add_deadly(filter, false);
    /* Memory, but none that can be executed. abort() signals its own process, nobody else's. */
    struct scmp_arg_cmp no_code = {.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0};
    struct scmp_arg_cmp own = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)getpid(), .datum_b = 0};
    return ok && seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &no_code) == 0 &&
           seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &no_code) == 0 &&
           seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &own) == 0;
}

static bool enter_seccomp(uint32_t otherwise, bool (*fill)(scmp_filter_ctx))
{
    scmp_filter_ctx filter = seccomp_init(otherwise);
    if (filter == NULL)
        return false;
    bool entered = fill(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return entered;
}

enum sandbox_level sandbox_enter_decoder(unsigned long cpu_seconds, unsigned long file_bytes)
{
    (void)close_range(FIRST_FOREIGN_FD, ~0u, 0);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    /* Needs a descriptor for a moment, so it goes before the limits. */
    bool landlock = enter_landlock(LANDLOCK_ALL_TCP, NULL, NULL);
    enter_limits(cpu_seconds, file_bytes, DESCRIPTORS, false);
    if (!enter_seccomp(SCMP_ACT_ERRNO(EPERM), fill_decoder))
        return SANDBOX_NONE;
    return landlock ? SANDBOX_FULL : SANDBOX_SECCOMP;
}

enum sandbox_level sandbox_enter_helper(const int *fds, size_t n_fds, unsigned long cpu_seconds)
{
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const struct descriptors given = {fds, n_fds};
    bool landlock = enter_landlock(LANDLOCK_ALL_TCP, allow_helper, &given);
    enter_limits(cpu_seconds, 0, 4 * DESCRIPTORS, true);
    if (!enter_seccomp(SCMP_ACT_ALLOW, fill_helper))
        return SANDBOX_NONE;
    return landlock ? SANDBOX_FULL : SANDBOX_SECCOMP;
}

enum sandbox_level sandbox_enter_sender(const char *const paths[])
{
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    bool landlock = enter_landlock(LANDLOCK_BIND_TCP, allow_sender, paths);
    enter_limits(0, RLIM_INFINITY, 8 * DESCRIPTORS, true); /* its log has no size that we know */
    if (!enter_seccomp(SCMP_ACT_ALLOW, fill_sender))
        return SANDBOX_NONE;
    return landlock ? SANDBOX_FULL : SANDBOX_SECCOMP;
}

static enum sandbox_level enter_as_decoder(void)
{
    return sandbox_enter_decoder(0, 0);
}

static enum sandbox_level enter_as_helper(void)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return sandbox_enter_helper(&nothing, 1, 0);
}

static enum sandbox_level enter_as_sender(void)
{
    const char *const none[] = {NULL};
    return sandbox_enter_sender(none);
}

static enum sandbox_level probe(enum sandbox_level (*enter)(void))
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit((int)enter());
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && WIFEXITED(status) ? (enum sandbox_level)WEXITSTATUS(status) : SANDBOX_NONE;
}

enum sandbox_level sandbox_probe_decoder(void)
{
    return probe(enter_as_decoder);
}

enum sandbox_level sandbox_probe_helper(void)
{
    return probe(enter_as_helper);
}

enum sandbox_level sandbox_probe_sender(void)
{
    return probe(enter_as_sender);
}

const char *sandbox_level_name(enum sandbox_level level)
{
    return level == SANDBOX_FULL ? "full" : level == SANDBOX_SECCOMP ? "seccomp" : "none";
}
