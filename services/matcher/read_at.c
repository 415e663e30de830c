#include "read_at.h"

#include <errno.h>
#include <unistd.h>

size_t read_at(int fd, uint64_t at, uint8_t *p, size_t n)
{
    size_t got = 0;
    while (got < n) {
        ssize_t some = pread(fd, p + got, n - got, (off_t)(at + got));
        if (some == 0 || (some < 0 && errno != EINTR))
            break;
        got += some > 0 ? (size_t)some : 0;
    }
    return got;
}
