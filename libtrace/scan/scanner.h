#ifndef SCAN_SCANNER_H
#define SCAN_SCANNER_H
/*
 * scanner: the scan of one chunk, which the files of this layer share. Private to the scan layer.
 *
 *   window*.c   bytes -> masks -> where what begins
 *   lanes*.c    common tokens, many at a time
 *   run.c       runs that may be more than one thing
 *   address.c   what stands around an '@'
 *   other.c     groups, masks, base64 that ends, spelled addresses, other writings
 *   wrapped.c   rows in base64
 *   tries.c     single tokens that wait for their filter
 *   hits.c      what passed the filters, in order
 */
#include "wide.h"
#include "window.h"
#include "written.h"

#define CLASS(name) (1u << DYE_TOKEN_##name)

enum {
    SAME_MAX = 64,   /* canaries that share one value */
    HELD_MAX = 1024, /* hits that one before them may still follow */
    PASSED_MAX = 2048,
    TRIES = 32,    /* a power of two */
    SUNK = 64,     /* tokens given to a sink at a time */
    PREFETCH = 16, /* tokens whose filter words are on their way: of 12 to 25 all do, 50 or more evict each other */
    REACH = 2 * EMAIL_MAX, /* bytes: how far before what leads to it a token may start */
};

struct waiting { /* a token whose filter word is on its way */
    uint64_t probe;
    size_t start;
    uint16_t n;      /* bytes as it stands */
    uint16_t n_form; /* of `forms`; 0: its form is its bytes in lower case */
    uint8_t class;
};

struct passed { /* a common token that a filter let through */
    uint64_t probe;
    size_t start;
    uint16_t n;
    uint8_t part;
};

struct held {
    struct dye_hit hit; /* its entry is set when it is given out */
    struct dye_index_entry entry;
};

struct sieve {                         /* the filters of a lane */
    unsigned classes;                  /* that its tokens could be of, and that are wanted */
    size_t n, far;                     /* of the filters; so many of them are worth a prefetch */
    struct dye_index_filter filter[4]; /* of two classes, two parts */
    uint8_t part[4];
};

struct scan;
typedef enum dye_status (*lanes_fn)(struct scan *s);

struct scan {
    const struct dye_index_set *set;
    const struct dye_index_keys *keys;
    struct dye_index_filter filters[2][DYE_TOKEN_CLASSES];
    unsigned classes; /* bit c: tokens of class c are wanted, by the sink or because */
    unsigned indexed; /* bit c: some index has keys of class c */
    uint64_t max_epoch;
    enum dye_scan_path path;
    lanes_fn lanes;
    const uint8_t *p;
    size_t n;
    dye_hit_fn on_hit;
    void *arg;
    struct dye_scan_stats stats;
    struct wide wide; /* the last number in another writing */
    size_t unwrapped; /* base64 before here was looked into */

    size_t first, last; /* of tries, counted from the start of the scan */
    struct waiting tries[TRIES];
    uint8_t forms[TRIES][EMAIL_MAX];   /* of those that are written in some other way */
    const struct dye_token_sink *sink; /* or NULL */
    uint64_t sunk[SUNK];
    uint8_t sunk_classes[SUNK];
    size_t n_sunk;

    struct sieve mobile, id, digest, address, other;
    struct passed passed[PASSED_MAX]; /* of this window */
    size_t n_passed;
    struct held held[HELD_MAX]; /* sorted by start */
    size_t n_held;
    struct window w;
};

static inline struct dye_span scan_text(const struct scan *s)
{
    return dye_span_of(s->p, s->n);
}

/* ---- hits.c ---- */

/* Gives out what is held and starts before `before`. */
DYE_MUST_CHECK enum dye_status hits_release(struct scan *s, size_t before);
/* The index's entries for a token: what it finds is held. */
DYE_MUST_CHECK enum dye_status hits_look_up(struct scan *s, size_t part, uint64_t probe, struct dye_span form,
                                            size_t start, size_t n);
/* Looks up what passed, in order. */
DYE_MUST_CHECK enum dye_status hits_settle(struct scan *s);

/* ---- tries.c ---- */

/* The token at [start, start + n), whose form is n_form bytes, is to be looked up in the filters of `classes`.
 * `stored`: its form is not just its bytes in lower case. */
DYE_MUST_CHECK enum dye_status tries_put(struct scan *s, unsigned classes, size_t start, size_t n, const uint8_t *form,
                                         size_t n_form, bool stored);
static inline enum dye_status tries_put_written(struct scan *s, unsigned classes, const struct written *w)
{
    return tries_put(s, classes, w->start, w->n, w->form, w->n_form, true);
}
/* Those that still wait. */
DYE_MUST_CHECK enum dye_status tries_finish(struct scan *s);
/* n probes of tokens that could be of `classes`, for the sink, if there is one. */
DYE_MUST_CHECK enum dye_status tries_sink(struct scan *s, const uint64_t *probes, size_t n, unsigned classes);
DYE_MUST_CHECK enum dye_status tries_sink_rest(struct scan *s);

/* ---- the window's content ---- */

/* What is wanted decides which lane a run goes to; and the path, by which code the lanes are gone through. */
void lanes_prepare(struct scan *s);
DYE_MUST_CHECK enum dye_status lanes_avx512(struct scan *s);
/* Tokens that a filter let through, bit i for the i-th, wait to be looked up. Their bytes are n0, or each its own. */
DYE_MUST_CHECK enum dye_status lanes_pass(struct scan *s, uint64_t which, const uint64_t *probes, const token *tokens,
                                          size_t n0, uint8_t part);
/* The run that starts at a position. */
DYE_MUST_CHECK enum dye_status run_at(struct scan *s, size_t position);
/* The address around the '@' at a position. */
DYE_MUST_CHECK enum dye_status address_at(struct scan *s, size_t position);
/* What else begins in a block. */
DYE_MUST_CHECK enum dye_status others_of(struct scan *s, size_t block);
/* Chinese digits. */
DYE_MUST_CHECK enum dye_status others_highs(struct scan *s);
/* Rows in base64 around the run of n bytes at `start`. */
DYE_MUST_CHECK enum dye_status wrapped_around(struct scan *s, size_t start, size_t n);

/* How many digits stand before a mobile's eleven: 0, 86 or 0086; 0 for none. */
static inline size_t trunk(const uint8_t *p, size_t n)
{
    if (n == 12 && p[0] == '0')
        return 1;
    if (n == 13 && p[0] == '8' && p[1] == '6')
        return 2;
    return n == 15 && memcmp(p, "0086", 4) == 0 ? 4 : 0;
}

/* Where else a token that starts at `start` may start: in GB18030 a byte after one >= 0x80 may be the second half of
 * a character, and a letter after a backslash an escape. 0 for nowhere. */
static inline size_t later_start(const struct scan *s, size_t start, size_t end)
{
    if (start == 0)
        return 0;
    uint8_t before = s->p[start - 1];
    if (before >= 0x80)
        return start + 1;
    if (before == '%')
        return start + 2;
    if (before != '\\')
        return 0;
    return s->p[start] == 'u' && end - start > 5 ? start + 5 : start + 1;
}

#endif
