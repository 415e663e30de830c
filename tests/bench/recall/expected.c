#include "expected.h"

#include "look.h"

#include <math.h>
#include <stdlib.h>

enum { TRUE_ROWS = 20000, EVERY = 10 };

static void read_file(struct look *l, const struct stock *s, uint64_t seed, size_t file, struct rng *r)
{
    struct corpus_dump d;
    char *text = malloc((size_t)TRUE_ROWS * EVERY * CORPUS_ROW_MAX_BYTES / 4);
    size_t n = 0;
    if (text == NULL)
        abort();
    corpus_dump_init(&d, s, seed, UINT64_C(1) << 40); /* of no dump that is read as clean */
    look_begin(l);
    for (uint64_t row = 0; row < TRUE_ROWS * EVERY; row++) {
        size_t start = n;
        uint32_t who = (uint32_t)rng_below(r, CANARIES);
        if (row % EVERY != 0) {
            n += corpus_row(&d, file, row, text + n);
            continue;
        }
        n += corpus_true_row(&d, file, row, who, text + n);
        look_hide(l, start, n, who, file);
    }
    look_at(l, text, n);
    free(text);
}

static void add(const struct look *l, double bits, double *weak, double *strong)
{
    if (bits >= l->threshold)
        *strong += exp2(-bits);
    else if (bits >= l->floor)
        *weak += exp2(-bits);
}

struct expected expected_of(const struct registry *g, const struct stock *s, uint64_t seed)
{
    struct expected all = {0};
    struct rng r;
    rng_init(&r, seed + 2);
    for (size_t file = 0; file < CORPUS_FILES; file++) {
        struct look l;
        double weak = 0, strong = 0, pairs = (double)corpus_file_rows(file) * CANARIES;
        if (!corpus_file_is_masked(file))
            continue;
        if (!look_init(&l, g, CORPUS_DUMP_ROWS, TRUE_ROWS))
            abort();
        read_file(&l, s, seed, file, &r);
        for (size_t i = 0; i < l.n_seen; i++) {
            const struct seen *seen = &l.seen[i];
            if (seen->right)
                add(&l, seen->bits, &weak, &strong);
        }
        all.weak += pairs * weak / TRUE_ROWS;
        all.strong += pairs * strong / TRUE_ROWS;
        look_done(&l);
    }
    return all;
}
