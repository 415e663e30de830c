#ifndef SCAN_WINDOW_H
#define SCAN_WINDOW_H
/*
 * window: 4 KiB of text at a time, its bytes' masks, and what begins where. Private to the scan layer.
 *
 * Nothing here branches on what a byte is: positions are written in any case and kept by adding how many were right.
 * Runs of letters and digits are sorted into lanes by their shape; what is common has a lane of its own, in which all
 * tokens are hashed and looked up alike, and everything that needs a second look is left to run.c.
 *
 * Positions count from a block before the window.
 */
#include "dye/scan.h"
#include "masks.h"

enum {
    WINDOW = 64,                   /* blocks */
    LOOKAHEAD = 8,                 /* blocks behind the window: the longest run that counts ends in the first two, the
                                    * others let the next window begin where eight words fill a cache line */
    SPAN = 1 + WINDOW + LOOKAHEAD, /* and one before */
    ROW = SPAN + 7,                /* words from one mask to the next: their blocks 1 are on cache lines of their own */
    WINDOW_BYTES = WINDOW * BLOCK_BYTES,
    TEXT_AHEAD = 4 * WINDOW_BYTES, /* that text is called for before it is read: into the outer cache, since the inner
                                    * one is full with masks */
    RUN_MIN = DYE_TOKEN_MIN_BYTES, /* no scanned kind with a shape of its own is shorter than a passport, 9 */
    RUN_MAX = DYE_TOKEN_MAX_BYTES, /* SHA-256 and SM3 in hex */
    RUNS_A_BLOCK = 8,
    RUNS_MAX = WINDOW * RUNS_A_BLOCK,
    SLACK = 8,          /* positions that are written, or read, in any case */
    ADDRESS_SHORT = 56, /* bytes on either side of an '@' that are seen at once */
};

_Static_assert(ROW % 8 == 0, "a row is whole cache lines");

/* Masks that follow from those of enum mask. */
enum derived {
    RUNS = MASKS, /* where at least RUN_MIN letters and digits begin that are worth a look, and no ordinary number */
    EDGE,         /* beside what a run needs a second look: 0x80 and above, % + _ / and backslash; and first bytes of
                   * runs behind it */
    GROUPS, /* where groups of digits begin, as a mobile may be written in; and where, behind a digit, signs of two
             * bytes and more may hide others */
    LOCAL,  /* what may stand before an '@', over no "--" and no capital */
    STARTS, /* where that may end, going back: beside nothing that could belong to it */
    DOMAIN, /* what may stand behind an '@', up to "--" or a capital */
    ENDS,   /* and behind the last of it */
    ALL_MASKS
};

enum lane {
    LANE_NONE,   /* nothing that is looked for */
    LANE_SLOW,   /* may be more than one thing */
    LANE_DIGEST, /* 16, 32 or 40 letters and digits */
    LANE_OTHER,
    LANES
};

/* A token: its position and its bytes. */
typedef uint32_t token;
#define TOKEN_OF(position, n) ((token)(position) | (token)(n) << 16)
#define TOKEN_POSITION(t) ((t)&0xffff)
#define TOKEN_BYTES(t) ((t) >> 16)

struct window {
    uint8_t lane_of[3][BLOCK_BYTES]; /* for runs of digits, of both, of letters, and their length; set by the caller */
    bool all_runs;                   /* any run of letters and digits is looked for */
    size_t at;                       /* of the window, in the text */
    _Alignas(64) uint64_t unused[7]; /* so that m[...][1] are on cache lines */
    uint64_t m[ALL_MASKS][ROW];
    uint64_t run_blocks,
        other_blocks; /* bit b - 1: in block b a run begins, or anything that is no run and no address */
    size_t n_runs, n_mobiles, n_ids, n_ats, n_highs, n[LANES];
    token runs[RUNS_MAX + SLACK], mobiles[RUNS_MAX + SLACK], ids[RUNS_MAX + SLACK];
    token ats[WINDOW_BYTES + SLACK], highs[WINDOW_BYTES / 2 + SLACK];
    token lane[LANES][RUNS_MAX + SLACK];
};

/* Reads the window at byte `at`; those before it must have been read in turn. */
typedef void (*window_fn)(struct window *w, struct dye_span text, size_t at);
/* NULL when this processor lacks it. */
window_fn window_of_path(enum dye_scan_path path);

/* For window*.c alone. */
void window_avx2(struct window *w, struct dye_span text, size_t at);
void window_avx512(struct window *w, struct dye_span text, size_t at);

/* Writes the positions of a word's bits at the end of a list of n; the first in any case. */
static inline size_t write_word(token *list, size_t n, uint64_t bits, token first)
{
    token *to = list + n;
    *to = first + (token)__builtin_ctzll(bits | UINT64_C(1) << 63);
    n += (unsigned)__builtin_popcountll(bits);
    for (bits &= bits - 1; bits != 0; bits &= bits - 1)
        *++to = first + (token)__builtin_ctzll(bits);
    return n;
}

/* 64 bits of a mask from block b, bit `shift` on. b at most WINDOW + 1. */
static inline uint64_t window_bits(const struct window *w, unsigned mask, size_t b, unsigned shift)
{
    return w->m[mask][b] >> shift | w->m[mask][b + 1] << 1 << (63 - shift);
}

/* At least 57 bits of a mask from a position on. */
static inline uint64_t bits_from(const uint64_t *m, size_t position)
{
    uint64_t word;
    memcpy(&word, (const uint8_t *)m + position / 8, sizeof word);
    return word >> position % 8;
}

static inline uint64_t low_bits(size_t n)
{
    return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

/* How many bits are set from the lowest on. */
static inline unsigned ones(uint64_t bits)
{
    return ~bits != 0 ? (unsigned)__builtin_ctzll(~bits) : 64;
}

/* Where in the text a position is: never before its start. */
static inline size_t window_byte(const struct window *w, size_t position)
{
    return w->at + position - BLOCK_BYTES;
}

/* Whether eleven digits in a row stand among the first 64. */
static inline bool has_eleven(uint64_t digits)
{
    uint64_t two = digits & digits >> 1, four = two & two >> 2, eight = four & four >> 4;
    return (eight & eight >> 3) != 0;
}

#endif
