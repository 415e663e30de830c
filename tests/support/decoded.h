#ifndef DECODED_H
#define DECODED_H
/*
 * decoded: what dye_decode makes of bytes, as text to compare with.
 *
 * Each part is "[path format unit]" (a part of bytes without the last two), its bytes with 0x1F as "|" and 0x0C as "~",
 * and "= verdict reason". In a part of unit byte, lines are as they stand; one that doesn't end in LF gets one.
 */
#include "dye/decode.h"

struct decoded_options {
    size_t step;                      /* bytes a read; 0: as many as asked for */
    bool forwards;                    /* the input can't be sought */
    size_t spill_bytes;               /* scratch space; at most 4 MiB */
    struct dye_decode_limits *limits; /* NULL: the usual ones */
};

/* NUL-terminated, to be freed; at most 4 MiB of it. NULL options: the usual ones. Asserts that the status is DYE_OK. */
char *decoded(struct dye_span bytes, const struct decoded_options *options);
/* Of a file below tests/, from DYE_SOURCE_DIR. */
char *decoded_file(const char *name, const struct decoded_options *options);
struct dye_span decoded_load(const char *name); /* p is to be freed */

/* Fails the test unless that is `want`, however the bytes are fed: by the piece, from a file or from a stream. */
void decoded_is(struct dye_span bytes, const char *want);
void decoded_file_is(const char *name, const char *want);

#endif
