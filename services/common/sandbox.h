#ifndef SANDBOX_H
#define SANDBOX_H
/*
 * sandbox: what a process gives up before it parses hostile bytes, or speaks to strangers.
 *
 * Not for: the daemons that need files.
 */

#include <stddef.h>

enum sandbox_level {
    SANDBOX_NONE,    /* only resource limits and no-new-privileges: this kernel has no seccomp */
    SANDBOX_SECCOMP, /* system calls are filtered; this kernel has no Landlock */
    SANDBOX_FULL     /* both */
};

/*
 * Give up everything but reading, writing and memory, for good. Whatever the process needs besides (a locale, a
 * converter) is loaded before.
 *
 *   descriptors   7 and above are closed; a new one comes only by a socket that is there already
 *   limits        no core dump, no child, no file beyond file_bytes, cpu_seconds of processor time (0: none), 1 GiB
 *                 of address space (not under a sanitizer, which maps terabytes of shadow)
 *   privileges    none can be gained; nobody of the same user may trace or read it
 *   Landlock      no file may be opened by path, no TCP port bound or reached, as far as the kernel's version goes
 *   seccomp       an allow-list; exec, sockets and tracing kill the process, all else fails with EPERM
 *
 * Returns the level that holds. One thread only: call it before any other is started.
 */
enum sandbox_level sandbox_enter_decoder(unsigned long cpu_seconds, unsigned long file_bytes);

/*
 * The same for another program that is about to be started by execve: it has libraries and tables to load, so it may
 * read /usr, /lib and what they need of /etc, and the files at these descriptors; nothing else.
 *
 *   limits        as above, no file of any size; threads it may have, as many as its memory holds
 *   Landlock      reading below those folders and running what is in /usr; no file can be written or made, no TCP port
 *                 reached
 *   seccomp       all that makes sockets, children, files or names for them, or reaches for other processes fails or
 *                 kills; the rest is open, for other people's programs ask for much
 */
enum sandbox_level sandbox_enter_helper(const int *fds, size_t n_fds, unsigned long cpu_seconds);

/*
 * For a daemon of ours that calls other machines, after its files for writing are open: it may read `paths` (files or
 * folders, ending with NULL), /usr, /lib and /etc, and connect; nothing else.
 *
 *   limits        no core dump, 128 descriptors, 1 GiB of address space; threads it may have
 *   privileges    none can be gained; nobody of the same user may trace or read it
 *   Landlock      reading as said, so none of another zone's keys; no file can be written or made, no TCP port bound
 *   seccomp       another program, a child or tracing kills the process; to listen, and to write or name files, fails
 *
 * One thread only, as above.
 */
enum sandbox_level sandbox_enter_sender(const char *const paths[]);

/* What holds here, found out by a child that enters it and is gone again. One thread only. SANDBOX_NONE also when the
 * child did not live to say. */
enum sandbox_level sandbox_probe_decoder(void);
enum sandbox_level sandbox_probe_helper(void);
enum sandbox_level sandbox_probe_sender(void);
/* "none", "seccomp", "full". */
const char *sandbox_level_name(enum sandbox_level level);

#endif
