#ifndef MATCHER_CREW_H
#define MATCHER_CREW_H
/*
 * crew: threads that look through the chunks of a part while what follows is read; what they write comes out in the
 * order of the chunks.
 *
 * Not for: ingest, whose chunks are transactions, one after the other.
 *
 * A chunk's bytes are not copied: the crew keeps the memory that they stand in and gives the chunker other. Small
 * chunks are looked through by the caller's own thread. Memory: CREW_THREADS_MAX + 6 chunks and what was written of
 * each, at the most; who has more to write waits for its turn and writes through.
 */
#include "file_view.h"

#include "dye/chunker.h"
#include "dye/scan.h"

#include <stdio.h>

enum { CREW_THREADS_MAX = 16 };

struct crew;
struct crew_page; /* what is written of one chunk */

/* Looks through a chunk of `part`; any thread, several at a time. What it returns but DYE_OK ends everything. */
typedef enum dye_status (*crew_fn)(void *arg, const struct dye_chunk *chunk, const char *part, struct crew_page *page,
                                   struct dye_scan_stats *stats);

/* For each processor that this process may use a thread, of one alone none. Chunks are of at most max_bytes. */
DYE_MUST_CHECK enum dye_status crew_new(size_t max_bytes, crew_fn fn, void *arg, FILE *to, struct crew **ret,
                                        struct dye_error *err);
/* Takes NULL. Waits for what is being looked through; wipes. */
void crew_free(struct crew *c);

/* Hands a chunk over, inside the chunker's callback. Waits while all are busy. DYE_E_NOMEM, or what an earlier chunk
 * came to. */
DYE_MUST_CHECK enum dye_status crew_take(struct crew *c, struct dye_chunker *chunker, const struct dye_chunk *chunk,
                                         const char *part);
/* The next chunk of a file, but its bytes: how many they are, which are also its text, and where they begin. False when
 * there is none. Any thread, one at a time. */
typedef bool (*crew_next_fn)(void *arg, struct dye_chunk *ret, uint64_t *ret_at);
/*
 * All these chunks, of which the bytes stand in a view. Who looks through one asks for it by itself, so that nobody
 * waits to be given one. Returns when the last one is begun. The view is the crew's from now on: crew_finish closes it,
 * and comes between two of them. A file that turns out shorter is DYE_E_IO, as an earlier chunk's.
 */
DYE_MUST_CHECK enum dye_status crew_read(struct crew *c, struct file_view *view, crew_next_fn next, void *arg,
                                         const char *part);
/* Until all chunks are done and written. Adds up what was counted. */
DYE_MUST_CHECK enum dye_status crew_finish(struct crew *c, struct dye_scan_stats *stats);

/* For crew_fn. n at most CREW_LINE_MAX. */
#define CREW_LINE_MAX (64u << 10)
DYE_MUST_CHECK enum dye_status crew_write(struct crew_page *page, const char *p, size_t n);

#endif
