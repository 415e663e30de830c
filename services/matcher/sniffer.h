#ifndef MATCHER_SNIFFER_H
#define MATCHER_SNIFFER_H
/*
 * sniffer: whether a file is plain, asked of a child that loads no decoder: it starts in a quarter of a decoder's time,
 * and plain files are most of what there is.
 *
 * The child is dyetrace-sniffer, started with the file at descriptor 3, a pipe at 4, /dev/null at 0-2, no other
 * descriptor and an empty environment. It enters the decoder's sandbox, reads the file's beginning, writes
 * SNIFFER_ANSWER_BYTES (an enum sniffed, an enum sandbox_level) and ends. The file's offset stays.
 */
#include "sandbox.h"

#include <stdbool.h>

enum sniffed { SNIFFED_OTHER, SNIFFED_PLAIN, SNIFFED_UNKNOWN }; /* the last is plain too, of an unknown format */
enum { SNIFFER_ANSWER_BYTES = 2 };

/*
 * What dye_decode_is_plain says of the regular file at `fd` from its offset on, and the sandbox that held meanwhile.
 * SNIFFED_OTHER also for whatever goes wrong: a decoder will find out what. `program` is the child's path. Blocks, at
 * most ten seconds; any number of threads.
 */
enum sniffed sniffer_ask(const char *program, int fd, enum sandbox_level *ret_level);

#endif
