#ifndef DYE_TABLE_READER_H
#define DYE_TABLE_READER_H
/*
 * table_reader: the rows of an owner's table, from a CSV export or by SQL, one by one and none of them kept.
 */
#include "dye/canary.h"

struct table_map { /* which column of the table a record's column is; the same name where none is given */
    struct {
        char record[64], table[64];
    } row[DYE_SECTOR_COLUMNS_MAX];
    size_t rows;
};
/* "phone=mobile_no,name=xm". DYE_E_USAGE. */
DYE_MUST_CHECK enum dye_status table_map_read(const char *text, struct table_map *ret, struct dye_error *err);

/* The cells of the sector's columns in their order; empty for a column that the table hasn't. */
typedef void (*table_row_fn)(void *arg, const struct dye_span *cells);

/*
 * CSV by RFC 4180 with a header, UTF-8 or GB18030, from an open descriptor. A record has at most 1 MiB. *ret_columns:
 * how many of the sector's columns the table has. DYE_E_IO; DYE_E_RECORD with the number of the record that is none.
 */
DYE_MUST_CHECK enum dye_status table_read_csv(int fd, const struct dye_sector *s, const struct table_map *m,
                                              table_row_fn fn, void *arg, size_t *ret_columns, struct dye_error *err);
/* Through a server-side cursor in a read-only transaction that is rolled back. `table` may have a schema. */
DYE_MUST_CHECK enum dye_status table_read_sql(const char *conninfo, const char *table, const struct dye_sector *s,
                                              const struct table_map *m, table_row_fn fn, void *arg,
                                              size_t *ret_columns, struct dye_error *err);

#endif
