#ifndef DYE_CODE_H
#define DYE_CODE_H
/*
 * code: which holder gets which variant of a shared canary, so that holders who join can still be told.
 *
 * Where each holder has its own copy of a table, holders who compare their copies see every canary that differs, and
 * may leave either variant, both or neither in what they sell. A Tardos code survives that: position j (a shared
 * canary) has a bias p_j = sin^2(r), r uniform on [t', pi/2 - t'], t' = asin(sqrt t), t = 1 / (300 c), and each holder
 * gets variant B at j with probability p_j, else A (Tardos, STOC 2003). Who scores high against what is found took part
 * (dye/code_score.h). Nobody can compute the biases without the key; who scores must know them.
 *
 * Length: by the central limit, m = pi^2/2 c^2 ln(n / epsilon) positions that survive tell c colluders among n holders
 * with the symmetric score. dye_code_plan asks for a quarter more, because a threshold that is proven costs a little,
 * and divides by the share of rows that survive.
 *
 * Pure; any thread. The same key, epoch and sizes give the same code on every machine: biases are multiples of 2^-32
 * and symbols are drawn in integers.
 */
#include "dye/key.h"
#include "dye/status.h"

#include <stdint.h>

#define DYE_CODE_HOLDERS_MAX 100000
#define DYE_CODE_POSITIONS_MAX 10000000

struct dye_code_params {
    uint32_t holders;   /* n, at least 2 */
    uint32_t colluders; /* c, 1 to n: who may join and still be told */
    double epsilon;     /* in (0, 1): the chance, a case, that anybody uninvolved is named */
    double survival;    /* in (0, 1]: the share of its canaries that a leak still shows */
    uint64_t limit;     /* positions that there may be at most; 0: DYE_CODE_POSITIONS_MAX */
};
struct dye_code_plan {
    double bound;       /* pi^2/2 c^2 ln(n / epsilon) */
    uint64_t surviving; /* positions wanted in what is found */
    uint64_t positions; /* shared canaries to plant */
};

/* DYE_E_USAGE for parameters out of range, and when more positions are wanted than the limit: with the numbers, and the
 * epsilon that the limit would reach. */
DYE_MUST_CHECK DYE_API enum dye_status dye_code_plan(const struct dye_code_params *p, struct dye_code_plan *ret,
                                                     struct dye_error *err);

struct dye_code {
    uint32_t holders;
    uint64_t positions;
    double *bias;    /* by position: the chance of variant B, in (0, 1) */
    uint8_t *symbol; /* 'A' or 'B' at [position * holders + holder] */
};
/* Draws a code from the key and the epoch. DYE_E_USAGE beyond the maxima, DYE_E_NOMEM. O(positions * holders), about
 * 10 ns each. */
DYE_MUST_CHECK DYE_API enum dye_status dye_code_make(const struct dye_key *key, uint64_t epoch, uint32_t holders,
                                                     uint32_t colluders, uint64_t positions, struct dye_code *ret,
                                                     struct dye_error *err);
DYE_API void dye_code_done(struct dye_code *c); /* takes a zeroed struct; wipes */

static inline char dye_code_symbol(const struct dye_code *c, uint64_t position, uint32_t holder)
{
    return (char)c->symbol[position * c->holders + holder];
}

#endif
