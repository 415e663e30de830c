#ifndef DECODE_DECODING_H
#define DECODE_DECODING_H
/*
 * decoding: one input being decoded: its limits, what they have been spent on, and the part at hand. Every format's
 * reader gives its parts through here and so keeps the order begin, data*, end and the limits. Private to the layer.
 */
#include "container.h"

#include "dye/decode.h"

struct input { /* the outermost stream */
    struct feed feed;
    const struct dye_decode_input *from;
    struct container_budget *budget;
    enum dye_status status; /* of the reading: not a matter of the content */
    uint8_t *bytes;
};

struct decoding {
    const struct dye_decode_limits *limits;
    const struct dye_decode_events *events;
    struct container_budget budget;
    struct input *input;
    uint32_t parts;
    uint64_t entries, output;
    uint64_t part_bytes; /* of the part at hand */
    uint64_t spilled;    /* of the scratch space: what is in use */
    bool over;           /* a limit of the whole decoding was reached, and a part has said so or is about to */
};

/* Begins a part: the one before has ended. */
enum dye_status part_begin(struct decoding *d, const char *path, enum dye_unit unit, const char *format);
/* DYE_E_LIMIT: no more of it is wanted, and what fitted was given; go on to part_end, which says "limit: output". */
enum dye_status part_data(struct decoding *d, struct dye_span bytes);
/* `fault` is a constant, NULL when all was read. */
enum dye_status part_end(struct decoding *d, const char *fault);
/* A part that gives no bytes. */
enum dye_status part_bare(struct decoding *d, const char *path, const char *fault);
/* A part of all that is left of `in`, as it stands. */
enum dye_status part_plain(struct decoding *d, struct feed *in, const char *path);
/* One more entry of a container or table of a document. False: too many; a part of its own has then to say
 * "limit: entries". */
bool decoding_count_entry(struct decoding *d);

/* Reads a stream, whatever it is, into parts below `path`; `depth` counts the containers around it. */
enum dye_status decoding_walk(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
/* The same for a stream out of another one: sees to it that a part tells when it broke. */
enum dye_status decoding_walk_inner(struct decoding *d, struct feed *in, const char *path, uint32_t depth);

/* All entries of a container, then what is wrong with itself unless an entry has said so. */
enum dye_status decoding_enter(struct decoding *d, struct container *c, struct feed *in, const char *path,
                               uint32_t depth);
/* Reads a zip as the archive that it is. */
enum dye_status decoding_read_zip(struct decoding *d, struct feed *in, const char *path, uint32_t depth);

/*
 * What a format plugs in with: reads `in` into parts, as decoding_walk does. It may leave the rest of `in` unpulled.
 * Faults of the content are verdicts, not statuses: it returns what part_* returned (not DYE_E_LIMIT), DYE_E_NOMEM or
 * the status of the input.
 */
typedef enum dye_status (*format_fn)(struct decoding *d, struct feed *in, const char *path, uint32_t depth);

#endif
