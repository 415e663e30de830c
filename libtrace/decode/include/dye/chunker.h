#ifndef DYE_CHUNKER_H
#define DYE_CHUNKER_H
/*
 * chunker: cuts a part's bytes into chunks that hold whole records.
 *
 * A chunk ends after the first LF at or beyond `target` bytes; when none comes within `max` bytes, at the last byte
 * that can't belong to a token (or, failing that, at `max`). So the borders depend on the part's content alone, never
 * on how it was fed, and a chunk is a unit of work that a crash can repeat. UTF-16 LF bytes count like others.
 */
#include "dye/buf.h"

#define DYE_CHUNK_TARGET_BYTES (4u << 20)
#define DYE_CHUNK_MAX_BYTES (8u << 20)

struct dye_chunk {
    uint32_t number;       /* 0, 1, ... inside the part */
    uint64_t start;        /* offset in the part */
    struct dye_span bytes; /* valid inside the call; wiped later */
};
typedef enum dye_status (*dye_chunk_fn)(void *arg, const struct dye_chunk *chunk);

struct dye_chunker; /* one part at a time; one thread */
DYE_API struct dye_chunker *dye_chunker_new(size_t target_bytes, size_t max_bytes, dye_chunk_fn fn, void *arg);
DYE_API void dye_chunker_free(struct dye_chunker *c); /* takes NULL; wipes */
/* Returns what the callback returned when not DYE_OK. */
DYE_MUST_CHECK DYE_API enum dye_status dye_chunker_feed(struct dye_chunker *c, struct dye_span bytes);
/* Delivers the rest and is ready for the next part. A part of no bytes has no chunk. */
DYE_MUST_CHECK DYE_API enum dye_status dye_chunker_finish(struct dye_chunker *c);

#endif
