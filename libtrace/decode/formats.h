#ifndef DECODE_FORMATS_H
#define DECODE_FORMATS_H
/*
 * formats: the readers that stand in a file of their own; each is a format_fn (decoding.h) and says in its file how it
 * reads. Private to the decode layer.
 */
#include "decoding.h"

enum dye_status sqlite_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
enum dye_status dbf_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
enum dye_status html_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
enum dye_status xml_records_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
enum dye_status mail_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth); /* one message */
enum dye_status mbox_read(struct decoding *d, struct feed *in, const char *path,
                          uint32_t depth); /* one after another */
enum dye_status access_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
enum dye_status pdf_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
enum dye_status base64_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
enum dye_status quoted_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);
enum dye_status percent_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth);

/* The same for text that a mail says is HTML; charset NULL: see recode.h. */
enum dye_status html_read_as(struct decoding *d, struct feed *in, const char *path, const char *charset);

#endif
