#ifndef MATCHER_HELPER_H
#define MATCHER_HELPER_H
/*
 * helper: 7zz, unar and pdftotext on hostile bytes, each run in a sandbox of its own (sandbox_enter_helper).
 *
 * It is started as `PROGRAM --helper-child N`, which gives up what it can and becomes the other program: the password
 * at 0, its output at 1, nowhere at 2, the archive at 3, read as /proc/self/fd/3, and no other descriptor but that of
 * argv_module.c, where it needs that. A password never stands on a command line, which every user of the machine may
 * read: without the module those programs get none, and what is encrypted stays so.
 */
#include "dye/decode.h"

#include <sys/types.h>

#define HELPER_CHILD_ARG "--helper-child"

/* What main() calls and returns when argv[1] is HELPER_CHILD_ARG, before anything else. */
int helper_child_main(int argc, char **argv);

struct helper {
    pid_t pid; /* 0: none runs */
};

/* Whether its program is installed. */
bool helper_is_here(enum dye_helper which);
/* The program's name, such as "7zz". */
const char *helper_program(enum dye_helper which);

/*
 * Starts `which` on all of archive_fd, which can be opened again by /proc. *ret_out_fd is what it writes and belongs to
 * the caller. DYE_E_NOTFOUND when its program is not installed; DYE_E_IO.
 */
DYE_MUST_CHECK enum dye_status helper_start(const char *self_exe, enum dye_helper which, int archive_fd,
                                            const char *password, struct helper *ret, int *ret_out_fd);
/* Ends it; `drained`: its output has ended, so that it is about to. An index into frame.h's helper_faults. */
unsigned helper_end(struct helper *h, bool drained);

#endif
