#ifndef DECODE_GRID_H
#define DECODE_GRID_H
/*
 * grid: a part that is a table, whose cells come with their row and column. Private to the decode layer.
 *
 * Rows and cells that hold nothing are written only when one follows that does; what they take counts against the
 * ratio limit, since a few bytes of a book can ask for a million rows.
 */
#include "rows.h"

#define GRID_ROWS_MAX 1048576u
#define GRID_COLUMNS_MAX 16384u

struct grid {
    struct rows rows;
    uint64_t source, row; /* as the file numbers the row at hand, and where it stands in the part */
    uint32_t column;      /* of the last cell in it */
    bool open;            /* the row has a cell */
    bool full;            /* part_data wants no more */
    const char *fault;
};

enum dye_status grid_begin(struct grid *g, struct decoding *d, const char *path, const char *format);
/* From 1. Rows and columns that go back are put behind what is there, and the part says "damaged". DYE_OK, DYE_END when
 * no more is wanted, or what part_data returned. Empty text is none. */
enum dye_status grid_put(struct grid *g, uint64_t row, uint64_t column, struct dye_span text);
/* Behind everything else, whatever happened; `status` and `fault` as reading the part ended. */
enum dye_status grid_end(struct grid *g, enum dye_status status, const char *fault);

#endif
