#ifndef BENCH_RECALL_ROW_H
#define BENCH_RECALL_ROW_H
/* row: cells as a line of a layout (DOMAIN 1), and lines as bytes of a charset, by iconv. */
#include "form.h"

enum { LAYOUTS = 6, CHARSETS = 4, RECORD_CAP = 8192 };
extern const char *const layouts[LAYOUTS];   /* csv ---- tab sql jsonl glued */
extern const char *const charsets[CHARSETS]; /* UTF-8 GBK UTF-16LE BIG5 */

/* With its line end; instead of the cells the whole, where there is one. */
void row_put(const char *layout, const struct recall_cells *c, char *to, size_t cap);

struct row_text {
    char *p; /* free() it */
    size_t n, cap;
};
/* UTF-8 into the charset, of Big5 in traditional characters; false, and nothing is appended, where it can't be written
 * in it. */
bool row_append(struct row_text *t, const char *charset, const char *row);

#endif
