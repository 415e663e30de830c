#ifndef MATCHER_PROCESS_H
#define MATCHER_PROCESS_H
/* process: a child with just the descriptors that it is given. Any number of threads. */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PROCESS_MAX_FDS = 8 };

/* Starts `program` with fds[i] at descriptor i, /dev/null where that is -1, no other one, all signals as by default and
 * an empty environment. 0 or an errno. */
int process_start(const char *program, const char *const *argv, const int *fds, size_t n, pid_t *ret_pid);
/* The wait status. One that ends by itself gets a second to do so; then, and any other at once, it is killed. */
int process_reap(pid_t pid, bool ends_by_itself);

#endif
