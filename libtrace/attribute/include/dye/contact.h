#ifndef DYE_CONTACT_H
#define DYE_CONTACT_H
/*
 * contact: calls, messages and parcels that reached canaries -> whether a source's canaries are reached more than
 * chance reaches them.
 *
 * Numbers are recycled, dialled in sequence, and a mail domain can leak from the mail server. So each source is held
 * against lines of the same block that no leak of it can have given away: controls, which are never planted, and the
 * source's own lines before they were planted. A line is one canary on one medium: its number, its mailbox, its door.
 * Contacts of one caller with one line, each within `window_s` of the last, are one: call-backs and duplicates.
 *
 * Two questions, and the larger p-value answers (METHODS 4 is the first):
 *
 *   rate    n contacts in the exposure T of the source's planted lines, n0 in T0 of the baseline; were the rates alike,
 *           n of n + n0 would be binomial with share T / (T + T0)
 *   spread  of m planted lines and c controls watched over the same time, so many were reached at all; which, would be
 *           chance (hypergeometric). One recycled number that a hundred people call is one line, and a sink that leaked
 *           last month reaches controls alike. Up to six starts of that time are tried, the quarters of the plantings
 *           and 90 and 30 days before the end, and the best p counts times their number
 *
 * Blocks are told apart in both (their shares differ) and added up. All is times the number of sources that are asked
 * about (Bonferroni). It holds when the values of canaries and controls of a block were given out at random. Without a
 * control in the block there is no spread and nothing is evidence. Pure; any thread.
 */
#include "dye/status.h"

#include <stdint.h>

struct dye_contact_params {
    double max_p_value;  /* 0.001 */
    uint32_t min_series; /* 2: contacts; one is a lead whatever its p */
    int64_t window_s;    /* 86400 */
};
DYE_API void dye_contact_params_default(struct dye_contact_params *ret);

/* Times are seconds since 1970 UTC. */
struct dye_contact_line {
    uint32_t block;       /* any number: equal for lines that are alike to who dials without a list */
    int64_t watched_from; /* contacts with it are on record from here on; earlier ones are left out */
};
/* A line without a holding is a control. Several of one line and source: the earliest counts. */
struct dye_contact_holding {
    uint32_t line, source;
    int64_t planted_at;
};
struct dye_contact {
    uint32_t line;
    uint64_t caller; /* any number that is the caller's own; 0: not known, taken for one caller a line */
    int64_t at;
};
struct dye_contact_case {
    const struct dye_contact_line *lines;
    size_t n_lines;
    const struct dye_contact_holding *holdings;
    size_t n_holdings;
    const struct dye_contact *contacts;
    size_t n_contacts; /* at most DYE_CONTACTS_MAX */
    size_t n_sources;
    int64_t until; /* contacts are on record up to here */
};
#define DYE_CONTACTS_MAX 1000000

enum dye_contact_verdict {
    DYE_CONTACT_NONE,     /* nobody was reached */
    DYE_CONTACT_LEAD,     /* worth a look; chance can't be excluded */
    DYE_CONTACT_EVIDENCE, /* of a leak of the source */
    DYE_CONTACT_SINK /* controls are reached too, as often: it is the lines that are known, not the source's rows */
};
DYE_API const char *dye_contact_verdict_name(enum dye_contact_verdict v); /* "none" "lead" "evidence" "sink" */

struct dye_contact_source {
    uint32_t lines, lines_reached;
    uint32_t contacts; /* collapsed, after planting */
    double exposure_s;
    uint32_t baseline_contacts; /* controls' and before planting, in the source's blocks */
    double baseline_exposure_s;
    uint32_t controls, controls_reached, control_contacts; /* in its blocks */
    double p_rate, p_spread;                               /* of this source alone; 1 without a baseline */
    double p_value;                                        /* the larger, times the sources asked about; at most 1 */
    enum dye_contact_verdict verdict;
};
/* ret has n_sources. p may be NULL: the defaults. DYE_E_USAGE for an index out of range, DYE_E_LIMIT, DYE_E_NOMEM; *ret
 * is untouched then. O(n log n), and contacts x contacts of the source where it has several blocks. */
DYE_MUST_CHECK DYE_API enum dye_status dye_contact_weigh(const struct dye_contact_case *c,
                                                         const struct dye_contact_params *p,
                                                         struct dye_contact_source *ret, struct dye_error *err);

#endif
