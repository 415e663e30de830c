#ifndef DECODE_FORMATS_H
#define DECODE_FORMATS_H
/*
 * formats: the readers that stand in a file of their own; each is a format_fn (decoding.h) and says in its file how it
 * reads. Private to the decode layer.
 */
#include "decoding.h"

enum dye_status sqlite_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
enum dye_status access_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
enum dye_status pdf_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);

#endif
