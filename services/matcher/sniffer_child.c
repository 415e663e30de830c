/*
 * dyetrace-sniffer: looks at the beginning of a file, in a sandbox, and says whether it is plain. It is started by
 * other programs, in the way that sniffer.h says, and never by a person. It loads nothing but the C library and what
 * makes the sandbox.
 */
#include "read_at.h"
#include "sniffer.h"

#include "dye/decode.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { IN_FD = 3, OUT_FD = 4, CPU_SECONDS = 10 };

int main(void)
{
    static uint8_t head[DYE_HEAD_BYTES];
    struct stat st; /* asked for now: fstat() may be a system call that takes paths too, and those are out of reach */
    off_t from = lseek(IN_FD, 0, SEEK_CUR);
    if (from < 0 || fstat(IN_FD, &st) != 0 || !S_ISREG(st.st_mode)) {
        fputs("dyetrace: dyetrace-sniffer is started by other programs\n", stderr);
        return 2;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    enum sandbox_level level = sandbox_enter_decoder(CPU_SECONDS, 0);

    size_t left = st.st_size > from ? (size_t)(st.st_size - from) : 0;
    size_t n = left < sizeof head ? left : sizeof head;
    bool unknown = false,
         plain = read_at(IN_FD, (uint64_t)from, head, n) == n && dye_decode_is_plain(dye_span_of(head, n), &unknown);
    uint8_t answer[SNIFFER_ANSWER_BYTES] = {!plain    ? SNIFFED_OTHER
                                            : unknown ? SNIFFED_UNKNOWN
                                                      : SNIFFED_PLAIN,
                                            (uint8_t)level};
    _exit(write(OUT_FD, answer, sizeof answer) == sizeof answer ? 0 : 1);
}
