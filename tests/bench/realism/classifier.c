#include "classifier.h"

#include "sample.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDS = 5, EPOCHS = 5, EXPLAINED = 14, RARE = 12 };

static double score(const float *weight, const struct sample *x)
{
    double z = weight[SLOTS];
    for (size_t i = 0; i < x->n; i++)
        z += (double)weight[x->feature[i]];
    return z;
}

/* Logistic regression by AdaGrad, rows in a new order each time, a little L2. */
static void train(float *weight, const struct sample *x, size_t n, int held_out, struct rng *r)
{
    float *squares = calloc(SLOTS + 1, sizeof *squares);
    assert(squares != NULL);
    memset(weight, 0, (SLOTS + 1) * sizeof *weight);
    for (size_t step = 0; step < EPOCHS * n; step++) {
        const struct sample *at = &x[rng_below(r, n)];
        if (at->fold == held_out)
            continue;
        double error = (at->canary ? 1 : 0) - 1 / (1 + exp(-score(weight, at)));
        for (size_t i = 0; i <= at->n; i++) {
            uint32_t slot = i < at->n ? at->feature[i] : SLOTS;
            float gradient = (float)(error - 0.002 * (double)weight[slot]);
            squares[slot] += gradient * gradient;
            weight[slot] += 0.05f * gradient / (1e-3f + sqrtf(squares[slot]));
        }
    }
    free(squares);
}

/* What tells them apart most: the weight of a feature times the difference of its shares. */
static void print_features(const float *weight, const struct sample *x, size_t n)
{
    float *share = calloc(SLOTS, sizeof *share);
    assert(share != NULL);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < x[i].n; j++)
            share[x[i].feature[j]] += x[i].canary ? 1 : -1;
    for (int best = 0; best < EXPLAINED; best++) {
        uint32_t at = 0;
        for (uint32_t i = 0; i < SLOTS; i++)
            if (fabsf(share[i] * weight[i]) > fabsf(share[at] * weight[at]))
                at = i;
        printf("        %+6.1f %% %s\n", 100.0 * (double)share[at] / (double)(n / 2), feature_name(at));
        share[at] = 0;
    }
    free(share);
}

struct placed { /* the share of the other class, in its fold, that a row stands above, or a canary below */
    uint64_t person;
    bool canary;
    double value;
};

static int compare_persons(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    return x->person != y->person ? (x->person > y->person) - (x->person < y->person) : x->canary - y->canary;
}

/* The variance of the mean of one class's values, by persons. */
static double variance(const struct placed *x, size_t n, bool canary, double mean)
{
    double sum = 0, person = 0, count = 0;
    for (size_t i = 0; i < n; i++) {
        if (x[i].canary != canary)
            continue;
        person = count > 0 && x[i].person == x[i - 1].person ? person + x[i].value - mean : x[i].value - mean;
        bool last = i + 1 == n || compare_persons(&x[i], &x[i + 1]) != 0;
        sum += last ? person * person : 0;
        count++;
    }
    return sum / (count * count);
}

/* Of all pairs of a canary and a row in one fold, those that stand rightly. */
static struct verdict verdict_of(const struct sample *x, const double *scores, size_t n)
{
    struct placed *placed = calloc(n, sizeof *placed);
    double right = 0, pairs = 0, mean[2] = {0}, count[2] = {0};
    assert(placed != NULL);
    for (size_t i = 0; i < n; i++) {
        double above = 0, others = 0;
        for (size_t j = 0; j < n; j++)
            if (x[j].fold == x[i].fold && x[j].canary != x[i].canary) {
                double difference = x[i].canary ? scores[i] - scores[j] : scores[j] - scores[i];
                above += difference > 0 ? 1 : difference < 0 ? 0 : 0.5;
                others++;
            }
        placed[i] = (struct placed){x[i].person, x[i].canary, others > 0 ? above / others : 0.5};
        right += above;
        pairs += others;
        mean[x[i].canary] += placed[i].value;
        count[x[i].canary]++;
    }
    qsort(placed, n, sizeof *placed, compare_persons);
    double v = variance(placed, n, false, mean[0] / count[0]) + variance(placed, n, true, mean[1] / count[1]);
    free(placed);
    return (struct verdict){.auc = right / pairs, .error = sqrt(v)};
}

