#ifndef DECODE_NUMBER_H
#define DECODE_NUMBER_H
/*
 * number: what a spreadsheet stores for a number, as the text that a person would have typed. Private to the decode
 * layer.
 *
 * A phone or an ID that a spreadsheet took for a number keeps no more than 15 digits; those that are there are written
 * out, never as 1.38E+10. No locale is asked.
 */
#include "dye/span.h"

#define NUMBER_MAX_BYTES 40

/* The shortest decimal that reads back as v; without an exponent where that takes no more than 21 digits. Returns its
 * length; 0 for what is no number. */
size_t number_render(double v, char ret[NUMBER_MAX_BYTES]);
/* The same for a number written down. 0: it stands as it is; digits alone do, however many, and what is no number. */
size_t number_render_text(struct dye_span text, char ret[NUMBER_MAX_BYTES]);
/* False when `text` is no decimal number. */
bool number_of_text(struct dye_span text, double *ret);

/*
 * The moment `days` after 1899-12-30, or after 1904-01-01: "YYYY-MM-DD", "YYYY-MM-DD hh:mm:ss" or, within the first
 * day, "hh:mm:ss". Days before March 1900 are counted as Excel does, to which 1900 was a leap year. 0 beyond 9999.
 */
size_t number_render_date(double days, bool from_1904, char ret[NUMBER_MAX_BYTES]);
/* Whether a cell so formatted shows a date or a time: a built-in format (ECMA-376 part 1, 18.8.30), or a code. */
bool number_format_is_date(unsigned id);
bool number_code_is_date(struct dye_span code);

#endif
