#ifndef MATCHER_DECODER_H
#define MATCHER_DECODER_H
/*
 * decoder: dye_decode in a child of its own, so that what goes wrong in a parser of hostile bytes stays there.
 *
 * The child is a program whose main() calls decoder_child_main, started as `PROGRAM --decode-child LIMITS...` with the
 * input at descriptor 3, a pipe at 4, scratch space at 5 (a file without a name), a socket at 6, /dev/null at 0-2, no
 * other descriptor and an empty environment. It reads the passwords from the socket, enters the sandbox and writes
 * frames. Once taken over it may write anything: the parent believes no field before it has checked it.
 *
 * A frame is type u8, three zero bytes, length u32, then `length` bytes; numbers are little-endian:
 *   begin   ordinal u32, unit u8, format in 16 bytes, path
 *   data    1 to 256 KiB of the part
 *   end     bytes u64, verdict u8, reason
 *   rest    at u64, reason: the part is the input's own bytes from there to its end. Instead of data and end: this
 *           side reads them itself, and no pipe takes part
 *   help    helper u8, spilled u8, at u64, bytes u64, password: the answer comes by the socket, a byte and with it,
 *           when that is 0, the descriptor of what the helper writes (helper.h)
 *   helped  drained u8; the answer is how the helper ended (frame.h)
 *   done    status u32, sandbox level u32; the last one
 */
#include "sandbox.h"

#include "dye/decode.h"

#define DECODER_CHILD_ARG "--decode-child"

/* What main() calls and returns when argv[1] is DECODER_CHILD_ARG, before anything else. */
int decoder_child_main(int argc, char **argv);

/* Where the next bytes of a part may be put before `data` is given them there, at most *ret_n; `arg` is the events'. */
typedef uint8_t *(*decoder_room_fn)(void *arg, size_t *ret_n);
/* How many bytes of the part at hand, which stands in the file from `at` on, need not be read: they count as if they
 * had been. At most `most`. */
typedef uint64_t (*decoder_skip_fn)(void *arg, int fd, uint64_t at, uint64_t most);

struct decoder {
    const char *self_exe;   /* the path of the program, such as "/proc/self/exe" */
    const char *sniffer;    /* that of dyetrace-sniffer, which is asked first about a file; NULL: not at all */
    const char *tmp_folder; /* of the scratch space; NULL: none */
    uint64_t spill_bytes;   /* how large that may grow */
    uint32_t seconds;       /* from start to end; 0: as long as it takes */
    decoder_room_fn room;   /* may be NULL */
    decoder_skip_fn skip;   /* likewise */
    const char *const *passwords;
    size_t n_passwords; /* more than DECODER_PASSWORDS are not tried, nor longer ones than DYE_PASSWORD_MAX_BYTES */
};
enum { DECODER_PASSWORDS = 128 };

/*
 * Decode `in_fd` from its current offset, as dye_decode would. What the sniffer says is plain needs no decoder.
 *
 * ret_level   the sandbox that held, as the child says; untouched when it said nothing; may be NULL
 *
 * A child that crashes, runs out of processor time or memory, is silent for ten minutes or breaks the protocol costs
 * the part at hand (partly, or unread without a byte; one with path "" if none was begun): "decoder: crashed", "limit:
 * cpu", "limit: memory", "limit: time", "decoder: protocol". So does the end of its time. That is DYE_OK. What an event
 * returns ends it and is returned; the child is killed, and a helper that it had asked for. DYE_E_IO when the child
 * can't be started or can't read the input; DYE_E_NOMEM. Blocks; any number of threads.
 */
DYE_MUST_CHECK enum dye_status decoder_run(const struct decoder *decoder, int in_fd,
                                           const struct dye_decode_limits *limits,
                                           const struct dye_decode_events *events, enum sandbox_level *ret_level,
                                           struct dye_error *err);

#endif