/* Whether a scan could find the row by anything. */
static bool is_findable(const struct dye_sector *s, const struct row *row)
{
    struct dye_value v;
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].what == DYE_COLUMN_KIND &&
            dye_ident_parse(s->column[i].kind, dye_span_str(row->cell[i]), &v) == DYE_OK &&
            dye_ident_is_found(s->column[i].kind, &v))
            return true;
    return false;
}

/* n of the rows that could be found, or as many as there are, in any order; how many. *ret_unfindable: the share that
 * was passed over. */
static size_t choose(const struct dye_sector *s, struct repeats *repeats, const struct row *rows, size_t of,
                     bool canary, size_t n, struct rng *r, struct sample *ret, double *ret_unfindable)
{
    size_t *order = malloc(of * sizeof *order), made = 0, passed = 0;
    assert(order != NULL);
    for (size_t i = 0; i < of; i++)
        order[i] = i;
    for (size_t i = 0; i < of && made < n; i++) {
        size_t j = i + rng_below(r, of - i), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
        if (!is_findable(s, &rows[order[i]])) {
            passed++;
            continue;
        }
        sample_make(s, &rows[order[i]], repeats, &ret[made]);
        ret[made].canary = canary;
        ret[made].person = person_number(s, &rows[order[i]]);
        ret[made].fold = (uint8_t)(ret[made].person % FOLDS);
        made++;
    }
    free(order);
    *ret_unfindable = (double)passed / (double)(passed + made);
    return made;
}

/* What hardly any row has teaches nothing but these rows. */
static void drop_rare(struct sample *x, size_t n)
{
    uint32_t *rows = calloc(SLOTS, sizeof *rows);
    assert(rows != NULL);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < x[i].n; j++)
            rows[x[i].feature[j]]++;
    for (size_t i = 0; i < n; i++) {
        size_t kept = 0;
        for (size_t j = 0; j < x[i].n; j++)
            if (rows[x[i].feature[j]] >= RARE)
                x[i].feature[kept++] = x[i].feature[j];
        x[i].n = kept;
    }
    free(rows);
}

struct verdict classifier_judge(const struct dye_sector *s, const struct row *table, size_t rows,
                                const struct row *canaries, size_t n_canaries, size_t n, bool explain, struct rng *r)
{
    struct sample *x = calloc(2 * n, sizeof *x);
    double *scores = calloc(2 * n, sizeof *scores), unfindable[2];
    float *weight = calloc(SLOTS + 1, sizeof *weight);
    assert(x != NULL && scores != NULL && weight != NULL);
    feature_names_clear();
    struct repeats *repeats = repeats_new();
    repeats_add(repeats, s, table, rows);
    repeats_add(repeats, s, canaries, n_canaries);
    size_t of_table = choose(s, repeats, table, rows, false, n, r, x, &unfindable[0]);
    size_t all = of_table + choose(s, repeats, canaries, n_canaries, true, n, r, x + of_table, &unfindable[1]);
    repeats_free(repeats);
    assert(unfindable[1] == 0);
    drop_rare(x, all);
    for (int k = 0; k < FOLDS; k++) {
        train(weight, x, all, k, r);
        for (size_t i = 0; i < all; i++)
            if (x[i].fold == k)
                scores[i] = score(weight, &x[i]);
    }
    if (explain)
        print_features(weight, x, all);
    struct verdict v = verdict_of(x, scores, all);
    v.unfindable = unfindable[0];
    for (size_t i = 0; i < all; i++)
        free(x[i].feature);
    free(x);
    free(scores);
    free(weight);
    return v;
}
