#ifndef DYE_CSV_READER_H
#define DYE_CSV_READER_H
/*
 * csv_reader: a user's CSV file, in memory, record by record (RFC 4180; LF or CRLF; a UTF-8 BOM is passed over).
 *
 * Fields are cut out in place: quotes are undone and NULs put behind, so the text is changed and must outlive them.
 * It may hold personal data: the buffer is made with `wipe` and is the caller's to give back.
 */
#include "dye/buf.h"

#define CSV_FIELDS_MAX 64

struct csv_reader {
    char *at, *end;
    size_t next_line;
    /* The record: */
    size_t line; /* the file's line that it starts on, from 1 */
    char *field[CSV_FIELDS_MAX];
    size_t fields;
};

/* Opens a file as the caller; the descriptor, or -1 with *err set. Read after zone_enter. */
int csv_open(const char *path, struct dye_error *err);
/* All of it, whatever it is, and closes. `bytes` must be initialised; DYE_E_LIMIT beyond its maximum, DYE_E_IO. */
DYE_MUST_CHECK enum dye_status csv_read_bytes(int fd, const char *path, struct dye_buf *bytes, struct dye_error *err);
/* The same of a text: DYE_E_USAGE besides when it holds NUL bytes. */
DYE_MUST_CHECK enum dye_status csv_read_all(int fd, const char *path, struct dye_buf *text, struct dye_error *err);

void csv_reader_init(struct csv_reader *r, struct dye_buf *text);
/* The next record that is not an empty line. DYE_END; DYE_E_USAGE "line N: ...": a quote that does not end, text
 * behind a closing quote, too many fields; there is no going on after it. */
DYE_MUST_CHECK enum dye_status csv_reader_next(struct csv_reader *r, struct dye_error *err);

#endif
