#include "sniffer.h"

#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 10 * 1000 };

/* All of the answer, which one write() of so few bytes gives at once, or nothing. */
static bool hear(int fd, uint8_t answer[SNIFFER_ANSWER_BYTES])
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    int r;
    do
        r = poll(&ready, 1, PATIENCE_MS);
    while (r < 0 && errno == EINTR);
    return r > 0 && read(fd, answer, SNIFFER_ANSWER_BYTES) == SNIFFER_ANSWER_BYTES;
}

enum sniffed sniffer_ask(const char *program, int fd, enum sandbox_level *ret_level)
{
    struct stat st;
    int output[2];
    pid_t pid;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || pipe2(output, O_CLOEXEC) != 0)
        return SNIFFED_OTHER;
    int error = process_start(program, (const char *[]){program, NULL}, (int[]){-1, -1, -1, fd, output[1]}, 5, &pid);
    close(output[1]);
    uint8_t answer[SNIFFER_ANSWER_BYTES];
    bool heard = error == 0 && hear(output[0], answer);
    close(output[0]);
    if (error == 0)
        (void)process_reap(pid, false);
    if (!heard || answer[0] > SNIFFED_UNKNOWN || answer[1] > SANDBOX_FULL)
        return SNIFFED_OTHER;
    *ret_level = (enum sandbox_level)answer[1];
    return (enum sniffed)answer[0];
}
