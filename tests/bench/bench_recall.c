/*
 * Recall and false sightings by form: canaries hidden in fake rows in every form, layout and encoding of DOMAIN 1-3;
 * how often what is said of masked rows is so; and dumps without a canary. In process: chunker, scanner, linker.
 *
 * Usage: bench_recall [ROWS [TOKENS]]: a million rows with canaries among them, ten million tokens without (or
 * DYE_RECALL_CLEAN_TOKENS; 1e9 takes minutes). Seed by DYE_SEED, threads of the clean part by DYE_RECALL_THREADS, one a
 * core; DYE_RECALL_MISSED prints the rows that were not found, DYE_RECALL_FALSE what coincidences are made of. People,
 * rows and forms come from realism/people.c, recall/form.c and recall/corpus.c, with iconv's, ICU's and OpenSSL's help:
 * no code of the matcher's.
 */
#include "recall/calibration.h"
#include "recall/clean.h"
#include "recall/columns.h"
#include "recall/look.h"
#include "recall/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIMES = 4, CALIBRATION_ROWS = 1000000 };

static struct registry registry;
static struct rng rng;

struct tally {
    size_t planted, found, strong;
};
static struct tally tallies[RECALL_FORMS_MAX], by_layout[LAYOUTS], by_charset[CHARSETS];

/* ---- one part ---- */

static void plant(struct look *l, struct row_text *t, size_t layout, size_t charset, size_t form, size_t number)
{
    char row[RECORD_CAP];
    struct recall_cells cells;
    uint32_t who = (uint32_t)rng_below(&rng, CANARIES);
    if (!recall_write(form, &registry.canary[who], number, layouts[layout], charsets[charset], &rng, &cells))
        return;
    row_put(layouts[layout], &cells, row, sizeof row);
    size_t start = t->n;
    if (row_append(t, charsets[charset], row))
        look_hide(l, start, t->n, who, form);
}

/* Every form hidden TIMES in a part of this layout and charset. */
static void run_part(struct look *l, size_t layout, size_t charset, size_t rows)
{
    struct row_text t = {0};
    char row[RECORD_CAP];
    size_t forms = recall_forms(), hidden = forms * TIMES, next = 0;
    look_begin(l);
    if (strcmp(charsets[charset], "UTF-16LE") == 0)
        row_append(&t, charsets[charset], "\xef\xbb\xbf");
    for (size_t i = 0; i < rows; i++) {
        struct recall_cells c;
        struct person p;
        registry_stranger(&registry, &rng, &p);
        recall_plain(&p, i, &c);
        row_put(layouts[layout], &c, row, sizeof row);
        row_append(&t, charsets[charset], row);
        for (; next < hidden && next * rows < i * hidden; next++)
            plant(l, &t, layout, charset, next % forms, i);
    }
    look_at(l, t.p, t.n);
    for (size_t i = l->first; i < l->n_planted; i++) {
        const struct planted *p = &l->planted[i];
        if (getenv("DYE_RECALL_MISSED") != NULL && !p->found)
            fprintf(stderr, "%s in %s, %s: %.*s", recall_name(p->form), layouts[layout], charsets[charset],
                    (int)(p->end - p->start), t.p + p->start);
        struct tally *all[] = {&tallies[p->form], &by_layout[layout], &by_charset[charset]};
        for (size_t k = 0; k < (recall_wanted(p->form) == RECALL_NOT ? 1 : 3); k++) {
            all[k]->planted++;
            all[k]->found += p->found;
            all[k]->strong += p->strong;
        }
    }
    free(t.p);
}

/* ---- the answer ---- */

static bool print_forms(void)
{
    bool good = true;
    printf("\n%-34s %8s %8s %8s\n", "form", "hidden", "found", "strong");
    for (size_t f = 0; f < recall_forms(); f++) {
        const struct tally *t = &tallies[f];
        enum recall_want want = recall_wanted(f);
        double n = t->planted > 0 ? (double)t->planted : 1;
        bool holds = t->planted > 0 && (want == RECALL_EXACT    ? t->strong == t->planted
                                        : want == RECALL_STRONG ? (double)t->strong >= 0.98 * n
                                        : want == RECALL_KEPT   ? (double)t->found >= 0.98 * n
                                                                : true);
        printf("%-34s %8zu %7.2f%% %7.2f%%%s\n", recall_name(f), t->planted, 100 * (double)t->found / n,
               100 * (double)t->strong / n,
               !holds               ? "  MISSED"
               : want == RECALL_NOT ? "  not looked for"
                                    : "");
        good = good && holds;
    }
    return good;
}

static void print_tally(const char *what, const char *name, const struct tally *t)
{
    printf("%s %-*s %8zu %7.2f%%\n", what, 33 - (int)strlen(what), name, t->planted,
           100 * (double)t->found / (double)t->planted);
}

static bool run_recall(uint64_t seed, size_t rows)
{
    struct look l;
    if (recall_forms() > RECALL_FORMS_MAX ||
        !look_init(&l, &registry, rows, recall_forms() * TIMES * LAYOUTS * CHARSETS))
        abort();
    printf("recall: seed %llu, %d canaries in %zu forms, %zu rows, threshold %.1f bits, weak from %.1f (%.3f)\n",
           (unsigned long long)seed, CANARIES, recall_forms(), rows, l.threshold, l.floor, RECALL_FLOOR);
    for (size_t i = 0; i < LAYOUTS; i++)
        for (size_t k = 0; k < CHARSETS; k++)
            run_part(&l, i, k, rows / (LAYOUTS * CHARSETS));
    bool good = print_forms() && l.false_strong == 0;
    for (size_t i = 0; i < LAYOUTS; i++)
        print_tally("layout", layouts[i], &by_layout[i]);
    for (size_t i = 0; i < CHARSETS; i++)
        print_tally("charset", charsets[i], &by_charset[i]);
    printf("false sightings beside them: %zu strong, %zu weak\n", l.false_strong, l.false_weak);
    look_done(&l);
    return good;
}

/* "1e9" and "1000000000". */
static uint64_t count_of(const char *text)
{
    double n = strtod(text, NULL);
    return n >= 1 && n <= 1e15 ? (uint64_t)n : 1;
}

int main(int argc, char **argv)
{
    const char *tokens = argc > 2 ? argv[2] : getenv("DYE_RECALL_CLEAN_TOKENS");
    uint64_t seed = rng_seed(20);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    rng_init(&rng, seed);
    if (!registry_make(&registry, &rng))
        return 4;
    bool good = run_recall(seed, argc > 1 ? count_of(argv[1]) : 1000000);
    good = columns_run(&registry, &rng) && good;
    good = calibration_run(&registry, &rng, CALIBRATION_ROWS) && good;
    good = clean_run(&registry, seed, tokens != NULL ? count_of(tokens) : 10000000) && good;
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("\n%.0f s in all: %s\n", (double)(to.tv_sec - from.tv_sec), good ? "holds" : "MISSED");
    registry_done(&registry);
    return good ? 0 : 1;
}
