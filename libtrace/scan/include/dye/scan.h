#ifndef DYE_SCAN_H
#define DYE_SCAN_H
/*
 * scan: a chunk's bytes -> tokens that could be identifiers -> hits in the index.
 *
 * Works on the chunk's text, which is the raw bytes unless those are UTF-16 or UTF-32: ASCII tokens stand as themselves
 * in UTF-8 and in GB18030, so nothing is transcoded. A token is a run of ASCII letters and digits, 8 to 64 bytes with a
 * digit among them, compared in lower case; or what stands around an '@': 1 to 64 of [A-Za-z0-9._%+-] before it, 1 to
 * 255 of [A-Za-z0-9.-] after it, neither across "--" (which is how `----` delimits), '.' and '-' stripped at both ends.
 *
 * Tried besides: from its second byte, what follows a byte >= 0x80 (in GB18030 that first byte may be the trail of a
 * character) or a backslash (`\n17...` in JSON and SQL); from its sixth, what follows `\uXXXX`, from its third what
 * follows `%`; of digits alone, the 11 behind 86, 0086 or 0; among letters, a stretch of 11, 15 or 18 digits, those 11
 * behind such a prefix, and 17 before an x; of 22, 26 or 29 digits, or 28 and an x, the 11 of a mobile (1, and 3 or
 * more) that they begin or end with, and the rest; a mobile in groups of 3-4-4, 3-3-5 or 4-4-3 and an ID in groups of
 * 6-8-4 by `-`, `.` or space; 17 digits before what looks like X; 11 or 18 characters some of which are '*' or x, or
 * ×, ＊, ●, ○, • in UTF-8, GB18030 or Big5, behind a digit (several of these too); base64 that '=' ends; digits of
 * other writings, and digits with something invisible between them (scan/wide.h); an address whose '@' is "(at)" or
 * full-width; plain tokens inside of 40 or more characters of base64, placed where those begin. One probe of the filter
 * a try; the fingerprint is checked behind it, so a hit is exact.
 */
#include "dye/index.h"

struct dye_hit {
    const struct dye_index *index;       /* which part of the set */
    const struct dye_index_entry *entry; /* for this call */
    size_t start;                        /* the token, in bytes from the start of the chunk */
    size_t n;
};
/* Hits come in order of start. Return DYE_STOPPED to end early. */
typedef enum dye_status (*dye_hit_fn)(void *arg, const struct dye_hit *hit);

struct dye_scan_stats {
    uint64_t bytes, tokens, maybes, hits;
};

/*
 * Scan one chunk (whole records, see chunker). max_epoch: entries of later epochs are not there (an ingest pins its
 * epoch); UINT64_MAX for all. stats is added to; may be NULL. Returns DYE_OK or what on_hit returned. Any number of
 * threads over one set. No allocation. O(n).
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_scan(const struct dye_index_set *set, uint64_t max_epoch,
                                                struct dye_span chunk, dye_hit_fn on_hit, void *arg,
                                                struct dye_scan_stats *stats);

/* Every token of a scan, whatever the index has: its probe, and the classes that it could be of (bit c: enum
 * dye_token_class c), in no particular order, some more than once. Return other than DYE_OK to end the scan. */
typedef enum dye_status (*dye_token_fn)(void *arg, const uint64_t *probes, const uint8_t *classes, size_t n);
struct dye_token_sink {
    const struct dye_index_keys *keys; /* of the probes, and of the set's indexes, if it has any */
    dye_token_fn take;
    void *arg;
};
/* dye_scan, with the tokens besides. The set may be empty. */
DYE_MUST_CHECK DYE_API enum dye_status dye_scan_tokens(const struct dye_index_set *set, uint64_t max_epoch,
                                                       struct dye_span chunk, dye_hit_fn on_hit, void *arg,
                                                       const struct dye_token_sink *sink, struct dye_scan_stats *stats);

/* How bytes are classified. All give the same hits; AUTO takes the widest that this processor has. AVX2 means with
 * BMI2, AVX-512 with VBMI and GFNI (Ice Lake, Zen 4). One core of an EPYC, a customer list in memory, all forms of 10^3
 * identifiers: about 0.6, 1.8 and 4.2 GB/s, of 10^6 0.5, 1.5 and 2.9 (bench_kernel). */
enum dye_scan_path { DYE_SCAN_AUTO, DYE_SCAN_SCALAR, DYE_SCAN_AVX2, DYE_SCAN_AVX512 };
/* dye_scan by one path. DYE_E_USAGE when this processor lacks it. */
DYE_MUST_CHECK DYE_API enum dye_status dye_scan_by(enum dye_scan_path path, const struct dye_index_set *set,
                                                   uint64_t max_epoch, struct dye_span chunk, dye_hit_fn on_hit,
                                                   void *arg, struct dye_scan_stats *stats);

#endif
