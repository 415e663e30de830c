#ifndef DYE_ACCOUNTS_H
#define DYE_ACCOUNTS_H
/*
 * accounts: which accounts of an implicated source opened what leaked, before the copy was taken.
 *
 * This is dye_attribute one level down: an account stands where a source stood, and what it touched where a source's
 * holdings stood, with the same thresholds, sets and groups. Two things differ.
 *
 * The chance that a canary is in the dump although this account had no part in it is not one in ten thousand: the
 * source has leaked, and most likely by somebody else's hand. It is the share of the source's canaries that were seen,
 * at the upper end of its 99 % interval. Where most of a source leaked, nobody is told from anybody, and nobody is
 * named.
 *
 * What leaks is not spread evenly either: an insider takes recent rows, and a colleague hired last month opened none
 * but recent ones. So an account is named only when what it shares with the dump also exceeds chance among canaries
 * planted in the same place around the same time (groups of DYE_ACCOUNTS_STRATUM or more of one place, or all of a
 * place with fewer, in the order of planting; hypergeometric, times the number of accounts), and those that can't be
 * told apart are listed only when one of them does. That is exact whatever the rate at which each group leaked.
 *
 * What it can't see: who opened the records on paper, by another system, or under somebody else's account. Pure; any
 * thread.
 */
#include "dye/attribute.h"

#define DYE_ACCOUNTS_STRATUM 20

/* Times are seconds since 1970 UTC. */
struct dye_accounts_canary { /* of one source, held there when the copy was taken */
    uint32_t place; /* any number: where it was planted, if some flowed here or the source has parts. Who works on the
                       rows of one place opened those that leaked from it together, without a part in the leak */
    int64_t planted_at;
    double seen; /* the probability that it is in the dump, in [0, 1] */
};
struct dye_accounts_touch {   /* an account that opened a canary's record; several of both count once */
    uint32_t account, canary; /* account < n_accounts; an index into the canaries */
    int64_t at;
};
struct dye_accounts_case {
    size_t n_accounts;
    const struct dye_accounts_canary *canaries;
    size_t n_canaries;
    const struct dye_accounts_touch *touches;
    size_t n_touches;
    int64_t taken_before; /* later touches count for nothing */
};

/*
 * ret: as dye_attribute's, where `source` is an account, planted is what it touched in time and seen what of that is in
 * the dump; power, leaked and baseline say nothing here; p_value is the larger of both. `not-covered` when nothing was
 * touched in time. ret_chance: see above. p may be NULL. DYE_E_USAGE for an index or a number out of range,
 * DYE_E_NOMEM; *ret is untouched then. Free with dye_attribution_done. Cost: dye_attribute's.
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_accounts(const struct dye_accounts_case *c,
                                                    const struct dye_attribute_params *p, struct dye_attribution *ret,
                                                    double *ret_chance, struct dye_error *err);

#endif
