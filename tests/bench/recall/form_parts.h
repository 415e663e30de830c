#ifndef BENCH_RECALL_FORM_PARTS_H
#define BENCH_RECALL_FORM_PARTS_H
/* What form.c's tables are made of. */
#include "form.h"

#include <stdio.h>

enum { NUMBER, NAME, MOBILE, ID, BIRTH, EMAIL, ADDRESS }; /* of a row's cells */
#define CELL(c, i, ...) snprintf((c)->cell[i], RECALL_CELL_BYTES, __VA_ARGS__)

struct form {
    const char *name;
    enum recall_want want;
    void (*write)(const struct person *p, struct rng *r, struct recall_cells *c);
    const char *not_in; /* layouts and charsets in which it can't stand, or is not looked for */
};

#define FORM(function) static void function(const struct person *p, struct rng *r, struct recall_cells *c)
#define UNUSED_R (void)r
#define MOBILE_AS(function, ...)                                                                                       \
    FORM(function)                                                                                                     \
    {                                                                                                                  \
        const char *m = p->mobile;                                                                                     \
        UNUSED_R;                                                                                                      \
        CELL(c, MOBILE, __VA_ARGS__);                                                                                  \
    }
#define ID_AS(function, ...)                                                                                           \
    FORM(function)                                                                                                     \
    {                                                                                                                  \
        const char *d = p->id;                                                                                         \
        UNUSED_R;                                                                                                      \
        CELL(c, ID, __VA_ARGS__);                                                                                      \
    }

struct form_table {
    const struct form *forms;
    size_t n;
};
extern const struct form_table exact_forms;  /* what shows a whole identifier */
extern const struct form_table masked_forms; /* what shows parts, and rows cut in two */

#endif
