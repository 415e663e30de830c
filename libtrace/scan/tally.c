#include "tally.h"

#include <stdlib.h>
#include <string.h>

bool tally_init(struct tally *t, size_t max)
{
    *t = (struct tally){.rows = calloc(2 * max, sizeof *t->rows), .max = max};
    return t->rows != NULL;
}

void tally_done(struct tally *t)
{
    free(t->rows);
    t->rows = NULL;
}

void tally_clear(struct tally *t)
{
    memset(t->rows, 0, 2 * t->max * sizeof *t->rows);
    t->n = 0;
    t->left_out = 0;
}

void tally_add(struct tally *t, uint64_t key)
{
    size_t mask = 2 * t->max - 1;
    size_t at = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & mask;
    while (t->rows[at].n > 0 && t->rows[at].key != key)
        at = (at + 1) & mask;
    if (t->rows[at].n == 0) {
        if (t->n == t->max) {
            t->left_out++;
            return;
        }
        t->n++;
        t->rows[at].key = key;
    }
    t->rows[at].n++;
}

static int compare(const void *a, const void *b)
{
    const struct tally_row *x = a;
    const struct tally_row *y = b;
    return x->key < y->key ? -1 : x->key > y->key;
}

void tally_sorted(const struct tally *t, struct tally_row *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < 2 * t->max; i++)
        if (t->rows[i].n > 0)
            ret[n++] = t->rows[i];
    qsort(ret, n, sizeof *ret, compare);
}
