#ifndef WATCH_H
#define WATCH_H
/*
 * watch: decodes bytes and aborts when dye_decode breaks its word: parts in order, each with one end that fits it,
 * within the limits, at least one, valid paths, and UTF-8 in parts that were rendered.
 */
#include "dye/decode.h"

/* The input can be sought and there is scratch space, or neither. Returns the number of parts. */
uint32_t watch_decode(struct dye_span bytes, bool sought);
/* For a fuzz target of one format: `magic` stands for the first bytes of the input. */
void watch_as(const void *magic, size_t magic_n, const uint8_t *data, size_t size);

#endif
