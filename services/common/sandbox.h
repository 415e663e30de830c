#ifndef SANDBOX_H
#define SANDBOX_H
/*
 * sandbox: what a process gives up before it parses hostile bytes.
 *
 * Not for: the daemons themselves, which need a database and files.
 */

enum sandbox_level {
    SANDBOX_NONE,    /* only resource limits and no-new-privileges: this kernel has no seccomp */
    SANDBOX_SECCOMP, /* system calls are filtered; this kernel has no Landlock */
    SANDBOX_FULL     /* both */
};

/*
 * Give up everything but reading, writing and memory, for good. Whatever the process needs besides (a locale, a
 * converter) is loaded before.
 *
 *   descriptors   5 and above are closed; no new one can be had
 *   limits        no core dump, no child, no file of any size, cpu_seconds of processor time (0: none), 1 GiB of
 *                 address space (not under a sanitizer, which maps terabytes of shadow)
 *   privileges    none can be gained; nobody of the same user may trace or read it
 *   Landlock      no file may be opened by path, no TCP port bound or reached, as far as the kernel's version goes
 *   seccomp       an allow-list; exec, sockets and tracing kill the process, all else fails with EPERM
 *
 * Returns the level that holds. One thread only: call it before any other is started.
 */
enum sandbox_level sandbox_enter_decoder(unsigned long cpu_seconds);

/* The level that this kernel would give, without entering it. */
enum sandbox_level sandbox_probe(void);
/* "none", "seccomp", "full". */
const char *sandbox_level_name(enum sandbox_level level);

#endif
