#ifndef EXCLUSION_TABLE_H
#define EXCLUSION_TABLE_H
/*
 * exclusion_table: a system's rows as CSV with a header, in UTF-8 or GB18030, judged as one batch, and still there byte
 * for byte. Commas, quotes and line ends are never a part of a character in either, so the bytes are cut as they come.
 *
 * A column is known by its name, where that is a kind's, or by `columns`: NAME=KIND,... with NAME as it stands in the
 * header and "ignore" for what looks like an identifier and is none. Columns that nobody named are watched (see
 * dye/exclusion.h).
 */
#include "dye/exclusion.h"
#include "dye/text.h"

enum { EXCLUSION_TABLE_MAX_BYTES = 512 << 20 };

struct exclusion_row {
    size_t end; /* in raw; it starts where the one before, or the header, ends */
    size_t line;
    size_t key; /* in keys: the cell of the column asked for, UTF-8, NUL-terminated */
};

struct exclusion_table {
    struct dye_buf raw;       /* the file */
    char sha256[65], sm3[65]; /* of the file */
    size_t header_end;        /* in raw */
    struct exclusion_row *row;
    size_t rows;
    struct dye_buf keys;
};

/* What is opened once for a batch. */
struct exclusion_open {
    struct dye_exclusion *list;
    struct dye_exclusion_batch *batch;
    struct dye_key system_key;
    char list_sha256[65], list_sm3[65];
};

/* Opens the list by its key. DYE_E_KEY, DYE_E_STREAM, DYE_E_IO, each naming the file. */
DYE_MUST_CHECK enum dye_status exclusion_open(const char *list, const char *key, struct exclusion_open *ret,
                                              struct dye_error *err);
void exclusion_close(struct exclusion_open *o); /* takes a zeroed struct */

/* Reads all of fd (csv_open's; closed) and adds its rows to the batch. `columns` and `key_column` may be NULL.
 * DYE_E_USAGE for a file or columns that can't be used: nothing was judged then. */
DYE_MUST_CHECK enum dye_status exclusion_table_read(int fd, const char *path, const char *columns,
                                                    const char *key_column, struct exclusion_open *o,
                                                    struct exclusion_table *ret, struct dye_error *err);
void exclusion_table_done(struct exclusion_table *t); /* takes a zeroed struct; wipes */

struct exclusion_counts {
    size_t rows, canaries, disputed, unreadable;
    size_t first_disputed, first_unreadable; /* their lines */
};
/* After dye_exclusion_batch_end. */
void exclusion_count(const struct exclusion_table *t, const struct exclusion_open *o, struct exclusion_counts *ret);

/* RFC 3339 UTC. */
void exclusion_time(int64_t seconds, char ret[32]);

#endif
