#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

int scratch_open(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return fd;
    char path[4096]; /* a file system that has no nameless files */
    if (snprintf(path, sizeof path, "%s/dyetrace.XXXXXX", folder) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        (void)unlink(path);
    return fd;
}

int scratch_copy(const char *folder, int fd, uint64_t at, uint64_t n)
{
    enum { PIECE = 1 << 16 };
    uint8_t piece[PIECE];
    int copy = scratch_open(folder);
    for (uint64_t done = 0; copy >= 0 && done < n;) {
        size_t want = n - done < PIECE ? (size_t)(n - done) : PIECE;
        ssize_t got = pread(fd, piece, want, (off_t)(at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || pwrite(copy, piece, (size_t)got, (off_t)done) != got) {
            close(copy);
            return -1;
        }
        done += (uint64_t)got;
    }
    return copy;
}
