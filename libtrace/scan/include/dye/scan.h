#ifndef DYE_SCAN_H
#define DYE_SCAN_H
/*
 * scan: a chunk's bytes -> tokens that could be identifiers -> hits in the index.
 *
 * Works on the raw bytes: ASCII tokens stand as themselves in UTF-8 and in GB18030, so nothing is transcoded. Where a
 * token follows a byte >= 0x80 it is also tried from its second byte, because in GB18030 that first byte may be the
 * trail of a character. One probe of the filter a token; the fingerprint is checked behind it, so a hit is exact.
 */
#include "dye/index.h"

struct dye_hit {
    const struct dye_index *index; /* which part of the set */
    const struct dye_index_entry *entry;
    size_t start; /* the token, in bytes from the start of the chunk */
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

/*
 * The record around `at` in a chunk: [*ret_start, *ret_end) without its line end. A record is a line; in a line that
 * starts with INSERT INTO (any case) it is the parenthesised row. Never longer than 64 KiB: beyond that, the 64 KiB
 * around `at`.
 */
DYE_API void dye_record_around(struct dye_span chunk, size_t at, size_t *ret_start, size_t *ret_end);
/* Lines that are not empty: the number of records in a chunk; INSERT lines count their rows. */
DYE_API uint64_t dye_record_count(struct dye_span chunk);

#endif
