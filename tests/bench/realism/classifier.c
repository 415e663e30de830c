#include "classifier.h"

#include "auc.h"
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

static double standard_error(double auc, double n)
{
    double q1 = auc / (2 - auc), q2 = 2 * auc * auc / (1 + auc);
    return sqrt((auc * (1 - auc) + (n - 1) * (q1 - auc * auc) + (n - 1) * (q2 - auc * auc)) / (n * n));
}

/* n rows of those given, in any order. */
static void choose(const struct dye_sector *s, struct repeats *repeats, const struct row *rows, size_t of, bool canary,
                   size_t n, struct rng *r, struct sample *ret)
{
    size_t *order = malloc(of * sizeof *order);
    assert(order != NULL && n <= of);
    for (size_t i = 0; i < of; i++)
        order[i] = i;
    for (size_t i = 0; i < n; i++) {
        size_t j = i + rng_below(r, of - i), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
        sample_make(s, &rows[order[i]], repeats, &ret[i]);
        ret[i].canary = canary;
        ret[i].fold = (uint8_t)(person_number(s, &rows[order[i]]) % FOLDS);
    }
    free(order);
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
    struct scored *scored = calloc(2 * n, sizeof *scored);
    float *weight = calloc(SLOTS + 1, sizeof *weight);
    assert(x != NULL && scored != NULL && weight != NULL);
    feature_names_clear();
    struct repeats *repeats = repeats_new();
    repeats_add(repeats, s, table, rows);
    repeats_add(repeats, s, canaries, n_canaries);
    choose(s, repeats, table, rows, false, n, r, x);
    choose(s, repeats, canaries, n_canaries, true, n, r, x + n);
    repeats_free(repeats);
    drop_rare(x, 2 * n);
    for (int k = 0; k < FOLDS; k++) {
        train(weight, x, 2 * n, k, r);
        for (size_t i = 0; i < 2 * n; i++)
            if (x[i].fold == k)
                scored[i] = (struct scored){1 / (1 + exp(-score(weight, &x[i]))), x[i].canary};
    }
    if (explain)
        print_features(weight, x, 2 * n);
    double auc = auc_of(scored, 2 * n);
    for (size_t i = 0; i < 2 * n; i++)
        free(x[i].feature);
    free(x);
    free(scored);
    free(weight);
    return (struct verdict){auc, standard_error(auc, (double)n)};
}
