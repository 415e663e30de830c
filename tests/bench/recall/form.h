#ifndef BENCH_RECALL_FORM_H
#define BENCH_RECALL_FORM_H
/*
 * form: the ways in which sellers write a person into a row (DOMAIN 1-3), for bench_recall. Written from the tables of
 * the field with iconv's, ICU's and OpenSSL's help; shares no code with the matcher.
 */
#include "people.h"

#include <stdbool.h>

enum { RECALL_CELLS = 7, RECALL_CELL_BYTES = 600, RECALL_FORMS_MAX = 320 };
struct recall_cells { /* number, name, mobile, ID, birth, e-mail, address */
    char cell[RECALL_CELLS][RECALL_CELL_BYTES];
    char whole[4096]; /* the row instead of the cells, when not empty */
};
enum recall_want {
    RECALL_EXACT,  /* each is strong */
    RECALL_STRONG, /* masked or cut, but with enough beside it: 98 in 100 are strong */
    RECALL_KEPT,   /* 98 in 100 are kept, strong or weak */
    RECALL_NOT     /* not looked for, and in no sum: to be seen here when it changes */
};

size_t recall_forms(void);
const char *recall_name(size_t form);
enum recall_want recall_wanted(size_t form);
/* The row of a canary in this form; false where it can't stand in this layout or charset. */
bool recall_write(size_t form, const struct person *p, size_t number, const char *layout, const char *charset,
                  struct rng *r, struct recall_cells *ret);
/* As systems write a row. */
void recall_plain(const struct person *p, size_t number, struct recall_cells *ret);
/* As sellers mask one: a way by lot for each cell, some of them empty. */
void recall_masked(const struct person *p, size_t number, struct rng *r, struct recall_cells *ret);

#endif
