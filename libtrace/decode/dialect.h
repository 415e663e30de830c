#ifndef DECODE_DIALECT_H
#define DECODE_DIALECT_H
/*
 * dialect: what parts the fields of a line, what quotes them, and whether the first line names them. Private to the
 * decode layer.
 */
#include "layout.h"

struct dialect {
    enum dye_charset charset;
    const uint8_t *delimiter;
    size_t delimiter_n;
    uint8_t quote;
    const uint8_t *hopeless; /* no quote closes before here: what closes does not depend on where it was opened */
};

/* The layout's delimiter as it is written in d's charset. */
void dialect_delimiter(struct dialect *d, const struct dye_layout *l);
/* The field at [at, *ret_end): where the next one begins, or SIZE_MAX behind the last. *ret_quoted: a quote stands at
 * both its ends. O(length). */
size_t dialect_next(struct dialect *d, const uint8_t *p, size_t at, size_t end, size_t *ret_end, bool *ret_quoted);

/* The delimiter, quote and header of a sample; false when nothing parts its lines. */
bool dialect_detect(struct dye_span sample, struct dye_layout *ret);
/* The same, where the first line is known to be one. */
void dialect_take_header(struct dye_span sample, struct dye_layout *ret);
/* has_header and the header, with the delimiter known. */
void dialect_detect_header(struct dye_span sample, struct dye_layout *ret);

#endif
