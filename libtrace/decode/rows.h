#ifndef DECODE_ROWS_H
#define DECODE_ROWS_H
/*
 * rows: a rendered table on its way out, DYE_UNIT_CELL as decode.h gives it. Private to the decode layer.
 *
 * Call rows_field for each field in order (an empty span for one that holds nothing), rows_end behind each row; _flush
 * before part_end. Fields that hold nothing at the end of a row cost nothing: they wait until one comes that does.
 */
#include "decoding.h"

#include "dye/buf.h"

struct rows {
    struct decoding *d;
    struct dye_buf out; /* capped, wiped */
    uint64_t row;       /* how many have ended */
    uint32_t field;     /* how many of this row came */
    uint32_t waiting;   /* empty ones at its end */
};

void rows_init(struct rows *r, struct decoding *d);
void rows_done(struct rows *r);
/* What part_data returns: DYE_E_LIMIT ends the part. `text` is valid UTF-8, the reader sees to that; any length. */
enum dye_status rows_field(struct rows *r, struct dye_span text);
/* Goes on with the field that rows_field began: long ones come in pieces. Ends of pieces may cut characters. */
enum dye_status rows_more(struct rows *r, struct dye_span text);
enum dye_status rows_end(struct rows *r);
/* Ends rows, empty ones, until `row` have ended. */
enum dye_status rows_skip_to(struct rows *r, uint64_t row);
enum dye_status rows_flush(struct rows *r);

#endif
