#ifndef DYE_CHUNKER_H
#define DYE_CHUNKER_H
/*
 * chunker: cuts a part's bytes into chunks that hold whole records.
 *
 * The charset and the layout are taken from the part's first 64 KiB (or `max`, if that is less). A chunk ends with the
 * first record that ends at or beyond `target` bytes; when none does within `max` bytes, with the last one that ends
 * before, so that a record of up to `max` bytes is whole in a chunk. A longer one is cut at the last byte that can't
 * belong to a token (or, failing that, at `max`), and the next chunk begins with the rest of it.
 * So the borders depend on the part's content alone, never on how it was fed, and a chunk is a unit of work that a
 * crash can repeat. UTF-16 and UTF-32 come with their text as UTF-8.
 *
 * Files are glued together: an SQL dump, then rows, then lines of JSON. Where a line begins as nothing of the layout at
 * hand does, what follows, up to 64 KiB, is asked what it is; if it is laid out otherwise a chunk ends there, shorter
 * than `target` or followed by one of a single record, and the next has that layout. Rows are known behind another
 * layout, or behind rows that something else parts, when they are at least three that have as many fields, two or more,
 * parted by none of blank, colon and slash, and, behind rows, not by what parted those; 48, in steps, in a part whose
 * layout has changed more than 64 times. Not told apart: rows from rows in which the delimiter of those before stands
 * too, rows from values a line, and lines of JSON behind a document that goes over lines.
 */
#include "dye/record.h"

#define DYE_CHUNK_TARGET_BYTES (4u << 20)
#define DYE_CHUNK_MAX_BYTES (8u << 20)

struct dye_chunk {         /* all of it is valid inside the call; wiped later */
    uint32_t number;       /* 0, 1, ... inside the part */
    uint64_t start;        /* offset in the part */
    struct dye_span bytes; /* of the part */
    struct dye_span text;  /* what they say, ASCII-compatible: the same bytes, or their UTF-8 */
    const struct dye_layout *layout;
    enum dye_unit unit;
    uint64_t rows_before; /* of a rendered part: lines, or pages, that ended before the chunk */
    uint64_t records;     /* how many there are in it */
};
typedef enum dye_status (*dye_chunk_fn)(void *arg, const struct dye_chunk *chunk);

/* Where something stands: what DYE_UNIT_* counts, from 1, besides bytes. */
struct dye_place {
    size_t byte;    /* in the chunk's bytes */
    uint64_t row;   /* of the part: the row, or the page; 0 where bytes are counted */
    uint32_t field; /* of the row; 0 where fields are not counted */
};
/* The place of an offset in the chunk's text, fast when they ascend. The cursor starts zeroed, with each chunk. */
struct dye_chunk_cursor {
    size_t text_at, byte_at;
    uint64_t rows;
    uint32_t fields;
};
DYE_API struct dye_place dye_chunk_place(const struct dye_chunk *chunk, struct dye_chunk_cursor *cursor,
                                         size_t text_at);

struct dye_chunker; /* one part at a time; one thread */
DYE_API struct dye_chunker *dye_chunker_new(size_t target_bytes, size_t max_bytes, dye_chunk_fn fn, void *arg);
DYE_API void dye_chunker_free(struct dye_chunker *c); /* takes NULL; wipes */
/* For who looks for tokens alone: chunks end with a line whatever the layout, or where none does behind a ',' or ';',
 * and say that they have no records. So nothing is walked. Those of UTF-16 and UTF-32 are as ever. */
DYE_API void dye_chunker_ignore_records(struct dye_chunker *c);
/* A part begins, of this unit. Without it the next part is of bytes. */
DYE_API void dye_chunker_begin(struct dye_chunker *c, enum dye_unit unit);
/* The same of a part as it was announced: of formats that know it, the first row is the columns' names. */
DYE_API void dye_chunker_begin_part(struct dye_chunker *c, const struct dye_part *part);
/* Returns what the callback returned when not DYE_OK; DYE_E_NOMEM. */
DYE_MUST_CHECK DYE_API enum dye_status dye_chunker_feed(struct dye_chunker *c, struct dye_span bytes);
/* Where at most *ret_n bytes may be put instead, to be fed from there without another copy: what reads, reads them
 * there. Good until the next call. */
DYE_API uint8_t *dye_chunker_room(struct dye_chunker *c, size_t *ret_n);
/* Instead of a part's first bytes: goes on with chunk `number`, which begins at `start` and behind a line, as if those
 * before, each of `target` bytes at least, had been fed. The part's first n bytes stand where dye_chunker_room said,
 * and n is what it said. False where more has to be known of what is before than that, or they are of no use: UTF-16,
 * and unless records are ignored quotes, SQL, JSON across lines. Then nothing has happened. */
DYE_MUST_CHECK DYE_API bool dye_chunker_resume(struct dye_chunker *c, size_t n, uint32_t number, uint64_t start);
/* Right behind dye_chunker_resume: the next so many chunks too, which are of `bytes` and end with a line, are not fed.
 * Who has records ignored knows by himself where they end: with the first line that does at or beyond `target`. */
DYE_API void dye_chunker_pass(struct dye_chunker *c, uint32_t chunks, uint64_t bytes);
/* Delivers the rest and is ready for the next part. A part of no bytes has no chunk. */
DYE_MUST_CHECK DYE_API enum dye_status dye_chunker_finish(struct dye_chunker *c);

struct dye_chunk_memory { /* of max_bytes */
    uint8_t *p;
    size_t high; /* the most that ever stood in it: what is to be wiped */
};
/* Inside the callback, once: goes on in *m, and *m is then where the chunk's bytes stand. They stay as they are for as
 * long as the caller keeps it; its text does too unless it is another (of UTF-16 and UTF-32). Copies what follows the
 * chunk: of lines less than was fed at once, where a change of layout is looked at 64 KiB more, of what is walked up to
 * max_bytes - target. */
DYE_API void dye_chunker_swap(struct dye_chunker *c, struct dye_chunk_memory *m);

/* Of the part at hand or, until the next begins, of the one that finished: its layout, from the first chunk on, else
 * NULL; whether that is only the last one of several; and whether a record of it was longer than `max` and was cut. All
 * of it was in the chunks. */
DYE_API const struct dye_layout *dye_chunker_layout(const struct dye_chunker *c);
DYE_API bool dye_chunker_turned(const struct dye_chunker *c);
DYE_API bool dye_chunker_cut_a_record(const struct dye_chunker *c);

#endif
