#include "calibration.h"

#include "look.h"
#include "row.h"

#include <stdio.h>
#include <stdlib.h>

enum { TRUE_ROWS = 2000, BLOCK = 200000 /* rows read at a time */ };

static size_t read_rows(struct look *l, const struct registry *g, struct rng *r, size_t rows)
{
    struct row_text t = {0};
    char row[RECORD_CAP];
    size_t n_true = 0, every = rows > TRUE_ROWS ? rows / TRUE_ROWS : 1;
    for (size_t done = 0; done < rows; done += BLOCK) {
        t.n = 0;
        look_begin(l);
        for (size_t i = 0; i < BLOCK && done + i < rows; i++) {
            struct recall_cells c;
            struct person p;
            bool hide = i % every == 0;
            uint32_t who = (uint32_t)rng_below(r, CANARIES);
            if (hide)
                p = g->canary[who];
            else
                registry_stranger(g, r, &p);
            recall_masked(&p, i, r, &c);
            row_put("csv", &c, row, sizeof row);
            size_t start = t.n;
            row_append(&t, "UTF-8", row);
            if (hide)
                look_hide(l, start, t.n, who, 0);
            n_true += hide;
        }
        look_at(l, t.p, t.n);
    }
    free(t.p);
    return n_true;
}

static bool reliability(const struct look *l, size_t rows, size_t n_true)
{
    static const double edges[] = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5, 0.9, 1.0000001};
    bool good = true;
    printf("probability     said        is       coincidences  true rows\n");
    for (size_t b = 0; b + 1 < sizeof edges / sizeof *edges; b++) {
        double said = 0, right = 0, all = 0;
        size_t coincidences = 0, trues = 0;
        for (size_t i = 0; i < l->n_seen; i++) {
            double p = dye_link_probability(l->seen[i].bits, rows, CANARIES);
            if (p < edges[b] || p >= edges[b + 1])
                continue;
            double w = l->seen[i].right ? 1.0 / (double)n_true : 1;
            trues += l->seen[i].right;
            coincidences += !l->seen[i].right;
            said += w * p;
            right += l->seen[i].right ? w : 0;
            all += w;
        }
        if (all == 0)
            continue;
        double odds = said / all / (1 - said / all) / (right / all) * (1 - right / all);
        bool holds = edges[b] < RECALL_FLOOR / 10 || coincidences < 10 || trues < 10 || (odds <= 8 && odds >= 0.125);
        printf("%-8.0e -  %10.2e  %9.2e  %12zu  %9zu%s\n", edges[b], said / all, right / all, coincidences, trues,
               holds ? "" : "  MISSED");
        good = good && holds;
    }
    return good;
}

bool calibration_run(const struct registry *g, struct rng *r, size_t rows)
{
    struct look l;
    if (!look_init(&l, g, rows, rows / TRUE_ROWS + BLOCK))
        abort();
    size_t n_true = read_rows(&l, g, r, rows);
    printf("\ncalibration: %zu masked rows of the canaries' own place, %zu of them a canary's\n", rows, n_true);
    printf("false sightings: %zu strong, %zu weak\n", l.false_strong, l.false_weak);
    bool good = reliability(&l, rows, n_true) && l.false_strong == 0;
    look_done(&l);
    return good;
}
